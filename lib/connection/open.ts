/**
 * Opening a connection: dial, handshake, and an end to it when it takes too long.
 *
 * @module
 */

import { ConnectionError, ProtocolError, ServerError, TimeoutError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { ask } from "./ask.ts";
import { authenticate } from "./authenticate.ts";
import { Budget } from "./budget.ts";
import { Connection, type ConnectionEvents } from "./connection.ts";
import type { Greeting } from "./greeting.ts";
import type { LoginRenewal } from "./credentials.ts";
import { dial, speaksTls } from "./dial.ts";
import { tlsExpected } from "./dial_errors.ts";
import { isBadDatabase } from "./handshake.ts";
import type { Inbox } from "./inbox.ts";
import { identify } from "./identity.ts";
import { logIn, tlsFor } from "./log_in.ts";
import type { LinkSettings } from "./settings.ts";
import { type Endpoint, show, type Transport } from "./transport.ts";

/** Least time for a peer that may speak TLS to show it, in milliseconds. */
const TLS_PROBE = 250;

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
  /** How the connection gets newer credentials; by default it gets none. */
  renewal?: LoginRenewal<Connection>;
}

/** The part of an attempt to connect that is under way. */
interface Progress {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Called with what the attempt waits for, for the end of a message; undefined for the server. */
  onWait(what?: string): void;
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
  /**
   * Sends AUTH on a connection that is in use. Without this, its connections get no newer credentials.
   *
   * @param connection The connection.
   * @param words AUTH, with its arguments.
   * @returns The reply; rejects also if the server leaves it out.
   */
  authenticate?(connection: C, words: Words): Promise<Reply>;
  /** How its connections get newer credentials; by default they get none. */
  readonly renewal?: LoginRenewal<C>;
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
    authenticate,
    finish: async (connection) => {
      if (!attempt.identify) return;
      connection.identity = await identify((words) => ask(connection, words));
    },
    renewal: attempt.renewal,
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
  const { signal } = attempt;
  // What is left of a longer time is no whole number.
  const budget = Math.ceil(attempt.budget);
  signal.throwIfAborted();
  const giveUp = new AbortController();
  let awaited: string | undefined;
  const onWait = (what?: string): void => void (awaited = what);
  const timer = new Budget(budget, () => {
    giveUp.abort(
      new TimeoutError(
        `Cannot connect to ${show(endpoint)} within ${budget} ms: ${
          awaited ?? "it"
        } does not answer`,
        { phase: "queued", timeout: budget },
      ),
    );
  });
  const end = (): void => giveUp.abort(signal.reason);
  signal.addEventListener("abort", end);
  try {
    return await greet(endpoint, settings, { signal: giveUp.signal, onWait }, maker);
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
  progress: Progress,
  maker: ConnectionMaker<C>,
): Promise<C> {
  const { signal } = progress;
  const note = settings.peers.on(endpoint);
  const suspected = note.hello === "dropped";
  const greetIn = (protocol: 2 | 3): Promise<C> =>
    establish(endpoint, { ...settings, protocol }, progress, maker);
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
  { signal, onWait }: Progress,
  maker: ConnectionMaker<C>,
): Promise<C> {
  const note = settings.peers.on(endpoint);
  const tls = await tlsFor(endpoint, settings, { signal, onWait });
  const begun = performance.now();
  const transport = await dial(endpoint, tls, settings.dials, signal, note);
  if (settings.tls !== undefined) note.speaksTls = true;
  const connection = maker.make(endpoint, transport);
  const close = (): void => connection.close(signal.reason);
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  const call = (words: Words): Promise<Reply> => maker.ask(connection, words);
  let greeted = false;
  const firstCall = (words: Words): Promise<Reply> => {
    greeted = true;
    return call(words);
  };
  try {
    const { greeting, issued } = await logIn(endpoint, settings, {
      call: firstCall,
      signal,
      onWait,
    });
    if (settings.protocol === 3) note.hello = greeting.protocol === 3 ? "answered" : "unknown";
    connection.greeting = greeting;
    await maker.finish?.(connection);
    settings.tally.add(connection.ended);
    const { renewal } = maker;
    if (renewal !== undefined && maker.authenticate !== undefined) {
      const call = (words: Words): Promise<Reply> => maker.authenticate!(connection, words);
      settings.credentials.add(connection, { endpoint, issued, renewal, call });
    }
    return connection;
  } catch (error) {
    const dropped = greeted && connection.closed && !signal.aborted && note.hello === undefined;
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
        // On a slow network the connection took its time as well.
        const limit = Math.max(TLS_PROBE, 4 * (performance.now() - begun));
        if (await answersTls(endpoint, settings, { signal, limit })) throw tlsExpected(endpoint);
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
 * Finds out whether a peer that has dropped a connection speaks TLS.
 *
 * A server without TLS takes the handshake for the beginning of a command and waits for the rest, so there is a limit:
 * it has dropped the connection for another reason, and the next attempt may succeed.
 */
async function answersTls(
  endpoint: Endpoint,
  { dials }: LinkSettings,
  { signal, limit }: { signal: AbortSignal; limit: number },
): Promise<boolean> {
  const late = new AbortController();
  const budget = new Budget(limit, () => late.abort());
  try {
    return await speaksTls(endpoint, dials, AbortSignal.any([signal, late.signal]));
  } finally {
    budget.stop();
  }
}
