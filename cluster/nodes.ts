/**
 * The links to the nodes of a cluster, and which of them to use.
 *
 * @module
 */

import type { Settings } from "../lib/configuration/settings.ts";
import type { Deadlines } from "../lib/connection/deadlines.ts";
import { Link, type LinkOwner } from "../lib/connection/link.ts";
import { type LinkSource, ReplicaChoice } from "../lib/dispatch/replica_choice.ts";
import { addressesOf } from "./addresses.ts";
import type { ClusterNode, Topology } from "./topology.ts";

/** The links of one client, by the names of the nodes. */
export class Nodes implements LinkSource<ClusterNode> {
  /** Chooses the replicas that answer reads. */
  readonly replicas: ReplicaChoice<ClusterNode>;

  readonly #settings: Settings;
  readonly #owner: LinkOwner;
  readonly #deadlines: Deadlines;
  readonly #links = new Map<string, Link>();
  readonly #names = new Map<Link, string>();
  /** Nodes without slots, to which requests may be sent all the same, by name. */
  readonly #guests = new Map<string, ClusterNode>();
  /** The map that the links match. */
  #topology: Topology | null = null;
  /** Links to nodes that have left, with requests that were sent before. */
  #retired: Link[] = [];

  /**
   * Makes an empty set of links.
   *
   * @param settings The checked configuration.
   * @param owner The owner of the links.
   * @param deadlines The client's deadlines.
   * @param signal Ends the work in the background.
   */
  constructor(settings: Settings, owner: LinkOwner, deadlines: Deadlines, signal: AbortSignal) {
    this.#settings = settings;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.replicas = new ReplicaChoice(this, signal);
  }

  /** All links to nodes that are on the map, or are guests. */
  get links(): Iterable<Link> {
    return this.#links.values();
  }

  /** Links that are connected, and not silent as far as is known. */
  get answering(): Link[] {
    return [...this.#links.values()].filter((link) => this.answers(link));
  }

  /** Whether a link is connected, and not silent as far as is known. */
  answers(link: Link): boolean {
    return link.ready && !link.silent;
  }

  /** The name of the node that a link leads to; undefined once the node has left. */
  nameOf(link: Link): string | undefined {
    return this.#names.get(link);
  }

  /** The link to a node; undefined if none was needed so far. */
  get(name: string): Link | undefined {
    return this.#links.get(name);
  }

  /** The link to a node, a new one if there is none. It connects when it is started or gets a request. */
  linkTo(node: ClusterNode): Link {
    let link = this.#links.get(node.name);
    if (link === undefined) {
      const { addressMap, link: settings } = this.#settings;
      link = new Link(
        { host: node.host, port: node.port },
        settings,
        this.#owner,
        this.#deadlines,
        () => addressesOf(this.#topology?.nodes.get(node.name) ?? node, addressMap, settings.tls),
      );
      this.#links.set(node.name, link);
      this.#names.set(link, node.name);
    }
    return link;
  }

  /** Allows requests for a node that is not on the map. */
  admit(node: ClusterNode): void {
    this.#guests.set(node.name, node);
  }

  /** Ends what {@linkcode Nodes.admit} began. */
  dismiss(name: string): void {
    this.#guests.delete(name);
  }

  /** A node that was admitted although it is not on the map. */
  guest(name: string): ClusterNode | undefined {
    return this.#guests.get(name);
  }

  /**
   * Adds, ends and changes links to match a new map.
   *
   * @param topology The map.
   * @param preferReplica Whether to connect to replicas as well.
   * @returns Links without a connection: by the new map their requests may belong to other nodes.
   */
  arrange(topology: Topology, preferReplica: boolean): Link[] {
    const primaries = new Set(topology.shards.map(({ primary }) => primary.name));
    for (const { primary: { name } } of this.#topology?.shards ?? []) {
      if (!primaries.has(name)) {
        this.#links.get(name)?.endBlocked("the node is no primary any more");
      }
    }
    this.#topology = topology;
    for (const { primary, replicas } of topology.shards) {
      const link = this.linkTo(primary);
      link.readOnly = false;
      link.start();
      for (const replica of replicas) {
        const link = this.linkTo(replica);
        link.readOnly = true;
        if (preferReplica) link.start();
      }
    }
    const away: Link[] = [];
    for (const [name, link] of [...this.#links]) {
      if (topology.nodes.has(name) || this.#guests.has(name)) {
        if (!link.ready) away.push(link);
      } else {
        this.#links.delete(name);
        this.#names.delete(link);
        this.replicas.forget(link);
        link.retire();
        this.#retired = [...this.#retired, link].filter(({ gone }) => !gone);
      }
    }
    return away;
  }

  /** Ends all links at once. */
  destroy(error: Error): void {
    for (const link of [...this.#links.values(), ...this.#retired]) link.destroy(error);
  }
}
