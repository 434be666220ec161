/**
 * Commands on arrays.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import {
  type AnyCase,
  append,
  appendEach,
  appendFlag,
  appendOption,
  type AtMostOne,
  type Integer,
  type Key,
  type Many,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import {
  appendArrayOperation,
  appendArrayRanges,
  appendPredicates,
  type ArrayBound,
  type ArrayDetails,
  type ArrayEntries,
  type ArrayInfo,
  type ArrayItem,
  type ArrayMatch,
  type ArrayOperation,
  type ArrayPredicate,
  type ArrayRange,
  toArrayDetails,
  toArrayInfo,
  toArrayItems,
  toIntegerOrNull,
  toResultOf,
} from "./_arrays.ts";
import {
  toBoolean,
  toBulkOrNull,
  toBulksOrNulls,
  toInteger,
  toListOf,
  toNumber,
} from "./_decode.ts";
import { optionsOf } from "./_options.ts";

/** Options for {@linkcode ArrayCommands.argrep}. */
export type ArgrepOptions =
  & AtMostOne<{
    /** Find elements that meet all conditions. */
    and: boolean;
    /** Find elements that meet at least one condition, which is the default. */
    or: boolean;
  }>
  & {
    /** How many elements to find at most. */
    limit?: number;
    /** Answer the values too. @default {false} */
    withvalues?: boolean;
    /** Take upper and lower case for the same. @default {false} */
    nocase?: boolean;
  };

/** Options for {@linkcode ArrayCommands.arinfo}. */
export interface ArinfoOptions {
  /** Look at the slices too. @default {false} */
  full?: boolean;
}

/** Options for {@linkcode ArrayCommands.arlastitems}. */
export interface ArlastitemsOptions {
  /** Answer the latest value first. @default {false} */
  rev?: boolean;
}

/** Options for {@linkcode ArrayCommands.arscan}. */
export interface ArscanOptions {
  /** How many elements to answer at most. */
  limit?: number;
}

const ARGREP_OPTIONS: OptionShape<ArgrepOptions> = {
  and: "flag",
  or: "flag",
  limit: "word",
  withvalues: "flag",
  nocase: "flag",
};

const ARINFO_OPTIONS: OptionShape<ArinfoOptions> = { full: "flag" };

const ARLASTITEMS_OPTIONS: OptionShape<ArlastitemsOptions> = { rev: "flag" };

const ARSCAN_OPTIONS: OptionShape<ArscanOptions> = { limit: "word" };

const toIntegers = toListOf(toInteger);

/**
 * Commands on arrays (Redis 8.8, which calls them a preview): values at indexes from 0 to 2^64 − 2, with gaps that take no
 * memory.
 *
 * Methods and replies follow the public description of the commands. Indexes beyond 2^53 − 1 are answered as a bigint.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class ArrayCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Counts the elements of an array.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example Two elements, far apart
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.arcount("rows"); // 2
   * ```
   *
   * @param key Key of the array.
   * @returns The number of elements, 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arcount/}
   */
  arcount(key: Key): Promise<number> {
    return this.send(["ARCOUNT", key], toNumber);
  }

  /**
   * Deletes elements of an array, and the key with the last one.
   *
   * Complexity O(N) for N indexes · since Redis 8.8
   *
   * @example Two of three
   * ```ts
   * await client.arset("rows", 0, ["a", "b", "c"]);
   * await client.ardel("rows", [0, 1, 7]); // 2
   * ```
   *
   * @param key Key of the array.
   * @param indexes One index or several.
   * @returns How many elements there were at these indexes.
   * @throws {RangeError} If there are no indexes.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/ardel/}
   */
  ardel(key: Key, indexes: OneOrMany<Integer>): Promise<number> {
    return this.send(append(["ARDEL", key], indexes, "indexes"), toNumber);
  }

  /**
   * Deletes the elements in ranges of an array, and the key with the last one.
   *
   * Complexity O(N) for N elements in the ranges · since Redis 8.8
   *
   * @example The first two, and all from 100 on
   * ```ts
   * await client.armset("rows", { 0: "a", 1: "b", 2: "c", 500: "d" });
   * await client.ardelrange("rows", [[0, 1], [100, 1000]]); // 3
   * ```
   *
   * @param key Key of the array.
   * @param ranges The ranges, with both ends.
   * @returns How many elements there were in the ranges.
   * @throws {RangeError} If there are no ranges.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/ardelrange/}
   */
  ardelrange(key: Key, ranges: Many<ArrayRange>): Promise<number> {
    return this.send(appendArrayRanges(["ARDELRANGE", key], ranges), toNumber);
  }

  /**
   * Gets an element of an array.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example An element, and a gap
   * ```ts
   * await client.arset("rows", 5, "a");
   * await client.arget("rows", 5); // "a"
   * await client.arget("rows", 4); // null
   * ```
   *
   * @param key Key of the array.
   * @param index Its index.
   * @returns Its value, or null if there is none.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arget/}
   */
  arget(key: Key, index: Integer): Promise<T | null> {
    return this.send<T | null>(["ARGET", key, index], toBulkOrNull);
  }

  /**
   * Gets the values at all indexes of a range, gaps included.
   *
   * {@linkcode ArrayCommands.arscan} leaves out the gaps.
   *
   * Complexity O(N) for N indexes · since Redis 8.8 · read-only
   *
   * @example Forwards and backwards
   * ```ts
   * await client.armset("rows", { 0: "a", 2: "c" });
   * await client.argetrange("rows", 0, 2); // ["a", null, "c"]
   * await client.argetrange("rows", 2, 1); // ["c", null]
   * ```
   *
   * @param key Key of the array.
   * @param start The index of the first value.
   * @param end The index of the last value; a lower one than `start` turns the order around.
   * @returns The values, null for each gap; only nulls if there is no such key.
   * @throws {ServerError} If the range has more than a million indexes, an index is invalid, or the key holds something else
   * than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/argetrange/}
   */
  argetrange(key: Key, start: Integer, end: Integer): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(["ARGETRANGE", key, start, end], toBulksOrNulls);
  }

  /**
   * Finds the elements of an array that match a condition, or several.
   *
   * Of several conditions one has to be met, or all of them with `and`.
   *
   * Complexity O(N) for N elements in the range · since Redis 8.8 · read-only
   *
   * @example Errors in a log
   * ```ts
   * await client.arset("log", 0, ["warn: disk", "ERROR: cpu", "error: net"]);
   * await client.argrep("log", "-", "+", { match: "error" }); // [2]
   * await client.argrep("log", 0, 2, [{ glob: "warn:*" }, { re: "cpu$" }]); // [0, 1]
   * const found = await client.argrep("log", "-", "+", { match: "error" }, {
   *   nocase: true,
   *   withvalues: true,
   * });
   * found[0]; // { index: 1, value: "ERROR: cpu" }
   * ```
   *
   * @param key Key of the array.
   * @param start Where to begin; `"-"` for the first index.
   * @param end Where to end; `"+"` for the last index in use, a lower one than `start` to search backwards.
   * @param predicates One condition or several: `{ exact }`, `{ match }` for a part of the value, `{ glob }` or `{ re }`.
   * @param options How to compare, how many to find, and whether to answer the values.
   * @returns The indexes, with `withvalues` the elements, in the order of the search; none if there is no such key.
   * @throws {RangeError} If there are no conditions.
   * @throws {ServerError} If a regular expression is malformed, an index is invalid, or the key holds something else than an
   * array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/argrep/}
   */
  argrep(
    key: Key,
    start: ArrayBound,
    end: ArrayBound,
    predicates: OneOrMany<ArrayPredicate>,
    options?: ArgrepOptions & {
      /** Answer the values too. @default {false} */
      withvalues?: false;
    },
  ): Promise<(number | bigint)[]>;
  /** Finds elements of an array, and answers their values too. */
  argrep(
    key: Key,
    start: ArrayBound,
    end: ArrayBound,
    predicates: OneOrMany<ArrayPredicate>,
    options: ArgrepOptions & {
      /** Answer the values too. */
      withvalues: true;
    },
  ): Promise<ArrayItem<T>[]>;
  /** Finds elements of an array, and answers their values if the flag says so. */
  argrep(
    key: Key,
    start: ArrayBound,
    end: ArrayBound,
    predicates: OneOrMany<ArrayPredicate>,
    options: ArgrepOptions,
  ): Promise<(number | bigint)[] | ArrayItem<T>[]>;
  /** Finds elements of an array. */
  argrep(
    key: Key,
    start: ArrayBound,
    end: ArrayBound,
    predicates: OneOrMany<ArrayPredicate>,
    options?: ArgrepOptions,
  ): Promise<(number | bigint)[] | ArrayItem<T>[]> {
    const words: Words = ["ARGREP", key, start, end];
    appendPredicates(words, predicates);
    const { and, or, limit, withvalues, nocase } = optionsOf(words, options, ARGREP_OPTIONS);
    appendFlag(words, "AND", and);
    appendFlag(words, "OR", or);
    appendOption(words, "LIMIT", limit);
    appendFlag(words, "WITHVALUES", withvalues);
    appendFlag(words, "NOCASE", nocase);
    return withvalues
      ? this.send<ArrayItem<T>[]>(words, toArrayItems)
      : this.send<(number | bigint)[]>(words, toIntegers);
  }

  /**
   * Tells about an array: how many elements it has, and how it is stored.
   *
   * Complexity O(1), or O(N) for N slices with `full` · since Redis 8.8 · read-only
   *
   * @example One element at a high index
   * ```ts
   * await client.arset("rows", 9, "a");
   * const { count, len } = await client.arinfo("rows");
   * [count, len]; // [1, 10]
   * ```
   *
   * @param key Key of the array.
   * @param options Whether to look at the slices too.
   * @returns The report.
   * @throws {ServerError} If there is no such key, or it holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arinfo/}
   */
  arinfo(
    key: Key,
    options?: {
      /** Look at the slices too. @default {false} */
      full?: false;
    },
  ): Promise<ArrayInfo>;
  /** Tells about an array and its slices. */
  arinfo(
    key: Key,
    options: {
      /** Look at the slices too. */
      full: true;
    },
  ): Promise<ArrayDetails>;
  /** Tells about an array, and about its slices if the flag says so. */
  arinfo(key: Key, options: ArinfoOptions): Promise<ArrayInfo | ArrayDetails>;
  /** Tells about an array. */
  arinfo(key: Key, options?: ArinfoOptions): Promise<ArrayInfo | ArrayDetails> {
    const words: Words = ["ARINFO", key];
    const { full } = optionsOf(words, options, ARINFO_OPTIONS);
    appendFlag(words, "FULL", full);
    return this.send<ArrayInfo | ArrayDetails>(words, full ? toArrayDetails : toArrayInfo);
  }

  /**
   * Puts values behind those that were inserted last.
   *
   * An array remembers where its next value goes, at first to index 0. {@linkcode ArrayCommands.arset} does not change that,
   * {@linkcode ArrayCommands.arseek} does.
   *
   * Complexity O(N) for N values · since Redis 8.8
   *
   * @example Appending to a log
   * ```ts
   * await client.arinsert("log", "started"); // 0
   * await client.arinsert("log", ["ready", "stopped"]); // 2
   * ```
   *
   * @param key Key of the array.
   * @param values One value or several.
   * @returns The index of the last value.
   * @throws {RangeError} If there are no values.
   * @throws {ServerError} If no index is left, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arinsert/}
   */
  arinsert(key: Key, values: OneOrMany<Value>): Promise<number | bigint> {
    return this.send(append(["ARINSERT", key], values, "values"), toInteger);
  }

  /**
   * Gets the values that were inserted last.
   *
   * The indexes are read one by one backwards: where there is no element any more, the value is null.
   *
   * Complexity O(N) for N values · since Redis 8.8 · read-only
   *
   * @example The latest two readings
   * ```ts
   * await client.arring("readings", 3, [10, 11, 12, 13]);
   * await client.arlastitems("readings", 2); // ["12", "13"]
   * await client.arlastitems("readings", 2, { rev: true }); // ["13", "12"]
   * ```
   *
   * @param key Key of the array.
   * @param count How many values at most.
   * @param options In which order.
   * @returns The values, the oldest one first; none if there is no such key.
   * @throws {ServerError} If the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arlastitems/}
   */
  arlastitems(key: Key, count: number, options?: ArlastitemsOptions): Promise<(T | null)[]> {
    const words: Words = ["ARLASTITEMS", key, count];
    appendFlag(words, "REV", optionsOf(words, options, ARLASTITEMS_OPTIONS).rev);
    return this.send<(T | null)[]>(words, toBulksOrNulls);
  }

  /**
   * Tells how long an array is, gaps included.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example Two elements, far apart
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.arlen("rows"); // 1001
   * ```
   *
   * @param key Key of the array.
   * @returns The highest index in use, plus one; 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arlen/}
   */
  arlen(key: Key): Promise<number | bigint> {
    return this.send(["ARLEN", key], toInteger);
  }

  /**
   * Gets several elements of an array.
   *
   * Complexity O(N) for N indexes · since Redis 8.8 · read-only
   *
   * @example Two elements, and a gap
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.armget("rows", [1000, 5, 0]); // ["b", null, "a"]
   * ```
   *
   * @param key Key of the array.
   * @param indexes One index or several.
   * @returns The values, null for each that does not exist.
   * @throws {RangeError} If there are no indexes.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/armget/}
   */
  armget(key: Key, indexes: OneOrMany<Integer>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["ARMGET", key], indexes, "indexes"), toBulksOrNulls);
  }

  /**
   * Sets several elements of an array, each at its own index.
   *
   * Complexity O(N) for N elements · since Redis 8.8
   *
   * @example From an object, and from pairs
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" }); // 2
   * await client.armset("rows", [[1000, "c"], [2n ** 60n, "d"]]); // 1
   * ```
   *
   * @param key Key of the array.
   * @param entries The values by their indexes.
   * @returns How many indexes had no value before.
   * @throws {RangeError} If there are no elements.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/armset/}
   */
  armset(key: Key, entries: ArrayEntries): Promise<number> {
    const words: Words = ["ARMSET", key];
    appendEach<Integer, Value>(words, entries, "elements", (index, value) => {
      words.push(index, value);
    });
    return this.send(words, toNumber);
  }

  /**
   * Tells where the next inserted value goes.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example Behind the last one
   * ```ts
   * await client.arnext("log"); // 0
   * await client.arinsert("log", ["started", "ready"]);
   * await client.arnext("log"); // 2
   * ```
   *
   * @param key Key of the array.
   * @returns The index; 0 if there is no such key, null if no index is left.
   * @throws {ServerError} If the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arnext/}
   */
  arnext(key: Key): Promise<number | bigint | null> {
    return this.send(["ARNEXT", key], toIntegerOrNull);
  }

  /**
   * Computes a sum, a count or the like of the elements in a range of an array.
   *
   * `sum`, `min` and `max` take the elements that are numbers; `and`, `or` and `xor` combine their bits as integers of 64 bits,
   * without fractions. `used` counts the elements, `{ match }` those that have a value.
   *
   * Complexity O(N) for N elements in the range · since Redis 8.8 · read-only
   *
   * @example Prices
   * ```ts
   * await client.arset("prices", 0, [10, 2.5, 30, 10]);
   * await client.arop("prices", 0, 3, "sum"); // 52.5
   * await client.arop("prices", 0, 3, "max"); // 30
   * await client.arop("prices", 0, 3, { match: 10 }); // 2
   * ```
   *
   * @param key Key of the array.
   * @param start One end of the range.
   * @param end The other end of the range.
   * @param operation What to compute.
   * @returns The number, which for `sum`, `min` and `max` is the nearest one to the decimal digits that the server sends; null if no
   * element is a number. Counts are 0 instead.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arop/}
   */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: AnyCase<"used"> | ArrayMatch,
  ): Promise<number>;
  /** Computes the sum, the least or the greatest number of a range. */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: AnyCase<"sum" | "min" | "max">,
  ): Promise<number | null>;
  /** Combines the bits of the integers in a range, or computes what the operation says. */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: ArrayOperation,
  ): Promise<number | bigint | null>;
  /** Computes a sum, a count or the like. */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: ArrayOperation,
  ): Promise<number | bigint | null> {
    const words: Words = ["AROP", key, start, end];
    appendArrayOperation(words, operation);
    return this.send(words, toResultOf(operation));
  }

  /**
   * Puts values into an array of a fixed size, where new ones replace the oldest.
   *
   * With another size than before, the latest values that fit are kept and moved to the beginning.
   *
   * Complexity O(N) for N values, and for all elements if the size changes · since Redis 8.8
   *
   * @example The latest three readings
   * ```ts
   * await client.arring("readings", 3, [10, 11, 12]); // 2
   * await client.arring("readings", 3, 13); // 0
   * await client.arget("readings", 0); // "13"
   * ```
   *
   * @param key Key of the array.
   * @param size How many values to keep at most.
   * @param values One value or several.
   * @returns The index of the last value.
   * @throws {RangeError} If there are no values.
   * @throws {ServerError} If the size is not positive, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arring/}
   */
  arring(key: Key, size: Integer, values: OneOrMany<Value>): Promise<number | bigint> {
    return this.send(append(["ARRING", key, size], values, "values"), toInteger);
  }

  /**
   * Gets the elements in a range of an array with their indexes, without the gaps.
   *
   * With a limit, the next page begins behind the last index of this one.
   *
   * Complexity O(N) for N elements in the range · since Redis 8.8 · read-only
   *
   * @example Two elements, far apart
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.arscan("rows", 0, 5000);
   * // [{ index: 0, value: "a" }, { index: 1000, value: "b" }]
   * await client.arscan("rows", 5000, 0, { limit: 1 }); // [{ index: 1000, value: "b" }]
   * ```
   *
   * @param key Key of the array.
   * @param start Where to begin.
   * @param end Where to end; a lower index than `start` turns the order around.
   * @param options How many elements at most.
   * @returns The elements; none if there is no such key.
   * @throws {ServerError} If the limit is not positive, an index is invalid, or the key holds something else than an array
   * (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arscan/}
   */
  arscan(
    key: Key,
    start: Integer,
    end: Integer,
    options?: ArscanOptions,
  ): Promise<ArrayItem<T>[]> {
    const words: Words = ["ARSCAN", key, start, end];
    appendOption(words, "LIMIT", optionsOf(words, options, ARSCAN_OPTIONS).limit);
    return this.send<ArrayItem<T>[]>(words, toArrayItems);
  }

  /**
   * Says where the next inserted value goes.
   *
   * Complexity O(1) · since Redis 8.8
   *
   * @example Going on at 100
   * ```ts
   * await client.arinsert("log", "started"); // 0
   * await client.arseek("log", 100); // true
   * await client.arinsert("log", "ready"); // 100
   * ```
   *
   * @param key Key of the array.
   * @param index The index.
   * @returns Whether there is such a key; without one nothing is remembered.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arseek/}
   */
  arseek(key: Key, index: Integer): Promise<boolean> {
    return this.send(["ARSEEK", key, index], toBoolean);
  }

  /**
   * Sets elements of an array, one next to the other.
   *
   * Complexity O(N) for N values · since Redis 8.8
   *
   * @example One element, and three
   * ```ts
   * await client.arset("rows", 5, "a"); // 1
   * await client.arset("rows", 4, ["b", "c", "d"]); // 2
   * ```
   *
   * @param key Key of the array.
   * @param index The index of the first value.
   * @param values One value or several.
   * @returns How many indexes had no value before.
   * @throws {RangeError} If there are no values.
   * @throws {ServerError} If an index is invalid, or the key holds something else than an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arset/}
   */
  arset(key: Key, index: Integer, values: OneOrMany<Value>): Promise<number> {
    return this.send(append(["ARSET", key, index], values, "values"), toNumber);
  }
}
