/**
 * What the bench measures in a client's process.
 *
 * @module
 */

import type { Figures } from "./figures.ts";

/** Something that is connected and can be measured with one workload. */
export interface Session {
  /** Runs the workload for so long. */
  measure(milliseconds: number): Promise<Figures>;
  /** Closes the connections. */
  close(): unknown;
}
