/**
 * Scene: a subscriber gets messages while a primary dies and slots move, and is told where some may be missing.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { slotOf } from "../../../../cluster/slot.ts";
import type { GapItem, Message, RedisClusterClient, Subscription } from "../../../../mod.ts";
import type { TestCluster } from "../../../../lib/testing/mod.ts";
import { connectToCluster } from "../connect.ts";
import { count, counted, duration } from "../number_text.ts";
import type { Stage, Verdict } from "../scene.ts";
import { shardLetter } from "../slot_map.ts";

/** What came of it. */
export interface SubscribeFigures {
  /** How many messages were published, and how many came. */
  readonly messages: { readonly published: number; readonly received: number };
  /** Messages that came again, or behind later ones of their channel. */
  readonly disordered: number;
  /** Messages that did not come, and were published in a gap that the subscriber was told. */
  readonly inGaps: number;
  /** Messages that did not come, and whose publication has failed: they may never have been published. */
  readonly unconfirmed: number;
  /** Messages that did not come, and no gap says so. */
  readonly unexplained: number;
  /** Gaps that the subscriber was told, and the longest one in milliseconds. */
  readonly gaps: { readonly count: number; readonly longest: number };
  /** Channels of which no message came after the last change. */
  readonly silent: number;
}

/** The shard whose primary is killed. */
const KILLED = 0;
/** The shards between which slots move. */
const FROM = 1;
const TO = 2;
/** Milliseconds between two messages of a channel. */
const PAUSE = 4;
/** Clocks are rounded to milliseconds. */
const ROUNDING = 2;

interface Published {
  readonly at: number;
  /** When the server had it; undefined if that is not known. */
  done?: number;
}

/** A channel, with what was published on it and what came. */
class Channel {
  readonly name: string;
  readonly published: Published[] = [];
  readonly received: number[] = [];
  readonly gaps: GapItem[] = [];
  #publishing = true;
  #work: Promise<void>[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Begins to read and to publish. */
  begin(
    subscription: Subscription<string, Message | GapItem>,
    publish: (message: string) => Promise<unknown>,
  ): void {
    this.#work = [this.#read(subscription), this.#publish(publish)];
  }

  /** Publishes no more. Resolves when the last message is published. */
  async stopPublishing(): Promise<void> {
    this.#publishing = false;
    await this.#work[1];
  }

  /** Resolves when the subscription has ended and all is read. */
  async end(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #read(subscription: Subscription<string, Message | GapItem>): Promise<void> {
    for await (const item of subscription) {
      if (item.kind === "gap") this.gaps.push(item);
      else this.received.push(Number(item.message));
    }
  }

  async #publish(publish: (message: string) => Promise<unknown>): Promise<void> {
    while (this.#publishing) {
      const message: Published = { at: Date.now() };
      this.published.push(message);
      try {
        await publish(String(this.published.length - 1));
        message.done = Date.now();
      } catch {
        // It may have been published, or not.
      }
      await delay(PAUSE);
    }
  }
}

/**
 * Subscribes to channels of all kinds of fate, kills a primary, and moves slots.
 *
 * @param stage Where the demo runs.
 * @param client A client that publishes.
 * @param cluster The cluster, whose nodes all run.
 */
export async function subscribeThroughChanges(
  { terminal, scale }: Stage,
  client: RedisClusterClient,
  cluster: TestCluster,
): Promise<SubscribeFigures> {
  terminal.heading(
    `Subscribe while the primary of shard ${shardLetter(KILLED)} dies and slots move from shard ` +
      `${shardLetter(FROM)} to shard ${shardLetter(TO)}`,
  );
  const moving = (await cluster.slotsOf(FROM)).slice(0, scale.movedSlots);
  const killed = new Set(await cluster.slotsOf(KILLED));
  const names = [
    channelIn("orders", (slot) => killed.has(slot)),
    channelIn("payments", (slot) => moving.includes(slot)),
    "news",
  ];
  await using subscriber = await connectToCluster(cluster);
  const channels: Channel[] = [];
  const subscriptions: Subscription<string, Message | GapItem>[] = [];
  const { host, port } = await cluster.primary(TO);
  // One node takes in all messages of a channel: only then they have an order.
  const atNode = client.with({ route: { host, port } });
  for (const name of names) {
    const channel = new Channel(name);
    const subscription = name === "news"
      ? await subscriber.subscribe(name, { gaps: true })
      : await subscriber.ssubscribe(name, { gaps: true });
    channel.begin(
      subscription,
      name === "news"
        ? (message) => atNode.publish(name, message)
        : (message) => client.spublish(name, message),
    );
    channels.push(channel);
    subscriptions.push(subscription);
  }
  let state = "all is well";
  using progress = terminal.progress("Listening");
  progress.follow(() =>
    `${state}; ${count(sumOf(channels, ({ received }) => received.length))} messages came`
  );
  const began = Date.now();
  await delay(scale.calm);
  state = `the primary of shard ${shardLetter(KILLED)} is dead`;
  const dead = await cluster.killPrimary(KILLED);
  await cluster.agreed();
  await dead.start();
  await cluster.agreed();
  state = "slots move";
  await cluster.moveSlots(moving, FROM, TO);
  const before = channels.map(({ received }) => received.length);
  await delay(scale.calm);
  await Promise.all(channels.map((channel) => channel.stopPublishing()));
  await delay(scale.calm / 3);
  const silent = channels.filter(({ received }, i) => received.length === before[i]).length;
  for (const subscription of subscriptions) await subscription.unsubscribe();
  await Promise.all(channels.map((channel) => channel.end()));
  progress.end();
  await cluster.moveSlots(moving, TO, FROM);

  terminal.say("What the subscriber was told:\n");
  for (const { name, gaps, published, received } of channels) {
    terminal.say(
      `${name.padEnd(14)} ${count(received.length)} of ${counted(published.length, "message")}`,
    );
    for (const { reason, since, until } of gaps) {
      const when = `+${duration(since - began)}`.padStart(9);
      terminal.say(`${when}   ${reason}: messages of ${duration(until - since)} may be missing`);
    }
  }
  return figuresOf(channels, silent);
}

/** Says what had to hold. */
export function judgeSubscribe(figures: SubscribeFigures): Verdict {
  const { messages, disordered, inGaps, unconfirmed, unexplained, gaps, silent } = figures;
  return {
    title: "Cluster: subscribed through a failover and moved slots",
    facts: [
      ["Messages", `${count(messages.published)} published, ${count(messages.received)} came`],
      ["Gaps that were told", `${count(gaps.count)}, the longest ${duration(gaps.longest)}`],
      ["Messages missing in them", count(inGaps)],
      ["Missing, and PUBLISH failed too", count(unconfirmed)],
    ],
    checks: [
      { claim: "Every message came once, in its order", held: disordered === 0 },
      { claim: "No message is missing outside of a gap that was told", held: unexplained === 0 },
      {
        claim: "Messages of all channels came again",
        held: messages.received > 0 && silent === 0,
      },
    ],
  };
}

function figuresOf(channels: readonly Channel[], silent: number): SubscribeFigures {
  let [disordered, inGaps, unconfirmed, unexplained] = [0, 0, 0, 0];
  for (const { published, received, gaps } of channels) {
    const seen = new Set<number>();
    let last = -1;
    for (const number of received) {
      // One whose publication was not confirmed may come late.
      if (seen.has(number) || number < last && published[number].done !== undefined) disordered++;
      seen.add(number);
      last = Math.max(last, number);
    }
    for (const [number, { at, done }] of published.entries()) {
      if (seen.has(number)) continue;
      if (done === undefined) {
        unconfirmed++;
        continue;
      }
      const told = gaps.some(({ since, until }) =>
        at <= until + ROUNDING && done >= since - ROUNDING
      );
      if (told) inGaps++;
      else unexplained++;
    }
  }
  const lengths = channels.flatMap(({ gaps }) => gaps.map(({ since, until }) => until - since));
  return {
    messages: {
      published: sumOf(channels, ({ published }) => published.length),
      received: sumOf(channels, ({ received }) => received.length),
    },
    disordered,
    inGaps,
    unconfirmed,
    unexplained,
    gaps: { count: lengths.length, longest: Math.max(0, ...lengths) },
    silent,
  };
}

/** The name of a channel in a slot that is wanted. */
function channelIn(name: string, isWanted: (slot: number) => boolean): string {
  for (let i = 0;; i++) if (isWanted(slotOf(`${name}:${i}`))) return `${name}:${i}`;
}

function sumOf<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + valueOf(item), 0);
}
