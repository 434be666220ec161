/**
 * Choices that a seed repeats.
 *
 * @module
 */

/** A source of choices (a linear congruential generator with the constants of Knuth's MMIX); the same seed gives the same ones. */
export class Random {
  #state: bigint;

  /**
   * Makes a source.
   *
   * @param seed Any integer.
   */
  constructor(seed: number) {
    this.#state = BigInt(seed);
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    this.#state = BigInt.asUintN(64, this.#state * 6364136223846793005n + 1442695040888963407n);
    // The lower bits repeat soon.
    return min + Math.floor(Number(this.#state >> 32n) / 2 ** 32 * (max - min + 1));
  }

  /** One of some items. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)];
  }
}
