/**
 * The commands that publish messages and count subscribers.
 *
 * To receive messages use `subscribe()`, `psubscribe()` and `ssubscribe()`, which are methods of the clients.
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
 * Numbers by name: an object without a prototype, or a {@linkcode ByteMap} on a `bytes` view, because bytes cannot be
 * property names.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export type Counts<T extends string | Uint8Array> = T extends string ? Record<string, number>
  : ByteMap<number>;

/**
 * The commands that publish messages and count subscribers.
 *
 * To receive messages use `subscribe()`, `psubscribe()` and `ssubscribe()`, which are methods of the clients.
 *
 * On a cluster a message reaches the subscribers of all nodes, and counts are the sums over all nodes. A shard channel
 * belongs to a slot, as a key does, and its messages only go to the nodes of that shard.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes the commands reach.
 */
export abstract class PubsubCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Publishes a message on a channel.
   *
   * Only clients that are subscribed at this moment receive it: the server does not store messages. Messages of one
   * client arrive in order; on a cluster those of one channel do. When the slot of the channel moves to another node,
   * the first messages there may overtake the last ones of the old node.
   *
   * Complexity O(N+M) for N subscribers and M subscribed patterns · since 2.0.0
   *
   * @example A subscriber that receives the message
   * ```ts
   * // One program subscribes …
   * await using news = await client.subscribe("news");
   *
   * // … and another one publishes.
   * await client.publish("news", "hello"); // 1
   *
   * for await (const { channel, message } of news) {
   *   console.log(channel, message); // news hello
   *   break; // a real subscriber goes on
   * }
   * ```
   *
   * @param channel Name of the channel.
   * @param message The message: text, bytes, or a number.
   * @returns The number of clients that receive it. On a cluster only those connected to the node that got the command.
   * @see {@link https://valkey.io/commands/publish/}
   */
  publish(channel: Key, message: Value): Promise<PerRoutedNode<number, N>> {
    return this.send(["PUBLISH", channel, message], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Lists the channels that have subscribers.
   *
   * Subscriptions to patterns do not count.
   *
   * Complexity O(N) for N channels · since 2.8.0
   *
   * @example The channels that match a pattern
   * ```ts
   * await using _ = await client.subscribe("news:art");
   * await client.pubsubChannels("news:*"); // ["news:art"]
   * ```
   *
   * @param pattern Only channels that match this glob pattern; without it, all channels.
   * @returns The names of the channels, each one once.
   * @see {@link https://valkey.io/commands/pubsub-channels/}
   */
  pubsubChannels(pattern?: Key): Promise<T[]> {
    const words: Words = ["PUBSUB", "CHANNELS"];
    if (pattern !== undefined) words.push(pattern);
    return this.send<T[]>(words, toBulks);
  }

  /**
   * Counts the patterns that have subscribers.
   *
   * Complexity O(1) · since 2.8.0
   *
   * @example Number of patterns
   * ```ts
   * await using _ = await client.psubscribe(["news:*", "sport:*"]);
   * await client.pubsubNumpat(); // 2
   * ```
   *
   * @returns The number of distinct patterns. On a cluster a pattern counts once for each node with a subscriber.
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
   * @example A channel with a subscriber, and one without
   * ```ts
   * await using _ = await client.subscribe("news");
   * await client.pubsubNumsub(["news", "weather"]); // { news: 1, weather: 0 }
   * ```
   *
   * @param channels One channel, several in an array or other iterable, or none.
   * @returns The number of subscribers by channel.
   * @see {@link https://valkey.io/commands/pubsub-numsub/}
   */
  pubsubNumsub(channels: OneOrMany<Key>): Promise<Counts<T>> {
    return this.send<Counts<T>>(appendAny(["PUBSUB", "NUMSUB"], channels), toCounts);
  }

  /**
   * Lists the shard channels that have subscribers.
   *
   * Complexity O(N) for N channels · since 7.0.0
   *
   * @example All shard channels
   * ```ts
   * await using _ = await client.ssubscribe("orders:{7}");
   * await client.pubsubShardchannels(); // ["orders:{7}"]
   * ```
   *
   * @param pattern Only channels that match this glob pattern; without it, all channels.
   * @returns The names of the channels, each one once.
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
   * @example Subscribers of one channel
   * ```ts
   * await using _ = await client.ssubscribe("orders:{7}");
   * await client.pubsubShardnumsub("orders:{7}"); // { "orders:{7}": 1 }
   * ```
   *
   * @param shardchannels One channel, several in an array or other iterable, or none.
   * @returns The number of subscribers by channel.
   * @see {@link https://valkey.io/commands/pubsub-shardnumsub/}
   */
  pubsubShardnumsub(shardchannels: OneOrMany<Key>): Promise<Counts<T>> {
    return this.send<Counts<T>>(appendAny(["PUBSUB", "SHARDNUMSUB"], shardchannels), toCounts);
  }

  /**
   * Publishes a message on a shard channel.
   *
   * On a cluster the message only goes to the nodes of the shard that has the slot of the channel, so that more shards
   * carry more messages.
   *
   * Complexity O(N) for N subscribers · since 7.0.0
   *
   * @example A subscriber that receives the message
   * ```ts
   * // One program subscribes …
   * await using orders = await client.ssubscribe("orders:{7}");
   *
   * // … and another one publishes.
   * await client.spublish("orders:{7}", "paid"); // 1
   *
   * for await (const { channel, message } of orders) {
   *   console.log(channel, message); // orders:{7} paid
   *   break; // a real subscriber goes on
   * }
   * ```
   *
   * @param shardchannel Name of the shard channel.
   * @param message The message: text, bytes, or a number.
   * @returns The number of clients that receive it, of those connected to the node that got the command.
   * @see {@link https://valkey.io/commands/spublish/}
   */
  spublish(shardchannel: Key, message: Value): Promise<number> {
    return this.send(["SPUBLISH", shardchannel, message], toNumber);
  }
}

/** Decodes the number of subscribers by channel. Without channels the reply is empty. */
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
