/**
 * The nodes that sentinels count in, as links.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import type { NodeLinks } from "./node_links.ts";
import type { Candidate, Decision } from "./sentinel_decision.ts";

/** The nodes of the last decision of the sentinels. */
export class SentinelMembers {
  #followed: Candidate | null = null;
  /** The nodes that may be the primary, the likeliest first. */
  #candidates: ReadonlyMap<Link, Candidate> = new Map();
  #replicas: readonly Link[] = [];

  /** The present primary, as sentinels have named it; null if they have named none so far. */
  get followed(): Candidate | null {
    return this.#followed;
  }

  /**
   * Whether no other node may be the primary. What is wrong with a replica, or with one of several, is no reason to give
   * up.
   *
   * @param link The link to the node.
   */
  isSoleCandidate(link: Link): boolean {
    return this.#candidates.size === 1 && this.#candidates.has(link);
  }

  /**
   * Takes a decision, and connects to the nodes that are new. No link is ended yet.
   *
   * @param decision The decision, with candidates.
   * @param nodes The links.
   * @returns The links to the nodes that may be the primary, the likeliest first.
   */
  take({ candidates, replicas, doubtful }: Decision, nodes: NodeLinks): Link[] {
    this.#candidates = new Map(
      candidates.map((candidate) => {
        const { host, port } = candidate;
        return [nodes.linkTo({ host, port }), candidate];
      }),
    );
    this.#replicas = [
      ...replicas.map((replica) => nodes.linkTo(replica)),
      // Those that are connected tell themselves whether they are in sync.
      ...doubtful.flatMap((replica) => nodes.find(replica) ?? []).filter(({ ready }) => ready),
    ];
    for (const link of nodes.all) link.start();
    return [...this.#candidates.keys()];
  }

  /**
   * Notes that a node is the primary, and has said so itself.
   *
   * @param primary Its link.
   */
  follow(primary: Link): void {
    this.#followed = this.#candidates.get(primary) ?? this.#followed;
  }

  /**
   * Ends the links to all other nodes.
   *
   * @param primary The present primary; null if there is none.
   * @param nodes The links.
   * @param onLeft Called for each link, before it ends.
   */
  keepWith(primary: Link | null, nodes: NodeLinks, onLeft: (link: Link) => void): void {
    const kept = new Set([...this.#candidates.keys(), ...this.#replicas]);
    if (primary !== null) kept.add(primary);
    nodes.keep(kept, onLeft);
  }
}
