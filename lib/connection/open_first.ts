/**
 * Opening a connection to a node that may be reached under several addresses.
 *
 * @module
 */

import { ConnectionError, TimeoutError } from "../errors.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import { type Attempt, open } from "./open.ts";
import type { LinkSettings } from "./settings.ts";
import type { Endpoint } from "./transport.ts";

/**
 * Opens a connection for requests at the first address that leads to a server.
 *
 * @param endpoints Addresses of the same node, at least one, in the order in which they are tried.
 * @param settings How to connect.
 * @param attempt How long it may take in all; addresses that are left have equal shares of what is left.
 * @param events Learns of the connection's end.
 * @param onAttempt Learns which address is tried.
 * @returns The connection.
 * @throws {ConnectionError | ServerError | ProtocolError | TimeoutError} If none can be opened; the error of the last
 * one.
 */
export function openFirst(
  endpoints: readonly Endpoint[],
  settings: LinkSettings,
  attempt: Attempt,
  events: ConnectionEvents,
  onAttempt: (endpoint: Endpoint) => void,
): Promise<Connection> {
  return firstOf(endpoints, attempt, (endpoint, budget) => {
    onAttempt(endpoint);
    return open(endpoint, settings, { ...attempt, budget }, events);
  });
}

/**
 * Opens a connection of any kind at the first address that leads to a server.
 *
 * @param endpoints Addresses of the same node, at least one, in the order in which they are tried.
 * @param attempt How long it may take in all; addresses that are left have equal shares of what is left.
 * @param openAt Opens a connection at an address, within a number of milliseconds.
 * @returns The connection.
 * @throws {ConnectionError | ServerError | ProtocolError | TimeoutError} If none can be opened; the error of the last
 * one.
 */
export async function firstOf<C>(
  endpoints: readonly Endpoint[],
  attempt: { readonly budget: number; readonly signal: AbortSignal },
  openAt: (endpoint: Endpoint, budget: number) => Promise<C>,
): Promise<C> {
  const end = performance.now() + attempt.budget;
  for (let i = 0;; i++) {
    const left = endpoints.length - i;
    const budget = Math.max(1, (end - performance.now()) / left);
    try {
      return await openAt(endpoints[i], budget);
    } catch (error) {
      // An error reply of the server would be the same under the other addresses.
      const unreachable = error instanceof ConnectionError || error instanceof TimeoutError;
      if (left === 1 || !unreachable || attempt.signal.aborted) throw error;
    }
  }
}
