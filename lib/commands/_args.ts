/**
 * Argument types of command methods, and functions that append arguments to the words of a command.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { Argument } from "../resp/reply.ts";
import { isMany, listOf } from "../words.ts";

/** A key, field, pattern or other name: text, sent as UTF-8, or bytes. */
export type Key = string | Uint8Array;

/** A value to store: text, sent as UTF-8, bytes, or a number, sent in decimal. */
export type Value = string | number | bigint | Uint8Array;

/** One item, or several in an array, a `Set`, a generator or any other iterable object. */
export type OneOrMany<A> = A | Iterable<A>;

/** Several items in an array, a `Set`, a generator or any other iterable object. A string is not one. */
export type Many<A> = Iterable<A> & object;

/**
 * A keyword of the server, in lower or upper case.
 *
 * @typeParam W The word in lower case.
 */
export type AnyCase<W extends string> = W | Uppercase<W>;

/** A signed 64-bit integer. Use a bigint or text beyond ±(2^53 − 1), where a number is not exact. */
export type Integer = number | bigint | string;

/**
 * Names with values: a plain object, a `Map`, or an array or other iterable of pairs.
 *
 * TypeScript does not accept an object whose type is an interface. Spread it: `{ ...user }`.
 */
export type Entries<V extends Value = Value> =
  | Readonly<Record<string, V>>
  | Iterable<readonly [Key, V]>;

/**
 * Makes unknown options a type error where the type of the options is inferred.
 *
 * @typeParam O The inferred type.
 * @typeParam A All known options.
 */
export type NoOthers<O, A> = { readonly [K in Exclude<keyof O, keyof A>]: never };

/**
 * Values with which an option counts as not given: undefined, and for a flag also false.
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
 * Whether an argument is a keyword, in lower or upper case.
 *
 * @param given The argument.
 * @param word The keyword in lower case.
 */
export function isWord(given: unknown, word: string): boolean {
  return typeof given === "string" && given.toLowerCase() === word;
}

/**
 * Appends one or several items.
 *
 * @param words The words of the command so far.
 * @param items The items; without any the command rejects with a `RangeError`.
 * @param what What to call them in the message: `"keys"`.
 * @returns `words`.
 */
export function append(words: Words, items: OneOrMany<Argument>, what: string): Words {
  const before = words.length;
  if (appendAny(words, items).length === before) words.push(nothing(words, what));
  return words;
}

/**
 * Appends any number of items.
 *
 * @param words The words of the command so far.
 * @param items The items.
 * @returns `words`.
 */
export function appendAny(words: Words, items: OneOrMany<Argument>): Words {
  if (!isMany(items)) words.push(items);
  else for (const item of listOf(items)) words.push(item);
  return words;
}

/**
 * Appends a list of items.
 *
 * @param words The words of the command so far.
 * @param items The items; if they are not an iterable object, the command rejects with a `TypeError`.
 * @param what What to call them in the message.
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
 * @param words The words of the command so far.
 * @param items The items; without any the command rejects with a `RangeError`.
 * @param what What to call them in the message.
 * @returns `words`.
 */
export function appendCounted(words: Words, items: OneOrMany<Argument>, what: string): Words {
  const at = words.push(0) - 1;
  append(words, items, what);
  words[at] = words.length - at - 1;
  return words;
}

/**
 * Appends names and values: `name value [name value …]`.
 *
 * @param words The words of the command so far.
 * @param entries The pairs; without any the command rejects with a `RangeError`.
 * @param what What to call them in the message: `"fields"`.
 * @returns `words`.
 */
export function appendEntries(words: Words, entries: Entries, what: string): Words {
  return appendEach(words, entries, what, (name, value) => words.push(name, value));
}

/**
 * Appends pairs in the order that the command wants: `score member [score member …]`.
 *
 * @param words The words of the command so far.
 * @param entries The pairs; without any the command rejects with a `RangeError`.
 * @param what What to call them in the message: `"members"`.
 * @param appendPair Appends one pair, at least one word.
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
 * Appends an option with its value, unless the value is undefined.
 *
 * @param words The words of the command so far.
 * @param token Keyword of the option: `"EX"`.
 * @param value Value of the option.
 */
export function appendOption(words: Words, token: string, value: Argument | undefined): void {
  if (value !== undefined) words.push(token, value);
}

/**
 * Appends a flag if it is set.
 *
 * @param words The words of the command so far.
 * @param token Keyword of the flag: `"NX"`.
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
 * Returns the name of a command from its words.
 *
 * @param words The words.
 * @returns The name, with the subcommand if there is one: `"CLIENT LIST"`.
 */
export function commandName(words: Words): string {
  const [first, second] = words;
  return typeof second === "string" && CONTAINERS.has(String(first))
    ? `${first} ${second}`
    : String(first);
}
