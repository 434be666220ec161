/**
 * Encodes replies for scripted servers.
 *
 * @module
 */

import { ServerError } from "../resp/mod.ts";

/**
 * Bytes that are sent without encoding, as a reply or as an element of one. Created with {@linkcode raw} and
 * {@linkcode simple}.
 */
export class RawReply {
  /** The bytes. */
  readonly bytes: Uint8Array;

  /**
   * Wraps bytes.
   *
   * @param bytes The bytes to send.
   */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * Reply of a scripted server.
 *
 * Strings and bytes become bulk strings, integers become integers, and a {@linkcode ServerError} becomes an error.
 * Other numbers, booleans, `null`, maps and sets have their own types in RESP3. In RESP2 they are encoded as real
 * servers encode them.
 */
export type FakeReply =
  | null
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | ServerError
  | RawReply
  | FakeReply[]
  | Map<FakeReply, FakeReply>
  | Set<FakeReply>;

/** Answer that leaves a request without a reply. Later requests are still answered. */
export const NO_REPLY: unique symbol = Symbol("NO_REPLY");

const encoder = new TextEncoder();
const INT64 = 2n ** 63n;

/**
 * Creates a reply of bytes that are sent as they are. They need not be valid RESP.
 *
 * @example An incomplete bulk string
 * ```ts
 * import { raw } from "@babushka/redis/testing";
 *
 * raw("$100\r\nonly this much");
 * ```
 *
 * @param bytes The bytes, or text that is sent as UTF-8.
 * @returns The reply.
 */
export function raw(bytes: string | Uint8Array): RawReply {
  return new RawReply(typeof bytes === "string" ? encoder.encode(bytes) : bytes);
}

/**
 * Creates a simple string, such as `+OK`.
 *
 * @example The answer OK
 * ```ts
 * import { simple } from "@babushka/redis/testing";
 *
 * simple("OK");
 * ```
 *
 * @param text The text. It must not contain line breaks.
 * @returns The reply.
 */
export function simple(text: string): RawReply {
  return raw(`+${text}\r\n`);
}

/**
 * Encodes a reply.
 *
 * @example A map in RESP2 and RESP3
 * ```ts
 * import { encodeReply } from "@babushka/redis/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const text = (protocol: 2 | 3) =>
 *   new TextDecoder().decode(encodeReply(new Map([["a", 1]]), protocol));
 * assertEquals(text(3), "%1\r\n$1\r\na\r\n:1\r\n");
 * assertEquals(text(2), "*2\r\n$1\r\na\r\n:1\r\n");
 * ```
 *
 * @param reply The reply.
 * @param protocol RESP version.
 * @returns The bytes.
 */
export function encodeReply(reply: FakeReply, protocol: 2 | 3): Uint8Array {
  const parts: Uint8Array[] = [];
  append(reply, protocol, parts);
  return join(parts);
}

/**
 * Encodes a push message. In RESP2, which has no push type, it is an array.
 *
 * @param elements Elements of the message, its kind first.
 * @param protocol RESP version.
 * @returns The bytes.
 */
export function encodePush(elements: FakeReply[], protocol: 2 | 3): Uint8Array {
  const parts: Uint8Array[] = [];
  appendAll(protocol === 3 ? ">" : "*", elements.length, elements, protocol, parts);
  return join(parts);
}

function append(reply: FakeReply, protocol: 2 | 3, parts: Uint8Array[]): void {
  const line = (text: string) => parts.push(encoder.encode(text + "\r\n"));
  const bulk = (bytes: Uint8Array) => {
    line(`$${bytes.length}`);
    parts.push(bytes);
    line("");
  };
  const old = protocol === 2;
  if (reply === null) line(old ? "$-1" : "_");
  else if (typeof reply === "string") bulk(encoder.encode(reply));
  else if (reply instanceof Uint8Array) bulk(reply);
  else if (reply instanceof RawReply) parts.push(reply.bytes);
  else if (reply instanceof ServerError) line(`-${reply.message}`);
  else if (typeof reply === "boolean") line(old ? `:${Number(reply)}` : reply ? "#t" : "#f");
  else if (typeof reply === "number" && Number.isInteger(reply)) line(`:${BigInt(reply)}`);
  else if (typeof reply === "number") {
    const text = String(reply).replace("Infinity", "inf").replace("NaN", "nan");
    if (old) bulk(encoder.encode(text));
    else line(`,${text}`);
  } else if (typeof reply === "bigint") {
    if (reply >= -INT64 && reply < INT64) line(`:${reply}`);
    else if (old) bulk(encoder.encode(String(reply)));
    else line(`(${reply}`);
  } else if (reply instanceof Map) {
    const elements = [...reply].flat(1);
    appendAll(old ? "*" : "%", old ? elements.length : reply.size, elements, protocol, parts);
  } else if (reply instanceof Set) {
    appendAll(old ? "*" : "~", reply.size, [...reply], protocol, parts);
  } else {
    appendAll("*", reply.length, reply, protocol, parts);
  }
}

function appendAll(
  type: string,
  count: number,
  elements: FakeReply[],
  protocol: 2 | 3,
  parts: Uint8Array[],
): void {
  parts.push(encoder.encode(`${type}${count}\r\n`));
  for (const element of elements) append(element, protocol, parts);
}

function join(parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
