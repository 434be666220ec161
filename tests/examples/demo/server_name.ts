/**
 * What a server is.
 *
 * @module
 */

import type { TestServer } from "../../../lib/testing/mod.ts";

/**
 * Asks a server for its make and version.
 *
 * @param server The server.
 * @returns Both: `Valkey 8.0.1`.
 */
export async function serverName(server: TestServer): Promise<string> {
  const { valkey_version: valkey, redis_version: redis } = await server.info("server");
  // Valkey also names the Redis version that it is compatible with.
  return valkey === undefined ? `Redis ${redis}` : `Valkey ${valkey}`;
}
