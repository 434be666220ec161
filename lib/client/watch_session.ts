/**
 * Sessions of `watch()`: a dedicated connection with watched keys, and the commands that run on it.
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
 * Session of {@linkcode Client.prototype.watch | Client.watch}: a dedicated connection on which the keys are watched.
 *
 * Commands are executed in order. A transaction is executed only if no watched key was changed since WATCH. The session
 * ends when the callback is done; further commands reject.
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
          new ConnectionError(
            `Cannot send ${request.name}: the connection with the watched keys was lost`,
            {
              ...watching.link.endpoint,
              cause: request.lastError,
            },
          ),
        ),
      onSettled: (request, outcome, reason) => dispatcher.onSettled(request, outcome, reason),
      onWritten: (request) => dispatcher.onWritten(request),
      onSilence: () => {},
    };
  }

  /**
   * Whether a transaction of this session was not executed, because a watched key was changed or the keys moved to
   * another node.
   */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Error of the first command that the node rejected because the keys are moving, or because it is no longer the
   * primary.
   *
   * @ignore
   */
  get moved(): ServerError | undefined {
    return this.#moved;
  }

  /**
   * Tells whether the callback failed only because the keys are moving, so that it can run again on their new node.
   *
   * @param error What the callback rejected with.
   * @ignore
   */
  failedByMove(error: unknown): boolean {
    return error !== undefined && error === this.#moved && this.#executed === 0;
  }

  /**
   * Executes commands atomically, if no watched key was changed since WATCH.
   *
   * @param build Adds the commands and returns their promises in an array. It must not be async.
   * @param options How to handle errors of single commands.
   * @returns The result of each command, in order. Null if nothing was executed because a watched key was changed or
   * the keys have moved to another node; `watch()` then runs the callback again once it has returned.
   */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options: BatchOptions & { errors: "values" },
  ): Promise<BatchOutcomes<P> | null>;
  /** Executes commands atomically, if no watched key was changed since WATCH. */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options?: BatchOptions,
  ): Promise<BatchValues<P> | null>;
  /** Executes commands atomically, if no watched key was changed since WATCH. */
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
   * Runs any command on the connection of the session.
   *
   * @param args Name and arguments of the command: `["GET", "key"]`.
   * @returns The reply without conversion; see {@linkcode Reply}.
   * @throws {TypeError} If the command would change the state of the connection, such as SELECT. The message names the
   * alternative.
   */
  override customCommand(args: readonly Argument[]): Promise<Reply> {
    const refused = refuse(args);
    return refused === undefined ? super.customCommand(args) : Promise.reject(refused);
  }

  /**
   * Runs a Lua script on the connection of the session, with EVALSHA. If the server does not know the script yet, it is
   * sent with EVAL.
   *
   * @param script The script, created with {@linkcode script}.
   * @param call Keys (`KEYS`) and arguments (`ARGV`) of the script.
   * @returns The value that the script returned, without conversion; see {@linkcode Reply}.
   * @throws {ServerError} If the script fails.
   */
  run(script: Script, call?: ScriptCall): Promise<Reply> {
    if (!this.#open) return Promise.reject(isOver("a script"));
    return runScript(this.#view, script, call, (request) => this.#launch(request));
  }

  /**
   * Ends the session. Requests in flight reject. If there are none, the connection is kept for later use.
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

  /** Runs a command on the connection of the session. */
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

  /** Checks whether an error says that the node no longer owns the keys, or is no longer the primary. */
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
 * Watches keys on a dedicated connection. Waits for their node and for a connection to it, and follows keys that move.
 *
 * @param view The view whose requests the session sends. Its timeout applies to the whole operation.
 * @param keys The keys.
 * @returns The connection.
 */
export function watchKeys(
  { dispatcher, bytes, options }: View,
  keys: readonly Key[],
): Promise<WatchingConnection> {
  // The keys decide about the node, so the route of the view does not apply.
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
