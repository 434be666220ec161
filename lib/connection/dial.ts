/**
 * Opening a connection, with the sockets of the runtime: Deno's, or those of `node:net` and `node:tls`.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError } from "../errors.ts";
import {
  explain,
  isCertificateTrouble,
  isProtocolMix,
  PLAIN_ONLY,
  TlsMismatch,
} from "./dial_errors.ts";
import type { Dials } from "./dials.ts";
import {
  type Endpoint,
  show,
  type Sockets,
  type TlsSettings,
  type Transport,
} from "./transport.ts";
import { denoSockets } from "./transport_deno.ts";

/** What is known of a peer before it is dialled. */
export interface KnownPeer {
  /** Whether a TLS handshake has succeeded there. */
  readonly speaksTls?: boolean;
}

/** How long a TLS handshake may go unanswered before the peer is asked for a plain answer, in milliseconds. */
const PLAIN_PROBE = 250;

/** The sockets of the runtime: Deno's, or undefined until those of Node are loaded. */
let sockets: Sockets | undefined = denoSockets();

/**
 * Opens a connection.
 *
 * @param endpoint Where to.
 * @param tls TLS settings, undefined for plain TCP.
 * @param dials The attempts of the client.
 * @param signal Ends the attempt.
 * @param known What is known of the peer.
 * @returns The connection, with the TLS handshake done.
 * @throws {ConnectionError} If it cannot be opened; the cause says why.
 */
export async function dial(
  endpoint: Endpoint,
  tls: TlsSettings | undefined,
  dials: Dials,
  signal: AbortSignal,
  known: KnownPeer = {},
): Promise<Transport> {
  try {
    const { connect, connectTls } = sockets ??= await nodeSockets();
    return await (tls === undefined
      ? connect(endpoint, dials, signal)
      // On a slow network the question would go with every handshake.
      : known.speaksTls
      ? connectTls(endpoint, tls, dials, signal)
      : dialUnknownTls(endpoint, tls, dials, signal));
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectionError(
      `Cannot connect to ${show(endpoint)}: ${explain(cause, endpoint)}`,
      { ...endpoint, cause },
    );
  }
}

/**
 * Finds out whether a peer that drops plain connections speaks TLS.
 *
 * @param endpoint The peer.
 * @param dials The attempts of the client.
 * @param signal Ends the attempt.
 * @returns Whether it answered a TLS handshake; false if the attempt was ended.
 */
export async function speaksTls(
  endpoint: Endpoint,
  dials: Dials,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { connectTls } = sockets ??= await nodeSockets();
    (await connectTls(endpoint, {}, dials, signal)).close();
    return true;
  } catch (error) {
    // Only a peer that speaks TLS shows a certificate that can be refused.
    return isCertificateTrouble(error);
  }
}

/** Loads the sockets of Node and Bun. Deno never comes here. */
async function nodeSockets(): Promise<Sockets> {
  return (await import("./transport_node.ts")).NODE_SOCKETS;
}

/** Opens a TLS connection, and finds out meanwhile whether the peer speaks no TLS. */
async function dialUnknownTls(
  endpoint: Endpoint,
  tls: TlsSettings,
  dials: Dials,
  signal: AbortSignal,
): Promise<Transport> {
  const { connect, connectTls } = sockets!;
  const ended = new AbortController();
  // A server without TLS would wait for the end of the handshake for ever.
  const either = AbortSignal.any([signal, ended.signal]);
  const asking = answersPlain((signal) => connect(endpoint, dials, signal), either);
  const dialling = connectTls(endpoint, tls, dials, either);
  try {
    const isPlain = await Promise.race([asking, dialling.then(() => false)]);
    if (isPlain) throw new TlsMismatch(PLAIN_ONLY);
    return await dialling;
  } catch (error) {
    dialling.then((connection) => connection.close(), ignore);
    if (isProtocolMix(error)) throw new TlsMismatch(PLAIN_ONLY, { cause: error });
    throw error;
  } finally {
    ended.abort();
    await asking;
  }
}

/**
 * Finds out whether a peer that does not answer a TLS handshake is a server without TLS, which takes the handshake for
 * the beginning of a command and waits for its end.
 *
 * @param connect Opens a connection without TLS.
 * @param signal Ends the attempt.
 * @returns Whether it answers a plain PING; false also when `signal` is aborted. Never rejects.
 */
async function answersPlain(
  connect: (signal: AbortSignal) => Promise<Transport>,
  signal: AbortSignal,
): Promise<boolean> {
  let connection: Transport | undefined;
  const abort = (): void => connection?.close();
  signal.addEventListener("abort", abort);
  try {
    await delay(PLAIN_PROBE, { signal });
    connection = await connect(signal);
    if (signal.aborted) return false;
    await connection.write(new TextEncoder().encode("PING\r\n"));
    const reply = new Uint8Array(1);
    return await connection.read(reply) === 1 && /[+-]/.test(String.fromCharCode(reply[0]));
  } catch {
    return false;
  } finally {
    signal.removeEventListener("abort", abort);
    abort();
  }
}

function ignore(): void {}
