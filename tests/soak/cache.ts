/**
 * `deno task cache`: many cached reads with faults, compared with a model of what can be read. Prints figures; the exit code
 * is 0 if nothing was read that cannot be true.
 *
 *     deno task cache                                       # a million reads of each kind of server, from a new seed
 *     deno task cache --reads 100000 --seed 7 --target cluster
 *
 * @module
 */

import { runCluster, runStandalone } from "../_kit/cache_runs.ts";

const given = new Map<string, string>();
for (let i = 0; i < Deno.args.length; i += 2) given.set(Deno.args[i], Deno.args[i + 1] ?? "");
const reads = Number(given.get("--reads") ?? 1e6);
const seed = Number(given.get("--seed") ?? Date.now() % 1e6);
const target = given.get("--target");

let failed = false;
for (const [name, run] of Object.entries({ standalone: runStandalone, cluster: runCluster })) {
  if (target !== undefined && target !== name) continue;
  console.log(`${name}: ${reads} reads, seed ${seed}`);
  const start = performance.now();
  const report = await run({ reads, seed, silence: true });
  console.log(report, `${((performance.now() - start) / 1000).toFixed(1)} s`);
  if (report.violations.length > 0) failed = true;
}
Deno.exitCode = failed ? 1 : 0;
