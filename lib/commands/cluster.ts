/**
 * Commands to inspect and administer a cluster: nodes, slots, shards and migrations.
 *
 * Applications do not need them: the client discovers the topology itself.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import { listOf } from "../words.ts";
import {
  append,
  appendFlag,
  appendOption,
  type AtMostOne,
  type ExactlyOne,
  isWord,
  type Key,
  type Many,
  type OneOrMany,
} from "./_args.ts";
import {
  type ClusterInfo,
  type ClusterNodeInfo,
  type SlotRange,
  toClusterInfo,
  toClusterNodes,
  toReplicaNodes,
} from "./_cluster_report.ts";
import {
  type ClusterLink,
  type ClusterShard,
  type MigrationTask,
  type SlotMigration,
  type SlotOwners,
  type SlotStats,
  toLinks,
  toMigrationTasks,
  toShards,
  toSlotMigrations,
  toSlotOwners,
  toSlotStats,
} from "./_cluster_slots.ts";
import { toBulks, toNumber, toOk, toText } from "./_decode.ts";
import { optionsOf, recordOf, refuse } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";
import {
  appendScanOptions,
  type Cursor,
  SCAN_OPTIONS,
  type ScanOptions,
  type ScanPage,
  toBulksPage,
} from "./_scan.ts";

/** Options for {@linkcode ClusterCommands.prototype.clusterFailover | ClusterCommands.clusterFailover}. At most one. */
export type ClusterFailoverOptions = AtMostOne<{
  /** Do not involve the old primary, which may be down. The other primaries elect the replica. */
  force: boolean;
  /** Also do without the votes of the other primaries. */
  takeover: boolean;
}>;

/**
 * Options for {@linkcode ClusterCommands.prototype.clusterFlushslot | ClusterCommands.clusterFlushslot}. At most one.
 * By default the server's configuration decides.
 */
export type ClusterFlushslotOptions = AtMostOne<{
  /** Reply at once and free the memory in the background. */
  async: boolean;
  /** Reply after the memory is freed. */
  sync: boolean;
}>;

/** Options for {@linkcode ClusterCommands.prototype.clusterReset | ClusterCommands.clusterReset}. At most one. */
export type ClusterResetOptions = AtMostOne<{
  /** Also create a new node id, and set the epochs to 0. */
  hard: boolean;
  /** Keep the node id and the epochs. This is the default. */
  soft: boolean;
}>;

/**
 * State of a slot for {@linkcode ClusterCommands.prototype.clusterSetslot | ClusterCommands.clusterSetslot}. Exactly
 * one of the states.
 */
export type ClusterSlotState =
  & ExactlyOne<{
    /** The slot is being imported from the node with this id. */
    importing: string;
    /** The slot is being migrated to the node with this id. */
    migrating: string;
    /** The slot is owned by the node with this id. */
    node: string;
    /** The slot is neither imported nor migrated. */
    stable: true;
  }>
  & {
    /**
     * Time limit for replicating the change to the replicas, in milliseconds (since Valkey 8.0).
     *
     * @default {2000}
     */
    timeout?: number;
  };

/**
 * Options for {@linkcode ClusterCommands.prototype.clusterSlotStats | ClusterCommands.clusterSlotStats}: a range of
 * slots, or the top slots by a statistic.
 */
export type ClusterSlotStatsOptions =
  | {
    /** Range of slots. */
    slotsrange: SlotRange;
    /** Cannot be combined with `slotsrange`. */
    orderby?: undefined;
    /** Cannot be combined with `slotsrange`. */
    limit?: undefined;
    /** Cannot be combined with `slotsrange`. */
    asc?: false;
    /** Cannot be combined with `slotsrange`. */
    desc?: false;
  }
  | {
    /** Cannot be combined with `orderby`. */
    slotsrange?: undefined;
    /** Statistic to sort by: `"key-count"`, `"cpu-usec"`, `"network-bytes-in"`, `"network-bytes-out"`, … */
    orderby: string;
    /** Maximum number of slots. By default all. */
    limit?: number;
  }
    & AtMostOne<{
      /** Sort in ascending order. */
      asc: boolean;
      /** Sort in descending order. This is the default. */
      desc: boolean;
    }>;

/** Options for {@linkcode ClusterCommands.prototype.clusterscan | ClusterCommands.clusterscan}. */
export interface ClusterscanOptions extends ScanOptions {
  /** Return only keys of this type: `"string"`, `"hash"`, … */
  type?: string;
  /** Return only keys of this slot. */
  slot?: number;
}

/**
 * Slots and target for {@linkcode ClusterCommands.prototype.clusterMigrateslots | ClusterCommands.clusterMigrateslots}.
 */
export interface SlotMove {
  /** Ranges of slots to migrate. */
  slotsrange: Many<SlotRange>;
  /** Id of the target node. */
  node: string;
}

/**
 * Argument of {@linkcode ClusterCommands.prototype.clusterMigration | ClusterCommands.clusterMigration} to import
 * slots.
 */
export interface MigrationImport {
  /** Ranges of slots to import. */
  import: Many<SlotRange>;
  /** Cannot be combined with `import`. */
  cancel?: undefined;
  /** Cannot be combined with `import`. */
  status?: undefined;
}

/**
 * Argument of {@linkcode ClusterCommands.prototype.clusterMigration | ClusterCommands.clusterMigration} to cancel
 * migrations.
 */
export interface MigrationCancel {
  /** Id of a migration, or `"all"`. */
  cancel: string;
  /** Cannot be combined with `cancel`. */
  import?: undefined;
  /** Cannot be combined with `cancel`. */
  status?: undefined;
}

/**
 * Argument of {@linkcode ClusterCommands.prototype.clusterMigration | ClusterCommands.clusterMigration} to return the
 * state of migrations.
 */
export interface MigrationStatus {
  /** Id of a migration, or `"all"`. */
  status: string;
  /** Cannot be combined with `status`. */
  import?: undefined;
  /** Cannot be combined with `status`. */
  cancel?: undefined;
}

const MIGRATION: OptionShape<MigrationImport | MigrationCancel | MigrationStatus> = {
  import: "list",
  cancel: "word",
  status: "word",
};
const CLUSTER_FAILOVER_OPTIONS: OptionShape<ClusterFailoverOptions> = {
  force: "flag",
  takeover: "flag",
};

const CLUSTER_FLUSHSLOT_OPTIONS: OptionShape<ClusterFlushslotOptions> = {
  async: "flag",
  sync: "flag",
};

const CLUSTER_RESET_OPTIONS: OptionShape<ClusterResetOptions> = { hard: "flag", soft: "flag" };

const CLUSTER_SLOT_STATE: OptionShape<ClusterSlotState> = {
  importing: "word",
  migrating: "word",
  node: "word",
  stable: "flag",
  timeout: "word",
};

const CLUSTER_SLOT_STATS_OPTIONS: OptionShape<ClusterSlotStatsOptions> = {
  slotsrange: "list",
  orderby: "word",
  limit: "word",
  asc: "flag",
  desc: "flag",
};

const CLUSTERSCAN_OPTIONS: OptionShape<ClusterscanOptions> = {
  ...SCAN_OPTIONS,
  type: "word",
  slot: "word",
};

const SLOT_MOVE: OptionShape<SlotMove> = { slotsrange: "list", node: "word" };

/**
 * Commands to inspect and administer a cluster: nodes, slots, shards and migrations.
 *
 * By default a command goes to any node. Use `cluster.with({ route: { host, port } })` to select one, or
 * `{ route: "allNodes" }` for all nodes. Commands that change a node, or return keys of a slot, require a route;
 * without one they reject with a `TypeError`.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class ClusterCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Assigns unassigned slots to the node.
   *
   * Complexity O(N) for N slots · since 3.0.0
   *
   * @example Assign two slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterAddslots([0, 1]); // "OK"
   * ```
   *
   * @param slots One or more slots.
   * @returns Always `"OK"`.
   * @throws {ServerError} If one of the slots has an owner. Nothing is changed then.
   * @see {@link https://valkey.io/commands/cluster-addslots/}
   */
  clusterAddslots(slots: OneOrMany<number>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      append(["CLUSTER", "ADDSLOTS"], slots, "slots"),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Assigns ranges of unassigned slots to the node.
   *
   * Complexity O(N) for N slots · since 7.0.0
   *
   * @example Assign the first half of the slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterAddslotsrange([[0, 8191]]); // "OK"
   * ```
   *
   * @param ranges Ranges `[first, last]`, including both ends.
   * @returns Always `"OK"`.
   * @throws {ServerError} If one of the slots has an owner. Nothing is changed then.
   * @see {@link https://valkey.io/commands/cluster-addslotsrange/}
   */
  clusterAddslotsrange(ranges: Many<SlotRange>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      appendRanges(["CLUSTER", "ADDSLOTSRANGE"], ranges),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Increments the configuration epoch of the node, so that it is the highest of all nodes.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Increment the epoch
   * ```ts no-eval
   * await cluster.clusterBumpepoch(); // "BUMPED 8"
   * ```
   *
   * @returns `"BUMPED"` and the new epoch; `"STILL"` and the epoch if it is the highest already.
   * @see {@link https://valkey.io/commands/cluster-bumpepoch/}
   */
  clusterBumpepoch(): Promise<PerRoutedNode<string, N>> {
    return this.send(["CLUSTER", "BUMPEPOCH"], perRoutedNode<string, N>(toText));
  }

  /**
   * Cancels all migrations of slots from the node.
   *
   * Complexity O(N) for N migrations · since Valkey 9.0
   *
   * @example Cancel migrations, if there are any
   * ```ts
   * import { ServerError } from "@babushka/redis";
   *
   * try {
   *   await cluster.with({ route: { slot: 0 } }).clusterCancelslotmigrations();
   * } catch (error) {
   *   if (!(error instanceof ServerError && /no migrations/i.test(error.message))) throw error;
   * }
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If there is no migration.
   * @see {@link https://valkey.io/commands/cluster-cancelslotmigrations/}
   */
  clusterCancelslotmigrations(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "CANCELSLOTMIGRATIONS"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns the number of failure reports about a node.
   *
   * Complexity O(N) for N reports · since 3.0.0
   *
   * @example A healthy node
   * ```ts
   * const id = await cluster.clusterMyid();
   * await cluster.clusterCountFailureReports(id); // 0
   * ```
   *
   * @param nodeId Id of the reported node.
   * @returns Number of nodes that have recently reported it as failing to the node that replies.
   * @throws {ServerError} If the node is not known.
   * @see {@link https://valkey.io/commands/cluster-count-failure-reports/}
   */
  clusterCountFailureReports(nodeId: string): Promise<PerRoutedNode<number, N>> {
    return this.send(
      ["CLUSTER", "COUNT-FAILURE-REPORTS", nodeId],
      perRoutedNode<number, N>(toNumber),
    );
  }

  /**
   * Returns the number of keys in a slot on the node.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Ask the owner of the slot
   * ```ts
   * await cluster.set("{user7}:name", "Ada");
   * const slot = await cluster.clusterKeyslot("{user7}");
   * await cluster.with({ route: { slot } }).clusterCountkeysinslot(slot); // 1
   * ```
   *
   * @param slot The slot.
   * @returns Number of keys; 0 on a node that does not own the slot.
   * @throws {ServerError} If the slot is invalid.
   * @see {@link https://valkey.io/commands/cluster-countkeysinslot/}
   */
  clusterCountkeysinslot(slot: number): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLUSTER", "COUNTKEYSINSLOT", slot], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Removes the owner of slots from the topology of the node.
   *
   * Other nodes keep the owner until there is a new one.
   *
   * Complexity O(N) for N slots · since 3.0.0
   *
   * @example Unassign two slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterDelslots([0, 1]); // "OK"
   * ```
   *
   * @param slots One or more slots.
   * @returns Always `"OK"`.
   * @throws {ServerError} If one of the slots has no owner. Nothing is changed then.
   * @see {@link https://valkey.io/commands/cluster-delslots/}
   */
  clusterDelslots(slots: OneOrMany<number>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      append(["CLUSTER", "DELSLOTS"], slots, "slots"),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Removes the owner of ranges of slots from the topology of the node.
   *
   * Other nodes keep the owner until there is a new one.
   *
   * Complexity O(N) for N slots · since 7.0.0
   *
   * @example Unassign half of the slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterDelslotsrange([[0, 8191]]); // "OK"
   * ```
   *
   * @param ranges Ranges `[first, last]`, including both ends.
   * @returns Always `"OK"`.
   * @throws {ServerError} If one of the slots has no owner. Nothing is changed then.
   * @see {@link https://valkey.io/commands/cluster-delslotsrange/}
   */
  clusterDelslotsrange(ranges: Many<SlotRange>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      appendRanges(["CLUSTER", "DELSLOTSRANGE"], ranges),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Starts a failover: the node, a replica, becomes the primary.
   *
   * The reply arrives before the failover is complete.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Promote a replica
   * ```ts no-eval
   * const replica = cluster.with({ route: { host: "10.0.0.4", port: 6379 } });
   * await replica.clusterFailover(); // "OK"
   * ```
   *
   * @param options Use them if the primary is down. By default the primary takes part, and no write is lost.
   * @returns `"OK"` if the failover has started.
   * @throws {ServerError} If the node is not a replica, or its primary cannot be reached.
   * @see {@link https://valkey.io/commands/cluster-failover/}
   */
  clusterFailover(options?: ClusterFailoverOptions): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "FAILOVER"];
    const { force, takeover } = optionsOf(words, options, CLUSTER_FAILOVER_OPTIONS);
    appendFlag(words, "FORCE", force);
    appendFlag(words, "TAKEOVER", takeover);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Deletes all keys in a slot.
   *
   * The node must own the slot.
   *
   * Complexity O(N) for N keys · since Valkey 9.0
   *
   * @example Delete the keys of a slot
   * ```ts
   * const slot = await cluster.clusterKeyslot("{user7}");
   * await cluster.with({ route: { slot } }).clusterFlushslot(slot); // "OK"
   * ```
   *
   * @param slot The slot.
   * @param options When to free the memory.
   * @returns Always `"OK"`, even if there were no keys.
   * @throws {ServerError} If the slot is invalid.
   * @see {@link https://valkey.io/commands/cluster-flushslot/}
   */
  clusterFlushslot(
    slot: number,
    options?: ClusterFlushslotOptions,
  ): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "FLUSHSLOT", slot];
    const { async, sync } = optionsOf(words, options, CLUSTER_FLUSHSLOT_OPTIONS);
    appendFlag(words, "ASYNC", async);
    appendFlag(words, "SYNC", sync);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Removes the owners of all slots from the topology of the node.
   *
   * The node must have no keys.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Unassign all slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterFlushslots(); // "OK"
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If the node has keys.
   * @see {@link https://valkey.io/commands/cluster-flushslots/}
   */
  clusterFlushslots(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "FLUSHSLOTS"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Removes another node from the topology of the node.
   *
   * For a minute the node does not accept the removed node again. In this time it can be removed from all nodes.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Remove a node from the cluster
   * ```ts no-eval
   * await cluster.with({ route: "allNodes" }).clusterForget("07c37dfeb235213a872192d90877d0cd55635b91");
   * ```
   *
   * @param nodeId Id of the node to remove.
   * @returns Always `"OK"`.
   * @throws {ServerError} If that node is not known, or is the node itself or its primary.
   * @see {@link https://valkey.io/commands/cluster-forget/}
   */
  clusterForget(nodeId: string): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "FORGET", nodeId], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns keys in a slot on the node.
   *
   * Complexity O(N) for N keys · since 3.0.0
   *
   * @example Ask the owner of the slot
   * ```ts
   * await cluster.set("{user7}:name", "Ada");
   * const slot = await cluster.clusterKeyslot("{user7}");
   * await cluster.with({ route: { slot } }).clusterGetkeysinslot(slot, 10); // ["{user7}:name"]
   * ```
   *
   * @param slot The slot.
   * @param count Maximum number of keys.
   * @returns The keys, in no particular order. Empty on a node that does not own the slot.
   * @throws {ServerError} If the slot is invalid.
   * @see {@link https://valkey.io/commands/cluster-getkeysinslot/}
   */
  clusterGetkeysinslot(slot: number, count: number): Promise<PerRoutedNode<T[], N>> {
    return this.send(["CLUSTER", "GETKEYSINSLOT", slot, count], perRoutedNode<T[], N>(toBulks));
  }

  /**
   * Returns the migrations of slots from and to the node: those in progress, and the latest completed ones.
   *
   * Complexity O(N) for N migrations · since Valkey 9.0
   *
   * @example Find unfinished migrations
   * ```ts
   * const moves = await cluster.clusterGetslotmigrations();
   * const unfinished = moves.filter(({ state }) => state !== "success" && state !== "failed");
   * ```
   *
   * @returns The migrations, latest first.
   * @see {@link https://valkey.io/commands/cluster-getslotmigrations/}
   */
  clusterGetslotmigrations(): Promise<PerRoutedNode<SlotMigration[], N>> {
    return this.send(
      ["CLUSTER", "GETSLOTMIGRATIONS"],
      perRoutedNode<SlotMigration[], N>(toSlotMigrations),
    );
  }

  /**
   * Returns the state of the cluster from the view of one node.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Check the state of the cluster
   * ```ts
   * const { state, slotsOk } = await cluster.clusterInfo();
   * state; // "ok"
   * slotsOk; // 16384
   * ```
   *
   * @returns State, number of slots and nodes, and statistics.
   * @see {@link https://valkey.io/commands/cluster-info/}
   */
  clusterInfo(): Promise<PerRoutedNode<ClusterInfo, N>> {
    return this.send(["CLUSTER", "INFO"], perRoutedNode<ClusterInfo, N>(toClusterInfo));
  }

  /**
   * Returns the slot of a key.
   *
   * Complexity O(N) in the length of the key · since 3.0.0
   *
   * @example Keys with the same hash tag
   * ```ts
   * await cluster.clusterKeyslot("{user7}:name") === await cluster.clusterKeyslot("user7"); // true
   * ```
   *
   * @param key The key. It need not exist.
   * @returns The slot, from 0 to 16383.
   * @see {@link https://valkey.io/commands/cluster-keyslot/}
   */
  clusterKeyslot(key: Key): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLUSTER", "KEYSLOT", key], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Returns the connections of the node to other nodes.
   *
   * Complexity O(N) for N nodes · since 7.0.0
   *
   * @example Find connections with large send buffers
   * ```ts
   * const links = await cluster.clusterLinks();
   * const stuck = links.filter(({ sendBufferUsed }) => sendBufferUsed > 1_000_000);
   * ```
   *
   * @returns The connections, usually two per node.
   * @see {@link https://valkey.io/commands/cluster-links/}
   */
  clusterLinks(): Promise<PerRoutedNode<ClusterLink[], N>> {
    return this.send(["CLUSTER", "LINKS"], perRoutedNode<ClusterLink[], N>(toLinks));
  }

  /**
   * Connects the node to another node, and so joins their clusters.
   *
   * The reply arrives before the nodes are connected.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Add a node to the cluster
   * ```ts no-eval
   * await cluster.clusterMeet("10.0.0.7", 6379); // "OK"
   * ```
   *
   * @param ip IP address of the other node.
   * @param port Port of the other node for clients.
   * @param busPort Port of the other node for the cluster bus. By default `port` + 10000.
   * @returns `"OK"` if the address is valid.
   * @throws {ServerError} If the address is invalid.
   * @see {@link https://valkey.io/commands/cluster-meet/}
   */
  clusterMeet(ip: string, port: number, busPort?: number): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "MEET", ip, port];
    if (busPort !== undefined) words.push(busPort);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Starts to migrate slots of the node to other nodes, with their keys.
   *
   * The reply arrives at once.
   * {@linkcode ClusterCommands.prototype.clusterGetslotmigrations | ClusterCommands.clusterGetslotmigrations} returns
   * the progress.
   *
   * Complexity O(N) for N slots · since Valkey 9.0
   *
   * @example Migrate a hundred slots
   * ```ts no-eval
   * const node = cluster.with({ route: { slot: 0 } });
   * await node.clusterMigrateslots([
   *   { slotsrange: [[0, 99]], node: "07c37dfeb235213a872192d90877d0cd55635b91" },
   * ]); // "OK"
   * ```
   *
   * @param moves Slots and their target nodes.
   * @returns `"OK"` if the migration has started.
   * @throws {ServerError} If the node does not own the slots, they are already being migrated, or a target is not a
   * primary.
   * @see {@link https://valkey.io/commands/cluster-migrateslots/}
   */
  clusterMigrateslots(moves: OneOrMany<SlotMove>): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "MIGRATESLOTS"];
    for (const move of listOf(moves)) {
      const { slotsrange, node } = recordOf(words, move, SLOT_MOVE, "a move");
      words.push("SLOTSRANGE");
      appendRanges(words, slotsrange);
      words.push("NODE", node);
    }
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Imports slots into the node, or returns the state of migrations, or cancels them.
   *
   * Complexity O(N) for N slots · since Redis 8.4
   *
   * @example Import slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.3", port: 6379 } });
   * const id = await node.clusterMigration({ import: [[0, 99]] });
   * const [{ state }] = await node.clusterMigration({ status: id });
   * ```
   *
   * @param what Slots to import: `{ import: [[first, last]] }`.
   * @returns Id of the migration.
   * @throws {ServerError} If the slots are already being migrated, or belong to the node.
   * @see {@link https://redis.io/docs/latest/commands/cluster-migration/}
   */
  clusterMigration(what: MigrationImport): Promise<PerRoutedNode<string, N>>;
  /** Cancels migrations of slots, and returns their number. */
  clusterMigration(what: MigrationCancel): Promise<PerRoutedNode<number, N>>;
  /** Returns the state of migrations: one by its id, or `"all"`. */
  clusterMigration(what: MigrationStatus): Promise<PerRoutedNode<MigrationTask[], N>>;
  /** Imports slots, or returns the state of migrations, or cancels them. */
  clusterMigration(
    what: MigrationImport | MigrationCancel | MigrationStatus,
  ): Promise<PerRoutedNode<string | number | MigrationTask[], N>> {
    const words: Words = ["CLUSTER", "MIGRATION"];
    const given = optionsOf(words, what, MIGRATION);
    if (given.import !== undefined) {
      words.push("IMPORT");
      return this.send(
        appendRanges(words, given.import),
        perRoutedNode<string | number | MigrationTask[], N>(toText),
      );
    }
    words.push(given.cancel === undefined ? "STATUS" : "CANCEL");
    const task = given.cancel ?? given.status;
    if (isWord(task, "all")) words.push("ALL");
    else if (task === undefined) refuse(words, "expected { import }, { cancel } or { status }");
    else words.push("ID", task);
    return this.send(
      words,
      perRoutedNode<string | number | MigrationTask[], N>(
        given.cancel === undefined ? toMigrationTasks : toNumber,
      ),
    );
  }

  /**
   * Returns the id of the node.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Ids of all nodes
   * ```ts
   * const ids = await cluster.with({ route: "allNodes" }).clusterMyid();
   * Object.keys(ids).length; // 3
   * ```
   *
   * @returns The id: 40 hexadecimal digits.
   * @see {@link https://valkey.io/commands/cluster-myid/}
   */
  clusterMyid(): Promise<PerRoutedNode<string, N>> {
    return this.send(["CLUSTER", "MYID"], perRoutedNode<string, N>(toText));
  }

  /**
   * Returns the id of the shard of the node.
   *
   * Complexity O(1) · since 7.2.0
   *
   * @example Shard id of a node
   * ```ts
   * const id = await cluster.clusterMyshardid();
   * id.length; // 40
   * ```
   *
   * @returns The id: 40 hexadecimal digits.
   * @see {@link https://valkey.io/commands/cluster-myshardid/}
   */
  clusterMyshardid(): Promise<PerRoutedNode<string, N>> {
    return this.send(["CLUSTER", "MYSHARDID"], perRoutedNode<string, N>(toText));
  }

  /**
   * Returns all nodes of the cluster from the view of one node.
   *
   * Complexity O(N) for N nodes · since 3.0.0
   *
   * @example Find failed nodes
   * ```ts
   * const nodes = await cluster.clusterNodes();
   * nodes.filter(({ flags }) => flags.includes("fail")); // []
   * ```
   *
   * @returns The nodes.
   * @see {@link https://valkey.io/commands/cluster-nodes/}
   */
  clusterNodes(): Promise<PerRoutedNode<ClusterNodeInfo[], N>> {
    return this.send(["CLUSTER", "NODES"], perRoutedNode<ClusterNodeInfo[], N>(toClusterNodes));
  }

  /**
   * Returns the replicas of a primary.
   *
   * Complexity O(N) for N replicas · since 5.0.0
   *
   * @example A primary without replicas
   * ```ts
   * const id = await cluster.clusterMyid();
   * await cluster.clusterReplicas(id); // []
   * ```
   *
   * @param nodeId Id of the primary.
   * @returns The replicas.
   * @throws {ServerError} If the node is not known, or is not a primary.
   * @see {@link https://valkey.io/commands/cluster-replicas/}
   */
  clusterReplicas(nodeId: string): Promise<PerRoutedNode<ClusterNodeInfo[], N>> {
    return this.send(
      ["CLUSTER", "REPLICAS", nodeId],
      perRoutedNode<ClusterNodeInfo[], N>(toReplicaNodes),
    );
  }

  /**
   * Makes the node a replica of another node, or an empty primary.
   *
   * A primary can only become a replica if it has no keys and no slots.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Make a node a replica
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.7", port: 6379 } });
   * await node.clusterReplicate("07c37dfeb235213a872192d90877d0cd55635b91"); // "OK"
   * ```
   *
   * @param nodeId Id of the new primary. `"no one"` (since Valkey 9.0) makes the node a primary without slots.
   * @returns `"OK"` if the change has started.
   * @throws {ServerError} If that node is not known or is not a primary, or the node itself has keys or slots.
   * @see {@link https://valkey.io/commands/cluster-replicate/}
   */
  clusterReplicate(nodeId: string): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "REPLICATE"];
    return this.send(
      words.concat(isWord(nodeId, "no one") ? ["NO", "ONE"] : nodeId),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Resets the node: removes all other nodes and all slots from its topology.
   *
   * A replica becomes a primary, and its keys are deleted.
   *
   * Complexity O(N) for N nodes, plus O(M) for the M keys of a replica · since 3.0.0
   *
   * @example Reset a node completely
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.7", port: 6379 } });
   * await node.clusterReset({ hard: true }); // "OK"
   * ```
   *
   * @param options Whether to replace the node id as well.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the node is a primary with keys.
   * @see {@link https://valkey.io/commands/cluster-reset/}
   */
  clusterReset(options?: ClusterResetOptions): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "RESET"];
    const { hard, soft } = optionsOf(words, options, CLUSTER_RESET_OPTIONS);
    appendFlag(words, "HARD", hard);
    appendFlag(words, "SOFT", soft);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Saves the cluster configuration of the node to its disk.
   *
   * Nodes also save it automatically after each change.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Save the configuration on all nodes
   * ```ts
   * await cluster.with({ route: "allNodes" }).clusterSaveconfig();
   * ```
   *
   * @returns Always `"OK"`.
   * @throws {ServerError} If the file cannot be written.
   * @see {@link https://valkey.io/commands/cluster-saveconfig/}
   */
  clusterSaveconfig(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "SAVECONFIG"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Sets the configuration epoch of a new node.
   *
   * The node must not know other nodes yet.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Set the epoch of a new node
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.7", port: 6379 } });
   * await node.clusterSetConfigEpoch(7); // "OK"
   * ```
   *
   * @param configEpoch The epoch.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the node knows other nodes, or already has an epoch.
   * @see {@link https://valkey.io/commands/cluster-set-config-epoch/}
   */
  clusterSetConfigEpoch(configEpoch: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      ["CLUSTER", "SET-CONFIG-EPOCH", configEpoch],
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Sets the state of a slot on the node: importing, migrating, owned by a node, or stable.
   *
   * A migration takes several such commands on both nodes, in a fixed order; see the command reference.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Set the new owner of a slot
   * ```ts no-eval
   * const target = cluster.with({ route: { host: "10.0.0.2", port: 6379 } });
   * const node = await target.clusterMyid();
   * await target.clusterSetslot(0, { node }); // "OK"
   * ```
   *
   * @param slot The slot.
   * @param state The new state.
   * @returns Always `"OK"`.
   * @throws {ServerError} If the state is not possible: the node does not own the slot, still has keys in it, does not
   * know the other node, …
   * @see {@link https://valkey.io/commands/cluster-setslot/}
   */
  clusterSetslot(slot: number, state: ClusterSlotState): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "SETSLOT", slot];
    const given = optionsOf(words, state, CLUSTER_SLOT_STATE);
    appendOption(words, "IMPORTING", given.importing);
    appendOption(words, "MIGRATING", given.migrating);
    appendOption(words, "NODE", given.node);
    appendFlag(words, "STABLE", given.stable);
    appendOption(words, "TIMEOUT", given.timeout);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Returns the shards with their slots and nodes.
   *
   * Complexity O(N) for N nodes · since 7.0.0
   *
   * @example Number of nodes per shard
   * ```ts
   * const shards = await cluster.clusterShards();
   * shards.map(({ nodes }) => nodes.length); // [1, 1, 1]
   * ```
   *
   * @returns The shards.
   * @see {@link https://valkey.io/commands/cluster-shards/}
   */
  clusterShards(): Promise<PerRoutedNode<ClusterShard[], N>> {
    return this.send(["CLUSTER", "SHARDS"], perRoutedNode<ClusterShard[], N>(toShards));
  }

  /**
   * Returns the replicas of a primary.
   *
   * Complexity O(N) for N replicas · since 3.0.0
   *
   * @deprecated Use {@linkcode ClusterCommands.prototype.clusterReplicas | ClusterCommands.clusterReplicas}.
   *
   * @example A primary without replicas
   * ```ts
   * const id = await cluster.clusterMyid();
   * await cluster.clusterSlaves(id); // []
   * ```
   *
   * @param nodeId Id of the primary.
   * @returns The replicas.
   * @throws {ServerError} If the node is not known, or is not a primary.
   * @see {@link https://valkey.io/commands/cluster-slaves/}
   */
  clusterSlaves(nodeId: string): Promise<PerRoutedNode<ClusterNodeInfo[], N>> {
    return this.send(
      ["CLUSTER", "SLAVES", nodeId],
      perRoutedNode<ClusterNodeInfo[], N>(toReplicaNodes),
    );
  }

  /**
   * Returns usage statistics of the slots of the node.
   *
   * Complexity O(N) for N slots, and O(N*log(N)) to sort them · since Redis 8.2, Valkey 8.0
   *
   * @example The three slots with the most keys
   * ```ts
   * const busiest = await cluster.with({ route: { slot: 0 } }).clusterSlotStats({
   *   orderby: "key-count",
   *   limit: 3,
   * });
   * busiest.length; // 3
   * ```
   *
   * @param which A range of slots, or the top slots by a statistic.
   * @returns Statistics of the selected slots that the node owns.
   * @throws {ServerError} If the statistic is unknown, or the server does not record it.
   * @see {@link https://valkey.io/commands/cluster-slot-stats/}
   */
  clusterSlotStats(which: ClusterSlotStatsOptions): Promise<PerRoutedNode<SlotStats[], N>> {
    const words: Words = ["CLUSTER", "SLOT-STATS"];
    const given = optionsOf(words, which, CLUSTER_SLOT_STATS_OPTIONS);
    if (given.slotsrange !== undefined) {
      words.push("SLOTSRANGE");
      appendRanges(words, [given.slotsrange]);
    }
    appendOption(words, "ORDERBY", given.orderby);
    appendOption(words, "LIMIT", given.limit);
    appendFlag(words, "ASC", given.asc);
    appendFlag(words, "DESC", given.desc);
    return this.send(words, perRoutedNode<SlotStats[], N>(toSlotStats));
  }

  /**
   * Returns the slots with the nodes that serve them.
   *
   * Complexity O(N) for N nodes · since 3.0.0
   *
   * @example Find the owner of slot 0
   * ```ts
   * const owners = await cluster.clusterSlots();
   * const { primary } = owners.find(({ start }) => start === 0)!;
   * const address = `${primary.host}:${primary.port}`;
   * ```
   *
   * @returns Ranges of slots with their nodes. Unassigned slots are not included.
   * @see {@link https://valkey.io/commands/cluster-slots/}
   */
  clusterSlots(): Promise<PerRoutedNode<SlotOwners[], N>> {
    return this.send(["CLUSTER", "SLOTS"], perRoutedNode<SlotOwners[], N>(toSlotOwners));
  }

  /**
   * Returns a page of the keys of the cluster, slot by slot.
   *
   * Use `scanIterator()` of the client to iterate over all keys; it works with servers of any version.
   *
   * Complexity O(1) per call · since Valkey 9.1 · read-only
   *
   * @example Read all pages
   * ```ts
   * await cluster.mset({ a: 1, b: 2, c: 3 });
   * let cursor = "0";
   * do {
   *   const page = await cluster.clusterscan(cursor, { count: 1000 });
   *   for (const key of page.items) console.log(key);
   *   cursor = page.cursor;
   * } while (cursor !== "0");
   * ```
   *
   * @param cursor `"0"` for the first page, then the cursor of the previous page.
   * @param options Filter and page size.
   * @returns Keys, and the cursor of the next page; `"0"` after the last page.
   * @see {@link https://valkey.io/commands/clusterscan/}
   */
  clusterscan(cursor: Cursor, options?: ClusterscanOptions): Promise<ScanPage<T>> {
    const words: Words = ["CLUSTERSCAN", cursor];
    const given = optionsOf(words, options, CLUSTERSCAN_OPTIONS);
    appendScanOptions(words, given);
    appendOption(words, "TYPE", given.type);
    appendOption(words, "SLOT", given.slot);
    return this.send<ScanPage<T>>(words, toBulksPage);
  }
}

function appendRanges(words: Words, ranges: Many<SlotRange>): Words {
  const list = listOf(ranges);
  if (!list.every(isRange)) {
    refuse(words, "expected ranges of slots [[first, last]]");
    return words;
  }
  return append(words, list.flat(), "ranges");
}

function isRange(range: unknown): boolean {
  return Array.isArray(range) && range.length === 2 &&
    range.every((slot) => typeof slot === "number");
}
