/**
 * What COMMAND DOCS answers.
 *
 * @module
 */

import type { Reply } from "../resp/reply.ts";
import { elements, toNumber, toText } from "./_decode.ts";
import { optional, toNamed, toRecordOf, valueOf } from "./_named.ts";

/** A change to a command. */
export interface CommandChange {
  /** Version of the server that brought it. */
  version: string;
  /** What has changed. */
  change: string;
}

/** An argument of a command, or a group of arguments. */
export interface CommandArgument {
  /** Its name. */
  name: string;
  /** What it is: `"key"`, `"string"`, `"integer"`, …, or `"oneof"` or `"block"` for a group. */
  type: string;
  /** How to show it. */
  displayText?: string;
  /** For a key, which of the command's key specifications it belongs to. */
  keySpecIndex?: number;
  /** The word that it stands behind, or is. */
  token?: string;
  /** What it is for. */
  summary?: string;
  /** Version of the server that brought it. */
  since?: string;
  /** Version of the server since which it should not be used. */
  deprecatedSince?: string;
  /** `"optional"`, `"multiple"`, `"multiple_token"`. */
  flags?: string[];
  /** Arguments of the group. */
  arguments?: CommandArgument[];
}

/** What the server says about a command. */
export interface CommandDocs {
  /** What it does. */
  summary?: string;
  /** Version of the server that brought it. */
  since?: string;
  /** Group that it belongs to: `"string"`, `"server"`, … */
  group: string;
  /** How the work grows with its arguments. */
  complexity?: string;
  /** The module that it is of. */
  module?: string;
  /** `"deprecated"`, `"syscmd"`. */
  docFlags?: string[];
  /** Version of the server since which it should not be used. */
  deprecatedSince?: string;
  /** What to use instead. */
  replacedBy?: string;
  /** How it has changed. */
  history?: CommandChange[];
  /** Its arguments. */
  arguments?: CommandArgument[];
  /** Its subcommands by name (`"config|get"`). */
  subcommands?: Record<string, CommandDocs>;
}

/** What COMMAND DOCS answers: a map by name of the command. */
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
