/**
 * A network that fails on command: a TCP proxy between a client and a server.
 *
 * @module
 */

import { listenOn, releasePort, reservePort } from "./_port.ts";
import type { ServerAddress } from "./server_options.ts";

/** A way through the proxy. */
export type ProxyDirection = "toServer" | "toClient";

/** What goes wrong on the connections of a {@linkcode TestProxy}, present and future ones. */
export interface ProxyFaults {
  /** How late everything arrives, in milliseconds, in each direction. @default {0} */
  delay?: number;
  /** How many bytes to pass on in one piece. By default as many as came. */
  chunkSize?: number;
  /**
   * Pass nothing on while connections stay open and new ones are accepted; `true` means both directions. What a peer
   * sends waits in the buffers of the system, so that a sender of much comes to a halt, as with a peer that lost its
   * power.
   *
   * @default {false}
   */
  stall?: boolean | ProxyDirection;
  /** Cut each connection as soon as so many bytes have passed in a direction, counted from when the fault was set. */
  cutAfter?: Partial<Record<ProxyDirection, number>>;
}

/** Options for {@linkcode startProxy}. */
export interface ProxyOptions extends ProxyFaults {
  /** Address to listen on. @default {"127.0.0.1"} */
  host?: "127.0.0.1" | "::1";
  /** Port to listen on. By default a free one. */
  port?: number;
}

const BUFFER = 64 * 1024;

/** One connection through a {@linkcode TestProxy}. */
export interface ProxyConnection {
  /** Bytes that were passed on in each direction. */
  readonly passed: Readonly<Record<ProxyDirection, number>>;
  /** Closes both ends at once, wherever in a message that may be. */
  cut(): void;
  /** Passes nothing on from now on and for good, in a direction or in both, without closing. */
  silence(direction?: ProxyDirection): void;
}

/** A TCP proxy, as {@linkcode startProxy} starts it. Dispose of it with `await using`. */
export class TestProxy implements AsyncDisposable {
  /** Address that the proxy listens on. */
  readonly host: string;
  /** Port that the proxy listens on. */
  readonly port: number;
  /** Where new connections lead; may be changed at any time. */
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
   * Starts a proxy, like {@linkcode startProxy}.
   *
   * @param target Where connections lead.
   * @param options Where to listen, and the first faults.
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

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that are open, oldest first. */
  get connections(): ProxyConnection[] {
    return [...this.#links];
  }

  /** The faults in force. */
  get faults(): Readonly<ProxyFaults> {
    return this.#faults;
  }

  /**
   * Replaces the faults, at once and for all connections. What a stall has held up goes on when the stall ends.
   *
   * @param faults All faults from now on; an empty object heals the network.
   */
  setFaults(faults: ProxyFaults): void {
    this.#faults = faults;
    for (const link of this.#links) link.faultsChanged();
  }

  /** Cuts every connection that is open now. */
  cut(): void {
    this.#cuts++;
    for (const link of this.#links) link.cut();
  }

  /**
   * Makes every connection that is open now silent for good, without closing it; new ones work.
   *
   * @param direction The direction that falls silent. By default both.
   */
  silence(direction?: ProxyDirection): void {
    for (const link of this.#links) link.silence(direction);
  }

  /**
   * Refuses new connections until {@linkcode accept}; open ones go on.
   *
   * @returns When the system refuses them: closing a listener takes a moment.
   */
  async refuse(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    await this.#accepting;
  }

  /** Accepts new connections again after {@linkcode refuse}. */
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

  /** Closes everything. */
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
 * Starts a TCP proxy in front of a server, to make the network between them fail. It passes bytes, so TLS goes
 * through as well.
 *
 * @example A connection that is cut in the middle of a reply, and a network that comes back
 * ```ts
 * import { startProxy, startServer } from "@babushka/redis/testing";
 *
 * await using server = await startServer();
 * await using proxy = await startProxy(server, { cutAfter: { toClient: 3 } });
 * // … a client that connects to proxy.host and proxy.port gets three bytes …
 * proxy.setFaults({});
 * ```
 *
 * @param target Where connections lead: a server of the kit, or any address.
 * @param options Where to listen, and the faults to begin with.
 * @returns The proxy, which accepts connections.
 */
export function startProxy(target: ServerAddress, options?: ProxyOptions): Promise<TestProxy> {
  return Promise.resolve(new TestProxy(target, options));
}
