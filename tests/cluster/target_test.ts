import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { ReplicaTarget, targetOfSlot, targetsOf } from "../../cluster/target.ts";
import { Topology } from "../../cluster/topology.ts";

const MAP = Topology.parse([
  [0, 99, ["10.0.0.1", 7000, "a"], ["10.0.0.2", 7000, "b"]],
  [100, 16_383, ["10.0.0.3", 7000, "c"]],
], { host: "10.0.0.1", port: 7000 });

Deno.test("targetOfSlot() makes no object unless a replica is demanded", () => {
  assertEquals(targetOfSlot(0), 0);
  assertEquals(targetOfSlot(16_383, "allowed"), 16_383);
  assertEquals(targetOfSlot(-1), null);
  assertEquals(targetOfSlot(-1, "demanded"), null);
  const target = targetOfSlot(7, "demanded");
  assertInstanceOf(target, ReplicaTarget);
  assertEquals(target.slot, 7);
});

Deno.test("targetsOf() makes a target for each node, or for each primary with one of its slots", () => {
  const nodes = targetsOf(MAP, "nodes");
  assertEquals(nodes.map(({ name, anchor }) => [name, anchor]), [
    ["10.0.0.1:7000", -1],
    ["10.0.0.2:7000", -1],
    ["10.0.0.3:7000", -1],
  ]);
  const primaries = targetsOf(MAP, "primaries");
  assertEquals(primaries.map(({ name, anchor }) => [name, anchor]), [
    ["10.0.0.1:7000", 0],
    ["10.0.0.3:7000", 100],
  ]);
  // Each knows the others: two parts of a request must not end at the same node.
  for (const { siblings } of primaries) assertStrictEquals(siblings, primaries);
});
