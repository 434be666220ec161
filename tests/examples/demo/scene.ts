/**
 * What all scenes of the demo have in common.
 *
 * @module
 */

import type { Terminal } from "./terminal.ts";

/** How large the demo is. */
export interface Scale {
  /** Products of the catalogue. */
  readonly products: number;
  /** One slot in so many gets a record; 1 = each one. */
  readonly slotStep: number;
  /** Requests of the traffic that goes on while something is broken, in a second. */
  readonly requestsPerSecond: number;
  /** Milliseconds of traffic before and after that. */
  readonly calm: number;
  /** Milliseconds that pass before somebody promotes a replica in the place of a dead primary. */
  readonly hesitation: number;
  /** Slots that change hands. */
  readonly movedSlots: number;
}

/** What a scene needs besides its servers. */
export interface Stage {
  readonly terminal: Terminal;
  readonly scale: Scale;
}

/** Something that was measured: what, and the figure as text. */
export type Fact = readonly [what: string, figure: string];

/** Something that has to be so. */
export interface Check {
  /** The claim, as a sentence. */
  readonly claim: string;
  /** Whether it was so. */
  readonly held: boolean;
}

/** What is to be said of a scene in the report. */
export interface Verdict {
  /** Title of the scene. */
  readonly title: string;
  /** What was measured. */
  readonly facts: readonly Fact[];
  /** What had to hold. */
  readonly checks: readonly Check[];
}
