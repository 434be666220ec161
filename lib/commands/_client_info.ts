/**
 * The report on connections that CLIENT LIST and CLIENT INFO answer, and the filters that choose connections.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { type AnyCase, append, type OneOrMany } from "./_args.ts";
import { toText, unexpected } from "./_decode.ts";
import { optionsOf } from "./_options.ts";

/** Kinds of connections; `"master"` is `"primary"` for servers that do not know that word. */
export type ClientType = AnyCase<"normal" | "primary" | "master" | "replica" | "pubsub">;

/**
 * Which connections a command is for: those that meet all of the conditions.
 *
 * Beyond `type`, `id`, `user`, `addr`, `laddr` and `skipme`, servers differ in what they know, and refuse the rest.
 */
export interface ClientFilter {
  /** Of this kind. */
  type?: ClientType;
  /** With this id or one of these ids (several for {@linkcode ConnectionCommands.clientKill}: Valkey 8.1). */
  id?: OneOrMany<number>;
  /** Logged in as this user. */
  user?: string;
  /** From this address, as `host:port`. */
  addr?: string;
  /** To this address of the server, as `host:port`. */
  laddr?: string;
  /** Not the connection that asks. @default {true} for killing, else false */
  skipme?: boolean;
  /** Open for this many seconds or longer (Redis 7.4, Valkey 8.0). */
  maxage?: number;
  /** With this name (Valkey 9.0, like all that follow). */
  name?: string;
  /** Silent for this many seconds or longer. */
  idle?: number;
  /** With all of these flags, one letter each. */
  flags?: string;
  /** With a client library of this name. */
  libName?: string;
  /** With a client library of this version. */
  libVer?: string;
  /** In the database of this number. */
  db?: number;
  /** With all of these capabilities, one letter each. */
  capa?: string;
  /** From this host. */
  ip?: string;
  /** Not of this kind. */
  notType?: ClientType;
  /** With none of these ids. */
  notId?: OneOrMany<number>;
  /** Not logged in as this user. */
  notUser?: string;
  /** Not from this address. */
  notAddr?: string;
  /** Not to this address of the server. */
  notLaddr?: string;
  /** Not with this name. */
  notName?: string;
  /** With none of these flags. */
  notFlags?: string;
  /** Not with a client library of this name. */
  notLibName?: string;
  /** Not with a client library of this version. */
  notLibVer?: string;
  /** Not in the database of this number. */
  notDb?: number;
  /** With none of these capabilities. */
  notCapa?: string;
  /** Not from this host. */
  notIp?: string;
}

/**
 * What the server knows about a connection.
 *
 * The names are the server's own, with capitals for dashes. Fields that later servers add are there, too.
 */
export interface ClientInfo {
  /** Number of the connection, never used again. */
  id: number;
  /** Where it comes from, as `host:port`. */
  addr: string;
  /** Address of the server that it came to, as `host:port`. */
  laddr: string;
  /** Its file descriptor in the server. */
  fd: number;
  /** Its name, empty if it has none. */
  name: string;
  /** For how many seconds it has been open. */
  age: number;
  /** For how many seconds it has been silent. */
  idle: number;
  /** What it is, one letter for each trait: `"N"` for none, `"S"` a replica, `"b"` blocked, … */
  flags: string;
  /** Number of its database. */
  db: number;
  /** Number of channels that it is subscribed to. */
  sub: number;
  /** Number of patterns that it is subscribed to. */
  psub: number;
  /** Number of shard channels that it is subscribed to (Redis 7.0.3). */
  ssub?: number;
  /** Number of commands in its transaction; −1 if there is none. */
  multi: number;
  /** Number of keys that it watches (Redis 7.4, Valkey 8.0). */
  watch?: number;
  /** Bytes in its query buffer. */
  qbuf: number;
  /** Free bytes in its query buffer. */
  qbufFree: number;
  /** Bytes of the arguments of its next command. */
  argvMem: number;
  /** Bytes of the commands of its transaction. */
  multiMem: number;
  /** Size of its read buffer in bytes. */
  rbs: number;
  /** Highest recent use of its read buffer in bytes. */
  rbp: number;
  /** Bytes in its output buffer. */
  obl: number;
  /** Length of its output list. */
  oll: number;
  /** Bytes in its output list. */
  omem: number;
  /** Bytes that it takes in all. */
  totMem: number;
  /** What the server waits for on its socket: `"r"`, `"w"` or both. */
  events: string;
  /** The last command, a subcommand behind `|`. */
  cmd: string;
  /** The user that it is logged in as. */
  user: string;
  /** Id of the connection that its invalidations go to; −1 for none. */
  redir: number;
  /** Version of its protocol, 2 or 3. */
  resp: number;
  /** Name of its client library (Redis 7.2, Valkey 7.2). */
  libName?: string;
  /** Version of its client library (Redis 7.2, Valkey 7.2). */
  libVer?: string;
  /** Fields of later servers, numbers where they look like integers. */
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

/** What CLIENT INFO answers. */
export function toClientInfo(reply: Reply): ClientInfo {
  return parseLine(toText(reply).trimEnd());
}

/** What CLIENT LIST answers: one line for each connection. */
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
