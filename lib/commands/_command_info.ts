/**
 * Replies of COMMAND and COMMAND INFO.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toNumber, toText, unexpected } from "./_decode.ts";
import { optional, toNamed, valueOf } from "./_named.ts";

/** Start of the search for keys: a position, a keyword, or unknown. */
export type KeySearchBegin =
  | {
    /** The search starts at a fixed position. */
    type: "index";
    /** Position in the command; the name is at 0. */
    index: number;
  }
  | {
    /** The search starts after a keyword. */
    type: "keyword";
    /** The keyword. */
    keyword: string;
    /**
     * Position at which to start looking for the keyword. A negative position counts from the end, and the keyword is
     * looked for backwards.
     */
    startfrom: number;
  }
  | {
    /** The server does not know it. */
    type: "unknown";
  };

/** Which arguments are keys, relative to the start of the search: a range, a counted list, or unknown. */
export type KeySearchFind =
  | {
    /** The keys are a range. */
    type: "range";
    /** Position of the last key relative to the first. A negative position counts from the end. */
    lastkey: number;
    /** Distance between two keys. */
    keystep: number;
    /** If `lastkey` is negative, the part of the arguments that are keys: 2 means the first half. */
    limit: number;
  }
  | {
    /** An argument is the number of keys. */
    type: "keynum";
    /** Position of the number of keys, relative to the start of the search. */
    keynumidx: number;
    /** Position of the first key, relative to the start of the search. */
    firstkey: number;
    /** Distance between two keys. */
    keystep: number;
  }
  | {
    /** The server does not know it. */
    type: "unknown";
  };

/** Key specification: the position of some of the keys of a command, and how they are used. */
export interface CommandKeys {
  /** Access to the keys: `"RO"`, `"RW"`, `"OW"` or `"RM"`, then `"access"`, `"update"`, … */
  flags: string[];
  /** Start of the search for keys. */
  beginSearch: KeySearchBegin;
  /** Which arguments are keys. */
  findKeys: KeySearchFind;
  /** Additional notes. */
  notes?: string;
}

/**
 * Properties of a command, as returned by
 * {@linkcode CommandCommands.prototype.commandInfo | CommandCommands.commandInfo}.
 */
export interface CommandInfo {
  /** Name in lower case. The name of a subcommand includes the command: `"config|get"`. */
  name: string;
  /** Number of words, including the name. A negative number is a minimum: −2 means at least 2. */
  arity: number;
  /** Flags: `"readonly"`, `"fast"`, `"denyoom"`, … */
  flags: string[];
  /** Position of the first key; 0 if there is none or it is variable. */
  firstKey: number;
  /** Position of the last key. A negative position counts from the end. */
  lastKey: number;
  /** Distance between two keys. */
  step: number;
  /** ACL categories, with `@`. */
  aclCategories: string[];
  /** Tips for clients: `"request_policy:all_shards"`, … */
  tips: string[];
  /** Key specifications. */
  keySpecifications: CommandKeys[];
  /** Subcommands, in no particular order. */
  subcommands: CommandInfo[];
}

/** Reads an entry of the reply of COMMAND INFO; null if the command is unknown. */
export function toCommandInfoOrNull(reply: Reply): CommandInfo | null {
  return reply === null ? null : toCommandInfo(reply);
}

/** Reads an entry of the reply of COMMAND. */
export function toCommandInfo(reply: Reply): CommandInfo {
  const parts = elements(reply);
  if (parts.length < 10) return unexpected(reply, "facts about a command");
  return {
    name: toText(parts[0]),
    arity: toNumber(parts[1]),
    flags: elements(parts[2]).map(toText),
    firstKey: toNumber(parts[3]),
    lastKey: toNumber(parts[4]),
    step: toNumber(parts[5]),
    aclCategories: elements(parts[6]).map(toText),
    tips: elements(parts[7]).map(toText),
    keySpecifications: elements(parts[8]).map(toKeys),
    subcommands: elements(parts[9]).map(toCommandInfo),
  };
}

function toKeys(reply: Reply): CommandKeys {
  const named = toNamed(reply);
  return {
    flags: elements(valueOf(named, "flags")).map(toText),
    beginSearch: toBegin(valueOf(named, "begin_search")),
    findKeys: toFind(valueOf(named, "find_keys")),
    ...optional(named, "notes", "notes", toText),
  };
}

function toBegin(reply: Reply): KeySearchBegin {
  const { type, text, number } = toSearch(reply);
  switch (type) {
    case "index":
      return { type, index: number("index") };
    case "keyword":
      return { type, keyword: text("keyword"), startfrom: number("startfrom") };
    default:
      return { type: "unknown" };
  }
}

function toFind(reply: Reply): KeySearchFind {
  const { type, number } = toSearch(reply);
  switch (type) {
    case "range":
      return {
        type,
        lastkey: number("lastkey"),
        keystep: number("keystep"),
        limit: number("limit"),
      };
    case "keynum":
      return {
        type,
        keynumidx: number("keynumidx"),
        firstkey: number("firstkey"),
        keystep: number("keystep"),
      };
    default:
      return { type: "unknown" };
  }
}

function toSearch(
  reply: Reply,
): { type: string; text: (name: string) => string; number: (name: string) => number } {
  const named = toNamed(reply);
  const specification = toNamed(valueOf(named, "spec"));
  return {
    type: toText(valueOf(named, "type")),
    text: (name) => toText(valueOf(specification, name)),
    number: (name) => toNumber(valueOf(specification, name)),
  };
}
