import { assertEquals } from "@std/assert";
import { type Argument, Push, type Reply, ServerError } from "../../../lib/resp/mod.ts";
import { startFakeCluster, startFakeServer, startServer } from "../../../lib/testing/mod.ts";
import { RawClient } from "./_raw_client.ts";

/** Commands of one connection, each with all that it brings. */
const DIALOGUE: readonly Argument[][] = [
  ["SUBSCRIBE", "news", "news", "sport"],
  ["PSUBSCRIBE", "n*", "?ews", "[a-m]ews"],
  ["SSUBSCRIBE", "orders"],
  ["PUBLISH", "news", "hello"],
  ["SPUBLISH", "orders", "one"],
  ["GET", "k"],
  ["PING"],
  ["UNSUBSCRIBE", "sport", "never"],
  ["PUNSUBSCRIBE", "n*", "?ews"],
  ["PUNSUBSCRIBE"],
  ["PUNSUBSCRIBE"],
  ["SUNSUBSCRIBE", "orders"],
  ["SUNSUBSCRIBE"],
  ["SUBSCRIBE"],
  ["PUBLISH", "news"],
  ["UNSUBSCRIBE"],
  ["PUBSUB", "NUMPAT"],
  ["PUBLISH", "news", "nobody is left"],
];

/** A reply in a form that can be compared: pushes and errors are no plain values. */
function plain(reply: Reply | Push | undefined): unknown {
  if (reply instanceof Push) return { push: reply.elements };
  return reply instanceof ServerError ? { error: reply.code } : reply;
}

/** Servers differ in whether the reply to PUBLISH comes before the message, and patterns have no order. */
function sorted(items: (Reply | Push)[]): unknown[] {
  const texts = new Map(items.map((item) => [plain(item), JSON.stringify(plain(item))]));
  return [...texts.keys()].sort((a, b) => texts.get(a)! < texts.get(b)! ? -1 : 1);
}

for (const protocol of [2, 3] as const) {
  Deno.test(`a fake server confirms and delivers as a real one does, in RESP${protocol}`, async () => {
    await using real = await startServer();
    await using fake = await startFakeServer({ GET: null });
    using toReal = await RawClient.connect(real);
    using toFake = await RawClient.connect(fake);
    await toReal.call("HELLO", protocol);
    await toFake.call("HELLO", protocol);
    // In RESP3 a fake server answers GET by its script, a real one because the key does not exist.
    for (const command of protocol === 2 ? DIALOGUE.filter(([name]) => name !== "GET") : DIALOGUE) {
      await toReal.send(command);
      await toFake.send(command);
      const expected = sorted(await toReal.untilPong());
      assertEquals(sorted(await toFake.untilPong()), expected, command.join(" "));
    }
  });
}

Deno.test("a fake server refuses other commands on a RESP2 connection that is subscribed", async () => {
  await using server = await startFakeServer();
  using client = await RawClient.connect(server);
  await client.call("SUBSCRIBE", "news");
  assertEquals(plain(await client.call("ECHO", "x")), { error: "ERR" });
  assertEquals(await client.call("PING"), ["pong", ""]);
  assertEquals(await client.call("RESET"), "RESET");
  assertEquals(await client.call("ECHO", "x"), "x");
  assertEquals(server.subscribers, []);
});

Deno.test("a test publishes to the subscribers of a fake server, in any bytes", async () => {
  await using server = await startFakeServer();
  using client = await RawClient.connect(server);
  await client.call("HELLO", 3);
  await client.call("SUBSCRIBE", new Uint8Array([0xff, 0x00]));
  await client.call("PSUBSCRIBE", "n*");
  await client.call("SSUBSCRIBE", "n");
  assertEquals(server.publish(new Uint8Array([0xff, 0x00]), "bytes"), 1);
  assertEquals(server.publish("news", "pattern"), 1);
  assertEquals(server.publish("sport", "nobody"), 0);
  assertEquals(server.spublish("n", "shard"), 1);
  const items = await client.untilPong();
  assertEquals(items.slice(1).map(plain), [
    { push: ["pmessage", "n*", "news", "pattern"] },
    { push: ["smessage", "n", "shard"] },
  ]);
  assertEquals(items.length, 3);
});

Deno.test("PUBSUB tells what a fake server's connections are subscribed to", async () => {
  await using server = await startFakeServer();
  using first = await RawClient.connect(server);
  using second = await RawClient.connect(server);
  using third = await RawClient.connect(server);
  await first.send(["SUBSCRIBE", "a", "b"], ["PSUBSCRIBE", "x*", "y*"]);
  await second.send(["SUBSCRIBE", "a"], ["PSUBSCRIBE", "x*"], ["SSUBSCRIBE", "s"]);
  await first.untilPong();
  await second.untilPong();
  assertEquals(await third.call("PUBSUB", "CHANNELS"), ["a", "b"]);
  assertEquals(await third.call("PUBSUB", "CHANNELS", "[ac]"), ["a"]);
  assertEquals(await third.call("PUBSUB", "NUMPAT"), 2);
  assertEquals(await third.call("PUBSUB", "NUMSUB", "a", "b", "c"), ["a", 2, "b", 1, "c", 0]);
  assertEquals(await third.call("PUBSUB", "SHARDCHANNELS"), ["s"]);
  assertEquals(await third.call("PUBSUB", "SHARDNUMSUB", "s"), ["s", 1]);
  const info = String(await third.call("CLIENT", "INFO"));
  assertEquals(info.match(/sub=\d+/g), ["sub=0", "sub=0", "sub=0"]);
});

Deno.test("subscribers are cut apart from other connections, and forgotten without a word", async () => {
  await using server = await startFakeServer();
  using subscriber = await RawClient.connect(server);
  using other = await RawClient.connect(server);
  await subscriber.call("SUBSCRIBE", "news");
  const [connection] = await server.waitForSubscriber("news");
  assertEquals(connection.subscriptions.channels, ["news"]);
  assertEquals(server.subscribers, [connection]);
  connection.subscriptions.clear();
  assertEquals(server.publish("news", "lost"), 0);
  await subscriber.call("PSUBSCRIBE", "n*");
  server.cutSubscribers();
  assertEquals(await subscriber.next(), undefined);
  assertEquals(await other.call("PING"), "PONG");
});

Deno.test("a script may answer SUBSCRIBE as well", async () => {
  const denied = new ServerError("NOPERM No permissions to access a channel");
  await using server = await startFakeServer({ SUBSCRIBE: denied });
  using client = await RawClient.connect(server);
  assertEquals(plain(await client.call("SUBSCRIBE", "news")), { error: "NOPERM" });
  assertEquals(server.subscribers, []);
});

Deno.test("a message on a fake cluster reaches the subscribers at all nodes, or those of its shard", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const clients: RawClient[] = [];
  using stack = new DisposableStack();
  for (const node of cluster.nodes) {
    const client = stack.use(await RawClient.connect(node));
    await client.call("HELLO", 3);
    await client.call("SUBSCRIBE", "all");
    clients.push(client);
  }
  const [primary, replica, elsewhere] = clients;
  // The slot of "a" is 15495, that of "b" 3300.
  assertEquals(plain(await primary.call("SSUBSCRIBE", "b")), { push: ["ssubscribe", "b", 1] });
  assertEquals(plain(await replica.call("SSUBSCRIBE", "b")), { push: ["ssubscribe", "b", 1] });
  assertEquals(plain(await elsewhere.call("SSUBSCRIBE", "b")), { error: "MOVED" });
  assertEquals(plain(await elsewhere.call("SPUBLISH", "b", "x")), { error: "MOVED" });
  assertEquals(plain(await primary.call("SSUBSCRIBE", "a", "b")), { error: "CROSSSLOT" });
  assertEquals(cluster.nodes[0].publish("all", "everywhere"), 1);
  assertEquals(cluster.nodes[0].spublish("b", "shard"), 1);
  const received = await Promise.all(clients.map((client) => client.untilPong()));
  const everywhere = { push: ["message", "all", "everywhere"] };
  const shard = { push: ["smessage", "b", "shard"] };
  assertEquals(received.map((items) => items.map(plain)), [
    [everywhere, shard],
    [everywhere, shard],
    [everywhere],
    [everywhere],
  ]);
});

Deno.test("a fake node that loses a slot ends the subscriptions in it", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  using client = await RawClient.connect(first);
  await client.call("HELLO", 3);
  await client.call("SSUBSCRIBE", "b");
  cluster.assign(3300, 3300, second);
  assertEquals(plain(await client.next()), { push: ["sunsubscribe", "b", 0] });
  assertEquals(plain(await client.call("SUNSUBSCRIBE", "b")), { error: "MOVED" });
  cluster.assign(3300, 3300);
  assertEquals(plain(await client.call("SSUBSCRIBE", "b")), { error: "CLUSTERDOWN" });
});
