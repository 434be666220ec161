/**
 * What was measured, and what was not and why.
 *
 * @module
 */

import type { Figures } from "./clients/figures.ts";
import { type Contestant, CONTESTANTS, OURS } from "./contestants.ts";
import { type Estimate, estimate, STEADY } from "./spread.ts";
import type { Workload } from "./workloads.ts";

/** The figures of one contestant in one round of a workload. */
export interface Measurement extends Figures {
  /** Id of the contestant. */
  readonly id: string;
  /** Name of the workload. */
  readonly workload: string;
  /** Which round, from 1. */
  readonly round: number;
}

/** Something that was not measured. */
export interface Miss {
  /** Id of the contestant. */
  readonly id: string;
  /** Name of the workload. */
  readonly workload: string;
  /**
   * Why: `absent` = it could not be installed, `unsupported` = the client cannot do this, `failed` = it broke, or got a wrong reply.
   */
  readonly kind: "absent" | "unsupported" | "failed";
  /** The same in words. */
  readonly reason: string;
}

/** A figure that can be compared. */
export type Figure = keyof Figures;

/** The figures that decide: requests per second, and CPU time per request. */
export const VERDICTS = ["opsPerSec", "cpuUsPerOp"] as const satisfies Figure[];

/** All measurements. */
export class Results {
  readonly #measurements: Measurement[] = [];
  readonly #misses: Miss[] = [];
  readonly #listener: (measurement: Measurement) => void;

  /**
   * Makes an empty collection.
   *
   * @param listener Is told of each measurement when it is added.
   */
  constructor(listener: (measurement: Measurement) => void = () => {}) {
    this.#listener = listener;
  }

  /** What could not be measured. */
  get misses(): readonly Miss[] {
    return this.#misses;
  }

  /** Adds a measurement. */
  add(measurement: Measurement): void {
    this.#measurements.push(measurement);
    this.#listener(measurement);
  }

  /** Adds something that could not be measured. */
  addMiss(miss: Miss): void {
    this.#misses.push(miss);
  }

  /**
   * The median of a figure over all rounds.
   *
   * @returns The median; undefined if it was not measured, or a round of it failed.
   */
  median(id: string, workload: string, figure: Figure): number | undefined {
    return estimate([...this.#byRound(id, workload, figure).values()])?.median;
  }

  /** Why something was not measured. */
  missOf(id: string, workload: string): Miss | undefined {
    return this.#misses.find((miss) => miss.id === id && miss.workload === workload);
  }

  /**
   * Our figure divided by that of another, round by round: what disturbed a round concerned both.
   *
   * @param ours Id of what is compared, such as ours on another runtime.
   * @returns The ratio with its spread; undefined if one of them was not measured.
   */
  ratio(id: string, workload: string, figure: Figure, ours: string = OURS): Estimate | undefined {
    const theirs = this.#byRound(id, workload, figure);
    const ratios: number[] = [];
    for (const [round, value] of this.#byRound(ours, workload, figure)) {
      const other = theirs.get(round);
      if (other !== undefined && other > 0) ratios.push(value / other);
    }
    return estimate(ratios);
  }

  /** Tells whether the ratios to a contestant, those that decide, vary little over the rounds. */
  isSteady(id: string, workload: string): boolean {
    return id === OURS || VERDICTS.every((figure) => {
      const ratio = this.ratio(id, workload, figure);
      return ratio === undefined || ratio.spread <= STEADY;
    });
  }

  /** The other client that is fastest in a workload; limits do not count. */
  bestOther({ name }: Workload): Contestant | undefined {
    let best: Contestant | undefined;
    let most = 0;
    const { client } = CONTESTANTS.find(({ id }) => id === OURS)!;
    for (const contestant of CONTESTANTS) {
      if (contestant.limit || contestant.client === client) continue;
      const ops = this.median(contestant.id, name, "opsPerSec") ?? 0;
      if (ops > most) [best, most] = [contestant, ops];
    }
    return best;
  }

  #byRound(id: string, workload: string, figure: Figure): Map<number, number> {
    const values = new Map<number, number>();
    if (this.missOf(id, workload)) return values;
    for (const measurement of this.#measurements) {
      if (measurement.id !== id || measurement.workload !== workload) continue;
      const value = measurement[figure];
      if (value !== null) values.set(measurement.round, value);
    }
    return values;
  }
}
