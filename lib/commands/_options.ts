/**
 * Checks of the objects that command methods get from their callers.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import { faultOfOptions, faultOfRecord, type OptionShape } from "../option_shape.ts";
import type { Argument } from "../resp/reply.ts";
import { commandName } from "./_args.ts";

/** Used instead of options that were not given, or cannot be used. */
const NONE = Object.freeze({});

/**
 * Checks options from a caller.
 *
 * @param words The words so far; an error for a bad option is appended, with which the command rejects.
 * @param options The options; undefined is none.
 * @param shape Which options there are.
 * @returns The options; none if something is wrong with them.
 */
export function optionsOf<O extends object>(
  words: Words,
  options: O | undefined,
  shape: OptionShape<O>,
): O {
  if (options === undefined) return NONE as O;
  const fault = faultOfOptions(options, shape);
  if (fault === undefined) return options;
  refuse(words, fault);
  return NONE as O;
}

/**
 * Checks an object from a caller that must be complete.
 *
 * @param words The words so far; an error for a bad object is appended, with which the command rejects.
 * @param record The object.
 * @param shape What it has to have.
 * @param what What it is, for the message: `"a position"`.
 * @returns The object; an empty one if something is wrong with it.
 */
export function recordOf<O extends object>(
  words: Words,
  record: O,
  shape: OptionShape<O>,
  what: string,
): O {
  const fault = faultOfRecord(record, shape, what);
  if (fault === undefined) return record;
  refuse(words, fault);
  return NONE as O;
}

/**
 * Makes the command reject.
 *
 * @param words The words so far.
 * @param fault What is wrong, for the end of the message.
 */
export function refuse(words: Words, fault: string): void {
  words.push(new TypeError(`Cannot send ${commandName(words)}: ${fault}`));
}

/**
 * Appends the value of an option that may not be left out.
 *
 * @param words Where to append.
 * @param option Its name.
 * @param value Its value; undefined makes the command reject.
 */
export function appendNeeded(words: Words, option: string, value: Argument | undefined): void {
  if (value === undefined) refuse(words, `option "${option}" is missing`);
  else words.push(value);
}
