/**
 * The stream commands, `XACK` to `XTRIM`.
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
  appendEach,
  appendEntries,
  appendFlag,
  appendOption,
  type AtMostOne,
  type Entries,
  type Key,
  type OneOrMany,
} from "./_args.ts";
import {
  elements,
  toBoolean,
  toListOf,
  toNumber,
  toNumbers,
  toOk,
  toText,
  toTextOrNull,
  unexpected,
} from "./_decode.ts";
import { inMilliseconds } from "./_expiry.ts";
import { appendNeeded, optionsOf, refuse } from "./_options.ts";
import {
  appendReferencePolicy,
  appendTrim,
  type DeliveredEntry,
  type EntryId,
  REFERENCE_POLICY,
  type ReferencePolicy,
  STREAM_TRIM,
  type StreamEntry,
  type StreamPositions,
  type StreamRead,
  type StreamTrim,
  toDeliveriesOrNull,
  toStreamEntries,
  toStreamReadsOrNull,
} from "./_stream_entries.ts";
import {
  type PendingEntry,
  type PendingSummary,
  type StreamConsumerInfo,
  type StreamDetails,
  type StreamGroupInfo,
  type StreamInfo,
  toPendingEntries,
  toPendingSummary,
  toStreamConsumers,
  toStreamDetails,
  toStreamGroups,
  toStreamInfo,
} from "./_stream_info.ts";

/**
 * How {@linkcode StreamCommands.prototype.xadd | StreamCommands.xadd} recognises an entry that was already added, so
 * that a retry does not add it twice (Redis 8.6).
 *
 * At most one of the options. The id of the entry must be `"*"`.
 *
 * - `idmpauto`: the name of the producer. An entry with the same fields and values counts as the same entry.
 * - `idmp`: the name of the producer, and an id that it chose for the entry.
 */
export type StreamIdempotence = AtMostOne<{
  /** Name of the producer. An entry with the same fields and values from this producer counts as the same entry. */
  idmpauto: Key;
  /** An id that the producer chose for the entry. */
  idmp: {
    /** Name of the producer, unique among all producers of the stream. */
    producer: Key;
    /** Id of the entry, unique among the entries of this producer. */
    id: Key;
  };
}>;

/**
 * Options for {@linkcode StreamCommands.prototype.xadd | StreamCommands.xadd}: {@linkcode StreamTrim},
 * {@linkcode ReferencePolicy}, {@linkcode StreamIdempotence}, and `nomkstream`, with which nothing is added if the
 * stream does not exist.
 */
export type XaddOptions =
  & (StreamTrim | {
    /** Trims the stream: see {@linkcode StreamTrim}. */
    maxlen?: undefined;
    /** Trims the stream: see {@linkcode StreamTrim}. */
    minid?: undefined;
    /** Only together with `maxlen` or `minid`. */
    approximate?: false;
    /** Only together with `approximate`. */
    limit?: undefined;
  })
  & ReferencePolicy
  & StreamIdempotence
  & {
    /**
     * Add nothing and return null if the stream does not exist.
     *
     * @default {false}
     */
    nomkstream?: boolean;
  };

/**
 * Options for {@linkcode StreamCommands.prototype.xtrim | StreamCommands.xtrim}: {@linkcode StreamTrim} and
 * {@linkcode ReferencePolicy}.
 */
export type XtrimOptions = StreamTrim & ReferencePolicy;

/**
 * Options for {@linkcode StreamCommands.prototype.xrange | StreamCommands.xrange} and
 * {@linkcode StreamCommands.prototype.xrevrange | StreamCommands.xrevrange}.
 */
export interface XrangeOptions {
  /** Largest number of entries to return; all in the range by default. */
  count?: number;
}

/** Options for {@linkcode StreamCommands.prototype.xread | StreamCommands.xread}. */
export interface XreadOptions {
  /** Largest number of entries to return from each stream; all new ones by default. */
  count?: number;
  /** Largest number of entries to return from all streams together; no limit by default (Redis 8.10). */
  maxcount?: number;
  /** About how many bytes to return at most from all streams together; no limit by default (Redis 8.10). */
  maxsize?: number;
  /** Longest time to wait for an entry, in milliseconds; 0 waits for ever. Without it the command returns at once. */
  block?: number;
}

/** Options for {@linkcode StreamCommands.prototype.xreadgroup | StreamCommands.xreadgroup}. */
export interface XreadgroupOptions extends XreadOptions {
  /**
   * First claim entries that have been pending for any consumer for at least this many milliseconds, then read new ones
   * (Redis 8.4).
   */
  claim?: number;
  /**
   * Acknowledge entries as they are delivered: an entry is lost if its consumer fails.
   *
   * @default {false}
   */
  noack?: boolean;
}

/**
 * Options for {@linkcode StreamCommands.prototype.xclaim | StreamCommands.xclaim}.
 *
 * - `idle` or `time`: set the idle time, or the time of the last delivery, in milliseconds.
 * - `retrycount`: set the delivery count.
 * - `force`: also claim entries that are not pending.
 * - `lastid`: raise the last delivered id of the group.
 */
export type XclaimOptions =
  & AtMostOne<{
    /**
     * Set the idle time of the entries to this many milliseconds.
     *
     * @default {0}
     */
    idle: number;
    /** Set the time of the last delivery of the entries, in Unix milliseconds; the current time by default. */
    time: number | Date;
  }>
  & {
    /** Set the delivery count of the entries; one more than before by default. */
    retrycount?: number;
    /**
     * Also claim ids that are not pending, if the stream has such entries.
     *
     * @default {false}
     */
    force?: boolean;
    /** Raise the last delivered id of the group to this id, if it is lower. */
    lastid?: EntryId;
  };

/** Options for {@linkcode StreamCommands.prototype.xautoclaim | StreamCommands.xautoclaim}. */
export interface XautoclaimOptions {
  /**
   * Largest number of entries to claim.
   *
   * @default {100}
   */
  count?: number;
}

/** Option to return whole entries. */
export interface WithEntries {
  /**
   * Return ids instead of entries, and do not raise the delivery count.
   *
   * @default {false}
   */
  justid?: false;
}

/** Option to return ids instead of entries. The delivery count of the entries stays the same. */
export interface JustIds {
  /** Return ids instead of entries, and do not raise the delivery count. */
  justid: true;
}

/** Option to return ids or whole entries, decided at run time. */
export interface MaybeJustIds {
  /**
   * Return ids instead of entries, and do not raise the delivery count.
   *
   * @default {false}
   */
  justid?: boolean;
}

/** Result of {@linkcode StreamCommands.prototype.xautoclaim | StreamCommands.xautoclaim} with `justid`. */
export interface ClaimedIds {
  /** Pass it as `start` of the next call. `"0-0"` means that all pending entries were checked. */
  cursor: string;
  /** Ids of the claimed entries. */
  ids: string[];
  /** Ids of pending entries that were deleted from the stream. They are no longer pending (Redis 7.0). */
  deleted: string[];
}

/**
 * Result of {@linkcode StreamCommands.prototype.xautoclaim | StreamCommands.xautoclaim}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ClaimedEntries<T extends string | Uint8Array = string> {
  /** Pass it as `start` of the next call. `"0-0"` means that all pending entries were checked. */
  cursor: string;
  /** The claimed entries. */
  entries: StreamEntry<T>[];
  /** Ids of pending entries that were deleted from the stream. They are no longer pending (Redis 7.0). */
  deleted: string[];
}

/**
 * Options for {@linkcode StreamCommands.prototype.xcfgset | StreamCommands.xcfgset}, at least one of them.
 *
 * - `idmpDuration`: how long to remember idempotent ids, in seconds from 1 to 86 400.
 * - `idmpMaxsize`: how many idempotent ids to remember for each producer, from 1 to 10 000.
 */
export type XcfgsetOptions =
  | {
    /** How long to remember idempotent ids, in seconds from 1 to 86 400. */
    idmpDuration: number;
    /** How many idempotent ids to remember for each producer, from 1 to 10 000. */
    idmpMaxsize?: number;
  }
  | {
    /** How long to remember idempotent ids, in seconds from 1 to 86 400. */
    idmpDuration?: undefined;
    /** How many idempotent ids to remember for each producer, from 1 to 10 000. */
    idmpMaxsize: number;
  };

/** Options for {@linkcode StreamCommands.prototype.xgroupCreate | StreamCommands.xgroupCreate}. */
export interface XgroupCreateOptions {
  /**
   * Create an empty stream if the key does not exist.
   *
   * @default {false}
   */
  mkstream?: boolean;
  /**
   * Number of entries that the group has read, from which the server calculates its lag (Redis 7.0).
   *
   * Unknown by default, unless the server can tell it from the id.
   */
  entriesread?: number;
}

/** Options for {@linkcode StreamCommands.prototype.xgroupSetid | StreamCommands.xgroupSetid}. */
export interface XgroupSetidOptions {
  /**
   * Number of entries that the group has read, from which the server calculates its lag (Redis 7.0).
   *
   * Unknown by default, unless the server can tell it from the id.
   */
  entriesread?: number;
}

/** Options for {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream} that return a summary. */
export interface XinfoStreamSummaryOptions {
  /**
   * Return entries, groups, consumers and pending entries.
   *
   * @default {false}
   */
  full?: false;
  /** Only together with `full`. */
  count?: undefined;
}

/**
 * Options for {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream} where `full` is a boolean
 * known only at run time.
 */
export interface XinfoStreamOptions {
  /**
   * Return entries, groups, consumers and pending entries.
   *
   * @default {false}
   */
  full?: boolean;
  /** Only together with `full`. */
  count?: undefined;
}

/**
 * Options for {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream} that return all details.
 */
export interface XinfoStreamFullOptions {
  /** Return entries, groups, consumers and pending entries. */
  full: true;
  /**
   * Largest number of entries, and of pending entries of each group and consumer, to return; 0 returns all.
   *
   * @default {10}
   */
  count?: number;
}

/**
 * Why a consumer gives entries back to its group.
 *
 * - `"silent"`: it had no chance to process them, as on shutdown. This delivery does not count.
 * - `"fail"`: processing failed, and another consumer may try. This delivery counts.
 * - `"fatal"`: nobody can process them. The delivery count is set to the highest number.
 */
export type XnackMode = AnyCase<"silent" | "fail" | "fatal">;

/** Options for {@linkcode StreamCommands.prototype.xnack | StreamCommands.xnack}. */
export interface XnackOptions {
  /** Set the delivery count of the entries to this number, whatever the mode is. */
  retrycount?: number;
  /**
   * Also make entries pending that are not, if they exist.
   *
   * @default {false}
   */
  force?: boolean;
}

/** Which pending entries {@linkcode StreamCommands.prototype.xpending | StreamCommands.xpending} returns. */
export interface XpendingRange {
  /** Lowest id; `"-"` for no limit. */
  start: EntryId;
  /** Highest id; `"+"` for no limit. */
  end: EntryId;
  /** Largest number of entries to return. */
  count: number;
  /**
   * Only entries that have been pending for at least this many milliseconds.
   *
   * @default {0}
   */
  idle?: number;
  /** Only entries that are pending for this consumer; for all consumers by default. */
  consumer?: Key;
}

/** Options for {@linkcode StreamCommands.prototype.xsetid | StreamCommands.xsetid}. */
export interface XsetidOptions {
  /** Number of entries that were ever added to the stream. */
  entriesadded?: number;
  /** Highest id of a deleted entry. */
  maxdeletedid?: EntryId;
}

const XADD_OPTIONS: OptionShape<XaddOptions> = {
  ...STREAM_TRIM,
  ...REFERENCE_POLICY,
  idmpauto: "word",
  idmp: { producer: "word", id: "word" },
  nomkstream: "flag",
};

const XAUTOCLAIM_OPTIONS: OptionShape<XautoclaimOptions & MaybeJustIds> = {
  count: "word",
  justid: "flag",
};

const XCFGSET_OPTIONS: OptionShape<XcfgsetOptions> = { idmpDuration: "word", idmpMaxsize: "word" };

const XCLAIM_OPTIONS: OptionShape<XclaimOptions & MaybeJustIds> = {
  idle: "word",
  time: "time",
  retrycount: "word",
  force: "flag",
  lastid: "word",
  justid: "flag",
};

const XGROUP_CREATE_OPTIONS: OptionShape<XgroupCreateOptions> = {
  mkstream: "flag",
  entriesread: "word",
};

const XGROUP_SETID_OPTIONS: OptionShape<XgroupSetidOptions> = { entriesread: "word" };

const XINFO_STREAM_OPTIONS: OptionShape<{ full?: boolean; count?: number }> = {
  full: "flag",
  count: "word",
};

const XNACK_OPTIONS: OptionShape<XnackOptions> = { retrycount: "word", force: "flag" };

const XPENDING_RANGE: OptionShape<XpendingRange> = {
  start: "word",
  end: "word",
  count: "word",
  idle: "word",
  consumer: "word",
};

const XRANGE_OPTIONS: OptionShape<XrangeOptions> = { count: "word" };

const XREAD_OPTIONS: OptionShape<XreadOptions> = {
  count: "word",
  maxcount: "word",
  maxsize: "word",
  block: "word",
};

const XREADGROUP_OPTIONS: OptionShape<XreadgroupOptions> = {
  ...XREAD_OPTIONS,
  claim: "word",
  noack: "flag",
};

const XSETID_OPTIONS: OptionShape<XsetidOptions> = { entriesadded: "word", maxdeletedid: "word" };

const XTRIM_OPTIONS: OptionShape<XtrimOptions> = { ...STREAM_TRIM, ...REFERENCE_POLICY };

/**
 * The stream commands. A stream is an append-only log of entries. Each entry has an id, greater than all ids before,
 * and fields with values. The consumers of a consumer group share the entries of a stream among them.
 *
 * Methods return entries as `{ id, fields }`. Ids are strings, on a `bytes` view too.
 * {@linkcode StreamCommands.prototype.xread | StreamCommands.xread} and
 * {@linkcode StreamCommands.prototype.xreadgroup | StreamCommands.xreadgroup} wait for entries if `block` is set. Other
 * requests of the same client go on meanwhile. In a transaction they return at once.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class StreamCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Acknowledges entries as processed: removes them from the pending entries of a group.
   *
   * Complexity O(N) for N ids · since 5.0.0
   *
   * @example Read an entry, process it, acknowledge it
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * await client.xack("orders", "mailers", "1-0"); // 1
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param ids One id, or several in an array or other iterable.
   * @returns The number of entries acknowledged. Ids that were not pending do not count; 0 if the stream or group does
   * not exist.
   * @throws {RangeError} If `ids` is empty.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xack/}
   */
  xack(key: Key, group: Key, ids: OneOrMany<EntryId>): Promise<number> {
    return this.send(append(["XACK", key, group], ids, "ids"), toNumber);
  }

  /**
   * Acknowledges entries in a group and deletes them from the stream.
   *
   * Complexity O(N) for N ids · since Redis 8.2
   *
   * @example Delete an entry once all groups have acknowledged it
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * await client.xackdel("orders", "mailers", ["1-0", "2-0"], { acked: true }); // [1, -1]
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param ids One id, or several in an array or other iterable.
   * @param policy What to do if other groups still refer to an entry; by default it is deleted and their references
   * stay.
   * @returns One number per id: 1 if the entry was acknowledged and deleted; 2 if it was acknowledged but not deleted,
   * because other groups refer to it; −1 if it was not pending.
   * @throws {RangeError} If `ids` is empty.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://redis.io/docs/latest/commands/xackdel/}
   */
  xackdel(
    key: Key,
    group: Key,
    ids: OneOrMany<EntryId>,
    policy?: ReferencePolicy,
  ): Promise<number[]> {
    return this.send(appendIds(["XACKDEL", key, group], ids, policy), toNumbers);
  }

  /**
   * Appends an entry to a stream, and creates the stream if it does not exist.
   *
   * With `maxlen` or `minid` it trims the stream in the same step.
   *
   * Complexity O(1), O(N) for N entries trimmed · since 5.0.0
   *
   * @example Add an order, and keep about the last thousand
   * ```ts
   * const id = await client.xadd("orders", "*", { book: 7, count: 1 }, { maxlen: 1000, approximate: true });
   * await client.xrange("orders", id, id); // [{ id, fields: { book: "7", count: "1" } }]
   * ```
   *
   * @example With an id of your own, made from the time of the event
   * ```ts
   * await client.xadd("readings", "1700000000000-0", { celsius: 21.5 }); // "1700000000000-0"
   * ```
   *
   * @param key Key of the stream.
   * @param id Id of the entry, greater than all before. `"*"` lets the server make one from its clock,
   * `"1700000000000-*"` one for that millisecond (Redis 7.0).
   * @param fields The fields with their values, such as `{ book: 7 }` or `[["book", 7]]`. Pairs may repeat a field.
   * @param options `nomkstream`: do not create the stream; `maxlen`, `minid`: trim it; `idmp`, `idmpauto`: do not add
   * the same entry twice.
   * @returns The id of the entry. With `idmp` or `idmpauto` the id of the first one, if the entry was already added.
   * With `nomkstream` null if the stream does not exist.
   * @throws {RangeError} If `fields` is empty.
   * @throws {ServerError} If the id is malformed or not greater than all ids before, or the key holds a value that is
   * not a stream (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xadd/}
   */
  xadd(
    key: Key,
    id: EntryId,
    fields: Entries,
    options?: XaddOptions & {
      /**
       * Add nothing and return null if the stream does not exist.
       *
       * @default {false}
       */
      nomkstream?: false;
    },
  ): Promise<string>;
  /** Appends an entry to a stream, but does not create the stream. */
  xadd(key: Key, id: EntryId, fields: Entries, options: XaddOptions): Promise<string | null>;
  /** Appends an entry to a stream. */
  xadd(
    key: Key,
    id: EntryId,
    fields: Entries,
    options?: XaddOptions,
  ): Promise<string | null> {
    const words: Words = ["XADD", key];
    const given = optionsOf(words, options, XADD_OPTIONS);
    appendFlag(words, "NOMKSTREAM", given.nomkstream);
    appendReferencePolicy(words, given);
    appendOption(words, "IDMPAUTO", given.idmpauto);
    if (given.idmp !== undefined) words.push("IDMP", given.idmp.producer, given.idmp.id);
    if (isTrimmed(given)) appendTrim(words, given as StreamTrim);
    words.push(id);
    appendEntries(words, fields, "fields");
    return given.nomkstream ? this.send(words, toTextOrNull) : this.send<string>(words, toText);
  }

  /**
   * Claims entries that have been pending for a long time, for a consumer that processes them instead.
   *
   * Use it to take over the entries of consumers that failed. One call checks a part of the pending entries: call it
   * again with the returned `cursor` until that is `"0-0"`.
   *
   * Complexity O(1) if `count` is small · since 6.2.0
   *
   * @example Take over the entries of a consumer that failed
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "failed", { orders: ">" });
   *
   * const mailed: string[] = [];
   * let start = "0-0";
   * do {
   *   // The idle time is 0 for the example. Take a minute or more: processing takes its time.
   *   const { cursor, entries } = await client.xautoclaim("orders", "mailers", "Ada", 0, start);
   *   for (const { id, fields } of entries) {
   *     mailed.push(fields.book);
   *     await client.xack("orders", "mailers", id);
   *   }
   *   start = cursor;
   * } while (start !== "0-0");
   * mailed; // ["7"]
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the consumer that gets the entries; created if it does not exist.
   * @param minIdleTime Only entries that were last delivered at least this many milliseconds ago.
   * @param start The id to start from: `"0-0"` for the first call, then the `cursor` of the call before.
   * @param options `count`: how many entries at most; `justid`: return ids instead of entries.
   * @returns The cursor of the next call, the claimed entries (with `justid` their ids), and the ids of pending entries
   * that were deleted from the stream.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xautoclaim/}
   */
  xautoclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    start: EntryId,
    options?: XautoclaimOptions & WithEntries,
  ): Promise<ClaimedEntries<T>>;
  /** Claims entries that have been pending for a long time, and returns their ids. */
  xautoclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    start: EntryId,
    options: XautoclaimOptions & JustIds,
  ): Promise<ClaimedIds>;
  /** Claims entries that have been pending for a long time, and returns their ids if `justid` is true. */
  xautoclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    start: EntryId,
    options: XautoclaimOptions & MaybeJustIds,
  ): Promise<ClaimedEntries<T> | ClaimedIds>;
  /** Claims entries that have been pending for a long time. */
  xautoclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    start: EntryId,
    options?: XautoclaimOptions & MaybeJustIds,
  ): Promise<ClaimedEntries<T> | ClaimedIds> {
    const words: Words = ["XAUTOCLAIM", key, group, consumer, minIdleTime, start];
    const { count, justid } = optionsOf(words, options, XAUTOCLAIM_OPTIONS);
    appendOption(words, "COUNT", count);
    appendFlag(words, "JUSTID", justid);
    return justid
      ? this.send<ClaimedIds>(words, toClaimedIds)
      : this.send<ClaimedEntries<T>>(words, toClaimedEntries);
  }

  /**
   * Sets how many idempotent ids a stream remembers, and for how long.
   *
   * The stream forgets all idempotent ids that it remembered before.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Remember a thousand ids of each producer for five minutes
   * ```ts
   * await client.xadd("orders", "*", { book: 7 });
   * await client.xcfgset("orders", { idmpDuration: 300, idmpMaxsize: 1000 }); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param options The number of ids, the time, or both.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the key does not exist, a value is out of range, or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/xcfgset/}
   */
  xcfgset(key: Key, options: XcfgsetOptions): Promise<"OK"> {
    const words: Words = ["XCFGSET", key];
    const { idmpDuration, idmpMaxsize } = optionsOf(words, options, XCFGSET_OPTIONS);
    appendOption(words, "IDMP-DURATION", idmpDuration);
    appendOption(words, "IDMP-MAXSIZE", idmpMaxsize);
    return this.send(words, toOk);
  }

  /**
   * Claims pending entries by their ids, for a consumer that processes them instead.
   *
   * Complexity O(N·log(P)) for N ids and P pending entries · since 5.0.0
   *
   * @example Take over an entry of another consumer
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Grace", { orders: ">" });
   * await client.xclaim("orders", "mailers", "Ada", 0, "1-0"); // [{ id: "1-0", fields: { book: "7" } }]
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the consumer that gets the entries; created if it does not exist.
   * @param minIdleTime Only entries that were last delivered at least this many milliseconds ago. A claim sets the idle
   * time to 0, so of two consumers that claim the same entry only one gets it.
   * @param ids One id, or several in an array or other iterable.
   * @param options `idle`, `time`, `retrycount`: what to record about the delivery; `force`: claim entries that are not
   * pending; `justid`: return ids instead of entries.
   * @returns The claimed entries; with `justid` their ids.
   * @throws {RangeError} If `ids` is empty.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xclaim/}
   */
  xclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    ids: OneOrMany<EntryId>,
    options?: XclaimOptions & WithEntries,
  ): Promise<StreamEntry<T>[]>;
  /** Claims pending entries by their ids, and returns the ids of those claimed. */
  xclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    ids: OneOrMany<EntryId>,
    options: XclaimOptions & JustIds,
  ): Promise<string[]>;
  /** Claims pending entries by their ids, and returns the ids of those claimed if `justid` is true. */
  xclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    ids: OneOrMany<EntryId>,
    options: XclaimOptions & MaybeJustIds,
  ): Promise<StreamEntry<T>[] | string[]>;
  /** Claims pending entries by their ids. */
  xclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    ids: OneOrMany<EntryId>,
    options?: XclaimOptions & MaybeJustIds,
  ): Promise<StreamEntry<T>[] | string[]> {
    const words = append(["XCLAIM", key, group, consumer, minIdleTime], ids, "ids");
    const given = optionsOf(words, options, XCLAIM_OPTIONS);
    appendOption(words, "IDLE", given.idle);
    appendOption(words, "TIME", inMilliseconds(given.time));
    appendOption(words, "RETRYCOUNT", given.retrycount);
    appendFlag(words, "FORCE", given.force);
    appendFlag(words, "JUSTID", given.justid);
    appendOption(words, "LASTID", given.lastid);
    return given.justid
      ? this.send<string[]>(words, toTexts)
      : this.send<StreamEntry<T>[]>(words, toStreamEntries);
  }

  /**
   * Deletes entries from a stream.
   *
   * An entry that is pending in a consumer group stays pending there, without its fields.
   *
   * Complexity O(N) for N ids · since 5.0.0
   *
   * @example Delete an entry and a missing one
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xdel("orders", ["1-0", "2-0"]); // 1
   * ```
   *
   * @param key Key of the stream.
   * @param ids One id, or several in an array or other iterable.
   * @returns The number of entries deleted; ids that did not exist do not count.
   * @throws {RangeError} If `ids` is empty.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xdel/}
   */
  xdel(key: Key, ids: OneOrMany<EntryId>): Promise<number> {
    return this.send(append(["XDEL", key], ids, "ids"), toNumber);
  }

  /**
   * Deletes entries from a stream, with a choice of what to do if consumer groups still refer to them.
   *
   * Complexity O(N) for N ids · since Redis 8.2
   *
   * @example Delete an entry from the stream and from all groups
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xdelex("orders", ["1-0", "2-0"], { delref: true }); // [1, -1]
   * ```
   *
   * @param key Key of the stream.
   * @param ids One id, or several in an array or other iterable.
   * @param policy What to do if consumer groups still refer to an entry; by default their references stay.
   * @returns One number per id: 1 if the entry was deleted; 2 if it was kept, because a group has not read or not
   * acknowledged it; −1 if it does not exist.
   * @throws {RangeError} If `ids` is empty.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://redis.io/docs/latest/commands/xdelex/}
   */
  xdelex(key: Key, ids: OneOrMany<EntryId>, policy?: ReferencePolicy): Promise<number[]> {
    return this.send(appendIds(["XDELEX", key], ids, policy), toNumbers);
  }

  /**
   * Creates a consumer group for a stream.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example A group for all entries, and one for new entries only
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true }); // "OK"
   * await client.xgroupCreate("orders", "watchers", "$"); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param id The group gets the entries after this id: `"0"` for all entries, `"$"` for those that are added from now
   * on.
   * @param options `mkstream`: create the stream if it does not exist; `entriesread`: the number of entries read so
   * far.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the group exists (`BUSYGROUP`), if the stream does not exist and `mkstream` is not set, or
   * if the key holds a value of another type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-create/}
   */
  xgroupCreate(
    key: Key,
    group: Key,
    id: EntryId,
    options?: XgroupCreateOptions,
  ): Promise<"OK"> {
    const words: Words = ["XGROUP", "CREATE", key, group, id];
    const { mkstream, entriesread } = optionsOf(words, options, XGROUP_CREATE_OPTIONS);
    appendFlag(words, "MKSTREAM", mkstream);
    appendOption(words, "ENTRIESREAD", entriesread);
    return this.send(words, toOk);
  }

  /**
   * Creates a consumer in a group.
   *
   * This is seldom needed: reading with {@linkcode StreamCommands.prototype.xreadgroup | StreamCommands.xreadgroup}
   * creates the consumer.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Create a consumer twice
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada"); // true
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada"); // false
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the consumer.
   * @returns True if the consumer was created, false if it existed.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-createconsumer/}
   */
  xgroupCreateconsumer(key: Key, group: Key, consumer: Key): Promise<boolean> {
    return this.send(["XGROUP", "CREATECONSUMER", key, group, consumer], toBoolean);
  }

  /**
   * Deletes a consumer of a group, together with its pending entries.
   *
   * Nobody can claim the pending entries afterwards. Claim them before, with
   * {@linkcode StreamCommands.prototype.xautoclaim | StreamCommands.xautoclaim}.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Delete a consumer without pending entries
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada");
   * await client.xgroupDelconsumer("orders", "mailers", "Ada"); // 0
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the consumer.
   * @returns The number of pending entries that were deleted with it; 0 if the consumer does not exist.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-delconsumer/}
   */
  xgroupDelconsumer(key: Key, group: Key, consumer: Key): Promise<number> {
    return this.send(["XGROUP", "DELCONSUMER", key, group, consumer], toNumber);
  }

  /**
   * Deletes a consumer group, together with its consumers and its list of pending entries.
   *
   * The entries stay in the stream.
   *
   * Complexity O(N) for N pending entries · since 5.0.0
   *
   * @example Delete a group twice
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupDestroy("orders", "mailers"); // true
   * await client.xgroupDestroy("orders", "mailers"); // false
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @returns True if the group was deleted, false if it did not exist.
   * @throws {ServerError} If the stream does not exist, or the key holds a value of another type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-destroy/}
   */
  xgroupDestroy(key: Key, group: Key): Promise<boolean> {
    return this.send(["XGROUP", "DESTROY", key, group], toBoolean);
  }

  /**
   * Sets the last delivered id of a group: its next new entries are those after this id.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Deliver all entries once more
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "$", { mkstream: true });
   * await client.xgroupSetid("orders", "mailers", "0"); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param id The group gets the entries after this id: `"0"` for all entries, `"$"` for those that are added from now
   * on.
   * @param options `entriesread`: the number of entries read so far.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-setid/}
   */
  xgroupSetid(
    key: Key,
    group: Key,
    id: EntryId,
    options?: XgroupSetidOptions,
  ): Promise<"OK"> {
    const words: Words = ["XGROUP", "SETID", key, group, id];
    const { entriesread } = optionsOf(words, options, XGROUP_SETID_OPTIONS);
    appendOption(words, "ENTRIESREAD", entriesread);
    return this.send(words, toOk);
  }

  /**
   * Lists the consumers of a group, with their idle times and numbers of pending entries.
   *
   * Complexity O(N) for N consumers · since 5.0.0 · read-only
   *
   * @example Number of entries that are pending for a consumer
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada");
   * const [ada] = await client.xinfoConsumers("orders", "mailers");
   * ada.pending; // 0
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @returns One object per consumer.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xinfo-consumers/}
   */
  xinfoConsumers(key: Key, group: Key): Promise<StreamConsumerInfo<T>[]> {
    return this.send<StreamConsumerInfo<T>[]>(
      ["XINFO", "CONSUMERS", key, group],
      toStreamConsumers,
    );
  }

  /**
   * Lists the consumer groups of a stream, with their lag and numbers of pending entries.
   *
   * Complexity O(N) for N groups · since 5.0.0 · read-only
   *
   * @example Number of entries that a group has not read yet
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "*", { book: 7 });
   * const [mailers] = await client.xinfoGroups("orders");
   * mailers.lag; // 1
   * ```
   *
   * @param key Key of the stream.
   * @returns One object per group.
   * @throws {ServerError} If the stream does not exist, or the key holds a value of another type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xinfo-groups/}
   */
  xinfoGroups(key: Key): Promise<StreamGroupInfo<T>[]> {
    return this.send<StreamGroupInfo<T>[]>(["XINFO", "GROUPS", key], toStreamGroups);
  }

  /**
   * Returns information about a stream: its length, first and last entry, and counters.
   *
   * Complexity O(1), with `full` O(N) for N entries returned · since 5.0.0 · read-only
   *
   * @example The entry that was added last
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * const { lastEntry } = await client.xinfoStream("orders");
   * lastEntry?.fields; // { book: "7" }
   * ```
   *
   * @param key Key of the stream.
   * @param options `full`: return entries, groups, consumers and pending entries as well; `count`: how many of them.
   * @returns A summary of the stream; with `full` all details.
   * @throws {ServerError} If the stream does not exist, or the key holds a value of another type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xinfo-stream/}
   */
  xinfoStream(key: Key, options?: XinfoStreamSummaryOptions): Promise<StreamInfo<T>>;
  /** Returns all details of a stream: entries, groups, consumers and pending entries. */
  xinfoStream(key: Key, options: XinfoStreamFullOptions): Promise<StreamDetails<T>>;
  /** Returns a summary of a stream, or all details if `full` is true. */
  xinfoStream(
    key: Key,
    options: XinfoStreamOptions,
  ): Promise<StreamInfo<T> | StreamDetails<T>>;
  /** Returns information about a stream. */
  xinfoStream(
    key: Key,
    options?: XinfoStreamOptions | XinfoStreamFullOptions,
  ): Promise<StreamInfo<T> | StreamDetails<T>> {
    const words: Words = ["XINFO", "STREAM", key];
    const given = optionsOf<{ full?: boolean; count?: number }>(
      words,
      options,
      XINFO_STREAM_OPTIONS,
    );
    if (!given.full) {
      if (given.count !== undefined) refuse(words, 'option "count" needs option "full"');
      return this.send<StreamInfo<T>>(words, toStreamInfo);
    }
    words.push("FULL");
    appendOption(words, "COUNT", given.count);
    return this.send<StreamDetails<T>>(words, toStreamDetails);
  }

  /**
   * Counts the entries of a stream.
   *
   * Complexity O(1) · since 5.0.0 · read-only
   *
   * @example Length of a stream
   * ```ts
   * await client.xadd("orders", "*", { book: 7 });
   * await client.xlen("orders"); // 1
   * ```
   *
   * @param key Key of the stream.
   * @returns The number of entries, 0 if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xlen/}
   */
  xlen(key: Key): Promise<number> {
    return this.send(["XLEN", key], toNumber);
  }

  /**
   * Gives pending entries back to the group unprocessed, so that any consumer can get them at once.
   *
   * Complexity O(N) for N ids · since Redis 8.8
   *
   * @example Give an entry back on shutdown
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * await client.xnack("orders", "mailers", "silent", "1-0"); // 1
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param mode Why they are given back, which decides whether this delivery counts.
   * @param ids One id, or several in an array or other iterable.
   * @param options `retrycount`: set the delivery count; `force`: also make entries pending that are not.
   * @returns The number of entries given back.
   * @throws {RangeError} If `ids` is empty.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://redis.io/docs/latest/commands/xnack/}
   */
  xnack(
    key: Key,
    group: Key,
    mode: XnackMode,
    ids: OneOrMany<EntryId>,
    options?: XnackOptions,
  ): Promise<number> {
    const words = appendIds(["XNACK", key, group, mode], ids);
    const { retrycount, force } = optionsOf(words, options, XNACK_OPTIONS);
    appendOption(words, "RETRYCOUNT", retrycount);
    appendFlag(words, "FORCE", force);
    return this.send(words, toNumber);
  }

  /**
   * Returns the pending entries of a group, which were delivered but not acknowledged, or a summary of them.
   *
   * Complexity O(N) for N consumers, or for N entries returned · since 5.0.0 · read-only
   *
   * @example How many entries are pending, and for whom
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * const { count } = await client.xpending("orders", "mailers");
   * count; // 1
   * const [entry] = await client.xpending("orders", "mailers", { start: "-", end: "+", count: 10 });
   * entry.consumer; // "Ada"
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param range Which pending entries to return, `{ start: "-", end: "+", count: 10 }` for the first ten.
   * @returns The number of pending entries in all and per consumer. With a range the entries: their ids, consumers,
   * idle times and delivery counts.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xpending/}
   */
  xpending(key: Key, group: Key): Promise<PendingSummary<T>>;
  /** Returns pending entries of a group: their ids, consumers, idle times and delivery counts. */
  xpending(key: Key, group: Key, range: XpendingRange): Promise<PendingEntry<T>[]>;
  /** Returns the pending entries of a group, or a summary of them. */
  xpending(
    key: Key,
    group: Key,
    range?: XpendingRange,
  ): Promise<PendingSummary<T> | PendingEntry<T>[]> {
    const words: Words = ["XPENDING", key, group];
    if (range === undefined) return this.send<PendingSummary<T>>(words, toPendingSummary);
    const { start, end, count, idle, consumer } = optionsOf(words, range, XPENDING_RANGE);
    appendOption(words, "IDLE", idle);
    appendNeeded(words, "start", start);
    appendNeeded(words, "end", end);
    appendNeeded(words, "count", count);
    if (consumer !== undefined) words.push(consumer);
    return this.send<PendingEntry<T>[]>(words, toPendingEntries);
  }

  /**
   * Returns the entries in a range of ids, oldest first.
   *
   * Complexity O(N) for N entries returned · since 5.0.0 · read-only
   *
   * @example Page by page, each starting after the last id of the one before
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   * await client.xrange("orders", "-", "+", { count: 1 }); // [{ id: "1-0", fields: { book: "7" } }]
   * await client.xrange("orders", "(1-0", "+", { count: 1 }); // [{ id: "2-0", fields: { book: "8" } }]
   * ```
   *
   * @param key Key of the stream.
   * @param start Lowest id; `"-"` for no limit, `"(1-0"` excludes `1-0` (Redis 6.2).
   * @param end Highest id; `"+"` for no limit, `"(1-0"` excludes `1-0` (Redis 6.2).
   * @param options `count`: how many entries at most.
   * @returns The entries; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xrange/}
   */
  xrange(
    key: Key,
    start: EntryId,
    end: EntryId,
    options?: XrangeOptions,
  ): Promise<StreamEntry<T>[]> {
    const words: Words = ["XRANGE", key, start, end];
    appendOption(words, "COUNT", optionsOf(words, options, XRANGE_OPTIONS).count);
    return this.send<StreamEntry<T>[]>(words, toStreamEntries);
  }

  /**
   * Reads the entries after an id from one or several streams, and with `block` waits for new ones.
   *
   * Complexity O(N) for N entries returned · since 5.0.0 · read-only · blocking
   *
   * @example Follow a stream
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   *
   * const books: string[] = [];
   * let last = "0";
   * while (true) {
   *   const reads = await client.xread({ orders: last }, { count: 1, block: 100 });
   *   if (reads === null) break; // nothing new for 100 ms
   *   for (const { id, fields } of reads[0].entries) {
   *     books.push(fields.book);
   *     last = id;
   *   }
   * }
   * books; // ["7", "8"]
   * ```
   *
   * @param streams The keys, each with an id: entries after it are read. `"0"` reads all entries, `"$"` those that are
   * added during the wait, `"+"` the newest one (Redis 7.4). In a loop pass the id of the last entry read, since `"$"`
   * misses entries that are added between two calls.
   * @param options `count`: how many entries at most of each stream; `block`: how long to wait, in milliseconds.
   * @returns The entries of each stream that has any; null if none has, or after the timeout.
   * @throws {RangeError} If `streams` is empty.
   * @throws {ServerError} If a key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xread/}
   */
  xread(streams: StreamPositions, options?: XreadOptions): Promise<StreamRead<T>[] | null> {
    const words: Words = ["XREAD"];
    appendReadOptions(words, optionsOf(words, options, XREAD_OPTIONS));
    return this.send<StreamRead<T>[] | null>(appendStreams(words, streams), toStreamReadsOrNull);
  }

  /**
   * Reads entries as a consumer of a group.
   *
   * The server delivers each new entry to only one consumer of the group. An entry is pending from its delivery until
   * {@linkcode StreamCommands.prototype.xack | StreamCommands.xack} acknowledges it. If the consumer fails before,
   * another one can take the entry over with
   * {@linkcode StreamCommands.prototype.xautoclaim | StreamCommands.xautoclaim}: an entry may be processed more than
   * once.
   *
   * Complexity O(N) for N entries returned · since 5.0.0 · blocking
   *
   * @example A worker: read, process, acknowledge
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "*", { book: 7 });
   * await client.xadd("orders", "*", { book: 8 });
   *
   * const mailed: string[] = [];
   * while (true) {
   *   const reads = await client.xreadgroup("mailers", "worker-1", { orders: ">" }, { count: 10, block: 100 });
   *   if (reads === null) break; // nothing new for 100 ms; a real worker goes on
   *   for (const { id, fields } of reads[0].entries) {
   *     if (fields !== null) mailed.push(fields.book);
   *     await client.xack("orders", "mailers", id);
   *   }
   * }
   * mailed; // ["7", "8"]
   * ```
   *
   * @example After a restart: first the entries that were not acknowledged
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "worker-1", { orders: ">" });
   *
   * const reads = await client.xreadgroup("mailers", "worker-1", { orders: "0" });
   * reads?.[0].entries; // [{ id: "1-0", fields: { book: "7" } }]
   * ```
   *
   * @param group Name of the group.
   * @param consumer Name of the consumer, unique in the group; created if it does not exist.
   * @param streams The keys, each with `">"` to read new entries, or with an id to read the entries after it that are
   * pending for this consumer. `"0"` reads all of those.
   * @param options `count`: how many entries at most of each stream; `block`: how long to wait, in milliseconds;
   * `noack`: acknowledge at once; `claim`: take over entries of other consumers.
   * @returns The entries of each stream; null if there are no new ones, or after the timeout. `fields` is null for a
   * pending entry that was deleted from the stream.
   * @throws {RangeError} If `streams` is empty.
   * @throws {ServerError} If the stream or group does not exist (`NOGROUP`), or the key holds a value of another type
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xreadgroup/}
   */
  xreadgroup(
    group: Key,
    consumer: Key,
    streams: StreamPositions,
    options?: XreadgroupOptions,
  ): Promise<StreamRead<T, DeliveredEntry<T>>[] | null> {
    const words: Words = ["XREADGROUP", "GROUP", group, consumer];
    const given = optionsOf(words, options, XREADGROUP_OPTIONS);
    appendReadOptions(words, given);
    appendOption(words, "CLAIM", given.claim);
    appendFlag(words, "NOACK", given.noack);
    return this.send<StreamRead<T, DeliveredEntry<T>>[] | null>(
      appendStreams(words, streams),
      toDeliveriesOrNull,
    );
  }

  /**
   * Returns the entries in a range of ids, newest first.
   *
   * Complexity O(N) for N entries returned · since 5.0.0 · read-only
   *
   * @example The newest entry
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   * await client.xrevrange("orders", "+", "-", { count: 1 }); // [{ id: "2-0", fields: { book: "8" } }]
   * ```
   *
   * @param key Key of the stream.
   * @param end Highest id; `"+"` for no limit, `"(1-0"` excludes `1-0` (Redis 6.2).
   * @param start Lowest id; `"-"` for no limit, `"(1-0"` excludes `1-0` (Redis 6.2).
   * @param options `count`: how many entries at most.
   * @returns The entries; an empty array if the key does not exist.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xrevrange/}
   */
  xrevrange(
    key: Key,
    end: EntryId,
    start: EntryId,
    options?: XrangeOptions,
  ): Promise<StreamEntry<T>[]> {
    const words: Words = ["XREVRANGE", key, end, start];
    appendOption(words, "COUNT", optionsOf(words, options, XRANGE_OPTIONS).count);
    return this.send<StreamEntry<T>[]>(words, toStreamEntries);
  }

  /**
   * Sets the last id and the counters of a stream.
   *
   * Servers use it for replication, programs to copy a stream.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Let ids go on after 9-0
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xsetid("orders", "9-0", { entriesadded: 9, maxdeletedid: "8-0" }); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param id The last id: entries that are added get greater ones.
   * @param options `entriesadded`: the number of entries ever added; `maxdeletedid`: the highest id of a deleted entry
   * (Redis 7.0).
   * @returns Always `"OK"`.
   * @throws {ServerError} If the stream does not exist, an entry has a greater id, or the key holds a value of another
   * type (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xsetid/}
   */
  xsetid(key: Key, id: EntryId, options?: XsetidOptions): Promise<"OK"> {
    const words: Words = ["XSETID", key, id];
    const { entriesadded, maxdeletedid } = optionsOf(words, options, XSETID_OPTIONS);
    appendOption(words, "ENTRIESADDED", entriesadded);
    appendOption(words, "MAXDELETEDID", maxdeletedid);
    return this.send(words, toOk);
  }

  /**
   * Deletes the oldest entries of a stream.
   *
   * Complexity O(N) for N entries deleted · since 5.0.0
   *
   * @example Keep exactly one entry, or about a thousand
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   * await client.xtrim("orders", { maxlen: 1 }); // 1
   * await client.xtrim("orders", { maxlen: 1000, approximate: true }); // 0
   * ```
   *
   * @param key Key of the stream.
   * @param options `maxlen`: how many entries to keep, or `minid`: the lowest id to keep. `approximate` is much faster.
   * `keepref`, `delref`, `acked`: what to do about references of consumer groups (Redis 8.2).
   * @returns The number of entries deleted.
   * @throws {ServerError} If the key holds a value that is not a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xtrim/}
   */
  xtrim(key: Key, options: XtrimOptions): Promise<number> {
    const words: Words = ["XTRIM", key];
    const given = optionsOf(words, options, XTRIM_OPTIONS);
    appendTrim(words, given);
    return this.send(appendReferencePolicy(words, given), toNumber);
  }
}

/** `[policy] IDS numids id [id …]`. */
function appendIds(words: Words, ids: OneOrMany<EntryId>, policy?: ReferencePolicy): Words {
  appendReferencePolicy(words, optionsOf(words, policy, REFERENCE_POLICY)).push("IDS");
  return appendCounted(words, ids, "ids");
}

/** Whether `options` contains an option for trimming, including those that only say how. */
function isTrimmed({ maxlen, minid, approximate, limit }: XaddOptions): boolean {
  return maxlen !== undefined || minid !== undefined || approximate || limit !== undefined;
}

function appendReadOptions(words: Words, options: XreadOptions): void {
  appendOption(words, "COUNT", options.count);
  appendOption(words, "MAXCOUNT", options.maxcount);
  appendOption(words, "MAXSIZE", options.maxsize);
  appendOption(words, "BLOCK", options.block);
}

/** `STREAMS key [key …] id [id …]`. */
function appendStreams(words: Words, streams: StreamPositions): Words {
  const ids: EntryId[] = [];
  words.push("STREAMS");
  appendEach<Key, EntryId>(words, streams, "streams", (key, id) => {
    words.push(key);
    ids.push(id);
  });
  return words.concat(ids);
}

const toTexts = toListOf(toText);

function toClaimedEntries<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): ClaimedEntries<T> {
  const [cursor, entries, deleted] = toClaim(reply);
  return {
    cursor: toText(cursor),
    entries: toStreamEntries<T>(entries, bytes),
    deleted: toTexts(deleted, bytes),
  };
}

function toClaimedIds(reply: Reply, bytes: boolean): ClaimedIds {
  const [cursor, ids, deleted] = toClaim(reply);
  return {
    cursor: toText(cursor),
    ids: toTexts(ids, bytes),
    deleted: toTexts(deleted, bytes),
  };
}

function toClaim(reply: Reply): Reply[] {
  const parts = elements(reply);
  // Redis 6.2 does not return the ids of deleted entries.
  if (parts.length === 2) return [...parts, []];
  return parts.length === 3 ? parts : unexpected(reply, "a cursor, entries and ids");
}
