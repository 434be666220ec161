/**
 * Keeps the order of the requests of a slot while some of them are redirected.
 *
 * There are two reasons. A redirection of a script is followed only after a check (see `script_redirects.ts`), during
 * which later requests of the same slot would overtake it. And when a request is redirected because its slot has moved,
 * others may still be in flight to the old owner; later calls, which go to the new owner, would overtake them.
 *
 * @module
 */

import { Ring } from "../lib/connection/ring.ts";

/** Sends a request, at once or when its promise resolves. It must not throw. */
export type Step = () => Promise<void> | void;

/** Steps of one slot that wait. */
interface Lane {
  /** Whether a step is under way. */
  busy: boolean;
  /** Number of reasons to hold back the joined steps. */
  holds: number;
  /** Steps of requests that were sent before and came back: their calls were earlier than those in `joined`. */
  readonly returned: Ring<Step>;
  /** Steps of requests that have not been sent. */
  readonly joined: Ring<Step>;
}

/** Runs steps of one slot one after the other. */
export class RedirectOrder {
  /** By slot; a slot has a lane while one of its steps is under way, or held back. */
  readonly #lanes = new Map<number, Lane>();

  /**
   * Tells whether a step of {@linkcode RedirectOrder.join} would wait.
   *
   * @param slot The slot.
   */
  holds(slot: number): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(slot);
  }

  /**
   * Runs the step of a request that came back: behind those of the same slot that came back before, and ahead of those
   * that have joined. At once if no step is under way.
   *
   * @param slot The slot.
   * @param step The step.
   */
  run(slot: number, step: Step): void {
    const lane = this.#lanes.get(slot);
    if (lane?.busy) {
      lane.returned.push(step);
      return;
    }
    const end = step();
    if (end !== undefined) this.#awaitStep(slot, end);
  }

  /**
   * Runs the step of a request that has not been sent: behind all others of the same slot. At once if there are none,
   * and nothing is held back.
   *
   * @param slot The slot.
   * @param step The step.
   */
  join(slot: number, step: Step): void {
    const lane = this.#lanes.get(slot);
    if (lane === undefined) this.run(slot, step);
    else lane.joined.push(step);
  }

  /**
   * Holds back requests of a slot that have not been sent, while others may come back.
   *
   * @param slot The slot.
   * @param end Resolves when no other can come back. It must not reject.
   */
  async holdBack(slot: number, end: Promise<void>): Promise<void> {
    const lane = this.#laneOf(slot);
    lane.holds++;
    await end;
    lane.holds--;
    this.#advance(slot, lane);
  }

  async #awaitStep(slot: number, end: Promise<void>): Promise<void> {
    const lane = this.#laneOf(slot);
    lane.busy = true;
    await end;
    lane.busy = false;
    this.#advance(slot, lane);
  }

  #laneOf(slot: number): Lane {
    let lane = this.#lanes.get(slot);
    if (lane === undefined) {
      lane = { busy: false, holds: 0, returned: new Ring(), joined: new Ring() };
      this.#lanes.set(slot, lane);
    }
    return lane;
  }

  /** Runs what need not wait any more. */
  #advance(slot: number, lane: Lane): void {
    while (!lane.busy) {
      const step = lane.returned.shift() ?? (lane.holds === 0 ? lane.joined.shift() : undefined);
      if (step === undefined) {
        if (lane.holds === 0) this.#lanes.delete(slot);
        return;
      }
      this.run(slot, step);
    }
  }
}
