/**
 * What was measured, and what was not and why.
 *
 * @module
 */

import type { Figures } from "./clients/figures.ts";
import { type Contestant, CONTESTANTS, OURS } from "./contestants.ts";
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
    if (this.missOf(id, workload)) return undefined;
    const values = this.#measurements
      .filter((measurement) => measurement.id === id && measurement.workload === workload)
      .map((measurement) => measurement[figure])
      .filter((value) => value !== null);
    return values.length === 0 ? undefined : median(values);
  }

  /** Why something was not measured. */
  missOf(id: string, workload: string): Miss | undefined {
    return this.#misses.find((miss) => miss.id === id && miss.workload === workload);
  }

  /**
   * Our throughput divided by that of another.
   *
   * @returns The ratio; undefined if one of them was not measured.
   */
  ratio(id: string, workload: string): number | undefined {
    const ours = this.median(OURS, workload, "opsPerSec");
    const theirs = this.median(id, workload, "opsPerSec");
    return ours === undefined || theirs === undefined ? undefined : ours / theirs;
  }

  /** The other client that is fastest in a workload; limits do not count. */
  bestOther({ name }: Workload): Contestant | undefined {
    let best: Contestant | undefined;
    let most = 0;
    for (const contestant of CONTESTANTS) {
      if (contestant.limit || contestant.id === OURS) continue;
      const ops = this.median(contestant.id, name, "opsPerSec") ?? 0;
      if (ops > most) [best, most] = [contestant, ops];
    }
    return best;
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = Math.floor(values.length / 2);
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
