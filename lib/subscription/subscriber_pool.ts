/**
 * The subscribers of one client, at most one in use for each node.
 *
 * @module
 */

import { Budget } from "../connection/budget.ts";
import { ClosedError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { differs } from "./audit.ts";
import type { PlacedTopic } from "./placed_topic.ts";
import type { Placement } from "./placement.ts";
import {
  Subscriber,
  type SubscriberNode,
  type SubscriberOwner,
  type SubscriberSettings,
} from "./subscriber.ts";

/** Makes subscribers, and closes those that are not needed any more. */
export class SubscriberPool {
  readonly #settings: SubscriberSettings;
  readonly #placement: Placement;
  readonly #owner: SubscriberOwner<PlacedTopic>;
  /** The subscriber of each node in use. */
  readonly #current = new Map<SubscriberNode, Subscriber<PlacedTopic>>();
  /** All subscribers, those that are about to be left included. */
  readonly #all = new Set<Subscriber<PlacedTopic>>();
  /** The time for which each subscriber that is left has to confirm that. */
  readonly #leaving = new Map<Subscriber<PlacedTopic>, Budget>();

  /**
   * Makes an empty pool.
   *
   * @param settings How to connect.
   * @param placement Sends commands on shared connections.
   * @param owner Decides about the topics of the subscribers.
   */
  constructor(
    settings: SubscriberSettings,
    placement: Placement,
    owner: SubscriberOwner<PlacedTopic>,
  ) {
    this.#settings = settings;
    this.#placement = placement;
    this.#owner = owner;
  }

  /** How many there are. */
  get size(): number {
    return this.#all.size;
  }

  /** The subscriber of a node, if there is one in use. */
  get(node: SubscriberNode): Subscriber<PlacedTopic> | undefined {
    return this.#current.get(node);
  }

  /** The subscriber of a node, made when it is used first. */
  of(node: SubscriberNode): Subscriber<PlacedTopic> {
    let subscriber = this.#current.get(node);
    if (subscriber === undefined) {
      subscriber = new Subscriber<PlacedTopic>(node, this.#settings, this.#owner);
      this.#current.set(node, subscriber);
      this.#all.add(subscriber);
    }
    return subscriber;
  }

  /**
   * Has another subscriber made for a node. The present one stays until it is dropped.
   *
   * @returns Whether there was one.
   */
  renew(node: SubscriberNode): boolean {
    return this.#current.delete(node);
  }

  /**
   * A topic was given up because another node has it: closes the connection if the node does not confirm that in time.
   *
   * @param subscriber The subscriber of the node that is left.
   * @param isNeeded Whether other topics are wanted there.
   */
  leave(subscriber: Subscriber<PlacedTopic>, isNeeded: () => boolean): void {
    if (this.#leaving.has(subscriber) || !this.#all.has(subscriber)) return;
    const budget = new Budget(this.#settings.requestTimeout, () => {
      this.#leaving.delete(subscriber);
      if (!isNeeded()) subscriber.reopen("the server does not confirm the end of subscriptions");
    });
    this.#leaving.set(subscriber, budget);
  }

  /** Closes a subscriber that has no topics. */
  drop(subscriber: Subscriber<PlacedTopic>): void {
    this.#leaving.get(subscriber)?.stop();
    this.#leaving.delete(subscriber);
    subscriber.close(new ClosedError("Cannot subscribe: the connection is not needed any more"));
    this.#all.delete(subscriber);
    if (this.#current.get(subscriber.node) === subscriber) this.#current.delete(subscriber.node);
  }

  /** Compares what each server says is subscribed with what should be. Where that differs, the connection is replaced. */
  async check(): Promise<void> {
    await Promise.all(
      Array.from(this.#all, async (subscriber) => {
        const call = (words: Words): Promise<Reply> => this.#placement.call(subscriber.node, words);
        if (await differs(subscriber, call)) {
          subscriber.reopen("the server has other subscriptions than were confirmed");
        }
      }),
    );
  }

  /** Closes all at once. */
  close(error: Error): void {
    for (const subscriber of this.#all) subscriber.close(error);
    for (const budget of this.#leaving.values()) budget.stop();
    this.#leaving.clear();
    this.#all.clear();
    this.#current.clear();
  }
}
