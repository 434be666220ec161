/**
 * A program with a queue and a worker of BullMQ, which ends well on Ctrl-C: it takes no more jobs, finishes those that it has,
 * and closes its connections.
 *
 *     deno run -A tests/examples/bullmq_worker.ts                          # with a server of its own
 *     deno run -A tests/examples/bullmq_worker.ts redis://localhost:6379   # --jobs 10: ends after ten jobs
 *
 * @module
 */

import { Queue, Worker } from "npm:bullmq@6.7.0";
import { BullMQConnection } from "../../lib/adapters/bullmq/mod.ts";
import { startServer } from "../../lib/testing/mod.ts";
import { RedisClient } from "../../standalone/mod.ts";

const url = Deno.args.find((arg) => arg.includes("://"));
const limit = Deno.args.includes("--jobs")
  ? Number(Deno.args[Deno.args.indexOf("--jobs") + 1])
  : Infinity;

const server = url === undefined ? await startServer() : undefined;
const connection = new BullMQConnection(RedisClient, url ?? server!.url);
// Workers wait for a server that is away. This tells why nothing happens meanwhile.
connection.on("error", (error) => console.error(`Connection: ${error.message}`));

const queue = new Queue("mail", { connection });
const worker = new Worker("mail", async (job) => {
  await job.updateProgress(50);
  return `Sent "${job.data.subject}" to ${job.data.to}`;
}, { connection, concurrency: 4 });
for (const emitter of [queue, worker] as const) {
  (emitter as Worker).on("error", (error) => console.error(`BullMQ: ${error.message}`));
}

const ended = Promise.withResolvers<void>();
Deno.addSignalListener("SIGINT", ended.resolve);

let done = 0;
worker.on("completed", (job, result) => {
  console.log(`Job ${job.id}: ${result}`);
  if (++done === limit) ended.resolve();
});
worker.on("failed", (job, error) => console.error(`Job ${job?.id} failed: ${error.message}`));

await worker.waitUntilReady();
console.log("Ready");
for (let i = 1; i <= Math.min(limit, 10); i++) {
  await queue.add("welcome", { to: `reader-${i}@example.com`, subject: "Welcome" }, {
    removeOnComplete: true,
  });
}

await ended.promise;
await worker.close();
await queue.close();
await connection.quit();
await server?.stop();
Deno.removeSignalListener("SIGINT", ended.resolve);
console.log(`Done: ${done} jobs`);
