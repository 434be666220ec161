/**
 * The primaries for which the start of a client waits.
 *
 * @module
 */

import type { Topology } from "./topology.ts";

/** Primaries that have neither been reached nor failed since the first map was found. */
export class AwaitedPrimaries {
  /** Their names; undefined before the first map. */
  #names: Set<string> | undefined;

  /**
   * Takes a map: the first one says for which primaries to wait, later ones which of them have left.
   *
   * @param topology The map.
   * @param isReady Tells whether a node is connected.
   * @returns Whether the client has nothing to wait for.
   */
  take(topology: Topology, isReady: (name: string) => boolean): boolean {
    this.#names ??= new Set(topology.shards.map(({ primary }) => primary.name));
    for (const name of this.#names) {
      if (!topology.nodes.has(name) || isReady(name)) this.#names.delete(name);
    }
    return this.#names.size === 0;
  }

  /**
   * Notes that a node was reached, or failed.
   *
   * @param name Name of the node; undefined if it has left.
   * @returns Whether the client has nothing to wait for any more.
   */
  heard(name: string | undefined): boolean {
    if (this.#names === undefined) return false;
    if (name !== undefined) this.#names.delete(name);
    return this.#names.size === 0;
  }
}
