/**
 * Reports on streams, their consumer groups and what is pending there: XINFO and XPENDING.
 *
 * Fields have the server's own names, with capitals for dashes, unless they come without names.
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

/** What {@linkcode StreamInfo} and {@linkcode StreamDetails} have in common. */
export interface StreamSummary {
  /** Number of entries. */
  length: number;
  /** Number of keys in the radix tree that holds the entries. */
  radixTreeKeys: number;
  /** Number of nodes in that tree. */
  radixTreeNodes: number;
  /** Id of the newest entry that there ever was. */
  lastGeneratedId: string;
  /** Highest id of a deleted entry, `"0-0"` for none (Redis 7.0, like the two that follow). */
  maxDeletedEntryId?: string;
  /** How many entries were added in all. */
  entriesAdded?: number;
  /** Id of the oldest entry, `"0-0"` for none. */
  recordedFirstEntryId?: string;
  /** For how many seconds idempotent ids are remembered (Redis 8.6, like all that follow). */
  idmpDuration?: number;
  /** How many idempotent ids of a producer are remembered. */
  idmpMaxsize?: number;
  /** Number of producers whose idempotent ids are remembered. */
  pidsTracked?: number;
  /** Number of idempotent ids that are remembered. */
  iidsTracked?: number;
  /** How many entries with idempotent ids were added. */
  iidsAdded?: number;
  /** How many entries were not added since their idempotent ids were known. */
  iidsDuplicates?: number;
}

/**
 * What XINFO STREAM tells.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamInfo<T extends string | Uint8Array = string> extends StreamSummary {
  /** Number of consumer groups. */
  groups: number;
  /** The oldest entry. */
  firstEntry: StreamEntry<T> | null;
  /** The newest entry. */
  lastEntry: StreamEntry<T> | null;
}

/**
 * What XINFO STREAM tells with FULL.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamDetails<T extends string | Uint8Array = string> extends StreamSummary {
  /** The oldest entries. */
  entries: StreamEntry<T>[];
  /** The consumer groups. */
  groups: StreamGroupDetails<T>[];
}

/**
 * What XINFO STREAM tells with FULL about a consumer group.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamGroupDetails<T extends string | Uint8Array = string> {
  /** Its name. */
  name: T;
  /** Id of the last entry that was delivered to it. */
  lastDeliveredId: string;
  /** How many entries it has read; null if the server cannot know. */
  entriesRead: number | null;
  /** How many entries it has still to read; null if the server cannot know. */
  lag: number | null;
  /** How many entries are pending: delivered, but not acknowledged. */
  pelCount: number;
  /** The pending entries. */
  pending: GroupDelivery<T>[];
  /** Its consumers. */
  consumers: StreamConsumerDetails<T>[];
}

/**
 * What XINFO STREAM tells with FULL about a consumer.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamConsumerDetails<T extends string | Uint8Array = string> {
  /** Its name. */
  name: T;
  /** When it last tried anything, in Unix milliseconds. */
  seenTime: number;
  /** When it last got anything, in Unix milliseconds; −1 for never (Redis 7.2, Valkey 7.2). */
  activeTime?: number;
  /** How many entries are pending for it. */
  pelCount: number;
  /** The entries pending for it. */
  pending: ConsumerDelivery[];
}

/** What XINFO STREAM tells with FULL about an entry that is pending for a consumer. */
export interface ConsumerDelivery {
  /** Id of the entry. */
  id: string;
  /** When it was last delivered, in Unix milliseconds. */
  deliveryTime: number;
  /** How often it was delivered. */
  deliveries: number;
}

/**
 * What XINFO STREAM tells with FULL about an entry that is pending for a consumer group.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface GroupDelivery<T extends string | Uint8Array = string> extends ConsumerDelivery {
  /** Name of the consumer that has it. */
  consumer: T;
}

/**
 * What XINFO GROUPS tells about a consumer group.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamGroupInfo<T extends string | Uint8Array = string> {
  /** Its name. */
  name: T;
  /** Number of its consumers. */
  consumers: number;
  /** How many entries are pending: delivered, but not acknowledged. */
  pending: number;
  /** Id of the last entry that was delivered to it. */
  lastDeliveredId: string;
  /** How many entries it has read; null if the server cannot know. */
  entriesRead: number | null;
  /** How many entries it has still to read; null if the server cannot know. */
  lag: number | null;
}

/**
 * What XINFO CONSUMERS tells about a consumer.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamConsumerInfo<T extends string | Uint8Array = string> {
  /** Its name. */
  name: T;
  /** How many entries are pending for it. */
  pending: number;
  /** Milliseconds since it last tried anything. */
  idle: number;
  /** Milliseconds since it last got anything; −1 for never (Redis 7.2, Valkey 7.2). */
  inactive?: number;
}

/**
 * What XPENDING tells about a consumer group.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PendingSummary<T extends string | Uint8Array = string> {
  /** How many entries are pending: delivered, but not acknowledged. */
  count: number;
  /** Lowest id of a pending entry, null if there is none. */
  minId: string | null;
  /** Highest id of a pending entry, null if there is none. */
  maxId: string | null;
  /** The consumers that have pending entries. */
  consumers: PendingCount<T>[];
}

/**
 * How much is pending for a consumer.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PendingCount<T extends string | Uint8Array = string> {
  /** Name of the consumer. */
  name: T;
  /** How many entries are pending for it. */
  count: number;
}

/**
 * An entry that was delivered to a consumer, but not acknowledged.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PendingEntry<T extends string | Uint8Array = string> {
  /** Its id. */
  id: string;
  /** Name of the consumer that has it. */
  consumer: T;
  /** Milliseconds since it was last delivered. */
  idle: number;
  /** How often it was delivered. */
  deliveries: number;
}

/** What XINFO STREAM answers. */
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

/** What XINFO STREAM FULL answers. */
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

/** What XINFO GROUPS answers. */
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

/** What XINFO CONSUMERS answers. */
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

/** What XPENDING answers about a group. */
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

/** What XPENDING answers about entries. */
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
