/**
 * Checks of the objects that callers pass to command methods.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import { faultOfOptions, faultOfRecord, type OptionShape } from "../option_shape.ts";
import type { Argument } from "../resp/reply.ts";
import { commandName } from "./_args.ts";

/** Returned instead of options that are missing or invalid. */
const NONE = Object.freeze({});

/**
 * Checks the options that a caller passed.
 *
 * @param words The words of the command so far. For an invalid option an error is appended, and the command rejects
 * with it.
 * @param options The options, or undefined.
 * @param shape Names and kinds of all options.
 * @returns The options, or an empty object if they are invalid.
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
 * Checks an object that a caller passed, of which no property may be missing.
 *
 * @param words The words of the command so far. For an invalid object an error is appended, and the command rejects
 * with it.
 * @param record The object.
 * @param shape Names and kinds of all properties.
 * @param what What to call the object in the message: `"a position"`.
 * @returns The object, or an empty one if it is invalid.
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
 * Makes the command reject with a `TypeError`.
 *
 * @param words The words of the command so far.
 * @param fault The end of the message: what is wrong.
 */
export function refuse(words: Words, fault: string): void {
  words.push(new TypeError(`Cannot send ${commandName(words)}: ${fault}`));
}

/**
 * Appends the value of a required option.
 *
 * @param words The words of the command so far.
 * @param option Name of the option.
 * @param value Value of the option; if it is undefined, the command rejects.
 */
export function appendNeeded(words: Words, option: string, value: Argument | undefined): void {
  if (value === undefined) refuse(words, `option "${option}" is missing`);
  else words.push(value);
}
