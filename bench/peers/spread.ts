/**
 * How sure the median of a few readings is.
 *
 * @module
 */

/** A median with the range in which that of endless readings lies, at least nine times out of ten. */
export interface Estimate {
  /** The median. */
  readonly median: number;
  /** Lower end of the range. */
  readonly low: number;
  /** Upper end of the range. */
  readonly high: number;
  /** Half of the range, as a share of the median: 0.05 is ±5 %. Infinite if there are not enough readings to tell. */
  readonly spread: number;
  /** Number of readings. */
  readonly count: number;
}

/** Up to this spread (±5 %) a figure is steady. */
export const STEADY = 0.05;

/** With fewer readings nothing can be said about their spread. */
const FEWEST = 3;

/** Standard deviations on each side of a normal distribution that have nine tenths of it between them. */
const NINE_TENTHS = 1.645;

/**
 * Estimates the median.
 *
 * The range goes by ranks, so that a few readings of a disturbed machine change neither it nor the median. With fewer than eight readings it
 * goes from the lowest to the highest.
 *
 * @param readings The readings, in any order.
 * @returns The estimate; undefined without any reading.
 */
export function estimate(readings: readonly number[]): Estimate | undefined {
  const count = readings.length;
  if (count === 0) return undefined;
  const sorted = readings.toSorted((a, b) => a - b);
  const left = Math.max(0, Math.floor((count - 1 - NINE_TENTHS * Math.sqrt(count)) / 2));
  const low = sorted[left];
  const high = sorted[count - 1 - left];
  const median = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
  const spread = count < FEWEST ? Infinity : (high - low) / 2 / median;
  return { median, low, high, spread, count };
}
