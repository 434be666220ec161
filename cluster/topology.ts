/**
 * The map of a cluster: reads CLUSTER SLOTS, and decides which of several answers to take.
 *
 * @module
 */

import { type Endpoint, show } from "../lib/connection/transport.ts";
import { UnexpectedReplyError } from "../lib/errors.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { SLOTS } from "./slot.ts";

/** How long a node may take to answer a question about the topology, in milliseconds. */
export const ANSWER_TIMEOUT = 1000;

/** A node of a cluster. */
export interface ClusterNode {
  /** Its preferred endpoint, `host:port`: its name in redirections and per-node replies. */
  readonly name: string;
  /** Host of the preferred endpoint: an address, or a name if the cluster prefers names. */
  readonly host: string;
  /** Port of the preferred endpoint. */
  readonly port: number;
  /** The host name that it announces in addition. */
  readonly hostname?: string;
  /** Its availability zone; undefined where the server does not tell it with the topology. */
  readonly availabilityZone?: string;
  /** Node id; undefined where the server does not tell, or the node is known from a redirection only. */
  readonly id?: string;
}

/** A primary, and its replicas. */
export interface Shard {
  readonly primary: ClusterNode;
  readonly replicas: readonly ClusterNode[];
  /** One of its slots: by that it is found again when another node has become its primary. */
  readonly anchor: number;
  /** Number of the next turn among the replicas. Only this changes. */
  turn: number;
}

/**
 * The slots of a cluster and their owners.
 *
 * A refresh replaces it as a whole. Only {@linkcode Topology.move} changes one in place: the owner of one slot.
 */
export class Topology {
  /** All shards that own a slot. */
  readonly shards: readonly Shard[];
  /** All nodes by name. */
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** Ids of all nodes, as far as they are known. */
  readonly ids: ReadonlySet<string>;
  /** How many slots have an owner. */
  readonly coverage: number;
  /** The same for all topologies that say the same. */
  readonly signature: string;
  /** For each slot the position of its shard, plus one; 0 for a slot without an owner. */
  readonly #owners: Uint16Array;
  /** Nodes by every address they are known under, where that is not their name. */
  readonly #aliases: ReadonlyMap<string, ClusterNode>;

  private constructor(
    shards: readonly Shard[],
    owners: Uint16Array,
    aliases: ReadonlyMap<string, ClusterNode>,
  ) {
    this.shards = shards;
    this.#owners = owners;
    this.#aliases = aliases;
    const nodes = new Map<string, ClusterNode>();
    for (const { primary, replicas } of shards) {
      for (const node of [primary, ...replicas]) nodes.set(node.name, node);
    }
    this.nodes = nodes;
    this.ids = new Set([...nodes.values()].map(({ id }) => id).filter((id) => id !== undefined));
    this.coverage = countOwned(owners);
    this.signature = sign(shards, owners);
  }

  /**
   * Reads a reply to CLUSTER SLOTS.
   *
   * @param reply The reply.
   * @param answeredBy The node that sent it: what an empty host stands for.
   * @returns The topology.
   * @throws {UnexpectedReplyError} If the reply is malformed, or names no node at all.
   */
  static parse(reply: Reply, answeredBy: Endpoint): Topology {
    const owners = new Uint16Array(SLOTS);
    const shards: Shard[] = [];
    const positions = new Map<string, number>();
    const aliases = new Map<string, ClusterNode>();
    for (const range of list(reply)) {
      const [start, end, ...members] = list(range);
      if (!isSlot(start) || !isSlot(end) || start > end) return malformed();
      const [primary, ...replicas] = members.map((member) => nodeOf(member, answeredBy, aliases));
      // A primary whose address is unknown cannot be used, nor can its slots.
      if (primary === undefined || primary === null) continue;
      let position = positions.get(primary.name);
      if (position === undefined) {
        position = shards.length;
        positions.set(primary.name, position);
        shards.push({
          primary,
          replicas: replicas.filter((node) => node !== null).sort(byName),
          anchor: start,
          turn: 0,
        });
      }
      owners.fill(position + 1, start, end + 1);
    }
    if (shards.length === 0) {
      throw new UnexpectedReplyError(
        `Cannot read the topology: ${show(answeredBy)} knows no node that owns a slot`,
      );
    }
    return new Topology(shards, owners, aliases);
  }

  /**
   * The shard that owns a slot.
   *
   * @param slot The slot.
   * @returns The shard; undefined if the slot has no owner.
   */
  shardOf(slot: number): Shard | undefined {
    return this.shards[this.#owners[slot] - 1];
  }

  /**
   * Tells whether another map can be of the same cluster.
   *
   * @param other The other map.
   * @returns False if no node is on both. True where the ids are not known.
   */
  mayBeOfCluster({ ids }: Topology): boolean {
    if (ids.size === 0 || this.ids.size === 0) return true;
    for (const id of ids) if (this.ids.has(id)) return true;
    return false;
  }

  /**
   * Finds a node by an address that a server gave.
   *
   * @param name `host:port`, as announced.
   */
  find(name: string): ClusterNode | undefined {
    return this.nodes.get(name) ?? this.#aliases.get(name);
  }

  /**
   * Notes that a slot was found to belong to a node (MOVED).
   *
   * @param slot The slot.
   * @param node Its owner.
   * @returns This topology, changed, if the node is a known primary; else another one, in which it is a primary. When it
   * was a replica of the slot's shard, it has taken over all of that shard.
   */
  move(slot: number, node: ClusterNode): Topology {
    const known = this.shards.findIndex(({ primary }) => primary.name === node.name);
    if (known !== -1) {
      this.#owners[slot] = known + 1;
      return this;
    }
    const shards = [...this.shards];
    const owners = this.#owners.slice();
    const present = owners[slot] - 1;
    const shard = shards[present];
    if (shard !== undefined && shard.replicas.some(({ name }) => name === node.name)) {
      const replicas = [
        shard.primary,
        ...shard.replicas.filter(({ name }) => name !== node.name),
      ].sort(byName);
      shards[present] = { ...shard, primary: node, replicas };
    } else {
      for (const [i, shard] of shards.entries()) {
        const replicas = shard.replicas.filter(({ name }) => name !== node.name);
        if (replicas.length < shard.replicas.length) shards[i] = { ...shard, replicas };
      }
      shards.push({ primary: node, replicas: [], anchor: slot, turn: 0 });
      owners[slot] = shards.length;
    }
    return new Topology(shards, owners, this.#aliases);
  }
}

/** The answer of one node. */
export interface View {
  /** The map. */
  readonly topology: Topology;
  /** The cluster's epoch as it knows it; 0 if it does not tell. */
  readonly epoch: number;
}

/**
 * Decides which view of the cluster to take: the one that most nodes have; among equals the one that covers more
 * slots, then the one of the higher epoch.
 *
 * @param views At least one view.
 * @returns The view, and how many nodes have it.
 */
export function elect(views: readonly View[]): { view: View; votes: number } {
  const votes = new Map<string, number>();
  for (const { topology } of views) {
    votes.set(topology.signature, (votes.get(topology.signature) ?? 0) + 1);
  }
  const votesOf = (view: View): number => votes.get(view.topology.signature)!;
  const view = views.reduce((best, other) => {
    const difference = votesOf(other) - votesOf(best) ||
      other.topology.coverage - best.topology.coverage || other.epoch - best.epoch;
    return difference > 0 ? other : best;
  });
  return { view, votes: votesOf(view) };
}

/**
 * Reads the epoch out of a reply to CLUSTER INFO.
 *
 * @param reply The reply.
 * @returns The epoch; 0 if it is not there.
 */
export function epochOf(reply: Reply): number {
  return Number(/^cluster_current_epoch:(\d+)/m.exec(String(reply))?.[1] ?? 0);
}

/**
 * Reads one node of a reply to CLUSTER SLOTS.
 *
 * @returns The node; null if the server does not know its address.
 */
function nodeOf(
  member: Reply,
  answeredBy: Endpoint,
  aliases: Map<string, ClusterNode>,
): ClusterNode | null {
  const [given, port, nodeId, metadata] = list(member);
  if (typeof port !== "number") return malformed();
  if (given === "?") return null;
  const host = given === null || given === "" ? answeredBy.host : String(given);
  const id = typeof nodeId === "string" && nodeId !== "" ? nodeId : undefined;
  const hostname = metadataOf(metadata, "hostname");
  const availabilityZone = metadataOf(metadata, "availability-zone");
  const node = { name: show({ host, port }), host, port, hostname, availabilityZone, id };
  for (const alias of [hostname, metadataOf(metadata, "ip")]) {
    if (alias !== undefined && alias !== host) aliases.set(show({ host: alias, port }), node);
  }
  return node;
}

/** A value of a node's metadata: a map in RESP3, a flat list in RESP2. */
function metadataOf(metadata: Reply | undefined, name: string): string | undefined {
  let value: Reply | undefined;
  if (metadata instanceof Map) {
    value = metadata.get(name);
  } else if (Array.isArray(metadata)) {
    const at = metadata.indexOf(name);
    if (at !== -1) value = metadata[at + 1];
  }
  return typeof value === "string" && value !== "" && value !== "?" ? value : undefined;
}

function isSlot(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < SLOTS;
}

function list(reply: Reply | undefined): Reply[] {
  return Array.isArray(reply) ? reply : malformed();
}

function malformed(): never {
  throw new UnexpectedReplyError(
    "Cannot read the topology: the reply to CLUSTER SLOTS is malformed",
  );
}

function byName(a: ClusterNode, b: ClusterNode): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function countOwned(owners: Uint16Array): number {
  let count = 0;
  for (let slot = 0; slot < SLOTS; slot++) if (owners[slot] !== 0) count++;
  return count;
}

/** Ranges of slots with the names of their owners, in order. */
function sign(shards: readonly Shard[], owners: Uint16Array): string {
  const labels = shards.map(({ primary, replicas }) =>
    [primary, ...replicas].map(({ name }) => name).join(",")
  );
  let signature = "";
  for (let slot = 0; slot < SLOTS; slot++) {
    if (slot > 0 && owners[slot] === owners[slot - 1]) continue;
    signature += `${slot}=${labels[owners[slot] - 1] ?? ""};`;
  }
  return signature;
}
