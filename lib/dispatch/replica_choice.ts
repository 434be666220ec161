/**
 * Chooses the replica for a read.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import type { Link } from "../connection/link.ts";
import type { Request } from "../connection/request.ts";
import { ServerError } from "../errors.ts";

/**
 * Time for which a replica gets no reads after it has answered that it cannot serve them, in milliseconds.
 *
 * A read that it rejects again goes to another node after an extra round trip, so ten attempts per second cost little.
 * A longer time would leave a recovered replica idle.
 */
const SHUN = 100;
/** How long a silent replica may take to answer a PING, and the wait before the next one, in milliseconds. */
const PROBE = 1000;

/** Finds the link to a node. */
export interface LinkSource<N> {
  /** The link to a node; the same one each time. */
  linkTo(node: N): Link;
}

/** Counts which of the replicas of one primary is next. */
export interface Turns {
  /** Number of the next turn. */
  turn: number;
}

/**
 * Chooses replicas in turn, and leaves out those that cannot serve at present.
 *
 * @typeParam N What stands for a node: a link, or something that a {@linkcode LinkSource} knows the link of.
 */
export class ReplicaChoice<N> {
  readonly #links: LinkSource<N>;
  readonly #signal: AbortSignal;
  /** Replicas that get no reads until a time. */
  readonly #shunned = new Map<Link, number>();
  /** Replicas that get no reads until they answer a PING. */
  readonly #probed = new Set<Link>();

  /**
   * Makes a choice in which every replica can serve.
   *
   * @param links Finds the links of replicas.
   * @param signal Ends the work in the background.
   */
  constructor(links: LinkSource<N>, signal: AbortSignal) {
    this.#links = links;
    this.#signal = signal;
  }

  /**
   * Chooses the next replica that is connected and can serve.
   *
   * @param replicas Replicas of one primary.
   * @param turns Their turns.
   * @returns Its link; undefined if there is none.
   */
  next(replicas: readonly N[], turns: Turns): Link | undefined {
    for (let i = 0; i < replicas.length; i++) {
      const link = this.#links.linkTo(replicas[turns.turn++ % replicas.length]);
      if (link.ready && !this.isShunned(link)) return link;
    }
    return undefined;
  }

  /**
   * Chooses a replica for a caller that wants no other node, and connects to those that it meets.
   *
   * @param replicas Replicas of one primary.
   * @param turns Their turns; null to choose the first one that can serve, as pages of one scan must.
   * @returns Its link, which is not connected yet if there is only one replica; undefined if none can serve.
   */
  demand(replicas: readonly N[], turns: Turns | null): Link | undefined {
    for (let i = 0; i < replicas.length; i++) {
      const at = turns === null ? i : turns.turn++ % replicas.length;
      const link = this.#links.linkTo(replicas[at]);
      link.start();
      if ((link.ready || replicas.length === 1) && !this.isShunned(link)) return link;
    }
    return undefined;
  }

  /** Sends no reads to a replica for a while, because it has said that it cannot serve them. */
  shun(link: Link): void {
    this.#shunned.set(link, performance.now() + SHUN);
  }

  /** Whether a replica gets no reads at present. */
  isShunned(link: Link): boolean {
    if (this.#probed.size > 0 && this.#probed.has(link)) return true;
    if (this.#shunned.size === 0) return false;
    const until = this.#shunned.get(link);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.#shunned.delete(link);
    return false;
  }

  /**
   * Sends no reads to a silent replica until it answers again.
   *
   * @param link Its link.
   * @returns Resolves when it has answered, was forgotten, or the client is closed.
   */
  async shunUntilAnswer(link: Link): Promise<void> {
    if (this.#probed.has(link)) return;
    this.#probed.add(link);
    while (this.#probed.has(link) && !this.#signal.aborted) {
      try {
        await link.call(["PING"], PROBE);
        this.#probed.delete(link);
      } catch (error) {
        // An error is an answer as well, unless a running script keeps the node from answering anything else.
        const refused = error instanceof ServerError;
        if (refused && error.code !== "BUSY") this.#probed.delete(link);
        // A link without a connection rejects at once.
        else if (refused || !link.ready) {
          await delay(PROBE, { signal: this.#signal }).catch(() => {});
        }
      }
    }
  }

  /** Forgets a replica that has left. */
  forget(link: Link): void {
    this.#shunned.delete(link);
    this.#probed.delete(link);
  }
}

/**
 * Whether a replica may answer a request.
 *
 * Commands without keys stay with the primary. So do scans of one key: a cursor is valid only on the node that made it.
 * So do reads for the cache.
 *
 * @param request The request.
 */
export function mayReadReplica(request: Request): boolean {
  const { row } = request;
  return row !== undefined && row.readOnly && !row.write && row.keys.length > 0 &&
    !readsPages(request) && request.tracked === null;
}

/**
 * Whether a request reads one page of a scan.
 *
 * @param request The request.
 */
export function readsPages({ row }: Request): boolean {
  return row !== undefined && SCANS.has(row.name);
}

const SCANS = new Set(["HSCAN", "SCAN", "SSCAN", "ZSCAN"]);
