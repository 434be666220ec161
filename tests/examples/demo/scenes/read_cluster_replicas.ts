/**
 * Scene: the records of a cluster are read through its replicas.
 *
 * @module
 */

import type { RedisClusterClient } from "../../../../mod.ts";
import type { TestCluster, TestServer } from "../../../../lib/testing/mod.ts";
import { count, counted, duration, rate } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { callsOf, resetCounters } from "../server_counters.ts";
import { shardLetter } from "../slot_map.ts";
import type { SlotRecord } from "../slot_records.ts";

/** What came of it. */
export interface ClusterReplicaFigures {
  readonly reads: number;
  /** Milliseconds that they took. */
  readonly elapsed: number;
  /** Records that were missing or wrong. */
  readonly wrong: number;
  /** Reads that the nodes of each shard have counted, and those that the shard was to get. */
  readonly shards: readonly {
    readonly primary: number;
    readonly replicas: number;
    readonly wanted: number;
  }[];
}

/** Reads that are under way at the same time. */
const AT_ONCE = 500;

/**
 * Reads each record with a request of its own, and asks each node how much of it it was asked for.
 *
 * @param stage Where the demo runs.
 * @param client A client that prefers replicas.
 * @param cluster The cluster.
 * @param records What it holds.
 */
export async function readClusterReplicas(
  { terminal }: Stage,
  client: RedisClusterClient,
  cluster: TestCluster,
  records: readonly SlotRecord[],
): Promise<ClusterReplicaFigures> {
  terminal.heading('Read the records through the replicas (readFrom: "preferReplica")');
  await reachReplicas(client, cluster);
  await resetCounters(cluster.nodes);
  const started = performance.now();
  let wrong = 0;
  {
    using progress = terminal.progress("Reading");
    for (let at = 0; at < records.length; at += AT_ONCE) {
      const chunk = records.slice(at, at + AT_ONCE);
      const values = await Promise.all(chunk.map(({ key }) => client.get(key)));
      wrong += chunk.filter(({ value }, i) => value !== values[i]).length;
      const read = at + chunk.length;
      const speed = rate(read, performance.now() - started);
      progress.update(read / records.length, `${counted(read, "record")}, ${speed}`);
    }
  }
  const elapsed = performance.now() - started;
  terminal.say(
    `${counted(records.length, "record")} in ${duration(elapsed)}: ` +
      `${rate(records.length, elapsed)}. What the nodes have counted themselves:`,
  );
  const rows: string[][] = [];
  const shards = await Promise.all(cluster.shards.map(async (_, shard) => {
    const slots = new Set(await cluster.slotsOf(shard));
    const row = async (node: TestServer, role: string) => {
      const calls = await callsOf(node, "get");
      rows.push([shardLetter(shard), `${node.host}:${node.port}`, role, count(calls)]);
      return calls;
    };
    const primary = await row(await cluster.primary(shard), "primary");
    let replicas = 0;
    for (const replica of await cluster.replicasOf(shard)) {
      replicas += await row(replica, "replica");
    }
    const wanted = records.filter(({ slot }) => slots.has(slot)).length;
    return { primary, replicas, wanted };
  }));
  terminal.table(["shard", "server", "role", "GET"], rows.sort());
  return { reads: records.length, elapsed, wrong, shards };
}

/**
 * Says what had to hold.
 *
 * @param figures What came of the scene.
 */
export function judgeClusterReplicas(figures: ClusterReplicaFigures): Verdict {
  const { reads, elapsed, wrong, shards } = figures;
  return {
    title: "Cluster: read through replicas",
    facts: [
      ["Reads", `${count(reads)} in ${duration(elapsed)}, ${rate(reads, elapsed)}`],
      ["Answered by the replica of each shard", shards.map((of) => count(of.replicas)).join(", ")],
    ],
    checks: [
      { claim: `All ${count(reads)} records were right`, held: reads > 0 && wrong === 0 },
      {
        claim: "Each replica answered for its slots, and the primaries were left alone",
        held: shards.length > 0 &&
          shards.every(({ primary, replicas, wanted }) => primary === 0 && replicas === wanted),
      },
    ],
  };
}

/** Waits until the client is connected to the replicas: until then it would read from the primaries. */
async function reachReplicas(client: RedisClusterClient, cluster: TestCluster): Promise<void> {
  await Promise.all(cluster.shards.map(async (_, shard) => {
    const [slot] = await cluster.slotsOf(shard);
    await client.with({ route: { slot, replica: true } }).ping();
  }));
}
