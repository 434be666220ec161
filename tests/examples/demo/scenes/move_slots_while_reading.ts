/**
 * Scene: slots move from shard to shard while records are read.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { RedisClusterClient } from "../../../../mod.ts";
import type { TestCluster } from "../../../../lib/testing/mod.ts";
import { count, counted, duration } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { redirectionsOf, redirectionText, resetCounters } from "../server_counters.ts";
import { shardLetter, showSlotMap } from "../slot_map.ts";
import { countWrong, type SlotRecord } from "../slot_records.ts";
import { Traffic } from "../traffic.ts";
import { figuresOf, longestGap, trafficFacts, type TrafficFigures } from "../traffic_figures.ts";

/** What came of it. */
export interface MoveFigures {
  readonly traffic: TrafficFigures;
  /** Reads that answered something else than the record. */
  readonly wrongReads: number;
  /** How often nodes sent the client away. */
  readonly redirections: ReadonlyMap<string, number>;
  /** Milliseconds in which no read was answered. */
  readonly gap: number;
  /** Slots that were to move, and those that the new owner has more than before. */
  readonly slots: { readonly moved: number; readonly gained: number };
  /** Milliseconds that the move took. */
  readonly moveTime: number;
  /** Records that are missing or wrong afterwards. */
  readonly wrongRecords: number;
}

const FROM = 1;
const TO = 2;

/**
 * Moves slots of one shard to another, with their records.
 *
 * @param stage Where the demo runs.
 * @param client A client for the cluster.
 * @param cluster The cluster, whose nodes all run.
 * @param records What it holds.
 */
export async function moveSlotsWhileReading(
  { terminal, scale }: Stage,
  client: RedisClusterClient,
  cluster: TestCluster,
  records: readonly SlotRecord[],
): Promise<MoveFigures> {
  const slots = (await cluster.slotsOf(FROM)).slice(-scale.movedSlots);
  const before = (await cluster.slotsOf(TO)).length;
  terminal.heading(
    `Move ${counted(slots.length, "slot")} from shard ${shardLetter(FROM)} to shard ` +
      `${shardLetter(TO)} while records are read`,
  );
  const moving = records.filter(({ slot }) => slots.includes(slot));
  await resetCounters(cluster.nodes);
  let wrongReads = 0;
  await using traffic = new Traffic({
    requestsPerSecond: scale.requestsPerSecond,
    request: async (n) => {
      // Every other read is for a slot that moves.
      const from = n % 2 === 0 ? moving : records;
      const { key, value } = from[n % from.length];
      if (await client.get(key) !== value) wrongReads++;
    },
    // The client is to cope by itself.
    mayRepeat: () => false,
  });
  using progress = terminal.progress("Reading");
  progress.follow(() =>
    `slots move; ${count(traffic.made)} reads, ${count(traffic.waiting)} waiting`
  );

  const started = performance.now();
  await cluster.moveSlots(slots, FROM, TO);
  const moveTime = performance.now() - started;
  await delay(scale.calm);
  const outcomes = await traffic.stop();
  progress.end();

  const figures: MoveFigures = {
    traffic: figuresOf(outcomes),
    wrongReads,
    redirections: await redirectionsOf(cluster.nodes),
    gap: longestGap(outcomes).length,
    slots: { moved: slots.length, gained: (await cluster.slotsOf(TO)).length - before },
    moveTime,
    wrongRecords: await countWrong(client, records),
  };
  terminal.say(
    `The move took ${duration(moveTime)}. The servers sent reads away ` +
      `(${redirectionText(figures.redirections)}), the client sent them on.`,
  );
  await showSlotMap(terminal, client, cluster);
  return figures;
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeMove(figures: MoveFigures): Verdict {
  const { traffic, wrongReads, redirections, gap, slots, moveTime, wrongRecords } = figures;
  return {
    title: "Cluster: slots moved while reading",
    facts: [
      ...trafficFacts(traffic, "Reads"),
      ["Redirected by the servers", redirectionText(redirections)],
      ["Slots moved", `${count(slots.gained)} in ${duration(moveTime)}`],
      ["Longest gap", duration(gap)],
    ],
    checks: [
      { claim: "Every read was answered", held: traffic.requests > 0 && traffic.failed === 0 },
      { claim: "Every answer was right", held: wrongReads === 0 },
      {
        claim: "The slots have a new owner, and all records are there",
        held: slots.gained === slots.moved && wrongRecords === 0,
      },
    ],
  };
}
