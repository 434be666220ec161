import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  gather,
  mergeParts,
  type Part,
  partialFailure,
  splitBySlot,
} from "../../cluster/fan_out.ts";
import { type Reply, ServerError, UnexpectedReplyError } from "../../cluster/mod.ts";
import { type CommandRow, lookUp, type ResponsePolicy } from "../../lib/command_table/mod.ts";
import { readCases } from "./_cases.ts";
import { read, readEach, type Spelled } from "./_spelled.ts";

interface SplitCase {
  call: string;
  parts?: Part[];
  error?: string;
}

interface GatherCase {
  policy?: ResponsePolicy;
  apart?: boolean;
  replies: Record<string, Spelled>;
  reply?: Spelled;
  each?: Record<string, Spelled>;
  error?: string;
}

const utf8 = new TextEncoder();

function rowOf(words: readonly string[]): CommandRow {
  const row = lookUp(words);
  assert(row !== undefined, words[0]);
  return row;
}

Deno.test("splitBySlot() splits each call as its case says, keys as text or bytes", async () => {
  for (const { call, parts, error } of await readCases<SplitCase[]>("cluster_split.yaml")) {
    const words = call.split(" ");
    const row = rowOf(words);
    const asBytes = words.map((word, i) => i === 0 ? word : utf8.encode(word));
    if (error !== undefined) {
      assertThrows(() => splitBySlot(row, words), TypeError, error);
      assertThrows(() => splitBySlot(row, asBytes), TypeError, error);
      continue;
    }
    assertEquals(splitBySlot(row, words), parts, call);
    const partsOfBytes = splitBySlot(row, asBytes).map((part) => ({
      ...part,
      words: part.words.map((word, i) =>
        i === 0 ? word : new TextDecoder().decode(word as Uint8Array)
      ),
    }));
    assertEquals(partsOfBytes, parts, `${call}, as bytes`);
  }
});

Deno.test("gather() makes the outcome that its case says of what several nodes answer", async () => {
  for (const test of await readCases<GatherCase[]>("cluster_gather.yaml")) {
    const { policy, apart = false, replies, reply, each, error } = test;
    const name = JSON.stringify(test);
    const outcome = gather(policy, readEach(replies), apart ? "apart" : "joined");
    if (error !== undefined) {
      assert("error" in outcome, name);
      assertEquals(outcome.error.message, error, name);
    } else if (each !== undefined) {
      assertEquals(outcome, { each: readEach(each) as Map<string, Reply> }, name);
    } else {
      assertEquals(outcome, { reply: read(reply!) as Reply }, name);
    }
  }
});

Deno.test("gather() gives the caller the very error of the node", () => {
  const error = new ServerError("ERR no");
  const outcome = gather("agg_sum", new Map<string, Reply | Error>([["a", 1], ["b", error]]));
  assert("error" in outcome);
  assertStrictEquals(outcome.error, error);
});

Deno.test("gather() reports replies that do not fit a policy as unexpected", () => {
  const outcome = gather("agg_sum", new Map<string, Reply>([["a", 1], ["b", "x"]]));
  assert("error" in outcome);
  assertInstanceOf(outcome.error, UnexpectedReplyError);
});

Deno.test("mergeParts() puts elements back in the order of the caller's keys", () => {
  const words = ["MGET", "a", "b", "{a}2", "c", "a"];
  const parts = splitBySlot(rowOf(words), words);
  assertEquals(mergeParts(undefined, parts, [["A", "A2", "A"], [null], ["C"]]), [
    "A",
    null,
    "A2",
    "C",
    "A",
  ]);
});

Deno.test("mergeParts() aggregates by the policy, empty shards included", () => {
  const words = ["DEL", "a", "b", "c"];
  const parts = splitBySlot(rowOf(words), words);
  assertEquals(mergeParts("agg_sum", parts, [1, 0, 1]), 2);
  assertEquals(mergeParts("agg_sum", parts, [0, 0, 0]), 0);
  assertEquals(mergeParts("all_succeeded", parts, ["OK", "OK", "OK"]), "OK");
});

Deno.test("mergeParts() refuses a part that has not answered for each of its keys", () => {
  const words = ["MGET", "a", "b", "{a}2"];
  const parts = splitBySlot(rowOf(words), words);
  for (const bad of [["A"], ["A", "A2", "A3"], null, "A", new Set(["A", "A2"])] as Reply[]) {
    assertThrows(
      () => mergeParts(undefined, parts, [bad, ["B"]]),
      UnexpectedReplyError,
      "expected an element for each key",
    );
  }
});

Deno.test("partialFailure() tells which keys were applied and why the others were not", () => {
  const bytes = utf8.encode("c");
  const words = ["MSET", "a", "1", "b", "2", "{a}2", "3", bytes, "4", 5, "5"];
  const row = rowOf(["MSET"]);
  const parts = splitBySlot(row, words);
  assertEquals(parts.map(({ keys }) => keys), [[0, 2], [1], [3], [4]]);
  const first = new ServerError("OOM no memory");
  const second = new ServerError("READONLY no");
  const error = partialFailure(row, words, parts, new Map([[2, first], [0, second]]));
  assertEquals(error.name, "ClusterError");
  assertEquals(
    error.message,
    "Cannot complete MSET: it failed for 3 of 5 keys (OOM no memory)",
  );
  assertStrictEquals(error.cause, first);
  assertEquals(error.partial?.applied, ["b", "5"]);
  assertEquals(error.partial?.failed, [
    { key: "a", error: second },
    { key: "{a}2", error: second },
    { key: bytes, error: first },
  ]);
});

Deno.test("partialFailure() can tell that nothing was applied", () => {
  const words = ["DEL", "a", "b"];
  const row = rowOf(words);
  const gone = new Error("gone");
  const error = partialFailure(
    row,
    words,
    splitBySlot(row, words),
    new Map([[0, gone], [1, gone]]),
  );
  assertEquals(error.partial, {
    applied: [],
    failed: [{ key: "a", error: gone }, { key: "b", error: gone }],
  });
});

Deno.test("gather() compares names of 200 000 bytes", () => {
  const name = (last: number) => new Uint8Array(200_000).fill(last, -1);
  assertEquals(
    gather("union", new Map([["a", [name(1), name(2)]], ["b", [name(1)]]])),
    { reply: [name(1), name(2)] },
  );
  assertEquals(
    gather("sum_map", new Map([["a", [name(1), 1, name(2), 5]], ["b", [name(1), 2]]])),
    { reply: [name(1), 3, name(2), 5] },
  );
});
