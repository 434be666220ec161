/** Client-side caching on real servers. */

import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import type { RedisClient } from "../../standalone/mod.ts";
import { startOwnServer } from "../_kit/own_server.ts";
import { until } from "../../lib/testing/_poll.ts";

const { server, connect } = await startOwnServer();

/** Reads until the cache has what is expected, or fails. */
async function untilRead(read: () => Promise<unknown>, expected: unknown): Promise<void> {
  await until(`the cached view reads ${expected}`, async () => await read() === expected, {
    interval: 1,
  });
}

/** How many hits and misses something makes. */
async function count(client: RedisClient, act: () => Promise<unknown>): Promise<[number, number]> {
  const before = client.cacheStatistics;
  await act();
  const { hits, misses } = client.cacheStatistics;
  return [hits - before.hits, misses - before.misses];
}

Deno.test("a second read is a hit, until somebody writes the key", async () => {
  await using client = await connect();
  await client.set("k", "one");
  assertEquals(await count(client, () => client.cached.get("k")), [0, 1]);
  assertEquals(await count(client, () => client.cached.get("k")), [1, 0]);
  await server.command(["SET", "k", "two"]);
  await untilRead(() => client.cached.get("k"), "two");
  assert(client.cacheStatistics.invalidations > 0);
});

Deno.test("nothing is asked of the server before the view is used", async () => {
  await using client = await connect({ clientName: "unused" });
  await client.set("k", "v");
  await client.get("k");
  const list = String(await server.command(["CLIENT", "LIST"]));
  const flags = /name=unused .*flags=(\S+)/.exec(list)![1];
  assertEquals(flags.includes("t"), false);
  assertEquals(client.cacheStatistics, {
    hits: 0,
    misses: 0,
    invalidations: 0,
    flushes: 0,
    evictions: 0,
    bytes: 0,
    entries: 0,
  });
});

for (
  const [what, write] of [
    ["DEL", ["DEL", "k"]],
    ["EXPIRE in the past", ["PEXPIRE", "k", "-1"]],
    ["RENAME", ["RENAME", "k", "k2"]],
    ["FLUSHDB", ["FLUSHDB"]],
    ["FLUSHALL", ["FLUSHALL", "ASYNC"]],
    ["a script", ["EVAL", "redis.call('DEL', 'k')", "0"]],
  ] as const
) {
  Deno.test(`${what} by another client is seen`, async () => {
    await using client = await connect();
    await client.set("k", "v");
    for (let i = 0; i < 3; i++) assertEquals(await client.cached.get("k"), "v");
    await server.command([...write]);
    await untilRead(() => client.cached.get("k"), null);
    await server.command(["SET", "k", "back"]);
    await untilRead(() => client.cached.get("k"), "back");
  });
}

Deno.test("a key that expires is gone in time, also if the server has not removed it yet", async () => {
  await using client = await connect();
  await server.command(["DEBUG", "SET-ACTIVE-EXPIRE", "0"]);
  try {
    await client.set("k", "v", { px: 100 });
    const start = performance.now();
    while (await client.cached.get("k") === "v") await new Promise((done) => setTimeout(done, 5));
    const elapsed = performance.now() - start;
    assert(elapsed < 1000, `${elapsed} ms`);
    assert(client.cacheStatistics.hits > 0);
  } finally {
    await server.command(["DEBUG", "SET-ACTIVE-EXPIRE", "1"]);
  }
});

Deno.test("an entry is used no longer than maxTtl", async () => {
  await using client = await connect({ cache: { maxTtl: 50 } });
  await client.set("k", "v");
  await client.cached.get("k");
  await until("it is read again", async () => {
    await client.cached.get("k");
    return client.cacheStatistics.misses > 1;
  });
});

Deno.test("own writes are seen at once, by whatever they are made", async () => {
  await using client = await connect();
  const writes: [string, (value: string) => Promise<unknown>][] = [
    ["set", (value) => client.set("k", value)],
    ["bytes", (value) => client.bytes.set(new TextEncoder().encode("k"), value)],
    ["customCommand", (value) => client.customCommand(["set", "k", value])],
    ["batch", (value) => client.batch((b) => [b.get("k"), b.set("k", value)])],
    ["transaction", (value) => client.transaction((t) => [t.set("k", value)])],
    [
      "watch",
      (value) => client.watch("k", (session) => session.transaction((t) => [t.set("k", value)])),
    ],
    [
      "script",
      (value) => client.eval("redis.call('SET', KEYS[1], ARGV[1])", { keys: ["k"], args: [value] }),
    ],
    [
      "script without keys",
      (value) => client.eval("redis.call('SET', 'k', ARGV[1])", { args: [value] }),
    ],
    ["rename", async (value) => {
      await client.set("other", value);
      await client.rename("other", "k");
    }],
    ["blocking", async (value) => {
      await client.del("k");
      await client.lpush("list", value);
      await client.blmove("list", "list2", "left", "left", 1);
      await client.set("k", value);
    }],
  ];
  for (let round = 0; round < 20; round++) {
    for (const [what, write] of writes) {
      const value = `${what} ${round}`;
      await client.cached.get("k");
      await write(value);
      assertEquals(await client.cached.get("k"), value, what);
      assertEquals(await client.cached.get("k"), value, what);
    }
  }
});

Deno.test("an own SWAPDB drops everything; servers do not tell of it", async () => {
  await using client = await connect();
  await client.set("k", "v");
  await client.cached.get("k");
  await client.swapdb(0, 9);
  assertEquals(await client.cached.get("k"), null);
  await client.swapdb(0, 9);
  assertEquals(await client.cached.get("k"), "v");
});

Deno.test("what a hit answers can be changed by the caller", async () => {
  await using client = await connect();
  await client.hset("h", { a: "1" });
  await client.rpush("l", ["a", "b"]);
  await client.set("b", new Uint8Array([1, 2]));
  const { cached } = client;
  for (let i = 0; i < 3; i++) {
    const fields = await cached.hgetall("h");
    const list = await cached.lrange("l", 0, -1);
    const bytes = await cached.bytes.get("b");
    const map = await cached.bytes.hgetall("h");
    assertEquals({ ...fields }, { a: "1" });
    assertEquals(list, ["a", "b"]);
    assertEquals(bytes, new Uint8Array([1, 2]));
    assertEquals(map.size, 1);
    fields.a = "changed";
    list.push("changed");
    bytes![0] = 9;
    map.clear();
  }
  assertNotStrictEquals(await cached.lrange("l", 0, -1), await cached.lrange("l", 0, -1));
});

Deno.test("MGET is cached key by key, together with GET", async () => {
  await using client = await connect();
  await client.mset({ a: "1", b: "2" });
  await client.rpush("list", ["x"]);
  const { cached } = client;
  await cached.get("a");
  const keys = ["a", "b", "none", "list", "a"];
  assertEquals(await count(client, () => cached.mget(["a", "b"])), [1, 1]);
  assertEquals(await cached.mget(keys), ["1", "2", null, null, "1"]);
  assertEquals(await count(client, () => cached.get("b")), [1, 0]);
  assertEquals(await count(client, () => cached.get("none")), [1, 0]);
  assertEquals(await cached.mget(keys), await client.mget(keys));
  await server.command(["SET", "b", "3"]);
  await untilRead(async () => (await cached.mget(keys))[1], "3");
  assertEquals(await cached.bytes.mget(["a"]), [new Uint8Array([49])]);
});

Deno.test("views combine: cached, bytes and with()", async () => {
  await using client = await connect();
  await client.set("k", "v");
  const bytes = new TextEncoder().encode("v");
  const signal = AbortSignal.timeout(60_000);
  assertEquals(await client.cached.bytes.with({ signal }).get("k"), bytes);
  assertEquals(await count(client, () => client.bytes.with({ timeout: 999 }).cached.get("k")), [
    1,
    0,
  ]);
  const aborted = client.cached.bytes.with({ signal: AbortSignal.abort(new Error("no")) });
  assertEquals(await aborted.get("k").catch((error) => error.message), "no");
});

Deno.test("everything else on the view simply runs", async () => {
  await using client = await connect();
  const { cached } = client;
  assertEquals(await cached.set("k", "v", { ex: 100 }), "OK");
  assert(await cached.ttl("k") > 0);
  assertEquals(await cached.ping(), "PONG");
  assertEquals(await cached.batch((b) => [b.get("k")]), ["v"]);
  assertEquals(await cached.transaction((t) => [t.get("k")]), ["v"]);
  assertEquals(await cached.watch("k", (session) => session.get("k")), "v");
  assertEquals(await cached.customCommand(["GET", "k"]), "v");
  const { entries } = client.cacheStatistics;
  assertEquals(entries, 1);
});

Deno.test("a user who may not run CLIENT reads from the server", async () => {
  await server.command(["ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@all", "-client"]);
  await using client = await connect({ credentials: { username: "reader", password: "secret" } });
  await client.set("k", "v");
  for (let i = 0; i < 3; i++) assertEquals(await client.cached.get("k"), "v");
  assertEquals(client.cacheStatistics.entries, 0);
});

Deno.test("the memory has a limit, and the limit counts evictions", async () => {
  await using client = await connect({ cache: { maxBytes: 50_000 } });
  await client.mset(
    Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, "x".repeat(200)])),
  );
  for (let i = 0; i < 500; i++) await client.cached.get(`k${i}`);
  const { entries, bytes, evictions } = client.cacheStatistics;
  assert(bytes <= 50_000 && bytes > 30_000, `${bytes}`);
  assertEquals(entries + evictions, 500);
});
