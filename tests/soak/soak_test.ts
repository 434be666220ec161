import { assert, assertEquals } from "@std/assert";
import { countViolations, formatReport, formatViolations } from "./report.ts";
import { soak } from "./soak.ts";

/** How long there are faults, in milliseconds. */
const DURATION = 20_000;
/** Other tests run at the same time, so all bounds of time are that much wider. */
const PATIENCE = 4;
const SEED = 1;

Deno.test("a short soak of a cluster and a standalone set: no promise is broken", async () => {
  const report = await soak({ duration: DURATION, seed: SEED, patience: PATIENCE });
  const figures = formatReport(report);
  for (const line of figures.slice(-11)) console.log(`    ${line}`);
  assertEquals(countViolations(report), 0, formatViolations(report, SEED).join("\n"));
  // It must have been a soak.
  for (const { kinds, target } of report.recorders) {
    const succeeded = [...kinds.values()].reduce((sum, kind) => sum + kind.latencies.count, 0);
    assert(succeeded > 1000, `${succeeded} operations succeeded on the ${target}`);
    assert(report.faults.faults.filter((fault) => fault.target === target).length > 4);
  }
});
