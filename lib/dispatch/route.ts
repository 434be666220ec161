/**
 * Routes of requests in a cluster.
 *
 * @module
 */

/** Route to the node that owns the slot of a key. The key need not exist. */
export interface SlotKeyRoute {
  /** The key. */
  slotKey: string | Uint8Array;
  /**
   * Prefer a replica of that node.
   *
   * @default {false}
   */
  replica?: boolean;
}

/** Route to the node that owns a slot. */
export interface SlotRoute {
  /** The slot, from 0 to 16383. */
  slot: number;
  /**
   * Prefer a replica of that node.
   *
   * @default {false}
   */
  replica?: boolean;
}

/** Route to a node by the address that it announces in the cluster. */
export interface AddressRoute {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** Route to one node. `"random"` is any node, or any primary if the request may write. */
export type NodeRoute = "random" | SlotKeyRoute | SlotRoute | AddressRoute;

/** Route to several nodes: all primaries, or all primaries and replicas. */
export type NodesRoute = "allPrimaries" | "allNodes";

/** Route of a request in a cluster: to one node or to several. */
export type Route = NodeRoute | NodesRoute;
