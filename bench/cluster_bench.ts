/**
 * What a cluster costs besides the network: slots, routing, splitting and merging, and the map, for small and large clusters.
 *
 * Costs must grow no faster than the work: routing not at all with the number of shards, the map with the number of ranges.
 *
 * @module
 */

import { ClusterDispatcher } from "../cluster/dispatcher.ts";
import { gather, mergeParts, splitBySlot } from "../cluster/fan_out.ts";
import { Plans } from "../cluster/plans.ts";
import { commonSlot } from "../cluster/router.ts";
import { slotOf } from "../cluster/slot.ts";
import { elect, Topology } from "../cluster/topology.ts";
import { lookUp } from "../lib/command_table/mod.ts";
import { settingsOf } from "../lib/configuration/settings.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { clusterSlots } from "./cluster_slots.ts";

const SEED = { host: "127.0.0.1", port: 7000 };

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
const long = "0123456789".repeat(10);
Deno.bench("slot of 100 characters", { group: "slot" }, () => {
  slotOf(long);
});

for (const shards of [3, 100, 1000]) {
  const topology = Topology.parse(clusterSlots(shards), SEED);
  const words = ["GET", "user:1000"];
  const plans = new Plans();
  Deno.bench(`route GET, ${shards} shards`, { group: "route", baseline: shards === 3 }, () => {
    const plan = plans.of(lookUp(words)!);
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

for (const shards of [3, 100, 1000]) {
  const topology = Topology.parse(clusterSlots(shards), SEED);
  const [{ primary }, { primary: other }] = topology.shards;
  let turn = 0;
  Deno.bench(`patch a slot that MOVED, ${shards} shards`, { group: "moved" }, () => {
    topology.move(0, turn++ % 2 === 0 ? other : primary);
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

for (const nodes of [3, 30, 300]) {
  const replies = new Map(Array.from({ length: nodes }, (_, i) => [`10.0.0.${i}:7000`, i]));
  Deno.bench(`sum DBSIZE of ${nodes} nodes`, { group: "gather", baseline: nodes === 3 }, () => {
    gather("agg_sum", replies);
  });
}

// The rest is with everything that belongs to it: connections, and a peer in another thread.

const stub = new Worker(new URL("./cluster_stub.ts", import.meta.url), { type: "module" });

/** Has the stub pass for so many shards, and makes a client's dispatcher that takes it for all of them. */
async function dispatcherFor(shards: number): Promise<ClusterDispatcher> {
  const told = new Promise<number>((resolve) => {
    stub.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  stub.postMessage(shards);
  const endpoint = { host: "127.0.0.1", port: await told };
  const configuration = {
    addresses: [endpoint],
    addressMap: () => endpoint,
    clientCreationTimeout: 60_000,
    requestTimeout: 10_000,
  };
  return new ClusterDispatcher(settingsOf(configuration, "cluster"));
}

for (const shards of [3, 100, 1000]) {
  const options = { group: "create", baseline: shards === 3, n: 5, warmup: 1 };
  Deno.bench(`create a client of ${shards} shards, all connected`, options, async (b) => {
    const dispatcher = await dispatcherFor(shards);
    b.start();
    await dispatcher.connect();
    b.end();
    dispatcher.destroy();
  });
}

for (const shards of [3, 100, 1000]) {
  let dispatcher: ClusterDispatcher | undefined;
  const reply = clusterSlots(shards);
  const options = { group: "apply", baseline: shards === 3 };
  Deno.bench(`read the map and apply it to a client of ${shards} shards`, options, async (b) => {
    if (dispatcher === undefined) {
      dispatcher = await dispatcherFor(shards);
      await dispatcher.connect();
    }
    b.start();
    dispatcher.discovery.apply(Topology.parse(reply, SEED));
    b.end();
  });
}

for (const nodes of [3, 30, 300]) {
  let dispatcher: ClusterDispatcher | undefined;
  const options = { group: "mget", baseline: nodes === 3 };
  Deno.bench(`MGET of 1000 keys in 965 slots on ${nodes} nodes`, options, async (b) => {
    if (dispatcher === undefined) {
      dispatcher = await dispatcherFor(nodes);
      await dispatcher.connect();
    }
    b.start();
    await dispatcher.submit([...mget], (reply: Reply) => reply, false, undefined);
    b.end();
  });
}
