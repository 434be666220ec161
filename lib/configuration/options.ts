/**
 * Options of the clients: their meaning and their defaults.
 *
 * @module
 */

import type { TelemetryOptions } from "./telemetry.ts";

/** Address of a node. */
export interface NodeAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. @default {6379} */
  port?: number;
}

/** Address of a server that listens on a Unix domain socket. */
export interface SocketAddress {
  /** Path of the socket: `"/run/redis.sock"`. */
  path: string;
}

/** Credentials: a password alone, or those of an ACL user. */
export interface RedisCredentials {
  /** ACL user. @default {"default"} */
  username?: string;
  /** Password. */
  password: string;
}

/** Credentials that are valid for a limited time. */
export interface TemporaryCredentials extends RedisCredentials {
  /**
   * Milliseconds after which the provider is called again and all open connections log in with the new credentials; at
   * least 100. Without it, open connections stay logged in as they are.
   */
  refreshAfter?: number;
}

/**
 * Function that returns credentials. It is called for each new connection, once for all that are opened at the same time.
 * It may take as long as the attempt to connect; if it rejects, the attempt fails.
 *
 * @example Tokens that are valid for 15 minutes
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

/** TLS options; they need `useTls`. */
export interface TlsOptions {
  /** Certificates of authorities to trust besides the system's, as PEM text (not as paths of files). */
  caCerts?: string[];
  /** Certificate chain of the client as PEM text, where the server asks for one; needs `key`. */
  cert?: string;
  /** Private key of the client as PEM text, without a passphrase; needs `cert`. */
  key?: string;
  /** Name to expect in the server's certificate instead of the host, in ASCII. Cannot be combined with `cert`. */
  serverName?: string;
  /** Accept a certificate that is valid but made for another name. @default {false} */
  unsafelyDisableHostnameVerification?: boolean;
}

/**
 * Function that returns TLS options. It is called for each attempt to connect, so that certificates can be replaced while
 * the client runs. If it throws, returns options that cannot work, or takes longer than 500 ms, its last good result is
 * used.
 */
export type TlsProvider = () => TlsOptions | Promise<TlsOptions>;

/**
 * Which nodes answer reads. The values list groups of nodes; the first group with a connected node is used, and its
 * connected nodes take turns.
 *
 * - `"primary"`: the primary.
 * - `"preferReplica"`: the replicas, then the primary.
 * - `"any"`: the replicas and the primary, as one group.
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

/** The values of {@linkcode ReadFrom} by the names that the specification gives them. */
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
 * How long to wait between attempts to connect: before attempt N a random time between 0 and `factor * exponentBase ** N`
 * milliseconds. Attempts never end.
 */
export interface BackoffStrategy {
  /** N grows up to this number; 0 makes the wait constant. @default {16} */
  numOfRetries?: number;
  /** Milliseconds that are multiplied. @default {10} */
  factor?: number;
  /** Base of the exponent, 1 or more. @default {2} */
  exponentBase?: number;
  /** Longest wait in milliseconds. @default {3000} */
  maxDelay?: number;
}

/**
 * The same as {@linkcode BackoffStrategy} in the words of `retry` of `@std/async`, whose `RetryOptions` fit in here. There
 * is no number of attempts: they never end.
 */
export interface RetryStrategy {
  /** By how much the wait grows from attempt to attempt. @default {2} */
  multiplier?: number;
  /** Longest wait before the first repetition, in milliseconds. @default {10} */
  minTimeout?: number;
  /** Longest wait of all, in milliseconds. @default {3000} */
  maxTimeout?: number;
  /** Which share of the wait is random, from 0 to 1. @default {1} */
  jitter?: number;
}

/** Limits of client-side caching. */
export interface CacheOptions {
  /**
   * Memory for all replies together, in bytes. When it is full, the least recently used replies are dropped. A reply that
   * takes more than a sixteenth of it is not kept.
   *
   * @default {67108864}
   */
  maxBytes?: number;
  /** Longest time for which a reply is used, in milliseconds. @default {60000} */
  maxTtl?: number;
}

/** Options that both clients have. */
export interface BaseConfiguration {
  /**
   * Where to connect. Standalone: the primary and its replicas, in any order, or one address that leads to the primary (of a
   * load balancer, say), or the path of a Unix domain socket. Cluster: one node or more. A host name is resolved again for
   * each attempt to connect.
   */
  addresses: (NodeAddress | SocketAddress)[];
  /** User and password, or a function that returns them for each new connection. */
  credentials?: RedisCredentials | CredentialsProvider;
  /** Speak TLS, with the usual verification of the server's certificate. @default {false} */
  useTls?: boolean;
  /** TLS options, or a function that returns them for each attempt to connect. They need `useTls`. */
  tls?: TlsOptions | TlsProvider;
  /** Which nodes answer reads. @default {"primary"} */
  readFrom?: ReadFrom;
  /**
   * Availability zone of this client, for `readFrom: "azAffinity"` and `"azAffinityReplicasAndPrimary"`. It is compared with
   * the zones that the servers report (directive `availability-zone` of Valkey).
   */
  clientAz?: string;
  /** Milliseconds for all of `create()`: connect, handshake, discovery. @default {2500} */
  clientCreationTimeout?: number;
  /**
   * Milliseconds for the whole life of a request: queue, send, reply, reconnects and retries. Time in which this process
   * was too busy to read replies does not count.
   *
   * A blocking command (`blpop("jobs", 5)`) may take the time that it blocks, plus this timeout or 500 ms, whichever is
   * longer, counted from when it is written. Until it is written it may take as long, or `clientCreationTimeout` if that is
   * longer. One that blocks without a limit (0) has no deadline.
   *
   * @default {250}
   */
  requestTimeout?: number;
  /** Waits between attempts to connect, in the words of this library or of `retry` of `@std/async`. */
  reconnectStrategy?: BackoffStrategy | RetryStrategy;
  /** Protocol to ask for; where the server does not know RESP3, RESP2 is spoken. @default {3} */
  protocol?: 2 | 3;
  /** Logical database. @default {0} */
  databaseId?: number;
  /** Name that the server shows in CLIENT LIST; no white space. */
  clientName?: string;
  /**
   * Tell the server the name and version of this library (CLIENT SETINFO), which CLIENT LIST then shows. Set it to false for
   * a proxy that closes a connection when it gets a command that it does not know.
   *
   * @default {true}
   */
  clientInfo?: boolean;
  /**
   * Number of connections for blocking commands and `watch()` that are opened ahead to each primary, and stay open while
   * they are idle. `create()` waits for them. Without them such a command may have to wait until a connection is opened.
   *
   * @default {0}
   */
  blockingConnections?: number;
  /** How many requests may be unanswered; one more is rejected at once. @default {100000} */
  inflightRequestsLimit?: number;
  /** Connect on the first request instead of in `create()`. @default {false} */
  lazyConnect?: boolean;
  /** Milliseconds between checks of who is primary and who is replica; 0 for none. @default {60000} */
  periodicTopologyCheck?: number;
  /** Limits of client-side caching, for the views `cached`. */
  cache?: CacheOptions;
  /** Milliseconds without a byte from a node after which it gets a PING; 0 for never. @default {30000} */
  keepAlive?: number;
  /** Spans and metrics by OpenTelemetry; none by default. `{}` turns spans on. */
  telemetry?: TelemetryOptions;
}

/** How to find the primary and its replicas by Sentinel. */
export interface SentinelConfiguration {
  /** Name by which the sentinels know the primary (`sentinel monitor NAME …`). */
  name: string;
  /**
   * Sentinels, in any order; port 26379. One that answers is enough, since it knows the others. Name all the same those that
   * you know: they are never forgotten.
   */
  addresses: NodeAddress[];
  /** User and password for the sentinels. Those for the nodes are never used there. */
  credentials?: RedisCredentials | CredentialsProvider;
  /** Speak TLS with the sentinels. @default {false} */
  useTls?: boolean;
  /** TLS options for the sentinels. Those for the nodes are never used there. */
  tls?: TlsOptions | TlsProvider;
  /**
   * Translates the addresses that the sentinels announce (of the primary, of replicas, of other sentinels) into those to
   * connect to, for NAT, proxies and containers. `addresses` are not translated. It is called before each attempt to
   * connect, and must not be async.
   */
  addressMap?: (host: string, port: number) => { host: string; port: number };
}

/** Options for {@linkcode RedisClient.create}: with `addresses` or with `sentinel`. */
export interface RedisClientConfiguration extends Omit<BaseConfiguration, "addresses"> {
  /**
   * Where to connect: the primary and its replicas, in any order, or one address that leads to the primary (of a load
   * balancer, say). Left out with `sentinel`.
   */
  addresses?: (NodeAddress | SocketAddress)[];
  /**
   * Sentinels that name the primary and its replicas; the client follows their failovers. All other options are for the
   * nodes.
   *
   * A primary that is cut off with a minority of the sentinels goes on taking writes, which are lost later. A client that
   * reaches only that side cannot know. A client that also reaches a majority leaves that primary within a second after
   * the majority has agreed on a new one. `min-replicas-to-write` at the servers bounds the loss.
   */
  sentinel?: SentinelConfiguration;
}

/** Options for {@linkcode RedisClusterClient.create}. */
export interface ClusterClientConfiguration extends BaseConfiguration {
  /** Where to connect: one node or more. */
  addresses: NodeAddress[];
  /**
   * Translates the addresses that nodes announce into those to connect to (NAT, proxies); `addresses` are used as they are.
   * It is called before each attempt to connect to a node. If it throws, is async or returns no address, the requests for
   * that node reject with a `ConfigurationError`.
   */
  addressMap?: (host: string, port: number) => { host: string; port: number };
}

/** The port of an address without one. */
export const DEFAULT_PORT = 6379;
/** The port of a sentinel without one. */
export const DEFAULT_SENTINEL_PORT = 26379;
