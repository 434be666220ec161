/**
 * Runs the scenes of `subscriptions_test.ts` large, and one in which a primary falls silent, and prints their figures:
 *
 *     deno run -A tests/cluster/subscriptions_at_scale.ts [rounds] [scene]
 *
 * 300 slots with shard channels move there and back, and events of 10 000 writes are counted, four times.
 *
 * @module
 */

import { startCluster } from "../../lib/testing/mod.ts";
import {
  eventsOfAllNodes,
  nothingIsLeft,
  primaryKilled,
  primaryPaused,
  replicaPromoted,
  slotsMove,
  Stage,
} from "./_subscription_scenes.ts";

const LARGE = { shardChannels: 300, writes: 10_000, movedSlots: 200, pause: 20 };

const [rounds = "1", only] = Deno.args;
const scenes = [
  slotsMove,
  primaryKilled,
  replicaPromoted,
  primaryPaused,
  eventsOfAllNodes,
  nothingIsLeft,
];
let failures = 0;
for (let round = 1; round <= Number(rounds); round++) {
  await using cluster = await startCluster({ shards: 3, replicas: 1 });
  await using stage = await Stage.set(cluster, LARGE);
  for (const scene of scenes) {
    if (only !== undefined && scene.name !== only) continue;
    const began = performance.now();
    try {
      const figures = await scene(stage);
      console.log(round, scene.name, figures, `${Math.round(performance.now() - began)} ms`);
    } catch (error) {
      failures++;
      console.log(round, scene.name, "FAILED", String(error).slice(0, 2000));
    }
  }
}
Deno.exit(failures === 0 ? 0 : 1);
