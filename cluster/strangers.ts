/**
 * Nodes of other clusters: an address can belong to somebody else when a node has been away.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import { ServerError, UnexpectedReplyError } from "../lib/errors.ts";
import { Topology, type View } from "./topology.ts";

/** How long a node may take to tell who it is, in milliseconds. */
const ANSWER = 1000;
/** How long some of the seeds must agree on another cluster before they are believed, in milliseconds. */
const DOUBT = 5000;

/**
 * Finds out whether the node at the other end of a link belongs to another cluster than a map.
 *
 * @param link A link that is connected.
 * @param topology The map.
 * @returns False also if the node does not tell.
 * @throws {ConnectionError | TimeoutError} If the node does not answer at all.
 */
export async function isStranger(link: Link, topology: Topology): Promise<boolean> {
  if (topology.ids.size === 0) return false;
  try {
    const id = await link.call(["CLUSTER", "MYID"], ANSWER);
    if (typeof id !== "string" || topology.ids.has(id)) return false;
    // It may be a new node of the same cluster.
    const slots = await link.call(["CLUSTER", "SLOTS"], ANSWER);
    return !Topology.parse(slots, link.endpoint).isAkin(topology);
  } catch (error) {
    // It may not be asked, or knows no cluster at all.
    if (error instanceof ServerError || error instanceof UnexpectedReplyError) return false;
    throw error;
  }
}

/** Decides when to believe seeds that tell of a cluster that has no node in common with the present map. */
export class ForeignMaps {
  /** Since when some seeds tell of another cluster, and none of the present one. */
  #since: number | undefined;

  /** Notes that nodes tell of the present cluster. */
  allIsWell(): void {
    this.#since = undefined;
  }

  /**
   * Tells whether to change to another cluster.
   *
   * @param views What the seeds say that answered; none of them knows a node of the present map.
   * @param seeds How many seeds there are.
   * @param now The time in milliseconds.
   * @returns True if all seeds agree. Where some do not answer, those that do must agree for some time: the others may
   * be about to come back.
   */
  believes(views: readonly View[], seeds: number, now: number = performance.now()): boolean {
    const [first, ...others] = views;
    if (first === undefined || !others.every(({ topology }) => topology.isAkin(first.topology))) {
      this.#since = undefined;
      return false;
    }
    if (views.length === seeds) return true;
    this.#since ??= now;
    return now - this.#since > DOUBT;
  }
}
