/**
 * Commands that return information about the commands of the server.
 *
 * @module
 */

import { Executor, type Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import {
  append,
  appendAny,
  appendOption,
  type ExactlyOne,
  type Many,
  type OneOrMany,
} from "./_args.ts";
import { type CommandDocs, toCommandDocs } from "./_command_docs.ts";
import { type CommandInfo, toCommandInfo, toCommandInfoOrNull } from "./_command_info.ts";
import { elements, toBulk, toBulks, toListOf, toNumber, toText } from "./_decode.ts";
import { optionsOf } from "./_options.ts";
import { type PerRoutedNode, perRoutedNode, type Reach } from "./_reach.ts";

/** Filter for {@linkcode CommandCommands.prototype.commandList | CommandCommands.commandList}. Exactly one. */
export type CommandFilter = ExactlyOne<{
  /** Commands of this module. */
  module: string;
  /** Commands in this ACL category, without `@`. */
  aclcat: string;
  /** Commands whose name matches this glob pattern. */
  pattern: string;
}>;

/**
 * Key of a command, and how the command accesses it.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface KeyWithFlags<T extends string | Uint8Array = string> {
  /** The key. */
  key: T;
  /** Access: `"RO"`, `"RW"`, `"OW"` or `"RM"`, then `"access"`, `"update"`, `"insert"`, `"delete"`, … */
  flags: string[];
}

const COMMAND_FILTER: OptionShape<CommandFilter> = {
  module: "word",
  aclcat: "word",
  pattern: "word",
};

/**
 * Commands that return information about the commands of the server.
 *
 * Command names are in lower case. The name of a subcommand includes the command: `"config|get"`. In a cluster, any
 * node answers.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export abstract class CommandCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Returns the properties of all commands.
   *
   * Complexity O(N) for N commands · since 2.8.13
   *
   * @example Find blocking commands
   * ```ts
   * const commands = await client.command();
   * const blocking = commands.filter(({ flags }) => flags.includes("blocking"));
   * blocking.some(({ name }) => name === "blpop"); // true
   * ```
   *
   * @returns The commands, in no particular order. Subcommands are in the field `subcommands` of their command.
   * @see {@link https://valkey.io/commands/command/}
   */
  command(): Promise<PerRoutedNode<CommandInfo[], N>> {
    return this.send(["COMMAND"], perRoutedNode<CommandInfo[], N>(toInfos));
  }

  /**
   * Returns the number of commands of the server.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example Count the commands
   * ```ts
   * await client.commandCount(); // about 240
   * ```
   *
   * @returns Number of commands, without subcommands.
   * @see {@link https://valkey.io/commands/command-count/}
   */
  commandCount(): Promise<PerRoutedNode<number, N>> {
    return this.send(["COMMAND", "COUNT"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Returns the documentation of commands.
   *
   * Complexity O(N) for N commands · since 7.0.0
   *
   * @example List the arguments of a command
   * ```ts
   * const { get } = await client.commandDocs("get");
   * get.arguments?.map(({ name }) => name); // ["key"]
   * ```
   *
   * @param commands One or more command names. By default all commands.
   * @returns Documentation by command name. Unknown commands are not included.
   * @see {@link https://valkey.io/commands/command-docs/}
   */
  commandDocs(
    commands?: OneOrMany<string>,
  ): Promise<PerRoutedNode<Record<string, CommandDocs>, N>> {
    const words: Words = ["COMMAND", "DOCS"];
    return this.send(
      appendAny(words, commands ?? []),
      perRoutedNode<Record<string, CommandDocs>, N>(toCommandDocs),
    );
  }

  /**
   * Returns the keys in a command, without running it.
   *
   * Complexity O(N) for N words · since 2.8.13
   *
   * @example The keys of MSET
   * ```ts
   * await client.commandGetkeys(["MSET", "a", 1, "b", 2]); // ["a", "b"]
   * ```
   *
   * @param command Name and arguments of the command.
   * @returns The keys.
   * @throws {ServerError} If the command is unknown, its number of arguments is wrong, or it has no keys.
   * @see {@link https://valkey.io/commands/command-getkeys/}
   */
  commandGetkeys(command: Many<Argument>): Promise<PerRoutedNode<T[], N>> {
    return this.send(
      append(["COMMAND", "GETKEYS"], command, "words"),
      perRoutedNode<T[], N>(toBulks),
    );
  }

  /**
   * Returns the keys in a command and how it accesses them, without running it.
   *
   * Complexity O(N) for N words · since 7.0.0
   *
   * @example The keys of LMOVE
   * ```ts
   * await client.commandGetkeysandflags(["LMOVE", "a", "b", "LEFT", "RIGHT"]);
   * // [{ key: "a", flags: ["RW", "access", "delete"] }, { key: "b", flags: ["RW", "insert"] }]
   * ```
   *
   * @param command Name and arguments of the command.
   * @returns The keys with their access flags.
   * @throws {ServerError} If the command is unknown, its number of arguments is wrong, or it has no keys.
   * @see {@link https://valkey.io/commands/command-getkeysandflags/}
   */
  commandGetkeysandflags(
    command: Many<Argument>,
  ): Promise<PerRoutedNode<KeyWithFlags<T>[], N>> {
    return this.send(
      append(["COMMAND", "GETKEYSANDFLAGS"], command, "words"),
      perRoutedNode<KeyWithFlags<T>[], N>(toKeysWithFlags),
    );
  }

  /**
   * Returns the properties of commands.
   *
   * Complexity O(N) for N commands · since 2.8.13
   *
   * @example Arity of a command
   * ```ts
   * const [get, unknown] = await client.commandInfo(["get", "no-such-command"]);
   * get?.arity; // 2
   * unknown; // null
   * ```
   *
   * @param commands One or more command names. By default all commands (since 7.0.0).
   * @returns Properties of each command, in order; null for unknown commands.
   * @see {@link https://valkey.io/commands/command-info/}
   */
  commandInfo(
    commands?: OneOrMany<string>,
  ): Promise<PerRoutedNode<(CommandInfo | null)[], N>> {
    const words: Words = ["COMMAND", "INFO"];
    return this.send(
      appendAny(words, commands ?? []),
      perRoutedNode<(CommandInfo | null)[], N>(toInfosOrNulls),
    );
  }

  /**
   * Returns the names of commands.
   *
   * Complexity O(N) for N commands · since 7.0.0
   *
   * @example Names that match a pattern
   * ```ts
   * const names = await client.commandList({ pattern: "hget*" });
   * names.includes("hgetall"); // true
   * ```
   *
   * @param filterby Filter. By default all commands are returned.
   * @returns The names, in no particular order.
   * @see {@link https://valkey.io/commands/command-list/}
   */
  commandList(filterby?: CommandFilter): Promise<PerRoutedNode<string[], N>> {
    const words: Words = ["COMMAND", "LIST"];
    if (filterby !== undefined) {
      const { module, aclcat, pattern } = optionsOf(words, filterby, COMMAND_FILTER);
      words.push("FILTERBY");
      appendOption(words, "MODULE", module);
      appendOption(words, "ACLCAT", aclcat);
      appendOption(words, "PATTERN", pattern);
    }
    return this.send(words, perRoutedNode<string[], N>(toTexts));
  }
}

const toInfos = toListOf(toCommandInfo);
const toInfosOrNulls = toListOf(toCommandInfoOrNull);
const toTexts = toListOf(toText);

function toKeysWithFlags<T extends string | Uint8Array>(reply: Reply): KeyWithFlags<T>[] {
  return elements(reply).map((entry) => {
    const [key, flags] = elements(entry);
    return { key: toBulk<T>(key), flags: elements(flags).map(toText) };
  });
}
