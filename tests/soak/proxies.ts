/**
 * The network between the clients and the servers, in a thread of its own: so it goes on while this process is busy, as a
 * real one does.
 *
 * @module
 */

import type { ProxyDirection, ProxyFaults, ServerAddress } from "../../lib/testing/mod.ts";

/** What the thread is asked to do to one of its proxies. */
export type ProxyOrder =
  | { readonly action: "start"; readonly targets: readonly ServerAddress[] }
  | { readonly action: "faults"; readonly proxy: number; readonly faults: ProxyFaults }
  | { readonly action: "cut"; readonly proxy: number; readonly count: number }
  | {
    readonly action: "silence";
    readonly proxy: number;
    readonly count: number;
    readonly direction?: ProxyDirection;
  }
  | { readonly action: "cutSilent" }
  | { readonly action: "retarget"; readonly proxy: number; readonly target: ServerAddress }
  | { readonly action: "end" };

/** An order on its way to the thread. */
export interface NumberedOrder {
  /** Number of the order; the answer has the same. */
  readonly id: number;
  /** The order. */
  readonly order: ProxyOrder;
}

/** What the thread answers. */
export interface OrderAnswer {
  /** Number of the order. */
  readonly id: number;
  /** Ports of the proxies, once they are started. */
  readonly ports?: number[];
  /** Why the order failed. */
  readonly error?: string;
}

/** A proxy in front of each server; dispose of it with `await using`. */
export class Proxies implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<OrderAnswer>>();
  #orders = 0;
  #ports: readonly number[] = [];

  private constructor() {
    this.#worker = new Worker(new URL("./_proxies_thread.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<OrderAnswer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error === undefined) waiting?.resolve(data);
      else waiting?.reject(new Error(data.error));
    };
  }

  /**
   * Starts a proxy in front of each server.
   *
   * @param targets The servers.
   */
  static async start(targets: readonly ServerAddress[]): Promise<Proxies> {
    const proxies = new Proxies();
    const addresses = targets.map(({ host, port }) => ({ host, port }));
    const { ports } = await proxies.#send({ action: "start", targets: addresses });
    proxies.#ports = ports!;
    return proxies;
  }

  /** Where the proxies listen, in the order of the servers. */
  get addresses(): ServerAddress[] {
    return this.#ports.map((port) => ({ host: "127.0.0.1", port }));
  }

  /** Replaces the faults of a proxy. */
  async setFaults(proxy: number, faults: ProxyFaults): Promise<void> {
    await this.#send({ action: "faults", proxy, faults });
  }

  /** Cuts connections of a proxy: so many of them, the oldest first. */
  async cut(proxy: number, count = Infinity): Promise<void> {
    await this.#send({ action: "cut", proxy, count });
  }

  /** Lets connections of a proxy fall silent without closing them: so many of them, the oldest first. */
  async silence(proxy: number, count = Infinity, direction?: ProxyDirection): Promise<void> {
    await this.#send({ action: "silence", proxy, count, direction });
  }

  /** Cuts all connections that fell silent, as networks do when they forget them. */
  async cutSilent(): Promise<void> {
    await this.#send({ action: "cutSilent" });
  }

  /** Has new connections of a proxy lead to another server. */
  async retarget(proxy: number, { host, port }: ServerAddress): Promise<void> {
    await this.#send({ action: "retarget", proxy, target: { host, port } });
  }

  /** Ends all proxies and the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#send({ action: "end" });
    this.#worker.terminate();
  }

  async #send(order: ProxyOrder): Promise<OrderAnswer> {
    const id = this.#orders++;
    const answer = Promise.withResolvers<OrderAnswer>();
    this.#waiting.set(id, answer);
    this.#worker.postMessage({ id, order } satisfies NumberedOrder);
    return await answer.promise;
  }
}
