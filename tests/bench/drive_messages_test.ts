import { assert, assertEquals, assertRejects } from "@std/assert";
import type { TakeMessage } from "../../bench/peers/clients/adapter.ts";
import { MessageRun } from "../../bench/peers/clients/drive_messages.ts";
import { BATCH } from "../../bench/peers/clients/publisher.ts";
import { CHANNELS, MESSAGES } from "../../bench/peers/messages.ts";
import { type MessageWorkload, workloadsNamed } from "../../bench/peers/workloads.ts";

const MILLISECONDS = 20;

function messagesNamed(name: string): MessageWorkload {
  const [workload] = workloadsNamed(name);
  assert(workload.measures === "messages");
  return workload;
}

/** Hands the messages to all subscribers in a later turn, as from a socket. */
class FakeServer {
  readonly takers: TakeMessage[] = [];
  readonly #channels: number;
  #next = 0;
  /** Puts another message in the place of one. */
  exchange: (n: number, message: string) => string = (_, message) => message;

  constructor({ channels }: MessageWorkload) {
    this.#channels = channels;
  }

  send(): void {
    const first = this.#next;
    this.#next += BATCH;
    setImmediate(() => {
      for (let n = first; n < first + BATCH; n++) {
        const message = this.exchange(n, MESSAGES[n % MESSAGES.length]);
        for (const take of this.takers) take(CHANNELS[n % this.#channels], message);
      }
    });
  }
}

for (const name of ["pubsub-1-1", "pubsub-100-10"]) {
  Deno.test(`MessageRun counts and times the messages of ${name}, again and again`, async () => {
    const workload = messagesNamed(name);
    const server = new FakeServer(workload);
    const run = new MessageRun(workload, server);
    for (let i = 0; i < workload.subscribers; i++) server.takers.push(run.taker(i));
    for (let round = 0; round < 2; round++) {
      const { opsPerSec, p50Us, p99Us, cpuUsPerOp } = await run.measure(MILLISECONDS);
      assert(opsPerSec > 0 && cpuUsPerOp! > 0);
      assert(p50Us! > 0 && p99Us! >= p50Us!);
    }
  });
}

Deno.test("MessageRun rejects another message than the one whose turn it is", async () => {
  const workload = messagesNamed("pubsub-100-1");
  const server = new FakeServer(workload);
  const run = new MessageRun(workload, server);
  server.takers.push(run.taker(0));
  server.exchange = (n, message) => n === 700 ? MESSAGES[699] : message;
  await assertRejects(() => run.measure(MILLISECONDS), Error, "Cannot count message 700");
});

Deno.test("workloadsNamed() takes a name, or what names begin with", () => {
  const names = (name: string) => workloadsNamed(name).map(({ name }) => name);
  assertEquals(names("c100"), ["c100"]);
  assertEquals(names("pubsub"), ["pubsub-1-1", "pubsub-100-1", "pubsub-1-10", "pubsub-100-10"]);
});
