/**
 * Checks redirections that may come from a script.
 *
 * A script can write and then return an error with the text `MOVED 3300 host:port`, like that of a server. If the
 * client followed it, the script would be executed twice. So the client sends a script that does nothing, with the same
 * keys. Only if that is redirected as well, the redirection comes from the server.
 *
 * @module
 */

import { keyPositions, lookUp } from "../lib/command_table/mod.ts";
import type { Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import { show } from "../lib/connection/transport.ts";
import { ServerError } from "../lib/errors.ts";
import type { Argument } from "../lib/resp/reply.ts";
import { decide, type Redirection, slotOfKeys } from "./router.ts";

/** For each command that runs scripts, one that does nothing: servers look at the keys before they look for the script. */
const NOTHING: ReadonlyMap<string, string> = new Map([
  ["EVAL", "return 1"],
  ["EVAL_RO", "return 1"],
  ["EVALSHA", "0".repeat(40)],
  ["EVALSHA_RO", "0".repeat(40)],
  ["FCALL", "no_such_function"],
  ["FCALL_RO", "no_such_function"],
]);

/** A command that a node redirects if, and only if, it redirects the request. */
export interface Check {
  /** The slot of the request's keys; -1 if it has none. */
  readonly slot: number;
  /** The command. */
  readonly words: Argument[];
}

/**
 * Makes the check for a redirected request.
 *
 * @param request A request that was answered with a redirection.
 * @returns The check; null if only the server can have made the redirection.
 */
export function checkOf({ row, words }: Request): Check | null {
  if (row === undefined || row.keysNeedServer) return null;
  const nothing = NOTHING.get(row.name);
  // Commands of modules can also return any error. Those that only read may run twice.
  if (nothing === undefined && (row.readOnly || lookUp(words) !== undefined)) return null;
  const keys = keyPositions(row, words).map((position) => words[position]);
  return {
    slot: slotOf(row.name, keys),
    words: nothing === undefined
      ? ["EXISTS", ...keys]
      : [words[0], nothing, String(keys.length), ...keys],
  };
}

/** The slot of keys; -1 if there are none, or if they have none in common, which no server redirects. */
function slotOf(name: string, keys: readonly Argument[]): number {
  try {
    return slotOfKeys(name, keys);
  } catch {
    return -1;
  }
}

/**
 * Asks a node whether it really redirects the keys of a request.
 *
 * @param check The question.
 * @param redirection What it has answered to the request.
 * @param link The node.
 * @param options Whether to ask as a request does that was sent there by `ASK`, and milliseconds for the answer.
 * @returns The redirection that the server answers now; null if there is none to the same node, or no answer at all.
 */
export async function confirmed(
  check: Check,
  redirection: Redirection,
  link: Link,
  { asking, timeout }: { readonly asking: boolean; readonly timeout: number },
): Promise<Redirection | null> {
  // A server redirects no command without keys, and names the slot of the keys.
  if (check.slot !== redirection.slot) return null;
  try {
    // Both are queued in the same turn, so no other request comes between them.
    if (asking) link.call(["ASKING"], timeout).catch(() => {});
    await link.call(check.words, timeout);
  } catch (error) {
    if (!(error instanceof ServerError)) return null;
    const answer = decide(error, undefined, link.endpoint, () => false);
    return (answer.action === "move" || answer.action === "ask") &&
        answer.slot === redirection.slot && show(answer.target) === show(redirection.target)
      ? answer
      : null;
  }
  return null;
}
