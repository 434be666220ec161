/**
 * Connections that serve one request at a time, for requests that would hold up all others on a shared one.
 *
 * @module
 */

import { ClosedError, RedisError } from "../errors.ts";
import { unrefTimer } from "../unref_timer.ts";
import { LONGEST_WAIT } from "./backoff.ts";
import { BlockedRequests } from "./blocked_requests.ts";
import type { Connection } from "./connection.ts";
import type { GivenUp } from "./give_up.ts";
import { isHopeless } from "./handshake.ts";
import type { Dedicated, Request } from "./request.ts";
import { Ring } from "./ring.ts";
import type { Backoff } from "./settings.ts";

type Timer = ReturnType<typeof setTimeout>;

/** How many connections are opened at the same time, so that many requests do not make as many handshakes at once. */
const MAX_OPENING = 16;
/** How many connections are kept for the next request. */
const MAX_IDLE = 8;
/** How long one is kept, in milliseconds. */
const IDLE_TIME = 10_000;

/** Why an idle connection is closed. */
const UNUSED = new ClosedError("Cannot send: the connection is not needed any more");
/** Why a connection is closed whose only request was given up. */
const GIVEN_UP = new ClosedError("Cannot send: the request of the connection was given up");
/** Why a connection is closed with requests on it of which one was given up. */
const OTHER_GIVEN_UP = new RedisError("Another command of the batch was given up");

/** What opens the connections of a {@linkcode DedicatedPool}, and takes requests back. */
export interface DedicatedPoolOwner {
  /**
   * Opens a connection.
   *
   * @param kind `"full"`: after its whole handshake. `"bare"`: only logged in, for requests that end a script or a
   * pause.
   */
  open(kind: "full" | "bare"): Promise<Connection>;
  /**
   * Ends requests on the server, before the server gets later requests.
   *
   * @param given The requests and their connection.
   * @returns Whether the connection can be closed now. If not, the owner sees to its end.
   */
  giveUp(given: GivenUp): boolean;
  /** Takes a request back for which no connection could be opened. */
  resend(request: Request): void;
  /**
   * Asks the server for a byte on an idle connection.
   *
   * @param connection The connection.
   * @returns Resolves when it has answered.
   */
  ping(connection: Connection): Promise<unknown>;
  /**
   * Prepares a connection for its next requests.
   *
   * @returns Whether it can be used; if not, it is closed.
   */
  prepare(connection: Connection): boolean;
}

/** The dedicated connections to one node. */
export class DedicatedPool {
  /** The requests on connections that block. */
  readonly blocked: BlockedRequests = new BlockedRequests();
  /** How many connections are opened ahead by {@linkcode DedicatedPool.fill}, and kept while they are idle. */
  reserved = 0;
  readonly #owner: DedicatedPoolOwner;
  readonly #backoff: Backoff;
  /** Connections without a request, each with the timer that closes it. */
  readonly #idle = new Map<Connection, Timer>();
  readonly #busy = new Set<Connection>();
  /** Those of them that watch keys. */
  readonly #watching = new Set<Connection>();
  /** How many connections are being opened. */
  #opening = 0;
  /** How many of them are not for a request. */
  #ahead = 0;
  /** Requests that wait until fewer connections are being opened, or one is free; each group for one connection. */
  readonly #queue = new Ring<readonly Request[]>();
  /** Groups that wait for another attempt to open a connection, each with its timer. */
  readonly #waiting = new Map<readonly Request[], Timer>();
  /** Why requests are refused, once they are. */
  #closed: Error | null = null;
  /** Whether connections are closed as soon as they are free. */
  #retired = false;

  /**
   * Makes an empty pool.
   *
   * @param owner What opens the connections.
   * @param backoff Wait before the owner takes a request back.
   */
  constructor(owner: DedicatedPoolOwner, backoff: Backoff) {
    this.#owner = owner;
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
    if (isBare(requests)) return void this.#sendOnNew(requests);
    const connection = this.#takeIdle();
    if (connection !== undefined) this.#assign(connection, requests);
    else if (this.#opening < MAX_OPENING && this.#queue.length >= this.#ahead) {
      this.#sendOnNew(requests);
    } else this.#queue.push(requests);
  }

  /**
   * Opens as many connections as are missing from those that are reserved.
   *
   * @returns Resolves when they are open, or could not be opened.
   */
  async fill(): Promise<void> {
    if (this.reserved === 0 || this.#closed !== null || this.#retired) return;
    for (const connection of this.#idle.keys()) if (connection.closed) this.#drop(connection);
    const missing = this.reserved - this.#idle.size - this.#busy.size - this.#opening;
    const room = MAX_OPENING - this.#opening;
    const opened: Promise<void>[] = [];
    for (let i = 0; i < Math.min(missing, room); i++) opened.push(this.#openAhead());
    await Promise.all(opened);
  }

  /** Closes the idle connections: later requests get fresh ones. */
  closeIdle(): void {
    this.#closeIdle(UNUSED);
    this.fill();
  }

  /** Closes the idle connections, and each other one as soon as its request has its reply. */
  retire(): void {
    this.#retired = true;
    this.#closeIdle(UNUSED);
    for (const requests of this.#takeWaiting()) {
      for (const request of requests) if (!request.settled) this.#owner.resend(request);
    }
  }

  /**
   * Closes the connections that watch keys: the sessions cannot go on.
   *
   * @param error Why.
   */
  endSessions(error: Error): void {
    for (const connection of this.#watching) connection.close(error);
  }

  /**
   * Closes all connections. Requests on them, and those that wait for one, reject.
   *
   * @param error The error.
   */
  close(error: Error): void {
    this.#closed = error;
    this.blocked.clear();
    this.#closeIdle(error);
    for (const connection of this.#busy) connection.close(error);
    this.#busy.clear();
    for (const requests of this.#takeWaiting()) {
      for (const request of requests) request.reject(error);
    }
  }

  #takeIdle(): Connection | undefined {
    for (const [connection, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(connection);
      if (connection.closed) continue;
      if (this.#owner.prepare(connection)) return connection;
      connection.close(UNUSED);
    }
    return undefined;
  }

  /** Forgets an idle connection. */
  #drop(connection: Connection): void {
    clearTimeout(this.#idle.get(connection));
    this.#idle.delete(connection);
  }

  #closeIdle(error: Error): void {
    for (const [connection, timer] of this.#idle) {
      clearTimeout(timer);
      connection.close(error);
    }
    this.#idle.clear();
  }

  /** Opens a connection for a later request, or for one that waits by then. */
  async #openAhead(): Promise<void> {
    this.#opening++;
    this.#ahead++;
    try {
      const connection = await this.#owner.open("full");
      this.#ahead--;
      this.#opening--;
      this.#keep(connection);
    } catch {
      // The attempt for the request that waits will tell why.
      this.#ahead--;
      this.#openNext();
    }
  }

  async #sendOnNew(all: readonly Request[]): Promise<void> {
    let connection: Connection;
    this.#opening++;
    try {
      connection = await this.#owner.open(isBare(all) ? "bare" : "full");
      if (connection.closed) throw await connection.ended;
    } catch (error) {
      this.#openNext();
      return this.#retry(all.filter(({ settled }) => !settled), error);
    }
    this.#openNext();
    if (this.#closed !== null) { for (const request of all) request.reject(this.#closed); }
    const requests = all.filter(({ settled }) => !settled);
    if (requests.length === 0) this.#free(connection, all);
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
      this.#waiting.delete(requests);
      for (const request of requests) if (!request.settled) this.#owner.resend(request);
    };
    if (this.#retired) return resend();
    const { minTimeout, maxTimeout, multiplier } = this.#backoff;
    const wait = Math.min(
      maxTimeout,
      LONGEST_WAIT,
      minTimeout * multiplier ** Math.min(requests[0].attempts, 50),
    );
    for (const request of requests) request.attempts++;
    this.#waiting.set(requests, setTimeout(resend, Math.random() * wait));
  }

  /** Called when a connection was opened, or could not be; opens one for the next requests. */
  #openNext(): void {
    this.#opening--;
    const next = this.#nextQueued();
    if (next !== undefined) this.#sendOnNew(next);
  }

  #nextQueued(): readonly Request[] | undefined {
    let next = this.#queue.shift();
    while (next !== undefined && next.every(({ settled }) => settled)) next = this.#queue.shift();
    return next;
  }

  /** The requests that have waited longest for a connection. */
  #next(): readonly Request[] | undefined {
    const queued = this.#nextQueued();
    if (queued !== undefined) return queued;
    for (const [requests, timer] of this.#waiting) {
      clearTimeout(timer);
      this.#waiting.delete(requests);
      if (requests.some(({ settled }) => !settled)) return requests;
    }
    return undefined;
  }

  /** Takes all requests that wait for a connection. */
  #takeWaiting(): (readonly Request[])[] {
    const all: (readonly Request[])[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) all.push(next);
    return all;
  }

  #assign(connection: Connection, requests: readonly Request[]): void {
    this.#busy.add(connection);
    const { watches } = requests[0];
    let left = requests.length;
    let abandoned = false;
    const dedicated: Dedicated = {
      connection,
      release: () => {
        if (--left === 0) this.#free(connection, requests);
      },
      abandon: () => {
        if (abandoned) return;
        abandoned = true;
        this.blocked.remove(connection);
        // It counts as busy until it is closed.
        connection.ended.then(() => {
          this.#busy.delete(connection);
          this.#watching.delete(connection);
          this.fill();
        });
        if (connection.closed) return;
        const error = requests.length === 1 ? GIVEN_UP : OTHER_GIVEN_UP;
        const close = (): void => connection.close(error);
        const harmless = watches ||
          requests.every(({ row, interrupts }) => interrupts || row?.readOnly);
        if (!harmless && !this.#owner.giveUp({ connection, requests, error })) return;
        if (requests.length === 1) close();
        // Other requests of the batch end in the same turn, for the same reason: they keep their own error.
        else queueMicrotask(close);
      },
    };
    // It sends the questions of a session, which must come before WATCH.
    if (watches) {
      this.#watching.add(connection);
      connection.beginSession();
    } else if (requests.some(({ blocks, interrupts }) => blocks && !interrupts)) {
      this.blocked.add(connection, requests);
    }
    for (const request of requests) {
      request.dedicated = dedicated;
      connection.send(request);
    }
  }

  /** Takes a connection back: keeps it, or closes a bare one. */
  #free(connection: Connection, requests: readonly Request[]): void {
    if (isBare(requests)) {
      this.#busy.delete(connection);
      connection.close(UNUSED);
    } else {
      this.#keep(connection);
    }
  }

  #keep(connection: Connection): void {
    this.#busy.delete(connection);
    this.#watching.delete(connection);
    this.blocked.remove(connection);
    connection.endSession();
    if (this.#closed !== null || this.#retired) return connection.close(UNUSED);
    if (connection.closed || !this.#owner.prepare(connection)) {
      connection.close(UNUSED);
      return this.#replace();
    }
    const next = this.#next()?.filter(({ settled }) => !settled);
    if (next !== undefined) return this.#assign(connection, next);
    if (this.#idle.size >= Math.max(MAX_IDLE, this.reserved)) return connection.close(UNUSED);
    this.#watchIdle(connection);
  }

  /** Opens connections instead of one that is of no use: for the requests that wait for it, and those reserved. */
  #replace(): void {
    while (this.#queue.length > this.#ahead && this.#opening < MAX_OPENING) {
      const next = this.#nextQueued();
      if (next === undefined) break;
      this.#sendOnNew(next);
    }
    this.fill();
  }

  /**
   * Closes an idle connection after a while. One that is reserved is asked for a byte instead, and replaced if it has
   * brought none when the next while is over.
   */
  #watchIdle(connection: Connection, asked?: { answered: boolean }): void {
    const timer = setTimeout(() => {
      this.#idle.delete(connection);
      if (connection.closed || asked?.answered === false) {
        connection.close(UNUSED);
        this.fill();
      } else if (this.#idle.size + this.#busy.size >= this.reserved) {
        connection.close(UNUSED);
      } else {
        const question = { answered: false };
        this.#owner.ping(connection).then(() => question.answered = true, () => {});
        this.#watchIdle(connection, question);
      }
    }, IDLE_TIME);
    unrefTimer(timer);
    this.#idle.set(connection, timer);
  }
}

/** Whether requests need only a bare connection, and can get no other. */
function isBare(requests: readonly Request[]): boolean {
  return requests.length === 1 && requests[0].interrupts;
}
