/**
 * Subscriptions of an object that libraries take for another client: one for each name.
 *
 * @module
 */

import type { Client } from "../client/client.ts";

/** Kind of a subscription, as the first letter of its commands: channels, patterns, shard channels. */
export type SubscriptionKind = "" | "p" | "s";

/** What is kept of a subscription. */
interface Kept {
  unsubscribe(): Promise<void>;
}

/** A message as bytes. */
export interface RawMessage {
  /** Name of the channel. */
  readonly channel: Uint8Array;
  /** What was published. */
  readonly message: Uint8Array;
  /** The pattern that the channel matches, if one is subscribed to. */
  readonly pattern?: Uint8Array;
}

/** Subscriptions, one for each name. */
export class KeptSubscriptions {
  readonly #deliver: (kind: SubscriptionKind, message: RawMessage) => void;
  /** By kind and name. Each is a promise while the server has not confirmed it. */
  readonly #kept = new Map<string, Promise<Kept>>();

  /**
   * Makes it without subscriptions.
   *
   * @param deliver Gets the messages.
   */
  constructor(deliver: (kind: SubscriptionKind, message: RawMessage) => void) {
    this.#deliver = deliver;
  }

  /** How many names are subscribed to. */
  get count(): number {
    return this.#kept.size;
  }

  /**
   * Subscribes to names.
   *
   * @param client The client.
   * @param kind Kind of the names.
   * @param names The names; those that are subscribed to already are left out.
   * @returns How many names are subscribed to then.
   */
  async subscribe(client: Client, kind: SubscriptionKind, names: string[]): Promise<number> {
    const method = `${kind}subscribe` as "subscribe";
    await Promise.all(names.map((name) => {
      const key = kind + ":" + name;
      const known = this.#kept.get(key);
      if (known !== undefined) return known;
      const onMessage = (message: RawMessage): void => this.#deliver(kind, message);
      const made: Promise<Kept> = (client.bytes as unknown as Client<Uint8Array>)[method](name, {
        onMessage,
      });
      this.#kept.set(key, made);
      made.catch(() => {
        if (this.#kept.get(key) === made) this.#kept.delete(key);
      });
      return made;
    }));
    return this.count;
  }

  /**
   * Ends subscriptions.
   *
   * @param kind Kind of the names.
   * @param names The names; all of the kind if there are none.
   * @returns How many names are still subscribed to.
   */
  async unsubscribe(kind: SubscriptionKind, names: string[]): Promise<number> {
    const prefix = `${kind}:`;
    const keys = names.length > 0
      ? names.map((name) => prefix + name)
      : [...this.#kept.keys()].filter((key) => key.startsWith(prefix));
    await Promise.all(keys.map(async (key) => {
      const kept = this.#kept.get(key);
      this.#kept.delete(key);
      await (await kept)?.unsubscribe();
    }));
    return this.count;
  }

  /**
   * Forgets all: the client that had them is closed.
   *
   * @returns Kind and name of each.
   */
  clear(): [kind: SubscriptionKind, name: string][] {
    const keys = [...this.#kept.keys()];
    this.#kept.clear();
    return keys.map((key) => {
      const end = key.indexOf(":");
      return [key.slice(0, end) as SubscriptionKind, key.slice(end + 1)];
    });
  }
}

/**
 * Calls a listener. An error that it throws is that of the program, as with any other emitter.
 *
 * @param call Calls the listener.
 */
export function callListener(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of a name or a message. */
export function messageText(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}
