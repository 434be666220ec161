/**
 * Splits requests for several nodes into parts, and merges the replies.
 *
 * @module
 */

import { type CommandRow, keyPositions, type ResponsePolicy } from "../lib/command_table/mod.ts";
import {
  ClusterError,
  type FailedPart,
  type PartialOutcome,
  ServerError,
  UnexpectedReplyError,
} from "../lib/errors.ts";
import { elementsOf, pairsOf } from "../lib/resp/repeated.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";
import { checkText } from "../lib/words.ts";
import { slotOf } from "./slot.ts";

/** A part of a request: the keys of one slot. */
export interface Part {
  /** The slot. */
  readonly slot: number;
  /** The command with only these keys. */
  readonly words: Argument[];
  /** Indexes of these keys in the whole command; the first key has index 0. */
  readonly keys: number[];
}

/**
 * Splits a multi-key command by slot, since servers take only keys of one slot in a command.
 *
 * Words before the first key and after the last group go into every part: the path of `JSON.MGET key key path`.
 *
 * @param row The command's row; it has one specification of keys in a range.
 * @param words Words of the command.
 * @returns The parts in the order of their first keys; none if there are no keys.
 * @throws {TypeError} If the last group is incomplete (`MSET key value key`), or text has no UTF-8 form.
 */
export function splitBySlot(row: CommandRow, words: readonly Argument[]): Part[] {
  checkText(words);
  const positions = keyPositions(row, words);
  if (positions.length === 0) return [];
  const find = row.keys[0].find;
  const step = find.type === "range" ? find.keyStep : 1;
  const first = positions[0];
  const end = find.type === "range" ? words.length + find.lastKey + 1 : words.length;
  if ((end - first) % step !== 0) {
    throw new TypeError(
      `Cannot send ${row.name}: expected ${step} arguments for each key, the last key has fewer`,
    );
  }
  const shared = words.slice(end);
  const parts = new Map<number, Part>();
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i];
    const slot = slotOf(words[position]);
    let part = parts.get(slot);
    if (part === undefined) {
      part = { slot, words: words.slice(0, first), keys: [] };
      parts.set(slot, part);
    }
    part.keys.push(i);
    for (let j = 0; j < step; j++) part.words.push(words[position + j]);
  }
  for (const part of parts.values()) for (const word of shared) part.words.push(word);
  return [...parts.values()];
}

/**
 * Merges the replies to parts, in the order of the caller's keys.
 *
 * @param policy The command's response policy; without one each part answers an element for each key.
 * @param parts The parts.
 * @param replies Their replies, none of them an error.
 * @returns The reply that one server would have given.
 */
export function mergeParts(
  policy: ResponsePolicy | undefined,
  parts: readonly Part[],
  replies: readonly Reply[],
): Reply {
  if (policy !== undefined) return combine(policy, replies);
  const merged: Reply[] = [];
  for (const [i, part] of parts.entries()) {
    const reply = replies[i];
    if (!Array.isArray(reply) || reply.length !== part.keys.length) {
      throw new UnexpectedReplyError(
        "Cannot merge the replies of several nodes: expected an element for each key",
      );
    }
    for (let j = 0; j < reply.length; j++) merged[part.keys[j]] = reply[j];
  }
  return merged;
}

/**
 * The error for a split command of which a part failed.
 *
 * @param row The command's row.
 * @param words Words of the whole.
 * @param parts The parts.
 * @param errors The error of each part that failed, by its position.
 */
export function partialFailure(
  row: CommandRow,
  words: readonly Argument[],
  parts: readonly Part[],
  errors: ReadonlyMap<number, Error>,
): ClusterError {
  const positions = keyPositions(row, words);
  const keyOf = (i: number): string | Uint8Array => {
    const key = words[positions[i]];
    return key instanceof Uint8Array ? key : String(key);
  };
  const applied: PartialOutcome["applied"] = [];
  const failed: FailedPart[] = [];
  for (const [i, part] of parts.entries()) {
    const error = errors.get(i);
    for (const key of part.keys) {
      if (error === undefined) applied.push(keyOf(key));
      else failed.push({ key: keyOf(key), error });
    }
  }
  const [first] = errors.values();
  return new ClusterError(
    `Cannot complete ${row.name}: it failed for ${failed.length} of ${
      failed.length + applied.length
    } keys (${first.message})`,
    { cause: first, partial: { applied, failed } },
  );
}

/** Merged outcome of a request to several nodes. */
export type Outcome =
  /** One reply that stands for all. */
  | { readonly reply: Reply }
  /** A reply for each node. */
  | { readonly each: Map<string, Reply> }
  /** It failed. */
  | { readonly error: Error };

/** How to merge lists of several nodes: into one list of all elements, or into a record by node. */
export type Lists = "joined" | "apart";

/**
 * Merges the replies of several nodes into one outcome.
 *
 * @param policy The command's response policy.
 * @param replies What each node answered, by its name: a reply or an error.
 * @param lists What becomes of lists, if the command has no policy.
 * @returns The outcome.
 */
export function gather(
  policy: ResponsePolicy | undefined,
  replies: ReadonlyMap<string, Reply | Error>,
  lists: Lists = "joined",
): Outcome {
  const successes = new Map<string, Reply>();
  let error: Error | undefined;
  for (const [node, reply] of replies) {
    if (!(reply instanceof Error)) successes.set(node, reply);
    else if (error === undefined || preferred(reply, error)) error = reply;
  }
  const values = [...successes.values()];
  if (policy === "one_succeeded") {
    return values.length > 0 ? { reply: values[0] } : { error: error! };
  }
  if (policy === "first_non_null") {
    const found = values.find((value) => value !== null);
    if (found !== undefined) return { reply: found };
    return error === undefined ? { reply: null } : { error };
  }
  if (error !== undefined) return { error };
  if (policy === "special") return { each: successes };
  try {
    if (policy !== undefined) return { reply: combine(policy, values) };
    if (
      lists === "joined" && values.every((value) => Array.isArray(value) || value instanceof Set)
    ) {
      return { reply: concatenate(values) };
    }
  } catch (cause) {
    return { error: cause as Error };
  }
  return { each: successes };
}

/**
 * Aggregates replies by a policy.
 *
 * @param policy The policy.
 * @param replies At least one reply, none of them an error.
 * @returns The aggregate.
 * @throws {UnexpectedReplyError} If the policy needs numbers and there are others, or lists of different lengths.
 */
export function combine(policy: ResponsePolicy, replies: readonly Reply[]): Reply {
  switch (policy) {
    case "agg_sum":
      return aggregate(replies, (a, b) => a + b);
    case "agg_min":
      return aggregate(replies, (a, b) => a < b ? a : b);
    case "agg_max":
      return aggregate(replies, (a, b) => a > b ? a : b);
    case "agg_logical_and":
      return aggregate(replies, (a, b) => a & b, truth);
    case "agg_logical_or":
      return aggregate(replies, (a, b) => a | b, truth);
    case "union":
      return union(replies);
    case "sum_map":
      return sumMaps(replies);
    default:
      return replies[0];
  }
}

/** Aggregates integers, or lists of integers element by element. Sums may leave the range in which doubles are exact. */
function aggregate(
  replies: readonly Reply[],
  operation: (a: bigint, b: bigint) => bigint,
  read: (reply: Reply) => bigint = integer,
): Reply {
  const [first] = replies;
  if (!Array.isArray(first)) {
    return plain(replies.map(read).reduce(operation));
  }
  return first.map((_, i) =>
    aggregate(
      replies.map((reply) =>
        Array.isArray(reply) && reply.length === first.length
          ? reply[i]
          : unaggregable("lists of the same length")
      ),
      operation,
      read,
    )
  );
}

function integer(reply: Reply): bigint {
  if (typeof reply === "number" && Number.isInteger(reply) || typeof reply === "bigint") {
    return BigInt(reply);
  }
  return typeof reply === "boolean" ? BigInt(reply) : unaggregable("integers");
}

/** Reads an integer as a truth value: 1 or 0. */
function truth(reply: Reply): bigint {
  return integer(reply) === 0n ? 0n : 1n;
}

function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function concatenate(replies: readonly Reply[]): Reply {
  const all: Reply[] = [];
  for (const reply of replies) {
    const items = reply instanceof Set ? elementsOf(reply) : reply as Reply[];
    for (const item of items) all.push(item);
  }
  return all;
}

const latin1 = new TextDecoder("latin1");

/** Makes a value by which items can be compared: bytes become text with one character for each byte. */
function identityOf(item: Reply): unknown {
  return item instanceof Uint8Array ? latin1.decode(item) : item;
}

/** Bytes are compared by content. */
function union(replies: readonly Reply[]): Reply[] {
  const seen = new Map<unknown, Reply>();
  for (const reply of replies) {
    if (!Array.isArray(reply) && !(reply instanceof Set)) return unaggregable("lists");
    for (const item of reply) {
      const identity = identityOf(item);
      if (!seen.has(identity)) seen.set(identity, item);
    }
  }
  return [...seen.values()];
}

/** Sums flat lists of name and count, or maps, by name; answers a flat list. */
function sumMaps(replies: readonly Reply[]): Reply[] {
  const sums = new Map<unknown, { name: Reply; sum: bigint }>();
  for (const reply of replies) {
    const flat = reply instanceof Map ? [...pairsOf(reply)].flat() as Reply[] : reply;
    if (!Array.isArray(flat)) return unaggregable("pairs of name and count");
    // A channel that was asked for twice is twice in each reply, and counts once.
    const counted = new Set<unknown>();
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const name = flat[i];
      const identity = identityOf(name);
      if (counted.has(identity)) continue;
      counted.add(identity);
      const entry = sums.get(identity);
      if (entry === undefined) sums.set(identity, { name, sum: integer(flat[i + 1]) });
      else entry.sum += integer(flat[i + 1]);
    }
  }
  return [...sums.values()].flatMap(({ name, sum }) => [name, plain(sum)]);
}

/** Prefers the error reply of a server: it explains more than a node that was not reached. */
function preferred(error: Error, other: Error): boolean {
  return error instanceof ServerError && !(other instanceof ServerError);
}

function unaggregable(expected: string): never {
  throw new UnexpectedReplyError(
    `Cannot merge the replies of several nodes: expected ${expected}`,
  );
}
