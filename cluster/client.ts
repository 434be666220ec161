/**
 * The client for a cluster.
 *
 * @module
 */

import type {
  AclCommands,
  ArrayCommands,
  BitmapCommands,
  ClusterCommands,
  CommandCommands,
  CommandlogCommands,
  ConfigCommands,
  ConnectionCommands,
  FunctionCommands,
  GeoCommands,
  HashCommands,
  HotkeysCommands,
  HyperLogLogCommands,
  KeyCommands,
  LatencyCommands,
  ListCommands,
  MemoryCommands,
  ModuleCommands,
  PubsubCommands,
  Reach,
  ReplicationCommands,
  ScriptingCommands,
  ServerCommands,
  SetCommands,
  SlowlogCommands,
  SortedSetCommands,
  StreamCommands,
  StringCommands,
  VectorSetCommands,
} from "../lib/commands/mod.ts";
import { Client } from "../lib/client/client.ts";
import { View } from "../lib/client/view.ts";
import type { ClusterClientConfiguration } from "../lib/configuration/options.ts";
import { settingsOf } from "../lib/configuration/settings.ts";
import type { NodeRoute, NodesRoute } from "../lib/dispatch/route.ts";
import type { ClusterRequestOptions, RequestOptions } from "../lib/dispatch/request_options.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";
import { refuseSurplusIn } from "../lib/surplus_arguments.ts";
import { ClusterDispatcher } from "./dispatcher.ts";
import { ClusterScan, type ClusterScanOptions } from "./scan.ts";

/**
 * Client for a cluster. It needs the address of one node and discovers the others.
 *
 * Each command is routed by its keys, or by the request policy that the servers document for it. If it goes to several
 * nodes, their replies are merged by its response policy. The client follows redirections, resharding and failovers.
 * Requests wait while this happens, up to their timeout.
 *
 * @example Keys on several nodes
 * ```ts no-eval
 * import { RedisClusterClient } from "@babushka/redis";
 *
 * await using cluster = await RedisClusterClient.create({
 *   addresses: [{ host: "redis.example.com", port: 6379 }],
 * });
 * await cluster.mset({ a: "1", b: "2", c: "3" });
 * await cluster.mget(["a", "b", "c"]); // ["1", "2", "3"]
 * ```
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches: as its policy says, or one or several on a view with a route.
 */
export class RedisClusterClient<
  T extends string | Uint8Array = string,
  N extends Reach = "policy",
> extends Client<T, N> {
  static {
    refuseSurplusIn(RedisClusterClient.prototype, ["customCommand", "scanIterator"]);
  }

  /**
   * Whether this class is for clusters.
   *
   * @ignore
   */
  static readonly isCluster: boolean = true;

  /**
   * Discovers the nodes of the cluster and connects to its primaries.
   *
   * Resolves when each primary is connected or has failed. Once the topology is known, it waits for them at most half
   * of `clientCreationTimeout`. With `lazyConnect` it resolves at once, without connecting.
   *
   * @example Read from replicas
   * ```ts no-eval
   * import { RedisClusterClient } from "@babushka/redis";
   *
   * await using cluster = await RedisClusterClient.create({
   *   addresses: [{ host: "redis.example.com" }],
   *   readFrom: "preferReplica",
   * });
   * ```
   *
   * @param configuration Options, or the URL of one node: `redis://`, `rediss://`, `valkey://` or `valkeys://`.
   * @param options Further options, only after a URL. An option that the URL also gives is refused.
   * @returns The client.
   * @throws {ConfigurationError} If an option is invalid. No connection was opened. Also if `addressMap` throws or
   * returns no address.
   * @throws {ServerError} If a node rejects the credentials, or if the user may not ask for the topology (`NOPERM`).
   * @throws {ClusterError} If a node is not in cluster mode.
   * @throws {ConnectionError} If none of the addresses returned the topology in time. The message lists the answer of
   * each.
   * @throws {TimeoutError} If none of the addresses answered within `clientCreationTimeout`.
   */
  static async create(
    configuration: ClusterClientConfiguration | string | URL,
    options?: Omit<ClusterClientConfiguration, "addresses" | "useTls">,
  ): Promise<RedisClusterClient> {
    const settings = settingsOf(configuration, "cluster", options);
    const dispatcher = new ClusterDispatcher(settings);
    if (settings.telemetry !== undefined) {
      const { observe } = await import("../lib/telemetry/telemetry.ts");
      observe(dispatcher);
    }
    if (!settings.lazyConnect) await dispatcher.connect();
    return new RedisClusterClient<string>(new View(dispatcher));
  }

  /**
   * View of this client that returns bulk strings as `Uint8Array` instead of `string`. Use it for values that are not
   * UTF-8 text.
   *
   * It shares the connections of this client. Closing either closes both.
   */
  override get bytes(): RedisClusterClient<Uint8Array, N> {
    return new RedisClusterClient<Uint8Array, N>(this.view().inBytes());
  }

  /**
   * View of this client that answers reads from memory where possible (client-side caching).
   *
   * The replies to read-only commands with a single key are cached; MGET is cached per key. The server reports changes
   * of cached keys, and the client then drops their entries. Other commands go to the server as usual. All cached views
   * of a client share one cache; {@linkcode BaseConfiguration.cache} sets its limits. Caching requires RESP3, and Redis
   * 7 or Valkey. Otherwise reads go to the server, and the client emits one `uncached` event.
   *
   * A write by this client is visible as soon as its reply has arrived, a write by another client as soon as the
   * server's report has arrived. If the server stops answering or the connection is dead, a cached value can be
   * outdated for up to 2 s; then reads go to the server. A value is never older than `maxTtl`, and never used after its
   * key has expired. Reads for the cache go to primaries, regardless of `readFrom`. Requests with a `route`, and those
   * in batches, transactions and `watch()`, are not cached.
   *
   * When a slot moves to another node, its entries are dropped as soon as the client learns of the move: from a
   * redirection, or from the next topology check (`periodicTopologyCheck`).
   *
   * @example Read the same key often
   * ```ts
   * await cluster.set("title", "Hello");
   * await cluster.cached.get("title"); // "Hello"
   * await cluster.cached.get("title"); // "Hello"
   * ```
   */
  override get cached(): RedisClusterClient<T, N> {
    return new RedisClusterClient<T, N>(this.view().cached());
  }

  /**
   * View of this client whose requests have other options.
   *
   * @example Ask every node
   * ```ts no-eval
   * import { RedisClusterClient } from "@babushka/redis";
   *
   * await using cluster = await RedisClusterClient.create("redis://localhost:7000");
   * await cluster.with({ route: "allNodes" }).time(); // { "10.0.0.1:6379": { seconds: 1766000000, ... }, ... }
   * ```
   *
   * @example Ask one node
   * ```ts
   * const { sections } = await cluster.with({ route: { slotKey: "user:7" } }).info("memory");
   * Number(sections.memory.used_memory); // 1032144
   * ```
   *
   * @param options Timeout, signal and route of the requests. Options that are left out keep their value from this
   * view.
   * @returns The view. It shares the connections of this client. Closing either closes both. With a route to several
   * nodes, a command without a response policy returns a record of replies by `host:port`. With a route to one node, a
   * command returns the reply of that node.
   * @throws {ConfigurationError} If an option is invalid. */
  override with(options: RequestOptions & { route: NodesRoute }): RedisClusterClient<T, "several">;
  /** View of this client whose requests go to one node. */
  override with(options: RequestOptions & { route: NodeRoute }): RedisClusterClient<T, "one">;
  /** View of this client whose requests have another timeout or signal. */
  override with(options: RequestOptions & { route?: undefined }): RedisClusterClient<T, N>;
  /** View of this client whose requests have other options. */
  override with(options: ClusterRequestOptions): RedisClusterClient<T, Reach>;
  /** View of this client whose requests have other options. */
  override with(options: ClusterRequestOptions): RedisClusterClient<T, Reach> {
    return new RedisClusterClient<T, Reach>(this.view(options));
  }

  /**
   * Runs any command, including commands without a method in this library.
   *
   * It is routed by its keys or its request policy, or by `route`. The replies of several nodes are merged if the
   * command has a response policy; otherwise the result is a record of replies by `host:port`.
   *
   * @param args Name and arguments of the command: `["GET", "key"]`.
   * @param options Options of this request. Options that are left out keep their value from this view.
   * @returns The reply without conversion, or a record of replies; see {@linkcode Reply}.
   * @throws {TypeError} If the command would change the state of a shared connection, such as SELECT or MULTI. The
   * message names the alternative.
   * @throws {ClusterError} If the keys are in different slots and the command cannot be split.
   */
  override customCommand(
    args: readonly Argument[],
    options?: ClusterRequestOptions,
  ): Promise<Reply> {
    return super.customCommand(args, options);
  }

  /**
   * Iterates over the keys of the whole cluster with SCAN, node by node.
   *
   * A key that exists during the whole scan is returned at least once, and possibly several times. This also holds
   * while slots move and primaries fail: a slot is complete only if one node owned it from the first page to the last.
   * The scan waits up to a minute for a shard that cannot be reached.
   *
   * Complexity O(N) for N keys in all · since 2.8.0 · read-only
   *
   * @example All keys of a user
   * ```ts no-eval
   * import { RedisClusterClient } from "@babushka/redis";
   *
   * await using cluster = await RedisClusterClient.create("redis://localhost:7000");
   * for await (const key of cluster.scanIterator({ match: "user:1:*" })) console.log(key);
   * ```
   *
   * @example Resume the scan of another process
   * ```ts no-eval
   * import { RedisClusterClient } from "@babushka/redis";
   *
   * await using cluster = await RedisClusterClient.create("redis://localhost:7000");
   * const saved = await Deno.readTextFile("scan.json").catch(() => undefined);
   * const scan = cluster.scanIterator({ count: 1000, resume: saved });
   * for await (const key of scan) {
   *   console.log(key);
   *   await Deno.writeTextFile("scan.json", scan.state());
   * }
   * ```
   *
   * @param options Filter, page size, and the state of an earlier scan.
   * @returns Iterator over the keys, in no particular order. It ends when the loop is left or the signal of the view is
   * aborted.
   * @throws {TypeError} If `resume` is not the state of a scan, or the scan had other options.
   * @throws {ClusterError} If slots have no owner, after the keys of all other slots have been returned; or if no node
   * reports the topology within `clientCreationTimeout`.
   * @throws {ServerError} If the user may not run SCAN or CLUSTER NODES. If the user may not run INFO, a node whose
   * connection was lost is scanned again from the start, since it may have been restarted.
   * @throws {ConnectionError | TimeoutError} If a shard cannot be reached for a minute.
   * @see {@link https://valkey.io/commands/scan/}
   */
  override scanIterator(options?: ClusterScanOptions): ClusterScan<T> {
    const { dispatcher, options: request } = this.view();
    return new ClusterScan<T>(
      dispatcher as ClusterDispatcher,
      (route, signal) => {
        const options = { ...request, route, signal };
        const surface = this.with(options);
        return {
          scan: (cursor, pages) => surface.scan(cursor, pages),
          ask: (words) => dispatcher.ask(words, options),
        };
      },
      options,
      request?.signal,
    );
  }
}

/** All commands by name, each with its group. Written by `deno task index`. */
export interface RedisClusterClient<
  T extends string | Uint8Array = string,
  N extends Reach = "policy",
> {
  /** Returns the command categories, or the commands of a category. See {@linkcode AclCommands.prototype.aclCat | AclCommands.aclCat}. */
  aclCat: AclCommands<T, N>["aclCat"];
  /** Deletes users and closes their connections. See {@linkcode AclCommands.prototype.aclDeluser | AclCommands.aclDeluser}. */
  aclDeluser: AclCommands<T, N>["aclDeluser"];
  /** Checks whether a user may run a command, without running it. See {@linkcode AclCommands.prototype.aclDryrun | AclCommands.aclDryrun}. */
  aclDryrun: AclCommands<T, N>["aclDryrun"];
  /** Generates a secure random password. See {@linkcode AclCommands.prototype.aclGenpass | AclCommands.aclGenpass}. */
  aclGenpass: AclCommands<T, N>["aclGenpass"];
  /** Returns the flags, passwords and permissions of a user. See {@linkcode AclCommands.prototype.aclGetuser | AclCommands.aclGetuser}. */
  aclGetuser: AclCommands<T, N>["aclGetuser"];
  /** Returns the rules of all users, in the format of an ACL file. See {@linkcode AclCommands.prototype.aclList | AclCommands.aclList}. */
  aclList: AclCommands<T, N>["aclList"];
  /** Reloads the users from the ACL file of the server. See {@linkcode AclCommands.prototype.aclLoad | AclCommands.aclLoad}. */
  aclLoad: AclCommands<T, N>["aclLoad"];
  /** Returns the log of ACL violations, or resets it. See {@linkcode AclCommands.prototype.aclLog | AclCommands.aclLog}. */
  aclLog: AclCommands<T, N>["aclLog"];
  /** Saves all users to the ACL file of the server. See {@linkcode AclCommands.prototype.aclSave | AclCommands.aclSave}. */
  aclSave: AclCommands<T, N>["aclSave"];
  /** Creates a user or changes its rules. See {@linkcode AclCommands.prototype.aclSetuser | AclCommands.aclSetuser}. */
  aclSetuser: AclCommands<T, N>["aclSetuser"];
  /** Returns the names of all users. See {@linkcode AclCommands.prototype.aclUsers | AclCommands.aclUsers}. */
  aclUsers: AclCommands<T, N>["aclUsers"];
  /** Returns the user name of the connection. See {@linkcode AclCommands.prototype.aclWhoami | AclCommands.aclWhoami}. */
  aclWhoami: AclCommands<T, N>["aclWhoami"];
  /** Returns the number of elements of an array. See {@linkcode ArrayCommands.prototype.arcount | ArrayCommands.arcount}. */
  arcount: ArrayCommands<T>["arcount"];
  /** Deletes elements of an array. See {@linkcode ArrayCommands.prototype.ardel | ArrayCommands.ardel}. */
  ardel: ArrayCommands<T>["ardel"];
  /** Deletes ranges of elements of an array. See {@linkcode ArrayCommands.prototype.ardelrange | ArrayCommands.ardelrange}. */
  ardelrange: ArrayCommands<T>["ardelrange"];
  /** Returns an element of an array. See {@linkcode ArrayCommands.prototype.arget | ArrayCommands.arget}. */
  arget: ArrayCommands<T>["arget"];
  /** Returns the values at all indexes of a range, with null for gaps. See {@linkcode ArrayCommands.prototype.argetrange | ArrayCommands.argetrange}. */
  argetrange: ArrayCommands<T>["argetrange"];
  /** Finds elements of an array by one or more conditions. See {@linkcode ArrayCommands.prototype.argrep | ArrayCommands.argrep}. */
  argrep: ArrayCommands<T>["argrep"];
  /** Returns the size of an array and details of its storage. See {@linkcode ArrayCommands.prototype.arinfo | ArrayCommands.arinfo}. */
  arinfo: ArrayCommands<T>["arinfo"];
  /** Inserts values at the insert position of an array, and moves the position behind them. See {@linkcode ArrayCommands.prototype.arinsert | ArrayCommands.arinsert}. */
  arinsert: ArrayCommands<T>["arinsert"];
  /** Returns the values that were inserted last. See {@linkcode ArrayCommands.prototype.arlastitems | ArrayCommands.arlastitems}. */
  arlastitems: ArrayCommands<T>["arlastitems"];
  /** Returns the length of an array, including gaps. See {@linkcode ArrayCommands.prototype.arlen | ArrayCommands.arlen}. */
  arlen: ArrayCommands<T>["arlen"];
  /** Returns several elements of an array. See {@linkcode ArrayCommands.prototype.armget | ArrayCommands.armget}. */
  armget: ArrayCommands<T>["armget"];
  /** Sets elements of an array at the given indexes. See {@linkcode ArrayCommands.prototype.armset | ArrayCommands.armset}. */
  armset: ArrayCommands<T>["armset"];
  /** Returns the insert position of an array: the index at which `arinsert` puts the next value. See {@linkcode ArrayCommands.prototype.arnext | ArrayCommands.arnext}. */
  arnext: ArrayCommands<T>["arnext"];
  /** Aggregates the elements in a range of an array: sum, minimum, maximum, bitwise operations or counts. See {@linkcode ArrayCommands.prototype.arop | ArrayCommands.arop}. */
  arop: ArrayCommands<T>["arop"];
  /** Inserts values into a ring buffer: an array of a fixed size, in which new values overwrite the oldest. See {@linkcode ArrayCommands.prototype.arring | ArrayCommands.arring}. */
  arring: ArrayCommands<T>["arring"];
  /** Returns the elements in a range of an array with their indexes, without gaps. See {@linkcode ArrayCommands.prototype.arscan | ArrayCommands.arscan}. */
  arscan: ArrayCommands<T>["arscan"];
  /** Sets the insert position of an array: the index at which `arinsert` puts the next value. See {@linkcode ArrayCommands.prototype.arseek | ArrayCommands.arseek}. */
  arseek: ArrayCommands<T>["arseek"];
  /** Sets consecutive elements of an array. See {@linkcode ArrayCommands.prototype.arset | ArrayCommands.arset}. */
  arset: ArrayCommands<T>["arset"];
  /** Counts the bits that are 1. See {@linkcode BitmapCommands.prototype.bitcount | BitmapCommands.bitcount}. */
  bitcount: BitmapCommands<T>["bitcount"];
  /** Reads, writes and adds to integers in a bitmap, in one atomic step. See {@linkcode BitmapCommands.prototype.bitfield | BitmapCommands.bitfield}. */
  bitfield: BitmapCommands<T>["bitfield"];
  /** Reads integers in a bitmap, on replicas too. See {@linkcode BitmapCommands.prototype.bitfieldRo | BitmapCommands.bitfieldRo}. */
  bitfieldRo: BitmapCommands<T>["bitfieldRo"];
  /** Combines bitmaps bit by bit, and stores the result. See {@linkcode BitmapCommands.prototype.bitop | BitmapCommands.bitop}. */
  bitop: BitmapCommands<T>["bitop"];
  /** Returns the position of the first bit that is 1, or the first that is 0. See {@linkcode BitmapCommands.prototype.bitpos | BitmapCommands.bitpos}. */
  bitpos: BitmapCommands<T>["bitpos"];
  /** Returns the bit at a position. See {@linkcode BitmapCommands.prototype.getbit | BitmapCommands.getbit}. */
  getbit: BitmapCommands<T>["getbit"];
  /** Sets the bit at a position to 0 or 1. See {@linkcode BitmapCommands.prototype.setbit | BitmapCommands.setbit}. */
  setbit: BitmapCommands<T>["setbit"];
  /** Assigns unassigned slots to the node. See {@linkcode ClusterCommands.prototype.clusterAddslots | ClusterCommands.clusterAddslots}. */
  clusterAddslots: ClusterCommands<T, N>["clusterAddslots"];
  /** Assigns ranges of unassigned slots to the node. See {@linkcode ClusterCommands.prototype.clusterAddslotsrange | ClusterCommands.clusterAddslotsrange}. */
  clusterAddslotsrange: ClusterCommands<T, N>["clusterAddslotsrange"];
  /** Increments the configuration epoch of the node, so that it is the highest of all nodes. See {@linkcode ClusterCommands.prototype.clusterBumpepoch | ClusterCommands.clusterBumpepoch}. */
  clusterBumpepoch: ClusterCommands<T, N>["clusterBumpepoch"];
  /** Cancels all migrations of slots from the node. See {@linkcode ClusterCommands.prototype.clusterCancelslotmigrations | ClusterCommands.clusterCancelslotmigrations}. */
  clusterCancelslotmigrations: ClusterCommands<T, N>["clusterCancelslotmigrations"];
  /** Returns the number of failure reports about a node. See {@linkcode ClusterCommands.prototype.clusterCountFailureReports | ClusterCommands.clusterCountFailureReports}. */
  clusterCountFailureReports: ClusterCommands<T, N>["clusterCountFailureReports"];
  /** Returns the number of keys in a slot on the node. See {@linkcode ClusterCommands.prototype.clusterCountkeysinslot | ClusterCommands.clusterCountkeysinslot}. */
  clusterCountkeysinslot: ClusterCommands<T, N>["clusterCountkeysinslot"];
  /** Removes the owner of slots from the topology of the node. See {@linkcode ClusterCommands.prototype.clusterDelslots | ClusterCommands.clusterDelslots}. */
  clusterDelslots: ClusterCommands<T, N>["clusterDelslots"];
  /** Removes the owner of ranges of slots from the topology of the node. See {@linkcode ClusterCommands.prototype.clusterDelslotsrange | ClusterCommands.clusterDelslotsrange}. */
  clusterDelslotsrange: ClusterCommands<T, N>["clusterDelslotsrange"];
  /** Starts a failover: the node, a replica, becomes the primary. See {@linkcode ClusterCommands.prototype.clusterFailover | ClusterCommands.clusterFailover}. */
  clusterFailover: ClusterCommands<T, N>["clusterFailover"];
  /** Deletes all keys in a slot. See {@linkcode ClusterCommands.prototype.clusterFlushslot | ClusterCommands.clusterFlushslot}. */
  clusterFlushslot: ClusterCommands<T, N>["clusterFlushslot"];
  /** Removes the owners of all slots from the topology of the node. See {@linkcode ClusterCommands.prototype.clusterFlushslots | ClusterCommands.clusterFlushslots}. */
  clusterFlushslots: ClusterCommands<T, N>["clusterFlushslots"];
  /** Removes another node from the topology of the node. See {@linkcode ClusterCommands.prototype.clusterForget | ClusterCommands.clusterForget}. */
  clusterForget: ClusterCommands<T, N>["clusterForget"];
  /** Returns keys in a slot on the node. See {@linkcode ClusterCommands.prototype.clusterGetkeysinslot | ClusterCommands.clusterGetkeysinslot}. */
  clusterGetkeysinslot: ClusterCommands<T, N>["clusterGetkeysinslot"];
  /** Returns the migrations of slots from and to the node: those in progress, and the latest completed ones. See {@linkcode ClusterCommands.prototype.clusterGetslotmigrations | ClusterCommands.clusterGetslotmigrations}. */
  clusterGetslotmigrations: ClusterCommands<T, N>["clusterGetslotmigrations"];
  /** Returns the state of the cluster from the view of one node. See {@linkcode ClusterCommands.prototype.clusterInfo | ClusterCommands.clusterInfo}. */
  clusterInfo: ClusterCommands<T, N>["clusterInfo"];
  /** Returns the slot of a key. See {@linkcode ClusterCommands.prototype.clusterKeyslot | ClusterCommands.clusterKeyslot}. */
  clusterKeyslot: ClusterCommands<T, N>["clusterKeyslot"];
  /** Returns the connections of the node to other nodes. See {@linkcode ClusterCommands.prototype.clusterLinks | ClusterCommands.clusterLinks}. */
  clusterLinks: ClusterCommands<T, N>["clusterLinks"];
  /** Connects the node to another node, and so joins their clusters. See {@linkcode ClusterCommands.prototype.clusterMeet | ClusterCommands.clusterMeet}. */
  clusterMeet: ClusterCommands<T, N>["clusterMeet"];
  /** Starts to migrate slots of the node to other nodes, with their keys. See {@linkcode ClusterCommands.prototype.clusterMigrateslots | ClusterCommands.clusterMigrateslots}. */
  clusterMigrateslots: ClusterCommands<T, N>["clusterMigrateslots"];
  /** Imports slots into the node, or returns the state of migrations, or cancels them. See {@linkcode ClusterCommands.prototype.clusterMigration | ClusterCommands.clusterMigration}. */
  clusterMigration: ClusterCommands<T, N>["clusterMigration"];
  /** Returns the id of the node. See {@linkcode ClusterCommands.prototype.clusterMyid | ClusterCommands.clusterMyid}. */
  clusterMyid: ClusterCommands<T, N>["clusterMyid"];
  /** Returns the id of the shard of the node. See {@linkcode ClusterCommands.prototype.clusterMyshardid | ClusterCommands.clusterMyshardid}. */
  clusterMyshardid: ClusterCommands<T, N>["clusterMyshardid"];
  /** Returns all nodes of the cluster from the view of one node. See {@linkcode ClusterCommands.prototype.clusterNodes | ClusterCommands.clusterNodes}. */
  clusterNodes: ClusterCommands<T, N>["clusterNodes"];
  /** Returns the replicas of a primary. See {@linkcode ClusterCommands.prototype.clusterReplicas | ClusterCommands.clusterReplicas}. */
  clusterReplicas: ClusterCommands<T, N>["clusterReplicas"];
  /** Makes the node a replica of another node, or an empty primary. See {@linkcode ClusterCommands.prototype.clusterReplicate | ClusterCommands.clusterReplicate}. */
  clusterReplicate: ClusterCommands<T, N>["clusterReplicate"];
  /** Resets the node: removes all other nodes and all slots from its topology. See {@linkcode ClusterCommands.prototype.clusterReset | ClusterCommands.clusterReset}. */
  clusterReset: ClusterCommands<T, N>["clusterReset"];
  /** Saves the cluster configuration of the node to its disk. See {@linkcode ClusterCommands.prototype.clusterSaveconfig | ClusterCommands.clusterSaveconfig}. */
  clusterSaveconfig: ClusterCommands<T, N>["clusterSaveconfig"];
  /** Sets the configuration epoch of a new node. See {@linkcode ClusterCommands.prototype.clusterSetConfigEpoch | ClusterCommands.clusterSetConfigEpoch}. */
  clusterSetConfigEpoch: ClusterCommands<T, N>["clusterSetConfigEpoch"];
  /** Sets the state of a slot on the node: importing, migrating, owned by a node, or stable. See {@linkcode ClusterCommands.prototype.clusterSetslot | ClusterCommands.clusterSetslot}. */
  clusterSetslot: ClusterCommands<T, N>["clusterSetslot"];
  /** Returns the shards with their slots and nodes. See {@linkcode ClusterCommands.prototype.clusterShards | ClusterCommands.clusterShards}. */
  clusterShards: ClusterCommands<T, N>["clusterShards"];
  /** Returns the replicas of a primary. See {@linkcode ClusterCommands.prototype.clusterSlaves | ClusterCommands.clusterSlaves}. */
  clusterSlaves: ClusterCommands<T, N>["clusterSlaves"];
  /** Returns usage statistics of the slots of the node. See {@linkcode ClusterCommands.prototype.clusterSlotStats | ClusterCommands.clusterSlotStats}. */
  clusterSlotStats: ClusterCommands<T, N>["clusterSlotStats"];
  /** Returns the slots with the nodes that serve them. See {@linkcode ClusterCommands.prototype.clusterSlots | ClusterCommands.clusterSlots}. */
  clusterSlots: ClusterCommands<T, N>["clusterSlots"];
  /** Returns a page of the keys of the cluster, slot by slot. See {@linkcode ClusterCommands.prototype.clusterscan | ClusterCommands.clusterscan}. */
  clusterscan: ClusterCommands<T, N>["clusterscan"];
  /** Returns the properties of all commands. See {@linkcode CommandCommands.prototype.command | CommandCommands.command}. */
  command: CommandCommands<T, N>["command"];
  /** Returns the number of commands of the server. See {@linkcode CommandCommands.prototype.commandCount | CommandCommands.commandCount}. */
  commandCount: CommandCommands<T, N>["commandCount"];
  /** Returns the documentation of commands. See {@linkcode CommandCommands.prototype.commandDocs | CommandCommands.commandDocs}. */
  commandDocs: CommandCommands<T, N>["commandDocs"];
  /** Returns the keys in a command, without running it. See {@linkcode CommandCommands.prototype.commandGetkeys | CommandCommands.commandGetkeys}. */
  commandGetkeys: CommandCommands<T, N>["commandGetkeys"];
  /** Returns the keys in a command and how it accesses them, without running it. See {@linkcode CommandCommands.prototype.commandGetkeysandflags | CommandCommands.commandGetkeysandflags}. */
  commandGetkeysandflags: CommandCommands<T, N>["commandGetkeysandflags"];
  /** Returns the properties of commands. See {@linkcode CommandCommands.prototype.commandInfo | CommandCommands.commandInfo}. */
  commandInfo: CommandCommands<T, N>["commandInfo"];
  /** Returns the names of commands. See {@linkcode CommandCommands.prototype.commandList | CommandCommands.commandList}. */
  commandList: CommandCommands<T, N>["commandList"];
  /** Returns the entries of a log. See {@linkcode CommandlogCommands.prototype.commandlogGet | CommandlogCommands.commandlogGet}. */
  commandlogGet: CommandlogCommands<T, N>["commandlogGet"];
  /** Returns the number of entries of a log. See {@linkcode CommandlogCommands.prototype.commandlogLen | CommandlogCommands.commandlogLen}. */
  commandlogLen: CommandlogCommands<T, N>["commandlogLen"];
  /** Deletes the entries of a log. See {@linkcode CommandlogCommands.prototype.commandlogReset | CommandlogCommands.commandlogReset}. */
  commandlogReset: CommandlogCommands<T, N>["commandlogReset"];
  /** Returns configuration parameters. See {@linkcode ConfigCommands.prototype.configGet | ConfigCommands.configGet}. */
  configGet: ConfigCommands<T, N>["configGet"];
  /** Resets the statistics of the server: counters of INFO, and statistics of commands and errors. See {@linkcode ConfigCommands.prototype.configResetstat | ConfigCommands.configResetstat}. */
  configResetstat: ConfigCommands<T, N>["configResetstat"];
  /** Saves the current parameters to the configuration file. See {@linkcode ConfigCommands.prototype.configRewrite | ConfigCommands.configRewrite}. */
  configRewrite: ConfigCommands<T, N>["configRewrite"];
  /** Sets configuration parameters, atomically: if one is rejected, none is changed. See {@linkcode ConfigCommands.prototype.configSet | ConfigCommands.configSet}. */
  configSet: ConfigCommands<T, N>["configSet"];
  /** Returns the name of the connection. See {@linkcode ConnectionCommands.prototype.clientGetname | ConnectionCommands.clientGetname}. */
  clientGetname: ConnectionCommands<T, N>["clientGetname"];
  /** Returns the id of the connection that receives the invalidations for this connection. See {@linkcode ConnectionCommands.prototype.clientGetredir | ConnectionCommands.clientGetredir}. */
  clientGetredir: ConnectionCommands<T, N>["clientGetredir"];
  /** Returns the id of the connection. See {@linkcode ConnectionCommands.prototype.clientId | ConnectionCommands.clientId}. */
  clientId: ConnectionCommands<T, N>["clientId"];
  /** Marks the connection as an import source, or removes the mark. See {@linkcode ConnectionCommands.prototype.clientImportSource | ConnectionCommands.clientImportSource}. */
  clientImportSource: ConnectionCommands<T, N>["clientImportSource"];
  /** Returns information about the connection. See {@linkcode ConnectionCommands.prototype.clientInfo | ConnectionCommands.clientInfo}. */
  clientInfo: ConnectionCommands<T, N>["clientInfo"];
  /** Closes connections, including those of other clients. See {@linkcode ConnectionCommands.prototype.clientKill | ConnectionCommands.clientKill}. */
  clientKill: ConnectionCommands<T, N>["clientKill"];
  /** Returns the connections of all clients. See {@linkcode ConnectionCommands.prototype.clientList | ConnectionCommands.clientList}. */
  clientList: ConnectionCommands<T, N>["clientList"];
  /** Excludes the connection from client eviction, or includes it again. See {@linkcode ConnectionCommands.prototype.clientNoEvict | ConnectionCommands.clientNoEvict}. */
  clientNoEvict: ConnectionCommands<T, N>["clientNoEvict"];
  /** Makes commands of the connection leave the last access time and frequency of keys unchanged, or ends this mode. See {@linkcode ConnectionCommands.prototype.clientNoTouch | ConnectionCommands.clientNoTouch}. */
  clientNoTouch: ConnectionCommands<T, N>["clientNoTouch"];
  /** Pauses the commands of all clients for some time. See {@linkcode ConnectionCommands.prototype.clientPause | ConnectionCommands.clientPause}. */
  clientPause: ConnectionCommands<T, N>["clientPause"];
  /** Sets the library name or version of the connection, for CLIENT LIST. See {@linkcode ConnectionCommands.prototype.clientSetinfo | ConnectionCommands.clientSetinfo}. */
  clientSetinfo: ConnectionCommands<T, N>["clientSetinfo"];
  /** Sets the name of the connection, for CLIENT LIST. See {@linkcode ConnectionCommands.prototype.clientSetname | ConnectionCommands.clientSetname}. */
  clientSetname: ConnectionCommands<T, N>["clientSetname"];
  /** Returns the state of key tracking for the connection. See {@linkcode ConnectionCommands.prototype.clientTrackinginfo | ConnectionCommands.clientTrackinginfo}. */
  clientTrackinginfo: ConnectionCommands<T, N>["clientTrackinginfo"];
  /** Unblocks a connection that waits in a blocking command. See {@linkcode ConnectionCommands.prototype.clientUnblock | ConnectionCommands.clientUnblock}. */
  clientUnblock: ConnectionCommands<T, N>["clientUnblock"];
  /** Ends a pause of {@linkcode ConnectionCommands.prototype.clientPause | ConnectionCommands.clientPause}. See {@linkcode ConnectionCommands.prototype.clientUnpause | ConnectionCommands.clientUnpause}. */
  clientUnpause: ConnectionCommands<T, N>["clientUnpause"];
  /** Returns the given message from the server. See {@linkcode ConnectionCommands.prototype.echo | ConnectionCommands.echo}. */
  echo: ConnectionCommands<T, N>["echo"];
  /** Checks that the server responds. See {@linkcode ConnectionCommands.prototype.ping | ConnectionCommands.ping}. */
  ping: ConnectionCommands<T, N>["ping"];
  /** Calls a function. See {@linkcode FunctionCommands.prototype.fcall | FunctionCommands.fcall}. */
  fcall: FunctionCommands<T, N>["fcall"];
  /** Calls a read-only function. See {@linkcode FunctionCommands.prototype.fcallRo | FunctionCommands.fcallRo}. */
  fcallRo: FunctionCommands<T, N>["fcallRo"];
  /** Deletes a library with all its functions. See {@linkcode FunctionCommands.prototype.functionDelete | FunctionCommands.functionDelete}. */
  functionDelete: FunctionCommands<T, N>["functionDelete"];
  /** Returns all libraries as a payload for {@linkcode FunctionCommands.prototype.functionRestore | FunctionCommands.functionRestore}. See {@linkcode FunctionCommands.prototype.functionDump | FunctionCommands.functionDump}. */
  functionDump: FunctionCommands<T, N>["functionDump"];
  /** Deletes all libraries. See {@linkcode FunctionCommands.prototype.functionFlush | FunctionCommands.functionFlush}. */
  functionFlush: FunctionCommands<T, N>["functionFlush"];
  /** Stops the running function. See {@linkcode FunctionCommands.prototype.functionKill | FunctionCommands.functionKill}. */
  functionKill: FunctionCommands<T, N>["functionKill"];
  /** Returns the libraries and their functions. See {@linkcode FunctionCommands.prototype.functionList | FunctionCommands.functionList}. */
  functionList: FunctionCommands<T, N>["functionList"];
  /** Loads a library of functions. See {@linkcode FunctionCommands.prototype.functionLoad | FunctionCommands.functionLoad}. */
  functionLoad: FunctionCommands<T, N>["functionLoad"];
  /** Restores libraries from a payload of {@linkcode FunctionCommands.prototype.functionDump | FunctionCommands.functionDump}. See {@linkcode FunctionCommands.prototype.functionRestore | FunctionCommands.functionRestore}. */
  functionRestore: FunctionCommands<T, N>["functionRestore"];
  /** Returns the running function and the number of libraries and functions. See {@linkcode FunctionCommands.prototype.functionStats | FunctionCommands.functionStats}. */
  functionStats: FunctionCommands<T, N>["functionStats"];
  /** Adds members with their positions, and changes the positions of existing members. See {@linkcode GeoCommands.prototype.geoadd | GeoCommands.geoadd}. */
  geoadd: GeoCommands<T>["geoadd"];
  /** Returns the distance between two members. See {@linkcode GeoCommands.prototype.geodist | GeoCommands.geodist}. */
  geodist: GeoCommands<T>["geodist"];
  /** Returns the positions of members as standard geohash strings. See {@linkcode GeoCommands.prototype.geohash | GeoCommands.geohash}. */
  geohash: GeoCommands<T>["geohash"];
  /** Returns the positions of members. See {@linkcode GeoCommands.prototype.geopos | GeoCommands.geopos}. */
  geopos: GeoCommands<T>["geopos"];
  /** Returns or stores the members in a circle around a position. See {@linkcode GeoCommands.prototype.georadius | GeoCommands.georadius}. */
  georadius: GeoCommands<T>["georadius"];
  /** Returns the members in a circle around a position, on replicas too. See {@linkcode GeoCommands.prototype.georadiusRo | GeoCommands.georadiusRo}. */
  georadiusRo: GeoCommands<T>["georadiusRo"];
  /** Returns or stores the members in a circle around a member. See {@linkcode GeoCommands.prototype.georadiusbymember | GeoCommands.georadiusbymember}. */
  georadiusbymember: GeoCommands<T>["georadiusbymember"];
  /** Returns the members in a circle around a member, on replicas too. See {@linkcode GeoCommands.prototype.georadiusbymemberRo | GeoCommands.georadiusbymemberRo}. */
  georadiusbymemberRo: GeoCommands<T>["georadiusbymemberRo"];
  /** Returns the members in a circle, a box or a polygon. See {@linkcode GeoCommands.prototype.geosearch | GeoCommands.geosearch}. */
  geosearch: GeoCommands<T>["geosearch"];
  /** Stores the members in a circle, a box or a polygon in another key. See {@linkcode GeoCommands.prototype.geosearchstore | GeoCommands.geosearchstore}. */
  geosearchstore: GeoCommands<T>["geosearchstore"];
  /** Deletes fields of a hash. See {@linkcode HashCommands.prototype.hdel | HashCommands.hdel}. */
  hdel: HashCommands<T>["hdel"];
  /** Checks whether a hash has a field. See {@linkcode HashCommands.prototype.hexists | HashCommands.hexists}. */
  hexists: HashCommands<T>["hexists"];
  /** Sets the time to live of fields in seconds. See {@linkcode HashCommands.prototype.hexpire | HashCommands.hexpire}. */
  hexpire: HashCommands<T>["hexpire"];
  /** Sets the time at which fields expire, in seconds. See {@linkcode HashCommands.prototype.hexpireat | HashCommands.hexpireat}. */
  hexpireat: HashCommands<T>["hexpireat"];
  /** Returns the times at which fields expire, in seconds. See {@linkcode HashCommands.prototype.hexpiretime | HashCommands.hexpiretime}. */
  hexpiretime: HashCommands<T>["hexpiretime"];
  /** Returns the value of a field. See {@linkcode HashCommands.prototype.hget | HashCommands.hget}. */
  hget: HashCommands<T>["hget"];
  /** Returns all fields of a hash with their values. See {@linkcode HashCommands.prototype.hgetall | HashCommands.hgetall}. */
  hgetall: HashCommands<T>["hgetall"];
  /** Returns the values of fields and deletes the fields. See {@linkcode HashCommands.prototype.hgetdel | HashCommands.hgetdel}. */
  hgetdel: HashCommands<T>["hgetdel"];
  /** Returns the values of fields and changes their expiry. See {@linkcode HashCommands.prototype.hgetex | HashCommands.hgetex}. */
  hgetex: HashCommands<T>["hgetex"];
  /** Adds an integer to a counter in a field, which starts at 0 if the field does not exist. See {@linkcode HashCommands.prototype.hincrby | HashCommands.hincrby}. */
  hincrby: HashCommands<T>["hincrby"];
  /** Adds a decimal number to the one in a field, which starts at 0 if the field does not exist. See {@linkcode HashCommands.prototype.hincrbyfloat | HashCommands.hincrbyfloat}. */
  hincrbyfloat: HashCommands<T>["hincrbyfloat"];
  /** Returns the names of all fields of a hash. See {@linkcode HashCommands.prototype.hkeys | HashCommands.hkeys}. */
  hkeys: HashCommands<T>["hkeys"];
  /** Counts the fields of a hash. See {@linkcode HashCommands.prototype.hlen | HashCommands.hlen}. */
  hlen: HashCommands<T>["hlen"];
  /** Returns the values of several fields. See {@linkcode HashCommands.prototype.hmget | HashCommands.hmget}. */
  hmget: HashCommands<T>["hmget"];
  /** Sets the values of fields, and creates the hash if the key does not exist. See {@linkcode HashCommands.prototype.hmset | HashCommands.hmset}. */
  hmset: HashCommands<T>["hmset"];
  /** Removes the expiry of fields. See {@linkcode HashCommands.prototype.hpersist | HashCommands.hpersist}. */
  hpersist: HashCommands<T>["hpersist"];
  /** Sets the time to live of fields in milliseconds. See {@linkcode HashCommands.prototype.hpexpire | HashCommands.hpexpire}. */
  hpexpire: HashCommands<T>["hpexpire"];
  /** Sets the time at which fields expire, in milliseconds. See {@linkcode HashCommands.prototype.hpexpireat | HashCommands.hpexpireat}. */
  hpexpireat: HashCommands<T>["hpexpireat"];
  /** Returns the times at which fields expire, in milliseconds. See {@linkcode HashCommands.prototype.hpexpiretime | HashCommands.hpexpiretime}. */
  hpexpiretime: HashCommands<T>["hpexpiretime"];
  /** Returns the remaining times to live of fields in milliseconds. See {@linkcode HashCommands.prototype.hpttl | HashCommands.hpttl}. */
  hpttl: HashCommands<T>["hpttl"];
  /** Returns random fields of a hash. See {@linkcode HashCommands.prototype.hrandfield | HashCommands.hrandfield}. */
  hrandfield: HashCommands<T>["hrandfield"];
  /** Returns one page of the fields of a hash, with their values. See {@linkcode HashCommands.prototype.hscan | HashCommands.hscan}. */
  hscan: HashCommands<T>["hscan"];
  /** Iterates over the fields of a hash, page by page. See {@linkcode HashCommands.prototype.hscanIterator | HashCommands.hscanIterator}. */
  hscanIterator: HashCommands<T>["hscanIterator"];
  /** Sets the values of fields, and creates the hash if the key does not exist. See {@linkcode HashCommands.prototype.hset | HashCommands.hset}. */
  hset: HashCommands<T>["hset"];
  /** Sets the values and the expiry of fields, all or none of them. See {@linkcode HashCommands.prototype.hsetex | HashCommands.hsetex}. */
  hsetex: HashCommands<T>["hsetex"];
  /** Sets the value of a field if the field does not exist. See {@linkcode HashCommands.prototype.hsetnx | HashCommands.hsetnx}. */
  hsetnx: HashCommands<T>["hsetnx"];
  /** Returns the length of the value of a field in bytes. See {@linkcode HashCommands.prototype.hstrlen | HashCommands.hstrlen}. */
  hstrlen: HashCommands<T>["hstrlen"];
  /** Returns the remaining times to live of fields in seconds. See {@linkcode HashCommands.prototype.httl | HashCommands.httl}. */
  httl: HashCommands<T>["httl"];
  /** Returns all values of a hash. See {@linkcode HashCommands.prototype.hvals | HashCommands.hvals}. */
  hvals: HashCommands<T>["hvals"];
  /** Returns the hot keys of the current or last measurement. See {@linkcode HotkeysCommands.prototype.hotkeysGet | HotkeysCommands.hotkeysGet}. */
  hotkeysGet: HotkeysCommands<T, N>["hotkeysGet"];
  /** Deletes the result of the last measurement. See {@linkcode HotkeysCommands.prototype.hotkeysReset | HotkeysCommands.hotkeysReset}. */
  hotkeysReset: HotkeysCommands<T, N>["hotkeysReset"];
  /** Starts a measurement of hot keys. See {@linkcode HotkeysCommands.prototype.hotkeysStart | HotkeysCommands.hotkeysStart}. */
  hotkeysStart: HotkeysCommands<T, N>["hotkeysStart"];
  /** Stops the measurement. See {@linkcode HotkeysCommands.prototype.hotkeysStop | HotkeysCommands.hotkeysStop}. */
  hotkeysStop: HotkeysCommands<T, N>["hotkeysStop"];
  /** Adds elements to a HyperLogLog, and creates it if the key does not exist. See {@linkcode HyperLogLogCommands.prototype.pfadd | HyperLogLogCommands.pfadd}. */
  pfadd: HyperLogLogCommands<T>["pfadd"];
  /** Estimates the number of distinct elements in one or several HyperLogLogs together. See {@linkcode HyperLogLogCommands.prototype.pfcount | HyperLogLogCommands.pfcount}. */
  pfcount: HyperLogLogCommands<T>["pfcount"];
  /** Returns internals of a HyperLogLog, for developers of the server. See {@linkcode HyperLogLogCommands.prototype.pfdebug | HyperLogLogCommands.pfdebug}. */
  pfdebug: HyperLogLogCommands<T>["pfdebug"];
  /** Merges HyperLogLogs into one, and creates it if the key does not exist. See {@linkcode HyperLogLogCommands.prototype.pfmerge | HyperLogLogCommands.pfmerge}. */
  pfmerge: HyperLogLogCommands<T>["pfmerge"];
  /** Runs the server's test of its HyperLogLog code, for developers of the server. See {@linkcode HyperLogLogCommands.prototype.pfselftest | HyperLogLogCommands.pfselftest}. */
  pfselftest: HyperLogLogCommands<T>["pfselftest"];
  /** Copies a value, with its expiry, to another key. See {@linkcode KeyCommands.prototype.copy | KeyCommands.copy}. */
  copy: KeyCommands<T, N>["copy"];
  /** Deletes keys. See {@linkcode KeyCommands.prototype.del | KeyCommands.del}. */
  del: KeyCommands<T, N>["del"];
  /** Returns the value of a key in the server's serialization format. See {@linkcode KeyCommands.prototype.dump | KeyCommands.dump}. */
  dump: KeyCommands<T, N>["dump"];
  /** Counts the keys that exist. See {@linkcode KeyCommands.prototype.exists | KeyCommands.exists}. */
  exists: KeyCommands<T, N>["exists"];
  /** Sets the time to live of a key in seconds. See {@linkcode KeyCommands.prototype.expire | KeyCommands.expire}. */
  expire: KeyCommands<T, N>["expire"];
  /** Sets the time at which a key expires, in seconds. See {@linkcode KeyCommands.prototype.expireat | KeyCommands.expireat}. */
  expireat: KeyCommands<T, N>["expireat"];
  /** Returns the time at which a key expires, in seconds. See {@linkcode KeyCommands.prototype.expiretime | KeyCommands.expiretime}. */
  expiretime: KeyCommands<T, N>["expiretime"];
  /** Returns all keys that match a pattern. See {@linkcode KeyCommands.prototype.keys | KeyCommands.keys}. */
  keys: KeyCommands<T, N>["keys"];
  /** Moves keys to another server. See {@linkcode KeyCommands.prototype.migrate | KeyCommands.migrate}. */
  migrate: KeyCommands<T, N>["migrate"];
  /** Moves a key to another database of the same server. See {@linkcode KeyCommands.prototype.move | KeyCommands.move}. */
  move: KeyCommands<T, N>["move"];
  /** Returns the internal encoding of a value. See {@linkcode KeyCommands.prototype.objectEncoding | KeyCommands.objectEncoding}. */
  objectEncoding: KeyCommands<T, N>["objectEncoding"];
  /** Returns the access frequency of a key, as counted for the LFU eviction of the server. See {@linkcode KeyCommands.prototype.objectFreq | KeyCommands.objectFreq}. */
  objectFreq: KeyCommands<T, N>["objectFreq"];
  /** Returns the time since a key was last used, in seconds. See {@linkcode KeyCommands.prototype.objectIdletime | KeyCommands.objectIdletime}. */
  objectIdletime: KeyCommands<T, N>["objectIdletime"];
  /** Returns the number of references to a value inside the server. See {@linkcode KeyCommands.prototype.objectRefcount | KeyCommands.objectRefcount}. */
  objectRefcount: KeyCommands<T, N>["objectRefcount"];
  /** Removes the expiry of a key. See {@linkcode KeyCommands.prototype.persist | KeyCommands.persist}. */
  persist: KeyCommands<T, N>["persist"];
  /** Sets the time to live of a key in milliseconds. See {@linkcode KeyCommands.prototype.pexpire | KeyCommands.pexpire}. */
  pexpire: KeyCommands<T, N>["pexpire"];
  /** Sets the time at which a key expires, in milliseconds. See {@linkcode KeyCommands.prototype.pexpireat | KeyCommands.pexpireat}. */
  pexpireat: KeyCommands<T, N>["pexpireat"];
  /** Returns the time at which a key expires, in milliseconds. See {@linkcode KeyCommands.prototype.pexpiretime | KeyCommands.pexpiretime}. */
  pexpiretime: KeyCommands<T, N>["pexpiretime"];
  /** Returns the remaining time to live of a key in milliseconds. See {@linkcode KeyCommands.prototype.pttl | KeyCommands.pttl}. */
  pttl: KeyCommands<T, N>["pttl"];
  /** Returns a random key of the database. See {@linkcode KeyCommands.prototype.randomkey | KeyCommands.randomkey}. */
  randomkey: KeyCommands<T, N>["randomkey"];
  /** Renames a key. See {@linkcode KeyCommands.prototype.rename | KeyCommands.rename}. */
  rename: KeyCommands<T, N>["rename"];
  /** Renames a key if no key has the new name. See {@linkcode KeyCommands.prototype.renamenx | KeyCommands.renamenx}. */
  renamenx: KeyCommands<T, N>["renamenx"];
  /** Creates a key from a serialized value. See {@linkcode KeyCommands.prototype.restore | KeyCommands.restore}. */
  restore: KeyCommands<T, N>["restore"];
  /** Returns one page of the keys of the database. See {@linkcode KeyCommands.prototype.scan | KeyCommands.scan}. */
  scan: KeyCommands<T, N>["scan"];
  /** Returns the elements of a list, set or sorted set in order, or stores them. See {@linkcode KeyCommands.prototype.sort | KeyCommands.sort}. */
  sort: KeyCommands<T, N>["sort"];
  /** Returns the elements of a list, set or sorted set in order, on replicas too. See {@linkcode KeyCommands.prototype.sortRo | KeyCommands.sortRo}. */
  sortRo: KeyCommands<T, N>["sortRo"];
  /** Sets the time of last use of keys to now, so that they are evicted later. See {@linkcode KeyCommands.prototype.touch | KeyCommands.touch}. */
  touch: KeyCommands<T, N>["touch"];
  /** Returns the remaining time to live of a key in seconds. See {@linkcode KeyCommands.prototype.ttl | KeyCommands.ttl}. */
  ttl: KeyCommands<T, N>["ttl"];
  /** Returns the type of a value. See {@linkcode KeyCommands.prototype.type | KeyCommands.type}. */
  type: KeyCommands<T, N>["type"];
  /** Deletes keys, and frees their memory in another thread of the server. See {@linkcode KeyCommands.prototype.unlink | KeyCommands.unlink}. */
  unlink: KeyCommands<T, N>["unlink"];
  /** Waits until a number of replicas have received the writes that this connection sent before. See {@linkcode KeyCommands.prototype.wait | KeyCommands.wait}. */
  wait: KeyCommands<T, N>["wait"];
  /** Waits until the writes that this connection sent before are synced to append-only files. See {@linkcode KeyCommands.prototype.waitaof | KeyCommands.waitaof}. */
  waitaof: KeyCommands<T, N>["waitaof"];
  /** Returns the server's analysis of slow events. See {@linkcode LatencyCommands.prototype.latencyDoctor | LatencyCommands.latencyDoctor}. */
  latencyDoctor: LatencyCommands<T, N>["latencyDoctor"];
  /** Returns a graph of the slow events of a kind. See {@linkcode LatencyCommands.prototype.latencyGraph | LatencyCommands.latencyGraph}. */
  latencyGraph: LatencyCommands<T, N>["latencyGraph"];
  /** Returns histograms of the execution times of commands. See {@linkcode LatencyCommands.prototype.latencyHistogram | LatencyCommands.latencyHistogram}. */
  latencyHistogram: LatencyCommands<T, N>["latencyHistogram"];
  /** Returns the latest slow events of a kind, at most 160. See {@linkcode LatencyCommands.prototype.latencyHistory | LatencyCommands.latencyHistory}. */
  latencyHistory: LatencyCommands<T, N>["latencyHistory"];
  /** Returns the latest and the longest slow event of each kind. See {@linkcode LatencyCommands.prototype.latencyLatest | LatencyCommands.latencyLatest}. */
  latencyLatest: LatencyCommands<T, N>["latencyLatest"];
  /** Deletes the recorded events. See {@linkcode LatencyCommands.prototype.latencyReset | LatencyCommands.latencyReset}. */
  latencyReset: LatencyCommands<T, N>["latencyReset"];
  /** Moves an element from one list to another, and waits if the source is empty. See {@linkcode ListCommands.prototype.blmove | ListCommands.blmove}. */
  blmove: ListCommands<T>["blmove"];
  /** Moves several elements from one list to another, and waits until the source has enough. See {@linkcode ListCommands.prototype.blmovem | ListCommands.blmovem}. */
  blmovem: ListCommands<T>["blmovem"];
  /** Removes and returns elements of the first list that has any, and waits if all are empty. See {@linkcode ListCommands.prototype.blmpop | ListCommands.blmpop}. */
  blmpop: ListCommands<T>["blmpop"];
  /** Removes and returns the first element of the first list that has any, and waits if all are empty. See {@linkcode ListCommands.prototype.blpop | ListCommands.blpop}. */
  blpop: ListCommands<T>["blpop"];
  /** Removes and returns the last element of the first list that has any, and waits if all are empty. See {@linkcode ListCommands.prototype.brpop | ListCommands.brpop}. */
  brpop: ListCommands<T>["brpop"];
  /** Moves the last element of a list to the head of another, and waits if the source is empty. See {@linkcode ListCommands.prototype.brpoplpush | ListCommands.brpoplpush}. */
  brpoplpush: ListCommands<T>["brpoplpush"];
  /** Returns the element at a position of a list. See {@linkcode ListCommands.prototype.lindex | ListCommands.lindex}. */
  lindex: ListCommands<T>["lindex"];
  /** Inserts an element before or after the first element with a given value. See {@linkcode ListCommands.prototype.linsert | ListCommands.linsert}. */
  linsert: ListCommands<T>["linsert"];
  /** Counts the elements of a list. See {@linkcode ListCommands.prototype.llen | ListCommands.llen}. */
  llen: ListCommands<T>["llen"];
  /** Moves an element from one list to another. See {@linkcode ListCommands.prototype.lmove | ListCommands.lmove}. */
  lmove: ListCommands<T>["lmove"];
  /** Moves several elements from one list to another. See {@linkcode ListCommands.prototype.lmovem | ListCommands.lmovem}. */
  lmovem: ListCommands<T>["lmovem"];
  /** Removes and returns elements of the first list that has any. See {@linkcode ListCommands.prototype.lmpop | ListCommands.lmpop}. */
  lmpop: ListCommands<T>["lmpop"];
  /** Removes and returns elements at the head of a list. See {@linkcode ListCommands.prototype.lpop | ListCommands.lpop}. */
  lpop: ListCommands<T>["lpop"];
  /** Returns the position of an element in a list. See {@linkcode ListCommands.prototype.lpos | ListCommands.lpos}. */
  lpos: ListCommands<T>["lpos"];
  /** Pushes elements to the head of a list, and creates the list if the key does not exist. See {@linkcode ListCommands.prototype.lpush | ListCommands.lpush}. */
  lpush: ListCommands<T>["lpush"];
  /** Pushes elements to the head of a list if the key exists. See {@linkcode ListCommands.prototype.lpushx | ListCommands.lpushx}. */
  lpushx: ListCommands<T>["lpushx"];
  /** Returns the elements in a range of positions of a list. See {@linkcode ListCommands.prototype.lrange | ListCommands.lrange}. */
  lrange: ListCommands<T>["lrange"];
  /** Removes elements with a given value from a list. See {@linkcode ListCommands.prototype.lrem | ListCommands.lrem}. */
  lrem: ListCommands<T>["lrem"];
  /** Replaces the element at a position of a list. See {@linkcode ListCommands.prototype.lset | ListCommands.lset}. */
  lset: ListCommands<T>["lset"];
  /** Removes the elements outside a range of positions from a list. See {@linkcode ListCommands.prototype.ltrim | ListCommands.ltrim}. */
  ltrim: ListCommands<T>["ltrim"];
  /** Removes and returns elements at the tail of a list, last one first. See {@linkcode ListCommands.prototype.rpop | ListCommands.rpop}. */
  rpop: ListCommands<T>["rpop"];
  /** Moves the last element of a list to the head of another. See {@linkcode ListCommands.prototype.rpoplpush | ListCommands.rpoplpush}. */
  rpoplpush: ListCommands<T>["rpoplpush"];
  /** Pushes elements to the tail of a list, and creates the list if the key does not exist. See {@linkcode ListCommands.prototype.rpush | ListCommands.rpush}. */
  rpush: ListCommands<T>["rpush"];
  /** Pushes elements to the tail of a list if the key exists. See {@linkcode ListCommands.prototype.rpushx | ListCommands.rpushx}. */
  rpushx: ListCommands<T>["rpushx"];
  /** Returns the server's analysis of memory problems. See {@linkcode MemoryCommands.prototype.memoryDoctor | MemoryCommands.memoryDoctor}. */
  memoryDoctor: MemoryCommands<T, N>["memoryDoctor"];
  /** Returns statistics of the memory allocator. See {@linkcode MemoryCommands.prototype.memoryMallocStats | MemoryCommands.memoryMallocStats}. */
  memoryMallocStats: MemoryCommands<T, N>["memoryMallocStats"];
  /** Asks the memory allocator to release unused memory to the system. See {@linkcode MemoryCommands.prototype.memoryPurge | MemoryCommands.memoryPurge}. */
  memoryPurge: MemoryCommands<T, N>["memoryPurge"];
  /** Returns the memory usage of the server. See {@linkcode MemoryCommands.prototype.memoryStats | MemoryCommands.memoryStats}. */
  memoryStats: MemoryCommands<T, N>["memoryStats"];
  /** Estimates the memory usage of a key and its value. See {@linkcode MemoryCommands.prototype.memoryUsage | MemoryCommands.memoryUsage}. */
  memoryUsage: MemoryCommands<T, N>["memoryUsage"];
  /** Returns the loaded modules. See {@linkcode ModuleCommands.prototype.moduleList | ModuleCommands.moduleList}. */
  moduleList: ModuleCommands<T, N>["moduleList"];
  /** Loads a module. See {@linkcode ModuleCommands.prototype.moduleLoad | ModuleCommands.moduleLoad}. */
  moduleLoad: ModuleCommands<T, N>["moduleLoad"];
  /** Loads a module with configuration parameters and arguments. See {@linkcode ModuleCommands.prototype.moduleLoadex | ModuleCommands.moduleLoadex}. */
  moduleLoadex: ModuleCommands<T, N>["moduleLoadex"];
  /** Unloads a module. See {@linkcode ModuleCommands.prototype.moduleUnload | ModuleCommands.moduleUnload}. */
  moduleUnload: ModuleCommands<T, N>["moduleUnload"];
  /** Publishes a message on a channel. See {@linkcode PubsubCommands.prototype.publish | PubsubCommands.publish}. */
  publish: PubsubCommands<T, N>["publish"];
  /** Lists the channels that have subscribers. See {@linkcode PubsubCommands.prototype.pubsubChannels | PubsubCommands.pubsubChannels}. */
  pubsubChannels: PubsubCommands<T, N>["pubsubChannels"];
  /** Counts the patterns that have subscribers. See {@linkcode PubsubCommands.prototype.pubsubNumpat | PubsubCommands.pubsubNumpat}. */
  pubsubNumpat: PubsubCommands<T, N>["pubsubNumpat"];
  /** Counts the subscribers of channels. See {@linkcode PubsubCommands.prototype.pubsubNumsub | PubsubCommands.pubsubNumsub}. */
  pubsubNumsub: PubsubCommands<T, N>["pubsubNumsub"];
  /** Lists the shard channels that have subscribers. See {@linkcode PubsubCommands.prototype.pubsubShardchannels | PubsubCommands.pubsubShardchannels}. */
  pubsubShardchannels: PubsubCommands<T, N>["pubsubShardchannels"];
  /** Counts the subscribers of shard channels. See {@linkcode PubsubCommands.prototype.pubsubShardnumsub | PubsubCommands.pubsubShardnumsub}. */
  pubsubShardnumsub: PubsubCommands<T, N>["pubsubShardnumsub"];
  /** Publishes a message on a shard channel. See {@linkcode PubsubCommands.prototype.spublish | PubsubCommands.spublish}. */
  spublish: PubsubCommands<T, N>["spublish"];
  /** Starts a failover from the primary to a replica, without losing writes. See {@linkcode ReplicationCommands.prototype.failover | ReplicationCommands.failover}. */
  failover: ReplicationCommands<T, N>["failover"];
  /** Makes the server a replica of another one. See {@linkcode ReplicationCommands.prototype.replicaof | ReplicationCommands.replicaof}. */
  replicaof: ReplicationCommands<T, N>["replicaof"];
  /** Returns the role of the server, with its replicas or its primary. See {@linkcode ReplicationCommands.prototype.role | ReplicationCommands.role}. */
  role: ReplicationCommands<T, N>["role"];
  /** Makes the server a replica of another one, or a primary. See {@linkcode ReplicationCommands.prototype.slaveof | ReplicationCommands.slaveof}. */
  slaveof: ReplicationCommands<T, N>["slaveof"];
  /** Runs a Lua script. See {@linkcode ScriptingCommands.prototype.eval | ScriptingCommands.eval}. */
  eval: ScriptingCommands<T, N>["eval"];
  /** Runs a Lua script that only reads. See {@linkcode ScriptingCommands.prototype.evalRo | ScriptingCommands.evalRo}. */
  evalRo: ScriptingCommands<T, N>["evalRo"];
  /** Runs a Lua script that was loaded into the server, by its digest. See {@linkcode ScriptingCommands.prototype.evalsha | ScriptingCommands.evalsha}. */
  evalsha: ScriptingCommands<T, N>["evalsha"];
  /** Runs a Lua script that only reads and was loaded into the server, by its digest. See {@linkcode ScriptingCommands.prototype.evalshaRo | ScriptingCommands.evalshaRo}. */
  evalshaRo: ScriptingCommands<T, N>["evalshaRo"];
  /** Checks whether scripts are loaded. See {@linkcode ScriptingCommands.prototype.scriptExists | ScriptingCommands.scriptExists}. */
  scriptExists: ScriptingCommands<T, N>["scriptExists"];
  /** Removes all loaded scripts. See {@linkcode ScriptingCommands.prototype.scriptFlush | ScriptingCommands.scriptFlush}. */
  scriptFlush: ScriptingCommands<T, N>["scriptFlush"];
  /** Stops the script that is running, if it has not written anything. See {@linkcode ScriptingCommands.prototype.scriptKill | ScriptingCommands.scriptKill}. */
  scriptKill: ScriptingCommands<T, N>["scriptKill"];
  /** Loads a script into the server without running it. See {@linkcode ScriptingCommands.prototype.scriptLoad | ScriptingCommands.scriptLoad}. */
  scriptLoad: ScriptingCommands<T, N>["scriptLoad"];
  /** Returns the text of a loaded script. See {@linkcode ScriptingCommands.prototype.scriptShow | ScriptingCommands.scriptShow}. */
  scriptShow: ScriptingCommands<T, N>["scriptShow"];
  /** Starts to rewrite the append-only file in the background. See {@linkcode ServerCommands.prototype.bgrewriteaof | ServerCommands.bgrewriteaof}. */
  bgrewriteaof: ServerCommands<T, N>["bgrewriteaof"];
  /** Starts to save the data set in the background. See {@linkcode ServerCommands.prototype.bgsave | ServerCommands.bgsave}. */
  bgsave: ServerCommands<T, N>["bgsave"];
  /** Returns the number of keys in the database. See {@linkcode ServerCommands.prototype.dbsize | ServerCommands.dbsize}. */
  dbsize: ServerCommands<T, N>["dbsize"];
  /** Deletes all keys of all databases. See {@linkcode ServerCommands.prototype.flushall | ServerCommands.flushall}. */
  flushall: ServerCommands<T, N>["flushall"];
  /** Deletes all keys of the current database. See {@linkcode ServerCommands.prototype.flushdb | ServerCommands.flushdb}. */
  flushdb: ServerCommands<T, N>["flushdb"];
  /** Returns information and statistics about the server. See {@linkcode ServerCommands.prototype.info | ServerCommands.info}. */
  info: ServerCommands<T, N>["info"];
  /** Returns the time of the last successful save. See {@linkcode ServerCommands.prototype.lastsave | ServerCommands.lastsave}. */
  lastsave: ServerCommands<T, N>["lastsave"];
  /** Returns a picture and the version of the server. See {@linkcode ServerCommands.prototype.lolwut | ServerCommands.lolwut}. */
  lolwut: ServerCommands<T, N>["lolwut"];
  /** Saves the data set and blocks the server until it is complete. See {@linkcode ServerCommands.prototype.save | ServerCommands.save}. */
  save: ServerCommands<T, N>["save"];
  /** Shuts the server down. See {@linkcode ServerCommands.prototype.shutdown | ServerCommands.shutdown}. */
  shutdown: ServerCommands<T, N>["shutdown"];
  /** Swaps two databases: clients that use one of them see the keys of the other. See {@linkcode ServerCommands.prototype.swapdb | ServerCommands.swapdb}. */
  swapdb: ServerCommands<T, N>["swapdb"];
  /** Returns the time of the server's clock. See {@linkcode ServerCommands.prototype.time | ServerCommands.time}. */
  time: ServerCommands<T, N>["time"];
  /** Adds members to a set, and creates the set if the key does not exist. See {@linkcode SetCommands.prototype.sadd | SetCommands.sadd}. */
  sadd: SetCommands<T>["sadd"];
  /** Counts the members of a set. See {@linkcode SetCommands.prototype.scard | SetCommands.scard}. */
  scard: SetCommands<T>["scard"];
  /** Returns the members that are in the first set and in none of the others. See {@linkcode SetCommands.prototype.sdiff | SetCommands.sdiff}. */
  sdiff: SetCommands<T>["sdiff"];
  /** Counts the members that are in the first set and in none of the others. See {@linkcode SetCommands.prototype.sdiffcard | SetCommands.sdiffcard}. */
  sdiffcard: SetCommands<T>["sdiffcard"];
  /** Stores the members that are in the first set and in none of the others. See {@linkcode SetCommands.prototype.sdiffstore | SetCommands.sdiffstore}. */
  sdiffstore: SetCommands<T>["sdiffstore"];
  /** Returns the members that are in all of the sets. See {@linkcode SetCommands.prototype.sinter | SetCommands.sinter}. */
  sinter: SetCommands<T>["sinter"];
  /** Counts the members that are in all of the sets. See {@linkcode SetCommands.prototype.sintercard | SetCommands.sintercard}. */
  sintercard: SetCommands<T>["sintercard"];
  /** Stores the members that are in all of the sets. See {@linkcode SetCommands.prototype.sinterstore | SetCommands.sinterstore}. */
  sinterstore: SetCommands<T>["sinterstore"];
  /** Checks whether a value is a member of a set. See {@linkcode SetCommands.prototype.sismember | SetCommands.sismember}. */
  sismember: SetCommands<T>["sismember"];
  /** Returns all members of a set. See {@linkcode SetCommands.prototype.smembers | SetCommands.smembers}. */
  smembers: SetCommands<T>["smembers"];
  /** Checks whether several values are members of a set. See {@linkcode SetCommands.prototype.smismember | SetCommands.smismember}. */
  smismember: SetCommands<T>["smismember"];
  /** Moves a member from one set to another. See {@linkcode SetCommands.prototype.smove | SetCommands.smove}. */
  smove: SetCommands<T>["smove"];
  /** Removes and returns random members of a set. See {@linkcode SetCommands.prototype.spop | SetCommands.spop}. */
  spop: SetCommands<T>["spop"];
  /** Returns random members of a set, without removing them. See {@linkcode SetCommands.prototype.srandmember | SetCommands.srandmember}. */
  srandmember: SetCommands<T>["srandmember"];
  /** Removes members from a set. See {@linkcode SetCommands.prototype.srem | SetCommands.srem}. */
  srem: SetCommands<T>["srem"];
  /** Returns one page of the members of a set. See {@linkcode SetCommands.prototype.sscan | SetCommands.sscan}. */
  sscan: SetCommands<T>["sscan"];
  /** Iterates over the members of a set, page by page. See {@linkcode SetCommands.prototype.sscanIterator | SetCommands.sscanIterator}. */
  sscanIterator: SetCommands<T>["sscanIterator"];
  /** Returns the members that are in at least one of the sets. See {@linkcode SetCommands.prototype.sunion | SetCommands.sunion}. */
  sunion: SetCommands<T>["sunion"];
  /** Counts the members that are in at least one of the sets. See {@linkcode SetCommands.prototype.sunioncard | SetCommands.sunioncard}. */
  sunioncard: SetCommands<T>["sunioncard"];
  /** Stores the members that are in at least one of the sets. See {@linkcode SetCommands.prototype.sunionstore | SetCommands.sunionstore}. */
  sunionstore: SetCommands<T>["sunionstore"];
  /** Returns the entries of the log of slow commands. See {@linkcode SlowlogCommands.prototype.slowlogGet | SlowlogCommands.slowlogGet}. */
  slowlogGet: SlowlogCommands<T, N>["slowlogGet"];
  /** Returns the number of entries of the log of slow commands. See {@linkcode SlowlogCommands.prototype.slowlogLen | SlowlogCommands.slowlogLen}. */
  slowlogLen: SlowlogCommands<T, N>["slowlogLen"];
  /** Deletes the entries of the log of slow commands. See {@linkcode SlowlogCommands.prototype.slowlogReset | SlowlogCommands.slowlogReset}. */
  slowlogReset: SlowlogCommands<T, N>["slowlogReset"];
  /** Removes and returns members from one end of the first sorted set that has any, and waits if none has. See {@linkcode SortedSetCommands.prototype.bzmpop | SortedSetCommands.bzmpop}. */
  bzmpop: SortedSetCommands<T>["bzmpop"];
  /** Removes and returns the member with the highest score of the first sorted set that has any, and waits if none has. See {@linkcode SortedSetCommands.prototype.bzpopmax | SortedSetCommands.bzpopmax}. */
  bzpopmax: SortedSetCommands<T>["bzpopmax"];
  /** Removes and returns the member with the lowest score of the first sorted set that has any, and waits if none has. See {@linkcode SortedSetCommands.prototype.bzpopmin | SortedSetCommands.bzpopmin}. */
  bzpopmin: SortedSetCommands<T>["bzpopmin"];
  /** Adds members to a sorted set, and changes the scores of members that are already in it. See {@linkcode SortedSetCommands.prototype.zadd | SortedSetCommands.zadd}. */
  zadd: SortedSetCommands<T>["zadd"];
  /** Counts the members of a sorted set. See {@linkcode SortedSetCommands.prototype.zcard | SortedSetCommands.zcard}. */
  zcard: SortedSetCommands<T>["zcard"];
  /** Counts the members whose scores are in a range. See {@linkcode SortedSetCommands.prototype.zcount | SortedSetCommands.zcount}. */
  zcount: SortedSetCommands<T>["zcount"];
  /** Returns the members that are in the first sorted set and in none of the others. See {@linkcode SortedSetCommands.prototype.zdiff | SortedSetCommands.zdiff}. */
  zdiff: SortedSetCommands<T>["zdiff"];
  /** Stores the members that are in the first sorted set and in none of the others. See {@linkcode SortedSetCommands.prototype.zdiffstore | SortedSetCommands.zdiffstore}. */
  zdiffstore: SortedSetCommands<T>["zdiffstore"];
  /** Adds a number to the score of a member, which starts at 0 if it is new. See {@linkcode SortedSetCommands.prototype.zincrby | SortedSetCommands.zincrby}. */
  zincrby: SortedSetCommands<T>["zincrby"];
  /** Returns the members that are in all of the sorted sets. See {@linkcode SortedSetCommands.prototype.zinter | SortedSetCommands.zinter}. */
  zinter: SortedSetCommands<T>["zinter"];
  /** Counts the members that are in all of the sorted sets. See {@linkcode SortedSetCommands.prototype.zintercard | SortedSetCommands.zintercard}. */
  zintercard: SortedSetCommands<T>["zintercard"];
  /** Stores the members that are in all of the sorted sets. See {@linkcode SortedSetCommands.prototype.zinterstore | SortedSetCommands.zinterstore}. */
  zinterstore: SortedSetCommands<T>["zinterstore"];
  /** Counts the members from `min` to `max` in byte order, in a sorted set whose scores are all equal. See {@linkcode SortedSetCommands.prototype.zlexcount | SortedSetCommands.zlexcount}. */
  zlexcount: SortedSetCommands<T>["zlexcount"];
  /** Removes and returns members from one end of the first sorted set that has any. See {@linkcode SortedSetCommands.prototype.zmpop | SortedSetCommands.zmpop}. */
  zmpop: SortedSetCommands<T>["zmpop"];
  /** Returns the scores of several members. See {@linkcode SortedSetCommands.prototype.zmscore | SortedSetCommands.zmscore}. */
  zmscore: SortedSetCommands<T>["zmscore"];
  /** Removes and returns the members with the highest scores. See {@linkcode SortedSetCommands.prototype.zpopmax | SortedSetCommands.zpopmax}. */
  zpopmax: SortedSetCommands<T>["zpopmax"];
  /** Removes and returns the members with the lowest scores. See {@linkcode SortedSetCommands.prototype.zpopmin | SortedSetCommands.zpopmin}. */
  zpopmin: SortedSetCommands<T>["zpopmin"];
  /** Returns random members of a sorted set, without removing them. See {@linkcode SortedSetCommands.prototype.zrandmember | SortedSetCommands.zrandmember}. */
  zrandmember: SortedSetCommands<T>["zrandmember"];
  /** Returns the members in a range of positions, of scores (`byscore`), or of members (`bylex`). See {@linkcode SortedSetCommands.prototype.zrange | SortedSetCommands.zrange}. */
  zrange: SortedSetCommands<T>["zrange"];
  /** Returns the members from `min` to `max` in byte order, of a sorted set whose scores are all equal. See {@linkcode SortedSetCommands.prototype.zrangebylex | SortedSetCommands.zrangebylex}. */
  zrangebylex: SortedSetCommands<T>["zrangebylex"];
  /** Returns the members whose scores are in a range. See {@linkcode SortedSetCommands.prototype.zrangebyscore | SortedSetCommands.zrangebyscore}. */
  zrangebyscore: SortedSetCommands<T>["zrangebyscore"];
  /** Stores a range of a sorted set in another key: by positions, by scores (`byscore`), or by members (`bylex`). See {@linkcode SortedSetCommands.prototype.zrangestore | SortedSetCommands.zrangestore}. */
  zrangestore: SortedSetCommands<T>["zrangestore"];
  /** Returns the rank of a member, counted from the lowest score. See {@linkcode SortedSetCommands.prototype.zrank | SortedSetCommands.zrank}. */
  zrank: SortedSetCommands<T>["zrank"];
  /** Removes members from a sorted set. See {@linkcode SortedSetCommands.prototype.zrem | SortedSetCommands.zrem}. */
  zrem: SortedSetCommands<T>["zrem"];
  /** Removes the members from `min` to `max` in byte order, from a sorted set whose scores are all equal. See {@linkcode SortedSetCommands.prototype.zremrangebylex | SortedSetCommands.zremrangebylex}. */
  zremrangebylex: SortedSetCommands<T>["zremrangebylex"];
  /** Removes the members in a range of positions. See {@linkcode SortedSetCommands.prototype.zremrangebyrank | SortedSetCommands.zremrangebyrank}. */
  zremrangebyrank: SortedSetCommands<T>["zremrangebyrank"];
  /** Removes the members whose scores are in a range. See {@linkcode SortedSetCommands.prototype.zremrangebyscore | SortedSetCommands.zremrangebyscore}. */
  zremrangebyscore: SortedSetCommands<T>["zremrangebyscore"];
  /** Returns the members in a range of positions, counted from the highest score down. See {@linkcode SortedSetCommands.prototype.zrevrange | SortedSetCommands.zrevrange}. */
  zrevrange: SortedSetCommands<T>["zrevrange"];
  /** Returns the members from `max` down to `min` in byte order, of a sorted set whose scores are all equal. See {@linkcode SortedSetCommands.prototype.zrevrangebylex | SortedSetCommands.zrevrangebylex}. */
  zrevrangebylex: SortedSetCommands<T>["zrevrangebylex"];
  /** Returns the members whose scores are in a range, highest score first. See {@linkcode SortedSetCommands.prototype.zrevrangebyscore | SortedSetCommands.zrevrangebyscore}. */
  zrevrangebyscore: SortedSetCommands<T>["zrevrangebyscore"];
  /** Returns the rank of a member, counted from the highest score. See {@linkcode SortedSetCommands.prototype.zrevrank | SortedSetCommands.zrevrank}. */
  zrevrank: SortedSetCommands<T>["zrevrank"];
  /** Returns one page of the members of a sorted set, with their scores. See {@linkcode SortedSetCommands.prototype.zscan | SortedSetCommands.zscan}. */
  zscan: SortedSetCommands<T>["zscan"];
  /** Iterates over the members of a sorted set, page by page. See {@linkcode SortedSetCommands.prototype.zscanIterator | SortedSetCommands.zscanIterator}. */
  zscanIterator: SortedSetCommands<T>["zscanIterator"];
  /** Returns the score of a member. See {@linkcode SortedSetCommands.prototype.zscore | SortedSetCommands.zscore}. */
  zscore: SortedSetCommands<T>["zscore"];
  /** Returns the members that are in at least one of the sorted sets. See {@linkcode SortedSetCommands.prototype.zunion | SortedSetCommands.zunion}. */
  zunion: SortedSetCommands<T>["zunion"];
  /** Stores the members that are in at least one of the sorted sets. See {@linkcode SortedSetCommands.prototype.zunionstore | SortedSetCommands.zunionstore}. */
  zunionstore: SortedSetCommands<T>["zunionstore"];
  /** Acknowledges entries as processed: removes them from the pending entries of a group. See {@linkcode StreamCommands.prototype.xack | StreamCommands.xack}. */
  xack: StreamCommands<T>["xack"];
  /** Acknowledges entries in a group and deletes them from the stream. See {@linkcode StreamCommands.prototype.xackdel | StreamCommands.xackdel}. */
  xackdel: StreamCommands<T>["xackdel"];
  /** Appends an entry to a stream, and creates the stream if it does not exist. See {@linkcode StreamCommands.prototype.xadd | StreamCommands.xadd}. */
  xadd: StreamCommands<T>["xadd"];
  /** Claims entries that have been pending for a long time, for a consumer that processes them instead. See {@linkcode StreamCommands.prototype.xautoclaim | StreamCommands.xautoclaim}. */
  xautoclaim: StreamCommands<T>["xautoclaim"];
  /** Sets how many idempotent ids a stream remembers, and for how long. See {@linkcode StreamCommands.prototype.xcfgset | StreamCommands.xcfgset}. */
  xcfgset: StreamCommands<T>["xcfgset"];
  /** Claims pending entries by their ids, for a consumer that processes them instead. See {@linkcode StreamCommands.prototype.xclaim | StreamCommands.xclaim}. */
  xclaim: StreamCommands<T>["xclaim"];
  /** Deletes entries from a stream. See {@linkcode StreamCommands.prototype.xdel | StreamCommands.xdel}. */
  xdel: StreamCommands<T>["xdel"];
  /** Deletes entries from a stream, with a choice of what to do if consumer groups still refer to them. See {@linkcode StreamCommands.prototype.xdelex | StreamCommands.xdelex}. */
  xdelex: StreamCommands<T>["xdelex"];
  /** Creates a consumer group for a stream. See {@linkcode StreamCommands.prototype.xgroupCreate | StreamCommands.xgroupCreate}. */
  xgroupCreate: StreamCommands<T>["xgroupCreate"];
  /** Creates a consumer in a group. See {@linkcode StreamCommands.prototype.xgroupCreateconsumer | StreamCommands.xgroupCreateconsumer}. */
  xgroupCreateconsumer: StreamCommands<T>["xgroupCreateconsumer"];
  /** Deletes a consumer of a group, together with its pending entries. See {@linkcode StreamCommands.prototype.xgroupDelconsumer | StreamCommands.xgroupDelconsumer}. */
  xgroupDelconsumer: StreamCommands<T>["xgroupDelconsumer"];
  /** Deletes a consumer group, together with its consumers and its list of pending entries. See {@linkcode StreamCommands.prototype.xgroupDestroy | StreamCommands.xgroupDestroy}. */
  xgroupDestroy: StreamCommands<T>["xgroupDestroy"];
  /** Sets the last delivered id of a group: its next new entries are those after this id. See {@linkcode StreamCommands.prototype.xgroupSetid | StreamCommands.xgroupSetid}. */
  xgroupSetid: StreamCommands<T>["xgroupSetid"];
  /** Lists the consumers of a group, with their idle times and numbers of pending entries. See {@linkcode StreamCommands.prototype.xinfoConsumers | StreamCommands.xinfoConsumers}. */
  xinfoConsumers: StreamCommands<T>["xinfoConsumers"];
  /** Lists the consumer groups of a stream, with their lag and numbers of pending entries. See {@linkcode StreamCommands.prototype.xinfoGroups | StreamCommands.xinfoGroups}. */
  xinfoGroups: StreamCommands<T>["xinfoGroups"];
  /** Returns information about a stream: its length, first and last entry, and counters. See {@linkcode StreamCommands.prototype.xinfoStream | StreamCommands.xinfoStream}. */
  xinfoStream: StreamCommands<T>["xinfoStream"];
  /** Counts the entries of a stream. See {@linkcode StreamCommands.prototype.xlen | StreamCommands.xlen}. */
  xlen: StreamCommands<T>["xlen"];
  /** Gives pending entries back to the group unprocessed, so that any consumer can get them at once. See {@linkcode StreamCommands.prototype.xnack | StreamCommands.xnack}. */
  xnack: StreamCommands<T>["xnack"];
  /** Returns the pending entries of a group, which were delivered but not acknowledged, or a summary of them. See {@linkcode StreamCommands.prototype.xpending | StreamCommands.xpending}. */
  xpending: StreamCommands<T>["xpending"];
  /** Returns the entries in a range of ids, oldest first. See {@linkcode StreamCommands.prototype.xrange | StreamCommands.xrange}. */
  xrange: StreamCommands<T>["xrange"];
  /** Reads the entries after an id from one or several streams, and with `block` waits for new ones. See {@linkcode StreamCommands.prototype.xread | StreamCommands.xread}. */
  xread: StreamCommands<T>["xread"];
  /** Reads entries as a consumer of a group. See {@linkcode StreamCommands.prototype.xreadgroup | StreamCommands.xreadgroup}. */
  xreadgroup: StreamCommands<T>["xreadgroup"];
  /** Returns the entries in a range of ids, newest first. See {@linkcode StreamCommands.prototype.xrevrange | StreamCommands.xrevrange}. */
  xrevrange: StreamCommands<T>["xrevrange"];
  /** Sets the last id and the counters of a stream. See {@linkcode StreamCommands.prototype.xsetid | StreamCommands.xsetid}. */
  xsetid: StreamCommands<T>["xsetid"];
  /** Deletes the oldest entries of a stream. See {@linkcode StreamCommands.prototype.xtrim | StreamCommands.xtrim}. */
  xtrim: StreamCommands<T>["xtrim"];
  /** Appends text or bytes to a string, and creates it if the key does not exist. See {@linkcode StringCommands.prototype.append | StringCommands.append}. */
  append: StringCommands<T>["append"];
  /** Subtracts 1 from a counter, which starts at 0 if the key does not exist. See {@linkcode StringCommands.prototype.decr | StringCommands.decr}. */
  decr: StringCommands<T>["decr"];
  /** Subtracts an integer from a counter, which starts at 0 if the key does not exist. See {@linkcode StringCommands.prototype.decrby | StringCommands.decrby}. */
  decrby: StringCommands<T>["decrby"];
  /** Deletes a key if its value meets a condition. See {@linkcode StringCommands.prototype.delex | StringCommands.delex}. */
  delex: StringCommands<T>["delex"];
  /** Deletes a key if it holds the given value. See {@linkcode StringCommands.prototype.delifeq | StringCommands.delifeq}. */
  delifeq: StringCommands<T>["delifeq"];
  /** Returns a digest of a string, for a later comparison with `ifdeq` or `ifdne`. See {@linkcode StringCommands.prototype.digest | StringCommands.digest}. */
  digest: StringCommands<T>["digest"];
  /** Returns the value of a string. See {@linkcode StringCommands.prototype.get | StringCommands.get}. */
  get: StringCommands<T>["get"];
  /** Returns the value of a string and deletes the key. See {@linkcode StringCommands.prototype.getdel | StringCommands.getdel}. */
  getdel: StringCommands<T>["getdel"];
  /** Returns the value of a string and changes its expiry. See {@linkcode StringCommands.prototype.getex | StringCommands.getex}. */
  getex: StringCommands<T>["getex"];
  /** Returns a part of a string. See {@linkcode StringCommands.prototype.getrange | StringCommands.getrange}. */
  getrange: StringCommands<T>["getrange"];
  /** Sets the value of a key and returns the old one. See {@linkcode StringCommands.prototype.getset | StringCommands.getset}. */
  getset: StringCommands<T>["getset"];
  /** Adds 1 to a counter, which starts at 0 if the key does not exist. See {@linkcode StringCommands.prototype.incr | StringCommands.incr}. */
  incr: StringCommands<T>["incr"];
  /** Adds an integer to a counter, which starts at 0 if the key does not exist. See {@linkcode StringCommands.prototype.incrby | StringCommands.incrby}. */
  incrby: StringCommands<T>["incrby"];
  /** Adds a decimal number to the one that a key holds, which starts at 0 if the key does not exist. See {@linkcode StringCommands.prototype.incrbyfloat | StringCommands.incrbyfloat}. */
  incrbyfloat: StringCommands<T>["incrbyfloat"];
  /** Adds to a counter within bounds and sets its expiry: a rate limit in one command. See {@linkcode StringCommands.prototype.increx | StringCommands.increx}. */
  increx: StringCommands<T>["increx"];
  /** Returns the longest common subsequence of two strings: the most bytes that both contain in the same order. See {@linkcode StringCommands.prototype.lcs | StringCommands.lcs}. */
  lcs: StringCommands<T>["lcs"];
  /** Returns the values of several strings. See {@linkcode StringCommands.prototype.mget | StringCommands.mget}. */
  mget: StringCommands<T>["mget"];
  /** Sets the values of several keys, and replaces values of any type. See {@linkcode StringCommands.prototype.mset | StringCommands.mset}. */
  mset: StringCommands<T>["mset"];
  /** Sets the values and the expiry of several keys, all or none of them. See {@linkcode StringCommands.prototype.msetex | StringCommands.msetex}. */
  msetex: StringCommands<T>["msetex"];
  /** Sets the values of several keys if none of the keys exists. See {@linkcode StringCommands.prototype.msetnx | StringCommands.msetnx}. */
  msetnx: StringCommands<T>["msetnx"];
  /** Sets the value of a key with a time to live in milliseconds. See {@linkcode StringCommands.prototype.psetex | StringCommands.psetex}. */
  psetex: StringCommands<T>["psetex"];
  /** Sets the value of a key, and replaces a value of any type. See {@linkcode StringCommands.prototype.set | StringCommands.set}. */
  set: StringCommands<T>["set"];
  /** Sets the value of a key with a time to live in seconds. See {@linkcode StringCommands.prototype.setex | StringCommands.setex}. */
  setex: StringCommands<T>["setex"];
  /** Sets the value of a key if the key does not exist. See {@linkcode StringCommands.prototype.setnx | StringCommands.setnx}. */
  setnx: StringCommands<T>["setnx"];
  /** Overwrites a part of a string, and creates it if the key does not exist. See {@linkcode StringCommands.prototype.setrange | StringCommands.setrange}. */
  setrange: StringCommands<T>["setrange"];
  /** Returns the length of a string in bytes. See {@linkcode StringCommands.prototype.strlen | StringCommands.strlen}. */
  strlen: StringCommands<T>["strlen"];
  /** Returns a part of a string. See {@linkcode StringCommands.prototype.substr | StringCommands.substr}. */
  substr: StringCommands<T>["substr"];
  /** Adds an element to a vector set, or updates its vector. See {@linkcode VectorSetCommands.prototype.vadd | VectorSetCommands.vadd}. */
  vadd: VectorSetCommands<T>["vadd"];
  /** Returns the number of elements of a vector set. See {@linkcode VectorSetCommands.prototype.vcard | VectorSetCommands.vcard}. */
  vcard: VectorSetCommands<T>["vcard"];
  /** Returns the number of dimensions of the vectors in a vector set. See {@linkcode VectorSetCommands.prototype.vdim | VectorSetCommands.vdim}. */
  vdim: VectorSetCommands<T>["vdim"];
  /** Returns the vector of an element, with the precision of its quantization. See {@linkcode VectorSetCommands.prototype.vemb | VectorSetCommands.vemb}. */
  vemb: VectorSetCommands<T>["vemb"];
  /** Returns the attributes of an element. See {@linkcode VectorSetCommands.prototype.vgetattr | VectorSetCommands.vgetattr}. */
  vgetattr: VectorSetCommands<T>["vgetattr"];
  /** Returns the properties of a vector set: size, quantization and graph. See {@linkcode VectorSetCommands.prototype.vinfo | VectorSetCommands.vinfo}. */
  vinfo: VectorSetCommands<T>["vinfo"];
  /** Returns whether an element is in a vector set. See {@linkcode VectorSetCommands.prototype.vismember | VectorSetCommands.vismember}. */
  vismember: VectorSetCommands<T>["vismember"];
  /** Returns the neighbours of an element in each layer of the graph. See {@linkcode VectorSetCommands.prototype.vlinks | VectorSetCommands.vlinks}. */
  vlinks: VectorSetCommands<T>["vlinks"];
  /** Returns random elements of a vector set. See {@linkcode VectorSetCommands.prototype.vrandmember | VectorSetCommands.vrandmember}. */
  vrandmember: VectorSetCommands<T>["vrandmember"];
  /** Returns the elements in a lexicographical range, compared byte by byte. See {@linkcode VectorSetCommands.prototype.vrange | VectorSetCommands.vrange}. */
  vrange: VectorSetCommands<T>["vrange"];
  /** Removes an element from a vector set. See {@linkcode VectorSetCommands.prototype.vrem | VectorSetCommands.vrem}. */
  vrem: VectorSetCommands<T>["vrem"];
  /** Sets or removes the attributes of an element. See {@linkcode VectorSetCommands.prototype.vsetattr | VectorSetCommands.vsetattr}. */
  vsetattr: VectorSetCommands<T>["vsetattr"];
  /** Returns the elements of a vector set that are most similar to a vector or to an element. See {@linkcode VectorSetCommands.prototype.vsim | VectorSetCommands.vsim}. */
  vsim: VectorSetCommands<T>["vsim"];
}
