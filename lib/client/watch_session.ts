/**
 * Sessions: connections on which keys are watched, and the commands that run on them.
 *
 * @module
 */

import type { Batch, BatchOptions, BatchOutcomes, BatchValues } from "./batch.ts";
import { Commands, type Key, type ScriptCall } from "../commands/mod.ts";
import { ask } from "../connection/ask.ts";
import type { Carrier, Dedicated, Request, RequestOwner } from "../connection/request.ts";
import { ClosedError, ConnectionError, type ServerError } from "../errors.ts";
import type { Decoder, Words } from "../executor.ts";
import { isNodeUnable, isRedirection, wasNotExecuted } from "../command_table/not_executed.ts";
import { refuse } from "../command_table/refused.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { runScript, type Script } from "./script.ts";
import { refuseSurplusIn } from "../surplus_arguments.ts";
import { runTransaction } from "./transaction.ts";
import type { View } from "./view.ts";

/** A connection on which keys are watched. */
export interface WatchingConnection {
  readonly link: Carrier;
  readonly dedicated: Dedicated;
  /** Whether the keys are moving to this node, which accepts commands on them only behind ASKING. */
  readonly asking: boolean;
}

/**
 * A connection of its own on which keys are watched.
 *
 * Commands are executed in their order. A transaction is executed only if no watched key was changed since WATCH.
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 */
export class WatchSession<T extends string | Uint8Array = string> extends Commands<T, "one"> {
  static {
    refuseSurplusIn(WatchSession.prototype, ["customCommand", "run", "transaction"]);
  }

  readonly #view: View;
  readonly #watching: WatchingConnection;
  readonly #owner: RequestOwner;
  #open = true;
  #broken = false;
  /** Transactions that may have been executed: running the callback again could execute them twice. */
  #executed = 0;
  #moved: ServerError | undefined;

  /**
   * Makes a session. `client.watch()` makes sessions.
   *
   * @ignore
   */
  constructor(view: View, watching: WatchingConnection) {
    super();
    const { dispatcher } = view;
    this.#view = view;
    this.#watching = watching;
    this.#owner = {
      onErrorReply: (request, error) => this.#onErrorReply(request, error),
      // The keys are not watched on another connection.
      resend: (request) =>
        request.reject(
          new ConnectionError(`Cannot send ${request.name}: the connection that watches is lost`, {
            ...watching.link.endpoint,
            cause: request.lastError,
          }),
        ),
      onSettled: (request, outcome, reason) => dispatcher.onSettled(request, outcome, reason),
      onWritten: (request) => dispatcher.onWritten(request),
      onSilence: () => {},
    };
  }

  /** Whether a transaction was not executed: a watched key had been changed, or its node no longer had the keys. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * The error with which the node refused a command because the keys move, or it is not the primary any more.
   *
   * @ignore
   */
  get moved(): ServerError | undefined {
    return this.#moved;
  }

  /**
   * Tells whether the callback failed only because the keys move, so that it can run again at their new node.
   *
   * @param error What the callback rejected with.
   * @ignore
   */
  failedByMove(error: unknown): boolean {
    return error !== undefined && error === this.#moved && this.#executed === 0;
  }

  /**
   * Executes commands together, if no watched key was changed since WATCH.
   *
   * @param build Adds the commands; it must return their promises in an array, and must not be async.
   * @param options What an error of one command does.
   * @returns The value of each command; null if nothing was executed because a watched key was changed or the keys have
   * moved to another node. Then the whole `watch()` begins again when its callback is done.
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
    if (!this.#open) throw isOver("a transaction");
    this.#executed++;
    const values = await runTransaction<T, readonly unknown[]>(
      this.#view,
      build,
      options,
      (exec) => this.#launch(exec),
    );
    if (values === null) {
      this.#broken = true;
      this.#executed--;
    }
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
   * Runs a Lua script on the connection that watches, by its digest; the text goes over only if the server does not know
   * it yet.
   *
   * @param script The script, made by {@linkcode script}.
   * @param call Its keys and arguments.
   * @returns What the script returned.
   * @throws {ServerError} If the script fails.
   */
  run(script: Script, call?: ScriptCall): Promise<Reply> {
    if (!this.#open) return Promise.reject(isOver("a script"));
    return runScript(this.#view, script, call, (request) => this.#launch(request));
  }

  /**
   * Ends the session: requests under way reject. If there were none, the connection is kept for later use.
   *
   * @ignore
   */
  end(): void {
    this.#open = false;
    const { dedicated } = this.#watching;
    const { connection } = dedicated;
    if (!connection.idle) {
      connection.close(new ClosedError("Cannot complete the request: the session is over"));
    } else if (!connection.closed) {
      // The reply is not awaited: it comes before those of later requests.
      ask(connection, ["UNWATCH"]).catch(() => {});
    }
    dedicated.release();
  }

  /** Runs a command on the connection that watches. */
  protected override send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes?: boolean,
  ): Promise<R> {
    try {
      if (!this.#open) throw isOver(words[0]);
      const request = this.#view.make(words, decode, bytes);
      const promise = request.promise<R>();
      this.#launch(request);
      return promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #launch(request: Request): void {
    const { link, dedicated: { connection }, asking } = this.#watching;
    request.owner = this.#owner;
    request.impatient = true;
    if (asking) request.asking = true;
    this.#view.launch(request, () => {
      request.link = link;
      if (connection.closed) this.#owner.resend(request);
      else connection.send(request);
    });
  }

  /** Checks whether an error says that the node does not have the keys any more, or is not the primary any more. */
  #onErrorReply(request: Request, error: ServerError): boolean {
    const isTransaction = request.prelude.length > 0;
    if (!isNodeUnable(error)) return false;
    // A script can write and then return any error code. A transaction is refused before it is executed.
    if (!isTransaction && !isRefusal(request, error)) return false;
    this.#moved ??= error;
    // The dispatcher may have to look for another primary.
    if (error.code === "READONLY") {
      const dispatcher: RequestOwner = this.#view.dispatcher;
      dispatcher.onErrorReply(request, error, request.link!);
    }
    if (!isTransaction) return false;
    request.resolve(null);
    return true;
  }
}

/**
 * Watches keys on a connection of its own: waits for their node, for a connection to it, and follows keys that move.
 *
 * @param view What the session sends its requests with; its timeout is for all of this as well.
 * @param keys The keys.
 * @returns The connection.
 */
export function watchKeys(
  { dispatcher, bytes, options }: View,
  keys: readonly Key[],
): Promise<WatchingConnection> {
  // The node is that of the keys, so a route of the view is left out.
  const own = { timeout: options?.timeout, signal: options?.signal };
  const request = dispatcher.make(["WATCH", ...keys], take, bytes, own);
  // A blocking request gets a connection of its own. The session keeps it.
  request.blocks = request.watches = true;
  const promise = request.promise<WatchingConnection>();
  dispatcher.launch(request, own);
  return promise;

  function take(): WatchingConnection {
    const { link, dedicated, asked } = request;
    request.dedicated = null;
    return { link: link!, dedicated: dedicated!, asking: asked };
  }
}

/** Whether an error of a command outside of a transaction says that it was not executed. */
function isRefusal({ row, name }: Request, error: ServerError): boolean {
  if (!isRedirection(error)) return wasNotExecuted(error, row);
  return row !== undefined && !/^(EVAL|FCALL)/.test(name);
}

function isOver(what: unknown): TypeError {
  return new TypeError(`Cannot send ${what}: the session is over`);
}
