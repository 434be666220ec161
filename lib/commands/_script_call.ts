/**
 * Keys and arguments of scripts and functions.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { appendAny, type Key, type OneOrMany, type Value } from "./_args.ts";
import { optionsOf } from "./_options.ts";

/** Keys and arguments of a script or a function. */
export interface ScriptCall {
  /**
   * All keys that the script uses, which it reads from `KEYS`. On a cluster they must be in one slot.
   *
   * @default {[]}
   */
  keys?: OneOrMany<Key>;
  /**
   * Other arguments, which the script reads from `ARGV`.
   *
   * @default {[]}
   */
  args?: OneOrMany<Value>;
}

const SCRIPT_CALL: OptionShape<ScriptCall> = { keys: "words", args: "words" };

/**
 * Appends the number of keys, the keys, and the arguments of a script.
 *
 * @param words The words of the command so far.
 * @param call The keys and arguments.
 * @returns `words`.
 */
export function appendScriptCall(words: Words, call: ScriptCall | undefined): Words {
  const { keys = [], args = [] } = optionsOf(words, call, SCRIPT_CALL);
  const at = words.push(0) - 1;
  appendAny(words, keys);
  words[at] = words.length - at - 1;
  return appendAny(words, args);
}
