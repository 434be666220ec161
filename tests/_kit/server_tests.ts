/**
 * Tests of commands that change a server for good, or need one of a special kind: each gets a server of its own.
 *
 * @module
 */

import { type ServerOptions, startServer, type TestServer } from "../../lib/testing/mod.ts";
import { RedisClient } from "../../standalone/mod.ts";
import { missing } from "./command_tests.ts";

/** Options for {@linkcode serverTest}: what kind of server, and what it has to know. */
export interface ServerTestOptions extends ServerOptions {
  /** Commands and options of commands, as in `commandTest`. */
  needs?: string | string[];
}

/** A test body. */
export type ServerTestBody = (client: RedisClient, server: TestServer) => Promise<void>;

/**
 * Registers a test for both protocols.
 *
 * @param name What is to be seen: `shutdown() ends the server`.
 * @param options What kind of server.
 * @param body The test. The client and the server end with it, if they have not before.
 */
export function serverTest(name: string, options: ServerTestOptions, body: ServerTestBody): void {
  const { needs, ...serverOptions } = options;
  const lacking = missing(needs);
  for (const protocol of [2, 3] as const) {
    Deno.test({
      name: `${name} [own server, RESP${protocol}]` +
        (lacking.length === 0 ? "" : ` (skipped: the server has no ${lacking.join(", no ")})`),
      ignore: lacking.length > 0,
      fn: async () => {
        await using server = await startServer(serverOptions);
        await using client = await connectTo(server, protocol);
        await body(client, server);
      },
    });
  }
}

/**
 * Makes a client for a server of a test.
 *
 * @param server The server.
 * @param protocol The protocol to speak.
 * @returns The client, to be closed by the caller.
 */
export function connectTo(server: TestServer, protocol: 2 | 3 = 3): Promise<RedisClient> {
  return RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    protocol,
    requestTimeout: 10_000,
    clientCreationTimeout: 10_000,
  });
}
