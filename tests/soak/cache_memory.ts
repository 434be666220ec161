/**
 * `deno task cache:memory`: a store of random keys and replies, and how far its estimate is from the memory that it takes.
 *
 *     deno task cache:memory                          # a million entries, 64 MiB
 *     deno task cache:memory --entries 100000 --bytes 8388608 --longest 100 --seed 7
 *
 * The exit code is 0 if the memory was never more than a fifth away from the limit once that was reached.
 *
 * @module
 */

import { copyOf } from "../../lib/cache/replies.ts";
import { CacheStore, Entry } from "../../lib/cache/store.ts";
import { Source, Tenure } from "../../lib/cache/tracking.ts";
import type { Reply } from "../../lib/resp/reply.ts";
import { randomNumbers } from "../_kit/random_calls.ts";

const { gc } = globalThis as unknown as { gc(): void };
const given = new Map<string, string>();
for (let i = 0; i < Deno.args.length; i += 2) given.set(Deno.args[i], Deno.args[i + 1] ?? "");
const entries = Number(given.get("--entries") ?? 1e6);
const limit = Number(given.get("--bytes") ?? 64 * 1024 * 1024);
const longest = Number(given.get("--longest") ?? 100_000);
const seed = Number(given.get("--seed") ?? Date.now() % 1e6);
/** How often the memory is measured. */
const MEASUREMENTS = 20;
const BOUND = 0.2;

const random = randomNumbers(seed);
const below = (n: number): number => Math.floor(random() * n);
const utf8 = new TextEncoder();
const decoder = new TextDecoder();

/** Text that is in no other text's memory, as the decoder makes it. */
function text(length: number, letter = "x"): string {
  const start = String(below(1e9));
  return decoder.decode(utf8.encode(start + letter.repeat(Math.max(0, length - start.length))));
}

/** A length up to the longest, short ones as often as long ones. */
function length(): number {
  return Math.ceil(longest ** random());
}

function reply(): Reply {
  const chance = random();
  if (chance < 0.5) return text(length());
  if (chance < 0.6) return text(length(), "€");
  if (chance < 0.7) return utf8.encode(text(length()));
  if (chance < 0.75) return null;
  if (chance < 0.8) return below(1e6);
  if (chance < 0.9) return Array.from({ length: below(50) }, () => text(below(length())));
  return new Map(
    Array.from({ length: below(30) }, () => [text(10 + below(20)), text(below(length()))]),
  );
}

function memory(): number {
  gc();
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

const tenure = new Tenure(
  new Source({} as never, {} as never),
);

function run(): number {
  const store = new CacheStore(limit);
  const before = memory();
  let worst = 0;
  for (let i = 1; i <= entries; i++) {
    // One in five keys was there before.
    const key = random() < 0.2 ? `again${below(entries / 50)}` : text(5 + below(60));
    const call = random() < 0.9 ? "GET" : `HGET@${text(10)}`;
    const value = copyOf(reply());
    store.add(new Entry({ key, call, shared: call === "GET", reply: value, expires: 1e6, tenure }));
    if (random() < 0.1) store.deleteKey(`again${below(entries / 50)}`);
    if (i % Math.ceil(entries / MEASUREMENTS) > 0) continue;
    const real = memory() - before;
    const error = real / store.bytes - 1;
    const isFull = store.bytes > limit * 0.9;
    if (isFull) worst = Math.max(worst, Math.abs(real / limit - 1));
    const inMiB = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    console.log(
      `${i} added, ${store.size} kept: ${inMiB(store.bytes)} MiB estimated, ${
        inMiB(real)
      } MiB taken (${(error * 100).toFixed(1)} %)`,
    );
  }
  store.clear();
  return worst;
}

console.log(`${entries} entries, ${limit} bytes, seed ${seed}`);
const worst = run();
console.log(`at most ${(worst * 100).toFixed(1)} % away from the limit`);
Deno.exitCode = worst <= BOUND ? 0 : 1;
