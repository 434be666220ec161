/**
 * Names of options in other clients, for the error of an unknown option.
 *
 * @module
 */

const ADDRESSES = `use addresses: [{ host, port }], or pass a URL`;
const CREDENTIALS = "use credentials: { username, password }";
const REQUEST_TIMEOUT = "use requestTimeout: it limits the time with all retries";

const HABITS: Record<string, string> = {
  // An object without a prototype: no name is found that is not here.
  __proto__: null as never,
  url: "pass the URL itself in place of the options",
  host: ADDRESSES,
  hostname: ADDRESSES,
  port: ADDRESSES,
  socket: ADDRESSES,
  nodes: ADDRESSES,
  rootNodes: ADDRESSES,
  path: "use addresses: [{ path }]",
  username: CREDENTIALS,
  password: CREDENTIALS,
  db: "use databaseId",
  database: "use databaseId",
  name: "use clientName, or sentinel: { name, addresses }",
  connectionName: "use clientName",
  sentinels: "use sentinel: { name, addresses }",
  connectTimeout: "use clientCreationTimeout",
  connectionTimeout: "use clientCreationTimeout",
  commandTimeout: REQUEST_TIMEOUT,
  maxRetriesPerRequest: REQUEST_TIMEOUT,
  retryStrategy: "use reconnectStrategy",
  clusterRetryStrategy: "use reconnectStrategy",
  RESP: "use protocol",
  commandsQueueMaxLength: "use inflightRequestsLimit",
  natMap: "use addressMap",
  nodeAddressMap: "use addressMap",
  scaleReads: "use readFrom",
  useReplicas: "use readFrom",
  addressMap: "RedisClusterClient has it, and the option sentinel",
  sentinel: "RedisClient has it",
};

/**
 * Tells what to use in place of an option that does not exist.
 *
 * @param name The name that was given.
 * @param names The options that exist.
 * @returns What to use, or nothing for a name that nobody knows.
 */
export function insteadOf(name: string, names: readonly string[]): string | undefined {
  const near = names.find((known) => known.toLowerCase() === name.toLowerCase());
  return near === undefined ? HABITS[name] : `use ${near}`;
}
