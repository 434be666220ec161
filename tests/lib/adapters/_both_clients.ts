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

/** The class of a client, and what it was made with. */
export type Making = [
  client: typeof RedisClient | typeof RedisClusterClient,
  configuration: { addresses: { host: string; port: number }[] },
];

/**
 * Registers a test for both clients.
 *
 * @param name What is to be seen.
 * @param body The test. The client is closed after it, and the keys are deleted before it. With the class and the
 * configuration it can make more.
 */
export function onBothClients(
  name: string,
  body: (client: AnyClient, ...making: Making) => Promise<void>,
): void {
  const common = { requestTimeout: 10_000, clientCreationTimeout: 10_000 };
  Deno.test(`${name} [standalone]`, async () => {
    const configuration = { addresses: [{ host: server.host, port: server.port }], ...common };
    await using client = await RedisClient.create(configuration);
    await client.flushall();
    await body(client, RedisClient, configuration);
  });
  Deno.test(`${name} [cluster]`, async () => {
    const addresses = cluster.nodes.map(({ host, port }) => ({ host, port }));
    const configuration = { addresses, ...common };
    await using client = await RedisClusterClient.create(configuration);
    await client.flushall();
    await body(client, RedisClusterClient, configuration);
  });
}
