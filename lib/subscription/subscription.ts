/**
 * Subscriptions, as returned by `subscribe()`, `psubscribe()` and `ssubscribe()`.
 *
 * @module
 */

import { refuseSurplusIn } from "../surplus_arguments.ts";
import type { GapItem, Message } from "./message.ts";
import { namesOf } from "./names.ts";
import type { Overflow } from "./mailbox.ts";
import type { Item, Reader, SubscriptionStats } from "./reader.ts";
import type { Subscriptions } from "./registry.ts";

/**
 * Type of the items of a subscription: messages, and with the option `gaps` also gaps.
 *
 * @typeParam M Type of the messages.
 * @typeParam G Whether the option `gaps` is set.
 */
export type WithGaps<M, G extends boolean> = G extends true ? M | GapItem : M;

/**
 * Options of a subscription.
 *
 * @typeParam M Type of the messages. @typeParam G Whether the option `gaps` is set.
 */
export interface SubscribeOptions<M, G extends boolean = false> {
  /**
   * Function that is called with each message, in order. It may be called before `subscribe()` has resolved. The
   * subscription cannot be iterated then. A promise that the function returns is not awaited. If the function throws or
   * its promise rejects, the client emits a `handlerError` event.
   */
  onMessage?: (message: WithGaps<M, G>) => unknown;
  /**
   * Insert a {@linkcode GapItem} between messages where some may be missing.
   *
   * @default {false}
   */
  gaps?: G;
  /**
   * What to do with a new message when the buffer is full: `"dropOldest"` drops the oldest messages, `"dropNewest"`
   * drops the new one, `"error"` ends the subscription with an {@linkcode OverflowError}.
   *
   * @default {"dropOldest"}
   */
  overflow?: Overflow;
  /**
   * Maximum number of messages in the buffer.
   *
   * @default {1024}
   */
  maxMessages?: number;
  /**
   * Maximum size of the buffer in bytes. A character of text counts as one byte.
   *
   * @default {16777216}
   */
  maxBytes?: number;
  /**
   * `"primaries"` subscribes on every primary of a cluster, including primaries added later. Use it for messages that a
   * node sends only to its own subscribers. A message of `publish()` then arrives once per primary. Keyspace
   * notifications (`__keyspace@0__:*`, `__keyevent@0__:set`) do not need it. Not allowed for shard channels. By default
   * the client subscribes on one node.
   */
  nodes?: "primaries";
  /**
   * Signal that ends the subscription. If the server has not confirmed it yet, the call rejects with the signal's
   * reason.
   */
  signal?: AbortSignal;
}

/**
 * Subscription to channels, patterns or shard channels.
 *
 * Iterate over it to receive the messages. If several loops run at the same time, each message goes to one of them.
 * Leaving a loop does not end the subscription; a later loop continues where the previous one stopped. `await using` or
 * {@linkcode Subscription.prototype.unsubscribe | Subscription.unsubscribe} ends it.
 *
 * After a lost connection, the client reconnects and subscribes again. Messages published in between are lost, since
 * servers do not store them. Such a gap is recorded in `stats` and emitted as a `gap` event of the client. With the
 * option `gaps` it is also an item between the messages. Messages lost between the nodes of a cluster are not detected.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam M Type of its items.
 */
export class Subscription<
  T extends string | Uint8Array = string,
  M = Message<T>,
> implements AsyncIterable<M>, AsyncDisposable {
  readonly #reader: Reader;
  readonly #subscriptions: Subscriptions;

  /**
   * Makes a subscription. Subscriptions are made by `subscribe()`, `psubscribe()` and `ssubscribe()`.
   *
   * @param reader What stands behind it.
   * @param subscriptions All subscriptions of the client.
   * @ignore
   */
  constructor(reader: Reader, subscriptions: Subscriptions) {
    this.#reader = reader;
    this.#subscriptions = subscriptions;
  }

  /** Names of the subscribed channels or patterns. */
  get names(): T[] {
    return this.#reader.names() as T[];
  }

  /** Whether the subscription has ended. Messages in its buffer can still be read. */
  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Counters and gaps of the subscription: a snapshot. */
  get stats(): SubscriptionStats {
    return this.#reader.stats;
  }

  /**
   * Subscribes to further channels or patterns.
   *
   * @example Change a subscription while it is in use
   * ```ts
   * await using news = await client.subscribe("news");
   * await news.add(["sport", "weather"]);
   * await news.delete("sport");
   * news.names; // ["news", "weather"]
   * ```
   *
   * @param names One or more channels, patterns or shard channels, like those in the call that created the
   * subscription.
   * @returns Resolves when the server has confirmed all of them.
   * @throws {ServerError} If the server rejects one of them. None of the new names is subscribed then.
   * @throws {TimeoutError} If the server does not confirm them in time. None of the new names is subscribed then.
   * @throws {ClosedError} If the subscription has ended, or ends before the server has confirmed.
   */
  async add(names: string | Uint8Array | Iterable<string | Uint8Array>): Promise<void> {
    const forms = namesOf("add()", names);
    await this.#subscriptions.add(this.#reader, forms, {});
  }

  /**
   * Unsubscribes from some channels or patterns. Messages that are in the buffer can still be read.
   *
   * @param names One or more names. Names that are not subscribed are ignored.
   * @returns Resolves when the server has confirmed, or has not answered in time.
   */
  async delete(names: string | Uint8Array | Iterable<string | Uint8Array>): Promise<void> {
    const forms = namesOf("delete()", names);
    await this.#subscriptions.delete(this.#reader, forms);
  }

  /**
   * Ends the subscription. No further messages are received. Iterations end after the messages in the buffer have been
   * read.
   *
   * @returns Resolves when the server has confirmed, or has not answered in time. Never rejects.
   */
  async unsubscribe(): Promise<void> {
    await this.#subscriptions.end(this.#reader);
  }

  /**
   * Ends the subscription at the end of an `await using` block, like
   * {@linkcode Subscription.prototype.unsubscribe | Subscription.unsubscribe}.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /**
   * Starts to read, or continues where the previous loop stopped.
   *
   * @returns An iterator that ends with the subscription. If an error ended the subscription, the iterator throws it.
   * @throws {TypeError} If the subscription has the option `onMessage`.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined> {
    const { mailbox } = this.#reader;
    if (mailbox === null) {
      throw new TypeError(
        'Cannot iterate over the subscription: its messages go to the function in the option "onMessage"',
      );
    }
    const iterator: AsyncIterableIterator<Item, undefined> = mailbox[Symbol.asyncIterator]();
    return iterator as AsyncIterableIterator<M, undefined>;
  }
}

refuseSurplusIn(Subscription.prototype, ["add", "delete", "unsubscribe"]);
