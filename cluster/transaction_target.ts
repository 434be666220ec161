/**
 * Where a transaction goes.
 *
 * @module
 */

import { type CommandRow, keyPositions } from "../lib/command_table/mod.ts";
import type { Route } from "../lib/dispatch/route.ts";
import { ClusterError, ConfigurationError } from "../lib/errors.ts";
import type { Argument } from "../lib/resp/reply.ts";
import { slotOfKeys, slotOfRoute } from "./router.ts";
import { type ReplicaWish, type Target, targetOfSlot, wishOf } from "./target.ts";

/** A command of a transaction. */
export interface TransactionCommand {
  /** Its words. */
  readonly words: readonly Argument[];
  /** What is known of it; undefined for a command that no table has. */
  readonly row: CommandRow | undefined;
}

/**
 * Finds the target of a transaction.
 *
 * @param commands Its commands.
 * @param route The route that the caller gave.
 * @returns The target; null if it has no keys, or the route names a node: then the route alone says where it goes.
 * @throws {ClusterError} If the keys are in different slots, or not in that of the route, or if they are not known.
 * @throws {ConfigurationError} If the route names several nodes.
 */
export function targetOfTransaction(
  commands: readonly TransactionCommand[],
  route: Route | undefined,
): Target | null {
  const slot = slotOfKeys("the transaction", commands.flatMap(keysOf));
  if (route === "allPrimaries" || route === "allNodes") {
    throw new ConfigurationError(
      `Cannot send the transaction to several nodes (route "${route}"): ` +
        "expected a route to one node, or none",
      "route",
    );
  }
  let wish: ReplicaWish = "allowed";
  if (typeof route === "object") {
    if ("host" in route) return null;
    const wanted = slotOfRoute(route);
    if (slot !== -1 && slot !== wanted) {
      throw new ClusterError(
        `Cannot send the transaction: its keys are in slot ${slot}, its route names slot ${wanted}`,
        { slot },
      );
    }
    wish = wishOf(route);
  }
  return targetOfSlot(slot, wish);
}

function keysOf({ row, words }: TransactionCommand): Argument[] {
  if (row === undefined || row.keysNeedServer) {
    throw new ClusterError(
      `Cannot send ${
        words[0]
      } in a transaction: only the servers know its keys; run it once by itself`,
    );
  }
  return keyPositions(row, words).map((position) => words[position]);
}
