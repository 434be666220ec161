/**
 * Commands on bitmaps.
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

/** What positions count: bytes or bits (`"bit"`: since 7.0.0). */
export type BitmapUnit = AnyCase<"byte" | "bit">;

/** A part of a bitmap: positions from 0, negative ones counting from the end, −1 being the last. */
export type BitRange =
  | {
    /** Where the part begins. */
    start: number;
    /** Where it ends; this position is included. @default The end (BITCOUNT: Valkey 8.0) */
    end?: undefined;
    /** Only with both ends. */
    unit?: undefined;
  }
  | {
    /** Where the part begins. */
    start: number;
    /** Where it ends; this position is included. */
    end: number;
    /** What the positions count. @default {"byte"} */
    unit?: BitmapUnit;
  };

/**
 * How {@linkcode BitmapCommands.bitop} combines bits. With X as the bit of the first key and Y1, Y2, … as those of the
 * others: `"diff"` is set where X is and no Y, `"diff1"` where some Y is and X is not, `"andor"` where X is and some Y,
 * `"one"` where exactly one of all bits is (these four: Redis 8.2). `"not"` takes one key.
 */
export type BitOperation = AnyCase<
  "and" | "or" | "xor" | "not" | "diff" | "diff1" | "andor" | "one"
>;

/**
 * Type of an integer inside of a bitmap: signed (`i`) or unsigned (`u`), and its width, 64 bits at most, or 63
 * unsigned.
 */
export type BitfieldType = `i${number}` | `u${number}`;

/** Where an integer is: the position of its highest bit, or with `#` how many integers of its type are before it. */
export type BitfieldOffset = number | `#${number}`;

/** Reads an integer. */
export interface BitfieldGet {
  /** Its type. */
  get: BitfieldType;
  /** Where it is. */
  offset: BitfieldOffset;
}

/** Writes an integer. */
export interface BitfieldSet {
  /** Its type. */
  set: BitfieldType;
  /** Where it is. */
  offset: BitfieldOffset;
  /** What to write. */
  value: Integer;
}

/** Adds to an integer. */
export interface BitfieldIncrby {
  /** Its type. */
  incrby: BitfieldType;
  /** Where it is. */
  offset: BitfieldOffset;
  /** What to add; a negative number subtracts. */
  increment: Integer;
}

/**
 * Says for the operations behind it what happens to values that do not fit: they wrap around, which is what happens
 * without it; they become the nearest one that fits (saturation); or the operation does nothing and answers null.
 */
export interface BitfieldOverflow {
  /** What happens. */
  overflow: AnyCase<"wrap" | "sat" | "fail">;
}

/** One operation of {@linkcode BitmapCommands.bitfield}. */
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
 * Commands on bitmaps: strings whose bits are used one by one or as integers. The highest bit of the first byte is
 * number 0.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class BitmapCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Counts the bits that are set.
   *
   * Complexity O(N) for N bytes · since 2.6.0 · read-only
   *
   * @example In the whole value, and in the second byte
   * ```ts
   * await client.set("seen", "ab"); // "OK"
   * await client.bitcount("seen"); // 6
   * await client.bitcount("seen", { start: 1, end: 1 }); // 3
   * await client.bitcount("seen", { start: 0, end: 3, unit: "bit" }); // 2
   * ```
   *
   * @param key The key.
   * @param range Which part to look at; without it all of it.
   * @returns The number of bits, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bitcount/}
   */
  bitcount(key: Key, range?: BitRange): Promise<number> {
    return this.send(appendRange(["BITCOUNT", key], range), toNumber);
  }

  /**
   * Reads, writes and adds to integers inside of a bitmap, all at once.
   *
   * Bits beyond the end are zeros; the value grows where it is written to. An integer beyond ±(2^53 − 1), which only a
   * field of 54 bits or more can hold, comes as a bigint.
   *
   * Complexity O(1) for each operation · since 3.2.0
   *
   * @example Two counters of a byte each, which stop at 255
   * ```ts
   * await client.bitfield("counters", [
   *   { overflow: "sat" },
   *   { incrby: "u8", offset: "#0", increment: 300 },
   *   { incrby: "u8", offset: "#1", increment: 1 },
   * ]); // [255, 1]
   * await client.bitfield("counters", { get: "u8", offset: "#0" }); // [255]
   * ```
   *
   * @param key The key.
   * @param operations One operation or several, in order.
   * @returns For each operation but `overflow`: the integer for `get`, the old one for `set`, the new one for `incrby`;
   * null where it did not fit and was to fail.
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
   * Reads integers inside of a bitmap.
   *
   * Unlike {@linkcode BitmapCommands.bitfield} it can be served by replicas.
   *
   * Complexity O(1) for each operation · since 6.0.0 · read-only
   *
   * @example The first byte, signed and unsigned
   * ```ts
   * await client.bytes.set("flags", new Uint8Array([255]));
   * await client.bitfieldRo("flags", [{ get: "i8", offset: 0 }, { get: "u8", offset: 0 }]); // [-1, 255]
   * ```
   *
   * @param key The key.
   * @param operations One operation or several, in order.
   * @returns The integers; a bigint beyond ±(2^53 − 1).
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
   * Shorter bitmaps, and keys that do not exist, count as filled up with zeros. Whatever the destination held before is
   * gone.
   *
   * Complexity O(N) for N bytes of the longest bitmap · since 2.6.0
   *
   * @example Who was here on both days?
   * ```ts
   * await client.setbit("{seen}:monday", 7, 1);
   * await client.setbit("{seen}:tuesday", 7, 1);
   * await client.bitop("and", "{seen}:both", ["{seen}:monday", "{seen}:tuesday"]); // 1
   * await client.getbit("{seen}:both", 7); // 1
   * ```
   *
   * @param operation How to combine them.
   * @param destination Key to store the result at.
   * @param keys Keys of the bitmaps.
   * @returns Length of the result in bytes, which is that of the longest bitmap; 0 means that nothing is stored.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If one of the keys holds a value that is not a string (`WRONGTYPE`), or the operation takes
   * another number of keys.
   * @see {@link https://valkey.io/commands/bitop/}
   */
  bitop(operation: BitOperation, destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["BITOP", operation, destination], keys, "keys"), toNumber);
  }

  /**
   * Finds the first bit that is set, or that is not.
   *
   * Looking for a 0 without an end, the value counts as followed by zeros.
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
   * @param key The key.
   * @param bit The bit to look for.
   * @param range Which part to look at; without it all of it.
   * @returns Position of the bit, counted from the beginning of the value; −1 if there is none.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/bitpos/}
   */
  bitpos(key: Key, bit: Bit, range?: BitRange): Promise<number> {
    return this.send(appendRange(["BITPOS", key, bit], range), toNumber);
  }

  /**
   * Reads a bit.
   *
   * Complexity O(1) · since 2.2.0 · read-only
   *
   * @example A bit that was set, one beyond the end
   * ```ts
   * await client.setbit("seen", 7, 1);
   * await client.getbit("seen", 7); // 1
   * await client.getbit("seen", 1000); // 0
   * ```
   *
   * @param key The key.
   * @param offset Position of the bit, from 0.
   * @returns The bit; 0 beyond the end, or if the key does not exist.
   * @throws {ServerError} If the offset is out of range, or the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getbit/}
   */
  getbit(key: Key, offset: number): Promise<Bit> {
    return this.send(["GETBIT", key, offset], toBit);
  }

  /**
   * Writes a bit.
   *
   * The value grows up to it, by zeros.
   *
   * Complexity O(1) · since 2.2.0
   *
   * @example User 7 was here
   * ```ts
   * await client.setbit("seen", 7, 1); // 0
   * await client.setbit("seen", 7, 1); // 1
   * ```
   *
   * @param key The key.
   * @param offset Position of the bit, from 0 to 2^32 − 1.
   * @param value The bit.
   * @returns What the bit was before.
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
