/**
 * Commands for arrays (Redis 8.8).
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

/** Options for {@linkcode ArrayCommands.prototype.argrep | ArrayCommands.argrep}. */
export type ArgrepOptions =
  & AtMostOne<{
    /** Return elements that meet all conditions. */
    and: boolean;
    /** Return elements that meet at least one condition. This is the default. */
    or: boolean;
  }>
  & {
    /** Maximum number of elements. By default all. */
    limit?: number;
    /**
     * Return the values as well.
     *
     * @default {false}
     */
    withvalues?: boolean;
    /**
     * Ignore case.
     *
     * @default {false}
     */
    nocase?: boolean;
  };

/** Options for {@linkcode ArrayCommands.prototype.arinfo | ArrayCommands.arinfo}. */
export interface ArinfoOptions {
  /**
   * Return statistics of the slices as well.
   *
   * @default {false}
   */
  full?: boolean;
}

/** Options for {@linkcode ArrayCommands.prototype.arlastitems | ArrayCommands.arlastitems}. */
export interface ArlastitemsOptions {
  /**
   * Return the latest value first.
   *
   * @default {false}
   */
  rev?: boolean;
}

/** Options for {@linkcode ArrayCommands.prototype.arscan | ArrayCommands.arscan}. */
export interface ArscanOptions {
  /** Maximum number of elements. By default all. */
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
 * Commands for arrays: values at indexes from 0 to 2^64 − 2, with gaps that take no memory. Arrays are a preview
 * feature of Redis 8.8.
 *
 * Indexes beyond 2^53 − 1 are returned as bigints. The methods follow the public description of the commands.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class ArrayCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Returns the number of elements of an array.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example An array with a gap
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.arcount("rows"); // 2
   * ```
   *
   * @param key Key of the array.
   * @returns Number of elements; 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arcount/}
   */
  arcount(key: Key): Promise<number> {
    return this.send(["ARCOUNT", key], toNumber);
  }

  /**
   * Deletes elements of an array.
   *
   * Deleting the last element deletes the key.
   *
   * Complexity O(N) for N indexes · since Redis 8.8
   *
   * @example Delete two elements
   * ```ts
   * await client.arset("rows", 0, ["a", "b", "c"]);
   * await client.ardel("rows", [0, 1, 7]); // 2
   * ```
   *
   * @param key Key of the array.
   * @param indexes One or more indexes.
   * @returns Number of deleted elements.
   * @throws {RangeError} If `indexes` is empty.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/ardel/}
   */
  ardel(key: Key, indexes: OneOrMany<Integer>): Promise<number> {
    return this.send(append(["ARDEL", key], indexes, "indexes"), toNumber);
  }

  /**
   * Deletes ranges of elements of an array.
   *
   * Deleting the last element deletes the key.
   *
   * Complexity O(N) for N elements in the ranges · since Redis 8.8
   *
   * @example Delete two ranges
   * ```ts
   * await client.armset("rows", { 0: "a", 1: "b", 2: "c", 500: "d" });
   * await client.ardelrange("rows", [[0, 1], [100, 1000]]); // 3
   * ```
   *
   * @param key Key of the array.
   * @param ranges Ranges `[start, end]`, including both ends.
   * @returns Number of deleted elements.
   * @throws {RangeError} If `ranges` is empty.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/ardelrange/}
   */
  ardelrange(key: Key, ranges: Many<ArrayRange>): Promise<number> {
    return this.send(appendArrayRanges(["ARDELRANGE", key], ranges), toNumber);
  }

  /**
   * Returns an element of an array.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example Read an element and a gap
   * ```ts
   * await client.arset("rows", 5, "a");
   * await client.arget("rows", 5); // "a"
   * await client.arget("rows", 4); // null
   * ```
   *
   * @param key Key of the array.
   * @param index Index of the element.
   * @returns Value of the element; null if it does not exist.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arget/}
   */
  arget(key: Key, index: Integer): Promise<T | null> {
    return this.send<T | null>(["ARGET", key, index], toBulkOrNull);
  }

  /**
   * Returns the values at all indexes of a range, with null for gaps.
   *
   * Use {@linkcode ArrayCommands.prototype.arscan | ArrayCommands.arscan} to skip gaps.
   *
   * Complexity O(N) for N indexes · since Redis 8.8 · read-only
   *
   * @example Read a range forwards and backwards
   * ```ts
   * await client.armset("rows", { 0: "a", 2: "c" });
   * await client.argetrange("rows", 0, 2); // ["a", null, "c"]
   * await client.argetrange("rows", 2, 1); // ["c", null]
   * ```
   *
   * @param key Key of the array.
   * @param start Index of the first value.
   * @param end Index of the last value. If it is lower than `start`, the order is reversed.
   * @returns The values, with null for gaps. All are null if the key does not exist.
   * @throws {ServerError} If the range has more than a million indexes, an index is invalid, or the key does not hold
   * an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/argetrange/}
   */
  argetrange(key: Key, start: Integer, end: Integer): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(["ARGETRANGE", key, start, end], toBulksOrNulls);
  }

  /**
   * Finds elements of an array by one or more conditions.
   *
   * By default an element must meet at least one of the conditions, with `and` all of them.
   *
   * Complexity O(N) for N elements in the range · since Redis 8.8 · read-only
   *
   * @example Find errors in a log
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
   * @param start First index of the search; `"-"` for index 0.
   * @param end Last index of the search; `"+"` for the last index in use. If it is lower than `start`, the search runs
   * backwards.
   * @param predicates One or more conditions: `{ exact }`, `{ match }` (substring), `{ glob }` or `{ re }`.
   * @param options How to combine conditions, case, limit, and whether to return values.
   * @returns Indexes in the order of the search; with `withvalues`, indexes and values. Empty if the key does not
   * exist.
   * @throws {RangeError} If `predicates` is empty.
   * @throws {ServerError} If a regular expression is invalid, an index is invalid, or the key does not hold an array
   * (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/argrep/}
   */
  argrep(
    key: Key,
    start: ArrayBound,
    end: ArrayBound,
    predicates: OneOrMany<ArrayPredicate>,
    options?: ArgrepOptions & {
      /**
       * Return the values as well.
       *
       * @default {false}
       */
      withvalues?: false;
    },
  ): Promise<(number | bigint)[]>;
  /** Finds elements of an array, and returns their values as well. */
  argrep(
    key: Key,
    start: ArrayBound,
    end: ArrayBound,
    predicates: OneOrMany<ArrayPredicate>,
    options: ArgrepOptions & {
      /** Return the values as well. */
      withvalues: true;
    },
  ): Promise<ArrayItem<T>[]>;
  /** Finds elements of an array. Returns their values as well if `withvalues` is true. */
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
   * Returns the size of an array and details of its storage.
   *
   * Complexity O(1), or O(N) for N slices with `full` · since Redis 8.8 · read-only
   *
   * @example An array with one element
   * ```ts
   * await client.arset("rows", 9, "a");
   * const { count, len } = await client.arinfo("rows");
   * [count, len]; // [1, 10]
   * ```
   *
   * @param key Key of the array.
   * @param options Whether to return statistics of the slices.
   * @returns Size and storage of the array.
   * @throws {ServerError} If the key does not exist, or does not hold an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arinfo/}
   */
  arinfo(
    key: Key,
    options?: {
      /**
       * Return statistics of the slices as well.
       *
       * @default {false}
       */
      full?: false;
    },
  ): Promise<ArrayInfo>;
  /** Returns the size of an array and details of its storage, including its slices. */
  arinfo(
    key: Key,
    options: {
      /** Return statistics of the slices as well. */
      full: true;
    },
  ): Promise<ArrayDetails>;
  /** Returns the size of an array and details of its storage. Includes its slices if `full` is true. */
  arinfo(key: Key, options: ArinfoOptions): Promise<ArrayInfo | ArrayDetails>;
  /** Returns the size of an array and details of its storage. */
  arinfo(key: Key, options?: ArinfoOptions): Promise<ArrayInfo | ArrayDetails> {
    const words: Words = ["ARINFO", key];
    const { full } = optionsOf(words, options, ARINFO_OPTIONS);
    appendFlag(words, "FULL", full);
    return this.send<ArrayInfo | ArrayDetails>(words, full ? toArrayDetails : toArrayInfo);
  }

  /**
   * Inserts values at the insert position of an array, and moves the position behind them.
   *
   * The insert position of a new array is index 0. {@linkcode ArrayCommands.prototype.arseek | ArrayCommands.arseek}
   * changes it, {@linkcode ArrayCommands.prototype.arset | ArrayCommands.arset} does not.
   *
   * Complexity O(N) for N values · since Redis 8.8
   *
   * @example Append to a log
   * ```ts
   * await client.arinsert("log", "started"); // 0
   * await client.arinsert("log", ["ready", "stopped"]); // 2
   * ```
   *
   * @param key Key of the array.
   * @param values One or more values.
   * @returns Index of the last inserted value.
   * @throws {RangeError} If `values` is empty.
   * @throws {ServerError} If no index is left, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arinsert/}
   */
  arinsert(key: Key, values: OneOrMany<Value>): Promise<number | bigint> {
    return this.send(append(["ARINSERT", key], values, "values"), toInteger);
  }

  /**
   * Returns the values that were inserted last.
   *
   * The indexes before the insert position are read. If an element there was deleted, its value is null.
   *
   * Complexity O(N) for N values · since Redis 8.8 · read-only
   *
   * @example Read the latest two readings
   * ```ts
   * await client.arring("readings", 3, [10, 11, 12, 13]);
   * await client.arlastitems("readings", 2); // ["12", "13"]
   * await client.arlastitems("readings", 2, { rev: true }); // ["13", "12"]
   * ```
   *
   * @param key Key of the array.
   * @param count Maximum number of values.
   * @param options Order of the values.
   * @returns The values, oldest first. Empty if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arlastitems/}
   */
  arlastitems(key: Key, count: number, options?: ArlastitemsOptions): Promise<(T | null)[]> {
    const words: Words = ["ARLASTITEMS", key, count];
    appendFlag(words, "REV", optionsOf(words, options, ARLASTITEMS_OPTIONS).rev);
    return this.send<(T | null)[]>(words, toBulksOrNulls);
  }

  /**
   * Returns the length of an array, including gaps.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example An array with a gap
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.arlen("rows"); // 1001
   * ```
   *
   * @param key Key of the array.
   * @returns Highest index in use, plus one; 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arlen/}
   */
  arlen(key: Key): Promise<number | bigint> {
    return this.send(["ARLEN", key], toInteger);
  }

  /**
   * Returns several elements of an array.
   *
   * Complexity O(N) for N indexes · since Redis 8.8 · read-only
   *
   * @example Read two elements and a gap
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.armget("rows", [1000, 5, 0]); // ["b", null, "a"]
   * ```
   *
   * @param key Key of the array.
   * @param indexes One or more indexes.
   * @returns The values, with null for elements that do not exist.
   * @throws {RangeError} If `indexes` is empty.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/armget/}
   */
  armget(key: Key, indexes: OneOrMany<Integer>): Promise<(T | null)[]> {
    return this.send<(T | null)[]>(append(["ARMGET", key], indexes, "indexes"), toBulksOrNulls);
  }

  /**
   * Sets elements of an array at the given indexes.
   *
   * Complexity O(N) for N elements · since Redis 8.8
   *
   * @example Set elements from an object and from pairs
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" }); // 2
   * await client.armset("rows", [[1000, "c"], [2n ** 60n, "d"]]); // 1
   * ```
   *
   * @param key Key of the array.
   * @param entries Values by index.
   * @returns Number of indexes that had no value before.
   * @throws {RangeError} If `entries` is empty.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
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
   * Returns the insert position of an array: the index at which `arinsert` puts the next value.
   *
   * Complexity O(1) · since Redis 8.8 · read-only
   *
   * @example The insert position after two values
   * ```ts
   * await client.arnext("log"); // 0
   * await client.arinsert("log", ["started", "ready"]);
   * await client.arnext("log"); // 2
   * ```
   *
   * @param key Key of the array.
   * @returns The index. 0 if the key does not exist; null if no index is left.
   * @throws {ServerError} If the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arnext/}
   */
  arnext(key: Key): Promise<number | bigint | null> {
    return this.send(["ARNEXT", key], toIntegerOrNull);
  }

  /**
   * Aggregates the elements in a range of an array: sum, minimum, maximum, bitwise operations or counts.
   *
   * `sum`, `min` and `max` use the elements that are numbers. `and`, `or` and `xor` use them as 64-bit integers,
   * without fractions. `used` counts the elements, `{ match }` counts those equal to a value.
   *
   * Complexity O(N) for N elements in the range · since Redis 8.8 · read-only
   *
   * @example Sum, maximum and count of prices
   * ```ts
   * await client.arset("prices", 0, [10, 2.5, 30, 10]);
   * await client.arop("prices", 0, 3, "sum"); // 52.5
   * await client.arop("prices", 0, 3, "max"); // 30
   * await client.arop("prices", 0, 3, { match: 10 }); // 2
   * ```
   *
   * @param key Key of the array.
   * @param start First index of the range.
   * @param end Last index of the range. It may be lower than `start`.
   * @param operation The operation.
   * @returns The result. `sum`, `min` and `max` are rounded to the nearest double. Null if no element is a number;
   * counts are 0 then.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arop/}
   */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: AnyCase<"used"> | ArrayMatch,
  ): Promise<number>;
  /** Returns the sum, minimum or maximum of a range. */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: AnyCase<"sum" | "min" | "max">,
  ): Promise<number | null>;
  /** Aggregates the elements in a range. */
  arop(
    key: Key,
    start: Integer,
    end: Integer,
    operation: ArrayOperation,
  ): Promise<number | bigint | null>;
  /** Aggregates the elements in a range. */
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
   * Inserts values into a ring buffer: an array of a fixed size, in which new values overwrite the oldest.
   *
   * If the size differs from the previous one, the latest values that fit are kept and moved to the beginning.
   *
   * Complexity O(N) for N values, and for all elements if the size changes · since Redis 8.8
   *
   * @example Keep the latest three readings
   * ```ts
   * await client.arring("readings", 3, [10, 11, 12]); // 2
   * await client.arring("readings", 3, 13); // 0
   * await client.arget("readings", 0); // "13"
   * ```
   *
   * @param key Key of the array.
   * @param size Maximum number of values to keep.
   * @param values One or more values.
   * @returns Index of the last inserted value.
   * @throws {RangeError} If `values` is empty.
   * @throws {ServerError} If the size is not positive, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arring/}
   */
  arring(key: Key, size: Integer, values: OneOrMany<Value>): Promise<number | bigint> {
    return this.send(append(["ARRING", key, size], values, "values"), toInteger);
  }

  /**
   * Returns the elements in a range of an array with their indexes, without gaps.
   *
   * To read page by page, set a limit and start the next page behind the last returned index.
   *
   * Complexity O(N) for N elements in the range · since Redis 8.8 · read-only
   *
   * @example An array with a gap
   * ```ts
   * await client.armset("rows", { 0: "a", 1000: "b" });
   * await client.arscan("rows", 0, 5000);
   * // [{ index: 0, value: "a" }, { index: 1000, value: "b" }]
   * await client.arscan("rows", 5000, 0, { limit: 1 }); // [{ index: 1000, value: "b" }]
   * ```
   *
   * @param key Key of the array.
   * @param start First index of the range.
   * @param end Last index of the range. If it is lower than `start`, the order is reversed.
   * @param options Maximum number of elements.
   * @returns The elements. Empty if the key does not exist.
   * @throws {ServerError} If the limit is not positive, an index is invalid, or the key does not hold an array
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
   * Sets the insert position of an array: the index at which `arinsert` puts the next value.
   *
   * Complexity O(1) · since Redis 8.8
   *
   * @example Continue at index 100
   * ```ts
   * await client.arinsert("log", "started"); // 0
   * await client.arseek("log", 100); // true
   * await client.arinsert("log", "ready"); // 100
   * ```
   *
   * @param key Key of the array.
   * @param index The new insert position.
   * @returns Whether the key exists. If it does not, nothing is changed.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arseek/}
   */
  arseek(key: Key, index: Integer): Promise<boolean> {
    return this.send(["ARSEEK", key, index], toBoolean);
  }

  /**
   * Sets consecutive elements of an array.
   *
   * Complexity O(N) for N values · since Redis 8.8
   *
   * @example Set one element, then three
   * ```ts
   * await client.arset("rows", 5, "a"); // 1
   * await client.arset("rows", 4, ["b", "c", "d"]); // 2
   * ```
   *
   * @param key Key of the array.
   * @param index Index of the first value.
   * @param values One or more values.
   * @returns Number of indexes that had no value before.
   * @throws {RangeError} If `values` is empty.
   * @throws {ServerError} If an index is invalid, or the key holds a value that is not an array (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/arset/}
   */
  arset(key: Key, index: Integer, values: OneOrMany<Value>): Promise<number> {
    return this.send(append(["ARSET", key, index], values, "values"), toNumber);
  }
}
