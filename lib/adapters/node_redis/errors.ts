/**
 * Errors that only node-redis has.
 *
 * @module
 */

import { ClosedError, ConnectionError, TimeoutError } from "../../errors.ts";

/** Some commands of a transaction have failed; the others were executed. */
export class MultiErrorReply extends Error {
  /** Literal name. */
  override readonly name = "MultiErrorReply";
  /** What each command has answered: a value, or an error. */
  readonly replies: readonly unknown[];
  /** Which replies are errors. */
  readonly errorIndexes: readonly number[];

  /**
   * Makes one.
   *
   * @param replies What each command has answered.
   */
  constructor(replies: readonly unknown[]) {
    const errorIndexes = [...replies.keys()].filter((i) => replies[i] instanceof Error);
    super(
      `Cannot answer all values: ${errorIndexes.length} of ${replies.length} commands have failed`,
      { cause: replies[errorIndexes[0]] },
    );
    this.replies = replies;
    this.errorIndexes = errorIndexes;
  }

  /** The errors. */
  *errors(): Generator<Error> {
    for (const i of this.errorIndexes) yield this.replies[i] as Error;
  }
}

/**
 * Makes the error of calls that cannot be answered any more.
 *
 * @param cause The error of the client, if there is one. It is the error itself, unless the client was closed.
 */
export function clientIsClosed(cause?: unknown): unknown {
  const tells = cause instanceof ConnectionError || cause instanceof TimeoutError;
  // Programs know this error by its text.
  return tells && !(cause instanceof ClosedError)
    ? cause
    : new Error("The client is closed", { cause });
}
