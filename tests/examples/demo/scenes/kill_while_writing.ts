/**
 * Scene: the primary of a shard is killed while records are written all over the cluster.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { slotOf } from "../../../../cluster/slot.ts";
import { ConnectionError, type RedisClusterClient, TimeoutError } from "../../../../mod.ts";
import type { TestCluster } from "../../../../lib/testing/mod.ts";
import { type Audit, audit, lossText } from "../audit.ts";
import { count, duration } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { redirectionsOf, redirectionText, resetCounters } from "../server_counters.ts";
import { shardLetter, showSlotMap } from "../slot_map.ts";
import { countWrong, type SlotRecord } from "../slot_records.ts";
import { Timeline } from "../timeline.ts";
import { type Outcome, Traffic } from "../traffic.ts";
import { figuresOf, longestGap, trafficFacts, type TrafficFigures } from "../traffic_figures.ts";

/** What came of it. */
export interface KillFigures {
  readonly traffic: TrafficFigures;
  readonly audit: Audit;
  /** How often nodes sent the client away. */
  readonly redirections: ReadonlyMap<string, number>;
  /** Milliseconds in which no write was acknowledged, to the shard and to all the others. */
  readonly gap: { readonly shard: number; readonly others: number };
  /** Milliseconds from the kill to the time when all nodes had agreed on the replica as the new primary. */
  readonly takeover: number;
  /** Milliseconds from then to the first write that the shard acknowledged; negative if that came first. */
  readonly recovery: number;
  /** Records, written before all that, that are missing or wrong now. */
  readonly wrongRecords: number;
}

/** Index of the shard whose primary is killed. */
const SHARD = 0;

/**
 * Kills a primary, and brings the node back as a replica of the one that took its place.
 *
 * @param stage Where the demo runs.
 * @param client A client for the cluster.
 * @param cluster The cluster, whose nodes all run.
 * @param records What it holds.
 */
export async function killWhileWriting(
  { terminal, scale }: Stage,
  client: RedisClusterClient,
  cluster: TestCluster,
  records: readonly SlotRecord[],
): Promise<KillFigures> {
  const name = `shard ${shardLetter(SHARD)}`;
  terminal.heading(`Kill the primary of ${name} while records are written to all shards`);
  const slots = new Set(await cluster.slotsOf(SHARD));
  const ofShard = ({ n }: Outcome) => slots.has(slotOf(keyOf(n)));
  await resetCounters(cluster.nodes);
  using timeline = new Timeline(client.events);
  await using traffic = new Traffic({
    requestsPerSecond: scale.requestsPerSecond,
    request: (n) => client.set(keyOf(n), valueOf(n)),
    // Storing the same value again does no harm.
    mayRepeat: (error) => error instanceof ConnectionError || error instanceof TimeoutError,
  });
  let state = "all is well";
  using progress = terminal.progress("Writing");
  progress.follow(() =>
    `${state}; ${count(traffic.made)} writes, ${count(traffic.waiting)} waiting`
  );

  await delay(scale.calm);
  const killed = performance.now();
  const dead = await cluster.killPrimary(SHARD);
  state = `the primary of ${name} is dead`;
  await cluster.agreed();
  const takenOver = performance.now();
  state = "the replica has taken over";
  await delay(scale.calm);
  const outcomes = await traffic.stop();
  progress.end();

  const redirections = await redirectionsOf(cluster.nodes.filter(({ running }) => running));
  const gap = longestGap(outcomes.filter(ofShard));
  const figures: KillFigures = {
    traffic: figuresOf(outcomes),
    audit: await audit({
      outcomes,
      byDead: ofShard,
      lastAnswer: gap.begin,
      read: (n) => client.get(keyOf(n)),
      valueOf,
    }),
    redirections,
    gap: {
      shard: gap.length,
      others: longestGap(outcomes.filter((outcome) => !ofShard(outcome))).length,
    },
    takeover: takenOver - killed,
    recovery: gap.end - takenOver,
    wrongRecords: await countWrong(client, records),
  };
  terminal.say(`What the client told after the kill of ${dead.host}:${dead.port}:\n`);
  for (const line of timeline.lines(killed)) terminal.say(line);
  await dead.start();
  await cluster.agreed();
  terminal.say(`\nThe dead node was started again and is a replica now:`);
  await showSlotMap(terminal, client, cluster);
  return figures;
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeKill(figures: KillFigures): Verdict {
  const { traffic, audit, redirections, gap, takeover, recovery, wrongRecords } = figures;
  return {
    title: "Cluster: primary killed while writing",
    facts: [
      ...trafficFacts(traffic, "Writes"),
      ["Redirected by the servers", redirectionText(redirections)],
      ["Nodes agreed on the new primary after", duration(takeover)],
      ["First write to it", recovery > 0 ? `${duration(recovery)} later` : "before that"],
      ["Longest gap, that shard", duration(gap.shard)],
      ["Longest gap, the others", duration(gap.others)],
      ["Writes lost with the primary", lossText(audit)],
    ],
    checks: [
      { claim: "Every write was acknowledged in the end", held: traffic.failed === 0 },
      {
        claim: "Every acknowledged write can be read, but for what died with the primary",
        held: audit.readable > 0 && audit.missing === 0 &&
          audit.readable + audit.lostWithPrimary === audit.acknowledged,
      },
      {
        claim: "No value is wrong, and all records from before are there",
        held: audit.wrong === 0 && wrongRecords === 0,
      },
    ],
  };
}

function keyOf(n: number): string {
  return `written:${n}`;
}

function valueOf(n: number): string {
  return `value of ${keyOf(n)}`;
}
