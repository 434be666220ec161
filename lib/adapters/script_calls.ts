/**
 * Calls of scripts among other commands that are sent together.
 *
 * @module
 */

import type { Script } from "../client/script.ts";
import type { Argument } from "../resp/reply.ts";

/** A command that may be the call of a script. */
export interface ScriptCall {
  /** Its words; those of a script without the first two. */
  readonly words: Argument[];
  /** The script, if it runs one. */
  readonly script?: Script;
}

/**
 * Makes the words of commands that one server executes in order, or several servers.
 *
 * The first call of each script is by its text, so that the server knows the digest when it executes the next one: a
 * missing script would be found in the middle, when later commands have been executed already.
 *
 * @param calls The commands.
 * @param servers `"one"` if one server executes all of them. With `"several"` each call is by the text.
 * @returns The words of each.
 */
export function callsByText(
  calls: readonly ScriptCall[],
  servers: "one" | "several",
): Argument[][] {
  const sent = new Set<Script>();
  return calls.map(({ words, script }) => {
    if (script === undefined) return words;
    if (sent.has(script)) return ["EVALSHA", script.digest, ...words];
    if (servers === "one") sent.add(script);
    return ["EVAL", script.source, ...words];
  });
}
