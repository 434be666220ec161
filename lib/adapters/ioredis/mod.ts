/**
 * Client for libraries that expect a client of [ioredis](https://github.com/redis/ioredis).
 *
 * {@linkcode IORedisFacade} has the methods, arguments, replies and events of ioredis that such libraries use, with a
 * standalone or a cluster client. It does not help with libraries that create their client themselves (`new Redis()`).
 *
 * @example Pass a client to a library
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { IORedisFacade } from "@babushka/redis/ioredis";
 *
 * await using redis = new IORedisFacade(RedisClient, "redis://localhost:6379");
 * await redis.set("k", "v", "EX", 10, "NX"); // "OK"
 * await redis.multi().incr("n").get("k").exec(); // [[null, 1], [null, "v"]]
 * // TypeScript: pass `redis as never` where a library expects the class of ioredis.
 * ```
 *
 * Where it differs from ioredis:
 *
 * - Errors of the server are a `ServerError` with the `code` and the `command`; their message is the same. There is no
 *   `ReplyError`.
 * - Commands that would change the connection for all callers are refused: SELECT, AUTH, WATCH, MONITOR. For `watch()`
 *   use a client of this library, or a script.
 * - A command has a time limit, `requestTimeout`, 5 seconds by default.
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
