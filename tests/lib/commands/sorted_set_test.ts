import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  toKeyAndScoredMemberOrNull,
  toKeyAndScoredMembersOrNull,
  toScoredMembers,
} from "../../../lib/commands/_scored_members.ts";
import type { ScoredMembers } from "../../../lib/commands/mod.ts";
import { ServerError, UnexpectedReplyError } from "../../../lib/errors.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";

const text = new TextEncoder();

commandTest("zadd() counts new members", async (client) => {
  assertEquals(await client.zadd("k", { a: 1, b: 2.5 }), 2);
  assertEquals(await client.zadd("k", { b: 3, c: Infinity }), 1);
  assertEquals(await client.zadd("k", { a: 1, b: 4, d: "-inf" }, { ch: true }), 2);
  assertEquals(await client.zrange("k", 0, -1, { withscores: true }), [
    { member: "d", score: -Infinity },
    { member: "a", score: 1 },
    { member: "b", score: 4 },
    { member: "c", score: Infinity },
  ]);
});

commandTest("zadd() takes members in every form", async (client) => {
  const bytes = new Uint8Array([0, 255]);
  assertEquals(await client.zadd("k", new Map([["map", 1]])), 1);
  assertEquals(await client.zadd("k", [["pair", 2], [3, 3], [4n, 4], [bytes, 5]]), 4);
  assertEquals(await client.zadd("k", new Set([["set", 6] as const])), 1);
  assertEquals(
    await client.zadd("copy{k}", await client.zrange("k", 0, 1, { withscores: true })),
    2,
  );
  assertEquals(
    await client.zadd("copy{k}", await client.bytes.zrange("k", 4, 4, { withscores: true })),
    1,
  );
  assertEquals(await client.zrange("copy{k}", 0, 1), ["map", "pair"]);
  assertEquals(await client.zscore("copy{k}", bytes), 5);
});

commandTest("zadd() refuses what are no members", async (client) => {
  await assertRejects(() => client.zadd("k", {}), RangeError, "expected one or more members");
  await assertRejects(() => client.zadd("k", []), RangeError);
  for (const wrong of [null, "ab", [["a"]], [["a", 1, 2]], ["a"], [{ member: "a" }], { a: NaN }]) {
    // As from JavaScript.
    await assertRejects(() => client.zadd("k", wrong as unknown as ScoredMembers), TypeError);
  }
  assertEquals(await client.exists("k"), 0);
});

commandTest("zadd() writes on conditions", async (client) => {
  await client.zadd("k", { a: 5 });
  assertEquals(await client.zadd("k", { a: 6, b: 1 }, { nx: true }), 1);
  assertEquals(await client.zadd("k", { a: 6, c: 1 }, { xx: true, ch: true }), 1);
  assertEquals(await client.zadd("k", { a: 1, b: 2 }, { gt: true, ch: true }), 1);
  assertEquals(await client.zadd("k", { a: 1, b: 3, d: 0 }, { lt: true, ch: true }), 2);
  assertEquals(await client.zadd("k", { a: 9, e: 0 }, { xx: true, gt: true, ch: true }), 1);
  assertEquals(await client.zmscore("k", ["a", "b", "c", "d", "e"]), [9, 2, null, 0, null]);
});

commandTest("zadd() adds to a score", async (client) => {
  assertEquals(await client.zadd("k", { a: 1.5 }, { incr: true }), 1.5);
  assertEquals(await client.zadd("k", { a: -4 }, { incr: true }), -2.5);
  assertStrictEquals(await client.zadd("k", { a: 1 }, { incr: true, nx: true }), null);
  assertStrictEquals(await client.zadd("k", { b: 1 }, { incr: true, xx: true }), null);
  assertStrictEquals(await client.zadd("k", { a: -1 }, { incr: true, gt: true }), null);
  assertEquals(await client.zadd("k", { a: Infinity }, { incr: true }), Infinity);
  await assertRejects(() => client.zadd("k", { a: "-inf" }, { incr: true }), ServerError, "NaN");
  await assertRejects(() => client.zadd("k", { a: 1, b: 2 }, { incr: true }), ServerError);
});

commandTest("sorted set commands refuse a key that holds no sorted set", async (client) => {
  await client.set("k", "x");
  for (
    const attempt of [
      () => client.bzmpop("k", "min", 1),
      () => client.bzpopmax("k", 1),
      () => client.bzpopmin("k", 1),
      () => client.zadd("k", { a: 1 }),
      () => client.zcard("k"),
      () => client.zcount("k", 0, 1),
      () => client.zdiff("k"),
      () => client.zdiffstore("{k}d", "k"),
      () => client.zincrby("k", 1, "a"),
      () => client.zinter("k"),
      () => client.zintercard("k"),
      () => client.zinterstore("{k}d", "k"),
      () => client.zlexcount("k", "-", "+"),
      () => client.zmpop("k", "max"),
      () => client.zmscore("k", "a"),
      () => client.zpopmax("k"),
      () => client.zpopmin("k", 2),
      () => client.zrandmember("k"),
      () => client.zrange("k", 0, -1),
      () => client.zrangebylex("k", "-", "+"),
      () => client.zrangebyscore("k", 0, 1),
      () => client.zrangestore("{k}d", "k", 0, -1),
      () => client.zrank("k", "a"),
      () => client.zrem("k", "a"),
      () => client.zremrangebylex("k", "-", "+"),
      () => client.zremrangebyrank("k", 0, -1),
      () => client.zremrangebyscore("k", 0, 1),
      () => client.zrevrange("k", 0, -1),
      () => client.zrevrangebylex("k", "+", "-"),
      () => client.zrevrangebyscore("k", 1, 0),
      () => client.zrevrank("k", "a"),
      () => client.zscan("k", 0),
      () => client.zscanIterator("k").next(),
      () => client.zscore("k", "a"),
      () => client.zunion("k"),
      () => client.zunionstore("{k}d", "k"),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE", String(attempt));
  }
});

commandTest("zcard(), zcount() and zlexcount() count", async (client) => {
  assertEquals(await client.zcard("k"), 0);
  assertEquals(await client.zcount("k", "-inf", "+inf"), 0);
  assertEquals(await client.zlexcount("k", "-", "+"), 0);
  await client.zadd("k", { a: 1, b: 2, c: 3 });
  assertEquals(await client.zcard("k"), 3);
  assertEquals(await client.zcount("k", "(1", 3), 2);
  assertEquals(await client.zcount("k", -Infinity, "(2.5"), 2);
  await client.zadd("same", { a: 0, b: 0, c: 0 });
  assertEquals(await client.zlexcount("same", "[b", "+"), 2);
  assertEquals(await client.zlexcount("same", "-", text.encode("(b")), 1);
});

commandTest("zincrby() adds to scores", async (client) => {
  assertEquals(await client.zincrby("k", 2.5, "a"), 2.5);
  assertEquals(await client.zincrby("k", -3, "a"), -0.5);
  assertEquals(await client.zincrby("k", "inf", "a"), Infinity);
  await assertRejects(() => client.zincrby("k", "-inf", "a"), ServerError);
});

commandTest("zscore() and zmscore() answer numbers, null for what is missing", async (client) => {
  assertStrictEquals(await client.zscore("k", "a"), null);
  await client.zadd("k", { a: 1.5, b: "inf", c: -Infinity, d: 1e300, e: 0.1 });
  assertEquals(await client.zscore("k", "a"), 1.5);
  assertEquals(
    await client.zmscore("k", ["b", "x", "c", "d", "e"]),
    [Infinity, null, -Infinity, 1e300, 0.1],
  );
  assertEquals(await client.bytes.zscore("k", "b"), Infinity);
  await assertRejects(() => client.zmscore("k", []), RangeError);
});

commandTest("zrank() and zrevrank() find positions", async (client) => {
  assertStrictEquals(await client.zrank("k", "a"), null);
  assertStrictEquals(await client.zrevrank("k", "a"), null);
  await client.zadd("k", { a: 1, b: 2, c: 3 });
  assertEquals(await client.zrank("k", "a"), 0);
  assertEquals(await client.zrevrank("k", "a"), 2);
});

commandTest(
  "zrank() and zrevrank() answer scores, too",
  { needs: "ZRANK WITHSCORE" },
  async (client) => {
    await client.zadd("k", { a: 1, b: 2.5 });
    assertEquals(await client.zrank("k", "b", { withscore: true }), { rank: 1, score: 2.5 });
    assertEquals(await client.zrevrank("k", "b", { withscore: true }), { rank: 0, score: 2.5 });
    assertStrictEquals(await client.zrank("k", "x", { withscore: true }), null);
    assertStrictEquals(await client.zrevrank("k", "x", { withscore: true }), null);
  },
);

commandTest("zdiff(), zinter() and zunion() combine", async (client) => {
  await client.zadd("{k}1", { a: 1, b: 2, c: 3 });
  await client.zadd("{k}2", { b: 10, c: 20 });
  const keys = ["{k}1", "{k}2"];
  assertEquals(await client.zdiff(keys), ["a"]);
  assertEquals(await client.zdiff(keys, { withscores: true }), [{ member: "a", score: 1 }]);
  assertEquals(await client.zinter(keys), ["b", "c"]);
  assertEquals(await client.zinter(keys, { withscores: true }), [
    { member: "b", score: 12 },
    { member: "c", score: 23 },
  ]);
  assertEquals(await client.zunion(keys, { weights: [-1, 0.5], withscores: true }), [
    { member: "a", score: -1 },
    { member: "b", score: 3 },
    { member: "c", score: 7 },
  ]);
  assertEquals(
    await client.bytes.zunion(keys, { aggregate: "min", withscores: true }),
    [["a", 1], ["b", 2], ["c", 3]].map(([member, score]) => ({
      member: text.encode(String(member)),
      score: Number(score),
    })),
  );
  assertEquals(await client.zinter(keys, { aggregate: "max", withscores: true }), [
    { member: "b", score: 10 },
    { member: "c", score: 20 },
  ]);
  for (const combine of ["zdiff", "zinter", "zunion"] as const) {
    assertEquals(await client[combine]("{k}missing"), []);
    assertEquals(await client[combine]("{k}missing", { withscores: true }), []);
    await assertRejects(() => client[combine]([]), RangeError, "expected one or more keys");
  }
});

commandTest("zunion() and zinter() take sets, too", async (client) => {
  await client.sadd("{k}set", ["a", "b"]);
  await client.zadd("{k}1", { a: 5 });
  assertEquals(await client.zinter(["{k}1", "{k}set"], { withscores: true }), [
    { member: "a", score: 6 },
  ]);
  assertEquals(await client.zunion(["{k}1", "{k}set"]), ["b", "a"]);
});

commandTest("zdiffstore(), zinterstore() and zunionstore() store", async (client) => {
  await client.zadd("{k}1", { a: 1, b: 2, c: 3 });
  await client.zadd("{k}2", { b: 10, c: 20 });
  const keys = ["{k}1", "{k}2"];
  assertEquals(await client.zdiffstore("{k}out", keys), 1);
  assertEquals(await client.zinterstore("{k}out", keys, { weights: [2, 1] }), 2);
  assertEquals(await client.zmscore("{k}out", ["b", "c"]), [14, 26]);
  assertEquals(await client.zunionstore("{k}out", keys, { aggregate: "max" }), 3);
  assertEquals(await client.zmscore("{k}out", ["a", "b", "c"]), [1, 10, 20]);
  assertEquals(await client.zinterstore("{k}out", ["{k}1", "{k}missing"]), 0);
  assertEquals(await client.exists("{k}out"), 0);
  for (const combine of ["zdiffstore", "zinterstore", "zunionstore"] as const) {
    await assertRejects(() => client[combine]("{k}out", []), RangeError);
  }
});

commandTest("zintercard() counts, up to a limit", async (client) => {
  await client.zadd("{k}1", { a: 1, b: 2, c: 3 });
  await client.zadd("{k}2", { b: 10, c: 20 });
  assertEquals(await client.zintercard(["{k}1", "{k}2"]), 2);
  assertEquals(await client.zintercard(["{k}1", "{k}2"], { limit: 1 }), 1);
  assertEquals(await client.zintercard("{k}missing"), 0);
  await assertRejects(() => client.zintercard([]), RangeError);
});

commandTest("zpopmin() and zpopmax() take one or several", async (client) => {
  for (const pop of ["zpopmin", "zpopmax"] as const) {
    assertStrictEquals(await client[pop]("k"), null);
    assertEquals(await client[pop]("k", 2), []);
  }
  await client.zadd("k", { a: 1, b: 2, c: 3, d: 4, e: "inf" });
  assertEquals(await client.zpopmin("k"), { member: "a", score: 1 });
  assertEquals(await client.zpopmax("k"), { member: "e", score: Infinity });
  assertEquals(await client.zpopmin("k", 1), [{ member: "b", score: 2 }]);
  assertEquals(await client.zpopmax("k", 5), [
    { member: "d", score: 4 },
    { member: "c", score: 3 },
  ]);
  await client.zadd("k", { a: 1 });
  assertEquals(await client.bytes.zpopmin("k"), { member: text.encode("a"), score: 1 });
});

commandTest("zmpop() takes from the first sorted set that has any", async (client) => {
  assertStrictEquals(await client.zmpop(["{k}1", "{k}2"], "min"), null);
  await client.zadd("{k}2", { a: 1, b: 2, c: 3 });
  assertEquals(await client.zmpop(["{k}1", "{k}2"], "min"), ["{k}2", [{ member: "a", score: 1 }]]);
  assertEquals(await client.zmpop("{k}2", "max", { count: 5 }), ["{k}2", [
    { member: "c", score: 3 },
    { member: "b", score: 2 },
  ]]);
  await assertRejects(() => client.zmpop([], "min"), RangeError);
});

commandTest("bzpopmin(), bzpopmax() and bzmpop() take what is there", async (client) => {
  await client.zadd("{k}2", { a: 1, b: 2, c: 3, d: 4 });
  assertEquals(await client.bzpopmin(["{k}1", "{k}2"], 1), ["{k}2", { member: "a", score: 1 }]);
  assertEquals(await client.bzpopmax("{k}2", 1), ["{k}2", { member: "d", score: 4 }]);
  assertEquals(await client.bzmpop(["{k}1", "{k}2"], "max", 1, { count: 9 }), ["{k}2", [
    { member: "c", score: 3 },
    { member: "b", score: 2 },
  ]]);
  await client.zadd("{k}2", { a: 1 });
  assertEquals(await client.bytes.bzpopmin("{k}2", 1), [
    text.encode("{k}2"),
    { member: text.encode("a"), score: 1 },
  ]);
  await assertRejects(() => client.bzpopmin([], 1), RangeError);
  await assertRejects(() => client.bzpopmax([], 1), RangeError);
  await assertRejects(() => client.bzmpop([], "min", 1), RangeError);
});

commandTest("bzpopmin(), bzpopmax() and bzmpop() answer null when time is over", async (client) => {
  assertEquals(
    await Promise.all([
      client.bzpopmin(["{k}1", "{k}2"], 0.05),
      client.bzpopmax("{k}1", 0.05),
      client.bzmpop("{k}1", "min", 0.05),
    ]),
    [null, null, null],
  );
});

commandTest("bzpopmin() gets what is added while it waits", async (client) => {
  const waiting = client.bzpopmin("k", 10);
  assertEquals(await client.zadd("k", { a: 1 }), 1);
  assertEquals(await waiting, ["k", { member: "a", score: 1 }]);
});

commandTest("zrandmember() picks members", async (client) => {
  assertStrictEquals(await client.zrandmember("k"), null);
  assertEquals(await client.zrandmember("k", 3), []);
  assertEquals(await client.zrandmember("k", 3, { withscores: true }), []);
  await client.zadd("k", { a: 1, b: 2 });
  assert(["a", "b"].includes((await client.zrandmember("k"))!));
  assertEquals((await client.zrandmember("k", 5)).sort(), ["a", "b"]);
  assertEquals((await client.zrandmember("k", -5)).length, 5);
  const scored = await client.zrandmember("k", 5, { withscores: true });
  assertEquals(Object.fromEntries(scored.map(({ member, score }) => [member, score])), {
    a: 1,
    b: 2,
  });
});

commandTest("zrange() answers ranges of positions", async (client) => {
  assertEquals(await client.zrange("k", 0, -1), []);
  await client.zadd("k", { a: 1, b: 2, c: 3 });
  assertEquals(await client.zrange("k", 1, 100), ["b", "c"]);
  assertEquals(await client.zrange("k", 0, 1, { rev: true }), ["c", "b"]);
  assertEquals(await client.bytes.zrange("k", 0, 0, { withscores: true }), [
    { member: text.encode("a"), score: 1 },
  ]);
});

commandTest("zrange() answers ranges of scores", async (client) => {
  await client.zadd("k", { a: 1, b: 2, c: 3, d: 4 });
  assertEquals(await client.zrange("k", "(1", 3, { byscore: true }), ["b", "c"]);
  const limit = { offset: 1, count: 2 };
  assertEquals(
    await client.zrange("k", Infinity, "-inf", {
      byscore: true,
      rev: true,
      limit,
      withscores: true,
    }),
    [{ member: "c", score: 3 }, { member: "b", score: 2 }],
  );
  const bound: `(${number}` = `(${1 + 2}`;
  assertEquals(await client.zrange("k", bound, "inf", { byscore: true }), ["d"]);
});

commandTest("zrange() answers ranges of members", async (client) => {
  await client.zadd("k", { a: 0, b: 0, c: 0 });
  assertEquals(await client.zrange("k", "[b", "+", { bylex: true }), ["b", "c"]);
  assertEquals(await client.zrange("k", "(c", "-", { bylex: true, rev: true }), ["b", "a"]);
  assertEquals(
    await client.zrange("k", "-", "+", { bylex: true, limit: { offset: 2, count: -1 } }),
    ["c"],
  );
  const between = [text.encode("(a"), text.encode("[b")] as const;
  assertEquals(await client.zrange("k", ...between, { bylex: true }), ["b"]);
  await assertRejects(
    () => client.zrange("k", "b" as "[b", "+", { bylex: true }),
    ServerError,
    "min or max",
  );
});

commandTest("zrangestore() stores ranges", async (client) => {
  await client.zadd("{k}1", { a: 1, b: 2, c: 3 });
  assertEquals(await client.zrangestore("{k}2", "{k}1", 0, 1), 2);
  assertEquals(await client.zrange("{k}2", 0, -1), ["a", "b"]);
  assertEquals(await client.zrangestore("{k}2", "{k}1", 3, "(1", { byscore: true, rev: true }), 2);
  assertEquals(await client.zrange("{k}2", 0, -1, { withscores: true }), [
    { member: "b", score: 2 },
    { member: "c", score: 3 },
  ]);
  await client.zadd("{k}same", { a: 0, b: 0, c: 0 });
  assertEquals(
    await client.zrangestore("{k}2", "{k}same", "-", "+", {
      bylex: true,
      limit: { offset: 0, count: 1 },
    }),
    1,
  );
  assertEquals(await client.zrangestore("{k}2", "{k}missing", 0, -1), 0);
  assertEquals(await client.exists("{k}2"), 0);
});

commandTest("the deprecated range commands answer ranges", async (client) => {
  await client.zadd("k", { a: 1, b: 2, c: 3 });
  const limit = { offset: 0, count: 1 };
  assertEquals(await client.zrangebyscore("k", "(1", "inf"), ["b", "c"]);
  assertEquals(await client.zrangebyscore("k", 2, 3, { withscores: true, limit }), [
    { member: "b", score: 2 },
  ]);
  assertEquals(await client.zrevrangebyscore("k", Infinity, 2, { limit }), ["c"]);
  assertEquals(await client.zrevrangebyscore("k", 3, "(1", { withscores: true }), [
    { member: "c", score: 3 },
    { member: "b", score: 2 },
  ]);
  assertEquals(await client.zrevrange("k", 0, 1), ["c", "b"]);
  assertEquals(await client.zrevrange("k", 2, 2, { withscores: true }), [
    { member: "a", score: 1 },
  ]);
  await client.zadd("same", { a: 0, b: 0, c: 0 });
  assertEquals(await client.zrangebylex("same", "-", "(c"), ["a", "b"]);
  assertEquals(await client.zrangebylex("same", "[b", "+", { limit }), ["b"]);
  assertEquals(await client.zrevrangebylex("same", "+", "[b"), ["c", "b"]);
  assertEquals(await client.zrevrangebylex("same", "+", "-", { limit }), ["c"]);
  assertEquals(await client.zrangebyscore("missing", 0, 1), []);
});

commandTest("zrem() removes members, and the sorted set with the last one", async (client) => {
  await client.zadd("k", { a: 1, b: 2 });
  assertEquals(await client.zrem("k", ["a", "x"]), 1);
  assertEquals(await client.zrem("k", "b"), 1);
  assertEquals(await client.exists("k"), 0);
  await assertRejects(() => client.zrem("k", []), RangeError);
});

commandTest("zremrangebylex(), …rank() and …score() remove ranges", async (client) => {
  await client.zadd("k", { a: 1, b: 2, c: 3, d: 4 });
  assertEquals(await client.zremrangebyrank("k", 0, 0), 1);
  assertEquals(await client.zremrangebyscore("k", "(2", 3), 1);
  assertEquals(await client.zrange("k", 0, -1), ["b", "d"]);
  await client.zadd("same", { a: 0, b: 0, c: 0 });
  assertEquals(await client.zremrangebylex("same", "(a", "+"), 2);
  assertEquals(await client.zremrangebylex("missing", "-", "+"), 0);
});

commandTest("zscan() reads pages", async (client) => {
  await client.zadd("k", { a1: 1, a2: 2.5, b1: "inf" });
  const page = await client.zscan("k", "0", { match: "a*", count: 100 });
  assertEquals(page, {
    cursor: "0",
    items: [{ member: "a1", score: 1 }, { member: "a2", score: 2.5 }],
  });
  assertEquals(await client.zscan("missing", 0), { cursor: "0", items: [] });
  assertEquals((await client.bytes.zscan("k", 0, { match: "b*" })).items, [
    { member: text.encode("b1"), score: Infinity },
  ]);
});

commandTest(
  "zscan() leaves scores out",
  { needs: "ZSCAN NOSCORES" },
  async (client) => {
    await client.zadd("k", { a: 1, b: 2 });
    assertEquals((await client.zscan("k", 0, { noscores: true })).items.sort(), ["a", "b"]);
    const members: string[] = [];
    for await (const member of client.zscanIterator("k", { noscores: true })) members.push(member);
    assertEquals(members.sort(), ["a", "b"]);
  },
);

commandTest("zscanIterator() yields every member of a large sorted set", async (client) => {
  await client.zadd("k", Array.from({ length: 1000 }, (_, i) => [`m${i}`, i] as const));
  const found = new Map<string, number>();
  for await (const { member, score } of client.zscanIterator("k", { count: 10 })) {
    found.set(member, score);
  }
  assertEquals(found.size, 1000);
  assertEquals(found.get("m999"), 999);
  let seen = 0;
  for await (const _ of client.zscanIterator("k", { match: "m99*" })) if (++seen === 5) break;
  assertEquals(seen, 5);
});

commandTest("scores of a thousand members come back as they were", async (client) => {
  const scores = Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 10 ** (i % 40 - 20));
  await client.zadd("k", scores.map((score, member) => ({ member, score })));
  assertEquals(await client.zmscore("k", scores.map((_, i) => i)), scores);
});

// The servers that the suite usually runs on are older.
Deno.test("zinter() speaks to Redis 8.8", async () => {
  await using server = await startFakeServer({ ZINTER: [] });
  await using client = await RedisClient.create(server.url);
  const before = server.received.length;
  assertEquals(await client.zinter(["{k}1", "{k}2"], { aggregate: "count" }), []);
  assertEquals(server.received.slice(before).map(({ args }) => args.join(" ").toUpperCase()), [
    "ZINTER 2 {K}1 {K}2 AGGREGATE COUNT",
  ]);
});

Deno.test("decoders of scored members refuse other shapes", () => {
  for (const reply of [null, "a", ["a"], ["a", "b"], [["a", 1], ["b"]], new Map([["a", null]])]) {
    assertThrows(() => toScoredMembers(reply), UnexpectedReplyError);
  }
  for (const reply of ["a", [], ["k", "a"], ["k", "a", "x"], ["k", null, 1]]) {
    assertThrows(() => toKeyAndScoredMemberOrNull(reply), UnexpectedReplyError);
  }
  for (const reply of ["a", [], ["k"], ["k", "a"], ["k", ["a"]]]) {
    assertThrows(() => toKeyAndScoredMembersOrNull(reply), UnexpectedReplyError);
  }
});

/** Never called: the compiler refuses what does not go together. */
function _refused(client: CommandClient): void {
  // @ts-expect-error: NX changes no score.
  client.zadd("k", { a: 1 }, { nx: true, gt: true });
  // @ts-expect-error: a score is either greater or less.
  client.zadd("k", { a: 1 }, { gt: true, lt: true });
  // @ts-expect-error: INCR answers a score, not a count.
  client.zadd("k", { a: 1 }, { incr: true, ch: true });
  // @ts-expect-error: a member by itself has no score.
  client.zadd("k", ["a"]);
  // @ts-expect-error: positions are numbers.
  client.zrange("k", "(1", 2);
  // @ts-expect-error: LIMIT is for scores and members.
  client.zrange("k", 0, 1, { limit: { offset: 0, count: 1 } });
  // @ts-expect-error: a member follows a bracket.
  client.zrange("k", "a", "b", { bylex: true });
  // @ts-expect-error: either scores or members.
  client.zrange("k", "-", "+", { bylex: true, byscore: true });
  // @ts-expect-error: all scores are the same.
  client.zrange("k", "-", "+", { bylex: true, withscores: true });
  // @ts-expect-error: scores are numbers.
  client.zcount("k", "(one", 2);
}

commandTest("zunion() takes 200 000 keys and weights", async (client) => {
  await client.zadd("k", { m: 1 });
  const keys = new Array(200_000).fill("k");
  const weights = new Array(200_000).fill(1);
  assertEquals(await client.zunion(keys, { weights, withscores: true }), [
    { member: "m", score: 200_000 },
  ]);
});
