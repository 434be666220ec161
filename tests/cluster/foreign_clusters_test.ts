/** Addresses that belong to nodes of another cluster after a while: nothing may be written there. */

import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { RedisError, TimeoutError } from "../../cluster/mod.ts";
import { ForeignMaps } from "../../cluster/foreign_clusters.ts";
import { Topology, type View } from "../../cluster/topology.ts";
import { startCluster, startProxy, type TestProxy } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect, nameOf } from "./_connect.ts";

const KEYS = Array.from({ length: 40 }, (_, i) => `key${i}`);

Deno.test("nodes are away, and one address leads to another cluster: nothing goes there, and the own one is found again", async () => {
  await using clusters = new AsyncDisposableStack();
  const [own, other] = await Promise.all([
    startCluster({ shards: 3 }),
    startCluster({ shards: 3 }),
  ]);
  clusters.use(own);
  clusters.use(other);
  const ways = new Map<string, TestProxy>();
  for (const node of own.nodes) ways.set(nameOf(node), clusters.use(await startProxy(node)));
  const proxies = [...ways.values()];
  const [stolen, ...others] = proxies;
  await using client = await connect(proxies, {
    requestTimeout: 300,
    addressMap: (host, port) => {
      const way = ways.get(`${host}:${port}`);
      return way === undefined ? { host, port } : { host: way.host, port: way.port };
    },
  });
  for (const key of KEYS) assertEquals(await client.set(key, "before"), "OK");
  for (const proxy of proxies) {
    await proxy.refuse();
    proxy.cut();
  }
  stolen.target = other.nodes[0];
  stolen.accept();
  const away = performance.now();
  while (performance.now() - away < 1500) {
    const outcomes = await Promise.allSettled(KEYS.map((key) => client.set(key, "meanwhile")));
    for (const outcome of outcomes) {
      // Nobody has told the client that something was written.
      assertInstanceOf((outcome as PromiseRejectedResult).reason, RedisError);
    }
  }
  // The first node comes back at a new address, the others at their old ones.
  ways.set(nameOf(own.nodes[0]), clusters.use(await startProxy(own.nodes[0])));
  for (const proxy of others) proxy.accept();
  await until("all keys can be written", async () => {
    const outcomes = await Promise.allSettled(KEYS.map((key) => client.set(key, "after")));
    return outcomes.every(({ status }) => status === "fulfilled");
  });
  assertEquals(await client.mget(KEYS), KEYS.map(() => "after"));
  for (const node of other.nodes) assertEquals(await node.command(["DBSIZE"]), 0);
});

Deno.test("a cluster that was made anew under the same addresses is accepted when the seeds say so", async () => {
  await using clusters = new AsyncDisposableStack();
  const [old, fresh] = await Promise.all([
    startCluster({ shards: 2 }),
    startCluster({ shards: 2 }),
  ]);
  clusters.use(old);
  clusters.use(fresh);
  const proxies = await Promise.all(old.nodes.map((node) => startProxy(node)));
  for (const proxy of proxies) clusters.use(proxy);
  await using client = await connect(proxies, {
    requestTimeout: 5000,
    addressMap: (host, port) => {
      const i = [old, fresh].map(({ nodes }) =>
        nodes.findIndex((node) => node.host === host && node.port === port)
      );
      const proxy = proxies[Math.max(...i)];
      return { host: proxy.host, port: proxy.port };
    },
  });
  await client.set("foo", "old");
  for (const [i, proxy] of proxies.entries()) proxy.target = fresh.nodes[i];
  for (const proxy of proxies) proxy.cut();
  // A read is sent again when its connection is lost.
  assertEquals(await client.get("foo"), null);
  assertEquals(await client.set("foo", "fresh"), "OK");
  assertEquals(await client.get("foo"), "fresh");
});

Deno.test("requests for a node that belongs to another cluster now say so when their time is over", async () => {
  await using clusters = new AsyncDisposableStack();
  const [own, other] = await Promise.all([
    startCluster({ shards: 1 }),
    startCluster({ shards: 1 }),
  ]);
  clusters.use(own);
  clusters.use(other);
  const proxy = clusters.use(await startProxy(own.nodes[0]));
  await using gone = await startProxy(own.nodes[0]);
  await using client = await connect([proxy, gone], {
    requestTimeout: 500,
    addressMap: (_host, port) =>
      port === own.nodes[0].port ? { host: proxy.host, port: proxy.port } : other.nodes[0],
  });
  await client.set("foo", 1);
  await gone.refuse();
  proxy.target = other.nodes[0];
  proxy.cut();
  assertInstanceOf(await client.get("foo").catch((error) => error), TimeoutError);
  const error = await client.set("foo", 2).catch((error) => error);
  assertInstanceOf(error, TimeoutError);
  const reason = `Cannot use ${nameOf(proxy)}: it is a node of another cluster now`;
  assertStringIncludes(error.message, reason);
  assertEquals(await other.nodes[0].command(["DBSIZE"]), 0);
});

Deno.test("ForeignMaps accepts all seeds at once, some of them after a while, and none that disagree", () => {
  const view = (id: string): View => ({
    topology: Topology.parse([[0, 16_383, ["h", 1, id, []]]], { host: "h", port: 1 }),
    epoch: 1,
  });
  const maps = new ForeignMaps();
  assertEquals(maps.accepts([], 2), false);
  assertEquals(maps.accepts([view("a"), view("a")], 2), true);
  assertEquals(maps.accepts([view("a"), view("b")], 2), false);
  assertEquals(maps.accepts([view("a")], 2, 1000), false);
  assertEquals(maps.accepts([view("a")], 2, 5000), false);
  assertEquals(maps.accepts([view("a")], 2, 6001), true);
  maps.reset();
  assertEquals(maps.accepts([view("a")], 2, 6002), false);
});
