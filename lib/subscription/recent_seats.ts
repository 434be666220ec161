/**
 * Finds what a message was subscribed to by the bytes of its name, without making a text of them.
 *
 * @module
 */

import type { Kind, Topic } from "./topic.ts";

/** Number of places; a power of two. */
const PLACES = 1024;

/** Something that stands for a topic. */
export interface Seated {
  /** The topic. */
  readonly topic: Topic;
}

/**
 * The topics of the last messages. Each has one place, by a hash of its kind and name; a topic that has the same place takes
 * it.
 *
 * @typeParam S What stands for a topic.
 */
export class RecentSeats<S extends Seated> {
  readonly #places: (S | undefined)[] = new Array(PLACES).fill(undefined);

  /**
   * Finds a topic.
   *
   * @param kind Its kind.
   * @param buffer What has the bytes of its name.
   * @param start Position of the first one.
   * @param end Position behind the last one.
   * @returns What stands for it; undefined if it has no place.
   */
  find(kind: Kind, buffer: Uint8Array, start: number, end: number): S | undefined {
    const seat = this.#places[placeOf(kind, buffer, start, end)];
    return seat !== undefined && seat.topic.kind === kind &&
        seat.topic.name.isIn(buffer, start, end)
      ? seat
      : undefined;
  }

  /** Gives a topic its place. */
  keep(seat: S): void {
    const { kind, name: { bytes } } = seat.topic;
    this.#places[placeOf(kind, bytes, 0, bytes.length)] = seat;
  }

  /** Takes the place of a topic away. */
  forget(seat: S): void {
    const { kind, name: { bytes } } = seat.topic;
    const place = placeOf(kind, bytes, 0, bytes.length);
    if (this.#places[place] === seat) this.#places[place] = undefined;
  }
}

/** FNV-1a. */
function placeOf(kind: Kind, buffer: Uint8Array, start: number, end: number): number {
  let hash = kind.charCodeAt(0) ^ 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ buffer[i], 0x01000193);
  return (hash ^ hash >>> 15) & (PLACES - 1);
}
