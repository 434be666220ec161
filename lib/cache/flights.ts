/**
 * The flights of one cache.
 *
 * @module
 */

import type { Flight } from "./flight.ts";

/** Several flights for one key. */
interface Group {
  readonly all: Set<Flight>;
  /** The last flight of each call. */
  readonly byCall: Map<string, Flight>;
}

/** The flights whose reply may be cached. A flight that is not listed still serves the requests that wait for it. */
export class Flights {
  /** Flights by the name of the key. Most keys have only one. */
  readonly #byKey = new Map<string, Flight | Group>();

  /** Number of flights that are listed. */
  get size(): number {
    let size = 0;
    for (const flights of this.#byKey.values()) size += isGroup(flights) ? flights.all.size : 1;
    return size;
  }

  /** Lists a flight. */
  add(flight: Flight): void {
    flight.listed = true;
    const { key, call } = flight.destination;
    const flights = this.#byKey.get(key);
    if (flights === undefined) {
      this.#byKey.set(key, flight);
    } else if (isGroup(flights)) {
      flights.all.add(flight);
      flights.byCall.set(call, flight);
    } else {
      this.#byKey.set(key, {
        all: new Set([flights, flight]),
        byCall: new Map([[flights.destination.call, flights], [call, flight]]),
      });
    }
  }

  /**
   * Finds a flight that others can join.
   *
   * @param key Name of the key.
   * @param call Name of the call.
   */
  find(key: string, call: string): Flight | undefined {
    const flights = this.#byKey.get(key);
    if (flights === undefined) return undefined;
    const flight = isGroup(flights) ? flights.byCall.get(call) : flights;
    return flight?.joinable && flight.destination.call === call ? flight : undefined;
  }

  /** Removes a flight from the list. */
  remove(flight: Flight): void {
    if (!flight.listed) return;
    flight.listed = false;
    const { key, call } = flight.destination;
    const flights = this.#byKey.get(key)!;
    if (isGroup(flights)) {
      flights.all.delete(flight);
      if (flights.byCall.get(call) === flight) flights.byCall.delete(call);
      if (flights.all.size > 0) return;
    }
    this.#byKey.delete(key);
  }

  /** Called on an invalidation of a key: replies that have already arrived are not cached. */
  invalidate(key: string): void {
    const flights = this.#byKey.get(key);
    if (flights === undefined) return;
    if (!isGroup(flights)) return flights.onInvalidation();
    for (const flight of flights.all) flight.onInvalidation();
  }

  /**
   * Called when this client changes a key: replies to earlier reads are not cached, and not shared with later requests.
   */
  detach(key: string): void {
    const flights = this.#byKey.get(key);
    if (flights === undefined) return;
    this.#byKey.delete(key);
    unlist(flights);
  }

  /** Does the same as `detach()` for all keys. */
  detachAll(): void {
    for (const flights of this.#byKey.values()) unlist(flights);
    this.#byKey.clear();
  }
}

function isGroup(flights: Flight | Group): flights is Group {
  return "byCall" in flights;
}

function unlist(flights: Flight | Group): void {
  if (!isGroup(flights)) flights.listed = false;
  else for (const flight of flights.all) flight.listed = false;
}
