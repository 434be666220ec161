/**
 * Decoders: functions that convert replies into the results of command methods.
 *
 * Each decoder accepts the shapes that RESP2 and RESP3 servers send for the same result, and throws
 * {@linkcode UnexpectedReplyError} for any other shape.
 *
 * @module
 */

import { ServerError, UnexpectedReplyError } from "../errors.ts";
import type { Decoder } from "../executor.ts";
import { elementsOf, pairsOf } from "../resp/repeated.ts";
import type { Reply } from "../resp/reply.ts";
import { ByteMap } from "./_byte_map.ts";

/**
 * Names with values, as a command returns them: an object without a prototype, or a {@linkcode ByteMap} on a `bytes`
 * view, because bytes cannot be property names.
 *
 * An object has only the last value of a name that occurs several times, and lists names that are integers first.
 * Different names that are not valid UTF-8 may become the same text. A `ByteMap` has all names and values in order.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export type Fields<T extends string | Uint8Array> = T extends string ? Record<string, T>
  : ByteMap<T>;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Throws an error for a reply of unknown shape.
 *
 * @param reply The reply.
 * @param expected The expected shape, for the message.
 */
export function unexpected(reply: Reply, expected: string): never {
  if (reply instanceof ServerError) throw reply;
  throw new UnexpectedReplyError(
    `Cannot read the reply: expected ${expected}, got ${describe(reply)}`,
  );
}

function describe(reply: Reply): string {
  if (reply === null) return "null";
  if (typeof reply !== "object") return `a ${typeof reply}`;
  if (reply instanceof Uint8Array) return "bytes";
  if (Array.isArray(reply)) return `an array of ${reply.length}`;
  if (reply instanceof ServerError) return "an error";
  return `${reply instanceof Map ? "a map" : "a set"} of ${reply.size}`;
}

/** Decodes `"OK"`. */
export function toOk(reply: Reply): "OK" {
  return reply === "OK" || text(reply) === "OK" ? "OK" : unexpected(reply, "OK");
}

/** Decodes `"OK"`, or null if the command did nothing. */
export function toOkOrNull(reply: Reply): "OK" | null {
  return reply === null ? null : toOk(reply);
}

/** Decodes a bulk string, as text or as bytes. */
export function toBulk<T extends string | Uint8Array>(reply: Reply): T {
  // The request fixed whether bulk strings are text or bytes, so the reply is a T.
  if (typeof reply === "string" || reply instanceof Uint8Array) return reply as T;
  return unexpected(reply, "a string");
}

/** Decodes a bulk string, or null for a missing value. */
export function toBulkOrNull<T extends string | Uint8Array>(reply: Reply): T | null {
  return reply === null ? null : toBulk<T>(reply);
}

/** Decodes bytes, for a request that gets bytes on every view; null for a missing value. */
export function toBytesOrNull(reply: Reply): Uint8Array | null {
  return reply === null || reply instanceof Uint8Array ? reply : unexpected(reply, "bytes");
}

/** Decodes text, for words of the server that are text on every view. */
export function toText(reply: Reply): string {
  return text(reply) ?? unexpected(reply, "a string");
}

/** Decodes text as {@linkcode toText} does, or null. */
export function toTextOrNull(reply: Reply): string | null {
  return reply === null ? null : toText(reply);
}

/** Decodes a number: an integer, a double, or either as text. */
export function toNumber(reply: Reply): number {
  if (typeof reply === "number") return reply;
  if (typeof reply === "bigint") return Number(reply);
  const string = text(reply);
  if (string !== undefined) {
    const value = parseNumber(string);
    if (value !== undefined) return value;
  }
  return unexpected(reply, "a number");
}

/** Decodes a number, or null for a missing value. */
export function toNumberOrNull(reply: Reply): number | null {
  return reply === null ? null : toNumber(reply);
}

/** Decodes an integer: a number within ±(2^53 − 1), where numbers are exact, and a bigint beyond. */
export function toInteger(reply: Reply): number | bigint {
  if (typeof reply === "bigint" || Number.isInteger(reply)) return reply as number | bigint;
  const string = text(reply);
  if (string === undefined || !/^-?\d+$/.test(string)) return unexpected(reply, "an integer");
  const value = Number(string);
  return Number.isSafeInteger(value) ? value : BigInt(string);
}

/** Returns the decoder of a counter: the new value has the type of the increment. */
export function toIntegerLike(added: unknown): Decoder<number | bigint | string> {
  return typeof added === "string" ? toDecimal : typeof added === "bigint" ? toBigint : toInteger;
}

/** Decodes an integer of any size as a bigint. */
export function toBigint(reply: Reply): bigint {
  return BigInt(toInteger(reply));
}

/**
 * Decodes a decimal number as text, with all digits that the server keeps. A `number` has fewer.
 *
 * A server that replies with a double has already rounded it.
 */
export function toDecimal(reply: Reply): string {
  return typeof reply === "number" || typeof reply === "bigint" ? String(reply) : toText(reply);
}

/** Decodes a boolean, which RESP2 servers send as 1 or 0. */
export function toBoolean(reply: Reply): boolean {
  if (reply === 1 || reply === true) return true;
  if (reply === 0 || reply === false) return false;
  return unexpected(reply, "0 or 1");
}

/**
 * Makes a decoder of lists whose elements all have the same type.
 *
 * @param item Decoder of an element.
 * @returns A decoder that accepts an array or a set.
 */
export function toListOf<R>(item: Decoder<R>): Decoder<R[]> {
  return (reply, bytes) => elements(reply).map((element) => item(element, bytes));
}

/**
 * Makes a decoder of lists, or of null for a missing value.
 *
 * @param item Decoder of an element.
 * @returns A decoder that accepts an array, a set or null.
 */
export function toListOrNullOf<R>(item: Decoder<R>): Decoder<R[] | null> {
  const list = toListOf(item);
  return (reply, bytes) => reply === null ? null : list(reply, bytes);
}

/** Decodes a list of numbers. */
export const toNumbers: Decoder<number[]> = toListOf(toNumber);

/** Decodes a list of booleans. */
export const toBooleans: Decoder<boolean[]> = toListOf(toBoolean);

/** Decodes a list of bulk strings. */
export function toBulks<T extends string | Uint8Array>(reply: Reply): T[] {
  const list = elements(reply);
  // Decoded in place: a list can be long, and nobody else uses the reply.
  for (const item of list) if (typeof item !== "string") toBulk(item);
  return list as T[];
}

/** Decodes a list of bulk strings, or null for a missing value. */
export function toBulksOrNull<T extends string | Uint8Array>(reply: Reply): T[] | null {
  return reply === null ? null : toBulks<T>(reply);
}

/** Decodes a list of bulk strings, with null for each missing one. */
export function toBulksOrNulls<T extends string | Uint8Array>(reply: Reply): (T | null)[] {
  const list = elements(reply);
  for (const item of list) if (typeof item !== "string") toBulkOrNull(item);
  return list as (T | null)[];
}

/**
 * Decodes a set of bulk strings. On a `bytes` view its elements are different objects, even if their bytes are equal.
 * As
 * text, elements that are not valid UTF-8 may become equal.
 */
export function toBulkSet<T extends string | Uint8Array>(reply: Reply): Set<T> {
  if (reply instanceof Set) {
    for (const item of reply) if (typeof item !== "string") toBulk(item);
    return reply as Set<T>;
  }
  return new Set(toBulks<T>(reply));
}

/** Decodes names and values: an object, or a `ByteMap` on a `bytes` view. */
export function toFields<T extends string | Uint8Array>(reply: Reply, bytes: boolean): Fields<T> {
  if (bytes) {
    const map = new ByteMap<T>();
    for (const [name, value] of toPairs(reply)) map.set(toBulk<Uint8Array>(name), toBulk<T>(value));
    return map as Fields<T>;
  }
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of toPairs(reply)) record[toText(name)] = toText(value);
  return record as Fields<T>;
}

/** Returns the pairs of a map, a flat array, or an array of two-element arrays. Keeps repeated names. */
export function toPairs(reply: Reply): Iterable<readonly [Reply, Reply]> {
  if (reply instanceof Map) return pairsOf(reply);
  if (!Array.isArray(reply)) return unexpected(reply, "pairs");
  if (reply.length > 0 && reply.every((item) => Array.isArray(item) && item.length === 2)) {
    return reply as [Reply, Reply][];
  }
  if (reply.length % 2 !== 0) return unexpected(reply, "pairs");
  const pairs: [Reply, Reply][] = [];
  for (let i = 0; i < reply.length; i += 2) pairs.push([reply[i], reply[i + 1]]);
  return pairs;
}

/** Returns the elements of an array or a set. */
export function elements(reply: Reply): Reply[] {
  if (Array.isArray(reply)) return reply;
  if (reply instanceof Set) return elementsOf(reply);
  return unexpected(reply, "a list");
}

/** Returns a reply without conversion. */
export function toReply(reply: Reply): Reply {
  return reply;
}

function text(reply: Reply): string | undefined {
  if (typeof reply === "string") return reply;
  return reply instanceof Uint8Array ? utf8.decode(reply) : undefined;
}

function parseNumber(string: string): number | undefined {
  switch (string) {
    case "inf":
    case "+inf":
      return Infinity;
    case "-inf":
      return -Infinity;
    case "nan":
    case "-nan":
      return NaN;
  }
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(string) ? Number(string) : undefined;
}
