/**
 * Names of keys and calls in the cache.
 *
 * The name of a key is the same for a text, for the same text as bytes, and for a number that is written so, since the
 * server says only the bytes of a key that was changed.
 *
 * @module
 */

import type { Argument } from "../resp/reply.ts";

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const strictUtf8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
/** One character for each byte. */
const latin1 = new TextDecoder("latin1");

/** In front of names of bytes that are no UTF-8. A low surrogate never follows, so no text that can be sent begins so. */
const BINARY = "\ud800";
const BINARY_CODE = 0xd800;

/**
 * Makes the name of a key.
 *
 * @param key The key.
 * @returns Its name; undefined for something that cannot be sent as a key.
 */
export function nameOfKey(key: unknown): string | undefined {
  if (typeof key === "string") {
    return key.charCodeAt(0) === BINARY_CODE && !key.isWellFormed() ? undefined : key;
  }
  if (key instanceof Uint8Array) return nameOfBytes(key);
  if (typeof key === "bigint") return String(key);
  if (typeof key !== "number" || Number.isNaN(key)) return undefined;
  // As the encoder spells them.
  return key === Infinity ? "inf" : key === -Infinity ? "-inf" : String(key);
}

/**
 * Makes the name of a key that a server has sent.
 *
 * @param key The key.
 */
export function nameOfBytes(key: Uint8Array): string {
  const text = utf8.decode(key);
  if (!text.includes("\ufffd")) return text;
  try {
    return strictUtf8.decode(key);
  } catch {
    return BINARY + latin1.decode(key);
  }
}

/**
 * Copies a name into memory of its own: a text of the caller can be a part of a far longer one, which it keeps alive.
 *
 * @param name The name.
 */
export function copyOfName(name: string): string {
  // Others were made here.
  return name.isWellFormed() ? utf8.decode(encoder.encode(name)) : name;
}

/**
 * Makes the name of a call among all calls for the same key.
 *
 * @param prefix Name of the command, and whether its reply is bytes.
 * @param words Words of the call.
 * @param position Position of the key.
 * @returns The name; undefined if a word cannot be sent.
 */
export function nameOfCall(
  prefix: string,
  words: readonly (Argument | Error)[],
  position: number,
): string | undefined {
  let name = prefix;
  for (let i = 1; i < words.length; i++) {
    if (i === position) {
      name += "@";
      continue;
    }
    const word = nameOfKey(words[i]);
    if (word === undefined) return undefined;
    // With its length in front, no two lists of words have the same name.
    name += `${word.length}:${word}`;
  }
  return name;
}
