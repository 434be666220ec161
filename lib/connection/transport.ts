/**
 * How bytes reach a server: TCP or TLS, as bytes to read and a stream to write. The only file that names `Deno.connect`
 * and its kin.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError } from "../errors.ts";
import type { ByteReader } from "../resp/stream.ts";
import type { Dials } from "./dials.ts";

/** Where a node listens. */
export interface Endpoint {
  /** Host name or IP address; or the path of a Unix domain socket, which has a slash. */
  readonly host: string;
  /** TCP port; 0 for a Unix domain socket. */
  readonly port: number;
}

/** TLS material, checked. */
export interface TlsSettings {
  /** PEM certificates of authorities to trust besides the system's. */
  readonly caCerts?: string[];
  /** PEM certificate chain of the client. */
  readonly cert?: string;
  /** PEM private key of the client. */
  readonly key?: string;
  /** Name to expect in the server's certificate and to send as SNI, instead of the host. */
  readonly serverName?: string;
  /** Whether to accept a valid certificate that was made for another name. */
  readonly unsafelyDisableHostnameVerification?: boolean;
}

/** An open connection: bytes in both directions, no idea of what they mean. */
export interface Transport extends ByteReader {
  /** Takes the bytes for the peer. */
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Address of the peer: the IP address to which the host name of an endpoint led. */
  readonly peer?: Endpoint;
  /** Closes the sending half. The peer then closes the connection, which ends reads. */
  closeWrite(): Promise<void>;
  /** Ends both directions at once, also a second time. Reads and writes under way fail. */
  close(): void;
}

/** What is known of a peer before it is dialled. */
export interface KnownPeer {
  /** Whether a TLS handshake has succeeded there. */
  readonly speaksTls?: boolean;
}

/** How long a TLS handshake may go unanswered before the peer is asked for a plain answer, in milliseconds. */
const PLAIN_PROBE = 250;

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
    const conn = await (tls === undefined
      ? isSocket(endpoint.host)
        ? dialSocket(endpoint, dials, signal)
        : dialTcp(endpoint, dials, signal)
      // On a slow network the question would go with every handshake.
      : known.speaksTls
      ? startTls(endpoint, tls, dials, signal)
      : dialUnknownTls(endpoint, tls, dials, signal));
    const { remoteAddr } = conn;
    return {
      peer: "hostname" in remoteAddr
        ? { host: remoteAddr.hostname, port: remoteAddr.port }
        : { ...endpoint },
      read: (buffer) =>
        conn.read(buffer),
      writable: conn.writable,
      closeWrite: () => conn.closeWrite(),
      close: () => shut(conn),
    };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectionError(
      `Cannot connect to ${show(endpoint)}: ${explain(cause, endpoint)}`,
      { ...endpoint, cause },
    );
  }
}

/**
 * Whether trying again cannot help: the certificate is refused, the peer does not speak TLS or the host name cannot be
 * in a certificate, or Deno has no permission to connect.
 *
 * @param error What {@linkcode dial} threw.
 */
export function isPermanent(error: unknown): boolean {
  const cause = error instanceof ConnectionError ? error.cause : error;
  return cause instanceof Deno.errors.NotCapable || isCertificateTrouble(cause) ||
    isProtocolMix(cause) || isBadName(cause);
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
    shut(await startTls(endpoint, {}, dials, signal));
    return true;
  } catch (error) {
    // Only a peer that speaks TLS shows a certificate that can be refused.
    return isCertificateTrouble(error);
  }
}

/**
 * Makes the error for a plain connection to a peer that speaks TLS. {@linkcode isPermanent} knows it.
 *
 * @param endpoint The peer.
 */
export function tlsExpected(endpoint: Endpoint): ConnectionError {
  const cause = new Deno.errors.InvalidData(
    `${TLS_ONLY}: use rediss:// or the option useTls, or the port without TLS`,
  );
  return new ConnectionError(
    `Cannot connect to ${show(endpoint)}: ${cause.message}`,
    { ...endpoint, cause },
  );
}

/**
 * Whether a host is the path of a Unix domain socket.
 *
 * @param host The host.
 */
export function isSocket(host: string): boolean {
  return host.includes("/");
}

/**
 * `host:port`, with brackets around an IPv6 address; of a Unix domain socket the path.
 *
 * @param endpoint The endpoint.
 */
export function show({ host, port }: Endpoint): string {
  if (isSocket(host)) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

async function dialTcp(
  { host, port }: Endpoint,
  dials: Dials,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const conn = await dials.open(
    (signal) => Deno.connect({ hostname: host, port, signal }),
    signal,
  );
  try {
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
    return conn;
  } catch (error) {
    // A peer that has reset the connection already makes these fail.
    shut(conn);
    throw error;
  }
}

/** Opens a connection to a Unix domain socket. */
function dialSocket(
  { host: path }: Endpoint,
  dials: Dials,
  signal: AbortSignal,
): Promise<Deno.UnixConn> {
  return dials.open(() => Deno.connect({ transport: "unix", path }), signal);
}

/** Opens a TLS connection, and finds out meanwhile whether the peer speaks no TLS. */
async function dialUnknownTls(
  endpoint: Endpoint,
  tls: TlsSettings,
  dials: Dials,
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const ended = new AbortController();
  const asking = answersPlain(endpoint, dials, AbortSignal.any([signal, ended.signal]));
  const dialling = startTls(endpoint, tls, dials, signal);
  try {
    const isPlain = await Promise.race([asking, dialling.then(() => false)]);
    if (isPlain) throw new Deno.errors.InvalidData(PLAIN_ONLY);
    return await dialling;
  } catch (error) {
    dialling.then(shut, ignore);
    if (/corrupt message/.test(String(error))) throw new Deno.errors.InvalidData(PLAIN_ONLY);
    throw error;
  } finally {
    ended.abort();
    await asking;
  }
}

async function startTls(
  endpoint: Endpoint,
  tls: TlsSettings,
  dials: Dials,
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const { caCerts, unsafelyDisableHostnameVerification, cert, key, serverName } = tls;
  const verify = { caCerts, unsafelyDisableHostnameVerification };
  // startTls knows no client certificate, connectTls neither signal nor server name.
  const certified = cert !== undefined && key !== undefined;
  const tcp = await dialTcp(endpoint, dials, signal);
  // The plain connection comes first: connectTls to an address that drops packets would take minutes.
  if (certified) shut(tcp);
  let conn: Deno.TlsConn;
  try {
    conn = certified
      ? await dials.open(
        () =>
          Deno.connectTls({ hostname: endpoint.host, port: endpoint.port, cert, key, ...verify }),
        signal,
      )
      : await Deno.startTls(tcp, { hostname: serverName ?? endpoint.host, ...verify });
  } catch (error) {
    // startTls takes the connection over, unless it refuses the host name.
    shut(tcp);
    throw error;
  }
  const abort = (): void => shut(conn);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    // Both functions above return before the handshake, which is where a certificate is refused.
    await conn.handshake();
  } catch (error) {
    shut(conn);
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
  return conn;
}

/**
 * Finds out whether a peer that does not answer a TLS handshake is a server without TLS, which takes the handshake for
 * the beginning of a command and waits for its end.
 *
 * @returns Whether it answers a plain PING; false also when `signal` is aborted. Never rejects.
 */
async function answersPlain(
  endpoint: Endpoint,
  dials: Dials,
  signal: AbortSignal,
): Promise<boolean> {
  let conn: Deno.TcpConn | undefined;
  const abort = (): void => {
    if (conn !== undefined) shut(conn);
  };
  signal.addEventListener("abort", abort);
  try {
    await delay(PLAIN_PROBE, { signal });
    conn = await dialTcp(endpoint, dials, signal);
    if (signal.aborted) return false;
    await conn.write(new TextEncoder().encode("PING\r\n"));
    const reply = new Uint8Array(1);
    return await conn.read(reply) === 1 && /[+-]/.test(String.fromCharCode(reply[0]));
  } catch {
    return false;
  } finally {
    signal.removeEventListener("abort", abort);
    abort();
  }
}

function shut(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    // Its streams close it too, when they end.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function isCertificateTrouble(cause: unknown): boolean {
  // rustls speaks of certificates in all its refusals: unknown issuer, wrong name, expired, required, malformed.
  return cause instanceof Deno.errors.InvalidData &&
    /certificate|UnknownIssuer|NotValidForName|UnknownCA|handshake ?failure/i.test(cause.message);
}

const PLAIN_ONLY =
  "the server does not speak TLS on this port: use redis:// or leave out useTls, or use its port for TLS";
const TLS_ONLY = "the server speaks TLS on this port";

function isProtocolMix(cause: unknown): boolean {
  return cause instanceof Deno.errors.InvalidData &&
    (cause.message === PLAIN_ONLY || cause.message.startsWith(TLS_ONLY));
}

/** Whether Deno refuses a host name as it stands, because no certificate can hold it or no resolver look it up. */
function isBadName(cause: unknown): boolean {
  return cause instanceof URIError ||
    cause instanceof TypeError && cause.message.startsWith("Invalid hostname");
}

function ignore(): void {}

function explain(cause: unknown, { host }: Endpoint): string {
  if (cause instanceof Deno.errors.NotCapable) {
    const flags = isSocket(host) ? "--allow-net, --allow-read and --allow-write" : "--allow-net";
    return `the permission is missing, run Deno with ${flags} (${cause.message})`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
