/**
 * Waits for functions of the user, which may never answer.
 *
 * @module
 */

import { Budget } from "./budget.ts";

/** How long to wait. */
export interface WaitLimit {
  /** Milliseconds; time in which this process was busy does not count. */
  readonly limit: number;
  /** Makes the error for when they are over. */
  late(limit: number): Error;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Waits for a promise for a limited time.
 *
 * @param promise The promise; what it rejects with later is ignored.
 * @param limit How long to wait.
 * @returns Its value.
 * @throws What it rejects with, the error for when time is over, or the reason of the signal.
 */
export async function waitFor<T>(
  promise: Promise<T>,
  { limit, late, signal }: WaitLimit,
): Promise<T> {
  const end = Promise.withResolvers<never>();
  // Without a handler its rejection would end the process.
  promise.catch(() => {});
  signal.throwIfAborted();
  const abort = (): void => end.reject(signal.reason);
  signal.addEventListener("abort", abort);
  const budget = new Budget(limit, () => end.reject(late(limit)));
  try {
    return await Promise.race([promise, end.promise]);
  } finally {
    budget.stop();
    signal.removeEventListener("abort", abort);
  }
}
