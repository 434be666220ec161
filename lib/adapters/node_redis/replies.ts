/**
 * Replies in the shapes of node-redis 5.
 *
 * They are made of replies in RESP2 or RESP3: what comes as a map or a set in RESP3 becomes an array first.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { ServerError } from "../../errors.ts";
import type { Reply } from "../../resp/reply.ts";

/** A reply of which all aggregates are arrays, as in RESP2, and bytes are buffers. */
export type Shaped = null | string | number | Buffer | ServerError | Shaped[];

/**
 * Puts a reply into the form that it has in RESP2.
 *
 * @param reply The reply. Doubles of RESP3 stay numbers.
 */
export function shaped(reply: Reply): Shaped {
  if (typeof reply === "string" || typeof reply === "number" || reply === null) return reply;
  if (Array.isArray(reply)) return reply.map(shaped);
  if (reply instanceof Uint8Array) {
    return Buffer.from(reply.buffer as ArrayBuffer, reply.byteOffset, reply.byteLength);
  }
  if (reply instanceof Map) return [...reply].flat().map(shaped);
  if (reply instanceof Set) return [...reply].map(shaped);
  return typeof reply === "object" ? reply : Number(reply);
}

/** Names and values in turn, as an object without a prototype. */
export function record(reply: Shaped): Record<string, Shaped> {
  const all: Record<string, Shaped> = Object.create(null);
  for (const [name, value] of pairs(reply)) all[String(name)] = value;
  return all;
}

/** The same, of which the server answers numbers as text. */
export function numberRecord(reply: Shaped): Record<string, number> {
  const all: Record<string, number> = Object.create(null);
  for (const [name, value] of pairs(reply)) all[String(name)] = Number(value);
  return all;
}

/** A number, which may be infinite; null stays null. */
export function number(reply: Shaped): number | null {
  if (reply === null || typeof reply === "number") return reply;
  const text = String(reply);
  if (/^[+-]?inf$/.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}

/** Such numbers. */
export function numbers(reply: Shaped): (number | null)[] {
  return listOf(reply).map(number);
}

/** Members of a sorted set with their scores. */
export function scored(reply: Shaped): { value: Shaped; score: number | null }[] {
  return pairs(reply).map(([value, score]) => ({ value, score: number(score) }));
}

/** The only member, with its score; null if there is none. */
export function scoredOne(reply: Shaped): { value: Shaped; score: number | null } | null {
  return scored(reply)[0] ?? null;
}

/** Fields of a hash with their values. */
export function fieldsAndValues(reply: Shaped): { field: Shaped; value: Shaped }[] {
  return pairs(reply).map(([field, value]) => ({ field, value }));
}

/** A key and what was taken from it, as an object; null if nothing was. */
export function taken(names: readonly string[]): (reply: Shaped) => Record<string, unknown> | null {
  return (reply) => {
    if (reply === null) return null;
    const values = listOf(reply);
    return Object.fromEntries(
      names.map((name, i) => [name, name === "score" ? number(values[i]) : values[i]]),
    );
  };
}

/** A key and the members that were taken from it. */
export function takenMembers(reply: Shaped): { key: Shaped; members: unknown[] } | null {
  if (reply === null) return null;
  const [key, members] = listOf(reply);
  return { key, members: scored(members) };
}

/** A page of a scan: where the next one begins, and the items of this one. */
export function page(
  name: string,
  items: (reply: Shaped) => unknown = (reply) => reply,
): (reply: Shaped) => Record<string, unknown> {
  return (reply) => {
    const [cursor, found] = listOf(reply);
    return { cursor: String(cursor), [name]: items(found) };
  };
}

/** An entry of a stream; null for one that was deleted. */
export function entry(reply: Shaped): Record<string, unknown> | null {
  if (reply === null) return null;
  const [id, message, millisElapsedFromDelivery, deliveriesCounter] = listOf(reply);
  const delivered = millisElapsedFromDelivery === undefined
    ? {}
    : { millisElapsedFromDelivery, deliveriesCounter };
  return { id, message: record(message), ...delivered };
}

/** Entries of a stream. */
export function entries(reply: Shaped): (Record<string, unknown> | null)[] {
  return listOf(reply).map(entry);
}

/** Streams with their entries; null if there are none. */
export function streams(reply: Shaped): { name: Shaped; messages: unknown[] }[] | null {
  if (reply === null) return null;
  return pairs(reply).map(([name, messages]) => ({ name, messages: entries(messages) }));
}

/** Several records, each with names and values in turn. */
export function records(reply: Shaped): Record<string, Shaped>[] {
  return listOf(reply).map((item) => ({ ...record(item) }));
}

/** The items of an array. */
export function listOf(reply: Shaped): Shaped[] {
  return reply as Shaped[];
}

/** Pairs that are in a row, or in arrays of two. */
export function pairs(reply: Shaped): [Shaped, Shaped][] {
  const list = listOf(reply);
  if (Array.isArray(list[0])) return list as [Shaped, Shaped][];
  const found: [Shaped, Shaped][] = [];
  for (let i = 0; i < list.length; i += 2) found.push([list[i], list[i + 1]]);
  return found;
}
