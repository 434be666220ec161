/**
 * Applies `command_corrections.yaml` to rows.
 *
 * @module
 */

import { parse } from "@std/yaml";
import {
  parseKeySpecification,
  parsePolicies,
  parseRow,
  parseTimeout,
} from "../../lib/command_table/notation.ts";
import { makeRow, type RowFacts } from "../../lib/command_table/row.ts";
import type { CommandRow } from "../../lib/command_table/mod.ts";

/** One entry of the file: either a row that no server describes, or facts that replace those of some commands. */
export interface Correction {
  /** Why the server's own word is not enough. */
  readonly reason: string;
  /** A whole row, in the notation of the table. */
  readonly row?: string;
  /** Name of the command that the row is a subcommand of. */
  readonly container?: string;
  /** Names of the commands whose facts are replaced. */
  readonly commands?: readonly string[];
  /** Their key specifications, in the notation of the table. */
  readonly keys?: readonly string[];
  /** Their policies, in the notation of the table; `none` takes them away. */
  readonly policy?: string;
  /** Where their time limit is, in the notation of the table without `timeout=`. */
  readonly timeout?: string;
}

const FIELDS: ReadonlySet<string> = new Set<keyof Correction>([
  "reason",
  "row",
  "container",
  "commands",
  "keys",
  "policy",
  "timeout",
]);

/** Reads the file. */
export async function readCorrections(): Promise<Correction[]> {
  const file = new URL("command_corrections.yaml", import.meta.url);
  const corrections = parse(await Deno.readTextFile(file)) as Correction[];
  for (const correction of corrections) {
    const where = correction.row ?? correction.commands?.join(", ");
    if (where === undefined) throw new Error("Cannot apply a correction: it names no command");
    if (!correction.reason) throw new Error(`Cannot apply the correction of ${where}: no reason`);
    for (const field of Object.keys(correction)) {
      if (!FIELDS.has(field)) {
        throw new Error(`Cannot apply the correction of ${where}: unknown field "${field}"`);
      }
    }
  }
  return corrections;
}

/** Gives rows with the corrections applied. */
export function applyCorrections(
  rows: readonly CommandRow[],
  corrections: readonly Correction[],
): CommandRow[] {
  const corrected = new Map(rows.map((row) => [row.name, row]));
  for (const correction of corrections) {
    if (correction.row !== undefined) {
      const row = rowOf(corrected, correction.row, correction.container);
      corrected.set(row.name, row);
    }
    for (const name of correction.commands ?? []) {
      const [containerName] = name.split(" ");
      const container = corrected.get(containerName);
      const row = containerName === name
        ? container
        : container?.subcommands?.get(name.slice(containerName.length + 1));
      if (container === undefined || row === undefined) {
        throw new Error(`Cannot correct ${name}: there is no such command`);
      }
      const better = makeRow({ ...row, ...correctedFacts(correction) });
      if (row === container) {
        corrected.set(name, better);
      } else {
        const subcommands = new Map(container.subcommands);
        subcommands.set(name.slice(containerName.length + 1), better);
        corrected.set(containerName, makeRow({ ...container, subcommands }));
      }
    }
  }
  return [...corrected.values()];
}

/** The row of a correction; one of a subcommand is put into that of its container. */
function rowOf(
  rows: ReadonlyMap<string, CommandRow>,
  row: string,
  container: string | undefined,
): CommandRow {
  if (container === undefined) return parseRow(row.trimEnd());
  const present = rows.get(container);
  if (present === undefined) {
    throw new Error(`Cannot correct ${container}: there is no such command`);
  }
  const { subcommands } = parseRow(`${container} -2\n  ${row}`);
  const all = [...present.subcommands ?? [], ...subcommands!];
  return makeRow({ ...present, subcommands: new Map(all) });
}

function correctedFacts({ keys, policy, timeout }: Correction): Partial<RowFacts> {
  const facts: { -readonly [Name in keyof RowFacts]?: RowFacts[Name] } = {};
  if (keys !== undefined) {
    facts.keys = keys.map(parseKeySpecification);
    facts.keysNeedServer = false;
  }
  if (policy !== undefined) {
    [facts.requestPolicy, facts.responsePolicy] = policy === "none"
      ? [undefined, undefined]
      : parsePolicies(policy);
  }
  if (timeout !== undefined) facts.timeout = parseTimeout(`timeout=${timeout}`);
  return facts;
}
