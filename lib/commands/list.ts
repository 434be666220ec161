/**
 * Commands on lists.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import {
  type AnyCase,
  append,
  appendCounted,
  appendFlag,
  appendOption,
  type ExactlyOne,
  type Key,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import {
  elements,
  toBulk,
  toBulkOrNull,
  toBulks,
  toBulksOrNull,
  toNumber,
  toNumberOrNull,
  toNumbers,
  toOk,
  unexpected,
} from "./_decode.ts";
import { optionsOf } from "./_options.ts";

/** An end of a list: `"left"` is where it begins. */
export type ListSide = AnyCase<"left" | "right">;

/** Options for {@linkcode ListCommands.lmpop} and {@linkcode ListCommands.blmpop}. */
export interface LmpopOptions {
  /** How many elements to take at most. @default {1} */
  count?: number;
}

/** How many elements {@linkcode ListCommands.lmovem} moves, and how. */
export type LmovemOptions =
  & ExactlyOne<{
    /** So many at most. */
    count: number;
    /** So many, or none if there are fewer. */
    exactly: number;
  }>
  & ExactlyOne<{
    /** One by one: their order is reversed if both sides are the same. */
    obo: true;
    /** All at once: they keep their order. */
    bulk: true;
  }>;

/** Options for {@linkcode ListCommands.lpos}. */
export interface LposOptions {
  /**
   * Which match to begin with: 1 is the first one; −1 the last one, and so on towards the beginning. Not 0.
   *
   * @default {1}
   */
  rank?: number;
  /** How many matches to return at most, 0 for all. Makes the answer an array. */
  count?: number;
  /** How many elements to look at, 0 for all. @default {0} */
  maxlen?: number;
}

const LMPOP_OPTIONS: OptionShape<LmpopOptions> = { count: "word" };

const LMOVEM_OPTIONS: OptionShape<LmovemOptions> = {
  count: "word",
  exactly: "word",
  obo: "flag",
  bulk: "flag",
};
const LPOS_OPTIONS: OptionShape<LposOptions> = { rank: "word", count: "word", maxlen: "word" };

/**
 * Commands on lists: elements in the order in which they were pushed, to use as queues and stacks.
 *
 * The commands that begin with `b` wait for an element if there is none. Their timeout is in seconds, as everywhere in
 * the server's own reference, with fractions; 0 waits for ever. On a client they do not hold up other requests, and in
 * a batch or transaction they do not wait.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class ListCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Moves an element from an end of one list to an end of another, and waits for it if need be.
   *
   * Complexity O(1) · since 6.2.0 · blocking
   *
   * @example Taking a job, and remembering that it is being worked on
   * ```ts
   * await client.rpush("{jobs}", ["first", "second"]);
   * await client.blmove("{jobs}", "{jobs}:active", "left", "right", 5); // "first"
   * ```
   *
   * @param source Key of the list to take from.
   * @param destination Key of the list to push to; it may be the same one.
   * @param from The end to take from.
   * @param to The end to push to.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The element, or null if the time ran out.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/blmove/}
   */
  blmove(
    source: Key,
    destination: Key,
    from: ListSide,
    to: ListSide,
    timeout: number,
  ): Promise<T | null> {
    return this.send<T | null>(["BLMOVE", source, destination, from, to, timeout], toBulkOrNull);
  }

  /**
   * Moves elements from one end of a list to one end of another, and waits until there are enough.
   *
   * Complexity O(N) for N elements moved · since Redis 8.10 · blocking
   *
   * @example A worker that takes ten jobs at a time, and gives up after 5 seconds
   * ```ts
   * await client.rpush("{jobs}:todo", ["a", "b"]);
   * await client.blmovem("{jobs}:todo", "{jobs}:doing", "left", "right", 5, { count: 10, bulk: true }); // ["a", "b"]
   * ```
   *
   * @param source Key of the list to take from.
   * @param destination Key of the list to add to.
   * @param from Which end to take from.
   * @param to Which end to add to.
   * @param timeout Seconds to wait at most, 0 for ever.
   * @param options How many elements, and in which order; without it, one.
   * @returns The elements in the order of the destination, or null if the time ran out.
   * @throws {ServerError} If one of the keys holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/blmovem/}
   */
  blmovem(
    source: Key,
    destination: Key,
    from: ListSide,
    to: ListSide,
    timeout: number,
    options?: LmovemOptions,
  ): Promise<T[] | null> {
    const words: Words = ["BLMOVEM", source, destination, from, to, timeout];
    return this.send<T[] | null>(appendHowMany(words, options), toBulksOrNull);
  }

  /**
   * Takes elements from the first of several lists that has any, and waits for one if need be.
   *
   * Complexity O(N + M) for N keys and M elements · since 7.0.0 · blocking
   *
   * @example Up to ten jobs, the urgent ones first
   * ```ts
   * await client.rpush("{jobs}:normal", ["a", "b"]);
   * await client.blmpop(["{jobs}:urgent", "{jobs}:normal"], "left", 5, { count: 10 }); // ["{jobs}:normal", ["a", "b"]]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param side The end to take from.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @param options How many elements.
   * @returns Key of the list and the elements taken from it, or null if the time ran out.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/blmpop/}
   */
  blmpop(
    keys: OneOrMany<Key>,
    side: ListSide,
    timeout: number,
    options?: LmpopOptions,
  ): Promise<[key: T, elements: T[]] | null> {
    const words = appendCounted(["BLMPOP", timeout], keys, "keys");
    words.push(side);
    appendOption(words, "COUNT", optionsOf(words, options, LMPOP_OPTIONS).count);
    return this.send<[T, T[]] | null>(words, toKeyAndElementsOrNull);
  }

  /**
   * Takes the first element from the first of several lists that has any, and waits for one if need be.
   *
   * Complexity O(N) for N keys · since 2.0.0 · blocking
   *
   * @example Waiting five seconds for a job
   * ```ts
   * await client.rpush("{jobs}:normal", "mail");
   * await client.blpop(["{jobs}:urgent", "{jobs}:normal"], 5); // ["{jobs}:normal", "mail"]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns Key of the list and its former first element, or null if the time ran out.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/blpop/}
   */
  blpop(keys: OneOrMany<Key>, timeout: number): Promise<[key: T, element: T] | null> {
    const words = append(["BLPOP"], keys, "keys");
    words.push(timeout);
    return this.send<[T, T] | null>(words, toKeyAndElementOrNull);
  }

  /**
   * Takes the last element from the first of several lists that has any, and waits for one if need be.
   *
   * Complexity O(N) for N keys · since 2.0.0 · blocking
   *
   * @example The latest news first
   * ```ts
   * await client.rpush("news", ["old", "new"]);
   * await client.brpop("news", 0.5); // ["news", "new"]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns Key of the list and its former last element, or null if the time ran out.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/brpop/}
   */
  brpop(keys: OneOrMany<Key>, timeout: number): Promise<[key: T, element: T] | null> {
    const words = append(["BRPOP"], keys, "keys");
    words.push(timeout);
    return this.send<[T, T] | null>(words, toKeyAndElementOrNull);
  }

  /**
   * Moves the last element of a list to the beginning of another, and waits for it if need be.
   *
   * Complexity O(1) · since 2.2.0 · blocking
   *
   * @deprecated Use {@linkcode ListCommands.blmove} from `"right"` to `"left"`.
   *
   * @example Taking a job, and remembering that it is being worked on
   * ```ts
   * await client.lpush("{jobs}", "mail");
   * await client.brpoplpush("{jobs}", "{jobs}:active", 5); // "mail"
   * ```
   *
   * @param source Key of the list to take from.
   * @param destination Key of the list to push to.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The element, or null if the time ran out.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/brpoplpush/}
   */
  brpoplpush(source: Key, destination: Key, timeout: number): Promise<T | null> {
    return this.send<T | null>(["BRPOPLPUSH", source, destination, timeout], toBulkOrNull);
  }

  /**
   * Gets an element of a list by its position.
   *
   * Complexity O(N) for N elements on the way from the nearer end · since 1.0.0 · read-only
   *
   * @example First and last
   * ```ts
   * await client.rpush("queue", ["a", "b", "c"]);
   * await client.lindex("queue", 0); // "a"
   * await client.lindex("queue", -1); // "c"
   * ```
   *
   * @param key Key of the list.
   * @param index The position, from 0; a negative one counts from the end, −1 being the last.
   * @returns The element, or null if there is none at this position.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lindex/}
   */
  lindex(key: Key, index: number): Promise<T | null> {
    return this.send<T | null>(["LINDEX", key, index], toBulkOrNull);
  }

  /**
   * Inserts an element next to the first one of a given value.
   *
   * Complexity O(N) for N elements up to that value · since 2.2.0
   *
   * @example Squeezing in
   * ```ts
   * await client.rpush("queue", ["a", "c"]);
   * await client.linsert("queue", "before", "c", "b"); // 3
   * ```
   *
   * @param key Key of the list.
   * @param side On which side of the pivot.
   * @param pivot The value to look for, from the beginning.
   * @param element The element to insert.
   * @returns The new length; −1 if the pivot is not in the list, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/linsert/}
   */
  linsert(
    key: Key,
    side: AnyCase<"before" | "after">,
    pivot: Value,
    element: Value,
  ): Promise<number> {
    return this.send(["LINSERT", key, side, pivot, element], toNumber);
  }

  /**
   * Counts the elements of a list.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Two elements
   * ```ts
   * await client.rpush("queue", ["a", "b"]);
   * await client.llen("queue"); // 2
   * ```
   *
   * @param key Key of the list.
   * @returns Its length, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/llen/}
   */
  llen(key: Key): Promise<number> {
    return this.send(["LLEN", key], toNumber);
  }

  /**
   * Moves an element from an end of one list to an end of another.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Turning a list by one
   * ```ts
   * await client.rpush("ring", ["a", "b", "c"]);
   * await client.lmove("ring", "ring", "left", "right"); // "a"
   * await client.lrange("ring", 0, -1); // ["b", "c", "a"]
   * ```
   *
   * @param source Key of the list to take from.
   * @param destination Key of the list to push to; it may be the same one.
   * @param from The end to take from.
   * @param to The end to push to.
   * @returns The element, or null if there is no source.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lmove/}
   */
  lmove(source: Key, destination: Key, from: ListSide, to: ListSide): Promise<T | null> {
    return this.send<T | null>(["LMOVE", source, destination, from, to], toBulkOrNull);
  }

  /**
   * Moves elements from one end of a list to one end of another.
   *
   * Complexity O(N) for N elements moved · since Redis 8.10
   *
   * @example Two at a time, or none
   * ```ts
   * await client.rpush("{jobs}:todo", ["a", "b", "c"]);
   * const two = { exactly: 2, bulk: true } as const;
   * await client.lmovem("{jobs}:todo", "{jobs}:doing", "left", "right", two); // ["a", "b"]
   * await client.lmovem("{jobs}:todo", "{jobs}:doing", "left", "right", two); // null
   * ```
   *
   * @param source Key of the list to take from.
   * @param destination Key of the list to add to.
   * @param from Which end to take from.
   * @param to Which end to add to.
   * @param options How many elements, and in which order; without it, one.
   * @returns The elements in the order of the destination; null if there are not enough.
   * @throws {ServerError} If one of the keys holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/lmovem/}
   */
  lmovem(
    source: Key,
    destination: Key,
    from: ListSide,
    to: ListSide,
    options?: LmovemOptions,
  ): Promise<T[] | null> {
    const words: Words = ["LMOVEM", source, destination, from, to];
    return this.send<T[] | null>(appendHowMany(words, options), toBulksOrNull);
  }

  /**
   * Takes elements from the first of several lists that has any.
   *
   * Complexity O(N + M) for N keys and M elements · since 7.0.0
   *
   * @example Up to ten jobs, the urgent ones first
   * ```ts
   * await client.rpush("{jobs}:normal", ["a", "b"]);
   * await client.lmpop(["{jobs}:urgent", "{jobs}:normal"], "left", { count: 10 }); // ["{jobs}:normal", ["a", "b"]]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param side The end to take from.
   * @param options How many elements.
   * @returns Key of the list and the elements taken from it, or null if there are none.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lmpop/}
   */
  lmpop(
    keys: OneOrMany<Key>,
    side: ListSide,
    options?: LmpopOptions,
  ): Promise<[key: T, elements: T[]] | null> {
    const words = appendCounted(["LMPOP"], keys, "keys");
    words.push(side);
    appendOption(words, "COUNT", optionsOf(words, options, LMPOP_OPTIONS).count);
    return this.send<[T, T[]] | null>(words, toKeyAndElementsOrNull);
  }

  /**
   * Takes elements from the beginning of a list.
   *
   * Complexity O(N) for N elements taken · since 1.0.0
   *
   * @example One element, then up to ten
   * ```ts
   * await client.rpush("queue", ["a", "b", "c"]);
   * await client.lpop("queue"); // "a"
   * await client.lpop("queue", 10); // ["b", "c"]
   * ```
   *
   * @param key Key of the list.
   * @param count How many elements at most; without it one, not in an array.
   * @returns The element, with a count an array of them; null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpop/}
   */
  lpop(key: Key): Promise<T | null>;
  /** Takes several elements from the beginning of a list. */
  lpop(key: Key, count: number): Promise<T[] | null>;
  /** Takes elements from the beginning of a list. */
  lpop(key: Key, count?: number): Promise<T | T[] | null> {
    return count === undefined
      ? this.send<T | null>(["LPOP", key], toBulkOrNull)
      : this.send<T[] | null>(["LPOP", key, count], toBulksOrNull);
  }

  /**
   * Finds the position of an element in a list.
   *
   * Complexity O(N) for N elements looked at · since 6.0.6 · read-only
   *
   * @example The first match, the last one, and all of them
   * ```ts
   * await client.rpush("tones", ["c", "d", "e", "c"]);
   * await client.lpos("tones", "c"); // 0
   * await client.lpos("tones", "c", { rank: -1 }); // 3
   * await client.lpos("tones", "c", { count: 0 }); // [0, 3]
   * ```
   *
   * @param key Key of the list.
   * @param element The value to look for.
   * @param options Which matches, and how far to look.
   * @returns The position from 0, null if there is none; with `count` an array of positions.
   * @throws {ServerError} If the rank is 0, or the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpos/}
   */
  lpos(
    key: Key,
    element: Value,
    options?: LposOptions & {
      /** How many positions to answer, in a list; 0 for all. */
      count?: undefined;
    },
  ): Promise<number | null>;
  /** Finds several positions of an element in a list. */
  lpos(
    key: Key,
    element: Value,
    options: LposOptions & {
      /** How many positions to answer, in a list; 0 for all. */
      count: number;
    },
  ): Promise<number[]>;
  /** Finds the position of an element in a list. */
  lpos(
    key: Key,
    element: Value,
    options?: LposOptions,
  ): Promise<number | null | number[]> {
    const words: Words = ["LPOS", key, element];
    const { rank, count, maxlen } = optionsOf(words, options, LPOS_OPTIONS);
    appendOption(words, "RANK", rank);
    appendOption(words, "COUNT", count);
    appendOption(words, "MAXLEN", maxlen);
    return count === undefined
      ? this.send(words, toNumberOrNull)
      : this.send<number[]>(words, toNumbers);
  }

  /**
   * Pushes elements to the beginning of a list, one after the other: the last one given becomes the first one.
   *
   * Complexity O(N) for N elements pushed · since 1.0.0
   *
   * @example A stack
   * ```ts
   * await client.lpush("stack", ["a", "b"]); // 2
   * await client.lrange("stack", 0, -1); // ["b", "a"]
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpush/}
   */
  lpush(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["LPUSH", key], elements, "elements"), toNumber);
  }

  /**
   * Pushes elements to the beginning of a list that exists.
   *
   * Complexity O(N) for N elements pushed · since 2.2.0
   *
   * @example Nothing to push to
   * ```ts
   * await client.lpushx("no such key", "a"); // 0
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length, 0 if the key does not exist.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpushx/}
   */
  lpushx(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["LPUSHX", key], elements, "elements"), toNumber);
  }

  /**
   * Gets a part of a list.
   *
   * A position below 0 counts from the end, −1 being the last element; what lies beyond the ends is left out.
   *
   * Complexity O(S + N) for S elements from the nearer end to the part, and N in it · since 1.0.0 · read-only
   *
   * @example The first two elements, and all of them
   * ```ts
   * await client.rpush("queue", ["a", "b", "c"]);
   * await client.lrange("queue", 0, 1); // ["a", "b"]
   * await client.lrange("queue", 0, -1); // ["a", "b", "c"]
   * ```
   *
   * @param key Key of the list.
   * @param start Position of the first element.
   * @param stop Position of the last element, which is included.
   * @returns The elements; none if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lrange/}
   */
  lrange(key: Key, start: number, stop: number): Promise<T[]> {
    return this.send<T[]>(["LRANGE", key, start, stop], toBulks);
  }

  /**
   * Removes elements of a given value from a list.
   *
   * Complexity O(N + M) for N elements looked at and M removed · since 1.0.0
   *
   * @example The last one, and all of them
   * ```ts
   * await client.rpush("tones", ["c", "d", "c", "c"]);
   * await client.lrem("tones", -1, "c"); // 1
   * await client.lrem("tones", 0, "c"); // 2
   * ```
   *
   * @param key Key of the list.
   * @param count How many at most, from the beginning; a negative number counts from the end, 0 means all.
   * @param element The value to look for.
   * @returns How many were removed.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lrem/}
   */
  lrem(key: Key, count: number, element: Value): Promise<number> {
    return this.send(["LREM", key, count, element], toNumber);
  }

  /**
   * Overwrites an element of a list.
   *
   * Complexity O(N) for N elements on the way from the nearer end · since 1.0.0
   *
   * @example The last element
   * ```ts
   * await client.rpush("queue", ["a", "b"]);
   * await client.lset("queue", -1, "z"); // "OK"
   * ```
   *
   * @param key Key of the list.
   * @param index Its position, from 0; a negative one counts from the end, −1 being the last.
   * @param element The new element.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key does not exist, the index is out of range, or the key holds a value that is not a list
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lset/}
   */
  lset(key: Key, index: number, element: Value): Promise<"OK"> {
    return this.send(["LSET", key, index, element], toOk);
  }

  /**
   * Keeps a part of a list and drops the rest.
   *
   * Positions are those of {@linkcode ListCommands.lrange}. A list without elements ceases to exist.
   *
   * Complexity O(N) for N elements dropped · since 1.0.0
   *
   * @example The latest two
   * ```ts
   * await client.lpush("log", ["first", "second", "third"]);
   * await client.ltrim("log", 0, 1); // "OK"
   * await client.lrange("log", 0, -1); // ["third", "second"]
   * ```
   *
   * @param key Key of the list.
   * @param start Position of the first element to keep.
   * @param stop Position of the last element to keep.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/ltrim/}
   */
  ltrim(key: Key, start: number, stop: number): Promise<"OK"> {
    return this.send(["LTRIM", key, start, stop], toOk);
  }

  /**
   * Takes elements from the end of a list, the last one first.
   *
   * Complexity O(N) for N elements taken · since 1.0.0
   *
   * @example One element, then up to ten
   * ```ts
   * await client.rpush("stack", ["a", "b", "c"]);
   * await client.rpop("stack"); // "c"
   * await client.rpop("stack", 10); // ["b", "a"]
   * ```
   *
   * @param key Key of the list.
   * @param count How many elements at most; without it one, not in an array.
   * @returns The element, with a count an array of them; null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpop/}
   */
  rpop(key: Key): Promise<T | null>;
  /** Takes several elements from the end of a list. */
  rpop(key: Key, count: number): Promise<T[] | null>;
  /** Takes elements from the end of a list. */
  rpop(key: Key, count?: number): Promise<T | T[] | null> {
    return count === undefined
      ? this.send<T | null>(["RPOP", key], toBulkOrNull)
      : this.send<T[] | null>(["RPOP", key, count], toBulksOrNull);
  }

  /**
   * Moves the last element of a list to the beginning of another.
   *
   * Complexity O(1) · since 1.2.0
   *
   * @deprecated Use {@linkcode ListCommands.lmove} from `"right"` to `"left"`.
   *
   * @example Taking a job, and remembering that it is being worked on
   * ```ts
   * await client.lpush("{jobs}", "mail");
   * await client.rpoplpush("{jobs}", "{jobs}:active"); // "mail"
   * ```
   *
   * @param source Key of the list to take from.
   * @param destination Key of the list to push to.
   * @returns The element, or null if there is no source.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpoplpush/}
   */
  rpoplpush(source: Key, destination: Key): Promise<T | null> {
    return this.send<T | null>(["RPOPLPUSH", source, destination], toBulkOrNull);
  }

  /**
   * Pushes elements to the end of a list.
   *
   * Complexity O(N) for N elements pushed · since 1.0.0
   *
   * @example A queue
   * ```ts
   * await client.rpush("queue", ["a", "b"]); // 2
   * await client.rpush("queue", "c"); // 3
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpush/}
   */
  rpush(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["RPUSH", key], elements, "elements"), toNumber);
  }

  /**
   * Pushes elements to the end of a list that exists.
   *
   * Complexity O(N) for N elements pushed · since 2.2.0
   *
   * @example Nothing to push to
   * ```ts
   * await client.rpushx("no such key", "a"); // 0
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length, 0 if the key does not exist.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpushx/}
   */
  rpushx(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["RPUSHX", key], elements, "elements"), toNumber);
  }
}

function appendHowMany(words: Words, options: LmovemOptions | undefined): Words {
  const { count, exactly, obo, bulk } = optionsOf(words, options, LMOVEM_OPTIONS);
  appendOption(words, "COUNT", count);
  appendOption(words, "EXACTLY", exactly);
  appendFlag(words, "OBO", obo);
  appendFlag(words, "BULK", bulk);
  return words;
}

function toKeyAndElementOrNull<T extends string | Uint8Array>(
  reply: Reply,
): [key: T, element: T] | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a key and an element");
  return [toBulk<T>(parts[0]), toBulk<T>(parts[1])];
}

function toKeyAndElementsOrNull<T extends string | Uint8Array>(
  reply: Reply,
): [key: T, elements: T[]] | null {
  if (reply === null) return null;
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a key and a list");
  return [toBulk<T>(parts[0]), toBulks<T>(parts[1])];
}
