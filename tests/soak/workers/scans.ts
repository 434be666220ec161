/**
 * Scans through failovers, restarts and slot moves.
 *
 * @module
 */

import { checkScan } from "../model.ts";
import type { Round } from "../round.ts";

/** How long a scan with all its pages may take, in milliseconds. */
const WHOLE = 60_000;

/** One scan of the keys, or of a hash: what was there all the time is yielded. */
export async function scanAll(round: Round): Promise<void> {
  const { stable } = round.context;
  const count = round.random.integer(10, 60);
  const view = round.view(3000);
  const ofHash = round.chance(50);
  const yielded = new Set<string>();
  const { fate } = await round.perform(
    ofHash ? "HSCAN, all pages" : "SCAN, all pages",
    `scan by ${count}`,
    WHOLE,
    async () => {
      if (ofHash) {
        for await (const [field] of view.hscanIterator(stable.hash, { count })) yielded.add(field);
        return;
      }
      for await (const key of view.scanIterator({ match: "stable:*", count })) yielded.add(key);
    },
  );
  if (fate !== "acknowledged") return;
  const wanted = ofHash ? stable.keys.map((_, i) => `field ${i}`) : stable.keys;
  await round.check("scans yield what is there", () => checkScan(wanted, yielded));
}
