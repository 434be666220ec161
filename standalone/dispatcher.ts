/**
 * Sends the requests of a standalone client to the primary or to a replica.
 *
 * It acts on the roles that `role_watch.ts` keeps track of.
 *
 * @module
 */

import { mapAddress } from "../lib/configuration/address_map.ts";
import type { Settings } from "../lib/configuration/settings.ts";
import type { Heartbeat } from "../lib/cache/tracking.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import { Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { Creation } from "../lib/dispatch/creation.ts";
import { Dispatcher } from "../lib/dispatch/dispatcher.ts";
import { ReadChoice } from "../lib/dispatch/read_choice.ts";
import { mayReadReplica, ReplicaChoice } from "../lib/dispatch/replica_choice.ts";
import { ConnectionError, RedisError, type ServerError, TimeoutError } from "../lib/errors.ts";
import { wasNotExecuted } from "../lib/command_table/not_executed.ts";
import type { LaneKey } from "../lib/dispatch/retry_queue.ts";
import type { Placement } from "../lib/subscription/placement.ts";
import { unrefTimer } from "../lib/unref_timer.ts";
import { NodeLinks, ZonesOfLinks } from "./node_links.ts";
import { StandalonePlacement } from "./placement.ts";
import { RoleWatch } from "./role_watch.ts";
import { twoPrimaries } from "./run_ids.ts";
import type { Decision } from "./sentinel_decision.ts";
import { SentinelMembers } from "./sentinel_members.ts";
import type { Sentinels } from "./sentinels.ts";

/** Lane of the requests for the primary. */
const PRIMARY = 0;

/** Makes a {@linkcode Sentinels}. */
type MakeSentinels = (
  ...args: ConstructorParameters<typeof Sentinels>
) => Sentinels;

/** Gives each request to the primary, or to a replica where that is wanted. */
export class StandaloneDispatcher extends Dispatcher {
  readonly #nodes: NodeLinks;
  readonly #sentinels: Sentinels | null;
  /** What the sentinels have said last. */
  readonly #members = new SentinelMembers();
  readonly #roles: RoleWatch;
  /** The replicas to read from. */
  #replicas: Link[] = [];
  /** The nodes of the last `topology` event. */
  #told = "";
  /** Whose turn it is among the replicas. */
  readonly #turns = { turn: 0 };
  readonly #choice: ReplicaChoice<Link>;
  readonly #reads: ReadChoice<Link>;
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  readonly #end = new AbortController();
  readonly #creation: Creation;
  /** Nodes that could not be reached when they were tried last, and why. */
  readonly #refusals = new Map<Link, Error>();
  readonly #placement: StandalonePlacement;

  /**
   * Makes a dispatcher that is not connected. Loads the code for Sentinel if the configuration names sentinels.
   *
   * @param settings The checked configuration.
   * @returns The dispatcher.
   */
  static async of(settings: Settings): Promise<StandaloneDispatcher> {
    if (settings.sentinel === undefined) return new StandaloneDispatcher(settings);
    const { Sentinels } = await import("./sentinels.ts");
    return new StandaloneDispatcher(
      settings,
      (sentinel, requestTimeout, steps) => new Sentinels(sentinel, requestTimeout, steps),
    );
  }

  /**
   * Makes a dispatcher that is not connected.
   *
   * @param settings The checked configuration.
   * @param makeSentinels Makes what asks the sentinels; without it there are none.
   */
  constructor(settings: Settings, makeSentinels?: MakeSentinels) {
    super(settings);
    this.#nodes = new NodeLinks(settings.addresses, (address) => this.#open(address));
    this.#sentinels = makeSentinels === undefined || settings.sentinel === undefined
      ? null
      : makeSentinels(settings.sentinel, settings.requestTimeout, {
        followed: () => this.#members.followed,
        onDecision: (decision) => this.#follow(decision),
        events: this.events,
        deadlines: this.deadlines,
      });
    const links = new ZonesOfLinks(this.#nodes);
    this.#choice = new ReplicaChoice(links, this.#end.signal);
    this.#reads = new ReadChoice(settings, links, this.#choice, () => this.tellZonesUnknown());
    this.#roles = new RoleWatch(this.#nodes, settings, {
      onAnswer: () => this.#arrange(),
      isAwaited: () => this.#isAwaited(),
      onAsking: () => this.#sentinels?.ask(),
    }, this.#end.signal);
    this.#creation = new Creation(settings, {
      begin: () => this.#connectAll(),
      onHalfTime: () => this.#arrange(),
      onTimeout: () => this.#creation.fail(this.#creationError()),
    });
    this.#placement = new StandalonePlacement({
      primary: () => this.#creation.isReady ? this.#roles.primary : null,
      primaryAt: (link) => this.#roles.primaryAt(link),
      seek: () => {
        if (!this.#creation.isReady) this.#creation.start();
        else this.#seek();
      },
      doubt: (link) => this.#doubt(link),
      timeout: settings.clientCreationTimeout,
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

  readonly heartbeat: Heartbeat = {
    words: ["ROLE"],
    onReply: (source, reply) => {
      const told = Array.isArray(reply) ? reply[0] : undefined;
      if (told !== "master" && told !== "slave") return;
      const role = told === "master" ? "primary" : "replica";
      const before = source.role ?? role;
      source.role = role;
      if (before === role) return;
      // Another node is the primary now. Nobody has told so, and the connection has stayed open.
      this.cache!.distrust(source);
      this.#roles.refresh();
    },
  };

  /** Says why a request found no primary, if there has been none so far. */
  readonly #explainTimeout = (error: TimeoutError): TimeoutError => {
    if (this.#creation.isReady) return error;
    const { phase, timeout } = error;
    const cause = error.cause ?? [...this.#refusals.values()][0];
    return new TimeoutError(`${error.message} (${this.#states()})`, { phase, timeout, cause });
  };

  protected dispatch(request: Request): void {
    if (!this.#creation.isReady) {
      request.explainTimeout = this.#explainTimeout;
      this.keep(request);
      if (this.#creation.isStarted) this.#roles.refresh();
      return this.#creation.start();
    }
    const replica = this.#replicas.length > 0 && mayReadReplica(request)
      ? this.#reads.next(this.#readablePrimary, this.#replicas, this.#turns)
      : undefined;
    if (replica !== undefined) replica.send(request);
    else if (this.waitsBehind(request)) return;
    else if (this.#roles.inDoubt) this.#await(request);
    else {
      const primary = this.#roles.primary!;
      primary.send(request);
      if (!primary.ready && !this.#nodes.lone) this.#roles.search();
    }
  }

  /** The primary if reads may go there in turn with those to replicas; null otherwise. */
  get #readablePrimary(): Link | null {
    return this.#roles.hasPrimary ? this.#roles.primary : null;
  }

  /** Keeps a request until there is a primary, if it needs one. */
  #await(request: Request): void {
    const primary = this.#roles.primary!;
    // The only node serves reads, whatever its role.
    if (
      this.#nodes.lone && !request.row?.write &&
      (request.lastError as ServerError | undefined)?.code !== "READONLY"
    ) return primary.send(request);
    request.lastError ??= new ConnectionError(
      `Cannot find a primary (${this.#states()})`,
      { ...primary.endpoint },
    );
    this.keep(request);
    this.#seek();
  }

  protected laneOf(request: Request): LaneKey | null {
    // A read that a replica may answer is not ordered with requests to the primary.
    return this.#reads.usesReplicas && mayReadReplica(request) ? null : PRIMARY;
  }

  onErrorReply(request: Request, error: ServerError, link: Link): boolean {
    if (request.impatient) {
      if (error.code === "READONLY") {
        this.#roles.distrust(link, request.attempts);
        this.#check();
      }
      return false;
    }
    if (!wasNotExecuted(error, request.row)) return false;
    switch (error.code) {
      // The node is no primary any more, and refused the request or unblocked it.
      case "READONLY":
      case "UNBLOCKED":
        this.#roles.distrust(link, request.attempts);
        if (request.attempts > 0) {
          this.retryLater(request, error);
        } else {
          // It is dispatched at once, so that requests keep their order at the new primary.
          this.noteRetry(request, error);
          request.requeue(error);
          request.attempts++;
          this.dispatchAgain(request);
        }
        this.#roles.refresh();
        this.#arrange();
        return true;
      // The node does not have its data yet.
      case "LOADING":
      case "MASTERDOWN":
        this.#choice.shun(link);
        this.retryLater(request, error);
        return true;
      default:
        return false;
    }
  }

  protected override placement(): Placement {
    return this.#placement;
  }

  override monitored(): () => readonly Endpoint[] {
    return () => {
      const [node] = this.#placement.nodesFor();
      if (node !== undefined) return node.addresses();
      this.#placement.seek();
      throw new RedisError("Cannot monitor: no primary is known");
    };
  }

  async onConnected(link: Link): Promise<void> {
    await this.#roles.identify(link);
    // While the primary was away, another node may have taken its place.
    if (this.#sentinels !== null && link === this.#roles.primary) await this.#sentinels.consult();
    link.dedicated.reserved = this.#roles.mayWrite(link) ? this.settings.blockingConnections : 0;
  }

  onReady(link: Link): void {
    this.#refusals.delete(link);
    this.#roles.onReady(link);
    // The name leads to another server now.
    if (link.loss === "left") this.subscribed?.renew(this.#placement.nodeOf(link));
    this.events.emit({ type: "connected", ...link.endpoint });
    this.#arrange();
  }

  onLost(link: Link, error: Error): void {
    this.events.emit({ type: "disconnected", ...link.endpoint, error });
    this.subscribed?.examine(this.#placement.nodeOf(link));
    this.#roles.forget(link);
    this.#arrange();
  }

  override onRefused(link: Link, error: Error): void {
    super.onRefused(link, error);
    this.#refusals.set(link, error);
    this.#roles.forget(link);
    const decides = this.#sentinels === null || this.#members.isSoleCandidate(link);
    if (decides && isHopeless(error) && !this.#creation.isReady) this.#fail(error);
    this.#arrange();
  }

  override onSilence(request: Request, link: Link): void {
    if (link.examine(request)) this.#doubt(link);
  }

  /** A node does not answer. It may hang while another one has taken its place. */
  #doubt(link: Link): void {
    if (this.#nodes.lone) return;
    this.#roles.doubt(link);
    this.#arrange();
    this.#roles.refresh();
  }

  protected end(error: Error): void {
    this.#end.abort(error);
    this.#creation.end(error);
    clearInterval(this.#checkTimer);
    this.#nodes.destroy(error);
    this.#sentinels?.destroy(error);
  }

  #connectAll(): void {
    for (const link of this.#nodes.all) link.start();
    this.#sentinels?.start();
    const { periodicTopologyCheck } = this.settings;
    if (periodicTopologyCheck === 0) return;
    const timer = setInterval(() => this.#check(), periodicTopologyCheck);
    unrefTimer(timer);
    this.#checkTimer = timer;
  }

  /** Chooses the primary and the replicas by what the nodes have said, and sends the requests that wait for them. */
  #arrange(): void {
    if (this.#end.signal.aborted) return;
    const before = this.#roles.primary;
    this.#roles.choosePrimary();
    this.#replicas = this.#reads.usesReplicas ? this.#roles.readable() : [];
    if (!this.#creation.isReady) this.#judge();
    else this.#seek();
    this.#tell();
    if (this.cache !== null && (before !== this.#roles.primary || this.#roles.inDoubt)) {
      this.cache.drop();
    }
    if (before !== null && before !== this.#roles.primary) {
      before.endBlocked("another node is the primary now");
      // A replica refuses what they send. Another one may still take itself for the primary.
      if (this.#sentinels !== null && !this.#roles.mayRead(before)) {
        before.endSessions("another node is the primary now");
      }
      before.dedicated.reserved = 0;
      const { dedicated } = this.#roles.primary!;
      dedicated.reserved = this.settings.blockingConnections;
      dedicated.fill();
      for (const request of before.takeQueue()) this.dispatchAgain(request);
    }
    if (this.#sentinels !== null) this.#leaveOthers();
    if (this.keeping && this.#creation.isReady && !this.#roles.inDoubt) this.placeAll();
    if (this.subscribed !== undefined && this.#placement.hasChanged()) this.subscribed.rearrange();
  }

  /** Asks for roles as long as it could change something. */
  #seek(): void {
    this.#roles.seek();
    if (this.keeping && !this.#roles.hasPrimary) this.#roles.renew();
  }

  #tell(): void {
    const { primary } = this.#roles;
    if (primary === null) return;
    const replicas = this.#nodes.all.filter((link) => this.#roles.mayRead(link));
    const roles = [primary, ...replicas].map((link) => show(link.endpoint)).join();
    if (roles === this.#told) return;
    this.#told = roles;
    this.events.emit({
      type: "topology",
      primaries: [{ ...primary.endpoint }],
      replicas: replicas.map(({ endpoint }) => ({ ...endpoint })),
    });
  }

  /** Makes a link to a node. */
  #open(address: Endpoint): Link {
    const { link, sentinel } = this.settings;
    const { host, port } = address;
    const addressMap = sentinel?.addressMap;
    const addresses = addressMap === undefined
      ? undefined
      : () => [mapAddress(addressMap, host, port, "sentinel.addressMap")];
    return new Link(address, link, this, this.deadlines, addresses);
  }

  /** Takes what the sentinels say: which nodes there are, and which of them is to be the primary. */
  #follow(decision: Decision | null): void {
    if (decision === null) {
      this.#roles.appoint(null);
    } else if (decision.candidates.length > 0) {
      this.#roles.appoint(this.#members.take(decision, this.#nodes));
    }
    this.#arrange();
  }

  /** Leaves the nodes that the sentinels do not count in, but the primary only when there is another one. */
  #leaveOthers(): void {
    const { primary, hasPrimary, isSuperseded } = this.#roles;
    if (isSuperseded) { for (const request of primary!.takeQueue()) this.dispatchAgain(request); }
    if (hasPrimary) this.#members.follow(primary!);
    this.#members.keepWith(primary, this.#nodes, (link) => {
      this.#roles.forget(link);
      this.#choice.forget(link);
      this.#refusals.delete(link);
    });
  }

  /** Decides whether the client is ready for use. */
  #judge(): void {
    if (this.#nodes.all.length === 0) {
      const hopeless = this.#sentinels!.hopeless;
      return hopeless === undefined ? void this.#roles.search() : this.#fail(hopeless);
    }
    const verdict = this.#roles.compareClaims();
    if (verdict === "asking") return;
    if (verdict !== "same") return this.#fail(twoPrimaries(verdict));
    // The role of a node that is being asked once more is not certain.
    const heard = this.#nodes.all.every((link) =>
      this.#roles.isKnown(link) || this.#refusals.has(link)
    );
    if (this.#roles.hasPrimary && (heard || this.#creation.isHalfTime)) {
      this.#creation.succeed();
      this.#seek();
    } else if (heard) {
      const refusals = this.#nodes.all.map((link) => this.#refusals.get(link));
      const hopeless = refusals.every((error) =>
        error !== undefined && this.#roles.isUntold(error)
      );
      if (hopeless) return this.#fail(refusals[0]!);
      this.#roles.search();
      this.#roles.renew();
    }
  }

  /** Ends the creation, or what waits for a client that is created lazily. */
  #fail(error: Error): void {
    this.#creation.fail(error);
    this.rejectKept(error);
    this.subscribed?.rejectUnplaced(error);
  }

  /** Asks all nodes, and opens fresh connections to their names if none is a primary any more. */
  async #check(): Promise<void> {
    this.subscribed?.check();
    await this.#roles.refreshed();
    if (this.#creation.isReady && !this.#roles.hasPrimary) this.#roles.renew();
  }

  /** Whether requests wait for a primary that are not at the link of the last one, or `create()` waits for one. */
  #isAwaited(): boolean {
    return this.keeping || this.obstacles.length > 0 || this.subscribed?.waiting ||
      !this.#creation.isReady && !this.settings.lazyConnect;
  }

  /** Why the client did not become ready in time. */
  #creationError(): Error {
    const budget = this.settings.clientCreationTimeout;
    const message = `Cannot find a primary within ${budget} ms (${this.#states()})`;
    const [first] = this.#refusals;
    const mute = first === undefined && !this.#nodes.all.some((link) => link.ready) &&
      this.#sentinels?.mute !== false;
    if (mute) return new TimeoutError(message, { phase: "queued", timeout: budget });
    const [link, cause] = first ?? [this.#nodes.all[0], undefined];
    const { endpoint } = link ?? { endpoint: this.settings.sentinel!.addresses[0] };
    return cause instanceof TimeoutError
      ? new TimeoutError(message, { phase: "queued", timeout: budget, cause })
      : new ConnectionError(message, { ...endpoint, cause });
  }

  /** The state of each node, for messages. */
  #states(): string {
    const states = this.#nodes.all.map((link) => {
      const where = show(link.endpoint);
      if (link.ready) return `${where} is ${this.#roles.mayWrite(link) ? "primary" : "a replica"}`;
      const refusal = this.#refusals.get(link);
      return refusal === undefined ? `${where} does not answer` : `${where}: ${refusal.message}`;
    });
    if (this.#sentinels !== null) states.push(this.#sentinels.describe());
    return states.join("; ");
  }
}
