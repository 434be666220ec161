/**
 * Options of the clients, with their defaults.
 *
 * @module
 */

import type { TelemetryOptions } from "./telemetry.ts";

/** Address of a node. */
export interface NodeAddress {
  /** Host name or IP address. */
  host: string;
  /**
   * TCP port.
   *
   * @default {6379}
   */
  port?: number;
}

/** Address of a server that listens on a Unix domain socket. */
export interface SocketAddress {
  /** Path of the socket: `"/run/redis.sock"`. */
  path: string;
}

/** User name and password for AUTH. Without a user name, the password is that of the user `default`. */
export interface RedisCredentials {
  /**
   * ACL user.
   *
   * @default {"default"}
   */
  username?: string;
  /** Password. */
  password: string;
}

/** Credentials that expire, such as access tokens. */
export interface TemporaryCredentials extends RedisCredentials {
  /**
   * Milliseconds after which the client calls the provider again and sends AUTH with the result on all open
   * connections; at least 100. If it is left out, open connections do not authenticate again.
   */
  refreshAfter?: number;
}

/**
 * Function that returns the credentials for a new connection. Connections that are opened at the same time share one
 * call. The call counts towards the time limit of the connection attempt. If it rejects, the attempt fails.
 *
 * @example Tokens that expire after 15 minutes
 * ```ts
 * import type { CredentialsProvider } from "@babushka/redis";
 *
 * const provider: CredentialsProvider = async () => {
 *   const response = await fetch("https://tokens.example.com/redis");
 *   return { username: "app", password: await response.text(), refreshAfter: 600_000 };
 * };
 * ```
 */
export type CredentialsProvider = () => Promise<TemporaryCredentials>;

/** TLS options. They require `useTls: true`. */
export interface TlsOptions {
  /** Certificates of authorities to trust in addition to the system's. PEM text, not file paths. */
  caCerts?: string[];
  /** Client certificate chain as PEM text, for servers that require one. Requires `key`. */
  cert?: string;
  /** Private key of the client certificate as PEM text, without a passphrase. Requires `cert`. */
  key?: string;
  /** Name to expect in the server's certificate instead of the host, in ASCII. Deno cannot combine it with `cert`. */
  serverName?: string;
  /**
   * Accept a valid certificate that was issued for another name.
   *
   * @default {false}
   */
  unsafelyDisableHostnameVerification?: boolean;
}

/**
 * Function that returns TLS options. It is called for each connection attempt, so certificates can be replaced while
 * the client runs. If it throws, returns invalid options or takes longer than 500 ms, the client uses the last valid
 * result and emits a `tlsOptionsFailed` event.
 */
export type TlsProvider = () => TlsOptions | Promise<TlsOptions>;

/**
 * Which nodes answer read-only commands. Each value stands for a list of node groups. The client uses the first group
 * that has a connected node, and takes turns among the connected nodes of that group.
 *
 * - `"primary"`: only the primary.
 * - `"preferReplica"`: the replicas, then the primary.
 * - `"any"`: the replicas and the primary in one group.
 * - `"azAffinity"`: the replicas in the zone `clientAz`, then the other replicas, then the primary.
 * - `"azAffinityReplicasAndPrimary"`: the replicas in the zone `clientAz`, then the primary if it is in that zone, then the
 *   other replicas, then the primary.
 */
export type ReadFrom =
  | "primary"
  | "preferReplica"
  | "any"
  | "azAffinity"
  | "azAffinityReplicasAndPrimary";

/** The values of {@linkcode ReadFrom} as constants. */
export const ReadFrom: {
  readonly PRIMARY: "primary";
  readonly PREFER_REPLICA: "preferReplica";
  readonly ANY: "any";
  readonly AZ_AFFINITY: "azAffinity";
  readonly AZ_AFFINITY_REPLICAS_AND_PRIMARY: "azAffinityReplicasAndPrimary";
} = {
  PRIMARY: "primary",
  PREFER_REPLICA: "preferReplica",
  ANY: "any",
  AZ_AFFINITY: "azAffinity",
  AZ_AFFINITY_REPLICAS_AND_PRIMARY: "azAffinityReplicasAndPrimary",
};

/**
 * How long to wait between connection attempts. The wait before attempt N is random, from 0 to
 * `factor * exponentBase ** N` milliseconds. The client never stops trying.
 */
export interface BackoffStrategy {
  /**
   * Highest value of N. With 0 the upper limit of the wait is constant.
   *
   * @default {16}
   */
  numOfRetries?: number;
  /**
   * Base of the wait, in milliseconds.
   *
   * @default {10}
   */
  factor?: number;
  /**
   * Factor by which the upper limit of the wait grows per attempt; at least 1.
   *
   * @default {2}
   */
  exponentBase?: number;
  /**
   * Longest wait, in milliseconds.
   *
   * @default {3000}
   */
  maxDelay?: number;
}

/**
 * The same as {@linkcode BackoffStrategy}, with the option names of `retry()` in `@std/async`. There is no
 * `maxAttempts`: the client never stops trying.
 */
export interface RetryStrategy {
  /**
   * Factor by which the wait grows per attempt; at least 1.
   *
   * @default {2}
   */
  multiplier?: number;
  /**
   * Wait before the second attempt, in milliseconds, before jitter is applied.
   *
   * @default {10}
   */
  minTimeout?: number;
  /**
   * Longest wait, in milliseconds, before jitter is applied.
   *
   * @default {3000}
   */
  maxTimeout?: number;
  /**
   * Share of the wait that is random, from 0 (none) to 1 (all of it).
   *
   * @default {1}
   */
  jitter?: number;
}

/** Limits of client-side caching. */
export interface CacheOptions {
  /**
   * Memory for all cached replies, in bytes. When it is full, the least recently used replies are evicted. A reply
   * larger than a sixteenth of it is not cached.
   *
   * @default {67108864}
   */
  maxBytes?: number;
  /**
   * Maximum age of a cached reply, in milliseconds.
   *
   * @default {60000}
   */
  maxTtl?: number;
}

/** Options that both clients share. */
export interface BaseConfiguration {
  /**
   * Where to connect. Standalone: the primary and its replicas in any order, or one address that leads to the primary
   * (a load balancer, for example), or the path of a Unix domain socket. Cluster: one or more nodes; the client
   * discovers the others. Host names are resolved for each connection attempt.
   */
  addresses: (NodeAddress | SocketAddress)[];
  /** User name and password, or a function that returns them for each new connection. */
  credentials?: RedisCredentials | CredentialsProvider;
  /**
   * Connect with TLS and verify the server's certificate.
   *
   * @default {false}
   */
  useTls?: boolean;
  /** TLS options, or a function that returns them for each connection attempt. They require `useTls: true`. */
  tls?: TlsOptions | TlsProvider;
  /**
   * Which nodes answer read-only commands.
   *
   * @default {"primary"}
   */
  readFrom?: ReadFrom;
  /**
   * Availability zone of this client. Required by `readFrom: "azAffinity"` and `"azAffinityReplicasAndPrimary"`, and
   * only allowed with them. The client compares it with the zone that each server reports (`availability-zone` in the
   * configuration of Valkey).
   */
  clientAz?: string;
  /**
   * Time limit for `create()` in milliseconds: connecting, handshake and discovery together.
   *
   * @default {2500}
   */
  clientCreationTimeout?: number;
  /**
   * Time limit for a request in milliseconds, from the call to the reply. It includes waiting in the queue, reconnects
   * and retries. Time in which this process was too busy to read replies does not count.
   *
   * A blocking command such as `blpop("jobs", 5)` gets its blocking time plus this timeout, or plus 500 ms if that is
   * longer, counted from the moment when it is written. Before that, it may wait for the same time, or for
   * `clientCreationTimeout` if that is longer. A command that blocks without a limit (0) has no deadline.
   *
   * @default {250}
   */
  requestTimeout?: number;
  /** How long to wait between connection attempts. */
  reconnectStrategy?: BackoffStrategy | RetryStrategy;
  /**
   * RESP version to request. Servers without RESP3 are used with RESP2.
   *
   * @default {3}
   */
  protocol?: 2 | 3;
  /**
   * Number of the logical database (SELECT).
   *
   * @default {0}
   */
  databaseId?: number;
  /** Name of the connections in CLIENT LIST: printable ASCII without spaces. */
  clientName?: string;
  /**
   * Send the name and version of this library to the server (CLIENT SETINFO), for CLIENT LIST. Set it to `false` for a
   * proxy that closes the connection after an unknown command.
   *
   * @default {true}
   */
  clientInfo?: boolean;
  /**
   * Number of connections for blocking commands and `watch()` that are opened to each primary in advance and kept open.
   * `create()` waits for them. With 0, the first such command waits until a connection is open.
   *
   * @default {0}
   */
  blockingConnections?: number;
  /**
   * Maximum number of requests in flight. Further requests reject at once with an `OverloadError`.
   *
   * @default {100000}
   */
  inflightRequestsLimit?: number;
  /**
   * Connect with the first request instead of in `create()`.
   *
   * @default {false}
   */
  lazyConnect?: boolean;
  /**
   * Milliseconds between checks of the topology: roles of the nodes, or the slots of the cluster. 0 turns them off.
   *
   * @default {60000}
   */
  periodicTopologyCheck?: number;
  /** Limits of client-side caching, which `client.cached` uses. */
  cache?: CacheOptions;
  /**
   * Send PING on a connection that has received nothing for this many milliseconds. 0 turns it off.
   *
   * @default {30000}
   */
  keepAlive?: number;
  /** OpenTelemetry spans and metrics. Off if left out; `{}` turns spans on. */
  telemetry?: TelemetryOptions;
}

/** How to find the primary and its replicas with Sentinel. */
export interface SentinelConfiguration {
  /** Name of the primary in the configuration of the sentinels (`sentinel monitor NAME …`). */
  name: string;
  /**
   * Sentinels, in any order. The default port is 26379. The client discovers further sentinels from the first that
   * answers, but only those listed here are kept for ever: list all that you know.
   */
  addresses: NodeAddress[];
  /** Credentials for the sentinels. They never receive the credentials for the nodes. */
  credentials?: RedisCredentials | CredentialsProvider;
  /**
   * Connect to the sentinels with TLS.
   *
   * @default {false}
   */
  useTls?: boolean;
  /** TLS options for the sentinels. Those for the nodes do not apply to them. */
  tls?: TlsOptions | TlsProvider;
  /**
   * Function that translates the addresses that sentinels announce (of the primary, the replicas and other sentinels)
   * into the addresses to connect to. Use it behind NAT, proxies or container networks. It is called before each
   * connection attempt and must be synchronous. `addresses` are not translated.
   */
  addressMap?: (host: string, port: number) => { host: string; port: number };
}

/** Options for {@linkcode RedisClient.create}. Either `addresses` or `sentinel` is required. */
export interface RedisClientConfiguration extends Omit<BaseConfiguration, "addresses"> {
  /**
   * Where to connect: the primary and its replicas in any order, or one address that leads to the primary (a load
   * balancer, for example), or the path of a Unix domain socket. Not allowed with `sentinel`.
   */
  addresses?: (NodeAddress | SocketAddress)[];
  /**
   * Find the primary and its replicas with Sentinel, and follow failovers. All other options apply to the nodes, not to
   * the sentinels.
   *
   * After a network partition, an old primary on the side of a minority of sentinels still accepts writes. They are
   * lost when the partition ends. A client that reaches only that side cannot detect it. A client that also reaches the
   * majority leaves the old primary within a second after the majority has agreed on a new one. Set
   * `min-replicas-to-write` on the servers to limit the loss.
   */
  sentinel?: SentinelConfiguration;
}

/** Options for {@linkcode RedisClusterClient.create}. */
export interface ClusterClientConfiguration extends BaseConfiguration {
  /** One or more nodes of the cluster. The client discovers the others. */
  addresses: NodeAddress[];
  /**
   * Function that translates the addresses that nodes announce into the addresses to connect to. Use it behind NAT,
   * proxies or container networks. It is called before each connection attempt and must be synchronous. `addresses` are
   * not translated. If it throws or returns no address, requests to that node reject with a `ConfigurationError`.
   */
  addressMap?: (host: string, port: number) => { host: string; port: number };
}

/** Default port of nodes. */
export const DEFAULT_PORT = 6379;
/** Default port of sentinels. */
export const DEFAULT_SENTINEL_PORT = 26379;
