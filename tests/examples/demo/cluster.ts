/**
 * The cluster part of the demo: its nodes, and its scenes in their order.
 *
 * @module
 */

import { startCluster } from "../../../lib/testing/mod.ts";
import { connectToCluster } from "./connect.ts";
import { duration } from "./number_text.ts";
import type { Stage, Verdict } from "./scene.ts";
import { callAcrossShards, type CommandFigures, judgeCommands } from "./scenes/cluster_commands.ts";
import { judgeKill, type KillFigures, killWhileWriting } from "./scenes/kill_while_writing.ts";
import { judgeSlotLoad, loadSlots, type SlotLoadFigures } from "./scenes/load_slots.ts";
import {
  judgeMove,
  type MoveFigures,
  moveSlotsWhileReading,
} from "./scenes/move_slots_while_reading.ts";
import {
  type ClusterReplicaFigures,
  judgeClusterReplicas,
  readClusterReplicas,
} from "./scenes/read_cluster_replicas.ts";
import {
  judgeSubscribe,
  type SubscribeFigures,
  subscribeThroughChanges,
} from "./scenes/subscribe_through_changes.ts";
import { serverName } from "./server_name.ts";
import { makeSlotRecords } from "./slot_records.ts";

/** What came of the scenes. */
export interface ClusterFigures {
  readonly load: SlotLoadFigures;
  readonly commands: CommandFigures;
  readonly replicas: ClusterReplicaFigures;
  readonly kill: KillFigures;
  readonly subscribe: SubscribeFigures;
  readonly move: MoveFigures;
}

/**
 * Plays the scenes, on a cluster that is gone afterwards.
 *
 * @param stage Where the demo runs.
 */
export async function playCluster(stage: Stage): Promise<ClusterFigures> {
  const { terminal, scale } = stage;
  terminal.part("Cluster: three primaries, three replicas");
  const started = performance.now();
  await using cluster = await startNodes(stage);
  const [{ host, port }] = cluster.nodes;
  terminal.say(
    `Started ${await serverName(cluster.nodes[0])} six times in ` +
      `${duration(performance.now() - started)}. The client knows ${host}:${port} only, ` +
      "and finds the others.",
  );
  const records = makeSlotRecords(scale.slotStep);
  await using client = await connectToCluster(cluster);
  const load = await loadSlots(stage, client, cluster, records);
  const commands = await callAcrossShards(stage, client, cluster, records);
  await using reader = await connectToCluster(cluster, { readFrom: "preferReplica" });
  const replicas = await readClusterReplicas(stage, reader, cluster, records);
  const kill = await killWhileWriting(stage, client, cluster, records);
  const subscribe = await subscribeThroughChanges(stage, client, cluster);
  const move = await moveSlotsWhileReading(stage, client, cluster, records);
  return { load, commands, replicas, kill, subscribe, move };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scenes.
 */
export function judgeCluster(figures: ClusterFigures): Verdict[] {
  return [
    judgeSlotLoad(figures.load),
    judgeCommands(figures.commands),
    judgeClusterReplicas(figures.replicas),
    judgeKill(figures.kill),
    judgeSubscribe(figures.subscribe),
    judgeMove(figures.move),
  ];
}

async function startNodes({ terminal }: Stage): ReturnType<typeof startCluster> {
  using progress = terminal.progress("Starting");
  progress.follow(() => "six nodes, until all of them agree");
  return await startCluster({
    shards: 3,
    replicas: 1,
    // Else the whole cluster would stand still while one shard has no primary.
    config: { "cluster-require-full-coverage": "no" },
  });
}
