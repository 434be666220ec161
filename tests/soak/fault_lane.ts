/**
 * Faults, one after the other, with the time that the client needs to recover from each.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { RedisClient } from "../../mod.ts";
import type { Random } from "../examples/demo/random.ts";
import type { FaultLog, LoggedFault } from "./fault_log.ts";
import { type FaultContext, type FaultKind, pause } from "./faults/fault.ts";
import type { Recorder } from "./recorder.ts";
import { REQUEST_TIMEOUT, type Target } from "./target.ts";

/** What a lane needs. */
export interface LaneOptions<T extends Target> {
  /** Whom to hurt. */
  readonly target: T;
  /** The faults to choose from; each is had once before any is had again. */
  readonly kinds: readonly FaultKind<T>[];
  /** Choices. */
  readonly random: Random;
  /** The client that has to recover. */
  readonly client: RedisClient;
  /** Where faults are noted. */
  readonly log: FaultLog;
  /** Where failures are noted. */
  readonly recorder: Recorder;
  /** Ends the lane, after the fault that is under way. */
  readonly signal: AbortSignal;
  /** Factor for all bounds of time. */
  readonly patience: number;
  /** Called when servers, and not the client, did not do as they should. */
  readonly onTrouble: (message: string) => void;
  /** Called after each fault. */
  readonly onHealed: (fault: LoggedFault) => Promise<void>;
  /** Called with the milliseconds that the client needed after a fault. */
  readonly onRecovered: (kind: string, time: number) => void;
}

/** Milliseconds between two faults. */
const PAUSE = { min: 200, max: 2500 };
/** Timeout of the requests that look whether the client has recovered, in milliseconds. */
const PROBE = 300;
/**
 * Milliseconds within which the client recovers: what a silent peer takes at most, twice the timeout and one second, and
 * the retries of the probe.
 */
const RECOVERY = 2 * REQUEST_TIMEOUT + 1000 + 4 * PROBE;
/** What servers say in their logs when they crash. */
const CRASH = /.*(ASSERTION FAILED|crashed by signal|==> .*|Guru Meditation).*/g;
/** After how many times that the lane goes on without a recovery. */
const HOPELESS = 6;

/**
 * Injects faults until the signal is aborted.
 *
 * @param options What the lane needs.
 */
export async function runFaults<T extends Target>(options: LaneOptions<T>): Promise<void> {
  const { target, kinds, random, log, signal, onHealed } = options;
  const context: FaultContext<T> = { target, random };
  let bag: FaultKind<T>[] = [];
  while (!signal.aborted) {
    if (bag.length === 0) bag = [...kinds];
    const [kind] = bag.splice(random.integer(0, bag.length - 1), 1);
    const fault = log.begin(kind.name, target.name, kind);
    try {
      await kind.run(context);
    } catch (error) {
      await mend(target, kind.name, error, options);
    }
    fault.end = performance.now();
    await onHealed(fault);
    await recover(fault, options);
    await pause(random, PAUSE.min, PAUSE.max);
  }
}

/**
 * Brings the servers back in order after a fault that did not go as it should, for instance because a server crashed. That
 * is no fault of the client, but it is one that loses writes.
 */
async function mend<T extends Target>(
  target: T,
  kind: string,
  error: unknown,
  { log, onTrouble }: LaneOptions<T>,
): Promise<void> {
  const crash = log.begin("servers out of order", target.name, { lossy: true });
  const dead = target.nodes.filter((node) => !node.running);
  const logs = await Promise.all(dead.map((node) => node.logs()));
  const reasons = logs.flatMap((text) => text.match(CRASH) ?? []);
  onTrouble(`${target.name}, ${kind}: ${[error, ...reasons].join("; ")}`);
  await target.heal();
  crash.end = performance.now();
}

/** Waits until requests succeed again on all shards. */
async function recover<T extends Target>(
  fault: LoggedFault,
  options: LaneOptions<T>,
): Promise<void> {
  const { target, client, log, recorder, patience, onRecovered } = options;
  const bound = RECOVERY * patience;
  const start = performance.now();
  const view = client.with({ timeout: PROBE });
  const where = `probe after ${fault.kind}`;
  const times = await Promise.all(target.shardTags.map(async (tag) => {
    const key = `probe:{${tag}}`;
    while (true) {
      const { fate } = await recorder.perform("SET of a probe", PROBE, () => view.set(key, "1"), {
        where,
      });
      const time = performance.now() - start;
      if (fate === "acknowledged" || time > HOPELESS * bound) return time;
      await delay(10);
    }
  }));
  const others = log.faults.some((other) =>
    other !== fault && (other.target === target.name || other.target === "process") &&
    (other.end === null || other.end > start)
  );
  // How long it takes with a second fault on top tells nothing about either.
  if (others) return;
  const time = Math.max(...times);
  onRecovered(fault.kind, time);
  if (time > bound) {
    const message = `no recovery for ${Math.round(time)} ms after ${fault.kind}`;
    recorder.violate("recovers in time", where, [message], { start, timing: true });
  }
}
