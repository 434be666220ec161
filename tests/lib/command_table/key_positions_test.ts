import { assertEquals, assertExists } from "@std/assert";
import { parse } from "@std/yaml";
import { parseRow } from "../../../lib/command_table/notation.ts";
import { rowsFromCommandReply } from "../../../lib/command_table/command_reply.ts";
import { firstKeyPosition, keyPositions, lookUp } from "../../../lib/command_table/mod.ts";
import { asBytes, caseFile, wordsOf } from "./_call.ts";

interface Case {
  row?: string;
  call: string;
  keys: number[];
  why?: string;
}

for (
  const { row: line, call, keys, why } of parse(await caseFile("key_positions.yaml")) as Case[]
) {
  Deno.test(`keyPositions() of ${call}${why === undefined ? "" : `: ${why}`}`, () => {
    const words = wordsOf(call);
    const row = line === undefined ? lookUp(words) : parseRow(line);
    assertExists(row);
    assertEquals(keyPositions(row, words), keys);
    assertEquals(keyPositions(row, asBytes(words)), keys, "as bytes");
  });
}

Deno.test("firstKeyPosition() agrees with keyPositions() wherever that finds keys", async () => {
  for (const { row: line, call, keys } of parse(await caseFile("key_positions.yaml")) as Case[]) {
    if (keys.length === 0) continue;
    const words = wordsOf(call);
    const row = line === undefined ? lookUp(words) : parseRow(line);
    assertExists(row);
    assertEquals(firstKeyPosition(row, words), keys[0], call);
    assertEquals(firstKeyPosition(row, asBytes(words)), keys[0], call);
  }
});

Deno.test("firstKeyPosition() is -1 without keys", () => {
  for (const call of ["PING", "GET", "EVAL script 0 arg", "XREAD COUNT 1", "EVAL script 5 a"]) {
    const words = wordsOf(call);
    const row = lookUp(words);
    assertExists(row);
    assertEquals(firstKeyPosition(row, words), -1, call);
  }
});

Deno.test("keyPositions() takes a count of keys of any type", () => {
  const row = lookUp(["EVAL"]);
  assertExists(row);
  assertEquals(keyPositions(row, ["EVAL", "script", 2, "a", "b"]), [3, 4]);
  assertEquals(keyPositions(row, ["EVAL", "script", 2n, "a", "b"]), [3, 4]);
  assertEquals(keyPositions(row, ["EVAL", "script", 1.5, "a", "b"]), []);
  assertEquals(keyPositions(row, ["EVAL", "script", -1, "a", "b"]), []);
  assertEquals(keyPositions(row, ["EVAL", "script", NaN, "a", "b"]), []);
});

Deno.test("keyPositions() gives the known keys of a row whose others only the server knows", () => {
  const fixed = ["flags", ["RO"], "begin_search", ["type", "index", "spec", ["index", 1]]];
  const range = ["type", "range", "spec", ["lastkey", 0, "keystep", 1, "limit", 0]];
  const unknown = ["type", "unknown", "spec", []];
  const [row] = rowsFromCommandReply([
    ["X", -2, [], 1, 1, 1, [], [], [
      [...fixed, "find_keys", range],
      ["flags", ["OW"], "begin_search", unknown, "find_keys", unknown],
      [...fixed, "find_keys", unknown],
    ], []],
  ]);
  assertEquals(row.keysNeedServer, true);
  assertEquals(keyPositions(row, ["X", "a", "b"]), [1]);
  assertEquals(firstKeyPosition(row, ["X", "a", "b"]), 1);
});
