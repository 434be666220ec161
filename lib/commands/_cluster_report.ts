/**
 * What CLUSTER INFO and CLUSTER NODES report: texts in notations of their own.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toText, unexpected } from "./_decode.ts";

/** Neighbouring slots: the first and the last one, which is included. */
export type SlotRange = readonly [first: number, last: number];

/** What {@linkcode ClusterCommands.clusterInfo} answers: the cluster as one node sees it. */
export interface ClusterInfo {
  /** Whether the node takes commands. */
  state: "ok" | "fail";
  /** Number of slots that have an owner. */
  slotsAssigned: number;
  /** Number of those whose owner is neither failing nor suspected to. */
  slotsOk: number;
  /** Number of those whose owner this node suspects to fail. */
  slotsPfail: number;
  /** Number of those whose owner the cluster agrees to fail. */
  slotsFail: number;
  /** Number of nodes that are known, failing ones included. */
  knownNodes: number;
  /** Number of primaries that have slots. */
  size: number;
  /** The latest epoch that the node knows: how often roles or slots have changed. */
  currentEpoch: number;
  /** The epoch of the node's own slots. */
  myEpoch: number;
  /** Number of messages to other nodes. Those of each kind, and what newer servers add, are there as well. */
  statsMessagesSent: number;
  /** Number of messages from other nodes. */
  statsMessagesReceived: number;
  /** How often a connection to another node was closed since its buffer was too large. */
  totalClusterLinksBufferLimitExceeded: number;
}

/** A slot that is moving to another node, or from it. */
export interface MovingSlot {
  /** The slot. */
  slot: number;
  /** Id of the other node. */
  node: string;
}

/** A node, as {@linkcode ClusterCommands.clusterNodes} and {@linkcode ClusterCommands.clusterReplicas} describe it. */
export interface ClusterNodeInfo {
  /** Its id: 40 hexadecimal digits. */
  id: string;
  /** Its IP address; empty if it is not known. */
  host: string;
  /** Its port for clients. */
  port: number;
  /** Its port for other nodes. */
  busPort: number;
  /** Its host name, if it announces one. */
  hostname?: string;
  /** Whether it is a primary. */
  role: "primary" | "replica";
  /** All its flags in the words of the server: `"myself"`, `"master"`, `"slave"`, `"fail?"`, `"fail"`, … */
  flags: string[];
  /** Id of its primary; null for a primary. */
  primary: string | null;
  /** When it was asked for a sign of life that it has not given yet, as Unix time in milliseconds; else 0. */
  pingSent: number;
  /** When it gave the last sign of life, as Unix time in milliseconds. */
  pongReceived: number;
  /** The epoch of its slots. */
  configEpoch: number;
  /** Whether it is connected with the node that answers. */
  linkState: "connected" | "disconnected";
  /** Its slots. */
  slots: SlotRange[];
  /** Slots that move away from it; only the node that answers tells this of itself. */
  migrating: MovingSlot[];
  /** Slots that move to it; only the node that answers tells this of itself. */
  importing: MovingSlot[];
}

/** What CLUSTER INFO answers: `cluster_state:ok` and so on. */
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

/** What CLUSTER NODES answers: a line for each node. */
export function toClusterNodes(reply: Reply): ClusterNodeInfo[] {
  return toText(reply).trimEnd().split("\n").map(toNode);
}

/** What CLUSTER REPLICAS answers: a list of such lines. */
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
