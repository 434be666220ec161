/**
 * Checks of single options, and the error of a bad one.
 *
 * @module
 */

import { ConfigurationError } from "../errors.ts";
import { insteadOf } from "./_habits.ts";

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

/** Longest time that a timer can measure. */
export const MAX_MS: number = 2 ** 31 - 1;

/** Checks a time limit in milliseconds. */
export function time(value: unknown, fallback: number, name: string): number {
  return real(value === undefined ? fallback : value, Number.MIN_VALUE, MAX_MS, name);
}

/** Checks a time in milliseconds, 0 for never. */
export function timeOrOff(value: unknown, fallback: number, name: string): number {
  return real(value === undefined ? fallback : value, 0, MAX_MS, name);
}

/** Checks an integer. */
export function integer(
  value: unknown,
  fallback: number,
  min: number,
  max: number,
  name: string,
): number {
  const number = value === undefined ? fallback : value;
  check(
    Number.isInteger(number) && (number as number) >= min && (number as number) <= max,
    name,
    `expected an integer from ${min} to ${max}`,
  );
  return number as number;
}

/** Checks a number. */
export function real(value: unknown, min: number, max: number, name: string): number {
  check(
    typeof value === "number" && value >= min && value <= max,
    name,
    min === Number.MIN_VALUE
      ? `expected a number above 0, up to ${max}`
      : `expected a number from ${min} to ${max}`,
  );
  return value;
}

/** Checks a flag. */
export function flag(
  value: unknown,
  name: string,
  { fallback = false }: { fallback?: boolean } = {},
): boolean {
  check(value === undefined || typeof value === "boolean", name, "expected a boolean");
  return value ?? fallback;
}

/** Refuses options with unknown names. */
export function known(given: object, names: readonly string[], prefix: string): void {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const instead = prefix === "" ? insteadOf(name, names) : undefined;
    throw badOption(
      `${prefix}${name}`,
      instead === undefined
        ? `there is no such option, only ${names.join(", ")}`
        : `there is no such option; ${instead}`,
    );
  }
}

/** Whether something may be an object of options. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
