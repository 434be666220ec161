/**
 * Subscriptions at sentinels: their events are hints that it is time to ask again.
 *
 * @module
 */

import type { LinkSettings } from "../lib/connection/settings.ts";
import { type Seat, Subscriber, type SubscriberOwner } from "../lib/subscription/subscriber.ts";
import { Forms, Topic, type TopicReader } from "../lib/subscription/topic.ts";
import type { Sentinel } from "./sentinel.ts";

/** At how many sentinels to subscribe. */
const ENOUGH = 3;
/**
 * Events after which a sentinel may answer differently: another primary, and nodes or sentinels that come and go.
 */
const CHANNELS = [
  "+switch-master",
  "+promoted-slave",
  "+slave",
  "+convert-to-slave",
  "+slave-reconf-done",
  "+sdown",
  "-sdown",
  "+sentinel",
];

/** What the hints need. */
export interface SentinelHintsOptions {
  /** How to connect to sentinels. */
  readonly link: LinkSettings;
  /** Milliseconds for a reply. */
  readonly requestTimeout: number;
  /** Called when a sentinel has told of a change, or may have done so while it could not be heard. */
  onHint(): void;
}

/** Subscribes at up to three sentinels. */
export class SentinelHints implements SubscriberOwner<Topic>, TopicReader {
  readonly bytes = false;
  readonly #options: SentinelHintsOptions;
  readonly #subscribers = new Map<Sentinel, Subscriber>();
  /** Subscribers that are confirmed. */
  readonly #confirmed = new Set<Subscriber>();
  /** Sentinels that do not allow it. */
  readonly #refused = new WeakSet<Sentinel>();

  /**
   * Makes hints without a subscription.
   *
   * @param options What they need.
   */
  constructor(options: SentinelHintsOptions) {
    this.#options = options;
  }

  /** At how many sentinels the client is subscribed. */
  get confirmed(): number {
    return this.#confirmed.size;
  }

  /**
   * Subscribes at other sentinels, if some have left or are away.
   *
   * @param sentinels All sentinels.
   */
  follow(sentinels: readonly Sentinel[]): void {
    const spare = sentinels.filter((sentinel) =>
      sentinel.ready && !this.#subscribers.has(sentinel) && !this.#refused.has(sentinel)
    );
    for (const sentinel of [...this.#subscribers.keys()]) {
      if (sentinels.includes(sentinel) && (sentinel.ready || spare.length === 0)) continue;
      this.#leave(sentinel);
    }
    for (const sentinel of spare.slice(0, ENOUGH - this.#subscribers.size)) {
      const { link, requestTimeout } = this.#options;
      const subscriber = new Subscriber(sentinel, { link, requestTimeout }, this);
      this.#subscribers.set(sentinel, subscriber);
      for (const channel of CHANNELS) {
        const topic = new Topic("message", new Forms(channel), -1);
        topic.join(this);
        subscriber.seat(topic);
      }
    }
  }

  /** Ends all subscriptions at once. */
  close(error: Error): void {
    for (const subscriber of this.#subscribers.values()) subscriber.close(error);
    this.#subscribers.clear();
    this.#confirmed.clear();
  }

  receive(): void {
    this.#options.onHint();
  }

  batchSize(): number {
    return Infinity;
  }

  onBatch(): Promise<void> {
    return Promise.resolve();
  }

  onSilent(): void {}

  onConfirmed(seat: Seat): void {
    seat.delivers = true;
    // Events before it were missed.
    if (!this.#confirmed.has(seat.subscriber)) this.#options.onHint();
    this.#confirmed.add(seat.subscriber);
  }

  onRefused({ subscriber }: Seat): boolean {
    for (const [sentinel, its] of this.#subscribers) {
      if (its !== subscriber) continue;
      this.#refused.add(sentinel);
      this.#leave(sentinel);
    }
    return false;
  }

  onLost({ subscriber }: Seat): void {
    this.#confirmed.delete(subscriber);
  }

  onReleased(): void {}

  onUnreachable(): void {}

  #leave(sentinel: Sentinel): void {
    const subscriber = this.#subscribers.get(sentinel)!;
    this.#subscribers.delete(sentinel);
    this.#confirmed.delete(subscriber);
    subscriber.close(new Error("Cannot subscribe: another sentinel is used"));
  }
}
