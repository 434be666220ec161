/** Thrown by {@linkcode retry} when the last attempt failed too; `cause` is that failure. */
export declare class RetryError extends Error {
  constructor(cause: unknown, attempts: number);
}

/** Options of {@linkcode retry}; times are milliseconds. */
export interface RetryOptions {
  /** What the wait is multiplied with after each attempt; 2 by default. */
  multiplier?: number;
  /** No wait is longer; 60 000 by default. */
  maxTimeout?: number;
  /** How many attempts are made; 5 by default. */
  maxAttempts?: number;
  /** The wait after the first attempt; 1000 by default. */
  minTimeout?: number;
  /** The random share of a wait, 0 to 1; 1 by default. */
  jitter?: number;
  /** Answers `false` for a failure that ends the attempts at once. */
  isRetriable?: (err: unknown) => boolean;
  /** Ends the attempts and the waits between them, with its reason. */
  signal?: AbortSignal;
}

/** Call the function until it succeeds, with growing random waits between the attempts. */
export declare function retry<T>(
  fn: (() => Promise<T>) | (() => T),
  options?: RetryOptions,
): Promise<T>;
