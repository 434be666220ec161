import { assert, assertEquals } from "@std/assert";
import { runStandalone } from "../_kit/cache_runs.ts";

Deno.test("100 000 cached reads through cuts, flushes and failovers: each value was true at its time", async () => {
  const report = await runStandalone({ reads: 100_000, seed: 1, pause: 30 });
  assertEquals(report.violations, []);
  assert(report.comparisons > 0, "the cache was never compared with the server");
});
