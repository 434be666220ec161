import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { type CommandRow, commandRows } from "../../../lib/command_table/mod.ts";
import { TABLE_SOURCES } from "../../../lib/command_table/rows.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { readCorrections } from "../../maintenance/command_corrections.ts";
import { askServer, printServerVersion } from "../../maintenance/command_source.ts";
import { printKeySpecification } from "../../maintenance/row_notation.ts";
import { caseFile } from "./_call.ts";

/** Facts that the server and the table both know, in the notation of the table. */
const FACTS: Readonly<Record<string, (row: CommandRow) => string>> = {
  arity: (row) => String(row.arity),
  readonly: (row) => String(row.readOnly),
  write: (row) => String(row.write),
  blocking: (row) => String(row.blocking),
  movablekeys: (row) => String(row.movableKeys),
  keys: (row) => row.keys.map(printKeySpecification).join(" ") || "none",
  policy: ({ requestPolicy, responsePolicy }) =>
    [requestPolicy, responsePolicy].filter((policy) => policy !== undefined).join(":") || "none",
};

interface OlderServers {
  servers: string[];
  fact: string;
  value: string;
  commands: string[];
}

Deno.test("the table says of every command what the running server says", async () => {
  await using server = await startServer();
  const source = await askServer(server);
  const name = printServerVersion(source);
  // Any other server may have commands that the table has not, and other arities and tips; but what it calls a key or a
  // write is one.
  const known = TABLE_SOURCES.includes(name);
  const facts = known ? Object.keys(FACTS) : ["write", "keys"];
  const corrected = await correctedFacts();
  const expected = await olderFacts(name);
  const used = new Set<string>();
  const wrong: string[] = [];
  const table = byName(commandRows());
  for (const [command, row] of byName(source.rows)) {
    const tableRow = table.get(command);
    if (tableRow === undefined) {
      if (known) wrong.push(`${command} is missing`);
      continue;
    }
    for (const fact of facts) {
      const says = FACTS[fact](row);
      if (says === FACTS[fact](tableRow)) continue;
      const difference = `${command}: ${fact} is ${says}`;
      if (expected.has(difference)) used.add(difference);
      else if (!corrected.has(`${command}: ${fact}`)) {
        wrong.push(`${difference} on the server, ${FACTS[fact](tableRow)} in the table`);
      }
    }
  }
  assertEquals(wrong, []);
  assertEquals([...expected].filter((difference) => !used.has(difference)), [], "do not differ");
});

Deno.test("every entry on older servers is about a fact and a server of the table", async () => {
  const table = byName(commandRows());
  for (const { servers, fact, value, commands } of await readOlderServers()) {
    assert(fact in FACTS, fact);
    for (const server of servers) assert(TABLE_SOURCES.includes(server), server);
    for (const command of commands) {
      const row = table.get(command);
      assert(row !== undefined, command);
      assert(FACTS[fact](row) !== value, `${command}: ${fact} is ${value} here, too`);
    }
  }
});

/** Facts that are not the server's own word in the table. */
async function correctedFacts(): Promise<Set<string>> {
  const facts = new Set<string>();
  for (const { commands = [], keys, policy } of await readCorrections()) {
    for (const command of commands) {
      if (keys !== undefined) facts.add(`${command}: keys`);
      if (policy !== undefined) facts.add(`${command}: policy`);
    }
  }
  return facts;
}

/** What this server says, and the table knows better by the word of a newer one. */
async function olderFacts(server: string): Promise<Set<string>> {
  const facts = new Set<string>();
  for (const { servers, fact, value, commands } of await readOlderServers()) {
    if (!servers.includes(server)) continue;
    for (const command of commands) facts.add(`${command}: ${fact} is ${value}`);
  }
  return facts;
}

async function readOlderServers(): Promise<OlderServers[]> {
  return parse(await caseFile("older_servers.yaml")) as OlderServers[];
}

function byName(rows: readonly CommandRow[]): Map<string, CommandRow> {
  const map = new Map<string, CommandRow>();
  for (const row of rows) {
    map.set(row.name, row);
    for (const subcommand of row.subcommands?.values() ?? []) map.set(subcommand.name, subcommand);
  }
  return map;
}
