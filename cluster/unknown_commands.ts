/**
 * Commands that the table does not have: the client asks the servers about them.
 *
 * @module
 */

import {
  blockingTimeout,
  type CommandRow,
  lookUp,
  rowsFromCommandReply,
} from "../lib/command_table/mod.ts";
import type { Request } from "../lib/connection/request.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";
import { slotOfKeys } from "./router.ts";
import { targetOfSlot } from "./target.ts";

/** Lifetime of an answer about a name, in milliseconds. It is limited because a module can be loaded at any time. */
const HOLDS = 10_000;
/** How many answers are kept. The names come from callers, so their number has no limit. */
const MAX_ANSWERS = 1000;

/** Learns rows of commands at run time. */
export class UnknownCommands {
  readonly #rows: Map<string, CommandRow>;
  readonly #call: (words: Argument[]) => Promise<Reply>;
  /** Questions under way, by the name of the command. */
  readonly #asked = new Map<string, Promise<void>>();
  /** Names that the servers do not know, and until when they are not asked again. */
  readonly #answered = new Map<string, number>();

  /**
   * Creates an object without learnt commands.
   *
   * @param rows Where rows are added, by the names of the commands.
   * @param call Sends a command to any node.
   */
  constructor(rows: Map<string, CommandRow>, call: (words: Argument[]) => Promise<Reply>) {
    this.#rows = rows;
    this.#call = call;
  }

  /**
   * Asks what the command of a request is, and which keys it has, as far as that is not known.
   *
   * @param request A request without a target. It gets its row, and its target if it has keys.
   * @returns Resolves when the servers have answered.
   */
  async locate(request: Request): Promise<void> {
    // A request that has been settled since has no words any more.
    const { words } = request;
    if (request.row === undefined) {
      await this.#learn(words[0]);
      const row = lookUp(words, this.#rows);
      if (row === undefined) return;
      request.row = row;
      request.blocks = blockingTimeout(row, words) !== undefined;
    }
    if (!request.row.keysNeedServer) return;
    const keys = await this.#keysOf(words);
    try {
      request.target = targetOfSlot(slotOfKeys(request.name, keys));
    } catch (error) {
      request.reject(error);
    }
  }

  /**
   * The same for several requests at once.
   *
   * @param requests Requests without a target.
   */
  async locateAll(requests: readonly Request[]): Promise<void> {
    await Promise.all(requests.map((request) => this.locate(request)));
  }

  /**
   * Asks what a command is. Calls for the same command at the same time share one question.
   *
   * @param name First word of the command.
   * @returns Resolves when the servers have answered. Undefined if they answered a short while ago that they do not know
   * the command.
   */
  #learn(name: Argument): Promise<void> | undefined {
    const key = String(name instanceof Uint8Array ? utf8.decode(name) : name).toUpperCase();
    const until = this.#answered.get(key);
    if (until !== undefined && until > performance.now()) return undefined;
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = this.#ask(key, name);
      this.#asked.set(key, asked);
      asked.finally(() => this.#asked.delete(key));
    }
    return asked;
  }

  /**
   * Asks for the keys of a call, where only the server can find them.
   *
   * @param words Words of the call.
   * @returns The keys; none if the server finds none, or does not say.
   */
  async #keysOf(words: readonly Argument[]): Promise<Argument[]> {
    try {
      const keys = await this.#call(["COMMAND", "GETKEYS", ...words]);
      return Array.isArray(keys) ? keys as Argument[] : [];
    } catch {
      // It has no keys, or it is malformed: any node answers that.
      return [];
    }
  }

  async #ask(key: string, name: Argument): Promise<void> {
    try {
      const rows = rowsFromCommandReply(await this.#call(["COMMAND", "INFO", name]));
      for (const row of rows) this.#rows.set(row.name, row);
      if (this.#answered.size >= MAX_ANSWERS) this.#answered.clear();
      this.#answered.set(key, performance.now() + HOLDS);
    } catch {
      // The user may not ask. Any node will do: one that does not hold the key answers with a redirection.
    }
  }
}

const utf8 = new TextDecoder();
