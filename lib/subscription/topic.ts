/**
 * Topics: the channels, patterns and shard channels to which a client can subscribe.
 *
 * @module
 */

import { decodeShort, SHORT } from "../resp/short_text.ts";
import { decodeText } from "../resp/text.ts";
import type { MessageScanner } from "./message_scanner.ts";

/**
 * Kind of a subscription, named as its messages are: `"message"` for channels, `"pmessage"` for patterns, `"smessage"`
 * for shard channels.
 */
export type Kind = "message" | "pmessage" | "smessage";

/** A name to subscribe to: text, or any bytes. */
export type Name = string | Uint8Array;

/** Names of the commands by kind. */
export const SUBSCRIBE: Readonly<Record<Kind, string>> = {
  message: "SUBSCRIBE",
  pmessage: "PSUBSCRIBE",
  smessage: "SSUBSCRIBE",
};

/** Names of the commands that end subscriptions, by kind. */
export const UNSUBSCRIBE: Readonly<Record<Kind, string>> = {
  message: "UNSUBSCRIBE",
  pmessage: "PUNSUBSCRIBE",
  smessage: "SUNSUBSCRIBE",
};

const encoder = new TextEncoder();

/** Each byte is another character, so different names have different keys. */
const single = new TextDecoder("latin1");

/**
 * Makes a key of a name, by which it is looked up.
 *
 * @param buffer What has the bytes of the name.
 * @param start Position of the first one.
 * @param end Position behind the last one.
 */
export function keyOf(buffer: Uint8Array, start = 0, end: number = buffer.length): string {
  const length = end - start;
  return length <= SHORT
    ? decodeShort(buffer, start, length)
    : single.decode(buffer.subarray(start, end));
}

/** A name in all its forms: bytes, text and lookup key. */
export class Forms {
  /** As bytes. */
  readonly bytes: Uint8Array;
  /** As text; invalid UTF-8 becomes U+FFFD. */
  readonly text: string;
  /** Lookup key. */
  readonly key: string;

  /**
   * Makes the forms of a name.
   *
   * @param name The name.
   */
  constructor(name: Name) {
    this.bytes = typeof name === "string" ? encoder.encode(name) : new Uint8Array(name);
    this.text = decodeText(this.bytes, 0, this.bytes.length);
    this.key = keyOf(this.bytes);
  }

  /**
   * Whether some bytes are those of the name.
   *
   * @param buffer What has the bytes.
   * @param start Position of the first one.
   * @param end Position behind the last one.
   */
  isIn(buffer: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    if (bytes.length !== end - start) return false;
    // Names differ more often at the end than at the beginning.
    for (let i = bytes.length - 1; i >= 0; i--) if (bytes[i] !== buffer[start + i]) return false;
    return true;
  }
}

/** Receiver of the messages of topics. */
export interface TopicReader {
  /** Whether it gets bytes rather than text. */
  readonly bytes: boolean;
  /**
   * Takes a message.
   *
   * @param topic What it was subscribed to.
   * @param channel The channel that it was published on, as text or bytes.
   * @param message The message, in the same form. Bytes are its own.
   */
  receive(topic: Topic, channel: Name, message: Name): void;
}

/** A channel, pattern or shard channel with its readers. */
export class Topic {
  /** Its kind. */
  readonly kind: Kind;
  /** Its name. */
  readonly name: Forms;
  /**
   * Names of different groups are not put in one command. In a cluster it is the slot of a shard channel; -1 for all
   * others.
   */
  readonly group: number;
  /** Whether it is wanted at all primaries of a cluster, because each has messages of its own. */
  everywhere = false;
  readonly #joined = new Set<TopicReader>();
  /** Cached array of the readers for the next message; null if it must be rebuilt. */
  #readers: readonly TopicReader[] | null = null;
  /** Number of readers that get bytes. */
  #bytesReaders = 0;

  /**
   * Creates a topic without readers.
   *
   * @param kind Its kind.
   * @param name Its name.
   * @param group Names of different groups are not put in one command.
   */
  constructor(kind: Kind, name: Forms, group: number) {
    this.kind = kind;
    this.name = name;
    this.group = group;
  }

  /** The readers. The array is never modified, so an iteration over it stays valid. */
  get readers(): readonly TopicReader[] {
    return this.#readers ??= [...this.#joined];
  }

  /** Whether it has readers. */
  get wanted(): boolean {
    return this.#joined.size > 0;
  }

  /** Adds a reader that it does not have yet. */
  join(reader: TopicReader): void {
    this.#joined.add(reader);
    this.#readers = null;
    if (reader.bytes) this.#bytesReaders++;
  }

  /** Removes a reader. */
  leave(reader: TopicReader): void {
    if (!this.#joined.delete(reader)) return;
    this.#readers = null;
    if (reader.bytes) this.#bytesReaders--;
  }

  /**
   * Delivers a message to all readers.
   *
   * @param found Where its parts are.
   * @param buffer What they are in.
   */
  deliverFound(found: MessageScanner, buffer: Uint8Array): void {
    const { channelStart, channelEnd, messageStart, messageEnd } = found;
    if (this.#bytesReaders > 0) {
      return this.deliver(
        buffer.slice(channelStart, channelEnd),
        buffer.slice(messageStart, messageEnd),
      );
    }
    const channel = this.kind === "pmessage"
      ? decodeText(buffer, channelStart, channelEnd)
      : this.name.text;
    const message = decodeText(buffer, messageStart, messageEnd);
    const { readers } = this;
    for (let i = 0; i < readers.length; i++) readers[i].receive(this, channel, message);
  }

  /**
   * Delivers a message to all readers, with a copy for each.
   *
   * @param channel The channel that it was published on.
   * @param message The message.
   */
  deliver(channel: Uint8Array, message: Uint8Array): void {
    const { readers } = this;
    if (readers.length === 1 && readers[0].bytes) return readers[0].receive(this, channel, message);
    let channelText: string | undefined;
    let messageText: string | undefined;
    for (let i = 0; i < readers.length; i++) {
      const reader = readers[i];
      if (reader.bytes) {
        reader.receive(this, channel.slice(), message.slice());
      } else {
        channelText ??= decodeText(channel, 0, channel.length);
        messageText ??= decodeText(message, 0, message.length);
        reader.receive(this, channelText, messageText);
      }
    }
  }
}
