/**
 * Finds the keys of a call by its command's key specifications.
 *
 * A malformed call is not refused here, for example one whose count of keys is no number, or too large. A specification
 * that does not fit the call adds no position. The node that gets the call then answers with an error that says what is
 * wrong.
 *
 * @module
 */

import type { Argument } from "../resp/reply.ts";
import { isWord, textOf } from "./argument_text.ts";
import type { CommandRow, KeyCount, KeyRange, KeySpecification, KeywordBegin } from "./row.ts";

const NOT_FOUND = -1;

/**
 * Finds all keys of a call, including shard channels and other arguments that are routed like keys.
 *
 * For a row whose `keysNeedServer` is set these may be too few.
 *
 * @param row The command's row.
 * @param args All words of the call, the name first (two words for a subcommand).
 * @returns Positions in `args`, in the order of the specifications; empty if there is no key or the call is malformed.
 */
export function keyPositions(row: CommandRow, args: readonly Argument[]): number[] {
  const positions: number[] = [];
  for (const specification of row.keys) {
    const first = firstOf(specification, args);
    if (first === NOT_FOUND) continue;
    // firstOf() finds no key where `find` is unknown.
    const find = specification.find as KeyRange | KeyCount;
    const last = lastOf(find, first, args);
    if (last >= args.length) continue;
    for (let position = first; position <= last; position += find.keyStep) positions.push(position);
  }
  return positions;
}

/**
 * Finds the first key of a call without allocating.
 *
 * @param row The command's row.
 * @param args All words of the call, the name first (two words for a subcommand).
 * @returns Its position in `args`; -1 if there is no key. For a malformed call it may be either.
 */
export function firstKeyPosition(row: CommandRow, args: readonly Argument[]): number {
  const fixed = row.fixedFirstKey;
  if (fixed !== 0) return fixed < args.length ? fixed : -1;
  const { keys } = row;
  for (let i = 0; i < keys.length; i++) {
    const first = firstOf(keys[i], args);
    if (first === NOT_FOUND) continue;
    const last = lastOf(keys[i].find as KeyRange | KeyCount, first, args);
    if (last >= first && last < args.length) return first;
  }
  return -1;
}

function firstOf({ begin, find }: KeySpecification, args: readonly Argument[]): number {
  let start: number;
  switch (begin.type) {
    case "index":
      start = begin.index;
      if (begin.unlessEmpty && start < args.length && textOf(args[start]) === "") return NOT_FOUND;
      break;
    case "keyword":
      start = afterKeyword(begin, args);
      if (start === NOT_FOUND) return NOT_FOUND;
      break;
    case "unknown":
      return NOT_FOUND;
  }
  switch (find.type) {
    case "range":
      return start < args.length ? start : NOT_FOUND;
    case "keynum":
      return start + find.firstKey;
    case "unknown":
      return NOT_FOUND;
  }
}

/** Position of the last key; less than `first` if there are none, past the arguments if the call is malformed. */
function lastOf(find: KeyRange | KeyCount, first: number, args: readonly Argument[]): number {
  if (find.type === "range") {
    if (find.lastKey >= 0) return first + find.lastKey;
    if (find.limit <= 1) return args.length + find.lastKey;
    return first + Math.floor((args.length - first) / find.limit) + find.lastKey;
  }
  const count = countIn(args[first - find.firstKey + find.keyNumIndex]);
  return Number.isNaN(count) ? Infinity : first + (count - 1) * find.keyStep;
}

function afterKeyword(begin: KeywordBegin, args: readonly Argument[]): number {
  const { keyword, startFrom, optionLengths } = begin;
  // The last argument has no keys behind it.
  const end = args.length - 1;
  if (startFrom < 0) {
    for (let i = Math.min(args.length + startFrom, end); i > 0; i--) {
      if (isWord(args[i], keyword)) return i + 1;
    }
    return NOT_FOUND;
  }
  for (let i = startFrom; i < end; i++) {
    if (isWord(args[i], keyword)) return i + 1;
    if (optionLengths !== undefined) {
      i += optionLengths.get(textOf(args[i]).toUpperCase()) ?? 0;
    }
  }
  return NOT_FOUND;
}

function countIn(argument: Argument | undefined): number {
  if (typeof argument === "number") {
    return Number.isInteger(argument) && argument >= 0 ? argument : NaN;
  }
  if (argument === undefined) return NaN;
  const text = textOf(argument);
  return /^(?:0|[1-9][0-9]*)$/.test(text) ? Number(text) : NaN;
}
