import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createStorage, type Driver, prefixStorage, restoreSnapshot } from "npm:unstorage@1.17.6";
import { unstorageDriver } from "../../../lib/adapters/unstorage.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { onBothClients } from "./_both_clients.ts";

onBothClients("unstorage reads, writes and lists items", async (client) => {
  const driver: Driver = unstorageDriver(client, { base: "app" });
  const storage = createStorage({ driver });
  await restoreSnapshot(storage, { initial: "works" });
  assertEquals(await storage.getItem("initial"), "works");
  await storage.clear();
  assertEquals(await storage.getKeys(), []);
  await storage.setItem("s1:a", "text");
  await storage.setItem("s2:a?q=1", { json: [1, null] });
  await storage.setItem("false", false);
  assertEquals(await storage.getItem("s1:a"), "text");
  assertEquals(await storage.getItem("s2:a?q=2"), { json: [1, null] });
  assertEquals(await storage.getItem("false"), false);
  assertEquals(await storage.getItem("none"), null);
  assertEquals([await storage.hasItem("s1:a"), await storage.hasItem("none")], [true, false]);
  assertEquals((await storage.getKeys()).sort(), ["false", "s1:a", "s2:a"]);
  assertEquals(await storage.getKeys("s1"), ["s1:a"]);
  assertEquals(await storage.getKeys(undefined, { maxDepth: 0 }), ["false"]);
  assertEquals(await client.get("app:s1:a"), "text");
  await storage.removeItem("s1:a");
  assertEquals(await storage.hasItem("s1:a"), false);
  assertEquals(await prefixStorage(storage, "s2").getKeys(), ["a"]);
  await client.set("other", 1);
  await storage.clear();
  assertEquals(await storage.getKeys(), []);
  assertEquals(await client.get("other"), "1");
  await storage.dispose();
  assertEquals(await client.ping(), "PONG");
});

onBothClients(
  "unstorage reads and writes several items, and raw ones as they are",
  async (client) => {
    const storage = createStorage({ driver: unstorageDriver(client) });
    await storage.setItems([1, 2, 3].map((i) => ({ key: `t:${i}`, value: `value ${i}` })));
    assertEquals(await storage.getItems(["t:3", { key: "t:1" }, "none"]), [
      { key: "t:3", value: "value 3" },
      { key: "t:1", value: "value 1" },
      { key: "none", value: null },
    ]);
    const bytes = new Uint8Array([0, 255, 128, 10]);
    for (const value of [bytes, bytes.buffer, new DataView(bytes.buffer)]) {
      await storage.setItemRaw("raw", value);
      assertEquals(await storage.getItemRaw("raw"), bytes);
    }
    await storage.setItemRaw("raw", "text");
    assertEquals(await storage.getItemRaw("raw"), new TextEncoder().encode("text"));
    await assertRejects(() => storage.setItemRaw("raw", { no: "bytes" }), TypeError);
  },
);

onBothClients("items of unstorage expire", async (client) => {
  const storage = createStorage({ driver: unstorageDriver(client, { base: "app:", ttl: 100 }) });
  await storage.setItem("default", "x");
  await storage.setItem("short", "x", { ttl: 0.05 });
  await storage.setItems([{ key: "own", value: "x", options: { ttl: 10 } }], { ttl: 20 });
  const ttl = async (key: string) => (await storage.getMeta(key)).ttl as number;
  assert(await ttl("default") > 90 && await ttl("default") <= 100);
  assert(await ttl("own") > 9 && await ttl("own") <= 10);
  await until("it has expired", async () => await storage.getItem("short") === null);
});

Deno.test("unstorageDriver() wants a client", () => {
  for (const client of [undefined, null, {}, { get() {} }]) {
    assertThrows(() => unstorageDriver(client as never), TypeError, "expected a RedisClient");
  }
});
