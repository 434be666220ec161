/**
 * Sockets of Node and Bun. Deno never loads this file.
 *
 * @module
 */

import { isIP, Socket } from "node:net";
import * as tls from "node:tls";
import { BadHostName } from "./dial_errors.ts";
import type { Dials } from "./dials.ts";
import { isServerName } from "./tls_check.ts";
import {
  type Endpoint,
  isSocket,
  type Sockets,
  type TlsSettings,
  type Transport,
} from "./transport.ts";

/** Size of the buffer into which Node reads, and so the most that it reads at once. */
const READ_SIZE = 64 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/** A read that waits for bytes. */
interface Reading {
  readonly buffer: Bytes;
  resolve(count: number | null): void;
  reject(error: Error): void;
}

/** Options of a socket that reads into one buffer. */
interface ReadOptions {
  readonly allowHalfOpen: true;
  readonly onread: { buffer: Bytes; callback(count: number, bytes: Uint8Array): boolean };
}

/** The sockets of Node and Bun. */
export const NODE_SOCKETS: Sockets = { connect, connectTls };

/** A socket as bytes to read on demand, and to write. */
class NodeTransport implements Transport {
  readonly #socket: Socket;
  /** The buffer of all reads. Bun has one of its own for each. */
  readonly #buffer: Bytes = new Uint8Array(READ_SIZE);
  /** Until the host name is resolved, the endpoint itself. */
  peer: Endpoint;
  #reading: Reading | null = null;
  /** Bytes that nobody has read yet. The socket is paused while there are any. */
  #unread: Uint8Array[] = [];
  /** Rejects the last write. Bun does not tell of writes that the end of a connection has cut off. */
  #failWrite: ((error: Error) => void) | undefined;
  /** Why there is nothing more to read; null at the regular end. */
  #end: Error | null | undefined;

  /**
   * Makes a socket.
   *
   * @param endpoint What it connects to.
   * @param make Makes it with these options, and begins to connect.
   */
  constructor(endpoint: Endpoint, make: (options: ReadOptions) => Socket) {
    this.peer = { ...endpoint };
    const callback = (count: number, bytes: Uint8Array): boolean =>
      this.#onBytes(count === bytes.length ? bytes : bytes.subarray(0, count));
    this.#socket = make({ allowHalfOpen: true, onread: { buffer: this.#buffer, callback } });
    this.#socket.on("end", () => this.#onEnd(null));
    this.#socket.on("error", (error) => this.#onEnd(error));
    this.#socket.on("close", () => this.#onEnd(new Error("The connection is closed")));
  }

  /**
   * Waits until the socket can be used.
   *
   * @param event What it emits then.
   * @param signal Ends the wait and the socket.
   */
  async opened(event: "connect" | "secureConnect", signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort);
    const socket = this.#socket;
    socket.once(event, resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the peer has closed the connection")));
    try {
      await promise;
      signal.throwIfAborted();
      const { remoteAddress: host, remotePort: port } = socket;
      if (host !== undefined && port !== undefined) this.peer = { host, port };
      socket.setNoDelay(true);
      socket.setKeepAlive(true);
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  read(buffer: Bytes): Promise<number | null> {
    if (this.#unread.length > 0) return Promise.resolve(this.#readRest(buffer));
    if (this.#end === null) return Promise.resolve(null);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#reading = { buffer, resolve, reject };
    });
  }

  write(chunk: Bytes): Promise<void> {
    if (this.#end instanceof Error) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#socket.write(chunk, (error) => error ? reject(error) : resolve());
    });
  }

  closeWrite(): Promise<void> {
    if (this.#end instanceof Error) return Promise.reject(this.#end);
    const shutDown = shutDownOfBun(this.#socket);
    if (shutDown !== undefined) return Promise.resolve(shutDown());
    return new Promise((resolve, reject) => {
      this.#failWrite = reject;
      this.#socket.end(resolve);
    });
  }

  close(): void {
    this.#socket.destroy();
    this.#onEnd(new Error("The connection is closed"));
  }

  /** Returns whether more is wanted. */
  #onBytes(bytes: Uint8Array): boolean {
    const reading = this.#reading;
    if (reading === null) return this.#keep(bytes);
    this.#reading = null;
    const { buffer } = reading;
    if (bytes.length <= buffer.length) {
      buffer.set(bytes);
      reading.resolve(bytes.length);
      return true;
    }
    buffer.set(bytes.subarray(0, buffer.length));
    reading.resolve(buffer.length);
    return this.#keep(bytes.subarray(buffer.length));
  }

  #keep(bytes: Uint8Array): boolean {
    // Node reads into the same buffer again: with TLS also while it is paused.
    this.#unread.push(bytes.buffer === this.#buffer.buffer ? bytes.slice() : bytes);
    this.#socket.pause();
    return false;
  }

  #readRest(buffer: Bytes): number {
    let count = 0;
    while (this.#unread.length > 0 && count < buffer.length) {
      const part = this.#unread[0].subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length === this.#unread[0].length) this.#unread.shift();
      else this.#unread[0] = this.#unread[0].subarray(part.length);
    }
    if (this.#unread.length === 0 && this.#end === undefined) this.#socket.resume();
    return count;
  }

  #onEnd(error: Error | null): void {
    if (this.#end instanceof Error || this.#end === null && error === null) return;
    this.#end = error;
    const reading = this.#reading;
    this.#reading = null;
    if (error === null) return reading?.resolve(null);
    reading?.reject(error);
    this.#failWrite?.(error);
  }
}

/** What closes the sending half on Bun, whose `end()` closes both; undefined on Node. */
function shutDownOfBun(socket: Socket): (() => void) | undefined {
  if (!("Bun" in globalThis)) return undefined;
  const handle = (socket as { _handle?: { shutdown?(): void } })._handle;
  return typeof handle?.shutdown === "function" ? () => handle.shutdown!() : undefined;
}

async function connect(
  endpoint: Endpoint,
  _dials: Dials,
  signal: AbortSignal,
): Promise<Transport> {
  signal.throwIfAborted();
  const { host, port } = endpoint;
  const transport = new NodeTransport(
    endpoint,
    (options) =>
      new Socket(options as ReadOptions).connect(isSocket(host) ? { path: host } : { host, port }),
  );
  await transport.opened("connect", signal);
  return transport;
}

async function connectTls(
  endpoint: Endpoint,
  settings: TlsSettings,
  _dials: Dials,
  signal: AbortSignal,
): Promise<Transport> {
  signal.throwIfAborted();
  const { host, port } = endpoint;
  const name = settings.serverName ?? host;
  if (!isServerName(name)) throw new BadHostName(`Invalid hostname: '${name}'`);
  // An IP address is no name for SNI.
  const servername = isIP(name) === 0 ? name : "";
  let socket!: tls.TLSSocket;
  const transport = new NodeTransport(endpoint, (options) =>
    socket = tls.connect({
      ...options,
      host,
      port,
      servername,
      secureContext: contextOf(settings, servername),
      // NODE_TLS_REJECT_UNAUTHORIZED is for programs that have no option for it.
      rejectUnauthorized: true,
      checkServerIdentity: () => undefined,
    }));
  await transport.opened("secureConnect", signal);
  try {
    checkPeer(socket, name, settings);
    return transport;
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** Throws unless the peer has proved who it is. */
function checkPeer(socket: tls.TLSSocket, name: string, settings: TlsSettings): void {
  const certificate: Partial<tls.PeerCertificate> | null | undefined = socket.getPeerCertificate();
  // Bun 1.3 takes a handshake that has failed for one that has succeeded.
  if (!certificate?.raw) throw new Error("the TLS handshake has failed");
  if (!socket.authorized) throw socket.authorizationError;
  if (settings.unsafelyDisableHostnameVerification) return;
  // Not all versions of Bun call `checkServerIdentity`.
  const wrong = tls.checkServerIdentity(name, certificate as tls.PeerCertificate);
  if (wrong !== undefined) throw wrong;
}

/** Contexts by their settings and name: reading a hundred certificates takes some milliseconds. */
const contexts = new WeakMap<TlsSettings, Map<string, tls.SecureContext>>();

function contextOf(settings: TlsSettings, servername: string): tls.SecureContext {
  let ofSettings = contexts.get(settings);
  if (ofSettings === undefined) contexts.set(settings, ofSettings = new Map());
  // Bun 1.3.0 sends the name of the context, whatever the name of the connection.
  const name = "Bun" in globalThis ? servername : "";
  let context = ofSettings.get(name);
  if (context === undefined) {
    const { caCerts, cert, key } = settings;
    const ca = caCerts === undefined ? undefined : [...usualAuthorities(), ...caCerts];
    const named = name === "" ? {} : { servername: name };
    context = tls.createSecureContext({ ca, cert, key, ...named });
    ofSettings.set(name, context);
  }
  return context;
}

/** What is trusted without `caCerts`, such as what NODE_EXTRA_CA_CERTS names. Node 22.0 cannot tell. */
function usualAuthorities(): readonly string[] {
  return tls.getCACertificates?.("default") ?? tls.rootCertificates;
}
