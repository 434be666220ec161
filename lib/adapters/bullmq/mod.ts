/**
 * Connection for [BullMQ](https://docs.bullmq.io): queues, workers, flows and event listeners on this library.
 *
 * {@linkcode BullMQConnection} implements the `IRedisClient` interface of BullMQ 5.77 and later, with a standalone or a
 * cluster client.
 *
 * @example A queue and a worker
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { BullMQConnection } from "@babushka/redis/bullmq";
 * import { Queue, Worker } from "npm:bullmq@6";
 *
 * await using connection = new BullMQConnection(RedisClient, "redis://localhost:6379");
 * const queue = new Queue("mail", { connection });
 * const worker = new Worker("mail", async (job) => console.log(job.data), { connection });
 * await queue.add("welcome", { to: "ann@example.com" });
 * ```
 *
 * @example A queue on a cluster
 * ```ts no-eval
 * import { RedisClusterClient } from "@babushka/redis";
 * import { BullMQConnection } from "@babushka/redis/bullmq";
 * import { Queue } from "npm:bullmq@6";
 *
 * await using connection = new BullMQConnection(RedisClusterClient, "redis://localhost:7000");
 * // All keys of a queue must be in one slot, so the prefix needs a hash tag.
 * const queue = new Queue("mail", { connection, prefix: "{mail}" });
 * ```
 *
 * @module
 */

export {
  type BullMQCommandDefinition,
  BullMQConnection,
  type BullMQConnectionOptions,
  type BullMQDuplicateOptions,
} from "./connection.ts";
export type { ClientClass, ClientConfiguration } from "../client_class.ts";
export type { BullMQTransaction } from "./transaction.ts";
export type * from "../../configuration/options.ts";
export type * from "../../configuration/telemetry.ts";
export type { Reply } from "../../resp/reply.ts";
export { RedisError, ServerError } from "../../errors.ts";
