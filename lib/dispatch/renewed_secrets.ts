/**
 * Connects credentials and TLS settings that are replaced at run time with the client: failures become events, and
 * closing the client ends them.
 *
 * @module
 */

import type { LinkSettings } from "../connection/settings.ts";
import type { Events } from "../events.ts";

/**
 * Emits background failures as events.
 *
 * @param settings How the client connects.
 * @param events The events of the client.
 */
export function reportFailures({ credentials, tlsSource }: LinkSettings, events: Events): void {
  credentials.onFailure = ({ error, endpoint }) =>
    events.emit({ type: "reauthenticationFailed", ...endpoint, error });
  if (tlsSource === undefined) return;
  tlsSource.onFailure = (error) => events.emit({ type: "tlsOptionsFailed", error });
}

/**
 * Stops waiting for functions of the user.
 *
 * @param settings How the client connects.
 */
export function stopRenewal({ credentials, tlsSource }: LinkSettings): void {
  credentials.close();
  tlsSource?.close();
}
