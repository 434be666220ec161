/**
 * Failures of the nodes that were asked for the topology, for the error when there is no map.
 *
 * @module
 */

import { isHopeless } from "../lib/connection/handshake.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { ClusterError, ConnectionError, TimeoutError } from "../lib/errors.ts";

/** The last failure of each node that was asked for the map. */
export class SeedFailures {
  readonly #errors = new Map<string, Error>();

  /**
   * Notes why a node did not answer with the map.
   *
   * @param endpoint The node.
   * @param error Why.
   */
  note(endpoint: Endpoint, error: Error): void {
    this.#errors.set(show(endpoint), error);
  }

  /** The failure of the node that was the last to fail for the first time; undefined if none has failed. */
  get latest(): Error | undefined {
    return [...this.#errors.values()].at(-1);
  }

  /** A failure that further attempts cannot change; undefined if there is none. */
  get hopeless(): Error | undefined {
    for (const [address, error] of this.#errors) {
      if (isHopeless(error)) return error;
      if (!/cluster support disabled/i.test(error.message)) continue;
      return new ClusterError(
        `Cannot use ${address} as a cluster: its cluster mode is off; use RedisClient, ` +
          "or start the server with cluster-enabled yes",
        { cause: error },
      );
    }
    return undefined;
  }

  /**
   * Makes the error for a client that has found no map in time.
   *
   * @param seeds The addresses that the user has given.
   * @param budget The time that it had, in milliseconds.
   */
  explain(seeds: readonly Endpoint[], budget: number): Error {
    const { hopeless } = this;
    if (hopeless !== undefined) return hopeless;
    const answers = seeds.map((address) => {
      const where = show(address);
      const failure = this.#errors.get(where);
      return failure === undefined ? `${where} does not answer` : `${where}: ${failure.message}`;
    });
    const message = `Cannot find the cluster within ${budget} ms (${answers.join("; ")})`;
    const [first] = this.#errors.values();
    return first === undefined || first instanceof TimeoutError
      ? new TimeoutError(message, { phase: "queued", timeout: budget, cause: first })
      : new ConnectionError(message, { ...seeds[0], cause: first });
  }
}
