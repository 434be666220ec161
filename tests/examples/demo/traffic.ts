/**
 * Requests at a steady pace, whatever becomes of the ones before, and a record of each.
 *
 * A caller who waited for each reply would ask less while servers are away, and so would not see how long they are.
 *
 * @module
 */

/** What became of one request. */
export interface Outcome {
  /** Which request it was, from 0. */
  readonly n: number;
  /** When it was made, as `performance.now()` counts. */
  readonly sent: number;
  /** When it was answered, or given up. */
  readonly settled: number;
  /** How often it was made: more than once if the first try failed in a way that allowed another one. */
  readonly tries: number;
  /** Why it was given up; `undefined` if it was answered. */
  readonly error?: unknown;
}

/** What kind of traffic. */
export interface TrafficOptions {
  /** How many requests in a second. */
  readonly requestsPerSecond: number;
  /**
   * Makes request `n`; an answer that is not as it has to be is the callback's business.
   *
   * It may be called again for the same `n`, see {@linkcode TrafficOptions.mayRepeat}.
   */
  readonly request: (n: number) => Promise<unknown>;
  /** Tells whether it does no harm to make a request again after this error. */
  readonly mayRepeat: (error: unknown) => boolean;
}

/** Milliseconds between two bundles of requests. */
const TICK = 5;
/** How often a request is made at most. */
const TRIES = 10;

/** Requests that go on and on; to be held with `await using`. */
export class Traffic implements AsyncDisposable {
  readonly #options: TrafficOptions;
  readonly #outcomes: Outcome[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #started = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  #made = 0;

  /**
   * Begins.
   *
   * @param options What kind of traffic.
   */
  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#makeThoseDue(), TICK);
  }

  /** Requests that were made. */
  get made(): number {
    return this.#made;
  }

  /** Requests that have neither been answered nor given up. */
  get waiting(): number {
    return this.#pending.size;
  }

  /**
   * Ends it: no more requests.
   *
   * @returns What became of each request, once they are all settled, in the order in which they were settled.
   */
  async stop(): Promise<Outcome[]> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
    return this.#outcomes;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #makeThoseDue(): void {
    const elapsed = performance.now() - this.#started;
    const due = Math.floor(elapsed / 1000 * this.#options.requestsPerSecond);
    while (this.#made < due) {
      const settled: Promise<void> = this.#make(this.#made++).then((outcome) => {
        this.#outcomes.push(outcome);
        this.#pending.delete(settled);
      });
      this.#pending.add(settled);
    }
  }

  async #make(n: number): Promise<Outcome> {
    const { request, mayRepeat } = this.#options;
    const sent = performance.now();
    for (let tries = 1;; tries++) {
      try {
        await request(n);
        return { n, sent, settled: performance.now(), tries };
      } catch (error) {
        if (tries < TRIES && mayRepeat(error)) continue;
        return { n, sent, settled: performance.now(), tries, error };
      }
    }
  }
}
