/**
 * Runs of the cache model on real servers, with their faults.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { RedisClusterClient } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import { startCluster, startProxy, startServer, type TestProxy } from "../../lib/testing/mod.ts";
import { RedisClient } from "../../standalone/mod.ts";
import { type CacheRunReport, runCacheModel } from "./cache_model.ts";
import { randomNumbers } from "./random_calls.ts";

/** How large a run is. */
export interface RunSize {
  /** How many reads. */
  readonly reads: number;
  /** Seed of all choices. */
  readonly seed: number;
  /** Longest pause of a reader, in milliseconds. @default {60} */
  readonly pause?: number;
  /** Whether the servers are also silent for longer than the client takes them to be alive. @default {false} */
  readonly silence?: boolean;
}

const TIMEOUT = 2000;
/** By how many milliseconds a replica lags. */
const LAG = 20;

/** A primary and a replica that change places. The reader's connections are cut, held up and silenced. */
export async function runStandalone(
  { reads, seed, pause = 60, silence }: RunSize,
): Promise<CacheRunReport> {
  await using first = await startServer();
  await using second = await startServer();
  await using proxies = new AsyncDisposableStack();
  const servers = [first, second];
  const behind: TestProxy[] = [];
  // The replica always lags, so that a read from there is noticed.
  const lagging: TestProxy[] = [];
  for (const server of servers) {
    behind.push(proxies.use(await startProxy(server)));
    lagging.push(proxies.use(await startProxy(server, { delay: LAG })));
  }
  await second.replicaOf(lagging[0]);
  const connect = (nodes: readonly { host: string; port: number }[], protocol: 2 | 3 = 3) =>
    RedisClient.create({
      addresses: nodes.map(({ host, port }) => ({ host, port })),
      requestTimeout: TIMEOUT,
      protocol,
      readFrom: "preferReplica",
    });
  await using reader = await connect(behind);
  await using writer = await connect(servers);
  await using oldWriter = await connect(servers, 2);
  const random = randomNumbers(seed + 1);
  let primary = 0;
  const config = (name: string, value: string) => async () => {
    for (const server of servers) await server.command(["CONFIG", "SET", name, value]);
  };
  return await runCacheModel({
    reader,
    writers: [writer, oldWriter],
    reads,
    seed,
    pause,
    standalone: true,
    faults: [
      () => Promise.resolve(behind.forEach((proxy) => proxy.cut())),
      // So few that the server forgets keys, and says that they were changed.
      config("tracking-table-max-keys", "5"),
      async () => {
        behind.forEach((proxy) => proxy.setFaults({ delay: 5 + random() * 20 }));
        await delay(100);
        behind.forEach((proxy) => proxy.setFaults({}));
      },
      // Replies and messages come in pieces.
      async () => {
        behind.forEach((proxy) => proxy.setFaults({ chunkSize: 5 + Math.floor(random() * 30) }));
        await delay(200);
        behind.forEach((proxy) => proxy.setFaults({}));
      },
      config("tracking-table-max-keys", "1000000"),
      // Another database: the server says that everything was changed.
      async () => {
        await servers[primary].commands([["SELECT", 5], ["FLUSHDB"]]);
      },
      ...silence
        ? [async () => {
          behind.forEach((proxy) => proxy.silence(random() < 0.5 ? "toClient" : undefined));
          await delay(3000);
        }]
        : [],
    ],
    calmFaults: [
      async () => {
        const [old, next] = primary === 0 ? [first, second] : [second, first];
        // WAIT is about the writes of its own connection.
        await old.commands([["SET", "{none}", "x"], ["WAIT", 1, 5000]]);
        await next.promote();
        primary = 1 - primary;
        await old.replicaOf(lagging[primary]);
        // Writers must not write to the old one any more.
        for (const client of [reader, writer, oldWriter]) await client.set("{none}", "x");
      },
    ],
  });
}

/** A cluster whose slots move and whose shards fail over. */
export async function runCluster(
  { reads, seed, pause = 60 }: RunSize,
): Promise<CacheRunReport> {
  await using cluster = await startCluster({ shards: 2, replicas: 1 });
  await using proxies = new AsyncDisposableStack();
  const behind = new Map<number, TestProxy>();
  for (const node of cluster.nodes) behind.set(node.port, proxies.use(await startProxy(node)));
  const { addresses } = cluster;
  const options = {
    addresses: addresses.map(({ host, port }) => ({ host, port })),
    requestTimeout: TIMEOUT,
    readFrom: "preferReplica",
  } as const;
  await using reader = await RedisClusterClient.create({
    ...options,
    addressMap: (host, port) => ({ host, port: behind.get(port)?.port ?? port }),
  });
  await using writer = await RedisClusterClient.create(options);
  await using oldWriter = await RedisClusterClient.create({ ...options, protocol: 2 });
  let home = true;
  return await runCacheModel({
    reader,
    writers: [writer, oldWriter],
    reads,
    seed,
    pause,
    standalone: false,
    faults: [
      () => Promise.resolve(behind.forEach((proxy) => proxy.cut())),
      // The slots of most keys of the model move while they are read and written.
      async () => {
        const slots = await cluster.slotsOf(home ? 0 : 1);
        const moved = slots.filter((slot) => slotsOfKeys.has(slot));
        await cluster.moveSlots(moved, home ? 0 : 1, home ? 1 : 0);
        home = !home;
      },
    ],
    calmFaults: [
      async () => {
        await cluster.failover(0);
      },
    ],
  });
}

/** Slots of the keys of the model. */
const slotsOfKeys = new Set(
  Array.from({ length: 24 }, (_, i) => [slotOf(`s${i}`), slotOf(`h${i}`)]).flat(),
);
