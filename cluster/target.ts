/**
 * Targets: the nodes of the cluster to which a request goes.
 *
 * A request has no target until it is placed, unless its caller gives a route. Retries and redirections go by the
 * target, so a request is placed once.
 *
 * @module
 */

import type { Request } from "../lib/connection/request.ts";
import type { Route, SlotKeyRoute, SlotRoute } from "../lib/dispatch/route.ts";
import { slotOfRoute } from "./router.ts";
import type { Topology } from "./topology.ts";

/** Whether the caller wants a replica to answer. If it is only allowed, the settings of the client decide. */
export type ReplicaWish = "demanded" | "allowed";

/**
 * Where a request goes.
 *
 * A number is a slot: the request goes to the shard that owns it. Most requests have such a target, so it is no object.
 */
export type Target = number | ReplicaTarget | NodeTarget | RouteTarget;

/** A replica of the shard that owns a slot. */
export class ReplicaTarget {
  /** Kind of the target. */
  readonly to = "replica";
  /** The slot. */
  readonly slot: number;

  /**
   * Makes a target.
   *
   * @param slot The slot.
   */
  constructor(slot: number) {
    this.slot = slot;
  }
}

/** A route that is not to a slot: it is followed each time that the request is sent. */
export class RouteTarget {
  /** Kind of the target. */
  readonly to = "route";
  /** The route. */
  readonly route: Exclude<Route, SlotRoute | SlotKeyRoute>;

  /**
   * Makes a target of a route.
   *
   * @param route The route.
   */
  constructor(route: Exclude<Route, SlotRoute | SlotKeyRoute>) {
    this.route = route;
  }
}

/** One node by name. */
export class NodeTarget {
  /** Kind of the target. */
  readonly to = "node";
  /** Name of the node. It changes when another node has become the primary in its place. */
  name: string;
  /** A slot that the node must own as the primary; -1 if its role does not matter. */
  readonly anchor: number;
  /** Targets of the same request, this one included, if it is sent to several nodes. */
  readonly siblings: readonly NodeTarget[];

  /**
   * Makes a target.
   *
   * @param name Name of the node.
   * @param anchor A slot that the node must own as the primary; -1 if its role does not matter.
   * @param siblings Targets of the same request.
   */
  constructor(name: string, anchor = -1, siblings: readonly NodeTarget[] = []) {
    this.name = name;
    this.anchor = anchor;
    this.siblings = siblings;
  }
}

/**
 * Reads whether a route wants a replica to answer.
 *
 * @param route A route to a slot.
 */
export function wishOf({ replica }: SlotRoute | SlotKeyRoute): ReplicaWish {
  return replica === true ? "demanded" : "allowed";
}

/**
 * The target for a slot.
 *
 * @param slot The slot; -1 if there is none.
 * @param wish Whether the caller wants a replica to answer.
 * @returns The target; null if there is no slot.
 */
export function targetOfSlot(slot: number, wish: ReplicaWish = "allowed"): Target | null {
  if (slot === -1) return null;
  return wish === "demanded" ? new ReplicaTarget(slot) : slot;
}

/**
 * The target for a route.
 *
 * @param route The route.
 * @returns A slot if the route leads to one, else a target that is found on the map when the request is sent.
 */
export function targetOfRoute(route: Route): Target {
  if (typeof route !== "object" || "host" in route) return new RouteTarget(route);
  const slot = slotOfRoute(route);
  return wishOf(route) === "demanded" ? new ReplicaTarget(slot) : slot;
}

/**
 * The targets of a request for several nodes.
 *
 * @param topology The map.
 * @param which All nodes, or the primaries only.
 * @returns A target for each node; at least one.
 */
export function targetsOf(topology: Topology, which: "nodes" | "primaries"): NodeTarget[] {
  const targets: NodeTarget[] = [];
  const add = (name: string, anchor: number): void => {
    targets.push(new NodeTarget(name, anchor, targets));
  };
  if (which === "nodes") { for (const name of topology.nodes.keys()) add(name, -1); }
  else for (const { primary, anchor } of topology.shards) add(primary.name, anchor);
  return targets;
}

/**
 * The target of a request.
 *
 * @param request A request of a cluster client.
 * @returns The target; null if the request has not been placed.
 */
export function targetOf(request: Request): Target | null {
  return request.target as Target | null;
}
