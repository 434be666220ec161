/**
 * A program: goes on with the scan of a cluster, in a process of its own. Takes the port of a seed, and the state on standard
 * input; prints the keys as a JSON array.
 *
 * @module
 */

import { RedisClusterClient } from "../../cluster/mod.ts";

const resume = await new Response(Deno.stdin.readable).text();
await using client = await RedisClusterClient.create({
  addresses: [{ host: "127.0.0.1", port: Number(Deno.args[0]) }],
  requestTimeout: 10_000,
});
const keys: string[] = [];
for await (const key of client.scanIterator({ match: "key*", resume })) keys.push(key);
console.log(JSON.stringify(keys));
