import { assertEquals, assertThrows } from "@std/assert";
import { parseRow } from "../../lib/command_table/notation.ts";
import { COMMAND_ROWS, TABLE_SOURCES } from "../../lib/command_table/rows.ts";
import { type CommandRow, commandRows } from "../../lib/command_table/mod.ts";
import { startServer } from "../../lib/testing/mod.ts";
import { applyCorrections, type Correction, readCorrections } from "./command_corrections.ts";
import { askServer, printServerVersion, readServerVersion, readSource } from "./command_source.ts";
import { printRows } from "./row_notation.ts";
import { mergeRows, printTable } from "./write_command_table.ts";

const OLD_REDIS = readServerVersion("redis 7.0.15");
const NEW_REDIS = readServerVersion("redis 8.10");
const MIDDLE_REDIS = readServerVersion("redis 8.9.1");
const VALKEY = readServerVersion("valkey 8.0.1");

Deno.test("mergeRows() believes the newest Valkey, then newer servers", () => {
  const layers = [
    { ...VALKEY, rows: rows("A 1") },
    { ...NEW_REDIS, rows: rows("A 2", "B 2") },
    { ...MIDDLE_REDIS, rows: rows("B 3", "C 3") },
    { ...OLD_REDIS, rows: rows("A 4", "B 4", "C 4", "D 4") },
  ];
  assertEquals(printRows(mergeRows(layers)), "A 1\nB 2\nC 3\nD 4");
});

Deno.test("mergeRows() keeps subcommands that only older servers have", () => {
  const layers = [
    { ...VALKEY, rows: rows("BOX -2\n  OPEN 3\n  SHUT 2") },
    { ...OLD_REDIS, rows: rows("BOX -2\n  LOCK 2\n  OPEN 2") },
  ];
  assertEquals(printRows(mergeRows(layers)), "BOX -2\n  LOCK 2\n  OPEN 3\n  SHUT 2");
});

Deno.test("applyCorrections() replaces facts, of subcommands too, and adds rows", () => {
  const corrections: Correction[] = [
    { reason: "…", commands: ["BOX OPEN"], policy: "all_nodes:union" },
    { reason: "…", commands: ["GET"], keys: ["RO@2"], timeout: "-1:s" },
    { reason: "…", commands: ["SET"], policy: "none" },
    { reason: "…", row: "NEW 1" },
    { reason: "…", row: "LOCK 2", container: "BOX" },
  ];
  const before = rows("BOX -2\n  OPEN 3", "GET 2 RO@1", "SET 3 RW@1 all_shards:agg_sum");
  assertEquals(
    printRows(applyCorrections(before, corrections)),
    "BOX -2\n  LOCK 2\n  OPEN 3 all_nodes:union\nGET 2 RO@2 timeout=-1:s\nNEW 1\nSET 3 RW@1",
  );
});

Deno.test("applyCorrections() refuses to correct what is not there", () => {
  for (const name of ["NOSUCH", "NOSUCH SUB", "GET SUB"]) {
    const correction = { reason: "…", commands: [name], policy: "none" };
    assertThrows(
      () => applyCorrections(rows("GET 2 RO@1"), [correction]),
      Error,
      `Cannot correct ${name}: there is no such command`,
    );
  }
});

Deno.test("the table has all corrections", async () => {
  const corrected = applyCorrections(commandRows(), await readCorrections());
  assertEquals(`\n${printRows(corrected)}\n`, COMMAND_ROWS);
});

Deno.test("printTable() writes the module that is there", async () => {
  const file = new URL("../../lib/command_table/rows.ts", import.meta.url);
  const text = printTable(commandRows(), TABLE_SOURCES.map(readServerVersion));
  assertEquals(text, await Deno.readTextFile(file));
});

Deno.test("readSource() asks a running server and reads a file of the same reply", async () => {
  await using server = await startServer();
  const live = await readSource(`${server.host}:${server.port}`);
  const reply = await server.command(["COMMAND"]);
  const folder = await Deno.makeTempDir();
  try {
    const name = printServerVersion(live).replace(" ", "-");
    const path = `${folder}/command-${name}.json`;
    await Deno.writeTextFile(path, JSON.stringify(reply));
    assertEquals(await readSource(path), live);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assertEquals(await askServer(server), live);
});

Deno.test("readServerVersion() needs a name and a version", () => {
  assertEquals(OLD_REDIS, { product: "redis", version: [7, 0, 15] });
  assertEquals(readServerVersion("command-valkey-9.1.2.json").version, [9, 1, 2]);
  assertThrows(() => readServerVersion("commands.json"), Error, '"commands.json" does not name it');
});

function rows(...lines: string[]): CommandRow[] {
  return lines.map(parseRow);
}
