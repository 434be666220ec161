/**
 * What ACL GETUSER and ACL LOG answer.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { type ClientInfo, toClientInfo } from "./_client_info.ts";
import { elements, toNumber, toText } from "./_decode.ts";
import { type Named, optional, toNamed, valueOf } from "./_named.ts";

/** What a user, or a selector of one, is allowed to do, as the rules that ACL SETUSER takes. */
export interface AclPermissions {
  /** Commands: `"+@all -flushall"`. */
  commands: string;
  /** Keys: `"~app:* %R~*"`. */
  keys: string;
  /** Channels: `"&news:*"`. */
  channels: string;
  /** Databases: `"alldbs"` (Valkey 9.1). */
  databases?: string;
}

/** What {@linkcode AclCommands.aclGetuser} answers. */
export interface AclUser extends AclPermissions {
  /** `"on"` or `"off"`, `"nopass"`, `"sanitize-payload"`, … */
  flags: string[];
  /** Digests of the passwords: SHA-256 in hexadecimal. */
  passwords: string[];
  /** Further permissions, each of which allows what it describes as a whole. */
  selectors: AclPermissions[];
}

/** What was refused, several times if it was the same within a minute. */
export interface AclLogEntry {
  /** How many times. */
  count: number;
  /** Why: `"auth"`, `"command"`, `"key"`, `"channel"`, `"database"`, … */
  reason: string;
  /** From where: `"toplevel"`, `"multi"`, `"lua"`, `"module"`, `"script"`. */
  context: string;
  /** What was not allowed: the command, the key or the channel. */
  object: string;
  /** The user. */
  username: string;
  /** How many seconds ago. */
  ageSeconds: number;
  /** The connection, as it was the last time. */
  clientInfo: ClientInfo;
  /** Number of the entry (since 7.2.0, like the next two). */
  entryId?: number;
  /** The first time, as Unix time in milliseconds. */
  timestampCreated?: number;
  /** The last time, as Unix time in milliseconds. */
  timestampLastUpdated?: number;
}

/** What ACL GETUSER answers; null if there is no such user. */
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

/** What ACL LOG answers. */
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
