/**
 * Names of keys and calls in the cache.
 *
 * A key has the same name as text, as bytes of that text, and as a number with that spelling, because invalidations
 * contain only bytes.
 *
 * @module
 */

import type { Argument } from "../resp/reply.ts";

const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const strictUtf8 = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
/** One character for each byte. */
const latin1 = new TextDecoder("latin1");

/** Prefix of names of bytes that are not UTF-8. No valid text starts with it, since a low surrogate never follows. */
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
 * Copies a name. A string of the caller may be a slice that keeps a much longer string in memory.
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
