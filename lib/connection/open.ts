/**
 * Opening a connection: dial, handshake, and an end to it when it takes too long.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { Budget } from "./budget.ts";
import { Connection, type ConnectionEvents } from "./connection.ts";
import { shakeHands } from "./handshake.ts";
import { identify } from "./identity.ts";
import { BYSTANDER, Request, type RequestOwner } from "./request.ts";
import type { LinkSettings } from "./settings.ts";
import { dial, type Endpoint, show } from "./transport.ts";

/** How an attempt to connect may go. */
export interface Attempt {
  /** Milliseconds for all of it. */
  budget: number;
  /** Ends it. */
  signal: AbortSignal;
  /** Whether to find out who is at the other end. */
  identify?: boolean;
}

/**
 * Opens a connection and shakes hands.
 *
 * @param endpoint Where to.
 * @param settings How.
 * @param attempt How long it may take.
 * @param events Who is told of the connection's fate; also of its end during the handshake.
 * @returns The connection.
 * @throws {ConnectionError | ServerError | ProtocolError | TimeoutError} If it could not be opened; nothing is left then.
 */
export async function open(
  endpoint: Endpoint,
  settings: LinkSettings,
  attempt: Attempt,
  events: ConnectionEvents,
): Promise<Connection> {
  const { budget, signal } = attempt;
  signal.throwIfAborted();
  const giveUp = new AbortController();
  const timer = new Budget(budget, () => {
    giveUp.abort(
      new TimeoutError(
        `Cannot connect to ${show(endpoint)} within ${budget} ms: it does not answer`,
        { phase: "queued", timeout: budget },
      ),
    );
  });
  const end = (): void => giveUp.abort(signal.reason);
  signal.addEventListener("abort", end);
  let connection: Connection | undefined;
  try {
    const transport = await dial(endpoint, settings.tls, giveUp.signal);
    const opened = connection = new Connection(endpoint, transport, events);
    const close = (): void => opened.close(giveUp.signal.reason);
    giveUp.signal.addEventListener("abort", close);
    if (giveUp.signal.aborted) close();
    const call = (words: Words): Promise<Reply> => ask(opened, words);
    await shakeHands(call, settings);
    if (attempt.identify) opened.identity = await identify(call);
    giveUp.signal.removeEventListener("abort", close);
    return opened;
  } catch (error) {
    connection?.close(error as Error);
    throw error;
  } finally {
    timer.stop();
    signal.removeEventListener("abort", end);
  }
}

/**
 * Asks something on a connection on behalf of the client itself, without a deadline.
 *
 * @param connection An open connection.
 * @param words The command.
 * @returns The reply; rejects with the reason if the connection is closed before it.
 */
export function ask(connection: Connection, words: Words): Promise<Reply> {
  const request = internalRequest(words, BYSTANDER);
  const promise = request.promise<Reply>();
  if (connection.closed) connection.ended.then((error) => request.reject(error));
  else connection.send(request);
  return promise;
}

/**
 * Makes a request of the client itself: its reply is taken as it is, and it is never sent again.
 *
 * @param words The command.
 * @param owner Who learns of its end.
 * @param timeout Its budget in milliseconds, 0 for none.
 */
export function internalRequest(words: Words, owner: RequestOwner, timeout = 0): Request {
  const request = new Request(words as Argument[], undefined, asItIs, false, timeout, owner);
  request.internal = true;
  return request;
}

function asItIs(reply: Reply): Reply {
  return reply;
}
