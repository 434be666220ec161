/**
 * Things that end some time later.
 *
 * @module
 */

/** Ends things after a time, or all at once without that. */
export class DelayedEnds {
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  /**
   * Ends something later.
   *
   * @param delay Milliseconds until then.
   * @param end Ends it.
   */
  add(delay: number, end: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      end();
    }, delay);
    this.#timers.add(timer);
  }

  /** Ends nothing any more. */
  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
