/**
 * Publishes messages for some time, checks that each subscriber gets each of them in their order, and takes the time.
 *
 * @module
 */

import { CHANNELS, MESSAGES } from "../messages.ts";
import type { MessageWorkload } from "../workloads.ts";
import type { Endpoint, Subscribe, Subscriber, TakeMessage } from "./adapter.ts";
import type { Figures } from "./figures.ts";
import { BATCH, Publisher } from "./publisher.ts";
import type { Session } from "./session.ts";
import { Stopwatch } from "./stopwatch.ts";

/** How many messages are under way at most: those that the slowest subscriber has not received. */
const WINDOW = 1000;

/** What publishes. */
export interface MessageSource {
  /** Publishes the next {@linkcode BATCH} messages. */
  send(): void;
}

/**
 * Connects the subscribers of a workload, and a publisher.
 *
 * @param workload The workload.
 * @param endpoint Where to.
 * @param subscribe Connects a subscriber.
 * @returns What measures and closes them.
 */
export async function openSubscribers(
  workload: MessageWorkload,
  endpoint: Endpoint,
  subscribe: Subscribe,
): Promise<Session> {
  const publisher = await Publisher.open(endpoint, workload.channels);
  const run = new MessageRun(workload, publisher);
  const clients: Subscriber[] = [];
  const channels = CHANNELS.slice(0, workload.channels);
  for (let i = 0; i < workload.subscribers; i++) {
    clients.push(await subscribe(endpoint, channels, run.taker(i)));
  }
  return {
    measure: (milliseconds) => run.measure(milliseconds),
    async close() {
      publisher.close();
      for (const client of clients) await client.close();
    },
  };
}

/** Counts and checks the messages of all subscribers. */
export class MessageRun {
  readonly #workload: MessageWorkload;
  readonly #source: MessageSource;
  /** How many messages each subscriber has received, in all measurements. */
  readonly #received: number[];
  #sent = 0;
  #stopped = true;
  /** When batches were sent that are under way, the oldest first. */
  #sentAt: number[] = [];
  #latencies: number[] = [];
  #finish: (problem?: Error) => void = () => {};

  /**
   * Makes a run that has not begun.
   *
   * @param workload The workload.
   * @param source What publishes.
   */
  constructor(workload: MessageWorkload, source: MessageSource) {
    this.#workload = workload;
    this.#source = source;
    this.#received = new Array(workload.subscribers).fill(0);
  }

  /**
   * Makes the function that a subscriber calls for each message.
   *
   * @param subscriber Number of the subscriber, from 0.
   */
  taker(subscriber: number): TakeMessage {
    const received = this.#received;
    const { channels } = this.#workload;
    return (channel, message) => {
      const n = received[subscriber]++;
      if (message !== MESSAGES[n % MESSAGES.length] || channel !== CHANNELS[n % channels]) {
        const problem = new Error(
          `Cannot count message ${n} of ${this.#workload.name}: it is another one`,
        );
        return this.#finish(problem);
      }
      if (subscriber === 0 && n % BATCH === 0) {
        this.#latencies.push(performance.now() - this.#sentAt.shift()!);
      }
      if ((n + 1) % BATCH === 0) this.#proceed();
    };
  }

  /**
   * Publishes for some time.
   *
   * @param milliseconds For how long. What is under way then is waited for, and counts.
   * @returns The figures; a message counts once for each subscriber.
   * @throws {Error} If a subscriber got another message than the one whose turn it was.
   */
  async measure(milliseconds: number): Promise<Figures> {
    const before = this.#sent;
    this.#sentAt = [];
    this.#latencies = [];
    const finished = new Promise<void>((resolve, reject) => {
      this.#finish = (problem) => problem === undefined ? resolve() : reject(problem);
    });
    this.#stopped = false;
    const stopwatch = new Stopwatch();
    const timer = setTimeout(() => this.#stopped = true, milliseconds);
    try {
      this.#proceed();
      await finished;
    } finally {
      clearTimeout(timer);
      this.#stopped = true;
    }
    return stopwatch.stop((this.#sent - before) * this.#workload.subscribers, this.#latencies);
  }

  /** Publishes as much as the window allows. */
  #proceed(): void {
    const slowest = Math.min(...this.#received);
    while (!this.#stopped && this.#sent - slowest + BATCH <= WINDOW) {
      this.#sent += BATCH;
      this.#sentAt.push(performance.now());
      this.#source.send();
    }
    if (this.#stopped && slowest === this.#sent) this.#finish();
  }
}
