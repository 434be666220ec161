/**
 * What every link of one client has in common.
 *
 * @module
 */

import type { Backoff } from "./backoff.ts";
import type { Credentials } from "./credentials.ts";
import type { Dials } from "./dials.ts";
import type { HandshakeSettings } from "./handshake.ts";
import type { PeerNotes } from "./peer_notes.ts";
import type { Tally } from "./tally.ts";
import type { TlsSource } from "./tls_source.ts";
import type { TlsSettings } from "./transport.ts";

export type { Backoff } from "./backoff.ts";

/** Settings of a link; checked and complete. */
export interface LinkSettings extends Omit<HandshakeSettings, "credentials"> {
  /** What connections log in with. */
  readonly credentials: Credentials;
  /** TLS, undefined for plain TCP. Empty where a function gives it: see `tlsSource`. */
  readonly tls: TlsSettings | undefined;
  /** What gives the TLS settings for each attempt; undefined if `tls` has them. */
  readonly tlsSource?: TlsSource;
  /** Wait between attempts to connect. */
  readonly backoff: Backoff;
  /** Milliseconds that one attempt to connect may take, the handshake included. */
  readonly attemptTimeout: number;
  /** Milliseconds without a byte from the peer after which it is asked for one; 0 for never. */
  readonly keepAlive: number;
  /** What was learnt about the servers while connecting to them. */
  readonly peers: PeerNotes;
  /** The attempts to connect that are under way. */
  readonly dials: Dials;
  /** Counts of the client's connections. */
  readonly tally: Tally;
}
