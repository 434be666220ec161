/**
 * What every link of one client has in common.
 *
 * @module
 */

import type { RetryOptions } from "@std/async/retry";
import type { Dials } from "./dials.ts";
import type { HandshakeSettings } from "./handshake.ts";
import type { PeerNotes } from "./peer_notes.ts";
import type { Tally } from "./tally.ts";
import type { TlsSettings } from "./transport.ts";

/** Backoff between attempts, as {@linkcode retry} of `@std/async` takes it. */
export type Backoff = Required<
  Pick<RetryOptions, "multiplier" | "minTimeout" | "maxTimeout" | "jitter">
>;

/** Settings of a link; checked and complete. */
export interface LinkSettings extends HandshakeSettings {
  /** TLS, undefined for plain TCP. */
  readonly tls: TlsSettings | undefined;
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
