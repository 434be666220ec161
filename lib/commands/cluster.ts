/**
 * Commands on the cluster itself: nodes, slots, and who has which.
 *
 * The client needs none of them to find its way: this is for those who run a cluster, or look after one.
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

/** Options for {@linkcode ClusterCommands.clusterFailover}: what to do without. At most one. */
export type ClusterFailoverOptions = AtMostOne<{
  /** The help of the primary: the other primaries elect the replica. */
  force: boolean;
  /** That and the consent of the other primaries. */
  takeover: boolean;
}>;

/** Options for {@linkcode ClusterCommands.clusterFlushslot}. At most one; by default as the server is configured. */
export type ClusterFlushslotOptions = AtMostOne<{
  /** Answer at once, and free the memory in the background. */
  async: boolean;
  /** Answer when the memory is free. */
  sync: boolean;
}>;

/** Options for {@linkcode ClusterCommands.clusterReset}. At most one. */
export type ClusterResetOptions = AtMostOne<{
  /** Give the node a new id, and begin with epoch 0. */
  hard: boolean;
  /** Leave it its id and epoch, which is the default. */
  soft: boolean;
}>;

/** What {@linkcode ClusterCommands.clusterSetslot} tells a node about a slot: exactly one thing. */
export type ClusterSlotState =
  & ExactlyOne<{
    /** It comes from the node with this id. */
    importing: string;
    /** It goes to the node with this id. */
    migrating: string;
    /** The node with this id owns it. */
    node: string;
    /** It does not move. */
    stable: true;
  }>
  & {
    /** How long to wait for the replicas to know it, too, in milliseconds (Valkey 8.0). @default {2000} */
    timeout?: number;
  };

/** Options for {@linkcode ClusterCommands.clusterSlotStats}: a range of slots, or the first of an order. */
export type ClusterSlotStatsOptions =
  | {
    /** The slots. */
    slotsrange: SlotRange;
    /** Not with `slotsrange`. */
    orderby?: undefined;
    /** Not with `slotsrange`. */
    limit?: undefined;
    /** Not with `slotsrange`. */
    asc?: false;
    /** Not with `slotsrange`. */
    desc?: false;
  }
  | {
    /** Not with `orderby`. */
    slotsrange?: undefined;
    /** By which statistic: `"key-count"`, `"cpu-usec"`, `"network-bytes-in"`, `"network-bytes-out"`, … */
    orderby: string;
    /** How many slots at most. @default {all} */
    limit?: number;
  }
    & AtMostOne<{
      /** The lowest first. */
      asc: boolean;
      /** The highest first, which is the default. */
      desc: boolean;
    }>;

/** Options for {@linkcode ClusterCommands.clusterscan}. */
export interface ClusterscanOptions extends ScanOptions {
  /** Only keys of this type: `"string"`, `"hash"`, … */
  type?: string;
  /** Only keys of this slot. */
  slot?: number;
}

/** Slots that {@linkcode ClusterCommands.clusterMigrateslots} moves. */
export interface SlotMove {
  /** The slots. */
  slotsrange: Many<SlotRange>;
  /** Id of the node that gets them. */
  node: string;
}

/** What {@linkcode ClusterCommands.clusterMigration} does: import slots. */
export interface MigrationImport {
  /** The slots. */
  import: Many<SlotRange>;
  /** Not with `import`. */
  cancel?: undefined;
  /** Not with `import`. */
  status?: undefined;
}

/** What {@linkcode ClusterCommands.clusterMigration} does: call moves off. */
export interface MigrationCancel {
  /** Id of the task, or `"all"`. */
  cancel: string;
  /** Not with `cancel`. */
  import?: undefined;
  /** Not with `cancel`. */
  status?: undefined;
}

/** What {@linkcode ClusterCommands.clusterMigration} does: tell about moves. */
export interface MigrationStatus {
  /** Id of the task, or `"all"`. */
  status: string;
  /** Not with `status`. */
  import?: undefined;
  /** Not with `status`. */
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
 * Commands on the cluster itself: nodes, slots, and who has which.
 *
 * Any one of the nodes answers what all of them know. Where it matters which one, take a view: `cluster.with({ route: {
 * host, port } })`; one with `{ route: "allNodes" }` asks all of them. What changes the node that it is sent to, or
 * asks for the keys of a slot there, is refused without a route (`TypeError`).
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class ClusterCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Makes the node the owner of slots that have none.
   *
   * Complexity O(N) for N slots · since 3.0.0
   *
   * @example The first two
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterAddslots([0, 1]); // "OK"
   * ```
   *
   * @param slots One slot or several.
   * @returns `"OK"` if it owns all of them now.
   * @throws {ServerError} If one of the slots has an owner; then nothing is changed.
   * @see {@link https://valkey.io/commands/cluster-addslots/}
   */
  clusterAddslots(slots: OneOrMany<number>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      append(["CLUSTER", "ADDSLOTS"], slots, "slots"),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Makes the node the owner of ranges of slots that have none.
   *
   * Complexity O(N) for N slots · since 7.0.0
   *
   * @example The first half
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterAddslotsrange([[0, 8191]]); // "OK"
   * ```
   *
   * @param ranges The ranges.
   * @returns `"OK"` if it owns all of them now.
   * @throws {ServerError} If one of the slots has an owner; then nothing is changed.
   * @see {@link https://valkey.io/commands/cluster-addslotsrange/}
   */
  clusterAddslotsrange(ranges: Many<SlotRange>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      appendRanges(["CLUSTER", "ADDSLOTSRANGE"], ranges),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Gives the node a new epoch, later than those of all others.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example For an operator
   * ```ts no-eval
   * await cluster.clusterBumpepoch(); // "BUMPED 8"
   * ```
   *
   * @returns What the server says: `"BUMPED"` or, if it has the latest one already, `"STILL"`, and the epoch.
   * @see {@link https://valkey.io/commands/cluster-bumpepoch/}
   */
  clusterBumpepoch(): Promise<PerRoutedNode<string, N>> {
    return this.send(["CLUSTER", "BUMPEPOCH"], perRoutedNode<string, N>(toText));
  }

  /**
   * Calls off all moves of slots away from the node.
   *
   * Complexity O(N) for N moves · since Valkey 9.0
   *
   * @example Nothing moves any more
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
   * @returns `"OK"` if there were some.
   * @throws {ServerError} If there were none.
   * @see {@link https://valkey.io/commands/cluster-cancelslotmigrations/}
   */
  clusterCancelslotmigrations(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "CANCELSLOTMIGRATIONS"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Counts the nodes that suspect another node to fail.
   *
   * Complexity O(N) for N reports · since 3.0.0
   *
   * @example None
   * ```ts
   * const id = await cluster.clusterMyid();
   * await cluster.clusterCountFailureReports(id); // 0
   * ```
   *
   * @param nodeId Id of the other node.
   * @returns The number of reports that this node has got and that are not too old.
   * @throws {ServerError} If there is no such node.
   * @see {@link https://valkey.io/commands/cluster-count-failure-reports/}
   */
  clusterCountFailureReports(nodeId: string): Promise<PerRoutedNode<number, N>> {
    return this.send(
      ["CLUSTER", "COUNT-FAILURE-REPORTS", nodeId],
      perRoutedNode<number, N>(toNumber),
    );
  }

  /**
   * Counts the keys that the node has in a slot.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Ask its owner
   * ```ts
   * await cluster.set("{user7}:name", "Ada");
   * const slot = await cluster.clusterKeyslot("{user7}");
   * await cluster.with({ route: { slot } }).clusterCountkeysinslot(slot); // 1
   * ```
   *
   * @param slot The slot.
   * @returns The number of keys; 0 at a node that does not own the slot.
   * @throws {ServerError} If there is no such slot.
   * @see {@link https://valkey.io/commands/cluster-countkeysinslot/}
   */
  clusterCountkeysinslot(slot: number): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLUSTER", "COUNTKEYSINSLOT", slot], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Makes the node forget who owns slots.
   *
   * Other nodes remember it, until they hear of a new owner.
   *
   * Complexity O(N) for N slots · since 3.0.0
   *
   * @example Giving up two slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterDelslots([0, 1]); // "OK"
   * ```
   *
   * @param slots One slot or several.
   * @returns `"OK"` if they have no owner now.
   * @throws {ServerError} If one of the slots has no owner; then nothing is changed.
   * @see {@link https://valkey.io/commands/cluster-delslots/}
   */
  clusterDelslots(slots: OneOrMany<number>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      append(["CLUSTER", "DELSLOTS"], slots, "slots"),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Makes the node forget who owns ranges of slots.
   *
   * Other nodes remember it, until they hear of a new owner.
   *
   * Complexity O(N) for N slots · since 7.0.0
   *
   * @example Giving up a half
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterDelslotsrange([[0, 8191]]); // "OK"
   * ```
   *
   * @param ranges The ranges.
   * @returns `"OK"` if they have no owner now.
   * @throws {ServerError} If one of the slots has no owner; then nothing is changed.
   * @see {@link https://valkey.io/commands/cluster-delslotsrange/}
   */
  clusterDelslotsrange(ranges: Many<SlotRange>): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      appendRanges(["CLUSTER", "DELSLOTSRANGE"], ranges),
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Has the node, a replica, take over from its primary.
   *
   * The reply comes when that has begun.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example A replica takes over
   * ```ts no-eval
   * const replica = cluster.with({ route: { host: "10.0.0.4", port: 6379 } });
   * await replica.clusterFailover(); // "OK"
   * ```
   *
   * @param options What to do without; by default the primary helps, and no change is lost.
   * @returns `"OK"` if it has begun.
   * @throws {ServerError} If the node is no replica, or its primary cannot be reached.
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
   * Deletes all keys of a slot.
   *
   * The node must own the slot.
   *
   * Complexity O(N) for N keys · since Valkey 9.0
   *
   * @example One slot less
   * ```ts
   * const slot = await cluster.clusterKeyslot("{user7}");
   * await cluster.with({ route: { slot } }).clusterFlushslot(slot); // "OK"
   * ```
   *
   * @param slot The slot.
   * @param options When to free the memory.
   * @returns `"OK"`, also if there were none.
   * @throws {ServerError} If there is no such slot.
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
   * Makes the node forget who owns all slots.
   *
   * It must have no keys.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Starting over
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.1", port: 6379 } });
   * await node.clusterFlushslots(); // "OK"
   * ```
   *
   * @returns `"OK"` if no slot has an owner now.
   * @throws {ServerError} If the node has keys.
   * @see {@link https://valkey.io/commands/cluster-flushslots/}
   */
  clusterFlushslots(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "FLUSHSLOTS"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Makes the node forget another one.
   *
   * For a minute it does not get to know that one again, so that all nodes can be made to forget it.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Everywhere
   * ```ts no-eval
   * await cluster.with({ route: "allNodes" }).clusterForget("07c37dfeb235213a872192d90877d0cd55635b91");
   * ```
   *
   * @param nodeId Id of the other node.
   * @returns `"OK"` if it is forgotten.
   * @throws {ServerError} If there is no such node, or it is the node itself or its primary.
   * @see {@link https://valkey.io/commands/cluster-forget/}
   */
  clusterForget(nodeId: string): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "FORGET", nodeId], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Lists keys that the node has in a slot.
   *
   * Complexity O(N) for N keys · since 3.0.0
   *
   * @example Ask its owner
   * ```ts
   * await cluster.set("{user7}:name", "Ada");
   * const slot = await cluster.clusterKeyslot("{user7}");
   * await cluster.with({ route: { slot } }).clusterGetkeysinslot(slot, 10); // ["{user7}:name"]
   * ```
   *
   * @param slot The slot.
   * @param count How many keys at most.
   * @returns The keys, in no order; none at a node that does not own the slot.
   * @throws {ServerError} If there is no such slot.
   * @see {@link https://valkey.io/commands/cluster-getkeysinslot/}
   */
  clusterGetkeysinslot(slot: number, count: number): Promise<PerRoutedNode<T[], N>> {
    return this.send(["CLUSTER", "GETKEYSINSLOT", slot, count], perRoutedNode<T[], N>(toBulks));
  }

  /**
   * Lists the moves of slots that the node takes part in, and the latest ones that are over.
   *
   * Complexity O(N) for N moves · since Valkey 9.0
   *
   * @example How far are they?
   * ```ts
   * const moves = await cluster.clusterGetslotmigrations();
   * const unfinished = moves.filter(({ state }) => state !== "success" && state !== "failed");
   * ```
   *
   * @returns The moves, the latest first.
   * @see {@link https://valkey.io/commands/cluster-getslotmigrations/}
   */
  clusterGetslotmigrations(): Promise<PerRoutedNode<SlotMigration[], N>> {
    return this.send(
      ["CLUSTER", "GETSLOTMIGRATIONS"],
      perRoutedNode<SlotMigration[], N>(toSlotMigrations),
    );
  }

  /**
   * Reports on the cluster as one node sees it.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Is all well?
   * ```ts
   * const { state, slotsOk } = await cluster.clusterInfo();
   * state; // "ok"
   * slotsOk; // 16384
   * ```
   *
   * @returns State, slots, nodes and statistics.
   * @see {@link https://valkey.io/commands/cluster-info/}
   */
  clusterInfo(): Promise<PerRoutedNode<ClusterInfo, N>> {
    return this.send(["CLUSTER", "INFO"], perRoutedNode<ClusterInfo, N>(toClusterInfo));
  }

  /**
   * Tells the slot of a key.
   *
   * Complexity O(N) in the length of the key · since 3.0.0
   *
   * @example What is in braces decides
   * ```ts
   * await cluster.clusterKeyslot("{user7}:name") === await cluster.clusterKeyslot("user7"); // true
   * ```
   *
   * @param key The key; it need not exist.
   * @returns The slot, from 0 to 16383.
   * @see {@link https://valkey.io/commands/cluster-keyslot/}
   */
  clusterKeyslot(key: Key): Promise<PerRoutedNode<number, N>> {
    return this.send(["CLUSTER", "KEYSLOT", key], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Lists the connections of the node with the others.
   *
   * Complexity O(N) for N nodes · since 7.0.0
   *
   * @example Are any of them stuck?
   * ```ts
   * const links = await cluster.clusterLinks();
   * const stuck = links.filter(({ sendBufferUsed }) => sendBufferUsed > 1_000_000);
   * ```
   *
   * @returns The connections: usually two with each node.
   * @see {@link https://valkey.io/commands/cluster-links/}
   */
  clusterLinks(): Promise<PerRoutedNode<ClusterLink[], N>> {
    return this.send(["CLUSTER", "LINKS"], perRoutedNode<ClusterLink[], N>(toLinks));
  }

  /**
   * Introduces the node to another one, and so two clusters to each other.
   *
   * The reply comes before they have met.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example A new node
   * ```ts no-eval
   * await cluster.clusterMeet("10.0.0.7", 6379); // "OK"
   * ```
   *
   * @param ip IP address of the other node.
   * @param port Its port for clients.
   * @param busPort Its port for other nodes; by default `port` + 10000.
   * @returns `"OK"` if the address is a good one.
   * @throws {ServerError} If the address is none.
   * @see {@link https://valkey.io/commands/cluster-meet/}
   */
  clusterMeet(ip: string, port: number, busPort?: number): Promise<PerRoutedNode<"OK", N>> {
    const words: Words = ["CLUSTER", "MEET", ip, port];
    if (busPort !== undefined) words.push(busPort);
    return this.send(words, perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Begins to move slots of the node to others, with their keys.
   *
   * The reply comes at once; {@linkcode ClusterCommands.clusterGetslotmigrations} tells how far it is.
   *
   * Complexity O(N) for N slots · since Valkey 9.0
   *
   * @example A hundred slots
   * ```ts no-eval
   * const node = cluster.with({ route: { slot: 0 } });
   * await node.clusterMigrateslots([
   *   { slotsrange: [[0, 99]], node: "07c37dfeb235213a872192d90877d0cd55635b91" },
   * ]); // "OK"
   * ```
   *
   * @param moves Which slots, and where to.
   * @returns `"OK"` if it has begun.
   * @throws {ServerError} If the node does not own the slots, they are moving already, or the other is no primary.
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
   * Moves slots to the node that gets the command, watches moves, and calls them off.
   *
   * Complexity O(N) for N slots · since Redis 8.4
   *
   * @example Taking over slots
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.3", port: 6379 } });
   * const id = await node.clusterMigration({ import: [[0, 99]] });
   * const [{ state }] = await node.clusterMigration({ status: id });
   * ```
   *
   * @param what Which slots to import.
   * @returns Id of the task that moves them.
   * @throws {ServerError} If the slots are moved already, or belong to the node.
   * @see {@link https://redis.io/docs/latest/commands/cluster-migration/}
   */
  clusterMigration(what: MigrationImport): Promise<PerRoutedNode<string, N>>;
  /** Calls moves of slots off, and answers how many. */
  clusterMigration(what: MigrationCancel): Promise<PerRoutedNode<number, N>>;
  /** Tells about moves of slots: one by its id, or `"all"`. */
  clusterMigration(what: MigrationStatus): Promise<PerRoutedNode<MigrationTask[], N>>;
  /** Moves slots, watches moves, and calls them off. */
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
   * Tells the id of the node.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example All of them
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
   * Tells the id of the shard that the node belongs to.
   *
   * Complexity O(1) · since 7.2.0
   *
   * @example Of any one
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
   * Reports on all nodes as one of them sees them.
   *
   * Complexity O(N) for N nodes · since 3.0.0
   *
   * @example Who has failed?
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
   * Reports on the replicas of a node.
   *
   * Complexity O(N) for N replicas · since 5.0.0
   *
   * @example It has none
   * ```ts
   * const id = await cluster.clusterMyid();
   * await cluster.clusterReplicas(id); // []
   * ```
   *
   * @param nodeId Id of the primary.
   * @returns Its replicas.
   * @throws {ServerError} If there is no such node, or it is no primary.
   * @see {@link https://valkey.io/commands/cluster-replicas/}
   */
  clusterReplicas(nodeId: string): Promise<PerRoutedNode<ClusterNodeInfo[], N>> {
    return this.send(
      ["CLUSTER", "REPLICAS", nodeId],
      perRoutedNode<ClusterNodeInfo[], N>(toReplicaNodes),
    );
  }

  /**
   * Makes the node a replica of another one, or a primary.
   *
   * One that becomes a replica of a primary must have no keys and no slots.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example A replica
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.7", port: 6379 } });
   * await node.clusterReplicate("07c37dfeb235213a872192d90877d0cd55635b91"); // "OK"
   * ```
   *
   * @param nodeId Id of the primary, or `"no one"` (Valkey 9.0) for a primary without slots.
   * @returns `"OK"` if it has begun.
   * @throws {ServerError} If there is no such node, it is no primary, or this one has keys or slots.
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
   * Makes the node leave the cluster: it forgets all others, and who owns the slots.
   *
   * A replica becomes an empty primary.
   *
   * Complexity O(N) for N nodes, and for a replica for its keys · since 3.0.0
   *
   * @example As good as new
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.7", port: 6379 } });
   * await node.clusterReset({ hard: true }); // "OK"
   * ```
   *
   * @param options How thoroughly.
   * @returns `"OK"` if it was reset.
   * @throws {ServerError} If the node is a primary that has keys.
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
   * Has the node write what it knows of the cluster to its disk.
   *
   * It does so by itself whenever that changes.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example On all nodes
   * ```ts
   * await cluster.with({ route: "allNodes" }).clusterSaveconfig();
   * ```
   *
   * @returns `"OK"` if it was written.
   * @throws {ServerError} If it cannot be written.
   * @see {@link https://valkey.io/commands/cluster-saveconfig/}
   */
  clusterSaveconfig(): Promise<PerRoutedNode<"OK", N>> {
    return this.send(["CLUSTER", "SAVECONFIG"], perRoutedNode<"OK", N>(toOk));
  }

  /**
   * Gives a new node its first epoch.
   *
   * It must not know any other node.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example Before it meets the others
   * ```ts no-eval
   * const node = cluster.with({ route: { host: "10.0.0.7", port: 6379 } });
   * await node.clusterSetConfigEpoch(7); // "OK"
   * ```
   *
   * @param configEpoch The epoch.
   * @returns `"OK"` if it has it.
   * @throws {ServerError} If the node knows others, or has an epoch already.
   * @see {@link https://valkey.io/commands/cluster-set-config-epoch/}
   */
  clusterSetConfigEpoch(configEpoch: number): Promise<PerRoutedNode<"OK", N>> {
    return this.send(
      ["CLUSTER", "SET-CONFIG-EPOCH", configEpoch],
      perRoutedNode<"OK", N>(toOk),
    );
  }

  /**
   * Tells the node that a slot moves, or has moved.
   *
   * A move of a slot takes several of these, at both nodes and in the right order.
   *
   * Complexity O(1) · since 3.0.0
   *
   * @example The new owner of a slot
   * ```ts no-eval
   * const target = cluster.with({ route: { host: "10.0.0.2", port: 6379 } });
   * const node = await target.clusterMyid();
   * await target.clusterSetslot(0, { node }); // "OK"
   * ```
   *
   * @param slot The slot.
   * @param state What to know about it.
   * @returns `"OK"` if the node knows it now.
   * @throws {ServerError} If that cannot be: the node does not own the slot, still has keys of it, does not know the
   * other, …
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
   * Lists the shards, with their slots and nodes.
   *
   * Complexity O(N) for N nodes · since 7.0.0
   *
   * @example How many nodes does each have?
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
   * Reports on the replicas of a node.
   *
   * Complexity O(N) for N replicas · since 3.0.0
   *
   * @deprecated Use {@linkcode ClusterCommands.clusterReplicas}.
   *
   * @example It has none
   * ```ts
   * const id = await cluster.clusterMyid();
   * await cluster.clusterSlaves(id); // []
   * ```
   *
   * @param nodeId Id of the primary.
   * @returns Its replicas.
   * @throws {ServerError} If there is no such node, or it is no primary.
   * @see {@link https://valkey.io/commands/cluster-slaves/}
   */
  clusterSlaves(nodeId: string): Promise<PerRoutedNode<ClusterNodeInfo[], N>> {
    return this.send(
      ["CLUSTER", "SLAVES", nodeId],
      perRoutedNode<ClusterNodeInfo[], N>(toReplicaNodes),
    );
  }

  /**
   * Tells how the slots of the node are used.
   *
   * Complexity O(N) for N slots, and O(N*log(N)) to sort them · since Redis 8.2, Valkey 8.0
   *
   * @example The three with the most keys
   * ```ts
   * const busiest = await cluster.with({ route: { slot: 0 } }).clusterSlotStats({
   *   orderby: "key-count",
   *   limit: 3,
   * });
   * busiest.length; // 3
   * ```
   *
   * @param which Which slots.
   * @returns Statistics of each slot that the node owns.
   * @throws {ServerError} If the server does not know the statistic, or does not record it.
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
   * Lists the slots with the nodes that serve them.
   *
   * Complexity O(N) for N nodes · since 3.0.0
   *
   * @example Who has slot 0?
   * ```ts
   * const owners = await cluster.clusterSlots();
   * const { primary } = owners.find(({ start }) => start === 0)!;
   * const address = `${primary.host}:${primary.port}`;
   * ```
   *
   * @returns Ranges of slots; those that no node serves are left out.
   * @see {@link https://valkey.io/commands/cluster-slots/}
   */
  clusterSlots(): Promise<PerRoutedNode<SlotOwners[], N>> {
    return this.send(["CLUSTER", "SLOTS"], perRoutedNode<SlotOwners[], N>(toSlotOwners));
  }

  /**
   * Reads a page of the keys of all nodes, one slot after the other.
   *
   * A client's `scanIterator()` reads all pages, from servers of any version.
   *
   * Complexity O(1) for every call · since Valkey 9.1 · read-only
   *
   * @example The first page
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
   * @param cursor Where the page begins: `"0"`, then what the last page said.
   * @param options Which keys, and how many at a time.
   * @returns The page.
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
