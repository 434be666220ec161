/**
 * What adapters are given to make their clients of: a client class, and its configuration.
 *
 * @module
 */

import type {
  ClusterClientConfiguration,
  RedisClientConfiguration,
} from "../configuration/options.ts";
import { type Settings, settingsOf } from "../configuration/settings.ts";
import { configurationOfUrl } from "../configuration/url.ts";

/** A client class: `RedisClient` or `RedisClusterClient`. */
export interface ClientClass {
  /** Whether its clients are for a cluster. */
  readonly isCluster: boolean;
  /** Makes a client. */
  create(configuration: ClientConfiguration | string | URL): Promise<AsyncDisposable>;
}

/** What `create()` of a client class takes besides a URL. */
export type ClientConfiguration = RedisClientConfiguration | ClusterClientConfiguration;

/** Milliseconds that libraries are used to wait for a reply, longer than the default of a client. */
const REQUEST_TIMEOUT = 5000;

/**
 * Checks the configuration of an adapter.
 *
 * @param client The client class.
 * @param configuration What its `create()` takes.
 * @returns The configuration as an object, with the `requestTimeout` of adapters, and the settings in it.
 * @throws {ConfigurationError} If an option is bad.
 */
export function checkConfiguration(
  client: ClientClass,
  configuration: ClientConfiguration | string | URL,
): { configuration: ClientConfiguration; settings: Settings } {
  const given = typeof configuration === "string" || configuration instanceof URL
    ? configurationOfUrl(configuration)
    : configuration;
  const settings = settingsOf(given, client.isCluster ? "cluster" : "standalone");
  return { configuration: { requestTimeout: REQUEST_TIMEOUT, ...given }, settings };
}

/** Stands for the client class of one node of a cluster, which uses the client of the cluster. */
export const NO_CLIENT: ClientClass = {
  isCluster: false,
  create: () => Promise.reject(new Error("Cannot connect to one node of a cluster alone")),
};
