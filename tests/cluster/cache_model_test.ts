import { assert, assertEquals } from "@std/assert";
import { runCluster } from "../_kit/cache_runs.ts";

Deno.test("100 000 cached reads while slots move and shards fail over: each value was true at its time", async () => {
  const report = await runCluster({ reads: 100_000, seed: 1, pause: 40 });
  assertEquals(report.violations, []);
  assert(report.comparisons > 0, "the cache was never compared with the servers");
});
