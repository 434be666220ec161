/**
 * What a cluster costs besides the network: slots, routing, splitting and merging, and the map, for small and large clusters.
 *
 * Costs must grow no faster than the work: routing not at all with the number of shards, the map with the number of ranges.
 *
 * @module
 */

import { mergeParts, splitBySlot } from "../cluster/fan_out.ts";
import { commonSlot, planOf } from "../cluster/router.ts";
import { slotOf, SLOTS } from "../cluster/slot.ts";
import { elect, Topology } from "../cluster/topology.ts";
import { lookUp } from "../lib/command_table.ts";
import type { Reply } from "../lib/resp/reply.ts";

const SEED = { host: "127.0.0.1", port: 7000 };

/** A reply to CLUSTER SLOTS of shards with one replica each, as real servers send it. */
function clusterSlots(shards: number): Reply {
  return Array.from({ length: shards }, (_, i) => [
    Math.floor(i * SLOTS / shards),
    Math.floor((i + 1) * SLOTS / shards) - 1,
    [`10.0.${i >> 8}.${i & 255}`, 7000, `primary${i}`, []],
    [`10.1.${i >> 8}.${i & 255}`, 7000, `replica${i}`, []],
  ]);
}

const bytes = new TextEncoder().encode("user:{1000}:name");

Deno.bench("slot of 8 characters", { group: "slot", baseline: true }, () => {
  slotOf("user:100");
});
Deno.bench("slot of a hash tag", { group: "slot" }, () => {
  slotOf("user:{1000}:name");
});
Deno.bench("slot of a hash tag in bytes", { group: "slot" }, () => {
  slotOf(bytes);
});
Deno.bench("slot of 100 characters", { group: "slot" }, () => {
  slotOf("0123456789".repeat(10));
});

for (const shards of [3, 100, 1000]) {
  const topology = Topology.parse(clusterSlots(shards), SEED);
  const words = ["GET", "user:1000"];
  Deno.bench(`route GET, ${shards} shards`, { group: "route", baseline: shards === 3 }, () => {
    const plan = planOf(lookUp(words)!);
    if (plan.to === "key") topology.shardOf(slotOf(words[plan.position]));
  });
}

const zunionstore = ["ZUNIONSTORE", "{a}x", 2, "{a}y", "{a}z"];
Deno.bench("route ZUNIONSTORE of three keys", { group: "route" }, () => {
  commonSlot(lookUp(zunionstore)!, zunionstore);
});

for (const shards of [3, 100, 1000]) {
  const reply = clusterSlots(shards);
  const options = { group: "refresh", baseline: shards === 3 };
  Deno.bench(`read CLUSTER SLOTS of ${shards} shards`, options, () => {
    Topology.parse(reply, SEED);
  });
}

for (const shards of [3, 1000]) {
  const view = { topology: Topology.parse(clusterSlots(shards), SEED), epoch: 1 };
  Deno.bench(`elect one of 5 views of ${shards} shards`, { group: "elect" }, () => {
    elect([view, view, view, view, view]);
  });
}

const mget = ["MGET", ...Array.from({ length: 1000 }, (_, i) => `key:${i}`)];
for (const tags of [3, 30, 300, 1000]) {
  const words = mget.map((word, i) => i === 0 ? word : `{${i % tags}}:${word}`);
  const row = lookUp(words)!;
  Deno.bench(
    `split and merge MGET of 1000 keys in up to ${tags} slots`,
    { group: "fan-out", baseline: tags === 3 },
    () => {
      const parts = splitBySlot(row, words);
      mergeParts(row.responsePolicy, parts, parts.map((part) => part.keys));
    },
  );
}
