import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { retry } from "@std/async";
import type { RedisClusterClient } from "../../../cluster/mod.ts";
import type { MemoryStats, ServerInfo, ServerTime } from "../../../lib/commands/mod.ts";
import { ServerError } from "../../../lib/errors.ts";
import { commandTest, connectToCluster } from "../../_kit/command_tests.ts";

/** Registers a test for both protocols on a cluster. */
function clusterTest(name: string, body: (cluster: RedisClusterClient) => Promise<void>): void {
  commandTest(name, {
    except: { standalone: "it is no cluster", batch: "it is no cluster" },
  }, async (_, { protocol }) => {
    await using cluster = await connectToCluster(protocol);
    await body(cluster);
  });
}

/** Checks that there is a reply of each of the three nodes, and hands them over. */
function perNode<R>(replies: Record<string, R>): R[] {
  for (const name of Object.keys(replies)) assertMatch(name, /^127\.0\.0\.1:\d+$/);
  const values = Object.values(replies);
  assertEquals(values.length, 3);
  return values;
}

clusterTest("what changes one node goes where the route says", async (cluster) => {
  await assertRejects(() => cluster.shutdown({ abort: true }), TypeError);
  await assertRejects(() => cluster.failover(), TypeError);
  const node = cluster.with({ route: { slot: 0 } });
  await assertRejects(() => node.shutdown({ abort: true }), ServerError);
  await assertRejects(() => node.failover(), ServerError);
  perNode(await cluster.with({ route: "allPrimaries" }).clusterSaveconfig());
});

clusterTest("reports come for each node", async (cluster) => {
  const infos: Record<string, ServerInfo> = await cluster.info("server");
  for (const [name, { sections }] of Object.entries(infos)) {
    assertEquals(name, `127.0.0.1:${sections.server.tcp_port}`);
  }
  perNode(infos);

  const stats: Record<string, MemoryStats> = await cluster.memoryStats();
  for (const { totalAllocated } of perNode(stats)) assert(totalAllocated > 0);
  for (const text of perNode(await cluster.memoryDoctor())) assertMatch(text, /\w/);
  for (const text of perNode(await cluster.memoryMallocStats())) assertMatch(text, /\w/);
  for (const text of perNode(await cluster.latencyDoctor())) assertMatch(text, /\w/);
  for (const events of perNode(await cluster.latencyLatest())) assertEquals(events, []);
  for (const events of perNode(await cluster.latencyHistory("fork"))) assert(Array.isArray(events));
  for (const { info } of perNode(await cluster.latencyHistogram("info"))) assert(info.calls > 0);
  for (const { engines } of perNode(await cluster.bytes.functionStats())) assert(engines.LUA);
});

clusterTest("a view with a route to one node answers for that node", async (cluster) => {
  const { sections }: ServerInfo = await cluster.with({ route: { slot: 0 } }).info("server");
  assertMatch(sections.server.tcp_port, /^\d+$/);
  const stats: MemoryStats = await cluster.with({ route: "random" }).memoryStats();
  assert(stats.totalAllocated > 0);
  const patient = cluster.with({ route: { slot: 0 } }).with({ timeout: 5000 });
  assertEquals((await patient.functionStats()).runningScript, null);
});

clusterTest("a view with a route to several nodes answers for each", async (cluster) => {
  const all = cluster.with({ route: "allNodes" });
  const times: Record<string, ServerTime> = await all.time();
  for (const { seconds } of perNode(times)) assert(seconds > 1_600_000_000);
  for (const { role } of perNode(await all.role())) assertEquals(role, "primary");
  for (const connections of perNode(await all.clientList())) assert(connections.length > 0);
  await cluster.mset({ a: 1, b: 2, c: 3 });
  assertEquals(perNode(await all.keys("*")).flat().toSorted(), ["a", "b", "c"]);
  for (const id of perNode(await all.clusterMyid())) assertEquals(id.length, 40);
  for (const sum of perNode(await all.eval("return 1 + 1"))) assertEquals(sum, 2);
  perNode(await all.info());
  // What is put together stays so.
  assertEquals(await all.dbsize(), 3);
});

clusterTest("batches answer as the client does, transactions for one node", async (cluster) => {
  const [infos, time] = await cluster.batch((b) => [b.info("server"), b.time()]);
  perNode(infos);
  assert(time.seconds > 1_600_000_000);
  const result = await cluster.transaction((t) => [t.set("k", "v"), t.info("server")]);
  assertMatch(result![1].sections.server.tcp_port, /^\d+$/);
});

clusterTest("all primaries save", async (cluster) => {
  const patient = cluster.with({ timeout: 10_000 });
  const idle = () =>
    retry(async () => {
      for (const { sections } of perNode(await patient.info("persistence"))) {
        const busy = ["rdb_bgsave_in_progress", "aof_rewrite_in_progress", "aof_rewrite_scheduled"]
          .filter((name) => sections.persistence[name] !== "0");
        if (busy.length > 0) throw new Error(`A node is not done: ${busy}`);
      }
    }, { minTimeout: 5, maxTimeout: 50, maxAttempts: 200 });
  await idle();
  assertEquals(await patient.save(), "OK");
  assertMatch(await patient.bgsave(), /started/);
  await idle();
  assertMatch(await patient.bgrewriteaof(), /started/);
  await idle();
});
