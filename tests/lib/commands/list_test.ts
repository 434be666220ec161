import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { lookUp } from "../../../lib/command_table/mod.ts";
import type { Argument } from "../../../lib/resp/mod.ts";
import { Answering } from "../../_kit/answering.ts";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";

const text = new TextEncoder();

commandTest("lpush() and rpush() push in order", async (client) => {
  assertEquals(await client.rpush("k", ["a", 1, 2n, new Uint8Array([255])]), 4);
  assertEquals(await client.lpush("k", ["b", "c"]), 6);
  assertEquals(await client.rpush("k", ""), 7);
  assertEquals(await client.lrange("k", 0, 4), ["c", "b", "a", "1", "2"]);
  assertEquals(await client.bytes.lrange("k", -2, -1), [new Uint8Array([255]), new Uint8Array()]);
  await assertRejects(() => client.lpush("k", []), RangeError, "expected one or more elements");
  await assertRejects(() => client.rpush("k", []), RangeError);
});

commandTest("lpushx() and rpushx() push to lists that exist", async (client) => {
  assertEquals(await client.lpushx("k", "a"), 0);
  assertEquals(await client.rpushx("k", "a"), 0);
  await client.rpush("k", "b");
  assertEquals(await client.lpushx("k", ["a", "0"]), 3);
  assertEquals(await client.rpushx("k", ["c"]), 4);
  assertEquals(await client.lrange("k", 0, -1), ["0", "a", "b", "c"]);
});

commandTest("list commands refuse a key that holds no list", async (client) => {
  await client.set("k", "x");
  for (
    const attempt of [
      () => client.rpush("k", "a"),
      () => client.lpop("k"),
      () => client.lrange("k", 0, -1),
      () => client.blpop("k", 1),
      () => client.lmpop("k", "left"),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE");
  }
});

commandTest("lindex() and llen() look at a list", async (client) => {
  assertEquals(await client.llen("k"), 0);
  assertStrictEquals(await client.lindex("k", 0), null);
  await client.rpush("k", ["a", "b"]);
  assertEquals(await client.llen("k"), 2);
  assertEquals(await client.lindex("k", -1), "b");
  assertStrictEquals(await client.lindex("k", 5), null);
  assertEquals(await client.bytes.lindex("k", 0), text.encode("a"));
});

commandTest("linsert() inserts on either side", async (client) => {
  assertEquals(await client.linsert("k", "before", "b", "x"), 0);
  await client.rpush("k", ["a", "b"]);
  assertEquals(await client.linsert("k", "before", "b", "x"), 3);
  assertEquals(await client.linsert("k", "after", "b", 1), 4);
  assertEquals(await client.linsert("k", "after", "nowhere", "y"), -1);
  assertEquals(await client.lrange("k", 0, -1), ["a", "x", "b", "1"]);
});

commandTest("lmove() and rpoplpush() move elements", async (client) => {
  assertStrictEquals(await client.lmove("{k}1", "{k}2", "left", "right"), null);
  assertStrictEquals(await client.rpoplpush("{k}1", "{k}2"), null);
  await client.rpush("{k}1", ["a", "b", "c", "d"]);
  assertEquals(await client.lmove("{k}1", "{k}2", "left", "right"), "a");
  assertEquals(await client.lmove("{k}1", "{k}2", "right", "left"), "d");
  assertEquals(await client.rpoplpush("{k}1", "{k}2"), "c");
  assertEquals(await client.lrange("{k}2", 0, -1), ["c", "d", "a"]);
  assertEquals(await client.bytes.lmove("{k}1", "{k}1", "left", "left"), text.encode("b"));
});

commandTest("lmpop() takes from the first list that has any", async (client) => {
  assertStrictEquals(await client.lmpop(["{k}1", "{k}2"], "left"), null);
  await client.rpush("{k}2", ["a", "b", "c"]);
  assertEquals(await client.lmpop(["{k}1", "{k}2"], "left"), ["{k}2", ["a"]]);
  assertEquals(await client.lmpop("{k}2", "right", { count: 5 }), ["{k}2", ["c", "b"]]);
  await client.rpush("{k}1", "x");
  assertEquals(await client.bytes.lmpop("{k}1", "left"), [text.encode("{k}1"), [text.encode("x")]]);
  await assertRejects(() => client.lmpop([], "left"), RangeError);
});

commandTest("lpop() and rpop() take one or several", async (client) => {
  for (const pop of ["lpop", "rpop"] as const) {
    assertStrictEquals(await client[pop]("k"), null);
    assertStrictEquals(await client[pop]("k", 2), null);
  }
  await client.rpush("k", ["a", "b", "c", "d", "e"]);
  assertEquals(await client.lpop("k"), "a");
  assertEquals(await client.lpop("k", 1), ["b"]);
  assertEquals(await client.lpop("k", 0), []);
  assertEquals(await client.rpop("k"), "e");
  assertEquals(await client.rpop("k", 9), ["d", "c"]);
  await client.rpush("k", "a");
  assertEquals(await client.bytes.rpop("k"), text.encode("a"));
});

commandTest("lpos() finds elements", async (client) => {
  assertStrictEquals(await client.lpos("k", "c"), null);
  assertEquals(await client.lpos("k", "c", { count: 0 }), []);
  await client.rpush("k", ["a", "b", "c", "d", "1", "2", "c", "c"]);
  assertEquals(await client.lpos("k", "c"), 2);
  assertEquals(await client.lpos("k", 1), 4);
  assertEquals(await client.lpos("k", "c", { rank: 2 }), 6);
  assertEquals(await client.lpos("k", "c", { rank: -1 }), 7);
  assertEquals(await client.lpos("k", "c", { count: 2 }), [2, 6]);
  assertEquals(await client.lpos("k", "c", { rank: -1, count: 2 }), [7, 6]);
  assertStrictEquals(await client.lpos("k", "c", { maxlen: 2 }), null);
  assertEquals(await client.lpos("k", "c", { count: 0, maxlen: 7 }), [2, 6]);
  await assertRejects(() => client.lpos("k", "c", { rank: 0 }), ServerError);
});

commandTest("lrange() answers parts", async (client) => {
  assertEquals(await client.lrange("k", 0, -1), []);
  await client.rpush("k", ["a", "b", "c"]);
  assertEquals(await client.lrange("k", 1, 100), ["b", "c"]);
  assertEquals(await client.lrange("k", 2, 1), []);
});

commandTest("lrem() removes from either end", async (client) => {
  await client.rpush("k", ["x", "a", "x", "b", "x", "x"]);
  assertEquals(await client.lrem("k", 1, "x"), 1);
  assertEquals(await client.lrem("k", -1, "x"), 1);
  assertEquals(await client.lrange("k", 0, -1), ["a", "x", "b", "x"]);
  assertEquals(await client.lrem("k", 0, "x"), 2);
  assertEquals(await client.lrem("k", 0, "x"), 0);
});

commandTest("lset() overwrites what is there", async (client) => {
  await client.rpush("k", ["a", "b"]);
  assertEquals(await client.lset("k", -1, "z"), "OK");
  assertEquals(await client.lrange("k", 0, -1), ["a", "z"]);
  await assertRejects(() => client.lset("k", 5, "x"), ServerError, "out of range");
  await assertRejects(() => client.lset("missing", 0, "x"), ServerError, "no such key");
});

commandTest("ltrim() keeps a part", async (client) => {
  await client.rpush("k", ["a", "b", "c", "d"]);
  assertEquals(await client.ltrim("k", 1, -2), "OK");
  assertEquals(await client.lrange("k", 0, -1), ["b", "c"]);
});

commandTest("blpop() and brpop() take what is there", async (client) => {
  await client.rpush("{k}2", ["a", "b", "c"]);
  assertEquals(await client.blpop(["{k}1", "{k}2"], 1), ["{k}2", "a"]);
  assertEquals(await client.brpop("{k}2", 0), ["{k}2", "c"]);
  assertEquals(await client.bytes.blpop("{k}2", 1), [text.encode("{k}2"), text.encode("b")]);
  await assertRejects(() => client.blpop([], 1), RangeError);
  await assertRejects(() => client.brpop([], 1), RangeError);
});

commandTest("blmove(), brpoplpush() and blmpop() take what is there", async (client) => {
  await client.rpush("{k}1", ["a", "b", "c", "d", "e"]);
  assertEquals(await client.blmove("{k}1", "{k}2", "left", "left", 1), "a");
  assertEquals(await client.brpoplpush("{k}1", "{k}2", 1), "e");
  assertEquals(await client.lrange("{k}2", 0, -1), ["e", "a"]);
  assertEquals(await client.blmpop(["{k}0", "{k}1"], "right", 1), ["{k}1", ["d"]]);
  assertEquals(await client.blmpop("{k}1", "left", 1, { count: 9 }), ["{k}1", ["b", "c"]]);
  await assertRejects(() => client.blmpop([], "left", 1), RangeError);
});

commandTest("blocking commands answer null when their time is over", async (client) => {
  const began = performance.now();
  assertEquals(
    await Promise.all([
      client.blpop(["{k}1", "{k}2"], 0.05),
      client.brpop("{k}1", 0.05),
      client.blmove("{k}1", "{k}2", "left", "right", 0.05),
      client.brpoplpush("{k}1", "{k}2", 0.05),
      client.blmpop("{k}1", "left", 0.05),
    ]),
    [null, null, null, null, null],
  );
  assert(performance.now() - began >= 45);
});

commandTest("a blocking command gets what another one pushes", async (client) => {
  const waiting = client.blpop("k", 10);
  assertEquals(await client.rpush("k", "a"), 1);
  assertEquals(await waiting, ["k", "a"]);
});

// Redis 8.10 by its public documentation: https://redis.io/docs/latest/commands/lmovem/
Deno.test("lmovem() and blmovem() send how many elements to move (Redis 8.10)", async () => {
  const client = new Answering().answer(["a", "b"]);
  assertEquals(await client.lmovem("k", "l", "LEFT", "right", { exactly: 2, bulk: true }), [
    ...["a", "b"],
  ]);
  assertEquals(client.words, ["LMOVEM", "k", "l", "LEFT", "right", "EXACTLY", 2, "BULK"]);
  assertEquals(await client.answer(null).lmovem("k", "l", "left", "left"), null);
  assertEquals(client.words, ["LMOVEM", "k", "l", "left", "left"]);
  await client.blmovem("k", "l", "left", "right", 5, { count: 9, obo: true });
  assertEquals(client.words, ["BLMOVEM", "k", "l", "left", "right", 5, "COUNT", 9, "OBO"]);
  const row = lookUp(client.words as Argument[])!;
  assertEquals([row.blocking, row.timeout?.unit], [true, 1000]);
});
