/**
 * Faults that befall clusters: failovers and moving slots.
 *
 * @module
 */

import { slotOf } from "../../../cluster/slot.ts";
import { until } from "../../../lib/testing/_poll.ts";
import type { TestServer } from "../../../lib/testing/mod.ts";
import type { ClusterTarget } from "../target.ts";
import { type FaultKind, pause } from "./fault.ts";

/** All of them. */
export const CLUSTER_FAULTS: readonly FaultKind<ClusterTarget>[] = [
  {
    name: "CLUSTER FAILOVER",
    moving: true,
    gentle: true,
    run: async ({ target: { cluster }, random }) => {
      await cluster.failover(random.integer(0, 2));
    },
  },
  {
    name: "slots moved there and back",
    moving: true,
    gentle: true,
    run: async ({ target, random }) => {
      const { cluster } = target;
      const [from, to] = random.pick([[0, 1], [1, 2], [2, 0], [1, 0]]);
      const slots = await slotsOfTags(target, from);
      await cluster.moveSlots(slots, from, to);
      await pause(random, 0, 300);
      await cluster.moveSlots(slots, to, from);
    },
  },
  {
    name: "slots half moved",
    moving: true,
    gentle: true,
    run: async ({ target, random }) => {
      const { cluster } = target;
      const [from, to] = random.pick([[0, 1], [1, 2], [2, 0]]);
      const slots = (await slotsOfTags(target, from)).slice(0, 3);
      const move = await cluster.beginSlotMove(slots, from, to);
      await pause(random, 20, 200);
      await move.moveKeys(random.integer(1, 10));
      await pause(random, 50, 400);
      await move.finish();
      await cluster.moveSlots(slots, to, from);
    },
  },
  {
    name: "a primary killed, its replica takes over",
    moving: true,
    lossy: true,
    run: async ({ target: { cluster }, random }) => {
      const shard = random.integer(0, 2);
      // The other shards go on, or all of them answer CLUSTERDOWN.
      const coverage = random.pick(["yes", "no"]);
      await configure(cluster.nodes, "cluster-require-full-coverage", coverage);
      const victim = await cluster.killPrimary(shard);
      await takenOver(cluster.shards[shard].nodes, victim);
      await pause(random, 0, 500);
      await victim.start();
      await configure(cluster.nodes, "cluster-require-full-coverage", "no");
      await cluster.agreed();
    },
  },
  {
    name: "a primary frozen, its replica takes over",
    moving: true,
    lossy: true,
    run: async ({ target: { cluster }, random }) => {
      const shard = random.integer(0, 2);
      const victim = await cluster.primary(shard);
      victim.pause();
      await takenOver(cluster.shards[shard].nodes, victim);
      await pause(random, 0, 1500);
      victim.resume();
      await cluster.agreed();
    },
  },
  {
    name: "a primary restarted",
    moving: true,
    lossy: true,
    run: async ({ target: { cluster }, random }) => {
      const node = await cluster.primary(random.integer(0, 2));
      await node.restart();
      await cluster.agreed();
    },
  },
];

/** The slots that the load uses and a shard has. */
async function slotsOfTags(target: ClusterTarget, shard: number): Promise<number[]> {
  const owned = new Set(await target.cluster.slotsOf(shard));
  return target.tags.map((tag) => slotOf(tag)).filter((slot) => owned.has(slot));
}

async function takenOver(nodes: readonly TestServer[], victim: TestServer): Promise<void> {
  await until("a replica has taken over", async () => {
    const [replica] = nodes.filter((node) => node !== victim);
    return String(await replica.command(["ROLE"])).startsWith("master");
  });
}

async function configure(
  nodes: readonly TestServer[],
  ...setting: [name: string, value: string]
): Promise<void> {
  await Promise.all(nodes.map((node) => node.command(["CONFIG", "SET", ...setting])));
}
