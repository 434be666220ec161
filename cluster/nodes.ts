/**
 * The nodes of a cluster: the map, the links, and which of them to use.
 *
 * @module
 */

import type { Settings } from "../lib/configuration/settings.ts";
import type { Deadlines } from "../lib/connection/deadlines.ts";
import { Link, type LinkOwner } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import { ReadChoice, type ZonedLinks } from "../lib/dispatch/read_choice.ts";
import { mayReadReplica, readsPages, ReplicaChoice } from "../lib/dispatch/replica_choice.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { addressesOf } from "./addresses.ts";
import type { NodeTarget, ReplicaWish } from "./target.ts";
import type { ClusterNode, Shard, Topology } from "./topology.ts";

/** The owner of {@linkcode Nodes}. */
export interface NodesOwner extends LinkOwner {
  /** Called once if reads should go to the zone of the client, and no node has told its zone. */
  onZonesUnknown(): void;
}

/** The links of one client, by the names of the nodes. */
export class Nodes implements ZonedLinks<ClusterNode> {
  /** Knows which replicas cannot serve at present. */
  readonly replicas: ReplicaChoice<ClusterNode>;
  readonly #reads: ReadChoice<ClusterNode>;

  readonly #settings: Settings;
  readonly #owner: NodesOwner;
  readonly #deadlines: Deadlines;
  readonly #links = new Map<string, Link>();
  readonly #names = new Map<Link, string>();
  /** Nodes that may be on no map, but to which requests may be sent, by name. */
  readonly #admitted = new Map<string, ClusterNode>();
  #topology: Topology | null = null;
  /** Names of the primaries when the last map was taken. */
  #primaries: ReadonlySet<string> = new Set();
  /** Number of the next primary for requests that any node can serve. */
  #turn = 0;
  /** Links to nodes that have left, with requests that were sent before. */
  #retired: Link[] = [];

  /**
   * Makes an empty set of links.
   *
   * @param settings The checked configuration.
   * @param owner The owner of this and of the links.
   * @param deadlines The client's deadlines.
   * @param signal Ends the work in the background.
   */
  constructor(settings: Settings, owner: NodesOwner, deadlines: Deadlines, signal: AbortSignal) {
    this.#settings = settings;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.replicas = new ReplicaChoice(this, signal);
    this.#reads = new ReadChoice(settings, this, this.replicas, () => owner.onZonesUnknown());
  }

  /** The map; null before the first one. */
  get topology(): Topology | null {
    return this.#topology;
  }

  /** All links to nodes that are on the map, or were admitted. */
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
      link = new Link(
        { host: node.host, port: node.port },
        this.#settings.link,
        this.#owner,
        this.#deadlines,
        () => this.addressesOf(node),
      );
      this.#links.set(node.name, link);
      this.#names.set(link, node.name);
    }
    return link;
  }

  zoneOf(node: ClusterNode): string | undefined {
    return node.availabilityZone ?? this.#links.get(node.name)?.greeting?.availabilityZone;
  }

  get knowsZones(): boolean {
    for (const node of this.#topology?.nodes.values() ?? []) {
      if (this.zoneOf(node) !== undefined) return true;
    }
    return false;
  }

  /**
   * The addresses at which to try to reach a node, by the present map.
   *
   * @param node The node.
   * @throws {ConfigurationError} If `addressMap` throws, or answers anything but an address.
   */
  addressesOf(node: ClusterNode): Endpoint[] {
    const { addressMap, link: { tls } } = this.#settings;
    return addressesOf(this.#topology?.nodes.get(node.name) ?? node, addressMap, tls);
  }

  /**
   * Allows requests for a node that may be on no map: it can have keys before it has a slot.
   *
   * @param address The address that it announces.
   * @returns Its name, for {@linkcode Nodes.dismiss}.
   */
  admit(address: Endpoint): string {
    const node = this.nodeAt(address);
    if (!this.#topology!.nodes.has(node.name)) this.#admitted.set(node.name, node);
    return node.name;
  }

  /**
   * Ends what {@linkcode Nodes.admit} began. The next map removes the node, if it owns no slot then.
   *
   * @param name Name of the node.
   */
  dismiss(name: string): void {
    this.#admitted.delete(name);
  }

  /**
   * The number of the connection to a node.
   *
   * @param address The address that the node announces.
   * @returns Another number after each reconnect; undefined if there was no connection yet.
   */
  connectionTo(address: Endpoint): number | undefined {
    return this.#links.get(this.nodeAt(address).name)?.connectionId;
  }

  /** The node at an address that a server gave; perhaps one that is not known yet. */
  nodeAt({ host, port }: Endpoint): ClusterNode {
    const name = show({ host, port });
    return this.#topology!.find(name) ?? { name, host, port };
  }

  /** The node at an address that a caller gave; undefined if there is none. */
  find(address: Endpoint): ClusterNode | undefined {
    const name = show(address);
    return this.#topology!.find(name) ?? this.#admitted.get(name);
  }

  /**
   * Finds the node of a target.
   *
   * @param target The target.
   * @returns The node. If it must be a primary, the one that has taken its place. Undefined if it has left, or if the
   * request is sent to the one in its place anyway.
   */
  at({ name, anchor, siblings }: NodeTarget): ClusterNode | undefined {
    const topology = this.#topology!;
    if (anchor === -1) return topology.nodes.get(name) ?? this.#admitted.get(name);
    const present = topology.shards.find(({ primary }) => primary.name === name);
    if (present !== undefined) return present.primary;
    const successor = topology.shardOf(anchor)?.primary;
    return siblings.some((other) => other.name === successor?.name) ? undefined : successor;
  }

  /**
   * Tells whether a replica may answer a request.
   *
   * @param request The request.
   * @param wish Whether its caller wants a replica to answer.
   */
  mayReadReplica(request: Request, wish: ReplicaWish = "allowed"): boolean {
    return wish === "demanded" ||
      this.#reads.usesReplicas && mayReadReplica(request);
  }

  /**
   * Chooses a node of a shard for a request: by the option `readFrom` if a replica may answer it, else the primary.
   *
   * @param shard The shard.
   * @param request The request.
   * @param wish Whether its caller wants a replica to answer.
   * @returns The link to the node.
   */
  linkFor(shard: Shard, request: Request, wish: ReplicaWish): Link {
    const { primary, replicas } = shard;
    if (replicas.length === 0 || !this.mayReadReplica(request, wish)) return this.linkTo(primary);
    const link = wish === "allowed"
      ? this.#reads.next(primary, replicas, shard)
      // All pages of a scan must come from the node that the cursor is of.
      : this.replicas.demand(replicas, readsPages(request) ? null : shard);
    return link ?? this.linkTo(primary);
  }

  /** The link to a primary for a request that any node can serve: to the next one that answers, if one does. */
  anyPrimary(): Link {
    const { shards } = this.#topology!;
    let link: Link | undefined;
    for (let i = 0; i < shards.length; i++) {
      link = this.linkTo(shards[this.#turn++ % shards.length].primary);
      if (this.answers(link)) break;
    }
    return link!;
  }

  /**
   * The link to a primary for a request that any node can serve: to the owner of a slot if that answers, so that requests
   * with the same slot keep their order.
   */
  primaryNear(slot: number): Link {
    const topology = this.#topology!;
    const shard = topology.shardOf(slot);
    const owner = shard === undefined ? undefined : this.linkTo(shard.primary);
    if (owner !== undefined && this.answers(owner)) return owner;
    // In turn they would change the order.
    const { shards } = topology;
    for (let i = 0; i < shards.length; i++) {
      const link = this.linkTo(shards[(slot + i) % shards.length].primary);
      if (this.answers(link)) return link;
    }
    return owner ?? this.anyPrimary();
  }

  /** Whether a link leads to a replica. */
  isReplica(link: Link): boolean {
    const name = this.#names.get(link);
    return this.#topology?.shards.some(({ replicas }) =>
      replicas.some((node) => node.name === name)
    ) ?? false;
  }

  /** Whether requests wait for the connection to a primary. */
  get primaryAwaited(): boolean {
    return this.#topology?.shards.some(({ primary }) =>
      (this.#links.get(primary.name)?.waiting ?? 0) > 0
    ) ?? false;
  }

  /** Connects to the replicas of a primary that is away: one that takes over has a connection already. */
  connectReplicasOf(primary: Link): void {
    const name = this.#names.get(primary);
    const shard = this.#topology?.shards.find(({ primary }) => primary.name === name);
    for (const replica of shard?.replicas ?? []) this.linkTo(replica).start();
  }

  /**
   * Notes on the map that a slot belongs to a node.
   *
   * @param slot The slot.
   * @param node The node.
   * @returns Whether the map did not say so before.
   */
  move(slot: number, node: ClusterNode): boolean {
    const topology = this.#topology!;
    if (topology.shardOf(slot)?.primary.name === node.name) return false;
    const moved = topology.move(slot, node);
    if (moved !== topology) {
      this.linkTo(node).readOnly = false;
      this.#topology = moved;
    }
    return true;
  }

  /**
   * Adds, ends and changes links to match a new map.
   *
   * @param topology The map.
   * @returns Links without a connection: by the new map their requests may belong to other nodes.
   */
  arrange(topology: Topology): Link[] {
    const primaries = new Set(topology.shards.map(({ primary }) => primary.name));
    this.#topology = topology;
    for (const name of this.#primaries) {
      if (!primaries.has(name)) {
        this.#links.get(name)?.endBlocked("the node is no primary any more");
      }
    }
    this.#primaries = primaries;
    for (const { primary, replicas } of topology.shards) {
      const link = this.linkTo(primary);
      link.readOnly = false;
      link.dedicated.reserved = this.#settings.blockingConnections;
      link.start();
      for (const replica of replicas) {
        const link = this.linkTo(replica);
        link.readOnly = true;
        link.dedicated.reserved = 0;
        if (this.#reads.usesReplicas) link.start();
      }
    }
    const away: Link[] = [];
    for (const [name, link] of [...this.#links]) {
      if (topology.nodes.has(name) || this.#admitted.has(name)) {
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
