import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ByteMap } from "../../../lib/commands/mod.ts";
import {
  toPendingEntries,
  toPendingSummary,
  toStreamDetails,
  toStreamInfo,
} from "../../../lib/commands/_stream_info.ts";
import { toDeliveriesOrNull, toStreamEntries } from "../../../lib/commands/_stream_entries.ts";
import { ServerError, UnexpectedReplyError } from "../../../lib/errors.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { RedisClient } from "../../../standalone/mod.ts";
import { type CommandClient, commandTest } from "../../_kit/command_tests.ts";

const text = new TextEncoder();

/** For commands that are newer than the servers that the command table was made from. */
const NOT_IN_TABLE = { cluster: "the command table does not say where their keys are" };

/** Makes a stream `k` with entries 1-0 to 3-0 and a group `g` in which Ada has the first two of them. */
async function addDeliveredEntries(client: CommandClient): Promise<void> {
  await client.xgroupCreate("k", "g", "0", { mkstream: true });
  for (const id of ["1-0", "2-0", "3-0"]) await client.xadd("k", id, { n: id[0] });
  const reads = await client.xreadgroup("g", "Ada", { k: ">" }, { count: 2 });
  assertEquals(reads?.[0].entries.length, 2);
}

commandTest("xadd() adds entries, and answers their ids", async (client) => {
  assertEquals(await client.xadd("k", "1-1", { a: 1, b: "two" }), "1-1");
  assertEquals(await client.xadd("k", "1-*", [["a", new Uint8Array([0, 255])]]), "1-2");
  assertEquals(await client.xadd("k", 2, new Map([["c", 3n]])), "2-0");
  assert((await client.xadd("k", "*", { d: 4 })) > "1");
  assertEquals(await client.xlen("k"), 4);
  assertEquals(await client.xrange("k", "-", "1-1"), [{ id: "1-1", fields: { a: "1", b: "two" } }]);
  await assertRejects(() => client.xadd("k", "*", {}), RangeError, "expected one or more fields");
  await assertRejects(() => client.xadd("k", "1-0", { a: 1 }), ServerError, "smaller");
  await assertRejects(
    () => client.xadd("k", "nonsense", { a: 1 }),
    ServerError,
    "Invalid stream ID",
  );
});

commandTest("xadd() leaves streams alone that do not exist", async (client) => {
  assertStrictEquals(await client.xadd("k", "*", { a: 1 }, { nomkstream: true }), null);
  assertEquals(await client.exists("k"), 0);
  await client.xadd("k", "1-0", { a: 1 });
  assertEquals(await client.xadd("k", "2-0", { a: 1 }, { nomkstream: true }), "2-0");
});

commandTest("xadd() and xtrim() trim", async (client) => {
  for (let i = 1; i <= 5; i++) await client.xadd("k", `${i}-0`, { i });
  await client.xadd("k", "6-0", { i: 6 }, { maxlen: 3 });
  assertEquals((await client.xrange("k", "-", "+")).map(({ id }) => id), ["4-0", "5-0", "6-0"]);
  await client.xadd("k", "7-0", { i: 7 }, { minid: 6 });
  assertEquals(await client.xlen("k"), 2);
  await client.xadd("k", "8-0", { i: 8 }, { maxlen: 1, approximate: true, limit: 10 });
  assertEquals(await client.xlen("k"), 3, "one node is not broken up");
  assertEquals(await client.xtrim("k", { minid: "8-0", approximate: true }), 0);
  assertEquals(await client.xtrim("k", { maxlen: 2 }), 1);
  assertEquals(await client.xtrim("k", { minid: "8" }), 1);
  assertEquals(await client.xtrim("missing", { maxlen: 0 }), 0);
});

commandTest("xtrim() stops at a limit", async (client) => {
  await Promise.all(Array.from({ length: 500 }, (_, i) => client.xadd("k", "*", { i })));
  const trimmed = await client.xtrim("k", { maxlen: 0, approximate: true, limit: 250 });
  assert(trimmed > 0 && trimmed <= 250, String(trimmed));
  assertEquals(await client.xlen("k"), 500 - trimmed);
});

commandTest("stream commands refuse a key that holds no stream", async (client) => {
  await client.set("k", "x");
  for (
    const attempt of [
      () => client.xack("k", "g", "1-0"),
      () => client.xadd("k", "*", { a: 1 }),
      () => client.xautoclaim("k", "g", "c", 0, "0"),
      () => client.xclaim("k", "g", "c", 0, "1-0"),
      () => client.xdel("k", "1-0"),
      () => client.xgroupCreate("k", "g", "$"),
      () => client.xgroupCreateconsumer("k", "g", "c"),
      () => client.xgroupDelconsumer("k", "g", "c"),
      () => client.xgroupDestroy("k", "g"),
      () => client.xgroupSetid("k", "g", "0"),
      () => client.xinfoConsumers("k", "g"),
      () => client.xinfoGroups("k"),
      () => client.xinfoStream("k"),
      () => client.xlen("k"),
      () => client.xpending("k", "g"),
      () => client.xrange("k", "-", "+"),
      () => client.xread({ k: "0" }),
      () => client.xreadgroup("g", "c", { k: ">" }),
      () => client.xrevrange("k", "+", "-"),
      () => client.xsetid("k", "1-0"),
      () => client.xtrim("k", { maxlen: 0 }),
    ]
  ) {
    assertEquals((await assertRejects(attempt, ServerError)).code, "WRONGTYPE", String(attempt));
  }
});

commandTest("xrange() and xrevrange() answer ranges", async (client) => {
  assertEquals(await client.xrange("k", "-", "+"), []);
  assertEquals(await client.xrevrange("k", "+", "-"), []);
  for (const i of [1, 2, 3]) await client.xadd("k", `${i}-0`, { i });
  const entry = (i: number) => ({ id: `${i}-0`, fields: { i: String(i) } });
  assertEquals(await client.xrange("k", "(1-0", "+"), [entry(2), entry(3)]);
  assertEquals(await client.xrange("k", 2, 2), [entry(2)]);
  assertEquals(await client.xrange("k", "-", "+", { count: 1 }), [entry(1)]);
  assertEquals(await client.xrange("k", "-", "+", { count: 0 }), []);
  assertEquals(await client.xrevrange("k", "(3-0", "-"), [entry(2), entry(1)]);
  assertEquals(await client.xrevrange("k", "+", "-", { count: 1 }), [entry(3)]);
});

commandTest(
  "entries have their fields as a record, or as a Map on a bytes view",
  async (client) => {
    const [name, value] = [new Uint8Array([1, 255]), new Uint8Array([0])];
    await client.xadd("k", "1-0", [[name, value]]);
    await client.xadd("k", "2-0", [["same", "first"], ["same", "last"]]);
    const [binary, repeated] = await client.bytes.xrange("k", "-", "+");
    assertEquals(binary, { id: "1-0", fields: new ByteMap([[name, value]]) });
    assertEquals([...repeated.fields.values()], [text.encode("first"), text.encode("last")]);
    const [{ fields }] = await client.xrange("k", 2, 2);
    assertEquals({ ...fields }, { same: "last" });
    assertStrictEquals(Object.getPrototypeOf(fields), null);
  },
);

commandTest("xdel() deletes entries", async (client) => {
  await client.xadd("k", "1-0", { a: 1 });
  assertEquals(await client.xdel("k", ["1-0", "2-0"]), 1);
  assertEquals(await client.xlen("k"), 0);
  assertEquals(await client.exists("k"), 1);
  await assertRejects(() => client.xdel("k", []), RangeError, "expected one or more ids");
});

commandTest("xread() reads several streams", async (client) => {
  assertStrictEquals(await client.xread({ "{k}1": "0" }), null);
  await client.xadd("{k}1", "1-0", { a: 1 });
  await client.xadd("{k}1", "2-0", { a: 2 });
  await client.xadd("{k}2", "5-0", { b: 1 });
  assertEquals(await client.xread({ "{k}1": "1-0", "{k}2": 0, "{k}missing": "$" }), [
    { key: "{k}1", entries: [{ id: "2-0", fields: { a: "2" } }] },
    { key: "{k}2", entries: [{ id: "5-0", fields: { b: "1" } }] },
  ]);
  assertEquals(await client.xread([["{k}1", "0"]], { count: 1 }), [
    { key: "{k}1", entries: [{ id: "1-0", fields: { a: "1" } }] },
  ]);
  assertEquals(await client.bytes.xread(new Map([["{k}2", "0"]])), [{
    key: text.encode("{k}2"),
    entries: [{ id: "5-0", fields: new ByteMap([[text.encode("b"), text.encode("1")]]) }],
  }]);
  assertStrictEquals(await client.xread({ "{k}1": "2-0", "{k}2": "$" }), null);
  await assertRejects(() => client.xread({}), RangeError, "expected one or more streams");
});

commandTest(
  "xread() and xreadgroup() answer each read of a stream that is named twice",
  async (client) => {
    await addDeliveredEntries(client);
    const [old, new_] = ["1-0", "3-0"].map((id) => ({ id, fields: { n: id[0] } }));
    assertEquals(await client.xread([["k", "2-0"], ["k", "0"]], { count: 1 }), [
      { key: "k", entries: [new_] },
      { key: "k", entries: [old] },
    ]);
    assertEquals(await client.xreadgroup("g", "Ada", [["k", "0"], ["k", ">"]], { count: 1 }), [
      { key: "k", entries: [old] },
      { key: "k", entries: [new_] },
    ]);
  },
);

commandTest(
  "xread() answers each read of streams whose names become the same text",
  async (client) => {
    const keys = [0xff, 0xfe].map((byte) => new Uint8Array([...text.encode("{k}"), byte]));
    for (const [i, key] of keys.entries()) await client.xadd(key, "1-0", { i });
    assertEquals(
      await client.xread(keys.map((key) => [key, 0] as const)),
      [0, 1].map((i) => (
        { key: "{k}\ufffd", entries: [{ id: "1-0", fields: { i: `${i}` } }] }
      )),
    );
  },
);

commandTest(
  "a field that an entry has twice is there twice in bytes, and in the plain reply",
  async (client) => {
    await client.xadd("k", "1-0", [["a", 1], ["a", 2], ["b", 3]]);
    const [entry] = await client.xrange("k", "-", "+");
    assertEquals({ ...entry.fields }, { a: "2", b: "3" });
    const [{ fields }] = await client.bytes.xrange("k", "-", "+");
    assertEquals(
      [...fields] as Uint8Array[][],
      [["a", "1"], ["a", "2"], ["b", "3"]].map((pair) => pair.map((word) => text.encode(word))),
    );
    assertEquals(await client.customCommand(["XRANGE", "k", "-", "+"]), [["1-0", [
      "a",
      "1",
      "a",
      "2",
      "b",
      "3",
    ]]]);
  },
);

commandTest("xread() answers null when its time is over", async (client) => {
  await client.xadd("k", "1-0", { a: 1 });
  assertStrictEquals(await client.xread({ k: "$" }, { block: 20 }), null);
});

commandTest("xread() gets what is added while it waits", async (client) => {
  await client.xadd("k", "1-0", { a: 1 });
  const waiting = client.xread({ k: "1-0" }, { block: 10_000 });
  await client.xadd("k", "2-0", { a: 2 });
  assertEquals(await waiting, [{ key: "k", entries: [{ id: "2-0", fields: { a: "2" } }] }]);
});

commandTest("xgroupCreate() and xgroupDestroy() manage groups", async (client) => {
  await assertRejects(() => client.xgroupCreate("k", "g", "$"), ServerError, "MKSTREAM");
  assertEquals(await client.xgroupCreate("k", "g", "$", { mkstream: true }), "OK");
  const error = await assertRejects(() => client.xgroupCreate("k", "g", 0), ServerError);
  assertEquals(error.code, "BUSYGROUP");
  await client.xadd("k", "1-0", { a: 1 });
  assertEquals(await client.xgroupCreate("k", "late", "1-0", { entriesread: 1 }), "OK");
  const groups = await client.xinfoGroups("k");
  assertEquals(groups.map(({ name, lag }) => [name, lag]), [["g", 1], ["late", 0]]);
  assertEquals(await client.xgroupDestroy("k", "g"), true);
  assertEquals(await client.xgroupDestroy("k", "g"), false);
});

commandTest("xgroupSetid() moves a group", async (client) => {
  await client.xgroupCreate("k", "g", "$", { mkstream: true });
  for (const i of [1, 2]) await client.xadd("k", `${i}-0`, { i });
  assertEquals(await client.xgroupSetid("k", "g", "1-0", { entriesread: 1 }), "OK");
  const [group] = await client.xinfoGroups("k");
  assertEquals([group.lastDeliveredId, group.entriesRead, group.lag], ["1-0", 1, 1]);
  assertEquals(await client.xgroupSetid("k", "g", "$"), "OK");
  assertStrictEquals(await client.xreadgroup("g", "Ada", { k: ">" }), null);
  const error = await assertRejects(() => client.xgroupSetid("k", "none", 0), ServerError);
  assertEquals(error.code, "NOGROUP");
});

commandTest("xgroupCreateconsumer() and xgroupDelconsumer() manage consumers", async (client) => {
  await addDeliveredEntries(client);
  assertEquals(await client.xgroupCreateconsumer("k", "g", "Grace"), true);
  assertEquals(await client.xgroupCreateconsumer("k", "g", "Grace"), false);
  assertEquals(await client.xgroupDelconsumer("k", "g", "Ada"), 2);
  assertEquals(await client.xgroupDelconsumer("k", "g", "Ada"), 0);
  assertEquals((await client.xinfoConsumers("k", "g")).map(({ name }) => name), ["Grace"]);
});

commandTest("xreadgroup() shares new entries out", async (client) => {
  await addDeliveredEntries(client);
  assertEquals(await client.xreadgroup("g", "Grace", { k: ">" }, { block: 1000 }), [
    { key: "k", entries: [{ id: "3-0", fields: { n: "3" } }] },
  ]);
  assertStrictEquals(await client.xreadgroup("g", "Grace", { k: ">" }), null);
  assertStrictEquals(await client.xreadgroup("g", "Grace", { k: ">" }, { block: 20 }), null);
  const error = await assertRejects(() => client.xreadgroup("no", "Ada", { k: ">" }), ServerError);
  assertEquals(error.code, "NOGROUP");
  await assertRejects(() => client.xreadgroup("g", "Ada", []), RangeError);
});

commandTest(
  "xreadgroup() answers what is pending, deleted entries without fields",
  async (client) => {
    await addDeliveredEntries(client);
    await client.xdel("k", "1-0");
    assertEquals(await client.xreadgroup("g", "Ada", { k: "0" }), [{
      key: "k",
      entries: [{ id: "1-0", fields: null }, { id: "2-0", fields: { n: "2" } }],
    }]);
    assertEquals(await client.xreadgroup("g", "Ada", { k: "2-0" }), [{ key: "k", entries: [] }]);
  },
);

commandTest("xreadgroup() counts entries as acknowledged", async (client) => {
  await addDeliveredEntries(client);
  const reads = await client.xreadgroup("g", "Grace", { k: ">" }, { noack: true, count: 5 });
  assertEquals(reads?.[0].entries.map(({ id }) => id), ["3-0"]);
  assertEquals((await client.xpending("k", "g")).count, 2);
});

commandTest("xack() acknowledges", async (client) => {
  assertEquals(await client.xack("missing", "g", "1-0"), 0);
  await addDeliveredEntries(client);
  assertEquals(await client.xack("k", "g", ["1-0", "3-0"]), 1);
  assertEquals((await client.xpending("k", "g")).count, 1);
  await assertRejects(() => client.xack("k", "g", []), RangeError);
});

commandTest("xpending() sums up and lists", async (client) => {
  await client.xgroupCreate("k", "empty", "$", { mkstream: true });
  assertEquals(await client.xpending("k", "empty"), {
    count: 0,
    minId: null,
    maxId: null,
    consumers: [],
  });
  await addDeliveredEntries(client);
  assertEquals(await client.xpending("k", "g"), {
    count: 2,
    minId: "1-0",
    maxId: "2-0",
    consumers: [{ name: "Ada", count: 2 }],
  });
  const [first, ...rest] = await client.xpending("k", "g", { start: "-", end: "+", count: 10 });
  assertEquals({ ...first, idle: 0 }, { id: "1-0", consumer: "Ada", idle: 0, deliveries: 1 });
  assert(first.idle >= 0);
  assertEquals(rest.map(({ id }) => id), ["2-0"]);
  const none = { start: "(1-0", end: 2, count: 10, idle: 60_000, consumer: "Ada" };
  assertEquals(await client.xpending("k", "g", none), []);
  assertEquals((await client.xpending("k", "g", { ...none, idle: 0 })).length, 1);
  assertEquals(await client.xpending("k", "g", { ...none, idle: 0, consumer: "Grace" }), []);
  const [{ consumer }] = await client.bytes.xpending("k", "g", { ...none, idle: 0 });
  assertEquals(consumer, text.encode("Ada"));
  const error = await assertRejects(() => client.xpending("k", "no"), ServerError);
  assertEquals(error.code, "NOGROUP");
});

commandTest("xclaim() makes another consumer the owner", async (client) => {
  await addDeliveredEntries(client);
  assertEquals(await client.xclaim("k", "g", "Grace", 60_000, ["1-0", "2-0"]), []);
  assertEquals(await client.xclaim("k", "g", "Grace", 0, ["1-0", "9-0"]), [
    { id: "1-0", fields: { n: "1" } },
  ]);
  assertEquals(
    await client.xclaim("k", "g", "Grace", 0, "2-0", {
      justid: true,
      time: Date.now() - 60_000,
      retrycount: 7,
      lastid: "2-0",
    }),
    ["2-0"],
  );
  const [, second] = await client.xpending("k", "g", { start: "-", end: "+", count: 2 });
  assertEquals([second.consumer, second.deliveries], ["Grace", 7]);
  assert(second.idle >= 60_000);
  assertEquals(await client.xclaim("k", "g", "Joan", 0, 3, { force: true, idle: 5000 }), [
    { id: "3-0", fields: { n: "3" } },
  ]);
  await client.xdel("k", "1-0");
  assertEquals(await client.xclaim("k", "g", "Joan", 0, "1-0"), []);
  await assertRejects(() => client.xclaim("k", "g", "Joan", 0, []), RangeError);
});

commandTest("xautoclaim() claims what has been pending for long", async (client) => {
  await addDeliveredEntries(client);
  assertEquals(await client.xautoclaim("k", "g", "Grace", 60_000, "0"), {
    cursor: "0-0",
    entries: [],
    deleted: [],
  });
  assertEquals(await client.xautoclaim("k", "g", "Grace", 0, "0-0", { count: 1 }), {
    cursor: "2-0",
    entries: [{ id: "1-0", fields: { n: "1" } }],
    deleted: [],
  });
  await client.xdel("k", "1-0");
  assertEquals(await client.xautoclaim("k", "g", "Joan", 0, "0-0", { justid: true }), {
    cursor: "0-0",
    ids: ["2-0"],
    deleted: ["1-0"],
  });
  const error = await assertRejects(
    () => client.xautoclaim("k", "no", "Joan", 0, "0-0"),
    ServerError,
  );
  assertEquals(error.code, "NOGROUP");
});

commandTest("xinfoStream() tells about a stream", async (client) => {
  await assertRejects(() => client.xinfoStream("k"), ServerError, "no such key");
  await addDeliveredEntries(client);
  await client.xdel("k", "2-0");
  const info = await client.xinfoStream("k");
  assertEquals(info.length, 2);
  assertEquals(info.lastGeneratedId, "3-0");
  assertEquals(info.maxDeletedEntryId, "2-0");
  assertEquals(info.entriesAdded, 3);
  assertEquals(info.recordedFirstEntryId, "1-0");
  assertEquals(info.groups, 1);
  assert(info.radixTreeKeys > 0 && info.radixTreeNodes > 0);
  assertEquals(info.firstEntry, { id: "1-0", fields: { n: "1" } });
  assertEquals(info.lastEntry, { id: "3-0", fields: { n: "3" } });
  await client.xtrim("k", { maxlen: 0 });
  assertStrictEquals((await client.xinfoStream("k")).firstEntry, null);
});

commandTest("xinfoStream() tells everything about a stream", async (client) => {
  await addDeliveredEntries(client);
  await client.xgroupCreateconsumer("k", "g", "Grace");
  const { entries, groups, length } = await client.xinfoStream("k", { full: true });
  assertEquals(length, 3);
  assertEquals(entries[2], { id: "3-0", fields: { n: "3" } });
  const [{ consumers, pending, ...group }] = groups;
  assertEquals(group, { name: "g", lastDeliveredId: "2-0", entriesRead: 2, lag: 1, pelCount: 2 });
  assertEquals(pending.map(({ id, consumer, deliveries }) => [id, consumer, deliveries]), [
    ["1-0", "Ada", 1],
    ["2-0", "Ada", 1],
  ]);
  assert(Math.abs(pending[0].deliveryTime - Date.now()) < 3_600_000);
  const [ada, grace] = consumers;
  assertEquals([ada.name, ada.pelCount, grace.name, grace.pelCount], ["Ada", 2, "Grace", 0]);
  assertEquals(ada.pending, [
    { id: "1-0", deliveryTime: pending[0].deliveryTime, deliveries: 1 },
    { id: "2-0", deliveryTime: pending[1].deliveryTime, deliveries: 1 },
  ]);
  // The server takes the two times at different moments of one command.
  assert(Math.abs(ada.seenTime - ada.pending[0].deliveryTime) < 60_000);
  const limited = await client.bytes.xinfoStream("k", { full: true, count: 1 });
  assertEquals(limited.entries.length, 1);
  assertEquals(limited.groups[0].name, text.encode("g"));
  assertEquals(limited.groups[0].pending.length, 1);
});

commandTest("xinfoGroups() and xinfoConsumers() tell about groups", async (client) => {
  await assertRejects(() => client.xinfoGroups("k"), ServerError, "no such key");
  await addDeliveredEntries(client);
  assertEquals(await client.xinfoGroups("k"), [{
    name: "g",
    consumers: 1,
    pending: 2,
    lastDeliveredId: "2-0",
    entriesRead: 2,
    lag: 1,
  }]);
  await client.xgroupCreate("k", "unknown", "2-0");
  const [, unknown] = await client.xinfoGroups("k");
  assertEquals([unknown.entriesRead, unknown.lag], [null, null]);
  const [ada] = await client.xinfoConsumers("k", "g");
  assertEquals([ada.name, ada.pending], ["Ada", 2]);
  assert(ada.idle >= 0 && ada.idle < 3_600_000);
  assert(ada.inactive === undefined || ada.inactive >= ada.idle);
  const error = await assertRejects(() => client.xinfoConsumers("k", "no"), ServerError);
  assertEquals(error.code, "NOGROUP");
});

commandTest("xsetid() sets what a stream knows of its past", async (client) => {
  await client.xadd("k", "1-0", { a: 1 });
  assertEquals(await client.xsetid("k", "9-0", { entriesadded: 9, maxdeletedid: "8-0" }), "OK");
  const info = await client.xinfoStream("k");
  assertEquals(
    [info.lastGeneratedId, info.entriesAdded, info.maxDeletedEntryId],
    ["9-0", 9, "8-0"],
  );
  assertEquals(await client.xsetid("k", 10), "OK");
  await assertRejects(() => client.xsetid("k", "0-1"), ServerError, "smaller");
});

commandTest(
  "xdelex() and xackdel() delete",
  { needs: ["XDELEX", "XACKDEL"], except: NOT_IN_TABLE },
  async (client) => {
    await addDeliveredEntries(client);
    assertEquals(await client.xdelex("k", ["1-0", "1-5"], { acked: true }), [2, -1]);
    assertEquals(await client.xackdel("k", "g", ["1-0", "9-0"], { acked: true }), [1, -1]);
    assertEquals((await client.xpending("k", "g")).count, 1);
    assertEquals(await client.xdelex("k", "2-0", { delref: true }), [1]);
    assertEquals((await client.xpending("k", "g")).count, 0);
    assertEquals(await client.xdelex("k", "3-0"), [1]);
    assertEquals(await client.xlen("k"), 0);
    assertEquals(await client.xackdel("missing", "g", "1-0", { keepref: true }), [-1]);
    await assertRejects(() => client.xdelex("k", []), RangeError, "expected one or more ids");
    await assertRejects(() => client.xackdel("k", "g", []), RangeError);
  },
);

commandTest("xadd() and xtrim() mind references", { needs: "XTRIM DELREF" }, async (client) => {
  await addDeliveredEntries(client);
  assertEquals(await client.xtrim("k", { maxlen: 0, acked: true }), 0);
  assertEquals(await client.xtrim("k", { maxlen: 2, delref: true }), 1);
  assertEquals((await client.xpending("k", "g")).count, 1);
  await client.xadd("k", "4-0", { n: 4 }, { maxlen: 1, keepref: true });
  assertEquals((await client.xpending("k", "g")).count, 1);
  assertEquals(await client.xlen("k"), 1);
});

commandTest(
  "xreadgroup() claims before it reads",
  { needs: "XREADGROUP CLAIM" },
  async (client) => {
    await addDeliveredEntries(client);
    const reads = await client.xreadgroup("g", "Grace", { k: ">" }, { claim: 0 });
    const [{ entries }] = reads!;
    assertEquals(entries.map(({ id, fields }) => [id, fields?.n]), [
      ["1-0", "1"],
      ["2-0", "2"],
      ["3-0", "3"],
    ]);
    assertEquals(entries.map(({ deliveries }) => deliveries), [1, 1, 0]);
    assert(entries[0].idle! >= 0);
  },
);

commandTest(
  "xadd() knows entries that were sent twice",
  { needs: ["XADD IDMP", "XCFGSET"], except: NOT_IN_TABLE },
  async (client) => {
    const idmp = { producer: "p", id: "1" };
    const id = await client.xadd("k", "*", { a: 1 }, { idmp });
    assertEquals(await client.xadd("k", "*", { a: 2 }, { idmp }), id);
    const other = await client.xadd("k", "*", { a: 3 }, { idmpauto: "p" });
    assertEquals(await client.xadd("k", "*", { a: 3 }, { idmpauto: "p" }), other);
    assertEquals(await client.xlen("k"), 2);
    const info = await client.xinfoStream("k");
    assertEquals([info.pidsTracked, info.iidsAdded, info.iidsDuplicates], [1, 2, 2]);
    assertEquals(await client.xcfgset("k", { idmpDuration: 300, idmpMaxsize: 50 }), "OK");
    const { idmpDuration, idmpMaxsize } = await client.xinfoStream("k", { full: true });
    assertEquals([idmpDuration, idmpMaxsize], [300, 50]);
    await assertRejects(
      () => client.xcfgset("missing", { idmpMaxsize: 5 }),
      ServerError,
      "no such",
    );
  },
);

commandTest(
  "xnack() gives entries back",
  { needs: "XNACK", except: NOT_IN_TABLE },
  async (client) => {
    await addDeliveredEntries(client);
    assertEquals(await client.xnack("k", "g", "fail", ["1-0", "9-0"]), 1);
    assertEquals(await client.xnack("k", "g", "silent", "2-0", { retrycount: 3 }), 1);
    const pending = await client.xpending("k", "g", { start: "-", end: "+", count: 5 });
    assertEquals(pending.map(({ deliveries }) => deliveries), [1, 3]);
  },
);

// The servers that the suite usually runs on are older.
Deno.test("stream commands speak to Redis 8.2 and later", async () => {
  await using server = await startFakeServer({
    XACKDEL: [1],
    XADD: "1-0",
    XCFGSET: "OK",
    XDELEX: [2, -1],
    XNACK: 2,
    XREADGROUP: [["k", [["1-0", ["a", "1"], 5, 2]]]],
    XTRIM: 0,
  });
  await using client = await RedisClient.create(server.url);
  const before = server.received.length;
  assertEquals(await client.xackdel("k", "g", "1-0", { delref: true }), [1]);
  assertEquals(
    await client.xadd("k", "*", { a: 1 }, {
      nomkstream: true,
      acked: true,
      idmp: { producer: "p", id: "i" },
      maxlen: 5,
      approximate: true,
      limit: 2,
    }),
    "1-0",
  );
  assertEquals(await client.xadd("k", "*", { a: 1 }, { idmpauto: "p" }), "1-0");
  assertEquals(await client.xcfgset("k", { idmpDuration: 1, idmpMaxsize: 2 }), "OK");
  assertEquals(await client.xdelex("k", ["1-0", "2-0"]), [2, -1]);
  assertEquals(
    await client.xnack("k", "g", "fatal", ["1-0", "2-0"], { retrycount: 3, force: true }),
    2,
  );
  assertEquals(
    await client.xreadgroup("g", "c", { k: ">" }, { count: 1, maxcount: 2, maxsize: 3, claim: 4 }),
    [{ key: "k", entries: [{ id: "1-0", fields: { a: "1" }, idle: 5, deliveries: 2 }] }],
  );
  assertEquals(await client.xtrim("k", { minid: 7, keepref: true }), 0);
  assertEquals(server.received.slice(before).map(({ args }) => args.join(" ").toUpperCase()), [
    "XACKDEL K G DELREF IDS 1 1-0",
    "XADD K NOMKSTREAM ACKED IDMP P I MAXLEN ~ 5 LIMIT 2 * A 1",
    "XADD K IDMPAUTO P * A 1",
    "XCFGSET K IDMP-DURATION 1 IDMP-MAXSIZE 2",
    "XDELEX K IDS 2 1-0 2-0",
    "XNACK K G FATAL IDS 2 1-0 2-0 RETRYCOUNT 3 FORCE",
    "XREADGROUP GROUP G C COUNT 1 MAXCOUNT 2 MAXSIZE 3 CLAIM 4 STREAMS K >",
    "XTRIM K MINID 7 KEEPREF",
  ]);
});

Deno.test("entries that Redis 6 reports as deleted are left out", async () => {
  await using server = await startFakeServer({
    XAUTOCLAIM: ["0-0", [null, ["2-0", ["a", "1"]]]],
    XCLAIM: [null],
  });
  await using client = await RedisClient.create(server.url);
  assertEquals(await client.xautoclaim("k", "g", "c", 0, "0"), {
    cursor: "0-0",
    entries: [{ id: "2-0", fields: { a: "1" } }],
    deleted: [],
  });
  assertEquals(await client.xclaim("k", "g", "c", 0, "1-0"), []);
});

Deno.test("decoders of entries and reports refuse other shapes", () => {
  for (const reply of ["a", [["1-0"]], [[1, []]], [["1-0", ["a"]]], [["1-0", null]]]) {
    assertThrows(() => toStreamEntries(reply, false), UnexpectedReplyError);
  }
  for (const reply of ["a", ["k"], ["k", [["1-0", [], 1]]], ["k", [["1-0", [], "x", 1]]]]) {
    assertThrows(() => toDeliveriesOrNull(reply, false), UnexpectedReplyError);
  }
  for (const reply of [null, [], [1, "1-0", "1-0", [["c"]]], ["x", null, null, null]]) {
    assertThrows(() => toPendingSummary(reply), UnexpectedReplyError);
  }
  for (const reply of [null, [["1-0", "c", 1]], [["1-0", "c", "x", 1]]]) {
    assertThrows(() => toPendingEntries(reply), UnexpectedReplyError);
  }
  for (const reply of [null, [], ["length"], new Map([["length", "x"]])]) {
    assertThrows(() => toStreamInfo(reply, false), UnexpectedReplyError);
    assertThrows(() => toStreamDetails(reply, false), UnexpectedReplyError);
  }
});

/** Never called: the compiler refuses what does not go together. */
function _refused(client: CommandClient): void {
  // @ts-expect-error: either a length or an id.
  client.xadd("k", "*", { a: 1 }, { maxlen: 1, minid: "1-0" });
  // @ts-expect-error: exact trimming has no limit.
  client.xtrim("k", { maxlen: 1, limit: 1 });
  // @ts-expect-error: what to keep?
  client.xtrim("k", { approximate: true });
  // @ts-expect-error: one policy.
  client.xdelex("k", "1-0", { keepref: true, delref: true });
  // @ts-expect-error: one way to know an entry.
  client.xadd("k", "*", { a: 1 }, { idmpauto: "p", idmp: { producer: "p", id: "1" } });
  // @ts-expect-error: idle for so long, or since then.
  client.xclaim("k", "g", "c", 0, "1-0", { idle: 1, time: 1 });
  // @ts-expect-error: COUNT is for FULL.
  client.xinfoStream("k", { count: 1 });
  // @ts-expect-error: a range has a count.
  client.xpending("k", "g", { start: "-", end: "+" });
  // @ts-expect-error: set what?
  client.xcfgset("k", {});
}
