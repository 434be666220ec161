/**
 * Real clusters for tests, with failovers, resharding, and adding and removing shards.
 *
 * @module
 */

import { SLOTS } from "./_key_slot.ts";
import { until } from "./_poll.ts";
import { type ClusterView, readView, whyNotAgreed } from "./_cluster_view.ts";
import { TestServer } from "./server.ts";
import type { ServerAddress, ServerOptions, ServerTls } from "./server_options.ts";
import { SlotMove, SLOTS_AT_ONCE } from "./slot_move.ts";

/** Options for {@linkcode startCluster}. */
export interface ClusterOptions extends Omit<ServerOptions, "port" | "replicas"> {
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
  /**
   * Milliseconds without a reply after which nodes consider each other down (`cluster-node-timeout`). A replica takes
   * over about 1 to 2 s later.
   *
   * @default {1000}
   */
  nodeTimeout?: number;
}

/** A shard: the nodes that serve the same slots. One is the primary, the others are replicas. */
export interface TestShard {
  /** All nodes of the shard, running or not, in the order in which they were started. */
  readonly nodes: readonly TestServer[];
}

/** How long agreement may take. A takeover needs the node timeout, an election, and the news to go round. */
const PATIENCE = 20_000;

/**
 * A real cluster, as returned by {@linkcode startCluster}. Hold it with `await using`.
 *
 * Methods take the index of a shard in {@linkcode TestCluster.prototype.shards | TestCluster.shards}. A node never
 * changes its shard, but its role may change. Nodes can also be controlled directly:
 * `(await cluster.primary(0)).pause()`.
 */
export class TestCluster implements AsyncDisposable {
  readonly #options: ClusterOptions;
  readonly #shards: TestShard[] = [];
  readonly #ids = new Map<TestServer, string>();

  /**
   * Prepares a cluster without starting it. Use {@linkcode startCluster} instead.
   *
   * @param options Number of shards and replicas, and options of the nodes.
   */
  constructor(options: ClusterOptions = {}) {
    this.#options = options;
  }

  /** The shards, in the order in which they were added. */
  get shards(): readonly TestShard[] {
    return this.#shards;
  }

  /** All nodes, running or not: those of the first shard, then those of the second, … */
  get nodes(): TestServer[] {
    return this.#shards.flatMap(({ nodes }) => nodes);
  }

  /** Addresses of all nodes, for the option `addresses` of a client. */
  get addresses(): ServerAddress[] {
    return this.nodes.map(({ host, port }) => ({ host, port }));
  }

  /** Certificates and keys; undefined without TLS. They are the same on all nodes, except for the file paths. */
  get tls(): ServerTls | undefined {
    return this.nodes[0]?.tls;
  }

  /**
   * Starts all nodes, assigns the slots, and waits until all nodes agree on the topology.
   *
   * @throws {Error} If a node does not start, or they do not agree within 20 s.
   */
  async start(): Promise<void> {
    const { shards = 3, replicas = 0 } = this.#options;
    if (this.#shards.length > 0) throw new Error("Cannot start the cluster: it was started before");
    for (let i = 0; i < shards; i++) this.#shards.push(this.#makeShard(replicas));
    await this.#startNodes(this.nodes);
    await Promise.all(this.#shards.map(async ({ nodes: [primary] }, i) => {
      const [first, end] = [i, i + 1].map((n) => Math.round(n * SLOTS / shards));
      await primary.commands([
        ["CLUSTER", "SET-CONFIG-EPOCH", i + 1],
        ["CLUSTER", "ADDSLOTSRANGE", first, end - 1],
      ]);
    }));
    await this.#meet(this.nodes);
    for (const shard of this.#shards) await this.#replicate(shard);
    await this.agreed();
  }

  /**
   * Waits until all running nodes agree: the state is ok, all nodes know each other, each slot has the same primary and
   * replicas everywhere, and these are up and in sync. Call it after a change made by the test, such as a killed
   * primary.
   *
   * @param options `timeout`: time limit in milliseconds, by default 20 000.
   * @throws {Error} If they do not agree in time. The message names the difference.
   */
  async agreed(options: { timeout?: number } = {}): Promise<void> {
    await until("the nodes of the cluster agree", async () => {
      const why = whyNotAgreed(await this.#views(), this.#shardIds(), this.nodes.length);
      if (why !== undefined) throw new Error(why);
      return true;
    }, { timeout: options.timeout ?? PATIENCE, interval: 20 });
  }

  /**
   * Returns the current primary of a shard, by what the nodes report about themselves. If two nodes claim to be the
   * primary, it is the one with the higher epoch.
   *
   * @param shard Index of the shard.
   * @returns The node.
   * @throws {Error} If no running node is a primary, because no replica has taken over yet, for example.
   */
  async primary(shard: number): Promise<TestServer> {
    const { nodes } = this.#shard(shard);
    const claims = await Promise.all(
      alive(nodes).map(async (node) => ({ node, view: await this.#view(node) })),
    );
    const primaries = claims.filter(({ view }) => view.primary)
      .sort((a, b) => b.view.epoch - a.view.epoch);
    if (primaries.length === 0) {
      throw new Error(`Cannot find the primary of shard ${shard}: none runs`);
    }
    return primaries[0].node;
  }

  /**
   * Returns the primaries of all shards.
   *
   * @returns The nodes, in the order of the shards.
   * @throws {Error} If a shard has no primary.
   */
  primaries(): Promise<TestServer[]> {
    return Promise.all(this.#shards.map((_, i) => this.primary(i)));
  }

  /**
   * Returns the running replicas of a shard.
   *
   * @param shard Index of the shard.
   * @returns The nodes.
   */
  async replicasOf(shard: number): Promise<TestServer[]> {
    const primary = await this.primary(shard);
    return alive(this.#shard(shard).nodes).filter((node) => node !== primary);
  }

  /**
   * Returns the slots of a shard, as reported by its primary.
   *
   * @param shard Index of the shard.
   * @returns The slots in ascending order.
   */
  async slotsOf(shard: number): Promise<number[]> {
    const primary = await this.primary(shard);
    const id = await this.#id(primary);
    return (await this.#view(primary)).ranges.filter((range) => range.primary === id)
      .flatMap(({ first, last }) => slotRange(first, last)).sort((a, b) => a - b);
  }

  /**
   * Promotes a replica of a shard (`CLUSTER FAILOVER`), and waits until all nodes agree.
   *
   * @param shard Index of the shard.
   * @param options `mode: "force"` does not involve the old primary, which may be down. `"takeover"` also does without
   * the votes of the other primaries.
   * @returns The new primary.
   * @throws {Error} If no replica of the shard is running.
   */
  async failover(
    shard: number,
    options: { mode?: "force" | "takeover" } = {},
  ): Promise<TestServer> {
    const replica = (await Promise.all(
      alive(this.#shard(shard).nodes).map(async (node) => ({ node, view: await this.#view(node) })),
    )).find(({ view }) => !view.primary)?.node;
    if (!replica) throw new Error(`Cannot fail shard ${shard} over: none of its replicas runs`);
    const mode = options.mode === undefined ? [] : [options.mode.toUpperCase()];
    await replica.command(["CLUSTER", "FAILOVER", ...mode]);
    await until(`the replica on port ${replica.port} has taken over`, async () => {
      return (await this.#view(replica)).primary;
    });
    await this.agreed();
    return replica;
  }

  /**
   * Kills the primary of a shard (SIGKILL). Call {@linkcode TestCluster.prototype.agreed | TestCluster.agreed} to wait
   * for the failover.
   *
   * @param shard Index of the shard.
   * @returns The killed node. Its `restart()` starts it again.
   */
  async killPrimary(shard: number): Promise<TestServer> {
    const primary = await this.primary(shard);
    await primary.kill();
    return primary;
  }

  /**
   * Moves slots with their keys, like a live resharding (`SETSLOT`, `MIGRATE`).
   *
   * @param slots The slots; {@linkcode slotRange} lists a range.
   * @param from Index of the shard that owns them.
   * @param to Index of the shard that receives them.
   */
  async moveSlots(slots: Iterable<number>, from: number, to: number): Promise<void> {
    const list = [...slots];
    const moves: SlotMove[] = [];
    for (let at = 0; at < list.length; at += SLOTS_AT_ONCE) {
      const move = await this.beginSlotMove(list.slice(at, at + SLOTS_AT_ONCE), from, to);
      await move.finish();
      moves.push(move);
    }
    try {
      await this.agreed({ timeout: 2000 });
    } catch {
      // A message in which the former owner still claimed a slot can undo the move on a single node, and for good.
      for (const move of moves) await move.finish();
      await this.agreed();
    }
  }

  /**
   * Starts to migrate slots and leaves them in the migrating state. Until `finish()` of the result is called, the
   * source answers `ASK` for keys that it does not have.
   *
   * @param slots One or more slots.
   * @param from Index of the shard that owns them.
   * @param to Index of the shard that receives them.
   * @returns The migration, with methods to move keys and to finish it.
   */
  async beginSlotMove(
    slots: number | Iterable<number>,
    from: number,
    to: number,
  ): Promise<SlotMove> {
    const [source, target] = await Promise.all([this.primary(from), this.primary(to)]);
    const others = await Promise.all(
      this.#shards.map((_, i) => i).filter((i) => i !== from && i !== to).map((i) =>
        this.primary(i)
      ),
    );
    const list = typeof slots === "number" ? [slots] : [...slots];
    const move = new SlotMove(list, source, target, others, this.#secured);
    await move.begin();
    return move;
  }

  /**
   * Adds a shard without slots. Use {@linkcode TestCluster.prototype.rebalance | TestCluster.rebalance} or
   * {@linkcode TestCluster.prototype.moveSlots | TestCluster.moveSlots} to give it slots.
   *
   * @param options `replicas`: number of replicas. By default as for the other shards.
   * @returns Index of the shard.
   */
  async addShard(options: { replicas?: number } = {}): Promise<number> {
    const shard = this.#makeShard(options.replicas ?? this.#options.replicas ?? 0);
    const known = alive(this.nodes);
    this.#shards.push(shard);
    await this.#startNodes(shard.nodes);
    await this.#meet([known[0], ...shard.nodes]);
    await this.#replicate(shard);
    await this.agreed();
    return this.#shards.length - 1;
  }

  /**
   * Moves slots between the shards until all have the same number. The numbers may differ by one.
   */
  async rebalance(): Promise<void> {
    const shares = await this.#shares();
    const quota = (i: number) =>
      Math.round((i + 1) * SLOTS / shares.length) - Math.round(i * SLOTS / shares.length);
    for (const [to, share] of shares.entries()) {
      for (const [from, other] of shares.entries()) {
        const count = Math.min(quota(to) - share.length, other.length - quota(from));
        if (count <= 0) continue;
        const slots = other.splice(other.length - count, count);
        await this.moveSlots(slots, from, to);
        share.push(...slots);
      }
    }
  }

  /**
   * Removes a shard: moves its slots to the other shards, removes its nodes from the cluster and stops them. The
   * indexes of later shards decrease by one.
   *
   * @param shard Index of the shard.
   * @throws {Error} If it is the only shard.
   */
  async removeShard(shard: number): Promise<void> {
    const { nodes } = this.#shard(shard);
    const others = this.#shards.map((_, i) => i).filter((i) => i !== shard);
    if (others.length === 0) throw new Error("Cannot remove the shard: the cluster has no other");
    const slots = await this.slotsOf(shard);
    for (const [i, to] of others.entries()) {
      const [first, end] = [i, i + 1].map((n) => Math.round(n * slots.length / others.length));
      if (end > first) await this.moveSlots(slots.slice(first, end), shard, to);
    }
    const ids = await Promise.all(nodes.map((node) => this.#id(node)));
    this.#shards.splice(shard, 1);
    await Promise.all(nodes.map((node) => node.kill()));
    await Promise.all(
      alive(this.nodes).map((node) => node.commands(ids.map((id) => ["CLUSTER", "FORGET", id]))),
    );
    for (const node of nodes) {
      this.#ids.delete(node);
      await node[Symbol.asyncDispose]();
    }
    await this.agreed();
  }

  /** Allows this process to exit while the cluster is running. The nodes are then stopped. */
  unref(): void {
    for (const node of this.nodes) node.unref();
  }

  /** Kills all nodes and removes their folders. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }

  get #secured(): boolean {
    return this.#options.password !== undefined || this.#options.users !== undefined;
  }

  #shard(index: number): TestShard {
    const shard = this.#shards[index];
    if (shard) return shard;
    throw new RangeError(`Cannot find shard ${index}: the cluster has ${this.#shards.length}`);
  }

  #makeShard(replicas: number): TestShard {
    const { shards: _, replicas: __, nodeTimeout = 1000, config, ...options } = this.#options;
    const node = () =>
      new TestServer({
        ...options,
        config: {
          "cluster-enabled": "yes",
          "cluster-node-timeout": String(nodeTimeout),
          // A replica may take over however long it has been cut off, and stays in the shard where the test wants it.
          "cluster-replica-validity-factor": "0",
          "cluster-allow-replica-migration": "no",
          ...config,
        },
      });
    return { nodes: Array.from({ length: 1 + replicas }, node) };
  }

  async #startNodes(nodes: readonly TestServer[]): Promise<void> {
    await Promise.all(nodes.map(async (node) => {
      await node.start();
      await this.#id(node);
    }));
  }

  /** Introduces each of the nodes to each other one. Gossip would do that too, but later. */
  async #meet(nodes: readonly TestServer[]): Promise<void> {
    await Promise.all(nodes.map((node, i) => {
      const others = nodes.slice(i + 1);
      return node.commands(others.map(({ host, port }) => ["CLUSTER", "MEET", host, port]));
    }));
  }

  async #replicate({ nodes: [primary, ...replicas] }: TestShard): Promise<void> {
    const id = await this.#id(primary);
    await Promise.all(
      replicas.map((replica) =>
        until(
          `the node on port ${replica.port} knows the one on port ${primary.port}`,
          async () => {
            return await replica.command(["CLUSTER", "REPLICATE", id]) === "OK";
          },
          { interval: 20 },
        )
      ),
    );
  }

  async #id(node: TestServer): Promise<string> {
    const known = this.#ids.get(node);
    if (known !== undefined) return known;
    const id = String(await node.command(["CLUSTER", "MYID"]));
    this.#ids.set(node, id);
    return id;
  }

  #shardIds(): string[][] {
    return this.#shards.map(({ nodes }) => alive(nodes).map((node) => this.#ids.get(node)!));
  }

  #views(): Promise<ClusterView[]> {
    return Promise.all(alive(this.nodes).map((node) => this.#view(node)));
  }

  async #view(node: TestServer): Promise<ClusterView> {
    return readView(
      await node.commands([["CLUSTER", "INFO"], ["CLUSTER", "SLOTS"], ["CLUSTER", "NODES"], [
        "ROLE",
      ]]),
    );
  }

  #shares(): Promise<number[][]> {
    return Promise.all(this.#shards.map((_, i) => this.slotsOf(i)));
  }
}

/**
 * Starts a real cluster for tests, on loopback. Each shard gets an equal part of the slots.
 *
 * @example A failover and a slot move
 * ```ts no-eval
 * import { slotRange, startCluster } from "@babushka/redis/testing";
 *
 * await using cluster = await startCluster({ shards: 3, replicas: 1 });
 * await cluster.killPrimary(0);
 * await cluster.agreed(); // the replica has taken over
 * await cluster.moveSlots(slotRange(0, 99), 0, 1);
 * ```
 *
 * @param options Number of shards and replicas, and options of the nodes.
 * @returns The cluster, when all nodes agree on the topology. This takes at least 2 s, because new nodes do not serve
 * requests before.
 * @throws {Error} If a node does not start, or they do not agree within 20 s.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const cluster = new TestCluster(options);
  try {
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Lists a range of slots.
 *
 * @example The first hundred slots
 * ```ts
 * import { slotRange } from "@babushka/redis/testing";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(slotRange(0, 99).length, 100);
 * ```
 *
 * @param first The first slot.
 * @param last The last slot (inclusive).
 * @returns All slots from the first to the last.
 */
export function slotRange(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function alive(nodes: readonly TestServer[]): TestServer[] {
  return nodes.filter((node) => node.running && !node.paused);
}
