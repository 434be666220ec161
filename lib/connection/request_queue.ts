/**
 * Requests that wait for their turn, in order.
 *
 * @module
 */

import { type Request, Stage } from "./request.ts";
import { Ring } from "./ring.ts";

/** Length from which on it is worth looking for settled requests. */
const SWEEP = 1024;

/**
 * A queue of requests that forgets those that are settled while they wait.
 *
 * A peer that is away, or reads nothing, can be so for hours, and all that time callers come and time out. So the queue
 * never holds more than twice as many settled requests as others, and a few.
 */
export class RequestQueue {
  readonly #ring = new Ring<Request>();
  #sweepAt = SWEEP;

  /** How many requests wait: 0 only if none does; else settled ones between them count as well. */
  get length(): number {
    const ring = this.#ring;
    while (ring.length > 0 && ring.at(0)!.stage === Stage.SETTLED) ring.shift();
    return ring.length;
  }

  /**
   * Appends a request.
   *
   * @returns How many requests wait, settled ones included.
   */
  push(request: Request): number {
    if (this.#ring.length >= this.#sweepAt) this.#sweep();
    return this.#ring.push(request);
  }

  /** Takes the oldest request that is not settled, undefined if there is none. */
  shift(): Request | undefined {
    const ring = this.#ring;
    let request = ring.shift();
    while (request !== undefined && request.stage === Stage.SETTLED) request = ring.shift();
    return request;
  }

  /** Takes all requests that are not settled, oldest first. */
  drain(): Request[] {
    const requests: Request[] = [];
    for (let next = this.shift(); next !== undefined; next = this.shift()) requests.push(next);
    return requests;
  }

  #sweep(): void {
    const ring = this.#ring;
    for (let left = ring.length; left > 0; left--) {
      const request = ring.shift()!;
      if (request.stage !== Stage.SETTLED) ring.push(request);
    }
    this.#sweepAt = Math.max(SWEEP, ring.length * 2);
  }
}
