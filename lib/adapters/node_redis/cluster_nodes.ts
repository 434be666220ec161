/**
 * Nodes of a cluster, as `createCluster()` of node-redis shows them.
 *
 * @module
 */

import type { Client } from "../../client/client.ts";
import type { NodeRoute } from "../../dispatch/route.ts";
import type { EventAddress } from "../../events.ts";
import type { Reply } from "../../resp/reply.ts";

/** How many slots a cluster has. */
const SLOTS = 16_384;

/**
 * A primary: of an address, or the one that has a slot, whichever that is at the time of a call.
 *
 * @typeParam F Type of facades.
 */
export class ClusterNode<F> {
  /** Host and port; undefined if it is known by a slot. */
  readonly address: string | undefined;
  /** Host name or IP address; undefined if it is known by a slot. */
  readonly host: string | undefined;
  /** TCP port; undefined if it is known by a slot. */
  readonly port: number | undefined;
  /** Whether it is only for reads. */
  readonly readonly: boolean = false;
  readonly #route: NodeRoute;
  readonly #open: (route: NodeRoute) => F;
  #client: F | undefined;

  /**
   * Makes one.
   *
   * @param route Where its commands go.
   * @param open Makes a facade whose commands go there.
   */
  constructor(route: NodeRoute, open: (route: NodeRoute) => F) {
    if (typeof route === "object" && "host" in route) {
      this.host = route.host;
      this.port = route.port;
      this.address = `${route.host}:${route.port}`;
    }
    this.#route = route;
    this.#open = open;
  }

  /** A facade whose commands go to this node. It has no connection of its own. */
  get client(): F {
    return this.#client ??= this.#open(this.#route);
  }
}

/** The primary of a slot, and its replicas. */
export interface ClusterShard<F> {
  /** The primary. */
  readonly master: ClusterNode<F>;
  /** None: reads go where the option `readFrom` of the client says. */
  readonly replicas: readonly ClusterNode<F>[];
}

/** The nodes of one facade. */
export class ClusterNodes<F> {
  readonly #open: (route: NodeRoute) => F;
  #addresses: readonly EventAddress[] = [];
  #masters: readonly ClusterNode<F>[] = [];
  #slots: ClusterShard<F>[] | undefined;

  /**
   * Makes it.
   *
   * @param open Makes a facade whose commands go to one node.
   */
  constructor(open: (route: NodeRoute) => F) {
    this.#open = open;
  }

  /**
   * The primaries.
   *
   * @param addresses Where they are.
   * @throws {Error} If that is not known yet: libraries would take the cluster for an empty one.
   */
  masters(addresses: readonly EventAddress[]): readonly ClusterNode<F>[] {
    if (addresses.length === 0) {
      throw new Error("Cannot tell the primaries of the cluster yet: wait for connect()");
    }
    if (addresses !== this.#addresses) {
      this.#addresses = addresses;
      this.#masters = addresses.map(({ host, port }) =>
        new ClusterNode({ host, port }, this.#open)
      );
    }
    return this.#masters;
  }

  /** Each slot with its primary. */
  get slots(): readonly ClusterShard<F>[] {
    return this.#slots ??= Array.from({ length: SLOTS }, (_, slot) => ({
      master: new ClusterNode({ slot }, this.#open),
      replicas: [],
    }));
  }
}

/**
 * Asks a cluster for its primaries.
 *
 * @param client The client.
 * @returns Where they are.
 */
export async function primariesOf(client: Client): Promise<EventAddress[]> {
  const reply = await client.customCommand(["CLUSTER", "SLOTS"]);
  const found = new Map<string, EventAddress>();
  for (const [, , [host, port]] of reply as [Reply, Reply, [string | null, number]][]) {
    if (host) found.set(`${host}:${port}`, { host, port });
  }
  return [...found.values()];
}
