/**
 * Subscriptions of a facade, and the events that they become.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import {
  callListener,
  KeptSubscriptions,
  messageText,
  type RawMessage,
  type SubscriptionKind,
} from "../kept_subscriptions.ts";
import { bufferOf } from "./shapes.ts";

/** The subscriptions of one facade: one for each name. */
export class FacadeSubscriptions extends KeptSubscriptions {
  /**
   * Makes it without subscriptions.
   *
   * @param emitter Emits the messages.
   */
  constructor(emitter: EventEmitter) {
    super((kind, message) => emit(emitter, kind, message));
  }
}

function emit(
  emitter: EventEmitter,
  kind: SubscriptionKind,
  { channel, message, pattern }: RawMessage,
): void {
  const parts = pattern === undefined ? [channel, message] : [pattern, channel, message];
  const name = `${kind}message`;
  if (emitter.listenerCount(name) > 0) {
    callListener(() => emitter.emit(name, ...parts.map(messageText)));
  }
  if (emitter.listenerCount(`${name}Buffer`) === 0) return;
  // Names of channels are text there; the others are buffers.
  const buffers: (Buffer | string)[] = parts.map(bufferOf);
  if (pattern !== undefined) buffers[0] = messageText(pattern);
  callListener(() => emitter.emit(`${name}Buffer`, ...buffers));
}
