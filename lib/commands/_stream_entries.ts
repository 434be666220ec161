/**
 * Stream entries: ids, options for trimming, and decoders.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import {
  appendFlag,
  appendOption,
  type AtMostOne,
  type Entries,
  type ExactlyOne,
} from "./_args.ts";
import {
  elements,
  type Fields,
  toBulk,
  toFields,
  toListOf,
  toNumber,
  toPairs,
  toText,
  unexpected,
} from "./_decode.ts";
import { refuse } from "./_options.ts";

/**
 * Id of a stream entry, as text `"milliseconds-sequence"`.
 *
 * A number, or text without a dash, is the milliseconds alone. The ends of ranges can also be `"-"` (before all
 * entries)
 * or `"+"` (after all entries). An end that begins with `(` does not belong to the range.
 */
export type EntryId = string | number;

/** Keys of streams, each with an id: the entries after it are read. */
export type StreamPositions = Entries<EntryId>;

/**
 * An entry of a stream.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamEntry<T extends string | Uint8Array = string> {
  /** Id of the entry. */
  id: string;
  /**
   * The fields with their values: an object without a prototype, or a {@linkcode ByteMap} on a `bytes` view.
   *
   * An entry can have several fields with the same name. The object contains only the last one, and lists names that
   * are integers first, as every object does. {@linkcode fieldPairs} returns all fields in their order. A `ByteMap` has
   * all of them, too.
   */
  fields: Fields<T>;
}

/**
 * An entry that was delivered to a consumer.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface DeliveredEntry<T extends string | Uint8Array = string> {
  /** Id of the entry. */
  id: string;
  /** The fields as in {@linkcode StreamEntry}; null if the entry is pending but was deleted from the stream. */
  fields: Fields<T> | null;
  /** Milliseconds since the entry was last delivered, 0 for a new entry. Only with `claim`. */
  idle?: number;
  /** Number of earlier deliveries, 0 for a new entry. Only with `claim`. */
  deliveries?: number;
}

/** All pairs of entries whose record lacks some of them, or has them in another order. */
const exactPairs = new WeakMap<object, [field: string, value: string][]>();

/**
 * Returns all fields of a stream entry in their order, with repeated names.
 *
 * @example An entry that has a field twice
 * ```ts
 * import { fieldPairs } from "@babushka/redis";
 *
 * await client.xadd("log", "*", [["tag", "a"], ["tag", "b"], ["1", "c"]]);
 * const [entry] = await client.xrange("log", "-", "+");
 * entry.fields; // { "1": "c", tag: "b" }
 * fieldPairs(entry); // [["tag", "a"], ["tag", "b"], ["1", "c"]]
 * ```
 *
 * @param entry The entry as a command returned it. A copy of its `fields` object has lost repeated names and the order.
 * @returns Pairs of name and value; an empty array if the entry was deleted.
 */
export function fieldPairs<T extends string | Uint8Array = string>(
  entry: { readonly fields: Fields<T> | null },
): [field: T, value: T][] {
  const { fields } = entry;
  if (fields === null) return [];
  const pairs = fields instanceof Map ? [...fields] : exactPairs.get(fields)?.map(copied) ??
    Object.entries(fields);
  return pairs as [field: T, value: T][];
}

function copied([field, value]: [field: string, value: string]): [field: string, value: string] {
  return [field, value];
}

/**
 * The entries that were read from one stream.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam E Type of the entries.
 */
export interface StreamRead<T extends string | Uint8Array = string, E = StreamEntry<T>> {
  /** Key of the stream. */
  key: T;
  /** The entries, oldest first. There is at least one, except when pending entries were asked for. */
  entries: E[];
}

/**
 * What to do about entries to which consumer groups still refer, when entries are deleted. At most one of the options.
 *
 * - `keepref`: delete the entries, and keep the references. This is the default.
 * - `delref`: delete the entries and the references.
 * - `acked`: delete only entries that all groups have read and acknowledged.
 */
export type ReferencePolicy = AtMostOne<{
  /** Delete the entries, and keep the references. This is the default. */
  keepref: boolean;
  /** Delete the entries and the references. */
  delref: boolean;
  /** Delete only entries that all groups have read and acknowledged. */
  acked: boolean;
}>;

/**
 * Which old entries to delete. Exactly one of `maxlen` and `minid`.
 *
 * - `maxlen`: keep this many of the newest entries.
 * - `minid`: delete entries with ids lower than this one (Redis 6.2).
 * - `approximate`: keep somewhat more entries than asked for, which is much faster.
 * - `limit`: together with `approximate`, delete at most this many entries.
 */
export type StreamTrim =
  & ExactlyOne<{
    /** Keep this many of the newest entries. */
    maxlen: number;
    /** Delete entries with ids lower than this one (Redis 6.2). */
    minid: EntryId;
  }>
  & (
    | {
      /**
       * Keep somewhat more entries than asked for, which is much faster.
       *
       * @default {false}
       */
      approximate?: boolean;
      /** Only together with `approximate`. */
      limit?: undefined;
    }
    | {
      /** Keep somewhat more entries than asked for, which is much faster. */
      approximate: true;
      /**
       * Largest number of entries to delete, 0 for no limit. By default 100 nodes of the stream, about 10 000 entries.
       */
      limit?: number;
    }
  );

/** Shape of the options for trimming a stream. */
export const STREAM_TRIM: OptionShape<StreamTrim> = {
  maxlen: "word",
  minid: "word",
  approximate: "flag",
  limit: "word",
};

/** Shape of the options for references to entries. */
export const REFERENCE_POLICY: OptionShape<ReferencePolicy> = {
  keepref: "flag",
  delref: "flag",
  acked: "flag",
};

/**
 * Appends the options for trimming.
 *
 * @param words The words of the command so far.
 * @param trim The options.
 */
export function appendTrim(words: Words, trim: StreamTrim): void {
  const { maxlen, minid, approximate, limit }: { [K in keyof StreamTrim]?: StreamTrim[K] } = trim;
  const bound = maxlen ?? minid;
  if (bound === undefined || maxlen !== undefined && minid !== undefined) {
    return refuse(words, 'expected one of the options "maxlen" and "minid"');
  }
  words.push(maxlen === undefined ? "MINID" : "MAXLEN");
  if (approximate) words.push("~");
  words.push(bound);
  appendOption(words, "LIMIT", limit);
}

/**
 * Appends the option for references to entries.
 *
 * @param words The words of the command so far.
 * @param policy The option.
 * @returns `words`.
 */
export function appendReferencePolicy(words: Words, policy: ReferencePolicy): Words {
  appendFlag(words, "KEEPREF", policy.keepref);
  appendFlag(words, "DELREF", policy.delref);
  appendFlag(words, "ACKED", policy.acked);
  return words;
}

/** Decodes an entry. */
export function toStreamEntry<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamEntry<T> {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "an id and fields");
  return { id: toText(parts[0]), fields: toStreamFields<T>(parts[1], bytes) };
}

/** Decodes an entry, or null if there is none. */
export function toStreamEntryOrNull<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamEntry<T> | null {
  return reply === null ? null : toStreamEntry<T>(reply, bytes);
}

/** Decodes a list of entries. Servers before 7.0 return null for a pending entry that was deleted: it is left out. */
export function toStreamEntries<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamEntry<T>[] {
  // With a count of 0 the reply is null instead of an empty list.
  if (reply === null) return [];
  const entries: StreamEntry<T>[] = [];
  for (const entry of elements(reply)) {
    if (entry !== null) entries.push(toStreamEntry<T>(entry, bytes));
  }
  return entries;
}

/** Decodes the entries of several streams, or null for none. */
export function toStreamReadsOrNull<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamRead<T>[] | null {
  return toReads(reply, (entries) => toStreamEntries<T>(entries, bytes));
}

/** Decodes the entries of several streams that were delivered to a consumer, or null for none. */
export function toDeliveriesOrNull<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamRead<T, DeliveredEntry<T>>[] | null {
  const toEntries = toListOf(toDeliveredEntry<T>);
  return toReads(reply, (entries) => toEntries(entries, bytes));
}

function toReads<T extends string | Uint8Array, E>(
  reply: Reply,
  toEntries: (reply: Reply) => E[],
): StreamRead<T, E>[] | null {
  if (reply === null) return null;
  const reads: StreamRead<T, E>[] = [];
  for (const [key, entries] of toPairs(reply)) {
    reads.push({ key: toBulk<T>(key), entries: toEntries(entries) });
  }
  return reads;
}

function toDeliveredEntry<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): DeliveredEntry<T> {
  const parts = elements(reply);
  if (parts.length !== 2 && parts.length !== 4) return unexpected(reply, "an id and fields");
  const [id, fields, idle, deliveries] = parts;
  const entry: DeliveredEntry<T> = {
    id: toText(id),
    fields: fields === null ? null : toStreamFields<T>(fields, bytes),
  };
  if (parts.length === 4) {
    entry.idle = toNumber(idle);
    entry.deliveries = toNumber(deliveries);
  }
  return entry;
}

/** Decodes the fields of an entry. If a record cannot show them all in order, the pairs are kept in `exactPairs`. */
function toStreamFields<T extends string | Uint8Array>(reply: Reply, bytes: boolean): Fields<T> {
  if (bytes) return toFields<T>(reply, bytes);
  const record: Record<string, string> = Object.create(null);
  let exact = true;
  for (const [name, value] of toPairs(reply)) {
    const field = toText(name);
    if (field in record || isInteger(field)) exact = false;
    record[field] = toText(value);
  }
  if (!exact) {
    exactPairs.set(
      record,
      Array.from(toPairs(reply), ([name, value]) => [toText(name), toText(value)]),
    );
  }
  return record as Fields<T>;
}

/** Whether objects list a property of this name before all others. */
function isInteger(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^\d+$/.test(name);
}
