/**
 * Counts the requests in flight of one client, limits them, and waits for their end.
 *
 * @module
 */

import type { Request } from "../connection/request.ts";
import type { Outcome } from "../connection/outcome.ts";
import { OverloadError } from "../errors.ts";
import { RequestCounts } from "./request_counts.ts";

/** Counts the requests of one client that are in flight. */
export class Admission {
  /** How many requests may be in flight. */
  readonly limit: number;
  /** Counts of all requests so far. */
  readonly counts: RequestCounts = new RequestCounts();
  #inFlight = 0;
  /** Requests in flight that may block or have no deadline, so they may never end by themselves. */
  readonly #endless = new Set<Request>();
  #drained: PromiseWithResolvers<void> | null = null;

  /**
   * Makes an admission with nothing in flight.
   *
   * @param limit How many requests may be in flight.
   */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many requests are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Counts a request as in flight, also one that is refused, until it is settled.
   *
   * @param request A request that was not counted before.
   * @returns Whether it may be sent; if not, there are too many already.
   */
  admit(request: Request): boolean {
    request.counted = true;
    this.counts.made++;
    if (this.#inFlight++ >= this.limit) return false;
    if (request.blocks && !request.interrupts || request.timeout === 0) this.#endless.add(request);
    return true;
  }

  /**
   * Counts a settled request no longer, if it was counted.
   *
   * @param request The request.
   * @param outcome How it was settled.
   * @param reason Why it was rejected.
   */
  release(request: Request, outcome: Outcome, reason: unknown): void {
    if (request.blocks || request.timeout === 0) this.#endless.delete(request);
    if (request.counted) {
      this.#inFlight--;
      if (outcome !== "resolved") this.counts.fail(reason);
    }
    if (this.#inFlight === 0) this.#drained?.resolve();
  }

  /**
   * Makes the error for a request that was refused.
   *
   * @param name Name of the command.
   */
  refusal(name: string): OverloadError {
    const { limit } = this;
    return new OverloadError(`Cannot send ${name}: ${limit} requests are in flight already`, limit);
  }

  /**
   * Tells whether several more requests are too many.
   *
   * @param count How many more.
   * @returns The error to reject them with; undefined if they can be sent.
   */
  overload(count: number): OverloadError | undefined {
    const { limit } = this;
    if (this.#inFlight + count <= limit) return undefined;
    return new OverloadError(
      `Cannot send ${count} commands: ${this.#inFlight} of ${limit} requests are in flight already`,
      limit,
    );
  }

  /**
   * Waits until nothing is in flight. Requests that may block, or have no deadline, are rejected at once.
   *
   * @param error What those are rejected with.
   */
  async drain(error: Error): Promise<void> {
    for (const request of [...this.#endless]) request.reject(error);
    if (this.#inFlight === 0) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }
}
