/**
 * What a client tells about itself while something is broken.
 *
 * @module
 */

import type { ClientEvent, EventAddress } from "../../../mod.ts";
import { counted, duration } from "./number_text.ts";

interface Entry {
  readonly at: number;
  readonly event: ClientEvent;
}

/** Keeps the events of a client, with their times. */
export class Timeline implements Disposable {
  readonly #entries: Entry[] = [];
  readonly #iterator: AsyncIterator<ClientEvent>;

  /**
   * Begins with the next event.
   *
   * @param events The events of a client.
   */
  constructor(events: AsyncIterable<ClientEvent>) {
    this.#iterator = events[Symbol.asyncIterator]();
    this.#keep();
  }

  /**
   * Tells what happened, in lines.
   *
   * @param since The time from which on, and from which the times count.
   */
  lines(since: number): string[] {
    const lines: string[] = [];
    let attempts = 0;
    for (const { at, event } of this.#entries) {
      if (at < since) continue;
      const when = `+${duration(at - since)}`.padStart(9);
      switch (event.type) {
        case "connected":
          lines.push(`${when}   connected to ${show(event)}`);
          break;
        case "disconnected":
          lines.push(`${when}   lost the connection to ${show(event)}`);
          break;
        case "topology":
          lines.push(`${when}   ${topology(event.primaries)}`);
          break;
        case "reconnecting":
          attempts++;
      }
    }
    if (attempts > 0) {
      lines.push(`${"".padStart(9)}   ${counted(attempts, "attempt")} to connect that failed`);
    }
    return lines;
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#iterator.return?.();
  }

  async #keep(): Promise<void> {
    while (true) {
      const { done, value } = await this.#iterator.next();
      if (done) return;
      this.#entries.push({ at: performance.now(), event: value });
    }
  }
}

function topology(primaries: readonly EventAddress[]): string {
  if (primaries.length === 0) return "knows no primary";
  return primaries.length === 1
    ? `the primary is ${show(primaries[0])}`
    : `the primaries are ${primaries.map(show).join(", ")}`;
}

function show({ host, port }: EventAddress): string {
  return `${host}:${port}`;
}
