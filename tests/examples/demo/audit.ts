/**
 * Whether servers still have what they have acknowledged.
 *
 * @module
 */

import type { Outcome } from "./traffic.ts";

/** What was found. */
export interface Audit {
  /** Writes that had been acknowledged. */
  readonly acknowledged: number;
  /** Those among them whose value was read again. */
  readonly readable: number;
  /** Those that a primary had acknowledged just before it was killed, and that no replica had got yet. */
  readonly lostWithPrimary: number;
  /** Others that are not there. */
  readonly missing: number;
  /** Keys that hold something else than what was written, acknowledged or not. */
  readonly wrong: number;
}

/** What was written, and where a server was killed meanwhile. */
export interface Written {
  /** What became of the writes. */
  readonly outcomes: readonly Outcome[];
  /** Tells whether a write was acknowledged by the primary that was killed. */
  readonly byDead: (outcome: Outcome) => boolean;
  /** When that one acknowledged its last write, as `performance.now()` counts. */
  readonly lastAnswer: number;
  /** Reads what was written by request `n`; `null` if there is nothing. */
  readonly read: (n: number) => Promise<string | null>;
  /** What was written by request `n`. */
  readonly valueOf: (n: number) => string;
}

/**
 * Milliseconds before its end in which a primary may have acknowledged what it had not passed on yet. It replicates after
 * it has replied, so this is the servers' affair.
 */
const UNREPLICATED = 1000;
/** Reads that are under way at the same time. */
const AT_ONCE = 1000;

/**
 * Reads everything that was written.
 *
 * @param written What was written.
 */
export async function audit(written: Written): Promise<Audit> {
  const { outcomes, byDead, lastAnswer, read, valueOf } = written;
  const mayBeLost = (outcome: Outcome): boolean => {
    const { settled } = outcome;
    return settled <= lastAnswer && settled > lastAnswer - UNREPLICATED && byDead(outcome);
  };
  let [acknowledged, readable, lostWithPrimary, missing, wrong] = [0, 0, 0, 0, 0];
  for (let at = 0; at < outcomes.length; at += AT_ONCE) {
    const chunk = outcomes.slice(at, at + AT_ONCE);
    const values = await Promise.all(chunk.map(({ n }) => read(n)));
    for (const [i, outcome] of chunk.entries()) {
      const { n, error } = outcome;
      const value = values[i];
      if (error === undefined) acknowledged++;
      if (value !== null && value !== valueOf(n)) wrong++;
      else if (error !== undefined) continue;
      else if (value !== null) readable++;
      else if (mayBeLost(outcome)) lostWithPrimary++;
      else missing++;
    }
  }
  return { acknowledged, readable, lostWithPrimary, missing, wrong };
}

/**
 * Says how many writes a primary took with it.
 *
 * @param audit What was found.
 */
export function lossText({ lostWithPrimary }: Audit): string {
  return lostWithPrimary === 0 ? "0" : `${lostWithPrimary} (acknowledged, but not replicated yet)`;
}
