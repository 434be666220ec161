import { assertEquals, assertExists } from "@std/assert";
import { parse } from "@std/yaml";
import { blockingTimeout, commandRows, lookUp } from "../../../lib/command_table/mod.ts";
import { makeRow } from "../../../lib/command_table/row.ts";
import { asBytes, caseFile, wordsOf } from "./_call.ts";

interface Case {
  call: string;
  timeout: number | null;
  why?: string;
}

for (const { call, timeout, why } of parse(await caseFile("blocking_timeouts.yaml")) as Case[]) {
  Deno.test(`blockingTimeout() of ${call}${why === undefined ? "" : `: ${why}`}`, () => {
    const words = wordsOf(call);
    const row = lookUp(words);
    assertExists(row);
    assertEquals(blockingTimeout(row, words) ?? null, timeout);
    assertEquals(blockingTimeout(row, asBytes(words)) ?? null, timeout, "as bytes");
  });
}

Deno.test("blockingTimeout() takes numbers", () => {
  const row = lookUp(["BLPOP"]);
  assertExists(row);
  assertEquals(blockingTimeout(row, ["BLPOP", "k", 0.5]), 500);
  assertEquals(blockingTimeout(row, ["BLPOP", "k", 2n]), 2000);
  assertEquals(blockingTimeout(row, ["BLPOP", "k", NaN]), undefined);
  assertEquals(blockingTimeout(row, ["BLPOP", "k", -1]), undefined);
});

Deno.test("blockingTimeout() is for ever where only the server knows the limit", () => {
  const blpop = lookUp(["BLPOP"]);
  assertExists(blpop);
  const row = makeRow({ ...blpop, name: "MODULE.WAIT", timeout: undefined });
  assertEquals(blockingTimeout(row, ["MODULE.WAIT", "k", "5"]), 0);
});

Deno.test("every blocking command of the table says where its time limit is", () => {
  const blocking = commandRows().filter((row) => row.blocking);
  assertEquals(blocking.filter((row) => row.timeout === undefined).map((row) => row.name), []);
  assertEquals(blocking.length >= 12, true);
});
