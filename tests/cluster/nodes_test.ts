import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Nodes, type NodesOwner } from "../../cluster/nodes.ts";
import { NodeTarget, targetsOf } from "../../cluster/target.ts";
import { Topology } from "../../cluster/topology.ts";
import { lookUp } from "../../lib/command_table/mod.ts";
import type { ClusterClientConfiguration } from "../../lib/configuration/options.ts";
import { settingsOf } from "../../lib/configuration/settings.ts";
import { Deadlines } from "../../lib/connection/deadlines.ts";

import { NO_OWNER, Request } from "../../lib/connection/request.ts";

/** Nobody listens on this port, so each attempt to connect fails at once. */
const PORT = 1;
const SEED = { host: "127.0.0.1", port: PORT };

/** A shard is written as its primary and its replicas: `a b`. The slots are shared in the order of the shards. */
function mapOf(...shards: string[]): Topology {
  const width = 16_384 / shards.length;
  return Topology.parse(
    shards.map((names, i) => [
      Math.ceil(i * width),
      Math.ceil((i + 1) * width) - 1,
      ...names.split(" ").map((name) => [name, 7000, name] as [string, number, string]),
    ]),
    SEED,
  );
}

/** Runs a test with nodes to which nothing connects. */
async function withNodes(
  options: Partial<ClusterClientConfiguration>,
  test: (nodes: Nodes) => void,
): Promise<void> {
  const settings = settingsOf(
    { addresses: [SEED], addressMap: () => SEED, ...options } as ClusterClientConfiguration,
    "cluster",
  );
  const owner = {
    onRefused: () => {},
    onLost: () => {},
    onReady: () => {},
    onZonesUnknown: () => {},
  } as unknown as NodesOwner;
  const end = new AbortController();
  const deadlines = new Deadlines();
  const nodes = new Nodes(settings, owner, deadlines, end.signal);
  try {
    test(nodes);
  } finally {
    end.abort();
    nodes.destroy(new Error("the test is over"));
    deadlines.clear();
    await settings.link.dials.settled();
    settings.link.dials.cancel();
  }
}

function request(...words: string[]): Request {
  return new Request(words, lookUp(words), (reply) => reply, NO_OWNER);
}

Deno.test("Nodes.at() finds the primary that has taken the place of another, unless it gets the request anyway", () =>
  withNodes({}, (nodes) => {
    nodes.arrange(mapOf("a b", "c"));
    const [a, c] = targetsOf(nodes.topology!, "primaries");
    assertEquals([nodes.at(a)?.name, nodes.at(c)?.name], ["a:7000", "c:7000"]);
    nodes.arrange(mapOf("b a", "c"));
    assertEquals(nodes.at(a)?.name, "b:7000");
    nodes.arrange(mapOf("c"));
    assertEquals(nodes.at(a), undefined, "c gets the request as well");
    assertEquals(nodes.at(new NodeTarget("a:7000")), undefined, "a has left");
  }));

Deno.test("Nodes.admit() allows requests for a node that is on no map, until it is dismissed", () =>
  withNodes({}, (nodes) => {
    nodes.arrange(mapOf("a"));
    const address = { host: "new", port: 7000 };
    assertEquals(nodes.find(address), undefined);
    const name = nodes.admit(address);
    assertEquals(nodes.find(address)?.name, name);
    assertEquals(nodes.at(new NodeTarget(name))?.name, name);
    nodes.dismiss(name);
    assertEquals(nodes.find(address), undefined);
  }));

Deno.test("Nodes.move() makes a replica the primary of its shard", () =>
  withNodes({}, (nodes) => {
    nodes.arrange(mapOf("a b", "c"));
    const link = nodes.linkTo(nodes.nodeAt({ host: "b", port: 7000 }));
    assert(nodes.isReplica(link));
    nodes.move(0, nodes.nodeAt({ host: "b", port: 7000 }));
    assertEquals(nodes.topology!.shardOf(0)?.primary.name, "b:7000");
    assert(!nodes.isReplica(link));
  }));

Deno.test("Nodes.arrange() keeps the links of nodes that stay, and forgets those of others", () =>
  withNodes({}, (nodes) => {
    nodes.arrange(mapOf("a", "b"));
    const [a, b] = ["a:7000", "b:7000"].map((name) => nodes.get(name)!);
    nodes.arrange(mapOf("a", "c"));
    assertStrictEquals(nodes.get("a:7000"), a);
    assertEquals([nodes.get("b:7000"), nodes.nameOf(b)], [undefined, undefined]);
    assertEquals(nodes.nameOf(nodes.get("c:7000")!), "c:7000");
  }));

Deno.test("Nodes.linkFor() takes the primary while no replica is connected, or none may answer", () =>
  withNodes({ readFrom: "preferReplica" }, (nodes) => {
    nodes.arrange(mapOf("a b"));
    const [shard] = nodes.topology!.shards;
    const primary = nodes.get("a:7000")!;
    assertStrictEquals(nodes.linkFor(shard, request("GET", "k"), "allowed"), primary);
    // A caller who demands the only replica waits for its connection.
    assertStrictEquals(nodes.linkFor(shard, request("GET", "k"), "demanded"), nodes.get("b:7000"));
    assert(nodes.mayReadReplica(request("GET", "k")));
    assert(!nodes.mayReadReplica(request("SET", "k", "v")));
    assert(nodes.mayReadReplica(request("SET", "k", "v"), "demanded"));
  }));

Deno.test("Nodes.anyPrimary() takes a primary also while none is connected", () =>
  withNodes({}, (nodes) => {
    nodes.arrange(mapOf("a b", "c"));
    assert(["a:7000", "c:7000"].includes(nodes.nameOf(nodes.anyPrimary())!));
  }));

Deno.test("Nodes.primaryNear() takes the primary of the slot also while none is connected", () =>
  withNodes({}, (nodes) => {
    nodes.arrange(mapOf("a b", "c"));
    assertEquals(nodes.nameOf(nodes.primaryNear(0)), "a:7000");
    assertEquals(nodes.nameOf(nodes.primaryNear(16_383)), "c:7000");
  }));

Deno.test("Nodes.arrange() has connections for blocking commands opened ahead to primaries only", () =>
  withNodes({ blockingConnections: 2 }, (nodes) => {
    const reserved = (): number[] =>
      ["a:7000", "b:7000"].map((name) => nodes.get(name)!.dedicated.reserved);
    nodes.arrange(mapOf("a b"));
    assertEquals(reserved(), [2, 0]);
    nodes.arrange(mapOf("b a"));
    assertEquals(reserved(), [0, 2]);
  }));
