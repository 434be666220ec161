/**
 * Items of subscriptions.
 *
 * @module
 */

import type { Gap } from "../events.ts";

/**
 * A message of a channel.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ChannelMessage<T extends string | Uint8Array = string> {
  /** Discriminant. */
  kind: "message";
  /** The channel. */
  channel: T;
  /** The published value. */
  message: T;
}

/**
 * A message of a channel that matches a pattern.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface PatternMessage<T extends string | Uint8Array = string> {
  /** Discriminant. */
  kind: "pmessage";
  /** The channel on which it was published. */
  channel: T;
  /** The pattern that the channel matches. */
  pattern: T;
  /** What was published. */
  message: T;
}

/**
 * A message of a shard channel.
 *
 * @typeParam T Type of names and messages: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface ShardMessage<T extends string | Uint8Array = string> {
  /** Discriminant. */
  kind: "smessage";
  /** The channel. */
  channel: T;
  /** What was published. */
  message: T;
}

/** Item between two messages: some may be missing here. Only with the option `gaps`. */
export interface GapItem extends Gap {
  /** Discriminant. */
  kind: "gap";
}

/**
 * Any message.
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
