/**
 * Libraries that take a client of ioredis, on this library.
 *
 * {@linkcode IORedisFacade} has the methods, arguments, replies and events of ioredis that such libraries use, on the
 * standalone and on the cluster client. Libraries that make their client themselves (`new Redis()`) cannot use it.
 *
 * @example Locks by redlock
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { IORedisFacade } from "@babushka/redis/ioredis";
 *
 * await using redis = new IORedisFacade(RedisClient, "redis://localhost:6379");
 * await redis.set("k", "v", "EX", 10, "NX"); // "OK"
 * await redis.multi().incr("n").get("k").exec(); // [[null, 1], [null, "v"]]
 * // TypeScript: libraries that want the class of ioredis get it by `redis as never`.
 * ```
 *
 * @module
 */

export {
  type IORedisCommandDefinition,
  IORedisFacade,
  type IORedisFacadeOptions,
} from "./facade.ts";
export type { ClientClass, ClientConfiguration } from "../client_class.ts";
export { IORedisPipeline, type PipelineResult } from "./pipeline.ts";
export type { Callback } from "./shapes.ts";
export type * from "../../configuration/options.ts";
export type * from "../../configuration/telemetry.ts";
