/**
 * Figures about a client at one moment.
 *
 * @module
 */

import { type CacheStatistics, NO_CACHE } from "../cache/statistics.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { SubscriptionFigures } from "../subscription/figures.ts";

/**
 * Figures about a client since it was created: a snapshot. All views of a client have the same.
 *
 * Each command is a request, also in a batch; a transaction is one request. What the client asks for itself does not
 * count as a request: handshakes, roles, the map of a cluster.
 */
export interface ClientStatistics {
  /** Requests that have no answer yet. */
  inFlight: number;
  /** Requests that were answered with a value. */
  completed: number;
  /** Requests that were rejected, for whatever reason: an error reply, a timeout, an abort, a lost connection. */
  failed: number;
  /** Requests that were rejected because their timeout was over; `failed` includes them. */
  timedOut: number;
  /**
   * How often a request, or a part of a request for several nodes, was sent again: because the server could not execute it
   * at that moment, or its connection was lost and it only reads.
   */
  retries: number;
  /** How often a node of a cluster sent a request, or a part of one, to another node (MOVED, ASK). */
  redirects: number;
  /** Connections that are open. */
  connections: number;
  /** Connections that were opened so far, including those that are closed again, those for blocking commands and probes. */
  connectionsOpened: number;
  /** Failed attempts to open the shared connection to a node. */
  connectionFailures: number;
  /** How often the shared connection to a node was lost and another one opened. */
  reconnects: number;
  /** Bytes sent; with TLS, before encryption. */
  bytesSent: number;
  /** Bytes received; with TLS, after decryption. */
  bytesReceived: number;
  /** Figures about client-side caching, as `cacheStatistics` of the client has them. */
  cache: CacheStatistics;
  /** Figures about subscriptions. */
  subscriptions: SubscriptionFigures;
}

/**
 * Takes the figures about a client.
 *
 * @param dispatcher Sends the requests of the client.
 * @returns A new object; it does not change any more.
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
