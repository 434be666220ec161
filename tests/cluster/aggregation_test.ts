/** What commands for several nodes answer on a real cluster, in both protocols; the rules themselves are in fan_out_test.ts. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type RedisClusterClient, ServerError, TimeoutError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect, nameOf } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const cluster = await startCluster({ shards: 3, replicas: 1 });
cluster.unref();

const KEYS = Array.from({ length: 200 }, (_, i) => `key${i}`);
const primaries = (await cluster.primaries()).map(nameOf).sort();
const nodes = cluster.nodes.map(nameOf).sort();

/** Runs a body on an empty cluster, in both protocols. */
function aggregationTest(name: string, body: (client: RedisClusterClient) => Promise<void>): void {
  for (const protocol of [2, 3] as const) {
    Deno.test(`${name} [RESP${protocol}]`, async () => {
      await using client = await connect(cluster, { protocol });
      await client.customCommand(["FLUSHALL"]);
      await body(client);
    });
  }
}

aggregationTest("DBSIZE is summed, KEYS is joined, also with empty shards", async (client) => {
  assertEquals(await client.customCommand(["DBSIZE"]), 0);
  assertEquals(await client.keys("*"), []);
  await client.set("foo", 1);
  assertEquals(await client.customCommand(["DBSIZE"]), 1);
  assertEquals(await client.keys("*"), ["foo"]);
  await client.mset(Object.fromEntries(KEYS.map((key) => [key, 1])));
  assertEquals(await client.customCommand(["DBSIZE"]), KEYS.length + 1);
  assertEquals((await client.keys("key*")).sort(), KEYS.toSorted());
  assertEquals((await client.bytes.keys("*")).length, KEYS.length + 1);
});

aggregationTest("RANDOMKEY finds the only key, on whichever shard it is", async (client) => {
  assertEquals(await client.randomkey(), null);
  for (const key of ["a", "b", "c", "foo"]) {
    await client.set(key, 1);
    for (let i = 0; i < 5; i++) assertEquals(await client.randomkey(), key);
    await client.del(key);
  }
});

aggregationTest("PING and FLUSHALL need all primaries", async (client) => {
  assertEquals(await client.ping(), "PONG");
  assertEquals(await client.customCommand(["PING", "hello"]), "hello");
  await client.mset(Object.fromEntries(KEYS.map((key) => [key, 1])));
  assertEquals(await client.customCommand(["FLUSHALL", "SYNC"]), "OK");
  assertEquals(await client.exists(KEYS), 0);
});

aggregationTest(
  "SCRIPT LOAD goes to all nodes, SCRIPT EXISTS is the conjunction",
  async (client) => {
    await client.customCommand(["SCRIPT", "FLUSH"]);
    const everywhere = await client.customCommand(["SCRIPT", "LOAD", "return 1"]) as string;
    const somewhere = await client.customCommand(["SCRIPT", "LOAD", "return 2"], {
      route: { slot: 0 },
    }) as string;
    assertEquals(
      await client.customCommand(["SCRIPT", "EXISTS", everywhere, somewhere, "0".repeat(40)]),
      [1, 0, 0],
    );
    for (const node of cluster.nodes) {
      assertEquals(await node.command(["SCRIPT", "EXISTS", everywhere]), [1]);
    }
    assertEquals(await client.customCommand(["EVALSHA", everywhere, 1, "foo"]), 1);
  },
);

aggregationTest("INFO answers a record of the primaries", async (client) => {
  const infos = await client.customCommand(["INFO", "server"]) as unknown as Record<string, string>;
  assertEquals(Object.keys(infos).sort(), primaries);
  for (const [name, info] of Object.entries(infos)) {
    assert(info.includes(`tcp_port:${name.split(":").at(-1)}\r\n`), name);
  }
  const all = await client.customCommand(["INFO", "server"], { route: "allNodes" });
  assertEquals(Object.keys(all as object).sort(), nodes);
  const one = await client.customCommand(["INFO", "server"], { route: { slot: 0 } });
  assertEquals(typeof one, "string");
});

aggregationTest("CONFIG SET reaches every node", async (client) => {
  const value = String(1000 + Math.floor(Math.random() * 1000));
  assertEquals(await client.customCommand(["CONFIG", "SET", "slowlog-max-len", value]), "OK");
  for (const node of cluster.nodes) {
    assertEquals(await node.command(["CONFIG", "GET", "slowlog-max-len"]), [
      "slowlog-max-len",
      value,
    ]);
  }
});

aggregationTest("WAIT answers the least number of replicas", async (client) => {
  await client.mset(Object.fromEntries(KEYS.map((key) => [key, 1])));
  assertEquals(await client.customCommand(["WAIT", 1, 5000]), 1);
  const [replica] = await cluster.replicasOf(1);
  replica.pause();
  try {
    await client.mset(Object.fromEntries(KEYS.map((key) => [key, 2])));
    const { value, elapsed } = await measure(() => client.customCommand(["WAIT", 1, 200]));
    assertEquals(value, 0);
    assert(elapsed >= 190, `${elapsed} ms`);
  } finally {
    replica.resume();
  }
  await cluster.agreed();
});

aggregationTest("SLOWLOG LEN is summed over all nodes, SLOWLOG GET joined", async (client) => {
  await client.customCommand(["CONFIG", "SET", "slowlog-log-slower-than", "0"]);
  await client.customCommand(["SLOWLOG", "RESET"]);
  await client.mset(Object.fromEntries(KEYS.map((key) => [key, 1])));
  await client.customCommand(["CONFIG", "SET", "slowlog-log-slower-than", "-1"]);
  const each = await Promise.all(cluster.nodes.map((node) => node.command(["SLOWLOG", "LEN"])));
  const sum = each.reduce<number>((sum, length) => sum + Number(length), 0);
  assertEquals(await client.customCommand(["SLOWLOG", "LEN"]), sum);
  assertEquals((await client.customCommand(["SLOWLOG", "GET", -1]) as unknown[]).length, sum);
  assertEquals(await client.customCommand(["SLOWLOG", "RESET"]), "OK");
  assertEquals(await client.customCommand(["SLOWLOG", "LEN"]), 0);
});

aggregationTest("PUBSUB counts over all nodes", async (client) => {
  assertEquals(await client.customCommand(["PUBSUB", "CHANNELS"]), []);
  assertEquals(await client.customCommand(["PUBSUB", "NUMPAT"]), 0);
  assertEquals(await client.customCommand(["PUBSUB", "NUMSUB", "a", "b"]), ["a", 0, "b", 0]);
});

aggregationTest("an error of one node is the answer, with its code", async (client) => {
  const [first] = await cluster.primaries();
  await first.command(["CONFIG", "SET", "maxmemory", "1"]);
  try {
    const error = await assertRejects(
      () =>
        client.customCommand([
          "FUNCTION",
          "LOAD",
          "REPLACE",
          "#!lua name=x\nredis.register_function('f', function() return 1 end)",
        ]),
      ServerError,
    );
    assertEquals([error.code, error.command], ["OOM", "FUNCTION LOAD"]);
  } finally {
    await first.command(["CONFIG", "SET", "maxmemory", "0"]);
    await client.customCommand(["FUNCTION", "FLUSH"]);
  }
});

Deno.test("a primary that hangs is an error for the sum, and for nobody else", async () => {
  await using client = await connect(cluster);
  const hasty = client.with({ timeout: 150 });
  await client.customCommand(["FLUSHALL"]);
  await client.mset(Object.fromEntries(KEYS.map((key) => [key, 1])));
  const hanging = await cluster.primary(1);
  const slots = new Set(await cluster.slotsOf(1));
  const fine = KEYS.filter((key) => !slots.has(slotOf(key)));
  // All of it is over before the nodes give each other up.
  hanging.pause();
  try {
    for (const words of [["DBSIZE"], ["KEYS", "*"], ["PING"]]) {
      const { error, elapsed, ran } = await measure(() => hasty.customCommand(words));
      assertInstanceOf(error, TimeoutError, words[0]);
      assert(elapsed >= 149 && ran < 400, `${words[0]}: ${elapsed} ms, ${ran} of them running`);
      for (const key of fine.slice(0, 10)) assertEquals(await client.get(key), "1");
    }
  } finally {
    hanging.resume();
  }
  await cluster.agreed();
  await until("the sum can be had again", async () => {
    return await client.customCommand(["DBSIZE"]) === KEYS.length;
  });
});
