/**
 * Entries of streams: their ids, what trims them, and how they come back.
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
 * Id of an entry, as `milliseconds-sequence`; a number, or text without a dash, is the milliseconds alone. Ends of
 * ranges may also be `"-"` and `"+"`, before and behind all entries, and begin with `(` if they do not belong to the
 * range.
 */
export type EntryId = string | number;

/** Keys of streams with the ids to read behind. */
export type StreamPositions = Entries<EntryId>;

/**
 * An entry of a stream.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface StreamEntry<T extends string | Uint8Array = string> {
  /** Its id. */
  id: string;
  /**
   * Its fields: an object without a prototype, or a map on a `bytes` view.
   *
   * An entry can have several fields with the same name. The object then has the last one, and names that are integers
   * come first in it, as in every object; {@linkcode fieldPairs} has all fields in their order. So has the map.
   */
  fields: Fields<T>;
}

/**
 * An entry that was delivered to a consumer.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface DeliveredEntry<T extends string | Uint8Array = string> {
  /** Its id. */
  id: string;
  /** Its fields as in {@linkcode StreamEntry}; null if it is pending still, but was deleted from the stream. */
  fields: Fields<T> | null;
  /** Milliseconds since it was last delivered, 0 for a new one; there if `claim` was set. */
  idle?: number;
  /** How often it had been delivered before, 0 for a new one; there if `claim` was set. */
  deliveries?: number;
}

/** The pairs of records that lack some, or have them in another order. */
const exactPairs = new WeakMap<object, [field: string, value: string][]>();

/**
 * All fields of an entry of a stream, in their order, repeated names included.
 *
 * @example An entry with a name twice
 * ```ts
 * import { fieldPairs } from "@babushka/redis";
 *
 * await client.xadd("log", "*", [["tag", "a"], ["tag", "b"], ["1", "c"]]);
 * const [entry] = await client.xrange("log", "-", "+");
 * entry.fields; // { "1": "c", tag: "b" }
 * fieldPairs(entry); // [["tag", "a"], ["tag", "b"], ["1", "c"]]
 * ```
 *
 * @param entry The entry as a command answered it: a copy of its `fields` has what a record can have.
 * @returns The names and values; none if the entry was deleted.
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
 * What was read from one of several streams.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam E What an entry is.
 */
export interface StreamRead<T extends string | Uint8Array = string, E = StreamEntry<T>> {
  /** Key of the stream. */
  key: T;
  /** The entries, the oldest first; at least one, except of those that were delivered before. */
  entries: E[];
}

/** What happens to references that consumer groups have to entries that go. At most one of the options. */
export type ReferencePolicy = AtMostOne<{
  /** The references stay, which is the default. */
  keepref: boolean;
  /** The references go, too. */
  delref: boolean;
  /** Entries go only if all groups have had and acknowledged them. */
  acked: boolean;
}>;

/** Which old entries go. Exactly one of `maxlen` and `minid`. */
export type StreamTrim =
  & ExactlyOne<{
    /** All but so many of the newest ones. */
    maxlen: number;
    /** Those with ids lower than this one. */
    minid: EntryId;
  }>
  & (
    | {
      /** Let some more stay, where it is much faster. @default {false} */
      approximate?: boolean;
      /** Only if it is approximate. */
      limit?: undefined;
    }
    | {
      /** Let some more stay, where it is much faster. */
      approximate: true;
      /** How many entries go at most; 0 for no limit. @default A hundred nodes of the stream, about 10 000 entries */
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
 * Appends which entries go.
 *
 * @param words Where to append.
 * @param trim Which entries.
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
 * Appends what happens to references.
 *
 * @param words Where to append.
 * @param policy What happens.
 * @returns `words`.
 */
export function appendReferencePolicy(words: Words, policy: ReferencePolicy): Words {
  appendFlag(words, "KEEPREF", policy.keepref);
  appendFlag(words, "DELREF", policy.delref);
  appendFlag(words, "ACKED", policy.acked);
  return words;
}

/** An entry. */
export function toStreamEntry<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamEntry<T> {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "an id and fields");
  return { id: toText(parts[0]), fields: toStreamFields<T>(parts[1], bytes) };
}

/** An entry, or null for none. */
export function toStreamEntryOrNull<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamEntry<T> | null {
  return reply === null ? null : toStreamEntry<T>(reply, bytes);
}

/** Entries. Servers before 7.0 have null for those that were deleted but are pending still: they are left out. */
export function toStreamEntries<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamEntry<T>[] {
  // Nothing is null, not an empty list, if it was asked for with a count of 0.
  if (reply === null) return [];
  const entries: StreamEntry<T>[] = [];
  for (const entry of elements(reply)) {
    if (entry !== null) entries.push(toStreamEntry<T>(entry, bytes));
  }
  return entries;
}

/** What was read from each of several streams, or null for nothing. */
export function toStreamReadsOrNull<T extends string | Uint8Array>(
  reply: Reply,
  bytes: boolean,
): StreamRead<T>[] | null {
  return toReads(reply, (entries) => toStreamEntries<T>(entries, bytes));
}

/** What was delivered from each of several streams, or null for nothing. */
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

/** The fields of an entry. What a record cannot show is kept beside it. */
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

/** Whether objects have a property of this name before the others. */
function isInteger(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && /^\d+$/.test(name);
}
