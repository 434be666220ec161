/**
 * Commands on commands: what the server knows about those that it has.
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

/** Which commands {@linkcode CommandCommands.commandList} lists. Exactly one. */
export type CommandFilter = ExactlyOne<{
  /** Those of this module. */
  module: string;
  /** Those of this category of the ACL. */
  aclcat: string;
  /** Those whose names match this glob pattern. */
  pattern: string;
}>;

/**
 * A key of a command, and what the command does to it.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export interface KeyWithFlags<T extends string | Uint8Array = string> {
  /** The key. */
  key: T;
  /** `"RO"`, `"RW"`, `"OW"` or `"RM"`, then `"access"`, `"update"`, `"insert"`, `"delete"`, … */
  flags: string[];
}

const COMMAND_FILTER: OptionShape<CommandFilter> = {
  module: "word",
  aclcat: "word",
  pattern: "word",
};

/**
 * Commands on commands: what the server knows about those that it has.
 *
 * Names of commands are in lower case, those of subcommands with their container's: `"config|get"`. In a cluster any
 * one of the nodes answers.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes its commands reach.
 */
export abstract class CommandCommands<
  T extends string | Uint8Array = string,
  N extends Reach = Reach,
> extends Executor<T> {
  /**
   * Tells the facts about all commands.
   *
   * Complexity O(N) for N commands · since 2.8.13
   *
   * @example Which commands may wait?
   * ```ts
   * const commands = await client.command();
   * const blocking = commands.filter(({ flags }) => flags.includes("blocking"));
   * blocking.some(({ name }) => name === "blpop"); // true
   * ```
   *
   * @returns Facts about each command, in no order; those about subcommands are with their containers.
   * @see {@link https://valkey.io/commands/command/}
   */
  command(): Promise<PerRoutedNode<CommandInfo[], N>> {
    return this.send(["COMMAND"], perRoutedNode<CommandInfo[], N>(toInfos));
  }

  /**
   * Counts the commands of the server.
   *
   * Complexity O(1) · since 2.8.13
   *
   * @example More than two hundred
   * ```ts
   * await client.commandCount(); // about 240
   * ```
   *
   * @returns How many there are, without subcommands.
   * @see {@link https://valkey.io/commands/command-count/}
   */
  commandCount(): Promise<PerRoutedNode<number, N>> {
    return this.send(["COMMAND", "COUNT"], perRoutedNode<number, N>(toNumber));
  }

  /**
   * Answers the documentation of commands.
   *
   * Complexity O(N) for N commands · since 7.0.0
   *
   * @example The arguments of a command
   * ```ts
   * const { get } = await client.commandDocs("get");
   * get.arguments?.map(({ name }) => name); // ["key"]
   * ```
   *
   * @param commands One command, several, or by default all.
   * @returns Documentation by name of the command, of those that there are.
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
   * Finds the keys in the words of a command, without running it.
   *
   * Complexity O(N) for N words · since 2.8.13
   *
   * @example Every second word
   * ```ts
   * await client.commandGetkeys(["MSET", "a", 1, "b", 2]); // ["a", "b"]
   * ```
   *
   * @param command The command, word by word.
   * @returns The keys.
   * @throws {ServerError} If there is no such command, it takes other words, or it has no keys.
   * @see {@link https://valkey.io/commands/command-getkeys/}
   */
  commandGetkeys(command: Many<Argument>): Promise<PerRoutedNode<T[], N>> {
    return this.send(
      append(["COMMAND", "GETKEYS"], command, "words"),
      perRoutedNode<T[], N>(toBulks),
    );
  }

  /**
   * Finds the keys in the words of a command, and tells what it does to them.
   *
   * Complexity O(N) for N words · since 7.0.0
   *
   * @example One is read, one is overwritten
   * ```ts
   * await client.commandGetkeysandflags(["LMOVE", "a", "b", "LEFT", "RIGHT"]);
   * // [{ key: "a", flags: ["RW", "access", "delete"] }, { key: "b", flags: ["RW", "insert"] }]
   * ```
   *
   * @param command The command, word by word.
   * @returns The keys, each with flags.
   * @throws {ServerError} If there is no such command, it takes other words, or it has no keys.
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
   * Tells the facts about some commands.
   *
   * Complexity O(N) for N commands · since 2.8.13
   *
   * @example How many words does it take?
   * ```ts
   * const [get, unknown] = await client.commandInfo(["get", "no-such-command"]);
   * get?.arity; // 2
   * unknown; // null
   * ```
   *
   * @param commands One command, several, or by default all (since 7.0.0).
   * @returns Facts about each command, null for those that there are not.
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
   * Lists the names of commands.
   *
   * Complexity O(N) for N commands · since 7.0.0
   *
   * @example Those that begin alike
   * ```ts
   * const names = await client.commandList({ pattern: "hget*" });
   * names.includes("hgetall"); // true
   * ```
   *
   * @param filterby Which commands; by default all.
   * @returns The names, in no order.
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
