/**
 * Items of subscriptions.
 *
 * @module
 */

import type { Gap } from "../events.ts";

/**
 * Message of a channel.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ChannelMessage<T extends string | Uint8Array = string> {
  /** Kind of the item. */
  kind: "message";
  /** The channel. */
  channel: T;
  /** The published message. */
  message: T;
}

/**
 * Message of a channel that matches a pattern.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PatternMessage<T extends string | Uint8Array = string> {
  /** Kind of the item. */
  kind: "pmessage";
  /** The channel on which it was published. */
  channel: T;
  /** The pattern that the channel matches. */
  pattern: T;
  /** The published message. */
  message: T;
}

/**
 * Message of a shard channel.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ShardMessage<T extends string | Uint8Array = string> {
  /** Kind of the item. */
  kind: "smessage";
  /** The channel. */
  channel: T;
  /** The published message. */
  message: T;
}

/** Gap between two messages, where messages may be missing. Only with the option `gaps`. */
export interface GapItem extends Gap {
  /** Kind of the item. */
  kind: "gap";
}

/**
 * Message of a channel, pattern or shard channel.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export type Message<T extends string | Uint8Array = string> =
  | ChannelMessage<T>
  | PatternMessage<T>
  | ShardMessage<T>;

/** About how many bytes a buffered message takes besides its text or bytes. */
const OVERHEAD = 100;

/**
 * Estimates how much memory an item takes in a buffer.
 *
 * @param item A message, or a gap.
 * @returns Bytes. A character of text counts as one.
 */
export function sizeOf(item: Message<string | Uint8Array> | GapItem): number {
  return item.kind === "gap" ? OVERHEAD : OVERHEAD + item.channel.length + item.message.length;
}
