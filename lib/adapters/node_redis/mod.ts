/**
 * Libraries that take a client of node-redis (the package `redis`) can use a client of this library.
 *
 * {@linkcode NodeRedisFacade} has the methods, arguments, replies and events of node-redis 5 that such libraries use:
 * connect-redis, @keyv/redis (and cacheable and cache-manager with it), the cache handlers of Next.js, rate-limit-redis,
 * rate-limiter-flexible, socket.io's adapters. On a `RedisClusterClient` it looks like what `createCluster()` makes, with
 * `masters`, `slots` and `nodeClient()`. Libraries that call `createClient()` themselves cannot use it.
 *
 * @example Around a client
 * ```ts
 * import { NodeRedisFacade } from "@babushka/redis/node-redis";
 *
 * const redis = new NodeRedisFacade(client);
 * await redis.set("k", "v", { EX: 10, NX: true }); // "OK"
 * await redis.multi().incr("n").hSet("h", { a: 1 }).hGetAll("h").exec(); // [1, 1, { a: "1" }]
 * await redis.close();
 * ```
 *
 * @example With a client of its own, for @keyv/redis
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { NodeRedisFacade } from "@babushka/redis/node-redis";
 * import { createKeyv } from "npm:@keyv/redis@5";
 *
 * await using redis = await new NodeRedisFacade(RedisClient, "redis://localhost:6379").connect();
 * // The class of node-redis has private fields, so no other type is assignable to it: hence `as never`.
 * const keyv = createKeyv(redis as never, { namespace: "cache" });
 * await keyv.set("k", { n: 1 }, 60_000);
 * ```
 *
 * @example Next.js: `cache-handler.mjs` for @fortedigital/nextjs-cache-handler
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { NodeRedisFacade } from "@babushka/redis/node-redis";
 * import { CacheHandler } from "npm:@fortedigital/nextjs-cache-handler@3";
 * import createRedisHandler from "npm:@fortedigital/nextjs-cache-handler@3/redis-strings";
 *
 * CacheHandler.onCreation(async () => {
 *   const client = await new NodeRedisFacade(RedisClient, "redis://localhost:6379").connect();
 *   return { handlers: [createRedisHandler({ client: client as never, keyPrefix: "next:" })] };
 * });
 * ```
 *
 * Where it differs from node-redis:
 *
 * - Replies are those of node-redis 5. Version 6 differs in two points: its records have the prototype of objects, and
 *   coordinates and distances are numbers there.
 * - A call has a deadline, `requestTimeout`, 5 seconds by default.
 * - Options that it does not know are errors. So are methods that it does not have; most of these commands can be sent by
 *   `sendCommand()`.
 * - In a cluster, commands for keys of several slots are split (`mGet`, `del`, `unlink`, `exists`), and
 *   `execAsPipeline()` takes commands for any keys. `multi().exec()` wants keys of one slot.
 * - Calls whose first argument was made by `commandOptions()` of node-redis 4 are understood, and `scan()`, `hScan()`
 *   and the like answer the pages of version 4 then. @neshca/cache-handler needs that.
 * - Buffers are for blob strings only (`withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })`); cursors are always text.
 *
 * @module
 */

export { NodeRedisFacade, type NodeRedisFacadeOptions } from "./facade.ts";
export { NodeRedisChain } from "./chain.ts";
export { type NodeRedisCommandOptions, RESP_TYPES } from "./command_options.ts";
export { MultiErrorReply } from "./errors.ts";
export type { PageOptions } from "./iterators.ts";
export type { MessageListener } from "./subscriptions.ts";
export type { ClientClass, ClientConfiguration } from "../client_class.ts";
export type { StoreClient } from "../store_client.ts";
export type * from "../../configuration/options.ts";
export type * from "../../configuration/telemetry.ts";
