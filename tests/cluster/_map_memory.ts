/**
 * A program: what a map of 1000 shards takes, and what reading one allocates. Needs `--v8-flags=--expose-gc`. Prints both as
 * a JSON array, in bytes, and then what is left when a hundred maps have been replaced.
 *
 * @module
 */

import { Topology } from "../../cluster/topology.ts";

const MAPS = 100;
const from = { host: "127.0.0.1", port: 7000 };
const reply = Array.from({ length: 1000 }, (_, i) => [
  Math.floor(i * 16.384),
  Math.floor((i + 1) * 16.384) - 1,
  [`10.0.${i >> 8}.${i & 255}`, 7000, `primary${i}`, []],
  [`10.1.${i >> 8}.${i & 255}`, 7000, `replica${i}`, []],
]);

const { gc } = globalThis as unknown as { gc(): void };

function used(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function settled(): number {
  for (let i = 0; i < 3; i++) gc();
  return used();
}

let map = Topology.parse(reply, from);
const kept: Topology[] = [];
const before = settled();
for (let i = 0; i < MAPS; i++) kept.push(Topology.parse(reply, from));
const size = (settled() - before) / MAPS;
kept.length = 0;

// Few enough that no collection comes in between.
const start = settled();
for (let i = 0; i < 3; i++) map = Topology.parse(reply, from);
const allocated = (used() - start) / 3;

for (let i = 0; i < MAPS; i++) map = Topology.parse(reply, from);
const left = settled() - start;
console.log(JSON.stringify([size, allocated, left]));
if (map.coverage !== 16_384) throw new Error("Cannot use this run: slots are missing");
