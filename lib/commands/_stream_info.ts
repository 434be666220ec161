/**
 * Results of XINFO and XPENDING: streams, consumer groups, consumers and pending entries.
 *
 * Properties have the server's names in camel case: `last-generated-id` is `lastGeneratedId`. Where the server sends no
 * names, they have names of our own.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import {
  elements,
  toBulk,
  toNumber,
  toNumberOrNull,
  toText,
  toTextOrNull,
  unexpected,
} from "./_decode.ts";
import { type Named, optional, toNamed, valueOf } from "./_named.ts";
import { type StreamEntry, toStreamEntries, toStreamEntryOrNull } from "./_stream_entries.ts";

/** The properties that {@linkcode StreamInfo} and {@linkcode StreamDetails} share. */
export interface StreamSummary {
  /** Number of entries. */
  length: number;
  /** Number of keys in the radix tree that holds the entries. */
  radixTreeKeys: number;
  /** Number of nodes in the radix tree. */
  radixTreeNodes: number;
  /** Id of the entry that was added last, even if it was deleted. */
  lastGeneratedId: string;
  /** Highest id of a deleted entry, `"0-0"` for none (Redis 7.0). */
  maxDeletedEntryId?: string;
  /** Number of entries that were ever added (Redis 7.0). */
  entriesAdded?: number;
  /** Id of the oldest entry, `"0-0"` for none (Redis 7.0). */
  recordedFirstEntryId?: string;
  /** How long idempotent ids are remembered, in seconds (Redis 8.6). */
  idmpDuration?: number;
  /** Largest number of idempotent ids that are remembered for each producer (Redis 8.6). */
  idmpMaxsize?: number;
  /** Number of producers whose idempotent ids are remembered (Redis 8.6). */
  pidsTracked?: number;
  /** Number of idempotent ids that are remembered (Redis 8.6). */
  iidsTracked?: number;
  /** Number of entries that were added with an idempotent id (Redis 8.6). */
  iidsAdded?: number;
  /** Number of entries that were not added because their idempotent id was known (Redis 8.6). */
  iidsDuplicates?: number;
}

/**
 * A summary of a stream, from {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamInfo<T extends string | Uint8Array = string> extends StreamSummary {
  /** Number of consumer groups. */
  groups: number;
  /** The oldest entry, null if the stream is empty. */
  firstEntry: StreamEntry<T> | null;
  /** The newest entry, null if the stream is empty. */
  lastEntry: StreamEntry<T> | null;
}

/**
 * All details of a stream, from {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream} with
 * `full`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamDetails<T extends string | Uint8Array = string> extends StreamSummary {
  /** The oldest entries, at most `count` of them. */
  entries: StreamEntry<T>[];
  /** The consumer groups. */
  groups: StreamGroupDetails<T>[];
}

/**
 * All details of a consumer group, from {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream}
 * with `full`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamGroupDetails<T extends string | Uint8Array = string> {
  /** Name of the group. */
  name: T;
  /** Id of the last entry that was delivered to the group. */
  lastDeliveredId: string;
  /** Number of entries that the group has read; null if the server does not know it. */
  entriesRead: number | null;
  /** Number of entries that the group has not read yet; null if the server does not know it. */
  lag: number | null;
  /** Number of pending entries: delivered but not acknowledged. */
  pelCount: number;
  /** The pending entries, at most `count` of them. */
  pending: GroupDelivery<T>[];
  /** The consumers of the group. */
  consumers: StreamConsumerDetails<T>[];
}

/**
 * All details of a consumer, from {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream} with
 * `full`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamConsumerDetails<T extends string | Uint8Array = string> {
  /** Name of the consumer. */
  name: T;
  /** Time of its last attempt to read or claim entries, in Unix milliseconds. */
  seenTime: number;
  /** Time when it last got entries, in Unix milliseconds; −1 for never (Redis 7.2, Valkey 7.2). */
  activeTime?: number;
  /** Number of entries that are pending for it. */
  pelCount: number;
  /** The entries that are pending for it, at most `count` of them. */
  pending: ConsumerDelivery[];
}

/**
 * A pending entry of a consumer, from {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream}
 * with `full`.
 */
export interface ConsumerDelivery {
  /** Id of the entry. */
  id: string;
  /** Time of the last delivery, in Unix milliseconds. */
  deliveryTime: number;
  /** Number of deliveries. */
  deliveries: number;
}

/**
 * A pending entry of a consumer group, from
 * {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream} with `full`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface GroupDelivery<T extends string | Uint8Array = string> extends ConsumerDelivery {
  /** Name of the consumer to which it was delivered. */
  consumer: T;
}

/**
 * A consumer group, from {@linkcode StreamCommands.prototype.xinfoGroups | StreamCommands.xinfoGroups}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamGroupInfo<T extends string | Uint8Array = string> {
  /** Name of the group. */
  name: T;
  /** Number of consumers of the group. */
  consumers: number;
  /** Number of pending entries: delivered but not acknowledged. */
  pending: number;
  /** Id of the last entry that was delivered to the group. */
  lastDeliveredId: string;
  /** Number of entries that the group has read; null if the server does not know it. */
  entriesRead: number | null;
  /** Number of entries that the group has not read yet; null if the server does not know it. */
  lag: number | null;
}

/**
 * A consumer, from {@linkcode StreamCommands.prototype.xinfoConsumers | StreamCommands.xinfoConsumers}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamConsumerInfo<T extends string | Uint8Array = string> {
  /** Name of the consumer. */
  name: T;
  /** Number of entries that are pending for it. */
  pending: number;
  /** Milliseconds since its last attempt to read or claim entries. */
  idle: number;
  /** Milliseconds since it last got entries; −1 for never (Redis 7.2, Valkey 7.2). */
  inactive?: number;
}

/**
 * A summary of the pending entries of a group, from
 * {@linkcode StreamCommands.prototype.xpending | StreamCommands.xpending}.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PendingSummary<T extends string | Uint8Array = string> {
  /** Number of pending entries: delivered but not acknowledged. */
  count: number;
  /** Lowest id of a pending entry; null if there is none. */
  minId: string | null;
  /** Highest id of a pending entry; null if there is none. */
  maxId: string | null;
  /** The consumers that have pending entries. */
  consumers: PendingCount<T>[];
}

/**
 * A consumer and its number of pending entries.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PendingCount<T extends string | Uint8Array = string> {
  /** Name of the consumer. */
  name: T;
  /** Number of entries that are pending for it. */
  count: number;
}

/**
 * An entry that was delivered to a consumer but not acknowledged.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PendingEntry<T extends string | Uint8Array = string> {
  /** Id of the entry. */
  id: string;
  /** Name of the consumer to which it was delivered. */
  consumer: T;
  /** Milliseconds since the last delivery. */
  idle: number;
  /** Number of deliveries. */
  deliveries: number;
}

/** Decodes the reply to XINFO STREAM. */
export function toStreamInfo<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamInfo<T> {
  const report = toNamed(reply);
  return {
    ...toStreamSummary(report),
    groups: toNumber(valueOf(report, "groups")),
    firstEntry: toStreamEntryOrNull<T>(valueOf(report, "first-entry"), bytes),
    lastEntry: toStreamEntryOrNull<T>(valueOf(report, "last-entry"), bytes),
  };
}

/** Decodes the reply to XINFO STREAM FULL. */
export function toStreamDetails<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamDetails<T> {
  const report = toNamed(reply);
  return {
    ...toStreamSummary(report),
    entries: toStreamEntries<T>(valueOf(report, "entries"), bytes),
    groups: elements(valueOf(report, "groups")).map(toGroupDetails<T>),
  };
}

/** Decodes the reply to XINFO GROUPS. */
export function toStreamGroups<T extends string | Uint8Array>(reply: Reply): StreamGroupInfo<T>[] {
  return elements(reply).map((group) => {
    const report = toNamed(group);
    return {
      name: toBulk<T>(valueOf(report, "name")),
      consumers: toNumber(valueOf(report, "consumers")),
      pending: toNumber(valueOf(report, "pending")),
      lastDeliveredId: toText(valueOf(report, "last-delivered-id")),
      entriesRead: toNumberOrNull(valueOf(report, "entries-read")),
      lag: toNumberOrNull(valueOf(report, "lag")),
    };
  });
}

/** Decodes the reply to XINFO CONSUMERS. */
export function toStreamConsumers<T extends string | Uint8Array>(
  reply: Reply,
): StreamConsumerInfo<T>[] {
  return elements(reply).map((consumer) => {
    const report = toNamed(consumer);
    return {
      name: toBulk<T>(valueOf(report, "name")),
      pending: toNumber(valueOf(report, "pending")),
      idle: toNumber(valueOf(report, "idle")),
      ...optional(report, "inactive", "inactive", toNumber),
    };
  });
}

/** Decodes the reply to XPENDING without a range. */
export function toPendingSummary<T extends string | Uint8Array>(reply: Reply): PendingSummary<T> {
  const parts = elements(reply);
  if (parts.length !== 4) return unexpected(reply, "a count, two ids and consumers");
  const [count, minId, maxId, consumers] = parts;
  return {
    count: toNumber(count),
    minId: toTextOrNull(minId),
    maxId: toTextOrNull(maxId),
    consumers: consumers === null ? [] : elements(consumers).map((consumer) => {
      const [name, count] = toTuple(consumer, 2);
      return { name: toBulk<T>(name), count: toNumber(count) };
    }),
  };
}

/** Decodes the reply to XPENDING with a range. */
export function toPendingEntries<T extends string | Uint8Array>(reply: Reply): PendingEntry<T>[] {
  return elements(reply).map((entry) => {
    const [id, consumer, idle, deliveries] = toTuple(entry, 4);
    return {
      id: toText(id),
      consumer: toBulk<T>(consumer),
      idle: toNumber(idle),
      deliveries: toNumber(deliveries),
    };
  });
}

function toStreamSummary(report: Named): StreamSummary {
  return {
    length: toNumber(valueOf(report, "length")),
    radixTreeKeys: toNumber(valueOf(report, "radix-tree-keys")),
    radixTreeNodes: toNumber(valueOf(report, "radix-tree-nodes")),
    lastGeneratedId: toText(valueOf(report, "last-generated-id")),
    ...optional(report, "max-deleted-entry-id", "maxDeletedEntryId", toText),
    ...optional(report, "recorded-first-entry-id", "recordedFirstEntryId", toText),
    ...optional(report, "entries-added", "entriesAdded", toNumber),
    ...optional(report, "idmp-duration", "idmpDuration", toNumber),
    ...optional(report, "idmp-maxsize", "idmpMaxsize", toNumber),
    ...optional(report, "pids-tracked", "pidsTracked", toNumber),
    ...optional(report, "iids-tracked", "iidsTracked", toNumber),
    ...optional(report, "iids-added", "iidsAdded", toNumber),
    ...optional(report, "iids-duplicates", "iidsDuplicates", toNumber),
  };
}

function toGroupDetails<T extends string | Uint8Array>(reply: Reply): StreamGroupDetails<T> {
  const report = toNamed(reply);
  return {
    name: toBulk<T>(valueOf(report, "name")),
    lastDeliveredId: toText(valueOf(report, "last-delivered-id")),
    entriesRead: toNumberOrNull(valueOf(report, "entries-read")),
    lag: toNumberOrNull(valueOf(report, "lag")),
    pelCount: toNumber(valueOf(report, "pel-count")),
    pending: elements(valueOf(report, "pending")).map((entry) => {
      const [id, consumer, deliveryTime, deliveries] = toTuple(entry, 4);
      return {
        id: toText(id),
        consumer: toBulk<T>(consumer),
        deliveryTime: toNumber(deliveryTime),
        deliveries: toNumber(deliveries),
      };
    }),
    consumers: elements(valueOf(report, "consumers")).map(toConsumerDetails<T>),
  };
}

function toConsumerDetails<T extends string | Uint8Array>(reply: Reply): StreamConsumerDetails<T> {
  const report = toNamed(reply);
  return {
    name: toBulk<T>(valueOf(report, "name")),
    seenTime: toNumber(valueOf(report, "seen-time")),
    ...optional(report, "active-time", "activeTime", toNumber),
    pelCount: toNumber(valueOf(report, "pel-count")),
    pending: elements(valueOf(report, "pending")).map((entry) => {
      const [id, deliveryTime, deliveries] = toTuple(entry, 3);
      return {
        id: toText(id),
        deliveryTime: toNumber(deliveryTime),
        deliveries: toNumber(deliveries),
      };
    }),
  };
}

function toTuple(reply: Reply, length: number): Reply[] {
  const parts = elements(reply);
  return parts.length === length ? parts : unexpected(reply, `a list of ${length}`);
}
