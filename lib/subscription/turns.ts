/**
 * Lets the code that reads messages run between two messages.
 *
 * One read from the socket can contain more messages than a buffer holds. Without these breaks, all of them would be
 * delivered in one turn of the event loop, in which no reading code runs.
 *
 * @module
 */

import type { Reader } from "./reader.ts";

/** Maximum number of messages to deliver before reading code gets a turn. */
export const MOST_AT_ONCE = 256;
/** Microtasks in which a user who waits for the next message takes one, or a few. */
const USERS_TURN = 8;

/**
 * Lets reading code take the buffered messages. A loop that does not wait for anything else takes all of them; one that
 * does ends the turn.
 *
 * @param buffered Tells how many items are buffered.
 */
export async function letRead(buffered: () => number): Promise<void> {
  let before = Infinity;
  for (let present = buffered(); present > 0 && present < before; present = buffered()) {
    before = present;
    for (let i = 0; i < USERS_TURN; i++) await null;
  }
}

/** Lets users run whose buffers are filling up. */
export class Turns {
  /** How many messages are handed on before {@linkcode Turns.give}. */
  batchSize: number = MOST_AT_ONCE;
  /** Readers whose buffers are filling up. */
  readonly #crowded = new Set<Reader>();

  /** A reader begins. One with a small buffer needs its turn more often. */
  join(reader: Reader): void {
    this.batchSize = Math.min(this.batchSize, reader.room);
  }

  /**
   * A reader has ended.
   *
   * @param reader The reader.
   * @param others All others.
   */
  leave(reader: Reader, others: Iterable<Reader>): void {
    if (reader.room > this.batchSize) return;
    this.batchSize = MOST_AT_ONCE;
    for (const other of others) this.join(other);
  }

  /** The buffer of a reader is filling up. */
  need(reader: Reader): void {
    this.#crowded.add(reader);
  }

  /**
   * Lets users run. One that goes on by itself keeps up with any number of messages; one that waits for something else
   * does not delay the others.
   */
  async give(): Promise<void> {
    await letRead(() => {
      let buffered = 0;
      for (const { mailbox } of this.#crowded) buffered += mailbox!.length;
      return buffered;
    });
    this.#crowded.clear();
  }
}
