/**
 * `deno task demo`: the clients at their main job, on real servers that the demo starts itself and ends again.
 *
 * It prints what it measures while it goes, and a report at the end. The exit code is 0 only if everything was as it has
 * to be; each thing that has to be is a line of the report.
 *
 * @module
 */

import { judgeCluster, playCluster } from "./demo/cluster.ts";
import { judgeSentinel, playSentinel } from "./demo/sentinel.ts";
import { judgeStandalone, playStandalone } from "./demo/standalone.ts";
import { allHeld, printReport } from "./demo/report.ts";
import type { Scale, Verdict } from "./demo/scene.ts";
import { ownScreen } from "./demo/screen.ts";
import { Terminal } from "./demo/terminal.ts";

const SCALE: Scale = {
  products: 10_000,
  slotStep: 1,
  requestsPerSecond: 2000,
  calm: 1500,
  hesitation: 500,
  movedSlots: 512,
};

/** What shells make of an end by Ctrl-C. */
const INTERRUPTED = 130;

const terminal = new Terminal(ownScreen());

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    terminal.say("Interrupted: the servers end, and their folders go");
    // They have watchdogs, which do that as soon as this process is gone.
    Deno.exit(INTERRUPTED);
  });
}

const started = performance.now();
const stage = { terminal, scale: SCALE };
const verdicts: Verdict[] = [
  ...judgeStandalone(await playStandalone(stage)),
  ...judgeSentinel(await playSentinel(stage)),
  ...judgeCluster(await playCluster(stage)),
];
printReport(terminal, verdicts, performance.now() - started);
Deno.exit(allHeld(verdicts) ? 0 : 1);
