import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { encodeCommand, type Reply, RespDecoder } from "../../../lib/resp/mod.ts";
import { type FakeNode, ServerError, startFakeCluster } from "../../../lib/testing/mod.ts";

/** Sends one command on a connection of its own. */
async function call({ host, port }: FakeNode, ...args: string[]): Promise<Reply> {
  using conn = await Deno.connect({ hostname: host, port });
  await conn.write(encodeCommand(args));
  const decoder = new RespDecoder();
  const buffer = new Uint8Array(4096);
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("The fake node has closed the connection");
    const [reply] = decoder.push(buffer.subarray(0, count));
    if (reply !== undefined) return reply as Reply;
  }
}

function listed({ host, port, id }: FakeNode): Reply {
  return [host, port, id, []];
}

Deno.test("startFakeCluster() shows the same map on every node", async () => {
  await using cluster = await startFakeCluster({ shards: 2, replicas: 1 });
  const [a, b, c, d] = cluster.nodes;
  for (const node of cluster.nodes) {
    assertEquals(await call(node, "CLUSTER", "SLOTS"), [
      [0, 8191, listed(a), listed(b)],
      [8192, 16383, listed(c), listed(d)],
    ]);
  }
  assertMatch(a.id, /^[0-9a-f]{40}$/);
  assertEquals(await call(c, "CLUSTER", "MYID"), c.id);
  assertEquals(await call(c, "ROLE"), ["master", 0, []]);
  assertEquals(await call(d, "ROLE"), ["slave", c.host, c.port, "connected", 0]);
  assertMatch(String(await call(d, "INFO", "replication")), /^role:slave\r$/m);
  assertEquals(await call(d, "PING"), "PONG");
});

Deno.test("assign() redraws the map, also with holes and foreign entries", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [a, b] = cluster.nodes;
  const { epoch } = cluster;
  cluster.assign(100, 199, b);
  cluster.assign(200, 299);
  const stranger = { host: null, port: 1, id: "x", metadata: { hostname: "x.test" } };
  cluster.assign(16383, 16383, stranger);
  assertEquals(await call(a, "CLUSTER", "SLOTS"), [
    [0, 99, listed(a)],
    [100, 199, listed(b)],
    [300, 8191, listed(a)],
    [8192, 16382, listed(b)],
    [16383, 16383, [null, 1, "x", ["hostname", "x.test"]]],
  ]);
  assertEquals(cluster.owner(150), b);
  assertEquals(cluster.owner(250), undefined);
  assertEquals(cluster.owner(16383), stranger);
  assertEquals(cluster.epoch, epoch + 3);
  assertMatch(
    String(await call(b, "CLUSTER", "INFO")),
    new RegExp(`cluster_current_epoch:${cluster.epoch}\\r`),
  );
});

Deno.test("a fake node may be of another opinion, and may join later", async () => {
  await using cluster = await startFakeCluster({ shards: 1 });
  const late = await cluster.addNode();
  assertEquals(await call(late, "ROLE"), ["master", 0, []]);
  late.view = [{ first: 0, last: 16383, nodes: [late] }];
  assertEquals(await call(late, "CLUSTER", "SLOTS"), [[0, 16383, listed(late)]]);
  assertEquals(await call(cluster.nodes[0], "CLUSTER", "SLOTS"), [
    [0, 16383, listed(cluster.nodes[0])],
  ]);
});

Deno.test("startFakeCluster() asks the handler first", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  const [first, second] = cluster.nodes;
  cluster.handler = ({ name }, node) => {
    if (name !== "GET") return;
    return node === second ? null : new ServerError(`MOVED 0 ${second.host}:${second.port}`);
  };
  const moved = await call(first, "GET", "k");
  assertInstanceOf(moved, ServerError);
  assertEquals(moved.message, `MOVED 0 127.0.0.1:${second.port}`);
  assertEquals(await call(second, "GET", "k"), null);
  assertEquals(await call(second, "PING"), "PONG");
  assertEquals(second.receivedOf("GET").length, 1);
});
