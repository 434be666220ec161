/**
 * Refusals that last: a node that will not have the client's password, or shows a bad certificate, for a while.
 *
 * @module
 */

import { isHopeless } from "./handshake.ts";

/**
 * How long a node may refuse connections until requests for it are rejected at once, in milliseconds. Before that they
 * wait: a provider of credentials may learn of a new password a moment later than the server.
 */
const PATIENCE = 1000;

/** Remembers whether attempts to connect to one node end in refusals that another attempt will not change. */
export class LastingRefusal {
  /** Whether a request was rejected since the last attempt: the next attempt is due soon. */
  isFelt = false;
  readonly #secrets: () => number;
  /** When the first of the present row of refusals came; undefined if the last attempt ended in another way. */
  #since: number | undefined;
  #last: { readonly error: Error; readonly secrets: number } | undefined;

  /**
   * Makes one without refusals.
   *
   * @param secrets Tells how often the credentials were replaced. What was refused before counts no longer.
   */
  constructor(secrets: () => number) {
    this.#secrets = secrets;
  }

  /**
   * Called when an attempt to connect has failed.
   *
   * @param error Why.
   */
  note(error: Error): void {
    this.isFelt = false;
    if (!isHopeless(error)) return this.end();
    const now = performance.now();
    const secrets = this.#secrets();
    this.#since ??= now;
    if (now - this.#since >= PATIENCE) this.#last = { error, secrets };
  }

  /** Called when a connection is ready. */
  end(): void {
    this.isFelt = false;
    this.#since = this.#last = undefined;
  }

  /** Why requests are to be rejected; undefined if they should wait. */
  get reason(): Error | undefined {
    if (this.#last === undefined) return undefined;
    if (this.#last.secrets !== this.#secrets()) this.end();
    return this.#last?.error;
  }
}
