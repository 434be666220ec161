/**
 * Batches: several commands in one write, not atomic.
 *
 * @module
 */

import { Commands, type Reach, type ScriptCall } from "../commands/mod.ts";
import { keepOrder } from "../connection/ordered_batch.ts";
import { NO_OWNER, type Request } from "../connection/request.ts";
import type { Decoder, Words } from "../executor.ts";
import { describe, faultOfOptions, type OptionShape } from "../option_shape.ts";
import { refuse } from "../command_table/refused.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { refuseSurplusIn } from "../surplus_arguments.ts";
import { type Script, scriptWords } from "./script.ts";
import type { View } from "./view.ts";
import { checkText } from "../words.ts";

/** Result of a batch or a transaction: the result of each command, in order. */
export type BatchValues<P extends readonly unknown[]> = { -readonly [K in keyof P]: Awaited<P[K]> };

/** Result of a batch or a transaction with `errors: "values"`: the result or the error of each command, in order. */
export type BatchOutcomes<P extends readonly unknown[]> = {
  -readonly [K in keyof P]: Awaited<P[K]> | Error;
};

/** Options of a batch or a transaction. */
export interface BatchOptions {
  /**
   * How to handle errors of single commands. `"reject"` rejects with the first error after all commands have completed.
   * `"values"` puts the error in place of the command's result.
   *
   * This includes commands that the client rejects, because of a wrong argument, for example. With `"reject"`, nothing
   * of the batch is sent; with `"values"`, the other commands are. A transaction with such a command always rejects,
   * and nothing of it is sent.
   *
   * @default {"reject"}
   */
  errors?: "reject" | "values";
  /**
   * Retry commands that the server cannot execute at the moment (`TRYAGAIN`, `LOADING`, …), as outside of a batch. A
   * retried command may run after commands that follow it in the batch.
   *
   * @default {false}
   */
  retryServerErrors?: boolean;
}

/**
 * Collects the commands of a batch or a transaction. They are sent when the callback has returned.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches. */
export class Batch<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends Commands<T, N> {
  /** Not available in a batch, since it takes several round trips. Use `scan()`. */
  declare scanIterator: never;
  /** Not available in a batch, since it takes several round trips. Use `hscan()`. */
  declare hscanIterator: never;
  /** Not available in a batch, since it takes several round trips. Use `sscan()`. */
  declare sscanIterator: never;
  /** Not available in a batch, since it takes several round trips. Use `zscan()`. */
  declare zscanIterator: never;

  static {
    refuseSurplusIn(Batch.prototype, ["customCommand", "run"]);
    for (const name of ["scan", "hscan", "sscan", "zscan"]) {
      Object.defineProperty(Batch.prototype, `${name}Iterator`, {
        value: () => {
          throw new TypeError(
            `Cannot add ${name}Iterator() to a batch or a transaction: ` +
              `it takes several round trips; use ${name}()`,
          );
        },
      });
    }
  }

  readonly #make: (words: Words, decode: Decoder<unknown>, bytes?: boolean) => Request;
  #open = true;
  #refusals: unknown[] = [];
  #promises: Promise<unknown>[] = [];

  /**
   * Makes an empty batch. `client.batch()` makes batches.
   *
   * @param make Makes a request of a command.
   * @ignore
   */
  constructor(make: (words: Words, decode: Decoder<unknown>, bytes?: boolean) => Request) {
    super();
    this.#make = make;
  }

  /**
   * Errors of the commands that were rejected, in the order in which the commands were added.
   *
   * @ignore
   */
  get refusals(): readonly unknown[] {
    return this.#refusals;
  }

  /**
   * The promises of the commands.
   *
   * @ignore
   */
  get promises(): readonly Promise<unknown>[] {
    return this.#promises;
  }

  /**
   * Adds any command, including commands without a method in this library.
   *
   * @param args Name and arguments of the command: `["GET", "key"]`.
   * @returns The reply without conversion; see {@linkcode Reply}.
   * @throws {TypeError} If the command would change the state of the shared connection, such as SELECT. The message
   * names the alternative.
   */
  override customCommand(args: readonly Argument[]): Promise<Reply> {
    const refused = refuse(args);
    return refused === undefined ? super.customCommand(args) : this.#refuse(refused);
  }

  /**
   * Adds a Lua script.
   *
   * The script is sent with EVAL, not EVALSHA. With EVALSHA, a server that does not know the script would fail it after
   * it has executed other commands of the batch.
   *
   * @example A script between other commands
   * ```ts
   * import { script } from "@babushka/redis";
   *
   * const twice = script(`return redis.call("GET", KEYS[1]) * 2`);
   * await client.transaction((t) => [t.set("n", 21), t.run(twice, { keys: "n" })]); // ["OK", 42]
   * ```
   *
   * @param script The script, created with {@linkcode script}.
   * @param call Keys (`KEYS`) and arguments (`ARGV`) of the script.
   * @returns The value that the script returned, without conversion; see {@linkcode Reply}.
   */
  run(script: Script, call?: ScriptCall): Promise<Reply> {
    return this.send(scriptWords("EVAL", script, call), toReply);
  }

  /** Adds a command. */
  protected override send<R>(words: Words, decode: Decoder<R>, bytes?: boolean): Promise<R> {
    try {
      if (!this.#open) throw new TypeError("Cannot add a command: the batch has been sent already");
      const promise = handled(this.#make(words, decode, bytes).promise<R>());
      this.#promises.push(promise);
      return promise;
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): Promise<never> {
    this.#refusals.push(error);
    return handled(Promise.reject(error));
  }

  /**
   * Refuses further commands.
   *
   * @ignore
   */
  close(): void {
    this.#open = false;
  }
}

const BATCH_OPTIONS: OptionShape<BatchOptions> = { errors: "word", retryServerErrors: "flag" };

/**
 * Checks the options of a batch or a transaction.
 *
 * @param what What they are for, for the message.
 * @param options The options.
 * @throws {TypeError} If an option is unknown, or its value is.
 */
export function checkBatchOptions(
  what: "batch" | "transaction",
  options: BatchOptions | undefined,
): void {
  if (options === undefined) return;
  const fault = faultOfOptions(options, BATCH_OPTIONS) ??
    (["reject", "values", undefined].includes(options.errors)
      ? undefined
      : 'expected the option "errors" to be "reject" or "values"');
  if (fault !== undefined) throw new TypeError(`Cannot run the ${what}: ${fault}`);
}

/**
 * Runs a batch.
 *
 * @param view What the requests are sent with.
 * @param build Adds the commands.
 * @param options Options of the batch.
 * @returns The value of each command.
 */
export async function runBatch<
  T extends string | Uint8Array,
  N extends Reach,
  P extends readonly unknown[],
>(
  view: View,
  build: (batch: Batch<T, N>) => P,
  options: BatchOptions | undefined,
): Promise<unknown[]> {
  checkBatchOptions("batch", options);
  const { dispatcher, options: request } = view;
  const requests: Request[] = [];
  const batch = new Batch<T, N>((words, decode, bytes) => {
    const made = view.make(words, decode, bytes);
    checkText(made.words);
    made.impatient = options?.retryServerErrors !== true;
    requests.push(made);
    return made;
  });
  const outcomes = addCommands("batch", batch, build, requests);
  const { errors = "reject" } = options ?? {};
  const refused = new Map<Request, unknown>();
  for (const made of requests) {
    try {
      dispatcher.prepare(made, request);
    } catch (error) {
      refused.set(made, error);
    }
  }
  if (errors === "reject") {
    const [refusal] = [...batch.refusals, ...refused.values()];
    const error = refusal ?? dispatcher.overload(requests.length);
    if (error !== undefined) {
      withdraw(requests, error);
      throw error;
    }
  }
  const sendable = requests.filter((made) => !refused.has(made));
  for (const [made, error] of refused) withdraw([made], error);
  keepOrder(sendable, request?.timeout);
  dispatcher.observer?.beginBatch(sendable, errors);
  // If the node of one command must be found out first, the others wait for it, so that they keep their order.
  const located = dispatcher.locate(sendable, request);
  const send = located === undefined ? undefined : () => {};
  // All are launched in the same turn, so there is one write for each node.
  for (const made of sendable) view.launch(made, send);
  located?.then(() => dispatcher.release(sendable));
  const results = await outcomes;
  await leftOut(batch, requests);
  return settle(results, errors);
}

/**
 * Runs the callback that adds the commands of a batch or a transaction.
 *
 * @param what What it is, for messages.
 * @param batch The surface.
 * @param build Adds the commands.
 * @param requests Where the surface puts their requests.
 * @returns The outcomes of the promises that the callback returned; their rejections are handled.
 * @throws What the callback threw, or that it is async. Nothing can be sent then, and the requests are rejected.
 */
export function addCommands<
  T extends string | Uint8Array,
  N extends Reach,
  P extends readonly unknown[],
>(
  what: "batch" | "transaction",
  batch: Batch<T, N>,
  build: (batch: Batch<T, N>) => P,
  requests: readonly Request[],
): Promise<PromiseSettledResult<unknown>[]> {
  try {
    if (typeof build !== "function") {
      throw new TypeError(
        `Cannot run the ${what}: expected a callback that adds commands, got ${describe(build)}`,
      );
    }
    const promises = build(batch);
    if (Array.isArray(promises)) return Promise.allSettled(promises);
    // An async callback rejects with the errors of its commands. Without a handler the rejection would end the process.
    handled(lookAfter(promises));
    throw new TypeError(
      `Cannot run the ${what}: expected the callback to return an array, and not to be async`,
    );
  } catch (error) {
    withdraw(requests, error);
    throw error;
  } finally {
    batch.close();
  }
}

/**
 * Rejects requests that were never launched.
 *
 * @param requests The requests.
 * @param error The error.
 */
export function withdraw(requests: readonly Request[], error: unknown): void {
  for (const request of requests) {
    // The dispatcher does not count them.
    request.owner = NO_OWNER;
    request.reject(error);
  }
}

/**
 * Waits for the commands whose promises the callback did not return. Their errors are dropped.
 *
 * @param batch The surface.
 * @param requests Its requests.
 */
export async function leftOut<T extends string | Uint8Array, N extends Reach>(
  batch: Batch<T, N>,
  requests: readonly Request[],
): Promise<void> {
  if (requests.some(({ settled }) => !settled)) await Promise.allSettled(batch.promises);
}

/**
 * Makes the outcome of a batch from those of its commands.
 *
 * @param results The outcome of each command.
 * @param errors What an error does.
 * @returns The value or the error of each command.
 * @throws The first error, unless errors are values.
 */
export function settle(
  results: readonly PromiseSettledResult<unknown>[],
  errors: "reject" | "values",
): unknown[] {
  if (errors === "reject") {
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
  return results.map((result) => result.status === "fulfilled" ? result.value : result.reason);
}

/** Handles the rejection of an async callback. */
async function lookAfter(promises: unknown): Promise<void> {
  const all = await promises;
  if (Array.isArray(all)) await Promise.allSettled(all);
}

/** Adds a handler to a promise, so that its rejection does not end the process: the batch reports it. */
function handled<R>(promise: Promise<R>): Promise<R> {
  promise.catch(() => {});
  return promise;
}

function toReply(reply: Reply): Reply {
  return reply;
}
