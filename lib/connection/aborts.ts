/**
 * Requests that one abort signal ends, with one listener for all of them.
 *
 * A listener for each request would cost quadratic time: adding or removing one searches all that are there.
 *
 * @module
 */

/** Something that can be ended early. */
export interface Abortable {
  /** Ends it with an error. */
  reject(reason: unknown): void;
}

/** Requests per signal. The map is weak: it keeps no signal alive. */
const known = new WeakMap<AbortSignal, Aborts>();

/** The requests of one abort signal. */
export class Aborts {
  readonly #signal: AbortSignal;
  /** In the order in which they were added, which is the order in which they are rejected. */
  readonly #items = new Set<Abortable>();

  private constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /**
   * Finds the requests of a signal.
   *
   * @param signal A signal that is not aborted yet.
   * @returns The same object for the same signal.
   */
  static of(signal: AbortSignal): Aborts {
    let aborts = known.get(signal);
    if (aborts === undefined) known.set(signal, aborts = new Aborts(signal));
    return aborts;
  }

  /** Whether the signal is aborted. */
  get aborted(): boolean {
    return this.#signal.aborted;
  }

  /**
   * Rejects a request with the signal's reason when the signal is aborted.
   *
   * @param item The request; it must be removed when it is settled.
   */
  add(item: Abortable): void {
    if (this.#items.size === 0) this.#signal.addEventListener("abort", this);
    this.#items.add(item);
  }

  /**
   * Forgets a request. The listener is removed with the last one, so that a signal that lives long collects none.
   *
   * @param item A request that was added.
   */
  remove(item: Abortable): void {
    if (this.#items.delete(item) && this.#items.size === 0) {
      this.#signal.removeEventListener("abort", this);
    }
  }

  /** Called by the signal. */
  handleEvent(): void {
    // A request that is rejected removes itself, which an iteration over a set allows.
    for (const item of this.#items) item.reject(this.#signal.reason);
  }
}
