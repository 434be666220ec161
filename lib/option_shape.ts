/**
 * Checks of options objects, so that a misspelled option is an error instead of doing nothing.
 *
 * @module
 */

import type { Argument } from "./resp/reply.ts";

/**
 * What the value of an option must be: see `EXPECTED` for each kind.
 *
 * The properties of an `"object"`, or of the object that `"any"` allows, are checked elsewhere.
 */
export type OptionKind = "flag" | "word" | "time" | "words" | "list" | "object" | "any";

/** All names in a type of options, including those of a union. */
type NamesIn<O> = O extends unknown ? keyof O & string : never;

/** Type of an option, without undefined. */
type ValueOf<O, K> = Exclude<
  O extends unknown ? K extends keyof O ? O[K] : never : never,
  undefined
>;

/** Kind of the check for a type. */
type KindOf<V> = [V] extends [boolean] ? "flag"
  : [V] extends [Argument] ? "word"
  : [V] extends [Argument | Date] ? "time"
  : [V] extends [Iterable<unknown> & object] ? "list"
  : [V] extends [Argument | Iterable<Argument>] ? "words"
  : [V] extends [string | Readonly<Record<string, unknown>>] ? OptionShape<V> | "object" | "any"
  : OptionShape<V> | "object";

/**
 * Names and kinds of all options in a type. An option that is an object has its own shape, of which no property may be
 * missing.
 *
 * @typeParam O Type of the options.
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
 * Checks options. An option that is undefined counts as not given.
 *
 * @param options The options that a caller passed.
 * @param shape Names and kinds of all options.
 * @returns What is wrong, for the end of a message; undefined if the options are valid.
 */
export function faultOfOptions<O>(options: unknown, shape: OptionShape<O>): string | undefined {
  if (isPlain(options)) return faultOfEach(options, shape as AnyShape, "");
  return `expected options as an object ${braced(shape)}, got ${describe(options)}`;
}

/**
 * Checks an object of which no property may be missing.
 *
 * @param record The object that a caller passed.
 * @param shape Names and kinds of all properties.
 * @param what What to call the object in the message: `"a position"`.
 * @returns What is wrong, for the end of a message; undefined if the object is valid.
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
 * @returns The words that follow "got" in a message: `"a string"`, `"null"`.
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
 * Whether a value is a plain object, and not a list, a map, a promise or a date.
 *
 * @param value Any value.
 * @returns True if it can be an options object.
 */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype ||
    Object.prototype.toString.call(value) === "[object Object]";
}

function braced(shape: object): string {
  return `{ ${Object.keys(shape).join(", ")} }`;
}
