/**
 * Counters that end a fixed time after they began.
 *
 * @module
 */

import type { Client } from "../client/client.ts";

/**
 * Counts, and tells for how long the counter still lives. Its time begins with the first count.
 *
 * @param client The client.
 * @param key The counter.
 * @param window Milliseconds that it lives.
 * @returns The count, and the milliseconds that are left.
 */
export async function countIn(
  client: Client,
  key: string,
  window: number,
): Promise<{ count: number; left: number }> {
  // SET with NX begins the time; INCR leaves it as it is.
  const results = await client.transaction((t) => [
    t.set(key, 0, { px: Math.ceil(window), nx: true }),
    t.incr(key),
    t.pttl(key),
  ]);
  const [, count, left] = results!;
  return { count: Number(count), left: Number(left) };
}
