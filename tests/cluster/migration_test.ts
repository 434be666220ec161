/** Slots that move and primaries that change, on a real cluster: each step held still while requests are made. */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { ClusterError, ServerError, TimeoutError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect, nameOf } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const cluster = await startCluster({ shards: 3, replicas: 1 });
cluster.unref();

/** Each test has slots of its own, of shard 0 to begin with. */
const tags = (async function* () {
  const slots = new Set(await cluster.slotsOf(0));
  for (let i = 0;; i++) if (slots.has(slotOf(`tag${i}`))) yield `{tag${i}}`;
})();

async function nextTag(): Promise<string> {
  return (await tags.next()).value!;
}

/** How often the primary of a shard has executed a command. */
async function callsOf(shard: number, command: string): Promise<number> {
  const info = await (await cluster.primary(shard)).command(["INFO", "commandstats"]);
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(String(info))?.[1] ?? 0);
}

Deno.test("ASK in a real migration: keys are found where they are, new ones are made at the target", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  const keys = Array.from({ length: 20 }, (_, i) => `${tag}${i}`);
  for (const key of keys) await client.set(key, `value of ${key}`);
  const move = await cluster.beginSlotMove(slotOf(tag), 0, 1);
  await move.moveTheseKeys(keys.slice(0, 10));
  for (const key of keys) assertEquals(await client.get(key), `value of ${key}`);
  assertEquals(
    await Promise.all(keys.map((key) => client.append(key, "!"))).then((all) => all.length),
    20,
  );
  assertEquals(await client.set(`${tag}new`, 1), "OK");
  const target = await cluster.primary(1);
  const atTarget = await target.command(["CLUSTER", "COUNTKEYSINSLOT", slotOf(tag)]);
  assertEquals(atTarget, 11);
  // The owner of the slot is the same as before, so is the way there.
  const asking = await callsOf(1, "asking");
  assertEquals(await client.get(keys[0]), `value of ${keys[0]}!`);
  assertEquals(await callsOf(1, "asking"), asking + 1);
  await move.finish();
  for (const key of keys) assertEquals(await client.get(key), `value of ${key}!`);
  assertEquals(await client.get(`${tag}new`), "1");
  assertEquals(await callsOf(1, "asking"), asking + 1);
  await cluster.agreed();
});

Deno.test("TRYAGAIN in a real migration: a command on keys of both sides waits until they are together", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  const [a, b] = [`${tag}a`, `${tag}b`];
  await client.customCommand(["MSET", a, "1", b, "2"]);
  const move = await cluster.beginSlotMove(slotOf(tag), 0, 1);
  await move.moveTheseKeys([a]);
  const { error, ran } = await measure(() => client.with({ timeout: 200 }).mget([a, b]));
  assertInstanceOf(error, TimeoutError);
  assertInstanceOf(error.cause, ServerError);
  assertEquals(error.cause.code, "TRYAGAIN");
  assert(ran < 450, `${ran} ms`);
  const waiting = client.mget([a, b]);
  await delay(30);
  await move.moveTheseKeys([b]);
  assertEquals(await waiting, ["1", "2"]);
  // A key that does not exist is on neither side, so this has to wait for the end.
  const renaming = client.customCommand(["RENAMENX", a, `${tag}c`]);
  await delay(30);
  await move.finish();
  assertEquals(await renaming, 1);
  assertEquals(await client.mget([b, `${tag}c`]), ["2", "1"]);
  await cluster.agreed();
});

Deno.test("MOVED after a real move leads to the new owner at once, and the map follows within a second", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  await client.set(tag, "here");
  await cluster.moveSlots([slotOf(tag)], 0, 2);
  const { value, ran } = await measure(() => client.get(tag));
  assertEquals(value, "here");
  assert(ran < 250, `${ran} ms`);
  // It knows by now, without a refresh.
  const stray = await callsOf(0, "get");
  for (let i = 0; i < 10; i++) assertEquals(await client.get(tag), "here");
  assertEquals(await callsOf(0, "get"), stray);
  await cluster.moveSlots([slotOf(tag)], 2, 0);
});

Deno.test("a blocking pop follows its slot to the new owner", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  const popped = client.customCommand(["BLPOP", tag, 0]);
  const source = await cluster.primary(0);
  await until("the server blocks", async () => {
    return /blocked_clients:1\r/.test(String(await source.command(["INFO", "clients"])));
  });
  await cluster.moveSlots([slotOf(tag)], 0, 1);
  const target = await cluster.primary(1);
  await until("the new owner blocks", async () => {
    return /blocked_clients:1\r/.test(String(await target.command(["INFO", "clients"])));
  });
  await client.customCommand(["RPUSH", tag, "x"]);
  assertEquals(await popped, [tag, "x"]);
});

Deno.test("a script in a migrating slot is not executed at the source, nor twice", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  await client.set(tag, 5);
  const move = await cluster.beginSlotMove(slotOf(tag), 0, 1);
  await move.moveKeys();
  const script = "return redis.call('INCR', KEYS[1])";
  assertEquals(await client.customCommand(["EVAL", script, 1, tag]), 6);
  // A script that writes, and then answers with a code that would be waited for if it were the server's.
  const failing = "redis.call('INCR', KEYS[1]) return redis.error_reply('TRYAGAIN not now')";
  const error = await assertRejects(
    () => client.customCommand(["EVAL", failing, 1, tag]),
    ServerError,
  );
  assertEquals(error.message, "TRYAGAIN not now");
  await move.finish();
  assertEquals(await client.get(tag), "7");
  await cluster.agreed();
});

Deno.test("a manual failover: writes go to the new primary, blocking requests too, and nothing fails", async () => {
  await using client = await connect(cluster);
  const tag = await nextTag();
  const popped = client.customCommand(["BLPOP", `${tag}list`, 0]);
  await client.set(tag, 0);
  let failing = true;
  let count = 0;
  const writing = (async () => {
    while (failing) {
      await client.incr(tag);
      count++;
    }
  })();
  const successor = await cluster.failover(0);
  failing = false;
  await writing;
  assertEquals(await client.get(tag), String(count));
  await client.customCommand(["RPUSH", `${tag}list`, "x"]);
  assertEquals(await popped, [`${tag}list`, "x"]);
  const { host, port } = successor;
  assertEquals(await client.with({ route: { host, port } }).get(tag), String(count));
  const infos = await client.customCommand(["INFO", "replication"]) as unknown as object;
  assert(nameOf(successor) in infos);
});

Deno.test("a killed primary: requests wait for the takeover (CLUSTERDOWN and all), then go on", async () => {
  await using client = await connect(cluster, { requestTimeout: 20_000 });
  const tag = await nextTag();
  await client.set(tag, "kept");
  await client.customCommand(["WAIT", 1, 5000]);
  const victim = await cluster.killPrimary(0);
  const [read, write, elsewhere] = await Promise.all([
    measure(() => client.get(tag)),
    measure(() => client.set(`${tag}2`, "new")),
    measure(() => client.set("foo", "x")),
  ]);
  assertEquals(read.value, "kept");
  if (write.error === undefined) assertEquals(write.value, "OK");
  assertEquals(elsewhere.value, "OK");
  const hasty = await measure(() => client.with({ timeout: 100 }).get(tag));
  assertEquals(hasty.error, undefined);
  await cluster.agreed();
  await victim.start();
  await cluster.agreed();
  // The old primary is a replica now, which the client reads from when it is to.
  await using reader = await connect(cluster, { readFrom: "preferReplica" });
  await until("the old primary answers a read", async () => {
    assertEquals(await reader.get(tag), "kept");
    return Number(
      /cmdstat_get:calls=(\d+)/.exec(String(await victim.command(["INFO", "commandstats"])))?.[1] ??
        0,
    ) > 0;
  });
});

Deno.test("slots that nobody owns: an error for them, the rest works, and a new owner is found", async () => {
  await using partial = await startCluster({
    shards: 2,
    config: { "cluster-require-full-coverage": "no" },
  });
  const slots = [slotOf("foo"), slotOf("foo") + 1];
  const deletions = partial.nodes.map((node) => node.command(["CLUSTER", "DELSLOTS", ...slots]));
  await Promise.all(deletions);
  await until("no node knows an owner", async () => {
    // A primary that still claims a slot would tell it to the others again.
    for (const node of partial.nodes) {
      const info = String(await node.command(["CLUSTER", "INFO"]));
      if (!info.includes("cluster_slots_assigned:16382\r")) return false;
    }
    return true;
  });
  await using client = await connect(partial);
  const error = await assertRejects(() => client.get("foo"), ClusterError);
  assertEquals(error.slot, slotOf("foo"));
  assertEquals(await client.mset({ a: 1, b: 2, c: 3 }), "OK");
  assertEquals(await client.mget(["a", "b", "c"]), ["1", "2", "3"]);
  const split = await assertRejects(() => client.mget(["a", "foo"]), ClusterError);
  assertEquals(split.partial?.failed.map(({ key }) => key), ["foo"]);
  await partial.nodes[0].command(["CLUSTER", "ADDSLOTS", ...slots]);
  await until("the slots are served", async () => await client.set("foo", 1) === "OK");
});
