/**
 * What becomes of promises, and when.
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
}

/**
 * Runs something and measures it.
 *
 * @param action What to run; a rejection is part of the outcome.
 */
export async function measure<T>(action: () => Promise<T>): Promise<Outcome<T>> {
  const start = performance.now();
  try {
    const value = await action();
    return { value, elapsed: performance.now() - start };
  } catch (error) {
    return { error, elapsed: performance.now() - start };
  }
}
