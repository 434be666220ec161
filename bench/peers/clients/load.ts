/**
 * Loads the packages of other clients. They are not among the project's dependencies; the bench installs them aside.
 *
 * @module
 */

import { createRequire } from "node:module";
import process from "node:process";

/**
 * Loads a package that the bench has installed.
 *
 * @typeParam T The part of it that is used.
 * @param name Name of the package.
 * @returns What the package exports.
 */
export function load<T>(name: string): T {
  return createRequire(`${process.env.BENCH_PACKAGES}/package.json`)(name);
}
