/**
 * The bitmap commands, `BITCOUNT` to `SETBIT`.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { listOf } from "../words.ts";
import { type AnyCase, append, type Integer, type Key, type OneOrMany } from "./_args.ts";
import { toInteger, toListOf, toNumber, unexpected } from "./_decode.ts";
import { appendNeeded, optionsOf, recordOf, refuse } from "./_options.ts";

/** A bit. */
export type Bit = 0 | 1;

/** Unit of the positions in a range: bytes, or bits (since 7.0.0). */
export type BitmapUnit = AnyCase<"byte" | "bit">;

/**
 * A range of a bitmap, from `start` to `end`, both included.
 *
 * Positions count bytes, or with `unit: "bit"` bits, from 0. Negative ones count from the end: −1 is the last.
 */
export type BitRange =
  | {
    /** The first position. */
    start: number;
    /** The last position, included; by default the end of the bitmap (BITCOUNT: Valkey 8.0). */
    end?: undefined;
    /** Only together with `end`. */
    unit?: undefined;
  }
  | {
    /** The first position. */
    start: number;
    /** The last position, included. */
    end: number;
    /**
     * Unit of the positions.
     *
     * @default {"byte"}
     */
    unit?: BitmapUnit;
  };

/**
 * How {@linkcode BitmapCommands.prototype.bitop | BitmapCommands.bitop} combines the bits at each position.
 *
 * - `"and"`, `"or"`, `"xor"`: of all keys.
 * - `"not"`: inverts the bits of the one key that it takes.
 * - `"diff"`: set in the first key and in none of the others (Redis 8.2).
 * - `"diff1"`: set in one of the others and not in the first key (Redis 8.2).
 * - `"andor"`: set in the first key and in one of the others (Redis 8.2).
 * - `"one"`: set in exactly one of the keys (Redis 8.2).
 */
export type BitOperation = AnyCase<
  "and" | "or" | "xor" | "not" | "diff" | "diff1" | "andor" | "one"
>;

/**
 * Type of an integer in a bitmap: `i` for signed or `u` for unsigned, then its width in bits. `"i8"` to `"i64"`, `"u1"`
 * to
 * `"u63"`.
 */
export type BitfieldType = `i${number}` | `u${number}`;

/** Position of an integer: the number of its first bit, or `"#3"` for three times the width of its type. */
export type BitfieldOffset = number | `#${number}`;

/** Reads an integer. */
export interface BitfieldGet {
  /** Type of the integer. */
  get: BitfieldType;
  /** Position of the integer. */
  offset: BitfieldOffset;
}

/** Writes an integer. */
export interface BitfieldSet {
  /** Type of the integer. */
  set: BitfieldType;
  /** Position of the integer. */
  offset: BitfieldOffset;
  /** The integer to write. */
  value: Integer;
}

/** Adds to an integer. */
export interface BitfieldIncrby {
  /** Type of the integer. */
  incrby: BitfieldType;
  /** Position of the integer. */
  offset: BitfieldOffset;
  /** The integer to add, possibly negative. */
  increment: Integer;
}

/**
 * Sets what the operations after it do when a value does not fit into its type.
 *
 * `"wrap"` wraps around, which is the default. `"sat"` writes the nearest value that fits. `"fail"` changes nothing,
 * and the
 * result of the operation is null.
 */
export interface BitfieldOverflow {
  /** What to do on overflow. */
  overflow: AnyCase<"wrap" | "sat" | "fail">;
}

/** One operation of {@linkcode BitmapCommands.prototype.bitfield | BitmapCommands.bitfield}. */
export type BitfieldOperation = BitfieldGet | BitfieldSet | BitfieldIncrby | BitfieldOverflow;

const BIT_RANGE: OptionShape<BitRange> = { start: "word", end: "word", unit: "word" };

const BITFIELD_GET: OptionShape<BitfieldGet> = { get: "word", offset: "word" };

const BITFIELD_SET: OptionShape<BitfieldSet> = { set: "word", offset: "word", value: "word" };

const BITFIELD_INCRBY: OptionShape<BitfieldIncrby> = {
  incrby: "word",
  offset: "word",
  increment: "word",
};

const BITFIELD_OVERFLOW: OptionShape<BitfieldOverflow> = { overflow: "word" };

const OPERATIONS =
  "expected operations { get, offset }, { set, offset, value }, { incrby, offset, increment } or { overflow }";

/**
 * The bitmap commands. A bitmap is a string whose bits are read and written one by one, or in groups as integers. Bit 0
 * is the highest bit of the first byte.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class BitmapCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Counts the bits that are 1.
   *
   * Complexity O(N) for N bytes · since 2.6.0 · read-only
   *
   * @example Number of users seen today, one bit per user
   * ```ts
   * await client.setbit("seen:today", 7, 1);
   * await client.setbit("seen:today", 42, 1);
   * await client.bitcount("seen:today"); // 2
   * ```
   *
   * @example Within the second byte, and within the first four bits
   * ```ts
   * await client.set("text", "ab"); // "OK"
   * await client.bitcount("text", { start: 1, end: 1 }); // 3
   * await client.bitcount("text", { start: 0, end: 3, unit: "bit" }); // 2
   * ```
   *
   * @param key Key of the bitmap.
   * @param range The range to count in; without it, the whole bitmap.
   * @returns The number of bits, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bitcount/}
   */
  bitcount(key: Key, range?: BitRange): Promise<number> {
    return this.send(appendRange(["BITCOUNT", key], range), toNumber);
  }

  /**
   * Reads, writes and adds to integers in a bitmap, in one atomic step.
   *
   * Bits beyond the end read as 0, and the bitmap grows when they are written. Integers beyond ±(2^53 − 1), possible
   * with 54 bits or more, are returned as bigints.
   *
   * Complexity O(1) for each operation · since 3.2.0
   *
   * @example Two 8-bit counters that stop at 255
   * ```ts
   * await client.bitfield("counters", [
   *   { overflow: "sat" },
   *   { incrby: "u8", offset: "#0", increment: 300 },
   *   { incrby: "u8", offset: "#1", increment: 1 },
   * ]); // [255, 1]
   * await client.bitfield("counters", { get: "u8", offset: "#0" }); // [255]
   * ```
   *
   * @param key Key of the bitmap.
   * @param operations One operation, or several in order: `get`, `set`, `incrby` and `overflow`.
   * @returns One result for each operation other than `overflow`: the integer for `get`, the old one for `set`, the new
   * one for `incrby`; null after an overflow with `"fail"`.
   * @throws {RangeError} If `operations` is empty.
   * @throws {ServerError} If a type or an offset is out of range, or the key holds a value that is not a string
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bitfield/}
   */
  bitfield(
    key: Key,
    operations: OneOrMany<BitfieldOperation>,
  ): Promise<(number | bigint | null)[]> {
    return this.send(appendOperations(["BITFIELD", key], operations), toIntegersOrNulls);
  }

  /**
   * Reads integers in a bitmap, on replicas too.
   *
   * Complexity O(1) for each operation · since 6.0.0 · read-only
   *
   * @example The first byte as a signed and as an unsigned integer
   * ```ts
   * await client.bytes.set("flags", new Uint8Array([255]));
   * await client.bitfieldRo("flags", [{ get: "i8", offset: 0 }, { get: "u8", offset: 0 }]); // [-1, 255]
   * ```
   *
   * @param key Key of the bitmap.
   * @param operations One `get` operation, or several in order.
   * @returns The integers, in the order of `operations`; bigints beyond ±(2^53 − 1).
   * @throws {RangeError} If `operations` is empty.
   * @throws {ServerError} If a type or an offset is out of range, or the key holds a value that is not a string
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bitfield_ro/}
   */
  bitfieldRo(key: Key, operations: OneOrMany<BitfieldGet>): Promise<(number | bigint)[]> {
    return this.send(appendOperations(["BITFIELD_RO", key], operations), toIntegers);
  }

  /**
   * Combines bitmaps bit by bit, and stores the result.
   *
   * Shorter bitmaps and missing keys count as if they were filled with zeros. Replaces any value at the destination.
   *
   * Complexity O(N) for N bytes of the longest bitmap · since 2.6.0
   *
   * @example Users who were seen on both days
   * ```ts
   * await client.setbit("{seen}:monday", 7, 1);
   * await client.setbit("{seen}:tuesday", 7, 1);
   * await client.bitop("and", "{seen}:both", ["{seen}:monday", "{seen}:tuesday"]); // 1
   * await client.getbit("{seen}:both", 7); // 1
   * ```
   *
   * @param operation How to combine the bits.
   * @param destination Key of the bitmap to write.
   * @param keys Keys of the bitmaps to combine.
   * @returns The length of the result in bytes, that of the longest bitmap. 0 means that the destination does not
   * exist.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a string (`WRONGTYPE`), or the operation takes
   * another number of keys.
   * @see {@link https://valkey.io/commands/bitop/}
   */
  bitop(operation: BitOperation, destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["BITOP", operation, destination], keys, "keys"), toNumber);
  }

  /**
   * Returns the position of the first bit that is 1, or the first that is 0.
   *
   * In a search for 0 without an end of the range, the bitmap counts as if zeros followed it.
   *
   * Complexity O(N) for N bytes · since 2.8.7 · read-only
   *
   * @example The first free seat
   * ```ts
   * await client.setbit("seats", 0, 1);
   * await client.bitpos("seats", 0); // 1
   * await client.bitpos("seats", 1, { start: 1, end: -1, unit: "bit" }); // -1
   * ```
   *
   * @param key Key of the bitmap.
   * @param bit The bit to search for.
   * @param range The range to search in; without it, the whole bitmap.
   * @returns The position in bits from the start of the bitmap, also with a range; −1 if there is none.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bitpos/}
   */
  bitpos(key: Key, bit: Bit, range?: BitRange): Promise<number> {
    return this.send(appendRange(["BITPOS", key, bit], range), toNumber);
  }

  /**
   * Returns the bit at a position.
   *
   * Complexity O(1) · since 2.2.0 · read-only
   *
   * @example A bit that was set, and one beyond the end
   * ```ts
   * await client.setbit("seen", 7, 1);
   * await client.getbit("seen", 7); // 1
   * await client.getbit("seen", 1000); // 0
   * ```
   *
   * @param key Key of the bitmap.
   * @param offset Position of the bit, from 0.
   * @returns The bit; 0 beyond the end, or if the key does not exist.
   * @throws {ServerError} If the offset is out of range, or the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getbit/}
   */
  getbit(key: Key, offset: number): Promise<Bit> {
    return this.send(["GETBIT", key, offset], toBit);
  }

  /**
   * Sets the bit at a position to 0 or 1.
   *
   * The bitmap grows as needed, filled with zeros.
   *
   * Complexity O(1) · since 2.2.0
   *
   * @example Record that user 7 was seen today
   * ```ts
   * await client.setbit("seen:today", 7, 1); // 0
   * await client.setbit("seen:today", 7, 1); // 1
   * ```
   *
   * @param key Key of the bitmap.
   * @param offset Position of the bit, from 0 to 2^32 − 1.
   * @param value The new bit, 0 or 1.
   * @returns The old bit, 0 or 1.
   * @throws {ServerError} If the offset is out of range, or the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/setbit/}
   */
  setbit(key: Key, offset: number, value: Bit): Promise<Bit> {
    return this.send(["SETBIT", key, offset, value], toBit);
  }
}

function appendRange(words: Words, range: BitRange | undefined): Words {
  if (range === undefined) return words;
  const { start, end, unit } = optionsOf(words, range, BIT_RANGE);
  appendNeeded(words, "start", start);
  if (unit !== undefined) appendNeeded(words, "end", end);
  else if (end !== undefined) words.push(end);
  if (unit !== undefined) words.push(unit);
  return words;
}

function appendOperations(words: Words, operations: OneOrMany<BitfieldOperation>): Words {
  const list = listOf(operations);
  if (list.length === 0) return append(words, [], "operations");
  for (const operation of list) appendOperation(words, operation);
  return words;
}

function appendOperation(words: Words, operation: BitfieldOperation): void {
  if (typeof operation !== "object" || operation === null) {
    refuse(words, OPERATIONS);
  } else if ("get" in operation) {
    const { get, offset } = recordOf(words, operation, BITFIELD_GET, "an operation");
    words.push("GET", get, offset);
  } else if ("set" in operation) {
    const { set, offset, value } = recordOf(words, operation, BITFIELD_SET, "an operation");
    words.push("SET", set, offset, value);
  } else if ("incrby" in operation) {
    const { incrby, offset, increment } = recordOf(
      words,
      operation,
      BITFIELD_INCRBY,
      "an operation",
    );
    words.push("INCRBY", incrby, offset, increment);
  } else if ("overflow" in operation) {
    const { overflow } = recordOf(words, operation, BITFIELD_OVERFLOW, "an operation");
    words.push("OVERFLOW", overflow);
  } else {
    refuse(words, OPERATIONS);
  }
}

function toBit(reply: Reply): Bit {
  return reply === 0 || reply === 1 ? reply : unexpected(reply, "0 or 1");
}

const toIntegers = toListOf(toInteger);

const toIntegersOrNulls = toListOf((reply) => reply === null ? null : toInteger(reply));
