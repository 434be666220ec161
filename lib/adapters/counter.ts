/**
 * Counters with a fixed window.
 *
 * @module
 */

import type { Client } from "../client/client.ts";

/**
 * Increments a counter that expires a fixed time after its first increment.
 *
 * @param client The client.
 * @param key Key of the counter.
 * @param window Lifetime of the counter, in milliseconds.
 * @returns The new count, and the remaining lifetime in milliseconds.
 */
export async function countIn(
  client: Client,
  key: string,
  window: number,
): Promise<{ count: number; left: number }> {
  // SET with NX starts the window. INCR does not change the expiry.
  const results = await client.transaction((t) => [
    t.set(key, 0, { px: Math.ceil(window), nx: true }),
    t.incr(key),
    t.pttl(key),
  ]);
  const [, count, left] = results!;
  return { count: Number(count), left: Number(left) };
}
