/**
 * The node whose SCAN finds the keys of a pattern.
 *
 * @module
 */

import type { SlotKeyRoute } from "../dispatch/route.ts";

/**
 * Tells which node of a cluster has all keys that match a pattern.
 *
 * @param pattern The pattern.
 * @returns A route to the node, if the pattern has a hash tag that all its keys share, such as `{bull}:jobs:*`; else
 * undefined.
 */
export function routeOfPattern(pattern: unknown): SlotKeyRoute | undefined {
  // In front of the tag there may be no special character: the keys could have an earlier tag.
  const found = typeof pattern === "string" ? /^[^{*?[\\]*(\{[^}*?[\\]+\})/.exec(pattern) : null;
  return found === null ? undefined : { slotKey: found[1] };
}
