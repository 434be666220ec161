/**
 * The way to one node: a connection that is opened again whenever it breaks, and what waits for it meanwhile.
 *
 * @module
 */

import { ClosedError, ConnectionError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Push, Reply } from "../resp/reply.ts";
import type { Connection } from "./connection.ts";
import type { LoginRenewal } from "./credentials.ts";
import type { Deadlines } from "./deadlines.ts";
import { DedicatedPool } from "./dedicated_pool.ts";
import { Dialler } from "./dialler.ts";
import { giveUp } from "./give_up.ts";
import type { Greeting } from "./greeting.ts";
import { askRunId, identifyOnce } from "./identity.ts";
import type { Inbox } from "./inbox.ts";
import { KeepAlive } from "./keep_alive.ts";
import { LastingRefusal } from "./lasting_refusal.ts";
import { ask, internalRequest } from "./ask.ts";
import { isHeldUp, ONLY_A_PROBE, within } from "./probe.ts";
import { type Loss, Reconnect } from "./reconnect.ts";
import type { Request, RequestOwner, Tracking } from "./request.ts";
import { RequestQueue } from "./request_queue.ts";
import { giveBack, settleSent } from "./retry_rule.ts";
import { Silence } from "./silence.ts";
import type { LinkSettings } from "./settings.ts";
import { type Endpoint, show } from "./transport.ts";

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

/** Why a connection is left. */
const NEWER_LOGIN = "there are newer credentials";

/** Number of the last connection of any link. */
let connections = 0;

/** The way to one node. */
export class Link {
  /** Number of its connection, or of the last one it had; unique in this program. */
  connectionId: number | undefined;
  /** Why the connection before the present one is not in use any more. */
  loss: Loss | undefined;
  /** Connections of their own for requests that would hold up others. */
  readonly dedicated: DedicatedPool;

  readonly #settings: LinkSettings;
  readonly #owner: LinkOwner;
  readonly #deadlines: Deadlines;
  readonly #queue = new RequestQueue();
  readonly #internal: RequestOwner;
  /** The inbox of connections that are, or may become, the present one. */
  readonly #inbox: Inbox;
  readonly #dialler: Dialler;
  readonly #reconnect: Reconnect<Connection>;
  readonly #refusal: LastingRefusal;
  /** Connections that are not the present one: probes, and replaced ones whose last replies are to come. */
  readonly #others = new Set<Connection>();
  readonly #silence: Silence<Connection>;
  readonly #keepAlive: KeepAlive;
  /** How connections that are, or may become, the present one get newer credentials. */
  readonly #renewal: LoginRenewal<Connection> = {
    takeOver: (connection) => this.#takeOver(connection),
  };

  /**
   * Makes a link that does nothing until {@linkcode Link.start} or the first request.
   *
   * @param endpoint The node.
   * @param settings How to connect.
   * @param owner Learns about the connection.
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
    this.#settings = settings;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.#dialler = new Dialler(endpoint, addresses, settings, {
      onClosed: (connection, error, sent, queued) =>
        this.#onClosed(connection, error, sent, queued),
      askRunId: async (connection) =>
        connection === this.#reconnect.connection ? await askRunId(this.#call) : undefined,
    });
    this.#refusal = new LastingRefusal(() => settings.credentials.replacements);
    this.#reconnect = new Reconnect<Connection>(settings, {
      isAwaited: () => this.#queue.length > 0 || this.#refusal.isFelt,
      open: (budget) => this.#open(budget),
      prepare: async (connection) => {
        this.#dialler.tellReadOnly(connection);
        await owner.onConnected(this);
        // Only a fresh client can wait for them: later, requests wait for the link.
        if (this.connectionId === undefined) await this.dedicated.fill();
      },
      onReady: (connection, loss) => this.#onReady(connection, loss),
      onRefused: (error) => {
        this.#refusal.note(error);
        this.#rejectRefused();
        owner.onRefused(this, error);
      },
    });
    this.dedicated = new DedicatedPool({
      open: (kind) => this.#openDedicated(kind),
      giveUp: (given) =>
        giveUp(given, { connection: this.#reconnect.connection, call: this.#call }),
      resend: (request) => request.owner.resend(request),
      ping: (connection) => ask(connection, ["PING"]),
      prepare: (connection) => settings.credentials.prepare(connection),
    }, settings.backoff);
    this.#silence = new Silence({
      present: () => this.#reconnect.present,
      probe: (silent, budget) => this.#probe(silent, budget),
      replace: (silent, fresh) => this.#foundDead(silent, fresh),
    });
    this.#keepAlive = new KeepAlive(settings.keepAlive, () => {
      this.#call(["PING"]).catch(ignore);
    });
    this.#inbox = {
      onPush: (push, connection) => {
        if (connection === this.#reconnect.connection) owner.onPush(this, push);
      },
    };
    this.#internal = {
      onErrorReply: () => false,
      resend: (request) => request.reject(this.lastError),
      onSettled: (request) => deadlines.remove(request),
      onSilence: (request) => this.examine(request),
    };
  }

  /** The address that was tried last. */
  get endpoint(): Endpoint {
    return this.#dialler.endpoint;
  }

  /** Why it is not connected, or was not at last. */
  get lastError(): Error | undefined {
    return this.#reconnect.lastError;
  }

  /** Whether a request would be sent at once. */
  get ready(): boolean {
    return this.#reconnect.state === "ready";
  }

  /** Whether there is nothing under way on the shared connection. */
  get idle(): boolean {
    return this.#reconnect.connection?.idle ?? true;
  }

  /** Number of reads that returned data, on the present connection. */
  get received(): number {
    return this.#reconnect.connection?.received ?? 0;
  }

  /** Address of the peer of the present connection; undefined while there is none. */
  get peer(): Endpoint | undefined {
    return this.#reconnect.connection?.peer;
  }

  /** What the handshake of the present connection learnt; undefined while there is none. */
  get greeting(): Greeting | undefined {
    return this.#reconnect.connection?.greeting;
  }

  /** What the server says about changed keys on the present connection; null if it was not asked for it. */
  get tracking(): Tracking | null {
    return this.#reconnect.connection?.tracking ?? null;
  }

  /** Whether it was ended. */
  get closed(): boolean {
    return this.#reconnect.state === "closed";
  }

  /** Whether it was ended and all its connections are closed. */
  get gone(): boolean {
    return this.closed && this.#reconnect.connection === null && this.#others.size === 0 &&
      !this.dedicated.busy;
  }

  /** `host:port`, and whether it is connected or why not, for messages. */
  describe(): string {
    const where = show(this.endpoint);
    if (this.ready) return `${where} is connected`;
    return `${where} is not connected${
      this.lastError === undefined ? "" : `: ${this.lastError.message}`
    }`;
  }

  /** Begins to connect, if it has not begun. */
  start(): void {
    this.#reconnect.start();
  }

  /**
   * Sends a request, or keeps it until there is a connection.
   *
   * @param request A request that is queued nowhere else.
   */
  send(request: Request): void {
    request.link = this;
    const connection = this.#reconnect.present;
    if (connection !== null) {
      if (request.batch !== null) return request.batch.send(this, request);
      if (!request.blocks) return connection.send(request);
      if (!request.interrupts) identifyOnce(connection, this.#call);
      return this.dedicated.send(request);
    }
    if (this.closed) return request.owner.resend(request);
    // There may be no shared connection because of the script that it is to end.
    if (request.interrupts) return this.dedicated.send(request);
    this.#queue.push(request);
    // Not in this turn: the caller may still make the other parts of the request.
    if (this.#refusal.reason !== undefined) queueMicrotask(() => this.#rejectRefused());
    this.#reconnect.start();
    this.#reconnect.hurry();
  }

  /**
   * Sends requests of a batch in their order: on a connection of their own if one of them blocks.
   *
   * @param requests Requests that are queued nowhere else.
   */
  sendTogether(requests: Request[]): void {
    if (requests.some(({ blocks }) => blocks)) {
      const connection = this.#reconnect.present;
      if (connection !== null) {
        identifyOnce(connection, this.#call);
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
    const { connection } = this.#reconnect;
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

  /** The same, with the time that an attempt to connect may take. */
  readonly #call = (words: Words): Promise<Reply> =>
    this.call(words, this.#settings.attemptTimeout);

  /**
   * Sets whether the node answers reads although it is a replica of a cluster (READONLY).
   *
   * @param readOnly Whether it does.
   */
  set readOnly(readOnly: boolean) {
    if (this.#dialler.readOnly === readOnly) return;
    this.#dialler.readOnly = readOnly;
    const { connection } = this.#reconnect;
    if (connection !== null) this.#dialler.tellReadOnly(connection);
    // They were not told.
    this.dedicated.closeIdle();
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
   * Called when a request got no reply in time, also when it could not be written.
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
    const oldest = this.#reconnect.connection?.oldest;
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
    const { present } = this.#reconnect;
    if (present === null) return false;
    let fresh: Connection;
    try {
      fresh = await this.#open(timeout);
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
    if (!wanted || fresh.closed || this.#reconnect.present !== present) {
      fresh.close(ONLY_A_PROBE);
      return false;
    }
    this.#others.delete(fresh);
    this.#leave(present, fresh, "left", "the name leads to another node now");
    return true;
  }

  /** Uses a fresh connection instead of the present one, which is closed after its last reply. */
  #leave(
    present: Connection,
    fresh: Connection,
    loss: "left" | "renewed",
    why: string,
  ): void {
    this.#alsoHolds(present);
    const error = new ConnectionError(`Left the connection to ${show(this.endpoint)}: ${why}`, {
      ...this.endpoint,
    });
    present.tracking?.end();
    this.#reconnect.leave(fresh, loss, error);
    this.#keepAlive.stop();
    this.dedicated.closeIdle();
    giveBack(present.takeQueued(), error);
    this.#owner.onLost(this, error);
    present.drain();
  }

  /** Opens another connection because of newer credentials, and uses it instead of the present one. */
  async #takeOver(connection: Connection): Promise<void> {
    if (this.#reconnect.present !== connection) {
      // It logged in before the newer credentials came, and is being prepared.
      if (this.#reconnect.connection === connection) connection.close(this.#lost(NEWER_LOGIN));
      return;
    }
    const fresh = await this.#open(this.#settings.attemptTimeout);
    if (fresh.closed || this.#reconnect.present !== connection) fresh.close(ONLY_A_PROBE);
    else this.#leave(connection, fresh, "renewed", NEWER_LOGIN);
  }

  /** Holds a connection besides the present one, until it is closed. */
  #alsoHolds(connection: Connection): void {
    this.#others.add(connection);
    connection.ended.then(() => this.#others.delete(connection));
  }

  /** Ends the link when what was sent has been answered. What waits goes back to the owner. */
  retire(): void {
    if (this.closed) return;
    this.#reconnect.close(new ClosedError("Cannot send: the node has left"));
    this.#silence.stop();
    this.#keepAlive.stop();
    this.endBlocked("the node has left");
    this.dedicated.retire();
    for (const request of this.takeQueue()) request.owner.resend(request);
    this.#reconnect.connection?.drain();
  }

  /**
   * Ends the link at once. Everything that waits or was sent rejects.
   *
   * @param error The error.
   */
  destroy(error: Error): void {
    if (!this.closed) this.#reconnect.close(error);
    this.#silence.stop();
    this.#keepAlive.stop();
    for (const request of this.#queue.drain()) request.reject(error);
    this.dedicated.close(error);
    this.#reconnect.connection?.close(error);
    for (const connection of this.#others) connection.close(error);
  }

  /** Rejects what waits, if the node refuses connections for good. Attempts go on. */
  #rejectRefused(): void {
    const { reason } = this.#refusal;
    if (reason === undefined || this.#queue.length === 0) return;
    this.#refusal.isFelt = true;
    for (const request of this.#queue.drain()) request.reject(reason);
  }

  /** Sends what waits. */
  #onReady(connection: Connection, loss: Loss): void {
    this.#refusal.end();
    if (this.connectionId !== undefined) this.#settings.tally.reconnects++;
    this.connectionId = ++connections;
    this.loss = loss;
    this.#silence.begin(connection);
    this.#review(connection, loss);
    for (const request of this.#queue.drain()) this.send(request);
    this.#keepAlive.start(connection);
    this.dedicated.fill();
    this.#owner.onReady(this);
  }

  /** Opens a connection that is, or may become, the present one. */
  #open(budget: number): Promise<Connection> {
    return this.#dialler.open({
      budget,
      signal: this.#reconnect.signal,
      identify: this.dedicated.blocked.waiting,
      inbox: this.#inbox,
      renewal: this.#renewal,
    });
  }

  #openDedicated(kind: "full" | "bare"): Promise<Connection> {
    const attempt = {
      budget: this.#settings.attemptTimeout,
      signal: this.#reconnect.signal,
      renewal: "beforeUse" as const,
    };
    if (kind === "bare") return this.#dialler.openBare(attempt);
    return this.#dialler.open({ ...attempt, identify: true });
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

  /**
   * Ends the sessions that watch keys: another node has them now.
   *
   * @param what Why, for the message.
   */
  endSessions(what: string): void {
    this.dedicated.endSessions(this.#lost(what));
  }

  /** Ends blocked requests whose connections were lost together with the previous shared connection. */
  async #review(connection: Connection, loss: Loss): Promise<void> {
    const { blocked } = this.dedicated;
    if (!blocked.waiting) return;
    if (connection.identity === undefined) await identifyOnce(connection, this.#call);
    const reason = this.lastError ?? this.#lost("it was replaced");
    if (connection.closed) return;
    blocked.review({ identity: connection.identity ?? null, loss, reason, call: this.#call });
  }

  /** Applies the retry rule to the requests of a connection that was lost. */
  #onClosed(connection: Connection, error: Error, sent: Request[], queued: Request[]): void {
    const lost = this.#reconnect.lose(connection, error);
    if (lost !== "another") {
      // They were probably lost for the same reason, and the next request would fail on them.
      this.dedicated.closeIdle();
      this.#keepAlive.stop();
    }
    settleSent(sent, {
      endpoint: this.endpoint,
      error,
      isUnexecuted: (request) => this.dedicated.blocked.isUnexecuted(request),
    });
    giveBack(queued, error);
    // Told last: the owner may send requests that it kept, which were made after those of the connection.
    if (lost === "ready") this.#owner.onLost(this, error);
  }

  /**
   * Opens a fresh connection and sends a PING on it.
   *
   * @returns The connection; null if the node says that it is busy, or holds the silent connection back (CLIENT PAUSE).
   */
  async #probe(silent: Connection, timeout: number): Promise<Connection | null> {
    const budget = Math.min(timeout, this.#settings.attemptTimeout);
    const fresh = await this.#open(budget);
    this.#alsoHolds(fresh);
    const asked = {
      call: (words: Words) => ask(fresh, words),
      close: (error: Error) => fresh.close(error),
    };
    if (await isHeldUp(silent, asked, budget)) return null;
    this.#others.delete(fresh);
    return fresh;
  }

  /** Replaces the shared connection, whose peer is silent, by a fresh one on which the node has answered. */
  #foundDead(silent: Connection, fresh: Connection): void {
    this.#reconnect.succeed(fresh);
    silent.close(this.#lost("the peer is silent on it, while it answers a new one"));
  }

  #lost(what: string): ConnectionError {
    return new ConnectionError(`Lost the connection to ${show(this.endpoint)}: ${what}`, {
      ...this.endpoint,
    });
  }
}

function ignore(): void {}
