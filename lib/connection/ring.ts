/**
 * A first-in-first-out queue in a ring of slots.
 *
 *         head            tail
 *          ↓               ↓
 *     [ ·  a  b  c  d  e   ·  · ]      shift() takes a, push() fills the slot at tail
 *
 * Both ends move only forwards, modulo the size; the ring doubles when it is full.
 *
 * @module
 */

const SMALLEST = 16;

/**
 * A first-in-first-out queue: nothing is ever moved but when it grows or shrinks.
 *
 * @typeParam T What is queued.
 */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array(SMALLEST).fill(undefined);
  #head = 0;
  #length = 0;

  /** How many items are queued. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends an item.
   *
   * @returns How many items are queued now.
   */
  push(item: T): number {
    if (this.#length === this.#slots.length) this.#resize(this.#length * 2);
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item;
    return ++this.#length;
  }

  /** Takes the oldest item, undefined if there is none. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length--;
    // A burst must not keep its memory for ever.
    if (this.#length === 0 && this.#slots.length > 4096) this.#resize(SMALLEST);
    return item;
  }

  /** The item at a position (0 is the oldest), undefined behind the end. */
  at(index: number): T | undefined {
    return index < this.#length
      ? this.#slots[(this.#head + index) & (this.#slots.length - 1)]
      : undefined;
  }

  /** Takes all items, oldest first. */
  drain(): T[] {
    const items: T[] = [];
    while (this.#length > 0) items.push(this.shift() as T);
    return items;
  }

  /** `size` is a power of two. */
  #resize(size: number): void {
    const slots: (T | undefined)[] = new Array(size).fill(undefined);
    for (let i = 0; i < this.#length; i++) slots[i] = this.at(i);
    this.#slots = slots;
    this.#head = 0;
  }
}
