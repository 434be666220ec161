/** How the map of the cluster is kept up to date: from whom, when, and what a change does to connections and requests. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { slotOf } from "../../cluster/slot.ts";
import { ClusterError, ServerError, TimeoutError, type TopologyEvent } from "../../cluster/mod.ts";
import {
  type FakeCluster,
  type FakeNode,
  NO_REPLY,
  simple,
  startBlackHole,
  startFakeCluster,
  startFakeServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const OK = simple("OK");

/** Answers GET with the port of the node that was asked. */
function tellPort(cluster: FakeCluster): void {
  cluster.handler = ({ name }, node) => name === "GET" ? String(node.port) : undefined;
}

/** Has a node answer nothing any more, while it goes on to listen and to read. */
function hang(cluster: FakeCluster, hanging: FakeNode): void {
  const { handler } = cluster;
  cluster.handler = (command, node, connection) =>
    node === hanging ? NO_REPLY : handler?.(command, node, connection);
}

/** How often a node has been asked for the map. */
function refreshes(node: FakeNode): number {
  return node.received.filter(({ args }) => args.join(" ").toUpperCase() === "CLUSTER SLOTS")
    .length;
}

/** A key in one of the slots that a node owns. */
function keyOf(cluster: FakeCluster, node: FakeNode): string {
  for (let i = 0;; i++) if (cluster.owner(slotOf(`key${i}`)) === node) return `key${i}`;
}

Deno.test("a lost primary: its slots are looked up anew, although a seed is dead and a node hangs", async () => {
  await using cluster = await startFakeCluster({ shards: 4 });
  const [first, second, lost, hanging] = cluster.nodes;
  tellPort(cluster);
  const dead = await startFakeServer();
  await dead[Symbol.asyncDispose]();
  await using client = await connect([dead, hanging, lost, first]);
  const key = keyOf(cluster, lost);
  assertEquals(await client.get(key), String(lost.port));
  for (const connection of hanging.connections) connection.stall();
  for (const range of cluster.ranges.filter(({ nodes }) => nodes[0] === lost)) {
    cluster.assign(range.first, range.last, second);
  }
  await lost[Symbol.asyncDispose]();
  const { value, ran } = await measure(() => client.get(key));
  assertEquals(value, String(second.port));
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("when no known node answers, the seeds are asked", async () => {
  await using cluster = await startFakeCluster({ shards: 3 });
  await using elsewhere = await startFakeCluster({ shards: 3 });
  tellPort(cluster);
  tellPort(elsewhere);
  // A seed that is not among the nodes, as a name of the cluster in DNS would be.
  await using seed = await startFakeServer((command) =>
    command.name === "CLUSTER" && command.args[1].toUpperCase() === "SLOTS"
      ? seedView.ranges.map(({ first, last, nodes }) => [
        first,
        last,
        ...nodes.map(({ host, port, id }) => [host, port, id, []]),
      ])
      : undefined
  );
  let seedView = cluster;
  await using client = await connect(seed);
  assertEquals(await client.get("foo"), String(cluster.owner(slotOf("foo"))!.port));
  seedView = elsewhere;
  for (const node of cluster.nodes) await node[Symbol.asyncDispose]();
  const { value, ran } = await measure(() => client.get("foo"));
  assertEquals(value, String(elsewhere.owner(slotOf("foo"))!.port));
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("when all known nodes hang, the seeds are asked", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  await using elsewhere = await startFakeCluster({ shards: 2 });
  tellPort(cluster);
  tellPort(elsewhere);
  let view: FakeCluster = cluster;
  await using seed = await startFakeServer((command) =>
    command.name === "CLUSTER" && command.args[1].toUpperCase() === "SLOTS"
      ? view.ranges.map(({ first, last, nodes }) => [
        first,
        last,
        ...nodes.map(({ host, port, id }) => [host, port, id, []]),
      ])
      : undefined
  );
  await using client = await connect(seed, { requestTimeout: 200 });
  assertEquals(await client.get("foo"), String(cluster.owner(slotOf("foo"))!.port));
  view = elsewhere;
  cluster.handler = () => NO_REPLY;
  const start = performance.now();
  const value = await until("a read succeeds", () => client.get("foo"), { interval: 1 }) as string;
  assertEquals(value, String(elsewhere.owner(slotOf("foo"))!.port));
  const elapsed = performance.now() - start;
  assert(elapsed < 200 * 2 + 1000, `${elapsed} ms`);
});

Deno.test("the majority is believed, not the node that answers first", async () => {
  await using cluster = await startFakeCluster({ shards: 3 });
  const [stale] = cluster.nodes;
  tellPort(cluster);
  stale.view = [{ first: 0, last: 16_383, nodes: [stale] }];
  for (let i = 0; i < 5; i++) {
    await using client = await connect(cluster);
    for (const node of cluster.nodes) {
      assertEquals(await client.get(keyOf(cluster, node)), String(node.port));
    }
  }
});

Deno.test("nodes that disagree are asked again until they agree", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  tellPort(cluster);
  // One against one, and the coverage of the stale view is higher.
  const truth = cluster.ranges;
  first.view = [{ first: 0, last: 16_383, nodes: [first] }];
  cluster.ranges = [{ first: 8192, last: 16_383, nodes: [second] }];
  await using client = await connect(cluster);
  const key = keyOf(cluster, second);
  assertEquals(await client.get(key), String(first.port));
  first.view = undefined;
  cluster.ranges = truth;
  await until("the map is right", async () => await client.get(key) === String(second.port));
});

Deno.test("a node that joins is found by the periodic check, and one that left is let go", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  tellPort(cluster);
  await using client = await connect(first, { periodicTopologyCheck: 50 });
  const events: TopologyEvent[] = [];
  const watching = (async () => {
    for await (const event of client.events) if (event.type === "topology") events.push(event);
  })();
  const kept = first.connections[0];
  const key = keyOf(cluster, second);
  const added = await cluster.addNode();
  cluster.assign(8192, 16_383, added);
  await until("the new node is used", async () => await client.get(key) === String(added.port));
  await until("the old node is let go", () => Promise.resolve(second.connections.length === 0));
  assert(first.connections.includes(kept));
  assertEquals(first.connections.length, 1);
  assertEquals(added.accepted, 1);
  const address = ({ host, port }: FakeNode) => ({ host, port });
  assertEquals(events, [
    { type: "topology", primaries: [address(first), address(added)], replicas: [] },
  ]);
  // A check that finds nothing new says nothing.
  const before = refreshes(first);
  await until("there were more checks", () => Promise.resolve(refreshes(first) > before + 3));
  assertEquals(events.length, 1);
  await client.close();
  await watching;
});

Deno.test("a node that leaves gets time to answer what was sent to it", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  const answer = Promise.withResolvers<void>();
  const key = keyOf(cluster, second);
  cluster.handler = async ({ name }, node) => {
    if (name !== "SET") return;
    if (node === second) await answer.promise;
    return OK;
  };
  await using client = await connect(first, { periodicTopologyCheck: 20 });
  const pending = client.set(key, 1);
  await second.waitFor("SET");
  const before = refreshes(first);
  cluster.assign(8192, 16_383, first);
  await until("the map was fetched", () => Promise.resolve(refreshes(first) > before + 1));
  assertEquals(await client.set(key, 2), "OK");
  assertEquals(second.connections.length, 1);
  answer.resolve();
  assertEquals(await pending, "OK");
  await until("the old node is let go", () => Promise.resolve(second.connections.length === 0));
});

Deno.test("a node that hangs when it leaves is let go once its requests have timed out", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  tellPort(cluster);
  const client = await connect(first, { periodicTopologyCheck: 20, requestTimeout: 300 });
  const key = keyOf(cluster, second);
  assertEquals(await client.get(key), String(second.port));
  hang(cluster, second);
  const pending = measure(() => client.set(key, 1));
  cluster.assign(8192, 16_383, first);
  await until("the new owner answers", async () => await client.get(key) === String(first.port));
  assertEquals((await pending).value, undefined);
  await until("the old node is let go", () => Promise.resolve(second.connections.length === 0), {
    timeout: 2000,
  });
  await client.close();
});

Deno.test("closing the client closes the connection to a node that hangs and has left", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  tellPort(cluster);
  const client = await connect(first, { periodicTopologyCheck: 20, requestTimeout: 60_000 });
  const hasty = client.with({ timeout: 100 });
  const key = keyOf(cluster, second);
  assertEquals(await client.get(key), String(second.port));
  hang(cluster, second);
  const pending = measure(() => client.set(key, 1));
  cluster.assign(8192, 16_383, first);
  await until("the new owner answers", async () => await hasty.get(key) === String(first.port));
  client.destroy();
  assertInstanceOf((await pending).error, Error);
  await until("nothing is connected", () => {
    return Promise.resolve(second.connections.length + first.connections.length === 0);
  }, { timeout: 2000 });
});

Deno.test("a slot without an owner: ClusterError after a refresh, nothing sent, and the rest works", async () => {
  await using cluster = await startFakeCluster();
  tellPort(cluster);
  const slot = slotOf("foo");
  cluster.assign(slot, slot);
  await using client = await connect(cluster);
  const before = cluster.nodes.map(refreshes);
  const error = await assertRejects(() => client.get("foo"), ClusterError);
  assertEquals(error.slot, slot);
  assertEquals(error.message, `Cannot send GET: no node of the cluster owns slot ${slot}`);
  assert(cluster.nodes.some((node, i) => refreshes(node) > before[i]));
  for (const node of cluster.nodes) assertEquals(node.receivedOf("GET").length, 0);
  for (const node of cluster.nodes) {
    assertEquals(await client.get(keyOf(cluster, node)), String(node.port));
  }
  // The next request for it looks again.
  cluster.assign(slot, slot, cluster.nodes[0]);
  assertEquals(await client.get("foo"), String(cluster.nodes[0].port));
});

Deno.test("many requests for a slot without an owner share refreshes", async () => {
  await using cluster = await startFakeCluster();
  const slot = slotOf("foo");
  cluster.assign(slot, slot);
  await using client = await connect(cluster);
  const before = cluster.nodes.map(refreshes);
  const requests = Array.from({ length: 1000 }, () => measure(() => client.get("foo")));
  for (const { error } of await Promise.all(requests)) assertInstanceOf(error, ClusterError);
  const made = cluster.nodes.map((node, i) => refreshes(node) - before[i]);
  assert(Math.max(...made) <= 2, `${made} refreshes`);
});

Deno.test("requests to other shards go on while a refresh hangs", async () => {
  await using cluster = await startFakeCluster();
  await using hole = await startBlackHole();
  const [first, second] = cluster.nodes;
  let hang = false;
  cluster.handler = ({ name, args }, node) => {
    if (name === "GET") return String(node.port);
    // Replies come in order, so a node that is slow with its map would be slow with everything: leave it out instead.
    if (hang && args.join(" ").toUpperCase() === "CLUSTER SLOTS") return [];
  };
  await using client = await connect([first, hole]);
  hang = true;
  const key = keyOf(cluster, first);
  await second[Symbol.asyncDispose]();
  const lost = measure(() => client.with({ timeout: 500 }).get(keyOf(cluster, second)));
  for (let i = 0; i < 100; i++) {
    const { value, ran } = await measure(() => client.get(key));
    assertEquals(value, String(first.port));
    assert(ran < 400, `${ran} ms`);
  }
  assertInstanceOf((await lost).error, Error);
});

Deno.test("a map that names another address for a node replaces the connection", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  const [node] = cluster.nodes;
  tellPort(cluster);
  await using client = await connect(node, { periodicTopologyCheck: 20 });
  assertEquals(await client.get("foo"), String(node.port));
  const added = await cluster.addNode();
  cluster.assign(0, 16_383, added);
  await until(
    "the new address is used",
    async () => await client.get("foo") === String(added.port),
  );
  await until("the old one is let go", () => Promise.resolve(node.connections.length === 0));
});

/** Has nodes shake hands, and answer CLUSTER SLOTS never. */
function keepMapSecret(cluster: FakeCluster): void {
  cluster.handler = ({ name }, node) => {
    if (name === "CLUSTER") return NO_REPLY;
    if (name === "GET") return String(node.port);
  };
}

Deno.test("a seed that never tells the map: lazy requests time out with the reason, and it is asked again", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  const [seed] = cluster.nodes;
  keepMapSecret(cluster);
  await using client = await connect(cluster, { lazyConnect: true, requestTimeout: 250 });
  const outcomes = Array.from({ length: 3 }, () => measure(() => client.get("foo")));
  for (const { error, ran } of await Promise.all(outcomes)) {
    assertInstanceOf(error, TimeoutError);
    assertInstanceOf(error.cause, TimeoutError);
    assertStringIncludes(
      error.cause.message,
      `Cannot get the topology from ${seed.host}:${seed.port}: CLUSTER SLOTS was not answered`,
    );
    assert(ran < 1000, `${ran} ms`);
  }
  // What waits now gets its reply although the first question is never answered.
  tellPort(cluster);
  assertEquals(await client.with({ timeout: 10_000 }).get("foo"), String(seed.port));
});

Deno.test("seeds that stop telling the map: a later refresh finds what has changed", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  tellPort(cluster);
  await using client = await connect(cluster);
  const key = keyOf(cluster, first);
  assertEquals(await client.get(key), String(first.port));
  keepMapSecret(cluster);
  for (const node of cluster.nodes) for (const connection of node.connections) connection.cut();
  const reading = client.get(key);
  await until("the seeds are asked", () => {
    return Promise.resolve(cluster.nodes.every((node) => refreshes(node) >= 2));
  });
  cluster.assign(0, 16_383, second);
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === second ? String(node.port) : new ServerError("CLUSTERDOWN The cluster is down");
  };
  assert([first, second].map(({ port }) => String(port)).includes(String(await reading)));
  await until("the new owner is known", async () => {
    return await client.get(key) === String(second.port);
  });
});

Deno.test("a scan of a cluster that never tells its map ends soon, with the reason", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  keepMapSecret(cluster);
  await using client = await connect(cluster, { lazyConnect: true, clientCreationTimeout: 500 });
  const { error, ran } = await measure(() => client.scanIterator().next());
  assertInstanceOf(error, ClusterError);
  assertInstanceOf(error.cause, TimeoutError);
  assert(ran < 10_000, `${ran} ms`);
});
