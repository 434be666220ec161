/**
 * Options of single requests.
 *
 * @module
 */

import type { Route } from "./route.ts";

/** Options of the requests that are made through one view of a client. */
export interface RequestOptions {
  /**
   * Milliseconds for the whole life of a request; by default the client's `requestTimeout`.
   *
   * Unlike that, it is not extended for blocking commands: with a `timeout` of 100, `blpop("jobs", 5)` rejects after
   * 100 ms, and an element that the server takes at this moment is lost.
   */
  timeout?: number;
  /**
   * Rejects the request with the signal's reason when it is aborted. If the request was sent, it may be executed all
   * the same.
   *
   * The reason of `AbortSignal.timeout()` is a `DOMException` with the name `TimeoutError`, which is no
   * {@linkcode TimeoutError} of this library.
   */
  signal?: AbortSignal;
}

/** Options of the requests that are made through one view of a cluster client. */
export interface ClusterRequestOptions extends RequestOptions {
  /** Where the request goes, instead of where its keys or the servers' tips say. */
  route?: Route;
}
