/**
 * Counters of a client.
 *
 * @module
 */

import { type CacheStatistics, NO_CACHE } from "../cache/statistics.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { SubscriptionFigures } from "../subscription/figures.ts";

/**
 * Counters of a client since it was created: a snapshot. All views of a client share them.
 *
 * Each command counts as one request, also in a batch. A transaction counts as one. Commands that the client sends for
 * itself do not count: handshakes, checks of roles and of the cluster topology.
 */
export interface ClientStatistics {
  /** Number of requests without a reply yet. */
  inFlight: number;
  /** Number of requests that succeeded. */
  completed: number;
  /** Number of requests that rejected for any reason: an error reply, a timeout, an abort, a lost connection. */
  failed: number;
  /** Number of requests that timed out. `failed` includes them. */
  timedOut: number;
  /**
   * Number of times when a request, or the part of a request for one node, was sent again. This happens if the server
   * could not execute it at the moment, or if it is read-only and the connection was lost.
   */
  retries: number;
  /** Number of redirections to another node of the cluster (MOVED, ASK). */
  redirects: number;
  /** Number of open connections. */
  connections: number;
  /** Number of connections opened so far, including those for blocking commands and probes. */
  connectionsOpened: number;
  /** Number of failed attempts to open the shared connection to a node. */
  connectionFailures: number;
  /** Number of times when the shared connection to a node was lost and opened again. */
  reconnects: number;
  /** Number of bytes sent; with TLS, before encryption. */
  bytesSent: number;
  /** Number of bytes received; with TLS, after decryption. */
  bytesReceived: number;
  /**
   * Counters of client-side caching, the same as {@linkcode Client.prototype.cacheStatistics | Client.cacheStatistics}.
   */
  cache: CacheStatistics;
  /** Counters of subscriptions. */
  subscriptions: SubscriptionFigures;
}

/**
 * Takes a snapshot of the counters.
 *
 * @param dispatcher Dispatcher of the client.
 * @returns A new object.
 */
export function statisticsOf(dispatcher: Dispatcher): ClientStatistics {
  const { cache, counts, inFlight, subscribed } = dispatcher;
  const { tally } = dispatcher.settings.link;
  return {
    inFlight,
    completed: counts.made - counts.failed - inFlight,
    failed: counts.failed,
    timedOut: counts.timedOut,
    retries: counts.retries,
    redirects: counts.redirects,
    connections: tally.open,
    connectionsOpened: tally.opened,
    connectionFailures: tally.failedAttempts,
    reconnects: tally.reconnects,
    bytesSent: tally.bytesSent,
    bytesReceived: tally.bytesReceived,
    cache: cache?.statistics ?? { ...NO_CACHE },
    subscriptions: subscribed?.figures ?? { open: 0, received: 0, dropped: 0, gaps: 0 },
  };
}
