import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Answering } from "../../_kit/answering.ts";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";

const text = new TextEncoder();

commandTest("sadd() counts new members only", async (client) => {
  assertEquals(await client.sadd("k", ["a", 1, 2n, new Uint8Array([97])]), 3);
  assertEquals(await client.sadd("k", ""), 1);
  assertEquals(await client.smembers("k"), new Set(["a", "1", "2", ""]));
  await assertRejects(() => client.sadd("k", []), RangeError, "expected one or more members");
});

commandTest("set commands refuse a key that holds no set", async (client) => {
  await client.set("k", "x");
  for (
    const attempt of [
      () => client.sadd("k", "a"),
      () => client.smembers("k"),
      () => client.spop("k"),
      () => client.sinter("k"),
      () => client.sscanIterator("k").next(),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE");
  }
});

commandTest("scard(), sismember() and smismember() look at a set", async (client) => {
  assertEquals(await client.scard("k"), 0);
  assertEquals(await client.sismember("k", "a"), false);
  await client.sadd("k", ["a", "b"]);
  assertEquals(await client.scard("k"), 2);
  assertEquals(await client.sismember("k", "a"), true);
  assertEquals(await client.smismember("k", ["a", "x", "b"]), [true, false, true]);
  assertEquals(await client.smismember("missing", "a"), [false]);
});

commandTest("smembers() answers a set, of bytes on a bytes view", async (client) => {
  assertEquals(await client.smembers("k"), new Set());
  await client.sadd("k", new Uint8Array([0, 255]));
  assertEquals([...await client.bytes.smembers("k")], [new Uint8Array([0, 255])]);
});

commandTest("sdiff(), sinter() and sunion() combine sets", async (client) => {
  await client.sadd("{k}1", ["a", "b", "c"]);
  await client.sadd("{k}2", ["c", "d"]);
  const keys = ["{k}1", "{k}2"];
  assertEquals(await client.sdiff(keys), new Set(["a", "b"]));
  assertEquals(await client.sinter(keys), new Set(["c"]));
  assertEquals(await client.sunion(keys), new Set(["a", "b", "c", "d"]));
  assertEquals(await client.sinter(["{k}1", "{k}missing"]), new Set());
  assertEquals((await client.bytes.sunion("{k}2")).size, 2);
  for (const combine of ["sdiff", "sinter", "sunion"] as const) {
    await assertRejects(() => client[combine]([]), RangeError, "expected one or more keys");
  }
});

commandTest("sdiffstore(), sinterstore() and sunionstore() store", async (client) => {
  await client.sadd("{k}1", ["a", "b", "c"]);
  await client.sadd("{k}2", ["c", "d"]);
  const keys = ["{k}1", "{k}2"];
  assertEquals(await client.sdiffstore("{k}out", keys), 2);
  assertEquals(await client.smembers("{k}out"), new Set(["a", "b"]));
  assertEquals(await client.sinterstore("{k}out", keys), 1);
  assertEquals(await client.sunionstore("{k}out", keys), 4);
  assertEquals(await client.sinterstore("{k}out", "{k}missing"), 0);
  assertEquals(await client.exists("{k}out"), 0);
  for (const combine of ["sdiffstore", "sinterstore", "sunionstore"] as const) {
    await assertRejects(() => client[combine]("{k}out", []), RangeError);
  }
});

commandTest("sintercard() counts, up to a limit", async (client) => {
  await client.sadd("{k}1", ["a", "b", "c"]);
  await client.sadd("{k}2", ["b", "c", "d"]);
  assertEquals(await client.sintercard(["{k}1", "{k}2"]), 2);
  assertEquals(await client.sintercard(["{k}1", "{k}2"], { limit: 1 }), 1);
  assertEquals(await client.sintercard("{k}1"), 3);
  await assertRejects(() => client.sintercard([]), RangeError);
});

commandTest("smove() moves a member", async (client) => {
  await client.sadd("{k}1", "a");
  assertEquals(await client.smove("{k}1", "{k}2", "a"), true);
  assertEquals(await client.smove("{k}1", "{k}2", "a"), false);
  assertEquals(await client.smembers("{k}2"), new Set(["a"]));
});

commandTest("spop() answers each member, also those that become the same text", async (client) => {
  await client.sadd("k", [new Uint8Array([0xff]), new Uint8Array([0xfe])]);
  assertEquals(await client.spop("k", 2), ["\ufffd", "\ufffd"]);
});

commandTest("spop() takes members", async (client) => {
  assertStrictEquals(await client.spop("k"), null);
  assertEquals(await client.spop("k", 3), []);
  await client.sadd("k", ["a", "b", "c"]);
  const first = await client.spop("k");
  assert(["a", "b", "c"].includes(first!));
  const rest = await client.spop("k", 9);
  assertEquals([first, ...rest].sort(), ["a", "b", "c"]);
  await client.sadd("k", "a");
  assertEquals(await client.bytes.spop("k", 1), [text.encode("a")]);
});

commandTest("srandmember() picks members", async (client) => {
  assertStrictEquals(await client.srandmember("k"), null);
  assertEquals(await client.srandmember("k", 3), []);
  await client.sadd("k", ["a", "b"]);
  assert(["a", "b"].includes((await client.srandmember("k"))!));
  assertEquals((await client.srandmember("k", 5)).sort(), ["a", "b"]);
  assertEquals((await client.srandmember("k", -5)).length, 5);
  assertEquals(await client.scard("k"), 2);
});

commandTest("srem() removes members, and the set with the last one", async (client) => {
  await client.sadd("k", ["a", "b"]);
  assertEquals(await client.srem("k", ["a", "x"]), 1);
  assertEquals(await client.srem("k", "b"), 1);
  assertEquals(await client.exists("k"), 0);
  await assertRejects(() => client.srem("k", []), RangeError);
});

commandTest("sscan() reads pages", async (client) => {
  await client.sadd("k", ["a1", "a2", "b1"]);
  const page = await client.sscan("k", "0", { match: "a*", count: 100 });
  assertEquals(page.cursor, "0");
  assertEquals(page.items.sort(), ["a1", "a2"]);
  assertEquals(await client.sscan("missing", 0), { cursor: "0", items: [] });
  assertEquals((await client.bytes.sscan("k", 0, { match: "b*" })).items, [text.encode("b1")]);
});

commandTest("sscanIterator() yields every member of a large set", async (client) => {
  await client.sadd("k", Array.from({ length: 1000 }, (_, i) => `m${i}`));
  const found = new Set<string>();
  for await (const member of client.sscanIterator("k", { count: 10 })) found.add(member);
  assertEquals(found.size, 1000);
  let seen = 0;
  for await (const _ of client.sscanIterator("k", { match: "m99*" })) if (++seen === 5) break;
  assertEquals(seen, 5);
});

// Redis 8.10 by its public documentation: https://redis.io/docs/latest/commands/sunioncard/
Deno.test("sunioncard() and sdiffcard() count (Redis 8.10)", async () => {
  const client = new Answering().answer(3);
  assertEquals(await client.sunioncard(new Set(["a", "b"]), { approx: true, limit: 5 }), 3);
  assertEquals(client.words, ["SUNIONCARD", 2, "a", "b", "APPROX", "LIMIT", 5]);
  assertEquals(await client.sdiffcard("a", { limit: 5 }), 3);
  assertEquals(client.words, ["SDIFFCARD", 1, "a", "LIMIT", 5]);
});
