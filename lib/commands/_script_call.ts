/**
 * Arguments of scripts.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { appendAny, type Key, type OneOrMany, type Value } from "./_args.ts";
import { optionsOf } from "./_options.ts";

/** Keys and arguments of a script or a function. */
export interface ScriptCall {
  /** `KEYS` of the script: all keys that it uses. In a cluster they must be in one slot. @default {[]} */
  keys?: OneOrMany<Key>;
  /** `ARGV` of the script. @default {[]} */
  args?: OneOrMany<Value>;
}

const SCRIPT_CALL: OptionShape<ScriptCall> = { keys: "words", args: "words" };

/**
 * Appends the keys of a script, counted, and its arguments.
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
