/**
 * The one seam between the commands and whatever runs them.
 *
 * A command method says which words go out and how the reply becomes a value; an executor (a client, a batch, a
 * transaction) overrides {@linkcode Executor.send} and nothing else.
 *
 * @module
 */

import type { Argument, Reply } from "./resp/reply.ts";

/**
 * Words of a command as a method builds them.
 *
 * An `Error` in the place of a word stands for an argument that cannot be sent: the dispatcher rejects with it
 * before a byte goes out. So a method need not be `async` to reject, and stays one call deep.
 */
export type Words = (Argument | Error)[];

/**
 * Makes a value of a reply.
 *
 * @typeParam R The value.
 * @param reply What the server answered; never an error at the top level.
 * @param bytes Whether the bulk strings of the reply are `Uint8Array` rather than text.
 * @param origin Where the reply came from; undefined where that is not known.
 */
export type Decoder<R> = (reply: Reply, bytes: boolean, origin?: Origin) => R;

/**
 * Where a reply came from. A cursor is valid only in the process that made it.
 */
export interface Origin {
  /** Asks the server for its run id now, so that it is known also after the connection is lost. */
  remember(): void;
  /**
   * Tells whether a reply came from the same server process.
   *
   * @param earlier Origin of an earlier reply, after its `remember()`.
   * @returns Whether it did; false if that is unknown.
   */
  isSameProcess(earlier: Origin): Promise<boolean>;
}

/**
 * Something that can run a command.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class Executor<T extends string | Uint8Array = string> {
  /** Keeps `T` in the type, so that a text and a bytes surface cannot be mixed up. */
  declare protected readonly bulk: T;

  /**
   * Runs a command.
   *
   * @param words Its words, the name first (a container's subcommand second).
   * @param decode Makes the value of the reply.
   * @param bytes Whether bulk strings of the reply come as `Uint8Array`; by default as on this surface. For replies
   * that are never text, such as that of DUMP.
   * @returns The value; rejects with what went wrong.
   */
  protected abstract send<R>(words: Words, decode: Decoder<R>, bytes?: boolean): Promise<R>;
}
