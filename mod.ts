/**
 * Redis and Valkey client for Deno, Node and Bun: standalone servers, Sentinel and clusters. On Deno it needs only the
 * permission `--allow-net`.
 *
 * {@linkcode RedisClient} connects to one primary and its replicas, {@linkcode RedisClusterClient} to a cluster. Each
 * group of commands has its own page, such as {@linkcode StringCommands}. {@linkcode Commands} combines all groups.
 *
 * @example Set and get
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 *
 * await using client = await RedisClient.create({ addresses: [{ host: "localhost", port: 6379 }] });
 * await client.set("greeting", "hello", { ex: 60 });
 * await client.get("greeting"); // "hello"
 * ```
 *
 * @module
 */

export * from "./cluster/mod.ts";
export * from "./standalone/mod.ts";
