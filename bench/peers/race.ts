/**
 * Lets the contestants do the workloads, round by round and taking turns, so that whatever disturbs the machine meets them all.
 *
 * @module
 */

import { ClientProcess } from "./client_process.ts";
import type { Figures } from "./clients/figures.ts";
import { type Contestant, OURS } from "./contestants.ts";
import type { BenchOptions } from "./options.ts";
import type { Installation } from "./packages.ts";
import { pinned, type Pinning } from "./pinning.ts";
import type { Progress } from "./progress.ts";
import type { Miss, Results } from "./results.ts";
import type { Servers } from "./servers.ts";
import type { Workload } from "./workloads.ts";
import { Writer } from "./writer.ts";

/** What a race needs. */
export interface RaceSetup {
  /** What was asked for. */
  readonly options: BenchOptions;
  /** How to run the contestants. */
  readonly installation: Installation;
  /** Where they run. */
  readonly pinning: Pinning;
  /** The servers. */
  readonly servers: Servers;
  /** Is told what goes on. */
  readonly progress: Progress;
  /** When the budget ends, on the clock of `performance.now()`. */
  readonly deadline: number;
}

/** How long it takes in a process, in milliseconds, until its compiler is done with what is measured. */
const WARM_UP = 1000;

/** The same for the quick bench: what has to do. */
const SHORT_WARM_UP = 250;

/** So many rounds are there even if there is no time. */
const FEWEST_ROUNDS = 3;

/** For the quick bench: slices shorter than this say nothing. */
const SHORTEST_SLICE = 25;

/**
 * For the quick bench: what each workload and contestant needs besides measuring, in milliseconds. Connecting, mostly; what requests
 * are under way at the end of a slice take their time as well.
 */
const OVERHEAD = 60;

/**
 * Runs all workloads.
 *
 * @param setup What is needed.
 * @param results Gets the measurements, and what could not be measured.
 */
export async function race(setup: RaceSetup, results: Results): Promise<void> {
  const { options, progress, deadline } = setup;
  const { quick, rounds, maxRounds } = options;
  await using field = new Field(setup, results);
  for (const [i, workload] of options.workloads.entries()) {
    const share = (deadline - performance.now()) / (options.workloads.length - i);
    const end = performance.now() + share;
    let runners = await field.open(workload);
    // There is no time for fresh processes for each workload in the quick bench.
    const slice = quick ? sliceWithin(share, options, runners.length) : options.slice;
    const warmUp = quick ? (i === 0 ? SHORT_WARM_UP : 0) : WARM_UP;
    // Round 0 is not counted: code is being compiled, and buffers grow.
    for (let round = 0; round <= maxRounds; round++) {
      // On a machine that is too busy for the budget, a few rounds have to do.
      if (round > (quick ? 1 : FEWEST_ROUNDS) && performance.now() > end) break;
      if (round > rounds) {
        runners = runners.filter(({ id }) => id === OURS || !results.isSteady(id, workload.name));
        if (runners.every(({ id }) => id === OURS)) break;
      }
      const duration = round === 0 ? Math.max(slice, warmUp) : slice;
      for (let turn = 0; turn < runners.length; turn++) {
        // Rotated, so that not always the same one comes first.
        const contestant = runners[(turn + round) % runners.length];
        progress.step(i, workload.name, round, contestant);
        const figures = await field.measure(contestant, workload, duration);
        if (figures && round > 0) {
          results.add({ id: contestant.id, workload: workload.name, round, ...figures });
        }
      }
    }
    progress.finished(workload, results);
    if (!quick) await field.stop();
  }
}

/** How long slices may be if a workload is to take no more than its share of the time. */
function sliceWithin(share: number, { rounds, slice }: BenchOptions, runners: number): number {
  const fitting = (share / Math.max(1, runners) - OVERHEAD) / (rounds + 1);
  return Math.round(Math.min(slice, Math.max(SHORTEST_SLICE, fitting)));
}

/** The contestants' processes. */
class Field implements AsyncDisposable {
  readonly #setup: RaceSetup;
  readonly #results: Results;
  readonly #processes = new Map<string, ClientProcess>();

  constructor(setup: RaceSetup, results: Results) {
    this.#setup = setup;
    this.#results = results;
  }

  /** Has everybody connect for a workload; starts the processes that do not run. Answers those who are ready. */
  async open(workload: Workload): Promise<Contestant[]> {
    const { options, servers } = this.#setup;
    for (const contestant of options.contestants) this.#start(contestant, workload);
    const ready: Contestant[] = [];
    for (const contestant of options.contestants) {
      const opened = await this.#try(contestant, workload, async (process) => {
        const reason = await process.open(workload.name, servers.endpointFor(workload));
        if (reason === undefined) return true;
        this.#miss(contestant, workload, "unsupported", reason);
        return false;
      });
      if (opened) ready.push(contestant);
    }
    return ready;
  }

  /** Measures one slice. Answers undefined if that fails, or has failed in an earlier round. */
  async measure(
    contestant: Contestant,
    workload: Workload,
    slice: number,
  ): Promise<Figures | undefined> {
    const { writes } = workload;
    using _writer = writes === undefined
      ? undefined
      : await Writer.start(this.#setup.servers.endpointFor(workload), writes);
    return await this.#try(contestant, workload, (process) => process.measure(slice));
  }

  /** Ends all processes. */
  async stop(): Promise<void> {
    const processes = [...this.#processes.values()];
    this.#processes.clear();
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #start(contestant: Contestant, workload: Workload): void {
    if (this.#processes.has(contestant.id)) return;
    const { installation, pinning } = this.#setup;
    const command = installation.commandOf(contestant);
    if ("absent" in command) {
      this.#miss(contestant, workload, "absent", command.absent);
    } else {
      const process = new ClientProcess(pinned(pinning, command), installation.env);
      this.#processes.set(contestant.id, process);
    }
  }

  async #try<T>(
    contestant: Contestant,
    workload: Workload,
    act: (process: ClientProcess) => Promise<T>,
  ): Promise<T | undefined> {
    const process = this.#processes.get(contestant.id);
    if (!process || this.#results.missOf(contestant.id, workload.name)) return undefined;
    try {
      return await act(process);
    } catch (error) {
      this.#miss(contestant, workload, "failed", (error as Error).message);
      // What state it is in, nobody knows.
      this.#processes.delete(contestant.id);
      await process[Symbol.asyncDispose]();
      return undefined;
    }
  }

  #miss(
    { id }: Contestant,
    { name: workload }: Workload,
    kind: Miss["kind"],
    reason: string,
  ): void {
    this.#results.addMiss({ id, workload, kind, reason });
  }
}
