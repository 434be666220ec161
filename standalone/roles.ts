/**
 * Who is primary and who is replica: how a node says so.
 *
 * @module
 */

import type { Link } from "../lib/connection/link.ts";
import { ServerError, UnexpectedReplyError } from "../lib/errors.ts";
import type { Reply } from "../lib/resp/reply.ts";

/** What a node is. A replica is `"stale"` while it has no connection to its primary. */
export type Role = "primary" | "replica" | "stale";

/**
 * Asks a node for its role: by ROLE, or by INFO where an ACL forbids ROLE.
 *
 * @param link A connected link.
 * @param timeout Milliseconds to wait.
 * @returns The role.
 * @throws {ServerError} If the node refuses both.
 */
export async function readRole(link: Link, timeout: number): Promise<Role> {
  try {
    return roleOfReply(await link.call(["ROLE"], timeout));
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return roleOfInfo(await link.call(["INFO", "REPLICATION"], timeout));
  }
}

/**
 * Reads a reply to ROLE.
 *
 * @param reply The reply.
 * @returns The role.
 */
export function roleOfReply(reply: Reply): Role {
  if (Array.isArray(reply)) {
    if (reply[0] === "master") return "primary";
    if (reply[0] === "slave") return reply[3] === "connected" ? "replica" : "stale";
  }
  throw new UnexpectedReplyError(
    "Cannot read the role of the node: it is neither primary nor replica (is it a sentinel?)",
  );
}

/**
 * Reads a reply to INFO REPLICATION.
 *
 * @param reply The reply.
 * @returns The role.
 */
export function roleOfInfo(reply: Reply): Role {
  const text = String(reply);
  if (/^role:master\r?$/m.test(text)) return "primary";
  if (/^role:slave\r?$/m.test(text)) {
    return /^master_link_status:up\r?$/m.test(text) ? "replica" : "stale";
  }
  throw new UnexpectedReplyError("Cannot read the role of the node: INFO does not tell it");
}
