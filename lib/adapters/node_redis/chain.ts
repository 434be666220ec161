/**
 * Commands in a chain, as `multi()` of node-redis.
 *
 * @module
 */

import type { Client } from "../../client/client.ts";
import { ServerError } from "../../errors.ts";
import type { Argument, Reply } from "../../resp/reply.ts";
import { type CallOptions, viewOf } from "./command_options.ts";
import { METHODS, MISSING } from "./commands/mod.ts";
import { MultiErrorReply } from "./errors.ts";
import { type Method, wordsIn } from "./methods.ts";
import { type Shaped, shaped } from "./replies.ts";

/** A command of a chain. */
interface Queued {
  readonly words: Argument[];
  readonly reply: ((reply: Shaped) => unknown) | undefined;
}

/** What runs a chain. */
export interface ChainOwner {
  /** How its commands are sent. */
  readonly options: CallOptions;
  /** Runs something with the client. It rejects with the error of a closed client, if it is closed. */
  use<R>(run: (client: Client) => Promise<R>): Promise<R>;
}

/** All commands of the facade, each of which answers the chain. */
export interface NodeRedisChain {
  /** A command. */
  // deno-lint-ignore no-explicit-any
  [command: string]: any;
}

/** A chain of commands: all methods of the facade that are commands, each of which answers the chain. */
export class NodeRedisChain {
  static {
    const define = (name: string, value: unknown): void => {
      if (name in NodeRedisChain.prototype) return;
      Object.defineProperty(NodeRedisChain.prototype, name, {
        value,
        writable: true,
        configurable: true,
      });
    };
    for (const [name, method] of Object.entries(METHODS)) {
      const add = function (this: NodeRedisChain, ...args: unknown[]): NodeRedisChain {
        return this.#add(method, args);
      };
      define(name, add);
      define(method.name, add);
    }
    for (const [name, instead] of MISSING) {
      define(name, () => {
        throw new TypeError(`Cannot add ${name}() to the chain: use ${instead}`);
      });
    }
  }

  readonly #owner: ChainOwner;
  #queued: Queued[] = [];

  /**
   * Makes an empty chain.
   *
   * @param owner What runs it.
   * @ignore
   */
  constructor(owner: ChainOwner) {
    this.#owner = owner;
  }

  /** Adds any command: its words in an array. */
  sendCommand(words: readonly unknown[]): this {
    this.#queued.push({ words: [...words] as Argument[], reply: undefined });
    return this;
  }

  /**
   * Adds any command.
   *
   * @param words Its words; in a cluster, a key and a flag may stand in front of them.
   * @param transformReply Makes the value of its reply.
   */
  addCommand(...args: unknown[]): this {
    const at = args.findIndex((arg) => Array.isArray(arg));
    const reply = args[at + 1] as ((reply: Shaped) => unknown) | undefined;
    this.#queued.push({ words: [...args[at] as Argument[]], reply });
    return this;
  }

  /**
   * Executes the commands together.
   *
   * @param asPipeline Whether they are only sent together, and need not be executed together.
   * @returns The values in the order of the commands.
   * @throws {MultiErrorReply} If commands have failed; the others were executed.
   * @throws {ServerError} If the server has refused a command, so that none was executed.
   */
  async exec(asPipeline: boolean = false): Promise<unknown[]> {
    if (asPipeline) return await this.execAsPipeline();
    const queued = this.#taken();
    const replies = await this.#owner.use((client) => together(this.#view(client), queued));
    const values = valuesOf(queued, replies);
    if (values.some((value) => value instanceof Error)) throw new MultiErrorReply(values);
    return values;
  }

  /** The same as {@linkcode NodeRedisChain.prototype.exec | NodeRedisChain.exec}. */
  execTyped(asPipeline: boolean = false): Promise<unknown[]> {
    return this.exec(asPipeline);
  }

  /** The same as {@linkcode NodeRedisChain.prototype.exec | NodeRedisChain.exec}. */
  EXEC(asPipeline: boolean = false): Promise<unknown[]> {
    return this.exec(asPipeline);
  }

  /**
   * Sends the commands together. Commands of others may be executed between them.
   *
   * @returns The values in the order of the commands.
   * @throws {Error} The first error of a command, once all have ended.
   */
  async execAsPipeline(): Promise<unknown[]> {
    const queued = this.#taken();
    const replies = await this.#owner.use(async (client): Promise<readonly unknown[]> =>
      queued.length === 0 ? [] : await this.#view(client).batch(
        (batch) => queued.map(({ words }) => batch.customCommand(words)),
      )
    );
    return valuesOf(queued, replies);
  }

  /** The same as {@linkcode NodeRedisChain.prototype.execAsPipeline | NodeRedisChain.execAsPipeline}. */
  execAsPipelineTyped(): Promise<unknown[]> {
    return this.execAsPipeline();
  }

  #add(method: Method, args: readonly unknown[]): this {
    this.#queued.push({ words: wordsIn(method.words(...args)), reply: method.reply });
    return this;
  }

  #taken(): Queued[] {
    const queued = this.#queued;
    this.#queued = [];
    return queued;
  }

  #view(client: Client): Client {
    return viewOf(client, this.#owner.options);
  }
}

/** Executes the commands; an error of one of them is in its place, unless the server has executed none. */
async function together(client: Client, queued: readonly Queued[]): Promise<readonly unknown[]> {
  if (queued.length === 0) return [];
  const words = queued.map(({ words }) => words);
  if (words.length > 1) {
    const replies = await client.transaction(
      (transaction) => words.map((each) => transaction.customCommand(each)),
      { errors: "values" },
    );
    const errors = replies.filter((reply) => reply instanceof Error);
    const isOver = errors.some((error) => !(error instanceof ServerError) || isAborted(error));
    if (isOver) throw errors.find((error) => !isAborted(error)) ?? errors[0];
    return replies;
  }
  try {
    return await client.transaction((transaction) => [transaction.customCommand(words[0])]);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (isAborted(error)) throw error.cause ?? error;
    return [error];
  }
}

function isAborted(error: unknown): boolean {
  return error instanceof ServerError && error.code === "EXECABORT";
}

function valuesOf(queued: readonly Queued[], replies: readonly unknown[]): unknown[] {
  return replies.map((reply, i) => {
    if (reply instanceof Error) return reply;
    const value = shaped(reply as Reply);
    const { reply: decode } = queued[i];
    return decode === undefined ? value : decode(value);
  });
}
