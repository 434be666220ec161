/**
 * Counts of the requests of one client.
 *
 * @module
 */

import { ClusterError, TimeoutError } from "../errors.ts";

/** Counters of the requests of one client. Parts of a request, and internal requests of the client, do not count. */
export class RequestCounts {
  /** Requests that were made. */
  made = 0;
  /** Requests that were rejected, for whatever reason. */
  failed = 0;
  /** Requests that were rejected because their time was over; they are among `failed`. */
  timedOut = 0;
  /** How often a request, or a part of one, was sent again after it had been refused or lost. */
  retries = 0;
  /** How often a node sent a request, or a part of one, to another node. */
  redirects = 0;

  /**
   * Counts a request that was rejected.
   *
   * @param reason Why.
   */
  fail(reason: unknown): void {
    this.failed++;
    const cause = reason instanceof ClusterError ? reason.cause : reason;
    if (cause instanceof TimeoutError) this.timedOut++;
  }

  /** Uncounts a rejected request that is replaced by another one, so that its caller does not see the error. */
  forget(): void {
    this.made--;
    this.failed--;
  }
}
