/**
 * What a client has learnt about the servers that it connected to, so that it does not ask for the same missing feature
 * again.
 *
 * @module
 */

import { type Endpoint, show } from "./transport.ts";

/** What is known about one server. */
export interface PeerNote {
  /**
   * The outcome of HELLO. `"dropped"`: the connection was closed without an answer, perhaps for another reason; the
   * next attempt does without HELLO. `"unknown"`: the server has no HELLO; it is not sent again.
   */
  hello?: "answered" | "dropped" | "unknown";
  /** Whether the client has tried TLS there, because the server drops plain connections. */
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
