/**
 * A program: load on a cluster whose connections are cut again and again, and what the heap is after each round. Needs
 * `--v8-flags=--expose-gc`. Prints the sizes as a JSON array, in bytes.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { startCluster } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";
import { Load } from "./_load.ts";

const ROUNDS = 5;

await using cluster = await startCluster({ shards: 3 });
await using client = await connect(cluster.nodes[0], { requestTimeout: 300 });
const load = new Load(client, 3, (slot) => Math.min(2, Math.floor(slot / 5461)));
const sizes: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  for (let cut = 0; cut < 8; cut++) {
    const all = cluster.nodes.map((node) => node.command(["CLIENT", "KILL", "TYPE", "normal"]));
    await Promise.all(all);
    await delay(50);
  }
  const [paused] = cluster.nodes;
  paused.pause();
  await delay(400);
  paused.resume();
  await cluster.moveSlots([round, round + 100], 0, 1);
  await delay(300);
  load.take();
  (globalThis as unknown as { gc(): void }).gc();
  sizes.push(Deno.memoryUsage().heapUsed);
}
await load.stop();
console.log(JSON.stringify(sizes));
