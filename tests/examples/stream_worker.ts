/**
 * A worker on a stream. Several of them share the entries; an entry is acknowledged when its work is done, and what a worker
 * left behind when it died is taken over by another one.
 *
 *     deno run --allow-net tests/examples/stream_worker.ts localhost:6379 worker-1
 *     redis-cli XADD mail '*' to ada@example.com
 *
 * @module
 */

import { RedisClient, ServerError } from "../../standalone/mod.ts";

const [address = "localhost:6379", worker = crypto.randomUUID(), idle = "60000"] = Deno.args;
const [host, port] = address.split(":");
const STREAM = "mail";
const GROUP = "senders";

const client = await RedisClient.create({
  addresses: [{ host, port: Number(port) }],
  // The connection for XREADGROUP is opened ahead.
  blockingConnections: 1,
});
const stopping = new AbortController();
const stop = () => stopping.abort();
Deno.addSignalListener("SIGINT", stop);

/** Does the work of one entry. It may run twice for an entry, if a worker dies between the work and XACK. */
async function send(id: string, fields: Record<string, string>): Promise<void> {
  if (fields.to === undefined) throw new Error("There is no recipient");
  console.log(`${id}: mail to ${fields.to}`);
  await client.incr("mail:sent");
}

/** Works on an entry and acknowledges it. An entry that fails stays pending, and is tried again later. */
async function handle(id: string, fields: Record<string, string> | null): Promise<void> {
  try {
    // Null: the entry was deleted from the stream meanwhile.
    if (fields !== null) await send(id, fields);
    await client.xack(STREAM, GROUP, id);
  } catch (error) {
    console.error(`${id} failed: ${error instanceof Error ? error.message : error}`);
  }
}

await client.xgroupCreate(STREAM, GROUP, "0", { mkstream: true }).catch((error) => {
  // BUSYGROUP: another worker has made the group.
  if (!(error instanceof ServerError && error.code === "BUSYGROUP")) throw error;
});
console.log("Ready");

// XREADGROUP reads for up to 5 seconds on a connection of its own: other requests do not wait for it.
const reading = client.with({ signal: stopping.signal });
while (!stopping.signal.aborted) {
  try {
    const left = await reading.xautoclaim(STREAM, GROUP, worker, Number(idle), "0", { count: 10 });
    for (const { id, fields } of left.entries) await handle(id, fields);
    const options = { count: 10, block: 5000 };
    const streams = await reading.xreadgroup(GROUP, worker, { [STREAM]: ">" }, options);
    for (const { id, fields } of streams?.[0].entries ?? []) await handle(id, fields);
  } catch (error) {
    if (!stopping.signal.aborted) console.error(`Reading failed: ${error}`);
  }
}

Deno.removeSignalListener("SIGINT", stop);
await client.close();
console.log("Closed");
