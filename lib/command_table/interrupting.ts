/**
 * Commands that end scripts, pauses or connections.
 *
 * On the shared connection they would wait behind the script or the paused write that they should end.
 *
 * @module
 */

import { textOf } from "./argument_text.ts";
import type { CommandRow } from "./row.ts";
import type { Argument } from "../resp/reply.ts";

/** Filters of CLIENT KILL that can match the shared connection. The server spares the connection of the caller. */
const BROAD = new Set(["TYPE", "USER", "LADDR", "SKIPME", "MAXAGE"]);

/**
 * Whether a call must not wait behind requests of its own client.
 *
 * CLIENT KILL is such a call only if it names connections by id or address: with other filters the server spares the
 * connection on which it gets the command.
 *
 * @param row Row of the command.
 * @param args All words of the call, the name first.
 */
export function isInterrupting(row: CommandRow, args: readonly Argument[]): boolean {
  if (!row.interrupting) return false;
  if (row.name !== "CLIENT KILL" || args.length === 3) return true;
  const filter = textOf(args[2] ?? "").toUpperCase();
  return (filter === "ID" || filter === "ADDR") &&
    !args.slice(3).some((word) => BROAD.has(textOf(word).toUpperCase()));
}
