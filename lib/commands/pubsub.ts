/**
 * Commands that publish messages, and tell who is subscribed.
 *
 * Subscriptions have connections of their own: `subscribe()` and its kin are methods of the clients.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { appendAny, type Key, type OneOrMany, type Value } from "./_args.ts";
import { ByteMap } from "./_byte_map.ts";
import { toBulk, toBulks, toNumber, toPairs, toText } from "./_decode.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/**
 * Numbers by name: a record without a prototype, or on a `bytes` view a `Map`, since bytes cannot be property names.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export type Counts<T extends string | Uint8Array> = T extends string ? Record<string, number>
  : ByteMap<number>;

/**
 * Commands that publish messages, and tell who is subscribed.
 *
 * In a cluster a message reaches the subscribers at all nodes, whichever one it was published at, and the counts are
 * those of all nodes together. Shard channels belong to a slot like keys do: messages stay inside of one shard.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class PubsubCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Publishes a message on a channel.
   *
   * Messages of one client stay in order; in a cluster those of one channel do. When the slot of the channel gets
   * another owner, the first messages there may overtake the last ones at the old owner.
   *
   * Complexity O(N+M) for N subscribers and M patterns that are subscribed to · since 2.0.0
   *
   * @example To one who listens
   * ```ts
   * await using news = await client.subscribe("news");
   * await client.publish("news", "hello"); // 1
   * for await (const { message } of news) {
   *   console.log(message); // hello
   *   break;
   * }
   * ```
   *
   * @param channel The channel.
   * @param message The message.
   * @returns How many clients got it; in a cluster only those at the node that took it in.
   * @see {@link https://valkey.io/commands/publish/}
   */
  publish(channel: Key, message: Value): Promise<PerRoutedNode<number, N>> {
    return this.send(["PUBLISH", channel, message], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Lists the channels that somebody is subscribed to.
   *
   * Subscriptions to patterns do not count.
   *
   * Complexity O(N) for N channels · since 2.8.0
   *
   * @example Somebody listens to one channel
   * ```ts
   * await using _ = await client.subscribe("news:art");
   * await client.pubsubChannels("news:*"); // ["news:art"]
   * ```
   *
   * @param pattern Only channels that match this glob pattern.
   * @returns The channels, each once.
   * @see {@link https://valkey.io/commands/pubsub-channels/}
   */
  pubsubChannels(pattern?: Key): Promise<T[]> {
    const words: Words = ["PUBSUB", "CHANNELS"];
    if (pattern !== undefined) words.push(pattern);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Counts the patterns that somebody is subscribed to.
   *
   * Complexity O(1) · since 2.8.0
   *
   * @example Somebody listens to two patterns
   * ```ts
   * await using _ = await client.psubscribe(["news:*", "sport:*"]);
   * await client.pubsubNumpat(); // 2
   * ```
   *
   * @returns How many different patterns there are; in a cluster one that is subscribed to at several nodes counts for
   * each.
   * @see {@link https://valkey.io/commands/pubsub-numpat/}
   */
  pubsubNumpat(): Promise<number> {
    return this.send(["PUBSUB", "NUMPAT"], toNumber);
  }

  /**
   * Counts the subscribers of channels.
   *
   * Subscriptions to patterns do not count.
   *
   * Complexity O(N) for N channels · since 2.8.0
   *
   * @example Somebody listens to one of two channels
   * ```ts
   * await using _ = await client.subscribe("news");
   * await client.pubsubNumsub(["news", "weather"]); // { news: 1, weather: 0 }
   * ```
   *
   * @param channels One channel, several or none.
   * @returns The number of subscribers of each channel.
   * @see {@link https://valkey.io/commands/pubsub-numsub/}
   */
  pubsubNumsub(channels: OneOrMany<Key>): Promise<Counts<T>> {
    return this.send<Counts<T>>(appendAny(["PUBSUB", "NUMSUB"], channels), toCounts);
  }

  /**
   * Lists the shard channels that somebody is subscribed to.
   *
   * Complexity O(N) for N channels · since 7.0.0
   *
   * @example Somebody listens to one channel
   * ```ts
   * await using _ = await client.ssubscribe("orders:{7}");
   * await client.pubsubShardchannels(); // ["orders:{7}"]
   * ```
   *
   * @param pattern Only channels that match this glob pattern.
   * @returns The channels, each once.
   * @see {@link https://valkey.io/commands/pubsub-shardchannels/}
   */
  pubsubShardchannels(pattern?: Key): Promise<T[]> {
    const words: Words = ["PUBSUB", "SHARDCHANNELS"];
    if (pattern !== undefined) words.push(pattern);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Counts the subscribers of shard channels.
   *
   * Complexity O(N) for N channels · since 7.0.0
   *
   * @example Somebody listens
   * ```ts
   * await using _ = await client.ssubscribe("orders:{7}");
   * await client.pubsubShardnumsub("orders:{7}"); // { "orders:{7}": 1 }
   * ```
   *
   * @param shardchannels One channel, several or none.
   * @returns The number of subscribers of each channel.
   * @see {@link https://valkey.io/commands/pubsub-shardnumsub/}
   */
  pubsubShardnumsub(shardchannels: OneOrMany<Key>): Promise<Counts<T>> {
    return this.send<Counts<T>>(appendAny(["PUBSUB", "SHARDNUMSUB"], shardchannels), toCounts);
  }

  /**
   * Publishes a message on a shard channel.
   *
   * Complexity O(N) for N subscribers · since 7.0.0
   *
   * @example To one who listens
   * ```ts
   * await using orders = await client.ssubscribe("orders:{7}");
   * await client.spublish("orders:{7}", "paid"); // 1
   * for await (const { message } of orders) {
   *   console.log(message); // paid
   *   break;
   * }
   * ```
   *
   * @param shardchannel The channel; in a cluster the message goes to the shard that has its slot.
   * @param message The message.
   * @returns How many clients got it, of those at the node that took it in.
   * @see {@link https://valkey.io/commands/spublish/}
   */
  spublish(shardchannel: Key, message: Value): Promise<number> {
    return this.send(["SPUBLISH", shardchannel, message], toNumber);
  }
}

/** For counts, no channels at all are as good as any: the server answers none. */
function toCounts<T extends string | Uint8Array>(reply: Reply, bytes: boolean): Counts<T> {
  if (bytes) {
    const map = new ByteMap<number>();
    for (const [name, count] of toPairs(reply)) map.set(toBulk<Uint8Array>(name), toNumber(count));
    return map as Counts<T>;
  }
  const record: Record<string, number> = Object.create(null);
  for (const [name, count] of toPairs(reply)) record[toText(name)] = toNumber(count);
  return record as Counts<T>;
}
