/**
 * Clients for the tests of this folder: connected to servers of the kit, with little to write.
 *
 * @module
 */

import { RedisClient, type RedisClientConfiguration } from "../../standalone/mod.ts";
import type { ServerAddress } from "../../lib/testing/mod.ts";

/** Milliseconds: for clients whose timeout is not what is tested, since a busy machine is no reason to fail. */
export const GENEROUS = 10_000;

/**
 * Addresses as the configuration wants them.
 *
 * @param nodes Servers, proxies or whatever else listens.
 */
export function addressesOf(...nodes: ServerAddress[]): { host: string; port: number }[] {
  return nodes.map(({ host, port }) => ({ host, port }));
}

/**
 * Makes a client for one node or several.
 *
 * @param nodes Where to connect.
 * @param options Further options; the generous timeouts are replaced by those that are given.
 * @returns The client, to be closed by the caller.
 */
export function connect(
  nodes: ServerAddress | ServerAddress[],
  options: Partial<RedisClientConfiguration> = {},
): Promise<RedisClient> {
  return RedisClient.create({
    addresses: addressesOf(...[nodes].flat()),
    requestTimeout: GENEROUS,
    clientCreationTimeout: GENEROUS,
    ...options,
  });
}
