/**
 * Tests of stores: each runs on a server and on a cluster.
 *
 * @module
 */

import { startCluster, startServer } from "../../../lib/testing/mod.ts";
import { RedisClient, RedisClusterClient } from "../../../mod.ts";

const [server, cluster] = await Promise.all([startServer(), startCluster({ shards: 3 })]);
server.unref();
cluster.unref();

/** A client of either kind. */
export type AnyClient = RedisClient | RedisClusterClient;

/**
 * Registers a test for both clients.
 *
 * @param name What is to be seen.
 * @param body The test. The client is closed after it, and the keys are deleted before it.
 */
export function onBothClients(name: string, body: (client: AnyClient) => Promise<void>): void {
  const common = { requestTimeout: 10_000, clientCreationTimeout: 10_000 };
  Deno.test(`${name} [standalone]`, async () => {
    const addresses = [{ host: server.host, port: server.port }];
    await using client = await RedisClient.create({ addresses, ...common });
    await client.flushall();
    await body(client);
  });
  Deno.test(`${name} [cluster]`, async () => {
    const addresses = cluster.nodes.map(({ host, port }) => ({ host, port }));
    await using client = await RedisClusterClient.create({ addresses, ...common });
    await client.flushall();
    await body(client);
  });
}
