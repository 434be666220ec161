/**
 * Sockets in the shapes of Deno, for the scripted servers and proxies of the tests.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import * as tls from "node:tls";
import { denoError, errors } from "./errors.ts";

/** What `Deno.connect` and `Deno.listen` are given. */
interface Address {
  transport?: "tcp" | "unix";
  hostname?: string;
  port?: number;
  path?: string;
  signal?: AbortSignal;
}

/** Stands for `Deno.TcpConn` and its kin. */
export class Conn {
  readonly #socket: net.Socket;
  readonly #unread: Uint8Array[] = [];
  #end: "none" | "eof" | Error = "none";
  #wake: (() => void) | undefined;
  #closed = false;
  /** Ends the writes that are under way. */
  readonly #writes = new Set<() => void>();

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => {
      this.#unread.push(chunk);
      socket.pause();
      // In Deno what comes at the same time on several sockets is told to all of them first.
      setImmediate(() => this.#wake?.());
    });
    socket.on("end", () => this.#finish("eof"));
    socket.on("error", (error) => this.#finish(denoError(error) as Error));
    socket.on("close", () => {
      this.#finish("eof");
      for (const end of this.#writes) end();
    });
  }

  get localAddr() {
    const { localAddress: hostname, localPort: port } = this.#socket;
    return { transport: "tcp", hostname, port };
  }

  get remoteAddr() {
    const { remoteAddress: hostname, remotePort: port } = this.#socket;
    return { transport: "tcp", hostname, port };
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#unread.length === 0) {
      if (this.#closed) throw new errors.BadResource("The connection is closed");
      if (this.#end === "eof") return null;
      if (this.#end !== "none") throw this.#end;
      this.#socket.resume();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const chunk = this.#unread[0];
    const part = chunk.subarray(0, buffer.length);
    buffer.set(part);
    if (part.length === chunk.length) this.#unread.shift();
    else this.#unread[0] = chunk.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#closed) return Promise.reject(new errors.BadResource("The connection is closed"));
    return new Promise((resolve, reject) => {
      // Bun does not tell of writes that the end of a connection has cut off.
      const onClose = (): void => reject(new errors.Interrupted("The connection is closed"));
      this.#writes.add(onClose);
      // Its owner may change the bytes once this is done, which is not when the system has taken them.
      this.#socket.write(bytes.slice(), (error) => {
        this.#writes.delete(onClose);
        if (error) reject(denoError(error));
        else resolve(bytes.length);
      });
    });
  }

  get readable(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      pull: async (controller) => {
        const buffer = new Uint8Array(65536);
        const count = await this.read(buffer);
        if (count === null) controller.close();
        else controller.enqueue(buffer.subarray(0, count));
      },
      cancel: () => this.close(),
    });
  }

  get writable(): WritableStream<Uint8Array> {
    return new WritableStream({
      write: async (chunk) => void await this.write(chunk),
      close: () => this.close(),
    });
  }

  handshake(): Promise<void> {
    return Promise.resolve();
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => this.#socket.end(() => resolve()));
  }

  setNoDelay(on = true): void {
    this.#socket.setNoDelay(on);
  }

  setKeepAlive(on = true): void {
    this.#socket.setKeepAlive(on);
  }

  close(): void {
    if (this.#closed) throw new errors.BadResource("The connection is closed");
    this.#closed = true;
    // What was sent and not read would make it a reset, as in Deno.
    this.#socket.destroy();
    this.#wake?.();
    for (const end of this.#writes) end();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.close();
  }

  #finish(end: "eof" | Error): void {
    if (this.#end === "none") this.#end = end;
    this.#wake?.();
  }
}

/** Stands for `Deno.Listener`. */
export class Listener {
  readonly #server: net.Server;
  readonly #waiting: Conn[] = [];
  readonly #secure: boolean;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(server: net.Server, secure: boolean) {
    this.#server = server;
    this.#secure = secure;
    server.on(secure ? "secureConnection" : "connection", (socket: net.Socket) => {
      this.#waiting.push(new Conn(socket));
      this.#wake?.();
    });
  }

  get addr() {
    const { address: hostname, port } = this.#server.address() as net.AddressInfo;
    return { transport: "tcp" as const, hostname, port };
  }

  async accept(): Promise<Conn> {
    while (this.#waiting.length === 0) {
      if (this.#closed) throw new errors.BadResource("The listener is closed");
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#waiting.shift()!;
  }

  close(): void {
    this.#closed = true;
    this.#server.close();
    // The system resets what nobody has accepted.
    for (const conn of this.#waiting) conn[Symbol.dispose]();
    this.#wake?.();
  }

  ref(): void {
    this.#server.ref();
  }

  unref(): void {
    this.#server.unref();
  }

  [Symbol.dispose](): void {
    if (!this.#closed) this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Conn> {
    while (!this.#closed) {
      try {
        yield await this.accept();
      } catch (error) {
        if (this.#closed) return;
        throw error;
      }
    }
  }
}

/**
 * A listener of a black hole. Node accepts whatever comes, so it is in a process that stands still.
 */
export class NeverAccepting {
  readonly addr: { transport: "tcp"; hostname: string; port: number };
  readonly #child: ChildProcess;

  constructor({ hostname = "127.0.0.1", port = 0, tcpBacklog }: Address & { tcpBacklog?: number }) {
    const told = `${tmpdir()}/babushka-listener-${process.pid}-${port}`;
    const args = ["-e", STANDING_STILL, hostname, String(port), String(tcpBacklog), told];
    this.addr = { transport: "tcp", hostname, port };
    // Bun knows no backlog; Node is there, since npm has installed Bun.
    const program = "Bun" in globalThis ? "node" : process.execPath;
    this.#child = spawn(program, args, { stdio: "ignore" });
    let outcome = "";
    while (outcome === "") {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      if (existsSync(told)) outcome = readFileSync(told, "utf8");
    }
    rmSync(told);
    if (outcome !== "listens") throw denoError({ code: outcome, message: "Cannot listen" });
  }

  close(): void {
    this.#child.kill("SIGKILL");
  }
}

const STANDING_STILL = `
const [host, port, backlog, told] = process.argv.slice(-4);
const { writeFileSync, renameSync } = require("node:fs");
const tell = (outcome) => {
  writeFileSync(told + "~", outcome);
  renameSync(told + "~", told);
};
const server = require("node:net").createServer();
server.on("error", ({ code }) => tell(code));
server.listen({ host, port: Number(port), backlog: Number(backlog) }, () => {
  tell("listens");
  // Until its parent ends it, or is gone.
  const parent = process.ppid;
  while (process.ppid === parent) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
});
`;

/** Stands for `Deno.connect`. */
export function connect({ hostname = "127.0.0.1", port, path, signal }: Address): Promise<Conn> {
  const target = path === undefined ? { host: hostname, port: port! } : { path };
  return opened(net.connect({ ...target, allowHalfOpen: true }), "connect", signal);
}

/** Stands for `Deno.connectTls`. */
export function connectTls(
  { hostname = "127.0.0.1", port, caCerts, cert, key }: Address & {
    caCerts?: string[];
    cert?: string;
    key?: string;
  },
): Promise<Conn> {
  const socket = tls.connect({ host: hostname, port: port!, ca: caCerts, cert, key });
  return opened(socket, "secureConnect");
}

/** Stands for `Deno.listen`. */
export function listen(
  address: Address & { tcpBacklog?: number },
): Listener | NeverAccepting {
  if (address.tcpBacklog !== undefined) return new NeverAccepting(address);
  return new Listener(listening(net.createServer(SERVER), address), false);
}

/** Stands for `Deno.listenTls`. */
export function listenTls(address: Address & { cert: string; key: string }): Listener {
  const { cert, key } = address;
  const server = tls.createServer({ ...SERVER, cert, key });
  // A client that refuses the certificate.
  server.on("tlsClientError", () => {});
  return new Listener(listening(server, address), true);
}

const SERVER = { allowHalfOpen: true, pauseOnConnect: false, noDelay: true };

/** Node listens in a later turn, unless it is asked by the function that it calls itself. */
interface Synchronous extends net.Server {
  _listen2?(host: string, port: number, family: 4 | 6): void;
}

function listening(
  server: Synchronous,
  { hostname = "0.0.0.0", port = 0 }: Address,
): net.Server {
  let failure: unknown;
  server.on("error", (error) => failure = error);
  if (server._listen2 && !("Bun" in globalThis)) {
    server._listen2(hostname, port, net.isIPv6(hostname) ? 6 : 4);
  } else {
    server.listen({ host: hostname, port });
  }
  if (server.address() === null) {
    throw failure === undefined
      ? new errors.AddrInUse(`Cannot listen on ${hostname}:${port}`)
      : denoError(failure);
  }
  return server;
}

function opened(
  socket: net.Socket,
  event: "connect" | "secureConnect",
  signal?: AbortSignal,
): Promise<Conn> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy();
      reject(signal!.reason);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    socket.once("error", (error) => reject(denoError(error)));
    socket.once(event, () => {
      signal?.removeEventListener("abort", abort);
      resolve(new Conn(socket));
    });
  });
}
