/**
 * Commands on strings.
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

/** Comparisons with the value that a key holds. */
export interface ValueComparisons {
  /** Only if the key holds this value (SET: Redis 8.4, Valkey 8.1). */
  ifeq: Value;
  /** Only if the key does not hold this value (Redis 8.4). For SET a missing key does not. */
  ifne: Value;
  /** Only if the value has this digest, see {@linkcode StringCommands.digest} (Redis 8.4). */
  ifdeq: Value;
  /** Only if the value does not have this digest (Redis 8.4). For SET a missing key does not. */
  ifdne: Value;
}

/** On what condition DELEX deletes. At most one of the options. */
export type DelexCondition = AtMostOne<ValueComparisons>;

/** On what condition keys are written, for all of them together. At most one of the options. */
export type MsetexCondition = AtMostOne<{
  /** Only if none of the keys exists. */
  nx: boolean;
  /** Only if all of the keys exist. */
  xx: boolean;
}>;

/** On what condition SET writes. At most one of the options. */
export type SetCondition = AtMostOne<
  ValueComparisons & {
    /** Only if the key does not exist. */
    nx: boolean;
    /** Only if the key exists. */
    xx: boolean;
  }
>;

/** Options for {@linkcode StringCommands.set}. */
export type SetOptions = SetExpiry & SetCondition & {
  /** Answer the value that the key had, null if it had none, instead of `"OK"`. @default {false} */
  get?: boolean;
};

/** Options for {@linkcode StringCommands.msetex}. */
export type MsetexOptions = SetExpiry & MsetexCondition;

/** Options for {@linkcode StringCommands.increx} that do not say what to add. */
export type IncrexLimits =
  & AtMostOne<{
    /** Expire after so many seconds. */
    ex: number;
    /** Expire after so many milliseconds. */
    px: number;
    /** Expire at this Unix time in seconds; a `Date` is rounded up to a whole second. */
    exat: number | Date;
    /** Expire at this Unix time in milliseconds, or at this `Date`. */
    pxat: number | Date;
    /** Never expire. */
    persist: boolean;
  }>
  & {
    /** The lowest value that the counter may have. */
    lbound?: number | bigint;
    /** The highest value that the counter may have. */
    ubound?: number | bigint;
    /** Stop at a bound, instead of changing nothing. @default {false} */
    saturate?: boolean;
    /** Set the expiry only if there is none. @default {false} */
    enx?: boolean;
  };

/** Options for {@linkcode StringCommands.increx} with whole numbers. */
export type IncrexOptions = IncrexLimits & {
  /** What to add. @default {1} */
  byint?: number | bigint;
  /** Cannot be combined with `byint`. */
  byfloat?: undefined;
};

/** Options for {@linkcode StringCommands.increx} with fractions. */
export type IncrexFloatOptions = IncrexLimits & {
  /** What to add. */
  byfloat: number;
  /** Cannot be combined with `byfloat`. */
  byint?: undefined;
};

/** Options for {@linkcode StringCommands.lcs} that ask for the common subsequence. */
export interface LcsTextOptions {
  /** Answer the length of the common subsequence instead. @default {false} */
  len?: false;
  /** Answer the positions of the common parts instead. @default {false} */
  idx?: false;
}

/** Options for {@linkcode StringCommands.lcs} that ask for the length. */
export interface LcsLenOptions {
  /** Answer the length of the common subsequence instead of itself. */
  len: true;
  /** Cannot be combined with `len`. */
  idx?: false;
}

/** Options for {@linkcode StringCommands.lcs} that ask where the common parts are. */
export interface LcsIdxOptions {
  /** Cannot be combined with `idx`. */
  len?: false;
  /** Answer the positions of the common parts instead of the common subsequence. */
  idx: true;
  /** Leave out common parts that are shorter, in bytes. @default {0} */
  minmatchlen?: number;
  /** Add the length of each common part. @default {false} */
  withmatchlen?: boolean;
}

/** Options for {@linkcode StringCommands.lcs}. */
export interface LcsOptions {
  /** Answer the length of the common subsequence instead of itself. @default {false} */
  len?: boolean;
  /** Answer the positions of the common parts instead of the common subsequence. @default {false} */
  idx?: boolean;
  /** With `idx`, leave out common parts that are shorter, in bytes. @default {0} */
  minmatchlen?: number;
  /** With `idx`, add the length of each common part. @default {false} */
  withmatchlen?: boolean;
}

/** A stretch of bytes of a value: the positions of its first and last byte, counted from 0. */
export type ByteRange = [first: number, last: number];

/** A part that two values have in common. */
export interface LcsMatch {
  /** Where it is in the value of the first key. */
  key1: ByteRange;
  /** Where it is in the value of the second key. */
  key2: ByteRange;
  /** Its length in bytes; there if `withmatchlen` was set. */
  length?: number;
}

/** A part that two values have in common, with its length. */
export interface LcsMatchWithLength extends LcsMatch {
  /** Its length in bytes. */
  length: number;
}

/**
 * What {@linkcode StringCommands.lcs} answers with `idx`.
 *
 * @typeParam M A common part; one with its length if `withmatchlen` was set.
 */
export interface LcsMatches<M extends LcsMatch = LcsMatch> {
  /** The common parts, the last one first. */
  matches: M[];
  /** Length of the whole common subsequence in bytes, short parts included. */
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
 * Commands on strings: values of up to 512 MiB, text or bytes, also used as counters.
 *
 * Counters of the server have 64 bits, more than a `number` holds exactly. So counting commands answer `number |
 * bigint`: a number up to ±(2^53 − 1), and an exact bigint beyond. With a bigint as increment they always answer a
 * bigint. If a counter cannot become so large, wrap the call: `Number(await client.incr("visits"))`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class StringCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Appends to the value of a key, which begins empty if it does not exist.
   *
   * Complexity O(1) amortized · since 2.0.0
   *
   * @example Growing a value
   * ```ts
   * await client.append("log", "one;"); // 4
   * await client.append("log", "two;"); // 8
   * await client.get("log"); // "one;two;"
   * ```
   *
   * @param key The key.
   * @param value What to append.
   * @returns Length of the whole value in bytes.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/append/}
   */
  append(key: Key, value: Value): Promise<number> {
    return this.send(["APPEND", key, value], toNumber);
  }

  /**
   * Subtracts 1 from a counter, which begins at 0 if it does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Counting down
   * ```ts
   * await client.set("left", 3);
   * await client.decr("left"); // 2
   * ```
   *
   * @param key The key.
   * @returns The new value; a bigint beyond ±(2^53 − 1), see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is no integer, or would leave 64 bits.
   * @see {@link https://valkey.io/commands/decr/}
   */
  decr(key: Key): Promise<number | bigint> {
    return this.send(["DECR", key], toInteger);
  }

  /**
   * Subtracts from a counter, which begins at 0 if it does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Taking three at once
   * ```ts
   * await client.set("left", 10);
   * await client.decrby("left", 3); // 7
   * await client.decrby("left", 3n); // 4n
   * ```
   *
   * @param key The key.
   * @param decrement What to subtract, an integer.
   * @returns The new value, of the type of the decrement; a bigint beyond ±(2^53 − 1), see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is no integer, or would leave 64 bits.
   * @see {@link https://valkey.io/commands/decrby/}
   */
  decrby(key: Key, decrement: number): Promise<number | bigint>;
  /** Subtracts a bigint from a counter, and answers a bigint. */
  decrby(key: Key, decrement: bigint): Promise<bigint>;
  /** Subtracts a number or a bigint from a counter. */
  decrby(key: Key, decrement: number | bigint): Promise<number | bigint>;
  /** Subtracts decimal digits from a counter, and answers decimal digits. */
  decrby(key: Key, decrement: string): Promise<string>;
  /** Subtracts from a counter, and answers what is of the type of the argument, or a bigint beyond ±(2^53 − 1). */
  decrby(key: Key, decrement: Integer): Promise<Integer>;
  /** Subtracts from a counter. */
  decrby(key: Key, decrement: Integer): Promise<Integer> {
    return this.send<Integer>(["DECRBY", key, decrement], toIntegerLike(decrement));
  }

  /**
   * Deletes a key if its value compares as asked.
   *
   * Without a condition it is DEL for one key.
   *
   * Complexity O(1), with a digest O(N) in the length of the value · since Redis 8.4
   *
   * @example Releasing a lock that is still ours
   * ```ts
   * await client.set("lock", "me");
   * await client.delex("lock", { ifeq: "me" }); // true
   * ```
   *
   * @param key The key.
   * @param condition The comparison.
   * @returns Whether the key was deleted; false also if it did not exist.
   * @throws {ServerError} If a condition is given and the key holds something else than a string.
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
   * @example Releasing a lock that is still ours
   * ```ts
   * await client.set("lock", "me");
   * await client.delifeq("lock", "somebody else"); // false
   * await client.delifeq("lock", "me"); // true
   * ```
   *
   * @param key The key.
   * @param value The value that it must hold.
   * @returns Whether the key was deleted; false also if it did not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/delifeq/}
   */
  delifeq(key: Key, value: Value): Promise<boolean> {
    return this.send(["DELIFEQ", key, value], toBoolean);
  }

  /**
   * Computes a digest of the value of a key, to compare with later.
   *
   * Complexity O(N) in the length of the value · since Redis 8.4 · read-only
   *
   * @example Overwriting a value only if nobody else did
   * ```ts
   * await client.set("page", "first draft");
   * const digest = await client.digest("page");
   * await client.set("page", "second draft", { ifdeq: digest! }); // "OK"
   * ```
   *
   * @param key The key.
   * @returns The digest in hexadecimal digits, or null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/digest/}
   */
  digest(key: Key): Promise<string | null> {
    return this.send(["DIGEST", key], toTextOrNull);
  }

  /**
   * Gets the value of a key.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Reading a value back
   * ```ts
   * await client.set("greeting", "hello");
   * await client.get("greeting"); // "hello"
   * ```
   *
   * @param key The key.
   * @returns The value, or null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/get/}
   */
  get(key: Key): Promise<T | null> {
    return this.send<T | null>(["GET", key], toBulkOrNull);
  }

  /**
   * Gets the value of a key and deletes the key.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Using a one-time code up
   * ```ts
   * await client.set("code", "1234");
   * await client.getdel("code"); // "1234"
   * await client.getdel("code"); // null
   * ```
   *
   * @param key The key.
   * @returns The value, or null if there was no such key.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getdel/}
   */
  getdel(key: Key): Promise<T | null> {
    return this.send<T | null>(["GETDEL", key], toBulkOrNull);
  }

  /**
   * Gets the value of a key and changes when it expires.
   *
   * Without an option it is GET, except that it counts as a write.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Keeping a session alive
   * ```ts
   * await client.set("session", "Ada", { ex: 60 });
   * await client.getex("session", { ex: 3600 }); // "Ada"
   * ```
   *
   * @param key The key.
   * @param expiry When it shall expire from now on.
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
   * Gets a part of the value of a key.
   *
   * Positions count bytes, not characters: text beyond ASCII can be cut in the middle of a character. A negative one
   * counts from the end, −1 being the last byte.
   *
   * Complexity O(N) in the length of the part · since 2.4.0 · read-only
   *
   * @example The beginning and the end of a value
   * ```ts
   * await client.set("name", "Ada Lovelace");
   * await client.getrange("name", 0, 2); // "Ada"
   * await client.getrange("name", -8, -1); // "Lovelace"
   * ```
   *
   * @param key The key.
   * @param start Position of the first byte.
   * @param end Position of the last byte, which is included.
   * @returns The part; empty if the key does not exist or nothing lies in the range.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getrange/}
   */
  getrange(key: Key, start: number, end: number): Promise<T> {
    return this.send<T>(["GETRANGE", key, start, end], toBulk);
  }

  /**
   * Sets the value of a key and answers the one that it had.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @deprecated Use {@linkcode StringCommands.set} with `get`.
   *
   * @example Swapping a value
   * ```ts
   * await client.getset("leader", "Ada"); // null
   * await client.getset("leader", "Grace"); // "Ada"
   * ```
   *
   * @param key The key.
   * @param value The new value.
   * @returns The old value, or null if there was none.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/getset/}
   */
  getset(key: Key, value: Value): Promise<T | null> {
    return this.send<T | null>(["GETSET", key, value], toBulkOrNull);
  }

  /**
   * Adds 1 to a counter, which begins at 0 if it does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Counting visits
   * ```ts
   * await client.incr("visits"); // 1
   * await client.incr("visits"); // 2
   * ```
   *
   * @param key The key.
   * @returns The new value; a bigint beyond ±(2^53 − 1), see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is no integer, or would leave 64 bits.
   * @see {@link https://valkey.io/commands/incr/}
   */
  incr(key: Key): Promise<number | bigint> {
    return this.send(["INCR", key], toInteger);
  }

  /**
   * Adds to a counter, which begins at 0 if it does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Adding points, and exact counts beyond 2^53
   * ```ts
   * await client.incrby("points", 5); // 5
   * await client.incrby("bytes", 9_007_199_254_740_993n); // 9_007_199_254_740_993n
   * ```
   *
   * @param key The key.
   * @param increment What to add, an integer; a negative one subtracts.
   * @returns The new value, of the type of the increment; a bigint beyond ±(2^53 − 1), see {@linkcode StringCommands}.
   * @throws {ServerError} If the value is no integer, or would leave 64 bits.
   * @see {@link https://valkey.io/commands/incrby/}
   */
  incrby(key: Key, increment: number): Promise<number | bigint>;
  /** Adds a bigint to a counter, and answers a bigint. */
  incrby(key: Key, increment: bigint): Promise<bigint>;
  /** Adds a number or a bigint to a counter. */
  incrby(key: Key, increment: number | bigint): Promise<number | bigint>;
  /** Adds decimal digits to a counter, and answers decimal digits. */
  incrby(key: Key, increment: string): Promise<string>;
  /** Adds to a counter, and answers what is of the type of the argument, or a bigint beyond ±(2^53 − 1). */
  incrby(key: Key, increment: Integer): Promise<Integer>;
  /** Adds to a counter. */
  incrby(key: Key, increment: Integer): Promise<Integer> {
    return this.send<Integer>(["INCRBY", key, increment], toIntegerLike(increment));
  }

  /**
   * Adds to the decimal number that a key holds, 0 if it does not exist.
   *
   * The server keeps more digits than a number has: up to 17 behind the point, and integers beyond 2^53. Give the
   * increment as text to get the new value as text, with all of its digits.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Summing up amounts, and keeping all digits
   * ```ts
   * await client.set("balance", "10.5");
   * await client.incrbyfloat("balance", 0.25); // 10.75
   * await client.incrbyfloat("wei", "9007199254740993"); // "9007199254740993"
   * ```
   *
   * @param key The key.
   * @param increment What to add, as a number or as a decimal number in text; a negative one subtracts.
   * @returns The new value: a number, rounded to the nearest one, or the exact text if the increment is text.
   * @throws {ServerError} If the value is no decimal number, or the sum is not finite.
   * @see {@link https://valkey.io/commands/incrbyfloat/}
   */
  incrbyfloat(key: Key, increment: number): Promise<number>;
  /** Adds a decimal number in text, and answers the exact text of the new value. */
  incrbyfloat(key: Key, increment: string): Promise<string>;
  /** Adds to the decimal number that a key holds. */
  incrbyfloat(key: Key, increment: number | string): Promise<number | string>;
  /** Adds to the decimal number that a key holds. */
  incrbyfloat(key: Key, increment: number | string): Promise<number | string> {
    return this.send<number | string>(
      ["INCRBYFLOAT", key, increment],
      typeof increment === "string" ? toDecimal : toNumber,
    );
  }

  /**
   * Adds to a counter within bounds, and sets when it expires: a rate limit in one command.
   *
   * A counter begins at 0 if it does not exist. If it would leave its bounds, nothing changes, unless `saturate` is set.
   *
   * Complexity O(1) · since Redis 8.8
   *
   * @example Five requests a minute
   * ```ts
   * const [count, added] = await client.increx("rate:Ada", { ex: 60, enx: true, ubound: 5 });
   * [count, added]; // [1, 1]
   * ```
   *
   * @param key The key.
   * @param options What to add, the bounds, and when it expires.
   * @returns The value of the counter, and what was added to it: 0 if it would have left its bounds.
   * @throws {ServerError} If the value is no number.
   * @see {@link https://redis.io/docs/latest/commands/increx/}
   */
  increx(
    key: Key,
    options?: IncrexOptions,
  ): Promise<[value: number | bigint, added: number | bigint]>;
  /** Adds a fraction to a counter within bounds, and sets when it expires. */
  increx(key: Key, options: IncrexFloatOptions): Promise<[value: number, added: number]>;
  /** Adds to a counter within bounds, and sets when it expires. */
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
   * Finds the longest common subsequence of two values: the bytes that both have in the same order.
   *
   * A key that does not exist counts as empty.
   *
   * Complexity O(N·M) in the lengths of the values · since 7.0.0 · read-only
   *
   * @example What two words have in common, and where
   * ```ts
   * await client.mset({ "{w}1": "ohmytext", "{w}2": "mynewtext" });
   * await client.lcs("{w}1", "{w}2"); // "mytext"
   * await client.lcs("{w}1", "{w}2", { len: true }); // 6
   * const { matches } = await client.lcs("{w}1", "{w}2", { idx: true, minmatchlen: 4 });
   * matches; // [{ key1: [4, 7], key2: [5, 8] }]
   * ```
   *
   * @param key1 Key of the first value.
   * @param key2 Key of the second value.
   * @param options What to answer instead of the subsequence: its length, or where its parts are.
   * @returns The subsequence; with `len` its length in bytes; with `idx` the positions of its parts.
   * @throws {ServerError} If a key holds something else than a string.
   * @see {@link https://valkey.io/commands/lcs/}
   */
  lcs(key1: Key, key2: Key, options?: LcsTextOptions): Promise<T>;
  /** Computes the length of the longest common subsequence of two values, in bytes. */
  lcs(key1: Key, key2: Key, options: LcsLenOptions): Promise<number>;
  /** Finds out where two values have parts of their longest common subsequence, and how long those are. */
  lcs(
    key1: Key,
    key2: Key,
    options: LcsIdxOptions & {
      /** Add the length of each common part. */
      withmatchlen: true;
    },
  ): Promise<LcsMatches<LcsMatchWithLength>>;
  /** Finds out where two values have parts of their longest common subsequence. */
  lcs(key1: Key, key2: Key, options: LcsIdxOptions): Promise<LcsMatches>;
  /** Compares two values, and answers what the flags say. */
  lcs(key1: Key, key2: Key, options: LcsOptions): Promise<T | number | LcsMatches>;
  /** Finds the longest common subsequence of two values, and answers as the options say. */
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
   * Gets the values of several keys at once.
   *
   * A key that holds something else than a string counts as missing. In a cluster the keys may lie in different slots;
   * the values are then read one slot after another, not at one instant.
   *
   * Complexity O(N) for N keys · since 1.0.0 · read-only
   *
   * @example Reading two values, one of them missing
   * ```ts
   * await client.set("{user:1}:name", "Ada");
   * await client.mget(["{user:1}:name", "{user:1}:phone"]); // ["Ada", null]
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns The values in the order of the keys, null for each missing one.
   * @see {@link https://valkey.io/commands/mget/}
   */
  mget(keys: OneOrMany<Key>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["MGET"], keys, "keys"), toBulksOrNulls);
  }

  /**
   * Sets the values of several keys at once, whatever they held before.
   *
   * A time to live that a key had is gone. In a cluster the keys may lie in different slots; the values are then
   * written one slot after another, not at one instant.
   *
   * Complexity O(N) for N keys · since 1.0.1
   *
   * @example Writing two values
   * ```ts
   * await client.mset({ "{user:1}:name": "Ada", "{user:1}:born": 1815 }); // "OK"
   * ```
   *
   * @param entries The keys and their values.
   * @returns Always `"OK"`.
   * @throws {RangeError} If there are none.
   * @see {@link https://valkey.io/commands/mset/}
   */
  mset(entries: Entries): Promise<"OK"> {
    return this.send(appendEntries(["MSET"], entries, "keys"), toOk);
  }

  /**
   * Sets the values of several keys at once, all with the same expiry, on a condition that holds for all or none.
   *
   * Without `keepttl` a time to live that a key had is gone. In a cluster all keys must lie in one slot.
   *
   * Complexity O(N) for N keys · since Redis 8.4, Valkey 9.1
   *
   * @example Writing two values for a minute
   * ```ts
   * await client.msetex({ "{a}1": "x", "{a}2": "y" }, { ex: 60, nx: true }); // true
   * ```
   *
   * @param entries The keys and their values.
   * @param options Condition and expiry.
   * @returns Whether the values were set; false if the condition did not hold for every key.
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
   * Sets the values of several keys at once, if none of the keys exists.
   *
   * In a cluster all keys must lie in one slot.
   *
   * Complexity O(N) for N keys · since 1.0.1
   *
   * @example All or nothing
   * ```ts
   * await client.msetnx({ "{a}1": "x", "{a}2": "y" }); // true
   * await client.msetnx({ "{a}2": "z", "{a}3": "z" }); // false
   * ```
   *
   * @param entries The keys and their values.
   * @returns Whether the values were set; false if any of the keys exists.
   * @throws {RangeError} If `entries` is empty.
   * @see {@link https://valkey.io/commands/msetnx/}
   */
  msetnx(entries: Entries): Promise<boolean> {
    return this.send(appendEntries(["MSETNX"], entries, "keys"), toBoolean);
  }

  /**
   * Sets the value of a key, and when it expires.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @deprecated Use {@linkcode StringCommands.set} with `px`.
   *
   * @example A value for a second and a half
   * ```ts
   * await client.psetex("flash", 1500, "saved"); // "OK"
   * ```
   *
   * @param key The key.
   * @param milliseconds Its time to live in milliseconds.
   * @param value The value.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the time is not positive.
   * @see {@link https://valkey.io/commands/psetex/}
   */
  psetex(key: Key, milliseconds: number, value: Value): Promise<"OK"> {
    return this.send(["PSETEX", key, milliseconds, value], toOk);
  }

  /**
   * Sets the value of a key, whatever it held before.
   *
   * Without `keepttl` a time to live that the key had is gone.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Taking a lock for ten seconds
   * ```ts
   * await client.set("lock", "me", { nx: true, ex: 10 }); // "OK"
   * await client.set("lock", "somebody else", { nx: true, ex: 10 }); // null
   * ```
   *
   * @param key The key.
   * @param value The value.
   * @param options Condition, expiry, and what to answer.
   * @returns `"OK"`; null if the condition did not hold; with `get` the old value, null if there was none.
   * @throws {ServerError} If `get` is set and the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/set/}
   */
  set(
    key: Key,
    value: Value,
    options?: SetOptions & {
      /** Answer the value that the key had instead of `"OK"`. @default {false} */
      get?: false;
    },
  ): Promise<"OK" | null>;
  /** Sets the value of a key and answers the one that it had. */
  set(
    key: Key,
    value: Value,
    options: SetOptions & {
      /** Answer the value that the key had, null if it had none. */
      get: true;
    },
  ): Promise<T | null>;
  /** Sets the value of a key, and answers as the options say. */
  set(key: Key, value: Value, options: SetOptions): Promise<T | "OK" | null>;
  /** Sets the value of a key, whatever it held before. */
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
   * Sets the value of a key, and when it expires.
   *
   * Complexity O(1) · since 2.0.0
   *
   * @deprecated Use {@linkcode StringCommands.set} with `ex`.
   *
   * @example A value for a minute
   * ```ts
   * await client.setex("session", 60, "Ada"); // "OK"
   * ```
   *
   * @param key The key.
   * @param seconds Its time to live in seconds.
   * @param value The value.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the time is not positive.
   * @see {@link https://valkey.io/commands/setex/}
   */
  setex(key: Key, seconds: number, value: Value): Promise<"OK"> {
    return this.send(["SETEX", key, seconds, value], toOk);
  }

  /**
   * Sets the value of a key, if the key does not exist.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @deprecated Use {@linkcode StringCommands.set} with `nx`.
   *
   * @example Only the first one wins
   * ```ts
   * await client.setnx("winner", "Ada"); // true
   * await client.setnx("winner", "Grace"); // false
   * ```
   *
   * @param key The key.
   * @param value The value.
   * @returns Whether the value was set.
   * @see {@link https://valkey.io/commands/setnx/}
   */
  setnx(key: Key, value: Value): Promise<boolean> {
    return this.send(["SETNX", key, value], toBoolean);
  }

  /**
   * Overwrites a part of the value of a key, which begins empty if it does not exist.
   *
   * The value grows as needed, with zero bytes between its old end and the offset.
   *
   * Complexity O(N) in the length of the part, and of the gap in front of it · since 2.2.0
   *
   * @example Replacing the end of a value
   * ```ts
   * await client.set("greeting", "hello world");
   * await client.setrange("greeting", 6, "redis"); // 11
   * ```
   *
   * @param key The key.
   * @param offset Position of the first byte to overwrite, from 0.
   * @param value What to write there; if it is empty nothing happens.
   * @returns Length of the whole value in bytes.
   * @throws {ServerError} If the offset is negative or too large, or the key holds something else than a string.
   * @see {@link https://valkey.io/commands/setrange/}
   */
  setrange(key: Key, offset: number, value: Value): Promise<number> {
    return this.send(["SETRANGE", key, offset, value], toNumber);
  }

  /**
   * Measures the value of a key.
   *
   * Complexity O(1) · since 2.2.0 · read-only
   *
   * @example Bytes, not characters
   * ```ts
   * await client.set("city", "Zürich");
   * await client.strlen("city"); // 7
   * ```
   *
   * @param key The key.
   * @returns Length of the value in bytes, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a string (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/strlen/}
   */
  strlen(key: Key): Promise<number> {
    return this.send(["STRLEN", key], toNumber);
  }

  /**
   * Gets a part of the value of a key.
   *
   * Complexity O(N) in the length of the part · since 1.0.0 · read-only
   *
   * @deprecated Use {@linkcode StringCommands.getrange}.
   *
   * @example The beginning of a value
   * ```ts
   * await client.set("name", "Ada Lovelace");
   * await client.substr("name", 0, 2); // "Ada"
   * ```
   *
   * @param key The key.
   * @param start Position of the first byte; a negative one counts from the end.
   * @param end Position of the last byte, which is included; a negative one counts from the end.
   * @returns The part; empty if the key does not exist or nothing lies in the range.
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
