/**
 * Arguments and replies of array commands.
 *
 * @module
 */

import type { Decoder, Words } from "../executor.ts";
import { isPlain, type OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { listOf } from "../words.ts";
import {
  type AnyCase,
  append,
  type ExactlyOne,
  type Integer,
  isWord,
  type Key,
  type Many,
  type OneOrMany,
  type Value,
} from "./_args.ts";
import { toBulk, toInteger, toNumber, toNumberOrNull, toPairs } from "./_decode.ts";
import { toNamed, valueOf } from "./_named.ts";
import { optionsOf, recordOf, refuse } from "./_options.ts";

/** End of a search range in an array: an index, `"-"` for the first index, or `"+"` for the last index in use. */
export type ArrayBound = Integer | "-" | "+";

/** Range of indexes, including both ends. */
export type ArrayRange = readonly [start: Integer, end: Integer];

/** Values by index: a plain object, a `Map`, or an iterable of pairs. */
export type ArrayEntries = Readonly<Record<string, Value>> | Iterable<readonly [Integer, Value]>;

/** Operation of {@linkcode ArrayCommands.prototype.arop | ArrayCommands.arop}. */
export type ArrayOperation =
  | AnyCase<"sum" | "min" | "max" | "and" | "or" | "xor" | "used">
  | ArrayMatch;

/** Counts the elements that are equal to a value. */
export interface ArrayMatch {
  /** The value. */
  match: Value;
}

/** Condition for elements in {@linkcode ArrayCommands.prototype.argrep | ArrayCommands.argrep}. */
export type ArrayPredicate = ExactlyOne<{
  /** The element is equal to this value. */
  exact: Value;
  /** The element contains this text. */
  match: Value;
  /** The element matches this glob pattern with `*`, `?` and `[…]`. */
  glob: Key;
  /** A part of the element matches this regular expression (POSIX extended, without back references). */
  re: Key;
}>;

/**
 * Element of an array with its index.
 *
 * @typeParam T Type of bulk strings.
 */
export interface ArrayItem<T extends string | Uint8Array = string> {
  /** Index of the element; a bigint beyond 2^53 − 1. */
  index: number | bigint;
  /** Value of the element. */
  value: T;
}

/** Size and storage of an array, as returned by {@linkcode ArrayCommands.prototype.arinfo | ArrayCommands.arinfo}. */
export interface ArrayInfo {
  /** Number of elements. */
  count: number;
  /** Highest index in use, plus one. */
  len: number | bigint;
  /** Index at which `arinsert` puts the next value. Also 0 if no index is left. */
  nextInsertIndex: number | bigint;
  /** Number of slices in memory. */
  slices: number;
  /** Capacity of the directory, in slices. */
  directorySize: number;
  /** Number of entries in the upper directory; 0 if there is none. */
  superDirEntries: number;
  /** Number of indexes per slice. */
  sliceSize: number;
}

/**
 * Size and storage of an array and its slices, as returned by
 * {@linkcode ArrayCommands.prototype.arinfo | ArrayCommands.arinfo} with `full`.
 */
export interface ArrayDetails extends ArrayInfo {
  /** Number of dense slices, which store elements by position. */
  denseSlices: number;
  /** Number of sparse slices, which store each element with its index. */
  sparseSlices: number;
  /** Average capacity of dense slices, in elements. */
  avgDenseSize: number;
  /** Average fill ratio of dense slices, from 0 to 1. */
  avgDenseFill: number;
  /** Average capacity of sparse slices, in elements. */
  avgSparseSize: number;
}

const MATCH: OptionShape<ArrayMatch> = { match: "word" };

const PREDICATE: OptionShape<ArrayPredicate> = {
  exact: "word",
  match: "word",
  glob: "word",
  re: "word",
};

const KINDS = ["exact", "match", "glob", "re"] as const;

/**
 * Appends ranges of indexes.
 *
 * @param words Where to append.
 * @param ranges The ranges; none at all makes the command reject with a `RangeError`.
 * @returns `words`.
 */
export function appendArrayRanges(words: Words, ranges: Many<ArrayRange>): Words {
  const list = listOf(ranges);
  if (!list.every(isRange)) {
    refuse(words, "expected ranges of indexes [[start, end]]");
    return words;
  }
  return append(words, list.flat(), "ranges");
}

function isRange(range: unknown): boolean {
  return Array.isArray(range) && range.length === 2 && range.every(isIndex);
}

function isIndex(index: unknown): boolean {
  return typeof index === "number" || typeof index === "bigint" ||
    typeof index === "string" && /^\d+$/.test(index);
}

/**
 * Appends conditions for elements.
 *
 * @param words Where to append.
 * @param predicates The conditions; none at all makes the command reject with a `RangeError`.
 */
export function appendPredicates(words: Words, predicates: OneOrMany<ArrayPredicate>): void {
  const list = listOf(predicates);
  if (list.length === 0) append(words, [], "predicates");
  for (const predicate of list) appendPredicate(words, predicate);
}

function appendPredicate(words: Words, predicate: ArrayPredicate): void {
  const given: ArrayPredicate | Record<string, never> = isPlain(predicate)
    ? optionsOf(words, predicate, PREDICATE)
    : {};
  const kinds = KINDS.filter((kind) => given[kind] !== undefined);
  if (kinds.length === 1) words.push(kinds[0].toUpperCase(), given[kinds[0]]!);
  else refuse(words, "expected predicates { exact }, { match }, { glob } or { re }");
}

/**
 * Appends an operation on a range.
 *
 * @param words Where to append.
 * @param operation The operation.
 */
export function appendArrayOperation(words: Words, operation: ArrayOperation): void {
  if (typeof operation === "string") words.push(operation);
  else words.push("MATCH", recordOf(words, operation, MATCH, "an operation").match);
}

/** Selects the decoder for the result of an operation. */
export function toResultOf(operation: ArrayOperation): Decoder<number | bigint | null> {
  if (typeof operation !== "string" || isWord(operation, "used")) return toNumber;
  // These three combine the bits of 64-bit integers; the others are decimal numbers.
  return ["and", "or", "xor"].some((word) => isWord(operation, word))
    ? toIntegerOrNull
    : toNumberOrNull;
}

/** An integer of any size, or null for a missing value. */
export function toIntegerOrNull(reply: Reply): number | bigint | null {
  return reply === null ? null : toInteger(reply);
}

/** Elements with their indexes: pairs, or both in turn. */
export function toArrayItems<T extends string | Uint8Array>(reply: Reply): ArrayItem<T>[] {
  return Array.from(toPairs(reply), ([index, value]) => ({
    index: toInteger(index),
    value: toBulk<T>(value),
  }));
}

/** A report on an array. */
export function toArrayInfo(reply: Reply): ArrayInfo {
  const named = toNamed(reply);
  return {
    count: toNumber(valueOf(named, "count")),
    len: toInteger(valueOf(named, "len")),
    nextInsertIndex: toInteger(valueOf(named, "next-insert-index")),
    slices: toNumber(valueOf(named, "slices")),
    directorySize: toNumber(valueOf(named, "directory-size")),
    superDirEntries: toNumber(valueOf(named, "super-dir-entries")),
    sliceSize: toNumber(valueOf(named, "slice-size")),
  };
}

/** A report on an array and its slices. */
export function toArrayDetails(reply: Reply): ArrayDetails {
  const named = toNamed(reply);
  return {
    ...toArrayInfo(reply),
    denseSlices: toNumber(valueOf(named, "dense-slices")),
    sparseSlices: toNumber(valueOf(named, "sparse-slices")),
    avgDenseSize: toNumber(valueOf(named, "avg-dense-size")),
    avgDenseFill: toNumber(valueOf(named, "avg-dense-fill")),
    avgSparseSize: toNumber(valueOf(named, "avg-sparse-size")),
  };
}
