/**
 * The gaps of one reader: which are kept, and which items that were dropped are told together.
 *
 * @module
 */

import { OverflowError } from "../errors.ts";
import type { Gap } from "../events.ts";
import { unrefTimer } from "../unref_timer.ts";
import { type Dropped, MAX_BYTES, MAX_ITEMS } from "./mailbox.ts";
import type { GapItem } from "./message.ts";

/** How many gaps are kept for the figures. */
const KEPT_GAPS = 100;
/** How long dropped items are gathered before they are told as one gap, in milliseconds. */
const OVERFLOW_TIME = 1000;

/** Items that were dropped and have not been told as a gap. */
interface Overflowing {
  readonly since: number;
  until: number;
  dropped: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Keeps the gaps of one reader, and tells them. */
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

  /** Copies of the latest gaps, oldest first, one that is not told yet included. */
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

  /** Notes that an item was dropped. Some time later all that were dropped meanwhile are told together. */
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

  /** Tells at once of the items that were dropped. */
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
