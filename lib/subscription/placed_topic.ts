/**
 * A topic with the nodes at which it is subscribed.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import type { Call } from "./call.ts";
import type { Placement } from "./placement.ts";
import type { Seat, Subscriber } from "./subscriber.ts";
import { type Kind, SUBSCRIBE, Topic } from "./topic.ts";

/** A topic with the nodes at which it is subscribed. */
export class PlacedTopic extends Topic {
  /** Its seats, subscribed or not yet. */
  readonly seats: Map<Subscriber<PlacedTopic>, Seat<PlacedTopic>> = new Map();
  /** Nodes at which it should be subscribed; empty if they are not known. */
  targets: readonly Subscriber<PlacedTopic>[] = [];
  /** Whether it is subscribed at all targets. */
  settled = false;
  /** Whether it has moved to another node. */
  moved = false;
  /** The node that delivered messages last, and until when; null once another node delivers. */
  last: { readonly subscriber: Subscriber<PlacedTopic>; readonly at: number } | null = null;
  /** Timer that runs while messages of a new node may repeat those that the previous one delivered. */
  echoes: ReturnType<typeof setTimeout> | undefined;
  /** Calls that wait until it is subscribed. */
  readonly calls: Set<Call> = new Set();
  /** Calls that wait until it is unsubscribed. */
  readonly releases: Set<Call> = new Set();

  /** Whether a previous node still delivers messages. Until it stops, the new node does not deliver. */
  get hasPredecessor(): boolean {
    for (const [subscriber, { delivers, wanted }] of this.seats) {
      if (delivers && wanted && !this.targets.includes(subscriber)) return true;
    }
    return false;
  }

  /**
   * Until when the nodes that have it were certainly the right ones.
   *
   * @param placement Knows the nodes.
   * @returns Milliseconds of `Date.now()`.
   */
  rightUntil(placement: Placement): number {
    const now = Date.now();
    const times = [...this.seats.values()].filter(({ delivers }) => delivers)
      .map(({ subscriber: { node, connection } }) => {
        const until = placement.rightUntil(node);
        // It may have been silent since its last data.
        return until === undefined ? now : Math.min(until, connection?.receivedAt ?? now);
      });
    return Math.min(now, ...times);
  }

  /**
   * Holds messages back after a move to another node. It may lag behind the previous one and repeat messages that were
   * delivered.
   *
   * @param subscriber The new node.
   * @param placement Knows the nodes.
   * @param onOver Called when messages need not be held back any more, unless that is so at once.
   */
  waitForEchoes(
    subscriber: Subscriber<PlacedTopic>,
    placement: Placement,
    onOver: () => void,
  ): void {
    const now = Date.now();
    for (const [other, { delivers }] of this.seats) {
      if (delivers && other !== subscriber) this.last = { subscriber: other, at: now };
    }
    const { last } = this;
    if (last === null || last.subscriber === subscriber) return;
    this.last = null;
    const wait = last.at + placement.delay - now;
    if (wait <= 0 || !placement.mayRepeat(this, last.subscriber.node)) return;
    clearTimeout(this.echoes);
    this.echoes = setTimeout(() => {
      this.echoes = undefined;
      onOver();
    }, wait);
  }
}

/**
 * Makes the error for a call whose names were not confirmed in time.
 *
 * @param call The call.
 * @param kind Kind of its names.
 * @param timeout Its budget in milliseconds.
 */
export function notConfirmed(call: Call, kind: Kind, timeout: number): TimeoutError {
  const topics = call.missing as ReadonlySet<PlacedTopic>;
  const targets = [...topics].flatMap(({ targets }) => targets);
  const sent = targets.some(({ ready }) => ready);
  const cause = targets.find(({ ready }) => !ready)?.lastError;
  const what = sent
    ? "the server has not confirmed it"
    : cause === undefined
    ? "there is no connection"
    : cause.message;
  return new TimeoutError(`Cannot complete ${SUBSCRIBE[kind]} within ${timeout} ms: ${what}`, {
    phase: sent ? "sent" : "queued",
    timeout,
    cause,
  });
}
