/**
 * What both clients have in common on their surface.
 *
 * @module
 */

import { lookUp } from "./command_table.ts";
import { Commands } from "./commands/mod.ts";
import type { ClusterRequestOptions, Dispatcher, RequestOptions } from "./dispatcher.ts";
import { ConfigurationError } from "./errors.ts";
import type { ClientEvent } from "./events.ts";
import type { Decoder, Words } from "./executor.ts";
import { refusal } from "./refused_commands.ts";
import type { Argument, Reply } from "./resp/reply.ts";

/**
 * A client, or a view of one: the same connections with other request options, or with bytes for text.
 *
 * @typeParam T What a bulk string is on this surface: `string`, or `Uint8Array` on a `bytes` view.
 */
export abstract class Client<T extends string | Uint8Array = string> extends Commands<T> {
  readonly #dispatcher: Dispatcher;
  readonly #bytes: boolean;
  readonly #options: ClusterRequestOptions | undefined;

  /**
   * Makes a view. Clients are made by `create()`.
   *
   * @param dispatcher What runs the requests.
   * @param bytes Whether bulk strings are bytes.
   * @param options Options of the requests.
   * @ignore
   */
  protected constructor(
    dispatcher: Dispatcher,
    bytes: boolean,
    options: ClusterRequestOptions | undefined,
  ) {
    super();
    this.#dispatcher = dispatcher;
    this.#bytes = bytes;
    this.#options = options;
  }

  /**
   * What happens in the background: connections opened and lost, another primary.
   *
   * Each iteration begins with the next event and ends when the client is closed. A reader that falls behind by more
   * than 1000 events loses the oldest.
   *
   * @example Logging lost connections
   * ```ts
   * async function watch(): Promise<void> {
   *   for await (const event of client.events) {
   *     if (event.type === "disconnected") console.error(event.host, event.port, event.error.message);
   *   }
   * }
   * ```
   */
  get events(): AsyncIterable<ClientEvent> {
    return this.#dispatcher.events;
  }

  /**
   * Runs any command, also one that this library has no method for.
   *
   * It is routed like the typed ones. The reply comes as it is; see {@linkcode Reply} for the shapes.
   *
   * @example A command with options of its own
   * ```ts
   * await client.customCommand(["ECHO", "hello"], { timeout: 1000 }); // "hello"
   * ```
   *
   * @param args Its words, the name first.
   * @param options Options of this request; those of the view where they are not given.
   * @returns The reply.
   * @throws {TypeError} If the command would change the state of the shared connection (`SUBSCRIBE`, `MULTI`, `SELECT`,
   * …); the message says what to use instead.
   */
  override customCommand(args: readonly Argument[], options?: RequestOptions): Promise<Reply> {
    const row = lookUp(args);
    const refused = row === undefined ? undefined : refusal(row.name);
    if (refused !== undefined) return Promise.reject(new TypeError(refused));
    let merged = this.#options;
    if (options !== undefined) {
      try {
        merged = { ...merged, ...this.#check(options) };
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#dispatcher.submit([...args], (reply) => reply, this.#bytes, merged);
  }

  /**
   * Closes the client: no new requests are taken, those under way get their reply or time out, then the connections are
   * closed. Blocking commands end at once with `ClosedError`.
   *
   * @returns Resolves when nothing of the client is left. A second call waits for the first.
   */
  close(): Promise<void> {
    return this.#dispatcher.close();
  }

  /** Closes the client at once: everything under way rejects with `ClosedError`. */
  destroy(): void {
    this.#dispatcher.destroy();
  }

  /** Closes the client at the end of an `await using` block, as {@linkcode Client.close} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Runs a command on the connections of the client. */
  protected override send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean = this.#bytes,
  ): Promise<R> {
    return this.#dispatcher.submit(words, decode, bytes, this.#options);
  }

  /**
   * What a view is made of.
   *
   * @param options Options to put over those of this view.
   * @ignore
   */
  protected parts(
    options?: ClusterRequestOptions,
  ): { dispatcher: Dispatcher; bytes: boolean; options: ClusterRequestOptions | undefined } {
    return {
      dispatcher: this.#dispatcher,
      bytes: this.#bytes,
      options: options === undefined
        ? this.#options
        : { ...this.#options, ...this.#check(options) },
    };
  }

  #check(options: ClusterRequestOptions): ClusterRequestOptions {
    const { timeout, signal, route } = options;
    if (
      timeout !== undefined && !(typeof timeout === "number" && timeout > 0 && timeout < 2 ** 31)
    ) {
      throw new ConfigurationError(
        'Cannot use option "timeout": expected a number of milliseconds above 0',
        "timeout",
      );
    }
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new ConfigurationError('Cannot use option "signal": expected an AbortSignal', "signal");
    }
    if (route !== undefined) this.#dispatcher.checkRoute(route);
    for (const name of Object.keys(options)) {
      if (!["timeout", "signal", "route"].includes(name)) {
        throw new ConfigurationError(`Cannot use option "${name}": there is no such option`, name);
      }
    }
    return options;
  }
}
