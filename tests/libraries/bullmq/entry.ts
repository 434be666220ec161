/**
 * What the suite of BullMQ needs of this library, for one file of plain JavaScript: Vite, which compiles the suite, does
 * not know the imports of Deno.
 *
 * @module
 */

export { BullMQConnection } from "../../../lib/adapters/bullmq/mod.ts";
export { RedisClient, RedisClusterClient } from "../../../mod.ts";
