/**
 * Reads the maps that several nodes send in one refresh. Most nodes send the same, and that is read only once.
 *
 * @module
 */

import type { Endpoint } from "../lib/connection/transport.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { Topology } from "./topology.ts";

/** A reply to CLUSTER SLOTS, and the map that it is. */
interface Reading {
  readonly reply: Reply;
  readonly topology: Topology;
}

/** The maps of one refresh. */
export class MapReadings {
  /** Maps that do not depend on the node that sent them. */
  readonly #readings: Reading[] = [];
  /** How long the process was busy with reading, in milliseconds. */
  busy = 0;

  /**
   * Reads a reply to CLUSTER SLOTS.
   *
   * @param reply The reply.
   * @param answeredBy The node that sent it.
   * @returns The map: the same object for equal replies.
   * @throws {UnexpectedReplyError} If the reply is malformed, or names no node at all.
   */
  read(reply: Reply, answeredBy: Endpoint): Topology {
    const started = performance.now();
    try {
      const known = this.#readings.find((reading) => isEqual(reading.reply, reply));
      if (known !== undefined) return known.topology;
      const topology = Topology.parse(reply, answeredBy);
      if (namesAllHosts(reply)) this.#readings.push({ reply, topology });
      return topology;
    } finally {
      this.busy += performance.now() - started;
    }
  }
}

/** Whether every node in a reply has a host: one without it is at the host that answered. */
function namesAllHosts(reply: Reply): boolean {
  return (reply as Reply[][][]).every((range) =>
    range.slice(2).every(([host]) => host !== null && host !== "")
  );
}

/** Compares two replies; false as well for kinds that are not in a map. */
function isEqual(a: Reply, b: Reply): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!isEqual(a[i], b[i])) return false;
    return true;
  }
  if (!(a instanceof Map && b instanceof Map) || a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !isEqual(value, other)) return false;
  }
  return true;
}
