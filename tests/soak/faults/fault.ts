/**
 * What a fault is: something that is done to servers, to the network or to this process, and undone.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Random } from "../../examples/demo/random.ts";
import type { FaultNature } from "../fault_log.ts";
import type { Target } from "../target.ts";

/** What faults work with. */
export interface FaultContext<T extends Target = Target> {
  /** Whom to hurt. */
  readonly target: T;
  /** Choices. */
  readonly random: Random;
}

/** A kind of fault. */
export interface FaultKind<T extends Target = Target> extends FaultNature {
  /** Its name in the figures. */
  readonly name: string;
  /** Causes it and heals it; resolves when all is well again on the side of the servers. */
  readonly run: (context: FaultContext<T>) => Promise<void>;
}

/**
 * Waits for a random time.
 *
 * @param random Chooses.
 * @param min Shortest time in milliseconds.
 * @param max Longest time in milliseconds.
 */
export function pause(random: Random, min: number, max: number): Promise<void> {
  return delay(random.integer(min, max));
}
