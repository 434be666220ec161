/**
 * Random choices that a seed repeats.
 *
 * @module
 */

/** A source of random choices; the same seed gives the same ones. (The generator is mulberry32.) */
export class Random {
  #state: number;

  /** @param seed An integer. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A number from 0 up to but not 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True in a share of all cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)];
  }

  /** As many items as a length of up to `max` has. */
  list<T>(max: number, item: (i: number) => T): T[] {
    return Array.from({ length: this.integer(0, max) }, (_, i) => item(i));
  }

  /** Arbitrary bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.integer(0, 255));
  }
}
