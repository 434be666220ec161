/**
 * Sends the requests of a cluster client to their nodes, and follows redirections and errors.
 *
 * It acts on what `router.ts` decides and `fan_out.ts` computes, over the links to the nodes that `refresher.ts` finds.
 *
 * @module
 */

import {
  blockingTimeout,
  type CommandRow,
  keyPositions,
  lookUp,
} from "../lib/command_table/mod.ts";
import type { Settings } from "../lib/configuration/settings.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import type { Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import type { AddressRoute, Route, SlotKeyRoute, SlotRoute } from "../lib/dispatch/route.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { Creation } from "../lib/dispatch/creation.ts";
import { Dispatcher } from "../lib/dispatch/dispatcher.ts";
import { mayReadReplica, readsPages } from "../lib/dispatch/replica_choice.ts";
import type { ClusterRequestOptions } from "../lib/dispatch/request_options.ts";
import {
  ClusterError,
  ConfigurationError,
  ConnectionError,
  type ServerError,
  TimeoutError,
} from "../lib/errors.ts";
import type { EventAddress } from "../lib/events.ts";
import type { Argument } from "../lib/resp/reply.ts";
import type { LaneKey } from "../lib/dispatch/retry_queue.ts";
import { splitBySlot } from "./fan_out.ts";
import { Nodes } from "./nodes.ts";
import { RedirectOrder } from "./redirect_order.ts";
import { Refresher, type RefresherOwner, type Source } from "./refresher.ts";
import { faultOfRoute } from "./route_check.ts";
import {
  castsDoubt,
  commonSlot,
  decide,
  noOwner,
  noSuchNode,
  planOf,
  type Redirection,
  slotOfKeys,
  tooManyRedirects,
} from "./router.ts";
import { type PartSender, sendParts, sendToEach } from "./scatter.ts";
import { type Check, checkOf, confirmed } from "./script_redirects.ts";
import { slotOf, SLOTS } from "./slot.ts";
import { isStranger } from "./strangers.ts";
import {
  NodeTarget,
  ReplicaTarget,
  type ReplicaWish,
  RouteTarget,
  type Target,
  targetOf,
  targetOfSlot,
  targetsOf,
} from "./target.ts";
import type { ClusterNode, Shard, Topology } from "./topology.ts";
import { UnknownCommands } from "./unknown_commands.ts";

/** How often a request may be sent to another node. */
const MAX_REDIRECTS = 16;
/** How long a map is fresh, in milliseconds: its addresses cannot have been given to other nodes meanwhile. */
const FRESH = 1000;

/** Gives each request to the nodes of a cluster that it is for. */
export class ClusterDispatcher extends Dispatcher implements RefresherOwner, PartSender {
  readonly #nodes: Nodes;
  readonly #unknown: UnknownCommands;
  #topology: Topology | null = null;
  readonly #refresher: Refresher;
  readonly #redirects = new RedirectOrder();
  /** How often requests were sent to another node. */
  readonly #hops = new WeakMap<Request, number>();
  readonly #end = new AbortController();
  readonly #creation: Creation;
  /** Why seeds could not tell the topology. */
  readonly #failures = new Map<string, Error>();
  /** Primaries that have neither been reached nor failed yet; null once the client is ready for use. */
  #awaited: Set<string> | null = new Set();
  /** When the present map was found. */
  #mappedAt = 0;
  /** Links that have been ready before. */
  readonly #met = new WeakSet<Link>();
  /** Whose turn it is for requests that any node can serve. */
  #turn = 0;
  #checkTimer: ReturnType<typeof setInterval> | undefined;

  /**
   * Makes a dispatcher that is not connected.
   *
   * @param settings The checked configuration.
   */
  constructor(settings: Settings) {
    super(settings);
    const { signal } = this.#end;
    this.#nodes = new Nodes(settings, this, this.deadlines, signal);
    this.#refresher = new Refresher(this, settings.addresses, settings.link, signal);
    this.#unknown = new UnknownCommands(this.learned, async (words) => {
      return await (await this.#anyLink()).call(words, settings.requestTimeout);
    });
    this.#creation = new Creation(settings, {
      begin: () => this.#findCluster(),
      onHalfTime: () => {
        if (this.#topology !== null) this.#ready();
      },
      explain: () => this.#creationError(),
    });
  }

  /**
   * Finds the topology and connects to all primaries.
   *
   * @returns Resolves when every primary was reached or has failed, at the latest after half of the budget once the
   * topology is known.
   * @throws {ServerError | ConnectionError | ClusterError | TimeoutError} If no seed could tell the topology in time.
   */
  async connect(): Promise<void> {
    try {
      await this.#creation.finished();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  override checkRoute(route: Route): void {
    const fault = faultOfRoute(route);
    if (fault === undefined) return;
    throw new ConfigurationError(`Cannot use option "route": ${fault}`, "route");
  }

  /** Why there is no topology, by what the seeds answered last. */
  get mapFailure(): Error | undefined {
    return [...this.#failures.values()].at(-1);
  }

  /** The topology as it is known; null before the first refresh. */
  get topology(): Topology | null {
    return this.#topology;
  }

  /**
   * Asks for a refresh that begins from now on.
   *
   * @returns Resolves when it is done.
   */
  refreshed(): Promise<void> {
    this.#creation.start();
    return this.#refresher.refreshed();
  }

  /**
   * Lets requests be for a node that may be on no map: it can have keys before it has a slot.
   *
   * @param address The address that it announces.
   * @returns Its name, for {@linkcode ClusterDispatcher.dismiss}.
   */
  admit(address: Endpoint): string {
    const node = this.#nodeAt(address);
    if (!this.#topology!.nodes.has(node.name)) this.#nodes.admit(node);
    return node.name;
  }

  /**
   * Numbers the connection to a node.
   *
   * @param address The address that the node announces.
   * @returns Another number after each reconnect; undefined if there was no connection yet.
   */
  connectionTo(address: Endpoint): number | undefined {
    return this.#nodes.get(this.#nodeAt(address).name)?.connectionId;
  }

  /**
   * Ends what {@linkcode ClusterDispatcher.admit} began; the next refresh lets go of the node, if it owns no slot then.
   *
   * @param name Name of the node.
   */
  dismiss(name: string): void {
    this.#nodes.dismiss(name);
  }

  override prepare(request: Request, options: ClusterRequestOptions | undefined): void {
    const { row, words } = request;
    const route = options?.route;
    if (route !== undefined) {
      if (typeof route === "object" && "host" in route && this.#topology !== null) {
        this.#nodeOf(this.#topology, request, route);
      }
      return;
    }
    if (row === undefined || row.keysNeedServer) return;
    switch (planOf(row).to) {
      case "keys":
        request.target = targetOfSlot(commonSlot(row, words));
        return;
      case "parts":
        splitBySlot(row, words);
        return;
      case "caller":
        throw needsRoute(row);
    }
  }

  override placeTogether(
    request: Request,
    commands: readonly Request[],
    options: ClusterRequestOptions | undefined,
  ): void {
    const keys = commands.flatMap(({ row, words }) => {
      if (row === undefined || row.keysNeedServer) {
        throw new ClusterError(
          `Cannot send ${
            words[0]
          } in a transaction: only the servers know its keys; run it once by itself`,
        );
      }
      return keyPositions(row, words).map((position) => words[position]);
    });
    const slot = slotOfKeys("the transaction", keys);
    const route = options?.route;
    let wish: ReplicaWish = "allowed";
    if (route === "allPrimaries" || route === "allNodes") {
      throw new ConfigurationError(
        `Cannot send the transaction to several nodes (route "${route}"): ` +
          "expected a route to one node, or none",
        "route",
      );
    }
    if (typeof route === "object" && !("host" in route)) {
      const wanted = slotOfRoute(route);
      if (slot !== -1 && slot !== wanted) {
        throw new ClusterError(
          `Cannot send the transaction: its keys are in slot ${slot}, its route names slot ${wanted}`,
          { slot },
        );
      }
      wish = wishOf(route);
    } else if (typeof route === "object") {
      // The node is found by the route when it is dispatched.
      return;
    }
    request.target = targetOfSlot(slot, wish);
  }

  protected override setRoute(request: Request, route: Route): void {
    // A transaction has been placed already.
    request.target ??= new RouteTarget(route);
  }

  protected dispatch(request: Request): void {
    const topology = this.#topology;
    if (topology === null) {
      this.keep(request);
      return this.#creation.start();
    }
    try {
      const target = targetOf(request);
      if (target === null) this.#place(topology, request);
      else if (typeof target === "number") this.#sendToSlot(topology, request, target);
      else this.#sendTo(topology, request, target);
    } catch (error) {
      request.reject(error);
    }
  }

  /** Finds the target of a request, and sends it there. */
  #place(topology: Topology, request: Request): void {
    const { row, words } = request;
    if (row === undefined || row.keysNeedServer) {
      this.#sendWhen(this.#locate(request), request);
      return;
    }
    const plan = planOf(row);
    switch (plan.to) {
      case "key":
        if (words.length <= plan.position) return this.#sendToAny(topology, request);
        return this.#aim(topology, request, slotOf(words[plan.position]));
      case "keys": {
        const slot = commonSlot(row, words);
        return slot === -1
          ? this.#sendToAny(topology, request)
          : this.#aim(topology, request, slot);
      }
      case "parts": {
        const parts = splitBySlot(row, words);
        if (parts.length === 0) return this.#sendToAny(topology, request);
        if (parts.length > 1) return sendParts(this, request, row, parts);
        return this.#aim(topology, request, parts[0].slot);
      }
      case "nodes":
        return sendToEach(this, request, targetsOf(topology, plan.which), "joined");
      case "any":
        return this.#sendToAny(topology, request);
      case "caller":
        throw needsRoute(row);
    }
  }

  /** Sends a request where its caller wants it. */
  #follow(topology: Topology, request: Request, route: Route): void {
    if (route === "random") return this.#sendToAny(topology, request);
    if (route === "allPrimaries") {
      return sendToEach(this, request, targetsOf(topology, "primaries"), "apart");
    }
    if (route === "allNodes") {
      return sendToEach(this, request, targetsOf(topology, "nodes"), "apart");
    }
    const target = "host" in route
      ? new NodeTarget(this.#nodeOf(topology, request, route).name)
      : targetOfSlot(slotOfRoute(route), wishOf(route));
    request.target = target;
    this.dispatch(request);
  }

  #sendTo(topology: Topology, request: Request, target: Exclude<Target, number>): void {
    switch (target.to) {
      case "replica":
        return this.#sendToSlot(topology, request, target.slot, "demanded");
      case "node":
        return this.#sendToNode(topology, request, target);
      case "route":
        return this.#follow(topology, request, target.route);
    }
  }

  #nodeOf(topology: Topology, request: Request, route: AddressRoute): ClusterNode {
    const node = topology.find(show(route)) ?? this.#nodes.guest(show(route));
    if (node === undefined) throw noSuchNode(request.name, route);
    return node;
  }

  /** Sets the target of a request to a slot, and sends it there. */
  #aim(topology: Topology, request: Request, slot: number): void {
    request.target = slot;
    this.#sendToSlot(topology, request, slot);
  }

  #sendToSlot(
    topology: Topology,
    request: Request,
    slot: number,
    wish: ReplicaWish = "allowed",
  ): void {
    if (this.waitsBehind(request)) return;
    if (this.#redirects.holds(slot) && !this.#isForReplica(request, wish)) {
      return this.#redirects.run(slot, () => {
        if (!this.isOver(request)) this.#sendToOwner(this.#topology!, request, slot, wish);
      });
    }
    this.#sendToOwner(topology, request, slot, wish);
  }

  /** Sends a request to the shard that owns its slot. */
  #sendToOwner(topology: Topology, request: Request, slot: number, wish: ReplicaWish): void {
    const shard = topology.shardOf(slot);
    if (shard === undefined) {
      this.#orphan(request, slot);
      return;
    }
    const link = this.#replicaFor(shard, request, wish) ?? this.#nodes.linkTo(shard.primary);
    link.send(request);
  }

  protected laneOf(request: Request): LaneKey | null {
    const target = targetOf(request);
    if (target === null) return null;
    // A read that a replica may answer is not ordered with requests to the primary.
    if (this.#isForReplica(request)) return null;
    if (typeof target === "number") return target;
    if (target.to !== "node") return null;
    return target.anchor === -1 ? target.name : SLOTS + target.anchor;
  }

  /** Whether a replica may, or must, answer a request. */
  #isForReplica(request: Request, wish: ReplicaWish = "allowed"): boolean {
    return wish === "demanded" ||
      this.settings.readFrom === "preferReplica" && mayReadReplica(request);
  }

  /** A replica that shall answer a request, if one shall and can. */
  #replicaFor(shard: Shard, request: Request, wish: ReplicaWish): Link | undefined {
    const { replicas } = shard;
    if (replicas.length === 0 || !this.#isForReplica(request, wish)) return undefined;
    const choice = this.#nodes.replicas;
    if (wish === "allowed") return choice.next(replicas, shard);
    // The next page must come from the node that the cursor is of.
    return choice.demand(replicas, readsPages(request) ? null : shard);
  }

  #sendToNode(topology: Topology, request: Request, target: NodeTarget): void {
    const { name } = target;
    const node = target.anchor === -1
      ? topology.nodes.get(name) ?? this.#nodes.guest(name)
      : this.#primaryFor(topology, target);
    if (node === undefined) {
      return request.reject(
        new ClusterError(`Cannot send ${request.name}: node ${name} has left the cluster`, {
          cause: request.lastError,
        }),
      );
    }
    target.name = node.name;
    if (!this.waitsBehind(request)) this.#nodes.linkTo(node).send(request);
  }

  /** The primary that a part is for, or the one that has taken its place, unless that is asked already. */
  #primaryFor(topology: Topology, { name, anchor, siblings }: NodeTarget): ClusterNode | undefined {
    const present = topology.shards.find(({ primary }) => primary.name === name);
    if (present !== undefined) return present.primary;
    const successor = topology.shardOf(anchor)?.primary;
    return siblings.some((other) => other.name === successor?.name) ? undefined : successor;
  }

  /** Sends a request that any node can serve to a primary, to a connected one if possible. */
  #sendToAny({ shards }: Topology, request: Request): void {
    let link: Link | undefined;
    for (let i = 0; i < shards.length; i++) {
      link = this.#nodes.linkTo(shards[this.#turn++ % shards.length].primary);
      if (this.#nodes.answers(link)) break;
    }
    link!.send(request);
  }

  sendPart(part: Request): void {
    this.dispatch(part);
  }

  /**
   * Deals with a request for a slot that nobody owns: after a refresh it is either owned, or the caller learns of it.
   */
  async #orphan(request: Request, slot: number): Promise<void> {
    const error = noOwner(request.name, slot);
    if (request.lastError instanceof ClusterError) return request.reject(error);
    request.requeue(error);
    try {
      await this.#refresher.refreshed();
    } catch (reason) {
      return request.reject(reason);
    }
    if (!request.settled) this.dispatch(request);
  }

  override locate(
    requests: readonly Request[],
    options: ClusterRequestOptions | undefined,
  ): Promise<void> | undefined {
    // There is no order to keep of one, and no node to find where the caller names it.
    if (requests.length < 2 || options?.route !== undefined) return undefined;
    const unknown = requests.filter(({ row }) => row === undefined || row.keysNeedServer);
    return unknown.length === 0 ? undefined : this.#locateAll(unknown);
  }

  async #locateAll(requests: readonly Request[]): Promise<void> {
    this.#creation.start();
    await Promise.all(requests.map((request) => this.#locate(request)));
  }

  /** Asks what a command is, and which keys it has, as far as that is not known. */
  async #locate(request: Request): Promise<void> {
    // They are gone when it is settled meanwhile.
    const { words } = request;
    if (request.row === undefined) await this.#learn(request, words);
    if (request.row?.keysNeedServer) await this.#askForKeys(request, words);
  }

  /** Learns from the servers what a command is that the table does not have. */
  async #learn(request: Request, words: readonly Argument[]): Promise<void> {
    await this.#unknown.learn(words[0]);
    const row = lookUp(words, this.learned);
    if (row === undefined) return;
    request.row = row;
    request.blocks = blockingTimeout(row, words) !== undefined;
  }

  /** Asks a server for the keys of a call of a command whose keys only the server knows. */
  async #askForKeys(request: Request, words: readonly Argument[]): Promise<void> {
    const keys = await this.#unknown.keysOf(words);
    try {
      request.target = targetOfSlot(slotOfKeys(request.name, keys));
    } catch (error) {
      request.reject(error);
    }
  }

  /** Sends a request when it is known where it goes. */
  async #sendWhen(located: Promise<void>, request: Request): Promise<void> {
    await located;
    if (this.isOver(request)) return;
    const { row, target } = request;
    // Without a row nobody knows it, and without a target it has no keys: any node will do.
    if (row === undefined || row.keysNeedServer && target === null) {
      this.#sendToAny(this.#topology!, request);
    } else {
      this.dispatch(request);
    }
  }

  async #anyLink(): Promise<Link> {
    const [link] = this.#nodes.answering;
    if (link !== undefined) return link;
    await this.#refresher.refreshed();
    for (const link of this.#nodes.links) if (link.ready) return link;
    throw new ConnectionError("Cannot ask the cluster: no node is connected", {
      ...this.settings.addresses[0],
    });
  }

  onErrorReply(request: Request, error: ServerError, link: Link): boolean {
    const decision = decide(error, request.row, link.endpoint, () => this.#isReplica(link));
    switch (decision.action) {
      case "move":
      case "ask": {
        const check = checkOf(request);
        const step = (): Promise<void> | void => {
          if (check !== null) return this.#check(check, request, error, decision, link);
          if (!this.isOver(request)) this.#redirect(request, error, decision, link);
        };
        if (check === null && this.#redirects.holds(decision.slot)) request.requeue(error);
        this.#redirects.run(decision.slot, step);
        return true;
      }
      case "elsewhere":
        this.#nodes.replicas.shun(link);
        // It may be for this very node.
        if (targetOf(request) instanceof NodeTarget) {
          if (request.impatient) return false;
          this.retryLater(request, error);
          return true;
        }
        request.requeue(error);
        this.dispatch(request);
        return true;
      case "wait":
        if (request.impatient) return false;
        if (decision.refresh) this.#refresher.request(true);
        this.retryLater(request, error);
        return true;
      case "reject":
        return false;
    }
  }

  /** Sends a request to the node that another one has named. */
  #redirect(request: Request, error: ServerError, redirection: Redirection, link: Link): void {
    const hops = (this.#hops.get(request) ?? 0) + 1;
    this.#hops.set(request, hops);
    if (hops > MAX_REDIRECTS) {
      return request.reject(tooManyRedirects(request.name, MAX_REDIRECTS, error), "refused");
    }
    const { action, slot, target } = redirection;
    const node = this.#nodeAt(target);
    if (this.#nodes.get(node.name) === link) {
      // The node redirects to itself: its view of the cluster is changing, or a proxy is in between.
      this.#refresher.request(true);
      return this.retryLater(request, error);
    }
    request.requeue(error);
    if (action === "ask") {
      request.asking = true;
    } else {
      const target = targetOf(request);
      const wish = target instanceof ReplicaTarget ? "demanded" : "allowed";
      request.target = targetOfSlot(slot, wish);
      this.#move(slot, node);
      this.#refresher.request(false);
    }
    this.#nodes.linkTo(node).send(request);
  }

  /** Follows a redirection only if the server confirms that no script made it up. */
  async #check(
    check: Check,
    request: Request,
    error: ServerError,
    redirection: Redirection,
    link: Link,
  ): Promise<void> {
    if (request.settled) return;
    const owner = this.#topology!.shardOf(redirection.slot)?.primary;
    const asking = owner?.name !== this.#nodes.nameOf(link);
    const { requestTimeout } = this.settings;
    const answer = await confirmed(check, redirection, link, asking, requestTimeout);
    if (this.isOver(request)) return;
    if (answer === null) request.reject(error, "refused");
    else this.#redirect(request, error, answer, link);
  }

  async onConnected(link: Link): Promise<void> {
    if (this.#topology === null) return;
    // On the first connection right after a refresh, the node must be the one on the map.
    if (!this.#met.has(link) && performance.now() - this.#mappedAt < FRESH) return;
    if (!await isStranger(link, this.#topology)) return;
    this.#refresher.request(true);
    const { endpoint } = link;
    throw new ConnectionError(
      `Cannot use ${show(endpoint)}: it is a node of another cluster now`,
      { ...endpoint },
    );
  }

  onReady(link: Link): void {
    this.events.emit({ type: "connected", ...link.endpoint });
    this.#met.add(link);
    this.#heard(link);
  }

  onLost(link: Link, error: Error): void {
    this.events.emit({ type: "disconnected", ...link.endpoint, error });
    this.#warmUp(link);
    this.#refresher.request(true);
  }

  override onRefused(link: Link, error: Error): void {
    super.onRefused(link, error);
    if (error instanceof ConfigurationError) {
      // A bad result of `addressMap`: requests for this node, and `create()`, reject at once.
      if (this.#awaited !== null) this.#creation.fail(error);
      for (const request of link.takeQueue()) request.reject(error);
    }
    if (isHopeless(error)) this.#creation.fail(error);
    this.#heard(link);
    this.#refresher.request(true);
  }

  override onSilence(request: Request, link: Link): void {
    if (!link.examine(request)) return;
    // It may hang while a replica has taken its place.
    this.#warmUp(link);
    this.#refresher.request(true);
    if (this.#isReplica(link)) this.#nodes.replicas.shunUntilAnswer(link);
  }

  sources(): Source[] {
    return this.#nodes.answering;
  }

  suffering(): boolean {
    const topology = this.#topology;
    if (topology === null) return this.keeping;
    return this.obstacles.some(castsDoubt) ||
      topology.shards.some(({ primary }) => (this.#nodes.get(primary.name)?.waiting ?? 0) > 0);
  }

  onFailure(endpoint: Endpoint, error: Error): void {
    this.#failures.set(show(endpoint), error);
    if (this.#topology === null) this.explainKept(error);
  }

  onDefeat(): void {
    if (this.#topology !== null) return;
    const error = this.#hopelessFailure();
    if (error === undefined) return;
    this.#creation.fail(error);
    this.rejectKept(error);
  }

  apply(topology: Topology): void {
    const before = this.#topology;
    this.#topology = topology;
    this.#mappedAt = performance.now();
    const preferReplica = this.settings.readFrom === "preferReplica";
    for (const link of this.#nodes.arrange(topology, preferReplica)) {
      for (const request of link.takeQueue()) this.dispatchAgain(request);
    }
    if (this.#awaited !== null) {
      if (before === null) {
        this.#awaited = new Set(topology.shards.map(({ primary }) => primary.name));
      }
      for (const name of this.#awaited) {
        if (!topology.nodes.has(name) || this.#nodes.get(name)?.ready) this.#awaited.delete(name);
      }
      if (this.#awaited.size === 0) this.#ready();
    }
    this.placeAll();
    if (before?.signature === topology.signature) return;
    this.retryNow();
    const addressOf = (node: ClusterNode): EventAddress => ({
      ...this.#nodes.linkTo(node).endpoint,
    });
    this.events.emit({
      type: "topology",
      primaries: topology.shards.map(({ primary }) => addressOf(primary)),
      replicas: topology.shards.flatMap(({ replicas }) => replicas.map(addressOf)),
    });
  }

  protected end(error: Error): void {
    this.#end.abort(error);
    this.#creation.end(error);
    clearInterval(this.#checkTimer);
    this.#nodes.destroy(error);
  }

  #findCluster(): void {
    this.#refresher.request(true);
    const { periodicTopologyCheck } = this.settings;
    if (periodicTopologyCheck === 0) return;
    const timer = setInterval(() => this.#refresher.request(true), periodicTopologyCheck);
    Deno.unrefTimer(timer);
    this.#checkTimer = timer;
  }

  /** The node at an address that a server gave; perhaps one that is not known yet. */
  #nodeAt({ host, port }: Endpoint): ClusterNode {
    const name = show({ host, port });
    return this.#topology!.find(name) ?? { name, host, port };
  }

  #move(slot: number, node: ClusterNode): void {
    const topology = this.#topology!;
    if (topology.shardOf(slot)?.primary.name === node.name) return;
    const moved = topology.move(slot, node);
    if (moved === topology) return;
    this.#nodes.linkTo(node).readOnly = false;
    this.#topology = moved;
  }

  #isReplica(link: Link): boolean {
    const name = this.#nodes.nameOf(link);
    return this.#topology?.shards.some(({ replicas }) =>
      replicas.some((node) => node.name === name)
    ) ?? false;
  }

  /** Connects to the replicas of a primary that is away: when one of them takes over, it need not be dialled first. */
  #warmUp(link: Link): void {
    const name = this.#nodes.nameOf(link);
    const shard = this.#topology?.shards.find(({ primary }) => primary.name === name);
    for (const replica of shard?.replicas ?? []) this.#nodes.linkTo(replica).start();
  }

  /** A primary was reached, or failed, for the first time. */
  #heard(link: Link): void {
    if (this.#awaited === null || this.#topology === null) return;
    this.#awaited.delete(this.#nodes.nameOf(link) ?? "");
    if (this.#awaited.size === 0) this.#ready();
  }

  #ready(): void {
    this.#awaited = null;
    this.#creation.succeed();
  }

  /** Why a seed could not tell the topology, if that will not change. */
  #hopelessFailure(): Error | undefined {
    for (const [address, error] of this.#failures) {
      if (isHopeless(error)) return error;
      if (!/cluster support disabled/i.test(error.message)) continue;
      return new ClusterError(
        `Cannot use ${address} as a cluster: its cluster mode is off; use RedisClient, ` +
          "or start the server with cluster-enabled yes",
        { cause: error },
      );
    }
    return undefined;
  }

  /** Why the client did not become ready in time. */
  #creationError(): Error {
    const hopeless = this.#hopelessFailure();
    if (hopeless !== undefined) return hopeless;
    const budget = this.settings.clientCreationTimeout;
    const { addresses } = this.settings;
    const answers = addresses.map((address) => {
      const where = show(address);
      const failure = this.#failures.get(where);
      return failure === undefined ? `${where} does not answer` : `${where}: ${failure.message}`;
    });
    const message = `Cannot find the cluster within ${budget} ms (${answers.join("; ")})`;
    const [first] = this.#failures.values();
    return first === undefined || first instanceof TimeoutError
      ? new TimeoutError(message, { phase: "queued", timeout: budget, cause: first })
      : new ConnectionError(message, { ...addresses[0], cause: first });
  }
}

function slotOfRoute(route: SlotRoute | SlotKeyRoute): number {
  return "slot" in route ? route.slot : slotOf(route.slotKey);
}

function wishOf({ replica }: SlotRoute | SlotKeyRoute): ReplicaWish {
  return replica === true ? "demanded" : "allowed";
}

function needsRoute({ name }: CommandRow): TypeError {
  return new TypeError(
    `Cannot send ${name} to a cluster without a route: ${
      name === "SCAN"
        ? "its cursor belongs to one node; use scanIterator()"
        : "say which node it is for by with({ route })"
    }`,
  );
}
