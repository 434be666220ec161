/**
 * Clients that are subscribed, for tests of what servers tell about them.
 *
 * @module
 */

import type { NodeAddress, RedisCredentials } from "../../standalone/mod.ts";
import { RawConnection } from "../maintenance/raw_connection.ts";

/** Where to subscribe. */
export interface SubscriberTarget {
  /** A server, or nodes of a cluster. */
  addresses: readonly NodeAddress[];
  /** Who to be there. */
  credentials?: RedisCredentials;
}

/**
 * Subscribes on a connection of its own, at the first node that takes the subscription.
 *
 * @param target The server, or nodes of a cluster.
 * @param command `"SUBSCRIBE"`, `"PSUBSCRIBE"` or `"SSUBSCRIBE"`.
 * @param channels Channels or patterns.
 * @returns The connection, once the server has confirmed each subscription.
 * @throws {Error} If no node takes it.
 */
export async function subscribe(
  target: SubscriberTarget,
  command: "SUBSCRIBE" | "PSUBSCRIBE" | "SSUBSCRIBE",
  channels: readonly string[],
): Promise<Disposable> {
  for (const { host, port = 6379 } of target.addresses) {
    const connection = await RawConnection.open({ host, port });
    if (target.credentials !== undefined) {
      const { username = "default", password } = target.credentials;
      await connection.command("AUTH", username, password);
    }
    const replies = await connection.commands(channels.map((channel) => [command, channel]));
    if (replies.every((reply) => Array.isArray(reply))) return connection;
    connection[Symbol.dispose]();
  }
  throw new Error(`Cannot subscribe: no node takes ${command} ${channels.join(" ")}`);
}
