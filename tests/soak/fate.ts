/**
 * What became of a request, as its caller may understand the promise.
 *
 * @module
 */

import {
  ClosedError,
  ClusterError,
  ConfigurationError,
  ConnectionError,
  OverloadError,
  RedisError,
  ServerError,
  TimeoutError,
  WatchError,
} from "../../mod.ts";

/** Whether a request was executed: `acknowledged` it was, `never` it was not, `maybe` nobody knows. */
export type Fate = "acknowledged" | "never" | "maybe";

/** Codes with which servers refuse a command before they execute it. */
const REFUSALS = new Set([
  ...["ASK", "CLUSTERDOWN", "CROSSSLOT", "EXECABORT", "LOADING", "MASTERDOWN", "MOVED", "NOAUTH"],
  ...["NOPERM", "NOREPLICAS", "READONLY", "TRYAGAIN", "UNBLOCKED", "WRONGTYPE"],
]);

/** Reason of all signals that the load aborts, to tell them from errors of the client. */
export class Aborted extends Error {
  override name = "Aborted";
}

/**
 * Reads the fate of a request out of its rejection.
 *
 * A request that was aborted counts as `maybe`: its signal says nothing about the server.
 *
 * @param error The reason of the rejection.
 * @returns The fate; `undefined` for an error that no request may reject with.
 */
export function fateOf(error: unknown): Exclude<Fate, "acknowledged"> | undefined {
  if (error instanceof Aborted) return "maybe";
  if (error instanceof TypeError || error instanceof RangeError) return "never";
  if (!(error instanceof RedisError)) return undefined;
  if (error instanceof ConnectionError) return error.maybeExecuted ? "maybe" : "never";
  if (error instanceof TimeoutError) return error.phase === "sent" ? "maybe" : "never";
  if (error instanceof ClosedError) {
    return error.message.startsWith("Cannot send") ? "never" : "maybe";
  }
  if (error instanceof OverloadError || error instanceof ConfigurationError) return "never";
  if (error instanceof WatchError) return "never";
  // Another code is that of a command that was executed and failed, or of a script.
  if (error instanceof ServerError) return REFUSALS.has(error.code) ? "never" : "maybe";
  if (error instanceof ClusterError) {
    const causes = error.partial === undefined
      ? [error.cause].filter((cause) => cause !== undefined)
      : error.partial.failed.map((part) => part.error);
    const applied = (error.partial?.applied.length ?? 0) > 0;
    const fates = causes.map(fateOf);
    if (fates.includes(undefined)) return undefined;
    return applied || fates.includes("maybe") ? "maybe" : "never";
  }
  // Rights that are taken away after the client has asked for them leave it no other way than to say so.
  return error.message.includes("executed the commands one by one") ? "maybe" : undefined;
}

/**
 * Names the kind of a failure for the table of figures.
 *
 * @param error The reason of the rejection.
 */
export function kindOf(error: unknown): string {
  if (error instanceof ConnectionError) {
    return `ConnectionError, ${error.maybeExecuted ? "maybe executed" : "not executed"}`;
  }
  if (error instanceof TimeoutError) return `TimeoutError, ${error.phase}`;
  if (error instanceof ServerError) return `ServerError ${error.code}`;
  return error instanceof Error ? error.name : typeof error;
}
