/**
 * Commands on keys, whatever they hold.
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

/** Options for {@linkcode KeyCommands.copy}. */
export interface CopyOptions {
  /** Number of the database to copy into. @default The same */
  db?: number;
  /** Overwrite the destination if it exists. @default {false} */
  replace?: boolean;
}

/** How {@linkcode KeyCommands.migrate} logs in to the other server. At most one of the options. */
export type MigrateCredentials = AtMostOne<{
  /** Password of the default user. */
  auth: string;
  /** A user and its password. */
  auth2: {
    /** Name of the user. */
    username: string;
    /** Its password. */
    password: string;
  };
}>;

/** Options for {@linkcode KeyCommands.migrate}. */
export type MigrateOptions = MigrateCredentials & {
  /** Keep the keys here, too. @default {false} */
  copy?: boolean;
  /** Overwrite keys that exist there. @default {false} */
  replace?: boolean;
};

/** Options for {@linkcode KeyCommands.restore}. */
export type RestoreOptions =
  & AtMostOne<{
    /** Seconds since the last use, for the server's eviction. */
    idletime: number;
    /** Frequency of use, 0 to 255, for the server's eviction. */
    freq: number;
  }>
  & {
    /** Overwrite the key if it exists. @default {false} */
    replace?: boolean;
    /** Take `ttl` as a Unix time in milliseconds. @default {false} */
    absttl?: boolean;
  };

/** Options for {@linkcode KeyCommands.scan}. */
export interface ScanKeysOptions extends ScanOptions {
  /** Only keys that hold a value of this type, as {@linkcode KeyCommands.type} names it. */
  type?: string;
}

/** Options for {@linkcode KeyCommands.sortRo}, and for {@linkcode KeyCommands.sort}. */
export type SortRoOptions =
  & AtMostOne<{
    /** Smallest first, which is the default. */
    asc: boolean;
    /** Largest first. */
    desc: boolean;
  }>
  & {
    /**
     * Sort by the values of other keys: a pattern whose `*` stands for the element, and after `->` the field of a hash.
     * A pattern without `*` leaves the order as it is.
     */
    by?: Key;
    /** Return only a part of the result. */
    limit?: {
      /** How many elements to skip. */
      offset: number;
      /** How many elements to return at most; a negative number means all. */
      count: number;
    };
    /** Answer values of other keys instead of the elements: patterns as for `by`, `#` being the element itself. */
    get?: OneOrMany<Key>;
    /** Compare as text rather than as numbers. @default {false} */
    alpha?: boolean;
  };

/** Options for {@linkcode KeyCommands.sort}. */
export type SortOptions = SortRoOptions & {
  /** Write the result as a list to this key instead of answering it. */
  store?: Key;
};

/** Ask for the elements themselves. */
export interface WithoutGet {
  /** Answer what is at these patterns instead of the elements, which may be null. */
  get?: undefined;
}

/** Ask for the result. */
export interface WithoutStore {
  /** Store the result at this key. */
  store?: undefined;
}

/** Ask to store the result. */
export interface WithStore {
  /** Store the result at this key, and answer how many elements it has. */
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
 * Commands on keys, whatever they hold: expiry, renaming, deleting, scanning, sorting.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class KeyCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Copies the value of a key, with its time to live, to another key.
   *
   * Complexity O(N) for N elements of a collection, O(1) for strings · since 6.2.0
   *
   * @example Keeping a backup
   * ```ts
   * await client.set("{doc}", "draft");
   * await client.copy("{doc}", "{doc}:backup"); // true
   * ```
   *
   * @param source The key to copy.
   * @param destination The key to write.
   * @param options Into which database, and whether to overwrite.
   * @returns Whether it was copied; false if there is no source, or a destination that may not be overwritten.
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
   * In a cluster the keys may lie in different slots; they are then deleted one slot after another, not at one instant.
   *
   * Complexity O(N) for N keys and all their elements · since 1.0.0
   *
   * @example Deleting two keys, one of them missing
   * ```ts
   * await client.set("a", 1);
   * await client.del(["a", "b"]); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns How many of them existed.
   * @throws {RangeError} If there are none.
   * @see {@link https://valkey.io/commands/del/}
   */
  del(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["DEL"], keys, "keys"), toNumber);
  }

  /**
   * Serializes the value of a key, in the server's own format.
   *
   * The time to live is not in it. {@linkcode KeyCommands.restore} makes a key of it again, on a server of the same
   * version or a later one.
   *
   * Complexity O(N·M) for N elements of size M · since 2.6.0 · read-only
   *
   * @example Moving a value by hand
   * ```ts
   * await client.set("a", "x");
   * const payload = await client.dump("a");
   * await client.restore("b", 0, payload!); // "OK"
   * ```
   *
   * @param key The key.
   * @returns The bytes, on text surfaces too; null if the key does not exist.
   * @see {@link https://valkey.io/commands/dump/}
   */
  dump(key: Key): Promise<Uint8Array | null> {
    return this.send(["DUMP", key], toBytesOrNull, true);
  }

  /**
   * Counts how many of the keys exist.
   *
   * A key that is given twice counts twice.
   *
   * Complexity O(N) for N keys · since 1.0.0 · read-only
   *
   * @example Is it there?
   * ```ts
   * await client.set("a", 1);
   * await client.exists("a"); // 1
   * await client.exists(["a", "b"]); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns How many of them exist.
   * @throws {RangeError} If there are none.
   * @see {@link https://valkey.io/commands/exists/}
   */
  exists(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["EXISTS"], keys, "keys"), toNumber);
  }

  /**
   * Sets after how many seconds a key expires.
   *
   * A time that is not positive deletes the key at once.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example Forgetting a session after an hour
   * ```ts
   * await client.set("session", "Ada");
   * await client.expire("session", 3600); // true
   * await client.expire("session", 60, { gt: true }); // false
   * ```
   *
   * @param key The key.
   * @param seconds Its time to live in seconds.
   * @param condition On what condition to change it (since 7.0.0).
   * @returns Whether it was changed; false also if the key does not exist.
   * @see {@link https://valkey.io/commands/expire/}
   */
  expire(key: Key, seconds: number, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["EXPIRE", key, seconds];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Sets at which Unix time in seconds a key expires.
   *
   * A time in the past deletes the key at once.
   *
   * Complexity O(1) · since 1.2.0
   *
   * @example Until the end of the century
   * ```ts
   * await client.set("century", "21st");
   * await client.expireat("century", Date.UTC(2101, 0, 1) / 1000); // true
   * ```
   *
   * @param key The key.
   * @param time The Unix time in seconds; a `Date` is rounded up to a whole second.
   * @param condition On what condition to change it (since 7.0.0).
   * @returns Whether it was changed; false also if the key does not exist.
   * @see {@link https://valkey.io/commands/expireat/}
   */
  expireat(key: Key, time: number | Date, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["EXPIREAT", key, inSeconds(time)];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Tells at which Unix time in seconds a key expires.
   *
   * Complexity O(1) · since 7.0.0 · read-only
   *
   * @example Reading an expiry back
   * ```ts
   * await client.set("century", "21st", { exat: 4133980800 });
   * await client.expiretime("century"); // 4133980800
   * ```
   *
   * @param key The key.
   * @returns The Unix time in seconds; −1 if the key never expires, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/expiretime/}
   */
  expiretime(key: Key): Promise<number> {
    return this.send(["EXPIRETIME", key], toNumber);
  }

  /**
   * Lists all keys that match a pattern.
   *
   * The server does nothing else meanwhile, so on a large database {@linkcode KeyCommands.scanIterator} is the better
   * way.
   *
   * Complexity O(N) for N keys in the database · since 1.0.0 · read-only
   *
   * @example The keys of one user
   * ```ts
   * await client.mset({ "{u}1": "Ada", "{u}2": "Grace" });
   * (await client.keys("{u}*")).sort(); // ["{u}1", "{u}2"]
   * ```
   *
   * @param pattern A glob pattern; `*` is all keys.
   * @returns The keys, in no order.
   * @see {@link https://valkey.io/commands/keys/}
   */
  keys(pattern: Key): Promise<PerRoutedNode<T[], N>> {
    return this.send(["KEYS", pattern], perRoutedNode<T[], N>(toBulks));
  }

  /**
   * Moves keys to another server.
   *
   * The server does it by itself, and does nothing else meanwhile. A request timeout shorter than `timeout` gives up
   * waiting while the server goes on.
   *
   * Complexity O(N·M) for N elements of size M · since 2.6.0
   *
   * @example A key that does not exist
   * ```ts
   * await client.migrate("127.0.0.1", 6380, "no such key", 0, 1000); // "NOKEY"
   * ```
   *
   * @param host Host of the other server, as this server sees it.
   * @param port Port of the other server.
   * @param keys One key, or several in an array or other iterable.
   * @param db Number of the database there.
   * @param timeout How long the other server may stay silent, in milliseconds.
   * @param options Whether to copy or overwrite, and how to log in.
   * @returns `"OK"`, or `"NOKEY"` if none of the keys exists.
   * @throws {RangeError} If `keys` is empty.
   * @throws {ServerError} If the other server cannot be reached or refuses (`IOERR`, `BUSYKEY`, …); keys that were not
   * moved are still here.
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
   * @example From database 0 to database 1
   * ```ts
   * await client.set("a", 1);
   * await client.move("a", 1); // true
   * await client.move("a", 1); // false
   * ```
   *
   * @param key The key.
   * @param db Number of the other database.
   * @returns Whether it was moved; false if the key does not exist in this database, or exists in the other one.
   * @throws {ServerError} If there is no such database.
   * @see {@link https://valkey.io/commands/move/}
   */
  move(key: Key, db: number): Promise<boolean> {
    return this.send(["MOVE", key, db], toBoolean);
  }

  /**
   * Tells how the server stores the value of a key.
   *
   * Complexity O(1) · since 2.2.3 · read-only
   *
   * @example A small integer
   * ```ts
   * await client.set("n", 7);
   * await client.objectEncoding("n"); // "int"
   * ```
   *
   * @param key The key.
   * @returns The server's word for it (`"int"`, `"listpack"`, …), or null if the key does not exist.
   * @see {@link https://valkey.io/commands/object-encoding/}
   */
  objectEncoding(key: Key): Promise<string | null> {
    return this.send(["OBJECT", "ENCODING", key], toTextOrNull);
  }

  /**
   * Tells how frequently a key is used, by the logarithmic counter of the server's LFU eviction.
   *
   * Complexity O(1) · since 4.0.0 · read-only
   *
   * @example On a server that evicts the least frequently used
   * ```ts
   * await client.customCommand(["CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"]);
   * await client.set("a", "text");
   * await client.objectFreq("a"); // 5
   * ```
   *
   * @param key The key.
   * @returns The counter, or null if the key does not exist.
   * @throws {ServerError} If `maxmemory-policy` is not an LFU policy.
   * @see {@link https://valkey.io/commands/object-freq/}
   */
  objectFreq(key: Key): Promise<number | null> {
    return this.send(["OBJECT", "FREQ", key], toNumberOrNull);
  }

  /**
   * Tells for how many seconds a key has not been used.
   *
   * Complexity O(1) · since 2.2.3 · read-only
   *
   * @example Whether a key has been used in the last minute
   * ```ts
   * await client.set("a", 1);
   * (await client.objectIdletime("a"))! < 60; // true
   * ```
   *
   * @param key The key.
   * @returns The seconds, or null if the key does not exist.
   * @throws {ServerError} If `maxmemory-policy` is an LFU policy.
   * @see {@link https://valkey.io/commands/object-idletime/}
   */
  objectIdletime(key: Key): Promise<number | null> {
    return this.send(["OBJECT", "IDLETIME", key], toNumberOrNull);
  }

  /**
   * Tells how many references the server holds to the value of a key.
   *
   * Complexity O(1) · since 2.2.3 · read-only
   *
   * @example A value of its own
   * ```ts
   * await client.set("a", "text");
   * await client.objectRefcount("a"); // 1
   * ```
   *
   * @param key The key.
   * @returns The number of references, or null if the key does not exist.
   * @see {@link https://valkey.io/commands/object-refcount/}
   */
  objectRefcount(key: Key): Promise<number | null> {
    return this.send(["OBJECT", "REFCOUNT", key], toNumberOrNull);
  }

  /**
   * Makes a key never expire.
   *
   * Complexity O(1) · since 2.2.0
   *
   * @example Keeping what was temporary
   * ```ts
   * await client.set("draft", "text", { ex: 60 });
   * await client.persist("draft"); // true
   * ```
   *
   * @param key The key.
   * @returns Whether it had an expiry; false also if the key does not exist.
   * @see {@link https://valkey.io/commands/persist/}
   */
  persist(key: Key): Promise<boolean> {
    return this.send(["PERSIST", key], toBoolean);
  }

  /**
   * Sets after how many milliseconds a key expires.
   *
   * A time that is not positive deletes the key at once.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example A minute and a half
   * ```ts
   * await client.set("session", "Ada");
   * await client.pexpire("session", 90_000); // true
   * ```
   *
   * @param key The key.
   * @param milliseconds Its time to live in milliseconds.
   * @param condition On what condition to change it (since 7.0.0).
   * @returns Whether it was changed; false also if the key does not exist.
   * @see {@link https://valkey.io/commands/pexpire/}
   */
  pexpire(key: Key, milliseconds: number, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["PEXPIRE", key, milliseconds];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Sets at which Unix time in milliseconds a key expires.
   *
   * A time in the past deletes the key at once.
   *
   * Complexity O(1) · since 2.6.0
   *
   * @example Until a date
   * ```ts
   * await client.set("century", "21st");
   * await client.pexpireat("century", Date.UTC(2101, 0, 1)); // true
   * ```
   *
   * @param key The key.
   * @param time The Unix time in milliseconds, or a `Date`.
   * @param condition On what condition to change it (since 7.0.0).
   * @returns Whether it was changed; false also if the key does not exist.
   * @see {@link https://valkey.io/commands/pexpireat/}
   */
  pexpireat(key: Key, time: number | Date, condition?: ExpireCondition): Promise<boolean> {
    const words: Words = ["PEXPIREAT", key, inMilliseconds(time)];
    appendExpireCondition(words, condition);
    return this.send(words, toBoolean);
  }

  /**
   * Tells at which Unix time in milliseconds a key expires.
   *
   * Complexity O(1) · since 7.0.0 · read-only
   *
   * @example Reading an expiry back
   * ```ts
   * await client.set("century", "21st", { pxat: 4133980800500 });
   * await client.pexpiretime("century"); // 4133980800500
   * ```
   *
   * @param key The key.
   * @returns The Unix time in milliseconds; −1 if the key never expires, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/pexpiretime/}
   */
  pexpiretime(key: Key): Promise<number> {
    return this.send(["PEXPIRETIME", key], toNumber);
  }

  /**
   * Tells how many milliseconds a key still has to live.
   *
   * Complexity O(1) · since 2.6.0 · read-only
   *
   * @example A key that never expires
   * ```ts
   * await client.set("a", 1);
   * await client.pttl("a"); // -1
   * ```
   *
   * @param key The key.
   * @returns The time in milliseconds; −1 if the key never expires, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/pttl/}
   */
  pttl(key: Key): Promise<number> {
    return this.send(["PTTL", key], toNumber);
  }

  /**
   * Picks a key at random.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example From a database with one key
   * ```ts
   * await client.set("only", 1);
   * await client.randomkey(); // "only"
   * ```
   *
   * @returns The key, or null if there are none.
   * @see {@link https://valkey.io/commands/randomkey/}
   */
  randomkey(): Promise<T | null> {
    return this.send<T | null>(["RANDOMKEY"], toBulkOrNull);
  }

  /**
   * Renames a key.
   *
   * A key that has the new name already is overwritten. In a cluster both names must lie in one slot.
   *
   * Complexity O(1), and O(N) for N elements of what is overwritten · since 1.0.0
   *
   * @example Publishing a draft
   * ```ts
   * await client.set("{doc}:draft", "text");
   * await client.rename("{doc}:draft", "{doc}"); // "OK"
   * ```
   *
   * @param key The key.
   * @param newkey Its new name.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key does not exist.
   * @see {@link https://valkey.io/commands/rename/}
   */
  rename(key: Key, newkey: Key): Promise<"OK"> {
    return this.send(["RENAME", key, newkey], toOk);
  }

  /**
   * Renames a key, if no key has the new name.
   *
   * In a cluster both names must lie in one slot.
   *
   * Complexity O(1) · since 1.0.0
   *
   * @example A name that is taken
   * ```ts
   * await client.mset({ "{k}a": 1, "{k}b": 2 });
   * await client.renamenx("{k}a", "{k}b"); // false
   * ```
   *
   * @param key The key.
   * @param newkey Its new name.
   * @returns Whether it was renamed.
   * @throws {ServerError} If the key does not exist.
   * @see {@link https://valkey.io/commands/renamenx/}
   */
  renamenx(key: Key, newkey: Key): Promise<boolean> {
    return this.send(["RENAMENX", key, newkey], toBoolean);
  }

  /**
   * Makes a key of a serialized value.
   *
   * Complexity O(N·M) for N elements of size M; for sorted sets O(N·M·log(N)) · since 2.6.0
   *
   * @example Restoring a value for a minute
   * ```ts
   * await client.set("a", "x");
   * const payload = await client.dump("a");
   * await client.restore("a", 60_000, payload!, { replace: true }); // "OK"
   * ```
   *
   * @param key The key.
   * @param ttl Its time to live in milliseconds, 0 for ever.
   * @param payload What {@linkcode KeyCommands.dump} answered.
   * @param options Whether to overwrite, and how the key looks to the server's eviction.
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
   * Reads one page of the keys of the database.
   *
   * A key that is there from the first page to the last is in one of them at least, perhaps in several.
   * {@linkcode KeyCommands.scanIterator} reads all pages.
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
   * @param options Which keys, and how many for a page.
   * @returns The page.
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
   * A key that exists during the whole iteration is yielded at least once, perhaps several times. When another server
   * process answers (after a restart, a failover), the iteration starts over, since a cursor is valid only in the
   * process that made it. Each page is a request of its own: if one fails, the iteration rejects. `client.with({
   * timeout: 10_000 }).scanIterator()` waits for a server that is away for a while. The loop can be left at any time.
   *
   * Complexity O(N) for N keys in all · since 2.8.0 · read-only
   *
   * @example Deleting what belongs to a user
   * ```ts
   * await client.mset({ "user:1:name": "Ada", "user:1:born": 1815 });
   * for await (const key of client.scanIterator({ match: "user:1:*" })) {
   *   await client.unlink(key);
   * }
   * ```
   *
   * @param options Which keys, and how many for a page.
   * @returns The keys, in no order.
   * @see {@link https://valkey.io/commands/scan/}
   */
  scanIterator(options?: ScanKeysOptions): AsyncGenerator<T, void, undefined> {
    const own = takenOptions(options);
    return iteratePages((cursor) => this.scan(cursor as NodeCursor<N>, own));
  }

  /**
   * Sorts the elements of a list, set or sorted set.
   *
   * The key stays as it is; with `store` the result is written to another one. In a cluster `by` and `get` are limited
   * to keys of the same slot.
   *
   * Complexity O(N + M·log(M)) for N elements, M of them answered · since 1.0.0
   *
   * @example By number, and by the values of other keys
   * ```ts
   * await client.rpush("ids", [3, 1, 2]);
   * await client.sort("ids"); // ["1", "2", "3"]
   * await client.mset({ w_1: 30, w_2: 10, w_3: 20 });
   * await client.sort("ids", { by: "w_*", get: ["#", "w_*"], limit: { offset: 0, count: 1 } }); // ["2", "10"]
   * await client.sort("ids", { desc: true, store: "sorted" }); // 3
   * ```
   *
   * @param key The key.
   * @param options Order, part, and what to answer.
   * @returns The elements; with `get` the values it names for each element, null for each missing one; with `store` how
   * many were written.
   * @throws {ServerError} If an element is no number (without `alpha`), or the key holds no collection (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sort/}
   */
  sort(key: Key, options?: SortOptions & WithoutGet & WithoutStore): Promise<T[]>;
  /** Sorts the elements of a list, set or sorted set, and answers values that belong to them. */
  sort(key: Key, options: SortOptions & WithoutStore): Promise<(T | null)[]>;
  /** Sorts the elements of a list, set or sorted set into another key. */
  sort(key: Key, options: SortOptions & WithStore): Promise<number>;
  /** Sorts the elements of a list, set or sorted set. */
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
   * Sorts the elements of a list, set or sorted set, on a replica too.
   *
   * Complexity O(N + M·log(M)) for N elements, M of them answered · since 7.0.0 · read-only
   *
   * @example As text, largest first
   * ```ts
   * await client.sadd("names", ["Ada", "Grace"]);
   * await client.sortRo("names", { alpha: true, desc: true }); // ["Grace", "Ada"]
   * ```
   *
   * @param key The key.
   * @param options Order, part, and what to answer.
   * @returns The elements; with `get` the values it names for each element, null for each missing one.
   * @throws {ServerError} If an element is no number (without `alpha`), or the key holds no collection (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/sort_ro/}
   */
  sortRo(key: Key, options?: SortRoOptions & WithoutGet): Promise<T[]>;
  /** Sorts the elements of a list, set or sorted set, and answers values that belong to them. */
  sortRo(key: Key, options: SortRoOptions): Promise<(T | null)[]>;
  /** Sorts the elements of a list, set or sorted set, on a replica too. */
  sortRo(key: Key, options?: SortRoOptions): Promise<(T | null)[]> {
    const words: Words = ["SORT_RO", key];
    appendSortOptions(words, optionsOf(words, options, SORT_RO_OPTIONS));
    return this.send<(T | null)[]>(words, toBulksOrNulls);
  }

  /**
   * Marks keys as used right now, for the server's eviction.
   *
   * Complexity O(N) for N keys · since 3.2.1 · read-only
   *
   * @example Keeping two keys from being evicted
   * ```ts
   * await client.set("a", 1);
   * await client.touch(["a", "b"]); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns How many of them exist.
   * @throws {RangeError} If there are none.
   * @see {@link https://valkey.io/commands/touch/}
   */
  touch(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["TOUCH"], keys, "keys"), toNumber);
  }

  /**
   * Tells how many seconds a key still has to live.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example The three kinds of answers
   * ```ts
   * await client.set("a", 1);
   * await client.ttl("a"); // -1
   * await client.set("a", 1, { ex: 60 });
   * await client.ttl("a"); // 60
   * await client.ttl("b"); // -2
   * ```
   *
   * @param key The key.
   * @returns The time in seconds, rounded; −1 if the key never expires, −2 if the key does not exist.
   * @see {@link https://valkey.io/commands/ttl/}
   */
  ttl(key: Key): Promise<number> {
    return this.send(["TTL", key], toNumber);
  }

  /**
   * Tells what kind of value a key holds.
   *
   * Complexity O(1) · since 1.0.0 · read-only
   *
   * @example A list and nothing
   * ```ts
   * await client.rpush("queue", "job");
   * await client.type("queue"); // "list"
   * await client.type("no such key"); // "none"
   * ```
   *
   * @param key The key.
   * @returns `"string"`, `"list"`, `"set"`, `"zset"`, `"hash"`, `"stream"` or the name of a module's type; `"none"` if
   * the key does not exist.
   * @see {@link https://valkey.io/commands/type/}
   */
  type(key: Key): Promise<string> {
    return this.send(["TYPE", key], toText);
  }

  /**
   * Deletes keys, and leaves the freeing of their memory to another thread of the server.
   *
   * In a cluster the keys may lie in different slots; they are then deleted one slot after another, not at one instant.
   *
   * Complexity O(N) for N keys, whatever they hold · since 4.0.0
   *
   * @example Deleting something large
   * ```ts
   * await client.sadd("members", ["Ada", "Grace"]);
   * await client.unlink("members"); // 1
   * ```
   *
   * @param keys One key, or several in an array or other iterable.
   * @returns How many of them existed.
   * @throws {RangeError} If there are none.
   * @see {@link https://valkey.io/commands/unlink/}
   */
  unlink(keys: OneOrMany<Key>): Promise<number> {
    return this.send(append(["UNLINK"], keys, "keys"), toNumber);
  }

  /**
   * Waits until replicas have received the writes that this connection has sent before.
   *
   * Other requests on the connection wait meanwhile. In a cluster every primary is asked, and the smallest number
   * counts.
   *
   * Complexity O(1) · since 3.0.0 · blocking
   *
   * @example How many replicas have it?
   * ```ts
   * await client.set("order", "paid");
   * await client.wait(0, 100); // 0
   * ```
   *
   * @param numreplicas Number of replicas to wait for.
   * @param timeout How long to wait at most, in milliseconds; not 0, which would be for ever.
   * @returns How many replicas have received them, also if these are fewer.
   * @throws {RangeError} If the timeout is 0.
   * @see {@link https://valkey.io/commands/wait/}
   */
  wait(numreplicas: number, timeout: number): Promise<number> {
    return this.send(["WAIT", numreplicas, timeout], toNumber);
  }

  /**
   * Waits until the writes that this connection has sent before are in the append-only files.
   *
   * Other requests on the connection wait meanwhile. In a cluster every primary is asked, and the smallest numbers
   * count.
   *
   * Complexity O(1) · since 7.2.0 · blocking
   *
   * @example Without an append-only file
   * ```ts
   * await client.set("order", "paid");
   * await client.waitaof(0, 0, 100); // [0, 0]
   * ```
   *
   * @param numlocal 1 to wait for the server itself, else 0.
   * @param numreplicas Number of replicas to wait for.
   * @param timeout How long to wait at most, in milliseconds; not 0, which would be for ever.
   * @returns Whether the server itself has them in its file (1 or 0), and how many replicas have.
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
