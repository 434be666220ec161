/**
 * Records for a cluster: one in each slot.
 *
 * @module
 */

import { slotOf, SLOTS } from "../../../cluster/slot.ts";
import type { RedisClusterClient } from "../../../mod.ts";

/** A key with its slot, and the value that belongs there. */
export interface SlotRecord {
  readonly key: string;
  readonly slot: number;
  /** Names key and slot, so that a value in the wrong place gives itself away. */
  readonly value: string;
}

/** Keys of one `MGET`. */
const AT_ONCE = 512;

/**
 * Makes records.
 *
 * @param step One slot in so many gets a record; 1 = each one.
 * @returns The records, in the order of their slots.
 */
export function makeSlotRecords(step: number): SlotRecord[] {
  const records = new Map<number, SlotRecord>();
  const wanted = Math.ceil(SLOTS / step);
  for (let i = 0; records.size < wanted; i++) {
    const key = `record:${i}`;
    const slot = slotOf(key);
    if (slot % step !== 0 || records.has(slot)) continue;
    records.set(slot, { key, slot, value: `${key} in slot ${slot}` });
  }
  return [...records.values()].sort((a, b) => a.slot - b.slot);
}

/**
 * Reads all records, many with each request.
 *
 * @param client Where from.
 * @param records The records.
 * @returns How many were missing or wrong.
 */
export async function countWrong(
  client: RedisClusterClient,
  records: readonly SlotRecord[],
): Promise<number> {
  let wrong = 0;
  for (let at = 0; at < records.length; at += AT_ONCE) {
    const chunk = records.slice(at, at + AT_ONCE);
    const values = await client.mget(chunk.map(({ key }) => key));
    wrong += chunk.filter(({ value }, i) => value !== values[i]).length;
  }
  return wrong;
}
