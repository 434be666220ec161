/**
 * Ends requests on the server that their callers have given up.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import type { Connection } from "./connection.ts";
import type { Request } from "./request.ts";

/** How long later requests may wait for the end of one that was given up, in milliseconds. */
const FINISH_LIMIT = 500;

/** A dedicated connection, of whose requests one was given up while the server works on it. */
export interface GivenUp {
  /** The connection. */
  readonly connection: Connection;
  /** All its requests. */
  readonly requests: readonly Request[];
  /** Why it is closed. */
  readonly error: Error;
}

/** The shared connection to the same node. */
export interface Shared {
  /** The connection; null while there is none. */
  readonly connection: Connection | null;
  /** Sends a command of the client itself on it. */
  call(words: Words): Promise<Reply>;
}

/**
 * Ends the requests of a dedicated connection on the server, before the server gets a later request of this client.
 *
 * A server does not notice a close at once, and until then may hand an element to the closed connection. So CLIENT
 * UNBLOCK is sent on the shared connection, ahead of later requests, if both connections lead to the same process: in
 * another one the number would be that of another connection. Otherwise later requests wait until the server has closed
 * the connection.
 *
 * In a batch, commands behind the blocking one would be executed when it is unblocked, after later requests. So such a
 * connection is killed instead, if the user may do that.
 *
 * @param given The dedicated connection.
 * @param shared The shared one.
 * @returns Whether the dedicated connection can be closed now. If not, it is closed, with the error, when the server has
 * closed it.
 */
export function giveUp(given: GivenUp, shared: Shared): boolean {
  const { connection: { identity }, requests, error } = given;
  const { connection } = shared;
  if (connection === null || connection.closed) return true;
  if (identity && connection.identity?.mayUnblock && identity.runId === connection.identity.runId) {
    if (requests.length > 1) shared.call(["CLIENT", "KILL", "ID", identity.clientId]).catch(ignore);
    // With ERROR: with TIMEOUT, Valkey 8.0 crashes if CLIENT PAUSE holds the command.
    shared.call(["CLIENT", "UNBLOCK", identity.clientId, "ERROR"]).catch(ignore);
    return true;
  }
  given.connection.finish(FINISH_LIMIT, error).then(connection.pauseWrites());
  return false;
}

function ignore(): void {}
