import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ByteMap } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest } from "../../_kit/command_tests.ts";

/** A Unix time in seconds, far in the future. */
const FUTURE = 4133980800;
const text = new TextEncoder();

commandTest("hset() counts new fields only", async (client) => {
  assertEquals(await client.hset("k", { a: "1", b: 2 }), 2);
  assertEquals(await client.hset("k", { b: 3n, c: new Uint8Array([255]) }), 1);
  assertEquals(await client.hmget("k", ["a", "b"]), ["1", "3"]);
  assertEquals(await client.bytes.hget("k", "c"), new Uint8Array([255]));
});

commandTest("hset() takes maps and pairs, with bytes for names", async (client) => {
  assertEquals(await client.hset("k", new Map([["a", "1"]])), 1);
  assertEquals(await client.hset("k", [[new Uint8Array([0, 255]), "2"], ["", ""]]), 2);
  assertEquals(await client.hget("k", new Uint8Array([0, 255])), "2");
  assertStrictEquals(await client.hget("k", ""), "");
});

commandTest("hset() refuses no fields before sending", async (client) => {
  await assertRejects(
    () => client.hset("k", {}),
    RangeError,
    "Cannot send HSET: expected one or more fields, got none",
  );
});

commandTest("hash commands refuse a key that holds no hash", async (client) => {
  await client.set("k", "x");
  for (
    const attempt of [
      () => client.hset("k", { a: 1 }),
      () => client.hget("k", "a"),
      () => client.hgetall("k"),
      () => client.hscan("k", "0"),
      () => client.hscanIterator("k").next(),
    ]
  ) {
    const error = await assertRejects(attempt, ServerError);
    assertEquals(error.code, "WRONGTYPE");
  }
});

commandTest("hdel() deletes fields, and the hash with the last one", async (client) => {
  await client.hset("k", { a: 1, b: 2 });
  assertEquals(await client.hdel("k", ["a", "x"]), 1);
  assertEquals(await client.hdel("k", "b"), 1);
  assertEquals(await client.type("k"), "none");
  await assertRejects(() => client.hdel("k", []), RangeError);
});

commandTest("hexists(), hlen() and hstrlen() look at fields", async (client) => {
  assertEquals(await client.hexists("k", "a"), false);
  assertEquals(await client.hlen("k"), 0);
  assertEquals(await client.hstrlen("k", "a"), 0);
  await client.hset("k", { a: "Zürich" });
  assertEquals(await client.hexists("k", "a"), true);
  assertEquals(await client.hlen("k"), 1);
  assertEquals(await client.hstrlen("k", "a"), 7);
});

commandTest("hget() and hmget() answer null for what is missing", async (client) => {
  assertStrictEquals(await client.hget("k", "a"), null);
  assertEquals(await client.hmget("k", ["a", "b"]), [null, null]);
  await client.hset("k", { a: "1" });
  assertEquals(await client.hmget("k", ["b", "a"]), [null, "1"]);
  assertEquals(await client.hmget("k", "a"), ["1"]);
  assertEquals(await client.bytes.hmget("k", ["b", "a"]), [null, text.encode("1")]);
});

commandTest("hgetall() answers a record without a prototype", async (client) => {
  await client.hset("k", [["a", "1"], ["__proto__", "2"], ["toString", "3"]]);
  const fields = await client.hgetall("k");
  assertStrictEquals(Object.getPrototypeOf(fields), null);
  assertEquals(Object.entries(fields).sort(), [["__proto__", "2"], ["a", "1"], ["toString", "3"]]);
  assertEquals(Object.keys(await client.hgetall("missing")), []);
});

commandTest("hgetall() answers a map on a bytes view", async (client) => {
  await client.hset("k", [[new Uint8Array([0, 255]), new Uint8Array([128])]]);
  const fields = await client.bytes.hgetall("k");
  assertEquals([...fields], [[new Uint8Array([0, 255]), new Uint8Array([128])]]);
  assertEquals(await client.bytes.hgetall("missing"), new ByteMap());
});

commandTest("hincrby() counts in numbers and bigints", async (client) => {
  assertStrictEquals(await client.hincrby("k", "a", 5), 5);
  assertStrictEquals(await client.hincrby("k", "a", -7), -2);
  assertStrictEquals(await client.hincrby("k", "a", 3n), 1n);
  await client.hset("k", { a: Number.MAX_SAFE_INTEGER });
  assertEquals(await client.hincrby("k", "a", 2), 9007199254740993n);
  await client.hset("k", { a: "x" });
  await assertRejects(() => client.hincrby("k", "a", 1), ServerError);
});

commandTest("hincrbyfloat() adds decimal numbers", async (client) => {
  assertEquals(await client.hincrbyfloat("k", "a", 10.5), 10.5);
  assertEquals(await client.hincrbyfloat("k", "a", -0.25), 10.25);
});

commandTest("hincrbyfloat() answers text to text, with every digit", async (client) => {
  for (const surface of [client, client.bytes]) {
    await client.hset("k", { a: "9007199254740993" });
    assertStrictEquals(await surface.hincrbyfloat("k", "a", "2"), "9007199254740995");
    assertStrictEquals(await surface.hincrbyfloat("k", "a", "0.125"), "9007199254740995.125");
  }
  await assertRejects(() => client.hincrbyfloat("k", "a", "1,5"), ServerError, "float");
});

commandTest("hkeys() and hvals() list", async (client) => {
  assertEquals(await client.hkeys("k"), []);
  assertEquals(await client.hvals("k"), []);
  await client.hset("k", { a: "1", b: "2" });
  assertEquals((await client.hkeys("k")).sort(), ["a", "b"]);
  assertEquals((await client.hvals("k")).sort(), ["1", "2"]);
  assertEquals((await client.bytes.hkeys("k")).length, 2);
});

commandTest("hmset() sets fields", async (client) => {
  assertEquals(await client.hmset("k", { a: 1 }), "OK");
  assertEquals(await client.hget("k", "a"), "1");
});

commandTest("hrandfield() picks fields", async (client) => {
  assertStrictEquals(await client.hrandfield("k"), null);
  assertEquals(await client.hrandfield("k", 2), []);
  assertEquals(await client.hrandfield("k", 2, { withvalues: true }), []);
  await client.hset("k", { a: "1", b: "2" });
  assert(["a", "b"].includes((await client.hrandfield("k"))!));
  assertEquals((await client.hrandfield("k", 5)).sort(), ["a", "b"]);
  assertEquals((await client.hrandfield("k", -5)).length, 5);
  assertEquals((await client.hrandfield("k", 5, { withvalues: true })).sort(), [
    ...[["a", "1"] as [string, string], ["b", "2"] as [string, string]],
  ]);
  assertEquals((await client.bytes.hrandfield("k", -3, { withvalues: true })).length, 3);
});

commandTest("hscan() reads pages of fields with values", async (client) => {
  await client.hset("k", { a1: "1", a2: "2", b1: "3" });
  const page = await client.hscan("k", "0", { match: "a*", count: 100 });
  assertEquals(page.cursor, "0");
  assertEquals(page.items.sort(), [["a1", "1"], ["a2", "2"]]);
  assertEquals(await client.hscan("missing", 0), { cursor: "0", items: [] });
  assertEquals((await client.bytes.hscan("k", 0, { match: "b*" })).items, [
    [text.encode("b1"), text.encode("3")],
  ]);
});

commandTest("hscan() leaves the values out", { needs: "HSCAN NOVALUES" }, async (client) => {
  await client.hset("k", { a: "1", b: "2" });
  const page = await client.hscan("k", "0", { novalues: true });
  assertEquals(page.items.sort(), ["a", "b"]);
  const found: string[] = [];
  for await (const field of client.hscanIterator("k", { novalues: true })) found.push(field);
  assertEquals(found.sort(), ["a", "b"]);
});

commandTest("hscanIterator() yields every field of a large hash", async (client) => {
  const entries = Array.from({ length: 1000 }, (_, i) => [`f${i}`, i] as const);
  await client.hset("k", entries);
  const found = new Map<string, string>();
  for await (const [field, value] of client.hscanIterator("k", { count: 10 })) {
    found.set(field, value);
  }
  assertEquals(found.size, 1000);
  assertEquals(found.get("f999"), "999");
  let seen = 0;
  for await (const _ of client.hscanIterator("k", { match: "f99*" })) if (++seen === 5) break;
  assertEquals(seen, 5);
});

commandTest("hsetnx() sets once", async (client) => {
  assertEquals(await client.hsetnx("k", "a", "1"), true);
  assertEquals(await client.hsetnx("k", "a", "2"), false);
  assertEquals(await client.hget("k", "a"), "1");
});

commandTest("hexpire() and its kin set expiries", { needs: "HEXPIRE" }, async (client) => {
  await client.hset("k", { a: 1, b: 2 });
  assertEquals(await client.hexpire("k", 100, ["a", "x"]), [1, -2]);
  assert((await client.httl("k", "a"))[0] > 90);
  assertEquals(await client.hpexpire("k", 200_000, "a"), [1]);
  assert((await client.hpttl("k", "a"))[0] > 190_000);
  assertEquals(await client.hexpireat("k", FUTURE, ["a"]), [1]);
  assertEquals(await client.hexpiretime("k", ["a", "b", "x"]), [FUTURE, -1, -2]);
  assertEquals(await client.hpexpireat("k", FUTURE * 1000 + 5, ["a"]), [1]);
  assertEquals(await client.hpexpiretime("k", ["a", "b", "x"]), [FUTURE * 1000 + 5, -1, -2]);
  assertEquals(await client.hexpire("k", 0, "b"), [2]);
  assertEquals(await client.hexists("k", "b"), false);
  assertEquals(await client.hpersist("k", ["a", "x"]), [1, -2]);
  assertEquals(await client.hpersist("k", "a"), [-1]);
});

commandTest("hexpire() and its kin obey conditions", { needs: "HEXPIRE" }, async (client) => {
  await client.hset("k", { a: 1 });
  assertEquals(await client.hexpire("k", 100, "a", { xx: true }), [0]);
  assertEquals(await client.hexpire("k", 100, "a", { gt: true }), [0]);
  assertEquals(await client.hexpire("k", 100, "a", { nx: true }), [1]);
  assertEquals(await client.hpexpire("k", 200_000, "a", { lt: true }), [0]);
  assertEquals(await client.hexpireat("k", FUTURE, "a", { gt: true }), [1]);
  assertEquals(await client.hpexpireat("k", FUTURE * 1000, "a", { nx: true }), [0]);
});

commandTest("field expiries answer −2 for a missing key", { needs: "HEXPIRE" }, async (client) => {
  assertEquals(await client.hexpire("k", 100, ["a", "b"]), [-2, -2]);
  assertEquals(await client.httl("k", "a"), [-2]);
  assertEquals(await client.hpttl("k", "a"), [-2]);
  assertEquals(await client.hexpiretime("k", "a"), [-2]);
  assertEquals(await client.hpersist("k", "a"), [-2]);
  await assertRejects(() => client.httl("k", []), RangeError);
});

commandTest("hgetdel() takes fields", { needs: "HGETDEL" }, async (client) => {
  assertEquals(await client.hgetdel("k", ["a"]), [null]);
  await client.hset("k", { a: 1, b: 2 });
  assertEquals(await client.hgetdel("k", ["a", "x"]), ["1", null]);
  assertEquals(await client.bytes.hgetdel("k", "b"), [text.encode("2")]);
  assertEquals(await client.exists("k"), 0);
});

commandTest("hgetex() changes expiries as asked", { needs: "HGETEX" }, async (client) => {
  assertEquals(await client.hgetex("k", ["a"], { ex: 10 }), [null]);
  await client.hset("k", { a: 1, b: 2 });
  assertEquals(await client.hgetex("k", ["a", "x"], { ex: 100 }), ["1", null]);
  assert((await client.hpttl("k", "a"))[0] > 90_000);
  assertEquals(await client.hgetex("k", "a", { px: 200_000 }), ["1"]);
  assert((await client.hpttl("k", "a"))[0] > 190_000);
  await client.hgetex("k", "a", { exat: FUTURE });
  assertEquals(await client.hexpiretime("k", "a"), [FUTURE]);
  await client.hgetex("k", "a", { pxat: FUTURE * 1000 + 5 });
  assertEquals(await client.hpexpiretime("k", "a"), [FUTURE * 1000 + 5]);
  assertEquals(await client.hgetex("k", "a"), ["1"]);
  assertEquals(await client.hpexpiretime("k", "a"), [FUTURE * 1000 + 5]);
  await client.hgetex("k", "a", { persist: true });
  assertEquals(await client.httl("k", "a"), [-1]);
});

commandTest("hsetex() sets all or none, with an expiry", { needs: "HSETEX" }, async (client) => {
  assertEquals(await client.hsetex("k", { a: 1, b: 2 }, { ex: 100, fnx: true }), true);
  assert((await client.hpttl("k", "b"))[0] > 90_000);
  assertEquals(await client.hsetex("k", { b: 3, c: 3 }, { fnx: true }), false);
  assertEquals(await client.hsetex("k", { b: 3, c: 3 }, { fxx: true }), false);
  assertEquals(await client.hsetex("k", { b: 3 }, { fxx: true, keepttl: true }), true);
  assert((await client.hpttl("k", "b"))[0] > 90_000);
  await client.hsetex("k", { b: 4 }, { px: 200_000 });
  assert((await client.hpttl("k", "b"))[0] > 190_000);
  await client.hsetex("k", { b: 4 }, { exat: FUTURE });
  assertEquals(await client.hexpiretime("k", "b"), [FUTURE]);
  await client.hsetex("k", { b: 5 }, { pxat: FUTURE * 1000 + 5 });
  assertEquals(await client.hpexpiretime("k", "b"), [FUTURE * 1000 + 5]);
  await client.hsetex("k", [["b", new Uint8Array([255])]]);
  assertEquals(await client.httl("k", "b"), [-1]);
  assertEquals(await client.bytes.hget("k", "b"), new Uint8Array([255]));
  await assertRejects(() => client.hsetex("k", {}), RangeError);
});

commandTest("hsetex() obeys nx and xx", { needs: "HSETEX NX" }, async (client) => {
  assertEquals(await client.hsetex("k", { a: 1 }, { xx: true }), false);
  assertEquals(await client.hsetex("k", { a: 1 }, { nx: true }), true);
  assertEquals(await client.hsetex("k", { b: 1 }, { nx: true }), false);
  assertEquals(await client.hsetex("k", { b: 1 }, { xx: true, fnx: true }), true);
});
