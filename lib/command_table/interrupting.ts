/**
 * Commands that end what other connections do.
 *
 * On the shared connection they would wait behind the very script, or the paused write, that they shall end.
 *
 * @module
 */

import { textOf } from "./argument_text.ts";
import type { CommandRow } from "./row.ts";
import type { Argument } from "../resp/reply.ts";

/** Filters of CLIENT KILL by which the shared connection could be meant as well, or is spared as the caller's own. */
const BROAD = new Set(["TYPE", "USER", "LADDR", "SKIPME", "MAXAGE"]);

/**
 * Whether a call must not wait for what its own client has sent before.
 *
 * CLIENT KILL is such a call only if it names its victims: its other filters spare the connection that it comes on.
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
