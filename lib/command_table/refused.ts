/**
 * Commands that are refused on a shared connection, because they change its state for all callers: its database, its
 * user, its protocol, or whether it answers.
 *
 * @module
 */

import { lookUp } from "./mod.ts";
import { describe } from "../option_shape.ts";
import type { Argument } from "../resp/reply.ts";

const TRANSACTION = "use transaction()";
const WATCH = "use watch()";
const SUBSCRIPTION = "subscriptions have connections of their own, use ";
const UNSUBSCRIBE = "use unsubscribe() or delete() of the subscription";
const REPLICATION = "replication needs a connection of its own";
const CACHING = "client-side caching needs a connection of its own";
const READ_FROM = 'use the option "readFrom"';

/** What to do instead, by name of the command. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["ASKING", "redirections are followed without it"],
  ["AUTH", 'use the option "credentials"'],
  ["CLIENT CACHING", CACHING],
  // The server would then send REDIRECT errors to all callers of the shared connection.
  ["CLIENT CAPA", "redirections are followed without it"],
  ["CLIENT REPLY", "every request needs its reply; use batch() to send many at once"],
  ["CLIENT TRACKING", CACHING],
  ["DISCARD", TRANSACTION],
  ["EXEC", TRANSACTION],
  ["HELLO", 'use the options "protocol", "credentials" and "clientName"'],
  ["MONITOR", "use monitor()"],
  ["MULTI", TRANSACTION],
  ["PSUBSCRIBE", `${SUBSCRIPTION}psubscribe()`],
  ["PSYNC", REPLICATION],
  ["PUNSUBSCRIBE", UNSUBSCRIBE],
  ["QUIT", "use close()"],
  ["READONLY", READ_FROM],
  ["READWRITE", READ_FROM],
  // The server accepts REPLCONF ACK and does not reply to it, so all later replies would go to the wrong caller.
  ["REPLCONF", REPLICATION],
  ["RESET", "use close() and create a new client"],
  // The next script would start a debugging session instead of sending a reply.
  ["SCRIPT DEBUG", "a dialogue with the debugger needs a connection of its own"],
  ["SELECT", 'use the option "databaseId"'],
  ["SSUBSCRIBE", `${SUBSCRIPTION}ssubscribe()`],
  ["SUBSCRIBE", `${SUBSCRIPTION}subscribe()`],
  ["SUNSUBSCRIBE", UNSUBSCRIBE],
  ["SYNC", REPLICATION],
  ["UNSUBSCRIBE", UNSUBSCRIBE],
  ["UNWATCH", WATCH],
  ["WATCH", WATCH],
]);

/**
 * Tells why a command is refused on a shared connection.
 *
 * @param name Name of the command as in its row: in upper case, a subcommand with the name of its container.
 * @returns The message of the `TypeError` to throw, which says what to use instead; `undefined` if the command may be
 * sent.
 */
export function refusal(name: string): string | undefined {
  const instead = INSTEAD.get(name);
  return instead === undefined
    ? undefined
    : `Cannot send ${name} on a connection that is shared: ${instead}`;
}

/**
 * Tells whether a call must not be sent on a shared connection.
 *
 * @param args All words of the call.
 * @returns The error to reject with; `undefined` if the call may be sent.
 */
export function refuse(args: readonly Argument[]): TypeError | undefined {
  // A string would be sent as a command of single letters.
  if (!Array.isArray(args)) {
    return new TypeError(
      `Cannot send a command: expected an array of words, got ${describe(args)}`,
    );
  }
  const row = lookUp(args);
  const message = row === undefined ? undefined : refusal(row.name);
  return message === undefined ? undefined : new TypeError(message);
}
