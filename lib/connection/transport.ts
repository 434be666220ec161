/**
 * What an open connection is: bytes to read and to write. The runtimes have a file each that makes them.
 *
 * @module
 */

import type { ByteReader } from "../resp/reply_reader.ts";
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

/** Writes bytes, in the order of the calls. */
export interface ByteWriter {
  /**
   * Writes all of a chunk.
   *
   * @param chunk The bytes. They may be changed once they are written, not before.
   * @returns Resolves when they are written.
   */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** An open connection: bytes in both directions, no idea of what they mean. */
export interface Transport extends ByteReader, ByteWriter {
  /** Address of the peer: the IP address to which the host name of an endpoint led. */
  readonly peer?: Endpoint;
  /** Closes the sending half. The peer then closes the connection, which ends reads. */
  closeWrite(): Promise<void>;
  /** Ends both directions at once, also a second time. Reads and writes under way fail. */
  close(): void;
}

/** The sockets of a runtime. */
export interface Sockets {
  /**
   * Opens a connection without TLS: TCP, or a Unix domain socket.
   *
   * @param endpoint Where to.
   * @param dials The attempts of the client.
   * @param signal Ends the attempt, which then rejects with its reason.
   */
  connect(endpoint: Endpoint, dials: Dials, signal: AbortSignal): Promise<Transport>;
  /**
   * Opens a connection with TLS.
   *
   * @param endpoint Where to.
   * @param tls TLS settings.
   * @param dials The attempts of the client.
   * @param signal Ends the attempt.
   * @returns The connection, with the handshake done.
   */
  connectTls(
    endpoint: Endpoint,
    tls: TlsSettings,
    dials: Dials,
    signal: AbortSignal,
  ): Promise<Transport>;
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
