/**
 * Notices that an idle connection is lost.
 *
 * @module
 */

import { unrefTimer } from "../unref_timer.ts";

/** Sends a PING after each interval in which nothing came from the peer. */
export class KeepAlive {
  readonly #interval: number;
  readonly #ask: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * Makes one that watches nothing.
   *
   * @param interval Milliseconds without data from the peer after which it is asked; 0 for never.
   * @param ask Sends something that the peer answers.
   */
  constructor(interval: number, ask: () => void) {
    this.#interval = interval;
    this.#ask = ask;
  }

  /**
   * Watches a connection, until {@linkcode KeepAlive.stop}.
   *
   * @param connection The connection.
   */
  start(connection: { readonly received: number }): void {
    if (this.#interval === 0) return;
    let received = -1;
    const timer = setInterval(() => {
      if (connection.received === received) this.#ask();
      received = connection.received;
    }, this.#interval);
    unrefTimer(timer);
    this.#timer = timer;
  }

  /** Ends the watch. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
