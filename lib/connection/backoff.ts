/**
 * The wait before an attempt to connect.
 *
 * @module
 */

/** Backoff between attempts, as `retry` of `@std/async` takes it. */
export interface Backoff {
  /** By how much the wait grows from attempt to attempt. */
  readonly multiplier: number;
  /** Longest wait before the first repetition, in milliseconds. */
  readonly minTimeout: number;
  /** Longest wait of all, in milliseconds. */
  readonly maxTimeout: number;
  /** Which share of the wait is random, from 0 to 1. */
  readonly jitter: number;
}

/**
 * Longest wait between two tries while requests wait for their outcome, in milliseconds. It is shorter than the default
 * timeout of a request, so that each request sees a try.
 */
export const LONGEST_WAIT = 200;
/** Longest time of the first attempt to reach a node that was reached before, in milliseconds. */
const FIRST_ATTEMPT = 1000;
/** Number of times that it is doubled at most. */
const MOST_DOUBLINGS = 10;
/** Time over which the first attempts of many clients are spread after a server was lost, in milliseconds. */
const SPREAD = 100;

/**
 * Makes a backoff whose waits are short.
 *
 * @param backoff The backoff.
 * @param longest Longest wait, in milliseconds.
 */
export function cappedBackoff(backoff: Backoff, longest: number): Backoff {
  const maxTimeout = Math.min(backoff.maxTimeout, longest);
  return { ...backoff, maxTimeout, minTimeout: Math.min(backoff.minTimeout, maxTimeout) };
}

/** What has happened before an attempt to connect. */
export interface Situation {
  /** How many attempts in a row have failed. */
  readonly failures: number;
  /** Whether requests wait for the connection. */
  readonly waited: boolean;
  /** Whether there was a connection, or an attempt, that was lost. */
  readonly lost: boolean;
}

/**
 * Computes the time from the last loss or failure to the next attempt.
 *
 * - If requests wait, a lost connection is opened again at once: perhaps only this one was cut.
 * - If none wait, or an attempt has failed, the server may be lost, for many clients at the same moment. Their attempts
 *   are spread, by the jitter of the backoff.
 *
 * @param situation What has happened so far.
 * @param backoff The client's backoff.
 * @param random A random number from 0 to 1.
 * @returns Milliseconds.
 */
export function waitBefore(
  { failures, waited, lost }: Situation,
  { minTimeout, maxTimeout, multiplier, jitter }: Backoff,
  random: number = Math.random(),
): number {
  if (failures === 0) return lost && !waited ? jitter * random * SPREAD : 0;
  // Bounded, because 0 × Infinity is NaN.
  const next = Math.max(minTimeout * multiplier ** Math.min(failures - 1, 50), SPREAD * jitter);
  return (1 - jitter * random) * Math.min(next, maxTimeout, waited ? LONGEST_WAIT : Infinity);
}

/**
 * Computes how long an attempt to reach a node may take that was reached before.
 *
 * Such a node answers soon or not at all, so an attempt that hangs must not delay the next one. But where the network
 * has become slow, later attempts need more time.
 *
 * @param failures How many attempts in a row have failed.
 * @param longest Longest time of an attempt, in milliseconds.
 * @returns Milliseconds.
 */
export function attemptTime(failures: number, longest: number): number {
  return Math.min(longest, FIRST_ATTEMPT * 2 ** Math.min(failures, MOST_DOUBLINGS));
}
