/**
 * Times during which this process did not run its event loop (stalls), and how they postpone deadlines.
 *
 * @module
 */

/** How many stalls are remembered. */
const REMEMBERED = 16;
/** Milliseconds by which a timer may be late before the process counts as having been busy. */
export const LAG = 10;
/** Longest time between two checks of whether the process is busy, in milliseconds. */
export const STEP = 50;
/** Milliseconds that are left at least after a stall for what could not be done before. */
export const GRACE = 250;
/** A request counts as written shortly before a stall if it was at most so many milliseconds before its start. */
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
   * Remembers a long turn of the event loop: the clock is read once per turn, so it was wrong at the end.
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
   * - A request that was made during a stall, or a long turn, has its whole budget from the end of it: the clock is
   *   read once per turn, so the exact moment of the call is unknown.
   * - A request that was written after a stall has at least a part of its budget left.
   * - A request that was not written gets the longest stall in addition (not all of them: on a machine that is always
   *   busy, all timeouts would be longer by half).
   * - So does a request that was written shortly before a stall: its bytes may not have been sent.
   * - A request that was written long before a stall gets nothing: the server worked meanwhile, and its reply is read
   *   first.
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
