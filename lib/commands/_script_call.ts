/**
 * Arguments of scripts.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Key, Value } from "./_args.ts";
import { optionsOf } from "./_options.ts";

/** Keys and arguments of a script or a function. */
export interface ScriptCall {
  /** `KEYS` of the script: all keys that it uses. In a cluster they must be in one slot. @default {[]} */
  keys?: readonly Key[];
  /** `ARGV` of the script. @default {[]} */
  args?: readonly Value[];
}

const SCRIPT_CALL: OptionShape<ScriptCall> = { keys: "list", args: "list" };

/**
 * Appends the keys of a script, counted, and its arguments.
 *
 * @param words Where to append.
 * @param call The keys and arguments.
 * @returns `words`.
 */
export function appendScriptCall(words: Words, call: ScriptCall | undefined): Words {
  const { keys = [], args = [] } = optionsOf(words, call, SCRIPT_CALL);
  words.push(keys.length);
  for (const key of keys) words.push(key);
  for (const arg of args) words.push(arg);
  return words;
}
