/**
 * Chains of commands, as returned by `pipeline()` and `multi()`.
 *
 * @module
 */

import type { Client } from "../../client/client.ts";
import type { Script } from "../../client/script.ts";
import { commandNames } from "../../command_table/mod.ts";
import { ServerError } from "../../errors.ts";
import type { Argument, Reply } from "../../resp/reply.ts";
import { translated } from "../reopened_client.ts";
import { callsByText } from "../script_calls.ts";
import { type Callback, take, tell, valueOf } from "./shapes.ts";

/** A command of a chain. */
interface Queued {
  /** Its words; those of a script without the first two. */
  readonly words: Argument[];
  readonly bytes: boolean;
  readonly callback: Callback | undefined;
  readonly script: Script | undefined;
}

/** Error and result of a command of a chain. The error is null if the command succeeded. */
// deno-lint-ignore no-explicit-any
export type PipelineResult = [error: any, value?: any];

/** What runs a chain. */
export interface PipelineOwner {
  /** Whether one server executes all commands. */
  readonly servers: "one" | "several";
  /** The defined commands. */
  readonly defined: ReadonlyMap<string, DefinedCommand>;
  /** Runs something with the client. */
  use<R>(run: (client: Client) => Promise<R>): Promise<R>;
}

/** A command that `defineCommand()` has defined. */
export interface DefinedCommand {
  /** Its script. */
  readonly script: Script;
  /** How many arguments are keys; undefined if the first argument says it. */
  readonly numberOfKeys: number | undefined;
}

/** All commands as methods in lower case, each also with the suffix `Buffer`. They return the chain. */
export interface IORedisPipeline {
  /** A command. */
  // deno-lint-ignore no-explicit-any
  [command: string]: any;
}

/**
 * Chain of commands. It has all command methods of the facade; each returns the chain.
 */
export class IORedisPipeline {
  static {
    for (const name of commandNames()) {
      for (const suffix of ["", "Buffer"]) {
        const method = name.toLowerCase() + suffix;
        if (method in IORedisPipeline.prototype) continue;
        Object.defineProperty(IORedisPipeline.prototype, method, {
          value(this: IORedisPipeline, ...args: unknown[]): IORedisPipeline {
            return this.#add(name, args, suffix !== "");
          },
          writable: true,
          configurable: true,
        });
      }
    }
  }

  readonly #owner: PipelineOwner;
  readonly #together: boolean;
  #queued: Queued[] = [];

  /**
   * Makes an empty chain.
   *
   * @param owner What runs it.
   * @param together Whether its commands are a transaction.
   * @ignore
   */
  constructor(owner: PipelineOwner, together: boolean) {
    this.#owner = owner;
    this.#together = together;
    for (const [name, defined] of owner.defined) {
      for (const suffix of ["", "Buffer"]) {
        Object.defineProperty(this, name + suffix, {
          value: (...args: unknown[]) => this.#addScript(defined, args, suffix !== ""),
          configurable: true,
        });
      }
    }
  }

  /** Number of commands in the chain. */
  get length(): number {
    return this.#queued.length;
  }

  /** Adds any command. */
  call(name: string, ...args: unknown[]): this {
    return this.#add(name.toUpperCase(), args, false);
  }

  /** Does nothing, since the chain is a transaction already. */
  multi(): this {
    if (this.#together) return this;
    throw new TypeError("Cannot begin a transaction in a pipeline: use multi() of the client");
  }

  /** Removes all commands from the chain. */
  discard(): this {
    this.#queued = [];
    return this;
  }

  /**
   * Sends the commands.
   *
   * @param callback Function that is called with the results.
   * @returns Error and result of each command, in order; null if a watched key was changed.
   */
  exec(callback?: Callback): Promise<PipelineResult[] | null> {
    const queued = this.#queued;
    this.#queued = [];
    const outcome = queued.length === 0
      ? Promise.resolve([])
      : this.#owner.use((client) =>
        this.#together ? together(client, queued) : inARow(client, queued, this.#owner.servers)
      );
    for (const [i, { callback }] of queued.entries()) {
      if (callback === undefined) continue;
      outcome.then((results) => callback(...results?.[i] ?? [null, null]), callback);
    }
    return tell(outcome, callback);
  }

  #add(name: string, args: readonly unknown[], bytes: boolean): this {
    const { words, callback } = take(name, args);
    this.#queued.push({ words, bytes, callback, script: undefined });
    return this;
  }

  #addScript(defined: DefinedCommand, args: readonly unknown[], bytes: boolean): this {
    const { words, callback } = take("", args);
    this.#queued.push({
      words: scriptWords(defined, words),
      bytes,
      callback,
      script: defined.script,
    });
    return this;
  }
}

/**
 * The words of a script without the first two: how many keys, keys, arguments.
 *
 * @param defined The command.
 * @param words Its words, the name first.
 */
export function scriptWords({ numberOfKeys }: DefinedCommand, words: Argument[]): Argument[] {
  const rest = words.slice(1);
  return numberOfKeys === undefined ? rest : [String(numberOfKeys), ...rest];
}

async function together(
  client: Client,
  queued: readonly Queued[],
): Promise<PipelineResult[] | null> {
  const bytes = queued.some(({ bytes }) => bytes);
  const all = callsByText(queued, "one");
  const results = await (bytes ? client.bytes as unknown as Client : client).transaction(
    (transaction) => all.map((words) => transaction.customCommand(words)),
    { errors: "values" },
  );
  const failure = results?.find((result) =>
    result instanceof Error && (!(result instanceof ServerError) || result.code === "EXECABORT")
  );
  if (failure !== undefined) throw failure;
  return results?.map((result, i) =>
    resultOf(queued[i], bytes && !queued[i].bytes ? textIn(result as Reply) : result)
  ) ?? null;
}

async function inARow(
  client: Client,
  queued: readonly Queued[],
  servers: "one" | "several",
): Promise<PipelineResult[]> {
  const bytes = queued.some(({ bytes }) => bytes);
  const results = await (bytes ? client.bytes as unknown as Client : client).batch(
    (batch) => callsByText(queued, servers).map((words) => batch.customCommand(words)),
    { errors: "values" },
  );
  return results.map((result, i) =>
    resultOf(queued[i], bytes && !queued[i].bytes ? textIn(result as Reply) : result)
  );
}

function resultOf({ words }: Queued, result: unknown): PipelineResult {
  if (result instanceof Error) return [translated(result)];
  return [null, valueOf(String(words[0]), result as Reply)];
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of a reply that came as bytes for the sake of another command. */
function textIn(reply: Reply): Reply {
  if (reply instanceof Uint8Array) return utf8.decode(reply);
  return Array.isArray(reply) ? reply.map(textIn) : reply;
}
