/**
 * Requests in front of reads for the cache: CLIENT TRACKING and CLIENT CACHING.
 *
 * @module
 */

import { NO_OWNER, Request } from "../connection/request.ts";
import type { Argument, Reply } from "../resp/reply.ts";

/**
 * CLIENT TRACKING or CLIENT CACHING: one object for all that are written on a connection, since only a refusal matters.
 */
class Preparation extends Request {
  static {
    this.prototype.internal = true;
  }

  readonly #onRefusal: (error: unknown) => void;

  constructor(words: readonly Argument[], onRefusal: (error: unknown) => void) {
    super(words, undefined, asItIs, NO_OWNER);
    this.#onRefusal = onRefusal;
  }

  override resolve(): void {}

  override reject(error: unknown): void {
    this.#onRefusal(error);
  }
}

/** What is written in front of the first read of a connection, and of the others. */
export interface Preparations {
  /** In front of the first read. */
  readonly first: readonly Request[];
  /** In front of each other one. */
  readonly other: readonly Request[];
}

/**
 * Makes what is written in front of the reads of one connection.
 *
 * @param onRefusal Called when the server refuses it, or the connection is lost before its reply.
 */
export function preparationsFor(onRefusal: (error: unknown) => void): Preparations {
  const caching = new Preparation(["CLIENT", "CACHING", "YES"], onRefusal);
  const tracking = new Preparation(["CLIENT", "TRACKING", "ON", "OPTIN"], onRefusal);
  return { first: [tracking, caching], other: [caching] };
}

function asItIs(reply: Reply): Reply {
  return reply;
}
