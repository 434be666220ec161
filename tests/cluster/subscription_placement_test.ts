import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ConfigurationError,
  type GapItem,
  type Message,
  type RedisClusterClient,
  type Subscription,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeCluster,
  type FakeNode,
  ServerError,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";

/** Connects a client that looks at the map often. */
function client(cluster: FakeCluster, options: Record<string, unknown> = {}) {
  return connect(cluster, { periodicTopologyCheck: 30, keepAlive: 0, ...options });
}

/** Waits until something holds. */
async function eventually(isTrue: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error("Cannot wait longer");
    await delay(2);
  }
}

/** Names that a node's connections are subscribed to. */
function namesAt(node: FakeNode): string[] {
  return node.subscribers.flatMap(({ subscriptions }) => [
    ...subscriptions.channels,
    ...subscriptions.patterns,
    ...subscriptions.shardChannels,
  ]);
}

/** What came, in short. */
function read(subscription: Subscription<string, Message | GapItem>): string[] {
  const items: string[] = [];
  (async () => {
    for await (const item of subscription) {
      items.push(item.kind === "gap" ? item.reason : item.message);
    }
  })();
  return items;
}

Deno.test("shard channels of several slots are subscribed by one command for each slot", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  await using redis = await client(cluster);
  // Slots 3300 (twice), 7365 and 15495.
  const names = ["b", "{b}2", "c", "a"];
  await using orders = await redis.ssubscribe(names);
  assertEquals(orders.names, names);
  const commands = cluster.nodes.map((node) => node.receivedOf("SSUBSCRIBE"));
  for (const { args } of commands.flat()) assertEquals(new Set(args.slice(1).map(slotOf)).size, 1);
  assertEquals(commands.map(({ length }) => length), [2, 1]);
  assertEquals(cluster.nodes.map((node) => namesAt(node).sort()), [["b", "c", "{b}2"], ["a"]]);
});

Deno.test("channels and patterns of a client are at one primary, and of many clients at all", async () => {
  await using cluster = await startFakeCluster({ shards: 3 });
  const used = new Set<FakeNode>();
  for (let i = 0; i < 12; i++) {
    await using redis = await client(cluster);
    await using _ = await redis.subscribe(["one", "two"]);
    await using __ = await redis.psubscribe("three*");
    const at = cluster.nodes.filter((node) => node.subscribers.length > 0);
    assertEquals(at.length, 1);
    assertEquals(at[0].subscribers.length, 1);
    used.add(at[0]);
  }
  assert(used.size > 1);
});

Deno.test("a node that was forgotten, and keeps its subscribers, is left", async () => {
  await using cluster = await startFakeCluster({ shards: 3 });
  await using redis = await client(cluster);
  await using news = await redis.subscribe("news", { gaps: true });
  const items = read(news);
  const home = cluster.nodes.find((node) => node.subscribers.length > 0)!;
  home.publish("news", "before");
  await eventually(() => items.length === 1);
  const [other] = cluster.nodes.filter((node) => node !== home);
  home.view = [{ first: 0, last: 16_383, nodes: [home] }];
  for (const { first, last, nodes } of [...cluster.ranges]) {
    if (nodes[0] === home) cluster.assign(first, last, other);
  }
  await eventually(() => cluster.nodes.some((node) => node !== home && namesAt(node).length > 0));
  await eventually(() => home.subscribers.length === 0);
  await eventually(() => items.includes("moved"));
  other.publish("news", "after");
  await eventually(() => items.length === 3);
  assertEquals(items, ["before", "moved", "after"]);
});

Deno.test("shard channels follow their slot, also when the node that has lost it says nothing", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  await using redis = await client(cluster);
  await using orders = await redis.ssubscribe("b", { gaps: true });
  const items = read(orders);
  first.spublish("b", "before");
  // Without assign() there is no push.
  cluster.ranges = [
    { first: 0, last: 3299, nodes: [first] },
    { first: 3300, last: 16_383, nodes: [second] },
  ];
  await eventually(() => namesAt(second).length === 1 && items.includes("moved"));
  // The old owner takes itself for the owner for some time.
  const late = first.subscribers.map((connection) => {
    connection.push(["smessage", "b", "late"]);
    return "late";
  });
  await eventually(() => items.length === 2 + late.length);
  second.spublish("b", "after");
  await eventually(() => items.includes("after"));
  assertEquals(items, ["before", "moved", ...late, "after"]);
  await eventually(() => first.subscribers.length === 0);
});

Deno.test("a shard that fails over hands out no message twice, though its first map lacks the old primary", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [first, replica, ...others] = cluster.nodes;
  await using redis = await client(cluster);
  await using orders = await redis.ssubscribe("b", { gaps: true });
  const items = read(orders);
  first.spublish("b", "before");
  cluster.ranges = [
    { first: 0, last: 8191, nodes: [replica] },
    { first: 8192, last: 16_383, nodes: others },
  ];
  await eventually(() => namesAt(replica).length === 1);
  // The old primary is a replica by now, and its subscribers get what those of the new one get.
  let sent = 0;
  await eventually(() => {
    sent++;
    for (const node of [first, replica]) {
      for (const connection of node.subscribers) connection.push(["smessage", "b", `${sent}`]);
    }
    return items.includes("moved") && items.length > 5;
  });
  assertEquals(items.length, new Set(items).size, "a message came twice");
  await eventually(() => first.subscribers.length === 0);
});

Deno.test("a sunsubscribe push leads to the new owner without a refresh of the map", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [, second] = cluster.nodes;
  await using redis = await client(cluster, { periodicTopologyCheck: 0 });
  await using orders = await redis.ssubscribe(["b", "{b}2"], { gaps: true });
  const items = read(orders);
  const began = performance.now();
  cluster.assign(3300, 3300, second);
  await eventually(() => namesAt(second).length === 2 && items.length === 1);
  assert(performance.now() - began < 1000, "it waited for a refresh");
  assertEquals(orders.stats.gaps.map(({ reason }) => reason), ["moved"]);
  second.spublish("b", "after");
  await eventually(() => items.length === 2);
  assertEquals(items, ["moved", "after"]);
});

Deno.test("keyspace events are subscribed at all primaries, those of one key at its owner", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  await using redis = await client(cluster);
  await using all = await redis.psubscribe("__keyspace@0__:*");
  await using sets = await redis.subscribe("__keyevent@0__:set");
  await using ofKey = await redis.subscribe("__keyspace@0__:b");
  assertEquals(namesAt(first).sort(), [
    "__keyevent@0__:set",
    "__keyspace@0__:*",
    "__keyspace@0__:b",
  ]);
  assertEquals(namesAt(second).sort(), ["__keyevent@0__:set", "__keyspace@0__:*"]);
  const third = await cluster.addNode();
  cluster.assign(3000, 4000, third);
  await eventually(() => namesAt(third).length === 3);
  await eventually(() => namesAt(first).length === 2);
  assertEquals(ofKey.names, ["__keyspace@0__:b"]);
  assertEquals([all.ended, sets.ended], [false, false]);
});

Deno.test('option "nodes" subscribes at all primaries', async () => {
  await using cluster = await startFakeCluster({ shards: 3 });
  await using redis = await client(cluster);
  const received: string[] = [];
  await using local = await redis.subscribe("local", {
    nodes: "primaries",
    onMessage: ({ message }) => void received.push(message),
  });
  assertEquals(cluster.nodes.map(namesAt), [["local"], ["local"], ["local"]]);
  cluster.nodes[0].publish("local", "hello");
  await eventually(() => received.length === 3);
  await assertRejects(() => redis.subscribe("local"), ConfigurationError, '"nodes"');
  await assertRejects(
    () => redis.ssubscribe("b", { nodes: "primaries" }),
    ConfigurationError,
    "shard channel",
  );
  await assertRejects(() => redis.subscribe("x", { nodes: "all" as never }), ConfigurationError);
  await local.unsubscribe();
  await using once = await redis.subscribe("local");
  assertEquals(once.names, ["local"]);
  assertEquals(cluster.nodes.flatMap(namesAt), ["local"]);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`RESP${protocol}: subscriptions that a server has lost are noticed at the check of the map`, async () => {
    await using cluster = await startFakeCluster({
      shards: 1,
      handler: ({ name, args }, node) => {
        if (name !== "CLIENT" || args[1] !== "LIST") return undefined;
        const connection = node.connections.find(({ id }) => String(id) === args[3])!;
        const { channels, shardChannels } = connection.subscriptions;
        return `id=${args[3]} sub=${channels.length} psub=0 ssub=${shardChannels.length}\n`;
      },
    });
    const [node] = cluster.nodes;
    await using redis: RedisClusterClient = await client(cluster, { protocol });
    await using news = await redis.subscribe("news", { gaps: true });
    await using orders = await redis.ssubscribe("orders");
    const items = read(news);
    const [connection] = node.subscribers;
    connection.subscriptions.clear();
    await eventually(() => items.length === 1);
    assertEquals(items, ["reconnect"]);
    node.publish("news", "after");
    await eventually(() => items.length === 2);
    assertEquals(namesAt(node).sort(), ["news", "orders"]);
    assertEquals(orders.ended, false);
  });
}

Deno.test("another node at the address of one that was subscribed to gets the subscriptions anew", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  const [node] = cluster.nodes;
  await using redis = await client(cluster);
  await using news = await redis.subscribe("news", { gaps: true });
  const items = read(news);
  const [before] = node.subscribers;
  const { host, port } = node;
  cluster.assign(0, 16_383, { host, port, id: "f".repeat(40) });
  await eventually(() => node.subscribers.length === 1 && node.subscribers[0] !== before);
  await eventually(() => items.length === 1);
  assertEquals(items, ["moved"]);
});

Deno.test("events of a shard come from one node while it fails over, also if another one is away", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [first, replica, second] = cluster.nodes;
  await using redis = await client(cluster);
  const received: string[] = [];
  await using events = await redis.psubscribe("__keyspace@0__:*", {
    onMessage: ({ message }) => void received.push(message),
  });
  // Nodes of a fake cluster hand on what is published at others: events are of their own node only.
  const tell = (node: FakeNode, message: string): void => {
    for (const connection of node.subscribers) {
      connection.push(["pmessage", "__keyspace@0__:*", "__keyspace@0__:k", message]);
    }
  };
  // The second primary refuses for the moment.
  cluster.handler = ({ name }, node) =>
    name === "PSUBSCRIBE" && node === second
      ? new ServerError("LOADING The server is loading its data")
      : undefined;
  second.cutSubscribers();
  await eventually(() => second.receivedOf("PSUBSCRIBE").length > 1);
  cluster.assign(0, 8191, replica, first);
  await eventually(() => namesAt(replica).length === 1 && first.subscribers.length === 0);
  tell(first, "of the old primary");
  tell(replica, "of the new primary");
  await eventually(() => received.length === 1);
  assertEquals(received, ["of the new primary"]);
  cluster.handler = undefined;
  await eventually(() => namesAt(second).length === 1);
  tell(second, "of the other shard");
  await eventually(() => received.length === 2);
  assertEquals(events.stats.gaps.map(({ reason }) => reason), ["moved"]);
});

Deno.test("subscribe() on a client that finds no cluster says why", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  cluster.handler = ({ name }) =>
    name === "HELLO" || name === "AUTH"
      ? new ServerError("WRONGPASS invalid username-password pair")
      : undefined;
  await using redis = await client(cluster, {
    lazyConnect: true,
    credentials: { password: "wrong" },
  });
  const error = await assertRejects(() => redis.subscribe("news"), ServerError);
  assertEquals(error.code, "WRONGPASS");
});

Deno.test("a primary that falls silent, and has no replica, is left by what any node can have", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  await using redis = await client(cluster, { keepAlive: 50, requestTimeout: 100 });
  await using news = await redis.subscribe("news", { gaps: true });
  const items = read(news);
  const home = cluster.nodes.find((node) => node.subscribers.length > 0)!;
  const [other] = cluster.nodes.filter((node) => node !== home);
  cluster.handler = (_, node) => node === home ? new Promise(() => {}) : undefined;
  await eventually(() => namesAt(other).length === 1 && items.includes("moved"));
  other.publish("news", "after");
  await eventually(() => items.includes("after"));
});
