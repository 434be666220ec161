/**
 * Finds the node of a cluster for MONITOR.
 *
 * @module
 */

import type { Endpoint } from "../lib/connection/transport.ts";
import type { Route } from "../lib/dispatch/route.ts";
import { ConfigurationError, RedisError } from "../lib/errors.ts";
import type { Discovery } from "./discovery.ts";
import type { Nodes } from "./nodes.ts";
import { noSuchNode, slotOfRoute } from "./router.ts";
import type { ClusterNode, Topology } from "./topology.ts";

/**
 * Finds the node of a route, for MONITOR.
 *
 * @param route The route.
 * @param nodes The nodes of the client.
 * @param discovery Finds the map.
 * @returns Tells where to try to reach the node, by the present map. It throws a `ClusterError` if the cluster does not
 * have the node, and another error if the map is not known, or the slot has no owner at present.
 * @throws {ConfigurationError} If there is no route, or one to several nodes.
 */
export function monitoredNode(
  route: Route | undefined,
  nodes: Nodes,
  discovery: Discovery,
): () => readonly Endpoint[] {
  if (route === undefined || route === "allNodes" || route === "allPrimaries") {
    throw new ConfigurationError(
      "Cannot monitor a cluster without a route to one node: use with({ route })",
      "route",
    );
  }
  /** Name of the node that was chosen at random. */
  let chosen: string | undefined;
  const find = (topology: Topology): ClusterNode | undefined => {
    if (route === "random") {
      const { shards } = topology;
      const shard = shards.find(({ primary }) => primary.name === chosen) ??
        shards[Math.floor(Math.random() * shards.length)];
      chosen = shard.primary.name;
      return shard.primary;
    }
    if ("host" in route) {
      const node = nodes.find(route);
      if (node === undefined) throw noSuchNode("MONITOR", route);
      return node;
    }
    const shard = topology.shardOf(slotOfRoute(route));
    const replicas = shard?.replicas ?? [];
    return route.replica === true && replicas.length > 0
      ? replicas[Math.floor(Math.random() * replicas.length)]
      : shard?.primary;
  };
  return () => {
    const { topology } = nodes;
    if (topology === null) {
      discovery.start();
      throw new RedisError("Cannot monitor: the cluster is not known yet");
    }
    const node = find(topology);
    if (node !== undefined) return nodes.addressesOf(node);
    discovery.refresh("broken");
    throw new RedisError("Cannot monitor: no node of the cluster owns the slot");
  };
}
