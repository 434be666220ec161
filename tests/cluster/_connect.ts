/**
 * Clients for the tests of this folder: connected to clusters of the kit, with little to write.
 *
 * @module
 */

import { type ClusterClientConfiguration, RedisClusterClient } from "../../cluster/mod.ts";
import type { ServerAddress } from "../../lib/testing/mod.ts";

/** Milliseconds: for clients whose timeout is not what is tested, since a busy machine is no reason to fail. */
export const GENEROUS = 10_000;

/**
 * Makes a client for a cluster.
 *
 * @param seeds Where to begin: one node, several, or a cluster, of which all nodes are seeds.
 * @param options Further options; the generous timeouts are replaced by those that are given.
 * @returns The client, to be closed by the caller.
 */
export function connect(
  seeds: ServerAddress | readonly ServerAddress[] | { readonly nodes: readonly ServerAddress[] },
  options: Partial<ClusterClientConfiguration> = {},
): Promise<RedisClusterClient> {
  const nodes = "nodes" in seeds ? seeds.nodes : [seeds].flat();
  return RedisClusterClient.create({
    addresses: nodes.map(({ host, port }) => ({ host, port })),
    requestTimeout: GENEROUS,
    clientCreationTimeout: GENEROUS,
    ...options,
  });
}

/**
 * The name of a node in records and messages.
 *
 * @param node The node.
 */
export function nameOf({ host, port }: ServerAddress): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
