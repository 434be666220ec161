/**
 * Steady load on a cluster, with a watch on what comes back: whose value it is, how late, and what was promised before.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError, type RedisClusterClient, RedisError } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { Standstills } from "../_kit/elapsed.ts";

/** How many requests are under way, at most. */
const WORKERS = 200;
/** How many workers have keys all over the cluster; the others stay with one shard, to tell how that one fares. */
const WANDERERS = 50;
/** Keys of one worker; nobody else writes them. */
const KEYS = 5;
/** Longest pause of a worker between two requests, in milliseconds: two cores have to do for everything. */
const PAUSE = 15;

/** What is known of a key. */
interface KeyState {
  readonly key: string;
  /** Number of the last write that was sent. */
  sent: number;
  /** Number of the last write that was acknowledged. */
  acknowledged: number;
  /** Whether a write has failed so that nobody knows whether, and when, it is executed. */
  unclear: boolean;
}

/** A counter, which tells how often its increments were executed. */
interface Counter {
  readonly key: string;
  acknowledged: number;
  unclear: number;
}

/** What happened in a stretch of time. */
export interface Report {
  /** Requests that succeeded. */
  succeeded: number;
  /** Requests that failed, by the name of the error; `maybeExecuted` is a ConnectionError that says so. */
  failed: Record<string, number>;
  /** Some of the errors' messages. */
  messages: Set<string>;
  /** Replies that belong to another key. */
  strange: number;
  /** Values that are older than what was acknowledged before they were asked for. */
  lost: number;
  /** The longest request, in milliseconds during which this process did not stand still. */
  slowest: number;
  /** How long this process stood still during the longest one, in milliseconds. */
  stoodStill: number;
  /** Latencies of the successes on one key, by shard, in milliseconds. */
  latencies: Map<number, number[]>;
  /** The longest time without a success, by shard, in milliseconds. */
  gaps: Map<number, number>;
}

/** Load on a cluster, from its start to its stop. */
export class Load implements AsyncDisposable {
  readonly #client: RedisClusterClient;
  readonly #shardOf: (slot: number) => number;
  readonly #keys: KeyState[][];
  readonly #counters: Counter[];
  readonly #end = new AbortController();
  readonly #workers: Promise<void>[];
  #report = emptyReport();
  readonly #lastSuccess = new Map<number, number>();
  readonly #standstills = new Standstills();

  /**
   * Starts.
   *
   * @param client The client under test.
   * @param shards How many shards there are.
   * @param shardOf By which of them a slot is counted.
   */
  constructor(client: RedisClusterClient, shards: number, shardOf: (slot: number) => number) {
    this.#client = client;
    this.#shardOf = shardOf;
    const keyOf = (worker: number, name: string): string => {
      for (let i = 0;; i++) {
        const key = `${name}:${worker}:${i}`;
        if (worker < WANDERERS || shardOf(slotOf(key)) === worker % shards) return key;
      }
    };
    this.#keys = Array.from(
      { length: WORKERS },
      (_, worker) =>
        Array.from({ length: KEYS }, (_, i) => ({
          key: keyOf(worker, `load:${i}`),
          sent: 0,
          acknowledged: 0,
          unclear: false,
        })),
    );
    this.#counters = Array.from({ length: WORKERS }, (_, worker) => ({
      key: keyOf(worker, "count"),
      acknowledged: 0,
      unclear: 0,
    }));
    this.#workers = Array.from({ length: WORKERS }, (_, worker) => this.#work(worker));
  }

  /** All keys that hold values. */
  get keys(): string[] {
    return this.#keys.flat().map(({ key }) => key);
  }

  /**
   * Tells what has happened since the last call, and begins anew.
   *
   * @param forget Whether writes may have been lost by the servers meanwhile, so that nothing counts as promised.
   */
  take(forget = false): Report {
    const report = this.#report;
    const now = performance.now();
    for (const [shard, last] of this.#lastSuccess) note(report.gaps, shard, now - last);
    this.#report = emptyReport();
    for (const [shard] of this.#lastSuccess) this.#lastSuccess.set(shard, now);
    for (const state of this.#keys.flat()) {
      state.unclear = false;
      if (forget) state.acknowledged = 0;
    }
    return report;
  }

  /** Stops, when all requests have settled. */
  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#workers);
    this.#standstills[Symbol.dispose]();
  }

  /** Stops at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /**
   * Compares the counters with what was acknowledged. To be called after {@linkcode Load.stop}.
   *
   * @returns Counters that went up more often than they can have by one execution for each call.
   */
  async executedTwice(): Promise<string[]> {
    const values = await this.#client.mget(this.#counters.map(({ key }) => key));
    return this.#counters.filter(({ acknowledged, unclear }, i) =>
      Number(values[i] ?? 0) > acknowledged + unclear
    ).map(({ key, acknowledged, unclear }, i) =>
      `${key}: ${values[i]}, ${acknowledged} + ${unclear}`
    );
  }

  async #work(worker: number): Promise<void> {
    const states = this.#keys[worker];
    const { signal } = this.#end;
    while (!signal.aborted) {
      const state = states[Math.floor(Math.random() * states.length)];
      const kind = Math.random();
      if (kind < 0.35) await this.#set(state);
      else if (kind < 0.8) await this.#get(state);
      else if (kind < 0.9) await this.#getAll(states);
      else if (kind < 0.95) await this.#setAll(states);
      else await this.#count(this.#counters[worker]);
      await delay(Math.random() * PAUSE, { signal }).catch(() => {});
    }
  }

  async #set(state: KeyState): Promise<void> {
    const number = ++state.sent;
    const outcome = await this.#run(
      state.key,
      () => this.#client.set(state.key, `${state.key}=${number}`),
    );
    if (outcome.failed) state.unclear = true;
    else state.acknowledged = number;
  }

  async #get(state: KeyState): Promise<void> {
    const floor = state.acknowledged;
    const { value } = await this.#run(state.key, () => this.#client.get(state.key));
    if (value !== undefined) this.#check(state, floor, value);
  }

  async #getAll(states: KeyState[]): Promise<void> {
    const floors = states.map(({ acknowledged }) => acknowledged);
    const { value } = await this.#run(null, () => this.#client.mget(states.map(({ key }) => key)));
    for (const [i, item] of value?.entries() ?? []) this.#check(states[i], floors[i], item);
  }

  async #setAll(states: KeyState[]): Promise<void> {
    const values = Object.fromEntries(
      states.map((state) => [state.key, `${state.key}=${++state.sent}`]),
    );
    const numbers = states.map(({ sent }) => sent);
    const { failed } = await this.#run(null, () => this.#client.mset(values));
    for (const [i, state] of states.entries()) {
      if (failed) state.unclear = true;
      else state.acknowledged = numbers[i];
    }
  }

  async #count(counter: Counter): Promise<void> {
    const { failed, executed } = await this.#run(counter.key, () => this.#client.incr(counter.key));
    if (!failed) counter.acknowledged++;
    else if (executed) counter.unclear++;
  }

  /** A value must be that of its key, not older than what was acknowledged, not newer than what was sent. */
  #check(state: KeyState, floor: number, value: string | null): void {
    const [key, number] = value === null ? [state.key, "0"] : value.split("=");
    if (key !== state.key || Number(number) > state.sent) this.#report.strange++;
    else if (Number(number) < floor && !state.unclear) this.#report.lost++;
  }

  /** Notes how long a request took. The client counts no time during which this process stood still. */
  #noteLength(start: number, end: number): void {
    const stoodStill = this.#standstills.between(start, end);
    const length = end - start - stoodStill;
    if (length <= this.#report.slowest) return;
    this.#report.slowest = length;
    this.#report.stoodStill = stoodStill;
  }

  async #run<T>(
    key: string | null,
    request: () => Promise<T>,
  ): Promise<{ value?: T; failed: boolean; executed?: boolean }> {
    const start = performance.now();
    const shard = key === null ? -1 : this.#shardOf(slotOf(key));
    try {
      const value = await request();
      const end = performance.now();
      const report = this.#report;
      report.succeeded++;
      this.#noteLength(start, end);
      if (key !== null) {
        const latencies = report.latencies.get(shard);
        if (latencies === undefined) report.latencies.set(shard, [end - start]);
        else latencies.push(end - start);
        note(report.gaps, shard, end - (this.#lastSuccess.get(shard) ?? start));
        this.#lastSuccess.set(shard, end);
      }
      return { value, failed: false };
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      const { failed } = this.#report;
      const maybe = error instanceof ConnectionError && error.maybeExecuted;
      const name = maybe ? "maybeExecuted" : error.name;
      failed[name] = (failed[name] ?? 0) + 1;
      if (this.#report.messages.size < 5) this.#report.messages.add(error.message);
      this.#noteLength(start, performance.now());
      const executed = !("phase" in error && error.phase === "queued") &&
        !(error instanceof ConnectionError && !maybe);
      return { failed: true, executed };
    }
  }
}

/**
 * The value below which a share of the values lies.
 *
 * @param values The values, in any order.
 * @param share From 0 to 1.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function emptyReport(): Report {
  return {
    succeeded: 0,
    failed: {},
    messages: new Set(),
    strange: 0,
    lost: 0,
    slowest: 0,
    stoodStill: 0,
    latencies: new Map(),
    gaps: new Map(),
  };
}

function note(maxima: Map<number, number>, key: number, value: number): void {
  if (value > (maxima.get(key) ?? 0)) maxima.set(key, value);
}
