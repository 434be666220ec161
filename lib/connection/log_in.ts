/**
 * The handshake of a connection with the credentials of its client, and its TLS settings: both may come from functions of
 * the user.
 *
 * @module
 */

import { ClosedError, ConnectionError, RedisError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import type { IssuedLogin } from "./credential_source.ts";
import type { Greeting } from "./greeting.ts";
import { isWrongPassword, shakeHands } from "./handshake.ts";
import type { LinkSettings } from "./settings.ts";
import { type Endpoint, show, type TlsSettings } from "./transport.ts";

/** An attempt to connect, as far as functions of the user matter. */
export interface WaitingAttempt {
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Called with what the attempt waits for, for the end of a message; undefined for the server. */
  onWait(what?: string): void;
}

/** An attempt to connect whose connection is open. */
export interface LogInAttempt extends WaitingAttempt {
  /** Sends a command on the new connection; calls in one turn go out as one write. */
  call(words: Words): Promise<Reply>;
}

/** A connection that has logged in. */
export interface LoggedIn {
  /** What the server told. */
  readonly greeting: Greeting;
  /** What was used. */
  readonly issued: IssuedLogin;
}

/**
 * Shakes hands. If the server refuses credentials of a provider, the provider is asked for newer ones, once: those that
 * were refused may have been replaced a moment ago.
 *
 * @param endpoint Where the connection leads, for messages.
 * @param settings How to connect.
 * @param attempt The attempt.
 * @returns What the server told, and with what the connection has logged in.
 * @throws {ServerError} If the server refuses credentials, name or database.
 * @throws {ConnectionError} If the provider fails.
 */
export async function logIn(
  endpoint: Endpoint,
  settings: LinkSettings,
  attempt: LogInAttempt,
): Promise<LoggedIn> {
  const { credentials } = settings;
  const wait = <T>(answer: Promise<T>): Promise<T> =>
    ofUser(answer, endpoint, attempt, "the credentials provider");
  const greet = (issued: IssuedLogin): Promise<Greeting> =>
    shakeHands(attempt.call, { ...settings, credentials: issued.login });
  const issued = await wait(credentials.issue());
  try {
    return { greeting: await greet(issued), issued };
  } catch (error) {
    const newer = isWrongPassword(error) ? await wait(credentials.issueNewer(issued)) : undefined;
    if (newer === undefined) throw error;
    return { greeting: await greet(newer), issued: newer };
  }
}

/**
 * Gets the TLS settings for an attempt to connect.
 *
 * @param endpoint Where the connection leads, for messages.
 * @param settings How to connect.
 * @param attempt The attempt.
 * @returns The settings; undefined for plain TCP.
 * @throws {ConnectionError} If the user's function fails, and did not succeed before.
 */
export async function tlsFor(
  endpoint: Endpoint,
  { tls, tlsSource }: LinkSettings,
  attempt: WaitingAttempt,
): Promise<TlsSettings | undefined> {
  if (tlsSource === undefined) return tls;
  const waitingFor = 'the function of option "tls"';
  return await ofUser(tlsSource.get(), endpoint, attempt, waitingFor);
}

/** Waits for a function of the user; its failure is that of the attempt. */
async function ofUser<T>(
  answer: Promise<T>,
  endpoint: Endpoint,
  { signal, onWait }: WaitingAttempt,
  waitingFor: string,
): Promise<T> {
  onWait(waitingFor);
  try {
    return await untilAborted(answer, signal);
  } catch (error) {
    if (signal.aborted || error instanceof ClosedError || !(error instanceof RedisError)) {
      throw error;
    }
    throw new ConnectionError(`Cannot connect to ${show(endpoint)}: ${error.message}`, {
      ...endpoint,
      cause: error.cause,
    });
  } finally {
    onWait();
  }
}

async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // Without a handler its rejection would end the process.
  promise.catch(() => {});
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
