/**
 * What `subscribe()`, `psubscribe()` and `ssubscribe()` answer.
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
 * What a subscription hands out: messages, and with the option `gaps` also gaps.
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
   * Gets each message, instead of an iteration. It is called in the order of the messages, perhaps before `subscribe()`
   * has resolved, and it is not waited for. What it throws becomes a `handlerError` event.
   */
  onMessage?: (message: WithGaps<M, G>) => unknown;
  /**
   * Whether a {@linkcode GapItem} stands between messages where some may be missing.
   *
   * @default {false}
   */
  gaps?: G;
  /**
   * What happens with a message for which the buffer has no room: `"dropOldest"` drops the oldest messages,
   * `"dropNewest"` the new one, `"error"` ends the subscription with an {@linkcode OverflowError}.
   *
   * @default {"dropOldest"}
   */
  overflow?: Overflow;
  /** Most messages in the buffer. @default {1024} */
  maxMessages?: number;
  /** Most bytes in the buffer; a character of text counts as one. @default {16777216} */
  maxBytes?: number;
  /**
   * `"primaries"` subscribes at every primary of a cluster, also at those that come later, for messages that a node tells
   * only its own subscribers. Messages of `publish()` come once from each of them then. Keyspace notifications
   * (`__keyspace@0__:*`, `__keyevent@0__:set`) are subscribed so without it. Not for shard channels.
   */
  nodes?: "primaries";
  /** Ends the subscription, or the wait for it. */
  signal?: AbortSignal;
}

/**
 * A subscription to channels, patterns or shard channels.
 *
 * Iterate it for the messages. Each message is handed out once; several loops share them. Leaving a loop does not end
 * the subscription, a later loop goes on where it has stopped: `await using` or
 * {@linkcode Subscription.unsubscribe} ends it.
 *
 * A lost connection is opened again and subscribed again. Messages that were published meanwhile are lost, as Redis does
 * not keep them. The `stats`, the `gap` events of the client and the option `gaps` tell when that may have happened.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam M What it hands out.
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

  /** Whether it has ended. What it has buffered can still be read. */
  get ended(): boolean {
    return this.#reader.ended;
  }

  /** Its figures, as they are now. */
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
   * @throws {TimeoutError} If the server does not confirm them in time; the same holds then.
   * @throws {ClosedError} If the subscription has ended.
   */
  async add(names: string | Uint8Array | Iterable<string | Uint8Array>): Promise<void> {
    const forms = namesOf("add()", names);
    await this.#subscriptions.add(this.#reader, forms, {});
  }

  /**
   * Ends the subscription to some of its names. Messages of theirs that are buffered can still be read.
   *
   * @param names One name or several; those that it does not have are left out.
   * @returns Resolves when the server has confirmed that, or has not answered in time.
   */
  async delete(names: string | Uint8Array | Iterable<string | Uint8Array>): Promise<void> {
    const forms = namesOf("delete()", names);
    await this.#subscriptions.delete(this.#reader, forms);
  }

  /**
   * Ends the subscription: no more messages are taken. Those that are buffered can still be read, and then iterations
   * end.
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
   * Begins to read, or reads on where the last loop has stopped.
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
