/**
 * Keeps the order of redirected requests of a slot while one of them waits.
 *
 * A redirection of a script is followed only after a check (see `script_redirects.ts`). Later requests of the same slot
 * would overtake the script meanwhile.
 *
 * @module
 */

/** Sends a request again, at once or when its promise resolves. It must not throw. */
export type Step = () => Promise<void> | void;

/** Runs steps of one slot one after the other. */
export class RedirectOrder {
  /** Steps that wait, by slot; a slot has an entry while one of its steps is under way. */
  readonly #waiting = new Map<number, Step[]>();

  /**
   * Tells whether a step would wait.
   *
   * @param slot The slot.
   */
  holds(slot: number): boolean {
    return this.#waiting.size > 0 && this.#waiting.has(slot);
  }

  /**
   * Runs a step behind those of the same slot; at once if there are none.
   *
   * @param slot The slot.
   * @param step The step.
   */
  run(slot: number, step: Step): void {
    const waiting = this.#waiting.get(slot);
    if (waiting !== undefined) {
      waiting.push(step);
      return;
    }
    const end = step();
    if (end !== undefined) this.#runAfter(end, slot);
  }

  async #runAfter(end: Promise<void>, slot: number): Promise<void> {
    const waiting: Step[] = [];
    this.#waiting.set(slot, waiting);
    await end;
    // Further ones may join meanwhile.
    for (let i = 0; i < waiting.length; i++) {
      const next = waiting[i]();
      if (next !== undefined) await next;
    }
    this.#waiting.delete(slot);
  }
}
