import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type ClusterNode, elect, epochOf, Topology } from "../../cluster/topology.ts";
import { type Reply, UnexpectedReplyError } from "../../cluster/mod.ts";
import { readCases } from "./_cases.ts";
import { read, type Spelled } from "./_spelled.ts";

interface TopologyCase {
  name: string;
  reply: Spelled;
  shards?: { primary: string; replicas: string[]; slots: [number, number][] }[];
  hostnames?: Record<string, string>;
  ids?: string[];
  aliases?: Record<string, string>;
  error?: string;
}

interface MajorityCase {
  name: string;
  views: { epoch: number; map: Record<string, string> }[];
  elected: { votes: number; view: number };
}

const ANSWERED_BY = { host: "10.0.0.9", port: 7000 };

Deno.test("Topology.parse() reads each reply as its case says", async () => {
  for (const test of await readCases<TopologyCase[]>("cluster_topology.yaml")) {
    const { name, shards, hostnames = {}, aliases = {}, ids, error } = test;
    const parse = () => Topology.parse(read(test.reply) as Reply, ANSWERED_BY);
    if (error !== undefined) {
      assertEquals(assertThrows(parse, UnexpectedReplyError).message, error, name);
      continue;
    }
    const topology = parse();
    assertEquals(describe(topology), shards, name);
    assertEquals(
      topology.coverage,
      shards!.flatMap(({ slots }) => slots).reduce((sum, [a, b]) => sum + b - a + 1, 0),
      name,
    );
    assertEquals(
      [...topology.nodes.keys()].sort(),
      shards!.flatMap(({ primary, replicas }) => [primary, ...replicas]).sort(),
      name,
    );
    for (const [node, hostname] of Object.entries(hostnames)) {
      assertEquals(topology.nodes.get(node)?.hostname, hostname, name);
    }
    if (ids !== undefined) assertEquals([...topology.ids].sort(), ids, name);
    for (const [alias, node] of Object.entries(aliases)) {
      assertStrictEquals(topology.find(alias), topology.nodes.get(node), name);
    }
    for (const node of topology.nodes.keys()) assertEquals(topology.find(node)?.name, node);
    assertEquals(topology.find("nowhere:1"), undefined);
  }
});

Deno.test("Topology.parse() makes equal signatures of equal maps in another order, and of no others", () => {
  const [a, b] = [[0, 99, ["a", 1], ["r", 1], ["s", 1]], [100, 199, ["b", 1]]] as Reply[];
  const reordered = [[100, 199, ["b", 1]], [0, 99, ["a", 1], ["s", 1], ["r", 1]]] as Reply;
  const parse = (reply: Reply) => Topology.parse(reply, ANSWERED_BY).signature;
  const signature = parse([a, b]);
  assertEquals(parse(reordered), signature);
  for (
    const other of [
      [[0, 98, ["a", 1], ["r", 1], ["s", 1]], b],
      [[0, 99, ["a", 1], ["r", 1]], b],
      [[0, 99, ["r", 1], ["a", 1], ["s", 1]], b],
      [[0, 99, ["a", 2], ["r", 1], ["s", 1]], b],
      [a],
    ] as Reply[]
  ) assert(parse(other) !== signature);
});

Deno.test("Topology.mayBeOfCluster() is false only of maps that have no node in common", () => {
  const mapOf = (...ids: (string | null)[]) =>
    Topology.parse([[0, 99, ...ids.map((id, i) => [`h${i}`, 1, id, []])]] as Reply, ANSWERED_BY);
  assert(mapOf("a", "b").mayBeOfCluster(mapOf("b", "c")));
  assert(!mapOf("a", "b").mayBeOfCluster(mapOf("c", "d")));
  // Servers that tell no ids are believed.
  assert(mapOf(null).mayBeOfCluster(mapOf("a")));
  assert(mapOf("a").mayBeOfCluster(mapOf(null)));
});

Deno.test("Topology.move() gives a slot to a known primary, in place", () => {
  const topology = threeShards();
  const signature = topology.signature;
  assertStrictEquals(topology.move(50, topology.nodes.get("b:1")!), topology);
  assertEquals(topology.shardOf(50)?.primary.name, "b:1");
  assertEquals(topology.shardOf(49)?.primary.name, "a:1");
  assertEquals(topology.shardOf(51)?.primary.name, "a:1");
  assertEquals(topology.signature, signature);
});

Deno.test("Topology.move() gives an orphaned slot to a known primary", () => {
  const topology = threeShards();
  assertEquals(topology.shardOf(16_000), undefined);
  assertStrictEquals(topology.move(16_000, topology.nodes.get("c:1")!), topology);
  assertEquals(topology.shardOf(16_000)?.primary.name, "c:1");
});

Deno.test("Topology.move() takes a replica that owns a slot of its shard for the primary of all of it", () => {
  const topology = threeShards();
  const moved = topology.move(50, topology.nodes.get("a2:1")!);
  assertNotStrictEquals(moved, topology);
  assertEquals(describe(moved), [
    { primary: "a2:1", replicas: ["a3:1", "a:1"], slots: [[0, 99]] },
    { primary: "b:1", replicas: ["b2:1"], slots: [[100, 199]] },
    { primary: "c:1", replicas: [], slots: [[200, 299]] },
  ]);
  assertEquals(topology.shardOf(50)?.primary.name, "a:1");
  assertEquals([...moved.nodes.keys()].sort(), [...topology.nodes.keys()].sort());
});

Deno.test("Topology.move() makes a shard of its own of another shard's replica", () => {
  const topology = threeShards();
  const moved = topology.move(50, topology.nodes.get("b2:1")!);
  assertEquals(describe(moved), [
    { primary: "a:1", replicas: ["a2:1", "a3:1"], slots: [[0, 49], [51, 99]] },
    { primary: "b:1", replicas: [], slots: [[100, 199]] },
    { primary: "c:1", replicas: [], slots: [[200, 299]] },
    { primary: "b2:1", replicas: [], slots: [[50, 50]] },
  ]);
});

Deno.test("Topology.move() makes a shard of its own of an unknown node", () => {
  const topology = threeShards();
  const stranger: ClusterNode = { name: "d:1", host: "d", port: 1 };
  const moved = topology.move(299, stranger);
  assertEquals(moved.shardOf(299)?.primary, stranger);
  assertEquals(moved.shardOf(298)?.primary.name, "c:1");
  assertEquals(moved.nodes.get("d:1"), stranger);
  assertStrictEquals(moved.move(298, stranger), moved);
  assertEquals(moved.shardOf(298)?.primary, stranger);
});

Deno.test("elect() accepts whom its case says", async () => {
  for (const { name, views, elected } of await readCases<MajorityCase[]>("cluster_majority.yaml")) {
    const read = views.map(({ epoch, map }) => ({ epoch, topology: topologyOf(map) }));
    const { view, votes } = elect(read);
    assertEquals(read.indexOf(view), elected.view, name);
    assertEquals(votes, elected.votes, name);
  }
});

Deno.test("epochOf() reads the epoch, and takes its absence for 0", () => {
  assertEquals(
    epochOf("cluster_state:ok\r\ncluster_current_epoch:17\r\ncluster_my_epoch:3\r\n"),
    17,
  );
  assertEquals(epochOf("cluster_state:ok\r\n"), 0);
  assertEquals(epochOf(null), 0);
});

function threeShards(): Topology {
  return Topology.parse([
    [0, 99, ["a", 1], ["a2", 1], ["a3", 1]],
    [100, 199, ["b", 1], ["b2", 1]],
    [200, 299, ["c", 1]],
  ], ANSWERED_BY);
}

/** A topology of primaries and their slots; `a+r` is a primary with a replica. */
function topologyOf(map: Record<string, string>): Topology {
  return Topology.parse(
    Object.entries(map).map(([nodes, range]) => [
      ...range.split("-").map(Number),
      ...nodes.split("+").map((host) => [host, 1]),
    ]),
    ANSWERED_BY,
  );
}

/** The shards with their slots, as the case files have them. */
function describe(topology: Topology): TopologyCase["shards"] {
  return topology.shards.map((shard) => {
    const slots: [number, number][] = [];
    for (let slot = 0; slot < 16_384; slot++) {
      if (topology.shardOf(slot) !== shard) continue;
      const last = slots.at(-1);
      if (last?.[1] === slot - 1) last[1] = slot;
      else slots.push([slot, slot]);
    }
    return {
      primary: shard.primary.name,
      replicas: shard.replicas.map(({ name }) => name),
      slots,
    };
  });
}
