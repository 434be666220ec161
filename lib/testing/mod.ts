/**
 * Real servers and clusters, faulty networks and scripted servers, for tests of programs that use Redis or Valkey.
 *
 * - {@linkcode startServer} starts a real server, with replicas, TLS, passwords and ACL users as needed.
 * - {@linkcode startCluster} starts a real cluster, which fails over, moves slots, grows and shrinks at the test's
 *   command.
 * - {@linkcode startSentinels} starts a primary, its replicas and real sentinels, which fail over, are killed, replaced and
 *   separated at the test's command.
 * - {@linkcode startProxy} puts a network in front of a server that cuts, stalls, delays and refuses;
 *   {@linkcode startBlackHole} is an address where nobody answers.
 * - {@linkcode startFakeServer} and {@linkcode startFakeCluster} answer what a script says, and have subscribers to
 *   which the test publishes.
 * - {@linkcode testCertificates} makes certificates, good ones and bad ones.
 *
 * Everything listens on loopback and on free ports, is to be held with `await using`, and is gone when the test is
 * over, even when the process is killed. The kit knows nothing of the client under test, and drives servers on
 * connections of its own.
 *
 * Needs a server program (see {@linkcode findServerBinary}) and, for TLS, `openssl`; a system with `sh`; and the
 * permissions to run these, to read and write temporary files, to read the environment, and for the network.
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
 * server.unref(); // it ends with this process
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
