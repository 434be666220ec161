/**
 * Real servers, faulty networks and scripted servers for tests of programs that use Redis or Valkey.
 *
 * {@linkcode startServer} starts a real server. Everything listens on loopback, on free ports, and is gone when the test is over,
 * even when the test crashes. The kit owns what runs outside the client; it knows nothing of the client itself.
 *
 * @example A test against a real server
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { startServer } from "@babushka/redis/testing";
 * import { assertEquals } from "@std/assert";
 *
 * Deno.test("set() writes what get() reads", async () => {
 *   await using server = await startServer();
 *   await using client = await RedisClient.create(server.url);
 *   await client.set("k", "v");
 *   assertEquals(await server.command(["GET", "k"]), "v");
 * });
 * ```
 *
 * @module
 */

export * from "./binary.ts";
export * from "./certificates.ts";
export * from "./server.ts";
export * from "./black_hole.ts";
export * from "./proxy.ts";
export { type Argument, type Reply, ServerError } from "../resp/mod.ts";
export * from "./cluster.ts";
export { SlotMove } from "./slot_move.ts";
