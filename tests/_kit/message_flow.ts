/**
 * Numbered messages, which prove what subscriptions lose, get twice or get in another order.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Gap } from "../../standalone/mod.ts";

/** A message that was published. */
interface Published {
  /** When that began, and when it was answered, in milliseconds of `Date.now()`. */
  readonly from: number;
  to: number;
  /** Whether the server has confirmed it. */
  confirmed: boolean;
}

/** Publishes numbered messages on some channels until it is stopped, on each one after the other. */
export class MessageFlow implements AsyncDisposable {
  /** By channel: the messages in their order. Each message is its position. */
  readonly published: Map<string, Published[]> = new Map();
  readonly #publish: (channel: string, message: string) => Promise<unknown>;
  readonly #loops: Promise<void>[];
  #stopped = false;

  /**
   * Begins to publish.
   *
   * @param channels The channels.
   * @param publish Publishes a message.
   */
  constructor(
    channels: readonly string[],
    publish: (channel: string, message: string) => Promise<unknown>,
  ) {
    this.#publish = publish;
    for (const channel of channels) this.published.set(channel, []);
    this.#loops = channels.map(async (channel) => {
      while (!this.#stopped) await this.#next(channel);
    });
  }

  async #next(channel: string): Promise<void> {
    const published = this.published.get(channel)!;
    const entry = { from: Date.now(), to: Infinity, confirmed: false };
    const number = published.push(entry) - 1;
    try {
      await this.#publish(channel, String(number));
      entry.confirmed = true;
    } catch {
      // It may have been published, or not. In haste it would be tried again too often.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    entry.to = Date.now();
  }

  /** How many messages were confirmed. */
  get confirmed(): number {
    let count = 0;
    for (const published of this.published.values()) {
      count += published.filter(({ confirmed }) => confirmed).length;
    }
    return count;
  }

  /** Stops publishing. Resolves when the last message is answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops);
  }

  /**
   * Stops publishing, but for a last message on each channel, again and again until it arrives.
   *
   * @param receivers Who has to get it, each with its channels.
   */
  async finish(...receivers: readonly (readonly [Received, readonly string[]])[]): Promise<void> {
    await this.stop();
    for (let i = 0; i < 1000; i++) {
      await Promise.all([...this.published.keys()].map((channel) => this.#next(channel)));
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (receivers.every(([received, channels]) => received.isComplete(this, channels))) return;
    }
    throw new Error("Cannot finish: the last messages do not arrive");
  }

  /** Stops publishing. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** What one reader got. */
export class Received {
  /** By channel: the numbers in the order in which they came. */
  readonly numbers: Map<string, number[]> = new Map();
  readonly gaps: Gap[] = [];

  /** Takes a message or a gap. */
  readonly take = (
    item: { kind: "gap" } & Gap | { kind: string; channel: string; message: string },
  ): void => {
    if (!("channel" in item)) {
      this.gaps.push(item);
      return;
    }
    const { channel, message } = item;
    const numbers = this.numbers.get(channel);
    if (numbers === undefined) this.numbers.set(channel, [Number(message)]);
    else numbers.push(Number(message));
  };

  /** Whether the last confirmed message of each channel has come. */
  isComplete(flow: MessageFlow, channels: readonly string[]): boolean {
    return channels.every((channel) => {
      const last = flow.published.get(channel)!.findLastIndex(({ confirmed }) => confirmed);
      return last === -1 || (this.numbers.get(channel)?.at(-1) ?? -1) >= last;
    });
  }

  /**
   * Asserts that each message came at most once and in the order of its publisher, and that those which are missing were
   * published in a gap.
   *
   * @param flow What was published.
   * @param channels The channels that it was subscribed to.
   * @param slack Milliseconds that a message may have been under way when a gap began.
   * @returns How many confirmed messages are missing.
   */
  check(flow: MessageFlow, channels: readonly string[], slack = 50): number {
    let missing = 0;
    for (const channel of channels) {
      const published = flow.published.get(channel)!;
      const numbers = this.numbers.get(channel) ?? [];
      for (let i = 1; i < numbers.length; i++) {
        assert(numbers[i] > numbers[i - 1], `${channel}: ${numbers[i]} behind ${numbers[i - 1]}`);
      }
      const got = new Set(numbers);
      for (const [number, { from, to, confirmed }] of published.entries()) {
        if (got.has(number) || !confirmed) continue;
        missing++;
        const told = this.gaps.some(({ since, until }) => to >= since - slack && from <= until);
        assertEquals(
          told,
          true,
          `${channel}: message ${number} (${from} to ${to}) is in no gap of ${
            JSON.stringify(this.gaps)
          }`,
        );
      }
    }
    return missing;
  }
}
