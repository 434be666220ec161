import { assertEquals, assertThrows } from "@std/assert";
import {
  parseKeySpecification,
  parsePolicies,
  parseRow,
  parseTimeout,
} from "../../../lib/command_table/notation.ts";
import { COMMAND_ROWS } from "../../../lib/command_table/rows.ts";
import { commandRows } from "../../../lib/command_table/mod.ts";
import { printKeySpecification, printRows } from "../../maintenance/row_notation.ts";

Deno.test("parseRow() reads what the maintenance task writes", () => {
  assertEquals(`\n${printRows(commandRows())}\n`, COMMAND_ROWS);
});

Deno.test("parseRow() reads every fact", () => {
  const row = parseRow(
    "ALL -5 readonly write blocking movablekeys RO@1 OW@STORE>2(BY:1,LIMIT:2) all_shards:agg_min timeout=BLOCK>3:ms",
  );
  assertEquals(row, {
    name: "ALL",
    arity: -5,
    readOnly: true,
    write: true,
    blocking: true,
    movableKeys: true,
    keys: [
      {
        access: "RO",
        begin: { type: "index", index: 1, unlessEmpty: false },
        find: { type: "range", lastKey: 0, keyStep: 1, limit: 0 },
      },
      {
        access: "OW",
        begin: {
          type: "keyword",
          keyword: "STORE",
          startFrom: 2,
          optionLengths: new Map([["BY", 1], ["LIMIT", 2]]),
        },
        find: { type: "range", lastKey: 0, keyStep: 1, limit: 0 },
      },
    ],
    fixedFirstKey: 1,
    interrupting: false,
    keysNeedServer: false,
    requestPolicy: "all_shards",
    responsePolicy: "agg_min",
    timeout: { at: "BLOCK", startFrom: 3, unit: 1 },
    subcommands: undefined,
  });
});

Deno.test("parseRow() puts subcommands into their container", () => {
  const row = parseRow("BOX -2\n  OPEN 3 RW@2\n  HELP 2");
  assertEquals([...row.subcommands?.keys() ?? []], ["OPEN", "HELP"]);
  assertEquals(row.subcommands?.get("OPEN")?.name, "BOX OPEN");
  assertEquals(row.subcommands?.get("OPEN")?.fixedFirstKey, 2);
  assertEquals(row.fixedFirstKey, -1);
});

for (
  const word of [
    "RO@1",
    "RW@3?",
    "RO@1..-1",
    "OW@1..-1/2",
    "RO@1..+1",
    "RO@STREAMS>4..-1%2",
    "RW@KEYS>-2..-1",
    "OW@STORE>2(BY:1,LIMIT:2)",
    "RM@2#",
    "OW@1#/2",
    "RO@1#1+2",
    "not_key@1..-1",
  ]
) {
  Deno.test(`parseKeySpecification() and its opposite agree on ${word}`, () => {
    assertEquals(printKeySpecification(parseKeySpecification(word)), word);
  });
}

Deno.test("words that are not in the notation are refused", () => {
  for (const word of ["XX@1", "RO@", "RO@one", "RO@1..2", "RO@1..unknown", "RO@1/x", "RO@a>1"]) {
    assertThrows(() => parseKeySpecification(word), SyntaxError, word);
  }
  for (const word of ["everywhere", "all_shards:mean", "all_shards:"]) {
    assertThrows(() => parsePolicies(word), SyntaxError, word);
  }
  for (const word of ["timeout=", "timeout=1", "timeout=1:min", "timeout=BLOCK:ms"]) {
    assertThrows(() => parseTimeout(word), SyntaxError, word);
  }
  assertThrows(() => parseRow("GET 2 readable"), SyntaxError, "readable");
});
