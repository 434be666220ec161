/**
 * Arguments and replies in the form of ioredis.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Argument, Reply } from "../../resp/reply.ts";
import { wordsOf } from "../words.ts";

/** Callback in the style of Node: an error, or null and a value. */
// deno-lint-ignore no-explicit-any
export type Callback = (error: any, value?: any) => void;

/** A command as a method of ioredis takes it. */
export interface Taken {
  /** Its words. */
  readonly words: Argument[];
  /** The function behind the arguments. */
  readonly callback: Callback | undefined;
}

/** Commands whose fields and values may be an object or a `Map`, with the number of arguments in front of it. */
const RECORDS: ReadonlyMap<string, number> = new Map([
  ["HSET", 1],
  ["HMSET", 1],
  ["MSET", 0],
  ["MSETNX", 0],
]);

/**
 * Takes the arguments of a method.
 *
 * @param name Name of the command.
 * @param args Its arguments: values, arrays of values, and perhaps a function at the end.
 * @returns Words and function.
 */
export function take(name: string, args: readonly unknown[]): Taken {
  const last = args.at(-1);
  const callback = typeof last === "function" ? last as Callback : undefined;
  const values = callback === undefined ? args : args.slice(0, -1);
  const before = RECORDS.get(name);
  const record = before === undefined ? undefined : values[before];
  const isRecord = values.length === before! + 1 && typeof record === "object" &&
    record !== null && !Array.isArray(record) && !(record instanceof Uint8Array);
  if (!isRecord) return { words: [name, ...wordsOf(values)], callback };
  const pairs = record instanceof Map ? [...record] : Object.entries(record);
  return { words: [name, ...wordsOf([...values.slice(0, before), ...pairs])], callback };
}

/**
 * Calls a function with the outcome of a promise, if there is one.
 *
 * @param promise The promise.
 * @param callback The function. Libraries may pass other values in its place.
 * @returns The same promise.
 */
export function tell<R>(promise: Promise<R>, callback: Callback | undefined): Promise<R> {
  if (typeof callback === "function") promise.then((value) => callback(null, value), callback);
  return promise;
}

/**
 * Makes the value that ioredis answers.
 *
 * @param name Name of the command.
 * @param reply Reply in RESP2. Bytes become buffers.
 */
export function valueOf(name: string, reply: Reply): unknown {
  const value = plain(reply);
  if (name !== "HGETALL" || !Array.isArray(value)) return value;
  const entries: [string, unknown][] = [];
  for (let i = 0; i < value.length; i += 2) entries.push([String(value[i]), value[i + 1]]);
  return Object.fromEntries(entries);
}

function plain(reply: Reply): unknown {
  if (typeof reply === "string" || typeof reply === "number" || reply === null) return reply;
  if (Array.isArray(reply)) return reply.map(plain);
  // ioredis has no other numbers.
  if (typeof reply === "bigint") return Number(reply);
  return reply instanceof Uint8Array ? bufferOf(reply) : reply;
}

/** The same bytes as a buffer of Node. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}
