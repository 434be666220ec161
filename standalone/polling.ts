/**
 * Asks for roles repeatedly until a condition holds.
 *
 * @module
 */

import { retry } from "@std/async/retry";
import { cappedBackoff } from "../lib/connection/backoff.ts";
import type { Backoff } from "../lib/connection/settings.ts";

/** What a {@linkcode Polling} asks, how often, and until when. */
export interface PollingOptions {
  /** Begins one round of questions. */
  ask(): void;
  /** Whether no further round is needed. */
  isDone(): boolean;
  /** Waits between the rounds. */
  readonly backoff: Backoff;
  /** Longest wait between two rounds, in milliseconds; that of the backoff if it is shorter. */
  readonly longestWait: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Repeats a question, with waits that grow from one to the next. */
export class Polling {
  readonly #options: PollingOptions;
  #running = false;

  /**
   * Makes a polling that asks nothing until {@linkcode Polling.run}.
   *
   * @param options What it asks, how often, and until when.
   */
  constructor(options: PollingOptions) {
    this.#options = options;
  }

  /** Asks until the condition holds. Does nothing while an earlier call goes on. */
  async run(): Promise<void> {
    const { backoff, longestWait, signal } = this.#options;
    if (this.#running || signal.aborted) return;
    this.#running = true;
    try {
      await retry(() => {
        if (this.#options.isDone()) return;
        this.#options.ask();
        throw new Error("Cannot see all roles in order yet");
      }, {
        ...cappedBackoff(backoff, longestWait),
        maxAttempts: Number.MAX_SAFE_INTEGER,
        signal,
      });
    } catch {
      // The client was closed.
    } finally {
      this.#running = false;
    }
  }
}
