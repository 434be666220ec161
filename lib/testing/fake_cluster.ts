/**
 * Scripted clusters: several fake servers with a slot map that the test controls.
 *
 * @module
 */

import { deliver, unsubscribe } from "./_fake_pubsub.ts";
import { keySlot, SLOTS } from "./_key_slot.ts";
import { ServerError } from "../resp/mod.ts";
import { testCertificates } from "./certificates.ts";
import type { FakeCommand, FakeConnection } from "./fake_connection.ts";
import { type FakeAnswer, FakeServer, type FakeServerOptions } from "./fake_server.ts";
import { type FakeReply, simple } from "./fake_reply.ts";

/** A node in the reply to CLUSTER SLOTS. */
export interface FakeNodeEntry {
  /**
   * Preferred endpoint: an IP address, a host name or `"?"` (unknown). `null` and `""` mean the host that the client is
   * connected to.
   */
  host: string | null;
  /** TCP port. */
  port: number;
  /** Node id. */
  id: string;
  /** Metadata, such as `hostname` or `ip`. By default none. */
  metadata?: Record<string, string>;
}

/** A slot range in the reply to CLUSTER SLOTS. */
export interface FakeSlotRange {
  /** The first slot. */
  first: number;
  /** The last slot (inclusive). */
  last: number;
  /** The primary, then the replicas. A fake node is listed with its own entry. */
  nodes: (FakeNode | FakeNodeEntry)[];
}

/** Function that answers the commands of all nodes of a fake cluster, like {@linkcode FakeHandler}. */
export type FakeClusterHandler = (
  command: FakeCommand,
  node: FakeNode,
  connection: FakeConnection,
) => FakeAnswer | void | Promise<FakeAnswer | void>;

/** Options for {@linkcode startFakeCluster}. */
export interface FakeClusterOptions extends Omit<FakeServerOptions, "port"> {
  /**
   * Number of shards. Each gets an equal part of the slots.
   *
   * @default {3}
   */
  shards?: number;
  /**
   * Number of replicas per shard.
   *
   * @default {0}
   */
  replicas?: number;
  /** Function that answers the commands of all nodes. If it returns undefined, {@linkcode FakeNode} answers. */
  handler?: FakeClusterHandler;
}

/** Commands that only the shard of the channel's slot executes. */
const SHARD_COMMANDS: readonly string[] = ["SPUBLISH", "SSUBSCRIBE", "SUNSUBSCRIBE"];

/**
 * A node of a {@linkcode FakeCluster}: a fake server that answers CLUSTER SLOTS, CLUSTER MYID, CLUSTER INFO, INFO and
 * ROLE by the slot map.
 *
 * Messages on a channel reach the subscribers of all nodes. Commands on shard channels are answered by the shard of
 * their slot; other nodes answer `MOVED`, or `CROSSSLOT` if the channels are in several slots.
 */
export class FakeNode extends FakeServer {
  /** Node id: forty hexadecimal digits. */
  readonly id: string = Array.from(
    crypto.getRandomValues(new Uint8Array(20)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
  /** Slot map of this node, if it differs from that of the cluster. */
  view: FakeSlotRange[] | undefined;

  readonly #cluster: FakeCluster;

  /**
   * Starts to listen. Use {@linkcode FakeCluster.prototype.addNode | FakeCluster.addNode} instead.
   *
   * @param cluster The cluster.
   * @param options Address, TLS and connection handler.
   * @param keyPair Certificate and key, for TLS.
   */
  constructor(
    cluster: FakeCluster,
    options: FakeServerOptions,
    keyPair?: { cert: string; key: string },
  ) {
    super(
      async (command, connection) => {
        const answer = await cluster.handler?.(command, this, connection);
        return answer === undefined ? this.#answer(command, cluster) : answer;
      },
      options,
      keyPair,
    );
    this.#cluster = cluster;
  }

  /** Entry of this node in the reply to CLUSTER SLOTS. */
  get entry(): FakeNodeEntry {
    return { host: this.host, port: this.port, id: this.id };
  }

  /**
   * Publishes a message to the subscribers of all nodes.
   *
   * @param channel The channel.
   * @param message The message.
   * @returns Number of subscriptions on this node that receive it.
   */
  override publish(channel: string | Uint8Array, message: string | Uint8Array): number {
    for (const node of this.#cluster.nodes) {
      if (node !== this) deliver(node.connections, "channel", channel, message);
    }
    return super.publish(channel, message);
  }

  /**
   * Publishes a message on a shard channel to the subscribers of all nodes of the shard.
   *
   * @param channel The shard channel.
   * @param message The message.
   * @returns Number of subscriptions on this node that receive it.
   */
  override spublish(channel: string | Uint8Array, message: string | Uint8Array): number {
    const shard = this.#cluster.shardOf(channel);
    for (const node of this.#cluster.nodes) {
      const isOfShard = shard?.some(({ id }) => id === node.id);
      if (node !== this && isOfShard) {
        deliver(node.connections, "shardChannel", channel, message);
      }
    }
    return super.spublish(channel, message);
  }

  /** Refuses commands on shard channels that are not at this node. */
  #refuse({ name, bytes }: FakeCommand, ranges: readonly FakeSlotRange[]): ServerError | undefined {
    if (!SHARD_COMMANDS.includes(name) || bytes.length === 1) return undefined;
    const channels = name === "SPUBLISH" ? [bytes[1]] : bytes.slice(1);
    const [slot, ...others] = new Set(channels.map(keySlot));
    if (others.length > 0) {
      return new ServerError("CROSSSLOT Keys in request don't hash to the same slot");
    }
    const range = ranges.find(({ first, last }) => first <= slot && slot <= last);
    if (range === undefined) return new ServerError("CLUSTERDOWN Hash slot not served");
    const isHere = range.nodes.some(({ id }) => id === this.id);
    const [{ host, port }] = range.nodes;
    return isHere ? undefined : new ServerError(`MOVED ${slot} ${host ?? ""}:${port}`);
  }

  #answer(command: FakeCommand, cluster: FakeCluster): FakeAnswer {
    const { name, args } = command;
    const ranges = this.view ?? cluster.ranges;
    const own = ranges.find(({ nodes }) => nodes.some(({ id }) => id === this.id));
    const primary = own?.nodes[0];
    const isReplica = primary !== undefined && primary.id !== this.id;
    if (name === "CLUSTER") {
      switch (args[1]?.toUpperCase()) {
        case "SLOTS":
          return ranges.map(({ first, last, nodes }) => [first, last, ...nodes.map(listNode)]);
        case "MYID":
          return this.id;
        case "INFO":
          return `cluster_enabled:1\r\ncluster_state:ok\r\ncluster_my_epoch:${cluster.epoch}\r\n` +
            `cluster_current_epoch:${cluster.epoch}\r\n`;
        default:
          return simple("OK");
      }
    }
    if (name === "ROLE") {
      return isReplica
        ? ["slave", primary.host ?? this.host, primary.port, "connected", 0]
        : ["master", 0, []];
    }
    if (name === "INFO") {
      return "# Replication\r\nrole:" + (isReplica ? "slave" : "master") +
        "\r\n# Cluster\r\ncluster_enabled:1\r\n";
    }
    return this.#refuse(command, ranges);
  }
}

/** A scripted cluster, as returned by {@linkcode startFakeCluster}. Hold it with `await using`. */
export class FakeCluster implements AsyncDisposable {
  /** The slot map that all nodes report. It can be changed at any time. */
  ranges: FakeSlotRange[] = [];
  /** Epoch of the slot map, for CLUSTER INFO. */
  epoch = 1;
  /** Function that answers the commands of all nodes. If it returns undefined, {@linkcode FakeNode} answers. */
  handler: FakeClusterHandler | undefined;

  readonly #options: FakeClusterOptions;
  readonly #nodes: FakeNode[] = [];

  /**
   * Creates a cluster without nodes. Use {@linkcode startFakeCluster} instead.
   *
   * @param options Options of the cluster.
   */
  constructor(options: FakeClusterOptions = {}) {
    this.#options = options;
    this.handler = options.handler;
  }

  /** All nodes, in the order in which they were added. At the start: a primary, its replicas, the next primary, … */
  get nodes(): readonly FakeNode[] {
    return this.#nodes;
  }

  /**
   * Starts another node. It is not in the slot map yet.
   *
   * @returns The node.
   */
  async addNode(): Promise<FakeNode> {
    const { host, tls, onConnect } = this.#options;
    const keyPair = tls ? (await testCertificates()).server : undefined;
    const node = new FakeNode(this, { host, tls, onConnect }, keyPair);
    this.#nodes.push(node);
    return node;
  }

  /**
   * Assigns slots to nodes in the slot map, and increments the epoch. Nodes that lose slots end the subscriptions to
   * shard channels in these slots, and send `sunsubscribe` for each.
   *
   * @param first The first slot.
   * @param last The last slot (inclusive).
   * @param nodes The primary, then the replicas. Without nodes, the slots become unassigned.
   */
  assign(first: number, last: number, ...nodes: (FakeNode | FakeNodeEntry)[]): void {
    const ranges: FakeSlotRange[] = [];
    for (const range of this.ranges) {
      if (range.first < first) ranges.push({ ...range, last: Math.min(range.last, first - 1) });
      if (range.last > last) ranges.push({ ...range, first: Math.max(range.first, last + 1) });
    }
    if (nodes.length > 0) ranges.push({ first, last, nodes });
    this.ranges = ranges.sort((a, b) => a.first - b.first);
    this.epoch++;
    for (const node of this.#nodes) {
      for (const connection of node.connections) {
        const lost = connection.subscriptions.bytesOf("shardChannel").filter((channel) =>
          !this.shardOf(channel)?.some(({ id }) => id === node.id)
        );
        if (lost.length > 0) unsubscribe(connection, "shardChannel", lost);
      }
    }
  }

  /**
   * Returns the nodes of a key or a shard channel in the slot map.
   *
   * @param name The key or the shard channel.
   * @returns The primary, then the replicas; undefined if the slot is unassigned.
   */
  shardOf(name: string | Uint8Array): readonly (FakeNode | FakeNodeEntry)[] | undefined {
    const slot = keySlot(typeof name === "string" ? new TextEncoder().encode(name) : name);
    return this.ranges.find(({ first, last }) => first <= slot && slot <= last)?.nodes;
  }

  /**
   * Returns the owner of a slot in the slot map.
   *
   * @param slot The slot.
   * @returns The primary; undefined if the slot is unassigned.
   */
  owner(slot: number): FakeNode | FakeNodeEntry | undefined {
    return this.ranges.find(({ first, last }) => first <= slot && slot <= last)?.nodes[0];
  }

  /** Closes all nodes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const outcomes = await Promise.allSettled(
      this.#nodes.map((node) => node[Symbol.asyncDispose]()),
    );
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }
}

function listNode(node: FakeNode | FakeNodeEntry): FakeReply {
  const { host, port, id, metadata = {} } = node instanceof FakeNode ? node.entry : node;
  return [host, port, id, Object.entries(metadata).flat()];
}

/**
 * Starts a scripted cluster: fake servers with a common slot map.
 *
 * @example A slot that has moved to another node
 * ```ts
 * import { ServerError, startFakeCluster } from "@babushka/redis/testing";
 *
 * await using cluster = await startFakeCluster({ shards: 2 });
 * const [first, second] = cluster.nodes;
 * cluster.handler = ({ name }, node) => {
 *   if (name !== "GET") return undefined;
 *   return node === second ? "here" : new ServerError(`MOVED 0 ${second.host}:${second.port}`);
 * };
 * cluster.assign(0, 0, second); // in the reply to CLUSTER SLOTS from now on
 * console.log(first.url);
 * ```
 *
 * @param options Number of shards and replicas, command handler and TLS.
 * @returns The cluster, ready for connections.
 */
export async function startFakeCluster(options: FakeClusterOptions = {}): Promise<FakeCluster> {
  const { shards = 3, replicas = 0 } = options;
  const cluster = new FakeCluster(options);
  for (let i = 0; i < shards; i++) {
    const nodes: FakeNode[] = [];
    for (let j = 0; j <= replicas; j++) nodes.push(await cluster.addNode());
    const [first, end] = [i, i + 1].map((n) => Math.round(n * SLOTS / shards));
    cluster.ranges.push({ first, last: end - 1, nodes });
  }
  return cluster;
}
