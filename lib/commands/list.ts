/**
 * The list commands, `BLMOVE` to `RPUSHX`.
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

/** An end of a list: `"left"` is the head, `"right"` the tail. */
export type ListSide = AnyCase<"left" | "right">;

/**
 * Options for {@linkcode ListCommands.prototype.lmpop | ListCommands.lmpop} and
 * {@linkcode ListCommands.prototype.blmpop | ListCommands.blmpop}.
 */
export interface LmpopOptions {
  /**
   * Largest number of elements to remove and return.
   *
   * @default {1}
   */
  count?: number;
}

/**
 * How many elements {@linkcode ListCommands.prototype.lmovem | ListCommands.lmovem} moves, and in which order.
 *
 * - `count`: at most this many, or `exactly`: this many, or none if the source has fewer.
 * - `obo`: one by one, which reverses their order if both ends are the same, or `bulk`: as a block, in their order.
 */
export type LmovemOptions =
  & ExactlyOne<{
    /** Move at most this many elements. */
    count: number;
    /** Move this many elements, or none if the source has fewer. */
    exactly: number;
  }>
  & ExactlyOne<{
    /** Move the elements one by one. This reverses their order if both ends are the same. */
    obo: true;
    /** Move the elements as a block. They keep their order. */
    bulk: true;
  }>;

/** Options for {@linkcode ListCommands.prototype.lpos | ListCommands.lpos}. */
export interface LposOptions {
  /**
   * The match to start from: 1 is the first one, 2 the second one. −1 is the last one; then the search goes from tail
   * to head. Not 0.
   *
   * @default {1}
   */
  rank?: number;
  /** Largest number of positions to return, 0 for all. The result is then an array. */
  count?: number;
  /**
   * Largest number of elements to compare, 0 for all.
   *
   * @default {0}
   */
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
 * The list commands. A list holds elements in the order in which they were pushed, and serves as a queue or a stack.
 *
 * Methods whose name begins with `b` wait for an element if there is none. Their timeout is in seconds, and 0 waits for
 * ever. Other requests of the same client go on meanwhile. In a transaction these methods return at once.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class ListCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Moves an element from one list to another, and waits if the source is empty.
   *
   * Complexity O(1) · since 6.2.0 · blocking
   *
   * @example A reliable queue: a job stays in a second list until it is done
   * ```ts
   * await client.rpush("{jobs}:todo", ["mail", "report"]);
   * const job = await client.blmove("{jobs}:todo", "{jobs}:active", "left", "right", 5);
   * job; // "mail"
   * // Here the work is done. If the worker fails, the job is still in the list of active ones.
   * await client.lrem("{jobs}:active", 1, job!); // 1
   * ```
   *
   * @param source Key of the list to remove the element from.
   * @param destination Key of the list to push it to, possibly the same list.
   * @param from The end of the source: `"left"` is the head.
   * @param to The end of the destination: `"left"` is the head.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The element, or null after the timeout.
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
   * Moves several elements from one list to another, and waits until the source has enough.
   *
   * Complexity O(N) for N elements moved · since Redis 8.10 · blocking
   *
   * @example Take up to ten jobs, and wait up to five seconds for the first
   * ```ts
   * await client.rpush("{jobs}:todo", ["a", "b"]);
   * await client.blmovem("{jobs}:todo", "{jobs}:active", "left", "right", 5, { count: 10, bulk: true }); // ["a", "b"]
   * ```
   *
   * @param source Key of the list to remove the elements from.
   * @param destination Key of the list to push them to.
   * @param from The end of the source: `"left"` is the head.
   * @param to The end of the destination: `"left"` is the head.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @param options `count` or `exactly`: how many elements; `obo` or `bulk`: their order. Without options one element
   * is moved.
   * @returns The elements in the order of the destination, or null after the timeout.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
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
   * Removes and returns elements of the first list that has any, and waits if all are empty.
   *
   * Complexity O(N + M) for N keys and M elements · since 7.0.0 · blocking
   *
   * @example Take up to ten jobs, from the urgent queue if it has any
   * ```ts
   * await client.rpush("{jobs}:normal", ["a", "b"]);
   * await client.blmpop(["{jobs}:urgent", "{jobs}:normal"], "left", 5, { count: 10 }); // ["{jobs}:normal", ["a", "b"]]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param side The end of the list: `"left"` is the head.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @param options `count`: how many elements at most, 1 by default.
   * @returns The key of the list and the elements removed from it, or null after the timeout.
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
   * Removes and returns the first element of the first list that has any, and waits if all are empty.
   *
   * Complexity O(N) for N keys · since 2.0.0 · blocking
   *
   * @example A worker that takes jobs from two queues, urgent ones first
   * ```ts
   * await client.rpush("{jobs}:normal", ["mail", "report"]);
   * await client.rpush("{jobs}:urgent", "alarm");
   *
   * const done: string[] = [];
   * while (true) {
   *   const taken = await client.blpop(["{jobs}:urgent", "{jobs}:normal"], 0.1);
   *   if (taken === null) break; // nothing for 100 ms; a real worker goes on
   *   const [, job] = taken;
   *   done.push(job);
   * }
   * done; // ["alarm", "mail", "report"]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The key of the list and the element removed from it, or null after the timeout.
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
   * Removes and returns the last element of the first list that has any, and waits if all are empty.
   *
   * Complexity O(N) for N keys · since 2.0.0 · blocking
   *
   * @example Wait up to half a second for the latest news
   * ```ts
   * await client.rpush("news", ["old", "new"]);
   * await client.brpop("news", 0.5); // ["news", "new"]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The key of the list and the element removed from it, or null after the timeout.
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
   * Moves the last element of a list to the head of another, and waits if the source is empty.
   *
   * Complexity O(1) · since 2.2.0 · blocking
   *
   * @deprecated Use {@linkcode ListCommands.prototype.blmove | ListCommands.blmove} from `"right"` to `"left"`.
   *
   * @example A job stays in a second list until it is done
   * ```ts
   * await client.lpush("{jobs}", "mail");
   * await client.brpoplpush("{jobs}", "{jobs}:active", 5); // "mail"
   * ```
   *
   * @param source Key of the list to remove the element from.
   * @param destination Key of the list to push it to.
   * @param timeout Longest time to wait, in seconds; `0.5` is half a second, 0 waits for ever.
   * @returns The element, or null after the timeout.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/brpoplpush/}
   */
  brpoplpush(source: Key, destination: Key, timeout: number): Promise<T | null> {
    return this.send<T | null>(["BRPOPLPUSH", source, destination, timeout], toBulkOrNull);
  }

  /**
   * Returns the element at a position of a list.
   *
   * Complexity O(N) for N elements between the nearer end and the position · since 1.0.0 · read-only
   *
   * @example The first and the last element
   * ```ts
   * await client.rpush("queue", ["a", "b", "c"]);
   * await client.lindex("queue", 0); // "a"
   * await client.lindex("queue", -1); // "c"
   * ```
   *
   * @param key Key of the list.
   * @param index The position: 0 is the first element, −1 the last one.
   * @returns The element, or null if there is none at this position or the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lindex/}
   */
  lindex(key: Key, index: number): Promise<T | null> {
    return this.send<T | null>(["LINDEX", key, index], toBulkOrNull);
  }

  /**
   * Inserts an element before or after the first element with a given value.
   *
   * Complexity O(N) for N elements up to that value · since 2.2.0
   *
   * @example Insert an element before another
   * ```ts
   * await client.rpush("queue", ["a", "c"]);
   * await client.linsert("queue", "before", "c", "b"); // 3
   * ```
   *
   * @param key Key of the list.
   * @param side On which side of the pivot to insert it.
   * @param pivot The value to search for, from head to tail.
   * @param element The element to insert.
   * @returns The new length of the list; −1 if it does not contain the pivot, 0 if the key does not exist.
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
   * @example Length of a queue
   * ```ts
   * await client.rpush("queue", ["a", "b"]);
   * await client.llen("queue"); // 2
   * ```
   *
   * @param key Key of the list.
   * @returns The number of elements, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/llen/}
   */
  llen(key: Key): Promise<number> {
    return this.send(["LLEN", key], toNumber);
  }

  /**
   * Moves an element from one list to another.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Rotate a list
   * ```ts
   * await client.rpush("ring", ["a", "b", "c"]);
   * await client.lmove("ring", "ring", "left", "right"); // "a"
   * await client.lrange("ring", 0, -1); // ["b", "c", "a"]
   * ```
   *
   * @param source Key of the list to remove the element from.
   * @param destination Key of the list to push it to, possibly the same list.
   * @param from The end of the source: `"left"` is the head.
   * @param to The end of the destination: `"left"` is the head.
   * @returns The element, or null if the source does not exist.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lmove/}
   */
  lmove(source: Key, destination: Key, from: ListSide, to: ListSide): Promise<T | null> {
    return this.send<T | null>(["LMOVE", source, destination, from, to], toBulkOrNull);
  }

  /**
   * Moves several elements from one list to another.
   *
   * Complexity O(N) for N elements moved · since Redis 8.10
   *
   * @example Move two jobs at a time, or none
   * ```ts
   * await client.rpush("{jobs}:todo", ["a", "b", "c"]);
   * const two = { exactly: 2, bulk: true } as const;
   * await client.lmovem("{jobs}:todo", "{jobs}:doing", "left", "right", two); // ["a", "b"]
   * await client.lmovem("{jobs}:todo", "{jobs}:doing", "left", "right", two); // null
   * ```
   *
   * @param source Key of the list to remove the elements from.
   * @param destination Key of the list to push them to.
   * @param from The end of the source: `"left"` is the head.
   * @param to The end of the destination: `"left"` is the head.
   * @param options `count` or `exactly`: how many elements; `obo` or `bulk`: their order. Without options one element
   * is moved.
   * @returns The elements in the order of the destination, or null if the source does not have enough.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
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
   * Removes and returns elements of the first list that has any.
   *
   * Complexity O(N + M) for N keys and M elements · since 7.0.0
   *
   * @example Take up to ten jobs, from the urgent queue if it has any
   * ```ts
   * await client.rpush("{jobs}:normal", ["a", "b"]);
   * await client.lmpop(["{jobs}:urgent", "{jobs}:normal"], "left", { count: 10 }); // ["{jobs}:normal", ["a", "b"]]
   * ```
   *
   * @param keys One key or several, checked in this order.
   * @param side The end of the list: `"left"` is the head.
   * @param options `count`: how many elements at most, 1 by default.
   * @returns The key of the list and the elements removed from it, or null if all are empty.
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
   * Removes and returns elements at the head of a list.
   *
   * Complexity O(N) for N elements removed · since 1.0.0
   *
   * @example One element, then up to ten
   * ```ts
   * await client.rpush("queue", ["a", "b", "c"]);
   * await client.lpop("queue"); // "a"
   * await client.lpop("queue", 10); // ["b", "c"]
   * ```
   *
   * @param key Key of the list.
   * @param count Largest number of elements to remove; without it, one element is removed and returned without an
   * array.
   * @returns The element, with `count` an array of elements. Null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpop/}
   */
  lpop(key: Key): Promise<T | null>;
  /** Removes and returns up to `count` elements at the head of a list, as an array. */
  lpop(key: Key, count: number): Promise<T[] | null>;
  /** Removes and returns elements at the head of a list. */
  lpop(key: Key, count?: number): Promise<T | T[] | null> {
    return count === undefined
      ? this.send<T | null>(["LPOP", key], toBulkOrNull)
      : this.send<T[] | null>(["LPOP", key, count], toBulksOrNull);
  }

  /**
   * Returns the position of an element in a list.
   *
   * Complexity O(N) for N elements compared · since 6.0.6 · read-only
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
   * @param element The value to search for.
   * @param options `rank`: the match to start from; `count`: how many positions to return; `maxlen`: how many elements
   * to compare.
   * @returns The position, 0 for the first element, or null if the value is not found. With `count` an array of
   * positions.
   * @throws {ServerError} If the rank is 0, or the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpos/}
   */
  lpos(
    key: Key,
    element: Value,
    options?: LposOptions & {
      /** Largest number of positions to return, 0 for all. */
      count?: undefined;
    },
  ): Promise<number | null>;
  /** Returns several positions of an element in a list, as an array. */
  lpos(
    key: Key,
    element: Value,
    options: LposOptions & {
      /** Largest number of positions to return, 0 for all. The result is then an array. */
      count: number;
    },
  ): Promise<number[]>;
  /** Returns the position of an element in a list. */
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
   * Pushes elements to the head of a list, and creates the list if the key does not exist.
   *
   * The elements are pushed one by one, so the last one given becomes the first of the list.
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
   * @returns The new length of the list.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpush/}
   */
  lpush(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["LPUSH", key], elements, "elements"), toNumber);
  }

  /**
   * Pushes elements to the head of a list if the key exists.
   *
   * Complexity O(N) for N elements pushed · since 2.2.0
   *
   * @example A key that does not exist
   * ```ts
   * await client.lpushx("no such key", "a"); // 0
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length of the list, 0 if the key does not exist.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lpushx/}
   */
  lpushx(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["LPUSHX", key], elements, "elements"), toNumber);
  }

  /**
   * Returns the elements in a range of positions of a list.
   *
   * Negative positions count from the tail: −1 is the last element. Positions beyond the ends are no error.
   *
   * Complexity O(S + N) for S elements between the nearer end and the range, and N in it · since 1.0.0 · read-only
   *
   * @example The first two elements, and all of them
   * ```ts
   * await client.rpush("queue", ["a", "b", "c"]);
   * await client.lrange("queue", 0, 1); // ["a", "b"]
   * await client.lrange("queue", 0, -1); // ["a", "b", "c"]
   * ```
   *
   * @param key Key of the list.
   * @param start Position of the first element: 0 is the head.
   * @param stop Position of the last element, included: −1 is the tail.
   * @returns The elements; an empty array if the key does not exist or nothing is in the range.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lrange/}
   */
  lrange(key: Key, start: number, stop: number): Promise<T[]> {
    return this.send<T[]>(["LRANGE", key, start, stop], toBulks);
  }

  /**
   * Removes elements with a given value from a list.
   *
   * Complexity O(N + M) for N elements compared and M removed · since 1.0.0
   *
   * @example Remove the last match, then all matches
   * ```ts
   * await client.rpush("tones", ["c", "d", "c", "c"]);
   * await client.lrem("tones", -1, "c"); // 1
   * await client.lrem("tones", 0, "c"); // 2
   * ```
   *
   * @param key Key of the list.
   * @param count Largest number of elements to remove: a positive number goes from head to tail, a negative one from
   * tail to head, 0 removes all matches.
   * @param element The value to search for.
   * @returns The number of elements removed.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lrem/}
   */
  lrem(key: Key, count: number, element: Value): Promise<number> {
    return this.send(["LREM", key, count, element], toNumber);
  }

  /**
   * Replaces the element at a position of a list.
   *
   * Complexity O(N) for N elements between the nearer end and the position · since 1.0.0
   *
   * @example Replace the last element
   * ```ts
   * await client.rpush("queue", ["a", "b"]);
   * await client.lset("queue", -1, "z"); // "OK"
   * ```
   *
   * @param key Key of the list.
   * @param index The position: 0 is the first element, −1 the last one.
   * @param element The new element: text, bytes, or a number.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key does not exist, the index is out of range, or the key holds a value that is not a
   * list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/lset/}
   */
  lset(key: Key, index: number, element: Value): Promise<"OK"> {
    return this.send(["LSET", key, index, element], toOk);
  }

  /**
   * Removes the elements outside a range of positions from a list.
   *
   * If nothing is left, the key is deleted.
   *
   * Complexity O(N) for N elements removed · since 1.0.0
   *
   * @example Keep the latest two log lines
   * ```ts
   * await client.lpush("log", ["first", "second", "third"]);
   * await client.ltrim("log", 0, 1); // "OK"
   * await client.lrange("log", 0, -1); // ["third", "second"]
   * ```
   *
   * @param key Key of the list.
   * @param start Position of the first element to keep: 0 is the head.
   * @param stop Position of the last element to keep: −1 is the tail.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/ltrim/}
   */
  ltrim(key: Key, start: number, stop: number): Promise<"OK"> {
    return this.send(["LTRIM", key, start, stop], toOk);
  }

  /**
   * Removes and returns elements at the tail of a list, last one first.
   *
   * Complexity O(N) for N elements removed · since 1.0.0
   *
   * @example One element, then up to ten
   * ```ts
   * await client.rpush("stack", ["a", "b", "c"]);
   * await client.rpop("stack"); // "c"
   * await client.rpop("stack", 10); // ["b", "a"]
   * ```
   *
   * @param key Key of the list.
   * @param count Largest number of elements to remove; without it, one element is removed and returned without an
   * array.
   * @returns The element, with `count` an array of elements. Null if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpop/}
   */
  rpop(key: Key): Promise<T | null>;
  /** Removes and returns up to `count` elements at the tail of a list, as an array. */
  rpop(key: Key, count: number): Promise<T[] | null>;
  /** Removes and returns elements at the tail of a list. */
  rpop(key: Key, count?: number): Promise<T | T[] | null> {
    return count === undefined
      ? this.send<T | null>(["RPOP", key], toBulkOrNull)
      : this.send<T[] | null>(["RPOP", key, count], toBulksOrNull);
  }

  /**
   * Moves the last element of a list to the head of another.
   *
   * Complexity O(1) · since 1.2.0
   *
   * @deprecated Use {@linkcode ListCommands.prototype.lmove | ListCommands.lmove} from `"right"` to `"left"`.
   *
   * @example A job stays in a second list until it is done
   * ```ts
   * await client.lpush("{jobs}", "mail");
   * await client.rpoplpush("{jobs}", "{jobs}:active"); // "mail"
   * ```
   *
   * @param source Key of the list to remove the element from.
   * @param destination Key of the list to push it to.
   * @returns The element, or null if the source does not exist.
   * @throws {ServerError} If a key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpoplpush/}
   */
  rpoplpush(source: Key, destination: Key): Promise<T | null> {
    return this.send<T | null>(["RPOPLPUSH", source, destination], toBulkOrNull);
  }

  /**
   * Pushes elements to the tail of a list, and creates the list if the key does not exist.
   *
   * Complexity O(N) for N elements pushed · since 1.0.0
   *
   * @example A queue: push to the tail, take from the head
   * ```ts
   * await client.rpush("queue", ["a", "b"]); // 2
   * await client.rpush("queue", "c"); // 3
   * await client.lpop("queue"); // "a"
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length of the list.
   * @throws {RangeError} If `elements` is empty.
   * @throws {ServerError} If the key holds a value that is not a list (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/rpush/}
   */
  rpush(key: Key, elements: OneOrMany<Value>): Promise<number> {
    return this.send(append(["RPUSH", key], elements, "elements"), toNumber);
  }

  /**
   * Pushes elements to the tail of a list if the key exists.
   *
   * Complexity O(N) for N elements pushed · since 2.2.0
   *
   * @example A key that does not exist
   * ```ts
   * await client.rpushx("no such key", "a"); // 0
   * ```
   *
   * @param key Key of the list.
   * @param elements One element, or several in an array or other iterable.
   * @returns The new length of the list, 0 if the key does not exist.
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
