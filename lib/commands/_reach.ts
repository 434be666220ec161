/**
 * Types of replies that come from several nodes of a cluster.
 *
 * The dispatcher calls the decoder once per node. Command methods have one implementation; only their return type
 * depends on the reach.
 *
 * @module
 */

import type { Decoder } from "../executor.ts";

/**
 * How many nodes a command reaches.
 *
 * - `"one"`: one node. On a standalone client, in a transaction, and on a view of a cluster client with a route to one
 *   node.
 * - `"policy"`: depends on the request policy of the command. On a cluster client without a route.
 * - `"several"`: several nodes. On a view of a cluster client with the route `"allPrimaries"` or `"allNodes"`.
 */
export type Reach = "one" | "policy" | "several";

/**
 * Key of a node in a {@linkcode ByNode} record: the address `host:port` that it announces. IPv6 addresses are in
 * brackets.
 */
export type NodeName = `${string}:${number}`;

/**
 * Replies by node, as a record with the keys `host:port`. Use `Object.values()` or `Object.entries()` to read them.
 *
 * @typeParam R Reply of one node.
 */
export type ByNode<R> = Record<NodeName, R>;

/**
 * Result of a command that reports on each node. On a standalone client, or with a route to one node, it is the reply.
 * On a cluster client it is a record of replies by `host:port`.
 *
 * @typeParam R Reply of one node.
 * @typeParam N How many nodes the command reaches.
 */
export type PerNode<R, N extends Reach> = N extends "one" ? R : ByNode<R>;

/**
 * Result of a command that goes to one node by default. With a route to several nodes it is a record of replies by
 * `host:port`, otherwise the reply.
 *
 * @typeParam R Reply of one node.
 * @typeParam N How many nodes the command reaches.
 */
export type PerRoutedNode<R, N extends Reach> = N extends "several" ? ByNode<R> : R;

/**
 * Changes the type of a decoder to that of the method's result.
 *
 * @param decode Decoder of the reply of one node.
 * @returns The same decoder.
 */
export function perNode<R, N extends Reach>(decode: Decoder<R>): Decoder<PerNode<R, N>> {
  return decode as Decoder<unknown> as Decoder<PerNode<R, N>>;
}

/**
 * Changes the type of a decoder to that of the method's result.
 *
 * @param decode Decoder of the reply of one node.
 * @returns The same decoder.
 */
export function perRoutedNode<R, N extends Reach>(
  decode: Decoder<R>,
): Decoder<PerRoutedNode<R, N>> {
  return decode as Decoder<unknown> as Decoder<PerRoutedNode<R, N>>;
}
