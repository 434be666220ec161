/**
 * Subscriptions, which `subscribe()`, `psubscribe()` and `ssubscribe()` return.
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
 * Items of a subscription: messages, and with the option `gaps` also gaps.
 *
 * @typeParam M Type of the messages.
 * @typeParam G Whether there are gaps.
 */
export type WithGaps<M, G extends boolean> = G extends true ? M | GapItem : M;

/**
 * Options of a subscription.
 *
 * @typeParam M Type of the messages.
 * @typeParam G Whether there are gaps between them.
 */
export interface SubscribeOptions<M, G extends boolean = false> {
  /**
   * Function that is called with each message; the subscription cannot be iterated then. It is called in the order of
   * the messages, and may be called before `subscribe()` has resolved. Its promise is not awaited. If it throws, or its
   * promise rejects, there is a `handlerError` event.
   */
  onMessage?: (message: WithGaps<M, G>) => unknown;
  /**
   * Put a {@linkcode GapItem} between messages where some may be missing.
   *
   * @default {false}
   */
  gaps?: G;
  /**
   * What to do with a message when the buffer is full: `"dropOldest"` drops the oldest messages, `"dropNewest"` drops the
   * new one, `"error"` ends the subscription with an {@linkcode OverflowError}.
   *
   * @default {"dropOldest"}
   */
  overflow?: Overflow;
  /** Limit of the buffer, in messages. @default {1024} */
  maxMessages?: number;
  /** Limit of the buffer, in bytes; a character of text counts as one. @default {16777216} */
  maxBytes?: number;
  /**
   * `"primaries"` subscribes at every primary of a cluster, also at those that come later. It is for messages that a node
   * sends to its own subscribers only. A message of `publish()` then comes once from each primary. Keyspace notifications
   * (`__keyspace@0__:*`, `__keyevent@0__:set`) need no option. It is refused for shard channels.
   */
  nodes?: "primaries";
  /** Ends the subscription, or rejects the call if the server has not confirmed it yet. */
  signal?: AbortSignal;
}

/**
 * A subscription to channels, patterns or shard channels.
 *
 * Iterate over it to get the messages. Each message is handed out once: several loops share them. Leaving a loop does
 * not end the subscription; a later loop goes on where the last one stopped. `await using` or
 * {@linkcode Subscription.unsubscribe} ends it.
 *
 * If a connection is lost, it is opened again, with all its subscriptions. Messages that are published meanwhile are
 * lost, since Redis does not keep them. Such a gap is in `stats`, is a `gap` event of the client, and with the option
 * `gaps` stands between the messages. It does not tell what the nodes of a cluster lose among themselves.
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

  /** The names that it is subscribed to. */
  get names(): T[] {
    return this.#reader.names() as T[];
  }

  /** Whether it has ended. Messages in its buffer can still be read. */
  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Its figures at this moment. */
  get stats(): SubscriptionStats {
    return this.#reader.stats;
  }

  /**
   * Subscribes to more names.
   *
   * @example Changing a subscription while it runs
   * ```ts
   * await using news = await client.subscribe("news");
   * await news.add(["sport", "weather"]);
   * await news.delete("sport");
   * news.names; // ["news", "weather"]
   * ```
   *
   * @param names One name or several.
   * @returns Resolves when the server has confirmed all of them.
   * @throws {ServerError} If the server refuses one. The subscription keeps the names that it had, without the new ones.
   * @throws {TimeoutError} If the server does not confirm them in time. The subscription keeps the names that it had.
   * @throws {ClosedError} If the subscription has ended, or ends meanwhile.
   */
  async add(names: string | Uint8Array | Iterable<string | Uint8Array>): Promise<void> {
    const forms = namesOf("add()", names);
    await this.#subscriptions.add(this.#reader, forms, {});
  }

  /**
   * Ends the subscription to some of its names. Messages that are in the buffer can still be read.
   *
   * @param names One name or several. Names to which it is not subscribed are ignored.
   * @returns Resolves when the server has confirmed that, or has not answered in time.
   */
  async delete(names: string | Uint8Array | Iterable<string | Uint8Array>): Promise<void> {
    const forms = namesOf("delete()", names);
    await this.#subscriptions.delete(this.#reader, forms);
  }

  /**
   * Ends the subscription: no more messages are taken. Those in the buffer can still be read; then iterations end.
   *
   * @returns Resolves when the server has confirmed that, or has not answered in time. Never rejects.
   */
  async unsubscribe(): Promise<void> {
    await this.#subscriptions.end(this.#reader);
  }

  /** Ends the subscription at the end of an `await using` block, as {@linkcode Subscription.unsubscribe} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.unsubscribe();
  }

  /**
   * Begins to read, or goes on where the last loop stopped.
   *
   * @returns An iterator that ends with the subscription. It throws the error that ended the subscription, if one did.
   * @throws {TypeError} If the subscription has the option `onMessage`.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<M, undefined> {
    const { mailbox } = this.#reader;
    if (mailbox === null) {
      throw new TypeError(
        'Cannot iterate the subscription: its messages go to the function of the option "onMessage"',
      );
    }
    const iterator: AsyncIterableIterator<Item, undefined> = mailbox[Symbol.asyncIterator]();
    return iterator as AsyncIterableIterator<M, undefined>;
  }
}

refuseSurplusIn(Subscription.prototype, ["add", "delete", "unsubscribe"]);
