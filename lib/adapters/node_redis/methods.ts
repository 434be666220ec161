/**
 * Commands as methods of node-redis: how their arguments become words.
 *
 * @module
 */

import type { Argument } from "../../resp/reply.ts";
import type { Shaped } from "./replies.ts";

/** A command as a method. */
export interface Method {
  /** The other name of the method, in capital letters. */
  readonly name: string;
  /**
   * Makes the words, arrays of words among them.
   *
   * @throws {TypeError} If an option is unknown.
   */
  // deno-lint-ignore no-explicit-any
  words(...args: any[]): readonly unknown[];
  /** Makes the value of the reply; it stays as it is by default. */
  reply?(reply: Shaped): unknown;
}

/** Methods by name. */
export type Methods = Readonly<Record<string, Method>>;

/**
 * Makes a method.
 *
 * @param name The command. What is behind a slash is only in the name of the method: `ZRANGE/WITHSCORES`.
 * @param args Makes the words behind the command.
 * @param reply Makes the value of the reply.
 */
export function method(
  name: string,
  // deno-lint-ignore no-explicit-any
  args: (...args: any[]) => readonly unknown[],
  reply?: (reply: Shaped) => unknown,
): Method {
  const command = name.split("/")[0].split(" ");
  return {
    name: name.replace(/[ /]/g, "_"),
    words: (...given) => [...command, ...args(...given)],
    reply,
  };
}

/**
 * Makes methods whose arguments are the words, and whose replies stay as they are.
 *
 * @param table A line for each: name of the method, number of arguments that it needs, command.
 */
export function plainMethods(table: string): Methods {
  const methods: Record<string, Method> = {};
  for (const line of table.trim().split("\n")) {
    const [, name, required, command] = /^\s*(\S+) (\d) (.*)$/.exec(line)!;
    methods[name] = plain(command, Number(required));
  }
  return methods;
}

/**
 * Makes a method whose arguments are the words.
 *
 * @param command The command.
 * @param required How many arguments it needs. Further ones may be undefined.
 * @param reply Makes the value of the reply.
 */
export function plain(
  command: string,
  required: number,
  reply?: (reply: Shaped) => unknown,
): Method {
  return method(command, (...args) => {
    // A missing argument stays undefined, so that the client refuses the command.
    const words = Array.from({ length: Math.max(args.length, required) }, (_, i) => args[i]);
    while (words.length > required && words.at(-1) === undefined) words.pop();
    return words;
  }, reply);
}

/** What becomes of one option: its name alone, name and value, or the value alone. */
type OptionKind = "flag" | "pair" | "value";

/**
 * Makes a function that turns an object of options into words.
 *
 * @param names Names of the options in their order: `NAME` is a word that stands alone, `NAME=` has a value behind it, and
 * of `name:` only the value is a word.
 * @returns The function. It throws a `TypeError` for an option that is not among them.
 */
export function options(names: string): (given: unknown) => unknown[] {
  const kinds = new Map<string, OptionKind>(
    names.split(" ").map((name) =>
      name.endsWith("=")
        ? [name.slice(0, -1), "pair"]
        : name.endsWith(":")
        ? [name.slice(0, -1), "value"]
        : [name, "flag"]
    ),
  );
  return (given) => {
    const all = optionsIn(given);
    for (const [name, value] of Object.entries(all)) {
      if (value === undefined || kinds.has(name)) continue;
      throw new TypeError(
        `Cannot read options: there is no "${name}" among ${[...kinds.keys()].join(", ")}`,
      );
    }
    const words: unknown[] = [];
    for (const [name, kind] of kinds) {
      const value = all[name];
      if (value === undefined || value === null) continue;
      if (kind === "value") words.push(value);
      else if (kind === "pair") words.push(name, value);
      else if (value) words.push(name);
    }
    return words;
  };
}

/**
 * Checks that options are an object.
 *
 * @param given The options; undefined for none.
 * @returns The object.
 * @throws {TypeError} If they are something else.
 */
// deno-lint-ignore no-explicit-any
export function optionsIn(given: unknown): Record<string, any> {
  if (given === undefined || given === null) return {};
  if (typeof given === "object" && !Array.isArray(given) && !(given instanceof Uint8Array)) {
    return given as Record<string, unknown>;
  }
  throw new TypeError(`Cannot read options: expected an object, got ${kindOf(given)}`);
}

/**
 * Makes the words of a command.
 *
 * @param parts Words, and arrays of them.
 * @returns The words in one array; the client checks their types.
 */
export function wordsIn(parts: readonly unknown[]): Argument[] {
  return parts.flat(Infinity) as Argument[];
}

/** One value, or several, as an array. */
export function several<T>(values: T | readonly T[]): readonly T[] {
  return Array.isArray(values) ? values : [values as T];
}

/** One value, or several, with their number in front. */
export function counted(values: unknown): unknown[] {
  const all = several(values);
  return [all.length, ...all];
}

/** A number as the server reads it, also an infinite one. Text stays as it is. */
export function double(value: unknown): unknown {
  if (value === Infinity) return "+inf";
  return value === -Infinity ? "-inf" : value;
}

/** A point in time in seconds. */
export function secondsOf(time: unknown): unknown {
  return time instanceof Date ? Math.floor(time.getTime() / 1000) : time;
}

/** A point in time in milliseconds. */
export function millisecondsOf(time: unknown): unknown {
  return time instanceof Date ? time.getTime() : time;
}

/** Fields and values of a record, a `Map`, or arrays, as words in a row. */
export function pairsOf(record: unknown): unknown[] {
  if (record instanceof Map) return [...record];
  if (Array.isArray(record)) return record;
  if (typeof record === "object" && record !== null) return Object.entries(record);
  throw new TypeError(
    `Cannot read pairs: expected an object, a Map or an array, got ${kindOf(record)}`,
  );
}

/** What kind of value something is, for messages. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
