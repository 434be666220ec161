/**
 * How replies become the values that command methods promise.
 *
 * Each decoder takes every shape that RESP2 and RESP3 servers send for the same thing, checks it, and throws
 * {@linkcode UnexpectedReplyError} for any other.
 *
 * @module
 */

import { ServerError, UnexpectedReplyError } from "../errors.ts";
import type { Decoder } from "../executor.ts";
import { elementsOf, pairsOf } from "../resp/repeated.ts";
import type { Reply } from "../resp/reply.ts";
import { ByteMap } from "./_byte_map.ts";

/**
 * Pairs of names and values as a command answers them: a record without a prototype, or on a `bytes` view a
 * {@linkcode ByteMap}, since bytes cannot be property names.
 *
 * If a name occurs several times, a record has its last value. Names that are not valid UTF-8 can become the same text;
 * the map, in which each name is a separate object, has all of them. In a record, names that are integers come first.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export type Fields<T extends string | Uint8Array> = T extends string ? Record<string, T>
  : ByteMap<T>;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Throws for a reply that is none of the documented shapes.
 *
 * @param reply What came.
 * @param expected What is documented.
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

/** `"OK"`. */
export function toOk(reply: Reply): "OK" {
  return reply === "OK" || text(reply) === "OK" ? "OK" : unexpected(reply, "OK");
}

/** `"OK"`, or null where the command declined. */
export function toOkOrNull(reply: Reply): "OK" | null {
  return reply === null ? null : toOk(reply);
}

/** A bulk string in the mode of the surface. */
export function toBulk<T extends string | Uint8Array>(reply: Reply): T {
  // The mode was fixed when the request was made, so what came is a T.
  if (typeof reply === "string" || reply instanceof Uint8Array) return reply as T;
  return unexpected(reply, "a string");
}

/** A bulk string in the mode of the surface, or null for a missing value. */
export function toBulkOrNull<T extends string | Uint8Array>(reply: Reply): T | null {
  return reply === null ? null : toBulk<T>(reply);
}

/** Bytes, for a reply that was asked for in bytes whatever the surface; null for a missing value. */
export function toBytesOrNull(reply: Reply): Uint8Array | null {
  return reply === null || reply instanceof Uint8Array ? reply : unexpected(reply, "bytes");
}

/** Text, whatever the mode: for words of the server itself. */
export function toText(reply: Reply): string {
  return text(reply) ?? unexpected(reply, "a string");
}

/** Text, whatever the mode, or null. */
export function toTextOrNull(reply: Reply): string | null {
  return reply === null ? null : toText(reply);
}

/** A number: an integer, a double, or either as a string. */
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

/** A number, or null for a missing value. */
export function toNumberOrNull(reply: Reply): number | null {
  return reply === null ? null : toNumber(reply);
}

/** An integer that can leave the range in which doubles are exact: a bigint beyond ±(2^53 − 1). */
export function toInteger(reply: Reply): number | bigint {
  if (typeof reply === "bigint" || Number.isInteger(reply)) return reply as number | bigint;
  const string = text(reply);
  if (string === undefined || !/^-?\d+$/.test(string)) return unexpected(reply, "an integer");
  const value = Number(string);
  return Number.isSafeInteger(value) ? value : BigInt(string);
}

/** Chooses the decoder of a counter: its new value has the type of what was added. */
export function toIntegerLike(added: unknown): Decoder<number | bigint | string> {
  return typeof added === "string" ? toDecimal : typeof added === "bigint" ? toBigint : toInteger;
}

/** An integer of any size, always as a bigint. */
export function toBigint(reply: Reply): bigint {
  return BigInt(toInteger(reply));
}

/**
 * The text of a decimal number, with all digits that the server keeps: a number has fewer.
 *
 * A server that answers a double has already rounded it.
 */
export function toDecimal(reply: Reply): string {
  return typeof reply === "number" || typeof reply === "bigint" ? String(reply) : toText(reply);
}

/** Yes or no: 1 or 0, or a boolean. */
export function toBoolean(reply: Reply): boolean {
  if (reply === 1 || reply === true) return true;
  if (reply === 0 || reply === false) return false;
  return unexpected(reply, "0 or 1");
}

/**
 * A list whose elements are all of one kind.
 *
 * @param item Decoder of an element.
 * @returns A decoder that takes an array or a set.
 */
export function toListOf<R>(item: Decoder<R>): Decoder<R[]> {
  return (reply, bytes) => elements(reply).map((element) => item(element, bytes));
}

/**
 * A list, or null for a missing value.
 *
 * @param item Decoder of an element.
 * @returns A decoder that takes an array, a set or null.
 */
export function toListOrNullOf<R>(item: Decoder<R>): Decoder<R[] | null> {
  const list = toListOf(item);
  return (reply, bytes) => reply === null ? null : list(reply, bytes);
}

/** A list of numbers. */
export const toNumbers: Decoder<number[]> = toListOf(toNumber);

/** A list of yes or no. */
export const toBooleans: Decoder<boolean[]> = toListOf(toBoolean);

/** A list of bulk strings in the mode of the surface. */
export function toBulks<T extends string | Uint8Array>(reply: Reply): T[] {
  const list = elements(reply);
  // Checked in place: a list can be long, and a reply belongs to its decoder.
  for (const item of list) if (typeof item !== "string") toBulk(item);
  return list as T[];
}

/** A list of bulk strings in the mode of the surface, or null for a missing value. */
export function toBulksOrNull<T extends string | Uint8Array>(reply: Reply): T[] | null {
  return reply === null ? null : toBulks<T>(reply);
}

/** A list of bulk strings, null for each missing one. */
export function toBulksOrNulls<T extends string | Uint8Array>(reply: Reply): (T | null)[] {
  const list = elements(reply);
  for (const item of list) if (typeof item !== "string") toBulkOrNull(item);
  return list as (T | null)[];
}

/**
 * A set of bulk strings in the mode of the surface. On a `bytes` view its elements are distinct objects; as text,
 * elements that are not valid UTF-8 can become the same.
 */
export function toBulkSet<T extends string | Uint8Array>(reply: Reply): Set<T> {
  if (reply instanceof Set) {
    for (const item of reply) if (typeof item !== "string") toBulk(item);
    return reply as Set<T>;
  }
  return new Set(toBulks<T>(reply));
}

/** Pairs of bulk strings: a record on text surfaces, a `Map` on bytes surfaces. */
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

/** Pairs as they were sent, repeated names included: from a map, a flat array, or an array of two-element arrays. */
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

/** The elements of an array or a set. */
export function elements(reply: Reply): Reply[] {
  if (Array.isArray(reply)) return reply;
  if (reply instanceof Set) return elementsOf(reply);
  return unexpected(reply, "a list");
}

/** A reply as it is. */
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
