/**
 * How long this process did not run its event loop.
 *
 * @module
 */

/** Milliseconds between two looks at the clock. */
const TICK = 20;

/** Measures how long the event loop stood still; dispose of it at the end. */
export class StallMeter implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #last = performance.now();
  #stalled = 0;

  /** Begins. */
  constructor() {
    this.#timer = setInterval(() => {
      this.#stalled = this.total;
      this.#last = performance.now();
    }, TICK);
    Deno.unrefTimer(this.#timer);
  }

  /** Milliseconds for which the loop has stood still so far. */
  get total(): number {
    return this.#stalled + Math.max(0, performance.now() - this.#last - TICK);
  }

  /** Ends. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
