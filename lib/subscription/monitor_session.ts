/**
 * Keeps a connection open on which MONITOR was sent, and hands on what comes on it.
 *
 * @module
 */

import { cappedBackoff } from "../connection/backoff.ts";
import { Budget } from "../connection/budget.ts";
import { isHopeless } from "../connection/handshake.ts";
import { KeepAlive } from "../connection/keep_alive.ts";
import { openWith } from "../connection/open.ts";
import { firstOf } from "../connection/open_first.ts";
import { Reconnect } from "../connection/reconnect.ts";
import type { LinkSettings } from "../connection/settings.ts";
import { Silence } from "../connection/silence.ts";
import { type Endpoint, show } from "../connection/transport.ts";
import {
  ClusterError,
  ConfigurationError,
  ConnectionError,
  ServerError,
  TimeoutError,
} from "../errors.ts";
import { MonitorConnection } from "./monitor_connection.ts";
import { Pings } from "./pings.ts";

/** Longest wait between two attempts to connect, in milliseconds. */
const LONGEST_WAIT = 150;

/** Where and how to connect. */
export interface MonitorSettings {
  /** How to connect. */
  readonly link: LinkSettings;
  /** Milliseconds for the reply to a PING. */
  readonly requestTimeout: number;
  /**
   * Where to try to reach the node, in order; asked before each attempt. If it throws, the attempt fails; a
   * `ClusterError` or a `ConfigurationError` ends the session.
   */
  addresses(): readonly Endpoint[];
}

/** Takes what comes. */
export interface MonitorOwner {
  /**
   * A line came.
   *
   * @param line The line.
   */
  onLine(line: string): void;
  /** How many lines are handed on before their reader gets a turn. */
  readonly batchSize: number;
  /** So many lines were handed on. More follow when this is over. */
  onBatch(): Promise<void>;
  /**
   * The server has accepted MONITOR.
   *
   * @param since Until when all lines had arrived, in milliseconds of `Date.now()`; undefined if it is the first time.
   */
  onBegun(since: number | undefined): void;
  /** The session has ended because of an error. */
  onFailed(error: Error): void;
}

/** A connection for MONITOR that is opened again when it is lost. */
export class MonitorSession {
  readonly #settings: MonitorSettings;
  readonly #owner: MonitorOwner;
  readonly #reconnect: Reconnect<MonitorConnection>;
  readonly #silence: Silence<MonitorConnection>;
  readonly #keepAlive: KeepAlive;
  readonly #pings: Pings;
  /** The argument of the session's own PINGs, by which their lines are known. */
  readonly #mark: string = crypto.randomUUID();
  #endpoint: Endpoint | undefined;
  /** The connection on which the server has accepted MONITOR. */
  #begun: MonitorConnection | null = null;
  /** Until when all lines had arrived, while there is no such connection; undefined before the first one. */
  #since: number | undefined;
  #closed = false;

  /**
   * Makes a session that has not begun.
   *
   * @param settings Where and how to connect.
   * @param owner Takes what comes.
   */
  constructor(settings: MonitorSettings, owner: MonitorOwner) {
    this.#settings = settings;
    this.#owner = owner;
    const { link } = settings;
    this.#reconnect = new Reconnect<MonitorConnection>(
      { ...link, backoff: cappedBackoff(link.backoff, LONGEST_WAIT) },
      {
        isAwaited: () => true,
        open: (budget) => this.#open(budget),
        prepare: (connection) => this.#begin(connection),
        onReady: (connection) => this.#onReady(connection),
        onRefused: (error) => this.#onRefused(error),
      },
    );
    this.#silence = new Silence({
      present: () => this.#reconnect.present,
      probe: (_, budget) => this.#open(Math.min(budget, link.attemptTimeout)),
      replace: (silent, fresh) => {
        this.#reconnect.succeed(fresh);
        silent.close(this.#lost("the peer is silent on it, while it answers a new one"));
      },
    });
    this.#pings = new Pings(settings.requestTimeout, (ping) => void this.#silence.late(ping));
    this.#keepAlive = new KeepAlive(link.keepAlive, () => this.#ping());
  }

  /** Why there is no connection; undefined if no attempt has failed. */
  get lastError(): Error | undefined {
    return this.#reconnect.lastError;
  }

  /** Begins to connect. */
  start(): void {
    this.#reconnect.start();
  }

  /**
   * Ends it at once.
   *
   * @param error Why.
   */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#silence.stop();
    this.#keepAlive.stop();
    this.#reconnect.close(error);
    this.#reconnect.connection?.close(error);
    this.#pings.stop();
  }

  async #open(budget: number): Promise<MonitorConnection> {
    const { link } = this.#settings;
    const { signal } = this.#reconnect;
    return await firstOf(this.#settings.addresses(), { budget, signal }, (endpoint, budget) => {
      this.#endpoint = endpoint;
      return openWith<MonitorConnection>(endpoint, link, { budget, signal }, {
        make: (endpoint, transport) =>
          new MonitorConnection(endpoint, transport, {
            onLine: (line) => {
              if (!line.endsWith(`"PING" "${this.#mark}"`)) this.#owner.onLine(line);
            },
            batchSize: this.#owner.batchSize,
            onBatch: () => this.#owner.onBatch(),
            onClosed: (connection, error) => this.#onClosed(connection, error),
          }, link.tally),
        ask: (connection, words) => connection.call(words),
      });
    });
  }

  async #begin(connection: MonitorConnection): Promise<void> {
    const timeout = this.#settings.requestTimeout;
    const budget = new Budget(timeout, () => {
      connection.close(
        new TimeoutError(`Cannot complete MONITOR within ${timeout} ms: no reply came`, {
          phase: "sent",
          timeout,
        }),
      );
    });
    try {
      await connection.call(["MONITOR"], () => {
        const since = this.#since;
        this.#begun = connection;
        this.#since = undefined;
        this.#owner.onBegun(since);
      });
    } finally {
      budget.stop();
    }
  }

  #onReady(connection: MonitorConnection): void {
    this.#silence.begin(connection);
    this.#keepAlive.start(connection);
  }

  #onRefused(error: Error): void {
    const isRefused = error instanceof ServerError && error.command === "MONITOR" &&
      error.code !== "LOADING" && error.code !== "BUSY";
    const isFinal = error instanceof ClusterError || error instanceof ConfigurationError;
    if (isRefused || isFinal || this.#since === undefined && isHopeless(error)) this.#fail(error);
  }

  #onClosed(connection: MonitorConnection, error: Error): void {
    this.#reconnect.lose(connection, error);
    if (connection !== this.#begun) return;
    this.#keepAlive.stop();
    this.#begun = null;
    this.#since = connection.receivedAt;
  }

  #fail(error: Error): void {
    if (this.#closed) return;
    this.close(error);
    this.#owner.onFailed(error);
  }

  #ping(): void {
    const connection = this.#reconnect.present;
    if (connection === null) return;
    this.#pings.send(connection, ["PING", this.#mark]);
  }

  #lost(what: string): ConnectionError {
    return new ConnectionError(`Lost the monitor of ${show(this.#endpoint!)}: ${what}`, {
      ...this.#endpoint!,
    });
  }
}
