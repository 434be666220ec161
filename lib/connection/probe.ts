/**
 * Questions to a node on a fresh connection, about another connection to the same node.
 *
 * @module
 */

import { ClosedError, ServerError, TimeoutError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { Budget } from "./budget.ts";
import type { Greeting } from "./greeting.ts";
import type { Identity } from "./identity.ts";

/** Why a fresh connection is closed that is not needed. */
export const ONLY_A_PROBE: ClosedError = new ClosedError(
  "Cannot send: the connection was only a probe",
);

/** By how many seconds the age of a connection may differ between the server and this process. */
const TOLERANCE = 2;

/** A connection that is silent. */
export interface Silent {
  /** What its handshake learnt. */
  readonly greeting: Greeting | undefined;
  /** The server process at its other end, if that is known. */
  readonly identity?: Identity | null;
  /** When it was opened, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** A fresh connection to ask on. */
export interface Fresh {
  /** Sends a command; rejects with the reason if the connection is closed before the reply. */
  call(words: Words): Promise<Reply>;
  /** Closes it at once. */
  close(error: Error): void;
}

/**
 * Waits for answers on a connection, and closes it if they do not come in time.
 *
 * @param timeout Milliseconds.
 * @param connection The connection that is asked.
 * @param answers What to wait for; it rejects when the connection is closed.
 */
export async function within<T>(
  timeout: number,
  connection: { close(error: Error): void },
  answers: Promise<T>,
): Promise<T> {
  const budget = new Budget(timeout, () => {
    connection.close(
      new TimeoutError(`Cannot ask within ${timeout} ms: the server does not answer`, {
        phase: "sent",
        timeout,
      }),
    );
  });
  try {
    return await answers;
  } finally {
    budget.stop();
  }
}

/**
 * Asks the server, on a fresh connection, whether it holds another connection back. Closes the fresh connection if it
 * does, or does not answer.
 *
 * @param other The other connection, which is silent.
 * @param fresh The fresh connection.
 * @param timeout Milliseconds.
 * @returns Whether the server holds the other connection back; false if it does not tell.
 * @throws {ConnectionError | TimeoutError} If it does not answer.
 */
export async function isHeldUp(
  other: Silent,
  fresh: Fresh,
  timeout: number,
): Promise<boolean> {
  try {
    const heldUp = await within(timeout, fresh, isWaiting(other, (words) => fresh.call(words)));
    if (heldUp) fresh.close(ONLY_A_PROBE);
    return heldUp;
  } catch (error) {
    fresh.close(error as Error);
    throw error;
  }
}

/**
 * Asks the server whether it is alive, and whether it holds another connection back, as it does during CLIENT PAUSE or
 * while a script runs.
 *
 * @param other The other connection, which is silent.
 * @param call Sends a command on a fresh connection.
 * @returns Whether the server holds it back; false if it does not tell.
 * @throws {ConnectionError | TimeoutError} If it does not answer.
 */
async function isWaiting(
  other: Silent,
  call: (words: Words) => Promise<Reply>,
): Promise<boolean> {
  const id = other.greeting?.clientId ?? other.identity?.clientId;
  const [busy, list] = await Promise.all([
    call(["PING"]).then(() => false, isBusy),
    id === undefined ? "" : call(["CLIENT", "LIST", "ID", id]).catch(notTold),
  ]);
  if (busy) return true;
  const [, age, flags] = /^id=\d+ .*\bage=(\d+) .*\bflags=(\w+)/.exec(String(list)) ?? [];
  if (age === undefined) return false;
  // The address may lead to another process now, in which another connection has that number.
  const own = (performance.now() - other.since) / 1000;
  return flags.includes("b") && Math.abs(Number(age) - own) <= TOLERANCE;
}

function isBusy(error: unknown): boolean {
  // Any other error shows that the server is alive, too.
  if (error instanceof ServerError) return error.code === "BUSY";
  throw error;
}

function notTold(error: unknown): string {
  if (error instanceof ServerError) return "";
  throw error;
}
