/** Limits for {@linkcode until}. */
export interface UntilOptions {
  /**
   * How long to go on asking, in milliseconds.
   *
   * @default {10000}
   */
  timeout?: number;
  /**
   * Pause between two questions, in milliseconds.
   *
   * @default {10}
   */
  interval?: number;
}

/**
 * Asks again and again until the answer is neither `undefined` nor `false`, and returns that answer.
 *
 * An exception counts as "not yet": while a server starts or changes roles it refuses connections and commands. The
 * last one becomes the `cause` of the error at the end of the time.
 */
export async function until<T>(
  goal: string,
  ask: () => Promise<T | undefined | false>,
  options: UntilOptions = {},
): Promise<T> {
  const { timeout = 10_000, interval = 10 } = options;
  const deadline = performance.now() + timeout;
  let lastError: unknown;
  while (true) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      lastError = undefined;
    } catch (error) {
      if (error instanceof StopAsking) throw error.cause;
      lastError = error;
    }
    if (performance.now() >= deadline) {
      const why = lastError instanceof Error ? `: ${lastError.message}` : "";
      throw new Error(`Cannot wait longer until ${goal}: ${timeout} ms have passed${why}`, {
        cause: lastError,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

/** Thrown inside a question of {@linkcode until} to end the waiting with an error that no patience can cure. */
export class StopAsking extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}
