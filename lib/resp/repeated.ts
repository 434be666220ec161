/**
 * Maps and sets of RESP3 that have the same key or element more than once.
 *
 * A server repeats a key where the caller has repeated it (XREADGROUP of one stream twice), and names that are not
 * valid UTF-8 can become the same text. The `Map` or `Set` then has fewer items than were sent. All of them are kept
 * beside it, for decoders that make a list.
 *
 * @module
 */

import type { Reply } from "./reply.ts";

/** The items that were sent, for maps and sets that have fewer. */
const sent = new WeakMap<object, Reply[]>();

/**
 * Makes a map. Of several values for one key it has the last.
 *
 * @param items Keys and values in turn; an odd one at the end is ignored.
 */
export function toMap(items: Reply[]): Map<Reply, Reply> {
  const map = new Map<Reply, Reply>();
  for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
  if (map.size < items.length >> 1) sent.set(map, items);
  return map;
}

/**
 * Makes a set.
 *
 * @param items The elements.
 */
export function toSet(items: Reply[]): Set<Reply> {
  const set = new Set(items);
  if (set.size < items.length) sent.set(set, items);
  return set;
}

/**
 * All pairs of a map as they were sent, repeated keys included.
 *
 * @param map A map of a reply.
 */
export function pairsOf(map: Map<Reply, Reply>): Iterable<[Reply, Reply]> {
  const items = sent.get(map);
  if (items === undefined) return map;
  const pairs: [Reply, Reply][] = [];
  for (let i = 0; i + 1 < items.length; i += 2) pairs.push([items[i], items[i + 1]]);
  return pairs;
}

/**
 * All elements of a set as they were sent, repeated ones included.
 *
 * @param set A set of a reply.
 */
export function elementsOf(set: Set<Reply>): Reply[] {
  return sent.get(set) ?? [...set];
}
