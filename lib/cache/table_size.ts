/**
 * Estimates the size of the hash table of a `Map` while keys are added and removed.
 *
 * @module
 */

/** Bytes of the table per key of its capacity. */
const SLOT = 28;
const SMALLEST = 4;

/**
 * Models how V8 sizes the table.
 *
 * A removed key leaves a gap. A full table is rebuilt: with the same size if half of it are gaps, otherwise with twice
 * the size. It shrinks when three quarters of it are empty.
 */
export class TableSize {
  #capacity = SMALLEST;
  #keys = 0;
  #gaps = 0;

  /** Bytes of the table. */
  get bytes(): number {
    return this.#capacity * SLOT;
  }

  /** A key is added. */
  add(): void {
    if (this.#keys + this.#gaps >= this.#capacity) {
      if (this.#gaps < this.#capacity / 2) this.#capacity *= 2;
      this.#gaps = 0;
    }
    this.#keys++;
  }

  /** A key is removed. */
  remove(): void {
    this.#keys--;
    this.#gaps++;
    if (this.#keys < this.#capacity / 4 && this.#capacity > SMALLEST) {
      this.#capacity /= 2;
      this.#gaps = 0;
    }
  }

  /** All keys are removed. */
  clear(): void {
    this.#capacity = SMALLEST;
    this.#keys = this.#gaps = 0;
  }
}
