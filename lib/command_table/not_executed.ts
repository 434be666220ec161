/**
 * Error replies that are transient and say that the command was not executed: it can be sent again without being
 * executed twice.
 *
 * @module
 */

import type { CommandRow } from "./mod.ts";
import { ServerError } from "../errors.ts";

/** Messages with which servers refuse a command before they execute it, by error code. */
const REFUSALS: ReadonlyMap<string, RegExp> = new Map([
  ["CLUSTERDOWN", /^CLUSTERDOWN (Hash slot not served|The cluster is down)/],
  ["LOADING", /^LOADING \S+ is loading the dataset in memory/],
  ["MASTERDOWN", /^MASTERDOWN Link with \S+ is down/],
  ["READONLY", /^READONLY (You can't write against|Can not run script with write flag on) /],
  ["TRYAGAIN", /^TRYAGAIN Multiple keys request during rehashing of slot/],
]);

/** Commands whose error replies can come from a script. Read-only ones (`_RO`) can be executed twice. */
const SCRIPTS = new Set(["EVAL", "EVALSHA", "FCALL"]);

/**
 * Tells whether a command was refused by a server that cannot execute it at present.
 *
 * A script can return any error code after it has written. So for scripts the message must be that of a server.
 *
 * @param error The error reply.
 * @param row What is known of the command.
 * @returns False for every other error: it goes to the caller.
 */
export function wasNotExecuted(error: ServerError, row: CommandRow | undefined): boolean {
  const runsScript = row !== undefined && SCRIPTS.has(row.name);
  // CLIENT UNBLOCK and the deletion of the key also end a blocking command. Scripts do not block.
  if (error.code === "UNBLOCKED") {
    return !runsScript && error.message.includes("instance state changed");
  }
  const words = REFUSALS.get(error.code);
  return words !== undefined && (!runsScript || words.test(error.message));
}

/**
 * Tells whether an error reply names another node for the command (MOVED, ASK).
 *
 * @param error The error reply.
 */
export function isRedirection({ code }: ServerError): boolean {
  return code === "MOVED" || code === "ASK";
}

/**
 * Tells whether a node says that it does not have the keys of a command any more, or cannot serve them at present.
 *
 * A script can return any error code, so this does not say that the command was not executed.
 *
 * @param error The error reply.
 */
export function isNodeUnable(error: ServerError): boolean {
  return isRedirection(error) || REFUSALS.has(error.code);
}

/**
 * Tells whether a refusal concerns the keys of the command only (TRYAGAIN). Others concern the whole node or slot.
 *
 * @param error The refusal.
 */
export function concernsKeysOnly(error: Error): boolean {
  return error instanceof ServerError && error.code === "TRYAGAIN";
}
