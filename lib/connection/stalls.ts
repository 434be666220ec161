/**
 * Times during which this process did not run its event loop, and what they mean for the deadlines of requests.
 *
 * @module
 */

/** How many stalls are remembered. */
const REMEMBERED = 16;
/** Milliseconds that a request has at least once it was written, if a stall had kept it from being written. */
const GRACE = 250;
/** Milliseconds before a stall in which a request was written shortly before it: stalls are noticed so much too late. */
const RECENT = 50;

interface Stall {
  readonly start: number;
  readonly end: number;
}

/** The last stalls of the event loop, oldest first. */
export class Stalls {
  readonly #stalls: Stall[] = [];
  /** Turns that took longer than usual, but were no stalls. */
  readonly #turns: Stall[] = [];

  /** When the last stall ended; `-Infinity` if there was none. */
  get end(): number {
    return this.#stalls.at(-1)?.end ?? -Infinity;
  }

  /** How long the last stall was, in milliseconds. */
  get duration(): number {
    const last = this.#stalls.at(-1);
    return last === undefined ? 0 : last.end - last.start;
  }

  /**
   * Remembers a stall.
   *
   * @param start When the event loop should have gone on at the latest.
   * @param end When it did; not before the end of the last stall.
   */
  add(start: number, end: number): void {
    const last = this.#stalls.at(-1);
    // The same stall can be noticed in two ways.
    const same = last !== undefined && start <= last.end;
    if (same) this.#stalls.pop();
    this.#stalls.push({ start: same ? Math.min(start, last.start) : start, end });
    if (this.#stalls.length > REMEMBERED) this.#stalls.shift();
  }

  /**
   * Remembers a turn of the event loop that was long enough for the clock, which is read once per turn, to be wrong.
   *
   * @param start When the clock was read.
   * @param end When the turn ended.
   */
  addTurn(start: number, end: number): void {
    this.#turns.push({ start, end });
    if (this.#turns.length > REMEMBERED) this.#turns.shift();
  }

  /**
   * Computes the deadline of a request without the time that the server could not use.
   *
   * - A request that was made during a stall, or a long turn, has its whole budget after it: the clock is read once per
   *   turn, so nobody knows when exactly it was made.
   * - A request that was written only after a stall has a part of its budget left, whatever the stall took from it.
   * - A request that was not written gets the longest stall on top. Not the sum of them: on a machine that is busy all the
   *   time, all timeouts would be longer by half.
   * - So does a request that was written shortly before a stall: its bytes may not have left.
   * - A request that was written long before gains nothing: the server went on meanwhile, and its reply is read first.
   *
   * @param called When the request was made.
   * @param budget Its milliseconds.
   * @param written When it was written; -1 if it was not.
   */
  postpone(called: number, budget: number, written: number): number {
    let deadline = called + budget;
    let longest = 0;
    for (const { start, end } of this.#turns) {
      if (start <= called && called < end) deadline = Math.max(deadline, end + budget);
    }
    for (const { start, end } of this.#stalls) {
      if (end <= called) continue;
      if (start <= called) deadline = Math.max(deadline, end + budget);
      else if (written === -1 || written < start - 1 && written >= start - RECENT) {
        longest = Math.max(longest, end - start);
      } else if (written >= start - 1) {
        deadline = Math.max(deadline, written + Math.min(budget, GRACE));
      }
    }
    return Math.max(deadline, called + budget + longest);
  }
}
