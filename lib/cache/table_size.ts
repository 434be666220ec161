/**
 * How large the table behind a `Map` is, to which keys are added and from which keys are removed all the time.
 *
 * @module
 */

/** Bytes of the table for each key that has room in it. */
const SLOT = 28;
const SMALLEST = 4;

/**
 * Follows the size of a table as V8 sets it.
 *
 * A removed key leaves a gap. When the table is full, it is made again: without the gaps in the same size if they were
 * half of it, else in twice the size. It shrinks when three quarters of it are empty.
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
