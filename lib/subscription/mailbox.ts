/**
 * Bounded buffer between a connection and a slow reader.
 *
 * @module
 */

import { Ring } from "../connection/ring.ts";

/** Most items that are buffered by default. */
export const MAX_ITEMS = 1024;
/** Most bytes that are buffered by default. */
export const MAX_BYTES: number = 16 * 1024 * 1024;

/**
 * What to do with a new item when a buffer is full: drop the oldest items, drop the new item, or end with an error.
 */
export type Overflow = "dropOldest" | "dropNewest" | "error";

/** Items in a row that a buffer dropped. */
export interface Dropped {
  /** How many items, marks not counted. */
  readonly count: number;
  /** When the first one was dropped, in milliseconds of `Date.now()`. */
  readonly since: number;
  /** When the last one was dropped, in milliseconds of `Date.now()`. */
  readonly until: number;
}

/** Limits of a {@linkcode Mailbox}, and what happens at them. */
export interface MailboxOptions<T> {
  /**
   * Measures an item.
   *
   * @param item The item.
   * @returns About how many bytes of memory it takes.
   */
  sizeOf(item: T): number;
  /**
   * Most items.
   *
   * @default {1024}
   */
  readonly maxItems?: number;
  /**
   * Most bytes in all. One item that is larger is kept as the only one.
   *
   * @default {16777216}
   */
  readonly maxBytes?: number;
  /**
   * What a full buffer does with one more item.
   *
   * @default {"dropOldest"}
   */
  readonly overflow?: Overflow;
  /**
   * Called for each item that is dropped.
   *
   * @param item The item.
   */
  onDrop?(item: T): void;
  /**
   * Called when an item does not fit and `overflow` is `"error"`. It ends the buffer with an error; the item is dropped.
   */
  onFull?(): void;
  /**
   * Makes an item that stands where items were dropped, so that the reader sees it between the items before and behind.
   * Without this the reader sees nothing.
   *
   * @param dropped What was dropped there.
   */
  markOf?(dropped: Dropped): T;
  /**
   * Whether an item is such a mark, or another one that does not count when it is dropped.
   *
   * @param item The item.
   */
  isMark?(item: T): boolean;
}

/** A reader that waits for an item. */
interface Waiting<T> extends PromiseWithResolvers<IteratorResult<T, undefined>> {
  /** Its iterator, if it has one. */
  iterator?: object;
}

/**
 * A bounded buffer with one or several readers, who share its items: each item goes to one of them.
 *
 * Putting an item and taking one take the same time however full it is. A reader that waits gets its item at once.
 *
 * @typeParam T Type of the items.
 */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #options: MailboxOptions<T>;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #overflow: Overflow;
  readonly #items = new Ring<T>();
  /** Readers that wait for an item. Then there are no items. */
  readonly #waiting = new Ring<Waiting<T>>();
  #bytes = 0;
  /** Items that were dropped and that the reader has not been told of. */
  #dropped: { count: number; since: number; until: number } | null = null;
  #ended = false;
  #error: Error | undefined;

  /**
   * Makes an empty buffer.
   *
   * @param options Its limits, and what happens at them.
   */
  constructor(options: MailboxOptions<T>) {
    this.#options = options;
    this.#maxItems = options.maxItems ?? MAX_ITEMS;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#overflow = options.overflow ?? "dropOldest";
  }

  /** How many items wait for a reader. */
  get length(): number {
    return this.#items.length;
  }

  /** About how many bytes the waiting items take. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no more items are taken. What is buffered may still be read. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Gives an item to a reader that waits, or buffers it. Does nothing after the end.
   *
   * @param item The item.
   */
  put(item: T): void {
    if (this.#ended) return;
    const reader = this.#waiting.shift();
    if (reader !== undefined) return reader.resolve({ value: item, done: false });
    const size = this.#options.sizeOf(item);
    if (!this.#makeRoom(item, size)) return;
    this.#bytes += size;
    this.#items.push(item);
  }

  /**
   * Takes the oldest item, or waits for the next one.
   *
   * @returns The item; `done` once the buffer has ended and all items have been read. Rejects, once, with the error that
   * ended it.
   */
  next(): Promise<IteratorResult<T, undefined>> {
    return this.#next(undefined);
  }

  #next(iterator: object | undefined): Promise<IteratorResult<T, undefined>> {
    const { markOf } = this.#options;
    // Behind dropped items that were the oldest, in front of those that were the newest.
    if (this.#dropped !== null && (this.#overflow === "dropOldest" || this.#items.length === 0)) {
      const dropped = this.#dropped;
      this.#dropped = null;
      if (markOf !== undefined) return Promise.resolve({ value: markOf(dropped), done: false });
    }
    if (this.#items.length > 0) {
      return Promise.resolve({ value: this.#take(), done: false });
    }
    const error = this.#error;
    if (error !== undefined) {
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve(DONE);
    const reader: Waiting<T> = Promise.withResolvers<IteratorResult<T, undefined>>();
    reader.iterator = iterator;
    this.#waiting.push(reader);
    return reader.promise;
  }

  /**
   * Takes no more items. Readers that wait come to the end; what is buffered can still be read, and then the end comes.
   *
   * @param error What the reader gets at the end; it simply ends without one. If several readers wait, one gets it.
   */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (error !== undefined) {
      const reader = this.#waiting.shift();
      if (reader !== undefined) {
        this.#error = undefined;
        reader.reject(error);
      }
    }
    for (const reader of this.#waiting.drain()) reader.resolve(DONE);
  }

  /** Forgets what is buffered. */
  clear(): void {
    this.#items.drain();
    this.#bytes = 0;
    this.#dropped = null;
  }

  /** Reads on where the last reader has stopped. Leaving the loop does not end the buffer. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined> {
    let left = false;
    const iterator: AsyncIterableIterator<T, undefined> = {
      next: () => left ? Promise.resolve(DONE) : this.#next(iterator),
      return: () => {
        left = true;
        this.#dismiss(iterator);
        return Promise.resolve(DONE);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    return iterator;
  }

  /** Ends the waits of an iterator, which would take items that nobody gets. */
  #dismiss(iterator: object): void {
    for (const reader of this.#waiting.drain()) {
      if (reader.iterator === iterator) reader.resolve(DONE);
      else this.#waiting.push(reader);
    }
  }

  #take(): T {
    const item = this.#items.shift() as T;
    this.#bytes -= this.#options.sizeOf(item);
    return item;
  }

  /** Makes room for one more item. Returns whether it is to be buffered. */
  #makeRoom(item: T, size: number): boolean {
    const items = this.#items;
    switch (this.#overflow) {
      case "dropOldest":
        while (!this.#fits(1, size)) this.#drop(this.#take());
        return true;
      case "dropNewest": {
        const mark = this.#dropped === null || this.#options.markOf === undefined ? 0 : 1;
        if (!this.#fits(1 + mark, size)) {
          this.#drop(item);
          return false;
        }
        if (this.#dropped !== null && mark > 0) {
          const marking = this.#options.markOf!(this.#dropped);
          this.#bytes += this.#options.sizeOf(marking);
          items.push(marking);
        }
        this.#dropped = null;
        return true;
      }
      case "error":
        if (this.#fits(1, size)) return true;
        this.#options.onDrop?.(item);
        this.#options.onFull?.();
        return false;
    }
  }

  #fits(count: number, size: number): boolean {
    const { length } = this.#items;
    return length === 0 || length + count <= this.#maxItems && this.#bytes + size <= this.#maxBytes;
  }

  #drop(item: T): void {
    const now = Date.now();
    const dropped = this.#dropped ??= { count: 0, since: now, until: now };
    if (!this.#options.isMark?.(item)) dropped.count++;
    dropped.until = now;
    this.#options.onDrop?.(item);
  }
}

const DONE: IteratorReturnResult<undefined> = { value: undefined, done: true };
