/**
 * Numbered messages: each subscriber must get them once, in their order, and all of them but those that were published
 * while it was told that some may be missing.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { RedisClusterClient, Subscription } from "../../cluster/mod.ts";
import type { GapItem, Message } from "../../cluster/mod.ts";

/** How far the clocks of a message and a gap may be apart, in milliseconds: they are rounded. */
const ROUNDING = 2;

/** A message that was published. */
interface Published {
  readonly number: number;
  /** When it was sent, in milliseconds of `Date.now()`. */
  readonly at: number;
  /** When its publication was confirmed; undefined if that failed, so that it may have happened or not. */
  done?: number;
}

/** What a subscriber got. */
interface Received {
  readonly number: number;
  readonly at: number;
}

/** A gap that a subscriber was told. */
export interface ToldGap extends GapItem {
  /** The number of the last message in front of it; 0 if there was none. */
  readonly behind: number;
}

/** Publishes one message; rejects if it is not known whether that has happened. */
export type Publish = (message: string) => Promise<unknown>;

/** Publishes numbered messages on one channel, one after the other. */
export class NumberedPublisher {
  readonly messages: Published[] = [];
  readonly #publish: Publish;
  readonly #pause: number;
  #stopped = false;
  readonly #running: Promise<void>;

  /**
   * Begins to publish.
   *
   * @param publish Publishes one message.
   * @param pause Milliseconds between two messages.
   */
  constructor(publish: Publish, pause = 1) {
    this.#publish = publish;
    this.#pause = pause;
    this.#running = this.#run();
  }

  /** How many messages were published so far. */
  get count(): number {
    return this.messages.filter(({ done }) => done !== undefined).length;
  }

  /** When the first message from a time on was confirmed; undefined if none was. */
  firstDoneSince(time: number): number | undefined {
    return this.messages.find(({ at, done }) => at >= time && done !== undefined)?.done;
  }

  /** Publishes no more. Resolves when the last one is published. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let number = 1; !this.#stopped; number++) {
      const message: Published = { number, at: Date.now() };
      this.messages.push(message);
      try {
        await this.#publish(String(number));
        message.done = Date.now();
      } catch {
        // Nobody knows whether it was published.
      }
      if (this.#pause > 0) await delay(this.#pause);
    }
  }
}

/** Reads numbered messages of one channel. */
export class NumberedReader {
  readonly received: Received[] = [];
  readonly gaps: ToldGap[] = [];
  readonly #subscription: Subscription<string, Message | GapItem>;
  readonly #running: Promise<void>;

  /**
   * Begins to read.
   *
   * @param subscription A subscription with the option `gaps`.
   */
  constructor(subscription: Subscription<string, Message | GapItem>) {
    this.#subscription = subscription;
    this.#running = this.#run();
  }

  /** The number of the last message. */
  get last(): number {
    return this.received.at(-1)?.number ?? 0;
  }

  /** When the first message after a time came; undefined if none did. */
  firstSince(time: number): number | undefined {
    return this.received.find(({ at }) => at >= time)?.at;
  }

  /** Ends the subscription. Resolves when all has been read. */
  async stop(): Promise<void> {
    await this.#subscription.unsubscribe();
    await this.#running;
  }

  /**
   * Finds out what is wrong with what came.
   *
   * @param publisher What has published, and stopped.
   * @returns What is wrong, in words; empty if nothing is.
   */
  faults({ messages }: NumberedPublisher): string[] {
    const faults: string[] = [];
    let last = 0;
    const seen = new Set<number>();
    for (const { number } of this.received) {
      if (seen.has(number)) faults.push(`message ${number} came again, behind ${last}`);
      seen.add(number);
      // One that was not confirmed may have been published late.
      if (messages[number - 1].done === undefined) continue;
      if (number < last) faults.push(`message ${number} came behind ${last}`);
      last = number;
    }
    const numbers = new Set(this.received.map(({ number }) => number));
    for (const { number, at, done } of messages) {
      if (done === undefined || numbers.has(number)) continue;
      const told = this.gaps.find((gap) =>
        at <= gap.until + ROUNDING && done >= gap.since - ROUNDING
      );
      if (told === undefined) {
        const gaps = this.gaps.map(({ reason, since, until }) => `${reason} ${since}–${until}`);
        faults.push(
          `message ${number}, published at ${at}–${done}, is missing without a gap (${gaps})`,
        );
      } else if (number <= told.behind) {
        faults.push(`message ${number} is missing, but its gap comes behind ${told.behind}`);
      }
    }
    return faults;
  }

  async #run(): Promise<void> {
    for await (const item of this.#subscription) {
      if (item.kind === "gap") this.gaps.push({ ...item, behind: this.last });
      else this.received.push({ number: Number(item.message), at: Date.now() });
    }
  }
}

/**
 * Waits until a condition holds.
 *
 * @param what The condition in words.
 * @param isTrue Whether it holds.
 * @param limit Milliseconds.
 */
export async function untilTrue(
  what: string,
  isTrue: () => boolean,
  limit = 15_000,
): Promise<void> {
  const end = performance.now() + limit;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`Cannot wait longer until ${what}`);
    await delay(2);
  }
}

/** A channel with a publisher and a reader of its numbered messages. */
export class NumberedChannel {
  readonly name: string;
  readonly publisher: NumberedPublisher;
  readonly reader: NumberedReader;

  constructor(name: string, publisher: NumberedPublisher, reader: NumberedReader) {
    this.name = name;
    this.publisher = publisher;
    this.reader = reader;
  }

  /** Waits until a message comes that is published from now on. */
  async flows(): Promise<void> {
    const from = this.publisher.messages.length;
    await untilTrue(`a message of ${this.name} comes`, () => this.reader.last > from);
  }

  /**
   * Ends both, and finds out what is wrong.
   *
   * @returns What is wrong, in words; empty if nothing is.
   */
  async finish(): Promise<string[]> {
    await this.publisher.stop();
    const last = this.publisher.messages.findLast(({ done }) => done !== undefined)!.number;
    const seen = (): boolean =>
      this.reader.last >= last || this.reader.gaps.some(({ behind }) => behind >= last);
    await untilTrue(`the last message of ${this.name} has come`, seen, 1000).catch(() => {});
    await this.reader.stop();
    return this.reader.faults(this.publisher).map((fault) => `${this.name}: ${fault}`);
  }
}

/**
 * Makes a shard channel with numbered messages.
 *
 * @param subscriber Who is subscribed.
 * @param publisher Who publishes.
 * @param name The channel.
 * @param pause Milliseconds between two messages.
 */
export async function shardChannel(
  subscriber: RedisClusterClient,
  publisher: RedisClusterClient,
  name: string,
  pause?: number,
): Promise<NumberedChannel> {
  const reader = new NumberedReader(await subscriber.ssubscribe(name, { gaps: true }));
  const publish: Publish = (message) => publisher.spublish(name, message);
  return new NumberedChannel(name, new NumberedPublisher(publish, pause), reader);
}
