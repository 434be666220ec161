/**
 * Test kit for programs that use Redis or Valkey: real servers and clusters, faulty networks and scripted servers.
 *
 * - {@linkcode startServer} starts a real server, optionally with replicas, TLS, a password and ACL users.
 * - {@linkcode startCluster} starts a real cluster. Tests can trigger failovers, move slots, and add or remove shards.
 * - {@linkcode startSentinels} starts a primary, its replicas and real sentinels. Tests can trigger failovers and
 *   partitions, and add or remove sentinels.
 * - {@linkcode startProxy} starts a TCP proxy that can cut, stall, delay and refuse connections.
 * - {@linkcode startBlackHole} creates an address where connection attempts hang.
 * - {@linkcode startFakeServer} and {@linkcode startFakeCluster} start scripted servers, for replies that real servers
 *   do not give. They support publish and subscribe.
 * - {@linkcode testCertificates} creates valid and invalid TLS certificates.
 *
 * All servers listen on loopback and free ports. Hold them with `await using`; they are stopped at the end of the
 * block, and also if the test process is killed. The kit works with any client and uses its own connections to the
 * servers.
 *
 * It requires `sh`, a server program (see {@linkcode findServerBinary}) and, for TLS, `openssl`. In Deno it needs the
 * permissions `--allow-run`, `--allow-read`, `--allow-write`, `--allow-env` and `--allow-net`.
 *
 * @example A test against a real server
 * ```ts
 * import { startServer } from "@babushka/redis/testing";
 * import { assertEquals } from "@std/assert";
 *
 * Deno.test("the counter counts", async () => {
 *   await using server = await startServer();
 *   // … what the program under test does with server.url …
 *   await server.command(["INCR", "counter"]);
 *   assertEquals(await server.command(["GET", "counter"]), "1");
 * });
 * ```
 *
 * @example A server shared by all tests of a file
 * ```ts no-eval
 * import { startServer } from "@babushka/redis/testing";
 *
 * const server = await startServer();
 * server.unref(); // the server is stopped when this process ends
 *
 * Deno.test("the first test", async () => {
 *   await server.command(["FLUSHALL"]);
 * });
 * ```
 *
 * @module
 */

export * from "./binary.ts";
export * from "./black_hole.ts";
export * from "./certificates.ts";
export * from "./cluster.ts";
export * from "./fake_cluster.ts";
export * from "./fake_connection.ts";
export * from "./fake_reply.ts";
export * from "./fake_server.ts";
export * from "./fake_subscriptions.ts";
export * from "./proxy.ts";
export * from "./sentinels.ts";
export * from "./server.ts";
export * from "./server_options.ts";
export { SlotMove } from "./slot_move.ts";
export { type Argument, RedisError, type Reply, ServerError } from "../resp/mod.ts";
