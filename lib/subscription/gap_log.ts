/**
 * The gaps of one reader. Dropped items are combined into one gap for some time.
 *
 * @module
 */

import { OverflowError } from "../errors.ts";
import type { Gap } from "../events.ts";
import { unrefTimer } from "../unref_timer.ts";
import { type Dropped, MAX_BYTES, MAX_ITEMS } from "./mailbox.ts";
import type { GapItem } from "./message.ts";

/** Number of gaps to keep for `stats`. */
const KEPT_GAPS = 100;
/** Time for which dropped items are combined into one gap, in milliseconds. */
const OVERFLOW_TIME = 1000;

/** Dropped items that have not been reported as a gap yet. */
interface Overflowing {
  readonly since: number;
  until: number;
  dropped: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Keeps and reports the gaps of one reader. */
export class GapLog {
  readonly #onGap: (gap: Gap) => void;
  readonly #gaps: Gap[] = [];
  #overflow: Overflowing | null = null;
  #told = 0;
  #dropped = 0;

  /**
   * Makes a log without gaps.
   *
   * @param onGap Called for each gap.
   */
  constructor(onGap: (gap: Gap) => void) {
    this.#onGap = onGap;
  }

  /** How many items were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** How many gaps there were. */
  get count(): number {
    return this.#told + (this.#overflow === null ? 0 : 1);
  }

  /** Copies of the latest gaps, oldest first, including one that is not reported yet. */
  list(): Gap[] {
    const gaps = this.#gaps.map((gap) => ({ ...gap }));
    if (this.#overflow !== null) gaps.push(overflowGap(this.#overflow));
    return gaps;
  }

  /**
   * Keeps a gap, and tells it.
   *
   * @param gap The gap.
   */
  tell(gap: Gap): void {
    this.#told++;
    if (this.#gaps.length === KEPT_GAPS) this.#gaps.shift();
    this.#gaps.push(gap);
    this.#onGap(gap);
  }

  /** Notes that an item was dropped. Items dropped within a short time are reported as one gap. */
  drop(): void {
    this.#dropped++;
    const now = Date.now();
    const overflow = this.#overflow;
    if (overflow !== null) {
      overflow.until = now;
      overflow.dropped++;
      return;
    }
    const timer = setTimeout(() => this.tellOverflow(), OVERFLOW_TIME);
    unrefTimer(timer);
    this.#overflow = { since: now, until: now, dropped: 1, timer };
  }

  /** Reports the dropped items at once. */
  tellOverflow(): void {
    const overflow = this.#overflow;
    if (overflow === null) return;
    clearTimeout(overflow.timer);
    this.#overflow = null;
    this.tell(overflowGap(overflow));
  }
}

/**
 * Makes what stands in a buffer for items that it has dropped.
 *
 * @param dropped What was dropped.
 */
export function overflowMark({ count, since, until }: Dropped): GapItem {
  return { kind: "gap", reason: "overflow", since, until, dropped: count };
}

/**
 * Makes the error of a reader whose buffer is full.
 *
 * @param items What is in the buffer, in the plural.
 * @param maxItems Most items in it.
 * @param maxBytes Most bytes in it.
 */
export function tooSlow(
  items: string,
  maxItems: number = MAX_ITEMS,
  maxBytes: number = MAX_BYTES,
): OverflowError {
  return new OverflowError(
    `Cannot keep more ${items}: the reader is too slow, and its buffer has ${maxItems} ${items} or ${maxBytes} bytes`,
  );
}

function overflowGap({ since, until, dropped }: Overflowing): Gap {
  return { reason: "overflow", since, until, dropped };
}
