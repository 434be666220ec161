/** Clusters behind TLS, on IPv6, with host names, behind translated addresses, with users of limited rights. All are real. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type ClusterClientConfiguration,
  ClusterError,
  ConnectionError,
  type RedisClusterClient,
  ServerError,
} from "../../cluster/mod.ts";
import {
  type ServerAddress,
  startCluster,
  startProxy,
  type TestCluster,
  type TestProxy,
} from "../../lib/testing/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { connect, nameOf } from "./_connect.ts";

const PASSWORD = "correct-horse-battery";

// Clusters take their time to start, so they do it all at once.
const [secured, ipv6, named] = await Promise.all([
  startCluster({
    shards: 2,
    replicas: 1,
    tls: { clientAuth: "required" },
    password: PASSWORD,
    users: [{ name: "reader", rules: `on >${PASSWORD} ~* &* +@read +@connection +cluster|slots` }],
  }),
  startCluster({ shards: 2, host: "::1" }),
  // Redirections name addresses all the same.
  startCluster({ shards: 2, config: { "cluster-announce-hostname": "localhost" } }),
]);
for (const cluster of [secured, ipv6, named]) cluster.unref();

const KEYS = Array.from({ length: 100 }, (_, i) => `key${i}`);

/** Writes and reads keys all over the cluster, and asks each node something. */
async function exercise(client: RedisClusterClient, nodes: readonly ServerAddress[], replicas = 0) {
  await client.mset(Object.fromEntries(KEYS.map((key) => [key, `value of ${key}`])));
  assertEquals(await client.customCommand(["WAIT", replicas, 5000]), replicas);
  assertEquals(await client.mget(KEYS), KEYS.map((key) => `value of ${key}`));
  for (const key of KEYS.slice(0, 10)) assertEquals(await client.get(key), `value of ${key}`);
  const pongs = await client.with({ route: "allNodes" }).customCommand(["ECHO", "here"]);
  assertEquals(Object.keys(pongs as object).sort(), nodes.map(nameOf).sort());
  for (const { host, port } of nodes) {
    const route = { host, port };
    assertEquals(await client.with({ route }).customCommand(["ECHO", "me"]), "me");
  }
}

/** The slot of a key goes from shard 0 to shard 1 and back, under the client, which is redirected on the way. */
async function moveUnder(cluster: TestCluster, client: RedisClusterClient) {
  const slots = new Set(await cluster.slotsOf(0));
  const key = KEYS.find((key) => slots.has(slotOf(key)))!;
  for (const [from, to] of [[0, 1], [1, 0]]) {
    const move = await cluster.beginSlotMove(slotOf(key), from, to);
    await client.set(key, from);
    await move.moveKeys();
    assertEquals(await client.get(key), String(from)); // ASK
    await move.finish();
    assertEquals(await client.get(key), String(from)); // MOVED
    await cluster.agreed();
  }
}

const tls: Partial<ClusterClientConfiguration> = {
  useTls: true,
  tls: {
    caCerts: [secured.tls!.caCert],
    cert: secured.tls!.clientCert,
    key: secured.tls!.clientKey,
  },
  credentials: { password: PASSWORD },
};

Deno.test("a TLS cluster with client certificates and a password: all nodes are reached by TLS, replicas too", async () => {
  for (const protocol of [2, 3] as const) {
    await using client = await connect(secured.nodes[0], {
      ...tls,
      protocol,
      readFrom: "preferReplica",
    });
    await exercise(client, secured.nodes, 1);
    assertEquals(
      await client.with({ route: { slotKey: "key1" } }).customCommand(["ACL", "WHOAMI"]),
      "default",
    );
  }
});

Deno.test("a TLS cluster: redirections lead to connections with TLS and credentials as well", async () => {
  await using client = await connect(secured.nodes[0], tls);
  await moveUnder(secured, client);
});

Deno.test("a TLS cluster whose certificate is not trusted ends the creation", async () => {
  const { otherCaCert } = secured.tls!;
  const error = await assertRejects(
    () => connect(secured.nodes[0], { ...tls, tls: { ...tls.tls, caCerts: [otherCaCert] } }),
    ConnectionError,
  );
  assert(/certificate/i.test(error.message), error.message);
});

Deno.test("a user that may only read: reads work, writes are refused with NOPERM at each part", async () => {
  await using writer = await connect(secured.nodes[0], tls);
  await writer.mset(Object.fromEntries(KEYS.map((key) => [key, key])));
  await using client = await connect(secured.nodes[0], {
    ...tls,
    credentials: { username: "reader", password: PASSWORD },
  });
  assertEquals(await client.mget(KEYS), KEYS);
  const error = await assertRejects(() => client.set("key1", "x"), ServerError);
  assertEquals([error.code, error.command], ["NOPERM", "SET"]);
  const forbidden = await assertRejects(
    () => client.customCommand(["CONFIG", "RESETSTAT"]),
    ServerError,
  );
  assertEquals(forbidden.code, "NOPERM");
  const split = await assertRejects(() => client.del(KEYS), ClusterError);
  assertEquals(split.partial?.applied, []);
  assertEquals(split.partial?.failed.map(({ key }) => key).sort(), KEYS.toSorted());
  for (const { error } of split.partial!.failed) {
    assertEquals((error as ServerError).code, "NOPERM");
  }
  // It may not ask for COMMAND INFO either; an unknown command goes to some node, which says what it thinks of it.
  const unknown = await assertRejects(() => client.customCommand(["NOSUCH", "key1"]), ServerError);
  assert(["ERR", "NOPERM"].includes(unknown.code), unknown.message);
});

Deno.test("an IPv6 cluster: names have brackets, redirections come without", async () => {
  await using client = await connect(ipv6.nodes[0]);
  await exercise(client, ipv6.nodes);
  assert(ipv6.nodes.every((node) => nameOf(node).startsWith("[::1]:")));
  await moveUnder(ipv6, client);
});

Deno.test("an announced host name is an alias where the cluster prefers addresses", async () => {
  await using client = await connect(named.nodes[0]);
  await exercise(client, named.nodes);
  // A node can be named by it as well.
  const route = { host: "localhost", port: named.nodes[0].port };
  assertEquals(await client.with({ route }).customCommand(["ECHO", "me"]), "me");
  await moveUnder(named, client);
});

Deno.test("a cluster behind translated addresses: nodes are called as they announce themselves, and reached as mapped", async () => {
  await using proxies = new AsyncDisposableStack();
  const outside = new Map<string, TestProxy>();
  for (const node of named.nodes) {
    outside.set(nameOf(node), proxies.use(await startProxy(node)));
  }
  const asked: string[] = [];
  const options = {
    addressMap: (host: string, port: number) => {
      asked.push(`${host}:${port}`);
      const proxy = outside.get(`${host}:${port}`)!;
      return { host: proxy.host, port: proxy.port };
    },
  };
  const seed = outside.get(nameOf(named.nodes[0]))!;
  await using client = await connect(seed, options);
  await exercise(client, named.nodes);
  await moveUnder(named, client);
  for (const proxy of outside.values()) assert(proxy.accepted > 0);
  // Every connection goes through a proxy: without them nothing works.
  assert(asked.length >= 2);
  for (const proxy of outside.values()) await proxy.refuse();
  for (const proxy of outside.values()) proxy.cut();
  await assertRejects(() => client.with({ timeout: 200 }).get("key1"));
});
