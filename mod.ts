/**
 * A Redis and Valkey client for Deno: standalone and cluster, pure TypeScript, needing `--allow-net` and nothing else.
 *
 * {@linkcode RedisClient} talks to one primary and its replicas, {@linkcode RedisClusterClient} to a cluster. Their
 * commands are in groups, each with a page of its own, such as {@linkcode StringCommands}; {@linkcode Commands} is all of
 * them together.
 *
 * @example Setting and getting
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
