/**
 * Notes the events of clients.
 *
 * @module
 */

import type { ClientEvent } from "../../mod.ts";

/** The events of a client so far. */
export interface RecordedEvents {
  /** The events, in their order. */
  readonly events: ClientEvent[];
  /** Resolves when the client is closed. */
  readonly ended: Promise<void>;
}

/**
 * Notes all events of a client until it is closed.
 *
 * @param client The client.
 */
export function record(
  client: { readonly events: AsyncIterable<ClientEvent> },
): RecordedEvents {
  const events: ClientEvent[] = [];
  const ended = (async () => {
    for await (const event of client.events) events.push(event);
  })();
  return { events, ended };
}
