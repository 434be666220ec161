/**
 * The nodes that sentinels count in, as links.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import type { NodeLinks } from "./node_links.ts";
import type { Decision } from "./sentinel_decision.ts";

/** The nodes of the last decision of the sentinels. */
export class SentinelMembers {
  /** Epoch of the present primary; -1 if sentinels have named none so far. */
  followed = -1;
  /** The nodes that may be the primary, the likeliest first, with their epochs. */
  #candidates: ReadonlyMap<Link, number> = new Map();
  #replicas: readonly Link[] = [];

  /**
   * Takes a decision, and connects to the nodes that are new. No link is ended yet.
   *
   * @param decision The decision, with candidates.
   * @param nodes The links.
   * @returns The links to the nodes that may be the primary, the likeliest first.
   */
  take({ candidates, replicas, doubtful }: Decision, nodes: NodeLinks): Link[] {
    this.#candidates = new Map(
      candidates.map(({ host, port, epoch }) => [nodes.linkTo({ host, port }), epoch]),
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
   * Ends the links to all other nodes.
   *
   * @param primary The primary, which has said so itself.
   * @param nodes The links.
   * @param onLeft Called for each link, before it ends.
   */
  keepWith(primary: Link, nodes: NodeLinks, onLeft: (link: Link) => void): void {
    this.followed = this.#candidates.get(primary) ?? this.followed;
    nodes.keep(new Set([primary, ...this.#candidates.keys(), ...this.#replicas]), onLeft);
  }
}
