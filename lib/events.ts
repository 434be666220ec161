/**
 * What happens to a client in the background, as an async iterable.
 *
 * @module
 */

/** An address as events show it. */
export interface EventAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** A connection to a node was opened. */
export interface ConnectedEvent extends EventAddress {
  /** Discriminant. */
  type: "connected";
}

/** The connection to a node was lost. */
export interface DisconnectedEvent extends EventAddress {
  /** Discriminant. */
  type: "disconnected";
  /** Why. */
  error: Error;
}

/** An attempt to connect to a node failed; there will be another one. */
export interface ReconnectingEvent extends EventAddress {
  /** Discriminant. */
  type: "reconnecting";
  /** Why it failed. */
  error: Error;
}

/** It turned out that other nodes are primaries or replicas than before. */
export interface TopologyEvent {
  /** Discriminant. */
  type: "topology";
  /** The primaries. */
  primaries: EventAddress[];
  /** The replicas. */
  replicas: EventAddress[];
}

/** The connection to a sentinel was opened, was lost, or could not be opened. */
export interface SentinelEvent extends EventAddress {
  /** Discriminant. */
  type: "sentinel";
  /** Why there is no connection; there will be another attempt. Undefined if it was opened. */
  error?: Error;
}

/**
 * Why messages may have been missed:
 *
 * - `"reconnect"`: the connection was lost. Messages that were published until it was opened again did not arrive.
 * - `"moved"`: another node has the subscription now (after a failover, or because a slot has moved).
 * - `"overflow"`: the reader was too slow, so its buffer was full.
 */
export type GapReason = "reconnect" | "moved" | "overflow";

/** A time in which a subscription may have missed messages. */
export interface Gap {
  /** Why. */
  reason: GapReason;
  /** When it began, in milliseconds of `Date.now()`: until then all messages had arrived. */
  since: number;
  /** When it ended, in milliseconds of `Date.now()`: the subscription was confirmed again, or the last message was dropped. */
  until: number;
  /** How many messages were dropped; only with the reason `"overflow"`. */
  dropped?: number;
}

/** A subscription may have missed messages, and gets them again. */
export interface GapEvent extends Gap {
  /** Discriminant. */
  type: "gap";
  /** Names of all its channels or patterns. */
  names: (string | Uint8Array)[];
}

/** A subscription has ended because of an error: the server refuses it now, or its buffer was full. */
export interface SubscriptionEndedEvent {
  /** Discriminant. */
  type: "subscriptionEnded";
  /** Names of all its channels or patterns. */
  names: (string | Uint8Array)[];
  /** Why. */
  error: Error;
}

/**
 * The function for credentials failed, or a node refused newer credentials on an open connection, which stays logged in as
 * it is. There will be another attempt.
 */
export interface ReauthenticationFailedEvent extends Partial<EventAddress> {
  /** Discriminant. */
  type: "reauthenticationFailed";
  /** Why. */
  error: Error;
}

/** The function `onMessage` of a subscription has thrown, or its promise was rejected. */
export interface HandlerErrorEvent {
  /** Discriminant. */
  type: "handlerError";
  /** Channel of the message. */
  channel: string | Uint8Array;
  /** What it threw. */
  error: unknown;
}

/** The function that gives the TLS options has failed; its last good result is used. */
export interface TlsOptionsFailedEvent {
  /** Discriminant. */
  type: "tlsOptionsFailed";
  /** Why. */
  error: Error;
}

/**
 * Reads should go to nodes in the availability zone `clientAz`, but no node has told its zone. Reads go to the next group of
 * nodes that `readFrom` lists. Emitted once.
 */
export interface ZonesUnknownEvent {
  /** Discriminant. */
  type: "zonesUnknown";
  /** The zone of the client. */
  clientAz: string;
}

/** The client was closed; no event follows. */
export interface ClosedEvent {
  /** Discriminant. */
  type: "closed";
}

/**
 * Replies of a node cannot be cached, so reads on a view `cached` go to the server: it speaks RESP2, is older than Redis 7, or
 * the user may not run CLIENT TRACKING, CLIENT CACHING or PTTL. Emitted once.
 */
export interface UncachedEvent extends EventAddress {
  /** Discriminant. */
  type: "uncached";
  /** Why. */
  error: Error;
}

/** What happens to a client in the background. */
export type ClientEvent =
  | ConnectedEvent
  | DisconnectedEvent
  | ReconnectingEvent
  | TopologyEvent
  | SentinelEvent
  | GapEvent
  | SubscriptionEndedEvent
  | HandlerErrorEvent
  | ReauthenticationFailedEvent
  | TlsOptionsFailedEvent
  | ZonesUnknownEvent
  | UncachedEvent
  | ClosedEvent;

/** Events that are kept for a reader that does not keep up; older ones are dropped. */
const KEPT = 1000;

/**
 * Hands events to all readers.
 *
 * Each iteration begins with the next event, and ends after `closed`. Without a reader events cost nothing.
 */
export class Events implements AsyncIterable<ClientEvent> {
  readonly #readers = new Set<(event: ClientEvent) => void>();
  #closed = false;

  /** Hands an event to all readers. */
  emit(event: ClientEvent): void {
    if (this.#closed) return;
    if (event.type === "closed") this.#closed = true;
    for (const read of this.#readers) read(event);
  }

  /** Begins to read. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ClientEvent> {
    const kept: ClientEvent[] = [];
    const waiting: ((result: IteratorResult<ClientEvent>) => void)[] = [];
    let ended = this.#closed;
    const read = (event: ClientEvent): void => {
      const resolve = waiting.shift();
      if (resolve !== undefined) {
        resolve({ value: event, done: false });
      } else {
        if (kept.length === KEPT) kept.shift();
        kept.push(event);
      }
      if (event.type === "closed") end();
    };
    const end = (): void => {
      ended = true;
      this.#readers.delete(read);
      for (const resolve of waiting.splice(0)) resolve({ value: undefined, done: true });
    };
    if (!ended) this.#readers.add(read);
    return {
      next: () => {
        const value = kept.shift();
        if (value !== undefined) return Promise.resolve({ value, done: false });
        if (ended) return Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve) => waiting.push(resolve));
      },
      return: () => {
        kept.length = 0;
        end();
        return Promise.resolve({ value: undefined, done: true });
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
