/**
 * Asks nodes for their role: primary or replica.
 *
 * @module
 */

import type { Call } from "../lib/connection/link.ts";
import { ServerError, UnexpectedReplyError } from "../lib/errors.ts";
import type { Reply } from "../lib/resp/reply.ts";

/**
 * Role of a node.
 *
 * - `"primary"`
 * - `"active"`: a replica that takes writes (an active replica of KeyDB).
 * - `"replica"`: a replica that is connected to its primary, or does not tell.
 * - `"stale"`: a replica that is not connected to its primary.
 * - `"unknown"`: the node refuses to tell, or tells something else.
 */
export type Role = "primary" | "active" | "replica" | "stale" | "unknown";

/** The role of a node. */
export interface RoleAnswer {
  /** The role. */
  readonly role: Role;
  /** Why the role is unknown. */
  readonly reason?: Error;
}

/** Commands that tell the role, the best one first, and the functions that read their replies. */
const QUESTIONS: readonly { words: string[]; read: (reply: Reply) => Role }[] = [
  { words: ["ROLE"], read: roleOfReply },
  { words: ["INFO", "REPLICATION"], read: roleOfInfo },
  // No ACL forbids HELLO, and a server answers it while a script runs.
  { words: ["HELLO"], read: roleOfHello },
];

/**
 * Asks a node for its role: by ROLE, by INFO if ROLE is refused, by HELLO if both are.
 *
 * @param call Sends a command to the node.
 * @returns The role; `"unknown"`, with the first refusal, if all three are refused.
 * @throws {ServerError} If the node wants a password (`NOAUTH`).
 * @throws {UnexpectedReplyError} If the node is a sentinel, or no Redis or Valkey server.
 * @throws {ConnectionError | TimeoutError} If there is no reply.
 */
export async function readRole(call: Call): Promise<RoleAnswer> {
  let reason: Error | undefined;
  for (const { words, read } of QUESTIONS) {
    try {
      const role = read(await call(words));
      if (role !== "unknown") return { role };
      reason ??= new UnexpectedReplyError(
        `Cannot read the reply to ${words[0]}: it has an unknown role`,
      );
    } catch (error) {
      if (!(error instanceof ServerError) || error.code === "NOAUTH") throw error;
      reason ??= error;
    }
  }
  return { role: "unknown", reason };
}

/** Whether a node takes writes. */
export function takesWrites(role: Role | undefined): boolean {
  return role === "primary" || role === "active";
}

/**
 * Reads a reply to ROLE.
 *
 * @param reply The reply.
 * @returns The role; `"unknown"` if the word is not known.
 * @throws {UnexpectedReplyError} If the node is a sentinel, or the reply is malformed.
 */
function roleOfReply(reply: Reply): Role {
  if (!Array.isArray(reply) || reply.length < 2) return malformed("ROLE");
  if (reply[0] === "sentinel") {
    throw new UnexpectedReplyError(
      "Cannot use the node: it is a sentinel, expected a primary or a replica",
    );
  }
  return roleOf(reply[0], IN_SYNC.has(String(reply[3])) ? "replica" : "stale");
}

/**
 * Reads a reply to INFO REPLICATION.
 *
 * @param reply The reply.
 * @returns The role; `"unknown"` if there is none in the reply.
 * @throws {UnexpectedReplyError} If the reply is malformed.
 */
function roleOfInfo(reply: Reply): Role {
  if (typeof reply !== "string") return malformed("INFO");
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:(.*?)\r?$`, "m").exec(reply)?.[1];
  return roleOf(field("role"), field("master_link_status") === "up" ? "replica" : "stale");
}

/**
 * Reads a reply to HELLO, which says nothing about the connection of a replica to its primary.
 *
 * @param reply The reply.
 * @returns The role; `"unknown"` if there is none in the reply.
 * @throws {UnexpectedReplyError} If the reply is malformed.
 */
function roleOfHello(reply: Reply): Role {
  if (reply instanceof Map) return roleOf(reply.get("role"), "replica");
  if (!Array.isArray(reply) || reply.length < 2) return malformed("HELLO");
  return roleOf(reply.find((_, i) => i % 2 === 1 && reply[i - 1] === "role"), "replica");
}

function malformed(command: string): never {
  throw new UnexpectedReplyError(
    `Cannot read the role of the node: its reply to ${command} has an unknown form`,
  );
}

/** States of a replica that receives every write: of Redis and Valkey, and of Dragonfly. */
const IN_SYNC = new Set(["connected", "stable_sync"]);

/** Reads a role by its name; a replica is the one given. */
function roleOf(word: unknown, replica: "replica" | "stale"): Role {
  switch (word) {
    case "master":
    case "primary":
      return "primary";
    case "active-replica":
      return "active";
    case "slave":
    case "replica":
      return replica;
    default:
      return "unknown";
  }
}
