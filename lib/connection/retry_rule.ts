/**
 * The retry rule: what becomes of the requests of a connection that is lost or left.
 *
 * @module
 */

import { ClosedError, ConnectionError } from "../errors.ts";
import type { Request } from "./request.ts";
import type { Endpoint } from "./transport.ts";

/** A connection that was lost. */
export interface LostConnection {
  /** Where it led. */
  readonly endpoint: Endpoint;
  /** Why it was lost. */
  readonly error: Error;
  /** Whether a request that was written was certainly not executed. */
  isUnexecuted(request: Request): boolean;
}

/**
 * Gives requests back to their owners that were written and have no reply, if they can be sent again; rejects the others.
 *
 * @param sent The requests.
 * @param connection The connection.
 */
export function settleSent(
  sent: readonly Request[],
  { endpoint, error, isUnexecuted }: LostConnection,
): void {
  for (const request of sent) {
    if (request.settled) continue;
    if (error instanceof ClosedError || request.internal) {
      request.reject(error);
    } else if (request.repeatable || isUnexecuted(request)) {
      request.requeue(error);
      request.owner.resend(request, error);
    } else {
      request.reject(
        new ConnectionError(
          `Cannot tell whether "${request.name}" was executed: ${decapitalize(error.message)}`,
          { ...endpoint, cause: error, maybeExecuted: true },
        ),
      );
    }
  }
}

/**
 * Gives requests back to their owners that were not written.
 *
 * @param queued The requests.
 * @param error Why the connection is lost or left.
 */
export function giveBack(queued: readonly Request[], error: Error): void {
  for (const request of queued) {
    if (request.settled) continue;
    if (error instanceof ClosedError || request.internal) {
      request.reject(error);
    } else {
      // Its own owner decides: a transaction of a session must not be sent on another connection, where nothing is
      // watched.
      request.requeue();
      request.owner.resend(request);
    }
  }
}

function decapitalize(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
