/**
 * What messages cost in this process, and whether subscriptions slow down other requests of the client.
 *
 * A worker stands for the server. It sends 1000 messages of 100 bytes in one write, and each benchmark takes all of them.
 *
 * @module
 */

import { RedisClient, type Subscription } from "../mod.ts";

const MESSAGES = 1000;
const REQUESTS = 100;

const worker = new Worker(new URL("subscription_stub.ts", import.meta.url), { type: "module" });
const port = await new Promise<number>((resolve) => {
  worker.onmessage = ({ data }) => resolve(data);
});
const addresses = [{ host: "127.0.0.1", port }];
const options = { addresses, requestTimeout: 60_000, periodicTopologyCheck: 0 };

/** Counts messages, and tells when all have come. */
class Counter {
  #left = 0;
  #done: () => void = () => {};

  readonly take = (): void => {
    if (--this.#left === 0) this.#done();
  };

  /** Resolves when so many messages have come. */
  expect(count: number): Promise<void> {
    this.#left = count;
    return new Promise((resolve) => this.#done = resolve);
  }
}

const group = { group: `${MESSAGES} messages` };

for (const readers of [1, 10]) {
  for (const form of ["text", "bytes"]) {
    const client = await RedisClient.create(options);
    const counter = new Counter();
    const view = form === "text" ? client : client.bytes;
    const name = `${readers}-${form}`;
    const subscribe = () => view.subscribe(name, { onMessage: counter.take });
    await Promise.all(Array.from({ length: readers }, subscribe));
    Deno.bench(`${readers} × a function, ${form}`, group, async (b) => {
      b.start();
      const all = counter.expect(MESSAGES * readers);
      await client.publish(name, MESSAGES);
      await all;
      b.end();
    });
  }
}

const looping = await RedisClient.create(options);
const loop: Subscription = await looping.subscribe("loop");
Deno.bench("1 × a loop, text", group, async (b) => {
  b.start();
  const published = looping.publish("loop", MESSAGES);
  let left = MESSAGES;
  for await (const _ of loop) if (--left === 0) break;
  await published;
  b.end();
});

const alone = await RedisClient.create(options);
const subscribed = await RedisClient.create(options);
for (let i = 0; i < 100; i++) await subscribed.subscribe(`quiet-${i}`);
for (const [name, client] of [["no subscriptions", alone], ["100 subscriptions", subscribed]]) {
  Deno.bench(`${REQUESTS} × GET at once, ${name}`, { group: "requests" }, async () => {
    await Promise.all(
      Array.from({ length: REQUESTS }, () => (client as RedisClient).get("k")),
    );
  });
}
