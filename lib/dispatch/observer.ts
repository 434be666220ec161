/**
 * The place where telemetry looks at the requests of a client.
 *
 * @module
 */

import type { Observed, Request } from "../connection/request.ts";

/** A call that does not end with its requests: the caller of the observer ends it. */
export interface ObservedCall extends Observed {
  /**
   * Ends the call. Later calls of this have no effect.
   *
   * @param error What the user's call rejects with; undefined if it resolves.
   */
  end(error: unknown): void;
}

/** Marks requests that go the way of a user's requests and are none. */
export const UNOBSERVED: Observed = {
  addPart: (part) => {
    part.observed = UNOBSERVED;
  },
  retried: () => {},
  redirected: () => {},
  settled: () => {},
};

/** Looks at the calls of one client. Its methods never throw. */
export interface Observer {
  /**
   * Called in the user's call, before a request is sent that belongs to no other call.
   *
   * @param request The request.
   */
  begin(request: Request): void;
  /**
   * Called in the user's call, before the requests of a batch are sent. The call ends with the last of them.
   *
   * @param requests The requests.
   * @param errors Whether an error of one request is the error of the batch.
   */
  beginBatch(requests: readonly Request[], errors: "reject" | "values"): void;
  /**
   * Called in the user's call, before a transaction is sent.
   *
   * @param exec The request that executes it, with the commands as its prelude.
   * @returns The call; null if it is not observed.
   */
  beginTransaction(exec: Request): ObservedCall | null;
  /**
   * Called in the user's call, before a script is sent by its digest. It may have to be sent as text then, as part of the
   * same call.
   *
   * @param request The request.
   * @returns The call; null if it is not observed.
   */
  beginScript(request: Request): ObservedCall | null;
  /**
   * Called in the user's call for one that makes no requests.
   *
   * @param operation Name of the command.
   * @returns The call; null if it is not observed.
   */
  beginOther(operation: string): ObservedCall | null;
  /** Called when the client has ended. */
  close(): void;
}
