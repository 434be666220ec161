/**
 * What large numbers cost: a cluster of 1000 shards, 10 000 subscriptions, 100 clients in one process.
 *
 *     deno task bench:scale                   all of it
 *     deno task bench:scale --part=cluster    one part: cluster, subscriptions, clients
 *     deno task bench:scale --shards=100,1000 --subscriptions=1000,10000 --clients=100
 *
 * Servers have processes of their own: all figures are of the process with the clients. Memory is that on the heap and in
 * buffers after a collection, and the resident memory. For a cluster a stub stands for all nodes (`cluster_stub.ts`).
 *
 * @module
 */

import { parseArgs } from "node:util";
import process from "node:process";
import { ClusterDispatcher } from "../cluster/dispatcher.ts";
import { settingsOf } from "../lib/configuration/settings.ts";
import { startServer } from "../lib/testing/mod.ts";
import { RedisClient } from "../mod.ts";

declare const gc: () => void;

const KIB = 1024;
const MIB = 1024 * KIB;

/** How many refreshes of a map are measured. */
const REFRESHES = 20;
/** How long idle clients are watched, in milliseconds. */
const IDLE = 5000;

const PARTS = ["cluster", "subscriptions", "clients"] as const;

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    part: { type: "string" },
    shards: { type: "string", default: "100,1000" },
    subscriptions: { type: "string", default: "1000,10000" },
    clients: { type: "string", default: "10,100" },
    peer: { type: "string" },
  },
});

if (options.part !== undefined && !PARTS.some((part) => part === options.part)) {
  throw new RangeError(`Cannot measure "${options.part}": expected one of ${PARTS.join(", ")}`);
}

/** Starts what is connected to, and a process for each part and number. */
async function startParts(): Promise<void> {
  for (const part of PARTS) {
    if (options.part !== undefined && options.part !== part) continue;
    const counts = numbers(part === "cluster" ? options.shards : options[part]);
    for (const count of counts) {
      if (part === "cluster") {
        const stub = new Worker(new URL("./cluster_stub.ts", import.meta.url), { type: "module" });
        const told = Promise.withResolvers<number>();
        stub.addEventListener("message", ({ data }) => told.resolve(data));
        stub.postMessage(count);
        await start(part, count, await told.promise);
        stub.terminate();
      } else {
        await using server = await startServer();
        await start(part, count, server.port);
      }
    }
  }
}

/** Runs one part in a process of its own, in which the collector can be called. */
async function start(part: typeof PARTS[number], count: number, port: number): Promise<void> {
  const names = { cluster: "shards", subscriptions: "subscriptions", clients: "clients" };
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", "--v8-flags=--expose-gc", import.meta.filename!],
      ...[`--part=${part}`, `--${names[part]}=${count}`, `--peer=${port}`],
    ],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) Deno.exit(1);
}

async function runPart(part: typeof PARTS[number], port: number): Promise<void> {
  if (part === "cluster") await cluster(Number(options.shards), port);
  else if (part === "subscriptions") await subscriptions(Number(options.subscriptions), port);
  else await clients(Number(options.clients), port);
  Deno.exit(0);
}

async function cluster(shards: number, port: number): Promise<void> {
  const endpoint = { host: "127.0.0.1", port };
  const dispatcherOf = (): ClusterDispatcher =>
    new ClusterDispatcher(settingsOf({
      addresses: [endpoint],
      addressMap: () => endpoint,
      clientCreationTimeout: 60_000,
      requestTimeout: 10_000,
      periodicTopologyCheck: 0,
    }, "cluster"));
  console.log(`A cluster of ${shards} shards with a replica each, connected to the primaries`);
  // The first client compiles the code.
  const first = dispatcherOf();
  await first.connect();
  first.destroy();
  const before = await occupied();
  const creation = new Cost();
  const dispatcher = dispatcherOf();
  await dispatcher.connect();
  creation.print("create a client");
  memory("of a primary with its replica and slots", before, await occupied(), shards);
  const refresh = new Cost();
  for (let i = 0; i < REFRESHES; i++) await dispatcher.discovery.refreshed();
  refresh.print(`refresh the map (mean of ${REFRESHES})`, REFRESHES);
  memory("of a primary right after them", before, await occupied(), shards);
  await idle();
  memory("of a primary later", before, await occupied(), shards);
  const closing = new Cost();
  await dispatcher.close();
  closing.print("close it");
}

async function subscriptions(count: number, port: number): Promise<void> {
  const url = `redis://127.0.0.1:${port}`;
  const channels = Array.from({ length: count }, (_, i) => `channel:${i}`);
  {
    console.log(`One subscription to ${count} channels`);
    await using client = await RedisClient.create(url);
    await (await client.subscribe("other")).unsubscribe();
    const before = await occupied();
    const cost = new Cost();
    await using subscription = await client.with({ timeout: 60_000 }).subscribe(channels);
    cost.print("subscribe");
    memory("of a channel", before, await occupied(), count);
    subscription.stats;
  }
  {
    console.log(`${count} subscriptions to a channel each`);
    await using client = await RedisClient.create(url);
    await (await client.subscribe("other")).unsubscribe();
    const before = await occupied();
    const cost = new Cost();
    const patient = client.with({ timeout: 60_000 });
    const all = await Promise.all(channels.map((channel) => patient.subscribe(channel)));
    cost.print("subscribe");
    memory("of a subscription", before, await occupied(), count);
    await idle();
    const ending = new Cost();
    await Promise.all(all.map((subscription) => subscription.unsubscribe()));
    ending.print("unsubscribe");
  }
}

async function clients(count: number, port: number): Promise<void> {
  const url = `redis://127.0.0.1:${port}`;
  console.log(`${count} clients of one server`);
  await using first = await RedisClient.create(url);
  await first.ping();
  const before = await occupied();
  const creation = new Cost();
  const all = await Promise.all(Array.from({ length: count }, () => RedisClient.create(url)));
  creation.print("create them");
  memory("of a client", before, await occupied(), count);
  await Promise.all(all.map((client) => client.set("key", "value")));
  memory("of a client after a request", before, await occupied(), count);
  await idle();
  const closing = new Cost();
  await Promise.all(all.map((client) => client.close()));
  closing.print("close them");
}

/** Time and CPU time from its creation on. */
class Cost {
  readonly #started = performance.now();
  readonly #cpu = process.cpuUsage();

  /** Prints what it has cost, divided by a number of turns. */
  print(what: string, turns = 1): void {
    const wall = performance.now() - this.#started;
    const { user, system } = process.cpuUsage(this.#cpu);
    const cpu = (user + system) / 1000;
    row(what, `${(cpu / turns).toFixed(1)} ms of CPU time, ${(wall / turns).toFixed(1)} ms`);
  }
}

interface Memory {
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
}

/** Memory after a collection; what has just ended is left some turns to be let go. */
async function occupied(): Promise<Memory> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    gc();
  }
  const { heapUsed: heap, external, rss } = Deno.memoryUsage();
  return { heap, external, rss };
}

function memory(what: string, before: Memory, after: Memory, count: number): void {
  const each = (kind: keyof Memory): string =>
    `${((after[kind] - before[kind]) / count / KIB).toFixed(2)} KiB`;
  row(
    `memory ${what}`,
    `${each("heap")} on the heap, ${each("external")} of buffers, ${each("rss")} resident ` +
      `(the process: ${(after.rss / MIB).toFixed(0)} MiB)`,
  );
}

/** Prints what the process costs while nothing is to do. */
async function idle(): Promise<void> {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, IDLE));
  const { user, system } = process.cpuUsage(before);
  row("idle", `${((user + system) / IDLE).toFixed(2)} ms of CPU time a second`);
}

function row(what: string, figures: string): void {
  console.log(`  ${what.padEnd(44)} ${figures}`);
}

function numbers(text: string): number[] {
  const all = text.split(",").map(Number);
  if (all.every((number) => Number.isSafeInteger(number) && number > 0)) return all;
  throw new RangeError(`Cannot measure "${text}": expected positive numbers with commas`);
}

if (options.peer === undefined) await startParts();
else await runPart(options.part as typeof PARTS[number], Number(options.peer));
