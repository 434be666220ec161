/**
 * Values that BullMQ expects of the replies of RESP2.
 *
 * @module
 */

import type { Reply } from "../../resp/reply.ts";

/**
 * Makes a record of a flat list of names and values.
 *
 * @param reply The list.
 */
export function recordOf(reply: Reply): Record<string, string> {
  const list = reply as string[];
  const entries: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) entries.push([list[i], list[i + 1]]);
  return Object.fromEntries(entries);
}
