/**
 * Routes as callers give them, checked.
 *
 * @module
 */

import { SLOTS } from "./slot.ts";

const WORDS: readonly unknown[] = ["random", "allPrimaries", "allNodes"];

/** The names that a route as an object may have, apart from `replica`. */
const FORMS = ["slotKey", "slot", "host,port"];

/**
 * Finds out what is wrong with a route.
 *
 * @param route What a caller gave as a route.
 * @returns What is wrong, for the end of a message; undefined if nothing is.
 */
export function faultOfRoute(route: unknown): string | undefined {
  if (typeof route === "string") {
    return WORDS.includes(route)
      ? undefined
      : 'expected "random", "allPrimaries", "allNodes" or an object';
  }
  if (typeof route !== "object" || route === null) return "expected a word or an object";
  const { slotKey, slot, host, port, replica, ...rest } = route as Record<string, unknown>;
  const given = Object.entries({ slotKey, slot, host, port, ...rest })
    .filter(([, value]) => value !== undefined).map(([name]) => name).join();
  // One of the two would be ignored.
  if (!FORMS.includes(given) || given === "host,port" && replica !== undefined) {
    return "expected { slotKey }, { slot } or { host, port }";
  }
  if (replica !== undefined && typeof replica !== "boolean") {
    return "expected replica to be a boolean";
  }
  switch (given) {
    case "slotKey":
      return typeof slotKey === "string" || slotKey instanceof Uint8Array
        ? undefined
        : "expected slotKey to be a key";
    case "slot":
      return Number.isInteger(slot) && (slot as number) >= 0 && (slot as number) < SLOTS
        ? undefined
        : `expected a slot from 0 to ${SLOTS - 1}`;
    default:
      return typeof host === "string" && Number.isInteger(port)
        ? undefined
        : "expected host to be a string and port to be an integer";
  }
}
