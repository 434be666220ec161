/**
 * Connections that serve one request at a time, for requests that would hold up all others on a shared one.
 *
 * @module
 */

import { ClosedError, RedisError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { isHopeless } from "./handshake.ts";
import type { Dedicated, Request } from "./request.ts";
import type { Backoff } from "./settings.ts";

type Timer = ReturnType<typeof setTimeout>;

/** How many connections are kept for the next request. */
const MAX_IDLE = 8;
/** How long one is kept, in milliseconds. */
const IDLE_TIME = 10_000;

/** Why a connection is closed that serves nobody. */
const UNUSED = new ClosedError("Cannot send: the connection is not needed any more");
/** Why a connection is closed whose only request was given up. */
const GIVEN_UP = new ClosedError("Cannot send: the request of the connection was given up");
/** Why a connection is closed with requests on it of which one was given up. */
const OTHER_GIVEN_UP = new RedisError("Another command of the batch was given up");

/** The dedicated connections to one node. */
export class DedicatedPool {
  readonly #open: () => Promise<Connection>;
  readonly #unblock: (connection: Connection) => void;
  readonly #resend: (request: Request) => void;
  readonly #backoff: Backoff;
  /** Connections without a request, each with the timer that closes it. */
  readonly #idle = new Map<Connection, Timer>();
  readonly #busy = new Set<Connection>();
  /** Requests that wait for another attempt to open a connection, each with its timer. */
  readonly #waiting = new Map<Request, Timer>();
  /** Why requests are refused, once they are. */
  #closed: Error | null = null;
  /** Whether connections are closed as soon as they are free. */
  #retired = false;

  /**
   * Makes an empty pool.
   *
   * @param open Opens a connection that has shaken hands.
   * @param unblock Has the server give up what it does for a connection, before it does anything for later requests.
   * @param resend Takes a request back for which no connection could be opened.
   * @param backoff Wait before it is taken back.
   */
  constructor(
    open: () => Promise<Connection>,
    unblock: (connection: Connection) => void,
    resend: (request: Request) => void,
    backoff: Backoff,
  ) {
    this.#open = open;
    this.#unblock = unblock;
    this.#resend = resend;
    this.#backoff = backoff;
  }

  /** Whether requests are on connections. */
  get busy(): boolean {
    return this.#busy.size > 0;
  }

  /**
   * Sends a request on a connection of its own.
   *
   * @param request A request that is queued nowhere else.
   */
  send(request: Request): void {
    this.sendTogether([request]);
  }

  /**
   * Sends requests in their order, on one connection of their own.
   *
   * @param requests Requests that are queued nowhere else.
   */
  sendTogether(requests: readonly Request[]): void {
    const connection = this.#takeIdle();
    if (connection === undefined) this.#sendOnNew(requests);
    else this.#assign(connection, requests);
  }

  /**
   * Takes a connection for more than one request.
   *
   * @returns A connection that nobody else uses, until {@linkcode DedicatedPool.giveBack}.
   */
  async acquire(): Promise<Connection> {
    const connection = this.#takeIdle() ?? await this.#open();
    if (this.#closed !== null) {
      connection.close(this.#closed);
      throw this.#closed;
    }
    this.#busy.add(connection);
    if (!connection.closed) connection.beginSession();
    return connection;
  }

  /**
   * Gives a connection back that was taken by {@linkcode DedicatedPool.acquire}.
   *
   * @param connection The connection; it is closed if something is still under way on it.
   */
  giveBack(connection: Connection): void {
    connection.endSession();
    if (!connection.idle) connection.close(UNUSED);
    this.#keep(connection);
  }

  /** Closes the connections that nobody uses: later requests get fresh ones. */
  closeIdle(): void {
    this.#closeIdle(UNUSED);
  }

  /** Closes the connections that nobody uses, and each other one as soon as its request has its reply. */
  retire(): void {
    this.#retired = true;
    this.#closeIdle(UNUSED);
    for (const [request, timer] of this.#waiting) {
      clearTimeout(timer);
      if (!request.settled) this.#resend(request);
    }
    this.#waiting.clear();
  }

  /**
   * Closes all connections. Requests on them, and those that wait for one, reject.
   *
   * @param error With what.
   */
  close(error: Error): void {
    this.#closed = error;
    this.#closeIdle(error);
    for (const connection of this.#busy) connection.close(error);
    this.#busy.clear();
    for (const [request, timer] of this.#waiting) {
      clearTimeout(timer);
      request.reject(error);
    }
    this.#waiting.clear();
  }

  #takeIdle(): Connection | undefined {
    for (const [connection, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(connection);
      if (!connection.closed) return connection;
    }
    return undefined;
  }

  #closeIdle(error: Error): void {
    for (const [connection, timer] of this.#idle) {
      clearTimeout(timer);
      connection.close(error);
    }
    this.#idle.clear();
  }

  async #sendOnNew(all: readonly Request[]): Promise<void> {
    let connection: Connection;
    try {
      connection = await this.#open();
    } catch (error) {
      return this.#retry(all.filter(({ settled }) => !settled), error);
    }
    if (this.#closed !== null) { for (const request of all) request.reject(this.#closed); }
    const requests = all.filter(({ settled }) => !settled);
    if (requests.length === 0) this.#keep(connection);
    else this.#assign(connection, requests);
  }

  /** Hands requests back after a wait, together, since no connection could be opened for them. */
  #retry(requests: readonly Request[], error: unknown): void {
    if (requests.length === 0) return;
    if (this.#closed !== null || isHopeless(error)) {
      for (const request of requests) request.reject(this.#closed ?? error);
      return;
    }
    for (const request of requests) request.requeue(error as Error);
    const resend = (): void => {
      for (const request of requests) {
        this.#waiting.delete(request);
        if (!request.settled) this.#resend(request);
      }
    };
    if (this.#retired) return resend();
    const { minTimeout, maxTimeout, multiplier } = this.#backoff;
    const wait = Math.min(maxTimeout, minTimeout * multiplier ** requests[0].attempts);
    const timer = setTimeout(resend, Math.random() * wait);
    for (const request of requests) {
      request.attempts++;
      this.#waiting.set(request, timer);
    }
  }

  #assign(connection: Connection, requests: readonly Request[]): void {
    this.#busy.add(connection);
    let left = requests.length;
    let abandoned = false;
    const dedicated: Dedicated = {
      release: () => {
        if (--left === 0) this.#keep(connection);
      },
      abandon: () => {
        if (abandoned) return;
        abandoned = true;
        this.#busy.delete(connection);
        // A server learns of a close when it happens to look. Until then it may hand an element to nobody.
        if (!connection.closed) this.#unblock(connection);
        if (requests.length === 1) return connection.close(GIVEN_UP);
        // What ended this request ends others in the same turn: let them have that error.
        queueMicrotask(() => connection.close(OTHER_GIVEN_UP));
      },
    };
    for (const request of requests) {
      request.dedicated = dedicated;
      connection.send(request);
    }
  }

  #keep(connection: Connection): void {
    this.#busy.delete(connection);
    if (this.#closed !== null || this.#retired || this.#idle.size >= MAX_IDLE) {
      return connection.close(UNUSED);
    }
    if (connection.closed) return;
    const timer = setTimeout(() => {
      this.#idle.delete(connection);
      connection.close(UNUSED);
    }, IDLE_TIME);
    Deno.unrefTimer(timer);
    this.#idle.set(connection, timer);
  }
}
