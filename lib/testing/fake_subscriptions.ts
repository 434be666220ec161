/**
 * Subscriptions of a connection to a fake server.
 *
 * @module
 */

import { matchesGlob } from "./_glob.ts";

/** Kind of a subscription: to a channel, to the channels that match a pattern, or to a shard channel. */
export type SubscriptionKind = "channel" | "pattern" | "shardChannel";

const text = new TextDecoder();
const encoder = new TextEncoder();

/** The subscriptions of one connection to a fake server, by the bytes of their names. */
export class FakeSubscriptions {
  readonly #names: Readonly<Record<SubscriptionKind, Map<string, Uint8Array>>> = {
    channel: new Map(),
    pattern: new Map(),
    shardChannel: new Map(),
  };

  /** Number of all subscriptions. */
  get size(): number {
    const { channel, pattern, shardChannel } = this.#names;
    return channel.size + pattern.size + shardChannel.size;
  }

  /** Channels, as text. */
  get channels(): string[] {
    return this.namesOf("channel");
  }

  /** Patterns, as text. */
  get patterns(): string[] {
    return this.namesOf("pattern");
  }

  /** Shard channels, as text. */
  get shardChannels(): string[] {
    return this.namesOf("shardChannel");
  }

  /**
   * Checks whether the connection has a subscription.
   *
   * @param kind Kind of the subscription.
   * @param name The channel or the pattern.
   */
  has(kind: SubscriptionKind, name: string | Uint8Array): boolean {
    return this.#names[kind].has(keyOf(name));
  }

  /**
   * Adds a subscription without notifying the client.
   *
   * @param kind Kind of the subscription.
   * @param name The channel or the pattern.
   */
  add(kind: SubscriptionKind, name: string | Uint8Array): void {
    this.#names[kind].set(keyOf(name), bytesOf(name));
  }

  /**
   * Removes a subscription without notifying the client.
   *
   * @param kind Kind of the subscription.
   * @param name The channel or the pattern.
   */
  delete(kind: SubscriptionKind, name: string | Uint8Array): void {
    this.#names[kind].delete(keyOf(name));
  }

  /** Removes all subscriptions without notifying the client, like a server that has lost them. */
  clear(): void {
    for (const names of Object.values(this.#names)) names.clear();
  }

  /**
   * Returns the names of a kind as text.
   *
   * @param kind Kind of the subscriptions.
   * @returns The names, oldest first.
   */
  namesOf(kind: SubscriptionKind): string[] {
    return [...this.#names[kind].values()].map((name) => text.decode(name));
  }

  /**
   * Returns the names of a kind as bytes.
   *
   * @param kind Kind of the subscriptions.
   * @param pattern Glob pattern that the names must match. By default all names are returned.
   * @returns The names, oldest first.
   */
  bytesOf(kind: SubscriptionKind, pattern?: Uint8Array): Uint8Array[] {
    const names = [...this.#names[kind].values()];
    return pattern === undefined ? names : names.filter((name) => matchesGlob(pattern, name));
  }

  /**
   * Returns the patterns that a channel matches.
   *
   * @param channel The channel.
   * @returns The patterns, oldest first.
   */
  patternsFor(channel: string | Uint8Array): Uint8Array[] {
    if (this.#names.pattern.size === 0) return [];
    const name = bytesOf(channel);
    return this.bytesOf("pattern").filter((pattern) => matchesGlob(pattern, name));
  }

  /**
   * Returns the number of subscriptions for a confirmation. Servers count shard channels separately.
   *
   * @param kind Kind of the confirmed subscription.
   * @returns Number of shard channels, or of channels and patterns.
   */
  count(kind: SubscriptionKind): number {
    const { channel, pattern, shardChannel } = this.#names;
    return kind === "shardChannel" ? shardChannel.size : channel.size + pattern.size;
  }
}

function bytesOf(name: string | Uint8Array): Uint8Array {
  return typeof name === "string" ? encoder.encode(name) : name.slice();
}

/** One character for each byte. */
function keyOf(name: string | Uint8Array): string {
  let key = "";
  for (const byte of typeof name === "string" ? encoder.encode(name) : name) {
    key += String.fromCharCode(byte);
  }
  return key;
}
