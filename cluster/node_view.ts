/**
 * What a node of a cluster says about itself: whether it still is who it was, and which slots are wholly its own.
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

/** A node in its own eyes. */
export interface NodeView {
  /** Its id in the cluster. */
  readonly id: string;
  /** Names its process: another one after every start. */
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
 * @param info Its reply to INFO server.
 * @throws {UnexpectedReplyError} If one of them is malformed.
 */
export function readNodeView(nodes: string, info: string): NodeView {
  const lines = nodes.split("\n").map((line) => line.trim().split(" "));
  const myself = lines.find(([, , flags]) => flags?.split(",").includes("myself"));
  const runId = /^run_id:(\w+)/m.exec(info)?.[1];
  if (myself === undefined || myself.length < 8 || runId === undefined) {
    throw new UnexpectedReplyError("Cannot read what a node says about itself");
  }
  const [id, , flags, , , , epoch, , ...slots] = myself;
  const owned = new Set<number>();
  const importing = new Set<number>();
  const migrating = new Map<number, Importer>();
  for (const item of slots) {
    const move = /^\[(\d+)-([<>])-(\w+)\]$/.exec(item);
    if (move !== null) {
      const [, slot, direction, other] = move;
      if (direction === "<") importing.add(Number(slot));
      else migrating.set(Number(slot), importerOf(other, lines));
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

/** Finds the address of a node by its id: `10.0.0.1:6379@16379,name`. A name is preferred, as in the map of the slots. */
function importerOf(id: string, lines: readonly string[][]): Importer {
  const [address, hostname] = lines.find(([other]) => other === id)?.[1].split(",") ?? [""];
  const [announced] = address.split("@");
  const colon = announced.lastIndexOf(":");
  return {
    id,
    host: hostname || announced.slice(0, colon),
    port: Number(announced.slice(colon + 1)),
  };
}
