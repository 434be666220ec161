/**
 * Replies of ACL GETUSER and ACL LOG.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { type ClientInfo, toClientInfo } from "./_client_info.ts";
import { elements, toNumber, toText } from "./_decode.ts";
import { type Named, optional, toNamed, valueOf } from "./_named.ts";

/** Permissions of a user or of one of its selectors, as rules for ACL SETUSER. */
export interface AclPermissions {
  /** Rules for commands: `"+@all -flushall"`. */
  commands: string;
  /** Patterns of keys: `"~app:* %R~*"`. */
  keys: string;
  /** Patterns of channels: `"&news:*"`. */
  channels: string;
  /** Databases: `"alldbs"` (since Valkey 9.1). */
  databases?: string;
}

/** An ACL user, as returned by {@linkcode AclCommands.prototype.aclGetuser | AclCommands.aclGetuser}. */
export interface AclUser extends AclPermissions {
  /** Flags: `"on"` or `"off"`, `"nopass"`, `"sanitize-payload"`, … */
  flags: string[];
  /** SHA-256 digests of the passwords, in hexadecimal. */
  passwords: string[];
  /**
   * Selectors: additional permissions. A command is allowed if the root permissions or one selector allow all of it.
   */
  selectors: AclPermissions[];
}

/** Entry of the ACL log. Equal violations within a minute are one entry. */
export interface AclLogEntry {
  /** Number of violations. */
  count: number;
  /** Reason: `"auth"`, `"command"`, `"key"`, `"channel"`, `"database"`, … */
  reason: string;
  /** Where the command was run: `"toplevel"`, `"multi"`, `"lua"`, `"module"` or `"script"`. */
  context: string;
  /** The command, key or channel that was denied. */
  object: string;
  /** Name of the user. */
  username: string;
  /** Age of the entry, in seconds. */
  ageSeconds: number;
  /** The connection at the last violation. */
  clientInfo: ClientInfo;
  /** Sequence number of the entry (since 7.2.0). */
  entryId?: number;
  /** Time of the first violation, as Unix time in milliseconds (since 7.2.0). */
  timestampCreated?: number;
  /** Time of the last violation, as Unix time in milliseconds (since 7.2.0). */
  timestampLastUpdated?: number;
}

/** Reads the reply of ACL GETUSER; null if the user does not exist. */
export function toAclUserOrNull(reply: Reply): AclUser | null {
  if (reply === null) return null;
  const named = toNamed(reply);
  return {
    flags: elements(valueOf(named, "flags")).map(toText),
    passwords: elements(valueOf(named, "passwords")).map(toText),
    ...toPermissions(named),
    selectors: elements(valueOf(named, "selectors")).map((selector) =>
      toPermissions(toNamed(selector))
    ),
  };
}

/** Reads the reply of ACL LOG. */
export function toAclLog(reply: Reply): AclLogEntry[] {
  return elements(reply).map((entry) => {
    const named = toNamed(entry);
    return {
      count: toNumber(valueOf(named, "count")),
      reason: toText(valueOf(named, "reason")),
      context: toText(valueOf(named, "context")),
      object: toText(valueOf(named, "object")),
      username: toText(valueOf(named, "username")),
      ageSeconds: toNumber(valueOf(named, "age-seconds")),
      clientInfo: toClientInfo(valueOf(named, "client-info")),
      ...optional(named, "entry-id", "entryId", toNumber),
      ...optional(named, "timestamp-created", "timestampCreated", toNumber),
      ...optional(named, "timestamp-last-updated", "timestampLastUpdated", toNumber),
    };
  });
}

function toPermissions(named: Named): AclPermissions {
  return {
    commands: toText(valueOf(named, "commands")),
    keys: toText(valueOf(named, "keys")),
    channels: toText(valueOf(named, "channels")),
    ...optional(named, "databases", "databases", toText),
  };
}
