/**
 * A read that is answered from memory, for keys in turn and for one key, and one that is not cached, for comparison.
 *
 * @module
 */

import { startServer } from "../lib/testing/mod.ts";
import { RedisClient } from "../standalone/mod.ts";

const KEYS = Array.from({ length: 10_000 }, (_, i) => `key:${String(i).padStart(12, "0")}`);

const server = await startServer();
server.unref();
const client = await RedisClient.create({
  addresses: [{ host: server.host, port: server.port }],
  requestTimeout: 10_000,
});
const { cached } = client;
await client.mset(Object.fromEntries(KEYS.map((key) => [key, "x".repeat(100)])));
await client.hset("hash", Object.fromEntries(KEYS.slice(0, 10).map((key) => [key, "x"])));
await Promise.all(KEYS.map((key) => cached.get(key)));
await cached.hgetall("hash");
await cached.bytes.get(KEYS[0]);

let n = 0;

Deno.bench("a hit: GET of one of 10 000 keys", { group: "cache" }, async () => {
  await cached.get(KEYS[n = (n + 7919) % KEYS.length]);
});

Deno.bench("a hit: GET of one key", { group: "cache" }, async () => {
  await cached.get(KEYS[0]);
});

Deno.bench("a hit: GET of 100 bytes", { group: "cache" }, async () => {
  await cached.bytes.get(KEYS[0]);
});

Deno.bench("a hit: HGETALL of 10 fields", { group: "cache" }, async () => {
  await cached.hgetall("hash");
});

Deno.bench("a hit: MGET of 100 keys", { group: "cache" }, async () => {
  await cached.mget(KEYS.slice(0, 100));
});

Deno.bench("no cache: GET of one key", { group: "cache" }, async () => {
  await client.get(KEYS[0]);
});
