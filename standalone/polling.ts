/**
 * Asks for roles repeatedly until a condition holds.
 *
 * @module
 */

import { retry } from "@std/async/retry";
import type { Backoff } from "../lib/connection/settings.ts";

/** Repeats a question, with waits that grow from one to the next. */
export class Polling {
  readonly #ask: () => void;
  readonly #backoff: Backoff;
  readonly #signal: AbortSignal;
  /** What is being waited for. */
  readonly #awaited = new Set<() => boolean>();

  /**
   * Makes an idle one.
   *
   * @param ask Begins one round of questions.
   * @param backoff Waits between the rounds.
   * @param signal Ends it.
   */
  constructor(ask: () => void, backoff: Backoff, signal: AbortSignal) {
    this.#ask = ask;
    this.#backoff = backoff;
    this.#signal = signal;
  }

  /**
   * Asks until a condition holds. A second call for the same condition does nothing while the first one goes on.
   *
   * @param isInOrder The condition.
   * @param longestWait Longest wait between two rounds, in milliseconds.
   */
  async until(isInOrder: () => boolean, longestWait: number): Promise<void> {
    if (this.#awaited.has(isInOrder) || this.#signal.aborted) return;
    this.#awaited.add(isInOrder);
    const maxTimeout = Math.min(this.#backoff.maxTimeout, longestWait);
    try {
      await retry(() => {
        if (isInOrder()) {
          // At once: things can change again before the promise is settled.
          this.#awaited.delete(isInOrder);
          return;
        }
        this.#ask();
        throw new Error("Cannot see all roles in order yet");
      }, {
        ...this.#backoff,
        maxTimeout,
        minTimeout: Math.min(this.#backoff.minTimeout, maxTimeout),
        maxAttempts: Number.MAX_SAFE_INTEGER,
        signal: this.#signal,
      });
    } catch {
      // The client was closed.
    }
  }
}
