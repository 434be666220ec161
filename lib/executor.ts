/**
 * Interface between the command methods and the objects that run commands.
 *
 * A command method builds the words of a command and names the decoder of its reply. Clients, batches and transactions
 * implement {@linkcode Executor.prototype.send | Executor.send}.
 *
 * @module
 */

import type { Argument, Reply } from "./resp/reply.ts";

/**
 * Words of a command: name and arguments.
 *
 * An `Error` stands for an invalid argument: the request rejects with it and nothing is sent. Command methods can thus
 * reject without being `async`.
 */
export type Words = (Argument | Error)[];

/**
 * Converts a reply into the value that a method returns.
 *
 * @typeParam R Type of the value.
 * @param reply Reply of the server. It is never an error itself, but an array, set or map may contain errors.
 * @param bytes Whether bulk strings in the reply are `Uint8Array` instead of `string`.
 * @param origin Server process that sent the reply; undefined if it is not known.
 */
export type Decoder<R> = (reply: Reply, bytes: boolean, origin?: Origin) => R;

/**
 * Server process that sent a reply. A cursor is only valid in the process that created it.
 */
export interface Origin {
  /** Requests the run id of the server now, so that it is known after the connection is lost. */
  remember(): void;
  /**
   * Tells whether an earlier reply came from the same server process.
   *
   * @param earlier Origin of the earlier reply, on which `remember()` was called.
   * @returns Whether the process is the same; false if that cannot be determined.
   */
  isSameProcess(earlier: Origin): Promise<boolean>;
}

/**
 * Base class of everything that runs commands: clients, batches, transactions and sessions.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class Executor<T extends string | Uint8Array = string> {
  /** Exists only in the type, so that text and bytes views are not assignable to each other. */
  declare protected readonly bulk: T;

  /**
   * Runs a command.
   *
   * @param words Name (with the subcommand as the second word) and arguments.
   * @param decode Converts the reply.
   * @param bytes Whether bulk strings in the reply are `Uint8Array` instead of `string`. By default it depends on the
   * view. Set it for replies that are never text, such as that of DUMP.
   * @returns The converted reply. Rejects with the error of the request.
   */
  protected abstract send<R>(words: Words, decode: Decoder<R>, bytes?: boolean): Promise<R>;
}
