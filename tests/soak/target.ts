/**
 * Servers under load: a cluster of three shards, and a standalone primary with two replicas. Clients reach them through
 * proxies only.
 *
 * @module
 */

import { RedisClient, type RedisClientConfiguration, RedisClusterClient } from "../../mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import {
  startCluster,
  startServer,
  type TestCluster,
  type TestServer,
} from "../../lib/testing/mod.ts";
import { Proxies } from "./proxies.ts";

/** Options that the load sets. */
export type ClientOptions = Pick<
  Partial<RedisClientConfiguration>,
  "inflightRequestsLimit" | "lazyConnect" | "protocol" | "readFrom" | "clientCreationTimeout"
>;

/** Servers under load. */
export interface Target extends AsyncDisposable {
  /** Its name in the figures. */
  readonly name: string;
  /** All nodes. */
  readonly nodes: readonly TestServer[];
  /** The proxies: one in front of each node, in the same order, and perhaps more. */
  readonly proxies: Proxies;
  /** Hash tags of the keys, spread over the shards. */
  readonly tags: readonly string[];
  /**
   * One tag of each shard, as the slots were at the start.
   */
  readonly shardTags: readonly string[];
  /** Makes a client with all rights. */
  connect(options?: ClientOptions): Promise<RedisClient>;
  /** Makes a client of a user who may run no dangerous command: no INFO, ROLE, CLIENT KILL or CLIENT UNBLOCK. */
  connectRestricted(options?: ClientOptions): Promise<RedisClient>;
  /** The primaries at present. */
  primaries(): Promise<TestServer[]>;
  /** Starts servers that do not run, and waits until all of them agree. */
  heal(): Promise<void>;
}

/** Timeout of requests that ask for no other, in milliseconds. */
export const REQUEST_TIMEOUT = 1500;
/** How long creating a client may take, in milliseconds. */
export const CREATION_TIMEOUT = 2500;

const TAGS_PER_SHARD = 8;

const SHARED_OPTIONS = {
  users: [{ name: "restricted", rules: "on >secret ~* &* +@all -@dangerous" }],
  config: {
    appendonly: "yes",
    appendfsync: "no",
    "auto-aof-rewrite-min-size": "8mb",
    "loading-process-events-interval-bytes": "1024",
  },
};

const RESTRICTED = { credentials: { username: "restricted", password: "secret" } };

/** A cluster: three primaries with a replica each. */
export class ClusterTarget implements Target {
  readonly name = "cluster";
  readonly proxies: Proxies;
  readonly tags: readonly string[];
  readonly shardTags: readonly string[];
  /** The servers. */
  readonly cluster: TestCluster;

  private constructor(cluster: TestCluster, proxies: Proxies) {
    this.cluster = cluster;
    this.proxies = proxies;
    const shardOf = (tag: string) => Math.min(2, Math.floor(slotOf(tag) / (16_384 / 3)));
    const byShard = [0, 1, 2].map((shard) => {
      const tags: string[] = [];
      for (let i = 0; tags.length < TAGS_PER_SHARD; i++) {
        if (shardOf(`t${i}`) === shard) tags.push(`t${i}`);
      }
      return tags;
    });
    this.tags = byShard.flat();
    this.shardTags = byShard.map(([tag]) => tag);
  }

  /** Starts the servers and the proxies. */
  static async start(): Promise<ClusterTarget> {
    const cluster = await startCluster({
      ...SHARED_OPTIONS,
      shards: 3,
      replicas: 1,
      // Short faults are to be no reason for a takeover, not even on a busy machine.
      nodeTimeout: 2000,
      config: { ...SHARED_OPTIONS.config, "cluster-require-full-coverage": "no" },
    });
    return new ClusterTarget(cluster, await Proxies.start(cluster.nodes));
  }

  get nodes(): readonly TestServer[] {
    return this.cluster.nodes;
  }

  connect(options: ClientOptions = {}): Promise<RedisClient> {
    return this.#connect(options);
  }

  connectRestricted(options: ClientOptions = {}): Promise<RedisClient> {
    return this.#connect({ ...options, ...RESTRICTED });
  }

  primaries(): Promise<TestServer[]> {
    return this.cluster.primaries();
  }

  async heal(): Promise<void> {
    await revive(this.nodes);
    await this.cluster.agreed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxies[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
  }

  async #connect(options: ClientOptions): Promise<RedisClient> {
    const { addresses } = this.proxies;
    const proxyOf = new Map(this.nodes.map(({ port }, i) => [port, addresses[i]]));
    const client = await RedisClusterClient.create({
      addresses,
      requestTimeout: REQUEST_TIMEOUT,
      clientCreationTimeout: CREATION_TIMEOUT,
      addressMap: (host, port) => proxyOf.get(port) ?? { host, port },
      ...options,
    });
    // The load uses what both clients have.
    return client as unknown as RedisClient;
  }
}

/** A primary with two replicas. One more proxy is a name that leads to whoever is primary. */
export class StandaloneTarget implements Target {
  readonly name = "standalone";
  readonly nodes: readonly TestServer[];
  readonly proxies: Proxies;
  readonly tags: readonly string[] = Array.from({ length: TAGS_PER_SHARD }, (_, i) => `t${i}`);
  readonly shardTags: readonly string[] = ["t0"];
  /** The primary, by its index in `nodes`. */
  primary = 0;

  private constructor(nodes: readonly TestServer[], proxies: Proxies) {
    this.nodes = nodes;
    this.proxies = proxies;
  }

  /** Starts the servers and the proxies. */
  static async start(): Promise<StandaloneTarget> {
    const server = await startServer({ ...SHARED_OPTIONS, replicas: 2 });
    const nodes = [server, ...server.replicas];
    return new StandaloneTarget(nodes, await Proxies.start([...nodes, server]));
  }

  /** Index of the proxy that is a name of the primary. */
  get nameProxy(): number {
    return this.nodes.length;
  }

  connect(options: ClientOptions = {}): Promise<RedisClient> {
    return this.#connect({ addresses: this.proxies.addresses.slice(0, -1), ...options });
  }

  connectRestricted(options: ClientOptions = {}): Promise<RedisClient> {
    return this.#connect({
      addresses: this.proxies.addresses.slice(-1),
      ...options,
      ...RESTRICTED,
    });
  }

  primaries(): Promise<TestServer[]> {
    return Promise.resolve([this.nodes[this.primary]]);
  }

  async heal(): Promise<void> {
    await revive(this.nodes);
    await this.follow(this.primary);
  }

  /**
   * Has everybody follow a primary: the other nodes, and the name.
   *
   * @param primary Index of the node.
   */
  async follow(primary: number): Promise<void> {
    const node = this.nodes[primary];
    this.primary = primary;
    await this.proxies.retarget(this.nameProxy, node);
    await node.promote();
    await Promise.all(
      this.nodes.filter((other) => other !== node).map((other) => other.replicaOf(node)),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxies[Symbol.asyncDispose]();
    await this.nodes[0][Symbol.asyncDispose]();
  }

  #connect(
    options: Partial<RedisClientConfiguration> & Pick<RedisClientConfiguration, "addresses">,
  ): Promise<RedisClient> {
    return RedisClient.create({
      requestTimeout: REQUEST_TIMEOUT,
      clientCreationTimeout: CREATION_TIMEOUT,
      ...options,
    });
  }
}

/** Starts the nodes that do not run, and lets those go on that are frozen. */
async function revive(nodes: readonly TestServer[]): Promise<void> {
  for (const node of nodes) {
    if (!node.running) await node.start();
    else if (node.paused) node.resume();
  }
}
