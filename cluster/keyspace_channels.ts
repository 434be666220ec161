/**
 * Channels of keyspace notifications. Each node publishes those of its own keys only.
 *
 * @module
 */

import { slotOf } from "./slot.ts";

const latin1 = new TextDecoder("latin1");
const PREFIXES: readonly string[] = ["__key", "__subkey"];
/** `__keyspace@0__:key` and `__subkeyspace@0__:key`. What follows the colon is the key. */
const OF_KEY = /^__(?:sub)?keyspace@\d+__:/;

/**
 * Tells whether a name is one of keyspace notifications, or a pattern of such names.
 *
 * @param name The channel or the pattern.
 */
export function isKeyspaceName(name: Uint8Array): boolean {
  const text = latin1.decode(name.subarray(0, 8));
  return PREFIXES.some((prefix) => text.startsWith(prefix));
}

/**
 * Finds the slot of the key that a channel is about.
 *
 * @param channel The channel.
 * @returns The slot; -1 if the channel is about more than one key.
 */
export function slotOfChannel(channel: Uint8Array): number {
  const head = OF_KEY.exec(latin1.decode(channel));
  return head === null ? -1 : slotOf(channel.subarray(head[0].length));
}
