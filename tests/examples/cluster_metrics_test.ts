import { assertEquals, assertMatch } from "@std/assert";
import { startCluster } from "../../lib/testing/mod.ts";
import { Program } from "./_program.ts";

Deno.test("the cluster client shows its metrics and events, and closes in the end", async () => {
  await using cluster = await startCluster({ shards: 3, replicas: 1 });
  const [{ host, port }] = cluster.nodes;
  const args = [`${host}:${port}`, "0"];
  await using program = new Program("cluster_metrics.ts", args, ["--allow-net"]);
  const base = await program.printed(/Metrics at (\S+)\/metrics/);
  assertEquals(await (await fetch(base)).json(), { keys: 0 });
  const metrics = await (await fetch(`${base}/metrics`)).text();
  assertMatch(metrics, /^redis_client_in_flight 0$/m);
  assertMatch(metrics, /^redis_client_completed 1$/m);
  assertMatch(metrics, /^redis_client_cache_hits 0$/m);
  await cluster.killPrimary(0);
  await program.printed(/^(disconnected) /m);
  await cluster.agreed();
  await program.printed(/^(topology) /m);
  await program.interrupt();
});
