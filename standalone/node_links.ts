/**
 * The links to the nodes of a standalone client.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import type { ZonedLinks } from "../lib/dispatch/read_choice.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";

/** The nodes of a client, as {@linkcode RoleWatch} sees them. */
export interface NodeList {
  /** The links to all nodes. The array is replaced when nodes come or go. */
  readonly all: readonly Link[];
  /** Whether there is only one node, now and always. Then it is used whatever its role is. */
  readonly lone: boolean;
}

/** Links by the addresses of their nodes. Nodes can come and go. */
export class NodeLinks implements NodeList {
  readonly lone: boolean;
  readonly #open: (endpoint: Endpoint) => Link;
  readonly #links = new Map<string, Link>();
  #all: readonly Link[] = [];
  /** Links to nodes that have left, with requests that were sent before. */
  #retired: Link[] = [];

  /**
   * Makes links to the nodes that are known from the beginning.
   *
   * @param endpoints Their addresses. With one address there is never another node; with none they are added later.
   * @param open Makes a link.
   */
  constructor(endpoints: readonly Endpoint[], open: (endpoint: Endpoint) => Link) {
    this.#open = open;
    this.lone = endpoints.length === 1;
    for (const endpoint of endpoints) this.linkTo(endpoint);
  }

  get all(): readonly Link[] {
    return this.#all;
  }

  /** The link to a node, a new one if there is none. It connects when it is started or gets a request. */
  linkTo(endpoint: Endpoint): Link {
    const name = show(endpoint);
    let link = this.#links.get(name);
    if (link === undefined) {
      link = this.#open(endpoint);
      this.#links.set(name, link);
      this.#all = [...this.#links.values()];
    }
    return link;
  }

  /** The link to a node; undefined if there is none. */
  find(endpoint: Endpoint): Link | undefined {
    return this.#links.get(show(endpoint));
  }

  /**
   * Ends the links to all nodes but some. What they have sent still gets its replies; what waits goes back to its owner.
   *
   * @param kept The links that stay.
   * @param onLeft Called for each other link, before it ends.
   */
  keep(kept: ReadonlySet<Link>, onLeft: (link: Link) => void): void {
    const left = [...this.#links].filter(([, link]) => !kept.has(link));
    if (left.length === 0) return;
    for (const [name] of left) this.#links.delete(name);
    this.#all = [...this.#links.values()];
    for (const [, link] of left) {
      onLeft(link);
      link.retire();
      this.#retired = [...this.#retired, link].filter(({ gone }) => !gone);
    }
  }

  /** Ends all links at once. */
  destroy(error: Error): void {
    for (const link of [...this.#all, ...this.#retired]) link.destroy(error);
  }
}

/** The availability zones of nodes, as they told them when they were connected. */
export class ZonesOfLinks implements ZonedLinks<Link> {
  readonly #nodes: NodeList;

  /**
   * Knows the zones of some nodes.
   *
   * @param nodes The nodes.
   */
  constructor(nodes: NodeList) {
    this.#nodes = nodes;
  }

  linkTo(link: Link): Link {
    return link;
  }

  zoneOf(link: Link): string | undefined {
    return link.greeting?.availabilityZone;
  }

  get knowsZones(): boolean {
    return this.#nodes.all.some((link) => this.zoneOf(link) !== undefined);
  }
}
