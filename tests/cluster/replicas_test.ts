/** Reads from replicas: whose turn it is, and what happens when one cannot serve. */

import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { ClusterClientConfiguration, RedisClusterClient } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeCluster,
  type FakeNode,
  ServerError,
  simple,
  startCluster,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect, nameOf } from "./_connect.ts";

const LOADING = new ServerError("LOADING Redis is loading the dataset in memory");

/** Answers reads and writes with the name of the node that was asked. */
function tellName(cluster: FakeCluster): void {
  cluster.handler = ({ name }, node) =>
    ["GET", "MGET", "SET", "GETDEL", "HSCAN", "DBSIZE", "LOLWUT"].includes(name)
      ? name === "MGET" ? [nameOf(node)] : nameOf(node)
      : undefined;
}

/** A client that reads from replicas, once it is connected to all of them. */
async function connectToReplicas(
  cluster: FakeCluster,
  options: Partial<ClusterClientConfiguration> = {},
): Promise<RedisClusterClient> {
  const client = await connect(cluster, { readFrom: "preferReplica", ...options });
  await until("all nodes are connected", () => {
    return Promise.resolve(
      cluster.nodes.every((node) =>
        node.receivedOf("HELLO").length > 0 && node.connections.length > 0
      ),
    );
  });
  const replicas = new Set(cluster.ranges.flatMap(({ nodes }) => nodes.slice(1) as FakeNode[]));
  for (const replica of replicas) await replica.waitFor("READONLY");
  return client;
}

/** Who answered how often. */
async function hits(client: RedisClusterClient, count = 30): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = String(await client.get("foo"));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Waits until nodes answer, and no others. */
async function answeredBy(client: RedisClusterClient, nodes: readonly FakeNode[]): Promise<void> {
  const names = nodes.map(nameOf).sort().join();
  await until(`reads are answered by ${names}`, async () => {
    return Object.keys(await hits(client)).sort().join() === names;
  });
}

function shardOf(cluster: FakeCluster, key: string): FakeNode[] {
  const slot = slotOf(key);
  return cluster.ranges.find(({ first, last }) => first <= slot && slot <= last)!
    .nodes as FakeNode[];
}

Deno.test("reads take turns among the replicas of their shard, everything else goes to the primary", async () => {
  await using cluster = await startFakeCluster({ replicas: 3 });
  tellName(cluster);
  await using client = await connectToReplicas(cluster);
  const [primary, ...replicas] = shardOf(cluster, "foo");
  await answeredBy(client, replicas);
  assertEquals(await hits(client), Object.fromEntries(replicas.map((node) => [nameOf(node), 10])));
  assertEquals(await client.customCommand(["SET", "foo", 1]), nameOf(primary));
  assertEquals(await client.getdel("foo"), nameOf(primary));
  // A cursor means something only to the node that gave it out.
  for (let i = 0; i < 5; i++) {
    assertEquals(await client.customCommand(["HSCAN", "foo", "0"]), nameOf(primary));
  }
  assert(replicas.map(nameOf).includes(String((await client.mget(["foo"]))[0])));
  const keyless = await client.customCommand(["LOLWUT"]);
  assert(!replicas.map(nameOf).includes(String(keyless)));
  await using plain = await connect(cluster);
  assertEquals(await hits(plain), { [nameOf(primary)]: 30 });
});

Deno.test("a replica that is loading is left alone for a while, then used again", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 2 });
  const [primary, first, second] = cluster.nodes;
  let loading: FakeNode[] = [];
  cluster.handler = ({ name }, node) => {
    if (name === "GET") return loading.includes(node) ? LOADING : nameOf(node);
  };
  await using client = await connectToReplicas(cluster);
  await answeredBy(client, [first, second]);
  const before = first.receivedOf("GET").length;
  loading = [first];
  assertEquals(await hits(client), { [nameOf(second)]: 30 });
  assert(first.receivedOf("GET").length - before < 15);
  loading = [first, second];
  assertEquals(await hits(client), { [nameOf(primary)]: 30 });
  loading = [];
  await answeredBy(client, [first, second]);
  assertEquals(await hits(client), { [nameOf(first)]: 15, [nameOf(second)]: 15 });
});

Deno.test("a replica without its primary (MASTERDOWN) is left alone as well", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 1 });
  const [primary, replica] = cluster.nodes;
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === replica
      ? new ServerError(
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
      )
      : nameOf(node);
  };
  await using client = await connectToReplicas(cluster);
  await until("the replica was asked", async () => {
    await client.get("foo");
    return replica.receivedOf("GET").length > 0;
  });
  assertEquals(await hits(client), { [nameOf(primary)]: 30 });
});

Deno.test("a replica that hangs is left alone until it answers again", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 2 });
  const [, first, second] = cluster.nodes;
  let wake = Promise.resolve();
  cluster.handler = async ({ name }, node) => {
    if (node === first) await wake;
    if (name === "GET") return nameOf(node);
  };
  await using client = await connectToReplicas(cluster);
  await answeredBy(client, [first, second]);
  const { promise, resolve } = Promise.withResolvers<void>();
  wake = promise;
  const hasty = client.with({ timeout: 100 });
  let failures = 0;
  for (let i = 0; i < 30; i++) {
    const name = await hasty.get("foo").catch(() => failures++);
    if (typeof name === "string") assertEquals(name, nameOf(second));
  }
  assertEquals(failures, 1);
  // Also later on, while nothing has come from it.
  await delay(1200);
  assertEquals(await hits(hasty), { [nameOf(second)]: 30 });
  resolve();
  await answeredBy(client, [first, second]);
});

Deno.test("a replica that hung and refuses PING is used again, and not asked without a pause", async (t) => {
  for (const code of ["NOPERM", "BUSY"]) {
    await t.step(code, async () => {
      await using cluster = await startFakeCluster({ shards: 1, replicas: 1 });
      const [primary, replica] = cluster.nodes;
      let wake = Promise.resolve();
      let refuses = true;
      cluster.handler = async ({ name }, node) => {
        if (node === replica) await wake;
        if (name === "GET") return nameOf(node);
        if (name === "PING" && refuses) return new ServerError(`${code} no PING at present`);
      };
      await using client = await connectToReplicas(cluster);
      await answeredBy(client, [replica]);
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = promise;
      await client.with({ timeout: 100 }).get("foo").catch(() => {});
      assertEquals(await hits(client), { [nameOf(primary)]: 30 });
      resolve();
      if (code === "BUSY") {
        await replica.waitFor("PING", 2);
        assertEquals(await hits(client), { [nameOf(primary)]: 30 });
        refuses = false;
      }
      await answeredBy(client, [replica]);
      assert(replica.receivedOf("PING").length < 10);
    });
  }
});

Deno.test("replicas that are gone are skipped; without any the primary answers", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 2 });
  tellName(cluster);
  const [primary, first, second] = cluster.nodes;
  await using client = await connectToReplicas(cluster);
  await answeredBy(client, [first, second]);
  await first[Symbol.asyncDispose]();
  // A read that was under way is sent to another node.
  assertEquals(await hits(client), { [nameOf(second)]: 30 });
  await second[Symbol.asyncDispose]();
  assertEquals(await hits(client), { [nameOf(primary)]: 30 });
});

Deno.test("a replica whose connection was lost is READONLY again on the next one", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 1 });
  const [primary, replica] = cluster.nodes;
  cluster.handler = ({ name, connection }, node) => {
    if (name === "READONLY") readOnly.add(connection);
    if (name !== "GET") return;
    if (node === replica && !readOnly.has(connection)) {
      return new ServerError(`MOVED ${slotOf("foo")} ${nameOf(primary)}`);
    }
    return nameOf(node);
  };
  const readOnly = new Set<unknown>();
  await using client = await connectToReplicas(cluster);
  await until("the replica is ready", async () => await client.get("foo") === nameOf(replica));
  for (let i = 0; i < 5; i++) {
    replica.cut();
    await until(
      "the replica is ready again",
      async () => await client.get("foo") === nameOf(replica),
    );
  }
  assertEquals(primary.receivedOf("READONLY").length, 0);
});

Deno.test("a replica that became a primary is written to, and a primary that became a replica is read from", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 1 });
  tellName(cluster);
  const [first, second] = cluster.nodes;
  await using client = await connectToReplicas(cluster, { periodicTopologyCheck: 20 });
  for (const [primary, replica] of [[second, first], [first, second], [second, first]]) {
    cluster.assign(0, 16_383, primary, replica);
    await until(
      "the map is known",
      async () => await client.customCommand(["SET", "foo", 1]) === nameOf(primary),
    );
    await until("the replica reads", async () => await client.get("foo") === nameOf(replica));
    assertEquals(await hits(client), { [nameOf(replica)]: 30 });
  }
});

Deno.test("a read that a replica sends away (MOVED) is followed, and its shard is not asked again for that slot", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [, oldReplica] = shardOf(cluster, "foo");
  const [target, targetReplica] = cluster.nodes.filter((node) =>
    !shardOf(cluster, "foo").includes(node)
  );
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === target || node === targetReplica
      ? nameOf(node)
      : new ServerError(`MOVED ${slotOf("foo")} ${nameOf(target)}`);
  };
  await using client = await connectToReplicas(cluster);
  assertEquals(await client.get("foo"), nameOf(target));
  // From then on the replica of the new owner answers.
  assertEquals(await hits(client, 10), { [nameOf(targetReplica)]: 10 });
  assert(oldReplica.receivedOf("GET").length <= 1);
});

Deno.test("a route to a replica uses it whatever readFrom says, and dials it if need be", async () => {
  await using cluster = await startFakeCluster({ shards: 1, replicas: 1 });
  cluster.handler = ({ name, connection }, node) => {
    if (name === "READONLY") {
      readOnly.add(connection);
      return simple("OK");
    }
    if (name === "GET") return readOnly.has(connection) ? nameOf(node) : "not read-only";
  };
  const readOnly = new Set<unknown>();
  const [, replica] = cluster.nodes;
  await using client = await connect(cluster.nodes[0]);
  const view = client.with({ route: { slotKey: "foo", replica: true } });
  for (let i = 0; i < 3; i++) assertEquals(await view.get("foo"), nameOf(replica));
});

Deno.test("reads are spread over the replicas of a real cluster, and see what was written", async () => {
  await using cluster = await startCluster({ shards: 2, replicas: 2 });
  await using client = await connect(cluster.nodes[0], { readFrom: "preferReplica" });
  const keys = Array.from({ length: 100 }, (_, i) => `key${i}`);
  const values = keys.map((key) => `value of ${key}`);
  await client.mset(Object.fromEntries(keys.map((key, i) => [key, values[i]])));
  assertEquals(await client.customCommand(["WAIT", 2, 5000]), 2);
  const readsOf = async (node: (typeof cluster.nodes)[0]) =>
    Number(
      /cmdstat_get:calls=(\d+)/.exec(String(await node.command(["INFO", "commandstats"])))?.[1] ??
        0,
    );
  await until("all replicas are read from", async () => {
    assertEquals(await Promise.all(keys.map((key) => client.get(key))), values);
    const replicas = (await Promise.all([0, 1].map((shard) => cluster.replicasOf(shard)))).flat();
    return (await Promise.all(replicas.map(readsOf))).every((reads) => reads >= 20);
  });
  const primaries = await cluster.primaries();
  const before = await Promise.all(primaries.map(readsOf));
  for (let i = 0; i < 10; i++) {
    assertEquals(await client.mget(keys), values);
    assertEquals(await Promise.all(keys.map((key) => client.get(key))), values);
  }
  assertEquals(await Promise.all(primaries.map(readsOf)), before);
  // One replica of a shard is killed: nothing but its reads moves, and none is lost.
  const [victim] = await cluster.replicasOf(0);
  await victim.kill();
  for (let i = 0; i < 10; i++) {
    assertEquals(await Promise.all(keys.map((key) => client.get(key))), values);
  }
  assertEquals(await Promise.all(primaries.map(readsOf)), before);
});

Deno.test("a node that becomes a replica while it is dialled is told READONLY", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  const readOnly = new Set<unknown>();
  let gate: Promise<void> | undefined;
  cluster.handler = async ({ name, connection }, node) => {
    if (name === "HELLO" && node === second) await gate;
    if (name === "READONLY") {
      readOnly.add(connection);
      return simple("OK");
    }
    if (name !== "GET") return;
    return node === first || readOnly.has(connection)
      ? nameOf(node)
      : new ServerError(`MOVED ${slotOf("foo")} ${nameOf(first)}`);
  };
  await using client = await connect(cluster, {
    readFrom: "preferReplica",
    periodicTopologyCheck: 20,
  });
  let open: (() => void) | undefined;
  gate = new Promise((resolve) => open = resolve);
  const before = second.receivedOf("HELLO").length;
  for (const connection of second.connections) connection.cut();
  await until("it is dialled", () => {
    return Promise.resolve(second.receivedOf("HELLO").length > before);
  });
  cluster.assign(0, 16_383, first, second);
  await until("the map is known", async () => {
    const all = await client.with({ route: "allPrimaries" }).customCommand(["ECHO", "x"]);
    return Object.keys(all as object).length === 1;
  });
  gate = undefined;
  open!();
  await until("the replica reads", async () => await client.get("foo") === nameOf(second));
  const asked = first.receivedOf("GET").length;
  assertEquals(await hits(client), { [nameOf(second)]: 30 });
  assertEquals(first.receivedOf("GET").length, asked);
});
