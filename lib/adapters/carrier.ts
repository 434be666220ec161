/**
 * What a connection sends its commands with.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import type { ClusterRequestOptions } from "../dispatch/request_options.ts";
import type { NodeRoute } from "../dispatch/route.ts";
import type { EventAddress } from "../events.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import type { ReopenedClient } from "./reopened_client.ts";

/** What a connection sends its commands with. */
export type Carrier = Pick<
  ReopenedClient,
  | "status"
  | "primaries"
  | "isClosed"
  | "connect"
  | "disconnect"
  | "quit"
  | "send"
  | "use"
  | "pause"
>;

/** Key of an internal option of a facade: what it sends its commands with. */
export const CARRIER: unique symbol = Symbol("carrier");

/** The internal option of a facade of one node. */
export interface CarrierOption {
  /** What it sends its commands with, if it has no client of its own. */
  [CARRIER]?: Carrier;
}

/** Sends commands to one node of a cluster. It has no connection of its own: closing it does nothing. */
export class NodeCarrier implements Carrier {
  readonly primaries: readonly EventAddress[];
  readonly #cluster: Carrier;
  readonly #route: NodeRoute;
  #status: string | undefined;

  /**
   * Makes one.
   *
   * @param cluster What sends commands to the cluster.
   * @param route The node.
   */
  constructor(cluster: Carrier, route: NodeRoute) {
    this.primaries = typeof route === "object" && "port" in route ? [route] : [];
    this.#cluster = cluster;
    this.#route = route;
  }

  get status(): string {
    return this.#status ?? this.#cluster.status;
  }

  set status(status: string) {
    this.#status = status;
  }

  get isClosed(): boolean {
    return this.#cluster.isClosed;
  }

  connect(): Promise<void> {
    return this.#cluster.connect();
  }

  disconnect(): void {}

  quit(): Promise<"OK"> {
    return Promise.resolve("OK");
  }

  send(words: readonly Argument[], options?: ClusterRequestOptions): Promise<Reply> {
    return this.#cluster.send(words, { ...options, route: this.#route });
  }

  use<R>(run: (client: Client) => Promise<R>): Promise<R> {
    return this.#cluster.use((client) =>
      run(
        (client as unknown as { with(options: ClusterRequestOptions): Client }).with({
          route: this.#route,
        }),
      )
    );
  }

  pause(): Promise<void> {
    return this.#cluster.pause();
  }
}
