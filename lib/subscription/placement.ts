/**
 * Interface between subscriptions and the clients, which decide where topics are subscribed.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { ServerError } from "../errors.ts";
import type { Reply } from "../resp/reply.ts";
import type { SubscriberNode } from "./subscriber.ts";
import type { Kind, Topic } from "./topic.ts";

/**
 * Decides at which nodes a topic is subscribed. The standalone and the cluster client each have an implementation.
 *
 * What a placement must do:
 *
 * - Answer {@linkcode Placement.nodesFor} from what it knows at present, without waiting, the same for the same state:
 *   it is asked often. The same node must always be the same object.
 * - Call `Subscriptions.rearrange()` whenever an answer may have changed: a new primary, a refreshed map, a node that
 *   joins or leaves, and when there are nodes for the first time. All topics are asked about again then. A topic is
 *   first confirmed at its new nodes, and only then given up at the others.
 * - Call `Subscriptions.examine(node)` when something hints that a node may be gone (its shared connection is lost or
 *   silent), and `Subscriptions.renew(node)` when its name leads to another server than before.
 * - Call `Subscriptions.check()` with each periodic check of the topology.
 *
 * A placement need not care about connections: a subscriber opens its own again, and subscribes again.
 */
export interface Placement {
  /**
   * Names of different groups are not put in one command.
   *
   * @param kind Kind of the topic.
   * @param name Its name.
   * @returns The group: in a cluster the slot of a shard channel; -1 for all others.
   */
  groupOf(kind: Kind, name: Uint8Array): number;
  /**
   * The nodes at which a topic should be subscribed.
   *
   * Messages of all returned nodes are delivered, so several nodes must have different messages. With one node,
   * messages are delivered from one node only, also while the topic moves.
   *
   * @param topic The topic.
   * @returns The nodes; none if that is unknown at present. Then the topic stays where it is.
   */
  nodesFor(topic: Topic): readonly SubscriberNode[];
  /**
   * Called when topics have no node, or are not confirmed: find out who has them, and call `rearrange()`. It is called
   * repeatedly, so it must do nothing while it is at it.
   */
  seek(): void;
  /**
   * Called when a node no longer serves a topic. Afterwards `nodesFor()` is called for its topics again.
   *
   * @param node The node.
   * @param cause `"connection"`: its connection is lost, or could not be opened. `"subscription"`: the server has ended
   * the subscription of its own accord, because the slot has moved.
   */
  onLost(node: SubscriberNode, cause: "connection" | "subscription"): void;
  /**
   * Called when a node does not answer a PING. Its connection is replaced if it answers on another one.
   *
   * @param node The node.
   */
  onSilent(node: SubscriberNode): void;
  /**
   * Called when a server has rejected a topic. Afterwards `nodesFor()` is called for the topic again.
   *
   * @param topic The topic.
   * @param error The reply.
   * @param node The node.
   * @returns Whether the refusal says something of the node only (MOVED, say), so that the topic is tried again, there
   * or elsewhere; else whoever wants it gets the error.
   */
  onRefused(topic: Topic, error: ServerError, node: SubscriberNode): boolean;
  /**
   * Tells until when a node was certainly the right one for its topics, for the beginning of a gap when a topic moves.
   *
   * @param node The node that is left.
   * @returns Milliseconds of `Date.now()`; undefined for now.
   */
  rightUntil(node: SubscriberNode): number | undefined;
  /**
   * Maximum delay, in milliseconds, until a node learns of a message or that it has lost a topic. Gaps start earlier by
   * this time.
   */
  readonly delay: number;
  /**
   * Tells whether the node of a topic has the same messages as the one before, perhaps later. Then it is not listened to
   * until {@linkcode Placement.delay} has passed, since it might send messages again that were handed out.
   *
   * @param topic The topic.
   * @param before The node that had it before.
   */
  mayRepeat(topic: Topic, before: SubscriberNode): boolean;
  /**
   * Sends a command on the shared connection to a node.
   *
   * @param node The node.
   * @param words The command.
   * @returns The reply; rejects if there is no connection.
   */
  call(node: SubscriberNode, words: Words): Promise<Reply>;
}
