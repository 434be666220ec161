/**
 * State of one `Subscription`: its topics, its buffer or handler, its counters and its gaps.
 *
 * @module
 */

import type { Events, Gap } from "../events.ts";
import type { Figures } from "./figures.ts";
import { GapLog, overflowMark, tooSlow } from "./gap_log.ts";
import { Mailbox, MAX_ITEMS, type Overflow } from "./mailbox.ts";
import { type GapItem, type Message, sizeOf } from "./message.ts";
import type { Kind, Name, Topic, TopicReader } from "./topic.ts";

/** A message or a gap. */
export type Item = Message<string | Uint8Array> | GapItem;

/** Settings of a reader; checked. */
export interface ReaderSettings {
  /** Whether it gets bytes rather than text. */
  readonly bytes: boolean;
  /** Whether gaps come between its messages. */
  readonly gaps?: boolean;
  /** What its full buffer does with one more message. */
  readonly overflow?: Overflow;
  /** Most messages in its buffer. */
  readonly maxMessages?: number;
  /** Most bytes in its buffer. */
  readonly maxBytes?: number;
  /** Whether its names are wanted at all primaries of a cluster. */
  readonly everywhere?: boolean;
  /** Gets the messages instead of the buffer. */
  onMessage?(item: Item): unknown;
}

/** Counters and gaps of a subscription: a snapshot. */
export interface SubscriptionStats {
  /** Number of received messages. */
  received: number;
  /** Number of received messages that were dropped because the buffer was full. */
  dropped: number;
  /** Number of messages in the buffer. */
  buffered: number;
  /** The last 100 gaps, oldest first. */
  gaps: Gap[];
}

/** Owner of a {@linkcode Reader}. */
export interface ReaderOwner {
  /** Ends a reader because of an error. */
  fail(reader: Reader, error: Error): void;
  /** Called when the buffer of a reader is half full. */
  onCrowded(reader: Reader): void;
}

/** Gets the messages of some topics of one kind. */
export class Reader implements TopicReader {
  /** Kind of its topics. */
  readonly kind: Kind;
  readonly bytes: boolean;
  /** Whether its names are wanted at all primaries of a cluster. */
  readonly everywhere: boolean;
  /** Called when it has ended. */
  onEnded: (() => void) | undefined;
  /** Its topics, by the keys of their names. */
  readonly topics: Map<string, Topic> = new Map();
  readonly #settings: ReaderSettings;
  readonly #events: Events;
  readonly #owner: ReaderOwner;
  /** With more messages in the buffer, its user should get a turn before further ones come. */
  readonly #crowd: number;
  readonly #mailbox: Mailbox<Item> | null;
  #received = 0;
  #ended = false;
  readonly #gaps = new GapLog((gap) =>
    this.#events.emit({ type: "gap", names: this.names(), ...gap })
  );
  /** Topics whose messages are missed at present, since when, and why. */
  #loss: { since: number; reason: "reconnect" | "moved"; readonly topics: Set<Topic> } | null =
    null;

  /**
   * Makes a reader without topics.
   *
   * @param kind Kind of its topics.
   * @param settings How it gets its messages.
   * @param events Takes its events.
   * @param owner Its owner.
   */
  constructor(kind: Kind, settings: ReaderSettings, events: Events, owner: ReaderOwner) {
    this.kind = kind;
    this.bytes = settings.bytes;
    this.everywhere = settings.everywhere ?? false;
    this.#settings = settings;
    this.#events = events;
    this.#owner = owner;
    this.#crowd = (settings.maxMessages ?? MAX_ITEMS) >> 1;
    this.#mailbox = settings.onMessage === undefined ? this.#makeMailbox() : null;
  }

  /** Whether it gets no more messages. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Its buffer; null if a function gets the messages. */
  get mailbox(): Mailbox<Item> | null {
    return this.#mailbox;
  }

  /** How many messages it can take at once. */
  get room(): number {
    return this.#mailbox === null ? Infinity : Math.max(1, this.#crowd);
  }

  /** The names of its topics, in its form. */
  names(): Name[] {
    return Array.from(
      this.topics.values(),
      ({ name }) => this.bytes ? name.bytes.slice() : name.text,
    );
  }

  /** Its figures. */
  get stats(): SubscriptionStats {
    return {
      received: this.#received,
      dropped: this.#gaps.dropped,
      buffered: this.#mailbox?.length ?? 0,
      gaps: this.#gaps.list(),
    };
  }

  /** What is counted of it. */
  get figures(): Figures {
    const { dropped, count } = this.#gaps;
    return { received: this.#received, dropped, gaps: count };
  }

  receive(topic: Topic, channel: Name, message: Name): void {
    if (this.#ended) return;
    this.#received++;
    const { kind } = topic;
    const item = kind === "pmessage"
      ? { kind, channel, pattern: this.bytes ? topic.name.bytes.slice() : topic.name.text, message }
      : { kind, channel, message };
    const mailbox = this.#mailbox;
    if (mailbox === null) return this.#handle(item, channel);
    mailbox.put(item);
    if (mailbox.length > this.#crowd) this.#owner.onCrowded(this);
  }

  /**
   * Notes that messages of a topic are missed from now on.
   *
   * @param topic One of its topics.
   * @param since Until when all messages had arrived, in milliseconds of `Date.now()`.
   */
  lose(topic: Topic, since: number): void {
    const loss = this.#loss ??= { since, reason: "reconnect", topics: new Set() };
    loss.since = Math.min(loss.since, since);
    loss.topics.add(topic);
  }

  /**
   * Notes that messages of a topic arrive again. The gap is told when that holds for all its topics.
   *
   * @param topic The topic; nothing is done if its messages were not missed.
   * @param reason Why they were missed.
   */
  recover(topic: Topic, reason: "reconnect" | "moved"): void {
    const loss = this.#loss;
    if (loss === null || !loss.topics.delete(topic)) return;
    if (reason === "moved") loss.reason = reason;
    if (loss.topics.size > 0) return;
    this.#loss = null;
    const gap: Gap = { reason: loss.reason, since: loss.since, until: Date.now() };
    this.#gaps.tell(gap);
    if (!this.#settings.gaps) return;
    const item: GapItem = { kind: "gap", ...gap };
    if (this.#mailbox !== null) this.#mailbox.put(item);
    else this.#handle(item, "");
  }

  /** Forgets a topic that it does not want any more. */
  forget(topic: Topic): void {
    this.topics.delete(topic.name.key);
    const loss = this.#loss;
    if (loss === null || !loss.topics.delete(topic) || loss.topics.size > 0) return;
    this.#loss = null;
    if (!this.#ended && this.topics.size > 0) {
      this.#gaps.tell({ reason: loss.reason, since: loss.since, until: Date.now() });
    }
  }

  /**
   * Ends it.
   *
   * @param error Why, if it was not asked to end.
   * @param options Whether buffered messages are forgotten instead of being handed out first.
   */
  end(error: Error | undefined, { atOnce }: { atOnce: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#loss = null;
    this.#gaps.tellOverflow();
    if (atOnce) this.#mailbox?.clear();
    this.#mailbox?.end(error);
    this.onEnded?.();
    if (error === undefined) return;
    this.#events.emit({ type: "subscriptionEnded", names: this.names(), error });
  }

  #makeMailbox(): Mailbox<Item> {
    const { overflow, maxMessages, maxBytes, gaps } = this.#settings;
    return new Mailbox<Item>({
      sizeOf,
      overflow,
      maxItems: maxMessages,
      maxBytes,
      onDrop: (item) => {
        if (item.kind !== "gap") this.#gaps.drop();
      },
      onFull: () => this.#owner.fail(this, tooSlow("messages", maxMessages, maxBytes)),
      isMark: (item) => item.kind === "gap",
      markOf: gaps ? overflowMark : undefined,
    });
  }

  #handle(item: Item, channel: Name): void {
    const report = (error: unknown): void =>
      this.#events.emit({ type: "handlerError", channel, error });
    try {
      const result = this.#settings.onMessage!(item) as PromiseLike<unknown> | undefined;
      if (typeof result?.then === "function") result.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
