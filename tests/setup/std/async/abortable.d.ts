/** Settle like the promise, or reject with the signal's reason if that comes first. */
export declare function abortable<T>(p: Promise<T>, signal: AbortSignal): Promise<T>;
/** Yield what the iterable yields, or throw the signal's reason if that comes first. */
export declare function abortable<T>(p: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T>;
