/**
 * The client for one primary and its replicas.
 *
 * @module
 */

import { Client } from "../lib/client/client.ts";
import { View } from "../lib/client/view.ts";
import type { RedisClientConfiguration } from "../lib/configuration/options.ts";
import { settingsOf } from "../lib/configuration/settings.ts";
import type { RequestOptions } from "../lib/dispatch/request_options.ts";
import { observe } from "../lib/telemetry/telemetry.ts";
import { StandaloneDispatcher } from "./dispatcher.ts";

/**
 * A client for a standalone server: one primary, and any number of replicas.
 *
 * All requests share one connection per node and are pipelined on it as they come. The client finds out which of the
 * addresses is the primary, follows it when a replica is promoted, and reconnects for ever.
 *
 * @example A counter that expires
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 *
 * await using client = await RedisClient.create({ addresses: [{ host: "localhost", port: 6379 }] });
 * await client.set("visits", 0, { ex: 3600 });
 * await client.incr("visits"); // 1
 * ```
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export class RedisClient<T extends string | Uint8Array = string> extends Client<T, "one"> {
  /**
   * Whether the clients of this class are for a cluster.
   *
   * @ignore
   */
  static readonly isCluster: boolean = false;

  /**
   * Connects to a primary and its replicas.
   *
   * It is ready when the primary is known and every other address has answered or failed, at the latest after half of
   * `clientCreationTimeout`; replicas that come later join later. With `lazyConnect` it is ready at once.
   *
   * Several addresses may lead to the same server, and an address may lead to another server later (a load balancer,
   * say). A single address is used as the primary even if the server, or a proxy, does not tell its role.
   *
   * @example With a URL
   * ```ts no-eval
   * import { RedisClient } from "@babushka/redis";
   *
   * await using client = await RedisClient.create("rediss://user:secret@redis.example.com:6379/0");
   * ```
   *
   * With the option `sentinel` the addresses come from sentinels.
   *
   * @example By Sentinel
   * ```ts no-eval
   * import { RedisClient } from "@babushka/redis";
   *
   * await using client = await RedisClient.create({
   *   sentinel: { name: "main", addresses: [{ host: "sentinel-1" }, { host: "sentinel-2" }] },
   * });
   * ```
   *
   * @param configuration Options, or a URL: `redis://`, `rediss://`, `valkey://`, `valkeys://`.
   * @returns The client.
   * @throws {ConfigurationError} If an option is bad; nothing was opened then.
   * @throws {ServerError} If a server refuses the credentials (`WRONGPASS`, `NOAUTH`).
   * @throws {ConnectionError} If no primary was found, or more than one, or if there are several addresses and none
   * tells its role; the message says what each address, and each sentinel, answered.
   * @throws {TimeoutError} If nothing answered within `clientCreationTimeout`.
   */
  static async create(
    configuration: RedisClientConfiguration | string | URL,
  ): Promise<RedisClient> {
    const settings = settingsOf(configuration, "standalone");
    const dispatcher = new StandaloneDispatcher(settings);
    observe(dispatcher);
    if (!settings.lazyConnect) await dispatcher.connect();
    return new RedisClient<string>(new View(dispatcher));
  }

  /**
   * A view of this client whose bulk strings are `Uint8Array`: exact, whatever the bytes.
   *
   * It shares everything with this client; closing either closes both.
   *
   * @example Storing bytes
   * ```ts
   * await client.set("pixels", new Uint8Array([0, 255, 128]));
   * await client.bytes.get("pixels"); // Uint8Array [0, 255, 128]
   * ```
   */
  override get bytes(): RedisClient<Uint8Array> {
    return new RedisClient<Uint8Array>(this.view().inBytes());
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
   * @example Reading the same key often
   * ```ts
   * await client.set("title", "Hello");
   * await client.cached.get("title"); // "Hello"
   * await client.cached.get("title"); // "Hello"
   * ```
   */
  override get cached(): RedisClient<T> {
    return new RedisClient<T>(this.view().cached());
  }

  /**
   * A view of this client whose requests have other options.
   *
   * @example Waiting for work, but not for ever
   * ```ts
   * const patient = client.with({ timeout: 60_000 });
   * await patient.get("k");
   * ```
   *
   * @param options Options of the requests; what is not given stays as it is on this view.
   * @returns The view. It shares everything with this client; closing either closes both.
   * @throws {ConfigurationError} If an option is bad.
   */
  override with(options: RequestOptions): RedisClient<T> {
    return new RedisClient<T>(this.view(options));
  }
}
