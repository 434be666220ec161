/**
 * Commands that the table does not have: what the servers say of them.
 *
 * @module
 */

import { type CommandRow, rowsFromCommandReply } from "../lib/command_table/mod.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";

/** How long the servers' answer about a name holds, in milliseconds: a module may be loaded at any time. */
const HOLDS = 10_000;
/** How many answers are remembered. The names come from callers, so there is no end to them. */
const MAX_ANSWERS = 1000;

/** Learns rows of commands at run time. */
export class UnknownCommands {
  readonly #rows: Map<string, CommandRow>;
  readonly #call: (words: Argument[]) => Promise<Reply>;
  /** Questions under way, by the name of the command. */
  readonly #asked = new Map<string, Promise<void>>();
  /** Names that were asked for, and until when nobody asks again, although the rows do not have the command. */
  readonly #answered = new Map<string, number>();

  /**
   * Makes one that knows nothing yet.
   *
   * @param rows Where rows are added, by the names of the commands.
   * @param call Asks any node something.
   */
  constructor(rows: Map<string, CommandRow>, call: (words: Argument[]) => Promise<Reply>) {
    this.#rows = rows;
    this.#call = call;
  }

  /**
   * Asks what a command is. Calls for the same command at the same time share one question.
   *
   * @param name First word of the command.
   * @returns Resolves when the rows have what can be learnt, also if nothing can. Undefined if the servers
   * said a short while ago that they do not know it either.
   */
  learn(name: Argument): Promise<void> | undefined {
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
   * Asks for the keys of a call of a command whose keys only the server knows.
   *
   * @param words Words of the call.
   * @returns The keys; none if the server finds none, or does not say.
   */
  async keysOf(words: readonly Argument[]): Promise<Argument[]> {
    try {
      const keys = await this.#call(["COMMAND", "GETKEYS", ...words]);
      return Array.isArray(keys) ? keys as Argument[] : [];
    } catch {
      // It has no keys, or it is malformed, which any node will say.
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
      // Without the permission to ask, any node will do: one that does not hold the key says which one does.
    }
  }
}

const utf8 = new TextDecoder();
