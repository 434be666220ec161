/**
 * The way to one node: a connection that is opened again whenever it breaks, and what waits for it meanwhile.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ClosedError, ConnectionError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Push, Reply } from "../resp/reply.ts";
import { waitBefore } from "./backoff.ts";
import type { Reconnection } from "./blocked_requests.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import type { Deadlines } from "./deadlines.ts";
import { DedicatedPool } from "./dedicated_pool.ts";
import type { Greeting } from "./greeting.ts";
import type { Inbox } from "./inbox.ts";
import { identify, runIdIn } from "./identity.ts";
import { ask, type Attempt, internalRequest } from "./open.ts";
import { openFirst } from "./open_first.ts";
import { isWaiting, within } from "./probe.ts";
import type { Request, RequestOwner } from "./request.ts";
import { RequestQueue } from "./request_queue.ts";
import { Silence } from "./silence.ts";
import type { LinkSettings } from "./settings.ts";
import { type Endpoint, show } from "./transport.ts";

/** How long the first attempt to reconnect may take, in milliseconds; each further one twice as long. */
const RECONNECTION = 1000;
/** How long later requests may wait for the end of a given-up one, in milliseconds. */
const FAREWELL = 500;
/** A connection that lived so long was a good one: the backoff starts anew after it. In milliseconds. */
const GOOD_LIFE = 1000;

/** Sends a command of the client itself. */
export type Call = (words: Words) => Promise<Reply>;

/** The owner of a link, which is told about its connection. The owner of each request decides about that request. */
export interface LinkOwner {
  /**
   * A connection is open and has shaken hands; it may be used for `call`s, but nothing that waits is sent yet.
   *
   * If it throws, the connection is closed and another attempt made.
   */
  onConnected(link: Link): Promise<void>;
  /** What waited was sent; the link is ready. */
  onReady(link: Link): void;
  /** The connection is lost; the link tries to open another one. */
  onLost(link: Link, error: Error): void;
  /** An attempt to connect failed; the link goes on trying. */
  onRefused(link: Link, error: Error): void;
  /** An out-of-band message came on the present connection. Those of other connections are dropped. */
  onPush(link: Link, push: Push): void;
}

/** Number of the last connection of any link. */
let connections = 0;

/** The way to one node. */
export class Link {
  /** The address that was tried last. */
  endpoint: Endpoint;
  /** Number of its connection, or of the last one it had; unique in this program. */
  connectionId: number | undefined;
  /** Why it is not connected, or was not at last. */
  lastError: Error | undefined;
  /** Connections of their own for requests that would hold up others. */
  readonly dedicated: DedicatedPool;

  readonly #settings: LinkSettings;
  readonly #owner: LinkOwner;
  readonly #deadlines: Deadlines;
  readonly #queue = new RequestQueue();
  readonly #end = new AbortController();
  readonly #internal: RequestOwner;
  readonly #events: ConnectionEvents;
  /** The inbox of connections that are, or may become, the present one. */
  readonly #inbox: Inbox;
  readonly #addresses: () => readonly Endpoint[];
  #readOnly: boolean;
  #started = false;
  #ready = false;
  #connection: Connection | null = null;
  /** A connection that has already shaken hands and takes over when the present one is closed. */
  #successor: Connection | null = null;
  /** Why it does. */
  #handover: Reconnection["old"] = "closed";
  /** Settles when the present connection was replaced, which may be long before it is closed. */
  #replaced = Promise.withResolvers<Error>();
  /** Connections that are not the present one: probes, and replaced ones whose last replies are to come. */
  readonly #others = new Set<Connection>();
  /** The address at which a connection was opened last. */
  #reachedAt: Endpoint | undefined;
  /** Whether there ever was a connection. */
  #reached = false;
  /** Attempts since a connection was of use. */
  #failures = 0;
  /** When the connection was lost, or an attempt failed; undefined if the next attempt need not wait. */
  #lostAt: number | undefined;
  /** Ends the wait before the next attempt; null while there is none to end. */
  #wake: AbortController | null = null;
  readonly #silence: Silence<Connection>;
  #keepAliveTimer: ReturnType<typeof setInterval> | undefined;

  /**
   * Makes a link that does nothing until {@linkcode Link.start} or the first request.
   *
   * @param endpoint The node.
   * @param settings How to connect.
   * @param owner Who it works for.
   * @param deadlines The client's deadlines.
   * @param addresses Where to try to reach the node, in order; asked before each attempt. If it throws, the attempt
   * fails.
   */
  constructor(
    endpoint: Endpoint,
    settings: LinkSettings,
    owner: LinkOwner,
    deadlines: Deadlines,
    addresses: () => readonly Endpoint[] = () => [endpoint],
  ) {
    this.endpoint = endpoint;
    this.#addresses = addresses;
    this.#settings = settings;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.dedicated = new DedicatedPool(
      (bare) => this.#openDedicated(bare),
      (connection, requests, error) => this.#giveUp(connection, requests, error),
      (request) => request.owner.resend(request),
      settings.backoff,
    );
    this.#readOnly = settings.readOnly;
    this.#silence = new Silence({
      present: () => this.#ready ? this.#connection : null,
      probe: (silent, budget) => this.#probe(silent, budget),
      replace: (silent, fresh) => this.#foundDead(silent, fresh),
    });
    this.#events = {
      onClosed: (connection, error, sent, queued) =>
        this.#onClosed(connection, error, sent, queued),
      askRunId: (connection) => this.#askRunId(connection),
    };
    this.#inbox = {
      onPush: (push, connection) => {
        if (connection === this.#connection) owner.onPush(this, push);
      },
    };
    this.#internal = {
      onErrorReply: () => false,
      resend: (request) => request.reject(this.lastError),
      onSettled: (request) => deadlines.remove(request),
      onSilence: (request) => this.examine(request),
    };
  }

  /** Whether a request would be sent at once. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Number of reads that returned data, on the present connection. */
  get received(): number {
    return this.#connection?.received ?? 0;
  }

  /** What the handshake of the present connection learnt; undefined while there is none. */
  get greeting(): Greeting | undefined {
    return this.#connection?.greeting;
  }

  /** Whether it was closed for good. */
  get closed(): boolean {
    return this.#end.signal.aborted;
  }

  /** Whether it was closed for good, and the last connection with it. */
  get gone(): boolean {
    return this.closed && this.#connection === null && this.#others.size === 0 &&
      !this.dedicated.busy;
  }

  /** `host:port`, and how it fares, for messages. */
  describe(): string {
    const where = show(this.endpoint);
    if (this.#ready) return `${where} is connected`;
    return `${where} is not connected${
      this.lastError === undefined ? "" : `: ${this.lastError.message}`
    }`;
  }

  /** Begins to connect, if it has not begun. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#run();
  }

  /**
   * Sends a request, or keeps it until there is a connection.
   *
   * @param request A request that is queued nowhere else.
   */
  send(request: Request): void {
    request.link = this;
    if (this.#ready) {
      if (request.batch !== null) return request.batch.send(this, request);
      if (!request.blocks) return this.#connection!.send(request);
      if (!request.interrupts) this.#identify(this.#connection!);
      return this.dedicated.send(request);
    }
    if (this.closed) return request.owner.resend(request);
    // There may be no shared connection because of the script that it is to end.
    if (request.interrupts) return this.dedicated.send(request);
    this.#queue.push(request);
    this.start();
    this.#wake?.abort();
  }

  /**
   * Sends requests of a batch in their order: on a connection of their own if one of them blocks.
   *
   * @param requests Requests that are queued nowhere else.
   */
  sendTogether(requests: Request[]): void {
    if (requests.some(({ blocks }) => blocks)) {
      if (this.#ready) {
        this.#identify(this.#connection!);
        return this.dedicated.sendTogether(requests);
      }
    } else {
      for (const request of requests) request.batch = null;
    }
    for (const request of requests) this.send(request);
  }

  /**
   * Asks the node something on behalf of the client itself.
   *
   * @param words The command.
   * @param timeout Milliseconds until it is given up.
   * @returns The reply; rejects if there is no connection.
   */
  call(words: Words, timeout: number): Promise<Reply> {
    const connection = this.#connection;
    if (connection === null || connection.closed) {
      return Promise.reject(this.lastError ?? new ClosedError("Cannot send: not connected"));
    }
    const request = internalRequest(words, this.#internal, timeout);
    const promise = request.promise<Reply>();
    request.link = this;
    this.#deadlines.add(request, timeout);
    connection.send(request);
    return promise;
  }

  /**
   * Says whether the node shall answer reads although it is a replica of a cluster.
   *
   * @param readOnly Whether it shall.
   */
  set readOnly(readOnly: boolean) {
    if (this.#readOnly === readOnly) return;
    this.#readOnly = readOnly;
    if (this.#connection !== null) this.#tellReadOnly(this.#connection);
    // They were not told.
    this.dedicated.closeIdle();
  }

  /** Sends READONLY or READWRITE, unless it was sent already: the role may have changed during the dial. */
  #tellReadOnly(connection: Connection): void {
    if (connection.readOnly === this.#readOnly || connection.closed) return;
    connection.readOnly = this.#readOnly;
    ask(connection, [this.#readOnly ? "READONLY" : "READWRITE"]).catch(ignore);
  }

  /** How many requests wait for a connection. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes the requests that wait for a connection, in order. */
  takeQueue(): Request[] {
    return this.#queue.drain();
  }

  /**
   * Looks into a request that got no reply in time, be it that it could not even be written.
   *
   * If nothing comes from the peer for long enough, the connection is replaced: see {@linkcode Silence}.
   *
   * @param request The request.
   * @returns Whether nothing came since the request was written. This is only a hint.
   */
  examine(request: Request): boolean {
    // One on a connection of its own tells nothing about the shared one.
    if (request.blocks || request.batch !== null) return false;
    // WAIT delays the requests behind it, also when its caller has given it up: that is no silence.
    const oldest = this.#connection?.oldest;
    if (oldest !== undefined && oldest.written + oldest.serverTime > performance.now()) {
      return false;
    }
    return this.#silence.late(request);
  }

  /** Whether a request to the node is late and nothing came since it was written. */
  get silent(): boolean {
    return this.#silence.suspected;
  }

  /**
   * Opens another connection to the same name, and uses it instead of the present one if it leads to a better node.
   *
   * A name can lead to another node than before, while the present connection stays open. Requests that were sent on
   * the present connection get their replies there; it is closed after the last one.
   *
   * @param isWanted Asks the node at the fresh connection, and decides.
   * @param timeout Milliseconds for opening it, and again for asking.
   * @returns Whether it is used.
   */
  async replace(isWanted: (call: Call) => Promise<boolean>, timeout: number): Promise<boolean> {
    const present = this.#connection;
    if (present === null || !this.#ready) return false;
    let fresh: Connection;
    try {
      fresh = await this.#open({ budget: timeout, inbox: this.#inbox });
    } catch {
      return false;
    }
    this.#alsoHolds(fresh);
    let wanted = false;
    try {
      wanted = await within(timeout, fresh, isWanted((words) => ask(fresh, words)));
    } catch {
      // It was closed, or did not answer in time.
    }
    if (!wanted || fresh.closed || this.#connection !== present || !this.#ready) {
      fresh.close(new ClosedError("Cannot send: the connection was only a probe"));
      return false;
    }
    this.#others.delete(fresh);
    this.#successor = fresh;
    this.#handover = "left";
    this.#alsoHolds(present);
    this.#connection = null;
    this.#ready = false;
    clearInterval(this.#keepAliveTimer);
    this.dedicated.closeIdle();
    const error = this.lastError = new ConnectionError(
      `Left the connection to ${show(this.endpoint)}: the name leads to another node now`,
      { ...this.endpoint },
    );
    this.#owner.onLost(this, error);
    this.#replaced.resolve(error);
    present.drain();
    return true;
  }

  /** Holds a connection besides the present one, until it is closed. */
  #alsoHolds(connection: Connection): void {
    this.#others.add(connection);
    connection.ended.then(() => this.#others.delete(connection));
  }

  /**
   * Ends the link when what was sent has been answered. What waits goes back to the owner.
   */
  retire(): void {
    if (this.closed) return;
    const connection = this.#connection;
    this.#ready = false;
    this.#silence.stop();
    this.#end.abort(new ClosedError("Cannot send: the node has left"));
    clearInterval(this.#keepAliveTimer);
    this.endBlocked("the node has left");
    this.dedicated.retire();
    this.#successor?.close(new ClosedError("Cannot send: the node has left"));
    for (const request of this.takeQueue()) request.owner.resend(request);
    connection?.drain();
  }

  /**
   * Ends the link at once. Everything that waits or was sent rejects.
   *
   * @param error The error.
   */
  destroy(error: Error): void {
    if (!this.closed) this.#end.abort(error);
    this.#ready = false;
    this.#silence.stop();
    clearInterval(this.#keepAliveTimer);
    for (const request of this.#queue.drain()) request.reject(error);
    this.dedicated.close(error);
    this.#successor?.close(error);
    this.#connection?.close(error);
    for (const connection of this.#others) connection.close(error);
  }

  /** Connects, for ever. */
  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const waited = this.#queue.length > 0;
      const wake = this.#wake = waited ? null : new AbortController();
      const wait = waitBefore(
        { failures: this.#failures, waited, lost: this.#lostAt !== undefined },
        this.#settings.backoff,
      );
      const left = wait === 0 ? 0 : (this.#lostAt ?? 0) + wait - performance.now();
      try {
        if (left > 0) {
          await delay(left, {
            signal: wake === null ? signal : AbortSignal.any([signal, wake.signal]),
          });
        }
        await this.#live();
      } catch {
        // The wait was cut short, or the attempt failed; the loop condition decides whether to continue.
      }
    }
  }

  /**
   * The life of one connection, from the dial to its end.
   *
   * @throws If it could not be opened, or broke before it was of any use: then the backoff goes on.
   */
  async #live(): Promise<void> {
    let connection: Connection;
    let old: Reconnection["old"];
    try {
      const successor = this.#successor;
      connection = successor ??
        await this.#open({
          budget: this.#attemptTimeout(),
          identify: this.dedicated.blocked.waiting,
          inbox: this.#inbox,
        });
      this.#successor = null;
      old = successor === null ? "closed" : this.#handover;
      // The link may have been ended before it had the connection.
      if (this.closed) connection.close(this.#end.signal.reason);
      this.#connection = connection;
      this.#tellReadOnly(connection);
      await this.#owner.onConnected(this);
      if (connection.closed) throw await connection.ended;
    } catch (error) {
      this.#connection?.close(error as Error);
      this.#connection = null;
      this.lastError = error as Error;
      this.#failed();
      if (!this.closed) this.#owner.onRefused(this, error as Error);
      throw error;
    }
    const since = performance.now();
    const { answered } = connection;
    this.#replaced = Promise.withResolvers();
    this.#become(connection, old);
    const error = await Promise.race([connection.ended, this.#replaced.promise]);
    if (
      connection.answered > answered || performance.now() - since > GOOD_LIFE ||
      this.#successor !== null
    ) {
      this.#failures = 0;
      this.#lostAt = this.#successor === null ? performance.now() : undefined;
      return;
    }
    this.#failed();
    throw error;
  }

  /**
   * How long an attempt may take. A node that could be reached before answers soon or not at all, so a hanging attempt
   * must not keep the next one waiting; but a network that has become slow must not fail for ever.
   */
  #attemptTimeout(): number {
    const { attemptTimeout } = this.#settings;
    return this.#reached
      ? Math.min(attemptTimeout, RECONNECTION * 2 ** Math.min(this.#failures, 10))
      : attemptTimeout;
  }

  #failed(): void {
    this.#failures++;
    this.#lostAt = performance.now();
  }

  /** Sends what waits, and is ready. */
  #become(connection: Connection, old: Reconnection["old"]): void {
    this.#ready = this.#reached = true;
    this.connectionId = ++connections;
    this.#silence.begin(connection);
    this.#review(connection, old);
    for (const request of this.#queue.drain()) this.send(request);
    if (this.#settings.keepAlive > 0) {
      let received = -1;
      const timer = setInterval(() => {
        if (connection.received === received) {
          this.call(["PING"], this.#settings.attemptTimeout).catch(ignore);
        }
        received = connection.received;
      }, this.#settings.keepAlive);
      Deno.unrefTimer(timer);
      this.#keepAliveTimer = timer;
    }
    this.#owner.onReady(this);
  }

  async #open(attempt: Omit<Attempt, "signal">): Promise<Connection> {
    const settings = { ...this.#settings, readOnly: this.#readOnly };
    const connection = await this.#dial(settings, attempt);
    connection.readOnly = settings.readOnly;
    this.#tellReadOnly(connection);
    return connection;
  }

  async #dial(settings: LinkSettings, options: Omit<Attempt, "signal">): Promise<Connection> {
    const attempt = { ...options, signal: this.#end.signal };
    const addresses = this.#addresses();
    // The one that worked last comes first: another one may take its time to fail.
    const last = addresses.find(({ host, port }) =>
      host === this.#reachedAt?.host && port === this.#reachedAt.port
    );
    const ordered = last === undefined
      ? addresses
      : [last, ...addresses.filter((address) => address !== last)];
    const connection = await openFirst(ordered, settings, attempt, this.#events, (address) => {
      this.endpoint = address;
    });
    this.#reachedAt = this.endpoint;
    return connection;
  }

  /** Asks which process is at the other end of the shared connection. */
  async #askRunId(connection: Connection): Promise<string | undefined> {
    if (connection !== this.#connection) return undefined;
    try {
      return runIdIn(await this.call(["INFO", "server"], this.#settings.attemptTimeout));
    } catch {
      // Refused, lost, or not answered in time: it stays unknown.
      return undefined;
    }
  }

  /**
   * Opens a dedicated connection.
   *
   * @param bare Whether it is only logged in: a server accepts no more while a script runs.
   */
  #openDedicated(bare: boolean): Promise<Connection> {
    const { attemptTimeout } = this.#settings;
    if (!bare) return this.#open({ budget: attemptTimeout, identify: true });
    return this.#dial(
      {
        ...this.#settings,
        clientName: undefined,
        databaseId: 0,
        readOnly: false,
        clientInfo: false,
        availabilityZone: false,
      },
      { budget: attemptTimeout },
    );
  }

  /** Finds out once who is at the other end of the shared connection. */
  async #identify(connection: Connection): Promise<void> {
    if (connection.identity !== undefined) return;
    connection.identity = null;
    try {
      connection.identity = await identify((words) =>
        this.call(words, this.#settings.attemptTimeout)
      );
    } catch {
      // Lost or hanging, which others deal with.
    }
  }

  /**
   * Ends the requests of a dedicated connection on the server, before the server gets a later request of this client.
   *
   * A server does not notice a close at once, and until then may hand an element to the closed connection. So CLIENT
   * UNBLOCK is sent on the shared connection, ahead of later requests, if both connections lead to the same process: in
   * another one the number would be that of another connection. Otherwise later requests wait until the server has
   * closed the connection.
   *
   * In a batch, commands behind the blocking one would be executed when it is unblocked, after later requests. So such a
   * connection is killed instead, if the user may do that.
   *
   * @returns Whether the connection can be closed now. If not, it is closed, with the error, when the server has closed
   * it.
   */
  #giveUp(connection: Connection, requests: readonly Request[], error: Error): boolean {
    const shared = this.#connection;
    const { identity } = connection;
    if (shared === null || shared.closed) return true;
    if (identity && shared.identity?.mayUnblock && identity.runId === shared.identity.runId) {
      const { attemptTimeout } = this.#settings;
      if (requests.length > 1) {
        this.call(["CLIENT", "KILL", "ID", identity.clientId], attemptTimeout).catch(ignore);
      }
      // With ERROR: with TIMEOUT, Valkey 8.0 crashes if CLIENT PAUSE holds the command.
      this.call(["CLIENT", "UNBLOCK", identity.clientId, "ERROR"], attemptTimeout).catch(ignore);
      return true;
    }
    connection.finish(FAREWELL, error).then(shared.pauseWrites());
    return false;
  }

  /**
   * Ends the requests that block on connections of their own, unless the server ends them soon: the node is not the one
   * that they are for any more. Those that only read are sent again, the others reject with `maybeExecuted`.
   *
   * @param what Why, for the message.
   */
  endBlocked(what: string): void {
    this.dedicated.blocked.endSoon(this.#lost(what));
  }

  /** Ends blocked requests whose connections were lost together with the previous shared connection. */
  async #review(connection: Connection, old: Reconnection["old"]): Promise<void> {
    const { blocked } = this.dedicated;
    if (!blocked.waiting) return;
    if (connection.identity === undefined) await this.#identify(connection);
    const reason = this.lastError ?? this.#lost("it was replaced");
    const call = (words: Words): Promise<Reply> => this.call(words, this.#settings.attemptTimeout);
    if (!connection.closed) {
      blocked.review({ identity: connection.identity ?? null, old, reason, call });
    }
  }

  /** Applies the retry rule to the requests of a connection that was lost. */
  #onClosed(connection: Connection, error: Error, sent: Request[], queued: Request[]): void {
    const isMain = connection === this.#connection;
    if (isMain) {
      this.#connection = null;
      // They were probably lost for the same reason, and the next request would fail on them.
      this.dedicated.closeIdle();
      clearInterval(this.#keepAliveTimer);
      if (this.#ready) {
        this.#ready = false;
        this.lastError = error;
        if (!this.closed) this.#owner.onLost(this, error);
      }
    }
    for (const request of sent) {
      if (request.settled) continue;
      if (error instanceof ClosedError || request.internal) {
        request.reject(error);
      } else if (request.repeatable || this.dedicated.blocked.isUnexecuted(request)) {
        request.requeue(error);
        request.owner.resend(request);
      } else {
        request.reject(
          new ConnectionError(
            `Cannot tell whether "${request.name}" was executed: ${decapitalize(error.message)}`,
            { ...this.endpoint, cause: error, maybeExecuted: true },
          ),
        );
      }
    }
    for (const request of queued) {
      if (request.settled) continue;
      if (error instanceof ClosedError || request.internal) {
        request.reject(error);
      } else {
        // Its own owner decides: a transaction of a session must not be sent on another connection, where nothing is
        // watched.
        request.requeue();
        request.owner.resend(request);
      }
    }
  }

  /**
   * Opens a fresh connection and asks the node for a sign of life on it.
   *
   * @returns The connection; null if the node says that it is busy, or holds the silent connection back (CLIENT PAUSE).
   */
  async #probe(silent: Connection, timeout: number): Promise<Connection | null> {
    const budget = Math.min(timeout, this.#settings.attemptTimeout);
    const fresh = await this.#open({
      budget,
      identify: this.dedicated.blocked.waiting,
      inbox: this.#inbox,
    });
    this.#alsoHolds(fresh);
    try {
      const call = (words: Words): Promise<Reply> => ask(fresh, words);
      const isHeldUp = await within(budget, fresh, isWaiting(silent, call));
      if (!isHeldUp) {
        this.#others.delete(fresh);
        return fresh;
      }
    } catch (error) {
      fresh.close(error as Error);
      throw error;
    }
    fresh.close(new ClosedError("Cannot send: the connection was only a probe"));
    return null;
  }

  /** Replaces the shared connection, whose peer is silent, by a fresh one on which the node has answered. */
  #foundDead(silent: Connection, fresh: Connection): void {
    this.#successor = fresh;
    this.#handover = "silent";
    silent.close(this.#lost("the peer is silent on it, while it answers a new one"));
  }

  #lost(what: string): ConnectionError {
    return new ConnectionError(`Lost the connection to ${show(this.endpoint)}: ${what}`, {
      ...this.endpoint,
    });
  }
}

function ignore(): void {}

function decapitalize(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
