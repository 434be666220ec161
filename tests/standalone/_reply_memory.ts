/**
 * A program: whether a reply that nobody keeps is gone when the connection is idle. Needs `--v8-flags=--expose-gc`. Prints
 * what is on the heap and in buffers before and after the reply, as a JSON array, in bytes.
 *
 * @module
 */

import { startServer } from "../../lib/testing/mod.ts";
import { RedisClient } from "../../standalone/mod.ts";

const ITEMS = 100_000;

const { gc } = globalThis as unknown as { gc(): void };

async function used(): Promise<number> {
  // What has ended is let go in later turns.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    gc();
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

await using server = await startServer();
const configuration = {
  addresses: [{ host: server.host, port: server.port }],
  requestTimeout: 10_000,
};
await using client = await RedisClient.create(configuration);
await using other = await RedisClient.create(configuration);
await client.rpush("list", Array.from({ length: ITEMS }, (_, i) => `item number ${i}`));
await client.lrange("list", 0, 1000);
const before = await used();
// In a function, whose end lets go of the reply.
const read = async (): Promise<number> => (await client.lrange("list", 0, -1)).length;
if (await read() !== ITEMS) throw new Error("Cannot use this run: items are missing");
// The last reply of all connections together may stay until the next one.
await other.ping();
console.log(JSON.stringify([before, await used()]));
