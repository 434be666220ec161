/**
 * Primary or replica: which of the configured nodes a request goes to, and who is what at present.
 *
 * @module
 */

import type { Settings } from "../lib/configuration/settings.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import { type Call, Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import { show } from "../lib/connection/transport.ts";
import { Creation } from "../lib/dispatch/creation.ts";
import { Dispatcher } from "../lib/dispatch/dispatcher.ts";
import { mayReadReplica, ReplicaChoice } from "../lib/dispatch/replica_choice.ts";
import { ConnectionError, type ServerError, TimeoutError } from "../lib/errors.ts";
import { wasNotExecuted } from "../lib/command_table/not_executed.ts";
import type { LaneKey } from "../lib/dispatch/retry_queue.ts";
import { Polling } from "./polling.ts";
import { Renewal } from "./renewal.ts";
import { readRole, type Role, type RoleAnswer, takesWrites } from "./roles.ts";
import { RunIds, twoPrimaries } from "./run_ids.ts";

/** Longest wait between two looks for a primary while requests wait for one, in milliseconds. */
const SEARCH_WAIT = 50;

/** Names the requests that are for the primary, for their order. */
const PRIMARY = 0;
/** Longest time for a fresh connection to a name that may lead to another node, in milliseconds. */
const RENEWAL = 1000;

/** How often the only node may close the connection when asked for its role; then it is not asked any more. */
const MAX_CUTS = 2;

/** Gives each request to the primary, or to a replica where that is wanted. */
export class StandaloneDispatcher extends Dispatcher {
  readonly #links: readonly Link[];
  /** What the nodes said last; a node that is not connected, or silent, says nothing. */
  readonly #roles = new Map<Link, Role>();
  #primary: Link | null = null;
  /** Whether the primary said last that it is one. */
  #certain = false;
  /** Where reads go instead of the primary. */
  #replicas: Link[] = [];
  /** The roles that the last `topology` event told. */
  #told = "";
  /** Whose turn it is among the replicas. */
  readonly #turns = { turn: 0 };
  readonly #choice: ReplicaChoice<Link>;
  /** Nodes that have been asked for their role and have not answered yet. */
  readonly #asked = new Set<Link>();
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  readonly #end = new AbortController();
  readonly #renewal = new Renewal({
    renew: () => this.#renew(),
    hasPrimary: () => this.#hasPrimary(),
    isAwaited: () => this.#isAwaited(),
  }, this.#end.signal);
  readonly #polling: Polling;
  readonly #runIds: RunIds;
  /** Nodes whose role is in doubt only because a reply is late. */
  readonly #late = new Set<Link>();
  /** Nodes for which a fresh connection is being opened. */
  readonly #renewed = new Set<Link>();
  /** How often in a row the only node has closed the connection when asked for its role. */
  #cuts = 0;
  readonly #creation: Creation;
  /** Nodes that have not been reached for the first time, and why. */
  readonly #refusals = new Map<Link, Error>();
  /** Errors of nodes that do not tell their role. */
  readonly #untold = new WeakSet<Error>();

  /**
   * Makes a dispatcher that is not connected.
   *
   * @param settings The checked configuration.
   */
  constructor(settings: Settings) {
    super(settings);
    this.#links = settings.addresses.map((address) =>
      new Link(address, settings.link, this, this.deadlines)
    );
    this.#choice = new ReplicaChoice({ linkTo: (link) => link }, this.#end.signal);
    this.#polling = new Polling(() => this.#refresh(), settings.link.backoff, this.#end.signal);
    this.#runIds = new RunIds(settings.clientCreationTimeout, () => this.#arrange());
    this.#creation = new Creation(settings, {
      begin: () => this.#connectAll(),
      onHalfTime: () => this.#arrange(),
      explain: () => this.#creationError(),
    });
  }

  /**
   * Connects to all nodes.
   *
   * @returns Resolves when the primary is known and the others have answered, failed or used up half of the budget.
   * @throws {ServerError | ConnectionError | TimeoutError} If there is no single primary to be had in time.
   */
  async connect(): Promise<void> {
    try {
      await this.#creation.finished();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  protected dispatch(request: Request): void {
    if (!this.#creation.isReady) {
      this.keep(request);
      if (this.#creation.isStarted) this.#refresh();
      return this.#creation.start();
    }
    const replica = mayReadReplica(request)
      ? this.#choice.next(this.#replicas, this.#turns)
      : undefined;
    if (replica !== undefined) replica.send(request);
    else if (this.waitsBehind(request)) return;
    else if (this.#inDoubt()) this.#await(request);
    else {
      const primary = this.#primary!;
      primary.send(request);
      if (!primary.ready && this.#links.length > 1) this.#search();
    }
  }

  /** Keeps a request until there is a primary, if it needs one. */
  #await(request: Request): void {
    // The only node serves reads, whatever its role.
    if (
      this.#links.length === 1 && !request.row?.write &&
      (request.lastError as ServerError | undefined)?.code !== "READONLY"
    ) return this.#primary!.send(request);
    request.lastError ??= new ConnectionError(
      `Cannot find a primary (${this.#states()})`,
      { ...this.#primary!.endpoint },
    );
    this.keep(request);
    this.#seek();
  }

  protected laneOf(request: Request): LaneKey | null {
    // A read that a replica may answer is not ordered with requests to the primary.
    return this.settings.readFrom === "preferReplica" && mayReadReplica(request) ? null : PRIMARY;
  }

  /** Whether the node that was the primary is there, but perhaps no primary any more. */
  #inDoubt(): boolean {
    return this.#primary!.ready && !this.#certain;
  }

  /** Notes what a node said of its role; undefined while that is to be asked. */
  #note(link: Link, role: Role | undefined): void {
    if (role === undefined) this.#roles.delete(link);
    else this.#roles.set(link, role);
    this.#late.delete(link);
    if (link === this.#primary) this.#certain = this.#mayWrite(link);
  }

  /**
   * Whether a node takes writes, as far as is known. An unknown role counts as primary only if there is one address.
   */
  #mayWrite(link: Link): boolean {
    const role = this.#roles.get(link);
    return takesWrites(role) || role === "unknown";
  }

  /** Whether a node is a replica to read from. */
  #mayRead(link: Link): boolean {
    const role = this.#roles.get(link);
    return role === "replica" || role === "active" && link !== this.#primary;
  }

  onErrorReply(request: Request, error: ServerError, link: Link): boolean {
    if (request.impatient) {
      if (error.code === "READONLY") {
        if (link === this.#primary) this.#distrust(link, request);
        this.#check();
      }
      return false;
    }
    if (!wasNotExecuted(error, request.row)) return false;
    switch (error.code) {
      // It was sent to a node that is no primary any more, or was unblocked because it ceased to be one.
      case "READONLY":
      case "UNBLOCKED":
        if (link === this.#primary) this.#distrust(link, request);
        if (request.attempts > 0) {
          this.retryLater(request, error);
        } else {
          // At once, so that requests that follow each other do so at the new primary as well.
          request.requeue(error);
          request.attempts++;
          this.dispatchAgain(request);
        }
        this.#refresh();
        this.#arrange();
        return true;
      // The data is not there yet.
      case "LOADING":
      case "MASTERDOWN":
        this.#choice.shun(link);
        this.retryLater(request, error);
        return true;
      default:
        return false;
    }
  }

  /** Notes that the primary refused a request as replicas do. */
  #distrust(link: Link, request: Request): void {
    // Its own answer does not help if it tells no role, or says that it is the primary and refuses again.
    const refusesAgain = request.attempts > 0 && this.#mayWrite(link);
    const role = this.#roles.get(link) === "unknown" || refusesAgain ? "replica" : undefined;
    this.#note(link, role);
  }

  async onConnected(link: Link): Promise<void> {
    const { role, reason } = await this.#readRole(link, this.#callOn(link));
    if (role === "unknown" && this.#links.length > 1) {
      // Another node may be of use none the less, so this is not the end.
      const error = new ConnectionError(
        `Cannot tell the role of ${show(link.endpoint)}: allow the user to run ROLE or INFO (${
          reason!.message
        })`,
        { ...link.endpoint, cause: reason },
      );
      this.#untold.add(error);
      throw error;
    }
    this.#note(link, role);
  }

  #callOn(link: Link): Call {
    return (words) => link.call(words, this.settings.clientCreationTimeout);
  }

  /** Asks for the role of a node, unless it is the only one and closes the connection when it is asked. */
  async #readRole(link: Link, call: Call): Promise<RoleAnswer> {
    const lone = this.#links.length === 1;
    if (lone && this.#cuts >= MAX_CUTS) return { role: "unknown" };
    try {
      const answer = await readRole(call);
      this.#cuts = 0;
      return answer;
    } catch (error) {
      if (lone && error instanceof ConnectionError && !link.closed) this.#cuts++;
      throw error;
    }
  }

  onReady(link: Link): void {
    this.#refusals.delete(link);
    // Once it is late, it cannot be asked any more.
    if (this.#links.length > 1) this.#runIds.learn(link);
    this.events.emit({ type: "connected", ...link.endpoint });
    this.#arrange();
  }

  onLost(link: Link, error: Error): void {
    this.events.emit({ type: "disconnected", ...link.endpoint, error });
    this.#forget(link);
    this.#arrange();
  }

  override onRefused(link: Link, error: Error): void {
    super.onRefused(link, error);
    this.#refusals.set(link, error);
    this.#forget(link);
    if (isHopeless(error) && !this.#creation.isReady) this.#fail(error);
    this.#arrange();
  }

  /** Forgets the role and the run id of a node whose connection is lost. */
  #forget(link: Link): void {
    this.#note(link, undefined);
    this.#runIds.forget(link);
  }

  override onSilence(request: Request, link: Link): void {
    if (!link.examine(request) || this.#links.length === 1) return;
    // It may hang while another node has taken its place.
    this.#note(link, undefined);
    this.#late.add(link);
    this.#arrange();
    this.#refresh();
  }

  protected end(error: Error): void {
    this.#end.abort(error);
    this.#creation.end(error);
    clearInterval(this.#checkTimer);
    for (const link of this.#links) link.destroy(error);
  }

  #connectAll(): void {
    for (const link of this.#links) link.start();
    const { periodicTopologyCheck } = this.settings;
    if (periodicTopologyCheck === 0) return;
    const timer = setInterval(() => this.#check(), periodicTopologyCheck);
    Deno.unrefTimer(timer);
    this.#checkTimer = timer;
  }

  /** Draws the conclusions from what the nodes have said. */
  #arrange(): void {
    if (this.#end.signal.aborted) return;
    const before = this.#primary;
    // A node that once was the primary and says so again does not displace the one that took over.
    if (before === null || !this.#mayWrite(before)) {
      const primary = this.#links.find((link) => this.#roles.get(link) === "primary") ??
        this.#links.find((link) => this.#mayWrite(link));
      if (primary !== undefined) {
        this.#primary = primary;
        this.#certain = true;
      }
    }
    this.#replicas = this.settings.readFrom === "preferReplica" ? this.#readable() : [];
    if (!this.#creation.isReady) this.#judge();
    else this.#seek();
    this.#tell();
    if (before !== null && before !== this.#primary) {
      before.endBlocked("another node is the primary now");
      for (const request of before.takeQueue()) this.dispatchAgain(request);
    }
    if (this.keeping && this.#creation.isReady && !this.#inDoubt()) this.placeAll();
  }

  /** The replicas to read from. */
  #readable(): Link[] {
    const ready = this.#links.filter((link) => link.ready);
    const fresh = ready.filter((link) => this.#mayRead(link));
    // Old values are better than none, but not better than the primary's.
    return fresh.length > 0 || this.#hasPrimary()
      ? fresh
      : ready.filter((link) => this.#roles.get(link) === "stale");
  }

  /** Asks for roles as long as it could change something. */
  #seek(): void {
    if (!this.#hasPrimary()) {
      if (this.#links.length > 1) this.#search();
      if (this.keeping) this.#renewal.run();
    }
    if (this.settings.readFrom === "preferReplica" && !this.#allServe()) {
      this.#polling.until(this.#allServe, this.settings.link.backoff.maxTimeout);
    }
  }

  #tell(): void {
    if (this.#primary === null) return;
    const replicas = this.#links.filter((link) => this.#mayRead(link));
    const roles = [this.#primary, ...replicas].map((link) => show(link.endpoint)).join();
    if (roles === this.#told) return;
    this.#told = roles;
    this.events.emit({
      type: "topology",
      primaries: [{ ...this.#primary.endpoint }],
      replicas: replicas.map(({ endpoint }) => ({ ...endpoint })),
    });
  }

  /** Decides whether the client is ready for use. */
  #judge(): void {
    // What is being asked for once more is no longer certain.
    const certain = this.#links.filter((link) => link.ready && !this.#asked.has(link));
    const primaries = certain.filter((link) => this.#roles.get(link) === "primary");
    if (primaries.length > 1) {
      const verdict = this.#runIds.compare(primaries);
      if (verdict === "asking") return;
      if (verdict !== "same") return this.#fail(twoPrimaries(verdict));
    }
    const heard = this.#links.every((link) => certain.includes(link) || this.#refusals.has(link));
    if (this.#hasPrimary() && (heard || this.#creation.isHalfTime)) {
      this.#creation.succeed();
      this.#seek();
    } else if (heard) {
      const refusals = this.#links.map((link) => this.#refusals.get(link));
      const hopeless = refusals.every((error) => error !== undefined && this.#untold.has(error));
      if (hopeless) return this.#fail(refusals[0]!);
      this.#search();
      this.#renewal.run();
    }
  }

  /** Ends the creation, or what waits for a client that is created lazily. */
  #fail(error: Error): void {
    this.#creation.fail(error);
    this.rejectKept(error);
  }

  /** Asks the connected nodes for their roles, each one at its own pace. */
  #refresh(): void {
    for (const link of this.#links) if (link.ready && !this.#asked.has(link)) this.#ask(link);
  }

  /** Asks all nodes, and opens fresh connections to their names if none is a primary any more. */
  async #check(): Promise<void> {
    await Promise.all(
      this.#links.map((link) => link.ready && !this.#asked.has(link) && this.#ask(link)),
    );
    if (this.#creation.isReady && !this.#hasPrimary()) this.#renewal.run();
  }

  /** Opens fresh connections to all names whose present ones do not lead to a primary. */
  #renew(): void {
    for (const link of this.#links) {
      if (!link.ready || this.#mayWrite(link) || this.#renewed.has(link)) continue;
      this.#renewed.add(link);
      // The present connection may lead to the new primary, too.
      if (!this.#asked.has(link)) this.#ask(link);
      const isWanted = async (call: Call): Promise<boolean> => {
        const { role } = await this.#readRole(link, call);
        if (!takesWrites(role) && !(role === "unknown" && this.#links.length === 1)) return false;
        const same = await this.#runIds.isSame(link, call);
        // A node that is only late (its writes are paused, say) keeps its connection: what was sent there is in order.
        return same === undefined ? !this.#late.has(link) : !same;
      };
      const timeout = Math.min(this.settings.clientCreationTimeout, RENEWAL);
      link.replace(isWanted, timeout).finally(() => this.#renewed.delete(link));
    }
  }

  async #ask(link: Link): Promise<void> {
    this.#asked.add(link);
    try {
      const { role } = await this.#readRole(link, this.#callOn(link));
      // A node that does not tell its role keeps the one that its replies show.
      if (link.ready && role !== "unknown") this.#note(link, role);
    } catch {
      // Lost, which onLost deals with, or hanging, which leaves what is known.
    }
    this.#asked.delete(link);
    this.#arrange();
  }

  /** Looks for a primary until there is one that is connected: in haste only while requests wait. */
  #search(): void {
    this.#polling.until(this.#hasPrimary, this.settings.link.backoff.maxTimeout);
    this.#polling.until(this.#isInNoHurry, SEARCH_WAIT);
  }

  readonly #isInNoHurry = (): boolean =>
    this.#hasPrimary() || !this.#isAwaited() && !this.#primary?.waiting;

  /** Whether requests wait for a primary that are not at the link of the last one, or `create()` waits for one. */
  #isAwaited(): boolean {
    return this.keeping || this.obstacles.length > 0 ||
      !this.#creation.isReady && !this.settings.lazyConnect;
  }

  readonly #hasPrimary = (): boolean => {
    const primary = this.#primary;
    return primary !== null && primary.ready && this.#certain;
  };

  /** Whether every connected node is the primary, or a replica that can be read from. */
  readonly #allServe = (): boolean =>
    // Another one that says it is the primary may be about to become a replica.
    this.#links.every((link) =>
      !link.ready || link === this.#primary || this.#mayRead(link) ||
      this.#runIds.areSame(link, this.#primary)
    );

  /** Why the client did not become ready in time. */
  #creationError(): Error {
    const budget = this.settings.clientCreationTimeout;
    const message = `Cannot find a primary within ${budget} ms (${this.#states()})`;
    const [first] = this.#refusals;
    if (first === undefined && !this.#links.some((link) => link.ready)) {
      return new TimeoutError(message, { phase: "queued", timeout: budget });
    }
    const [link, cause] = first ?? [this.#links[0], undefined];
    return cause instanceof TimeoutError
      ? new TimeoutError(message, { phase: "queued", timeout: budget, cause })
      : new ConnectionError(message, { ...link.endpoint, cause });
  }

  /** The state of each node, for messages. */
  #states(): string {
    const states = this.#links.map((link) => {
      const where = show(link.endpoint);
      if (link.ready) return `${where} is ${this.#mayWrite(link) ? "primary" : "a replica"}`;
      const refusal = this.#refusals.get(link);
      return refusal === undefined ? `${where} does not answer` : `${where}: ${refusal.message}`;
    });
    return states.join("; ");
  }
}
