/**
 * Interface through which telemetry observes the requests of a client.
 *
 * @module
 */

import type { Observed, ObservedCall, Request } from "../connection/request.ts";

/** Marks internal requests that are sent like those of a user. */
export const UNOBSERVED: Observed = {
  addPart: (part) => {
    part.observed = UNOBSERVED;
  },
  retried: () => {},
  redirected: () => {},
  settled: () => {},
};

/** Observes the calls of one client. Its methods never throw. */
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
   * Called in the user's call for a command that may take several requests, before they are sent.
   *
   * @param command The command.
   * @returns The call, to be set as what is observed of the requests; null if it is not observed.
   */
  beginCommand(command: Pick<Request, "row" | "words">): ObservedCall | null;
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
