/**
 * `deno task soak`: everything that the client promises, on a cluster and on a standalone set, through every fault there
 * is. Prints figures at the end, and each violation with what is needed to look into it; the exit code is 0 if there is
 * none.
 *
 *     deno task soak                                  # ten minutes, from a new seed
 *     deno task soak --minutes 2 --seed 7             # the same choices again
 *     deno task soak --target cluster --only sets --faults LOADING
 *
 * `--target` names the servers, `--only` parts of the names of workers, `--faults` parts of the names of faults, both
 * separated by commas; `--patience` is a factor for all bounds of time.
 *
 * @module
 */

import { countViolations, formatReport, formatViolations } from "./report.ts";
import { soak, type SoakOptions, type TargetName } from "./soak.ts";

/** How long the process may live on when all is done, in milliseconds. */
const EXIT = 10_000;

const OPTIONS = ["minutes", "seed", "target", "only", "faults", "patience"];
const given = readArguments(Deno.args);
const seed = Number(given.get("seed") ?? Date.now() % 1e6);
const minutes = Number(given.get("minutes") ?? 10);
const target = given.get("target");
const options: SoakOptions = {
  duration: minutes * 60_000,
  seed,
  patience: Number(given.get("patience") ?? 1),
  only: given.get("only"),
  faults: given.get("faults"),
  ...target === undefined ? {} : { targets: [target as TargetName] },
};
if (!(minutes > 0) || !Number.isInteger(seed)) fail("Expected numbers for --minutes and --seed");
if (target !== undefined && !["cluster", "standalone"].includes(target)) {
  fail(`Expected --target cluster or --target standalone, got ${target}`);
}

console.log(`Soaking for ${minutes} min, seed ${seed}`);
const report = await soak(options);
for (const line of formatViolations(report, seed)) console.log(line);
for (const line of formatReport(report)) console.log(line);
Deno.exitCode = countViolations(report) === 0 ? 0 : 1;

// All clients are closed, so nothing holds the process.
const watchdog = setTimeout(() => {
  console.log("VIOLATION: the process does not end although all clients are closed");
  Deno.exit(1);
}, EXIT);
Deno.unrefTimer(watchdog);

function readArguments(args: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i].replace(/^--/, "");
    if (!OPTIONS.includes(name) || args[i + 1] === undefined) {
      fail(`Expected ${OPTIONS.map((option) => `--${option}`).join(", ")}, each with a value`);
    }
    values.set(name, args[i + 1]);
  }
  return values;
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(2);
}
