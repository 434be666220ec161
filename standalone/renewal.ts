/**
 * Opens fresh connections to names whose present connections do not lead to a primary.
 *
 * A name (of a load balancer, a service, a DNS entry) can lead to another node than before, while connections that are
 * open still lead to the old one.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { LONGEST_WAIT } from "../lib/connection/backoff.ts";

/** Wait after the first round, in milliseconds. Each further wait is twice as long, up to `LONGEST_WAIT`. */
const FIRST_WAIT = 50;

/** Owner of a {@linkcode Renewal}. */
export interface RenewalOwner {
  /** Begins to open fresh connections where the present ones do not lead to a primary. */
  renew(): void;
  /** Whether there is a primary. */
  hasPrimary(): boolean;
  /** Whether requests wait for a primary. */
  isAwaited(): boolean;
}

/** Opens fresh connections while requests wait for a primary, a few times a second. */
export class Renewal {
  readonly #owner: RenewalOwner;
  readonly #signal: AbortSignal;
  #running = false;

  /**
   * Makes a renewal that does nothing until {@linkcode Renewal.run}.
   *
   * @param owner Its owner.
   * @param signal Ends it.
   */
  constructor(owner: RenewalOwner, signal: AbortSignal) {
    this.#owner = owner;
    this.#signal = signal;
  }

  /** Does one round, and further ones as long as requests wait. Does nothing while an earlier call goes on. */
  async run(): Promise<void> {
    if (this.#running || this.#signal.aborted) return;
    this.#running = true;
    const owner = this.#owner;
    let wait = FIRST_WAIT;
    try {
      do {
        owner.renew();
        await delay(wait, { signal: this.#signal });
        wait = Math.min(2 * wait, LONGEST_WAIT);
      } while (!owner.hasPrimary() && owner.isAwaited());
    } catch {
      // The client was closed.
    } finally {
      this.#running = false;
    }
  }
}
