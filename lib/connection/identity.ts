/**
 * Which server process is at the other end: behind one address there can be several.
 *
 * @module
 */

import { ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";

/** The other end of a connection. */
export interface Identity {
  /** Names the server process. */
  readonly runId: string;
  /** Number by which that process knows the connection. */
  readonly clientId: number;
  /** Whether CLIENT UNBLOCK may be used on the connection. */
  readonly mayUnblock: boolean;
}

/**
 * Finds the run id of a server process.
 *
 * @param info Reply to INFO of section `server`.
 * @returns The id; undefined if the server does not tell it.
 */
export function runIdIn(info: Reply): string | undefined {
  return /^run_id:(\w+)\r?$/m.exec(String(info))?.[1];
}

/**
 * Asks the server for its run id.
 *
 * @param call Sends a command on the connection in question.
 * @returns The id; undefined if the server refuses, or does not answer.
 */
export async function askRunId(
  call: (words: Words) => Promise<Reply>,
): Promise<string | undefined> {
  try {
    return runIdIn(await call(["INFO", "server"]));
  } catch {
    return undefined;
  }
}

/**
 * Finds out the identity of a connection, unless that was begun before.
 *
 * @param connection The connection.
 * @param call Sends a command on it.
 * @returns Resolves when the identity is known, or cannot be known.
 */
export async function identifyOnce(
  connection: { identity: Identity | null | undefined },
  call: (words: Words) => Promise<Reply>,
): Promise<void> {
  if (connection.identity !== undefined) return;
  connection.identity = null;
  try {
    connection.identity = await identify(call);
  } catch {
    // The connection is lost, or hangs: a reconnect follows.
  }
}

/**
 * Asks the server for its identity, in one write.
 *
 * @param call Sends a command on the connection in question.
 * @returns The identity; null if the server does not tell it.
 * @throws {ConnectionError | TimeoutError | ClosedError} If there is no reply.
 */
export async function identify(
  call: (words: Words) => Promise<Reply>,
): Promise<Identity | null> {
  try {
    const [clientId, info, mayUnblock] = await Promise.all([
      call(["CLIENT", "ID"]),
      call(["INFO", "server"]),
      // No connection has this number.
      call(["CLIENT", "UNBLOCK", 0]).then(() => true, refused),
    ]);
    const runId = runIdIn(info);
    return runId === undefined || typeof clientId !== "number"
      ? null
      : { runId, clientId, mayUnblock };
  } catch (error) {
    if (error instanceof ServerError) return null;
    throw error;
  }
}

function refused(error: unknown): false {
  if (error instanceof ServerError) return false;
  throw error;
}
