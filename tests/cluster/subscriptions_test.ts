import { startCluster } from "../../lib/testing/mod.ts";
import {
  eventsOfAllNodes,
  nothingIsLeft,
  primaryKilled,
  replicaPromoted,
  slotsMove,
  SMALL,
  Stage,
} from "./_subscription_scenes.ts";

Deno.test("subscriptions get their messages once, or a gap, whatever happens to the cluster", async (t) => {
  await using cluster = await startCluster({ shards: 3, replicas: 1 });
  await using stage = await Stage.set(cluster, SMALL);
  const scenes = {
    "slots with shard channels move there and back": slotsMove,
    "the primary is killed at which everything is subscribed": primaryKilled,
    "a replica takes over while the primary stays": replicaPromoted,
    "keyspace events of all primaries come once, also of a shard that comes and goes":
      eventsOfAllNodes,
    "nothing is left at the servers in the end": nothingIsLeft,
  };
  for (const [name, scene] of Object.entries(scenes)) {
    await t.step(name, async () => void await scene(stage));
  }
});
