/**
 * Optimistic locking: reading keys and writing them only if nobody else did meanwhile.
 *
 * @module
 */

import type { Batch, BatchOptions, BatchOutcomes, BatchValues } from "./batch.ts";
import { Commands, type Key, type OneOrMany } from "./commands/mod.ts";
import type { Connection } from "./connection/connection.ts";
import type { Link } from "./connection/link.ts";
import { ask } from "./connection/open.ts";
import type { Request, RequestOwner } from "./connection/request.ts";
import type { Dispatcher, RequestOptions } from "./dispatcher.ts";
import { ConnectionError, ServerError, WatchError } from "./errors.ts";
import type { Decoder, Words } from "./executor.ts";
import { describe, faultOfOptions } from "./option_shape.ts";
import { refuse } from "./refused_commands.ts";
import type { Argument, Reply } from "./resp/reply.ts";
import { refuseSurplusIn } from "./surplus_arguments.ts";
import { runTransaction } from "./transaction.ts";

/** How often WATCH may meet a node that the keys have left. */
const MAX_MOVES = 5;

/** Options for `client.watch()`. */
export interface WatchOptions {
  /** How often to begin again after somebody else has changed a watched key. @default {10} */
  retries?: number;
}

/**
 * A connection of its own on which keys are watched.
 *
 * Commands run on it in their order; those in a transaction are executed only if no watched key was changed since.
 *
 * @typeParam T What a bulk string is on this surface.
 */
export class WatchSession<T extends string | Uint8Array = string> extends Commands<T, "one"> {
  static {
    refuseSurplusIn(WatchSession.prototype, ["customCommand", "transaction"]);
  }

  readonly #dispatcher: Dispatcher;
  readonly #connection: Connection;
  readonly #link: Link;
  readonly #bytes: boolean;
  readonly #options: RequestOptions | undefined;
  readonly #owner: RequestOwner;
  #open = true;
  /** Whether a transaction was not executed because a watched key had been changed. */
  #broken = false;

  /**
   * Makes a session. Sessions are made by `client.watch()`.
   *
   * @ignore
   */
  constructor(
    dispatcher: Dispatcher,
    link: Link,
    connection: Connection,
    bytes: boolean,
    options: RequestOptions | undefined,
  ) {
    super();
    this.#dispatcher = dispatcher;
    this.#link = link;
    this.#connection = connection;
    this.#bytes = bytes;
    this.#options = options;
    this.#owner = {
      onErrorReply: () => false,
      // On another connection nothing would be watched.
      resend: (request) =>
        request.reject(
          new ConnectionError(`Cannot send ${request.name}: the connection that watches is lost`, {
            ...link.endpoint,
            cause: request.lastError,
          }),
        ),
      onSettled: (request, replied) => dispatcher.onSettled(request, replied),
      onSilence: () => {},
    };
  }

  /** Whether a transaction was not executed because a watched key had been changed. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Executes commands together, if no watched key was changed since it is watched.
   *
   * @param build Adds the commands; it must return their promises in an array, and must not be async.
   * @param options What an error of one command does.
   * @returns The value of each command; null if a watched key was changed and nothing was executed. Then the whole
   * `watch()` begins again when its callback is done.
   */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options: BatchOptions & { errors: "values" },
  ): Promise<BatchOutcomes<P> | null>;
  /** Executes commands together, if no watched key was changed since it is watched. */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options?: BatchOptions,
  ): Promise<BatchValues<P> | null>;
  /** Executes commands together, if no watched key was changed since it is watched. */
  async transaction(
    build: (transaction: Batch<T, "one">) => readonly unknown[],
    options?: BatchOptions,
  ): Promise<unknown[] | null> {
    const values = await runTransaction<T, readonly unknown[]>(
      this.#dispatcher,
      this.#bytes,
      this.#options,
      build,
      options,
      (exec) => this.#launch(exec),
    );
    if (values === null) this.#broken = true;
    return values;
  }

  /**
   * Runs any command on the connection that watches.
   *
   * @param args Its words, the name first.
   * @returns The reply.
   * @throws {TypeError} If the command would change the state of the connection.
   */
  override customCommand(args: readonly Argument[]): Promise<Reply> {
    const refused = refuse(args);
    return refused === undefined ? super.customCommand(args) : Promise.reject(refused);
  }

  /**
   * Runs a command that a session must not run for its user.
   *
   * @ignore
   */
  run(words: Words): Promise<Reply> {
    return this.send(words, (reply) => reply);
  }

  /**
   * Ends the session.
   *
   * @ignore
   */
  close(): void {
    this.#open = false;
  }

  /** Runs a command on the connection that watches. */
  protected override send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean = this.#bytes,
  ): Promise<R> {
    try {
      if (!this.#open) throw new TypeError(`Cannot send ${words[0]}: the session is over`);
      const request = this.#dispatcher.make(words, decode, bytes, this.#options);
      const promise = request.promise<R>();
      this.#launch(request);
      return promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #launch(request: Request): void {
    request.owner = this.#owner;
    this.#dispatcher.launch(request, this.#options, () => {
      request.link = this.#link;
      if (this.#connection.closed) this.#owner.resend(request, this.#link);
      else this.#connection.send(request);
    });
  }
}

/**
 * Watches keys while a callback runs, and begins again when a transaction of it met a changed key.
 *
 * @param dispatcher The client's dispatcher.
 * @param bytes Whether bulk strings are bytes.
 * @param request Options of the requests.
 * @param keys The keys.
 * @param work The callback.
 * @param options How often to begin again.
 * @returns What the callback returned.
 */
export async function runWatch<T extends string | Uint8Array, R>(
  dispatcher: Dispatcher,
  bytes: boolean,
  request: RequestOptions | undefined,
  keys: OneOrMany<Key>,
  work: (session: WatchSession<T>) => Promise<R>,
  options: WatchOptions = {},
): Promise<R> {
  const fault = faultOfOptions<WatchOptions>(options, { retries: "word" });
  if (fault !== undefined) throw new TypeError(`Cannot watch: ${fault}`);
  if (typeof work !== "function") {
    throw new TypeError(`Cannot watch: expected a callback, got ${describe(work)}`);
  }
  const { retries = 10 } = options;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new RangeError("Cannot watch: expected retries to be an integer of 0 or more");
  }
  const watched: Key[] = Array.isArray(keys) ? [...keys] : [keys as Key];
  if (watched.length === 0) {
    throw new RangeError("Cannot watch: expected one or more keys, got none");
  }
  let moves = 0;
  for (let attempt = 0; attempt <= retries;) {
    const link = await dispatcher.locate(watched);
    const connection = await link.dedicated.acquire();
    const session = new WatchSession<T>(dispatcher, link, connection, bytes, request);
    try {
      try {
        await session.run(["WATCH", ...watched]);
      } catch (error) {
        if (!(error instanceof ServerError) || error.code !== "MOVED" || ++moves > MAX_MOVES) {
          throw error;
        }
        await dispatcher.refreshed();
        continue;
      }
      const result = await work(session);
      if (!session.broken) return result;
      attempt++;
    } finally {
      session.close();
      await giveBack(link, connection);
    }
  }
  throw new WatchError(
    `Cannot complete the transaction: a watched key was changed in each of ${retries + 1} attempts`,
  );
}

/** Keeps a connection for others if nothing is under way on it, else closes it. */
async function giveBack(link: Link, connection: Connection): Promise<void> {
  if (connection.idle && !connection.closed) {
    try {
      await ask(connection, ["UNWATCH"]);
    } catch {
      // Lost, and so not worth keeping.
    }
  }
  link.dedicated.giveBack(connection);
}
