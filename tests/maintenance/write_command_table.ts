/**
 * Writes `lib/command_table/rows.ts` from what servers say about their commands.
 *
 *     deno task table [--fresh] SOURCE …
 *
 * A source is the path of a server program, `host:port` of a server that runs, or a `.json` file with a COMMAND reply
 * (`valkey-9.1.2.json`). Where servers differ the newest Valkey wins. Rows of the present table that no source knows stay, and
 * so does everything that a newer server than the given ones has said; `--fresh` begins with an empty table instead.
 *
 * @module
 */

import { type CommandRow, commandRows } from "../../lib/command_table/mod.ts";
import { makeRow } from "../../lib/command_table/row.ts";
import { TABLE_SOURCES } from "../../lib/command_table/rows.ts";
import { applyCorrections, readCorrections } from "./command_corrections.ts";
import {
  compareServers,
  printServerVersion,
  readServerVersion,
  readSource,
  type ServerVersion,
} from "./command_source.ts";
import { printRows } from "./row_notation.ts";

/** Rows that count as much as a certain server's word. */
interface Layer extends ServerVersion {
  readonly rows: readonly CommandRow[];
}

/**
 * Merges the rows of several servers.
 *
 * @param layers The rows of each; where they differ those of the newest Valkey win.
 * @returns One row per command of any of them.
 */
export function mergeRows(layers: readonly Layer[]): CommandRow[] {
  const merged = new Map<string, CommandRow>();
  for (const { rows } of layers.toSorted(compareServers)) {
    for (const row of rows) {
      const older = merged.get(row.name)?.subcommands;
      const subcommands = older === undefined
        ? row.subcommands
        : new Map([...older, ...row.subcommands ?? []]);
      merged.set(row.name, makeRow({ ...row, subcommands }));
    }
  }
  return [...merged.values()];
}

/**
 * Writes the module that holds the table.
 *
 * @param rows The corrected rows.
 * @param servers The servers that they come from.
 * @returns Its source text.
 */
export function printTable(rows: readonly CommandRow[], servers: readonly ServerVersion[]): string {
  const names = new Set(servers.toSorted(compareServers).map(printServerVersion));
  return `/**
 * The rows of the command table, in the notation that \`notation.ts\` explains.
 *
 * Written by \`deno task table\`: do not edit it by hand. What the servers get wrong is put right in
 * \`tests/maintenance/command_corrections.yaml\`.
 *
 * @module
 */

/** Servers whose own description of their commands is in the table. */
export const TABLE_SOURCES: readonly string[] = [
${[...names].map((name) => `  "${name}",\n`).join("")}];

/** One line per command, those of subcommands indented below their container. */
export const COMMAND_ROWS: string = \`
${printRows(rows)}
\`;
`;
}

if (import.meta.main) {
  const places = Deno.args.filter((argument) => argument !== "--fresh");
  if (places.length === 0) {
    console.error("Usage: deno task table [--fresh] SERVER_PROGRAM|HOST:PORT|COMMAND.json …");
    Deno.exit(2);
  }
  const layers: Layer[] = [];
  for (const place of places) layers.push(await readSource(place));
  if (!Deno.args.includes("--fresh")) {
    const servers = TABLE_SOURCES.map(readServerVersion);
    const [newest] = servers.toSorted(compareServers).slice(-1);
    // Sorting is stable: a source of the very version of the present table comes behind it, and wins.
    layers.unshift({ ...newest, rows: commandRows() });
    layers.push(...servers.map((server) => ({ ...server, rows: [] })));
  }
  const rows = applyCorrections(mergeRows(layers), await readCorrections());
  const file = new URL("../../lib/command_table/rows.ts", import.meta.url);
  await Deno.writeTextFile(file, printTable(rows, layers));
  const count = rows.reduce((sum, row) => sum + 1 + (row.subcommands?.size ?? 0), 0);
  console.log(`Wrote ${count} rows from ${places.join(", ")}`);
}
