/**
 * Queues and workers of BullMQ on connections of this library.
 *
 * @module
 */

import { Queue, QueueEvents, Worker, type WorkerOptions } from "npm:bullmq@6.7.0";
import type { BullMQConnection } from "../../../../lib/adapters/bullmq/mod.ts";

/** A queue with a worker and an event listener. */
export interface Workshop extends AsyncDisposable {
  readonly queue: Queue;
  readonly worker: Worker;
  readonly events: QueueEvents;
}

/**
 * Opens a queue, a worker that returns what jobs carry, and an event listener.
 *
 * @param connection Their connection; it is closed by the caller.
 * @param options Options of the worker.
 * @returns All three, ready.
 */
export async function openWorkshop(
  connection: BullMQConnection,
  options: Partial<WorkerOptions> = {},
): Promise<Workshop> {
  const name = `queue-${crypto.randomUUID()}`;
  const common = { connection, prefix: "{bull}" };
  const queue = new Queue(name, common);
  const events = new QueueEvents(name, common);
  const worker = new Worker(name, (job) => Promise.resolve(job.data), { ...common, ...options });
  queue.on("error", () => {});
  events.on("error", () => {});
  worker.on("error", () => {});
  await Promise.all([queue, events, worker].map((each) => each.waitUntilReady()));
  return {
    queue,
    worker,
    events,
    async [Symbol.asyncDispose]() {
      await Promise.all([worker.close(), events.close(), queue.close()]);
    },
  };
}
