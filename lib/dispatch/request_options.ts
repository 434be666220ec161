/**
 * Options of single requests.
 *
 * @module
 */

import type { Route } from "./route.ts";

/** Options of the requests of a view: `client.with({ timeout: 1000 })`. */
export interface RequestOptions {
  /**
   * Time limit for a request in milliseconds, from the call to the reply. By default the client's `requestTimeout`.
   *
   * Unlike `requestTimeout`, it is not extended for blocking commands: with a `timeout` of 100, `blpop("jobs", 5)`
   * rejects after 100 ms. An element that the server pops at that moment is lost.
   */
  timeout?: number;
  /**
   * Signal that aborts the request. The request rejects with the signal's reason. If it was already sent, the server
   * may still execute it.
   *
   * `AbortSignal.timeout()` rejects with a `DOMException` named `TimeoutError`, not with the {@linkcode TimeoutError}
   * of this library.
   */
  signal?: AbortSignal;
}

/** Options of the requests of a view of a cluster client. */
export interface ClusterRequestOptions extends RequestOptions {
  /** Nodes that the request goes to. By default they depend on its keys, or on its request policy. */
  route?: Route;
}
