/**
 * Outcomes and how long they took, for tests of budgets.
 *
 * @module
 */

/** What became of a promise, and when. */
export interface Outcome<T> {
  /** Its value, if it was fulfilled. */
  value?: T;
  /** Its reason, if it was rejected. */
  error?: unknown;
  /** Milliseconds until it settled. */
  elapsed: number;
  /** The same without the times when this process stood still: for upper limits on a busy machine. */
  ran: number;
}

/**
 * Runs something and measures it.
 *
 * @param action What to run; a rejection is part of the outcome.
 * @param start When its time began. Requests that are made in one turn share its first moment.
 */
export async function measure<T>(
  action: () => Promise<T>,
  start: number = performance.now(),
): Promise<Outcome<T>> {
  using watch = new SharedWatch();
  const times = () => {
    const end = performance.now();
    return { elapsed: end - start, ran: end - start - watch.standstills.between(start, end) };
  };
  try {
    const value = await action();
    return { value, ...times() };
  } catch (error) {
    return { error, ...times() };
  }
}

/**
 * Keeps this process busy, so that its event loop stands still.
 *
 * @param ms Milliseconds.
 */
export function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Notes how late the timers of this process are: what a busy machine adds is no fault of the client. */
export class Lateness implements Disposable {
  /** The worst so far, in milliseconds. */
  worst = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins to watch. */
  constructor() {
    this.#watch();
  }

  #watch(): void {
    const due = performance.now() + 2;
    this.#timer = setTimeout(() => {
      this.worst = Math.max(this.worst, performance.now() - due);
      this.#watch();
    }, 2);
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Notes when this process stood still: the client leaves such times out of its limits, since it could not have read a
 * reply.
 */
export class Standstills implements Disposable {
  /** How late a timer must be to count, in milliseconds. */
  static readonly LEAST = 10;
  /** The times, oldest first. */
  readonly #times: { readonly start: number; readonly end: number }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer has to run. */
  #due = 0;

  /** Begins to watch. */
  constructor() {
    this.#watch();
  }

  /**
   * Tells how long this process stood still between two moments.
   *
   * @param start The first, in milliseconds of `performance.now()`.
   * @param end The second.
   * @returns Milliseconds.
   */
  between(start: number, end: number): number {
    let sum = 0;
    for (let i = this.#times.length - 1; i >= 0 && this.#times[i].end > start; i--) {
      const time = this.#times[i];
      sum += Math.max(0, Math.min(end, time.end) - Math.max(start, time.start));
    }
    // The timer is late, and whoever asks was earlier: it is not among the times yet.
    if (end - this.#due > Standstills.LEAST) sum += end - Math.max(start, this.#due);
    return sum;
  }

  #watch(): void {
    this.#due = performance.now() + 5;
    this.#timer = setTimeout(() => {
      const now = performance.now();
      if (now - this.#due > Standstills.LEAST) this.#times.push({ start: this.#due, end: now });
      this.#watch();
    }, 5);
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** One watch for all measurements under way: a timer for each of a thousand would be the load itself. */
class SharedWatch implements Disposable {
  static #current: Standstills | undefined;
  static #users = 0;
  /** What was noted since the first measurement under way began. */
  readonly standstills: Standstills;

  constructor() {
    SharedWatch.#users++;
    this.standstills = SharedWatch.#current ??= new Standstills();
  }

  [Symbol.dispose](): void {
    if (--SharedWatch.#users > 0) return;
    this.standstills[Symbol.dispose]();
    SharedWatch.#current = undefined;
  }
}

/**
 * Whether a promise is still pending after a while.
 *
 * @param promise The promise; a rejection is not reported as unhandled.
 * @param ms How long to wait.
 */
export async function isPending(promise: Promise<unknown>, ms = 50): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), ms);
  const settled = promise.then(() => false, () => false);
  const pending = await Promise.race([late, settled]);
  clearTimeout(timer);
  return pending;
}

/** Messages of an error and of all its causes. */
export function messagesOf(error: unknown): string[] {
  const messages: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) messages.push(at.message);
  return messages;
}
