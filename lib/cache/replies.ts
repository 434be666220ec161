/**
 * Replies that are kept: copies of them, and the memory that they take.
 *
 * @module
 */

import { ServerError } from "../errors.ts";
import { elementsOf, pairsOf, toMap, toSet } from "../resp/repeated.ts";
import type { Reply } from "../resp/reply.ts";

/**
 * Copies a reply so far that changes to one copy do not show in the other.
 *
 * @param reply The reply.
 * @returns A copy; the reply itself if it cannot be changed.
 */
export function copyOf(reply: Reply): Reply {
  if (typeof reply !== "object" || reply === null) return reply;
  if (reply instanceof Uint8Array) return new Uint8Array(reply);
  if (Array.isArray(reply)) return reply.map(copyOf);
  if (reply instanceof Map) return toMap([...pairsOf(reply)].flat(1).map(copyOf));
  if (reply instanceof Set) return toSet(elementsOf(reply).map(copyOf));
  return reply;
}

/**
 * Tells whether a reply is what servers answer for a key that does not exist.
 *
 * @param reply The reply.
 */
export function isEmpty(reply: Reply): boolean {
  if (reply === null || reply === 0 || reply === false) return true;
  if (Array.isArray(reply)) return reply.every(isEmpty);
  return (reply instanceof Map || reply instanceof Set) && reply.size === 0;
}

/**
 * Tells whether a reply has an error inside.
 *
 * @param reply The reply.
 */
export function hasError(reply: Reply): boolean {
  if (typeof reply !== "object" || reply === null) return false;
  if (Array.isArray(reply)) return reply.some(hasError);
  if (reply instanceof Map) return [...pairsOf(reply)].some((pair) => pair.some(hasError));
  return reply instanceof Set ? elementsOf(reply).some(hasError) : reply instanceof ServerError;
}

// The sizes are those of V8 without pointer compression, as Deno builds it. `tests/lib/cache/replies_test.ts` measures them.

/** Bytes of an array without elements. */
const ARRAY = 48;
/** Bytes of a map or set without its table. */
const COLLECTION = 72;
/** Bytes of a `Uint8Array` without its content, which is outside of the heap. */
const BYTES = 208;
/** Bytes of a number that is not a small integer. */
const NUMBER = 16;

/** Text that has characters of two bytes in memory; all of it has then. */
// deno-lint-ignore no-control-regex
const WIDE = /[^\x00-\xff]/;

/**
 * Estimates the memory of a reply.
 *
 * @param reply The reply.
 * @returns Bytes.
 */
export function sizeOfReply(reply: Reply): number {
  switch (typeof reply) {
    case "string":
      return sizeOfText(reply);
    case "number":
      return (reply | 0) === reply ? 0 : NUMBER;
    case "bigint":
      return NUMBER + Math.ceil(reply.toString(16).length / 16) * 8;
    case "boolean":
      return 0;
  }
  if (reply === null) return 0;
  if (reply instanceof Uint8Array) return BYTES + roundUp(reply.length);
  if (Array.isArray(reply)) return ARRAY + 8 * reply.length + sum(reply);
  if (reply instanceof Map) return sizeOfMap(reply.size) + sum([...reply].flat(1));
  if (reply instanceof Set) return COLLECTION + 20 * capacityFor(reply.size) + sum([...reply]);
  return 0;
}

/**
 * Estimates the memory of text.
 *
 * @param text The text.
 * @returns Bytes.
 */
export function sizeOfText(text: string): number {
  return 16 + roundUp(WIDE.test(text) ? text.length * 2 : text.length);
}

/**
 * Estimates the memory of a map without its keys and values.
 *
 * @param count Number of its pairs.
 * @returns Bytes.
 */
export function sizeOfMap(count: number): number {
  return COLLECTION + 28 * capacityFor(count);
}

function sum(replies: readonly Reply[]): number {
  let bytes = 0;
  for (const reply of replies) bytes += sizeOfReply(reply);
  return bytes;
}

/** Tables double when they are full. */
function capacityFor(count: number): number {
  let capacity = 4;
  while (capacity < count) capacity *= 2;
  return capacity;
}

function roundUp(bytes: number): number {
  return (bytes + 7) & ~7;
}
