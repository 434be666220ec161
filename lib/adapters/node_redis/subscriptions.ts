/**
 * Subscriptions of the facade: each name has listeners, as in node-redis.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Client } from "../../client/client.ts";
import {
  callListener,
  KeptSubscriptions,
  messageText,
  type RawMessage,
  type SubscriptionKind,
} from "../kept_subscriptions.ts";

/** Gets a message and the name of its channel: as buffers if that was asked for, else as text. */
// deno-lint-ignore no-explicit-any
export type MessageListener = (message: any, channel: any) => unknown;

/** A listener, and what it gets. */
interface Listener {
  readonly call: MessageListener;
  readonly buffers: boolean;
}

/** The subscriptions of one facade, and who listens to them. */
export class ListenerSubscriptions {
  readonly #kept: KeptSubscriptions = new KeptSubscriptions((kind, message) =>
    this.#deliver(kind, message)
  );
  /** By kind and name. */
  readonly #listeners = new Map<string, Listener[]>();

  /** Whether there are subscriptions. */
  get isActive(): boolean {
    return this.#kept.count > 0;
  }

  /**
   * Subscribes to names, and adds a listener to each.
   *
   * @param client The client.
   * @param kind Kind of the names.
   * @param names The names.
   * @param listener Gets the messages.
   */
  async subscribe(
    client: Client,
    kind: SubscriptionKind,
    names: string[],
    listener: Listener,
  ): Promise<void> {
    const added = names.filter((name) => this.#add(`${kind}:${name}`, listener));
    try {
      await this.#kept.subscribe(client, kind, names);
    } catch (error) {
      const over = added.filter((name) => this.#remove(`${kind}:${name}`, listener));
      // It rejects with the error of the name that was refused, which is thrown already.
      if (over.length > 0) this.#kept.unsubscribe(kind, over).catch(() => {});
      throw error;
    }
  }

  /**
   * Removes listeners, and ends the subscriptions that have none any more.
   *
   * @param kind Kind of the names.
   * @param names The names; undefined for all of the kind.
   * @param listener The listener; undefined for all.
   */
  async unsubscribe(
    kind: SubscriptionKind,
    names: string[] | undefined,
    listener: Listener | undefined,
  ): Promise<void> {
    const prefix = `${kind}:`;
    const wanted = names ?? [...this.#listeners.keys()]
      .filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    const over = wanted.filter((name) => this.#remove(prefix + name, listener));
    if (over.length > 0) await this.#kept.unsubscribe(kind, over);
  }

  /** Ends all subscriptions. */
  async end(): Promise<void> {
    await Promise.all(
      (["", "p", "s"] as const).map((kind) => this.unsubscribe(kind, undefined, undefined)),
    );
  }

  /** Forgets all: the client that had them is closed. */
  clear(): void {
    this.#listeners.clear();
    this.#kept.clear();
  }

  /** Adds a listener. Tells whether it was not there yet. */
  #add(key: string, listener: Listener): boolean {
    const listeners = this.#listeners.get(key) ?? [];
    if (listeners.some((other) => isSame(other, listener))) return false;
    this.#listeners.set(key, [...listeners, listener]);
    return true;
  }

  /** Removes a listener, or all. Tells whether none is left. */
  #remove(key: string, listener: Listener | undefined): boolean {
    const left = listener === undefined
      ? []
      : (this.#listeners.get(key) ?? []).filter((other) => !isSame(other, listener));
    if (left.length > 0) this.#listeners.set(key, left);
    else this.#listeners.delete(key);
    return left.length === 0;
  }

  #deliver(kind: SubscriptionKind, { channel, message, pattern }: RawMessage): void {
    const name = messageText(channel);
    const key = `${kind}:${pattern === undefined ? name : messageText(pattern)}`;
    for (const { call, buffers } of this.#listeners.get(key) ?? []) {
      callListener(() =>
        void (buffers
          ? call(Buffer.from(message), Buffer.from(channel))
          : call(messageText(message), name))
      );
    }
  }
}

function isSame(a: Listener, b: Listener): boolean {
  return a.call === b.call && a.buffers === b.buffers;
}
