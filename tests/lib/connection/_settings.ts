/**
 * Settings of links, for tests of the connection layer alone.
 *
 * @module
 */

import { Credentials } from "../../../lib/connection/credentials.ts";
import type { Login, LoginProvider } from "../../../lib/connection/credential_source.ts";
import { Dials } from "../../../lib/connection/dials.ts";
import { PeerNotes } from "../../../lib/connection/peer_notes.ts";
import type { LinkSettings } from "../../../lib/connection/settings.ts";
import { Tally } from "../../../lib/connection/tally.ts";

const LIMITS = {
  backoff: { minTimeout: 10, maxTimeout: 100, multiplier: 2, jitter: 0 },
  attemptTimeout: 10_000,
};

/**
 * Makes credentials of a client.
 *
 * @param given User and password, or what gives them.
 */
export function credentials(given: Login | LoginProvider | undefined): Credentials {
  return new Credentials(given, LIMITS);
}

/**
 * Makes settings that differ from a client's defaults as little as possible.
 *
 * @param changes What differs.
 * @returns The settings, with attempts of their own.
 */
export function settings(changes: Partial<LinkSettings> = {}): LinkSettings {
  return {
    protocol: 3,
    credentials: credentials(undefined),
    databaseId: 0,
    readOnly: false,
    clientInfo: true,
    tls: undefined,
    ...LIMITS,
    keepAlive: 0,
    peers: new PeerNotes(),
    dials: new Dials(),
    tally: new Tally(),
    ...changes,
  };
}
