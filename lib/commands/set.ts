/**
 * Commands on sets.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { taken } from "../words.ts";
import {
  append,
  appendCounted,
  appendFlag,
  appendOption,
  type Key,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import { toBoolean, toBooleans, toBulkOrNull, toBulks, toBulkSet, toNumber } from "./_decode.ts";
import { optionsOf } from "./_options.ts";
import {
  appendScanOptions,
  type Cursor,
  iteratePages,
  SCAN_OPTIONS,
  type ScanOptions,
  type ScanPage,
  takenOptions,
  toBulksPage,
} from "./_scan.ts";

/** Options for {@linkcode SetCommands.sintercard}. */
export interface SintercardOptions {
  /** Stop counting at this number; 0 counts all. @default {0} */
  limit?: number;
}

/** Options for {@linkcode SetCommands.sdiffcard}. */
export interface SdiffcardOptions {
  /** Stop counting at this number; 0 counts all. @default {0} */
  limit?: number;
}

/** Options for {@linkcode SetCommands.sunioncard}. */
export interface SunioncardOptions {
  /** Count about right, with little memory. @default {false} */
  approx?: boolean;
  /** Stop counting at this number; 0 counts all. @default {0} */
  limit?: number;
}

const SDIFFCARD_OPTIONS: OptionShape<SdiffcardOptions> = { limit: "word" };
const SINTERCARD_OPTIONS: OptionShape<SintercardOptions> = { limit: "word" };
const SUNIONCARD_OPTIONS: OptionShape<SunioncardOptions> = { approx: "flag", limit: "word" };

/**
 * Commands on sets: different members, in no order.
 *
 * What is a set for the server comes as a `Set`. On a `bytes` view its members are distinct objects, so that `has()` is
 * of no use there.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class SetCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Adds members to a set.
   *
   * Complexity O(N) for N members · since 1.0.0
   *
   * @example One new member, one old one
   * ```ts
   * await client.sadd("tags", "red"); // 1
   * await client.sadd("tags", ["red", "green"]); // 1
   * ```
   *
   * @param key Key of the set.
   * @param members One member, or several in an array or other iterable.
   * @returns How many of them are new.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sadd/}
   */
  sadd(key: Key, members: OneOrMany<Value>): Promise<number> {
    return this.send(append(["SADD", key], members, "members"), toNumber);
  }

  /**
   * Counts the members of a set.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Two members
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.scard("tags"); // 2
   * ```
   *
   * @param key Key of the set.
   * @returns The number of members, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/scard/}
   */
  scard(key: Key): Promise<number> {
    return this.send(["SCARD", key], toNumber);
  }

  /**
   * Returns the members of the first set that are in none of the others.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0 · read-only
   *
   * @example Who has not voted?
   * ```ts
   * await client.sadd("{vote}:all", ["Ada", "Grace", "Joan"]);
   * await client.sadd("{vote}:done", ["Grace", "Joan"]);
   * await client.sdiff(["{vote}:all", "{vote}:done"]); // new Set(["Ada"])
   * ```
   *
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @returns The members.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sdiff/}
   */
  sdiff(keys: OneOrMany<Key>): Promise<Set<T>> {
    return this.send<Set<T>>(append(["SDIFF"], keys, "keys"), toBulkSet);
  }

  /**
   * Counts the members that only the first of the sets has, without answering them.
   *
   * Complexity O(N) for N members of all sets · since Redis 8.10 · read-only
   *
   * @example How many
   * ```ts
   * await client.sadd("{team}:red", ["Ada", "Grace"]);
   * await client.sadd("{team}:blue", ["Ada", "Joan"]);
   * await client.sdiffcard(["{team}:red", "{team}:blue"]); // 1
   * ```
   *
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @param options Where to stop.
   * @returns The number of members.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/sdiffcard/}
   */
  sdiffcard(keys: OneOrMany<Key>, options?: SdiffcardOptions): Promise<number> {
    const words = appendCounted(["SDIFFCARD"], keys, "keys");
    appendOption(words, "LIMIT", optionsOf(words, options, SDIFFCARD_OPTIONS).limit);
    return this.send(words, toNumber);
  }

  /**
   * Stores the members of the first set that are in none of the others.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0
   *
   * @example Who has not voted?
   * ```ts
   * await client.sadd("{vote}:all", ["Ada", "Grace", "Joan"]);
   * await client.sadd("{vote}:done", ["Grace", "Joan"]);
   * await client.sdiffstore("{vote}:open", ["{vote}:all", "{vote}:done"]); // 1
   * ```
   *
   * @param destination Key to store them at.
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @returns The number of members stored.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If one of the keys holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sdiffstore/}
   */
  sdiffstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["SDIFFSTORE", destination], keys, "keys"), toNumber);
  }

  /**
   * Returns the members that all sets have.
   *
   * Complexity O(N·M) for N members of the smallest of M sets · since 1.0.0 · read-only
   *
   * @example Friends of both
   * ```ts
   * await client.sadd("{friends}:Ada", ["Grace", "Joan"]);
   * await client.sadd("{friends}:Hedy", ["Joan", "Karen"]);
   * await client.sinter(["{friends}:Ada", "{friends}:Hedy"]); // new Set(["Joan"])
   * ```
   *
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @returns The members.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sinter/}
   */
  sinter(keys: OneOrMany<Key>): Promise<Set<T>> {
    return this.send<Set<T>>(append(["SINTER"], keys, "keys"), toBulkSet);
  }

  /**
   * Counts the members that all sets have.
   *
   * Complexity O(N·M) for N members of the smallest of M sets · since 7.0.0 · read-only
   *
   * @example Do they have a common friend at all?
   * ```ts
   * await client.sadd("{friends}:Ada", ["Grace", "Joan"]);
   * await client.sadd("{friends}:Hedy", ["Grace", "Joan"]);
   * await client.sintercard(["{friends}:Ada", "{friends}:Hedy"], { limit: 1 }); // 1
   * ```
   *
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @param options Where to stop counting.
   * @returns The number of members, the limit at most.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sintercard/}
   */
  sintercard(keys: OneOrMany<Key>, options?: SintercardOptions): Promise<number> {
    const words: Words = appendCounted(["SINTERCARD"], keys, "keys");
    appendOption(words, "LIMIT", optionsOf(words, options, SINTERCARD_OPTIONS).limit);
    return this.send(words, toNumber);
  }

  /**
   * Stores the members that all sets have.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N·M) for N members of the smallest of M sets · since 1.0.0
   *
   * @example Friends of both
   * ```ts
   * await client.sadd("{friends}:Ada", ["Grace", "Joan"]);
   * await client.sadd("{friends}:Hedy", ["Joan", "Karen"]);
   * await client.sinterstore("{friends}:both", ["{friends}:Ada", "{friends}:Hedy"]); // 1
   * ```
   *
   * @param destination Key to store them at.
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @returns The number of members stored.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If one of the keys holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sinterstore/}
   */
  sinterstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["SINTERSTORE", destination], keys, "keys"), toNumber);
  }

  /**
   * Tells whether a set has a member.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Is it tagged red?
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.sismember("tags", "red"); // true
   * ```
   *
   * @param key Key of the set.
   * @param member The member.
   * @returns Whether it is in the set; false also if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sismember/}
   */
  sismember(key: Key, member: Value): Promise<boolean> {
    return this.send(["SISMEMBER", key, member], toBoolean);
  }

  /**
   * Returns all members of a set.
   *
   * Complexity O(N) for N members · since 1.0.0 · read-only
   *
   * @example A set as a `Set`
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.smembers("tags"); // new Set(["red", "green"])
   * ```
   *
   * @param key Key of the set.
   * @returns The members; none if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/smembers/}
   */
  smembers(key: Key): Promise<Set<T>> {
    return this.send<Set<T>>(["SMEMBERS", key], toBulkSet);
  }

  /**
   * Tells for several members whether a set has them.
   *
   * Complexity O(N) for N members asked for · since 6.2.0 · read-only
   *
   * @example Red, blue?
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.smismember("tags", ["red", "blue"]); // [true, false]
   * ```
   *
   * @param key Key of the set.
   * @param members One member, or several in an array or other iterable.
   * @returns For each member whether it is in the set.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/smismember/}
   */
  smismember(key: Key, members: OneOrMany<Value>): Promise<boolean[]> {
    return this.send(append(["SMISMEMBER", key], members, "members"), toBooleans);
  }

  /**
   * Moves a member from one set to another.
   *
   * At no instant is it in neither of them.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Changing teams
   * ```ts
   * await client.sadd("{team}:red", "Ada");
   * await client.smove("{team}:red", "{team}:blue", "Ada"); // true
   * ```
   *
   * @param source Key of the set to take it from.
   * @param destination Key of the set to add it to.
   * @param member The member.
   * @returns Whether it was moved; false if it is not in the source.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/smove/}
   */
  smove(source: Key, destination: Key, member: Value): Promise<boolean> {
    return this.send(["SMOVE", source, destination, member], toBoolean);
  }

  /**
   * Takes members from a set at random.
   *
   * Complexity O(N) for N members taken · since 1.0.0
   *
   * @example Drawing a winner
   * ```ts
   * await client.sadd("lots", "Ada");
   * await client.spop("lots"); // "Ada"
   * await client.spop("lots", 2); // []
   * ```
   *
   * @param key Key of the set.
   * @param count How many members at most; without it one, not in an array.
   * @returns The member, null if the key does not exist; with a count an array of members, empty if the key does not
   * exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/spop/}
   */
  spop(key: Key): Promise<T | null>;
  /** Takes several members from a set at random. */
  spop(key: Key, count: number): Promise<T[]>;
  /** Takes members from a set at random. */
  spop(key: Key, count?: number): Promise<T | null | T[]> {
    return count === undefined
      ? this.send<T | null>(["SPOP", key], toBulkOrNull)
      : this.send<T[]>(["SPOP", key, count], toBulks);
  }

  /**
   * Picks members of a set at random.
   *
   * A positive count asks for that many different members, or all if there are fewer; a negative one for exactly that
   * many, the same one perhaps several times.
   *
   * Complexity O(N) for N members answered · since 1.0.0 · read-only
   *
   * @example From a set with one member
   * ```ts
   * await client.sadd("lots", "Ada");
   * await client.srandmember("lots"); // "Ada"
   * await client.srandmember("lots", 2); // ["Ada"]
   * await client.srandmember("lots", -2); // ["Ada", "Ada"]
   * ```
   *
   * @param key Key of the set.
   * @param count How many members; without it one, not in an array.
   * @returns The member, null if the key does not exist; with a count an array of members, empty if the key does not
   * exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/srandmember/}
   */
  srandmember(key: Key): Promise<T | null>;
  /** Picks several members of a set at random. */
  srandmember(key: Key, count: number): Promise<T[]>;
  /** Picks members of a set at random. */
  srandmember(key: Key, count?: number): Promise<T | null | T[]> {
    return count === undefined
      ? this.send<T | null>(["SRANDMEMBER", key], toBulkOrNull)
      : this.send<T[]>(["SRANDMEMBER", key, count], toBulks);
  }

  /**
   * Removes members from a set.
   *
   * A set without members ceases to exist.
   *
   * Complexity O(N) for N members · since 1.0.0
   *
   * @example One of two is there
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.srem("tags", ["red", "blue"]); // 1
   * ```
   *
   * @param key Key of the set.
   * @param members One member, or several in an array or other iterable.
   * @returns How many of them were in the set.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/srem/}
   */
  srem(key: Key, members: OneOrMany<Value>): Promise<number> {
    return this.send(append(["SREM", key], members, "members"), toNumber);
  }

  /**
   * Reads one page of the members of a set.
   *
   * A member that is there from the first page to the last is in one of them at least, perhaps in several. Small sets
   * come as one page, whatever `count` says. {@linkcode SetCommands.sscanIterator} reads all pages.
   *
   * Complexity O(1) for a page, O(N) for N members in all · since 2.8.0 · read-only
   *
   * @example The only page of a small set
   * ```ts
   * await client.sadd("tags", "red");
   * await client.sscan("tags", "0"); // { cursor: "0", items: ["red"] }
   * ```
   *
   * @param key Key of the set.
   * @param cursor `"0"` for the first page, then the `cursor` of the page before.
   * @param options Which members, and how many for a page.
   * @returns The page.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sscan/}
   */
  sscan(key: Key, cursor: Cursor, options?: ScanOptions): Promise<ScanPage<T>> {
    const words: Words = ["SSCAN", key, cursor];
    appendScanOptions(words, optionsOf(words, options, SCAN_OPTIONS));
    return this.send<ScanPage<T>>(words, toBulksPage);
  }

  /**
   * Iterates over the members of a set, page by page.
   *
   * A member that exists during the whole iteration is yielded at least once, perhaps several times. When another
   * server process answers (after a restart, a failover), the iteration starts over, since a cursor is valid only in
   * the process that made it. Each page is a request of its own: if one fails, the iteration rejects. On a view with a
   * longer timeout it waits for a server that is away for a while. The loop can be left at any time.
   *
   * Complexity O(N) for N members in all · since 2.8.0 · read-only
   *
   * @example Collecting what matches
   * ```ts
   * await client.sadd("tags", ["red", "green", "grey"]);
   * const found = [];
   * for await (const tag of client.sscanIterator("tags", { match: "gr*" })) found.push(tag);
   * found.length; // 2
   * ```
   *
   * @param key Key of the set.
   * @param options Which members, and how many for a page.
   * @returns The members, in no order.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sscan/}
   */
  sscanIterator(key: Key, options?: ScanOptions): AsyncGenerator<T, void, undefined> {
    const [ownKey, own] = [taken(key), takenOptions(options)];
    return iteratePages((cursor) => this.sscan(ownKey, cursor, own));
  }

  /**
   * Returns the members that at least one of the sets has.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0 · read-only
   *
   * @example Everybody
   * ```ts
   * await client.sadd("{team}:red", "Ada");
   * await client.sadd("{team}:blue", "Grace");
   * await client.sunion(["{team}:red", "{team}:blue"]); // new Set(["Ada", "Grace"])
   * ```
   *
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @returns The members.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sunion/}
   */
  sunion(keys: OneOrMany<Key>): Promise<Set<T>> {
    return this.send<Set<T>>(append(["SUNION"], keys, "keys"), toBulkSet);
  }

  /**
   * Counts the members that at least one of the sets has, without answering them.
   *
   * Complexity O(N) for N members of all sets · since Redis 8.10 · read-only
   *
   * @example How many
   * ```ts
   * await client.sadd("{team}:red", ["Ada", "Grace"]);
   * await client.sadd("{team}:blue", ["Ada", "Joan"]);
   * await client.sunioncard(["{team}:red", "{team}:blue"]); // 3
   * ```
   *
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @param options Where to stop, and how exact to be.
   * @returns The number of members.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/sunioncard/}
   */
  sunioncard(keys: OneOrMany<Key>, options?: SunioncardOptions): Promise<number> {
    const words = appendCounted(["SUNIONCARD"], keys, "keys");
    const { approx, limit } = optionsOf(words, options, SUNIONCARD_OPTIONS);
    appendFlag(words, "APPROX", approx);
    appendOption(words, "LIMIT", limit);
    return this.send(words, toNumber);
  }

  /**
   * Stores the members that at least one of the sets has.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0
   *
   * @example Everybody
   * ```ts
   * await client.sadd("{team}:red", "Ada");
   * await client.sadd("{team}:blue", "Grace");
   * await client.sunionstore("{team}:all", ["{team}:red", "{team}:blue"]); // 2
   * ```
   *
   * @param destination Key to store them at.
   * @param keys Keys of the sets; one that does not exist counts as empty.
   * @returns The number of members stored.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If one of the keys holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sunionstore/}
   */
  sunionstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["SUNIONSTORE", destination], keys, "keys"), toNumber);
  }
}
