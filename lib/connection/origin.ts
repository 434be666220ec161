/**
 * Origins of replies: the server process at the other end of a connection. Cursors need them.
 *
 * @module
 */

import type { Origin } from "../executor.ts";

/** The server process at the other end of one connection. */
export class ConnectionOrigin implements Origin {
  readonly #ask: () => Promise<string | undefined>;
  #runId: Promise<string | undefined> | undefined;

  /**
   * Asks nothing yet.
   *
   * @param ask Asks the server for its run id; resolves with undefined if it cannot be known.
   */
  constructor(ask: () => Promise<string | undefined>) {
    this.#ask = ask;
  }

  remember(): void {
    this.#runId ??= this.#ask();
  }

  async isSameProcess(earlier: Origin): Promise<boolean> {
    if (earlier === this) return true;
    if (!(earlier instanceof ConnectionOrigin)) return false;
    this.remember();
    const [present, before] = await Promise.all([this.#runId, earlier.#runId]);
    return present !== undefined && present === before;
  }
}
