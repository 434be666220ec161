/**
 * Facts about the commands of the servers: which nodes get them, where their keys are, how their replies are combined.
 *
 * The look-up is here. The rows are in `rows.ts`, which `deno task table` writes from the servers' own descriptions.
 *
 * @module
 */

import { textOf } from "./argument_text.ts";
import { parseRow } from "./notation.ts";
import type { CommandRow } from "./row.ts";
import { COMMAND_ROWS } from "./rows.ts";
import type { Argument } from "../resp/reply.ts";

export { blockingTimeout } from "./blocking_timeout.ts";
export { rowsFromCommandReply } from "./command_reply.ts";
export { firstKeyPosition, keyPositions } from "./key_positions.ts";
export { isInterrupting } from "./interrupting.ts";
export type {
  CommandRow,
  IndexBegin,
  KeyAccess,
  KeyCount,
  KeyRange,
  KeySpecification,
  KeywordBegin,
  RequestPolicy,
  ResponsePolicy,
  RowFacts,
  TimeoutArgument,
  UnknownKeys,
} from "./row.ts";

// A program uses few commands, so each row is parsed when it is looked up for the first time, and there is no index.
const rows = new Map<string, CommandRow>();

/** Names that are not in the table. Callers can make up any number of names, so the set has a limit. */
const unknownNames = new Set<string>();
const MAX_UNKNOWN_NAMES = 1000;

/**
 * Finds the row of a command, or of a subcommand.
 *
 * Names in upper case are found fastest (some 10 ns); any other case, and names as bytes, are found as well.
 *
 * @param args All words of the call, the name first (two words for a subcommand).
 * @param learned Rows for commands that the built-in table does not have, by name in upper case, such as those of
 * {@linkcode rowsFromCommandReply}.
 * @returns The row; `undefined` if the command, or the subcommand of a known container, is unknown. A container without
 * a second word is its own row.
 */
export function lookUp(
  args: readonly Argument[],
  learned?: ReadonlyMap<string, CommandRow>,
): CommandRow | undefined {
  const row = rows.get(args[0] as string) ?? find(args[0]);
  if (row !== undefined) {
    if (row.subcommands === undefined || args.length === 1) return row;
    const subcommand = subcommandOf(row.subcommands, args[1]);
    if (subcommand !== undefined) return subcommand;
  }
  if (learned === undefined || args.length === 0) return undefined;
  const learnedRow = learned.get(textOf(args[0]).toUpperCase());
  if (learnedRow?.subcommands === undefined || args.length === 1) return learnedRow;
  return subcommandOf(learnedRow.subcommands, args[1]);
}

/**
 * Lists the built-in table.
 *
 * @returns The rows of all commands in alphabetical order; rows of subcommands are inside their containers.
 */
export function commandRows(): CommandRow[] {
  return commandNames().map((name) => find(name)!);
}

/**
 * Lists the names of the built-in table.
 *
 * @returns The names of all commands, in upper case and in alphabetical order; no subcommands.
 */
export function commandNames(): string[] {
  return COMMAND_ROWS.match(/^\S+/gm) ?? [];
}

function find(name: Argument | undefined): CommandRow | undefined {
  if (name === undefined) return undefined;
  const upperCaseName = textOf(name).toUpperCase();
  const known = rows.get(upperCaseName);
  if (known !== undefined || unknownNames.has(upperCaseName)) return known;
  const lines = linesOf(upperCaseName);
  if (lines === undefined) {
    if (unknownNames.size < MAX_UNKNOWN_NAMES) unknownNames.add(upperCaseName);
    return undefined;
  }
  const row = parseRow(lines);
  rows.set(upperCaseName, row);
  return row;
}

/** Finds the line of a command and the lines of its subcommands. */
function linesOf(name: string): string | undefined {
  // An empty name, or one with white space, could match other parts of the table.
  if (!/^\S+$/.test(name)) return undefined;
  const start = COMMAND_ROWS.indexOf(`\n${name} `) + 1;
  if (start === 0) return undefined;
  let end = COMMAND_ROWS.indexOf("\n", start);
  while (COMMAND_ROWS[end + 1] === " ") end = COMMAND_ROWS.indexOf("\n", end + 1);
  return COMMAND_ROWS.slice(start, end);
}

function subcommandOf(
  subcommands: ReadonlyMap<string, CommandRow>,
  name: Argument,
): CommandRow | undefined {
  return subcommands.get(name as string) ?? subcommands.get(textOf(name).toUpperCase());
}
