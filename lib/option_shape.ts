/**
 * Checks of options objects: an unknown option would silently do nothing.
 *
 * @module
 */

import type { Argument } from "./resp/reply.ts";

/**
 * What the value of an option has to be: a boolean; one word; a number or a date; one word or several; several values;
 * an object that is checked elsewhere; a word or such an object.
 */
export type OptionKind = "flag" | "word" | "time" | "words" | "list" | "object" | "any";

/** All names in a type of options, also in one with alternatives. */
type NamesIn<O> = O extends unknown ? keyof O & string : never;

/** What the option of a name can be, if it is given. */
type ValueOf<O, K> = Exclude<
  O extends unknown ? K extends keyof O ? O[K] : never : never,
  undefined
>;

/** How a value of a type is checked. */
type KindOf<V> = [V] extends [boolean] ? "flag"
  : [V] extends [Argument] ? "word"
  : [V] extends [Argument | Date] ? "time"
  : [V] extends [Iterable<unknown> & object] ? "list"
  : [V] extends [Argument | Iterable<Argument>] ? "words"
  : [V] extends [string | Readonly<Record<string, unknown>>] ? OptionShape<V> | "object" | "any"
  : OptionShape<V> | "object";

/**
 * Names and kinds of all options in a type. An option that is an object has a shape of its own, of which nothing may be
 * left out.
 *
 * @typeParam O The type of the options.
 */
export type OptionShape<O> = { readonly [K in NamesIn<O>]: KindOf<ValueOf<O, K>> };

/** A shape of any type. */
interface AnyShape {
  readonly [name: string]: OptionKind | AnyShape;
}

const EXPECTED: Readonly<Record<OptionKind, string>> = {
  flag: "a boolean",
  word: "a string, number, bigint or Uint8Array",
  time: "a number or a Date",
  words: "a string, number, bigint or Uint8Array, or an array of them",
  list: "an array",
  object: "an object",
  any: "a string or an object",
};

/**
 * Finds out what is wrong with options. Those that are undefined count as not given.
 *
 * @param options What a caller gave as options.
 * @param shape Which options there are.
 * @returns What is wrong, for the end of a message; undefined if nothing is.
 */
export function faultOfOptions<O>(options: unknown, shape: OptionShape<O>): string | undefined {
  if (isPlain(options)) return faultOfEach(options, shape as AnyShape, "");
  return `expected options as an object ${braced(shape)}, got ${describe(options)}`;
}

/**
 * Finds out what is wrong with an object of which nothing may be left out.
 *
 * @param record What a caller gave.
 * @param shape What it has to have.
 * @param what What it is, for the message: `"a position"`.
 * @returns What is wrong, for the end of a message; undefined if nothing is.
 */
export function faultOfRecord<O>(
  record: unknown,
  shape: OptionShape<O>,
  what: string,
): string | undefined {
  const expected = `expected ${what} ${braced(shape)}`;
  if (!isPlain(record)) return `${expected}, got ${describe(record)}`;
  const fault = faultOfEach(record, shape as AnyShape, "") ??
    faultOfGaps(record, shape as AnyShape, "");
  return fault === undefined ? undefined : `${expected}: ${fault}`;
}

/**
 * Describes the type of a value, without the value.
 *
 * @param value Any value.
 * @returns What to say behind "got": `"a string"`, `"null"`.
 */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return `${value}`;
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return /^[AEIOU]/.test(tag) ? `an ${tag}` : `a ${tag}`;
}

function faultOfEach(
  options: Readonly<Record<string, unknown>>,
  shape: AnyShape,
  path: string,
): string | undefined {
  for (const name in options) {
    const kind = shape[name];
    const type = typeof options[name];
    // Nearly all options are of these kinds: they are checked first.
    if (
      kind === "word"
        ? type === "number" || type === "string"
        : kind === "flag" && type === "boolean"
    ) continue;
    const fault = faultOfOne(options, name, shape, path);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfOne(
  options: Readonly<Record<string, unknown>>,
  name: string,
  shape: AnyShape,
  path: string,
): string | undefined {
  if (!Object.hasOwn(shape, name)) {
    // Properties that other code has added to Object.prototype are not options of the caller.
    if (!Object.hasOwn(options, name)) return undefined;
    return `there is no option "${path}${name}", only ${Object.keys(shape).join(", ")}`;
  }
  const value = options[name];
  if (value === undefined) return undefined;
  const kind = shape[name];
  if (typeof kind === "object") return faultOfNested(value, kind, `${path}${name}`);
  if (isOfKind(value, kind)) return undefined;
  return `option "${path}${name}" is ${describe(value)}, expected ${EXPECTED[kind]}`;
}

function faultOfNested(value: unknown, shape: AnyShape, path: string): string | undefined {
  if (!isPlain(value)) {
    return `option "${path}" is ${describe(value)}, expected an object ${braced(shape)}`;
  }
  return faultOfEach(value, shape, `${path}.`) ?? faultOfGaps(value, shape, `${path}.`);
}

function faultOfGaps(
  options: Readonly<Record<string, unknown>>,
  shape: AnyShape,
  path: string,
): string | undefined {
  const name = Object.keys(shape).find((name) => options[name] === undefined);
  return name === undefined ? undefined : `option "${path}${name}" is missing`;
}

function isOfKind(value: unknown, kind: OptionKind): boolean {
  switch (kind) {
    case "flag":
      return typeof value === "boolean";
    case "word":
      return isWord(value);
    case "time":
      return isWord(value) || value instanceof Date;
    case "words":
      return isWord(value) || isIterable(value);
    case "list":
      return isIterable(value) && !(value instanceof Uint8Array);
    case "object":
      return typeof value === "object" && value !== null;
    case "any":
      return isWord(value) || typeof value === "object" && value !== null;
  }
}

function isWord(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return true;
    default:
      return value instanceof Uint8Array;
  }
}

function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/**
 * Whether something is a plain object, rather than a list, a map, a promise, a date, …
 *
 * @param value Any value.
 * @returns Whether it can be options.
 */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype ||
    Object.prototype.toString.call(value) === "[object Object]";
}

function braced(shape: object): string {
  return `{ ${Object.keys(shape).join(", ")} }`;
}
