/**
 * Requests for which there is no link at present.
 *
 * @module
 */

import type { Request } from "../connection/request.ts";

/** Keeps requests until there is a link to which they can be given. */
export class KeptRequests {
  /** The requests, and whether they had been given to a link before. */
  readonly #requests = new Map<Request, boolean>();
  /** Why there is no link. */
  #reason: Error | undefined;

  /** How many requests are kept. */
  get size(): number {
    return this.#requests.size;
  }

  /** Keeps a request. Its timeout then has the reason as its cause, unless it has failed for another one. */
  add(request: Request): void {
    this.#requests.set(request, request.link !== null);
    if (this.#reason !== undefined) request.lastError ??= this.#reason;
  }

  /** Lets go of a request that was settled. */
  delete(request: Request): void {
    this.#requests.delete(request);
  }

  /**
   * Sets the reason why there is no link, for the requests that are kept and for later ones.
   *
   * @param reason Why.
   */
  explain(reason: Error): void {
    this.#reason = reason;
    for (const request of this.#requests.keys()) request.lastError = reason;
  }

  /**
   * Takes all requests out, and forgets the reason.
   *
   * @returns The requests in the order of their calls.
   */
  takeAll(): Request[] {
    const kept = [...this.#requests];
    this.#requests.clear();
    this.#reason = undefined;
    // Requests that had been given to a link were called before those that had not.
    const given = kept.filter(([, before]) => before);
    const fresh = kept.filter(([, before]) => !before);
    return [...given, ...fresh].map(([request]) => request);
  }

  /** Rejects all requests. */
  reject(error: Error): void {
    for (const request of [...this.#requests.keys()]) request.reject(error);
  }
}
