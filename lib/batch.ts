/**
 * Several commands in one write, without atomicity.
 *
 * @module
 */

import { Commands, type Reach } from "./commands/mod.ts";
import type { Request } from "./connection/request.ts";
import type { ClusterRequestOptions, Dispatcher } from "./dispatcher.ts";
import type { Decoder, Words } from "./executor.ts";
import { refuse } from "./refused_commands.ts";
import type { Argument, Reply } from "./resp/reply.ts";

/** What a batch of commands resolves to: the value of each, in their order. */
export type BatchValues<P extends readonly unknown[]> = { -readonly [K in keyof P]: Awaited<P[K]> };

/** What a batch resolves to where errors are values: the value or the error of each, in their order. */
export type BatchOutcomes<P extends readonly unknown[]> = {
  -readonly [K in keyof P]: Awaited<P[K]> | Error;
};

/** Options for a batch or a transaction. */
export interface BatchOptions {
  /**
   * What an error of one command does: reject the whole, after all have ended (`"reject"`), or take the place of the
   * command's value (`"values"`).
   *
   * @default {"reject"}
   */
  errors?: "reject" | "values";
  /**
   * Whether a command that the server cannot execute at the moment (`TRYAGAIN`, `LOADING`, …) is sent again later, as it
   * would be outside of a batch. It may then be executed after the ones behind it.
   *
   * @default {false}
   */
  retryServerErrors?: boolean;
}

/**
 * The surface of a batch: it takes commands while the callback runs, and they all go out when it has returned.
 *
 * @typeParam T What a bulk string is on this surface.
 * @typeParam N How many nodes its commands reach.
 */
export class Batch<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends Commands<T, N> {
  readonly #make: (words: Words, decode: Decoder<unknown>, bytes?: boolean) => Request;
  #open = true;

  /**
   * Makes a surface. Batches are made by `client.batch()`.
   *
   * @param make Makes a request of a command.
   * @ignore
   */
  constructor(make: (words: Words, decode: Decoder<unknown>, bytes?: boolean) => Request) {
    super();
    this.#make = make;
  }

  /**
   * Adds any command, also one that this library has no method for.
   *
   * @param args Its words, the name first.
   * @returns The reply.
   * @throws {TypeError} If the command would change the state of the shared connection.
   */
  override customCommand(args: readonly Argument[]): Promise<Reply> {
    const refused = refuse(args);
    return refused === undefined ? super.customCommand(args) : handled(Promise.reject(refused));
  }

  /** Adds a command. */
  protected override send<R>(words: Words, decode: Decoder<R>, bytes?: boolean): Promise<R> {
    try {
      if (!this.#open) throw new TypeError("Cannot add a command: the batch was sent already");
      return handled(this.#make(words, decode, bytes).promise<R>());
    } catch (error) {
      return handled(Promise.reject(error));
    }
  }

  /**
   * Ends the adding of commands.
   *
   * @ignore
   */
  close(): void {
    this.#open = false;
  }
}

/**
 * Runs a batch.
 *
 * @param dispatcher What runs the requests.
 * @param bytes Whether bulk strings are bytes.
 * @param request Options of the requests.
 * @param build Adds the commands.
 * @param options Options of the batch.
 * @returns The value of each command.
 */
export function runBatch<
  T extends string | Uint8Array,
  N extends Reach,
  P extends readonly unknown[],
>(
  dispatcher: Dispatcher,
  bytes: boolean,
  request: ClusterRequestOptions | undefined,
  build: (batch: Batch<T, N>) => P,
  options: BatchOptions | undefined,
): Promise<unknown[]> {
  const requests: Request[] = [];
  const batch = new Batch<T, N>((words, decode, raw = bytes) => {
    const made = dispatcher.make(words, decode, raw, request);
    made.impatient = options?.retryServerErrors !== true;
    requests.push(made);
    return made;
  });
  return collect(batch, build, options, () => {
    // All of one turn, so they share a write: one for each node.
    for (const made of requests) dispatcher.launch(made, request);
  });
}

/**
 * Has the commands added and sent, and waits for their values.
 *
 * @param batch The surface.
 * @param build Adds the commands.
 * @param options Options of the batch.
 * @param send Sends them.
 */
export async function collect<
  T extends string | Uint8Array,
  N extends Reach,
  P extends readonly unknown[],
>(
  batch: Batch<T, N>,
  build: (batch: Batch<T, N>) => P,
  options: BatchOptions | undefined,
  send: () => void,
): Promise<unknown[]> {
  let promises: P;
  try {
    promises = build(batch);
  } finally {
    batch.close();
  }
  if (!Array.isArray(promises)) {
    throw new TypeError(
      "Cannot run the batch: expected the callback to return an array, and not to be async",
    );
  }
  send();
  const results = await Promise.allSettled(promises);
  if (options?.errors !== "values") {
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
  return results.map((result) => result.status === "fulfilled" ? result.value : result.reason);
}

/** Marks a promise as looked after: the batch reports its failure. */
function handled<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => {});
  return promise;
}
