/**
 * Transactions and batches for BullMQ.
 *
 * @module
 */

import type { Client } from "../../client/client.ts";
import type { Script } from "../../client/script.ts";
import { ServerError } from "../../errors.ts";
import type { Argument, Reply } from "../../resp/reply.ts";
import { translated } from "../reopened_client.ts";
import { callsByText } from "../script_calls.ts";
import { wordOf, wordsOf } from "../words.ts";
import { recordOf } from "./replies.ts";

/** A command that waits for {@linkcode BullMQTransaction.exec}. */
export interface QueuedCommand {
  /** Its words; those of a script without the first two. */
  readonly words: Argument[];
  /** The script, if it runs one. */
  readonly script?: Script;
  /** Makes the value of the reply. */
  readonly decode?: (reply: Reply) => unknown;
}

/** What a command came to: its error or null, and its value. */
export type Outcome = [error: Error | null, value: unknown];

/** What runs the commands. */
export interface TransactionOwner {
  /** The script of a defined command; throws if there is none. */
  scriptOf(name: string): { readonly script: Script; readonly numberOfKeys: number };
  /** Runs commands. */
  run(commands: readonly QueuedCommand[]): Promise<Outcome[] | null>;
}

/**
 * Collects commands until {@linkcode BullMQTransaction.exec} is called. It implements `IRedisTransaction` of BullMQ.
 */
export interface BullMQTransaction {
  /** Adds HGETALL. The result is a record. */
  hgetall(key: string): this;
  /** Adds HSET. */
  hset(key: string, data: Record<string, string | number>): this;
  /** Adds HSCAN. The result is `[cursor, [field, value, …]]`. */
  hscan(key: string, cursor: string | number, options?: { COUNT?: number }): this;
  /** Adds SMEMBERS. */
  smembers(key: string): this;
  /** Adds SSCAN. The result is `[cursor, [member, …]]`. */
  sscan(key: string, cursor: string | number, options?: { COUNT?: number }): this;
  /** Adds ZRANGE. */
  zrange(key: string, start: number, end: number): this;
  /** Adds LRANGE. */
  lrange(key: string, start: number, end: number): this;
  /** Adds LLEN. */
  llen(key: string): this;
  /** Adds DEL. Without keys, adds nothing. */
  del(...keys: string[]): this;
  /**
   * Adds a defined command.
   *
   * @param name Name of the command.
   * @param args Keys, then arguments.
   * @throws {Error} If no such command is defined.
   */
  // deno-lint-ignore no-explicit-any
  runCommand(name: string, args: any[]): this;
  /**
   * Sends the commands.
   *
   * @returns `[error, value]` for each command, in order. One of the two is null.
   * @throws {ServerError} `EXECABORT`, if the server rejects a command of a transaction. Nothing was executed.
   */
  // deno-lint-ignore no-explicit-any
  exec(): Promise<[Error | null, any][] | null>;
}

/** The commands of a {@linkcode BullMQTransaction}. */
export class QueuedCommands implements BullMQTransaction {
  readonly #owner: TransactionOwner;
  readonly #commands: QueuedCommand[] = [];

  /**
   * Makes an empty one.
   *
   * @param owner What runs the commands.
   */
  constructor(owner: TransactionOwner) {
    this.#owner = owner;
  }

  hgetall(key: string): this {
    return this.#add({ words: ["HGETALL", wordOf(key)], decode: recordOf });
  }

  hset(key: string, data: Record<string, string | number>): this {
    return this.#add({ words: wordsOf(["HSET", key, Object.entries(data).flat()]) });
  }

  hscan(key: string, cursor: string | number, options?: { COUNT?: number }): this {
    return this.#add({ words: scanWords("HSCAN", key, cursor, options) });
  }

  smembers(key: string): this {
    return this.#add({ words: ["SMEMBERS", wordOf(key)] });
  }

  sscan(key: string, cursor: string | number, options?: { COUNT?: number }): this {
    return this.#add({ words: scanWords("SSCAN", key, cursor, options) });
  }

  zrange(key: string, start: number, end: number): this {
    return this.#add({ words: wordsOf(["ZRANGE", key, start, end]) });
  }

  lrange(key: string, start: number, end: number): this {
    return this.#add({ words: wordsOf(["LRANGE", key, start, end]) });
  }

  llen(key: string): this {
    return this.#add({ words: ["LLEN", wordOf(key)] });
  }

  del(...keys: string[]): this {
    return keys.length === 0 ? this : this.#add({ words: wordsOf(["DEL", keys]) });
  }

  // deno-lint-ignore no-explicit-any
  runCommand(name: string, args: any[]): this {
    const { script, numberOfKeys } = this.#owner.scriptOf(name);
    return this.#add({ words: [String(numberOfKeys), ...wordsOf(args)], script });
  }

  // deno-lint-ignore no-explicit-any
  exec(): Promise<[Error | null, any][] | null> {
    const commands = this.#commands.splice(0);
    return commands.length === 0 ? Promise.resolve([]) : this.#owner.run(commands);
  }

  #add(command: QueuedCommand): this {
    this.#commands.push(command);
    return this;
  }
}

function scanWords(
  command: string,
  key: string,
  cursor: string | number,
  options: { COUNT?: number } = {},
): Argument[] {
  const { COUNT } = options;
  return wordsOf([command, key, cursor, COUNT === undefined ? [] : ["COUNT", COUNT]]);
}

/**
 * Runs commands together.
 *
 * @param client What runs them.
 * @param commands The commands.
 * @returns The outcomes; null if a watched key was changed.
 * @throws {Error} If they were not executed, or nobody knows.
 */
export async function runTogether(
  client: Client,
  commands: readonly QueuedCommand[],
): Promise<Outcome[] | null> {
  const all = callsByText(commands, "one");
  const results = await client.transaction(
    (transaction) => all.map((words) => transaction.customCommand(words)),
    { errors: "values" },
  );
  // An error of the whole is that of each command that has none of its own.
  const failure = results?.find((result) =>
    result instanceof Error && (!(result instanceof ServerError) || result.code === "EXECABORT")
  );
  if (failure !== undefined) throw failure;
  return results?.map((result, i) => outcomeOf(commands[i], result)) ?? null;
}

/**
 * Runs commands one after another, in one write for each node.
 *
 * @param client The client.
 * @param commands The commands.
 * @param servers Whether one server executes all of them.
 * @returns The outcomes.
 */
export async function runInARow(
  client: Client,
  commands: readonly QueuedCommand[],
  servers: "one" | "several",
): Promise<Outcome[]> {
  const results = await client.batch(
    (batch) => callsByText(commands, servers).map((words) => batch.customCommand(words)),
    { errors: "values" },
  );
  return results.map((result, i) => outcomeOf(commands[i], result));
}

/** Makes the outcome of a command of its reply, or of its error. */
function outcomeOf({ decode }: QueuedCommand, result: unknown): Outcome {
  if (result instanceof Error) return [translated(result) as Error, null];
  return [null, decode === undefined ? result : decode(result as Reply)];
}
