/**
 * `deno task soak:sentinel`: 200 writers through 20 failovers of Sentinel.
 *
 * Options: `--writers`, `--failovers`, `--protocol`. The exit code is 0 only if nothing was executed twice, nothing is
 * missing that the servers kept, and no write went to a primary that had been left.
 *
 * @module
 */

import { runFailovers } from "./sentinel_failovers.ts";

function option(name: string, fallback: number): number {
  const at = Deno.args.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(Deno.args[at + 1]);
}

const result = await runFailovers({
  writers: option("writers", 200),
  failovers: option("failovers", 20),
  protocol: option("protocol", 3) === 2 ? 2 : 3,
  note: console.log,
});
const { failovers, ...counts } = result;
const sorted = failovers.map(({ recovery }) => recovery).sort((a, b) => a - b);
const at = (share: number): string => sorted[Math.floor((sorted.length - 1) * share)].toFixed(0);
console.log(
  `First write after a majority agreed: median ${at(0.5)}, 90 % ${at(0.9)}, longest ${at(1)} ms`,
);
console.log(counts);
const { twice, missing, ghosts, strays } = counts;
Deno.exit(twice + missing + ghosts + strays === 0 && Number(at(1)) <= 300 ? 0 : 1);
