/** Client-side caching in a cluster: slots that move, on scripted and on real servers. */

import { assert, assertEquals } from "@std/assert";
import { slotOf } from "../../cluster/slot.ts";
import type { RedisClusterClient } from "../../cluster/mod.ts";
import {
  type FakeCluster,
  type FakeNode,
  ServerError,
  simple,
  startCluster,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

const OK = simple("OK");
const SLOT = slotOf("k");

/** A cluster whose nodes answer GET with their port. */
async function startOfPorts(): Promise<{ cluster: FakeCluster; owner: FakeNode; other: FakeNode }> {
  const cluster = await startFakeCluster();
  const owner = cluster.owner(SLOT) as FakeNode;
  const other = cluster.nodes.find((node) => node !== owner)!;
  cluster.handler = ({ name }, node) => {
    if (name === "GET") return String(node.port);
    if (name === "PTTL") return -1;
    if (name === "SET") return OK;
  };
  return { cluster, owner, other };
}

/** Whether a read is a hit. */
async function isHit(client: RedisClusterClient, key = "k"): Promise<boolean> {
  const { hits } = client.cacheStatistics;
  await client.cached.get(key);
  return client.cacheStatistics.hits > hits;
}

Deno.test("each primary tracks its own keys", async () => {
  const { cluster } = await startOfPorts();
  await using _ = cluster;
  await using client = await connect(cluster);
  const keys = Array.from({ length: 30 }, (_, i) => `key${i}`);
  const values = await client.cached.mget(keys);
  assertEquals(values, keys.map((key) => String((cluster.owner(slotOf(key)) as FakeNode).port)));
  for (const node of cluster.nodes) {
    const tracking = node.received.filter(({ args }) => args[1] === "TRACKING");
    assertEquals(tracking.length, 1);
  }
  assertEquals(await client.cached.mget(keys), values);
  assertEquals(client.cacheStatistics.hits, 30);
});

Deno.test("an invalidation concerns the keys that it names, a flush the keys of its node", async () => {
  const { cluster, owner, other } = await startOfPorts();
  await using _ = cluster;
  await using client = await connect(cluster);
  const foreign = Array.from({ length: 50 }, (_, i) => `f${i}`)
    .find((key) => cluster.owner(slotOf(key)) === other)!;
  const read = async () => [
    await isHit(client, "k"),
    await isHit(client, "{k}2"),
    await isHit(client, foreign),
  ];
  await read();
  assertEquals(await read(), [true, true, true]);
  const { invalidations } = client.cacheStatistics;
  for (const connection of owner.connections) await connection.push(["invalidate", ["k"]]);
  await until(
    "the message has come",
    () => Promise.resolve(client.cacheStatistics.invalidations > invalidations),
    { interval: 1 },
  );
  assertEquals(await read(), [false, true, true]);
  const { flushes } = client.cacheStatistics;
  for (const connection of owner.connections) await connection.push(["invalidate", null]);
  await until(
    "the flush has come",
    () => Promise.resolve(client.cacheStatistics.flushes > flushes),
    { interval: 1 },
  );
  assertEquals(await read(), [false, false, true]);
});

Deno.test("ASK: the read is not surrounded by anything but ASKING, and not kept", async () => {
  const { cluster, owner, other } = await startOfPorts();
  await using _ = cluster;
  const answer = cluster.handler!;
  cluster.handler = (command, node, connection) =>
    command.name === "GET" && node === owner
      ? new ServerError(`ASK ${SLOT} ${other.host}:${other.port}`)
      : answer(command, node, connection);
  await using client = await connect(cluster);
  for (let i = 0; i < 2; i++) assertEquals(await client.cached.get("k"), String(other.port));
  assertEquals(client.cacheStatistics.entries, 0);
  const words = other.received.map(({ args }) => args.join(" "));
  assertEquals(words.slice(words.indexOf("ASKING")), ["ASKING", "GET k", "ASKING", "GET k"]);
});

Deno.test("ASK for any request drops the entries of the slot: keys that are new are made at the other node", async () => {
  const { cluster, owner, other } = await startOfPorts();
  await using _ = cluster;
  await using client = await connect(cluster);
  await client.cached.get("k");
  assertEquals(await isHit(client), true);
  const answer = cluster.handler!;
  cluster.handler = (command, node, connection) =>
    command.name === "SET" && node === owner
      ? new ServerError(`ASK ${SLOT} ${other.host}:${other.port}`)
      : answer(command, node, connection);
  await client.set("{k}other", "v");
  assertEquals(await isHit(client), false);
});

Deno.test("MOVED for any request drops the entries of the slot, also those from before", async () => {
  const { cluster, owner, other } = await startOfPorts();
  await using _ = cluster;
  await using client = await connect(cluster);
  await client.cached.get("k");
  assertEquals(await isHit(client), true);
  const answer = cluster.handler!;
  let refuse = true;
  cluster.handler = (command, node, connection) =>
    command.name === "SET" && node === owner && refuse
      ? new ServerError(`MOVED ${SLOT} ${other.host}:${other.port}`)
      : answer(command, node, connection);
  await client.set("{k}other", "v");
  assertEquals(await client.cached.get("k"), String(other.port));
  // Back again: what was kept in the first time must not come back.
  refuse = false;
  cluster.handler = (command, node, connection) =>
    command.name === "SET" && node === other
      ? new ServerError(`MOVED ${SLOT} ${owner.host}:${owner.port}`)
      : answer(command, node, connection);
  await client.set("{k}other", "v");
  assertEquals(await isHit(client), false);
});

Deno.test("another owner in a refresh drops the entries of the slot, and no others", async () => {
  const { cluster, other } = await startOfPorts();
  await using _ = cluster;
  await using client = await connect(cluster, { periodicTopologyCheck: 20 });
  const neighbour = Array.from({ length: 999 }, (_, i) => `n${i}`)
    .find((key) => slotOf(key) !== SLOT && cluster.owner(slotOf(key)) === cluster.owner(SLOT))!;
  await client.cached.mget(["k", neighbour]);
  cluster.assign(SLOT, SLOT, other);
  await until(
    "the new owner is read from",
    async () => await client.cached.get("k") === String(other.port),
    { interval: 1 },
  );
  assertEquals(await isHit(client, neighbour), true);
});

Deno.test("another epoch makes the client look at the map", async () => {
  const { cluster, other } = await startOfPorts();
  await using _ = cluster;
  await using client = await connect(cluster, { periodicTopologyCheck: 0 });
  await client.cached.get("k");
  // The first sign of life tells the epoch as it was.
  await until(
    "the epoch was asked for",
    () =>
      Promise.resolve(
        cluster.nodes.some(({ received }) =>
          received.some(({ args }) => args.join(" ") === "CLUSTER INFO")
        ),
      ),
  );
  cluster.assign(SLOT, SLOT, other);
  await until(
    "the new owner is read from",
    async () => await client.cached.get("k") === String(other.port),
  );
});

Deno.test("a read is sent to the primary although replicas are preferred", async () => {
  const cluster = await startFakeCluster({ shards: 1, replicas: 1 });
  await using _ = cluster;
  cluster.handler = ({ name }, node) => {
    if (name === "GET") return node === cluster.nodes[0] ? "primary" : "replica";
    if (name === "PTTL") return -1;
  };
  await using client = await connect(cluster, { readFrom: "preferReplica" });
  await until("the replica is read from", async () => await client.get("k") === "replica");
  for (let i = 0; i < 4; i++) assertEquals(await client.cached.get(`k${i}`), "primary");
});

Deno.test("values stay right while a slot moves, on a real cluster", async () => {
  await using cluster = await startCluster({ shards: 2 });
  await using client = await connect(cluster.addresses);
  await using writer = await connect(cluster.addresses);
  const shard = (await cluster.slotsOf(0)).includes(SLOT) ? 0 : 1;
  await writer.set("k", "0");
  await client.cached.get("k");
  const move = await cluster.beginSlotMove(SLOT, shard, 1 - shard);
  assertEquals(await client.cached.get("k"), "0");
  await move.moveKeys();
  await writer.set("k", "1");
  await until("the new value is read", async () => await client.cached.get("k") === "1");
  await move.finish();
  await writer.set("k", "2");
  await until("the newest value is read", async () => await client.cached.get("k") === "2");
  await client.set("k", "3");
  assertEquals(await client.cached.get("k"), "3");
  assert(await isHit(client));
});
