/**
 * What the client does to memory: while it answers a million requests, over a soak, and through the strings that it hands out.
 *
 *     deno run -A bench/memory.ts             a million requests, and strings cut out of large replies
 *     deno run -A bench/memory.ts --soak=300  the same, then so many seconds with 100 requests in flight
 *
 * The server has a process of its own; all figures are of the process with the client.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { startServer } from "../lib/testing/mod.ts";
import { RedisClient } from "../mod.ts";
import { KEYS, VALUES } from "./peers/data.ts";

const MIB = 1_048_576;

/** Space for young objects, in MiB: what V8 gives a busy program by itself in the end. */
const YOUNG = 16;

const IN_FLIGHT = 100;
const REQUESTS = 1_000_000;
const READINGS = 10;
/** Readings before this one are of a process that still warms up. */
const FIRST_READING = 2;
/** Memory may be so much more in the end than it was when all had warmed up. */
const TOLERANCE = 0.05;

/** How many strings are kept, and how many of each large reply. */
const KEPT = 100_000;
const KEPT_OF_A_REPLY = 20;
const LIST_LENGTH = 1000;
const STRING_LENGTHS = [8, 24, 100];
/** What V8 needs for a string, and for a `Uint8Array` with its buffer, besides the bytes; rather more than less. */
const STRING_OVERHEAD = 32;
const BYTES_OVERHEAD = 360;

declare const gc: () => void;

const { values: options } = parseArgs({ args: Deno.args, options: { soak: { type: "string" } } });
if ("gc" in globalThis) Deno.exit(await main() ? 0 : 1);
else Deno.exit(await restartWithFlags());

/**
 * Starts this file again with flags for V8: the collector can be called, and young objects have all their space from the start. Else
 * that space grows in steps for minutes, under any program, and looks like a leak.
 */
async function restartWithFlags(): Promise<number> {
  const flags = `--expose-gc,--min-semi-space-size=${YOUNG},--max-semi-space-size=${YOUNG}`;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", `--v8-flags=${flags}`, import.meta.filename!, ...Deno.args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return code;
}

/** Runs all parts; answers whether memory stayed as it has to. */
async function main(): Promise<boolean> {
  await using server = await startServer();
  await using client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    // A stall of a busy machine is nothing that is looked for here.
    requestTimeout: 10_000,
  });
  await client.mset(Object.fromEntries(KEYS.map((key, i) => [key, VALUES[i]])));
  const oks = [await overRequests(client)];
  if (options.soak !== undefined) oks.push(await overTime(client, Number(options.soak)));
  oks.push(...await keptStrings(client));
  return oks.every(Boolean);
}

async function overRequests(client: RedisClient): Promise<boolean> {
  const step = REQUESTS / READINGS;
  console.log(`Memory after so many requests, ${IN_FLIGHT} in flight`);
  return await flat(async (i) => {
    await load(client, (n) => n < step);
    return `${i * step}`;
  });
}

async function overTime(client: RedisClient, seconds: number): Promise<boolean> {
  const step = seconds / READINGS;
  console.log(`\nMemory after so many seconds, ${IN_FLIGHT} requests in flight`);
  return await flat(async (i) => {
    const end = performance.now() + step * 1000;
    await load(client, () => performance.now() < end);
    return (i * step).toFixed(0);
  });
}

/** Sends requests as long as the number of the next one may be sent; one in five writes. */
async function load(client: RedisClient, goesOn: (n: number) => boolean): Promise<void> {
  let sent = 0;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (goesOn(sent)) {
      const n = sent++;
      const i = n % KEYS.length;
      if (n % 5 === 0) await client.set(KEYS[i], VALUES[i]);
      else if (await client.get(KEYS[i]) !== VALUES[i]) {
        throw new Error("Cannot go on: a reply is wrong");
      }
    }
  }));
}

/** Prints a reading after each step, and tells whether memory was as much at the last one as when all had warmed up. */
async function flat(step: (i: number) => Promise<string>): Promise<boolean> {
  const readings: { rss: number; heap: number }[] = [];
  for (let i = 1; i <= READINGS; i++) {
    const name = await step(i);
    gc();
    const { rss, heapUsed, external } = Deno.memoryUsage();
    const reading = { rss: rss / MIB, heap: (heapUsed + external) / MIB };
    readings.push(reading);
    console.log(
      `${name.padStart(9)}  RSS ${reading.rss.toFixed(1)} MiB, heap ${reading.heap.toFixed(2)} MiB`,
    );
  }
  const first = readings[FIRST_READING - 1];
  const last = readings.at(-1)!;
  const [rss, heap] = [last.rss / first.rss - 1, last.heap / first.heap - 1];
  const ok = rss <= TOLERANCE && heap <= TOLERANCE;
  console.log(
    `${verdict(ok)}: from reading ${FIRST_READING} to the last, ` +
      `RSS ${percent(rss)}, heap ${percent(heap)} (allowed: ${percent(TOLERANCE)})`,
  );
  return ok;
}

/** Keeps a few strings of each of many large replies: they must not keep the replies alive. */
async function keptStrings(client: RedisClient): Promise<boolean[]> {
  console.log(`\n${KEPT} short values kept, ${KEPT_OF_A_REPLY} of each LRANGE of ${LIST_LENGTH}`);
  const oks: boolean[] = [];
  for (const length of STRING_LENGTHS) {
    const key = `list:${length}`;
    const items = Array.from({ length: LIST_LENGTH }, (_, i) => String(i).padEnd(length, "x"));
    await client.rpush(key, items);
    const views = [
      { name: "string", client, limit: length + STRING_OVERHEAD },
      { name: "Uint8Array", client: client.bytes, limit: length + BYTES_OVERHEAD },
    ];
    for (const { name, client, limit } of views) {
      const bytes = await bytesPerKept(() => client.lrange(key, 0, -1));
      const ok = bytes <= limit;
      oks.push(ok);
      console.log(
        `${verdict(ok)}: ${name} of ${length} occupies ${
          bytes.toFixed(0)
        } bytes (allowed: ${limit})`,
      );
    }
  }
  return oks;
}

async function bytesPerKept(read: () => Promise<unknown[]>): Promise<number> {
  const kept: unknown[] = new Array(KEPT).fill(null);
  // The first reads let buffers grow that stay.
  for (let i = 0; i < KEPT_OF_A_REPLY; i++) await read();
  const before = occupied();
  for (let at = 0; at < KEPT; at += KEPT_OF_A_REPLY) {
    const reply = await read();
    for (let i = 0; i < KEPT_OF_A_REPLY; i++) {
      kept[at + i] = reply[i * (LIST_LENGTH / KEPT_OF_A_REPLY)];
    }
  }
  const bytes = (occupied() - before) / KEPT;
  if (kept.includes(null)) throw new Error("Cannot measure: values are missing");
  return bytes;
}

/** Bytes on the heap and in buffers. */
function occupied(): number {
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function verdict(ok: boolean): string {
  return ok ? "good" : "BAD";
}

function percent(share: number): string {
  return `${share >= 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}
