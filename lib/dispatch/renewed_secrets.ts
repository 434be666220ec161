/**
 * Credentials and TLS settings that are replaced while a client runs: their failures are events, and they end with the
 * client.
 *
 * @module
 */

import type { LinkSettings } from "../connection/settings.ts";
import type { Events } from "../events.ts";

/**
 * Has failures in the background become events.
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
 * Ends what waits for functions of the user.
 *
 * @param settings How the client connects.
 */
export function stopRenewal({ credentials, tlsSource }: LinkSettings): void {
  credentials.close();
  tlsSource?.close();
}
