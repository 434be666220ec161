/**
 * Quantiles of many values in little memory.
 *
 * @module
 */

/** Each bucket is wider than the one before by this factor: the error of a quantile. */
const GROWTH = 1.05;
/** Upper end of the first bucket, in milliseconds. */
const SMALLEST = 0.01;

/** Counts values in buckets of growing width. */
export class Histogram {
  readonly #counts: number[] = [];
  #count = 0;
  #max = 0;

  /** How many values there are. */
  get count(): number {
    return this.#count;
  }

  /** The largest value. */
  get max(): number {
    return this.#max;
  }

  /** Adds a value. */
  add(value: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(value / SMALLEST) / Math.log(GROWTH)));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count++;
    this.#max = Math.max(this.#max, value);
  }

  /**
   * The value below which a share of the values lies.
   *
   * @param share From 0 to 1.
   */
  quantile(share: number): number {
    let left = this.#count * share;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count ?? 0;
      if (left <= 0) return Math.min(this.#max, SMALLEST * GROWTH ** bucket);
    }
    return this.#max;
  }
}
