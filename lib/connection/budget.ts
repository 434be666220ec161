/**
 * A time limit that leaves out the time during which this process was busy.
 *
 * @module
 */

import { GRACE, LAG, STEP } from "./stalls.ts";

/**
 * A timer that does not count the time during which the event loop stood still.
 *
 * When a program has computed for seconds, the answer of the peer may wait in the socket: it is read before the limit
 * ends.
 */
export class Budget {
  readonly #spent: () => void;
  #left: number;
  /** Milliseconds to add, once, if the process was busy when the limit was reached; 0 afterwards. */
  #grace: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins to count.
   *
   * @param ms Milliseconds.
   * @param spent Called once they are used up.
   */
  constructor(ms: number, spent: () => void) {
    this.#spent = spent;
    this.#left = ms;
    this.#grace = Math.min(ms, GRACE);
    this.#step();
  }

  /** Ends it; nothing is called any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #step(): void {
    const wait = Math.min(this.#left, STEP);
    const start = performance.now();
    this.#timer = setTimeout(() => {
      const passed = performance.now() - start;
      const late = passed > wait + LAG;
      this.#left -= late ? wait : Math.max(passed, wait);
      if (this.#left <= 0 && late) {
        this.#left = this.#grace;
        this.#grace = 0;
      }
      if (this.#left <= 0) this.#spent();
      else this.#step();
    }, wait);
  }
}
