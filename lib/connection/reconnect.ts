/**
 * Keeps one connection open: dials, waits between attempts, and dials again when the connection is lost.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { attemptTime, waitBefore } from "./backoff.ts";
import type { Backoff } from "./settings.ts";

/** After a connection that lived so long the backoff begins anew, in milliseconds. */
const GOOD_LIFE = 1000;

/** A connection, as far as it matters for reconnecting. */
export interface Reopenable {
  /** Number of replies so far. */
  readonly answered: number;
  /** Whether it is closed. */
  readonly closed: boolean;
  /** Resolves when it is closed, with the reason. */
  readonly ended: Promise<Error>;
  /** Closes it at once. */
  close(error: Error): void;
}

/**
 * Why the previous connection is not in use any more: it was `"closed"`; it was `"silent"` while the node answered a
 * fresh one; it was `"left"` open, because a fresh one leads to a better node; or it was `"renewed"`: left open, because a
 * fresh one has logged in with newer credentials.
 */
export type Loss = "closed" | "silent" | "left" | "renewed";

/**
 * What is done about the connection:
 *
 * - `"idle"`: nothing yet.
 * - `"dialling"`: it is being opened, or prepared.
 * - `"ready"`: it is in use.
 * - `"waiting"`: it was lost, or an attempt failed; another attempt follows.
 * - `"closed"`: it is not opened again. The last one may still be open.
 */
export type ReconnectState = "idle" | "dialling" | "ready" | "waiting" | "closed";

/** How often and how long to try. */
export interface ReconnectSettings {
  /** Wait between attempts. */
  readonly backoff: Backoff;
  /** Milliseconds that one attempt may take. */
  readonly attemptTimeout: number;
}

/** What opens the connections, and uses them. */
export interface ReconnectOwner<C extends Reopenable> {
  /** Whether requests wait for a connection: then the waits between attempts are short. */
  isAwaited(): boolean;
  /**
   * Opens a connection.
   *
   * @param timeout Milliseconds that it may take.
   */
  open(timeout: number): Promise<C>;
  /**
   * Prepares a fresh connection before it is used. If this rejects, the connection is closed and another attempt made.
   *
   * @param connection The connection, which is {@linkcode Reconnect.connection} already.
   */
  prepare(connection: C): Promise<void>;
  /**
   * Called when a connection is ready.
   *
   * @param connection The connection.
   * @param loss Why the previous one is not in use any more.
   */
  onReady(connection: C, loss: Loss): void;
  /** Called when an attempt has failed, unless the reconnecting was closed. */
  onRefused(error: Error): void;
}

/**
 * Keeps one connection open until it is closed for good.
 *
 * @typeParam C Type of the connections.
 */
export class Reconnect<C extends Reopenable> {
  readonly #owner: ReconnectOwner<C>;
  readonly #settings: ReconnectSettings;
  readonly #end = new AbortController();
  #state: ReconnectState = "idle";
  #connection: C | null = null;
  #lastError: Error | undefined;
  /** An open connection that is used next, and why it replaces the previous one. */
  #successor: { readonly connection: C; readonly loss: Loss } | null = null;
  /** Resolves when the present connection is left while it stays open. */
  #left = Promise.withResolvers<void>();
  /** Whether there ever was a connection. */
  #reached = false;
  /** Number of attempts in a row that failed, or whose connection broke before its first reply. */
  #failures = 0;
  /** When the connection was lost, or an attempt failed; undefined if the next attempt need not wait. */
  #lostAt: number | undefined;
  /** Cuts the present wait short; null while there is none, or it is short already. */
  #hurry: AbortController | null = null;

  /**
   * Makes a reconnecting that does nothing until {@linkcode Reconnect.start}.
   *
   * @param settings How often and how long to try.
   * @param owner What opens the connections, and uses them.
   */
  constructor(settings: ReconnectSettings, owner: ReconnectOwner<C>) {
    this.#settings = settings;
    this.#owner = owner;
  }

  /** What is done about the connection at present. */
  get state(): ReconnectState {
    return this.#state;
  }

  /** The open connection, which may still be prepared, or be the last one after the end; null if there is none. */
  get connection(): C | null {
    return this.#connection;
  }

  /** The connection if it is ready; null otherwise. */
  get present(): C | null {
    return this.#state === "ready" ? this.#connection : null;
  }

  /** Why there is no connection, or was none at last; undefined if that never happened. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Aborted, with the reason, when the reconnecting is closed. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Begins to connect, if it has not begun. */
  start(): void {
    if (this.#state === "idle") this.#run();
  }

  /** Called when a request waits from now on: cuts a long wait short. */
  hurry(): void {
    this.#hurry?.abort();
  }

  /**
   * Called when any connection was closed.
   *
   * @param connection The connection.
   * @param error Why.
   * @returns What was lost: a connection that was `"ready"`, the `"unready"` one that was being prepared or was the last
   * one, or `"another"` connection.
   */
  lose(connection: C, error: Error): "ready" | "unready" | "another" {
    if (connection !== this.#connection) return "another";
    this.#connection = null;
    if (this.#state !== "ready") return "unready";
    this.#state = "waiting";
    this.#lastError = error;
    return "ready";
  }

  /**
   * Uses another connection as soon as the present one is closed, which must happen in the same turn.
   *
   * @param fresh An open connection after its handshake.
   */
  succeed(fresh: C): void {
    this.#successor = { connection: fresh, loss: "silent" };
  }

  /**
   * Uses another connection instead of the present one, which stays open and is not closed here any more.
   *
   * @param fresh An open connection after its handshake.
   * @param loss Why the present one is left.
   * @param error The same, for messages.
   */
  leave(fresh: C, loss: "left" | "renewed", error: Error): void {
    this.#successor = { connection: fresh, loss };
    this.#connection = null;
    this.#state = "waiting";
    this.#lastError = error;
    this.#left.resolve();
  }

  /**
   * Makes no further attempt. The present connection stays open.
   *
   * @param reason What an attempt under way rejects with.
   */
  close(reason: Error): void {
    this.#state = "closed";
    this.#successor?.connection.close(reason);
    this.#end.abort(reason);
  }

  /** Connects again and again. */
  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const waited = this.#owner.isAwaited();
      const left = this.#untilNext({ waited });
      if (left <= 0 || await this.#wait(left, { canHurry: !waited })) await this.#live();
    }
  }

  /** Milliseconds until the next attempt. */
  #untilNext({ waited }: { waited: boolean }): number {
    const lost = this.#lostAt;
    const situation = { failures: this.#failures, waited, lost: lost !== undefined };
    const wait = waitBefore(situation, this.#settings.backoff);
    return wait === 0 ? 0 : (lost ?? 0) + wait - performance.now();
  }

  /**
   * Waits for the next attempt.
   *
   * @returns Whether it is due; false if the wait was cut short.
   */
  async #wait(ms: number, { canHurry }: { canHurry: boolean }): Promise<boolean> {
    this.#state = "waiting";
    const { signal } = this.#end;
    const hurry = this.#hurry = canHurry ? new AbortController() : null;
    try {
      await delay(ms, {
        signal: hurry === null ? signal : AbortSignal.any([signal, hurry.signal]),
      });
      return !signal.aborted;
    } catch {
      return false;
    } finally {
      this.#hurry = null;
    }
  }

  /** Opens a connection, or takes the successor of the last one, and waits for its end. */
  async #live(): Promise<void> {
    const { signal } = this.#end;
    const loss = this.#successor?.loss ?? "closed";
    let connection: C | undefined;
    this.#state = "dialling";
    try {
      connection = this.#successor?.connection ?? await this.#owner.open(this.#attemptTimeout());
      this.#successor = null;
      signal.throwIfAborted();
      this.#connection = connection;
      await this.#owner.prepare(connection);
      if (connection.closed) throw await connection.ended;
      signal.throwIfAborted();
      // There was no await since the checks, so the connection is open.
      this.#state = "ready";
      this.#reached = true;
      this.#left = Promise.withResolvers();
      this.#owner.onReady(connection, loss);
    } catch (error) {
      connection?.close(error as Error);
      this.#connection = null;
      this.#lastError = error as Error;
      this.#failed();
      if (signal.aborted) return;
      this.#state = "waiting";
      return this.#owner.onRefused(error as Error);
    }
    const since = performance.now();
    const { answered } = connection;
    await Promise.race([connection.ended, this.#left.promise]);
    const lived = performance.now() - since;
    if (this.#successor === null && connection.answered === answered && lived <= GOOD_LIFE) {
      return this.#failed();
    }
    this.#failures = 0;
    this.#lostAt = this.#successor === null ? performance.now() : undefined;
  }

  /** How long the next attempt may take. */
  #attemptTimeout(): number {
    const { attemptTimeout } = this.#settings;
    return this.#reached ? attemptTime(this.#failures, attemptTimeout) : attemptTimeout;
  }

  #failed(): void {
    this.#failures++;
    this.#lostAt = performance.now();
  }
}
