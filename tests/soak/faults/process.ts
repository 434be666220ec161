/**
 * Faults of this process.
 *
 * @module
 */

import type { Random } from "../../examples/demo/random.ts";

/** Name of the fault that blocks the event loop. */
export const STALL = "event loop blocked";

/**
 * Blocks the event loop, as long synchronous work does.
 *
 * @param random Chooses for how long: 100 to 1500 ms, rather less than more.
 */
export function blockEventLoop(random: Random): void {
  const length = random.integer(1, 4) === 1 ? random.integer(400, 1500) : random.integer(100, 400);
  const end = performance.now() + length;
  while (performance.now() < end);
}
