/**
 * Reads what a node of a cluster reports about itself: its identity, and the slots that it owns or moves.
 *
 * @module
 */

import { UnexpectedReplyError } from "../lib/errors.ts";
import type { Endpoint } from "../lib/connection/transport.ts";

/** A node that takes slots over from another one. */
export interface Importer extends Endpoint {
  /** Its id in the cluster. */
  readonly id: string;
}

/** The report of a node about itself. */
export interface NodeView {
  /** Its id in the cluster. */
  readonly id: string;
  /** Id of its process, or of the connection to it; it changes with every start. */
  readonly runId: string;
  /** Version of its claim to its slots: another one after each failover, and when it gets slots from other nodes. */
  readonly epoch: string;
  /** Whether it is a primary. */
  readonly primary: boolean;
  /** The slots that it owns. */
  readonly owned: ReadonlySet<number>;
  /** Slots of others, of which it may have keys already. */
  readonly importing: ReadonlySet<number>;
  /** Slots of its own, of which others may have keys already. */
  readonly migrating: ReadonlyMap<number, Importer>;
}

/**
 * Reads the view of a node.
 *
 * @param nodes Its reply to CLUSTER NODES.
 * @param runId Run id of its process.
 * @param asked The host that it was asked at. If that is its name, the names of the others are used as well.
 * @throws {UnexpectedReplyError} If the reply is malformed.
 */
export function readNodeView(nodes: string, runId: string, asked?: string): NodeView {
  const lines = nodes.split("\n").map((line) => line.trim().split(" "));
  const myself = lines.find(([, , flags]) => flags?.split(",").includes("myself"));
  if (myself === undefined || myself.length < 8) {
    throw new UnexpectedReplyError(
      "Cannot read the reply to CLUSTER NODES: it has no line for the node itself",
    );
  }
  const [id, own, flags, , , , epoch, , ...slots] = myself;
  const byName = asked !== undefined && own.split(",")[1] === asked;
  const owned = new Set<number>();
  const importing = new Set<number>();
  const migrating = new Map<number, Importer>();
  for (const item of slots) {
    const move = /^\[(\d+)-([<>])-(\w+)\]$/.exec(item);
    if (move !== null) {
      const [, slot, direction, other] = move;
      if (direction === "<") importing.add(Number(slot));
      else migrating.set(Number(slot), importerOf(other, lines, { byName }));
      continue;
    }
    const [first, last = first] = item.split("-").map(Number);
    for (let slot = first; slot <= last; slot++) owned.add(slot);
  }
  return {
    id,
    runId,
    epoch,
    primary: flags.split(",").includes("master"),
    owned,
    importing,
    migrating,
  };
}

/**
 * Reads the id of a process.
 *
 * @param info Its reply to INFO server.
 * @returns The id; undefined if the reply has none, as with some providers.
 */
export function readRunId(info: string): string | undefined {
  return /^run_id:(\w+)/m.exec(info)?.[1];
}

/** Finds the address of a node by its id: `10.0.0.1:6379@16379,name`. */
function importerOf(
  id: string,
  lines: readonly string[][],
  { byName }: { readonly byName: boolean },
): Importer {
  const [address, hostname] = lines.find(([other]) => other === id)?.[1].split(",") ?? [""];
  const [announced] = address.split("@");
  const colon = announced.lastIndexOf(":");
  return {
    id,
    host: byName && hostname ? hostname : announced.slice(0, colon) || hostname,
    port: Number(announced.slice(colon + 1)),
  };
}
