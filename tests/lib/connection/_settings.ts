/**
 * Settings of links, for tests of the connection layer alone.
 *
 * @module
 */

import { Dials } from "../../../lib/connection/dials.ts";
import { PeerNotes } from "../../../lib/connection/peer_notes.ts";
import type { LinkSettings } from "../../../lib/connection/settings.ts";
import { Tally } from "../../../lib/connection/tally.ts";

/**
 * Makes settings that differ from a client's defaults as little as possible.
 *
 * @param changes What differs.
 * @returns The settings, with attempts of their own.
 */
export function settings(changes: Partial<LinkSettings> = {}): LinkSettings {
  return {
    protocol: 3,
    databaseId: 0,
    readOnly: false,
    clientInfo: true,
    tls: undefined,
    backoff: { minTimeout: 10, maxTimeout: 100, multiplier: 2, jitter: 0 },
    attemptTimeout: 10_000,
    keepAlive: 0,
    peers: new PeerNotes(),
    dials: new Dials(),
    tally: new Tally(),
    ...changes,
  };
}
