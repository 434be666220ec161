/**
 * The part of sending requests that both clients share: making them, their deadlines, their order, and closing.
 *
 * A subclass chooses the link for each request.
 *
 * @module
 */

import { type CacheOwner, ReadCache } from "../cache/read_cache.ts";
import type { Heartbeat } from "../cache/tracking.ts";
import { blockingTimeout, type CommandRow, isInterrupting, lookUp } from "../command_table/mod.ts";
import type { Settings } from "../configuration/settings.ts";
import { Aborts } from "../connection/aborts.ts";
import { Deadlines } from "../connection/deadlines.ts";
import type { Link, LinkOwner } from "../connection/link.ts";
import type { Outcome } from "../connection/outcome.ts";
import { type ObservedCall, Request, type RequestOwner } from "../connection/request.ts";
import type { Endpoint } from "../connection/transport.ts";
import {
  ClosedError,
  ConfigurationError,
  type OverloadError,
  RedisError,
  type ServerError,
} from "../errors.ts";
import { Events } from "../events.ts";
import type { Decoder, Words } from "../executor.ts";
import type { MonitorEnd } from "../subscription/monitor.ts";
import type { Placement } from "../subscription/placement.ts";
import type { Subscriptions } from "../subscription/registry.ts";
import type { Argument, Push, Reply } from "../resp/reply.ts";
import { Admission } from "./admission.ts";
import { allowForBlocking } from "./blocking_time.ts";
import { KeptRequests } from "./kept_requests.ts";
import { type Observer, UNOBSERVED } from "./observer.ts";
import type { RequestCounts } from "./request_counts.ts";
import { reportFailures, stopRenewal } from "./renewed_secrets.ts";
import type { ClusterRequestOptions, RequestOptions } from "./request_options.ts";
import { type LaneKey, RetryQueue } from "./retry_queue.ts";
import type { Route } from "./route.ts";
import { nameOf, takeWords } from "../words.ts";

/** Sends the requests of one client. */
export abstract class Dispatcher
  implements LinkOwner, RequestOwner, CacheOwner<ClusterRequestOptions> {
  /** The checked configuration. */
  readonly settings: Settings;
  /** What happens in the background. */
  readonly events: Events = new Events();
  /** Telemetry; null if it is off. Set before the first request. */
  observer: Observer | null = null;
  /** Replies that are kept in this process; null until {@linkcode Dispatcher.openCache}. */
  cache: ReadCache<ClusterRequestOptions> | null = null;
  /** Rows of commands that the table does not have. */
  protected readonly learned: Map<string, CommandRow> = new Map();
  /** Deadlines of all requests. */
  protected readonly deadlines: Deadlines = new Deadlines();
  #closed = false;
  #ended = false;
  #subscriptions: Subscriptions | undefined;
  /** The monitors of the client. */
  readonly monitors: Set<MonitorEnd> = new Set();
  readonly #admission: Admission;
  /** Requests that wait for another try. */
  readonly #retries: RetryQueue;
  /** Requests for which there is no link at present. */
  readonly #kept = new KeptRequests();

  /**
   * Makes a dispatcher that is not connected.
   *
   * @param settings The checked configuration.
   */
  constructor(settings: Settings) {
    this.settings = settings;
    reportFailures(settings.link, this.events);
    this.#admission = new Admission(settings.inflightRequestsLimit);
    this.#retries = new RetryQueue(settings.link.backoff, (request) => {
      if (!this.isOver(request)) this.dispatch(request);
    });
  }

  /** Whether requests are refused. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Counts of all requests so far. */
  get counts(): RequestCounts {
    return this.#admission.counts;
  }

  /** How many requests are in flight. */
  get inFlight(): number {
    return this.#admission.inFlight;
  }

  /**
   * Finds the subscriptions of the client. They are made when they are used first, and their code is loaded then.
   *
   * @returns The subscriptions.
   * @throws {ClosedError} If the client is closed.
   */
  async openSubscriptions(): Promise<Subscriptions> {
    if (this.#subscriptions === undefined && !this.#closed) {
      const { Subscriptions } = await import("../subscription/registry.ts");
      if (!this.#closed) {
        this.#subscriptions ??= new Subscriptions(this.settings, this.placement(), this.events);
      }
    }
    if (this.#closed) throw new ClosedError("Cannot subscribe: the client is closed");
    return this.#subscriptions!;
  }

  /** The subscriptions of the client, if there ever were any. */
  get subscribed(): Subscriptions | undefined {
    return this.#subscriptions;
  }

  /**
   * Finds the node that is monitored.
   *
   * @param _options Options of the request.
   * @returns Tells where to try to reach the node. It throws a `ClusterError` if there is no such node any more, and
   * another error if it is not known at present.
   * @throws {ConfigurationError} If the options do not say which node.
   */
  monitored(_options: ClusterRequestOptions | undefined): () => readonly Endpoint[] {
    throw new RedisError("Cannot monitor: this client has no nodes");
  }

  /** Makes the placement of subscriptions. */
  protected placement(): Placement {
    throw new RedisError("Cannot subscribe: this client has no nodes");
  }

  /** Makes the cache, if there is none yet. */
  openCache(): ReadCache<ClusterRequestOptions> {
    return this.cache ??= new ReadCache<ClusterRequestOptions>(this, this.settings.cache);
  }

  /** Begins to observe a command that may take several requests; null if it is not observed. */
  observe(command: Pick<Request, "row" | "words">): ObservedCall | null {
    return this.observer === null ? null : this.observer.beginCommand(command);
  }

  /** What servers are asked for a sign of life while replies are kept. */
  abstract readonly heartbeat: Heartbeat;

  /**
   * The slot of a key.
   *
   * @param _key The key.
   * @returns The slot; -1 without a cluster.
   */
  slotOf(_key: Argument): number {
    return -1;
  }

  onUncached(endpoint: Endpoint, error: Error): void {
    this.events.emit({ type: "uncached", ...endpoint, error });
  }

  /**
   * Makes a request and sends it.
   *
   * @param words Words of the command.
   * @param decode Makes the value of the reply.
   * @param bytes Whether bulk strings of the reply are bytes.
   * @param options Options of the request.
   * @returns The value.
   */
  submit<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean,
    options: ClusterRequestOptions | undefined,
  ): Promise<R> {
    let request: Request;
    try {
      request = this.make(words, decode, bytes, options);
    } catch (reason) {
      return Promise.reject(reason);
    }
    const promise = request.promise<R>();
    this.launch(request, options);
    return promise;
  }

  /**
   * Sends a request that the client makes for itself, in the way of those of its users. Telemetry leaves it out.
   *
   * @param words Words of the command.
   * @param options Options of the request.
   * @returns The reply, as text.
   */
  ask(words: Words, options: ClusterRequestOptions | undefined): Promise<Reply> {
    const request = this.make(words, asItIs, false, options);
    request.observed = UNOBSERVED;
    const promise = request.promise<Reply>();
    this.launch(request, options);
    return promise;
  }

  /**
   * Makes a request without sending it.
   *
   * @param words Words of the command.
   * @param decode Makes the value of the reply.
   * @param bytes Whether bulk strings of the reply are bytes.
   * @param options Options of the request.
   * @throws Whatever the request would reject with: the words or the options are bad, or the client is closed.
   */
  make(
    words: Words,
    decode: Decoder<unknown>,
    bytes: boolean,
    options: RequestOptions | undefined,
  ): Request {
    const args = takeWords(words);
    if (this.#closed) throw new ClosedError(`Cannot send ${nameOf(words)}: the client is closed`);
    const row = lookUp(args, this.learned);
    const given = options?.timeout;
    const request = new Request(args, row, decode, this);
    request.bytes = bytes;
    request.timeout = given ?? this.settings.requestTimeout;
    if (row !== undefined && row.blocking) {
      const limit = blockingTimeout(row, args);
      if (limit !== undefined) allowForBlocking(request, row, limit, given, this.settings);
    }
    if (row !== undefined && row.interrupting && isInterrupting(row, args)) {
      request.blocks = request.interrupts = true;
    }
    return request;
  }

  /**
   * Sends a request, or rejects it if too many are in flight. Its time begins now.
   *
   * @param request A request that was not launched before.
   * @param options Options of the request.
   * @param send Sends it; by default it goes where it belongs.
   */
  launch(
    request: Request,
    options: ClusterRequestOptions | undefined,
    send?: () => void,
  ): void {
    if (this.observer !== null && request.observed === null) this.observer.begin(request);
    if (!this.#admission.admit(request)) {
      return request.reject(this.#admission.refusal(request.name));
    }
    if (request.timeout > 0) this.deadlines.add(request, request.timeout);
    if (this.cache !== null) this.cache.onRequest(request, "sent");
    if (options !== undefined) {
      const { route, signal } = options;
      if (route !== undefined) this.setRoute(request, route);
      if (signal !== undefined) {
        if (signal.aborted) return request.reject(signal.reason);
        request.abortBy(Aborts.of(signal));
      }
    }
    if (send === undefined) this.dispatch(request);
    else send();
  }

  /**
   * Checks a route.
   *
   * @param _route The route.
   * @throws {ConfigurationError} If requests cannot be routed so.
   */
  checkRoute(_route: Route): void {
    throw new ConfigurationError('Cannot use option "route": only a cluster has routes', "route");
  }

  /**
   * Sets the target of a request to the route that its caller gave. It does nothing without routes.
   *
   * @param _request A request that is launched.
   * @param _route The route.
   */
  protected setRoute(_request: Request, _route: Route): void {}

  /**
   * Checks a request as far as possible before it is sent.
   *
   * @param _request A request that was not launched.
   * @param _options Options of the request.
   * @throws Whatever the request would reject with.
   */
  prepare(_request: Request, _options: ClusterRequestOptions | undefined): void {}

  /**
   * Asks the servers what must be known of some requests before their nodes are certain.
   *
   * @param _requests Requests that were not launched.
   * @param _options Options of the requests.
   * @returns Resolves when the servers have answered or have failed to; undefined if there is nothing to ask.
   */
  locate(
    _requests: readonly Request[],
    _options: ClusterRequestOptions | undefined,
  ): Promise<void> | undefined {
    return undefined;
  }

  /**
   * Sends requests that were held back when they were launched, in their order.
   *
   * @param requests The requests.
   */
  release(requests: readonly Request[]): void {
    for (const request of requests) if (!this.isOver(request)) this.dispatch(request);
  }

  /**
   * Places a request at the node where all of several commands can be executed.
   *
   * @param _request The request that carries them.
   * @param _commands The commands.
   * @param _options Options of the request.
   * @throws {ClusterError} If there is no such node: their keys are in different slots, or not in that of the route.
   * @throws {ConfigurationError} If the route names several nodes.
   */
  placeTogether(
    _request: Request,
    _commands: readonly Request[],
    _options: ClusterRequestOptions | undefined,
  ): void {}

  /**
   * Tells whether more requests are too many.
   *
   * @param count How many more.
   * @returns The error to reject them with; undefined if they can be sent.
   */
  overload(count: number): OverloadError | undefined {
    return this.#admission.overload(count);
  }

  /** Gives a request to a link, or keeps it until there is one. */
  protected abstract dispatch(request: Request): void;

  /** Ends all links at once. */
  protected abstract end(error: Error): void;

  /** Keeps a request that no link can take at present, until {@linkcode Dispatcher.placeAll}. */
  protected keep(request: Request): void {
    this.#kept.add(request);
  }

  /** Dispatches the requests that were kept, in the order of their calls. */
  protected placeAll(): void {
    for (const request of this.#kept.takeAll()) this.dispatch(request);
  }

  /** Whether requests are kept. */
  protected get keeping(): boolean {
    return this.#kept.size > 0;
  }

  /**
   * Finds the lane of a request. The requests of a lane keep their order when they wait for another try.
   *
   * @param request A request that has been placed.
   * @returns The key of the lane; null if the request need not keep an order.
   */
  protected abstract laneOf(request: Request): LaneKey | null;

  /**
   * Dispatches a request again after a wait, in front of later ones of the same lane.
   *
   * @param request The request.
   * @param error Why it must be sent again.
   */
  protected retryLater(request: Request, error: Error): void {
    this.noteRetry(request, error);
    request.requeue(error);
    request.attempts++;
    this.#retries.add(this.#laneOf(request), request, error);
  }

  /**
   * Counts a request that is sent again.
   *
   * @param request The request.
   * @param error Why.
   */
  noteRetry({ observed }: Request, error: unknown): void {
    this.counts.retries++;
    if (observed !== null) observed.retried(error);
  }

  /**
   * Counts a rejected request whose caller sends another one instead and does not learn of it.
   *
   * @param request The request.
   * @param error Why it was rejected.
   */
  noteReplacement(request: Request, error: unknown): void {
    this.counts.forget();
    this.noteRetry(request, error);
  }

  /**
   * Counts a request that a node sends to another node.
   *
   * @param request The request.
   * @param error What the node answered.
   * @param target The other node.
   */
  protected noteRedirect({ observed }: Request, error: ServerError, target: Endpoint): void {
    this.counts.redirects++;
    if (observed !== null) observed.redirected(error, target);
  }

  /**
   * Makes a request wait if it would overtake others of its lane that wait for another try. One that was given to a
   * link before waits ahead of those that were not.
   *
   * @param request A request that has been placed, and that no link has.
   * @returns Whether it waits.
   */
  protected waitsBehind(request: Request): boolean {
    if (this.#retries.size === 0) return false;
    const lane = request.impatient ? null : this.#laneOf(request);
    if (lane === null) return false;
    return request.link === null
      ? this.#retries.join(lane, request)
      : this.#retries.takeBack(lane, request);
  }

  /**
   * Dispatches a request that had been given to a link: ahead of those that were made meanwhile.
   *
   * @param request The request.
   */
  protected dispatchAgain(request: Request): void {
    if (this.#retries.size > 0) {
      const lane = request.impatient ? null : this.#laneOf(request);
      if (lane !== null && this.#retries.takeBack(lane, request)) return;
    }
    this.dispatch(request);
  }

  #laneOf(request: Request): LaneKey | null {
    // A batch with a blocking command has a connection of its own, and an order of its own.
    if (request.batch !== null) return request.batch;
    // A blocking request may never end, so no other request waits for it.
    return request.blocks ? null : this.laneOf(request);
  }

  /** The errors because of which requests wait for another try. */
  protected get obstacles(): Error[] {
    return this.#retries.errors;
  }

  /** Tries the waiting requests again at once, because the cause of the errors may be gone. */
  protected retryNow(): void {
    this.#retries.retryNow();
  }

  /** Takes no new requests. Resolves when those in flight are settled and the links are closed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#subscriptions?.close(closedMeanwhile());
    for (const monitor of this.monitors) monitor.destroy();
    if (!this.#ended) await this.#admission.drain(closedMeanwhile());
    this.destroy();
    const { dials } = this.settings.link;
    await dials.settled();
    dials.cancel();
  }

  /** Ends everything at once: requests in flight reject. A dial that is under way takes a moment to end by itself. */
  destroy(): void {
    if (this.#ended) return;
    this.#closed = this.#ended = true;
    const error = closedMeanwhile();
    this.#subscriptions?.close(error);
    for (const monitor of this.monitors) monitor.destroy();
    this.rejectKept(error);
    this.#retries.clear(error);
    stopRenewal(this.settings.link);
    this.end(error);
    this.cache?.close();
    this.deadlines.clear();
    this.observer?.close();
    this.events.emit({ type: "closed" });
  }

  /**
   * Sets the reason why there is no link: requests that are kept, now or later, have it as the cause of their timeout.
   *
   * @param error Why.
   */
  protected explainKept(error: Error): void {
    this.#kept.explain(error);
  }

  /** Tells that reads should go to the zone of the client, and that no node has told its zone. */
  protected tellZonesUnknown(): void {
    this.events.emit({ type: "zonesUnknown", clientAz: this.settings.clientAz! });
  }

  /** Rejects the requests that were kept. */
  protected rejectKept(error: Error): void {
    this.#kept.reject(error);
  }

  onSettled(request: Request, outcome: Outcome, reason: unknown): void {
    this.deadlines.remove(request);
    if (this.cache !== null) {
      if (request.tracked !== null) request.tracked.onSettled(outcome, reason);
      else this.cache.onRequest(request, "settled");
    }
    if (this.#kept.size > 0) this.#kept.delete(request);
    if (request.attempts > 0) this.#retries.settled(request, outcome);
    this.#admission.release(request, outcome, reason);
    if (this.observer !== null && request.observed !== null) {
      request.observed.settled(request, outcome, reason);
    }
  }

  /**
   * Whether a request needs nothing more after a wait. If the client has ended, the request is rejected here.
   *
   * @param request The request.
   */
  protected isOver(request: Request): boolean {
    if (this.#ended) request.reject(closedMeanwhile());
    return request.settled;
  }

  resend(request: Request, loss?: Error): void {
    if (loss !== undefined) this.noteRetry(request, loss);
    // A link that has ended would give the request back again.
    if (!this.isOver(request)) this.dispatchAgain(request);
  }

  onWritten(request: Request): void {
    // The request may have no deadline, or be settled.
    if (request.list === null) return;
    request.timeout = request.timeoutOnceWritten;
    if (request.postponement > 0) request.postponement = 0;
    this.deadlines.remove(request);
    this.deadlines.add(request, request.timeout);
  }

  onSilence(request: Request, link: Link): void {
    link.examine(request);
  }

  onPush(link: Link, push: Push): void {
    if (push.kind === "invalidate") this.cache?.onInvalidation(link.tracking, push.elements[1]);
  }

  onRefused(link: Link, error: Error): void {
    if (this.#kept.size > 0) this.explainKept(error);
    this.settings.link.tally.failedAttempts++;
    this.events.emit({ type: "reconnecting", ...link.endpoint, error });
  }

  abstract onErrorReply(request: Request, error: ServerError, link: Link): boolean;
  abstract onConnected(link: Link): Promise<void>;
  abstract onReady(link: Link): void;
  abstract onLost(link: Link, error: Error): void;
}

function asItIs(reply: Reply): Reply {
  return reply;
}

function closedMeanwhile(): ClosedError {
  return new ClosedError("Cannot complete the request: the client was closed");
}
