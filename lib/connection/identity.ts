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
}

/**
 * Asks the server who it is, in one write.
 *
 * @param call Sends a command on the connection in question.
 * @returns The identity; null if the server does not tell it.
 * @throws {ConnectionError | TimeoutError | ClosedError} If there is no reply.
 */
export async function identify(
  call: (words: Words) => Promise<Reply>,
): Promise<Identity | null> {
  try {
    const [clientId, info] = await Promise.all([call(["CLIENT", "ID"]), call(["INFO", "server"])]);
    const runId = /^run_id:(\w+)\r?$/m.exec(String(info))?.[1];
    return runId === undefined || typeof clientId !== "number" ? null : { runId, clientId };
  } catch (error) {
    if (error instanceof ServerError) return null;
    throw error;
  }
}
