/**
 * Time, CPU time and memory of a client's process, from begin to end of a measurement. Works on every runtime.
 *
 * @module
 */

import process from "node:process";
import { type Figures, quantileUs } from "./figures.ts";

/** Measures from its creation to {@linkcode Stopwatch.stop}. */
export class Stopwatch {
  readonly #cpu = process.cpuUsage();
  readonly #started = performance.now();

  /**
   * Ends the measurement.
   *
   * @param requests How many requests were answered.
   * @param latencies How long some of them took, in milliseconds. Gets sorted.
   * @returns The figures.
   */
  stop(requests: number, latencies: number[]): Figures {
    const milliseconds = performance.now() - this.#started;
    const { user, system } = process.cpuUsage(this.#cpu);
    const rss = process.memoryUsage().rss;
    latencies.sort((a, b) => a - b);
    return {
      opsPerSec: Math.round(requests / milliseconds * 10_000) / 10,
      p50Us: quantileUs(latencies, 0.5),
      p99Us: quantileUs(latencies, 0.99),
      cpuUsPerOp: Math.round((user + system) / requests * 1000) / 1000,
      rssMb: Math.round(rss / 104_857.6) / 10,
    };
  }
}
