/**
 * Client class and configuration, from which adapters create their clients.
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
  /** Whether the class is for clusters. */
  readonly isCluster: boolean;
  /** Creates a client. */
  create(configuration: ClientConfiguration | string | URL): Promise<AsyncDisposable>;
}

/** Options for `create()` of a client class. */
export type ClientConfiguration = RedisClientConfiguration | ClusterClientConfiguration;

/** Default request timeout of adapters, in milliseconds. Other libraries expect to wait longer than 250 ms. */
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

/**
 * Checks the options of a facade.
 *
 * @param options What was given.
 * @throws {TypeError} If it has an option other than `waitForServer`.
 */
export function checkFacadeOptions(options: object): void {
  for (const name of Object.keys(options)) {
    if (name === "waitForServer") continue;
    throw new TypeError(
      `Cannot create a facade with the option "${name}": there is only waitForServer; ` +
        "options of the client belong in its configuration",
    );
  }
}

/** Client class for the facade of a single cluster node, which uses the client of the cluster. */
export const NO_CLIENT: ClientClass = {
  isCluster: false,
  create: () => Promise.reject(new Error("Cannot connect to one node of a cluster alone")),
};
