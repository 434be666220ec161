/**
 * Keeps the order of the requests of a slot while one of them waits.
 *
 * A redirection of a script is followed only after a check (see `script_redirects.ts`). Later requests of the same slot
 * would overtake the script meanwhile.
 *
 * @module
 */

import { Ring } from "../lib/connection/ring.ts";

/** Sends a request, at once or when its promise resolves. It must not throw. */
export type Step = () => Promise<void> | void;

/** Steps of one slot that wait. */
interface Waiting {
  /** Those of requests that were sent before and came back: their calls were earlier than those in `joined`. */
  readonly returned: Ring<Step>;
  /** Those of requests that have not been sent. */
  readonly joined: Ring<Step>;
}

/** Runs steps of one slot one after the other. */
export class RedirectOrder {
  /** Steps that wait, by slot; a slot has an entry while one of its steps is under way. */
  readonly #waiting = new Map<number, Waiting>();

  /**
   * Tells whether a step would wait.
   *
   * @param slot The slot.
   */
  holds(slot: number): boolean {
    return this.#waiting.size > 0 && this.#waiting.has(slot);
  }

  /**
   * Runs the step of a request that came back: behind those of the same slot that came back before, and ahead of those
   * that have joined. At once if no step is under way.
   *
   * @param slot The slot.
   * @param step The step.
   */
  run(slot: number, step: Step): void {
    this.#add(slot, step, "returned");
  }

  /**
   * Runs the step of a request that has not been sent: behind all others of the same slot. At once if no step is under
   * way.
   *
   * @param slot The slot.
   * @param step The step.
   */
  join(slot: number, step: Step): void {
    this.#add(slot, step, "joined");
  }

  #add(slot: number, step: Step, kind: keyof Waiting): void {
    const waiting = this.#waiting.get(slot);
    if (waiting !== undefined) {
      waiting[kind].push(step);
      return;
    }
    const end = step();
    if (end !== undefined) this.#runAfter(end, slot);
  }

  async #runAfter(end: Promise<void>, slot: number): Promise<void> {
    const { returned, joined } = { returned: new Ring<Step>(), joined: new Ring<Step>() };
    this.#waiting.set(slot, { returned, joined });
    await end;
    // Further ones may come meanwhile.
    for (let step = next(); step !== undefined; step = next()) {
      const end = step();
      if (end !== undefined) await end;
    }
    this.#waiting.delete(slot);

    function next(): Step | undefined {
      return returned.shift() ?? joined.shift();
    }
  }
}
