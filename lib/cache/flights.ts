/**
 * The flights of one cache.
 *
 * @module
 */

import type { Flight } from "./flight.ts";

/** Lists the flights whose reply may be kept. One that is not listed still serves those who wait for it. */
export class Flights {
  readonly #byKey = new Map<string, Set<Flight>>();
  /** The last flight of each call. */
  readonly #byCall = new Map<string, Flight>();

  /** Number of flights that are listed. */
  get size(): number {
    let size = 0;
    for (const flights of this.#byKey.values()) size += flights.size;
    return size;
  }

  /** Lists a flight. */
  add(flight: Flight): void {
    const { key, call } = flight.destination;
    const flights = this.#byKey.get(key);
    if (flights === undefined) this.#byKey.set(key, new Set([flight]));
    else flights.add(flight);
    this.#byCall.set(nameOf(key, call), flight);
    flight.listed = true;
  }

  /**
   * Finds a flight that others can join.
   *
   * @param key Name of the key.
   * @param call Name of the call.
   */
  find(key: string, call: string): Flight | undefined {
    if (this.#byCall.size === 0) return undefined;
    const flight = this.#byCall.get(nameOf(key, call));
    return flight?.open ? flight : undefined;
  }

  /** Lists a flight no longer. */
  remove(flight: Flight): void {
    if (!flight.listed) return;
    const { key } = flight.destination;
    const flights = this.#byKey.get(key)!;
    flights.delete(flight);
    if (flights.size === 0) this.#byKey.delete(key);
    this.#forget(flight);
  }

  /** A server has said that a key was changed: replies that have come before are not kept. */
  invalidate(key: string): void {
    for (const flight of this.#byKey.get(key) ?? []) flight.onInvalidation();
  }

  /** This client changes a key: no reply to what was sent before is kept, or shared with later callers. */
  detach(key: string): void {
    const flights = this.#byKey.get(key);
    if (flights === undefined) return;
    this.#byKey.delete(key);
    for (const flight of flights) this.#forget(flight);
  }

  /** The same for all keys. */
  detachAll(): void {
    for (const flights of this.#byKey.values()) for (const flight of flights) flight.listed = false;
    this.#byKey.clear();
    this.#byCall.clear();
  }

  #forget(flight: Flight): void {
    flight.listed = false;
    const { key, call } = flight.destination;
    const name = nameOf(key, call);
    if (this.#byCall.get(name) === flight) this.#byCall.delete(name);
  }
}

function nameOf(key: string, call: string): string {
  return `${key.length}:${key}${call}`;
}
