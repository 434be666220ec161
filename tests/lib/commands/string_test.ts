import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { Answering } from "../../_kit/answering.ts";
import { ServerError, UnexpectedReplyError } from "../../../lib/errors.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";

/** Bytes that are no UTF-8, with a zero and a line end among them. */
const BINARY = new Uint8Array([0, 255, 13, 10, 128, 65]);

commandTest("append() grows a value and answers its length", async (client) => {
  assertEquals(await client.append("k", "one"), 3);
  assertEquals(await client.append("k", BINARY), 9);
  assertEquals(await client.append("k", 7), 10);
  assertEquals(
    await client.bytes.get("k"),
    new Uint8Array([...new TextEncoder().encode("one"), ...BINARY, 55]),
  );
});

commandTest("append() refuses a key that holds no string", async (client) => {
  await client.rpush("k", "x");
  const error = await assertRejects(() => client.append("k", "x"), ServerError);
  assertEquals(error.code, "WRONGTYPE");
  assertEquals(error.command, "APPEND");
});

commandTest("incr() and decr() count by one", async (client) => {
  assertStrictEquals(await client.incr("k"), 1);
  assertStrictEquals(await client.incr("k"), 2);
  assertStrictEquals(await client.decr("k"), 1);
  assertStrictEquals(await client.decr("new"), -1);
});

commandTest("incrby() and decrby() count by numbers", async (client) => {
  assertStrictEquals(await client.incrby("k", 10), 10);
  assertStrictEquals(await client.incrby("k", -3), 7);
  assertStrictEquals(await client.decrby("k", 5), 2);
});

commandTest("incrby() and decrby() answer bigints to bigints", async (client) => {
  assertStrictEquals(await client.incrby("k", 10n), 10n);
  assertStrictEquals(await client.decrby("k", 3n), 7n);
  assertStrictEquals(await client.incrby("k", 2n ** 63n - 8n), 2n ** 63n - 1n);
});

commandTest("counters stay exact beyond 2^53", async (client) => {
  await client.set("k", Number.MAX_SAFE_INTEGER);
  assertEquals(await client.incr("k"), 9007199254740992n);
  assertEquals(await client.incrby("k", 1), 9007199254740993n);
  assertEquals(await client.decrby("k", 3), 9007199254740990);
  await client.set("k", "-9007199254740992");
  assertEquals(await client.decr("k"), -9007199254740993n);
});

commandTest("incr() refuses what is no integer, and to leave 64 bits", async (client) => {
  await client.set("k", "x");
  assertEquals((await assertRejects(() => client.incr("k"), ServerError)).code, "ERR");
  await client.set("k", 2n ** 63n - 1n);
  await assertRejects(() => client.incr("k"), ServerError, "overflow");
  await assertRejects(() => client.incrby("k", 1.5), ServerError);
});

commandTest("incrbyfloat() adds decimal numbers", async (client) => {
  await client.set("k", "10.5");
  assertEquals(await client.incrbyfloat("k", 0.25), 10.75);
  assertEquals(await client.incrbyfloat("k", -11), -0.25);
  assertEquals(await client.incrbyfloat("k", 1e21), 1e21);
  await client.set("k", "3.0e3");
  assertEquals(await client.incrbyfloat("k", 200), 3200);
  await assertRejects(() => client.incrbyfloat("k", Infinity), ServerError);
});

commandTest("incrbyfloat() answers text to text, with every digit", async (client) => {
  for (const surface of [client, client.bytes]) {
    await client.set("k", "9007199254740993");
    assertStrictEquals(await surface.incrbyfloat("k", "2"), "9007199254740995");
    assertStrictEquals(await surface.incrbyfloat("k", "0.125"), "9007199254740995.125");
    assertStrictEquals(await surface.incrbyfloat("k", "-1e3"), "9007199254739995.125");
  }
  await assertRejects(() => client.incrbyfloat("k", "1,5"), ServerError, "not a valid float");
});

commandTest("delex() deletes on a condition", { needs: "DELEX" }, async (client) => {
  await client.set("k", "x");
  assertEquals(await client.delex("k", { ifeq: "y" }), false);
  assertEquals(await client.delex("k", { ifne: "x" }), false);
  assertEquals(await client.delex("k", { ifdne: (await client.digest("k"))! }), false);
  assertEquals(await client.delex("k", { ifdeq: (await client.digest("k"))! }), true);
  assertEquals(await client.delex("k"), false);
  await client.rpush("l", "x");
  await assertRejects(() => client.delex("l", { ifeq: "x" }), ServerError);
});

commandTest(
  "delifeq() deletes a key that holds the value",
  { needs: "DELIFEQ" },
  async (client) => {
    await client.set("k", BINARY);
    assertEquals(await client.delifeq("k", "x"), false);
    assertEquals(await client.delifeq("k", BINARY), true);
    assertEquals(await client.delifeq("k", BINARY), false);
  },
);

commandTest("digest() answers hexadecimal text", { needs: "DIGEST" }, async (client) => {
  await client.set("k", "x");
  const digest = await client.digest("k");
  assertEquals(/^[0-9a-f]{16}$/.test(digest!), true);
  assertEquals(await client.bytes.digest("k"), digest);
  assertEquals(await client.digest("missing"), null);
});

// The servers that the suite usually runs on are older.
Deno.test("delex(), digest() and set() speak to Redis 8.4", async () => {
  await using server = await startFakeServer({ DELEX: 1, DIGEST: "00ff", SET: null });
  await using client = await RedisClient.create(server.url);
  const before = server.received.length;
  assertEquals(await client.delex("k"), true);
  assertEquals(await client.delex("k", { ifeq: "v" }), true);
  assertEquals(await client.delex("k", { ifdne: "00ff" }), true);
  assertEquals(await client.digest("k"), "00ff");
  assertEquals(await client.set("k", "v", { ifne: "w", ex: 5 }), null);
  assertEquals(await client.set("k", "v", { ifdeq: "00ff", get: true }), null);
  assertEquals(server.received.slice(before).map(({ args }) => args.join(" ")), [
    "DELEX k",
    "DELEX k IFEQ v",
    "DELEX k IFDNE 00ff",
    "DIGEST k",
    "SET k v IFNE w EX 5",
    "SET k v IFDEQ 00ff GET",
  ]);
});

commandTest("get() tells a missing key from an empty value", async (client) => {
  assertStrictEquals(await client.get("k"), null);
  await client.set("k", "");
  assertStrictEquals(await client.get("k"), "");
  assertEquals(await client.bytes.get("k"), new Uint8Array());
  assertStrictEquals(await client.bytes.get("missing"), null);
});

commandTest("get() and set() take any bytes in keys and values", async (client) => {
  assertEquals(await client.set(BINARY, BINARY), "OK");
  assertEquals(await client.bytes.get(BINARY), BINARY);
  await client.set("ключ", "значение 🔑");
  assertEquals(await client.get("ключ"), "значение 🔑");
  assertEquals(await client.get(new TextEncoder().encode("ключ")), "значение 🔑");
});

commandTest("get() refuses a key that holds no string", async (client) => {
  await client.hset("k", { f: "v" });
  const error = await assertRejects(() => client.get("k"), ServerError);
  assertEquals(error.code, "WRONGTYPE");
});

commandTest("getdel() answers the value and deletes the key", async (client) => {
  await client.set("k", "v");
  assertEquals(await client.getdel("k"), "v");
  assertStrictEquals(await client.getdel("k"), null);
});

commandTest("getex() changes the expiry as asked", async (client) => {
  assertStrictEquals(await client.getex("k", { ex: 100 }), null);
  await client.set("k", "v");
  assertEquals(await client.getex("k"), "v");
  assertEquals(await client.ttl("k"), -1);
  await client.getex("k", { ex: 100 });
  assertWithin(await client.pttl("k"), 90_000, 100_000);
  await client.getex("k", { px: 200_000 });
  assertWithin(await client.pttl("k"), 190_000, 200_000);
  await client.getex("k", { exat: 4133980800 });
  assertEquals(await client.expiretime("k"), 4133980800);
  await client.getex("k", { pxat: 4133980800123 });
  assertEquals(await client.pexpiretime("k"), 4133980800123);
  assertEquals(await client.getex("k", { persist: true }), "v");
  assertEquals(await client.ttl("k"), -1);
});

commandTest("getrange() and substr() cut bytes", async (client) => {
  await client.set("k", "Ada Lovelace");
  assertEquals(await client.getrange("k", 0, 2), "Ada");
  assertEquals(await client.getrange("k", -8, -1), "Lovelace");
  assertEquals(await client.getrange("k", 50, 60), "");
  assertEquals(await client.getrange("missing", 0, -1), "");
  assertEquals(await client.substr("k", 4, -1), "Lovelace");
  await client.set("k", "ü");
  assertEquals(await client.bytes.getrange("k", 0, 0), new Uint8Array([0xc3]));
});

commandTest("getset() swaps values", async (client) => {
  assertStrictEquals(await client.getset("k", "a"), null);
  assertEquals(await client.getset("k", "b"), "a");
  assertEquals(await client.get("k"), "b");
});

commandTest("lcs() finds the common subsequence", async (client) => {
  await client.mset({ "{k}1": "ohmytext", "{k}2": "mynewtext" });
  assertEquals(await client.lcs("{k}1", "{k}2"), "mytext");
  assertEquals(await client.bytes.lcs("{k}1", "{k}2"), new TextEncoder().encode("mytext"));
  assertEquals(await client.lcs("{k}1", "{k}2", { len: true }), 6);
  assertEquals(await client.lcs("{k}1", "{k}missing"), "");
});

commandTest("lcs() finds the positions of the parts", async (client) => {
  await client.mset({ "{k}1": "ohmytext", "{k}2": "mynewtext" });
  assertEquals(await client.lcs("{k}1", "{k}2", { idx: true }), {
    matches: [{ key1: [4, 7], key2: [5, 8] }, { key1: [2, 3], key2: [0, 1] }],
    length: 6,
  });
  assertEquals(
    await client.lcs("{k}1", "{k}2", { idx: true, minmatchlen: 4, withmatchlen: true }),
    { matches: [{ key1: [4, 7], key2: [5, 8], length: 4 }], length: 6 },
  );
  assertEquals((await client.bytes.lcs("{k}1", "{k}2", { idx: true })).length, 6);
  assertEquals(await client.lcs("{k}1", "{k}missing", { idx: true }), { matches: [], length: 0 });
});

commandTest("mget() keeps the order, and answers null for what is missing", async (client) => {
  await client.mset([["{k}1", "a"], ["{k}2", ""]]);
  await client.rpush("{k}3", "x");
  assertEquals(await client.mget(["{k}2", "{k}0", "{k}1", "{k}3", "{k}1"]), [
    ...["", null, "a", null, "a"],
  ]);
  assertEquals(await client.mget("{k}1"), ["a"]);
  assertEquals(await client.bytes.mget(["{k}1", "{k}0"]), [new Uint8Array([97]), null]);
});

commandTest("mget() refuses no keys before sending", async (client) => {
  await assertRejects(() => client.mget([]), RangeError, "Cannot send MGET: expected one or more");
});

commandTest("mset() takes objects, maps and pairs", async (client) => {
  assertEquals(await client.mset({ "{k}1": "a", "{k}2": 2 }), "OK");
  assertEquals(await client.mset(new Map<string | Uint8Array, bigint>([["{k}3", 3n]])), "OK");
  assertEquals(await client.mset([[new TextEncoder().encode("{k}4"), BINARY]]), "OK");
  assertEquals(await client.mget(["{k}1", "{k}2", "{k}3"]), ["a", "2", "3"]);
  assertEquals(await client.bytes.get("{k}4"), BINARY);
});

commandTest("mset() refuses what are no pairs before sending", async (client) => {
  await assertRejects(() => client.mset({}), RangeError, "expected one or more keys, got none");
  // deno-lint-ignore no-explicit-any -- what a JavaScript caller could do
  const anything = client as any;
  for (const pairs of [[["{k}1", "a", "{k}2"]], [["{k}1"]], ["{k}1", "a"], "text", null, 5]) {
    await assertRejects(() => anything.mset(pairs), TypeError, "Cannot send MSET: expected pairs");
  }
  assertEquals(await client.exists("{k}1"), 0);
});

commandTest("msetex() sets all or none, with an expiry", { needs: "MSETEX" }, async (client) => {
  assertEquals(await client.msetex({ "{k}1": "a", "{k}2": "b" }, { nx: true, ex: 100 }), true);
  assertEquals(await client.msetex({ "{k}2": "c", "{k}3": "c" }, { nx: true }), false);
  assertEquals(await client.msetex({ "{k}2": "c", "{k}3": "c" }, { xx: true }), false);
  assertWithin(await client.pttl("{k}1"), 90_000, 100_000);
  assertEquals(await client.msetex({ "{k}1": "d" }, { xx: true, keepttl: true }), true);
  assertWithin(await client.pttl("{k}1"), 90_000, 100_000);
  assertEquals(await client.msetex({ "{k}1": "e" }, { px: 200_000 }), true);
  assertWithin(await client.pttl("{k}1"), 190_000, 200_000);
  assertEquals(await client.msetex({ "{k}1": "f" }, { exat: 4133980800 }), true);
  assertEquals(await client.expiretime("{k}1"), 4133980800);
  assertEquals(await client.msetex({ "{k}1": "g" }, { pxat: 4133980800123 }), true);
  assertEquals(await client.pexpiretime("{k}1"), 4133980800123);
  assertEquals(await client.msetex({ "{k}1": "h" }), true);
  assertEquals(await client.ttl("{k}1"), -1);
  await assertRejects(() => client.msetex({}), RangeError);
});

commandTest("msetnx() sets all or none", async (client) => {
  assertEquals(await client.msetnx({ "{k}1": "a", "{k}2": "b" }), true);
  assertEquals(await client.msetnx({ "{k}2": "c", "{k}3": "c" }), false);
  assertEquals(await client.mget(["{k}2", "{k}3"]), ["b", null]);
});

commandTest("setex() and psetex() set an expiry", async (client) => {
  assertEquals(await client.setex("k", 100, "a"), "OK");
  assertWithin(await client.pttl("k"), 90_000, 100_000);
  assertEquals(await client.psetex("k", 200_000, "b"), "OK");
  assertWithin(await client.pttl("k"), 190_000, 200_000);
  assertEquals(await client.get("k"), "b");
  await assertRejects(() => client.setex("k", 0, "c"), ServerError);
});

commandTest("set() obeys nx and xx", async (client) => {
  assertStrictEquals(await client.set("k", "a", { xx: true }), null);
  assertEquals(await client.set("k", "a", { nx: true }), "OK");
  assertStrictEquals(await client.set("k", "b", { nx: true }), null);
  assertEquals(await client.set("k", "b", { xx: true }), "OK");
  assertEquals(await client.get("k"), "b");
});

commandTest("set() answers the old value with get", async (client) => {
  assertStrictEquals(await client.set("k", "a", { get: true }), null);
  assertEquals(await client.set("k", "b", { get: true }), "a");
  assertEquals(await client.set("k", "c", { get: true, nx: true }), "b");
  assertEquals(await client.get("k"), "b");
  assertEquals(await client.bytes.set("k", "OK", { get: true }), new Uint8Array([98]));
  assertEquals(await client.set("k", "d", { get: true }), "OK");
  await client.rpush("l", "x");
  await assertRejects(() => client.set("l", "x", { get: true }), ServerError, "WRONGTYPE");
});

commandTest("set() sets and keeps expiries", async (client) => {
  await client.set("k", "a", { ex: 100 });
  assertWithin(await client.pttl("k"), 90_000, 100_000);
  await client.set("k", "b", { keepttl: true });
  assertWithin(await client.pttl("k"), 90_000, 100_000);
  await client.set("k", "c", { px: 200_000 });
  assertWithin(await client.pttl("k"), 190_000, 200_000);
  await client.set("k", "d", { exat: 4133980800 });
  assertEquals(await client.expiretime("k"), 4133980800);
  await client.set("k", "e", { pxat: 4133980800123 });
  assertEquals(await client.pexpiretime("k"), 4133980800123);
  await client.set("k", "f");
  assertEquals(await client.ttl("k"), -1);
});

commandTest("set() obeys ifeq", { needs: "SET IFEQ" }, async (client) => {
  assertStrictEquals(await client.set("k", "b", { ifeq: "a" }), null);
  await client.set("k", "a");
  assertEquals(await client.set("k", "b", { ifeq: "a", ex: 100 }), "OK");
  assertStrictEquals(await client.set("k", "c", { ifeq: "a" }), null);
  assertEquals(await client.set("k", "c", { ifeq: "b", get: true }), "b");
});

commandTest(
  "set() obeys ifne, ifdeq and ifdne",
  { needs: ["SET IFNE", "DIGEST"] },
  async (client) => {
    assertEquals(await client.set("k", "a", { ifne: "x" }), "OK");
    assertStrictEquals(await client.set("k", "b", { ifne: "a" }), null);
    const digest = (await client.digest("k"))!;
    assertStrictEquals(await client.set("k", "b", { ifdne: digest }), null);
    assertEquals(await client.set("k", "b", { ifdeq: digest }), "OK");
    assertStrictEquals(await client.set("k", "c", { ifdeq: digest }), null);
  },
);

commandTest("set() takes numbers, bigints and bytes", async (client) => {
  for (const value of [0, -1.5, 1e21, 2n ** 70n, Infinity]) {
    await client.set("k", value);
    assertEquals(await client.get("k"), value === Infinity ? "inf" : String(value));
  }
  await client.set("k", BINARY.subarray(1, 3));
  assertEquals(await client.bytes.get("k"), new Uint8Array([255, 13]));
});

commandTest("set() refuses what cannot be sent, before sending", async (client) => {
  // deno-lint-ignore no-explicit-any -- what a JavaScript caller could do
  const anything = client as any;
  for (const value of [undefined, null, {}, true, NaN, "\ud800"]) {
    await assertRejects(() => anything.set("k", value), TypeError);
  }
  assertEquals(await client.exists("k"), 0);
});

commandTest("setnx() sets once", async (client) => {
  assertEquals(await client.setnx("k", "a"), true);
  assertEquals(await client.setnx("k", "b"), false);
  assertEquals(await client.get("k"), "a");
});

commandTest("setrange() overwrites and pads", async (client) => {
  await client.set("k", "hello world");
  assertEquals(await client.setrange("k", 6, "redis"), 11);
  assertEquals(await client.get("k"), "hello redis");
  assertEquals(await client.setrange("new", 2, "x"), 3);
  assertEquals(await client.bytes.get("new"), new Uint8Array([0, 0, 120]));
  await assertRejects(() => client.setrange("k", -1, "x"), ServerError);
});

commandTest("strlen() counts bytes", async (client) => {
  assertEquals(await client.strlen("k"), 0);
  await client.set("k", "Zürich");
  assertEquals(await client.strlen("k"), 7);
});

commandTest("values on a bytes view are Uint8Array throughout", async (client) => {
  const { bytes } = client;
  await bytes.set("k", "v");
  assertInstanceOf(await bytes.get("k"), Uint8Array);
  assertInstanceOf(await bytes.getex("k"), Uint8Array);
  assertInstanceOf(await bytes.getset("k", "w"), Uint8Array);
  assertInstanceOf(await bytes.getdel("k"), Uint8Array);
  assertEquals(await bytes.set("k", "v"), "OK");
  assertEquals(await bytes.incrbyfloat("n", 1.5), 1.5);
});

function assertWithin(actual: number, low: number, high: number): void {
  assertEquals(actual > low && actual <= high, true, `${actual} is not in (${low}, ${high}]`);
}

/** Never called: the compiler says that counters may be larger than numbers are exact. */
async function _typed(client: CommandClient): Promise<void> {
  const increment: number | bigint = await client.incr("k");
  const sum: bigint = await client.incrby("k", 1n);
  const either: number | bigint = await client.incrby("k", increment);
  const exact: string = await client.incrbyfloat("k", "0.1");
  const rounded: number = await client.incrbyfloat("k", 0.1);
  // @ts-expect-error: a counter may be a bigint.
  const counter: number = await client.incr("k");
  // @ts-expect-error: as well if the increment is a number.
  const sumOfNumber: number = await client.incrby("k", 1);
  void [sum, either, exact, rounded, counter, sumOfNumber];
}

// Redis 8.8 by its public documentation: https://redis.io/docs/latest/commands/increx/
Deno.test("increx() adds within bounds (Redis 8.8)", async () => {
  const client = new Answering().answer([6, 5]);
  const time = new Date(1_700_000_000_500);
  const options = { byint: 5, lbound: 0, ubound: 10, saturate: true, exat: time, enx: true };
  assertEquals(await client.increx("k", options), [6, 5]);
  assertEquals(client.words, [
    ...["INCREX", "k", "BYINT", 5, "LBOUND", 0, "UBOUND", 10, "SATURATE", "EXAT", 1_700_000_001],
    "ENX",
  ]);
  // A fraction is a bulk string in RESP2, a double in RESP3.
  for (const reply of [["1.5", "0.5"], [1.5, 0.5]]) {
    assertEquals(await client.answer(reply).increx("k", { byfloat: 0.5 }), [1.5, 0.5]);
  }
  assertEquals(client.words, ["INCREX", "k", "BYFLOAT", 0.5]);
  await assertRejects(() => client.answer([1]).increx("k"), UnexpectedReplyError);
});
