/**
 * Clients for the servers of the demo.
 *
 * @module
 */

import {
  type ClusterClientConfiguration,
  RedisClient,
  type RedisClientConfiguration,
  RedisClusterClient,
} from "../../../mod.ts";
import type { TestCluster, TestServer } from "../../../lib/testing/mod.ts";

/** Milliseconds for a request, and for creating a client: a busy machine is no reason for the demo to fail. */
export const PATIENCE = 10_000;

const PATIENT = { requestTimeout: PATIENCE, clientCreationTimeout: PATIENCE };

/**
 * Makes a client for a primary and its replicas.
 *
 * @param servers The servers, in any order.
 * @param options More options.
 * @returns The client, to be closed by the caller.
 */
export function connect(
  servers: readonly TestServer[],
  options: Partial<RedisClientConfiguration> = {},
): Promise<RedisClient> {
  const addresses = servers.map(({ host, port }) => ({ host, port }));
  return RedisClient.create({ addresses, ...PATIENT, ...options });
}

/**
 * Makes a client for a cluster, from the address of a single node.
 *
 * @param cluster The cluster.
 * @param options More options.
 * @returns The client, to be closed by the caller.
 */
export function connectToCluster(
  cluster: TestCluster,
  options: Partial<ClusterClientConfiguration> = {},
): Promise<RedisClusterClient> {
  const { host, port } = cluster.nodes.find(({ running }) => running)!;
  return RedisClusterClient.create({ addresses: [{ host, port }], ...PATIENT, ...options });
}
