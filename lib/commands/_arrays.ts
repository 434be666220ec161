/**
 * Arguments and replies of commands on arrays.
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

/** Where a search in an array begins or ends: an index, `"-"` for the first one, or `"+"` for the last one in use. */
export type ArrayBound = Integer | "-" | "+";

/** Indexes from one to another, both included. */
export type ArrayRange = readonly [start: Integer, end: Integer];

/** Values by their indexes: a plain object, a `Map`, or an array (or other iterable) of pairs. */
export type ArrayEntries = Readonly<Record<string, Value>> | Iterable<readonly [Integer, Value]>;

/** What to make of a range of an array. */
export type ArrayOperation =
  | AnyCase<"sum" | "min" | "max" | "and" | "or" | "xor" | "used">
  | ArrayMatch;

/** Count the elements that have a value. */
export interface ArrayMatch {
  /** The value. */
  match: Value;
}

/** What an element has to be like. */
export type ArrayPredicate = ExactlyOne<{
  /** It is this value. */
  exact: Value;
  /** It contains this text. */
  match: Value;
  /** It matches this pattern with `*`, `?` and `[…]`. */
  glob: Key;
  /** A part of it matches this regular expression (POSIX extended, without back references). */
  re: Key;
}>;

/**
 * An element of an array, with its place.
 *
 * @typeParam T Type of bulk strings.
 */
export interface ArrayItem<T extends string | Uint8Array = string> {
  /** Its index; a bigint beyond 2^53 − 1. */
  index: number | bigint;
  /** Its value. */
  value: T;
}

/** What a server tells about an array. */
export interface ArrayInfo {
  /** How many elements there are. */
  count: number;
  /** The highest index in use, plus one. */
  len: number | bigint;
  /** Where the next `arinsert` puts its first value; 0 also if no index is left. */
  nextInsertIndex: number | bigint;
  /** How many slices of the array are in memory. */
  slices: number;
  /** For how many slices there is room in the directory. */
  directorySize: number;
  /** How many entries the upper directory has; 0 if there is none. */
  superDirEntries: number;
  /** How many indexes a slice has. */
  sliceSize: number;
}

/** What a server tells about an array and its slices. */
export interface ArrayDetails extends ArrayInfo {
  /** How many slices hold their elements one next to the other. */
  denseSlices: number;
  /** How many slices hold each element with its index. */
  sparseSlices: number;
  /** For how many elements a dense slice has room, on average. */
  avgDenseSize: number;
  /** Which part of its room a dense slice uses, on average, from 0 to 1. */
  avgDenseFill: number;
  /** For how many elements a sparse slice has room, on average. */
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
 * Appends what elements have to be like.
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
 * Appends what to make of a range.
 *
 * @param words Where to append.
 * @param operation The operation.
 */
export function appendArrayOperation(words: Words, operation: ArrayOperation): void {
  if (typeof operation === "string") words.push(operation);
  else words.push("MATCH", recordOf(words, operation, MATCH, "an operation").match);
}

/** Chooses the decoder for what is made of a range. */
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
