/**
 * Words of commands as other clients take them: arrays inside the arguments, and values of any type.
 *
 * @module
 */

import type { Argument } from "../resp/reply.ts";

/**
 * Makes a word of any value, as ioredis does.
 *
 * @param value The value. Null and undefined become the empty string; bytes stay bytes; anything else becomes text.
 * @returns The word. Bytes are not copied.
 */
export function wordOf(value: unknown): Argument {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  if (value === null || value === undefined) return "";
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return String(value);
}

/**
 * Makes the words of arguments, some of which are arrays of words.
 *
 * @param args The arguments.
 * @returns The words.
 */
export function wordsOf(args: readonly unknown[]): Argument[] {
  const words: Argument[] = [];
  for (const arg of args) {
    if (Array.isArray(arg)) { for (const item of arg) words.push(wordOf(item)); }
    else words.push(wordOf(arg));
  }
  return words;
}
