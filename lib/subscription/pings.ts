/**
 * Asking a server for a sign of life on a connection that may be silent.
 *
 * @module
 */

import { Budget } from "../connection/budget.ts";
import type { LateRequest } from "../connection/silence.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";

/** A connection, as far as it matters for asking. */
export interface PingedConnection {
  /** Number of reads that returned data. */
  readonly received: number;
  /** Sends a command. */
  call(words: Words): Promise<Reply>;
}

/** The PINGs that have no reply yet. */
export class Pings {
  readonly #timeout: number;
  readonly #onLate: (ping: LateRequest) => void;
  readonly #budgets = new Set<Budget>();

  /**
   * Makes one without PINGs.
   *
   * @param timeout Milliseconds for a reply.
   * @param onLate Called when there was no reply in time.
   */
  constructor(timeout: number, onLate: (ping: LateRequest) => void) {
    this.#timeout = timeout;
    this.#onLate = onLate;
  }

  /**
   * Sends a PING.
   *
   * @param connection The connection.
   * @param words The command.
   */
  send(connection: PingedConnection, words: Words): void {
    const timeout = this.#timeout;
    const written = performance.now();
    const { received: receivedBefore } = connection;
    const budget = new Budget(timeout, () => {
      this.#budgets.delete(budget);
      this.#onLate({ written, deadline: performance.now(), timeout, receivedBefore });
    });
    this.#budgets.add(budget);
    const done = (): void => {
      budget.stop();
      this.#budgets.delete(budget);
    };
    connection.call(words).then(done, done);
  }

  /** Waits for no reply any more. */
  stop(): void {
    for (const budget of this.#budgets) budget.stop();
    this.#budgets.clear();
  }
}
