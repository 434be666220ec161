/** Reads of a cluster by availability zone. */

import { assertEquals } from "@std/assert";
import type { ClusterClientConfiguration, RedisClusterClient } from "../../cluster/mod.ts";
import {
  type FakeCluster,
  type FakeNode,
  NO_REPLY,
  ServerError,
  startCluster,
  startFakeCluster,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect, nameOf } from "./_connect.ts";

const OPTIONS = { readFrom: "azAffinity", clientAz: "near" } as const;

/** Where the nodes of a fake cluster tell their zones. */
type Source = "topology" | "hello" | "info" | "none";

/** One shard: a primary in zone far, and replicas in the zones near, near and far. */
async function startShard(source: Source) {
  const cluster = await startFakeCluster({ shards: 1, replicas: 3 });
  const [range] = cluster.ranges;
  const nodes = range.nodes as FakeNode[];
  const zones = new Map(["far", "near", "near", "far"].map((zone, i) => [nodes[i], zone]));
  if (source === "topology") {
    range.nodes = nodes.map((node) => ({
      ...node.entry,
      metadata: { hostname: "", "availability-zone": zones.get(node)! },
    }));
  }
  cluster.handler = ({ name, args, connection }, node) => {
    const zone = zones.get(node);
    if (name === "GET") return nameOf(node);
    if (name === "HELLO" && source === "hello") {
      connection.protocol = 3;
      return new Map<string, string | number>([["proto", 3], ["id", 1], [
        "availability_zone",
        zone!,
      ]]);
    }
    if (name !== "INFO" || args[1] !== "server" || source === "topology") return undefined;
    return source === "info"
      ? `# Server\r\navailability_zone:${zone}\r\n`
      : new ServerError("NOPERM this user has no permissions to run the 'info' command");
  };
  return { cluster, nodes };
}

async function hits(client: RedisClusterClient): Promise<string> {
  const names = await Promise.all(Array.from({ length: 60 }, () => client.get("foo")));
  const counts = Object.entries(Object.groupBy(names, String)).map(([name, all]) =>
    `${name} ${all!.length}`
  );
  return counts.sort().join();
}

/** Waits until some nodes answer all reads, in equal parts. */
async function answeredBy(client: RedisClusterClient, nodes: readonly FakeNode[]): Promise<void> {
  const expected = nodes.map((node) => `${nameOf(node)} ${60 / nodes.length}`).sort().join();
  await until(`reads are answered by ${expected}`, async () => await hits(client) === expected);
}

function connectTo(
  { nodes: [seed] }: FakeCluster,
  options: Partial<ClusterClientConfiguration> = {},
): Promise<RedisClusterClient> {
  return connect(seed, { ...OPTIONS, ...options });
}

for (const source of ["topology", "hello", "info"] as const) {
  Deno.test(`the zones of nodes are learnt from ${source}`, async () => {
    const { cluster, nodes: [, a, b, c] } = await startShard(source);
    await using _ = cluster;
    await using client = await connectTo(cluster);
    await answeredBy(client, [a, b]);
    await using far = await connectTo(cluster, { clientAz: "far" });
    await answeredBy(far, [c]);
  });
}

Deno.test("where no node tells its zone, all replicas answer, and one event tells it", async () => {
  const { cluster, nodes: [, ...replicas] } = await startShard("none");
  await using _ = cluster;
  const client = await connectTo(cluster);
  const { events, ended } = record(client);
  await answeredBy(client, replicas);
  await client.close();
  await ended;
  assertEquals(events.filter(({ type }) => type === "zonesUnknown").length, 1);
});

Deno.test("a replica that loads, hangs or leaves the cluster: the next rung answers", async () => {
  const { cluster, nodes: [primary, a, b, c] } = await startShard("info");
  await using _ = cluster;
  await using client = await connectTo(cluster);
  await answeredBy(client, [a, b]);
  const { handler } = cluster;
  let state: "loads" | "hangs" = "loads";
  cluster.handler = (command, node, connection) => {
    if (node === a && command.name === "GET") return new ServerError("LOADING the data set");
    if (node === b && state === "hangs") return NO_REPLY;
    return handler?.(command, node, connection);
  };
  await answeredBy(client, [b]);
  state = "hangs";
  const fast = client.with({ timeout: 100 });
  await until("the other zone answers", async () => {
    return await fast.get("foo").catch(() => null) === nameOf(c);
  });
  await answeredBy(client, [c]);
  // It leaves.
  cluster.ranges[0].nodes = [primary, a, b];
  for (const connection of c.connections) connection.cut();
  await answeredBy(client, [primary]);
});

Deno.test("a primary that gets reads is one of the nodes in turn, or the local one", async () => {
  const { cluster, nodes: [primary, a, b, c] } = await startShard("info");
  await using _ = cluster;
  await using any = await connectTo(cluster, { readFrom: "any", clientAz: undefined });
  await answeredBy(any, [primary, a, b, c]);
  const readFrom = "azAffinityReplicasAndPrimary";
  await using local = await connectTo(cluster, { readFrom, clientAz: "far" });
  await answeredBy(local, [c]);
  cluster.ranges[0].nodes = [primary, a, b];
  for (const connection of c.connections) connection.cut();
  await answeredBy(local, [primary]);
});

Deno.test("a real cluster: reads go to the replica of the zone", async (t) => {
  await using cluster = await startCluster({ shards: 1, replicas: 2 });
  const [{ nodes: [primary, near, far] }] = cluster.shards;
  const known = await primary.command(["CONFIG", "GET", "availability-zone"]);
  if (!Array.isArray(known) || known.length === 0) return void await t.step("skipped", () => {});
  await near.command(["CONFIG", "SET", "availability-zone", "near"]);
  await far.command(["CONFIG", "SET", "availability-zone", "far"]);
  await using client = await connect(primary, OPTIONS);
  const reads = async (): Promise<string> => {
    for (const node of cluster.nodes) await node.command(["CONFIG", "RESETSTAT"]);
    for (let i = 0; i < 20; i++) await client.get("k");
    const counts = await Promise.all([primary, near, far].map(async (node) => {
      const stats = (await node.info("commandstats"))["cmdstat_get"];
      return Number(/calls=(\d+)/.exec(stats ?? "")?.[1] ?? 0);
    }));
    return counts.join();
  };
  await until("the local replica answers", async () => await reads() === "0,20,0");
});
