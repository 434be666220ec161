/**
 * The set commands, `SADD` to `SUNIONSTORE`.
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

/** Options for {@linkcode SetCommands.prototype.sintercard | SetCommands.sintercard}. */
export interface SintercardOptions {
  /**
   * Stop counting at this number; 0 counts all.
   *
   * @default {0}
   */
  limit?: number;
}

/** Options for {@linkcode SetCommands.prototype.sdiffcard | SetCommands.sdiffcard}. */
export interface SdiffcardOptions {
  /**
   * Stop counting at this number; 0 counts all.
   *
   * @default {0}
   */
  limit?: number;
}

/** Options for {@linkcode SetCommands.prototype.sunioncard | SetCommands.sunioncard}. */
export interface SunioncardOptions {
  /**
   * Return an approximate number, which needs less memory.
   *
   * @default {false}
   */
  approx?: boolean;
  /**
   * Stop counting at this number; 0 counts all.
   *
   * @default {0}
   */
  limit?: number;
}

const SDIFFCARD_OPTIONS: OptionShape<SdiffcardOptions> = { limit: "word" };
const SINTERCARD_OPTIONS: OptionShape<SintercardOptions> = { limit: "word" };
const SUNIONCARD_OPTIONS: OptionShape<SunioncardOptions> = { approx: "flag", limit: "word" };

/**
 * The set commands. A set holds unique members in no order.
 *
 * Methods that return a set return a `Set`. On a `bytes` view its members are `Uint8Array` objects, which `has()`
 * compares by identity: it does not find a member by its bytes.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class SetCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Adds members to a set, and creates the set if the key does not exist.
   *
   * Complexity O(N) for N members · since 1.0.0
   *
   * @example Add a new member and an existing one
   * ```ts
   * await client.sadd("tags", "red"); // 1
   * await client.sadd("tags", ["red", "green"]); // 1
   * ```
   *
   * @param key Key of the set.
   * @param members One member, or several in an array or other iterable.
   * @returns The number of members added; members that were in the set do not count.
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
   * @example Number of tags
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
   * Returns the members that are in the first set and in none of the others.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0 · read-only
   *
   * @example Members who have not voted
   * ```ts
   * await client.sadd("{vote}:all", ["Ada", "Grace", "Joan"]);
   * await client.sadd("{vote}:done", ["Grace", "Joan"]);
   * await client.sdiff(["{vote}:all", "{vote}:done"]); // new Set(["Ada"])
   * ```
   *
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @returns The members, as a `Set`.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sdiff/}
   */
  sdiff(keys: OneOrMany<Key>): Promise<Set<T>> {
    return this.send<Set<T>>(append(["SDIFF"], keys, "keys"), toBulkSet);
  }

  /**
   * Counts the members that are in the first set and in none of the others.
   *
   * Complexity O(N) for N members of all sets · since Redis 8.10 · read-only
   *
   * @example Number of members who are only in the red team
   * ```ts
   * await client.sadd("{team}:red", ["Ada", "Grace"]);
   * await client.sadd("{team}:blue", ["Ada", "Joan"]);
   * await client.sdiffcard(["{team}:red", "{team}:blue"]); // 1
   * ```
   *
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @param options `limit`: stop counting at this number.
   * @returns The number of members, or `limit` if there are more.
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
   * Stores the members that are in the first set and in none of the others.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0
   *
   * @example Store the members who have not voted
   * ```ts
   * await client.sadd("{vote}:all", ["Ada", "Grace", "Joan"]);
   * await client.sadd("{vote}:done", ["Grace", "Joan"]);
   * await client.sdiffstore("{vote}:open", ["{vote}:all", "{vote}:done"]); // 1
   * ```
   *
   * @param destination Key of the set to write.
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @returns The number of members in the result.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sdiffstore/}
   */
  sdiffstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["SDIFFSTORE", destination], keys, "keys"), toNumber);
  }

  /**
   * Returns the members that are in all of the sets.
   *
   * Complexity O(N·M) for N members of the smallest of M sets · since 1.0.0 · read-only
   *
   * @example Common friends
   * ```ts
   * await client.sadd("{friends}:Ada", ["Grace", "Joan"]);
   * await client.sadd("{friends}:Hedy", ["Joan", "Karen"]);
   * await client.sinter(["{friends}:Ada", "{friends}:Hedy"]); // new Set(["Joan"])
   * ```
   *
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @returns The members, as a `Set`.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sinter/}
   */
  sinter(keys: OneOrMany<Key>): Promise<Set<T>> {
    return this.send<Set<T>>(append(["SINTER"], keys, "keys"), toBulkSet);
  }

  /**
   * Counts the members that are in all of the sets.
   *
   * Complexity O(N·M) for N members of the smallest of M sets · since 7.0.0 · read-only
   *
   * @example Check whether two people have a common friend
   * ```ts
   * await client.sadd("{friends}:Ada", ["Grace", "Joan"]);
   * await client.sadd("{friends}:Hedy", ["Grace", "Joan"]);
   * await client.sintercard(["{friends}:Ada", "{friends}:Hedy"], { limit: 1 }); // 1
   * ```
   *
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @param options `limit`: stop counting at this number.
   * @returns The number of members, or `limit` if there are more.
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
   * Stores the members that are in all of the sets.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N·M) for N members of the smallest of M sets · since 1.0.0
   *
   * @example Store common friends
   * ```ts
   * await client.sadd("{friends}:Ada", ["Grace", "Joan"]);
   * await client.sadd("{friends}:Hedy", ["Joan", "Karen"]);
   * await client.sinterstore("{friends}:both", ["{friends}:Ada", "{friends}:Hedy"]); // 1
   * ```
   *
   * @param destination Key of the set to write.
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @returns The number of members in the result.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sinterstore/}
   */
  sinterstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["SINTERSTORE", destination], keys, "keys"), toNumber);
  }

  /**
   * Checks whether a value is a member of a set.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Check for a tag
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.sismember("tags", "red"); // true
   * ```
   *
   * @param key Key of the set.
   * @param member The value to search for.
   * @returns True if it is a member; false if it is not, or the key does not exist.
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
   * @returns The members, as a `Set`; it is empty if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/smembers/}
   */
  smembers(key: Key): Promise<Set<T>> {
    return this.send<Set<T>>(["SMEMBERS", key], toBulkSet);
  }

  /**
   * Checks whether several values are members of a set.
   *
   * Complexity O(N) for N values · since 6.2.0 · read-only
   *
   * @example Check for two tags
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.smismember("tags", ["red", "blue"]); // [true, false]
   * ```
   *
   * @param key Key of the set.
   * @param members One value, or several in an array or other iterable.
   * @returns One boolean per value, in the order of `members`.
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
   * The move is atomic: other clients see the member in one of the two sets at any time.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Change teams
   * ```ts
   * await client.sadd("{team}:red", "Ada");
   * await client.smove("{team}:red", "{team}:blue", "Ada"); // true
   * ```
   *
   * @param source Key of the set to remove the member from.
   * @param destination Key of the set to add it to.
   * @param member The member to move.
   * @returns True if the member was moved, false if it is not in the source.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/smove/}
   */
  smove(source: Key, destination: Key, member: Value): Promise<boolean> {
    return this.send(["SMOVE", source, destination, member], toBoolean);
  }

  /**
   * Removes and returns random members of a set.
   *
   * Complexity O(N) for N members removed · since 1.0.0
   *
   * @example Draw a winner
   * ```ts
   * await client.sadd("lots", "Ada");
   * await client.spop("lots"); // "Ada"
   * await client.spop("lots", 2); // []
   * ```
   *
   * @param key Key of the set.
   * @param count Largest number of members to remove; without it, one member is removed and returned without an array.
   * @returns The member, or null if the key does not exist. With `count` an array, which is empty if the key does not
   * exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/spop/}
   */
  spop(key: Key): Promise<T | null>;
  /** Removes and returns up to `count` random members of a set, as an array. */
  spop(key: Key, count: number): Promise<T[]>;
  /** Removes and returns random members of a set. */
  spop(key: Key, count?: number): Promise<T | null | T[]> {
    return count === undefined
      ? this.send<T | null>(["SPOP", key], toBulkOrNull)
      : this.send<T[]>(["SPOP", key, count], toBulks);
  }

  /**
   * Returns random members of a set, without removing them.
   *
   * A positive `count` returns that many different members, or all if there are fewer. A negative `count` returns
   * exactly that many, and a member may come several times.
   *
   * Complexity O(N) for N members returned · since 1.0.0 · read-only
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
   * @param count Number of members; negative to allow repeats. Without it, one member is returned without an array.
   * @returns The member, or null if the key does not exist. With `count` an array, which is empty if the key does not
   * exist.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/srandmember/}
   */
  srandmember(key: Key): Promise<T | null>;
  /** Returns several random members of a set, as an array. */
  srandmember(key: Key, count: number): Promise<T[]>;
  /** Returns random members of a set, without removing them. */
  srandmember(key: Key, count?: number): Promise<T | null | T[]> {
    return count === undefined
      ? this.send<T | null>(["SRANDMEMBER", key], toBulkOrNull)
      : this.send<T[]>(["SRANDMEMBER", key, count], toBulks);
  }

  /**
   * Removes members from a set.
   *
   * When the last member is removed, the key is deleted.
   *
   * Complexity O(N) for N members · since 1.0.0
   *
   * @example Remove a member and a missing one
   * ```ts
   * await client.sadd("tags", ["red", "green"]);
   * await client.srem("tags", ["red", "blue"]); // 1
   * ```
   *
   * @param key Key of the set.
   * @param members One member, or several in an array or other iterable.
   * @returns The number of members removed; values that were not in the set do not count.
   * @throws {RangeError} If `members` is empty.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/srem/}
   */
  srem(key: Key, members: OneOrMany<Value>): Promise<number> {
    return this.send(append(["SREM", key], members, "members"), toNumber);
  }

  /**
   * Returns one page of the members of a set.
   *
   * {@linkcode SetCommands.prototype.sscanIterator | SetCommands.sscanIterator} reads all pages. A member that exists
   * from the first page to the last is returned at least once, possibly several times. A small set is returned as one
   * page, whatever `count` is.
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
   * @param options `match`: only members that match this pattern; `count`: members per page.
   * @returns The cursor of the next page, and the members.
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
   * A member that exists during the whole iteration is yielded at least once, possibly several times. Each page is one
   * request, and the iteration rejects if a request fails: `client.with({ timeout: 10_000 })` waits longer for a server
   * that is being restarted. After a restart or failover of the server the iteration starts over, because a cursor is
   * only valid in the process that made it. The loop can end early: the server keeps no state.
   *
   * Complexity O(N) for N members in all · since 2.8.0 · read-only
   *
   * @example Collect the members that match a pattern
   * ```ts
   * await client.sadd("tags", ["red", "green", "grey"]);
   * const found = [];
   * for await (const tag of client.sscanIterator("tags", { match: "gr*" })) found.push(tag);
   * found.length; // 2
   * ```
   *
   * @param key Key of the set.
   * @param options `match`: only members that match this pattern; `count`: members per page.
   * @returns An iterator of the members, in no order.
   * @throws {ServerError} If the key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sscan/}
   */
  sscanIterator(key: Key, options?: ScanOptions): AsyncGenerator<T, void, undefined> {
    const [ownKey, own] = [taken(key), takenOptions(options)];
    return iteratePages((cursor) => this.sscan(ownKey, cursor, own));
  }

  /**
   * Returns the members that are in at least one of the sets.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0 · read-only
   *
   * @example Members of either team
   * ```ts
   * await client.sadd("{team}:red", "Ada");
   * await client.sadd("{team}:blue", "Grace");
   * await client.sunion(["{team}:red", "{team}:blue"]); // new Set(["Ada", "Grace"])
   * ```
   *
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @returns The members, as a `Set`.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sunion/}
   */
  sunion(keys: OneOrMany<Key>): Promise<Set<T>> {
    return this.send<Set<T>>(append(["SUNION"], keys, "keys"), toBulkSet);
  }

  /**
   * Counts the members that are in at least one of the sets.
   *
   * Complexity O(N) for N members of all sets · since Redis 8.10 · read-only
   *
   * @example Number of members of either team
   * ```ts
   * await client.sadd("{team}:red", ["Ada", "Grace"]);
   * await client.sadd("{team}:blue", ["Ada", "Joan"]);
   * await client.sunioncard(["{team}:red", "{team}:blue"]); // 3
   * ```
   *
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @param options `limit`: stop counting at this number; `approx`: return an approximate number.
   * @returns The number of members, or `limit` if there are more.
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
   * Stores the members that are in at least one of the sets.
   *
   * Replaces any value at the destination. If the result is empty, the destination is deleted.
   *
   * Complexity O(N) for N members of all sets · since 1.0.0
   *
   * @example Store the members of either team
   * ```ts
   * await client.sadd("{team}:red", "Ada");
   * await client.sadd("{team}:blue", "Grace");
   * await client.sunionstore("{team}:all", ["{team}:red", "{team}:blue"]); // 2
   * ```
   *
   * @param destination Key of the set to write.
   * @param keys Keys of the sets. A key that does not exist counts as empty.
   * @returns The number of members in the result.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If a source key holds a value that is not a set (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sunionstore/}
   */
  sunionstore(destination: Key, keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["SUNIONSTORE", destination], keys, "keys"), toNumber);
  }
}
