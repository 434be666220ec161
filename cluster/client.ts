/**
 * The client for a cluster.
 *
 * @module
 */

import { Client } from "../lib/client/client.ts";
import { View } from "../lib/client/view.ts";
import type { ClusterClientConfiguration } from "../lib/configuration/options.ts";
import { settingsOf } from "../lib/configuration/settings.ts";
import type { Reach } from "../lib/commands/mod.ts";
import type { NodeRoute, NodesRoute } from "../lib/dispatch/route.ts";
import type { ClusterRequestOptions, RequestOptions } from "../lib/dispatch/request_options.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";
import { refuseSurplusIn } from "../lib/surplus_arguments.ts";
import { observe } from "../lib/telemetry/telemetry.ts";
import { ClusterDispatcher } from "./dispatcher.ts";
import { ClusterScan, type ClusterScanOptions } from "./scan.ts";

/**
 * A client for a cluster: one seed node is enough, it finds the others by itself.
 *
 * Each command goes to the node, or nodes, that the servers' own command tips say, and the replies of several nodes are
 * put together as they say. Slots that move and primaries that fail are followed; requests wait meanwhile, inside their
 * time.
 *
 * @example Keys all over the cluster
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
 * @typeParam N How many nodes the commands reach: as many as the servers' policies say, or on a view with a route one
 * or several.
 */
export class RedisClusterClient<
  T extends string | Uint8Array = string,
  N extends Reach = "policy",
> extends Client<T, N> {
  static {
    refuseSurplusIn(RedisClusterClient.prototype, ["customCommand", "scanIterator"]);
  }

  /**
   * Whether the clients of this class are for a cluster.
   *
   * @ignore
   */
  static readonly isCluster: boolean = true;

  /**
   * Finds the cluster and connects to its primaries.
   *
   * It is ready when each primary was reached or has failed, at the latest after half of `clientCreationTimeout` once
   * the topology is known. With `lazyConnect` it is ready at once.
   *
   * @example Reading from replicas
   * ```ts no-eval
   * import { RedisClusterClient } from "@babushka/redis";
   *
   * await using cluster = await RedisClusterClient.create({
   *   addresses: [{ host: "redis.example.com" }],
   *   readFrom: "preferReplica",
   * });
   * ```
   *
   * @param configuration Options, or the URL of a seed.
   * @returns The client.
   * @throws {ConfigurationError} If an option is bad; nothing was opened then. Also if `addressMap` returns no address.
   * @throws {ServerError} If a seed refuses the credentials, or to tell the topology (`NOPERM`).
   * @throws {ClusterError} If the cluster mode of a seed is off.
   * @throws {ConnectionError} If no seed told the topology in time; the message tells what each one answered.
   * @throws {TimeoutError} If no seed answered at all within `clientCreationTimeout`.
   */
  static async create(
    configuration: ClusterClientConfiguration | string | URL,
  ): Promise<RedisClusterClient> {
    const settings = settingsOf(configuration, "cluster");
    const dispatcher = new ClusterDispatcher(settings);
    observe(dispatcher);
    if (!settings.lazyConnect) await dispatcher.connect();
    return new RedisClusterClient<string>(new View(dispatcher));
  }

  /**
   * A view of this client whose bulk strings are `Uint8Array`: exact, whatever the bytes.
   *
   * It shares everything with this client; closing either closes both.
   */
  override get bytes(): RedisClusterClient<Uint8Array, N> {
    return new RedisClusterClient<Uint8Array, N>(this.view().inBytes());
  }

  /**
   * A view of this client whose reads are answered from memory where possible.
   *
   * Replies to commands that only read one key are kept, and MGET is kept key by key. The server says when such a key is
   * changed, and the entry is dropped at that moment. Everything else simply runs. All cached views of a client share
   * one cache; see {@linkcode BaseConfiguration.cache} for its limits. It needs RESP3, and Redis 7 or Valkey: elsewhere
   * reads go to the server, and there is one `uncached` event.
   *
   * A value can be as old as the server's message is on its way. If the server does not answer, or the connection is
   * dead, it can be 2 s old; after that, reads go to the server. It is never older than `maxTtl`, nor used when the key
   * has expired. What this client has changed itself is seen at once, once the change is acknowledged. `readFrom` is
   * ignored: reads for the cache go to primaries. Requests with a `route`, and those in batches, transactions and
   * `watch()`, are not cached.
   *
   * When a slot gets another owner, its entries are dropped as soon as the client learns of that: from a redirection, or
   * from the next look at the topology (`periodicTopologyCheck`).
   *
   * @example Reading the same key often
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
   * A view of this client whose requests have other options.
   *
   * @example Asking every node
   * ```ts no-eval
   * import { RedisClusterClient } from "@babushka/redis";
   *
   * await using cluster = await RedisClusterClient.create("redis://localhost:7000");
   * await cluster.with({ route: "allNodes" }).time(); // { "10.0.0.1:6379": { seconds: 1766000000, ... }, ... }
   * ```
   *
   * @example Asking one node
   * ```ts
   * const { sections } = await cluster.with({ route: { slotKey: "user:7" } }).info("memory");
   * Number(sections.memory.used_memory); // 1032144
   * ```
   *
   * @param options Options of the requests; what is not given stays as it is on this view.
   * @returns The view. It shares everything with this client; closing either closes both. With a route to several
   * nodes, commands answer a record by node unless there is a rule to put the replies together; with a route to one
   * node they never do.
   * @throws {ConfigurationError} If an option is bad.
   */
  override with(options: RequestOptions & { route: NodesRoute }): RedisClusterClient<T, "several">;
  /** A view of this client whose requests go to one node. */
  override with(options: RequestOptions & { route: NodeRoute }): RedisClusterClient<T, "one">;
  /** A view of this client whose requests have another timeout or signal. */
  override with(options: RequestOptions & { route?: undefined }): RedisClusterClient<T, N>;
  /** A view of this client whose requests have other options. */
  override with(options: ClusterRequestOptions): RedisClusterClient<T, Reach>;
  /** A view of this client whose requests have other options. */
  override with(options: ClusterRequestOptions): RedisClusterClient<T, Reach> {
    return new RedisClusterClient<T, Reach>(this.view(options));
  }

  /**
   * Runs any command, also one that this library has no method for.
   *
   * It goes where its keys or the servers' tips say, or where `route` says. One that goes to several nodes answers one
   * reply if there is a rule to put theirs together, else a record of the replies by `host:port`.
   *
   * @param args Its words, the name first.
   * @param options Options of this request; those of the view where they are not given.
   * @returns The reply, or a record of replies.
   * @throws {TypeError} If the command would change the state of a shared connection; the message says what to use
   * instead.
   * @throws {ClusterError} If its keys are in different slots and it cannot be split.
   */
  override customCommand(
    args: readonly Argument[],
    options?: ClusterRequestOptions,
  ): Promise<Reply> {
    return super.customCommand(args, options);
  }

  /**
   * Iterates over the keys of the whole cluster, page by page and node by node.
   *
   * A key that is there all the time is yielded at least once, perhaps several times, also when slots move and
   * primaries fail meanwhile: what a node was asked for counts only if it had the slot from the first page to the last.
   * A shard that cannot be reached is waited for, a minute at most.
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
   * @example Going on where another process has stopped
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
   * @param options Which keys, how many for a page, and where to go on.
   * @returns The keys, in no order. Leaving the loop, and the signal of the view, end it at once.
   * @throws {TypeError} If the state is none, or that of a scan that looked for something else.
   * @throws {ClusterError} If slots have no owner, once the keys of all others have been yielded; or if no node tells
   * the topology within `clientCreationTimeout`.
   * @throws {ServerError} If the user may not run SCAN or CLUSTER NODES. If the user may not run INFO, a node whose
   * connection was lost is scanned again from the start, since it may have been restarted.
   * @throws {ConnectionError | TimeoutError} If a shard could not be reached for a minute.
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
