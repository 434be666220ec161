/**
 * What can be subscribed to: a channel, a pattern or a shard channel.
 *
 * @module
 */

import { decodeText } from "../resp/text.ts";

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
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Makes a text of bytes in which each character is one byte, so that different bytes have different texts.
 *
 * @param bytes Any bytes.
 */
export function binaryOf(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]);
  return text;
}

/** A name in all forms in which it is looked up and handed out. */
export class Forms {
  /** As text; what is no UTF-8 is U+FFFD. */
  readonly text: string;
  /** As bytes. */
  readonly bytes: Uint8Array;
  /** As text in which each character is one byte. */
  readonly binary: string;
  /** Whether the text says which bytes they are. */
  readonly isText: boolean;

  /**
   * Makes the forms of a name.
   *
   * @param name The name.
   */
  constructor(name: Name) {
    this.bytes = typeof name === "string" ? encoder.encode(name) : name.slice();
    this.binary = binaryOf(this.bytes);
    let text: string | undefined;
    try {
      text = strict.decode(this.bytes);
    } catch {
      // It is no UTF-8.
    }
    this.isText = text !== undefined;
    this.text = text ?? decodeText(this.bytes, 0, this.bytes.length);
  }
}

/** One who gets the messages of topics. */
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

/** Something that is subscribed to, or to be. */
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
  /** Who wants it. The array is replaced at each change, so that an iteration over it can go on. */
  readers: readonly TopicReader[] = [];

  /**
   * Makes a topic that nobody wants.
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

  /**
   * Hands a message to all who want it.
   *
   * @param channel The channel that it was published on.
   * @param message The message.
   */
  deliverText(channel: string, message: string): void {
    const { readers } = this;
    for (let i = 0; i < readers.length; i++) readers[i].receive(this, channel, message);
  }

  /**
   * Hands a message to all who want it, a copy to each.
   *
   * @param channel The channel that it was published on.
   * @param message The message.
   */
  deliverBytes(channel: Uint8Array, message: Uint8Array): void {
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
