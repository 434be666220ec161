/**
 * The string commands, `APPEND` to `SUBSTR`.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import {
  append,
  appendEntries,
  appendFlag,
  appendOption,
  type AtMostOne,
  type Entries,
  type Integer,
  type Key,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import {
  elements,
  toBoolean,
  toBulk,
  toBulkOrNull,
  toBulksOrNulls,
  toDecimal,
  toInteger,
  toIntegerLike,
  toNumber,
  toOk,
  toOkOrNull,
  toPairs,
  toText,
  toTextOrNull,
  unexpected,
} from "./_decode.ts";
import { appendExpiry, GET_EXPIRY, type GetExpiry, SET_EXPIRY, type SetExpiry } from "./_expiry.ts";
import { optionsOf } from "./_options.ts";

/** Conditions on the value that a key holds. */
export interface ValueComparisons {
  /** Only if the key holds this value (SET: Redis 8.4, Valkey 8.1). */
  ifeq: Value;
  /** Only if the key does not hold this value (Redis 8.4). SET also writes if the key does not exist. */
  ifne: Value;
  /**
   * Only if the value has this digest (Redis 8.4), see
   * {@linkcode StringCommands.prototype.digest | StringCommands.digest}.
   */
  ifdeq: Value;
  /** Only if the value does not have this digest (Redis 8.4). SET also writes if the key does not exist. */
  ifdne: Value;
}

/**
 * When {@linkcode StringCommands.prototype.delex | StringCommands.delex} deletes the key. At most one of the
 * {@linkcode ValueComparisons}.
 */
export type DelexCondition = AtMostOne<ValueComparisons>;

/**
 * When {@linkcode StringCommands.prototype.msetex | StringCommands.msetex} writes the keys: all of them, or none. At
 * most one of the options.
 *
 * - `nx`: only if none of the keys exists.
 * - `xx`: only if all of the keys exist.
 */
export type MsetexCondition = AtMostOne<{
  /** Only if none of the keys exists. */
  nx: boolean;
  /** Only if all of the keys exist. */
  xx: boolean;
}>;

/**
 * When {@linkcode StringCommands.prototype.set | StringCommands.set} writes. At most one of the options; always by
 * default.
 *
 * - `nx`: only if the key does not exist.
 * - `xx`: only if the key exists.
 * - `ifeq`, `ifne`, `ifdeq` or `ifdne`: see {@linkcode ValueComparisons}.
 */
export type SetCondition = AtMostOne<
  ValueComparisons & {
    /** Only if the key does not exist. */
    nx: boolean;
    /** Only if the key exists. */
    xx: boolean;
  }
>;

/**
 * Options for {@linkcode StringCommands.prototype.set | StringCommands.set}: {@linkcode SetExpiry},
 * {@linkcode SetCondition}, and `get` to return the old value.
 */
export type SetOptions = SetExpiry & SetCondition & {
  /**
   * Return the old value, or null if there was none, instead of `"OK"`.
   *
   * @default {false}
   */
  get?: boolean;
};

/**
 * Options for {@linkcode StringCommands.prototype.msetex | StringCommands.msetex}: {@linkcode SetExpiry} and
 * {@linkcode MsetexCondition}.
 */
export type MsetexOptions = SetExpiry & MsetexCondition;

/**
 * The options for {@linkcode StringCommands.prototype.increx | StringCommands.increx} besides the increment.
 *
 * - `lbound`, `ubound`: the lowest and the highest value of the counter.
 * - `saturate`: set the counter to the bound that it would cross, instead of leaving it unchanged.
 * - `ex`, `px`, `exat` or `pxat`: the expiry; `enx`: set it only if the key has none.
 * - `persist`: remove the expiry.
 */
export type IncrexLimits =
  & AtMostOne<{
    /** Time to live in seconds. */
    ex: number;
    /** Time to live in milliseconds. */
    px: number;
    /** Expire at this Unix time in seconds; a `Date` is rounded up to a whole second. */
    exat: number | Date;
    /** Expire at this Unix time in milliseconds, or at this `Date`. */
    pxat: number | Date;
    /** Remove the expiry. */
    persist: boolean;
  }>
  & {
    /** Lowest value of the counter. */
    lbound?: number | bigint;
    /** Highest value of the counter. */
    ubound?: number | bigint;
    /**
     * Set the counter to the bound that it would cross, instead of leaving it unchanged.
     *
     * @default {false}
     */
    saturate?: boolean;
    /**
     * Set the expiry only if the key has none.
     *
     * @default {false}
     */
    enx?: boolean;
  };

/**
 * Options for {@linkcode StringCommands.prototype.increx | StringCommands.increx}: {@linkcode IncrexLimits}, and
 * `byint`, the integer to add.
 */
export type IncrexOptions = IncrexLimits & {
  /**
   * The integer to add, possibly negative.
   *
   * @default {1}
   */
  byint?: number | bigint;
  /** Cannot be combined with `byint`. */
  byfloat?: undefined;
};

/**
 * Options for {@linkcode StringCommands.prototype.increx | StringCommands.increx}: {@linkcode IncrexLimits}, and
 * `byfloat`, the number to add.
 */
export type IncrexFloatOptions = IncrexLimits & {
  /** The number to add, possibly negative. */
  byfloat: number;
  /** Cannot be combined with `byfloat`. */
  byint?: undefined;
};

/** Options for {@linkcode StringCommands.prototype.lcs | StringCommands.lcs} that return the common subsequence. */
export interface LcsTextOptions {
  /**
   * Return the length of the common subsequence instead.
   *
   * @default {false}
   */
  len?: false;
  /**
   * Return the positions of the matching parts instead.
   *
   * @default {false}
   */
  idx?: false;
}

/** Options for {@linkcode StringCommands.prototype.lcs | StringCommands.lcs} that return the length. */
export interface LcsLenOptions {
  /** Return the length of the common subsequence. */
  len: true;
  /** Cannot be combined with `len`. */
  idx?: false;
}

/**
 * Options for {@linkcode StringCommands.prototype.lcs | StringCommands.lcs} that return the positions of the matching
 * parts.
 */
export interface LcsIdxOptions {
  /** Cannot be combined with `idx`. */
  len?: false;
  /** Return the positions of the matching parts. */
  idx: true;
  /**
   * Leave out parts shorter than this, in bytes.
   *
   * @default {0}
   */
  minmatchlen?: number;
  /**
   * Return the length of each part as well.
   *
   * @default {false}
   */
  withmatchlen?: boolean;
}

/** Options for {@linkcode StringCommands.prototype.lcs | StringCommands.lcs}, decided at run time. */
export interface LcsOptions {
  /**
   * Return the length of the common subsequence instead.
   *
   * @default {false}
   */
  len?: boolean;
  /**
   * Return the positions of the matching parts instead.
   *
   * @default {false}
   */
  idx?: boolean;
  /**
   * With `idx`, leave out parts shorter than this, in bytes.
   *
   * @default {0}
   */
  minmatchlen?: number;
  /**
   * With `idx`, return the length of each part as well.
   *
   * @default {false}
   */
  withmatchlen?: boolean;
}

/** Positions of the first and the last byte of a part, both included and counted from 0. */
export type ByteRange = [first: number, last: number];

/** A part of the common subsequence, found in both values. */
export interface LcsMatch {
  /** Position in the value of the first key. */
  key1: ByteRange;
  /** Position in the value of the second key. */
  key2: ByteRange;
  /** Length in bytes. Only with `withmatchlen`. */
  length?: number;
}

/** A part of the common subsequence, with its length. */
export interface LcsMatchWithLength extends LcsMatch {
  /** Length in bytes. */
  length: number;
}

/**
 * Result of {@linkcode StringCommands.prototype.lcs | StringCommands.lcs} with `idx`.
 *
 * @typeParam M Type of a part: {@linkcode LcsMatch}, or {@linkcode LcsMatchWithLength} with `withmatchlen`.
 */
export interface LcsMatches<M extends LcsMatch = LcsMatch> {
  /** The matching parts, last one first. */
  matches: M[];
  /** Length of the common subsequence in bytes, including parts that were left out as too short. */
  length: number;
}

const COMPARISONS: OptionShape<DelexCondition> = {
  ifeq: "word",
  ifne: "word",
  ifdeq: "word",
  ifdne: "word",
};

const INCREX_OPTIONS: OptionShape<IncrexOptions | IncrexFloatOptions> = {
  ...GET_EXPIRY,
  byint: "word",
  byfloat: "word",
  lbound: "word",
  ubound: "word",
  saturate: "flag",
  enx: "flag",
};

const LCS_OPTIONS: OptionShape<LcsOptions> = {
  len: "flag",
  idx: "flag",
  minmatchlen: "word",
  withmatchlen: "flag",
};

const MSETEX_OPTIONS: OptionShape<MsetexOptions> = { ...SET_EXPIRY, nx: "flag", xx: "flag" };

const SET_OPTIONS: OptionShape<SetOptions> = {
  ...SET_EXPIRY,
  ...COMPARISONS,
  nx: "flag",
  xx: "flag",
  get: "flag",
};

/**
 * The string commands. A string is a value of up to 512 MiB, text or bytes. A string of decimal digits also serves as a
 * counter.
 *
 * Counters are signed 64-bit integers, which a `number` does not hold exactly beyond ±(2^53 − 1). So methods that count
 * return `number | bigint`: a number within that range, and a bigint beyond it. With a bigint as increment they always
 * return a bigint. If a counter stays small, wrap the call: `Number(await client.incr("visits"))`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class StringCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Appends text or bytes to a string, and creates it if the key does not exist.
   *
   * Complexity O(1) amortized · since 2.0.0
   *
   * @example Append twice
   * ```ts
   * await client.append("log", "one;"); // 4
   * await client.append("log", "two;"); // 8
   * await client.get("log"); // "one;two;"
   * ```
   *
   * @param key Key of the string.
   * @param value The text, bytes or number to append.
   * @returns The length of the new value in bytes.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/append/}
   */
  append(key: Key, value: Value): Promise<number> {
    return this.send(["APPEND", key, value], toNumber);
  }

  /**
   * Subtracts 1 from a counter, which starts at 0 if the key does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Count down
   * ```ts
   * await client.set("left", 3);
   * await client.decr("left"); // 2
   * ```
   *
   * @param key Key of the counter.
   * @returns The new value, a bigint if it is beyond ±(2^53 − 1): see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is not an integer, or the result does not fit into 64 bits.
   * @see {@link https://valkey.io/commands/decr/}
   */
  decr(key: Key): Promise<number | bigint> {
    return this.send(["DECR", key], toInteger);
  }

  /**
   * Subtracts an integer from a counter, which starts at 0 if the key does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Subtract three, as a number and as a bigint
   * ```ts
   * await client.set("left", 10);
   * await client.decrby("left", 3); // 7
   * await client.decrby("left", 3n); // 4n
   * ```
   *
   * @param key Key of the counter.
   * @param decrement The integer to subtract. Its type, number, bigint or decimal text, is the type of the result.
   * @returns The new value. If it is beyond ±(2^53 − 1), it is a bigint for a number, too: see
   * {@linkcode StringCommands}.
   * @throws {ServerError} If the value is not an integer, or the result does not fit into 64 bits.
   * @see {@link https://valkey.io/commands/decrby/}
   */
  decrby(key: Key, decrement: number): Promise<number | bigint>;
  /** Subtracts a bigint from a counter, and returns the new value as a bigint. */
  decrby(key: Key, decrement: bigint): Promise<bigint>;
  /** Subtracts a number or a bigint from a counter. */
  decrby(key: Key, decrement: number | bigint): Promise<number | bigint>;
  /** Subtracts an integer in decimal text from a counter, and returns the new value as decimal text. */
  decrby(key: Key, decrement: string): Promise<string>;
  /**
   * Subtracts an integer from a counter, and returns the new value in the type of the argument, or as a bigint if it is
   * beyond
   * ±(2^53 − 1).
   */
  decrby(key: Key, decrement: Integer): Promise<Integer>;
  /** Subtracts an integer from a counter. */
  decrby(key: Key, decrement: Integer): Promise<Integer> {
    return this.send<Integer>(["DECRBY", key, decrement], toIntegerLike(decrement));
  }

  /**
   * Deletes a key if its value meets a condition.
   *
   * Without a condition it deletes the key as DEL does.
   *
   * Complexity O(1), with a digest O(N) in the length of the value · since Redis 8.4
   *
   * @example Release a lock only if it is still ours
   * ```ts
   * const token = crypto.randomUUID();
   * await client.set("lock:report", token, { nx: true, ex: 10 }); // "OK"
   * await client.delex("lock:report", { ifeq: token }); // true
   * ```
   *
   * @param key The key to delete.
   * @param condition The value (`ifeq`, `ifne`) or digest (`ifdeq`, `ifdne`) to compare with.
   * @returns True if the key was deleted; false if the condition did not hold or the key did not exist.
   * @throws {ServerError} If a condition is given and the key holds a value that is not a string.
   * @see {@link https://redis.io/docs/latest/commands/delex/}
   */
  delex(key: Key, condition?: DelexCondition): Promise<boolean> {
    const words: Words = ["DELEX", key];
    appendComparison(words, optionsOf(words, condition, COMPARISONS));
    return this.send(words, toBoolean);
  }

  /**
   * Deletes a key if it holds the given value.
   *
   * Complexity O(1) · since Valkey 9.0
   *
   * @example Release a lock only if it is still ours
   * ```ts
   * const token = crypto.randomUUID();
   * await client.set("lock:report", token, { nx: true, ex: 10 }); // "OK"
   * await client.delifeq("lock:report", "token of another client"); // false
   * await client.delifeq("lock:report", token); // true
   * ```
   *
   * @param key The key to delete.
   * @param value The value to compare with.
   * @returns True if the key was deleted; false if it held another value or did not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/delifeq/}
   */
  delifeq(key: Key, value: Value): Promise<boolean> {
    return this.send(["DELIFEQ", key, value], toBoolean);
  }

  /**
   * Returns a digest of a string, for a later comparison with `ifdeq` or `ifdne`.
   *
   * Complexity O(N) in the length of the value · since Redis 8.4 · read-only
   *
   * @example Overwrite a value only if it has not changed since it was read
   * ```ts
   * await client.set("page", "first draft");
   * const digest = await client.digest("page");
   * await client.set("page", "second draft", { ifdeq: digest! }); // "OK"
   * ```
   *
   * @param key Key of the string.
   * @returns The digest in hexadecimal digits, or null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/digest/}
   */
  digest(key: Key): Promise<string | null> {
    return this.send(["DIGEST", key], toTextOrNull);
  }

  /**
   * Returns the value of a string.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example A value and a missing key
   * ```ts
   * await client.set("greeting", "hello");
   * await client.get("greeting"); // "hello"
   * await client.get("farewell"); // null
   * ```
   *
   * @param key Key of the string.
   * @returns The value, or null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/get/}
   */
  get(key: Key): Promise<T | null> {
    return this.send<T | null>(["GET", key], toBulkOrNull);
  }

  /**
   * Returns the value of a string and deletes the key.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Accept a one-time code only once
   * ```ts
   * await client.set("code", "1234");
   * await client.getdel("code"); // "1234"
   * await client.getdel("code"); // null
   * ```
   *
   * @param key Key of the string.
   * @returns The value, or null if the key did not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getdel/}
   */
  getdel(key: Key): Promise<T | null> {
    return this.send<T | null>(["GETDEL", key], toBulkOrNull);
  }

  /**
   * Returns the value of a string and changes its expiry.
   *
   * Without an option the expiry stays as it is. It counts as a write even then, so replicas do not serve it.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Extend a session each time it is read
   * ```ts
   * await client.set("session:7f3a", "Ada", { ex: 60 });
   * await client.getex("session:7f3a", { ex: 3600 }); // "Ada"
   * await client.ttl("session:7f3a"); // about 3600
   * ```
   *
   * @param key Key of the string.
   * @param expiry The new time to live or expiry time, or `persist` to remove the expiry.
   * @returns The value, or null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getex/}
   */
  getex(key: Key, expiry?: GetExpiry): Promise<T | null> {
    const words: Words = ["GETEX", key];
    appendExpiry(words, optionsOf(words, expiry, GET_EXPIRY));
    return this.send<T | null>(words, toBulkOrNull);
  }

  /**
   * Returns a part of a string.
   *
   * Positions count bytes, so text other than ASCII may be cut within a character. Negative positions count from the
   * end: −1 is the last byte.
   *
   * Complexity O(N) in the length of the part · since 2.4.0 · read-only
   *
   * @example The start and the end of a value
   * ```ts
   * await client.set("name", "Ada Lovelace");
   * await client.getrange("name", 0, 2); // "Ada"
   * await client.getrange("name", -8, -1); // "Lovelace"
   * ```
   *
   * @param key Key of the string.
   * @param start Position of the first byte.
   * @param end Position of the last byte, included.
   * @returns The part; an empty string if the key does not exist or the range is empty.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getrange/}
   */
  getrange(key: Key, start: number, end: number): Promise<T> {
    return this.send<T>(["GETRANGE", key, start, end], toBulk);
  }

  /**
   * Sets the value of a key and returns the old one.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @deprecated Use {@linkcode StringCommands.prototype.set | StringCommands.set} with `get`.
   *
   * @example Replace a value and read the old one
   * ```ts
   * await client.getset("leader", "Ada"); // null
   * await client.getset("leader", "Grace"); // "Ada"
   * ```
   *
   * @param key Key of the string.
   * @param value The new value: text, bytes, or a number.
   * @returns The old value, or null if the key did not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getset/}
   */
  getset(key: Key, value: Value): Promise<T | null> {
    return this.send<T | null>(["GETSET", key, value], toBulkOrNull);
  }

  /**
   * Adds 1 to a counter, which starts at 0 if the key does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Count the visits of a page
   * ```ts
   * await client.incr("visits:home"); // 1
   * await client.incr("visits:home"); // 2
   * ```
   *
   * @param key Key of the counter.
   * @returns The new value, a bigint if it is beyond ±(2^53 − 1): see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is not an integer, or the result does not fit into 64 bits.
   * @see {@link https://valkey.io/commands/incr/}
   */
  incr(key: Key): Promise<number | bigint> {
    return this.send(["INCR", key], toInteger);
  }

  /**
   * Adds an integer to a counter, which starts at 0 if the key does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Add points, and count exactly beyond 2^53
   * ```ts
   * await client.incrby("points", 5); // 5
   * await client.incrby("bytes", 9_007_199_254_740_993n); // 9_007_199_254_740_993n
   * ```
   *
   * @param key Key of the counter.
   * @param increment The integer to add, possibly negative. Its type, number, bigint or decimal text, is the type of
   * the result.
   * @returns The new value. If it is beyond ±(2^53 − 1), it is a bigint for a number, too: see
   * {@linkcode StringCommands}.
   * @throws {ServerError} If the value is not an integer, or the result does not fit into 64 bits.
   * @see {@link https://valkey.io/commands/incrby/}
   */
  incrby(key: Key, increment: number): Promise<number | bigint>;
  /** Adds a bigint to a counter, and returns the new value as a bigint. */
  incrby(key: Key, increment: bigint): Promise<bigint>;
  /** Adds a number or a bigint to a counter. */
  incrby(key: Key, increment: number | bigint): Promise<number | bigint>;
  /** Adds an integer in decimal text to a counter, and returns the new value as decimal text. */
  incrby(key: Key, increment: string): Promise<string>;
  /**
   * Adds an integer to a counter, and returns the new value in the type of the argument, or as a bigint if it is beyond
   * ±(2^53 − 1).
   */
  incrby(key: Key, increment: Integer): Promise<Integer>;
  /** Adds an integer to a counter. */
  incrby(key: Key, increment: Integer): Promise<Integer> {
    return this.send<Integer>(["INCRBY", key, increment], toIntegerLike(increment));
  }

  /**
   * Adds a decimal number to the one that a key holds, which starts at 0 if the key does not exist.
   *
   * The server keeps more digits than a `number` does: up to 17 after the decimal point, and integers beyond 2^53. Pass
   * the increment as text to get the new value as text, with all its digits.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Add an amount, and keep all digits
   * ```ts
   * await client.set("balance", "10.5");
   * await client.incrbyfloat("balance", 0.25); // 10.75
   * await client.incrbyfloat("wei", "9007199254740993"); // "9007199254740993"
   * ```
   *
   * @param key Key of the string.
   * @param increment The decimal number to add, possibly negative, as a number or as text.
   * @returns The new value, as a number rounded to the nearest double; if the increment is text, as exact text.
   * @throws {ServerError} If the value is not a decimal number, or the sum is not finite.
   * @see {@link https://valkey.io/commands/incrbyfloat/}
   */
  incrbyfloat(key: Key, increment: number): Promise<number>;
  /** Adds a decimal number in text, and returns the new value as exact text. */
  incrbyfloat(key: Key, increment: string): Promise<string>;
  /** Adds a decimal number to the one that a key holds. */
  incrbyfloat(key: Key, increment: number | string): Promise<number | string>;
  /** Adds a decimal number to the one that a key holds. */
  incrbyfloat(key: Key, increment: number | string): Promise<number | string> {
    return this.send<number | string>(
      ["INCRBYFLOAT", key, increment],
      typeof increment === "string" ? toDecimal : toNumber,
    );
  }

  /**
   * Adds to a counter within bounds and sets its expiry: a rate limit in one command.
   *
   * The counter starts at 0 if the key does not exist. If the result is out of bounds, the counter stays unchanged, or
   * with `saturate` is set to the bound.
   *
   * Complexity O(1) · since Redis 8.8
   *
   * @example Allow five requests per minute
   * ```ts
   * const [count, added] = await client.increx("rate:Ada", { ex: 60, enx: true, ubound: 5 });
   * count; // 1
   * const allowed = added === 1;
   * allowed; // true
   * ```
   *
   * @param key Key of the counter.
   * @param options The increment, the bounds and the expiry.
   * @returns The value of the counter, then the number that was added: 0 if the result was out of bounds.
   * @throws {ServerError} If the value is not a number.
   * @see {@link https://redis.io/docs/latest/commands/increx/}
   */
  increx(
    key: Key,
    options?: IncrexOptions,
  ): Promise<[value: number | bigint, added: number | bigint]>;
  /** Adds a fraction to a counter within bounds, and sets its expiry. */
  increx(key: Key, options: IncrexFloatOptions): Promise<[value: number, added: number]>;
  /** Adds to a counter within bounds, and sets its expiry. */
  increx(
    key: Key,
    options?: IncrexOptions | IncrexFloatOptions,
  ): Promise<[value: number | bigint, added: number | bigint]> {
    const words: Words = ["INCREX", key];
    const given = optionsOf(words, options, INCREX_OPTIONS);
    appendOption(words, "BYFLOAT", given.byfloat);
    appendOption(words, "BYINT", given.byint);
    appendOption(words, "LBOUND", given.lbound);
    appendOption(words, "UBOUND", given.ubound);
    appendFlag(words, "SATURATE", given.saturate);
    appendExpiry(words, given);
    appendFlag(words, "ENX", given.enx);
    return this.send(words, given.byfloat === undefined ? toTwoIntegers : toTwoNumbers);
  }

  /**
   * Returns the longest common subsequence of two strings: the most bytes that both contain in the same order.
   *
   * A key that does not exist counts as an empty string.
   *
   * Complexity O(N·M) in the lengths of the values · since 7.0.0 · read-only
   *
   * @example The common subsequence of two words, its length, and its parts
   * ```ts
   * await client.mset({ "{w}1": "ohmytext", "{w}2": "mynewtext" });
   * await client.lcs("{w}1", "{w}2"); // "mytext"
   * await client.lcs("{w}1", "{w}2", { len: true }); // 6
   * const { matches } = await client.lcs("{w}1", "{w}2", { idx: true, minmatchlen: 4 });
   * matches; // [{ key1: [4, 7], key2: [5, 8] }]
   * ```
   *
   * @param key1 Key of the first string.
   * @param key2 Key of the second string.
   * @param options `len`: return the length; `idx`: return the positions of the parts.
   * @returns The subsequence; with `len` its length in bytes; with `idx` the positions of its parts.
   * @throws {ServerError} If a key holds a value that is not a string.
   * @see {@link https://valkey.io/commands/lcs/}
   */
  lcs(key1: Key, key2: Key, options?: LcsTextOptions): Promise<T>;
  /** Returns the length of the longest common subsequence of two strings, in bytes. */
  lcs(key1: Key, key2: Key, options: LcsLenOptions): Promise<number>;
  /** Returns the positions and lengths of the parts of the longest common subsequence of two strings. */
  lcs(
    key1: Key,
    key2: Key,
    options: LcsIdxOptions & {
      /** Return the length of each part as well. */
      withmatchlen: true;
    },
  ): Promise<LcsMatches<LcsMatchWithLength>>;
  /** Returns the positions of the parts of the longest common subsequence of two strings. */
  lcs(key1: Key, key2: Key, options: LcsIdxOptions): Promise<LcsMatches>;
  /** Returns the longest common subsequence of two strings, its length, or its positions, decided at run time. */
  lcs(key1: Key, key2: Key, options: LcsOptions): Promise<T | number | LcsMatches>;
  /** Returns the longest common subsequence of two strings, its length, or its positions. */
  lcs(
    key1: Key,
    key2: Key,
    options?: LcsOptions,
  ): Promise<T | number | LcsMatches> {
    const words: Words = ["LCS", key1, key2];
    const { len, idx, minmatchlen, withmatchlen } = optionsOf(words, options, LCS_OPTIONS);
    appendFlag(words, "LEN", len);
    appendFlag(words, "IDX", idx);
    appendOption(words, "MINMATCHLEN", minmatchlen);
    appendFlag(words, "WITHMATCHLEN", withmatchlen);
    if (idx) return this.send(words, toLcsMatches);
    return len ? this.send(words, toNumber) : this.send<T>(words, toBulk);
  }

  /**
   * Returns the values of several strings.
   *
   * A key that holds a value of another type counts as missing. On a cluster the keys may be in different slots. Then
   * there is one request per slot, and the values are not from the same instant.
   *
   * Complexity O(N) for N keys · since 1.0.0 · read-only
   *
   * @example A value and a missing key
   * ```ts
   * await client.set("{user:1}:name", "Ada");
   * await client.mget(["{user:1}:name", "{user:1}:phone"]); // ["Ada", null]
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns The values in the order of `keys`, with null for each key that does not exist or does not hold a string.
   * @throws {RangeError} If `keys` is empty.
   * @see {@link https://valkey.io/commands/mget/}
   */
  mget(keys: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["MGET"], keys, "keys"), toBulksOrNulls);
  }

  /**
   * Sets the values of several keys, and replaces values of any type.
   *
   * Removes the expiry of each key. On a cluster the keys may be in different slots. Then there is one request per
   * slot, and other clients may see some of the new values before the rest.
   *
   * Complexity O(N) for N keys · since 1.0.1
   *
   * @example Set two fields of a user
   * ```ts
   * await client.mset({ "{user:1}:name": "Ada", "{user:1}:born": 1815 }); // "OK"
   * ```
   *
   * @param entries The keys with their values, such as `{ a: 1 }` or `[["a", 1]]`.
   * @returns Always `"OK"`.
   * @throws {RangeError} If `entries` is empty.
   * @see {@link https://valkey.io/commands/mset/}
   */
  mset(entries: Entries): Promise<"OK"> {
    return this.send(appendEntries(["MSET"], entries, "keys"), toOk);
  }

  /**
   * Sets the values and the expiry of several keys, all or none of them.
   *
   * Removes the expiry of each key if the options set none and `keepttl` is not set. On a cluster all keys must be in
   * one slot.
   *
   * Complexity O(N) for N keys · since Redis 8.4, Valkey 9.1
   *
   * @example Set two values for a minute, if neither exists
   * ```ts
   * await client.msetex({ "{a}1": "x", "{a}2": "y" }, { ex: 60, nx: true }); // true
   * ```
   *
   * @param entries The keys with their values, such as `{ a: 1 }` or `[["a", 1]]`.
   * @param options `nx` or `xx`: the condition; `ex`, `px`, `exat`, `pxat` or `keepttl`: the expiry.
   * @returns True if the values were set, false if the condition did not hold for every key.
   * @throws {RangeError} If `entries` is empty.
   * @see {@link https://valkey.io/commands/msetex/}
   */
  msetex(entries: Entries, options?: MsetexOptions): Promise<boolean> {
    const words = appendEntries(["MSETEX", 0], entries, "keys");
    words[1] = (words.length - 2) / 2;
    const given = optionsOf(words, options, MSETEX_OPTIONS);
    appendFlag(words, "NX", given.nx);
    appendFlag(words, "XX", given.xx);
    appendExpiry(words, given);
    return this.send(words, toBoolean);
  }

  /**
   * Sets the values of several keys if none of the keys exists.
   *
   * On a cluster all keys must be in one slot.
   *
   * Complexity O(N) for N keys · since 1.0.1
   *
   * @example All keys or none
   * ```ts
   * await client.msetnx({ "{a}1": "x", "{a}2": "y" }); // true
   * await client.msetnx({ "{a}2": "z", "{a}3": "z" }); // false
   * ```
   *
   * @param entries The keys with their values, such as `{ a: 1 }` or `[["a", 1]]`.
   * @returns True if the values were set, false if any of the keys exists.
   * @throws {RangeError} If `entries` is empty.
   * @see {@link https://valkey.io/commands/msetnx/}
   */
  msetnx(entries: Entries): Promise<boolean> {
    return this.send(appendEntries(["MSETNX"], entries, "keys"), toBoolean);
  }

  /**
   * Sets the value of a key with a time to live in milliseconds.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @deprecated Use {@linkcode StringCommands.prototype.set | StringCommands.set} with `px`.
   *
   * @example A value for a second and a half
   * ```ts
   * await client.psetex("flash", 1500, "saved"); // "OK"
   * ```
   *
   * @param key Key of the string.
   * @param milliseconds Time to live in milliseconds, at least 1.
   * @param value The value: text, bytes, or a number.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the time to live is not positive.
   * @see {@link https://valkey.io/commands/psetex/}
   */
  psetex(key: Key, milliseconds: number, value: Value): Promise<"OK"> {
    return this.send(["PSETEX", key, milliseconds, value], toOk);
  }

  /**
   * Sets the value of a key, and replaces a value of any type.
   *
   * Removes the expiry of the key if the options set none and `keepttl` is not set.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Cache a value for a minute
   * ```ts
   * await client.set("page:home", "<h1>Hello</h1>", { ex: 60 }); // "OK"
   * await client.get("page:home"); // "<h1>Hello</h1>"
   * ```
   *
   * @example A lock: only one client gets it, and only that client releases it
   * ```ts
   * import { script } from "@babushka/redis";
   *
   * const release = script(`
   *   if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end
   *   return 0
   * `);
   *
   * const token = crypto.randomUUID();
   * await client.set("lock:report", token, { nx: true, ex: 10 }); // "OK"
   * await client.set("lock:report", "another client", { nx: true, ex: 10 }); // null
   *
   * // Here the work is done. It must end within the ten seconds: after that another client gets the lock.
   * // After a failover two clients may have it, so use it to save work, not where a second run does harm.
   *
   * // Delete the lock only if it is still ours.
   * await client.run(release, { keys: "lock:report", args: token }); // 1
   * ```
   *
   * @param key Key of the string.
   * @param value The value: text, bytes, or a number.
   * @param options `nx`, `xx` or a comparison: the condition; `ex`, `px`, `exat`, `pxat` or `keepttl`: the expiry;
   * `get`: return the old value.
   * @returns `"OK"`, or null if the condition did not hold. With `get` the old value, or null if the key did not exist.
   * @throws {ServerError} If `get` is set and the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/set/}
   */
  set(
    key: Key,
    value: Value,
    options?: SetOptions & {
      /**
       * Return the old value, or null if there was none, instead of `"OK"`.
       *
       * @default {false}
       */
      get?: false;
    },
  ): Promise<"OK" | null>;
  /** Sets the value of a key and returns the old one. */
  set(
    key: Key,
    value: Value,
    options: SetOptions & {
      /** Return the old value, or null if there was none. */
      get: true;
    },
  ): Promise<T | null>;
  /** Sets the value of a key, and returns the old one if `get` is true. */
  set(key: Key, value: Value, options: SetOptions): Promise<T | "OK" | null>;
  /** Sets the value of a key, and replaces a value of any type. */
  set(key: Key, value: Value, options?: SetOptions): Promise<T | "OK" | null> {
    const words: Words = ["SET", key, value];
    if (options === undefined) return this.send<"OK" | null>(words, toOkOrNull);
    const given = optionsOf(words, options, SET_OPTIONS);
    appendFlag(words, "NX", given.nx);
    appendFlag(words, "XX", given.xx);
    appendComparison(words, given);
    appendFlag(words, "GET", given.get);
    appendExpiry(words, given);
    return given.get
      ? this.send<T | null>(words, toBulkOrNull)
      : this.send<"OK" | null>(words, toOkOrNull);
  }

  /**
   * Sets the value of a key with a time to live in seconds.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @deprecated Use {@linkcode StringCommands.prototype.set | StringCommands.set} with `ex`.
   *
   * @example A value for a minute
   * ```ts
   * await client.setex("session", 60, "Ada"); // "OK"
   * ```
   *
   * @param key Key of the string.
   * @param seconds Time to live in seconds, at least 1.
   * @param value The value: text, bytes, or a number.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the time to live is not positive.
   * @see {@link https://valkey.io/commands/setex/}
   */
  setex(key: Key, seconds: number, value: Value): Promise<"OK"> {
    return this.send(["SETEX", key, seconds, value], toOk);
  }

  /**
   * Sets the value of a key if the key does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @deprecated Use {@linkcode StringCommands.prototype.set | StringCommands.set} with `nx`.
   *
   * @example Only the first value is kept
   * ```ts
   * await client.setnx("winner", "Ada"); // true
   * await client.setnx("winner", "Grace"); // false
   * ```
   *
   * @param key Key of the string.
   * @param value The value: text, bytes, or a number.
   * @returns True if the value was set, false if the key exists.
   * @see {@link https://valkey.io/commands/setnx/}
   */
  setnx(key: Key, value: Value): Promise<boolean> {
    return this.send(["SETNX", key, value], toBoolean);
  }

  /**
   * Overwrites a part of a string, and creates it if the key does not exist.
   *
   * The string grows as needed. Bytes between its old end and the offset are set to 0.
   *
   * Complexity O(N) in the length of the part, and of the gap in front of it · since 2.2.0
   *
   * @example Replace the end of a value
   * ```ts
   * await client.set("greeting", "hello world");
   * await client.setrange("greeting", 6, "Redis"); // 11
   * await client.get("greeting"); // "hello Redis"
   * ```
   *
   * @param key Key of the string.
   * @param offset Position of the first byte to overwrite, from 0.
   * @param value The text or bytes to write; an empty value changes nothing.
   * @returns The length of the new value in bytes.
   * @throws {ServerError} If the offset is negative or too large, or the key holds a value that is not a string.
   * @see {@link https://valkey.io/commands/setrange/}
   */
  setrange(key: Key, offset: number, value: Value): Promise<number> {
    return this.send(["SETRANGE", key, offset, value], toNumber);
  }

  /**
   * Returns the length of a string in bytes.
   *
   * Complexity O(1) · since 2.2.0 · read-only
   *
   * @example Bytes are not characters
   * ```ts
   * await client.set("city", "Zürich");
   * await client.strlen("city"); // 7
   * ```
   *
   * @param key Key of the string.
   * @returns The length in bytes, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/strlen/}
   */
  strlen(key: Key): Promise<number> {
    return this.send(["STRLEN", key], toNumber);
  }

  /**
   * Returns a part of a string.
   *
   * Complexity O(N) in the length of the part · since 1.0.0 · read-only
   *
   * @deprecated Use {@linkcode StringCommands.prototype.getrange | StringCommands.getrange}.
   *
   * @example The start of a value
   * ```ts
   * await client.set("name", "Ada Lovelace");
   * await client.substr("name", 0, 2); // "Ada"
   * ```
   *
   * @param key Key of the string.
   * @param start Position of the first byte; −1 is the last byte.
   * @param end Position of the last byte, included; −1 is the last byte.
   * @returns The part; an empty string if the key does not exist or the range is empty.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/substr/}
   */
  substr(key: Key, start: number, end: number): Promise<T> {
    return this.send<T>(["SUBSTR", key, start, end], toBulk);
  }
}

function appendComparison(words: Words, comparison: DelexCondition | SetCondition): void {
  appendOption(words, "IFEQ", comparison.ifeq);
  appendOption(words, "IFNE", comparison.ifne);
  appendOption(words, "IFDEQ", comparison.ifdeq);
  appendOption(words, "IFDNE", comparison.ifdne);
}

function toLcsMatches(reply: Reply): LcsMatches {
  const result: LcsMatches = { matches: [], length: 0 };
  for (const [name, value] of toPairs(reply)) {
    switch (toText(name)) {
      case "matches":
        result.matches = elements(value).map(toLcsMatch);
        break;
      case "len":
        result.length = toNumber(value);
    }
  }
  return result;
}

function toLcsMatch(reply: Reply): LcsMatch {
  const [key1, key2, length] = elements(reply);
  const match: LcsMatch = { key1: toByteRange(key1), key2: toByteRange(key2) };
  if (length !== undefined) match.length = toNumber(length);
  return match;
}

function toByteRange(reply: Reply): ByteRange {
  const ends = elements(reply);
  if (ends.length !== 2) return unexpected(reply, "two positions");
  return [toNumber(ends[0]), toNumber(ends[1])];
}

const toTwoIntegers = toTwoOf(toInteger);
const toTwoNumbers = toTwoOf<number | bigint>(toNumber);

function toTwoOf<R>(item: (reply: Reply) => R): (reply: Reply) => [R, R] {
  return (reply) => {
    const parts = elements(reply);
    if (parts.length !== 2) return unexpected(reply, "two numbers");
    return [item(parts[0]), item(parts[1])];
  };
}
