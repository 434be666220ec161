/**
 * Scene: records go into all slots of a cluster.
 *
 * @module
 */

import type { RedisClusterClient } from "../../../../mod.ts";
import type { TestCluster } from "../../../../lib/testing/mod.ts";
import { count, counted, duration, rate } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { type ShardFigures, showSlotMap } from "../slot_map.ts";
import type { SlotRecord } from "../slot_records.ts";

/** What came of it. */
export interface SlotLoadFigures {
  readonly records: number;
  /** Milliseconds that it took. */
  readonly elapsed: number;
  /** What each shard has then. */
  readonly shards: readonly ShardFigures[];
  /** Keys that each shard has to have. */
  readonly wantedKeys: readonly number[];
  /** Replicas of each shard that had all of it when `WAIT` came back, at the shard with the fewest. */
  readonly replicas: number;
}

/** Writes that are under way at the same time. */
const AT_ONCE = 500;

/**
 * Loads records and shows where they are.
 *
 * @param stage Where the demo runs.
 * @param client A client for the cluster.
 * @param cluster An empty cluster.
 * @param records The records.
 */
export async function loadSlots(
  { terminal }: Stage,
  client: RedisClusterClient,
  cluster: TestCluster,
  records: readonly SlotRecord[],
): Promise<SlotLoadFigures> {
  terminal.heading("Load records into all slots");
  const started = performance.now();
  {
    using progress = terminal.progress("Loading");
    for (let at = 0; at < records.length; at += AT_ONCE) {
      const chunk = records.slice(at, at + AT_ONCE);
      await Promise.all(chunk.map(({ key, value }) => client.set(key, value)));
      const loaded = at + chunk.length;
      const speed = rate(loaded, performance.now() - started);
      progress.update(loaded / records.length, `${counted(loaded, "record")}, ${speed}`);
    }
  }
  const elapsed = performance.now() - started;
  terminal.say(
    `${counted(records.length, "record")} in ${duration(elapsed)}: ` +
      `${rate(records.length, elapsed)}. Where they are, 64 slots in a letter:`,
  );
  const replicas = await client.wait(1, 5000);
  const shards = await showSlotMap(terminal, client, cluster);
  const wantedKeys = await Promise.all(cluster.shards.map(async (_, shard) => {
    const slots = new Set(await cluster.slotsOf(shard));
    return records.filter(({ slot }) => slots.has(slot)).length;
  }));
  return { records: records.length, elapsed, shards, wantedKeys, replicas };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeSlotLoad(figures: SlotLoadFigures): Verdict {
  const { records, elapsed, shards, wantedKeys, replicas } = figures;
  return {
    title: "Cluster: load records into all slots",
    facts: [
      ["Records", `${count(records)} in ${duration(elapsed)}, ${rate(records, elapsed)}`],
      ["Keys by shard", shards.map(({ keys }) => count(keys)).join(", ")],
    ],
    checks: [
      {
        claim: "Each shard has the records of its slots",
        held: shards.length > 0 && shards.every(({ keys }, i) => keys === wantedKeys[i]) &&
          shards.reduce((sum, { keys }) => sum + keys, 0) === records,
      },
      { claim: "Each replica has them too", held: replicas === 1 },
    ],
  };
}
