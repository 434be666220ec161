/**
 * `deno task bench:peers`: compares this client with others on the same local servers.
 *
 * Every client runs in a process of its own; servers share one processor core, clients another one. All take turns, in several
 * rounds, of which the median counts. Every reply is checked; a wrong or a missing one fails the bench.
 *
 * @module
 */

import { drawChart } from "./chart.ts";
import { type BenchOptions, HELP, parseOptions } from "./options.ts";
import { type Contestant, CONTESTANTS, OURS } from "./contestants.ts";
import { install } from "./packages.ts";
import { choosePinning } from "./pinning.ts";
import { Progress } from "./progress.ts";
import { race } from "./race.ts";
import { readmeTables } from "./readme_tables.ts";
import { report } from "./report.ts";
import { type Measurement, Results } from "./results.ts";
import { Servers } from "./servers.ts";
import { describeSetting } from "./setting.ts";

if (import.meta.main) Deno.exit(await main());

/** Runs the bench; answers the exit code. */
async function main(): Promise<number> {
  let options: BenchOptions | undefined;
  try {
    options = parseOptions(Deno.args);
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  if (!options) {
    console.log(HELP);
    return 0;
  }

  const { contestants, workloads, budget } = options;
  const progress = new Progress(workloads.length);
  const load = Deno.loadavg()[0];
  const installation = await install(contestants, (text) => progress.say(text));
  const deadline = performance.now() + budget;
  const pinning = await choosePinning();
  progress.say("Starting the servers");
  await using servers = await Servers.start(workloads, pinning);
  const results = new Results(options.json ? printJson : undefined);
  await race({ options, installation, pinning, servers, progress, deadline }, results);

  const programs = [servers.version, ...installation.versions];
  const lines = describeSetting({ options, programs, pinning, load });
  const text = report(results, options, lines);
  if (options.json) printRatios(results, options);
  else if (options.readme) console.log(readmeTables(results, options, lines));
  if (options.readme) console.error(`\n${text}`);
  else if (!options.json) console.log(`\n${text}`);
  if (options.svg !== undefined) {
    await Deno.writeTextFile(options.svg, drawChart(results, options, lines));
    progress.say(`The chart is in ${options.svg}`);
  }
  const failed = results.misses.filter(({ kind }) => kind === "failed");
  for (const { id, workload, reason } of failed) {
    console.error(`Failed: ${id} in ${workload}: ${reason}`);
  }
  return failed.length === 0 ? 0 : 1;
}

/** Prints a measurement as a line of JSON. */
function printJson({ id, workload, round, ...figures }: Measurement): void {
  console.log(
    JSON.stringify({ is: "measurement", ...namesOf(id), workload, round, ...figures }),
  );
}

/** Prints, for each contestant and workload, ours ÷ theirs with the spread as a line of JSON. */
function printRatios(results: Results, { contestants, workloads }: BenchOptions): void {
  for (const { name: workload } of workloads) {
    for (const { id } of contestants) {
      if (id === OURS) continue;
      const throughput = results.ratio(id, workload, "opsPerSec");
      const cpu = results.ratio(id, workload, "cpuUsPerOp");
      if (throughput === undefined) continue;
      const isSteady = results.isSteady(id, workload);
      console.log(
        JSON.stringify({ is: "ratio", ...namesOf(id), workload, isSteady, throughput, cpu }),
      );
    }
  }
}

function namesOf(id: string): Pick<Contestant, "client" | "runtime" | "mode"> {
  const { client, runtime, mode } = CONTESTANTS.find((contestant) => contestant.id === id)!;
  return { client, runtime, mode };
}
