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

/** The client was closed; no event follows. */
export interface ClosedEvent {
  /** Discriminant. */
  type: "closed";
}

/** What happens to a client in the background. */
export type ClientEvent =
  | ConnectedEvent
  | DisconnectedEvent
  | ReconnectingEvent
  | TopologyEvent
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
