/**
 * TLS settings that a function of the user gives, anew for each attempt to connect.
 *
 * @module
 */

import { ClosedError, RedisError } from "../errors.ts";
import type { TlsSettings } from "./transport.ts";
import { waitFor } from "./wait_for.ts";

/** How long the function may take while there is an earlier result, in milliseconds. */
const PATIENCE = 500;

/** The TLS settings of one client, where a function gives them. */
export class TlsSource {
  /** Learns that the function has failed while the last good result was used. */
  onFailure: (error: Error) => void = () => {};
  readonly #provider: () => unknown;
  readonly #check: (result: unknown) => TlsSettings;
  readonly #patience: number;
  readonly #end = new AbortController();
  #lastGood: { readonly tls: TlsSettings; readonly call: number } | undefined;
  /** The call that is under way. */
  #call: Promise<TlsSettings> | null = null;
  /** Number of calls so far. */
  #calls = 0;

  /**
   * Makes a source.
   *
   * @param provider The user's function.
   * @param check Makes settings of its result; throws if they cannot work.
   * @param patience Milliseconds that a call may take while there is no earlier result.
   */
  constructor(
    provider: () => unknown,
    check: (result: unknown) => TlsSettings,
    patience: number,
  ) {
    this.#provider = provider;
    this.#check = check;
    this.#patience = patience;
  }

  /**
   * Gets settings for a connection: calls the function, or waits for the call that is under way.
   *
   * @returns The settings; those of the last good result if the function fails or takes too long.
   * @throws {RedisError} If there is no good result. The message begins in lower case, for the end of another one; the
   * cause is what the function threw.
   * @throws {ClosedError} If the source was closed.
   */
  async get(): Promise<TlsSettings> {
    const { signal } = this.#end;
    const call = this.#call ??= this.#ask();
    try {
      return await waitFor(call, {
        limit: this.#lastGood === undefined ? this.#patience : PATIENCE,
        late: (limit) =>
          new RedisError(`the function of option "tls" did not answer within ${limit} ms`),
        signal,
      });
    } catch (error) {
      if (signal.aborted || this.#lastGood === undefined) throw error;
      this.onFailure(error as Error);
      return this.#lastGood.tls;
    } finally {
      if (this.#call === call) this.#call = null;
    }
  }

  /** Ends it: what waits for the function rejects. */
  close(): void {
    this.#end.abort(new ClosedError("Cannot get TLS settings: the client was closed"));
  }

  async #ask(): Promise<TlsSettings> {
    const call = ++this.#calls;
    try {
      const tls = this.#check(await this.#provider());
      // One that was late is good for the next attempt, unless a later call was faster.
      if (call > (this.#lastGood?.call ?? 0)) this.#lastGood = { tls, call };
      return tls;
    } catch (cause) {
      throw new RedisError('the function of option "tls" failed', { cause });
    }
  }
}
