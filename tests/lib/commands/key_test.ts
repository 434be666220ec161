import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { ServerError } from "../../../lib/errors.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { startServer } from "../../../lib/testing/mod.ts";
import { commandTest } from "../../_kit/command_tests.ts";

/** A Unix time in seconds, far in the future. */
const FUTURE = 4133980800;

commandTest("copy() copies, and overwrites if asked to", async (client) => {
  await client.set("{k}1", "a", { ex: 100 });
  assertEquals(await client.copy("{k}1", "{k}2"), true);
  assertEquals(await client.get("{k}2"), "a");
  assert(await client.ttl("{k}2") > 90);
  await client.set("{k}1", "b");
  assertEquals(await client.copy("{k}1", "{k}2"), false);
  assertEquals(await client.copy("{k}1", "{k}2", { replace: true }), true);
  assertEquals(await client.get("{k}2"), "b");
  assertEquals(await client.copy("{k}missing", "{k}2"), false);
});

commandTest("copy() copies into another database", {
  except: { cluster: "a cluster has one database" },
}, async (client) => {
  await client.set("k", "a");
  assertEquals(await client.copy("k", "k", { db: 1 }), true);
  assertEquals(await client.copy("k", "k", { db: 1 }), false);
  assertEquals(await client.copy("k", "k", { db: 1, replace: true }), true);
});

commandTest("del(), exists(), touch() and unlink() count keys", async (client) => {
  await client.mset({ "{k}1": "a", "{k}2": "b", "{k}3": "c" });
  assertEquals(await client.exists(["{k}1", "{k}1", "{k}0"]), 2);
  assertEquals(await client.exists("{k}1"), 1);
  assertEquals(await client.touch(["{k}1", "{k}0"]), 1);
  assertEquals(await client.del(["{k}1", "{k}0"]), 1);
  assertEquals(await client.unlink(["{k}2", "{k}3", "{k}0"]), 2);
  assertEquals(await client.del("{k}1"), 0);
});

commandTest(
  "del(), exists(), touch() and unlink() refuse no keys before sending",
  async (client) => {
    await assertRejects(
      () => client.del([]),
      RangeError,
      "Cannot send DEL: expected one or more keys",
    );
    await assertRejects(() => client.exists([]), RangeError);
    await assertRejects(() => client.touch([]), RangeError);
    await assertRejects(() => client.unlink([]), RangeError);
  },
);

commandTest("dump() and restore() move any value", async (client) => {
  await client.hset("{k}1", { a: "1", b: new Uint8Array([0, 255]) });
  const payload = await client.dump("{k}1");
  assertInstanceOf(payload, Uint8Array);
  assertEquals(await client.bytes.dump("{k}1"), payload);
  assertEquals(await client.restore("{k}2", 0, payload), "OK");
  assertEquals(await client.bytes.hget("{k}2", "b"), new Uint8Array([0, 255]));
  assertStrictEquals(await client.dump("{k}missing"), null);
});

commandTest("restore() obeys its options", async (client) => {
  await client.set("k", "a");
  const payload = (await client.dump("k"))!;
  const error = await assertRejects(() => client.restore("k", 0, payload), ServerError);
  assertEquals(error.code, "BUSYKEY");
  assertEquals(await client.restore("k", 100_000, payload, { replace: true, idletime: 77 }), "OK");
  assertIdle(await client.objectIdletime("k"), 77);
  assert(await client.pttl("k") > 90_000);
  await client.restore("k", FUTURE * 1000, payload, { replace: true, absttl: true, freq: 9 });
  assertEquals(await client.expiretime("k"), FUTURE);
  await assertRejects(() => client.restore("b", 0, payload.subarray(1)), ServerError);
});

commandTest("expire() and its kin set expiries", async (client) => {
  assertEquals(await client.expire("k", 100), false);
  await client.set("k", "a");
  assertEquals(await client.expire("k", 100), true);
  assert(await client.ttl("k") > 90);
  assertEquals(await client.pexpire("k", 200_000), true);
  assert(await client.pttl("k") > 190_000);
  assertEquals(await client.expireat("k", FUTURE), true);
  assertEquals(await client.expiretime("k"), FUTURE);
  assertEquals(await client.pexpireat("k", FUTURE * 1000 + 123), true);
  assertEquals(await client.pexpiretime("k"), FUTURE * 1000 + 123);
  assertEquals(await client.expire("k", 0), true);
  assertEquals(await client.exists("k"), 0);
});

commandTest("expire() and its kin obey conditions", async (client) => {
  await client.set("k", "a");
  assertEquals(await client.expire("k", 100, { xx: true }), false);
  assertEquals(await client.expire("k", 100, { gt: true }), false);
  assertEquals(await client.expire("k", 100, { nx: true }), true);
  assertEquals(await client.pexpire("k", 50_000, { nx: true }), false);
  assertEquals(await client.pexpire("k", 50_000, { gt: true }), false);
  assertEquals(await client.pexpire("k", 50_000, { lt: true }), true);
  assertEquals(await client.expireat("k", FUTURE, { lt: true }), false);
  assertEquals(await client.expireat("k", FUTURE, { gt: true }), true);
  assertEquals(await client.pexpireat("k", FUTURE * 1000, { nx: true }), false);
  assertEquals(await client.pexpireat("k", FUTURE * 1000 + 5, { xx: true }), true);
  assertEquals(await client.pexpiretime("k"), FUTURE * 1000 + 5);
});

commandTest("times tell a missing key from one that never expires", async (client) => {
  await client.set("k", "a");
  for (const time of ["ttl", "pttl", "expiretime", "pexpiretime"] as const) {
    assertEquals(await client[time]("k"), -1);
    assertEquals(await client[time]("missing"), -2);
  }
});

commandTest("keys() lists what matches", async (client) => {
  await client.mset({ "{k}1": "a", "{k}2": "b", "{k}x": "c" });
  assertEquals((await client.keys("{k}[0-9]")).sort(), ["{k}1", "{k}2"]);
  assertEquals(await client.keys("nothing*"), []);
  assertEquals(await client.bytes.keys("*x"), [new TextEncoder().encode("{k}x")]);
});

commandTest("migrate() moves keys to another server", {
  local: true,
  except: { cluster: "the keys are looked for under other names" },
}, async (client) => {
  await using other = await startServer();
  await client.mset({ "{k}1": "a", "{k}2": "b", "{k}3": "c" });
  assertEquals(await client.migrate(other.host, other.port, "{k}1", 0, 5000), "OK");
  assertEquals(await other.command(["GET", "{k}1"]), "a");
  assertEquals(await client.exists("{k}1"), 0);
  assertEquals(
    await client.migrate(other.host, other.port, ["{k}2", "{k}3"], 1, 5000, { copy: true }),
    "OK",
  );
  assertEquals(await client.exists(["{k}2", "{k}3"]), 2);
  await assertRejects(
    () => client.migrate(other.host, other.port, ["{k}2", "{k}3"], 1, 5000),
    ServerError,
    "BUSYKEY",
  );
  assertEquals(
    await client.migrate(other.host, other.port, ["{k}2", "{k}3"], 1, 5000, { replace: true }),
    "OK",
  );
  assertEquals(await client.migrate(other.host, other.port, "{k}1", 0, 5000), "NOKEY");
  await assertRejects(() => client.migrate(other.host, other.port, [], 0, 5000), RangeError);
});

commandTest("migrate() logs in to the other server", {
  local: true,
  except: { cluster: "the keys are looked for under other names" },
}, async (client) => {
  await using other = await startServer({
    password: "secret",
    users: [{ name: "mover", rules: "on >pass ~* +@all" }],
  });
  await client.mset({ "{k}1": "a", "{k}2": "b" });
  await assertRejects(() => client.migrate(other.host, other.port, "{k}1", 0, 5000), ServerError);
  await client.migrate(other.host, other.port, "{k}1", 0, 5000, { auth: "secret" });
  await client.migrate(other.host, other.port, ["{k}2"], 0, 5000, {
    auth2: { username: "mover", password: "pass" },
  });
  assertEquals(await other.command(["MGET", "{k}1", "{k}2"]), ["a", "b"]);
});

commandTest("move() moves a key to another database", {
  except: { cluster: "a cluster has one database" },
}, async (client) => {
  assertEquals(await client.move("k", 1), false);
  await client.set("k", "a");
  assertEquals(await client.move("k", 1), true);
  assertEquals(await client.exists("k"), 0);
  await client.set("k", "b");
  assertEquals(await client.move("k", 1), false);
  await assertRejects(() => client.move("k", 1_000_000), ServerError);
});

commandTest("objectEncoding() and its kin look into the server", async (client) => {
  await client.mset({ "{k}n": 7, "{k}t": "text" });
  assertEquals(await client.objectEncoding("{k}n"), "int");
  assertEquals(await client.bytes.objectEncoding("{k}t"), "embstr");
  assertEquals(await client.objectRefcount("{k}t"), 1);
  assertIdle(await client.objectIdletime("{k}t"), 0);
  assertStrictEquals(await client.objectEncoding("{k}missing"), null);
  assertStrictEquals(await client.objectRefcount("{k}missing"), null);
  assertStrictEquals(await client.objectIdletime("{k}missing"), null);
  assertStrictEquals(await client.objectFreq("{k}missing"), null);
  await assertRejects(() => client.objectFreq("{k}t"), ServerError, "LFU");
});

commandTest("objectFreq() answers under an LFU policy", async (client) => {
  await client.customCommand(["CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"]);
  try {
    await client.set("k", "a");
    assertEquals(await client.objectFreq("k"), 5);
  } finally {
    await client.customCommand(["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
  }
});

commandTest("persist() ends an expiry", async (client) => {
  assertEquals(await client.persist("k"), false);
  await client.set("k", "a", { ex: 100 });
  assertEquals(await client.persist("k"), true);
  assertEquals(await client.persist("k"), false);
  assertEquals(await client.ttl("k"), -1);
});

commandTest("randomkey() answers a key, or null", async (client) => {
  assertStrictEquals(await client.randomkey(), null);
  await client.set("k", "a");
  assertEquals(await client.randomkey(), "k");
  assertEquals(await client.bytes.randomkey(), new Uint8Array([107]));
});

commandTest("rename() and renamenx() rename", async (client) => {
  await client.mset({ "{k}1": "a", "{k}2": "b" });
  assertEquals(await client.renamenx("{k}1", "{k}2"), false);
  assertEquals(await client.rename("{k}1", "{k}2"), "OK");
  assertEquals(await client.get("{k}2"), "a");
  assertEquals(await client.renamenx("{k}2", "{k}3"), true);
  await assertRejects(() => client.rename("{k}1", "{k}2"), ServerError, "no such key");
  await assertRejects(() => client.renamenx("{k}1", "{k}2"), ServerError, "no such key");
});

commandTest("scan() reads pages", async (client) => {
  for (let i = 0; i < 100; i++) await client.set(`k${i}`, i);
  const found = new Set<string>();
  let pages = 0;
  let cursor = "0";
  do {
    const page = await client.scan(cursor, { count: 10 });
    for (const key of page.items) found.add(key);
    cursor = page.cursor;
    pages++;
  } while (cursor !== "0");
  assertEquals(found.size, 100);
  assert(pages > 3);
});

commandTest("scan() obeys match and type", async (client) => {
  await client.mset({ a1: 1, a2: 2, b1: 3 });
  await client.rpush("a3", "x");
  const options = { match: "a*", count: 1000 };
  assertEquals((await client.scan("0", options)).items.sort(), ["a1", "a2", "a3"]);
  assertEquals(await client.scan(0, { ...options, type: "list" }), { cursor: "0", items: ["a3"] });
  assertEquals(await client.bytes.scan(0n, { match: "b*", count: 1000 }), {
    cursor: "0",
    items: [new TextEncoder().encode("b1")],
  });
});

commandTest("scanIterator() yields every key", async (client) => {
  for (let i = 0; i < 100; i++) await client.set(`k${i}`, i);
  const found = new Set<string>();
  for await (const key of client.scanIterator({ count: 10 })) found.add(key);
  assertEquals(found.size, 100);
  found.clear();
  for await (const key of client.scanIterator({ match: "k1*", type: "string" })) found.add(key);
  assertEquals(found.size, 11);
});

commandTest("scanIterator() can be left at any time", async (client) => {
  for (let i = 0; i < 100; i++) await client.set(`k${i}`, i);
  let seen = 0;
  for await (const _ of client.scanIterator({ count: 10 })) if (++seen === 3) break;
  assertEquals(seen, 3);
  const iterator = client.scanIterator();
  await iterator.next();
  assertEquals(await iterator.return(), { done: true, value: undefined });
  assertEquals(await iterator.next(), { done: true, value: undefined });
});

commandTest("sort() orders by number and as text", async (client) => {
  await client.rpush("k", [10, 9, 1]);
  assertEquals(await client.sort("k"), ["1", "9", "10"]);
  assertEquals(await client.sort("k", { asc: true, limit: { offset: 1, count: 1 } }), ["9"]);
  assertEquals(await client.sort("k", { desc: true }), ["10", "9", "1"]);
  assertEquals(await client.sort("k", { alpha: true }), ["1", "10", "9"]);
  assertEquals(await client.bytes.sort("k", { limit: { offset: 0, count: 1 } }), [
    new Uint8Array([49]),
  ]);
  assertEquals(await client.sort("missing"), []);
});

commandTest("sort() orders by other keys, and gets and stores values", {
  except: { cluster: "patterns would find keys of other slots" },
}, async (client) => {
  await client.rpush("k", ["a", "b", "c"]);
  await client.mset({ w_a: 3, w_b: 1, w_c: 2, v_a: "A" });
  assertEquals(await client.sort("k", { by: "w_*" }), ["b", "c", "a"]);
  assertEquals(await client.sort("k", { by: "w_*", get: "v_*" }), [null, null, "A"]);
  assertEquals(
    await client.sort("k", { by: "nosort", get: ["#", "v_*"] }),
    ["a", "A", "b", null, "c", null],
  );
  assertEquals(await client.sort("k", { by: "w_*", store: "out" }), 3);
  assertEquals(await client.lrange("out", 0, -1), ["b", "c", "a"]);
});

commandTest("sort() refuses what it cannot sort", async (client) => {
  await client.rpush("k", ["a", "b"]);
  await assertRejects(() => client.sort("k"), ServerError);
  await client.set("s", "x");
  await assertRejects(() => client.sort("s"), ServerError, "WRONGTYPE");
});

commandTest("sortRo() sorts without writing", {
  except: { cluster: "patterns would find keys of other slots" },
}, async (client) => {
  await client.rpush("k", [3, 1, 2]);
  await client.mset({ w_1: 3, w_2: 1, w_3: 2 });
  assertEquals(await client.sortRo("k"), ["1", "2", "3"]);
  assertEquals(
    await client.sortRo("k", { desc: true, limit: { offset: 0, count: 1 }, alpha: true }),
    ["3"],
  );
  assertEquals(await client.sortRo("k", { by: "w_*", get: ["#", "x_*"] }), [
    ...["2", null, "3", null, "1", null],
  ]);
});

commandTest("type() names types", async (client) => {
  assertEquals(await client.type("k"), "none");
  await client.sadd("k", "x");
  assertEquals(await client.type("k"), "set");
  assertEquals(await client.bytes.type("k"), "set");
});

commandTest("wait() counts replicas", async (client) => {
  await client.set("k", "a");
  assertEquals(await client.wait(0, 100), 0);
  assertEquals(await client.wait(1, 10), 0);
});

commandTest("wait() refuses to wait for ever", async (client) => {
  await assertRejects(() => client.wait(0, 0), RangeError);
});

Deno.test("wait() counts the replicas that have the writes", async () => {
  await using server = await startServer({ replicas: 1 });
  await using client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 10_000,
  });
  await client.set("k", "a");
  assertEquals(await client.wait(1, 5000), 1);
});

commandTest("waitaof() refuses to wait for ever", { needs: "WAITAOF" }, async (client) => {
  await assertRejects(() => client.waitaof(0, 0, 0), RangeError);
});

commandTest("waitaof() tells of files", { needs: "WAITAOF" }, async (client) => {
  await client.set("k", "a");
  assertEquals(await client.waitaof(0, 0, 100), [0, 0]);
  assertEquals(await client.waitaof(0, 1, 10), [0, 0]);
  await assertRejects(() => client.waitaof(1, 0, 10), ServerError);
});

/** Checks an idle time, to which the seconds add up that pass before the server is asked. */
function assertIdle(seconds: number | null, atFirst: number): void {
  assert(seconds !== null && seconds >= atFirst && seconds < atFirst + 60, `${seconds} s`);
}
