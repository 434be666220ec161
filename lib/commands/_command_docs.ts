/**
 * Reply of COMMAND DOCS.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toNumber, toText } from "./_decode.ts";
import { optional, toNamed, toRecordOf, valueOf } from "./_named.ts";

/** Entry in the history of a command. */
export interface CommandChange {
  /** Server version that introduced it. */
  version: string;
  /** Description of the change. */
  change: string;
}

/** An argument of a command, or a group of arguments. */
export interface CommandArgument {
  /** Name of the argument. */
  name: string;
  /** Type: `"key"`, `"string"`, `"integer"`, …, or `"oneof"` or `"block"` for a group. */
  type: string;
  /** Name for display. */
  displayText?: string;
  /** For a key, the index of its key specification. */
  keySpecIndex?: number;
  /** Keyword that precedes the argument, or is the argument. */
  token?: string;
  /** Description of the argument. */
  summary?: string;
  /** Server version that introduced it. */
  since?: string;
  /** Server version that deprecated it. */
  deprecatedSince?: string;
  /** Flags: `"optional"`, `"multiple"` or `"multiple_token"`. */
  flags?: string[];
  /** Arguments of the group. */
  arguments?: CommandArgument[];
}

/**
 * Documentation of a command, as returned by
 * {@linkcode CommandCommands.prototype.commandDocs | CommandCommands.commandDocs}.
 */
export interface CommandDocs {
  /** Description of the command. */
  summary?: string;
  /** Server version that introduced it. */
  since?: string;
  /** Command group: `"string"`, `"server"`, … */
  group: string;
  /** Time complexity. */
  complexity?: string;
  /** Module that provides the command. */
  module?: string;
  /** Flags: `"deprecated"` or `"syscmd"`. */
  docFlags?: string[];
  /** Server version that deprecated it. */
  deprecatedSince?: string;
  /** Replacement of a deprecated command. */
  replacedBy?: string;
  /** Changes of the command in later versions. */
  history?: CommandChange[];
  /** Arguments of the command. */
  arguments?: CommandArgument[];
  /** Subcommands by name (`"config|get"`). */
  subcommands?: Record<string, CommandDocs>;
}

/** Reads the reply of COMMAND DOCS: a map by command name. */
export const toCommandDocs: (reply: Reply, bytes: boolean) => Record<string, CommandDocs> =
  toRecordOf((reply, bytes) => {
    const named = toNamed(reply);
    return {
      group: toText(valueOf(named, "group")),
      ...optional(named, "summary", "summary", toText),
      ...optional(named, "since", "since", toText),
      ...optional(named, "complexity", "complexity", toText),
      ...optional(named, "module", "module", toText),
      ...optional(named, "doc_flags", "docFlags", toTexts),
      ...optional(named, "deprecated_since", "deprecatedSince", toText),
      ...optional(named, "replaced_by", "replacedBy", toText),
      ...optional(named, "history", "history", toChanges),
      ...optional(named, "arguments", "arguments", toArguments),
      ...optional(named, "subcommands", "subcommands", (reply) => toCommandDocs(reply, bytes)),
    };
  });

function toChanges(reply: Reply): CommandChange[] {
  return elements(reply).map((entry) => {
    const [version, change] = elements(entry);
    return { version: toText(version), change: toText(change) };
  });
}

function toArguments(reply: Reply): CommandArgument[] {
  return elements(reply).map((argument) => {
    const named = toNamed(argument);
    return {
      name: toText(valueOf(named, "name")),
      type: toText(valueOf(named, "type")),
      ...optional(named, "display_text", "displayText", toText),
      ...optional(named, "key_spec_index", "keySpecIndex", toNumber),
      ...optional(named, "token", "token", toText),
      ...optional(named, "summary", "summary", toText),
      ...optional(named, "since", "since", toText),
      ...optional(named, "deprecated_since", "deprecatedSince", toText),
      ...optional(named, "flags", "flags", toTexts),
      ...optional(named, "arguments", "arguments", toArguments),
    };
  });
}

function toTexts(reply: Reply): string[] {
  return elements(reply).map(toText);
}
