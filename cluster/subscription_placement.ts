/**
 * Decides at which nodes of a cluster topics are subscribed.
 *
 * - Shard channels: at the primary that owns their slot.
 * - Keyspace notifications: at every primary, since each publishes only those of its own keys. Those of one key: at its
 *   owner.
 * - Other channels and patterns: at one primary, which each client chooses at random, since messages reach all nodes.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import type { Endpoint } from "../lib/connection/transport.ts";
import type { ServerError } from "../lib/errors.ts";
import type { Words } from "../lib/executor.ts";
import type { Reply } from "../lib/resp/reply.ts";
import type { Placement } from "../lib/subscription/placement.ts";
import type { SubscriberNode } from "../lib/subscription/subscriber.ts";
import type { Kind, Topic } from "../lib/subscription/topic.ts";
import { unrefTimer } from "../lib/unref_timer.ts";
import { isKeyspaceName, slotOfChannel } from "./keyspace_channels.ts";
import type { Nodes } from "./nodes.ts";
import { decide } from "./router.ts";
import { slotOf } from "./slot.ts";
import type { ClusterNode, Shard, Topology } from "./topology.ts";

/** Shortest wait for the next search, in milliseconds. */
const SHORTEST_SEARCH = 20;
/** Longest wait for the next search, in milliseconds. */
const LONGEST_SEARCH = 250;
/** The wait for the next search as a fraction of the time since the first one. */
const SEARCH_SHARE = 1 / 20;
/** Time after the last search, in milliseconds, from which on a search counts as the first one again. */
const PAUSE = 1000;
/**
 * Time for which a primary may be silent before topics that any node can serve move to another one, in milliseconds.
 */
const SILENCE = 1000;

/** Maximum delay until a node learns of an event at another node, in milliseconds. */
const BUS_DELAY = 100;

/** A node at which something is, or was, subscribed. */
class PlacedNode implements SubscriberNode {
  /** Its name in the topology. */
  readonly name: string;
  /** Its id when it was seen last. */
  id: string | undefined;
  /** A slot that it owned when it was seen last as a primary; -1 if it never was. */
  anchor = -1;
  /** Names of its replicas when it was seen last as a primary. */
  replicas: ReadonlySet<string> = new Set();
  /** When a map had it last, in milliseconds of `Date.now()`. */
  seenAt: number = Date.now();
  readonly #addresses: () => readonly Endpoint[];

  constructor({ name, id }: ClusterNode, addresses: () => readonly Endpoint[]) {
    this.name = name;
    this.id = id;
    this.#addresses = addresses;
  }

  addresses(): readonly Endpoint[] {
    return this.#addresses();
  }
}

/** What the owner of the map does for {@linkcode SubscriptionPlacement}. */
export interface PlacementSteps {
  /** Finds the cluster, if that has not begun. */
  start(): void;
  /** Whether a topic with readers is not subscribed. */
  isWaiting(): boolean;
  /** Asks for a refresh of the map. */
  refresh(why: "outdated" | "broken"): void;
  /** Asks about the nodes of all topics again. */
  rearrange(): void;
  /** Opens another connection to a node, since its address leads to another server. */
  renew(node: SubscriberNode): void;
  /** Checks whether the connection to a node works. */
  examine(node: SubscriberNode): void;
  /** Whether a node does not answer on the connection of its subscriptions. */
  isSilent(node: SubscriberNode): boolean;
}

/** Places the subscriptions of a cluster client. */
export class SubscriptionPlacement implements Placement {
  readonly delay: number = BUS_DELAY;
  readonly #nodes: Nodes;
  readonly #steps: PlacementSteps;
  readonly #timeout: number;
  readonly #placed = new Map<string, PlacedNode>();
  /** Name of the primary for topics that any node can serve; null until one is needed. */
  #home: string | null = null;
  /** Since when is searched, and when the last search began, in milliseconds of `performance.now()`. */
  #search = { since: -Infinity, last: -Infinity };
  #searchTimer: ReturnType<typeof setTimeout> | undefined;
  /** Nodes that do not answer, each with the timer that looks after it. */
  readonly #silent = new Map<PlacedNode, ReturnType<typeof setInterval>>();

  /**
   * Makes a placement.
   *
   * @param nodes The nodes of the client.
   * @param timeout Milliseconds for a question to a node.
   * @param steps What the owner of the map does.
   */
  constructor(nodes: Nodes, timeout: number, steps: PlacementSteps) {
    this.#nodes = nodes;
    this.#timeout = timeout;
    this.#steps = steps;
  }

  groupOf(kind: Kind, name: Uint8Array): number {
    return kind === "smessage" ? slotOf(name) : -1;
  }

  nodesFor({ kind, name, group, everywhere }: Topic): readonly SubscriberNode[] {
    const { topology } = this.#nodes;
    if (topology === null) return [];
    if (kind === "smessage") return this.#ownerOf(topology, group);
    if (everywhere || isKeyspaceName(name.bytes)) {
      const slot = everywhere || kind === "pmessage" ? -1 : slotOfChannel(name.bytes);
      if (slot !== -1) return this.#ownerOf(topology, slot);
      return topology.shards.map(({ primary }) => this.#placeAt(primary));
    }
    return [this.#placeAt(this.#homeIn(topology))];
  }

  seek(): void {
    if (this.#nodes.topology === null) this.#steps.start();
    if (this.#searchTimer !== undefined) return;
    const now = performance.now();
    const since = now - this.#search.last > PAUSE ? now : this.#search.since;
    this.#search = { since, last: now };
    const wait = Math.max(SHORTEST_SEARCH, (now - since) * SEARCH_SHARE);
    this.#searchTimer = setTimeout(() => {
      this.#searchTimer = undefined;
      if (this.#steps.isWaiting()) this.#steps.refresh("broken");
      else this.#search.since = this.#search.last = -Infinity;
    }, Math.min(wait, LONGEST_SEARCH));
    unrefTimer(this.#searchTimer);
  }

  onLost(node: SubscriberNode, cause: "connection" | "subscription"): void {
    if (cause === "subscription") return this.#steps.refresh("outdated");
    if ((node as PlacedNode).name === this.#home) this.#leaveHome();
    this.#steps.refresh("broken");
  }

  onRefused(_topic: Topic, error: ServerError, node: SubscriberNode): boolean {
    const { topology } = this.#nodes;
    const { name } = node as PlacedNode;
    const from = topology?.nodes.get(name) ?? addressIn(name);
    const decision = decide(error, undefined, from, () => false);
    if (decision.action !== "move") return false;
    const owner = this.#nodes.nodeAt(decision.target);
    if (owner.name === name) {
      this.#steps.refresh("broken");
    } else {
      this.#nodes.move(decision.slot, owner);
      this.#steps.refresh("outdated");
    }
    return true;
  }

  rightUntil(node: SubscriberNode): number | undefined {
    const { name, anchor, seenAt } = node as PlacedNode;
    const { topology } = this.#nodes;
    // A replica still delivers the messages of its shard.
    const isReplica = anchor !== -1 &&
      topology?.shardOf(anchor)?.replicas.some((replica) => replica.name === name);
    return isReplica ? undefined : seenAt;
  }

  mayRepeat({ kind, name, group, everywhere }: Topic, before: SubscriberNode): boolean {
    // A replica that has taken over has already published all earlier keyspace events.
    if (kind !== "smessage") return !everywhere && !isKeyspaceName(name.bytes);
    // Within a shard messages reach all nodes. The first map after a failover may lack the old primary.
    const shard = this.#nodes.topology?.shardOf(group);
    const { name: old, replicas } = before as PlacedNode;
    return shard !== undefined &&
      (replicas.has(shard.primary.name) || shard.replicas.some(({ name }) => name === old));
  }

  async call(node: SubscriberNode, words: Words): Promise<Reply> {
    const link = this.#nodes.get((node as PlacedNode).name);
    if (link === undefined) throw new Error("Cannot ask the node: it has left the cluster");
    return await link.call(words as string[], this.#timeout);
  }

  /** Takes a new map. */
  onMap(): void {
    const topology = this.#nodes.topology!;
    for (const [name, placed] of [...this.#placed]) {
      const id = topology.nodes.get(name)?.id;
      if (id === undefined || id === placed.id) continue;
      // Another node has the address of the one that was subscribed to.
      const isOther = placed.id !== undefined;
      placed.id = id;
      if (isOther) this.#steps.renew(placed);
    }
    this.#steps.rearrange();
    const now = Date.now();
    for (const [name, placed] of [...this.#placed]) {
      if (topology.nodes.has(name)) placed.seenAt = now;
      else this.#placed.delete(name);
    }
    for (const shard of topology.shards) {
      const placed = this.#placed.get(shard.primary.name);
      if (placed !== undefined) note(placed, shard);
    }
  }

  /**
   * Takes a hint that a node may be gone.
   *
   * @param link The shared connection to the node, which is lost or silent.
   */
  doubt(link: Link): void {
    const name = this.#nodes.nameOf(link);
    const placed = name === undefined ? undefined : this.#placed.get(name);
    if (placed !== undefined) this.#steps.examine(placed);
  }

  onSilent(node: SubscriberNode): void {
    const placed = node as PlacedNode;
    if (this.#silent.has(placed)) return;
    const since = performance.now();
    this.#steps.refresh("broken");
    const timer = setInterval(() => {
      if (!this.#steps.isSilent(placed)) {
        clearInterval(timer);
        this.#silent.delete(placed);
        return;
      }
      // A replica may have taken its place meanwhile.
      this.#steps.refresh("broken");
      if (placed.name !== this.#home || performance.now() - since < SILENCE) return;
      this.#leaveHome();
      this.#steps.rearrange();
    }, LONGEST_SEARCH);
    unrefTimer(timer);
    this.#silent.set(placed, timer);
  }

  /** Ends it. */
  end(): void {
    clearTimeout(this.#searchTimer);
    for (const timer of this.#silent.values()) clearInterval(timer);
  }

  #ownerOf(topology: Topology, slot: number): readonly SubscriberNode[] {
    const primary = topology.shardOf(slot)?.primary;
    return primary === undefined ? [] : [this.#placeAt(primary)];
  }

  #placeAt(node: ClusterNode): PlacedNode {
    let placed = this.#placed.get(node.name);
    if (placed === undefined) {
      placed = new PlacedNode(node, () => this.#nodes.addressesOf(node));
      this.#placed.set(node.name, placed);
      const shard = this.#nodes.topology?.shards.find(({ primary }) => primary.name === node.name);
      if (shard !== undefined) note(placed, shard);
    }
    return placed;
  }

  /** The primary for topics that any node can serve: the same one as long as it is a primary. */
  #homeIn({ shards }: Topology): ClusterNode {
    const present = shards.find(({ primary }) => primary.name === this.#home);
    const chosen = present ?? this.#choose(shards);
    this.#home = chosen.primary.name;
    return chosen.primary;
  }

  /** Chooses another primary than the present one, if there is one that answers. */
  #leaveHome(): void {
    const { topology } = this.#nodes;
    if (topology === null) return;
    const others = topology.shards.filter(({ primary }) => primary.name !== this.#home);
    if (others.some(({ primary }) => this.#answers(primary))) {
      this.#home = this.#choose(others).primary.name;
    }
  }

  #choose<S extends { readonly primary: ClusterNode }>(shards: readonly S[]): S {
    const answering = shards.filter(({ primary }) => this.#answers(primary));
    const among = answering.length > 0 ? answering : shards;
    return among[Math.floor(Math.random() * among.length)];
  }

  #answers({ name }: ClusterNode): boolean {
    const link = this.#nodes.get(name);
    return link !== undefined && this.#nodes.answers(link);
  }
}

/** Notes what a map says of a primary. */
function note(placed: PlacedNode, { anchor, replicas }: Shard): void {
  placed.anchor = anchor;
  placed.replicas = new Set(replicas.map(({ name }) => name));
}

/** Reads `host:port`, the name of a node. */
function addressIn(name: string): Endpoint {
  const colon = name.lastIndexOf(":");
  return {
    host: name.slice(0, colon).replace(/^\[(.*)\]$/, "$1"),
    port: Number(name.slice(colon + 1)),
  };
}
