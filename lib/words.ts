/**
 * Checks the words of a command and copies their bytes.
 *
 * @module
 */

import type { Words } from "./executor.ts";
import type { Argument } from "./resp/reply.ts";

/**
 * Checks that a command can be sent, and copies its bytes, so that later changes by the caller have no effect.
 *
 * Only lone surrogates in text are left to the encoder: looking for them would cost as much as the rest of this check.
 * Commands that are sent all or none need {@linkcode checkText} too.
 *
 * @param words The words. Bytes are replaced by copies.
 * @returns The same array.
 * @throws {TypeError} If a word cannot be sent.
 * @throws {Error} The first error that stands in the place of a word.
 */
export function takeWords(words: Words): Argument[] {
  if (words.length === 0) {
    throw new TypeError("Cannot send an empty command: expected a name and arguments");
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    switch (typeof word) {
      case "string":
      case "bigint":
        continue;
      case "number":
        if (!Number.isNaN(word)) continue;
        throw new TypeError(`Cannot send ${nameOf(words)}: argument ${i} is NaN`);
      default:
        if (word instanceof Uint8Array) {
          words[i] = copyOf(word, words, i);
          continue;
        }
        if (word instanceof Error) throw word;
        throw new TypeError(
          `Cannot send ${nameOf(words)}: argument ${i} is ${
            word === null ? "null" : `of type ${typeof word}`
          }, expected string, number, bigint or Uint8Array`,
        );
    }
  }
  return words as Argument[];
}

/**
 * Checks that all text of a command has a UTF-8 form.
 *
 * Encoding cannot fail after {@linkcode takeWords} and this check. So the parts of a split command, the commands of a
 * batch and those of a transaction are sent all or none.
 *
 * @param words The words.
 * @throws {TypeError} If one has a lone surrogate.
 */
export function checkText(words: readonly Argument[]): void {
  const fault = faultOfText(words);
  if (fault !== undefined) throw fault;
}

/**
 * Finds text without a UTF-8 form.
 *
 * @param words The words of a command.
 * @returns The error that names the command and the argument; undefined if all text can be encoded.
 */
export function faultOfText(words: readonly Argument[]): TypeError | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (typeof word === "string" && !word.isWellFormed()) return loneSurrogate(words, i);
  }
  return undefined;
}

/**
 * Copies an argument if it is bytes.
 *
 * Arguments are taken at the call; this is for methods that send later.
 *
 * @param argument The argument.
 * @returns A copy of bytes, anything else as it is. Bytes that cannot be read are left for {@linkcode takeWords} to
 * refuse.
 */
export function taken<A>(argument: A): A {
  if (!(argument instanceof Uint8Array)) return argument;
  try {
    return new Uint8Array(argument) as A;
  } catch {
    return argument;
  }
}

/**
 * Makes a list of one item or several.
 *
 * @param items The items.
 * @returns The list. If iterating throws, it ends with the error, which makes the command reject.
 */
export function listOf<A>(items: A | Iterable<A>): readonly A[] {
  if (Array.isArray(items)) return items;
  if (!isMany(items)) return [items];
  const list: A[] = [];
  try {
    for (const item of items) list.push(item);
  } catch (error) {
    const fault = error instanceof Error ? error : new TypeError("Cannot iterate over the items");
    list.push(fault as A);
  }
  return list;
}

/**
 * Tells several items from one: text and bytes are iterable, but are one item.
 *
 * @param items One item or several.
 */
export function isMany<A>(items: A | Iterable<A>): items is Iterable<A> & object {
  return typeof items === "object" && items !== null && Symbol.iterator in items &&
    !(items instanceof Uint8Array);
}

/** The name of a command, for messages. */
export function nameOf(words: readonly (Argument | Error)[]): string {
  const [name] = words;
  return typeof name === "string" && name.isWellFormed() ? name : "a command";
}

function copyOf(bytes: Uint8Array, words: Words, i: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new TypeError(
      `Cannot send ${
        nameOf(words)
      }: argument ${i} is a Uint8Array whose buffer was detached or shrunk`,
      { cause },
    );
  }
}

function loneSurrogate(words: readonly Argument[], i: number): TypeError {
  return new TypeError(
    `Cannot send ${nameOf(words)}: argument ${i} has a lone surrogate, which has no UTF-8 form`,
  );
}
