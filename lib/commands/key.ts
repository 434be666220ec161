/**
 * The generic key commands, `COPY` to `WAITAOF`, for values of any type.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { isMany, listOf } from "../words.ts";
import {
  append,
  appendFlag,
  appendOption,
  type AtMostOne,
  type Key,
  type OneOrMany,
} from "./_args.ts";
import {
  elements,
  toBoolean,
  toBulkOrNull,
  toBulks,
  toBulksOrNulls,
  toBytesOrNull,
  toNumber,
  toNumberOrNull,
  toOk,
  toText,
  toTextOrNull,
  unexpected,
} from "./_decode.ts";
import {
  appendExpireCondition,
  type ExpireCondition,
  inMilliseconds,
  inSeconds,
} from "./_expiry.ts";
import { optionsOf } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";
import {
  appendScanOptions,
  iteratePages,
  type NodeCursor,
  SCAN_OPTIONS,
  type ScanOptions,
  type ScanPage,
  takenOptions,
  toBulksPage,
} from "./_scan.ts";

/** Options for {@linkcode KeyCommands.prototype.copy | KeyCommands.copy}. */
export interface CopyOptions {
  /** Number of the database to copy to; by default that of the source. */
  db?: number;
  /**
   * Replace the destination if it exists.
   *
   * @default {false}
   */
  replace?: boolean;
}

/**
 * Credentials for the other server of {@linkcode KeyCommands.prototype.migrate | KeyCommands.migrate}. At most one of
 * the options.
 *
 * - `auth`: the password of the user `default`.
 * - `auth2`: the name and the password of a user.
 */
export type MigrateCredentials = AtMostOne<{
  /** Password of the user `default`. */
  auth: string;
  /** Name and password of a user. */
  auth2: {
    /** Name of the user. */
    username: string;
    /** Password of the user. */
    password: string;
  };
}>;

/**
 * Options for {@linkcode KeyCommands.prototype.migrate | KeyCommands.migrate}: {@linkcode MigrateCredentials}, and the
 * following.
 *
 * - `copy`: copy the keys instead of moving them.
 * - `replace`: replace keys that exist on the other server.
 */
export type MigrateOptions = MigrateCredentials & {
  /**
   * Copy the keys instead of moving them.
   *
   * @default {false}
   */
  copy?: boolean;
  /**
   * Replace keys that exist on the other server.
   *
   * @default {false}
   */
  replace?: boolean;
};

/**
 * Options for {@linkcode KeyCommands.prototype.restore | KeyCommands.restore}.
 *
 * - `replace`: replace the key if it exists.
 * - `absttl`: read `ttl` as a Unix time in milliseconds.
 * - `idletime`, or `freq`: the seconds since the last use, or the access frequency, which count for eviction.
 */
export type RestoreOptions =
  & AtMostOne<{
    /** Set the seconds since the key was last used, which count for eviction by an LRU policy. */
    idletime: number;
    /** Set the access frequency of the key, 0 to 255, which counts for eviction by an LFU policy. */
    freq: number;
  }>
  & {
    /**
     * Replace the key if it exists.
     *
     * @default {false}
     */
    replace?: boolean;
    /**
     * Read `ttl` as a Unix time in milliseconds.
     *
     * @default {false}
     */
    absttl?: boolean;
  };

/** Options for {@linkcode KeyCommands.prototype.scan | KeyCommands.scan}. */
export interface ScanKeysOptions extends ScanOptions {
  /**
   * Return only keys that hold a value of this type: `"string"`, `"hash"` …, as
   * {@linkcode KeyCommands.prototype.type | KeyCommands.type} returns it. Keys of all types by default.
   */
  type?: string;
}

/**
 * Options for {@linkcode KeyCommands.prototype.sort | KeyCommands.sort} and
 * {@linkcode KeyCommands.prototype.sortRo | KeyCommands.sortRo}.
 *
 * - `asc` (the default) or `desc`: the order.
 * - `by`: sort by the values of other keys.
 * - `alpha`: compare as text instead of as numbers.
 * - `limit`: `offset` and `count` of the part to return.
 * - `get`: return the values of other keys instead of the elements.
 */
export type SortRoOptions =
  & AtMostOne<{
    /** Sort in ascending order, which is the default. */
    asc: boolean;
    /** Sort in descending order. */
    desc: boolean;
  }>
  & {
    /**
     * Sort by the values of other keys, instead of by the elements.
     *
     * A pattern such as `"weight:*"`: its `*` stands for the element. `"user:*->age"` reads the field `age` of a hash.
     * A
     * pattern without `*` turns sorting off.
     */
    by?: Key;
    /** Return only a part of the result; all of it by default. */
    limit?: {
      /** Number of elements to skip. */
      offset: number;
      /** Largest number of elements to return; a negative number returns all. */
      count: number;
    };
    /**
     * Return the values of other keys instead of the elements: patterns as for `by`, or `"#"` for the element itself.
     */
    get?: OneOrMany<Key>;
    /**
     * Compare the elements as text instead of as numbers.
     *
     * @default {false}
     */
    alpha?: boolean;
  };

/**
 * Options for {@linkcode KeyCommands.prototype.sort | KeyCommands.sort}: {@linkcode SortRoOptions}, and `store` to
 * write the result to a key.
 */
export type SortOptions = SortRoOptions & {
  /** Write the result to this key as a list, and return its length. */
  store?: Key;
};

/** Option to return the elements themselves. */
export interface WithoutGet {
  /** Return the values at these patterns instead of the elements; null for each one that does not exist. */
  get?: undefined;
}

/** Option to return the result. */
export interface WithoutStore {
  /** Write the result to this key as a list, and return its length. */
  store?: undefined;
}

/** Option to store the result. */
export interface WithStore {
  /** Write the result to this key as a list, and return its length. */
  store: Key;
}

const COPY_OPTIONS: OptionShape<CopyOptions> = { db: "word", replace: "flag" };

const MIGRATE_OPTIONS: OptionShape<MigrateOptions> = {
  copy: "flag",
  replace: "flag",
  auth: "word",
  auth2: { username: "word", password: "word" },
};

const RESTORE_OPTIONS: OptionShape<RestoreOptions> = {
  replace: "flag",
  absttl: "flag",
  idletime: "word",
  freq: "word",
};

const SCAN_KEYS_OPTIONS: OptionShape<ScanKeysOptions> = { ...SCAN_OPTIONS, type: "word" };

const SORT_RO_OPTIONS: OptionShape<SortRoOptions> = {
  by: "word",
  limit: { offset: "word", count: "word" },
  get: "words",
  asc: "flag",
  desc: "flag",
  alpha: "flag",
};

const SORT_OPTIONS: OptionShape<SortOptions> = { ...SORT_RO_OPTIONS, store: "word" };

/**
 * The generic key commands, for values of any type: expiry, deleting, renaming, scanning and sorting.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes the commands reach.
 */
export abstract class KeyCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Copies a value, with its expiry, to another key.
   *
   * Complexity O(N) for N elements of a collection, O(1) for strings · since 6.2.0
   *
   * @example Keep a backup
   * ```ts
   * await client.set("{doc}", "draft");
   * await client.copy("{doc}", "{doc}:backup"); // true
   * ```
   *
   * @param source The key to copy.
   * @param destination The key to write.
   * @param options `db`: the database to copy to; `replace`: replace the destination if it exists.
   * @returns True if the value was copied; false if the source does not exist, or the destination exists and `replace`
   * is not set.
   * @see {@link https://valkey.io/commands/copy/}
   */
  copy(source: Key, destination: Key, options?: CopyOptions): Promise<boolean> {
    const words: Words = ["COPY", source, destination];
    const { db, replace } = optionsOf(words, options, COPY_OPTIONS);
    appendOption(words, "DB", db);
    appendFlag(words, "REPLACE", replace);
    return this.send(words, toBoolean);
  }

  /**
   * Deletes keys.
   *
   * On a cluster the keys may be in different slots. Then there is one request per slot, and the keys are not deleted
   * at the same instant.
   *
   * Complexity O(N) for N keys and all their elements · since 1.0.0
   *
   * @example Delete a key and a missing one
   * ```ts
   * await client.set("a", 1);
   * await client.del(["a", "b"]); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns The number of keys deleted; keys that did not exist do not count.
   * @throws {RangeError} If `keys` is empty.
   * @see {@link https://valkey.io/commands/del/}
   */
  del(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["DEL"], keys, "keys"), toNumber);
  }

  /**
   * Returns the value of a key in the server's serialization format.
   *
   * The expiry is not included. {@linkcode KeyCommands.prototype.restore | KeyCommands.restore} turns the bytes into a
   * key again, on a server of the same or a later version.
   *
   * Complexity O(N·M) for N elements of size M · since 2.6.0 · read-only
   *
   * @example Copy a value by hand
   * ```ts
   * await client.set("a", "x");
   * const payload = await client.dump("a");
   * await client.restore("b", 0, payload!); // "OK"
   * ```
   *
   * @param key The key to read, of any type.
   * @returns The serialized value, as bytes on every client; null if the key does not exist.
   * @see {@link https://valkey.io/commands/dump/}
   */
  dump(key: Key): Promise<Uint8Array | null> {
    return this.send(["DUMP", key], toBytesOrNull, true);
  }

  /**
   * Counts the keys that exist.
   *
   * A key that is passed twice counts twice.
   *
   * Complexity O(N) for N keys · since 1.0.0 · read-only
   *
   * @example Check one key, then count two
   * ```ts
   * await client.set("a", 1);
   * await client.exists("a"); // 1
   * await client.exists(["a", "b"]); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns The number of keys that exist.
   * @throws {RangeError} If `keys` is empty.
   * @see {@link https://valkey.io/commands/exists/}
   */
  exists(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["EXISTS"], keys, "keys"), toNumber);
  }

  /**
   * Sets the time to live of a key in seconds.
   *
   * With 0 or a negative number the key is deleted at once.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Let a session expire after an hour
   * ```ts
   * await client.set("session:7f3a", "Ada");
   * await client.expire("session:7f3a", 3600); // true
   * await client.expire("session:7f3a", 60, { gt: true }); // false
   * ```
   *
   * @param key The key, of any type.
   * @param seconds Time to live in seconds, a whole number.
   * @param condition When to set it: `nx`, `xx`, `gt` or `lt` (since 7.0.0).
   * @returns True if the expiry was set; false if the condition did not hold or the key does not exist.
   * @see {@link https://valkey.io/commands/expire/}
   */
  expire(key: Key, seconds: number, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["EXPIRE", key, seconds];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Sets the time at which a key expires, in seconds.
   *
   * With a time in the past the key is deleted at once.
   *
   * Complexity O(1) · since 1.2.0
   *
   * @example Expire at the end of the century
   * ```ts
   * await client.set("century", "21st");
   * await client.expireat("century", Date.UTC(2101, 0, 1) / 1000); // true
   * ```
   *
   * @param key The key, of any type.
   * @param time Unix time in seconds, or a `Date`, which is rounded up to a whole second.
   * @param condition When to set it: `nx`, `xx`, `gt` or `lt` (since 7.0.0).
   * @returns True if the expiry was set; false if the condition did not hold or the key does not exist.
   * @see {@link https://valkey.io/commands/expireat/}
   */
  expireat(key: Key, time: number | Date, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["EXPIREAT", key, inSeconds(time)];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Returns the time at which a key expires, in seconds.
   *
   * Complexity O(1) · since 7.0.0 · read-only
   *
   * @example Read the expiry of a key
   * ```ts
   * await client.set("century", "21st", { exat: 4133980800 });
   * await client.expiretime("century"); // 4133980800
   * ```
   *
   * @param key The key, of any type.
   * @returns Unix time in seconds; −1 if the key has no expiry, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/expiretime/}
   */
  expiretime(key: Key): Promise<number> {
    return this.send(["EXPIRETIME", key], toNumber);
  }

  /**
   * Returns all keys that match a pattern.
   *
   * The server runs nothing else until it has compared all keys. On a large database use
   * {@linkcode KeyCommands.prototype.scanIterator | KeyCommands.scanIterator}.
   *
   * Complexity O(N) for N keys in the database · since 1.0.0 · read-only
   *
   * @example The keys of one user
   * ```ts
   * await client.mset({ "{user:1}:name": "Ada", "{user:1}:born": 1815 });
   * (await client.keys("{user:1}:*")).sort(); // ["{user:1}:born", "{user:1}:name"]
   * ```
   *
   * @param pattern A glob pattern: `*` any characters, `?` one character, `[ab]` one of these.
   * @returns The keys, in no order.
   * @see {@link https://valkey.io/commands/keys/}
   */
  keys(pattern: Key): Promise<PerRoutedNode<T[], N>> {
    return this.send(["KEYS", pattern], perRoutedNode<T[], N>(toBulks));
  }

  /**
   * Moves keys to another server.
   *
   * The servers transfer the keys between them. This server runs nothing else until the transfer ends. If the request
   * timeout of the client is shorter than `timeout`, the request rejects while the transfer goes on.
   *
   * Complexity O(N·M) for N elements of size M · since 2.6.0
   *
   * @example A key that does not exist
   * ```ts
   * await client.migrate("127.0.0.1", 6380, "no such key", 0, 1000); // "NOKEY"
   * ```
   *
   * @param host Host of the other server, as this server reaches it.
   * @param port Port of the other server.
   * @param keys One key, or several in an array or other iterable.
   * @param db Number of the database on the other server.
   * @param timeout Longest time that the other server may stay silent, in milliseconds.
   * @param options `copy`: keep the keys here; `replace`: replace keys there; `auth` or `auth2`: credentials of the
   * other server.
   * @returns `"OK"`, or `"NOKEY"` if none of the keys exists.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If the other server cannot be reached (`IOERR`) or refuses the keys (`BUSYKEY` …). Keys that
   * were not moved are still here.
   * @see {@link https://valkey.io/commands/migrate/}
   */
  migrate(
    host: string,
    port: number,
    keys: OneOrMany<Key>,
    db: number,
    timeout: number,
    options?: MigrateOptions,
  ): Promise<"OK" | "NOKEY"> {
    const several = isMany(keys);
    const words: Words = ["MIGRATE", host, port, several ? "" : keys, db, timeout];
    const { copy, replace, auth, auth2 } = optionsOf(words, options, MIGRATE_OPTIONS);
    appendFlag(words, "COPY", copy);
    appendFlag(words, "REPLACE", replace);
    appendOption(words, "AUTH", auth);
    if (auth2 !== undefined) words.push("AUTH2", auth2.username, auth2.password);
    if (several) {
      words.push("KEYS");
      append(words, keys, "keys");
    }
    return this.send(words, toMigrated);
  }

  /**
   * Moves a key to another database of the same server.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Move a key from database 0 to database 1
   * ```ts
   * await client.set("a", 1);
   * await client.move("a", 1); // true
   * await client.move("a", 1); // false
   * ```
   *
   * @param key The key, of any type.
   * @param db Number of the other database.
   * @returns True if the key was moved; false if the key does not exist in this database, or exists in the other one.
   * @throws {ServerError} If the database does not exist.
   * @see {@link https://valkey.io/commands/move/}
   */
  move(key: Key, db: number): Promise<boolean> {
    return this.send(["MOVE", key, db], toBoolean);
  }

  /**
   * Returns the internal encoding of a value.
   *
   * Complexity O(1) · since 2.2.3 · read-only
   *
   * @example Encoding of a small integer
   * ```ts
   * await client.set("n", 7);
   * await client.objectEncoding("n"); // "int"
   * ```
   *
   * @param key The key, of any type.
   * @returns The name of the encoding, such as `"int"` or `"listpack"`; null if the key does not exist.
   * @see {@link https://valkey.io/commands/object-encoding/}
   */
  objectEncoding(key: Key): Promise<string | null> {
    return this.send(["OBJECT", "ENCODING", key], toTextOrNull);
  }

  /**
   * Returns the access frequency of a key, as counted for the LFU eviction of the server.
   *
   * Complexity O(1) · since 4.0.0 · read-only
   *
   * @example Frequency of a new key, on a server with an LFU policy
   * ```ts
   * await client.customCommand(["CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"]);
   * await client.set("a", "text");
   * await client.objectFreq("a"); // 5
   * ```
   *
   * @param key The key, of any type.
   * @returns The counter, which grows with the logarithm of the number of accesses; null if the key does not exist.
   * @throws {ServerError} If `maxmemory-policy` is not an LFU policy.
   * @see {@link https://valkey.io/commands/object-freq/}
   */
  objectFreq(key: Key): Promise<number | null> {
    return this.send(["OBJECT", "FREQ", key], toNumberOrNull);
  }

  /**
   * Returns the time since a key was last used, in seconds.
   *
   * Complexity O(1) · since 2.2.3 · read-only
   *
   * @example Check whether a key was used in the last minute
   * ```ts
   * await client.set("a", 1);
   * (await client.objectIdletime("a"))! < 60; // true
   * ```
   *
   * @param key The key, of any type.
   * @returns The idle time in seconds, or null if the key does not exist.
   * @throws {ServerError} If `maxmemory-policy` is an LFU policy.
   * @see {@link https://valkey.io/commands/object-idletime/}
   */
  objectIdletime(key: Key): Promise<number | null> {
    return this.send(["OBJECT", "IDLETIME", key], toNumberOrNull);
  }

  /**
   * Returns the number of references to a value inside the server.
   *
   * Complexity O(1) · since 2.2.3 · read-only
   *
   * @example A value that is not shared
   * ```ts
   * await client.set("a", "text");
   * await client.objectRefcount("a"); // 1
   * ```
   *
   * @param key The key, of any type.
   * @returns The number of references, or null if the key does not exist.
   * @see {@link https://valkey.io/commands/object-refcount/}
   */
  objectRefcount(key: Key): Promise<number | null> {
    return this.send(["OBJECT", "REFCOUNT", key], toNumberOrNull);
  }

  /**
   * Removes the expiry of a key.
   *
   * Complexity O(1) · since 2.2.0
   *
   * @example Keep a draft for ever
   * ```ts
   * await client.set("draft", "text", { ex: 60 });
   * await client.persist("draft"); // true
   * ```
   *
   * @param key The key, of any type.
   * @returns True if the expiry was removed; false if the key had none or does not exist.
   * @see {@link https://valkey.io/commands/persist/}
   */
  persist(key: Key): Promise<boolean> {
    return this.send(["PERSIST", key], toBoolean);
  }

  /**
   * Sets the time to live of a key in milliseconds.
   *
   * With 0 or a negative number the key is deleted at once.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Let a session expire after a minute and a half
   * ```ts
   * await client.set("session:7f3a", "Ada");
   * await client.pexpire("session:7f3a", 90_000); // true
   * ```
   *
   * @param key The key, of any type.
   * @param milliseconds Time to live in milliseconds, a whole number.
   * @param condition When to set it: `nx`, `xx`, `gt` or `lt` (since 7.0.0).
   * @returns True if the expiry was set; false if the condition did not hold or the key does not exist.
   * @see {@link https://valkey.io/commands/pexpire/}
   */
  pexpire(key: Key, milliseconds: number, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["PEXPIRE", key, milliseconds];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Sets the time at which a key expires, in milliseconds.
   *
   * With a time in the past the key is deleted at once.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Expire at the end of the century
   * ```ts
   * await client.set("century", "21st");
   * await client.pexpireat("century", Date.UTC(2101, 0, 1)); // true
   * ```
   *
   * @param key The key, of any type.
   * @param time Unix time in milliseconds, or a `Date`.
   * @param condition When to set it: `nx`, `xx`, `gt` or `lt` (since 7.0.0).
   * @returns True if the expiry was set; false if the condition did not hold or the key does not exist.
   * @see {@link https://valkey.io/commands/pexpireat/}
   */
  pexpireat(key: Key, time: number | Date, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["PEXPIREAT", key, inMilliseconds(time)];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Returns the time at which a key expires, in milliseconds.
   *
   * Complexity O(1) · since 7.0.0 · read-only
   *
   * @example Read the expiry of a key
   * ```ts
   * await client.set("century", "21st", { pxat: 4133980800500 });
   * await client.pexpiretime("century"); // 4133980800500
   * ```
   *
   * @param key The key, of any type.
   * @returns Unix time in milliseconds; −1 if the key has no expiry, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/pexpiretime/}
   */
  pexpiretime(key: Key): Promise<number> {
    return this.send(["PEXPIRETIME", key], toNumber);
  }

  /**
   * Returns the remaining time to live of a key in milliseconds.
   *
   * Complexity O(1) · since 2.6.0 · read-only
   *
   * @example A key without an expiry
   * ```ts
   * await client.set("a", 1);
   * await client.pttl("a"); // -1
   * ```
   *
   * @param key The key, of any type.
   * @returns The time in milliseconds; −1 if the key has no expiry, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/pttl/}
   */
  pttl(key: Key): Promise<number> {
    return this.send(["PTTL", key], toNumber);
  }

  /**
   * Returns a random key of the database.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example From a database with one key
   * ```ts
   * await client.set("only", 1);
   * await client.randomkey(); // "only"
   * ```
   *
   * @returns The key, or null if the database is empty.
   * @see {@link https://valkey.io/commands/randomkey/}
   */
  randomkey(): Promise<T | null> {
    return this.send<T | null>(["RANDOMKEY"], toBulkOrNull);
  }

  /**
   * Renames a key.
   *
   * A key that already has the new name is replaced. On a cluster both names must be in the same slot.
   *
   * Complexity O(1), and O(N) for N elements of a value that is replaced · since 1.0.0
   *
   * @example Publish a draft
   * ```ts
   * await client.set("{doc}:draft", "text");
   * await client.rename("{doc}:draft", "{doc}"); // "OK"
   * ```
   *
   * @param key The key to rename.
   * @param newkey The new name.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key does not exist.
   * @see {@link https://valkey.io/commands/rename/}
   */
  rename(key: Key, newkey: Key): Promise<"OK"> {
    return this.send(["RENAME", key, newkey], toOk);
  }

  /**
   * Renames a key if no key has the new name.
   *
   * On a cluster both names must be in the same slot.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example A name that is already used
   * ```ts
   * await client.mset({ "{k}a": 1, "{k}b": 2 });
   * await client.renamenx("{k}a", "{k}b"); // false
   * ```
   *
   * @param key The key to rename.
   * @param newkey The new name.
   * @returns True if the key was renamed, false if a key has the new name.
   * @throws {ServerError} If the key does not exist.
   * @see {@link https://valkey.io/commands/renamenx/}
   */
  renamenx(key: Key, newkey: Key): Promise<boolean> {
    return this.send(["RENAMENX", key, newkey], toBoolean);
  }

  /**
   * Creates a key from a serialized value.
   *
   * Complexity O(N·M) for N elements of size M; for sorted sets O(N·M·log(N)) · since 2.6.0
   *
   * @example Restore a value for a minute
   * ```ts
   * await client.set("a", "x");
   * const payload = await client.dump("a");
   * await client.restore("a", 60_000, payload!, { replace: true }); // "OK"
   * ```
   *
   * @param key The key to write.
   * @param ttl Time to live in milliseconds; 0 for no expiry.
   * @param payload The result of {@linkcode KeyCommands.prototype.dump | KeyCommands.dump}.
   * @param options `replace`: replace the key if it exists; `absttl`: read `ttl` as a Unix time; `idletime`, `freq`:
   * values for eviction.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key exists (`BUSYKEY`), or the payload is damaged or too new for this server.
   * @see {@link https://valkey.io/commands/restore/}
   */
  restore(
    key: Key,
    ttl: number,
    payload: Uint8Array,
    options?: RestoreOptions,
  ): Promise<"OK"> {
    const words: Words = ["RESTORE", key, ttl, payload];
    const { replace, absttl, idletime, freq } = optionsOf(words, options, RESTORE_OPTIONS);
    appendFlag(words, "REPLACE", replace);
    appendFlag(words, "ABSTTL", absttl);
    appendOption(words, "IDLETIME", idletime);
    appendOption(words, "FREQ", freq);
    return this.send(words, toOk);
  }

  /**
   * Returns one page of the keys of the database.
   *
   * {@linkcode KeyCommands.prototype.scanIterator | KeyCommands.scanIterator} reads all pages. A key that exists from
   * the first page to the last is returned at least once, possibly several times.
   *
   * Complexity O(1) for a page, O(N) for N keys in all · since 2.8.0 · read-only
   *
   * @example The only page of a small database
   * ```ts
   * await client.set("a", 1);
   * await client.scan("0"); // { cursor: "0", items: ["a"] }
   * ```
   *
   * @param cursor `"0"` for the first page, then the `cursor` of the page before.
   * @param options `match`: only keys that match this pattern; `type`: only keys of this type; `count`: keys per page.
   * @returns The cursor of the next page, and the keys.
   * @see {@link https://valkey.io/commands/scan/}
   */
  scan(cursor: NodeCursor<N>, options?: ScanKeysOptions): Promise<ScanPage<T>> {
    const words: Words = ["SCAN", cursor];
    const given = optionsOf(words, options, SCAN_KEYS_OPTIONS);
    appendScanOptions(words, given);
    appendOption(words, "TYPE", given.type);
    return this.send<ScanPage<T>>(words, toBulksPage);
  }

  /**
   * Iterates over the keys of the database, page by page.
   *
   * The server goes on with other requests between pages, unlike with
   * {@linkcode KeyCommands.prototype.keys | KeyCommands.keys}.
   *
   * A key that exists during the whole iteration is yielded at least once, possibly several times. Each page is one
   * request, and the iteration rejects if a request fails: `client.with({ timeout: 10_000 }).scanIterator()` waits
   * longer for a server that is being restarted. After a restart or failover of the server the iteration starts over,
   * because a cursor is only valid in the process that made it. The loop can end early: the server keeps no state.
   *
   * Complexity O(N) for N keys in all · since 2.8.0 · read-only
   *
   * @example Delete all keys of a user
   * ```ts
   * await client.mset({ "user:1:name": "Ada", "user:1:born": 1815, "user:2:name": "Grace" });
   * for await (const key of client.scanIterator({ match: "user:1:*", count: 1000 })) {
   *   await client.unlink(key);
   * }
   * await client.keys("*"); // ["user:2:name"]
   * ```
   *
   * @param options `match`: only keys that match this pattern; `type`: only keys of this type; `count`: keys per page.
   * @returns An iterator of the keys, in no order.
   * @see {@link https://valkey.io/commands/scan/}
   */
  scanIterator(options?: ScanKeysOptions): AsyncGenerator<T, void, undefined> {
    const own = takenOptions(options);
    return iteratePages((cursor) => this.scan(cursor as NodeCursor<N>, own));
  }

  /**
   * Returns the elements of a list, set or sorted set in order, or stores them.
   *
   * The key itself stays unchanged. On a cluster `by` and `get` only reach keys of the same slot.
   *
   * Complexity O(N + M·log(M)) for N elements, M of them returned · since 1.0.0
   *
   * @example Sort by number, and by the values of other keys
   * ```ts
   * await client.rpush("ids", [3, 1, 2]);
   * await client.sort("ids"); // ["1", "2", "3"]
   * await client.mset({ w_1: 30, w_2: 10, w_3: 20 });
   * await client.sort("ids", { by: "w_*", get: ["#", "w_*"], limit: { offset: 0, count: 1 } }); // ["2", "10"]
   * await client.sort("ids", { desc: true, store: "sorted" }); // 3
   * ```
   *
   * @param key Key of the list, set or sorted set.
   * @param options The order (`asc`, `desc`, `by`, `alpha`), the part (`limit`), what to return (`get`), where to write
   * it (`store`).
   * @returns The elements. With `get` the values at its patterns for each element, with null for each one that does not
   * exist. With `store` the number of elements written.
   * @throws {ServerError} If an element is not a number and `alpha` is not set, or the key holds a value of another
   * type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sort/}
   */
  sort(key: Key, options?: SortOptions & WithoutGet & WithoutStore): Promise<T[]>;
  /** Sorts the elements of a list, set or sorted set, and returns the values of other keys that belong to them. */
  sort(key: Key, options: SortOptions & WithoutStore): Promise<(T | null)[]>;
  /** Sorts the elements of a list, set or sorted set, and stores the result in another key. */
  sort(key: Key, options: SortOptions & WithStore): Promise<number>;
  /** Returns the elements of a list, set or sorted set in order, or stores them. */
  sort(key: Key, options?: SortOptions): Promise<(T | null)[] | number> {
    const words: Words = ["SORT", key];
    const given = optionsOf(words, options, SORT_OPTIONS);
    appendSortOptions(words, given);
    appendOption(words, "STORE", given.store);
    return given.store === undefined
      ? this.send<(T | null)[]>(words, toBulksOrNulls)
      : this.send(words, toNumber);
  }

  /**
   * Returns the elements of a list, set or sorted set in order, on replicas too.
   *
   * Complexity O(N + M·log(M)) for N elements, M of them returned · since 7.0.0 · read-only
   *
   * @example Sort as text, in descending order
   * ```ts
   * await client.sadd("names", ["Ada", "Grace"]);
   * await client.sortRo("names", { alpha: true, desc: true }); // ["Grace", "Ada"]
   * ```
   *
   * @param key Key of the list, set or sorted set.
   * @param options The order (`asc`, `desc`, `by`, `alpha`), the part (`limit`), what to return (`get`).
   * @returns The elements. With `get` the values at its patterns for each element, with null for each one that does not
   * exist.
   * @throws {ServerError} If an element is not a number and `alpha` is not set, or the key holds a value of another
   * type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sort_ro/}
   */
  sortRo(key: Key, options?: SortRoOptions & WithoutGet): Promise<T[]>;
  /** Sorts the elements of a list, set or sorted set, and returns the values of other keys that belong to them. */
  sortRo(key: Key, options: SortRoOptions): Promise<(T | null)[]>;
  /** Returns the elements of a list, set or sorted set in order, on replicas too. */
  sortRo(key: Key, options?: SortRoOptions): Promise<(T | null)[]> {
    const words: Words = ["SORT_RO", key];
    appendSortOptions(words, optionsOf(words, options, SORT_RO_OPTIONS));
    return this.send<(T | null)[]>(words, toBulksOrNulls);
  }

  /**
   * Sets the time of last use of keys to now, so that they are evicted later.
   *
   * Complexity O(N) for N keys · since 3.2.1 · read-only
   *
   * @example Mark a key and a missing one
   * ```ts
   * await client.set("a", 1);
   * await client.touch(["a", "b"]); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns The number of keys that exist.
   * @throws {RangeError} If `keys` is empty.
   * @see {@link https://valkey.io/commands/touch/}
   */
  touch(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["TOUCH"], keys, "keys"), toNumber);
  }

  /**
   * Returns the remaining time to live of a key in seconds.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example A key without an expiry, one with an expiry, and a missing one
   * ```ts
   * await client.set("a", 1);
   * await client.ttl("a"); // -1
   * await client.set("a", 1, { ex: 60 });
   * await client.ttl("a"); // 60
   * await client.ttl("b"); // -2
   * ```
   *
   * @param key The key, of any type.
   * @returns The time in seconds, rounded; −1 if the key has no expiry, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/ttl/}
   */
  ttl(key: Key): Promise<number> {
    return this.send(["TTL", key], toNumber);
  }

  /**
   * Returns the type of a value.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example Type of a list, and of a missing key
   * ```ts
   * await client.rpush("queue", "job");
   * await client.type("queue"); // "list"
   * await client.type("no such key"); // "none"
   * ```
   *
   * @param key The key, of any type.
   * @returns `"string"`, `"list"`, `"set"`, `"zset"`, `"hash"`, `"stream"` or the type of a module; `"none"` if the key
   * does not exist.
   * @see {@link https://valkey.io/commands/type/}
   */
  type(key: Key): Promise<string> {
    return this.send(["TYPE", key], toText);
  }

  /**
   * Deletes keys, and frees their memory in another thread of the server.
   *
   * Use it for large values: {@linkcode KeyCommands.prototype.del | KeyCommands.del} may keep other requests waiting
   * until the memory is freed. On a cluster the keys may be in different slots. Then there is one request per slot, and
   * the keys are not deleted at the same instant.
   *
   * Complexity O(N) for N keys of any size · since 4.0.0
   *
   * @example Delete a large set
   * ```ts
   * await client.sadd("members", ["Ada", "Grace"]);
   * await client.unlink("members"); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns The number of keys deleted; keys that did not exist do not count.
   * @throws {RangeError} If `keys` is empty.
   * @see {@link https://valkey.io/commands/unlink/}
   */
  unlink(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["UNLINK"], keys, "keys"), toNumber);
  }

  /**
   * Waits until a number of replicas have received the writes that this connection sent before.
   *
   * The writes are not safe from a failover: it may promote a replica that has not received them. Other requests of the
   * same connection wait meanwhile. On a cluster the command goes to every primary, and the result is the smallest
   * number.
   *
   * Complexity O(1) · since 3.0.0 · blocking
   *
   * @example Number of replicas that have a write
   * ```ts
   * await client.set("order", "paid");
   * await client.wait(0, 100); // 0
   * ```
   *
   * @param numreplicas Number of replicas to wait for.
   * @param timeout Longest time to wait, in milliseconds. 0 is refused, because it would wait for ever.
   * @returns The number of replicas that have received the writes; it may be lower than `numreplicas` after the
   * timeout.
   * @throws {RangeError} If the timeout is 0.
   * @see {@link https://valkey.io/commands/wait/}
   */
  wait(numreplicas: number, timeout: number): Promise<number> {
    return this.send(["WAIT", numreplicas, timeout], toNumber);
  }

  /**
   * Waits until the writes that this connection sent before are synced to append-only files.
   *
   * Other requests of the same connection wait meanwhile. On a cluster the command goes to every primary, and the
   * result has the smallest numbers.
   *
   * Complexity O(1) · since 7.2.0 · blocking
   *
   * @example A server without an append-only file
   * ```ts
   * await client.set("order", "paid");
   * await client.waitaof(0, 0, 100); // [0, 0]
   * ```
   *
   * @param numlocal 1 to wait for the file of the server itself, otherwise 0.
   * @param numreplicas Number of replicas whose files to wait for.
   * @param timeout Longest time to wait, in milliseconds. 0 is refused, because it would wait for ever.
   * @returns 1 if the server itself has synced the writes, otherwise 0; then the number of replicas that have.
   * @throws {RangeError} If the timeout is 0.
   * @throws {ServerError} If `numlocal` is 1 and the server has no append-only file.
   * @see {@link https://valkey.io/commands/waitaof/}
   */
  waitaof(
    numlocal: 0 | 1,
    numreplicas: number,
    timeout: number,
  ): Promise<[local: number, replicas: number]> {
    return this.send(["WAITAOF", numlocal, numreplicas, timeout], toLocalAndReplicas);
  }
}

function appendSortOptions(words: Words, options: SortRoOptions): void {
  appendOption(words, "BY", options.by);
  if (options.limit !== undefined) {
    words.push("LIMIT", options.limit.offset, options.limit.count);
  }
  if (options.get !== undefined) {
    for (const pattern of listOf(options.get)) words.push("GET", pattern);
  }
  appendFlag(words, "ASC", options.asc);
  appendFlag(words, "DESC", options.desc);
  appendFlag(words, "ALPHA", options.alpha);
}

function toMigrated(reply: Reply): "OK" | "NOKEY" {
  const word = toText(reply);
  return word === "OK" || word === "NOKEY" ? word : unexpected(reply, "OK or NOKEY");
}

function toLocalAndReplicas(reply: Reply): [local: number, replicas: number] {
  const counts = elements(reply);
  if (counts.length !== 2) return unexpected(reply, "two numbers");
  return [toNumber(counts[0]), toNumber(counts[1])];
}
