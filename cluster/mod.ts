/**
 * Client for Redis Cluster and Valkey Cluster.
 *
 * {@linkcode RedisClusterClient} routes each command to the nodes of its keys, follows redirections and failovers, and
 * merges the replies of several nodes. For a standalone server use `@babushka/redis/standalone`.
 *
 * @example Set and get
 * ```ts no-eval
 * import { RedisClusterClient } from "@babushka/redis/cluster";
 *
 * await using cluster = await RedisClusterClient.create("redis://localhost:7000");
 * await cluster.set("greeting", "hello");
 * await cluster.get("greeting"); // "hello"
 * ```
 *
 * @module
 */

export { RedisClusterClient } from "./client.ts";
export { ClusterScan, type ClusterScanOptions } from "./scan.ts";
export * from "../lib/commands/mod.ts";
export {
  type BackoffStrategy,
  type BaseConfiguration,
  type CacheOptions,
  type ClusterClientConfiguration,
  type CredentialsProvider,
  type NodeAddress,
  ReadFrom,
  type RedisCredentials,
  type RetryStrategy,
  type SocketAddress,
  type TemporaryCredentials,
  type TlsOptions,
  type TlsProvider,
} from "../lib/configuration/options.ts";
export {
  Batch,
  type BatchOptions,
  type BatchOutcomes,
  type BatchValues,
} from "../lib/client/batch.ts";
export type { CacheStatistics } from "../lib/cache/statistics.ts";
export { Client } from "../lib/client/client.ts";
export type { UpdateCredentialsOptions } from "../lib/client/update_credentials.ts";
export type { Habits, UseInstead } from "../lib/client/habits.ts";
export type { ClusterRequestOptions, RequestOptions } from "../lib/dispatch/request_options.ts";
export type * from "../lib/dispatch/route.ts";
export * from "../lib/errors.ts";
export type * from "../lib/configuration/telemetry.ts";
export type * from "../lib/events.ts";
export type { SubscriptionFigures } from "../lib/subscription/figures.ts";
export type { ClientStatistics } from "../lib/telemetry/statistics.ts";
export { type Decoder, Executor, type Origin, type Words } from "../lib/executor.ts";
export type { Argument, Reply } from "../lib/resp/reply.ts";
export type { WatchOptions } from "../lib/client/watch.ts";
export type { Overflow } from "../lib/subscription/mailbox.ts";
export type * from "../lib/subscription/message.ts";
export { Monitor, type MonitorOptions, type MonitorStats } from "../lib/subscription/monitor.ts";
export type { MonitoredCommand } from "../lib/subscription/monitor_line.ts";
export type { SubscriptionStats } from "../lib/subscription/reader.ts";
export {
  type SubscribeOptions,
  Subscription,
  type WithGaps,
} from "../lib/subscription/subscription.ts";
export { WatchSession } from "../lib/client/watch_session.ts";
export { Script, script, type ScriptOptions } from "../lib/client/script.ts";
