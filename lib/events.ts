/**
 * Events of a client: connections, topology and subscriptions.
 *
 * @module
 */

/** Address of a node in an event. */
export interface EventAddress {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** A connection to a node was opened. */
export interface ConnectedEvent extends EventAddress {
  /** Type of the event. */
  type: "connected";
}

/** The connection to a node was lost. */
export interface DisconnectedEvent extends EventAddress {
  /** Type of the event. */
  type: "disconnected";
  /** Why the connection was lost. */
  error: Error;
}

/** An attempt to connect to a node failed. The client tries again. */
export interface ReconnectingEvent extends EventAddress {
  /** Type of the event. */
  type: "reconnecting";
  /** Error of the attempt. */
  error: Error;
}

/** The set of primaries or replicas has changed. */
export interface TopologyEvent {
  /** Type of the event. */
  type: "topology";
  /** The primaries. */
  primaries: EventAddress[];
  /** The replicas. */
  replicas: EventAddress[];
}

/** The connection to a sentinel was opened, was lost or could not be opened. */
export interface SentinelEvent extends EventAddress {
  /** Type of the event. */
  type: "sentinel";
  /** Why there is no connection; the client tries again. Undefined if the connection was opened. */
  error?: Error;
}

/**
 * Why messages may be missing:
 *
 * - `"reconnect"`: the connection was lost. Messages published before it was opened again are lost.
 * - `"moved"`: the subscription has moved to another node, after a failover or with its slot.
 * - `"overflow"`: the buffer was full because the reader was too slow.
 */
export type GapReason = "reconnect" | "moved" | "overflow";

/** A period in which a subscription may have missed messages. */
export interface Gap {
  /** Why messages may be missing. */
  reason: GapReason;
  /** Start of the period, in milliseconds like `Date.now()`. All earlier messages have arrived. */
  since: number;
  /**
   * End of the period, in milliseconds like `Date.now()`: the server confirmed the subscription again, or the last
   * message was dropped.
   */
  until: number;
  /** Number of dropped messages; only with the reason `"overflow"`. */
  dropped?: number;
}

/** A subscription may have missed messages. It receives messages again. */
export interface GapEvent extends Gap {
  /** Type of the event. */
  type: "gap";
  /** Names of all channels or patterns of the subscription. */
  names: (string | Uint8Array)[];
}

/** A subscription has ended with an error: the server rejects it now, or its buffer was full. */
export interface SubscriptionEndedEvent {
  /** Type of the event. */
  type: "subscriptionEnded";
  /** Names of all channels or patterns of the subscription. */
  names: (string | Uint8Array)[];
  /** Why the subscription has ended. */
  error: Error;
}

/**
 * The credentials function failed, or a server rejected new credentials on an open connection. The connection keeps its
 * previous authentication, and the client tries again.
 */
export interface ReauthenticationFailedEvent extends Partial<EventAddress> {
  /** Type of the event. */
  type: "reauthenticationFailed";
  /** Error of the function or of the server. */
  error: Error;
}

/** The function `onMessage` of a subscription has thrown, or its promise has rejected. */
export interface HandlerErrorEvent {
  /** Type of the event. */
  type: "handlerError";
  /** Channel of the message. */
  channel: string | Uint8Array;
  /** The value that was thrown. */
  error: unknown;
}

/** The function in the option `tls` has failed or returned invalid options. The client uses its last valid result. */
export interface TlsOptionsFailedEvent {
  /** Type of the event. */
  type: "tlsOptionsFailed";
  /** Error of the function, or what is invalid in its result. */
  error: Error;
}

/**
 * `readFrom` prefers nodes in the zone `clientAz`, but no node reports a zone. Reads go to the next group of nodes.
 * Emitted once.
 */
export interface ZonesUnknownEvent {
  /** Type of the event. */
  type: "zonesUnknown";
  /** Value of the option `clientAz`. */
  clientAz: string;
}

/** The client was closed. This is the last event. */
export interface ClosedEvent {
  /** Type of the event. */
  type: "closed";
}

/**
 * The replies of a node cannot be cached, so `client.cached` reads from the server. The node uses RESP2, is older than
 * Redis 7, or the user lacks permission for CLIENT TRACKING, CLIENT CACHING or PTTL. Emitted once.
 */
export interface UncachedEvent extends EventAddress {
  /** Type of the event. */
  type: "uncached";
  /** Why replies cannot be cached. */
  error: Error;
}

/** An event of a client, told apart by `type`. */
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

/** Maximum number of events that are buffered for a slow reader. Older events are dropped. */
const KEPT = 1000;

/**
 * Distributes events to all readers.
 *
 * Each iteration starts with the next event and ends after `closed`. Events are not buffered without a reader.
 */
export class Events implements AsyncIterable<ClientEvent> {
  readonly #readers = new Set<(event: ClientEvent) => void>();
  #closed = false;

  /** Sends an event to all readers. */
  emit(event: ClientEvent): void {
    if (this.#closed) return;
    if (event.type === "closed") this.#closed = true;
    for (const read of this.#readers) read(event);
  }

  /** Starts to read. */
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
