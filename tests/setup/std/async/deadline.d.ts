/** Options of {@linkcode deadline}. */
export interface DeadlineOptions {
  /** Ends the wait early, with its reason. */
  signal?: AbortSignal;
}

/** Settle like the promise, or reject with a "TimeoutError" `DOMException` after `ms` milliseconds. */
export declare function deadline<T>(
  p: Promise<T>,
  ms: number,
  options?: DeadlineOptions,
): Promise<T>;
