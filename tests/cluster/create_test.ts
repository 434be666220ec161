import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ClusterError,
  ConfigurationError,
  ConnectionError,
  ProtocolError,
  RedisClusterClient,
  ServerError,
  TimeoutError,
} from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  type FakeCluster,
  NO_REPLY,
  raw,
  type ServerAddress,
  startBlackHole,
  startFakeCluster,
  startFakeServer,
  startServer,
} from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const CLUSTER_IS_OFF = new ServerError("ERR This instance has cluster support disabled");

function unusedAddress(): ServerAddress {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { host: "127.0.0.1", port: listener.addr.port };
}

/** A seed that is of no use: it answers CLUSTER SLOTS with an error. */
function uselessSeed(message: string) {
  return startFakeServer({ CLUSTER: new ServerError(message) });
}

/** Answers GET with the port of the node that was asked. */
function tellPort(cluster: FakeCluster): void {
  cluster.handler = ({ name }, node) => name === "GET" ? String(node.port) : undefined;
}

Deno.test("create() with seeds that refuse to connect says what each one answered", async () => {
  const [first, second] = [unusedAddress(), unusedAddress()];
  const { error, elapsed, ran } = await measure(() =>
    connect([first, second], { clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, "Cannot find the cluster within 300 ms");
  for (const { port } of [first, second]) {
    assertStringIncludes(error.message, `127.0.0.1:${port}: Cannot connect to 127.0.0.1:${port}`);
  }
  assert(elapsed >= 299 && ran < 600, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("create() with seeds that do not answer times out in its budget", async () => {
  await using hole = await startBlackHole();
  const { error, elapsed, ran } = await measure(() =>
    connect(hole, { clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.timeout, 300);
  assertStringIncludes(error.message, `${hole.host}:${hole.port}`);
  assert(elapsed >= 299 && ran < 600, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("create() waits for a cluster that comes up within the budget", async () => {
  await using cluster = await startFakeCluster();
  tellPort(cluster);
  const handler = cluster.handler!;
  let failures = 6;
  cluster.handler = (command, node, connection) =>
    command.name === "CLUSTER" && failures-- > 0
      ? new ServerError("LOADING Redis is loading the dataset in memory")
      : handler(command, node, connection);
  await using client = await connect(cluster.nodes[0]);
  assertEquals(await client.get("foo"), String(cluster.owner(slotOf("foo"))!.port));
});

Deno.test("create() finds the cluster through the one good seed among bad ones, whatever is bad about them", async () => {
  await using cluster = await startFakeCluster();
  tellPort(cluster);
  await using hole = await startBlackHole();
  await using off = await uselessSeed(CLUSTER_IS_OFF.message);
  await using forbidden = await uselessSeed("NOPERM User default has no permissions");
  await using empty = await startFakeServer({ "CLUSTER SLOTS": [] });
  await using nonsense = await startFakeServer({ "CLUSTER SLOTS": [[0, 1, "x"]] });
  await using stranger = await startFakeServer({ HELLO: raw("HTTP/1.1 400 Bad Request\r\n\r\n") });
  const [good] = cluster.nodes;
  const bad = [unusedAddress(), off, forbidden, empty, nonsense, stranger, hole];
  for (const seeds of [[...bad, good], [good, ...bad]]) {
    const { value, ran } = await measure(() => connect(seeds));
    await using client = value!;
    assert(ran < 1000, `${ran} ms`);
    for (const key of ["a", "b", "c", "foo"]) {
      assertEquals(await client.get(key), String(cluster.owner(slotOf(key))!.port));
    }
  }
});

Deno.test("create() ends at once when cluster mode is off, and names the cure", async () => {
  await using server = await startServer();
  const { error, ran } = await measure(() => connect(server));
  assertInstanceOf(error, ClusterError);
  assertEquals(
    error.message,
    `Cannot use 127.0.0.1:${server.port} as a cluster: its cluster mode is off; use RedisClient, ` +
      "or start the server with cluster-enabled yes",
  );
  assertInstanceOf(error.cause, ServerError);
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("create() ends at once when the user may not ask for the topology", async () => {
  await using server = await startServer({
    config: { "cluster-enabled": "yes" },
    users: [{ name: "app", rules: "on >secret ~* &* +@all -cluster" }],
  });
  const { error, ran } = await measure(() =>
    connect(server, { credentials: { username: "app", password: "secret" } })
  );
  assertInstanceOf(error, ServerError);
  assertEquals(error.code, "NOPERM");
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("create() ends at once with a wrong password, also when another seed is away", async () => {
  await using server = await startServer({
    config: { "cluster-enabled": "yes" },
    password: "correct-horse",
  });
  const { error, ran } = await measure(() =>
    connect([unusedAddress(), server], { credentials: { password: "wrong-donkey" } })
  );
  assertInstanceOf(error, ServerError);
  assertEquals(error.code, "WRONGPASS");
  assert(!Deno.inspect(error).includes("donkey"));
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("create() tells of a wrong password when another seed stays silent", async () => {
  await using hole = await startBlackHole();
  await using seed = await startFakeServer({
    HELLO: new ServerError("WRONGPASS invalid username-password pair or user is disabled."),
  });
  const error = await assertRejects(
    () => connect([hole, seed], { clientCreationTimeout: 300, credentials: { password: "x" } }),
    ServerError,
  );
  assertEquals(error.code, "WRONGPASS");
});

Deno.test("create() ends at once with a peer that is no Redis server", async () => {
  await using stranger = await startFakeServer({ HELLO: raw("HTTP/1.1 400 Bad Request\r\n\r\n") });
  const { error, ran } = await measure(() => connect(stranger));
  assertInstanceOf(error, ProtocolError);
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("create() ends when no seed knows a node that owns a slot", async () => {
  await using server = await startServer({ config: { "cluster-enabled": "yes" } });
  const error = await assertRejects(
    () => connect(server, { clientCreationTimeout: 300 }),
    ConnectionError,
  );
  assertStringIncludes(error.message, "knows no node that owns a slot");
});

Deno.test("create() is ready although its seed loads for more than half of its budget and a primary hangs", async () => {
  await using cluster = await startFakeCluster();
  const [first, , hanging] = cluster.nodes;
  let refusals = 3;
  cluster.handler = ({ name, args }, node) => {
    if (node === hanging) return NO_REPLY;
    if (name === "CLUSTER" && args[1] === "SLOTS" && refusals-- > 0) {
      return new ServerError("LOADING Redis is loading the dataset in memory");
    }
    if (name === "GET") return String(node.port);
  };
  await using client = await connect(first, { clientCreationTimeout: 600 });
  const key = ["a", "b", "c", "d", "e"].find((key) => cluster.owner(slotOf(key)) === first)!;
  assertEquals(await client.get(key), String(first.port));
});

Deno.test("create() is ready after half of its budget although a primary hangs, and serves the others", async () => {
  await using cluster = await startFakeCluster();
  const [first, , hanging] = cluster.nodes;
  cluster.handler = ({ name }, node) => {
    if (node === hanging) return NO_REPLY;
    if (name === "GET") return String(node.port);
  };
  const { value, elapsed, ran } = await measure(() =>
    connect(first, { clientCreationTimeout: 600 })
  );
  await using client = value!;
  assert(elapsed >= 290 && ran < 590, `${elapsed} ms, ${ran} of them running`);
  const key = ["a", "b", "c", "d", "e"].find((key) => cluster.owner(slotOf(key)) === first)!;
  assertEquals(await client.get(key), String(first.port));
});

Deno.test("create() is ready at once when a primary refuses to connect", async () => {
  await using cluster = await startFakeCluster();
  await cluster.nodes[2][Symbol.asyncDispose]();
  const { value, ran } = await measure(() => connect(cluster.nodes[0]));
  await value!.close();
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("create() with lazyConnect opens nothing; the first requests find the cluster", async () => {
  await using cluster = await startFakeCluster();
  tellPort(cluster);
  await using client = await connect(cluster, { lazyConnect: true });
  for (const node of cluster.nodes) assertEquals(node.accepted, 0);
  const keys = Array.from({ length: 50 }, (_, i) => `key${i}`);
  assertEquals(
    await Promise.all(keys.map((key) => client.get(key))),
    keys.map((key) => String(cluster.owner(slotOf(key))!.port)),
  );
});

Deno.test("a lazy client whose cluster is away times its requests out, and says why", async () => {
  await using client = await connect(unusedAddress(), { lazyConnect: true, requestTimeout: 150 });
  const { error, elapsed, ran } = await measure(() => client.get("foo"));
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.phase, error.timeout], ["queued", 150]);
  assertInstanceOf(error.cause, ConnectionError);
  assert(elapsed >= 149 && ran < 400, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("a lazy client whose cluster cannot be used rejects its requests at once", async () => {
  await using off = await uselessSeed(CLUSTER_IS_OFF.message);
  await using client = await connect(off, { lazyConnect: true });
  const { error, ran } = await measure(() => client.get("foo"));
  assertInstanceOf(error, ClusterError);
  assert(ran < 1000, `${ran} ms`);
});

Deno.test("create() refuses bad options before anything is opened", async () => {
  const addresses = [{ host: "127.0.0.1", port: 1 }];
  for (
    const [options, option] of [
      [{ addresses: [] }, "addresses"],
      [{ addresses, addressMap: "x" }, "addressMap"],
      [{ addresses, periodicTopologyCheck: -1 }, "periodicTopologyCheck"],
      [{ addresses, readFrom: "replica" }, "readFrom"],
      [{ addresses, shards: 3 }, "shards"],
    ] as const
  ) {
    const error = await assertRejects(
      // deno-lint-ignore no-explicit-any
      () => RedisClusterClient.create(options as any),
      ConfigurationError,
    );
    assertEquals(error.option, option);
  }
});

Deno.test("create() is not late because the program was busy for longer than its budget", async () => {
  await using cluster = await startFakeCluster({ shards: 2 });
  for (const busy of [0, 1, 5]) {
    const created = connect(cluster.nodes[0], { clientCreationTimeout: 200 });
    created.catch(() => {});
    await delay(busy);
    const end = performance.now() + 500;
    while (performance.now() < end);
    await using _ = await created;
  }
});
