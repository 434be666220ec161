/**
 * What can happen to a cluster while a client is subscribed, with numbered messages that show what was lost. The tests
 * run each scene small; `subscriptions_at_scale.ts` runs them large.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { assert, assertEquals } from "@std/assert";
import { RedisClusterClient, type Subscription } from "../../cluster/mod.ts";
import { slotOf } from "../../cluster/slot.ts";
import type { TestCluster, TestServer } from "../../lib/testing/mod.ts";
import {
  NumberedChannel,
  NumberedPublisher,
  NumberedReader,
  shardChannel,
  untilTrue,
} from "./_numbered.ts";

/** How large a scene is. */
export interface SceneSize {
  /** How many shard channels, each in a slot of its own. */
  readonly shardChannels: number;
  /** How many writes whose keyspace events are counted. */
  readonly writes: number;
  /** How many slots a shard gets that is added. */
  readonly movedSlots: number;
  /** Milliseconds between two messages of a channel. */
  readonly pause: number;
}

/** What the tests run. */
export const SMALL: SceneSize = { shardChannels: 12, writes: 500, movedSlots: 40, pause: 2 };

/** Figures of a scene, by name; times in milliseconds. */
export type Figures = Record<string, number>;

/** A cluster with a subscriber in each protocol and a publisher. */
export class Stage implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly size: SceneSize;
  readonly subscribers: readonly RedisClusterClient[];
  readonly publisher: RedisClusterClient;
  /** Number of the scene, so that no two have a channel in common. */
  #scene = 0;

  private constructor(
    cluster: TestCluster,
    size: SceneSize,
    subscribers: readonly RedisClusterClient[],
    publisher: RedisClusterClient,
  ) {
    this.cluster = cluster;
    this.size = size;
    this.subscribers = subscribers;
    this.publisher = publisher;
  }

  /**
   * Connects the clients.
   *
   * @param cluster The cluster.
   * @param size How large its scenes are.
   */
  static async set(cluster: TestCluster, size: SceneSize): Promise<Stage> {
    const addresses = cluster.addresses;
    const connect = (options: { protocol?: 2 | 3; clientName: string }) =>
      RedisClusterClient.create({
        addresses,
        requestTimeout: 1000,
        clientCreationTimeout: 10_000,
        keepAlive: 500,
        ...options,
      });
    return new Stage(
      cluster,
      size,
      [
        await connect({ protocol: 2, clientName: "subscriber-2" }),
        await connect({ protocol: 3, clientName: "subscriber-3" }),
      ],
      await connect({ clientName: "publisher" }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.subscribers, this.publisher].map((client) => client.close()));
  }

  /** Subscribes both clients to shard channels in different slots of a shard, or of all. */
  async shardChannels(shard?: number, count = this.size.shardChannels): Promise<NumberedChannel[]> {
    const slots = new Set(shard === undefined ? [] : await this.cluster.slotsOf(shard));
    const taken = new Set<number>();
    const channels: Promise<NumberedChannel>[] = [];
    const scene = ++this.#scene;
    for (let i = 0; taken.size < count; i++) {
      const name = `shard-channel-${scene}-${i}`;
      const slot = slotOf(name);
      if (taken.has(slot) || shard !== undefined && !slots.has(slot)) continue;
      taken.add(slot);
      const subscriber = this.subscribers[i % this.subscribers.length];
      channels.push(shardChannel(subscriber, this.publisher, name, this.size.pause));
    }
    return await Promise.all(channels);
  }

  /**
   * Subscribes both clients to a channel and a pattern, of which messages are published at one node.
   *
   * @param at The node that takes the messages in: their order is that of one node.
   */
  async channels(at: TestServer): Promise<NumberedChannel[]> {
    const route = { host: at.host, port: at.port };
    const publisher = this.publisher.with({ route });
    const channels: NumberedChannel[] = [];
    const scene = ++this.#scene;
    for (const [i, subscriber] of this.subscribers.entries()) {
      for (const kind of ["channel", "pattern"]) {
        const name = `${kind}:${scene}:${i}:`;
        const subscription = kind === "channel"
          ? await subscriber.subscribe(name, { gaps: true })
          : await subscriber.psubscribe(`${name}*`, { gaps: true });
        channels.push(
          new NumberedChannel(
            name,
            new NumberedPublisher((message) => publisher.publish(name, message), this.size.pause),
            new NumberedReader(subscription as Subscription<string, never>),
          ),
        );
      }
    }
    return channels;
  }

  /** The node at which a client is subscribed to channels and patterns. */
  async homeOf(subscriber: number): Promise<TestServer> {
    const name = `name=subscriber-${subscriber + 2} `;
    for (const node of this.cluster.nodes) {
      if (!node.running || node.paused) continue;
      const list = String(await node.command(["CLIENT", "LIST", "TYPE", "PUBSUB"]));
      if (list.split("\n").some((line) => line.includes(name) && / p?sub=[1-9]/.test(line))) {
        return node;
      }
    }
    throw new Error(`Cannot find where subscriber ${subscriber} is subscribed`);
  }

  /** The index of the shard at whose primary the last subscriber subscribes to channels and patterns. */
  async homeShard(): Promise<number> {
    await using _ = await this.subscribers[1].subscribe("probe");
    const home = await this.homeOf(1);
    return this.cluster.shards.findIndex(({ nodes }) => nodes.includes(home));
  }

  /** How many connections of the subscribers are subscribed at all nodes that run. */
  async connections(): Promise<number> {
    let count = 0;
    for (const node of this.cluster.nodes) {
      if (!node.running || node.paused) continue;
      const list = String(await node.command(["CLIENT", "LIST", "TYPE", "PUBSUB"]));
      count += list.split("\n").filter((line) => line.includes(" name=subscriber-")).length;
    }
    return count;
  }
}

/** Waits until messages flow on all channels. */
async function allFlow(channels: readonly NumberedChannel[]): Promise<void> {
  await Promise.all(channels.map((channel) => channel.flows()));
}

/** Ends all channels, and fails if one of them has lost or doubled something. */
async function finishAll(channels: readonly NumberedChannel[]): Promise<void> {
  const faults = (await Promise.all(channels.map((channel) => channel.finish()))).flat();
  assertEquals(faults.slice(0, 10), [], `${faults.length} faults`);
}

/** The longest time from a publication that was possible again to the message that came. */
function latest(channels: readonly NumberedChannel[], since: number): number {
  let most = 0;
  for (const { publisher, reader } of channels) {
    const gap = reader.gaps.find(({ until }) => until >= since);
    if (gap === undefined) continue;
    // The first publication after the outage, not one that was under way at its beginning.
    const lost = publisher.messages.findLast(({ at, done }) =>
      done === undefined && at <= gap.until
    );
    const possible = publisher.messages.find(({ at, done }) =>
      done !== undefined && at > (lost?.at ?? since)
    );
    if (possible !== undefined) most = Math.max(most, gap.until - possible.done!);
  }
  return most;
}

/** Slots with shard channels move to another shard and back. */
export async function slotsMove(stage: Stage): Promise<Figures> {
  const { cluster } = stage;
  const channels = await stage.shardChannels(0);
  await allFlow(channels);
  const slots = channels.map(({ name }) => slotOf(name));
  const began = Date.now();
  await cluster.moveSlots(slots, 0, 1);
  await allFlow(channels);
  await cluster.moveSlots(slots, 1, 0);
  await allFlow(channels);
  await finishAll(channels);
  const gaps = channels.flatMap(({ reader }) => reader.gaps);
  for (const { reason } of gaps) assertEquals(reason, "moved");
  for (const { name, reader } of channels) assert(reader.gaps.length >= 1, name);
  const lengths = gaps.map(({ since, until }) => until - since).sort((a, b) => a - b);
  return {
    slots: slots.length,
    messages: channels.reduce((sum, { publisher }) => sum + publisher.count, 0),
    gaps: gaps.length,
    medianGap: lengths[lengths.length >> 1],
    longestGap: lengths.at(-1)!,
    time: Date.now() - began,
  };
}

/** The primary at which a client is subscribed to everything is killed; its replica takes over. */
export async function primaryKilled(stage: Stage): Promise<Figures> {
  const { cluster } = stage;
  const shard = await stage.homeShard();
  const other = await cluster.primary((shard + 1) % cluster.shards.length);
  const channels = await stage.channels(other);
  const inShard = await stage.shardChannels(shard);
  await allFlow([...channels, ...inShard]);
  const homes = [await stage.homeOf(0), await stage.homeOf(1)];
  const killedAt = Date.now();
  const killed = await cluster.killPrimary(shard);
  try {
    await cluster.agreed();
    await allFlow([...channels, ...inShard]);
    await finishAll([...channels, ...inShard]);
  } finally {
    await killed.restart();
    await cluster.agreed();
  }
  const ofHome = channels.filter((_, i) => homes[i >> 1] === killed);
  for (const { name, reader } of ofHome) assertEquals(reader.gaps.length, 1, name);
  for (const channel of channels) {
    if (!ofHome.includes(channel)) assertEquals(channel.reader.gaps, [], channel.name);
  }
  const away = ofHome.map(({ reader }) => reader.gaps[0].until - killedAt);
  return {
    channelsAtTheKilledNode: ofHome.length,
    channelsAwayFor: Math.max(0, ...away),
    shardChannels: inShard.length,
    takeoverAfter: Math.min(
      ...inShard.map(({ publisher }) =>
        publisher.messages.find(({ at, done }) =>
          done !== undefined && done > killedAt + 100 && at > 0
        )!
          .done! - killedAt
      ),
    ),
    shardChannelsBackAfterTheTakeover: latest(inShard, killedAt),
  };
}

/** A replica takes over from its primary, which stays. */
export async function replicaPromoted(stage: Stage): Promise<Figures> {
  const { cluster } = stage;
  const shard = await stage.homeShard();
  const other = await cluster.primary((shard + 1) % cluster.shards.length);
  const channels = await stage.channels(other);
  const inShard = await stage.shardChannels(shard);
  await allFlow([...channels, ...inShard]);
  const began = Date.now();
  await cluster.failover(shard);
  // Writes of anybody show that the map has changed.
  await Promise.all(
    stage.subscribers.map((client) =>
      client.with({ route: { slot: slotOf(inShard[0].name) } }).set(inShard[0].name, "x")
    ),
  );
  await delay(200);
  await allFlow([...channels, ...inShard]);
  await finishAll([...channels, ...inShard]);
  const gaps = [...channels, ...inShard].flatMap(({ reader }) => reader.gaps);
  for (const { reason } of gaps) assertEquals(reason, "moved");
  return {
    gaps: gaps.length,
    longestGap: Math.max(0, ...gaps.map(({ since, until }) => until - since)),
    back: latest(inShard, began),
  };
}

/** A primary falls silent, and a replica takes its place. */
export async function primaryPaused(stage: Stage): Promise<Figures> {
  const { cluster } = stage;
  const shard = await stage.homeShard();
  const other = await cluster.primary((shard + 1) % cluster.shards.length);
  const channels = await stage.channels(other);
  const inShard = await stage.shardChannels(shard);
  await allFlow([...channels, ...inShard]);
  const pausedAt = Date.now();
  const paused = await cluster.primary(shard);
  paused.pause();
  try {
    await untilTrue(
      "a replica has taken over",
      () => inShard.every(({ reader }) => reader.gaps.length > 0),
    );
    await allFlow([...channels, ...inShard]);
  } finally {
    paused.resume();
  }
  await cluster.agreed();
  await allFlow([...channels, ...inShard]);
  await finishAll([...channels, ...inShard]);
  const gaps = inShard.map(({ reader }) => reader.gaps[0].until - pausedAt);
  return {
    shardChannelsBackAfter: Math.max(...gaps),
    shardChannelsBackAfterTheTakeover: latest(inShard, pausedAt),
  };
}

/**
 * Counts the events of writes to keys in all slots: each comes once. Between the counts a replica takes over, and a shard
 * is added and removed, to which shard channels belong meanwhile.
 */
export async function eventsOfAllNodes(stage: Stage): Promise<Figures> {
  const { cluster, publisher, size: { writes, movedSlots } } = stage;
  await Promise.all(
    cluster.nodes.map((node) => node.command(["CONFIG", "SET", "notify-keyspace-events", "AKE"])),
  );
  const counts = stage.subscribers.map(() => new Map<string, number>());
  const subscriptions: Subscription<string, unknown>[] = [];
  for (const [i, subscriber] of stage.subscribers.entries()) {
    subscriptions.push(
      i % 2 === 0
        ? await subscriber.psubscribe("__keyspace@0__:event-*", {
          onMessage: ({ channel, message }) => {
            if (message !== "set") return;
            const key = channel.slice("__keyspace@0__:".length);
            counts[i].set(key, (counts[i].get(key) ?? 0) + 1);
          },
        })
        : await subscriber.subscribe("__keyevent@0__:set", {
          onMessage: ({ message }) =>
            void counts[i].set(message, (counts[i].get(message) ?? 0) + 1),
        }),
    );
  }
  let written = 0;
  const round = async (name: string, extra: readonly string[] = []): Promise<void> => {
    const keys = Array.from({ length: writes }, (_, n) => `event-${name}-${n}`)
      .concat(extra.map((tag) => `event-${name}-${tag}`));
    for (let at = 0; at < keys.length; at += 100) {
      await Promise.all(keys.slice(at, at + 100).map((key) => publisher.set(key, "x")));
    }
    written += keys.length;
    for (const count of counts) {
      await untilTrue(`all events ${name} have come`, () => keys.every((key) => count.has(key)));
      // One that comes twice may come late.
      await delay(20);
      for (const key of keys) assertEquals(count.get(key), 1, `events of ${key}`);
    }
  };
  await round("at first");
  await cluster.failover(1);
  await subscribedAtAll(stage);
  await round("after a failover");
  const added = await cluster.addShard({ replicas: 0 });
  for (const node of cluster.shards[added].nodes) {
    await node.command(["CONFIG", "SET", "notify-keyspace-events", "AKE"]);
  }
  const slots = (await cluster.slotsOf(0)).slice(0, movedSlots);
  const tags = slots.map(tagIn);
  await cluster.moveSlots(slots, 0, added);
  await subscribedAtAll(stage);
  await round("after a shard was added", tags);
  const inShard = await stage.shardChannels(added, movedSlots / 4);
  const channels = await stage.channels(await cluster.primary(0));
  await allFlow([...channels, ...inShard]);
  await cluster.removeShard(added);
  await allFlow([...channels, ...inShard]);
  await finishAll([...channels, ...inShard]);
  const gaps = inShard.flatMap(({ reader }) => reader.gaps);
  await subscribedAtAll(stage);
  await round("after a shard was removed", tags);
  for (const subscription of subscriptions) await subscription.unsubscribe();
  return {
    written,
    events: counts.reduce((sum, { size }) => sum + size, 0),
    longestGapAtRemoval: Math.max(...gaps.map(({ since, until }) => until - since)),
  };
}

/** Waits until both subscribers are subscribed at all primaries, and nowhere else. */
async function subscribedAtAll(stage: Stage): Promise<void> {
  const { cluster } = stage;
  for (const [i, client] of stage.subscribers.entries()) {
    const end = performance.now() + 15_000;
    while (true) {
      // Any refresh will do; a request that is redirected causes one.
      for (let shard = 0; shard < cluster.shards.length; shard++) {
        const [slot] = await cluster.slotsOf(shard);
        await client.with({ route: { slot } }).set(tagIn(slot), "x").catch(() => {});
      }
      const primaries = await cluster.primaries();
      const at: TestServer[] = [];
      for (const node of cluster.nodes) {
        const list = String(await node.command(["CLIENT", "LIST", "TYPE", "PUBSUB"]));
        const name = ` name=subscriber-${i + 2} `;
        if (list.split("\n").some((line) => line.includes(name))) at.push(node);
      }
      if (at.length === primaries.length && at.every((node) => primaries.includes(node))) break;
      if (performance.now() > end) throw new Error("The subscriber does not follow the primaries");
      await delay(20);
    }
  }
}

/** A hash tag of a slot. */
function tagIn(slot: number): string {
  for (let i = 0;; i++) if (slotOf(`{${i}}`) === slot) return `{${i}}`;
}

/** Everything was given up: the servers have no subscription and no connection of the subscribers. */
export async function nothingIsLeft(stage: Stage): Promise<Figures> {
  const end = performance.now() + 5000;
  while (await stage.connections() > 0) {
    if (performance.now() > end) throw new Error("There are connections left");
    await delay(10);
  }
  return {};
}
