/**
 * What a client remembers of the servers that it has connected to, so that it asks no server twice for what it lacks.
 *
 * @module
 */

import { type Endpoint, show } from "./transport.ts";

/** What is known of one server. */
export interface PeerNote {
  /**
   * What HELLO did there. `"dropped"`: the connection was closed without an answer, which may have had other reasons; the
   * next attempt goes without HELLO. `"unknown"`: the server has no HELLO; it is not asked again.
   */
  hello?: "answered" | "dropped" | "unknown";
  /** Whether it was asked if it speaks TLS, because it drops plain connections. */
  askedForTls?: boolean;
  /** Whether a TLS handshake has succeeded there. */
  speaksTls?: boolean;
}

/** The notes of one client, by address. */
export class PeerNotes {
  readonly #notes = new Map<string, PeerNote>();

  /**
   * The note on a server, to be read and written.
   *
   * @param endpoint Address of the server.
   */
  on(endpoint: Endpoint): PeerNote {
    const name = show(endpoint);
    let note = this.#notes.get(name);
    if (note === undefined) this.#notes.set(name, note = {});
    return note;
  }
}
