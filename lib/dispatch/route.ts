/**
 * Where in a cluster a request shall go, if not where its keys are.
 *
 * @module
 */

/** To the node that holds a key, or would hold it. */
export interface SlotKeyRoute {
  /** A key of the slot. */
  slotKey: string | Uint8Array;
  /** Rather to a replica of that node, if there is one. @default {false} */
  replica?: boolean;
}

/** To the node that holds a slot. */
export interface SlotRoute {
  /** The slot, from 0 to 16383. */
  slot: number;
  /** Rather to a replica of that node, if there is one. @default {false} */
  replica?: boolean;
}

/** To one node of the cluster, by the address that it announces. */
export interface AddressRoute {
  /** Host name or IP address. */
  host: string;
  /** TCP port. */
  port: number;
}

/** To one node: any one (a primary if the request may write), that of a key or slot, or one by its address. */
export type NodeRoute = "random" | SlotKeyRoute | SlotRoute | AddressRoute;

/** To several nodes: all primaries, or all primaries and replicas. */
export type NodesRoute = "allPrimaries" | "allNodes";

/** Where in a cluster a request shall go: to one node, or to several. */
export type Route = NodeRoute | NodesRoute;
