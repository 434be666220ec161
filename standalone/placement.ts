/**
 * Where the subscriptions of a standalone client are: at the primary.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import type { Words } from "../lib/executor.ts";
import type { Reply } from "../lib/resp/reply.ts";
import type { Placement } from "../lib/subscription/placement.ts";
import type { SubscriberNode } from "../lib/subscription/subscriber.ts";

/** How late a replica may hand a message on, in milliseconds. */
const REPLICATION_DELAY = 100;

/** What a {@linkcode StandalonePlacement} needs to know of the nodes. */
export interface PrimarySource {
  /** The primary; null while none is known. */
  primary(): Link | null;
  /** When a node said last that it is a primary, in milliseconds of `Date.now()`. */
  primaryAt(link: Link): number | undefined;
  /** Connects, or looks for a primary. */
  seek(): void;
  /** The node does not answer: another one may have taken its place. */
  doubt(link: Link): void;
  /** Milliseconds for a command of the client itself. */
  readonly timeout: number;
}

/** A node of a standalone client. */
interface Node extends SubscriberNode {
  readonly link: Link;
}

/**
 * Subscribes at the primary, and follows it.
 *
 * Replicas get what is published at the primary as well, but later; and what is published at a replica reaches nobody
 * else.
 */
export class StandalonePlacement implements Placement {
  readonly delay: number = REPLICATION_DELAY;
  readonly #source: PrimarySource;
  readonly #nodes = new WeakMap<Link, Node>();
  /** The primary of the last answer. */
  #primary: Link | null = null;

  /**
   * Makes a placement.
   *
   * @param source Knows the primary.
   */
  constructor(source: PrimarySource) {
    this.#source = source;
  }

  /** Whether another node is the primary than when that was last asked. */
  hasChanged(): boolean {
    const primary = this.#source.primary();
    if (primary === this.#primary) return false;
    this.#primary = primary;
    return true;
  }

  /**
   * The node at the end of a link.
   *
   * @param link The link.
   */
  nodeOf(link: Link): SubscriberNode {
    let node = this.#nodes.get(link);
    if (node === undefined) {
      node = { link, addresses: () => [link.endpoint] };
      this.#nodes.set(link, node);
    }
    return node;
  }

  groupOf(): number {
    return -1;
  }

  nodesFor(): readonly SubscriberNode[] {
    const primary = this.#primary = this.#source.primary();
    return primary === null ? [] : [this.nodeOf(primary)];
  }

  seek(): void {
    this.#source.seek();
  }

  onLost(): void {
    this.#source.seek();
  }

  onSilent(node: SubscriberNode): void {
    this.#source.doubt((node as Node).link);
  }

  onRefused(): boolean {
    return false;
  }

  rightUntil(node: SubscriberNode): number | undefined {
    return this.#source.primaryAt((node as Node).link);
  }

  mayRepeat(): boolean {
    // The old primary is a replica of the new one by now. A message can come from it first.
    return true;
  }

  call(node: SubscriberNode, words: Words): Promise<Reply> {
    return (node as Node).link.call(words, this.#source.timeout);
  }
}
