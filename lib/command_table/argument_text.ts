/**
 * Reads arguments as the server does: as text, and words in any case.
 *
 * @module
 */

import type { Argument } from "../resp/reply.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Gives an argument as text.
 *
 * @param argument The argument.
 * @returns Its text; bytes that are not UTF-8 come out as U+FFFD.
 */
export function textOf(argument: Argument): string {
  if (typeof argument === "string") return argument;
  return argument instanceof Uint8Array ? decoder.decode(argument) : String(argument);
}

/**
 * Tells whether an argument is a word, in any case. It allocates no string.
 *
 * @param argument The argument.
 * @param word The word in upper case; letters only.
 * @returns Whether they are the same word.
 */
export function isWord(argument: Argument, word: string): boolean {
  if (typeof argument === "string") {
    if (argument.length !== word.length) return false;
    for (let i = 0; i < word.length; i++) {
      if ((argument.charCodeAt(i) & ~0x20) !== word.charCodeAt(i)) return false;
    }
    return true;
  }
  if (!(argument instanceof Uint8Array) || argument.length !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if ((argument[i] & ~0x20) !== word.charCodeAt(i)) return false;
  }
  return true;
}
