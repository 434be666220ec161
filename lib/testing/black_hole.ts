/**
 * An address where connection attempts hang.
 *
 * @module
 */

import { listenOn, releasePort } from "./_port.ts";
import type { ServerAddress } from "./server_options.ts";

/** How long a connection on loopback may take before it counts as one that never comes about. */
const PATIENCE = 200;
/** More connections than any system lets wait where one was asked for. */
const MOST_WAITING = 64;

/**
 * An address where connection attempts hang, as returned by {@linkcode startBlackHole}. Hold it with `await using`.
 */
export class BlackHole implements ServerAddress, Disposable, AsyncDisposable {
  /** Address to connect to. */
  readonly host: string = "127.0.0.1";
  /** Port to connect to. */
  readonly port: number;

  readonly #listener: Deno.TcpListener;
  readonly #waiting: Deno.TcpConn[] = [];

  /** Listens on an address, but does not fill its queue yet. Use {@linkcode startBlackHole} instead. */
  constructor() {
    const { listener, port } = listenOn(
      this.host,
      undefined,
      (port) => Deno.listen({ hostname: this.host, port, tcpBacklog: 1 }),
    );
    this.port = port;
    this.#listener = listener;
  }

  /** Fills the queue of connections that wait to be accepted. */
  async fill(): Promise<void> {
    while (this.#waiting.length < MOST_WAITING) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), PATIENCE);
      try {
        const { host: hostname, port } = this;
        this.#waiting.push(await Deno.connect({ hostname, port, signal: abort.signal }));
      } catch (error) {
        if (abort.signal.aborted) return;
        throw error;
      } finally {
        clearTimeout(timer);
      }
    }
    throw new Error(
      "Cannot create a black hole: this system accepts any number of pending connections",
    );
  }

  /** Stops listening. Pending connection attempts are then refused by the system. */
  [Symbol.dispose](): void {
    this.#listener.close();
    for (const conn of this.#waiting) conn.close();
    releasePort(this.port);
  }

  /** Stops listening, like the synchronous form. */
  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }
}

/**
 * Creates an address where connection attempts hang: they are neither accepted nor refused, like those to a machine
 * that is off or behind a firewall.
 *
 * It is a listener with a full queue of pending connections. Linux and BSD ignore further attempts then.
 *
 * @example A connection attempt that hangs until it is aborted
 * ```ts
 * import { startBlackHole } from "@babushka/redis/testing";
 * import { assertRejects } from "@std/assert";
 *
 * await using hole = await startBlackHole();
 * const abort = new AbortController();
 * const attempt = Deno.connect({ hostname: hole.host, port: hole.port, signal: abort.signal });
 * setTimeout(() => abort.abort(), 50);
 * await assertRejects(() => attempt);
 * ```
 *
 * @returns The address.
 */
export async function startBlackHole(): Promise<BlackHole> {
  const hole = new BlackHole();
  try {
    await hole.fill();
    return hole;
  } catch (error) {
    hole[Symbol.dispose]();
    throw error;
  }
}
