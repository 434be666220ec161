/**
 * What was written to the keys of a test, and whether a value that was read can be true.
 *
 * Every value is written once. A write has taken effect between its call and its answer; one that failed may take effect at
 * any time after its call. So of two writes the order is known only if one was called after the answer to the other.
 *
 * @module
 */

/** A write, or something that may remove a key. */
export interface Write {
  /** What the key has afterwards; null for nothing. */
  readonly value: string | null;
  /** When it was called. */
  readonly from: number;
  /** When it was answered; Infinity if it was not, or has failed. */
  to: number;
  /** Whether it was a write of the client that reads. */
  readonly own: boolean;
  /** When the value has expired at the latest. */
  expires: number;
}

/** A read of one key. */
export interface Read {
  /** The value; null for none. */
  readonly value: string | null;
  /** When it was called. */
  readonly from: number;
  /** When it was answered. */
  readonly to: number;
}

/** Writes per key that are remembered. */
const KEPT = 4000;

/** The writes of one run. */
export class CacheHistory {
  readonly #writes = new Map<string, Write[]>();
  readonly #bound: number;
  readonly #clock: number;
  /** Reads that were older than the last write of which the answer had come. */
  stale = 0;
  /** The greatest age of such a read in milliseconds. */
  oldest = 0;

  /**
   * Begins with keys that do not exist.
   *
   * @param keys The keys.
   * @param bound How many milliseconds after a write the value before it may still be read by others.
   * @param clock How many milliseconds after its time a value may still be read.
   */
  constructor(keys: Iterable<string>, bound: number, clock: number) {
    this.#bound = bound;
    this.#clock = clock;
    for (const key of keys) this.#writes.set(key, [made(null, -1, 0)]);
  }

  /**
   * Notes a write that is called now.
   *
   * @param key The key.
   * @param value What it writes.
   * @param own Whether the client that reads writes it.
   */
  begin(key: string, value: string | null, own: boolean): Write {
    const write = made(value, performance.now(), Infinity, own);
    const writes = this.#writes.get(key)!;
    writes.push(write);
    if (writes.length > 2 * KEPT) writes.splice(0, KEPT);
    return write;
  }

  /**
   * Checks a read.
   *
   * @param key The key.
   * @param read What was read.
   * @returns What is wrong; undefined if it can be true.
   */
  check(key: string, read: Read): string | undefined {
    const writes = this.#writes.get(key)!;
    let fault: string | undefined = "it was never written";
    for (let i = writes.length - 1; i >= 0; i--) {
      if (writes[i].value !== read.value) continue;
      fault = this.#faultOf(writes, i, read);
      // A key can be missing for one of several reasons.
      if (fault === undefined || read.value !== null) break;
    }
    return fault;
  }

  #faultOf(writes: readonly Write[], i: number, read: Read): string | undefined {
    const write = writes[i];
    if (write.from > read.to) return "it was written later";
    if (read.from > write.expires + this.#clock) {
      return `it had expired ${Math.round(read.from - write.expires)} ms before`;
    }
    let age = 0;
    for (let j = i + 1; j < writes.length; j++) {
      const later = writes[j];
      if (later.from >= read.from) break;
      if (later.from <= write.to || later.to >= read.from) continue;
      age = Math.max(age, read.from - later.to);
      if (later.own) {
        return `an own write was answered ${Math.round(read.from - later.to)} ms before`;
      }
    }
    if (age > 0) this.stale++;
    this.oldest = Math.max(this.oldest, age);
    return age > this.#bound
      ? `another value was there for ${Math.round(age)} ms, the bound is ${this.#bound} ms`
      : undefined;
  }
}

function made(value: string | null, from: number, to: number, own = false): Write {
  return { value, from, to, own, expires: Infinity };
}
