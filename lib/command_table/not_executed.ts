/**
 * Which error replies say that a command was not executed, and will pass: such a command can be sent again without
 * being executed twice.
 *
 * @module
 */

import type { CommandRow } from "./mod.ts";
import type { ServerError } from "../errors.ts";

/** What servers say, by code, when they refuse a command before they execute it. */
const REFUSALS: ReadonlyMap<string, RegExp> = new Map([
  ["CLUSTERDOWN", /^CLUSTERDOWN (Hash slot not served|The cluster is down)/],
  ["LOADING", /^LOADING \S+ is loading the dataset in memory/],
  ["MASTERDOWN", /^MASTERDOWN Link with \S+ is down/],
  ["READONLY", /^READONLY (You can't write against|Can not run script with write flag on) /],
  ["TRYAGAIN", /^TRYAGAIN Multiple keys request during rehashing of slot/],
]);

/** Commands whose error replies can be of a script's making. Those that only read (`_RO`) can be executed twice. */
const SCRIPTS = new Set(["EVAL", "EVALSHA", "FCALL"]);

/**
 * Tells whether a command was refused by a server that cannot execute it at present.
 *
 * A script can answer any code, and that after it has written, so for scripts only the servers' own words count.
 *
 * @param error The error reply.
 * @param row What is known of the command.
 * @returns False for every other error: it is the caller's business.
 */
export function wasNotExecuted(error: ServerError, row: CommandRow | undefined): boolean {
  const runsScript = row !== undefined && SCRIPTS.has(row.name);
  // A blocking command can also end by CLIENT UNBLOCK, or because its key was deleted. Scripts do not block.
  if (error.code === "UNBLOCKED") {
    return !runsScript && error.message.includes("instance state changed");
  }
  const words = REFUSALS.get(error.code);
  return words !== undefined && (!runsScript || words.test(error.message));
}
