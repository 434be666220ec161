/**
 * Writes rows in the notation that `lib/command_table/notation.ts` reads and explains.
 *
 * @module
 */

import type { CommandRow, KeySpecification, TimeoutArgument } from "../../lib/command_table/mod.ts";

/** Writes rows, one line each, in alphabetical order. */
export function printRows(rows: Iterable<CommandRow>): string {
  return [...rows].sort(byName).map(printRow).join("\n");
}

function printRow(row: CommandRow): string {
  const lines = [printFacts(row.name, row)];
  for (const subcommand of [...row.subcommands?.values() ?? []].sort(byName)) {
    lines.push(`  ${printFacts(subcommand.name.slice(row.name.length + 1), subcommand)}`);
  }
  return lines.join("\n");
}

function printFacts(name: string, row: CommandRow): string {
  if (row.keysNeedServer) {
    throw new Error(`Cannot write the row of ${row.name}: its keys need a correction`);
  }
  const words = [name, String(row.arity)];
  if (row.readOnly) words.push("readonly");
  if (row.write) words.push("write");
  if (row.blocking) words.push("blocking");
  if (row.movableKeys) words.push("movablekeys");
  for (const specification of row.keys) words.push(printKeySpecification(specification));
  if (row.requestPolicy !== undefined) {
    const response = row.responsePolicy === undefined ? "" : `:${row.responsePolicy}`;
    words.push(row.requestPolicy + response);
  }
  if (row.timeout !== undefined) words.push(printTimeout(row.timeout));
  return words.join(" ");
}

/** Writes the word for one key specification; one that the server keeps to itself is `unknown`. */
export function printKeySpecification({ access, begin, find }: KeySpecification): string {
  return `${access}@${printBegin(begin)}${printFind(find)}`;
}

function printBegin(begin: KeySpecification["begin"]): string {
  if (begin.type === "unknown") return "unknown";
  if (begin.type === "index") return `${begin.index}${begin.unlessEmpty ? "?" : ""}`;
  const options = [...begin.optionLengths ?? []].map(([word, length]) => `${word}:${length}`);
  const list = options.length === 0 ? "" : `(${options.join(",")})`;
  return `${begin.keyword}>${begin.startFrom}${list}`;
}

function printFind(find: KeySpecification["find"]): string {
  if (find.type === "unknown") return "..unknown";
  const step = find.keyStep === 1 ? "" : `/${find.keyStep}`;
  if (find.type === "keynum") {
    const plain = find.keyNumIndex === 0 && find.firstKey === 1;
    return `#${plain ? "" : `${find.keyNumIndex}+${find.firstKey}`}${step}`;
  }
  if (find.lastKey === 0) return "";
  const limit = find.limit <= 1 ? "" : `%${find.limit}`;
  return `..${find.lastKey > 0 ? "+" : ""}${find.lastKey}${step}${limit}`;
}

function printTimeout({ at, startFrom, unit }: TimeoutArgument): string {
  const place = typeof at === "string" ? `${at}>${startFrom}` : at;
  return `timeout=${place}:${unit === 1000 ? "s" : "ms"}`;
}

function byName(a: CommandRow, b: CommandRow): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
