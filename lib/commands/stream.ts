/**
 * Commands on streams.
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

/** How the server knows an entry that was sent twice (Redis 8.6). At most one of the options; the id must be `"*"`. */
export type StreamIdempotence = AtMostOne<{
  /** By what the entry contains, among those of the producer with this name. */
  idmpauto: Key;
  /** By an id that the producer gives it. */
  idmp: {
    /** Name of the producer. */
    producer: Key;
    /** What this producer gives to this entry alone. */
    id: Key;
  };
}>;

/** Options for {@linkcode StreamCommands.xadd}. */
export type XaddOptions =
  & (StreamTrim | {
    /** Only to trim the stream. */
    maxlen?: undefined;
    /** Only to trim the stream. */
    minid?: undefined;
    /** Only to trim the stream. */
    approximate?: false;
    /** Only to trim the stream. */
    limit?: undefined;
  })
  & ReferencePolicy
  & StreamIdempotence
  & {
    /** Do nothing, and answer null, if there is no stream. @default {false} */
    nomkstream?: boolean;
  };

/** Options for {@linkcode StreamCommands.xtrim}. */
export type XtrimOptions = StreamTrim & ReferencePolicy;

/** Options for {@linkcode StreamCommands.xrange} and {@linkcode StreamCommands.xrevrange}. */
export interface XrangeOptions {
  /** How many entries at most. @default All */
  count?: number;
}

/** Options for {@linkcode StreamCommands.xread}. */
export interface XreadOptions {
  /** How many entries of each stream at most. @default All */
  count?: number;
  /** How many entries of all streams at most (Redis 8.10). @default All */
  maxcount?: number;
  /** About how many bytes at most, all streams taken together (Redis 8.10). @default All */
  maxsize?: number;
  /** Wait for an entry, so many milliseconds at most, 0 for ever. Without it the command does not wait. */
  block?: number;
}

/** Options for {@linkcode StreamCommands.xreadgroup}. */
export interface XreadgroupOptions extends XreadOptions {
  /**
   * Take entries that have been pending for so many milliseconds at least, from whomever, before new ones (Redis 8.4).
   */
  claim?: number;
  /** Count entries as acknowledged as they are delivered. @default {false} */
  noack?: boolean;
}

/** Options for {@linkcode StreamCommands.xclaim}. */
export type XclaimOptions =
  & AtMostOne<{
    /** For how many milliseconds the entries shall count as pending. @default {0} */
    idle: number;
    /** Since when the entries shall count as pending, in Unix milliseconds. @default Now */
    time: number | Date;
  }>
  & {
    /** How often the entries shall count as delivered. @default Once more than before */
    retrycount?: number;
    /** Make entries pending that are not, if they exist. @default {false} */
    force?: boolean;
    /** Raise the last id that was delivered to the group to this one. */
    lastid?: EntryId;
  };

/** Options for {@linkcode StreamCommands.xautoclaim}. */
export interface XautoclaimOptions {
  /** How many entries to claim at most. @default {100} */
  count?: number;
}

/** Ask for whole entries. */
export interface WithEntries {
  /** Answer the ids only. @default {false} */
  justid?: false;
}

/** Ask for ids instead of entries; that does not count as another delivery. */
export interface JustIds {
  /** Answer the ids only. */
  justid: true;
}

/** Ask for ids or for whole entries. */
export interface MaybeJustIds {
  /** Answer the ids only. @default {false} */
  justid?: boolean;
}

/** What {@linkcode StreamCommands.xautoclaim} answers with `justid`. */
export interface ClaimedIds {
  /** Where to go on; `"0-0"` if all pending entries were looked at. */
  cursor: string;
  /** Ids of the entries that were claimed. */
  ids: string[];
  /** Ids that were pending, but are no longer in the stream, and so not pending any more either (Redis 7.0). */
  deleted: string[];
}

/**
 * What {@linkcode StreamCommands.xautoclaim} answers.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ClaimedEntries<T extends string | Uint8Array = string> {
  /** Where to go on; `"0-0"` if all pending entries were looked at. */
  cursor: string;
  /** The entries that were claimed. */
  entries: StreamEntry<T>[];
  /** Ids that were pending, but are no longer in the stream, and so not pending any more either (Redis 7.0). */
  deleted: string[];
}

/** Options for {@linkcode StreamCommands.xcfgset}. One of them at least. */
export type XcfgsetOptions =
  | {
    /** For how many seconds to remember idempotent ids, 1 to 86 400. */
    idmpDuration: number;
    /** How many idempotent ids of each producer to remember, 1 to 10 000. */
    idmpMaxsize?: number;
  }
  | {
    /** For how many seconds idempotent ids are remembered. */
    idmpDuration?: undefined;
    /** How many idempotent ids of each producer to remember, 1 to 10 000. */
    idmpMaxsize: number;
  };

/** Options for {@linkcode StreamCommands.xgroupCreate}. */
export interface XgroupCreateOptions {
  /** Create the stream, too, if there is none. @default {false} */
  mkstream?: boolean;
  /**
   * How many entries the group shall count as having read, for its lag.
   *
   * @default The server's own idea, if it has one
   */
  entriesread?: number;
}

/** Options for {@linkcode StreamCommands.xgroupSetid}. */
export interface XgroupSetidOptions {
  /**
   * How many entries the group shall count as having read, for its lag.
   *
   * @default The server's own idea, if it has one
   */
  entriesread?: number;
}

/** Options for {@linkcode StreamCommands.xinfoStream} that ask for a summary. */
export interface XinfoStreamSummaryOptions {
  /** Answer entries, groups and consumers in full. @default {false} */
  full?: false;
  /** Not without `full`. */
  count?: undefined;
}

/** Options for {@linkcode StreamCommands.xinfoStream}. */
export interface XinfoStreamOptions {
  /** Answer entries, groups and consumers in full. @default {false} */
  full?: boolean;
  /** Not without `full`. */
  count?: undefined;
}

/** Options for {@linkcode StreamCommands.xinfoStream} that make it tell everything. */
export interface XinfoStreamFullOptions {
  /** Tell everything: entries, and what is pending in groups and for consumers. */
  full: true;
  /** How many entries, and how many pending ones of each group and consumer, at most; 0 for all. @default {10} */
  count?: number;
}

/**
 * What a consumer says of entries that it gives back: not its fault (`"silent"`: this delivery does not count), its own
 * failure (`"fail"`: it does), or that nobody can process them (`"fatal"`: the count of deliveries goes to the
 * highest).
 */
export type XnackMode = AnyCase<"silent" | "fail" | "fatal">;

/** Options for {@linkcode StreamCommands.xnack}. */
export interface XnackOptions {
  /** How often the entries shall count as delivered, whatever the mode says. */
  retrycount?: number;
  /** Make entries pending that are not, if they exist. @default {false} */
  force?: boolean;
}

/** Which entries {@linkcode StreamCommands.xpending} answers. */
export interface XpendingRange {
  /** The lowest id. */
  start: EntryId;
  /** The highest id. */
  end: EntryId;
  /** How many entries at most. */
  count: number;
  /** Only entries that have been pending for so many milliseconds at least. @default {0} */
  idle?: number;
  /** Only entries of this consumer. @default All */
  consumer?: Key;
}

/** Options for {@linkcode StreamCommands.xsetid}. */
export interface XsetidOptions {
  /** How many entries were ever added. */
  entriesadded?: number;
  /** The highest id of a deleted entry. */
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
 * Commands on streams: entries with ids that only grow, each with fields, and groups of consumers that share them out.
 *
 * An entry is `{ id, fields }` wherever one comes back; ids are text also on a `bytes` view. XREAD and XREADGROUP wait
 * for entries if `block` is set. They do not hold up other requests then, and in a transaction they do not wait.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class StreamCommands<T extends string | Uint8Array = string> extends Executor<T> {
  /**
   * Acknowledges entries: they are no longer pending in a group.
   *
   * Complexity O(N) for N ids · since 5.0.0
   *
   * @example Done with one entry
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * await client.xack("orders", "mailers", "1-0"); // 1
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param ids One id or several.
   * @returns How many of them were pending; 0 also if there is no such stream or group.
   * @throws {RangeError} If there are no ids.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xack/}
   */
  xack(key: Key, group: Key, ids: OneOrMany<EntryId>): Promise<number> {
    return this.send(append(["XACK", key, group], ids, "ids"), toNumber);
  }

  /**
   * Acknowledges entries and deletes them from the stream.
   *
   * Complexity O(N) for N ids · since Redis 8.2
   *
   * @example Deleting what all groups are done with
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * await client.xackdel("orders", "mailers", ["1-0", "2-0"], { acked: true }); // [1, -1]
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param ids One id or several.
   * @param policy What happens to references of other groups.
   * @returns For each id: 1 if it was acknowledged and deleted, 2 if it was acknowledged, but not deleted, since other
   * groups refer to it, −1 if it was not pending.
   * @throws {RangeError} If there are no ids.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
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
   * Adds an entry to a stream, which comes into being if need be.
   *
   * It can trim the stream at the same time.
   *
   * Complexity O(1), O(N) for N entries trimmed · since 5.0.0
   *
   * @example With an id of the server's, then with an own one
   * ```ts
   * const id = await client.xadd("orders", "*", { book: 7, count: 1 }, { maxlen: 1000, approximate: true });
   * await client.xadd("readings", "1700000000000-0", [["celsius", 21.5]]); // "1700000000000-0"
   * ```
   *
   * @param key Key of the stream.
   * @param id Its id, greater than all before: `"*"` for one of the server's time, `"milliseconds-*"` for one of
   * another time.
   * @param fields Its fields and their values.
   * @param options Whether to create the stream, what goes to make room, and how to know an entry that was sent before.
   * @returns The id; that of the first one if the entry was sent twice; with `nomkstream` null if there is no such
   * stream.
   * @throws {RangeError} If there are no fields.
   * @throws {ServerError} If the id is malformed or not greater than all before, or the key holds something else than a
   * stream (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xadd/}
   */
  xadd(
    key: Key,
    id: EntryId,
    fields: Entries,
    options?: XaddOptions & {
      /** Do not make a stream that does not exist, and answer null. @default {false} */
      nomkstream?: false;
    },
  ): Promise<string>;
  /** Adds an entry to a stream, if there is one. */
  xadd(key: Key, id: EntryId, fields: Entries, options: XaddOptions): Promise<string | null>;
  /** Adds an entry to a stream. */
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
   * Claims entries that have been pending for long: makes a consumer their owner.
   *
   * It looks at the pending entries from an id on, some more than `count` of them, and says where to go on.
   *
   * Complexity O(1) if `count` is small · since 6.2.0
   *
   * @example Taking over what others have not done within a minute
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xautoclaim("orders", "mailers", "Ada", 60_000, "0-0"); // { cursor: "0-0", entries: [], deleted: [] }
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the new owner.
   * @param minIdleTime For how many milliseconds an entry must have been pending.
   * @param start The id to begin with: `"0-0"`, then what the last call said.
   * @param options How many entries, and whether to answer ids alone; then it does not count as a delivery.
   * @returns Where to go on, the entries (with `justid` their ids), and the ids of those that no longer exist.
   * @throws {ServerError} If there is no such stream or group (`NOGROUP`), or the key holds something else
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
  /** Claims entries that have been pending for long, and answers their ids. */
  xautoclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    start: EntryId,
    options: XautoclaimOptions & JustIds,
  ): Promise<ClaimedIds>;
  /** Claims entries that are pending for too long, and answers them or their ids. */
  xautoclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    start: EntryId,
    options: XautoclaimOptions & MaybeJustIds,
  ): Promise<ClaimedEntries<T> | ClaimedIds>;
  /** Claims entries that have been pending for long. */
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
   * Sets for how long, and how many of them, a stream remembers idempotent ids of entries.
   *
   * It forgets those that it knows.
   *
   * Complexity O(1) · since Redis 8.6
   *
   * @example Five minutes, and a thousand of each producer
   * ```ts
   * await client.xadd("orders", "*", { book: 7 });
   * await client.xcfgset("orders", { idmpDuration: 300, idmpMaxsize: 1000 }); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param options What to set.
   * @returns `"OK"`.
   * @throws {ServerError} If there is no such key, a value is out of range, or the key holds something else
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
   * Claims pending entries: makes a consumer their owner.
   *
   * Complexity O(N·log(P)) for N ids and P pending entries · since 5.0.0
   *
   * @example Taking an entry over
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Grace", { orders: ">" });
   * await client.xclaim("orders", "mailers", "Ada", 0, "1-0"); // [{ id: "1-0", fields: { book: "7" } }]
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the new owner.
   * @param minIdleTime For how many milliseconds an entry must have been pending, that two do not claim it at the same
   * time.
   * @param ids One id or several.
   * @param options What to note about the entries, and whether to answer ids alone; then it does not count as a
   * delivery.
   * @returns The entries that were claimed, with `justid` their ids.
   * @throws {RangeError} If there are no ids.
   * @throws {ServerError} If there is no such stream or group (`NOGROUP`), or the key holds something else
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
  /** Claims pending entries, and answers their ids. */
  xclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    ids: OneOrMany<EntryId>,
    options: XclaimOptions & JustIds,
  ): Promise<string[]>;
  /** Claims pending entries, and answers them or their ids. */
  xclaim(
    key: Key,
    group: Key,
    consumer: Key,
    minIdleTime: number,
    ids: OneOrMany<EntryId>,
    options: XclaimOptions & MaybeJustIds,
  ): Promise<StreamEntry<T>[] | string[]>;
  /** Claims pending entries. */
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
   * Deletes entries.
   *
   * In groups to which they were delivered they stay pending.
   *
   * Complexity O(N) for N ids · since 5.0.0
   *
   * @example One of two is there
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xdel("orders", ["1-0", "2-0"]); // 1
   * ```
   *
   * @param key Key of the stream.
   * @param ids One id or several.
   * @returns How many of them existed.
   * @throws {RangeError} If there are no ids.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xdel/}
   */
  xdel(key: Key, ids: OneOrMany<EntryId>): Promise<number> {
    return this.send(append(["XDEL", key], ids, "ids"), toNumber);
  }

  /**
   * Deletes entries, and says what happens to references that consumer groups have to them.
   *
   * Complexity O(N) for N ids · since Redis 8.2
   *
   * @example Deleting an entry wherever it is known
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xdelex("orders", ["1-0", "2-0"], { delref: true }); // [1, -1]
   * ```
   *
   * @param key Key of the stream.
   * @param ids One id or several.
   * @param policy What happens to the references.
   * @returns For each id: 1 if it was deleted; 2 if it was not, since groups refer to it or have not had it yet; −1 if
   * it does not exist.
   * @throws {RangeError} If there are no ids.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://redis.io/docs/latest/commands/xdelex/}
   */
  xdelex(key: Key, ids: OneOrMany<EntryId>, policy?: ReferencePolicy): Promise<number[]> {
    return this.send(appendIds(["XDELEX", key], ids, policy), toNumbers);
  }

  /**
   * Creates a consumer group.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example For all entries, and for those to come
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true }); // "OK"
   * await client.xgroupCreate("orders", "watchers", "$"); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param id The last entry that shall count as delivered to it: `"0"` for none, `"$"` for the newest one.
   * @param options Whether to create the stream, too, and what to note about the group.
   * @returns `"OK"`.
   * @throws {ServerError} If there is such a group (`BUSYGROUP`), or no such stream, or the key holds something else
   * (`WRONGTYPE`).
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
   * There is little need: a consumer comes into being when it reads.
   *
   * Complexity O(1) · since 6.2.0
   *
   * @example Twice
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada"); // true
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada"); // false
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the consumer.
   * @returns Whether it was created; false if there is such a consumer.
   * @throws {ServerError} If there is no such group (`NOGROUP`) or stream, or the key holds something else
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-createconsumer/}
   */
  xgroupCreateconsumer(key: Key, group: Key, consumer: Key): Promise<boolean> {
    return this.send(["XGROUP", "CREATECONSUMER", key, group, consumer], toBoolean);
  }

  /**
   * Deletes a consumer of a group.
   *
   * What was pending for it can never be claimed: claim it first.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example A consumer with nothing pending
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada");
   * await client.xgroupDelconsumer("orders", "mailers", "Ada"); // 0
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param consumer Name of the consumer.
   * @returns How many entries were pending for it; 0 also if there is no such consumer.
   * @throws {ServerError} If there is no such group (`NOGROUP`) or stream, or the key holds something else
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-delconsumer/}
   */
  xgroupDelconsumer(key: Key, group: Key, consumer: Key): Promise<number> {
    return this.send(["XGROUP", "DELCONSUMER", key, group, consumer], toNumber);
  }

  /**
   * Deletes a consumer group, with its consumers and whatever is pending.
   *
   * Complexity O(N) for N pending entries · since 5.0.0
   *
   * @example Twice
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupDestroy("orders", "mailers"); // true
   * await client.xgroupDestroy("orders", "mailers"); // false
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @returns Whether there was such a group.
   * @throws {ServerError} If there is no such stream, or the key holds something else (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xgroup-destroy/}
   */
  xgroupDestroy(key: Key, group: Key): Promise<boolean> {
    return this.send(["XGROUP", "DESTROY", key, group], toBoolean);
  }

  /**
   * Sets which entry counts as the last one that was delivered to a group.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Beginning again
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "$", { mkstream: true });
   * await client.xgroupSetid("orders", "mailers", "0"); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param id The id: `"0"` for no entry, `"$"` for the newest one.
   * @param options What else to note about the group.
   * @returns `"OK"`.
   * @throws {ServerError} If there is no such group (`NOGROUP`) or stream, or the key holds something else
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
   * Tells about the consumers of a group.
   *
   * Complexity O(N) for N consumers · since 5.0.0 · read-only
   *
   * @example Who is there?
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xgroupCreateconsumer("orders", "mailers", "Ada");
   * const [ada] = await client.xinfoConsumers("orders", "mailers");
   * ada.pending; // 0
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @returns What is known of each consumer.
   * @throws {ServerError} If there is no such group (`NOGROUP`) or stream, or the key holds something else
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
   * Tells about the consumer groups of a stream.
   *
   * Complexity O(N) for N groups · since 5.0.0 · read-only
   *
   * @example How far behind is it?
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "*", { book: 7 });
   * const [mailers] = await client.xinfoGroups("orders");
   * mailers.lag; // 1
   * ```
   *
   * @param key Key of the stream.
   * @returns What is known of each group.
   * @throws {ServerError} If there is no such stream, or the key holds something else (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xinfo-groups/}
   */
  xinfoGroups(key: Key): Promise<StreamGroupInfo<T>[]> {
    return this.send<StreamGroupInfo<T>[]>(["XINFO", "GROUPS", key], toStreamGroups);
  }

  /**
   * Tells about a stream.
   *
   * Complexity O(1), with `full` O(N) for N entries answered · since 5.0.0 · read-only
   *
   * @example What was added last?
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * const { lastEntry } = await client.xinfoStream("orders");
   * lastEntry?.fields; // { book: "7" }
   * ```
   *
   * @param key Key of the stream.
   * @param options Whether to tell everything.
   * @returns What is known of the stream; with `full` of its groups and consumers, too.
   * @throws {ServerError} If there is no such stream, or the key holds something else (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xinfo-stream/}
   */
  xinfoStream(key: Key, options?: XinfoStreamSummaryOptions): Promise<StreamInfo<T>>;
  /** Tells everything about a stream. */
  xinfoStream(key: Key, options: XinfoStreamFullOptions): Promise<StreamDetails<T>>;
  /** Tells about a stream, in full if the flag says so. */
  xinfoStream(
    key: Key,
    options: XinfoStreamOptions,
  ): Promise<StreamInfo<T> | StreamDetails<T>>;
  /** Tells about a stream. */
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
      if (given.count !== undefined) refuse(words, 'option "count" is for the option "full"');
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
   * @example One entry
   * ```ts
   * await client.xadd("orders", "*", { book: 7 });
   * await client.xlen("orders"); // 1
   * ```
   *
   * @param key Key of the stream.
   * @returns The number of entries, 0 if there is no such key.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xlen/}
   */
  xlen(key: Key): Promise<number> {
    return this.send(["XLEN", key], toNumber);
  }

  /**
   * Gives pending entries back without having processed them: any consumer can have them at once.
   *
   * Complexity O(N) for N ids · since Redis 8.8
   *
   * @example Shutting down
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xreadgroup("mailers", "Ada", { orders: ">" });
   * await client.xnack("orders", "mailers", "silent", "1-0"); // 1
   * ```
   *
   * @param key Key of the stream.
   * @param group Name of the group.
   * @param mode Why they are given back.
   * @param ids One id or several.
   * @param options What to note about the entries.
   * @returns How many of them were given back.
   * @throws {RangeError} If there are no ids.
   * @throws {ServerError} If there is no such stream or group (`NOGROUP`), or the key holds something else
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
   * Tells what is pending in a group: delivered, but not acknowledged.
   *
   * Complexity O(N) for N consumers, or for N entries answered · since 5.0.0 · read-only
   *
   * @example How many, and which
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
   * @param range Which entries to answer; without it there is a summary.
   * @returns How many entries are pending for whom; with a range the entries, without their fields.
   * @throws {ServerError} If there is no such stream or group (`NOGROUP`), or the key holds something else
   * (`WRONGTYPE`).
   * @see {@link https://valkey.io/commands/xpending/}
   */
  xpending(key: Key, group: Key): Promise<PendingSummary<T>>;
  /** Answers pending entries. */
  xpending(key: Key, group: Key, range: XpendingRange): Promise<PendingEntry<T>[]>;
  /** Tells what is pending in a group. */
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
   * Answers the entries in a range of ids, the oldest first.
   *
   * Complexity O(N) for N entries answered · since 5.0.0 · read-only
   *
   * @example All entries, and those behind one
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   * await client.xrange("orders", "-", "+", { count: 1 }); // [{ id: "1-0", fields: { book: "7" } }]
   * await client.xrange("orders", "(1-0", "+"); // [{ id: "2-0", fields: { book: "8" } }]
   * ```
   *
   * @param key Key of the stream.
   * @param start The lowest id.
   * @param end The highest id.
   * @param options How many entries.
   * @returns The entries; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
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
   * Reads what is new in one stream or several, and waits for it if asked to.
   *
   * Complexity O(N) for N entries answered · since 5.0.0 · read-only · blocking
   *
   * @example What has come since, and what comes within a second
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xread({ orders: "0" }); // [{ key: "orders", entries: [{ id: "1-0", fields: { book: "7" } }] }]
   * await client.xread({ orders: "$" }, { block: 1000 }); // null
   * ```
   *
   * @param streams Keys of the streams, and for each the id to read behind: `"0"` for all entries, `"$"` for those to
   * come while waiting, `"+"` for the newest one (Redis 7.4).
   * @param options How many entries, and how long to wait.
   * @returns The entries of each stream that has any; null if there are none, or the time ran out.
   * @throws {RangeError} If there are no streams.
   * @throws {ServerError} If a key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
   * @see {@link https://valkey.io/commands/xread/}
   */
  xread(streams: StreamPositions, options?: XreadOptions): Promise<StreamRead<T>[] | null> {
    const words: Words = ["XREAD"];
    appendReadOptions(words, optionsOf(words, options, XREAD_OPTIONS));
    return this.send<StreamRead<T>[] | null>(appendStreams(words, streams), toStreamReadsOrNull);
  }

  /**
   * Reads entries as a consumer of a group: new ones, of which each consumer gets others, or those pending for it.
   *
   * What it gets is pending until it is acknowledged, see {@linkcode StreamCommands.xack}.
   *
   * Complexity O(N) for N entries answered · since 5.0.0 · blocking
   *
   * @example The next entry
   * ```ts
   * await client.xgroupCreate("orders", "mailers", "0", { mkstream: true });
   * await client.xadd("orders", "1-0", { book: 7 });
   * const reads = await client.xreadgroup("mailers", "Ada", { orders: ">" }, { count: 1, block: 1000 });
   * reads?.[0].entries; // [{ id: "1-0", fields: { book: "7" } }]
   * ```
   *
   * @param group Name of the group.
   * @param consumer Name of the consumer, which comes into being if need be.
   * @param streams Keys of the streams, and for each `">"` for new entries, or an id to read what is pending for this
   * consumer behind it, `"0"` for all of it.
   * @param options How many entries, how long to wait, and what is pending afterwards.
   * @returns The entries of each stream; null if there are no new ones, or the time ran out.
   * @throws {RangeError} If there are no streams.
   * @throws {ServerError} If there is no such stream or group (`NOGROUP`), or the key holds something else
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
   * Answers the entries in a range of ids, the newest first.
   *
   * Complexity O(N) for N entries answered · since 5.0.0 · read-only
   *
   * @example The newest entry
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   * await client.xrevrange("orders", "+", "-", { count: 1 }); // [{ id: "2-0", fields: { book: "8" } }]
   * ```
   *
   * @param key Key of the stream.
   * @param end The highest id.
   * @param start The lowest id.
   * @param options How many entries.
   * @returns The entries; none if there is no such key.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
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
   * Sets what a stream knows of its past, for those who copy streams.
   *
   * Complexity O(1) · since 5.0.0
   *
   * @example Ids from here on
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xsetid("orders", "9-0", { entriesadded: 9, maxdeletedid: "8-0" }); // "OK"
   * ```
   *
   * @param key Key of the stream.
   * @param id The id that counts as the newest one that there ever was.
   * @param options What else to set (Redis 7.0).
   * @returns `"OK"`.
   * @throws {ServerError} If there is no such stream, an entry has a greater id, or the key holds something else
   * (`WRONGTYPE`).
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
   * @example Exactly one entry stays; then about a thousand would
   * ```ts
   * await client.xadd("orders", "1-0", { book: 7 });
   * await client.xadd("orders", "2-0", { book: 8 });
   * await client.xtrim("orders", { maxlen: 1 }); // 1
   * await client.xtrim("orders", { maxlen: 1000, approximate: true }); // 0
   * ```
   *
   * @param key Key of the stream.
   * @param options Which entries, and what happens to references that consumer groups have to them (Redis 8.2).
   * @returns How many entries were deleted.
   * @throws {ServerError} If the key holds something else than a stream (`WRONGTYPE`), or an id is malformed.
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

/** Whether there is an option for trimming, even if only one that says how. */
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
  // Redis 6.2 does not say which entries were deleted.
  if (parts.length === 2) return [...parts, []];
  return parts.length === 3 ? parts : unexpected(reply, "a cursor, entries and ids");
}
