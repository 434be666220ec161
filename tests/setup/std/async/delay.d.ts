/** Options of {@linkcode delay}. */
export interface DelayOptions {
  /** Ends the wait early, with its reason. */
  signal?: AbortSignal;
  /** `false` lets the process exit during the wait; `true` by default. */
  persistent?: boolean;
}

/** Wait for `ms` milliseconds. */
export declare function delay(ms: number, options?: DelayOptions): Promise<void>;
