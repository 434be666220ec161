/**
 * The whole of it: load with all that the client promises, on a cluster and on a standalone set, while everything fails
 * that can.
 *
 * ## What counts as a violation
 *
 * Each worker has keys of its own, new ones in each round, so what must be there follows from what its requests were told
 * (`model.ts`). The servers themselves may lose what they have acknowledged: replication is asynchronous, so a replica
 * that takes over from a dead or frozen primary may lack the last writes. That is no fault of the client. Such faults are
 * marked as `lossy`, and so are failovers that nobody asked for. A round that has seen one is only held to what must hold
 * all the same: nothing is there that was rejected as not executed, nothing is there twice, the order is right, keys that
 * change together are equal. All other faults lose nothing, and rounds are held to everything: a coordinated failover
 * (`CLUSTER FAILOVER`, `FAILOVER`) waits for the replica, a primary that is killed and restarted has its append-only file
 * (the kernel has what was written before the reply, so that `SIGKILL` loses nothing), moved slots take their keys along.
 *
 * Faults that a usual timeout survives are marked as `gentle`: while there are only such, no dependable request may fail.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { OverloadError, type RedisClient } from "../../mod.ts";
import { Random } from "../examples/demo/random.ts";
import { runFaults } from "./fault_lane.ts";
import { FaultLog } from "./fault_log.ts";
import { CLUSTER_FAULTS } from "./faults/cluster.ts";
import type { FaultKind } from "./faults/fault.ts";
import { NETWORK_FAULTS } from "./faults/network.ts";
import { blockEventLoop, STALL } from "./faults/process.ts";
import { SERVER_FAULTS } from "./faults/server.ts";
import { STANDALONE_FAULTS } from "./faults/standalone.ts";
import { Recorder, say } from "./recorder.ts";
import { Round, type RoundContext, type Worker } from "./round.ts";
import { StallMeter } from "./stall_meter.ts";
import { ClusterTarget, REQUEST_TIMEOUT, StandaloneTarget, type Target } from "./target.ts";
import { LIMITED_WORKERS, RESTRICTED_WORKERS, WORKERS } from "./workers/mod.ts";
import { LIMIT } from "./workers/overloads.ts";

/** How long to soak, in what. */
export interface SoakOptions {
  /** For how long faults are injected, in milliseconds. */
  readonly duration: number;
  /** Seed of all choices. When a fault meets which request is up to the machine all the same. */
  readonly seed: number;
  /** Which servers. @default {["cluster", "standalone"]} */
  readonly targets?: readonly TargetName[];
  /** Factor for all bounds of time, for machines that are busy with other things. @default {1} */
  readonly patience?: number;
  /** Only the workers whose name contains one of these, separated by commas. By default all. */
  readonly only?: string;
  /** Only the faults whose name contains one of these, separated by commas. By default all. */
  readonly faults?: string;
}

/** Servers to soak. */
export type TargetName = "cluster" | "standalone";

/** What came of it. */
export interface SoakReport {
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** What the requests on each target came to. */
  readonly recorders: readonly Recorder[];
  /** The faults. */
  readonly faults: FaultLog;
  /** The longest recovery by target and kind of fault, in milliseconds. */
  readonly recoveries: ReadonlyMap<string, number>;
  /** What servers did wrong, in words. */
  readonly troubles: readonly string[];
  /** Memory of the process after a tenth of the time, when everything has been in use, and at the end, in bytes. */
  readonly memory: { readonly begin: Deno.MemoryUsage; readonly end: Deno.MemoryUsage };
}

/** Keys and hash fields that are there all the time: more than a server keeps in one piece. */
const STABLE = 600;
/** Limit of requests in flight of the clients but one. */
const MOST_IN_FLIGHT = 3000;
/** Milliseconds between two rounds of a worker. */
const ROUND_PAUSE = { min: 20, max: 250 };
/** How long rounds may take to end when the faults are over, in milliseconds. */
const LAST_ROUNDS = 90_000;

/** What all targets share. */
interface Shared {
  readonly options: SoakOptions;
  readonly log: FaultLog;
  readonly stalls: StallMeter;
  readonly recoveries: Map<string, number>;
  readonly troubles: string[];
}

/**
 * Soaks.
 *
 * @param options For how long, and in what.
 * @returns Figures and violations.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { targets = ["cluster", "standalone"], seed, duration } = options;
  using stalls = new StallMeter();
  const shared: Shared = {
    options,
    log: new FaultLog(),
    stalls,
    recoveries: new Map(),
    troubles: [],
  };
  const start = performance.now();
  const memory = { begin: Deno.memoryUsage(), end: Deno.memoryUsage() };
  const end = new AbortController();
  const recorders: Recorder[] = [];
  using _rejections = watchRejections(() => recorders[0]);
  const soaking = targets.map((name) => {
    const recorder = new Recorder(name, shared.log, stalls, options.patience ?? 1);
    recorders.push(recorder);
    return name === "cluster"
      ? soakOne(() => ClusterTarget.start(), CLUSTER_FAULTS, recorder, shared, end.signal)
      : soakOne(() => StandaloneTarget.start(), STANDALONE_FAULTS, recorder, shared, end.signal);
  });
  const stalling = stallAtTimes(new Random(seed), shared, end.signal);
  const timers = [
    setTimeout(() => end.abort(), duration),
    setTimeout(() => memory.begin = Deno.memoryUsage(), duration / 10),
  ];
  try {
    await Promise.all([...soaking, stalling]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    end.abort();
  }
  memory.end = Deno.memoryUsage();
  return {
    duration: performance.now() - start,
    recorders,
    faults: shared.log,
    recoveries: shared.recoveries,
    troubles: shared.troubles,
    memory,
  };
}

async function soakOne<T extends Target>(
  startTarget: () => Promise<T>,
  ownFaults: readonly FaultKind<T>[],
  recorder: Recorder,
  shared: Shared,
  signal: AbortSignal,
): Promise<void> {
  const { log, options, recoveries } = shared;
  const { seed, patience = 1, only, faults: wanted } = options;
  await using target = await startTarget();
  const client = await target.connect({ inflightRequestsLimit: MOST_IN_FLIGHT });
  const stable = await writeStable(client, target);
  const primaries = new PrimaryWatch(target, log);
  await primaries.note();
  const context = (own: RedisClient, dependable: boolean): RoundContext => ({
    client: own,
    target,
    recorder,
    faults: log,
    noteRoles: () => primaries.note(),
    stable,
    dependable,
  });

  const limited = await target.connect({ inflightRequestsLimit: LIMIT });
  const crews: [RedisClient, readonly Worker[], boolean][] = [
    [client, WORKERS, true],
    [limited, LIMITED_WORKERS, true],
  ];
  const created = await recorder.perform(
    "create()",
    2 * REQUEST_TIMEOUT,
    () => target.connectRestricted({ protocol: 2, inflightRequestsLimit: MOST_IN_FLIGHT }),
    {
      where: "start",
    },
  );
  if (created.value === undefined) {
    recorder.violate("users with few rights can connect", "start", [say(created)]);
  } else crews.push([created.value, RESTRICTED_WORKERS, false]);

  const working = crews.flatMap(([own, workers, dependable]) =>
    workers.filter(({ name }) => matches(name, only)).map((worker) =>
      work(worker, context(own, dependable), seed, signal)
    )
  );
  const lane = (kinds: readonly FaultKind<T>[], salt: number) => {
    const chosen = kinds.filter(({ name }) => matches(name, wanted));
    if (chosen.length === 0) return Promise.resolve();
    return runFaults({
      target,
      kinds: chosen,
      random: new Random(seed * 1000 + salt),
      client,
      log,
      recorder,
      signal,
      patience,
      onTrouble: (message) => shared.troubles.push(message),
      onHealed: () => primaries.note(true),
      onRecovered: (kind, time) => {
        const name = `${target.name}\t${kind}`;
        recoveries.set(name, Math.max(time, recoveries.get(name) ?? 0));
      },
    });
  };
  const sweep = setInterval(() => recorder.reportPending(10_000 * patience), 1000);
  try {
    await Promise.all([
      lane([...SERVER_FAULTS, ...ownFaults], 1),
      lane(NETWORK_FAULTS, 2),
      settleWithin(Promise.all(working), LAST_ROUNDS * patience, recorder, signal),
    ]);
    for (const [own, limit] of [[client, MOST_IN_FLIGHT], [limited, LIMIT]] as const) {
      await checkLimit(own, limit, recorder);
    }
    for (const [own] of crews) await closeBusily(own, recorder);
    await until(() => recorder.pending === 0, 3000 * patience);
    recorder.reportPending(-Infinity);
  } finally {
    clearInterval(sweep);
    for (const [own] of crews) own.destroy();
  }
}

/** Whether a name contains one of the parts, which are separated by commas. */
function matches(name: string, parts = ""): boolean {
  return parts.split(",").some((part) => name.includes(part));
}

/** Runs rounds of one worker until the end. */
async function work(
  worker: Worker,
  context: RoundContext,
  seed: number,
  signal: AbortSignal,
): Promise<void> {
  const salt = [...worker.name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e6;
  for (let n = 0; !signal.aborted; n++) {
    const random = new Random(seed * 1e9 + salt * 1e3 + n);
    const round = new Round(context, `${worker.name} ${n}`, random);
    try {
      await worker.run(round);
    } catch (error) {
      const message = error instanceof Error ? error.stack ?? error.message : String(error);
      context.recorder.violate("rounds end", round.name, [message], { start: round.started });
    }
    await delay(random.integer(ROUND_PAUSE.min, ROUND_PAUSE.max));
  }
}

async function writeStable(client: RedisClient, target: Target): Promise<RoundContext["stable"]> {
  const keys = Array.from({ length: STABLE }, (_, i) => {
    return `stable:{${target.tags[i % target.tags.length]}}:${i}`;
  });
  const patient = client.with({ timeout: 10_000 });
  await Promise.all(keys.map((key) => patient.set(key, `${key}=stable`)));
  const hash = "stable hash";
  await patient.hset(hash, Object.fromEntries(keys.map((_, i) => [`field ${i}`, "stable"])));
  for (const primary of await target.primaries()) await primary.command(["WAIT", 1, 5000]);
  return { keys, hash };
}

/** Blocks the event loop now and then. */
async function stallAtTimes(random: Random, shared: Shared, signal: AbortSignal): Promise<void> {
  if (!matches(STALL, shared.options.faults)) return;
  while (true) {
    await delay(random.integer(1500, 7000), { signal }).catch(() => {});
    if (signal.aborted) return;
    const fault = shared.log.begin(STALL, "process", { gentle: true });
    blockEventLoop(random);
    fault.end = performance.now();
  }
}

/** Notes failovers that nobody asked for: they lose writes. */
class PrimaryWatch {
  readonly #target: Target;
  readonly #log: FaultLog;
  #known = "";
  #noted = performance.now();

  constructor(target: Target, log: FaultLog) {
    this.#target = target;
    this.#log = log;
  }

  /**
   * Looks who is primary.
   *
   * @param planned Whether a change was asked for.
   */
  async note(planned = false): Promise<void> {
    const { name } = this.#target;
    const now = performance.now();
    // While a fault is under way, roles change because of it.
    if (this.#log.faults.some(({ target, end }) => target === name && end === null)) return;
    let primaries: string;
    try {
      primaries = (await this.#target.primaries()).map(({ port }) => port).join();
    } catch {
      return;
    }
    if (!planned && this.#known !== "" && primaries !== this.#known) {
      const nature = { lossy: true };
      this.#log.begin("unplanned failover", name, nature, this.#noted).end = performance.now();
    }
    [this.#known, this.#noted] = [primaries, now];
  }
}

/** So many requests are admitted as the limit says: no request that has settled is still counted, and none twice. */
async function checkLimit(client: RedisClient, limit: number, recorder: Recorder): Promise<void> {
  const view = client.with({ timeout: 30_000 });
  const where = "the end";
  await recorder.perform("PING", 30_000, () => view.ping(), { where });
  const outcomes = await Promise.all(
    Array.from(
      { length: limit + 1 },
      () => recorder.perform("GET at the limit", 30_000, () => view.get("stable"), { where }),
    ),
  );
  const refused = outcomes.filter(({ error }) => error instanceof OverloadError).length;
  if (refused === 1) return;
  recorder.violate("the limit of requests in flight is kept", where, [
    `${refused} of ${limit + 1} requests were refused, with a limit of ${limit}`,
  ]);
}

/** Closes a client with requests under way: they and the call settle. */
async function closeBusily(client: RedisClient, recorder: Recorder): Promise<void> {
  const where = "the end";
  const options = { where };
  const requests = Array.from(
    { length: 20 },
    () => recorder.perform("GET at the end", REQUEST_TIMEOUT, () => client.get("stable"), options),
  );
  const blocked = recorder.perform(
    "BLPOP at the end",
    Infinity,
    () => client.blpop("nothing", 0),
    options,
  );
  const closed = recorder.perform("close()", REQUEST_TIMEOUT, () => client.close(), options);
  const all = Promise.all([...requests, blocked, closed]);
  await settleWithin(all, 4 * REQUEST_TIMEOUT, recorder, AbortSignal.abort());
}

/** Waits for the end of something that must come, once a signal is aborted. */
async function settleWithin(
  promise: Promise<unknown>,
  limit: number,
  recorder: Recorder,
  from: AbortSignal,
): Promise<void> {
  const end = new AbortController();
  const late = (async () => {
    if (!from.aborted) {
      const { promise: begun, resolve } = Promise.withResolvers<void>();
      from.addEventListener("abort", () => resolve());
      end.signal.addEventListener("abort", () => resolve());
      await begun;
    }
    await delay(limit, { signal: end.signal });
    recorder.violate("everything ends", "the end", [`something pends ${limit} ms after the end`]);
  })().catch(() => {});
  await Promise.race([promise, late]);
  end.abort();
}

async function until(condition: () => boolean, limit: number): Promise<void> {
  const deadline = performance.now() + limit;
  while (!condition() && performance.now() < deadline) await delay(10);
}

function watchRejections(recorder: () => Recorder): Disposable {
  const listener = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    const { reason } = event;
    recorder().violate("no rejection is unhandled", "the process", [
      reason instanceof Error ? reason.stack ?? reason.message : String(reason),
    ]);
  };
  globalThis.addEventListener("unhandledrejection", listener);
  return {
    [Symbol.dispose]: () => globalThis.removeEventListener("unhandledrejection", listener),
  };
}
