/**
 * How bytes reach a server: TCP or TLS, as bytes to read and a stream to write. The only file that names `Deno.connect`
 * and its kin.
 *
 * @module
 */

import { ConnectionError } from "../errors.ts";
import type { ByteReader } from "../resp/stream.ts";

/** Where a node listens. */
export interface Endpoint {
  /** Host name or IP address. */
  readonly host: string;
  /** TCP port. */
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
  /** Where to write what the peer shall get. */
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Ends both directions at once, also a second time. Reads and writes under way fail. */
  close(): void;
}

/**
 * Opens a connection.
 *
 * @param endpoint Where to.
 * @param tls TLS settings, undefined for plain TCP.
 * @param signal Ends the attempt.
 * @returns The connection, with the TLS handshake done.
 * @throws {ConnectionError} If it cannot be opened; the cause says why.
 */
export async function dial(
  endpoint: Endpoint,
  tls: TlsSettings | undefined,
  signal: AbortSignal,
): Promise<Transport> {
  try {
    const conn = tls === undefined
      ? await dialTcp(endpoint, signal)
      : await dialTls(endpoint, tls, signal);
    return {
      read: (buffer) => conn.read(buffer),
      writable: conn.writable,
      close: () => shut(conn),
    };
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new ConnectionError(
      `Cannot connect to ${show(endpoint)}: ${explain(cause)}`,
      { ...endpoint, cause },
    );
  }
}

/**
 * Whether trying again cannot help: the certificate is refused, or Deno has no permission to connect.
 *
 * @param error What {@linkcode dial} threw.
 */
export function isPermanent(error: unknown): boolean {
  const cause = error instanceof ConnectionError ? error.cause : error;
  return cause instanceof Deno.errors.NotCapable || isCertificateTrouble(cause);
}

/**
 * `host:port`, with brackets around an IPv6 address.
 *
 * @param endpoint The endpoint.
 */
export function show({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

async function dialTcp({ host, port }: Endpoint, signal: AbortSignal): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: host, port, signal });
  conn.setNoDelay(true);
  conn.setKeepAlive(true);
  return conn;
}

async function dialTls(
  endpoint: Endpoint,
  tls: TlsSettings,
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const { caCerts, unsafelyDisableHostnameVerification, cert, key, serverName } = tls;
  const verify = { caCerts, unsafelyDisableHostnameVerification };
  // startTls knows no client certificate, connectTls neither signal nor server name.
  const certified = cert !== undefined && key !== undefined;
  // An attempt without a signal at an address that swallows it would go on for minutes, so that comes first.
  if (certified) shut(await dialTcp(endpoint, signal));
  const conn = certified
    ? await abortable(
      Deno.connectTls({ hostname: endpoint.host, port: endpoint.port, cert, key, ...verify }),
      signal,
    )
    : await Deno.startTls(await dialTcp(endpoint, signal), {
      hostname: serverName ?? endpoint.host,
      ...verify,
    });
  const abort = (): void => shut(conn);
  signal.addEventListener("abort", abort);
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

/** Gives up waiting when `signal` is aborted; a connection that comes too late is closed. */
function abortable(opening: Promise<Deno.TlsConn>, signal: AbortSignal): Promise<Deno.TlsConn> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason);
      opening.then((conn) => conn.close(), () => {});
    };
    signal.addEventListener("abort", abort, { once: true });
    opening.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
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

function explain(cause: unknown): string {
  if (cause instanceof Deno.errors.NotCapable) {
    return `the permission is missing, run Deno with --allow-net (${cause.message})`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}
