/**
 * Nodes of other clusters: while a node is away, its address can be given to a node of another cluster.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import { ServerError, UnexpectedReplyError } from "../lib/errors.ts";
import { ANSWER_TIMEOUT, Topology, type View } from "./topology.ts";

/** If not all seeds answer: time for which those that answer must agree on another cluster, in milliseconds. */
const AGREEMENT = 5000;

/**
 * Finds out whether the node at the other end of a link belongs to another cluster than a map.
 *
 * @param link A link that is connected.
 * @param topology The map.
 * @returns Whether it does; false if the node does not tell its id.
 * @throws {ConnectionError | TimeoutError} If the node does not answer at all.
 */
export async function isForeign(link: Link, topology: Topology): Promise<boolean> {
  if (topology.ids.size === 0) return false;
  try {
    const id = await link.call(["CLUSTER", "MYID"], ANSWER_TIMEOUT);
    if (typeof id !== "string" || topology.ids.has(id)) return false;
    // It may be a new node of the same cluster.
    const slots = await link.call(["CLUSTER", "SLOTS"], ANSWER_TIMEOUT);
    return !Topology.parse(slots, link.endpoint).mayBeOfCluster(topology);
  } catch (error) {
    // The user may not ask, or the node is in no cluster.
    if (error instanceof ServerError || error instanceof UnexpectedReplyError) return false;
    throw error;
  }
}

/** Decides when to accept a map that has no node in common with the present one. */
export class ForeignMaps {
  /** Since when seeds report another cluster and none reports the present one; undefined otherwise. */
  #since: number | undefined;

  /** Begins anew, because nodes of the present cluster answer. */
  reset(): void {
    this.#since = undefined;
  }

  /**
   * Tells whether to change to another cluster.
   *
   * @param views The maps of the seeds that answered; none has a node of the present map.
   * @param seeds How many seeds there are.
   * @param now The time in milliseconds.
   * @returns True if all seeds agree. If some do not answer, the others must agree for a while, in case those come back.
   */
  accepts(views: readonly View[], seeds: number, now: number = performance.now()): boolean {
    const [first, ...others] = views;
    if (
      first === undefined ||
      !others.every(({ topology }) => topology.mayBeOfCluster(first.topology))
    ) {
      this.#since = undefined;
      return false;
    }
    if (views.length === seeds) return true;
    this.#since ??= now;
    return now - this.#since > AGREEMENT;
  }
}
