/**
 * What is published while subscribers are compared: known to both sides, so that every message can be checked.
 *
 * @module
 */

import process from "node:process";
import { VALUE_LENGTH } from "./data.ts";

/** How many different messages there are; then they begin again. */
export const MESSAGE_COUNT = 10_000;

/** The messages, in the order in which they are published: each tells its number, and is 100 ASCII characters long. */
export const MESSAGES: readonly string[] = Array.from(
  { length: MESSAGE_COUNT },
  (_, i) => `message ${String(i).padStart(12, "0")} `.padEnd(VALUE_LENGTH, "0123456789abcdef"),
);

/** Names of channels, all of one length. Each process has its own, since those of others are subscribed all the time. */
export const CHANNELS: readonly string[] = Array.from(
  { length: 100 },
  (_, i) => `channel:${String(process.pid).padStart(8, "0")}:${String(i).padStart(3, "0")}`,
);
