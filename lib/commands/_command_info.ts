/**
 * What COMMAND and COMMAND INFO answer.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toNumber, toText, unexpected } from "./_decode.ts";
import { optional, toNamed, valueOf } from "./_named.ts";

/** Where the search for keys begins: at a position, behind a word, or the server cannot tell. */
export type KeySearchBegin =
  | {
    /** At a position. */
    type: "index";
    /** The position. */
    index: number;
  }
  | {
    /** Behind a word. */
    type: "keyword";
    /** The word. */
    keyword: string;
    /** Position from which on the word is looked for; a negative one counts from the end, and it is looked for backwards. */
    startfrom: number;
  }
  | {
    /** The server cannot tell. */
    type: "unknown";
  };

/** Which words from there on are keys: a range, as many as a number says, or the server cannot tell. */
export type KeySearchFind =
  | {
    /** Up to a position. */
    type: "range";
    /** Position of the last key, from the first one; a negative one counts from the end. */
    lastkey: number;
    /** Distance from one key to the next. */
    keystep: number;
    /** With a negative `lastkey`, which part of the words are keys: 2 means the first half. */
    limit: number;
  }
  | {
    /** As many as a number says. */
    type: "keynum";
    /** Position of the number, from where the search begins. */
    keynumidx: number;
    /** Position of the first key, from where the search begins. */
    firstkey: number;
    /** Distance from one key to the next. */
    keystep: number;
  }
  | {
    /** The server cannot tell. */
    type: "unknown";
  };

/** Where some of the keys of a command are. */
export interface CommandKeys {
  /** What the command does to them: `"RO"`, `"RW"`, `"OW"` or `"RM"`, then `"access"`, `"update"`, … */
  flags: string[];
  /** Where to begin. */
  beginSearch: KeySearchBegin;
  /** Which words are keys. */
  findKeys: KeySearchFind;
  /** What else there is to know. */
  notes?: string;
}

/** Facts about a command. */
export interface CommandInfo {
  /** Its name in lower case; that of a subcommand with its container's: `"config|get"`. */
  name: string;
  /** Number of its words, the name included; negative: at least so many. */
  arity: number;
  /** What kind of command it is: `"readonly"`, `"fast"`, `"denyoom"`, … */
  flags: string[];
  /** Position of the first key; 0 if there is none, or it can be at several. */
  firstKey: number;
  /** Position of the last key; a negative one counts from the end. */
  lastKey: number;
  /** Distance from one key to the next. */
  step: number;
  /** Its categories, each with an `@`. */
  aclCategories: string[];
  /** Hints for clients: `"request_policy:all_shards"`, … */
  tips: string[];
  /** Where its keys are. */
  keySpecifications: CommandKeys[];
  /** Its subcommands, in no order. */
  subcommands: CommandInfo[];
}

/** What COMMAND INFO answers for one command; null if the server does not know it. */
export function toCommandInfoOrNull(reply: Reply): CommandInfo | null {
  return reply === null ? null : toCommandInfo(reply);
}

/** What COMMAND answers for one command. */
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
