/**
 * Failed connection attempts of subscribers.
 *
 * @module
 */

import { isHopeless } from "../connection/handshake.ts";
import type { Endpoint } from "../connection/transport.ts";
import { ServerError } from "../errors.ts";
import type { Events } from "../events.ts";

/** Minimum interval between events about failed attempts of a subscriber, in milliseconds. */
const TOLD_EACH = 1000;

/** The part of a subscriber that is needed here. */
export interface Connecting {
  /** The address that was tried last. */
  readonly endpoint: Endpoint | undefined;
}

/** Emits events about failed attempts, and records since when attempts fail for a lasting reason. */
export class Refusals {
  readonly #events: Events;
  readonly #patience: number;
  /** Time of the last event about a failed attempt. */
  readonly #toldAt = new WeakMap<Connecting, number>();
  /** Since when a server has rejected a subscriber for a lasting reason. */
  readonly #since = new WeakMap<Connecting, number>();

  /**
   * Makes one that knows of no attempt.
   *
   * @param events Takes events.
   * @param patience Milliseconds after which a reason that lasts will not pass any more.
   */
  constructor(events: Events, patience: number) {
    this.#events = events;
    this.#patience = patience;
  }

  /**
   * Notes an attempt. Attempts follow each other quickly, so they are told once a second.
   *
   * @param subscriber The subscriber.
   * @param error Why the attempt has failed.
   * @returns `"passing"`: another attempt may succeed. `"lasting"`: whoever waits now need not wait. `"final"`: a server
   * has refused for so long that it is given up.
   */
  note(subscriber: Connecting, error: Error): "passing" | "lasting" | "final" {
    const now = performance.now();
    const { endpoint } = subscriber;
    if (endpoint !== undefined && now >= (this.#toldAt.get(subscriber) ?? -Infinity) + TOLD_EACH) {
      this.#toldAt.set(subscriber, now);
      this.#events.emit({ type: "reconnecting", ...endpoint, error });
    }
    if (!isHopeless(error)) {
      this.#since.delete(subscriber);
      return "passing";
    }
    if (!(error instanceof ServerError)) return "lasting";
    const since = this.#since.get(subscriber) ?? now;
    this.#since.set(subscriber, since);
    return now - since < this.#patience ? "lasting" : "final";
  }
}
