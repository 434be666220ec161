/**
 * A server that the tests of one file share, and clients for it.
 *
 * @module
 */

import { startServer, type TestServer } from "../../lib/testing/mod.ts";
import { RedisClient, type RedisClientConfiguration } from "../../standalone/mod.ts";

/** Options of a client: those of the configuration, and another port than that of the server. */
export type ConnectOptions = Partial<RedisClientConfiguration> & { port?: number };

/** A server, and what makes clients for it. */
export interface OwnServer {
  /** The server. It ends with the process. */
  readonly server: TestServer;
  /** Empties the server and makes a client for it, or for a proxy in front of it. The caller closes the client. */
  connect(options?: ConnectOptions): Promise<RedisClient>;
}

/** Starts a server for the tests of one file. */
export async function startOwnServer(): Promise<OwnServer> {
  const server = await startServer();
  server.unref();
  return {
    server,
    connect: async ({ port = server.port, ...options } = {}) => {
      await server.command(["FLUSHALL"]);
      return await RedisClient.create({
        addresses: [{ host: server.host, port }],
        requestTimeout: 10_000,
        ...options,
      });
    },
  };
}
