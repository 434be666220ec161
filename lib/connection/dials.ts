/**
 * TCP connections of one client that are being opened.
 *
 * Deno loses a socket whose `Deno.connect` is aborted at the moment at which it succeeds: the call rejects, and no code can
 * close the connection. So an attempt that was given up gets a little time to end by itself; what it opens is closed.
 *
 * @module
 */

import { unrefTimer } from "../unref_timer.ts";

/** How long an attempt that was given up may go on, in milliseconds. */
const OVERTIME = 20;
/** How much of it comes last, after a look at what was opened, in milliseconds. */
const LAST_STEP = 5;

/**
 * A wait in two steps. If the process was busy, the first step ends before anything else is looked at; what has been opened
 * meanwhile is noticed before the second one ends.
 */
class Grace {
  #timer: ReturnType<typeof setTimeout>;
  #counts = true;

  constructor(over: () => void) {
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(over, LAST_STEP);
      if (!this.#counts) this.unref();
    }, OVERTIME - LAST_STEP);
  }

  /** Does not keep the process alive. */
  unref(): void {
    this.#counts = false;
    unrefTimer(this.#timer);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Opens connections, and gives up those that are not wanted any more. */
export class Dials {
  /** The attempts under way, each with what cancels it. */
  readonly #attempts = new Map<Promise<unknown>, AbortController>();

  /**
   * Opens a connection.
   *
   * @param connect Begins the attempt; its signal cancels it.
   * @param signal Ends the attempt for the caller: at once, while the attempt itself may take a little longer.
   * @returns The connection; rejects with the reason of the signal once that is aborted.
   */
  open<C extends { close(): void }>(
    connect: (signal: AbortSignal) => Promise<C>,
    signal: AbortSignal,
  ): Promise<C> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const cancel = new AbortController();
    const attempt = connect(cancel.signal);
    this.#attempts.set(attempt, cancel);
    return new Promise((resolve, reject) => {
      let grace: Grace | undefined;
      const abort = (): void => {
        reject(signal.reason);
        attempt.then((connection) => connection.close(), ignore);
        grace = new Grace(() => cancel.abort());
        grace.unref();
      };
      signal.addEventListener("abort", abort, { once: true });
      attempt.then(resolve, reject).finally(() => {
        this.#attempts.delete(attempt);
        grace?.stop();
        signal.removeEventListener("abort", abort);
      });
    });
  }

  /**
   * Waits for the attempts under way.
   *
   * @returns Resolves when all have ended, at the latest after 20 ms.
   */
  async settled(): Promise<void> {
    if (this.#attempts.size === 0) return;
    const late = Promise.withResolvers<void>();
    const grace = new Grace(late.resolve);
    await Promise.race([Promise.allSettled(this.#attempts.keys()), late.promise]);
    grace.stop();
  }

  /** Cancels the attempts under way at once. */
  cancel(): void {
    for (const controller of this.#attempts.values()) controller.abort();
  }
}

function ignore(): void {}
