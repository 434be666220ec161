/**
 * Finds the seat of a message by the bytes of its name, without decoding them to text.
 *
 * @module
 */

import type { Kind, Topic } from "./topic.ts";

/** Number of places; a power of two. */
const PLACES = 1024;
/** Number of bytes at the end of a name that are hashed; they usually differ between names. */
const HASHED = 16;

/** An object with a topic. */
export interface Seated {
  /** The topic. */
  readonly topic: Topic;
}

/**
 * Cache of the topics of the latest messages. The hash of kind and name selects two places for a topic; another topic
 * may overwrite it.
 *
 * @typeParam S What stands for a topic.
 */
export class RecentSeats<S extends Seated> {
  readonly #places: (S | undefined)[] = new Array(PLACES).fill(undefined);
  /** The topic that was found last; the next message is often for the same one. */
  #last: S | undefined;

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
    let seat = this.#last;
    if (isOf(seat, kind, buffer, start, end)) return seat;
    const place = placeOf(kind, buffer, start, end);
    seat = this.#places[place];
    if (!isOf(seat, kind, buffer, start, end)) {
      seat = this.#places[place ^ 1];
      if (!isOf(seat, kind, buffer, start, end)) return undefined;
    }
    return this.#last = seat;
  }

  /** Adds a topic that was not found. */
  keep(seat: S): void {
    const { kind, name: { bytes } } = seat.topic;
    const place = placeOf(kind, bytes, 0, bytes.length);
    const other = place ^ 1;
    const places = this.#places;
    places[places[place] !== undefined && places[other] === undefined ? other : place] = seat;
    this.#last = seat;
  }

  /** Removes a topic. */
  forget(seat: S): void {
    const { kind, name: { bytes } } = seat.topic;
    const place = placeOf(kind, bytes, 0, bytes.length);
    for (const at of [place, place ^ 1]) {
      if (this.#places[at] === seat) this.#places[at] = undefined;
    }
    if (this.#last === seat) this.#last = undefined;
  }
}

function isOf(
  seat: Seated | undefined,
  kind: Kind,
  buffer: Uint8Array,
  start: number,
  end: number,
): boolean {
  return seat !== undefined && seat.topic.kind === kind &&
    seat.topic.name.isIn(buffer, start, end);
}

/** FNV-1a of the last bytes, with the length. */
function placeOf(kind: Kind, buffer: Uint8Array, start: number, end: number): number {
  let hash = kind.charCodeAt(0) ^ (end - start) << 8 ^ 0x811c9dc5;
  for (let i = Math.max(start, end - HASHED); i < end; i++) {
    hash = Math.imul(hash ^ buffer[i], 0x01000193);
  }
  return (hash ^ hash >>> 15) & (PLACES - 1);
}
