/**
 * Options of single calls: `withCommandOptions()` of node-redis 5, and `commandOptions()` of version 4.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Client } from "../../client/client.ts";
import type { RequestOptions } from "../../dispatch/request_options.ts";

/** Types of replies, by the numbers that `RESP_TYPES` of node-redis has for them. */
export const RESP_TYPES = {
  /** A text or bytes of any length. */
  BLOB_STRING: 36,
  /** A short text, such as `OK`. */
  SIMPLE_STRING: 43,
  /** An integer. */
  NUMBER: 58,
  /** A number with a fraction. */
  DOUBLE: 44,
  /** Names and values. */
  MAP: 37,
  /** Values, each once. */
  SET: 126,
  /** Values in a row. */
  ARRAY: 42,
} as const;

/** Options of the calls on a view of the facade. */
export interface NodeRedisCommandOptions {
  /** What types of replies become. Only blob strings can become something else than by default: `{ 36: Buffer }`. */
  typeMapping?: Readonly<Record<number, unknown>>;
  /** Rejects the call when it is aborted. */
  abortSignal?: AbortSignal;
  /** Milliseconds for the whole life of a call. */
  timeout?: number;
  /** Ignored: calls are sent in their order. */
  asap?: boolean;
}

/** How a call is made. */
export interface CallOptions {
  /** Whether blob strings are buffers. */
  readonly buffers: boolean;
  /** Timeout and signal; undefined for those of the client. */
  readonly request: RequestOptions | undefined;
  /** Whether pages have the form of node-redis 4. */
  readonly isVersion4: boolean;
}

/** The way of calls without options. */
export const NO_OPTIONS: CallOptions = { buffers: false, request: undefined, isVersion4: false };

const NAMES = ["typeMapping", "abortSignal", "timeout", "asap"];

/** The types that the facade answers, by the numbers of node-redis. */
const DEFAULTS: ReadonlyMap<number, unknown> = new Map<number, unknown>([
  [RESP_TYPES.BLOB_STRING, String],
  [RESP_TYPES.SIMPLE_STRING, String],
  [RESP_TYPES.NUMBER, Number],
  [RESP_TYPES.DOUBLE, Number],
  [RESP_TYPES.MAP, Object],
  [RESP_TYPES.SET, Array],
  [RESP_TYPES.ARRAY, Array],
]);

/**
 * Reads the options of a view.
 *
 * @param options The options.
 * @throws {TypeError} If the facade does not have one.
 */
export function callOptionsOf(options: NodeRedisCommandOptions): CallOptions {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || NAMES.includes(name)) continue;
    throw new TypeError(`Cannot make a view with "${name}": expected one of ${NAMES.join(", ")}`);
  }
  const { typeMapping = {}, abortSignal: signal, timeout } = options;
  for (const [type, wanted] of Object.entries(typeMapping)) {
    if (wanted === undefined || DEFAULTS.get(Number(type)) === wanted) continue;
    if (Number(type) === RESP_TYPES.BLOB_STRING && wanted === Buffer) continue;
    throw new TypeError(
      `Cannot map replies of type ${type}: only blob strings (36) can be mapped, to Buffer`,
    );
  }
  const hasRequest = signal !== undefined || timeout !== undefined;
  return {
    buffers: typeMapping[RESP_TYPES.BLOB_STRING] === Buffer,
    request: hasRequest
      ? { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) }
      : undefined,
    isVersion4: false,
  };
}

/**
 * The view of a client that sends calls with these options.
 *
 * @param client The client.
 * @param options The options.
 */
export function viewOf(client: Client, { buffers, request }: CallOptions): Client {
  const view = buffers ? client.bytes as unknown as Client : client;
  return request === undefined ? view : view.with(request);
}

/**
 * Reads what `commandOptions()` of node-redis 4 has made, as the first argument of a call.
 *
 * @param first The argument.
 * @returns The options; undefined if it is something else.
 */
export function version4Options(first: unknown): CallOptions | undefined {
  if (typeof first !== "object" || first === null) return undefined;
  const isMarked = Object.getOwnPropertySymbols(first)
    .some(({ description }) => description === "Command Options");
  if (!isMarked) return undefined;
  const { returnBuffers, signal } = first as { returnBuffers?: boolean; signal?: AbortSignal };
  return {
    buffers: returnBuffers === true,
    request: signal && { signal },
    isVersion4: true,
  };
}

/**
 * Puts the value of a scan into the form of node-redis 4: the cursor is a number, and a hash has `tuples`.
 *
 * @param value The value in the form of version 5; others stay as they are.
 */
export function inVersion4(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("cursor" in value)) return value;
  const { cursor, entries, ...rest } = value as { cursor: string; entries?: unknown };
  return { cursor: Number(cursor), ...(entries !== undefined && { tuples: entries }), ...rest };
}
