/**
 * Many subscriptions at once: each gets each of its messages once, in order, and as it was published.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { RedisClient, RedisClusterClient, Subscription } from "../../mod.ts";

/** How much there is of everything. */
export interface SubscriptionLoad {
  /** Subscriptions of all kinds. */
  subscriptions: number;
  /** Channels, and as many shard channels. */
  channels: number;
  /** Messages that are published. */
  messages: number;
  /** How many of them are of 1 MiB. */
  large: number;
}

/** What came of it. */
export interface SubscriptionLoadReport {
  /** Messages that were handed out, the copies for all subscriptions counted. */
  delivered: number;
  /** Milliseconds from the first message to the last. */
  elapsed: number;
}

type Any = string | Uint8Array;
type AnySubscription = Subscription<Any, { kind: string; channel: Any; message: Any }>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Characters of the number in front of each message. */
const DIGITS = 8;

/**
 * Subscribes, publishes, and checks what arrives.
 *
 * @param subscriber The client that subscribes.
 * @param publisher The client that publishes.
 * @param load How much.
 * @returns Figures.
 */
export async function runSubscriptionLoad(
  subscriber: RedisClient | RedisClusterClient,
  publisher: RedisClient | RedisClusterClient,
  load: SubscriptionLoad,
): Promise<SubscriptionLoadReport> {
  const { subscriptions, channels, messages, large } = load;
  const random = generator(1);
  // Every tenth name is no text.
  const names = Array.from(
    { length: channels },
    (_, i) =>
      encoder.encode(`channel:${i}`).map((byte, at) => at === 0 && i % 10 === 0 ? 0xff : byte),
  );
  const payloads = Array.from(
    { length: 16 },
    (_, i) => Uint8Array.from({ length: i * 20 }, () => random(256)),
  );
  const big = Uint8Array.from({ length: 1 << 20 }, (_, i) => i & 0xff);
  /** By kind and channel: how many messages were published. */
  const counts = { message: new Array(channels).fill(0), smessage: new Array(channels).fill(0) };
  let delivered = 0;
  let wanted = 0;
  const payloadOf = (channel: number, number: number): Uint8Array =>
    number > 0 && number % 100 === 0 && channel < large ? big : payloads[(channel + number) % 16];

  const readers = await Promise.all(
    Array.from({ length: subscriptions }, async (_, i) => {
      const kind = (["message", "pmessage", "smessage", "message"] as const)[i % 4];
      const asBytes = i % 3 === 0;
      const view: { [M in "subscribe" | "psubscribe" | "ssubscribe"]: (names: Any[]) => unknown } =
        (asBytes ? subscriber.bytes : subscriber) as never;
      const mine = new Set(
        kind === "pmessage"
          ? names.flatMap((_, channel) => channel % 10 === i % 10 ? [channel] : [])
          : Array.from({ length: Math.ceil(channels / 20) }, () => random(channels)),
      );
      const method = kind === "message"
        ? "subscribe"
        : kind === "pmessage"
        ? "psubscribe"
        : "ssubscribe";
      const subscription = await view[method](
        kind === "pmessage"
          ? [`?hannel:*${i % 10}`]
          : Array.from(mine, (channel) => names[channel]),
      ) as AnySubscription;
      const next = new Map<number, number>();
      const reading = (async () => {
        for await (const item of subscription) {
          assertEquals(item.kind, kind);
          const channel = Number(/\d+$/.exec(textOf(item.channel))![0]);
          const number = Number(textOf(item.message, DIGITS));
          assert(mine.has(channel), `${i}: channel ${channel} is not subscribed`);
          assertEquals(number, next.get(channel) ?? 0, `${i}: channel ${channel}`);
          next.set(channel, number + 1);
          const expected = payloadOf(channel, number);
          if (typeof item.message === "string") {
            if (number % 10 === 0) {
              assertEquals(item.message.slice(DIGITS), decoder.decode(expected));
            }
          } else {
            assertEquals(item.message.length, expected.length + DIGITS);
            if (number % 10 === 0) assert(isEqual(item.message.subarray(DIGITS), expected));
          }
          delivered++;
        }
      })();
      return { subscription, reading, mine, next, kind };
    }),
  );

  const start = performance.now();
  for (let sent = 0; sent < messages;) {
    const batch: Promise<unknown>[] = [];
    for (; batch.length < 500 && sent < messages; sent++) {
      const channel = random(channels);
      const kind = random(3) === 0 ? "smessage" : "message";
      const number = counts[kind][channel]++;
      const payload = payloadOf(channel, number);
      const message = new Uint8Array(DIGITS + payload.length);
      message.set(encoder.encode(String(number).padStart(DIGITS, "0")));
      message.set(payload, DIGITS);
      batch.push(
        kind === "message"
          ? publisher.publish(names[channel], message)
          : publisher.spublish(names[channel], message),
      );
    }
    await Promise.all(batch);
  }
  for (const { mine, kind } of readers) {
    const published = counts[kind === "smessage" ? "smessage" : "message"];
    for (const channel of mine) wanted += published[channel];
  }
  const deadline = performance.now() + 30_000;
  while (delivered < wanted && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const elapsed = performance.now() - start;
  await Promise.all(readers.map(({ subscription }) => subscription.unsubscribe()));
  await Promise.all(readers.map(({ reading }) => reading));
  for (const { subscription, mine, next, kind } of readers) {
    const published = counts[kind === "smessage" ? "smessage" : "message"];
    for (const channel of mine) assertEquals(next.get(channel) ?? 0, published[channel]);
    assertEquals([subscription.stats.dropped, subscription.stats.gaps], [0, []]);
  }
  assertEquals(delivered, wanted);
  return { delivered, elapsed };
}

function textOf(value: Any, length?: number): string {
  return typeof value === "string"
    ? value.slice(0, length)
    : decoder.decode(value.subarray(0, length));
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** Makes a function that answers integers below a limit, the same ones each time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = state * 16807 % 2147483647) % below;
}

if (import.meta.main) {
  const { RedisClient, RedisClusterClient } = await import("../../mod.ts");
  const { startCluster, startServer } = await import("../../lib/testing/mod.ts");
  const full = { subscriptions: 100, channels: 1000, messages: 200_000, large: 20 };
  for (const protocol of [2, 3] as const) {
    {
      await using server = await startServer();
      const addresses = [{ host: server.host, port: server.port }];
      await using subscriber = await RedisClient.create({ addresses, protocol });
      await using publisher = await RedisClient.create({ addresses, requestTimeout: 30_000 });
      report("standalone", protocol, await runSubscriptionLoad(subscriber, publisher, full));
    }
    await using cluster = await startCluster();
    const addresses = cluster.addresses.map(({ host, port }) => ({ host, port }));
    await using subscriber = await RedisClusterClient.create({ addresses, protocol });
    await using publisher = await RedisClusterClient.create({ addresses, requestTimeout: 30_000 });
    report("cluster", protocol, await runSubscriptionLoad(subscriber, publisher, full));
  }
}

function report(what: string, protocol: number, figures: SubscriptionLoadReport): void {
  const { delivered, elapsed } = figures;
  console.log(`${what}, RESP${protocol}: ${delivered} messages in ${Math.round(elapsed)} ms`);
}
