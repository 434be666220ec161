/**
 * Replies as the case files spell them.
 *
 * @module
 */

import { ConnectionError, type Reply, ServerError } from "../../cluster/mod.ts";
import { fromHex } from "./_cases.ts";

/** A reply as a case file has it. */
export type Spelled =
  | null
  | string
  | number
  | boolean
  | Spelled[]
  | { error: string }
  | { away: string }
  | { set: Spelled[] }
  | { map: [Spelled, Spelled][] }
  | { bigint: string }
  | { double: number }
  | { hex: string };

/**
 * Reads a spelled reply.
 *
 * @param spelled What the case file has.
 * @returns The reply; for `away` the error of a node that was not reached.
 */
export function read(spelled: Spelled): Reply | ConnectionError {
  if (spelled === null || typeof spelled !== "object") return spelled;
  if (Array.isArray(spelled)) return spelled.map((item) => read(item) as Reply);
  if ("error" in spelled) return new ServerError(spelled.error);
  if ("away" in spelled) return new ConnectionError(spelled.away, { host: "h", port: 1 });
  if ("set" in spelled) return new Set(spelled.set.map((item) => read(item) as Reply));
  if ("bigint" in spelled) return BigInt(spelled.bigint);
  if ("double" in spelled) return spelled.double;
  if ("hex" in spelled) return fromHex(spelled.hex);
  return new Map(spelled.map.map(([key, value]) => [read(key) as Reply, read(value) as Reply]));
}

/**
 * Reads a reply for each node.
 *
 * @param spelled The replies by the names of the nodes.
 */
export function readEach(spelled: Record<string, Spelled>): Map<string, Reply | ConnectionError> {
  return new Map(Object.entries(spelled).map(([node, reply]) => [node, read(reply)]));
}
