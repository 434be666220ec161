/**
 * Runs a workload on a client for some time, checks every reply, and takes the time.
 *
 * @module
 */

import type { Adapter } from "./adapter.ts";
import type { Figures } from "./figures.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { RequestWorkload } from "../workloads.ts";

/** Where many requests are under way, only one in so many is timed: reading the clock costs as much as a fast request. */
const TIME_EVERY = 16;

/**
 * Runs a workload.
 *
 * @param workload What to do.
 * @param client With which client.
 * @param milliseconds For how long. What is under way then is waited for, and counts.
 * @returns The figures.
 * @throws {Error} If a reply is wrong or missing, or the client rejects.
 */
export async function drive(
  workload: RequestWorkload,
  client: Adapter,
  milliseconds: number,
): Promise<Figures> {
  const run = new Run(workload, client);
  const timer = setTimeout(() => run.stop(), milliseconds);
  const stopwatch = new Stopwatch();
  try {
    if (workload.burst) await run.bursts();
    else await Promise.all(Array.from({ length: workload.inFlight }, () => run.loop()));
  } finally {
    clearTimeout(timer);
    run.stop();
  }
  const figures = stopwatch.stop(run.sent, run.latencies);
  if (workload.verify && !await workload.verify(client)) {
    throw new Error(`Cannot count ${workload.name}: the server does not have what was written`);
  }
  return figures;
}

class Run {
  /** Requests sent so far; the number of the next one. */
  sent = 0;
  /** How long the timed requests took, in milliseconds. */
  readonly latencies: number[] = [];

  readonly #workload: RequestWorkload;
  readonly #client: Adapter;
  readonly #timeEvery: number;
  #stopped = false;

  constructor(workload: RequestWorkload, client: Adapter) {
    this.#workload = workload;
    this.#client = client;
    this.#timeEvery = workload.inFlight < TIME_EVERY ? 1 : TIME_EVERY;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** One request after the other. */
  async loop(): Promise<void> {
    const { send, isRight } = this.#workload;
    while (!this.#stopped) {
      const n = this.sent++;
      let reply: unknown;
      if (n % this.#timeEvery === 0) reply = await this.#timed(n);
      else reply = await send(this.#client, n);
      if (!isRight(reply, n)) this.#fail(reply, n);
    }
  }

  /** Many requests at once, again and again. */
  async bursts(): Promise<void> {
    const { inFlight, send, isRight } = this.#workload;
    while (!this.#stopped) {
      const first = this.sent;
      this.sent += inFlight;
      const promises: Promise<unknown>[] = [];
      for (let n = first; n < this.sent; n++) {
        promises.push(n % this.#timeEvery === 0 ? this.#timed(n) : send(this.#client, n));
      }
      const replies = await Promise.all(promises);
      for (let i = 0; i < inFlight; i++) {
        if (!isRight(replies[i], first + i)) this.#fail(replies[i], first + i);
      }
    }
  }

  async #timed(n: number): Promise<unknown> {
    const started = performance.now();
    const reply = await this.#workload.send(this.#client, n);
    this.latencies.push(performance.now() - started);
    return reply;
  }

  #fail(reply: unknown, n: number): never {
    const what = Array.isArray(reply)
      ? `an array of ${reply.length}`
      : typeof reply === "string"
      ? `a string of ${reply.length}`
      : String(reply);
    throw new Error(
      `Cannot count request ${n} of ${this.#workload.name}: its reply, ${what}, is wrong`,
    );
  }
}
