/**
 * Types of replies that come from several nodes of a cluster.
 *
 * The dispatcher decodes such a reply once for each node. So a method has one body for all surfaces, and only its type
 * depends on the reach.
 *
 * @module
 */

import type { Decoder } from "../executor.ts";

/**
 * How many nodes the commands of a surface reach.
 *
 * - `"one"`: a single one. A standalone server, a transaction, a view of a cluster client with a route to one node.
 * - `"policy"`: as many as the servers' own policies say. A cluster client.
 * - `"several"`: as many as were asked for. A view of a cluster client with a route to several nodes.
 */
export type Reach = "one" | "policy" | "several";

/** Name of a node in a reply: its announced address `host:port`, an IPv6 address in brackets. */
export type NodeName = `${string}:${number}`;

/**
 * Replies by node. Pick one by its name, or take all with `Object.values()` and `Object.entries()`.
 *
 * @typeParam R What one node answers.
 */
export type ByNode<R> = Record<NodeName, R>;

/**
 * What a command answers that reports on each node: in a cluster a record by the addresses of the nodes, `host:port`.
 *
 * @typeParam R What one node answers.
 * @typeParam N How many nodes are reached.
 */
export type PerNode<R, N extends Reach> = N extends "one" ? R : ByNode<R>;

/**
 * What a command answers that goes to one node unless a route to several asks for more: then a record by the addresses of
 * the nodes, `host:port`.
 *
 * @typeParam R What one node answers.
 * @typeParam N How many nodes are reached.
 */
export type PerRoutedNode<R, N extends Reach> = N extends "several" ? ByNode<R> : R;

/**
 * Gives a decoder the type of what the caller gets of it.
 *
 * @param decode Decoder of what one node answers.
 * @returns The same decoder.
 */
export function perNode<R, N extends Reach>(decode: Decoder<R>): Decoder<PerNode<R, N>> {
  return decode as Decoder<unknown> as Decoder<PerNode<R, N>>;
}

/**
 * Gives a decoder the type of what the caller gets of it.
 *
 * @param decode Decoder of what one node answers.
 * @returns The same decoder.
 */
export function perRoutedNode<R, N extends Reach>(
  decode: Decoder<R>,
): Decoder<PerRoutedNode<R, N>> {
  return decode as Decoder<unknown> as Decoder<PerRoutedNode<R, N>>;
}
