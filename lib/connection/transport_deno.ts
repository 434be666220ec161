/**
 * Sockets of Deno.
 *
 * @module
 */

import type { Dials } from "./dials.ts";
import {
  type Endpoint,
  isSocket,
  type Sockets,
  type TlsSettings,
  type Transport,
} from "./transport.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The sockets of Deno; undefined on another runtime. */
export function denoSockets(): Sockets | undefined {
  return typeof Deno === "undefined" ? undefined : { connect, connectTls };
}

async function connect(endpoint: Endpoint, dials: Dials, signal: AbortSignal): Promise<Transport> {
  const conn =
    await (isSocket(endpoint.host)
      ? dialSocket(endpoint, dials, signal)
      : dialTcp(endpoint, dials, signal));
  return new DenoTransport(conn, endpoint);
}

async function connectTls(
  endpoint: Endpoint,
  tls: TlsSettings,
  dials: Dials,
  signal: AbortSignal,
): Promise<Transport> {
  return new DenoTransport(await dialTls(endpoint, tls, dials, signal), endpoint);
}

/** A connection of Deno. Its streams are not used: they would take some steps more for each read and write. */
class DenoTransport implements Transport {
  readonly peer: Endpoint;
  readonly #conn: Deno.Conn;
  /** How many writes have not ended. After one that has failed there always is one. */
  #writes = 0;
  #lastWrite: Promise<void> | undefined;

  constructor(conn: Deno.Conn, endpoint: Endpoint) {
    const { remoteAddr } = conn;
    this.#conn = conn;
    this.peer = "hostname" in remoteAddr
      ? { host: remoteAddr.hostname, port: remoteAddr.port }
      : { ...endpoint };
  }

  read(buffer: Bytes): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  write(chunk: Bytes): Promise<void> {
    return this.#lastWrite = this.#writes++ === 0
      ? this.#writeAll(chunk)
      : this.#lastWrite!.then(() => this.#writeAll(chunk));
  }

  async #writeAll(chunk: Bytes): Promise<void> {
    let count = await this.#conn.write(chunk);
    while (count < chunk.length) count += await this.#conn.write(chunk.subarray(count));
    this.#writes--;
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    shut(this.#conn);
  }
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

async function dialTls(
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

function shut(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    // It is closed already.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
