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

/** Lists the flights whose reply may be kept. One that is not listed still serves those who wait for it. */
export class Flights {
  /** By the name of the key, for which mostly there is only one. */
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

  /** Lists a flight no longer. */
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

  /** A server has said that a key was changed: replies that have come before are not kept. */
  invalidate(key: string): void {
    const flights = this.#byKey.get(key);
    if (flights === undefined) return;
    if (!isGroup(flights)) return flights.onInvalidation();
    for (const flight of flights.all) flight.onInvalidation();
  }

  /** This client changes a key: no reply to what was sent before is kept, or shared with later callers. */
  detach(key: string): void {
    const flights = this.#byKey.get(key);
    if (flights === undefined) return;
    this.#byKey.delete(key);
    unlist(flights);
  }

  /** The same for all keys. */
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
