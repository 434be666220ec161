/**
 * Time that stands still until a test moves it: timers and `performance.now()` together.
 *
 * @module
 */

import { FakeTime } from "@std/testing/time";

/** Milliseconds from which on time passes in one step. */
const LONG = 20_000;

/** `FakeTime`, with the clock that it leaves alone. */
export class TurnedClock {
  readonly #time = new FakeTime(0);
  readonly #performanceNow = performance.now;
  /** How late the timers are: the clock is so many milliseconds ahead of them. */
  late = 0;
  /** Waits of the timers that have been set. */
  readonly waits: number[] = [];
  readonly #setTimeout = globalThis.setTimeout;

  constructor() {
    performance.now = () => this.now;
    globalThis.setTimeout = ((callback: () => void, wait?: number) => {
      this.waits.push(wait ?? 0);
      return this.#setTimeout(callback, wait);
    }) as typeof setTimeout;
  }

  /** Milliseconds since the test began. */
  get now(): number {
    return this.#time.now + this.late;
  }

  /** Moves on, calling what is due on the way; as in real life, micro-tasks run in between. */
  async tick(ms: number): Promise<void> {
    const step = ms > LONG ? ms : 1;
    for (let passed = 0; passed < ms; passed += step) {
      await Promise.resolve();
      this.#time.tick(step);
    }
    await Promise.resolve();
  }

  [Symbol.dispose](): void {
    performance.now = this.#performanceNow;
    globalThis.setTimeout = this.#setTimeout;
    this.#time.restore();
  }
}
