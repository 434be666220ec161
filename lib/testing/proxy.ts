/**
 * TCP proxy between a client and a server, which simulates network faults.
 *
 * @module
 */

import { listenOn, releasePort, reservePort } from "./_port.ts";
import type { ServerAddress } from "./server_options.ts";

/** Direction of the data through the proxy. */
export type ProxyDirection = "toServer" | "toClient";

/** Faults of a {@linkcode TestProxy}. They apply to open and new connections. */
export interface ProxyFaults {
  /**
   * Latency in each direction, in milliseconds.
   *
   * @default {0}
   */
  delay?: number;
  /** Maximum number of bytes to forward in one write. By default as many as were read. */
  chunkSize?: number;
  /**
   * Forward nothing, in one direction or (`true`) in both. Connections stay open and new ones are accepted. The data
   * waits in the buffers of the system until these are full, as if the peer had lost its power.
   *
   * @default {false}
   */
  stall?: boolean | ProxyDirection;
  /** Close each connection after this number of bytes in a direction, counted from when the fault was set. */
  cutAfter?: Partial<Record<ProxyDirection, number>>;
}

/** Options for {@linkcode startProxy}. */
export interface ProxyOptions extends ProxyFaults {
  /**
   * Address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  host?: "127.0.0.1" | "::1";
  /** Port to listen on. By default a free one. */
  port?: number;
}

const BUFFER = 64 * 1024;

/** A connection through a {@linkcode TestProxy}. */
export interface ProxyConnection {
  /** Number of bytes forwarded in each direction. */
  readonly passed: Readonly<Record<ProxyDirection, number>>;
  /** Closes both ends at once, possibly in the middle of a message. */
  cut(): void;
  /** Stops forwarding for good, in one direction or (by default) in both. The connection stays open. */
  silence(direction?: ProxyDirection): void;
}

/** A TCP proxy, as returned by {@linkcode startProxy}. Hold it with `await using`. */
export class TestProxy implements AsyncDisposable {
  /** Address that the proxy listens on. */
  readonly host: string;
  /** Port that the proxy listens on. */
  readonly port: number;
  /** Server that new connections lead to. It can be changed at any time. */
  target: ServerAddress;

  readonly #ownPort: boolean;
  readonly #links = new Set<Link>();
  readonly #work = new Set<Promise<void>>();
  #listener: Deno.TcpListener | undefined;
  #faults: ProxyFaults;
  #accepting: Promise<void> | undefined;
  #accepted = 0;
  #cuts = 0;
  #disposed = false;

  /**
   * Starts a proxy. Use {@linkcode startProxy} instead.
   *
   * @param target Server that connections lead to.
   * @param options Address, and the initial faults.
   */
  constructor(target: ServerAddress, options: ProxyOptions = {}) {
    const { host = "127.0.0.1", port, ...faults } = options;
    this.target = target;
    this.host = host;
    this.#ownPort = port === undefined;
    this.port = port ?? reservePort(host);
    this.#faults = faults;
    this.accept();
  }

  /** Number of connections accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Open connections, oldest first. */
  get connections(): ProxyConnection[] {
    return [...this.#links];
  }

  /** The current faults. */
  get faults(): Readonly<ProxyFaults> {
    return this.#faults;
  }

  /**
   * Replaces the faults of all connections at once. When a stall ends, the delayed data is forwarded.
   *
   * @param faults The new faults. An empty object ends all faults.
   */
  setFaults(faults: ProxyFaults): void {
    this.#faults = faults;
    for (const link of this.#links) link.faultsChanged();
  }

  /** Closes all open connections. */
  cut(): void {
    this.#cuts++;
    for (const link of this.#links) link.cut();
  }

  /**
   * Stops forwarding on all open connections for good, without closing them. New connections work.
   *
   * @param direction Direction to stop. By default both.
   */
  silence(direction?: ProxyDirection): void {
    for (const link of this.#links) link.silence(direction);
  }

  /**
   * Refuses new connections until {@linkcode TestProxy.prototype.accept | TestProxy.accept} is called. Open connections
   * are not affected.
   *
   * @returns Resolves when the system refuses connections.
   */
  async refuse(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#accepting;
  }

  /** Accepts new connections again after {@linkcode TestProxy.prototype.refuse | TestProxy.refuse}. */
  accept(): void {
    if (this.#listener || this.#disposed) return;
    const { listener } = listenOn(
      this.host,
      this.port,
      (port) => Deno.listen({ hostname: this.host, port }),
    );
    this.#listener = listener;
    this.#accepting = this.#acceptAll(listener);
  }

  /** Stops listening and closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.refuse();
    this.cut();
    while (this.#work.size > 0) await Promise.all(this.#work);
    if (this.#ownPort) releasePort(this.port);
  }

  async #acceptAll(listener: Deno.TcpListener): Promise<void> {
    for await (const client of listener) {
      this.#accepted++;
      this.#track(this.#serve(client));
    }
  }

  async #serve(client: Deno.TcpConn): Promise<void> {
    const cuts = this.#cuts;
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ hostname: this.target.host, port: this.target.port });
    } catch {
      // All that a proxy can do is to close: the client sees a connection that ends at once.
      client.close();
      return;
    }
    // A network that is slow is the business of the faults alone.
    client.setNoDelay();
    server.setNoDelay();
    const link = new Link(client, server, () => this.#faults);
    this.#links.add(link);
    // To the client the connection was open while the proxy was still dialling.
    if (this.#cuts !== cuts) link.cut();
    await link.ended;
    this.#links.delete(link);
  }

  /** Remembers what still goes on, for the end to wait for. */
  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}

/** A client's connection, the server's, and the two ways between them. */
class Link implements ProxyConnection {
  readonly passed = { toServer: 0, toClient: 0 };
  /** Settles when both ways have ended. */
  readonly ended: Promise<void>;

  readonly #client: Deno.TcpConn;
  readonly #server: Deno.TcpConn;
  readonly #faults: () => ProxyFaults;
  readonly #silent = { toServer: false, toClient: false };
  /** What had passed when the faults were set: `cutAfter` counts from there. */
  #counted = { toServer: 0, toClient: 0 };
  #cut = false;
  /** Everybody who waits for time to pass or for other faults; called when there is news. */
  readonly #waiting = new Set<() => void>();

  constructor(client: Deno.TcpConn, server: Deno.TcpConn, faults: () => ProxyFaults) {
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    this.ended = this.#run();
  }

  cut(): void {
    if (this.#cut) return;
    this.#cut = true;
    this.#client.close();
    this.#server.close();
    this.#wakeAll();
  }

  silence(direction?: ProxyDirection): void {
    this.#silent.toServer ||= direction !== "toClient";
    this.#silent.toClient ||= direction !== "toServer";
  }

  faultsChanged(): void {
    this.#counted = { ...this.passed };
    this.#wakeAll();
  }

  async #run(): Promise<void> {
    await Promise.all([
      this.#pass("toServer", this.#client, this.#server),
      this.#pass("toClient", this.#server, this.#client),
    ]);
    this.cut();
  }

  /** Passes bytes on in one direction until its end. Reading goes on while earlier bytes are late. */
  async #pass(direction: ProxyDirection, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(BUFFER);
    let last = Promise.resolve();
    try {
      while (true) {
        await this.#whileStalled(direction);
        const count = await from.read(buffer);
        const { delay = 0 } = this.#faults();
        const due = performance.now() + delay;
        if (count === null) {
          await last;
          await this.#deliver(direction, due, () => to.closeWrite());
          return;
        }
        const bytes = buffer.slice(0, count);
        last = last.then(() =>
          this.#deliver(direction, due, () => this.#write(direction, bytes, to))
        );
        // A failure shows in the next await of `last`; it must not be an unhandled rejection until then.
        last.catch(() => this.cut());
        if (delay === 0) await last;
      }
    } catch {
      // One end has broken, or the link was cut: to the other end that is a cut.
      this.cut();
    }
  }

  async #deliver(direction: ProxyDirection, due: number, act: () => Promise<void>): Promise<void> {
    for (let left; (left = due - performance.now()) > 0;) await this.#wait(left);
    await this.#whileStalled(direction);
    await act();
  }

  async #write(direction: ProxyDirection, bytes: Uint8Array, to: Deno.TcpConn): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      await this.#whileStalled(direction);
      const { chunkSize = bytes.length, cutAfter } = this.#faults();
      const limit = cutAfter?.[direction];
      const allowed = limit === undefined
        ? Infinity
        : limit - (this.passed[direction] - this.#counted[direction]);
      const end = at + Math.min(chunkSize, Math.max(0, allowed));
      const count = end === at ? 0 : await to.write(bytes.subarray(at, end));
      at += count;
      this.passed[direction] += count;
      if (count >= allowed) return this.cut();
    }
  }

  async #whileStalled(direction: ProxyDirection): Promise<void> {
    while (true) {
      if (this.#cut) throw new Deno.errors.Interrupted("The link was cut");
      const { stall = false } = this.#faults();
      if (!this.#silent[direction] && stall !== true && stall !== direction) return;
      await this.#wait();
    }
  }

  /** Waits for news, but no longer than the time given. */
  #wait(ms?: number): Promise<void> {
    if (this.#cut) throw new Deno.errors.Interrupted("The link was cut");
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = ms === undefined ? undefined : setTimeout(wake, Math.ceil(ms));
      this.#waiting.add(wake);
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/**
 * Starts a TCP proxy in front of a server, to simulate network faults. It forwards bytes, so TLS works too.
 *
 * @example A connection that is closed in the middle of a reply
 * ```ts
 * import { startProxy, startServer } from "@babushka/redis/testing";
 *
 * await using server = await startServer();
 * await using proxy = await startProxy(server, { cutAfter: { toClient: 3 } });
 * // … a client with `addresses: [proxy]` receives three bytes …
 * proxy.setFaults({});
 * ```
 *
 * @param target Server that connections lead to: a server of the kit, or any address.
 * @param options Address, and the initial faults.
 * @returns The proxy, ready for connections.
 */
export function startProxy(target: ServerAddress, options?: ProxyOptions): Promise<TestProxy> {
  return Promise.resolve(new TestProxy(target, options));
}
