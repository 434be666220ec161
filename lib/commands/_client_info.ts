/**
 * Replies of CLIENT LIST and CLIENT INFO, and filters for connections.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { type AnyCase, append, type OneOrMany } from "./_args.ts";
import { toText, unexpected } from "./_decode.ts";
import { optionsOf } from "./_options.ts";

/** Type of connection. Use `"master"` for servers that do not support `"primary"`. */
export type ClientType = AnyCase<"normal" | "primary" | "master" | "replica" | "pubsub">;

/**
 * Filter for connections. A connection must meet all conditions.
 *
 * All servers support `type`, `id`, `user`, `addr`, `laddr` and `skipme`. Support for other conditions depends on the
 * server version; a server rejects those that it does not support.
 */
export interface ClientFilter {
  /** Type of connection. */
  type?: ClientType;
  /**
   * One or more connection ids. Several ids for
   * {@linkcode ConnectionCommands.prototype.clientKill | ConnectionCommands.clientKill} require Valkey 8.1.
   */
  id?: OneOrMany<number>;
  /** Name of the ACL user. */
  user?: string;
  /** Address of the client, as `host:port`. */
  addr?: string;
  /** Local address of the server, as `host:port`. */
  laddr?: string;
  /**
   * Exclude the connection that sends the command. The default is true for
   * {@linkcode ConnectionCommands.prototype.clientKill | ConnectionCommands.clientKill}, otherwise false.
   */
  skipme?: boolean;
  /** Minimum age in seconds (Redis 7.4, Valkey 8.0). */
  maxage?: number;
  /** Name of the connection (Valkey 9.0). */
  name?: string;
  /** Minimum idle time in seconds (Valkey 9.0). */
  idle?: number;
  /** Flags that the connection must have, one letter each (Valkey 9.0). */
  flags?: string;
  /** Name of the client library (Valkey 9.0). */
  libName?: string;
  /** Version of the client library (Valkey 9.0). */
  libVer?: string;
  /** Number of the logical database (Valkey 9.0). */
  db?: number;
  /** Capabilities that the connection must have, one letter each (Valkey 9.0). */
  capa?: string;
  /** IP address of the client (Valkey 9.0). */
  ip?: string;
  /** Exclude this type of connection (Valkey 9.0). */
  notType?: ClientType;
  /** Exclude these connection ids (Valkey 9.0). */
  notId?: OneOrMany<number>;
  /** Exclude this ACL user (Valkey 9.0). */
  notUser?: string;
  /** Exclude this address of the client (Valkey 9.0). */
  notAddr?: string;
  /** Exclude this local address of the server (Valkey 9.0). */
  notLaddr?: string;
  /** Exclude this connection name (Valkey 9.0). */
  notName?: string;
  /** Exclude connections with one of these flags (Valkey 9.0). */
  notFlags?: string;
  /** Exclude this client library (Valkey 9.0). */
  notLibName?: string;
  /** Exclude this version of the client library (Valkey 9.0). */
  notLibVer?: string;
  /** Exclude this logical database (Valkey 9.0). */
  notDb?: number;
  /** Exclude connections with one of these capabilities (Valkey 9.0). */
  notCapa?: string;
  /** Exclude this IP address of the client (Valkey 9.0). */
  notIp?: string;
}

/**
 * A connection, as returned by {@linkcode ConnectionCommands.prototype.clientList | ConnectionCommands.clientList}.
 *
 * Field names are those of the server in camel case. Fields of newer servers are included.
 */
export interface ClientInfo {
  /** Connection id, unique until the server is restarted. */
  id: number;
  /** Address of the client, as `host:port`. */
  addr: string;
  /** Local address of the server, as `host:port`. */
  laddr: string;
  /** File descriptor of the socket in the server. */
  fd: number;
  /** Name of the connection; empty if it has none. */
  name: string;
  /** Age in seconds. */
  age: number;
  /** Idle time in seconds. */
  idle: number;
  /** Flags, one letter each: `"N"` none, `"S"` replica, `"b"` blocked, … */
  flags: string;
  /** Number of the logical database. */
  db: number;
  /** Number of subscribed channels. */
  sub: number;
  /** Number of subscribed patterns. */
  psub: number;
  /** Number of subscribed shard channels (Redis 7.0.3). */
  ssub?: number;
  /** Number of commands in the open transaction; −1 if there is none. */
  multi: number;
  /** Number of watched keys (Redis 7.4, Valkey 8.0). */
  watch?: number;
  /** Used size of the query buffer, in bytes. */
  qbuf: number;
  /** Free size of the query buffer, in bytes. */
  qbufFree: number;
  /** Size of the arguments of the next command, in bytes. */
  argvMem: number;
  /** Size of the commands in the open transaction, in bytes. */
  multiMem: number;
  /** Size of the read buffer, in bytes. */
  rbs: number;
  /** Recent peak usage of the read buffer, in bytes. */
  rbp: number;
  /** Used size of the output buffer, in bytes. */
  obl: number;
  /** Length of the output list. */
  oll: number;
  /** Size of the output list, in bytes. */
  omem: number;
  /** Total memory of the connection, in bytes. */
  totMem: number;
  /** Registered events of the socket: `"r"` for readable, `"w"` for writable. */
  events: string;
  /** Last command: `"get"`, `"config|get"`. */
  cmd: string;
  /** Name of the ACL user. */
  user: string;
  /** Id of the connection that receives the invalidations; −1 for none. */
  redir: number;
  /** RESP version, 2 or 3. */
  resp: number;
  /** Name of the client library (Redis 7.2, Valkey 7.2). */
  libName?: string;
  /** Version of the client library (Redis 7.2, Valkey 7.2). */
  libVer?: string;
  /** Fields of newer servers. Integers are numbers. */
  [field: string]: string | number | undefined;
}

/** Fields that are text, even where the text consists of digits. */
const TEXT_FIELDS = new Set([
  ...["addr", "laddr", "name", "flags", "events", "cmd", "user", "libName", "libVer", "capa"],
]);

const CLIENT_FILTER: OptionShape<ClientFilter> = {
  type: "word",
  id: "words",
  user: "word",
  addr: "word",
  laddr: "word",
  skipme: "flag",
  maxage: "word",
  name: "word",
  idle: "word",
  flags: "word",
  libName: "word",
  libVer: "word",
  db: "word",
  capa: "word",
  ip: "word",
  notType: "word",
  notId: "words",
  notUser: "word",
  notAddr: "word",
  notLaddr: "word",
  notName: "word",
  notFlags: "word",
  notLibName: "word",
  notLibVer: "word",
  notDb: "word",
  notCapa: "word",
  notIp: "word",
};

/**
 * Appends the conditions of a filter.
 *
 * @param words Where to append.
 * @param filter The conditions.
 * @returns `words`.
 */
export function appendClientFilter(words: Words, filter: ClientFilter | undefined): Words {
  for (const [name, value] of Object.entries(optionsOf(words, filter, CLIENT_FILTER))) {
    if (value === undefined) continue;
    words.push(name.replace(/[A-Z]/g, "-$&").toUpperCase());
    if (typeof value === "boolean") words.push(value ? "yes" : "no");
    else append(words, value, name);
  }
  return words;
}

/** Reads the reply of CLIENT INFO. */
export function toClientInfo(reply: Reply): ClientInfo {
  return parseLine(toText(reply).trimEnd());
}

/** Reads the reply of CLIENT LIST: one line per connection. */
export function toClientInfos(reply: Reply): ClientInfo[] {
  const report = toText(reply).trimEnd();
  return report === "" ? [] : report.split("\n").map(parseLine);
}

function parseLine(line: string): ClientInfo {
  const info: Record<string, string | number | undefined> = {};
  // A space alone does not end a field: the path of a Unix socket may have some.
  for (const field of line.split(/ (?=[a-z-]+=)/)) {
    const equals = field.indexOf("=");
    const name = field.slice(0, equals).replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    const value = field.slice(equals + 1);
    info[name] = !TEXT_FIELDS.has(name) && /^-?\d+$/.test(value) ? Number(value) : value;
  }
  return isClientInfo(info) ? info : unexpected(line, "a report on a connection");
}

function isClientInfo(info: Record<string, string | number | undefined>): info is ClientInfo {
  return typeof info.id === "number" && typeof info.addr === "string";
}
