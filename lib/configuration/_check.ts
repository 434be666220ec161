/**
 * The error of a bad option.
 *
 * @module
 */

import { ConfigurationError } from "../errors.ts";

/**
 * Throws if an option is bad.
 *
 * @param condition Whether the option is good.
 * @param option Name of the option.
 * @param problem What was expected, for the end of the message.
 * @throws {ConfigurationError} If it is bad.
 */
export function check(condition: unknown, option: string, problem: string): asserts condition {
  if (!condition) throw badOption(option, problem);
}

/**
 * Makes the error for a bad option.
 *
 * @param option Name of the option.
 * @param problem What was expected, for the end of the message.
 * @param options The cause, if there is one.
 * @returns The error.
 */
export function badOption(
  option: string,
  problem: string,
  options?: ErrorOptions,
): ConfigurationError {
  return new ConfigurationError(`Cannot use option "${option}": ${problem}`, option, options);
}
