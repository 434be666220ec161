/**
 * Deadlines of requests, without a timer for each.
 *
 * Requests with the same budget run out in the order in which they were made. So there is one list for each budget,
 * linked through the requests themselves, and one timer for the head of each list.
 *
 * @module
 */

/** Milliseconds by which a timer may be late before the process counts as having been busy. */
const LAG = 10;
/** Longest time that a timer can measure; it would ring at once for a longer one. */
const LONGEST = 2 ** 31 - 1;

/** Something that runs out of time unless it is removed before. */
export interface Expiring {
  /** When it runs out, on the clock of {@linkcode Deadlines.now}. */
  deadline: number;
  /** The list it is in. Kept by {@linkcode Deadlines}. */
  list: DeadlineList | null;
  /** The next younger one in the list. Kept by {@linkcode Deadlines}. */
  younger: Expiring | null;
  /** The next older one in the list. Kept by {@linkcode Deadlines}. */
  older: Expiring | null;
  /** Called once its time is out; it is no longer in the list then. */
  expire(): void;
}

/** All that share one budget, oldest first. */
export interface DeadlineList {
  readonly budget: number;
  oldest: Expiring | null;
  youngest: Expiring | null;
  timer: ReturnType<typeof setTimeout> | undefined;
  lagging: boolean;
}

/** The deadlines of one client. */
export class Deadlines {
  readonly #lists = new Map<number, DeadlineList>();
  #now = -1;
  readonly #forget = (): void => {
    this.#now = -1;
  };

  /**
   * Milliseconds on a clock that only goes forwards, read once for all requests of a turn.
   *
   * @returns The time at which the turn of the event loop asked first.
   */
  now(): number {
    if (this.#now === -1) {
      this.#now = performance.now();
      queueMicrotask(this.#forget);
    }
    return this.#now;
  }

  /**
   * Watches something that has not been watched yet.
   *
   * @param item What may run out of time.
   * @param budget Milliseconds from now on.
   */
  add(item: Expiring, budget: number): void {
    item.deadline = this.now() + budget;
    let list = this.#lists.get(budget);
    if (list === undefined) {
      list = { budget, oldest: null, youngest: null, timer: undefined, lagging: false };
      this.#lists.set(budget, list);
    }
    item.list = list;
    item.older = list.youngest;
    if (list.youngest === null) list.oldest = item;
    else list.youngest.younger = item;
    list.youngest = item;
    if (list.timer === undefined) this.#arm(list, budget);
  }

  /**
   * Stops watching. Does nothing for what is not watched.
   *
   * The timer is left to find nothing: arming one costs more than a turn of an idle one.
   *
   * @param item What was done in time.
   */
  remove(item: Expiring): void {
    const list = item.list;
    if (list === null) return;
    if (item.older === null) list.oldest = item.younger;
    else item.older.younger = item.younger;
    if (item.younger === null) list.youngest = item.older;
    else item.younger.older = item.older;
    item.list = item.older = item.younger = null;
  }

  /** Stops all timers; nothing runs out any more. */
  clear(): void {
    for (const list of this.#lists.values()) clearTimeout(list.timer);
    this.#lists.clear();
  }

  #arm(list: DeadlineList, wait: number): void {
    const timer = setTimeout(() => this.#ring(list), Math.min(wait, LONGEST));
    // A deadline by itself is no reason to keep the process alive: the socket that it watches is.
    Deno.unrefTimer(timer);
    list.timer = timer;
  }

  #ring(list: DeadlineList): void {
    const now = performance.now();
    const late = list.oldest !== null && now - list.oldest.deadline > LAG;
    if (late && !list.lagging) {
      // The process itself was busy, so replies may lie unread in the socket: let them be read first.
      list.lagging = true;
      return this.#arm(list, 0);
    }
    list.lagging = false;
    // Half a millisecond of tolerance: timers fire on whole milliseconds.
    while (list.oldest !== null && list.oldest.deadline <= now + 0.5) {
      const item = list.oldest;
      this.remove(item);
      item.expire();
      // Whatever expired may have been the reason to stop all.
      if (this.#lists.get(list.budget) !== list) return;
    }
    if (list.oldest === null) {
      this.#lists.delete(list.budget);
      list.timer = undefined;
    } else {
      this.#arm(list, Math.max(1, list.oldest.deadline - now));
    }
  }
}
