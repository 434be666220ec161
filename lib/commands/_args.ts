/**
 * How command methods build their words.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { Argument } from "../resp/reply.ts";
import { isMany, listOf } from "../words.ts";

/** A key, field name, pattern or other name: text, or any bytes. */
export type Key = string | Uint8Array;

/** A value to store: text, any bytes, or a number (sent in decimal). */
export type Value = string | number | bigint | Uint8Array;

/** One item or several: an array, a `Set`, a generator or any other iterable object. */
export type OneOrMany<A> = A | Iterable<A>;

/** Several items: an array, a `Set`, a generator or any other iterable object, but no string. */
export type Many<A> = Iterable<A> & object;

/**
 * A word that means something to the server, in lower or in upper case.
 *
 * @typeParam W The word in lower case.
 */
export type AnyCase<W extends string> = W | Uppercase<W>;

/** A whole number of up to 64 bits; as text or a bigint it is exact beyond ±(2^53 − 1). */
export type Integer = number | bigint | string;

/**
 * Pairs of a name and a value: a plain object, a `Map`, or an array (or other iterable) of pairs.
 *
 * TypeScript takes no object of an interface type for one with any names; spread it: `{ ...user }`.
 */
export type Entries<V extends Value = Value> =
  | Readonly<Record<string, V>>
  | Iterable<readonly [Key, V]>;

/**
 * Refuses options that there are not, where the type of the options is inferred.
 *
 * @typeParam O The inferred type.
 * @typeParam A All options that there are.
 */
export type NoOthers<O, A> = { readonly [K in Exclude<keyof O, keyof A>]: never };

/**
 * With what an option counts as not given: false only for a flag.
 *
 * @typeParam V Type of the option.
 */
export type NotGiven<V> = [V] extends [boolean] ? false | undefined : undefined;

/**
 * Options of which at most one can be given. A flag that is false counts as not given.
 *
 * @typeParam O The options, as an object type.
 */
export type AtMostOne<O> = {
  [K in keyof O]: { [P in K]?: O[P] } & { [P in Exclude<keyof O, K>]?: NotGiven<O[P]> };
}[keyof O];

/**
 * Options of which exactly one must be given. A flag that is false counts as not given.
 *
 * @typeParam O The options, as an object type.
 */
export type ExactlyOne<O> = {
  [K in keyof O]: { [P in K]: O[P] } & { [P in Exclude<keyof O, K>]?: NotGiven<O[P]> };
}[keyof O];

/**
 * Tells whether a caller gave a word, in either case.
 *
 * @param given What the caller gave.
 * @param word The word in lower case.
 */
export function isWord(given: unknown, word: string): boolean {
  return typeof given === "string" && given.toLowerCase() === word;
}

/**
 * Appends one item or several.
 *
 * @param words Where to append.
 * @param items The items; none at all makes the command reject with a `RangeError`.
 * @param what What they are, for the message: `"keys"`.
 * @returns `words`.
 */
export function append(words: Words, items: OneOrMany<Argument>, what: string): Words {
  const before = words.length;
  if (appendAny(words, items).length === before) words.push(nothing(words, what));
  return words;
}

/**
 * Appends one item, several or none.
 *
 * @param words Where to append.
 * @param items The items.
 * @returns `words`.
 */
export function appendAny(words: Words, items: OneOrMany<Argument>): Words {
  if (!isMany(items)) words.push(items);
  else for (const item of listOf(items)) words.push(item);
  return words;
}

/**
 * Appends items that never come alone.
 *
 * @param words Where to append.
 * @param items The items; anything but an iterable object makes the command reject with a `TypeError`.
 * @param what What they are, for the message.
 * @returns `words`.
 */
export function appendList(words: Words, items: Many<Argument>, what: string): Words {
  // A string would be split into characters.
  if (isMany(items)) return appendAny(words, items);
  words.push(new TypeError(`Cannot send ${commandName(words)}: expected an array of ${what}`));
  return words;
}

/**
 * Appends the number of items, then the items: `numkeys key [key …]`.
 *
 * @param words Where to append.
 * @param items The items; none at all makes the command reject with a `RangeError`.
 * @param what What they are, for the message.
 * @returns `words`.
 */
export function appendCounted(words: Words, items: OneOrMany<Argument>, what: string): Words {
  const at = words.push(0) - 1;
  append(words, items, what);
  words[at] = words.length - at - 1;
  return words;
}

/**
 * Appends pairs, flat: name, value, name, value, …
 *
 * @param words Where to append.
 * @param entries The pairs; none at all makes the command reject with a `RangeError`.
 * @param what What they are, for the message: `"fields"`.
 * @returns `words`.
 */
export function appendEntries(words: Words, entries: Entries, what: string): Words {
  return appendEach(words, entries, what, (name, value) => words.push(name, value));
}

/**
 * Appends pairs in the way of the command: `score member [score member …]`.
 *
 * @param words Where to append.
 * @param entries The pairs; none at all makes the command reject with a `RangeError`.
 * @param what What they are, for the message: `"members"`.
 * @param appendPair Appends one pair, one word at least.
 * @returns `words`.
 */
export function appendEach<N extends Value, V>(
  words: Words,
  entries: Readonly<Record<string, V>> | Iterable<readonly [N, V]>,
  what: string,
  appendPair: (name: N | string, value: V) => void,
): Words {
  const before = words.length;
  if (typeof entries !== "object" || entries === null) {
    words.push(new TypeError(`Cannot send ${commandName(words)}: expected pairs of ${what}`));
  } else if (isIterable(entries)) {
    for (const pair of entries) {
      if (Array.isArray(pair) && pair.length === 2) appendPair(pair[0], pair[1]);
      else {words.push(
          new TypeError(`Cannot send ${commandName(words)}: expected pairs of ${what}`),
        );}
    }
  } else {
    for (const key in entries) {
      if (Object.hasOwn(entries, key)) appendPair(key, entries[key]);
    }
  }
  if (words.length === before) words.push(nothing(words, what));
  return words;
}

/**
 * Appends an option with its value, if it is given.
 *
 * @param words Where to append.
 * @param token The server's word: `"EX"`.
 * @param value The value; undefined appends nothing.
 */
export function appendOption(words: Words, token: string, value: Argument | undefined): void {
  if (value !== undefined) words.push(token, value);
}

/**
 * Appends a flag, if it is set.
 *
 * @param words Where to append.
 * @param token The server's word: `"NX"`.
 * @param on Whether it is set.
 */
export function appendFlag(words: Words, token: string, on: boolean | undefined): void {
  if (on) words.push(token);
}

function isIterable<E>(entries: object | Iterable<E>): entries is Iterable<E> {
  return Symbol.iterator in entries;
}

function nothing(words: Words, what: string): RangeError {
  return new RangeError(
    `Cannot send ${commandName(words)}: expected one or more ${what}, got none`,
  );
}

/** Commands that have subcommands. */
const CONTAINERS = new Set([
  ...[
    "ACL",
    "CLIENT",
    "CLUSTER",
    "COMMAND",
    "COMMANDLOG",
    "CONFIG",
    "FUNCTION",
    "HOTKEYS",
    "LATENCY",
    "MEMORY",
  ],
  ...["MODULE", "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO"],
]);

/**
 * Finds the command that some words begin.
 *
 * @param words The words.
 * @returns Its name, with that of the subcommand: `"CLIENT LIST"`.
 */
export function commandName(words: Words): string {
  const [first, second] = words;
  return typeof second === "string" && CONTAINERS.has(String(first))
    ? `${first} ${second}`
    : String(first);
}
