/** Closes a client with many requests under way on a server that answers none of them, and ends. */
import { RedisClient } from "../../../mod.ts";
import { address } from "./_arguments.ts";

const client = await RedisClient.create({ addresses: [address], requestTimeout: 300 });
await client.set("k", "v");
console.log("ready");
// The test pauses the server now.
await Deno.stdin.read(new Uint8Array(1));
const start = performance.now();
const settled = Promise.allSettled(Array.from({ length: 1000 }, () => client.get("k")));
await client.close();
const rejected = (await settled).filter(({ status }) => status === "rejected").length;
console.log(JSON.stringify({ rejected, elapsed: performance.now() - start }));
