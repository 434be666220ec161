/**
 * Opening a connection: dial, handshake, and an end to it when it takes too long.
 *
 * @module
 */

import { ConnectionError, ProtocolError, ServerError, TimeoutError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { Budget } from "./budget.ts";
import { Connection, type ConnectionEvents } from "./connection.ts";
import type { Greeting } from "./greeting.ts";
import { isBadDatabase, shakeHands } from "./handshake.ts";
import type { Inbox } from "./inbox.ts";
import { identify } from "./identity.ts";
import { type Channel, NO_OWNER, Request, type RequestOwner } from "./request.ts";
import type { LinkSettings } from "./settings.ts";
import { dial, type Endpoint, show, speaksTls, tlsExpected, type Transport } from "./transport.ts";

/** How an attempt to connect may go. */
export interface Attempt {
  /** Milliseconds for all of it. */
  budget: number;
  /** Ends it. */
  signal: AbortSignal;
  /** Whether to ask for the identity of the server. */
  identify?: boolean;
  /** Receives the out-of-band messages of the connection; by default they are dropped. */
  inbox?: Inbox;
}

/** A connection as the handshake sees it. */
export interface Greetable {
  /** Whether it is closed. */
  readonly closed: boolean;
  /** Resolves when it is closed, with the reason. */
  readonly ended: Promise<Error>;
  /** Number of replies so far. */
  readonly answered: number;
  /** What the handshake learnt. */
  greeting: Greeting | undefined;
  /** Closes it at once. */
  close(error: Error): void;
}

/** Makes connections of one kind. */
export interface ConnectionMaker<C extends Greetable> {
  /**
   * Takes over an open socket.
   *
   * @param endpoint What it is connected to.
   * @param transport The socket.
   */
  make(endpoint: Endpoint, transport: Transport): C;
  /** Sends a command on a connection; rejects with the reason if that is closed before the reply. */
  ask(connection: C, words: Words): Promise<Reply>;
  /** Called after the handshake. If it rejects, the connection is closed. */
  finish?(connection: C): Promise<void>;
}

/**
 * Opens a connection for requests and shakes hands.
 *
 * @param endpoint Where to.
 * @param settings How.
 * @param attempt How long it may take.
 * @param events Learns of the connection's end, also during the handshake.
 * @returns The connection.
 * @throws {ConnectionError | ServerError | ProtocolError | TimeoutError} If it could not be opened; nothing is left
 * then.
 */
export function open(
  endpoint: Endpoint,
  settings: LinkSettings,
  attempt: Attempt,
  events: ConnectionEvents,
): Promise<Connection> {
  return openWith<Connection>(endpoint, settings, attempt, {
    make: (endpoint, transport) =>
      new Connection(endpoint, transport, events, attempt.inbox, settings.tally),
    ask,
    finish: async (connection) => {
      if (!attempt.identify) return;
      connection.identity = await identify((words) => ask(connection, words));
    },
  });
}

/**
 * Opens a connection of any kind and shakes hands.
 *
 * @param endpoint Where to.
 * @param settings How.
 * @param attempt How long it may take.
 * @param maker Makes the connection.
 * @returns The connection.
 * @throws {ConnectionError | ServerError | ProtocolError | TimeoutError} If it could not be opened; nothing is left
 * then.
 */
export async function openWith<C extends Greetable>(
  endpoint: Endpoint,
  settings: LinkSettings,
  attempt: Attempt,
  maker: ConnectionMaker<C>,
): Promise<C> {
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
  try {
    return await greet(endpoint, settings, giveUp.signal, maker);
  } finally {
    timer.stop();
    signal.removeEventListener("abort", end);
  }
}

/**
 * Opens a connection in the protocol that the server is known to speak, and notes what was learnt about the server.
 *
 * A server, or a proxy, may drop a connection because of HELLO. Connections are also dropped for other reasons, so it
 * counts as the reason only when an attempt without HELLO succeeds, and another one with it fails again.
 */
async function greet<C extends Greetable>(
  endpoint: Endpoint,
  settings: LinkSettings,
  signal: AbortSignal,
  maker: ConnectionMaker<C>,
): Promise<C> {
  const note = settings.peers.on(endpoint);
  const suspected = note.hello === "dropped";
  const greetIn = (protocol: 2 | 3): Promise<C> =>
    establish(endpoint, { ...settings, protocol }, signal, maker);
  if (settings.protocol === 2 || note.hello === "unknown" || suspected) {
    if (suspected) note.hello = undefined;
    const connection = await greetIn(2);
    if (!suspected) return connection;
    try {
      const better = await greetIn(3);
      connection.close(
        new ConnectionError("Cannot send: the connection was only a probe", endpoint),
      );
      return better;
    } catch {
      if (signal.aborted) connection.close(signal.reason);
      if (connection.closed) throw await connection.ended;
      // The failed attempt has set it to "dropped" again.
      if (note.hello !== undefined) note.hello = "unknown";
      return connection;
    }
  }
  return await greetIn(3);
}

/** Dials and shakes hands. */
async function establish<C extends Greetable>(
  endpoint: Endpoint,
  settings: LinkSettings,
  signal: AbortSignal,
  maker: ConnectionMaker<C>,
): Promise<C> {
  const note = settings.peers.on(endpoint);
  const transport = await dial(endpoint, settings.tls, settings.dials, signal, note);
  if (settings.tls !== undefined) note.speaksTls = true;
  const connection = maker.make(endpoint, transport);
  const close = (): void => connection.close(signal.reason);
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  try {
    const greeting = await shakeHands((words) => maker.ask(connection, words), settings);
    if (settings.protocol === 3) note.hello = greeting.protocol === 3 ? "answered" : "unknown";
    connection.greeting = greeting;
    await maker.finish?.(connection);
    settings.tally.add(connection.ended);
    return connection;
  } catch (error) {
    const dropped = connection.closed && !signal.aborted && note.hello === undefined;
    connection.close(error as Error);
    if (dropped) {
      const mute = connection.answered === 0;
      // Some answer with an error before they close.
      const refusesHello = error instanceof ServerError && error.command === "HELLO";
      if (settings.protocol === 3 && (mute || refusesHello)) note.hello = "dropped";
      // A TLS alert begins with the byte 0x15. Other bytes that are no RESP do not come from TLS.
      const strange = error instanceof ProtocolError && !error.message.includes("0x15");
      if (settings.tls === undefined && mute && !strange && !note.askedForTls) {
        note.askedForTls = true;
        if (await speaksTls(endpoint, settings.dials, signal)) throw tlsExpected(endpoint);
      }
    }
    if (!isBadDatabase(error)) throw error;
    throw new ConnectionError(
      `Cannot use database ${settings.databaseId} of ${show(endpoint)}: ${error.message}`,
      { ...endpoint, cause: error },
    );
  } finally {
    signal.removeEventListener("abort", close);
  }
}

/**
 * Asks something on a connection on behalf of the client itself, without a deadline.
 *
 * @param connection An open connection.
 * @param words The command.
 * @returns The reply; rejects with the reason if the connection is closed before it.
 */
export function ask(connection: Channel, words: Words): Promise<Reply> {
  const request = internalRequest(words, NO_OWNER);
  const promise = request.promise<Reply>();
  if (connection.closed) connection.ended.then((error) => request.reject(error));
  else connection.send(request);
  return promise;
}

/**
 * Makes a request of the client itself: its reply is taken as it is, and it is never sent again.
 *
 * @param words The command.
 * @param owner Learns of its end.
 * @param timeout Its budget in milliseconds, 0 for none.
 */
export function internalRequest(words: Words, owner: RequestOwner, timeout = 0): Request {
  const request = new Request(words as Argument[], undefined, asItIs, owner);
  request.timeout = timeout;
  request.internal = true;
  return request;
}

function asItIs(reply: Reply): Reply {
  return reply;
}
