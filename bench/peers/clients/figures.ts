/**
 * What a measurement in a client's process yields.
 *
 * @module
 */

/** The figures of one client, one workload and one round. */
export interface Figures {
  /** Requests per second. */
  readonly opsPerSec: number;
  /** Median time from sending a request to having its reply, in microseconds. */
  readonly p50Us: number | null;
  /** The time that 99 of 100 requests do not exceed, in microseconds. */
  readonly p99Us: number | null;
  /** CPU time of the whole client process for each request, in microseconds. */
  readonly cpuUsPerOp: number | null;
  /** Memory that the client process occupies afterwards, in MiB. */
  readonly rssMb: number | null;
}

/**
 * A quantile of some latencies.
 *
 * @param sorted Latencies in milliseconds, in ascending order.
 * @param quantile Between 0 and 1.
 * @returns The latency in microseconds; null if there is none at all.
 */
export function quantileUs(sorted: readonly number[], quantile: number): number | null {
  if (sorted.length === 0) return null;
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * quantile));
  return Math.round(sorted[index] * 10_000) / 10;
}
