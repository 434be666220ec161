/**
 * Replies of CLUSTER INFO and CLUSTER NODES.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toText, unexpected } from "./_decode.ts";

/** Range of slots, including both ends. */
export type SlotRange = readonly [first: number, last: number];

/**
 * State of the cluster from the view of one node, as returned by
 * {@linkcode ClusterCommands.prototype.clusterInfo | ClusterCommands.clusterInfo}.
 */
export interface ClusterInfo {
  /** Whether the node can serve commands. */
  state: "ok" | "fail";
  /** Number of slots with an owner. */
  slotsAssigned: number;
  /** Number of slots whose owner is neither in the state FAIL nor PFAIL. */
  slotsOk: number;
  /** Number of slots whose owner is in the state PFAIL: this node suspects a failure. */
  slotsPfail: number;
  /** Number of slots whose owner is in the state FAIL: the cluster agrees on a failure. */
  slotsFail: number;
  /** Number of known nodes, including failed ones. */
  knownNodes: number;
  /** Number of primaries with slots. */
  size: number;
  /** Highest epoch that the node knows. It grows with each failover and each change of slots. */
  currentEpoch: number;
  /** Epoch of the slot configuration of this node. */
  myEpoch: number;
  /** Number of messages sent to other nodes. The object also has counters by kind, and fields of newer servers. */
  statsMessagesSent: number;
  /** Number of messages received from other nodes. */
  statsMessagesReceived: number;
  /** Number of connections to other nodes that were closed because their buffer exceeded the limit. */
  totalClusterLinksBufferLimitExceeded: number;
}

/** A slot that is being migrated. */
export interface MovingSlot {
  /** The slot. */
  slot: number;
  /** Id of the other node. */
  node: string;
}

/**
 * A node, as returned by {@linkcode ClusterCommands.prototype.clusterNodes | ClusterCommands.clusterNodes} and
 * {@linkcode ClusterCommands.prototype.clusterReplicas | ClusterCommands.clusterReplicas}.
 */
export interface ClusterNodeInfo {
  /** Node id: 40 hexadecimal digits. */
  id: string;
  /** IP address; empty if it is not known. */
  host: string;
  /** Port for clients. */
  port: number;
  /** Port for other nodes (cluster bus). */
  busPort: number;
  /** Host name, if the node announces one. */
  hostname?: string;
  /** Role of the node. */
  role: "primary" | "replica";
  /** Flags as sent by the server: `"myself"`, `"master"`, `"slave"`, `"fail?"`, `"fail"`, … */
  flags: string[];
  /** Id of the primary of a replica; null for a primary. */
  primary: string | null;
  /** Time of the pending ping, as Unix time in milliseconds; 0 if none is pending. */
  pingSent: number;
  /** Time of the last pong, as Unix time in milliseconds. */
  pongReceived: number;
  /** Epoch of the slot configuration of the node. */
  configEpoch: number;
  /** State of the connection between the node and the node that replies. */
  linkState: "connected" | "disconnected";
  /** Slots of the node. */
  slots: SlotRange[];
  /** Slots that are migrating from this node. Only known for the node that replies. */
  migrating: MovingSlot[];
  /** Slots that are migrating to this node. Only known for the node that replies. */
  importing: MovingSlot[];
}

/** Reads the reply of CLUSTER INFO: lines such as `cluster_state:ok`. */
export function toClusterInfo(reply: Reply): ClusterInfo {
  const info: Record<string, string | number> = {};
  for (const line of toText(reply).trimEnd().split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1);
    const name = line.slice(0, colon).replace(/^cluster_/, "")
      .replace(/[_-](.)/g, (_, letter) => letter.toUpperCase());
    info[name] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return isClusterInfo(info) ? info : unexpected(reply, "a report on a cluster");
}

function isClusterInfo(info: object): info is ClusterInfo {
  return "state" in info && "slotsAssigned" in info && "knownNodes" in info;
}

/** Reads the reply of CLUSTER NODES: one line per node. */
export function toClusterNodes(reply: Reply): ClusterNodeInfo[] {
  return toText(reply).trimEnd().split("\n").map(toNode);
}

/** Reads the reply of CLUSTER REPLICAS: a list of such lines. */
export function toReplicaNodes(reply: Reply): ClusterNodeInfo[] {
  return elements(reply).map((line) => toNode(toText(line)));
}

function toNode(line: string): ClusterNodeInfo {
  const [id, address, flagList, primary, ping, pong, epoch, linkState, ...slots] = line.split(" ");
  // Behind the host name there may be more, as name=value.
  const [endpoint, hostname = ""] = (address ?? "").split(",");
  const [, host, port, busPort] = endpoint.match(/^(.*):(\d+)(?:@(\d+))?$/) ?? [];
  if (port === undefined || linkState !== "connected" && linkState !== "disconnected") {
    return unexpected(line, "a report on a node");
  }
  const flags = flagList.split(",");
  return {
    id,
    host,
    port: Number(port),
    busPort: Number(busPort ?? 0),
    ...(hostname === "" ? {} : { hostname }),
    role: flags.includes("slave") ? "replica" : "primary",
    flags,
    primary: primary === "-" ? null : primary,
    pingSent: Number(ping),
    pongReceived: Number(pong),
    configEpoch: Number(epoch),
    linkState,
    slots: slots.filter((part) => !part.startsWith("[")).map(toRange),
    migrating: moving(slots, "->-"),
    importing: moving(slots, "-<-"),
  };
}

function toRange(part: string): SlotRange {
  const [first, last = first] = part.split("-").map(Number);
  return [first, last];
}

/** `[93->-id]` and `[93-<-id]`. */
function moving(parts: readonly string[], arrow: string): MovingSlot[] {
  return parts.filter((part) => part.startsWith("[") && part.includes(arrow)).map((part) => {
    const [slot, node] = part.slice(1, -1).split(arrow);
    return { slot: Number(slot), node };
  });
}
