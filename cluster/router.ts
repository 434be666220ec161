/**
 * Decides where a request goes, and what an error reply means for it. Only this file reads MOVED, ASK and similar
 * errors.
 *
 * All functions here are pure; `dispatcher.ts` acts on their results.
 *
 * @module
 */

import { type CommandRow, keyPositions } from "../lib/command_table/mod.ts";
import type { SlotKeyRoute, SlotRoute } from "../lib/dispatch/route.ts";
import { show } from "../lib/connection/transport.ts";
import type { Endpoint } from "../lib/connection/transport.ts";
import { ClusterError, ServerError } from "../lib/errors.ts";
import { isRedirection, wasNotExecuted } from "../lib/command_table/not_executed.ts";
import type { Argument } from "../lib/resp/reply.ts";
import { slotOf } from "./slot.ts";

/** Where the requests of a command go. */
export type Plan =
  /** To the slot of the one key, which is argument `position`. */
  | { readonly to: "key"; readonly position: number }
  /** To the slot that all keys share; to any node if there is none. */
  | { readonly to: "keys" }
  /** To the slots of the keys, in parts. */
  | { readonly to: "parts" }
  /** To all nodes, or all primaries. */
  | { readonly to: "nodes"; readonly which: "nodes" | "primaries" }
  /** To any node. */
  | { readonly to: "any" }
  /** To any node, but to the same one for the same channel, which is argument 1: else messages would change their order. */
  | { readonly to: "channel" }
  /** Only where the route of the caller says. */
  | { readonly to: "caller" };

/**
 * Tells where the requests of a command go.
 *
 * @param row The command's row.
 * @returns The plan.
 */
export function planOf(row: CommandRow): Plan {
  switch (row.requestPolicy) {
    case "all_nodes":
      return { to: "nodes", which: "nodes" };
    case "all_shards":
      return { to: "nodes", which: "primaries" };
    case "multi_shard":
      return { to: "parts" };
    case "special":
      return { to: "caller" };
  }
  if (row.keys.length === 0) return { to: row.name === "PUBLISH" ? "channel" : "any" };
  const [{ find }] = row.keys;
  return row.keys.length === 1 && row.fixedFirstKey > 0 && find.type === "range" &&
      find.lastKey === 0
    ? { to: "key", position: row.fixedFirstKey }
    : { to: "keys" };
}

/**
 * The slot that all keys of a call share.
 *
 * @param row The command's row.
 * @param words Words of the call.
 * @returns The slot; -1 if there is no key.
 * @throws {ClusterError} If the keys do not share one.
 */
export function commonSlot(row: CommandRow, words: readonly Argument[]): number {
  return slotOfKeys(row.name, keyPositions(row, words).map((position) => words[position]));
}

/**
 * The slot that keys share.
 *
 * @param name Name of the command, for the message.
 * @param keys The keys.
 * @returns The slot; -1 if there is no key.
 * @throws {ClusterError} If they do not share one.
 */
export function slotOfKeys(name: string, keys: readonly Argument[]): number {
  let common = -1;
  for (const key of keys) {
    const slot = slotOf(key);
    if (common === -1) common = slot;
    else if (common !== slot) {
      throw new ClusterError(
        `Cannot send ${name}: its keys are in different slots (${common} and ${slot}); ` +
          "give them a common hash tag, such as {user:1}",
        { slot: common },
      );
    }
  }
  return common;
}

/**
 * The slot of a route.
 *
 * @param route A route to a slot.
 */
export function slotOfRoute(route: SlotRoute | SlotKeyRoute): number {
  return "slot" in route ? route.slot : slotOf(route.slotKey);
}

/** A request was sent to another node. */
export interface Redirection {
  /** `move`: the slot belongs to that node, now and from now on. `ask`: only this one request is for it. */
  readonly action: "move" | "ask";
  /** The slot. */
  readonly slot: number;
  /** The node. */
  readonly target: Endpoint;
}

/** What an error reply means for its request. */
export type Decision =
  | Redirection
  /** Not executed, and worth another try after a while; `refresh` if the map may be wrong. */
  | { readonly action: "wait"; readonly refresh: boolean }
  /** Not executed by this replica; another node can. */
  | { readonly action: "elsewhere" }
  /** To be returned to the caller. */
  | { readonly action: "reject" };

const REJECT: Decision = { action: "reject" };

/**
 * Decides on an error reply.
 *
 * @param error The error.
 * @param row What is known of the command.
 * @param from The node that sent it: what an empty host stands for.
 * @param isReplica Tells whether that node was asked as a replica.
 * @returns The decision.
 */
export function decide(
  error: ServerError,
  row: CommandRow | undefined,
  from: Endpoint,
  isReplica: () => boolean,
): Decision {
  if (isRedirection(error)) {
    const target = targetOf(error.message, from);
    if (target === undefined) return REJECT;
    return { action: error.code === "MOVED" ? "move" : "ask", ...target };
  }
  if (!wasNotExecuted(error, row)) return REJECT;
  switch (error.code) {
    case "LOADING":
    case "MASTERDOWN":
      return isReplica() ? { action: "elsewhere" } : { action: "wait", refresh: false };
    default:
      return { action: "wait", refresh: castsDoubt(error) };
  }
}

/**
 * Whether an error means that the map may be wrong.
 *
 * @param error What makes a request wait.
 */
export function castsDoubt(error: Error | undefined): boolean {
  return error instanceof ServerError &&
    ["CLUSTERDOWN", "MOVED", "READONLY", "UNBLOCKED"].includes(error.code);
}

/** Reads `MOVED 3999 127.0.0.1:6381`; the host may be empty, or an IPv6 address with or without brackets. */
function targetOf(
  message: string,
  from: Endpoint,
): { slot: number; target: Endpoint } | undefined {
  const match = /^(?:MOVED|ASK) (\d{1,5}) (.*):(\d{1,5})$/.exec(message);
  if (match === null) return undefined;
  const slot = Number(match[1]);
  const host = match[2].replace(/^\[(.*)\]$/, "$1");
  const port = Number(match[3]);
  if (slot > 16_383 || port === 0 || port > 65_535 || host === "?") return undefined;
  return { slot, target: { host: host === "" ? from.host : host, port } };
}

/**
 * The error for a request that was sent from node to node without end.
 *
 * @param name Name of the command.
 * @param hops How often it was redirected.
 * @param last The last redirection.
 */
export function tooManyRedirects(name: string, hops: number, last: ServerError): ClusterError {
  return new ClusterError(`Cannot send ${name}: it was redirected ${hops} times`, { cause: last });
}

/**
 * The error for a slot without an owner.
 *
 * @param name Name of the command.
 * @param slot The slot.
 */
export function noOwner(name: string, slot: number): ClusterError {
  return new ClusterError(`Cannot send ${name}: no node of the cluster owns slot ${slot}`, {
    slot,
  });
}

/**
 * The error for a command that needs a route, and was called without one.
 *
 * @param row The command's row.
 */
export function needsRoute({ name }: CommandRow): TypeError {
  return new TypeError(
    `Cannot send ${name} to a cluster without a route: ${
      name === "SCAN"
        ? "its cursor belongs to one node; use scanIterator()"
        : "say which node it is for by with({ route })"
    }`,
  );
}

/**
 * The error for a route to a node that is not there.
 *
 * @param name Name of the command.
 * @param endpoint The address that the caller gave.
 */
export function noSuchNode(name: string, endpoint: Endpoint): ClusterError {
  return new ClusterError(`Cannot send ${name}: the cluster has no node ${show(endpoint)}`);
}
