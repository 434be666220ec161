/**
 * Sends the requests of a cluster client to their nodes, and follows redirections and errors.
 *
 * `router.ts` decides, `scatter.ts` sends to several nodes, `redirects.ts` follows redirections, `nodes.ts` has the map and
 * the links, `discovery.ts` keeps the map up to date.
 *
 * @module
 */

import type { Heartbeat } from "../lib/cache/tracking.ts";
import type { Settings } from "../lib/configuration/settings.ts";
import type { Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import type { Endpoint } from "../lib/connection/transport.ts";
import { Dispatcher } from "../lib/dispatch/dispatcher.ts";
import type { ClusterRequestOptions } from "../lib/dispatch/request_options.ts";
import type { LaneKey } from "../lib/dispatch/retry_queue.ts";
import type { AddressRoute, Route } from "../lib/dispatch/route.ts";
import { ClusterError, ConfigurationError, type ServerError } from "../lib/errors.ts";
import type { Placement } from "../lib/subscription/placement.ts";
import type { Argument } from "../lib/resp/reply.ts";
import { Discovery } from "./discovery.ts";
import { splitBySlot } from "./fan_out.ts";
import { monitoredNode } from "./monitored_node.ts";
import { Nodes } from "./nodes.ts";
import { Plans } from "./plans.ts";
import { Redirects } from "./redirects.ts";
import { faultOfRoute } from "./route_check.ts";
import { castsDoubt, commonSlot, decide, needsRoute, noOwner, noSuchNode } from "./router.ts";
import { type PartSender, sendParts, sendToEach } from "./scatter.ts";
import { SubscriptionPlacement } from "./subscription_placement.ts";
import { slotOf, SLOTS } from "./slot.ts";
import {
  NodeTarget,
  type ReplicaWish,
  type RouteTarget,
  type Target,
  targetOf,
  targetOfRoute,
  targetOfSlot,
  targetsOf,
} from "./target.ts";
import { type ClusterNode, epochOf, type Topology } from "./topology.ts";
import { targetOfTransaction } from "./transaction_target.ts";
import { UnknownCommands } from "./unknown_commands.ts";

/** Gives the requests of a cluster client to links. */
export class ClusterDispatcher extends Dispatcher implements PartSender {
  /** The map and the links. */
  readonly nodes: Nodes;
  readonly #unknown: UnknownCommands;
  /** Finds the cluster, and keeps the map up to date. */
  readonly discovery: Discovery;
  readonly #redirects: Redirects;
  readonly #plans = new Plans();
  readonly #placement: SubscriptionPlacement;
  readonly #end = new AbortController();
  /** The highest epoch of the cluster that a node has told; 0 if none was asked. */
  #epoch = 0;

  /**
   * Makes a dispatcher that is not connected.
   *
   * @param settings The checked configuration.
   */
  constructor(settings: Settings) {
    super(settings);
    const { signal } = this.#end;
    this.nodes = new Nodes(settings, this, this.deadlines, signal);
    this.discovery = new Discovery(
      settings,
      this.nodes,
      this.events,
      {
        requestsWait: () =>
          this.nodes.topology === null ? this.keeping : this.obstacles.some(castsDoubt),
        onMap: (update) => this.#redistribute(update),
        onCheck: () => this.subscribed?.check(),
        explainKept: (error) => this.explainKept(error),
        rejectKept: (error) => {
          this.rejectKept(error);
          this.subscribed?.rejectUnplaced(error);
        },
      },
      signal,
    );
    this.#unknown = new UnknownCommands(this.learned, async (words) => {
      return await (await this.discovery.anyNode()).call(words, settings.requestTimeout);
    });
    this.#redirects = new Redirects(this.nodes, settings.requestTimeout, {
      isOver: (request) => this.isOver(request),
      retryLater: (request, error) => this.retryLater(request, error),
      onRedirect: (request, error, target) => this.noteRedirect(request, error, target),
      refresh: (why) => this.discovery.refresh(why),
    });
    this.#placement = new SubscriptionPlacement(this.nodes, settings.requestTimeout, {
      start: () => this.discovery.start(),
      refresh: (why) => this.discovery.refresh(why),
      isWaiting: () => this.subscribed?.waiting ?? false,
      rearrange: () => this.subscribed?.rearrange(),
      renew: (node) => this.subscribed?.renew(node),
      examine: (node) => this.subscribed?.examine(node),
      isSilent: (node) => this.subscribed?.isSilent(node) ?? false,
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
      await this.discovery.finished();
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

  readonly heartbeat: Heartbeat = {
    words: ["CLUSTER", "INFO"],
    onReply: (_source, reply) => {
      const epoch = epochOf(reply);
      if (epoch <= this.#epoch) return;
      // Slots, or the roles of nodes, may have changed, and nobody has told so.
      this.#epoch = epoch;
      this.discovery.refresh("broken");
    },
  };

  override slotOf(key: Argument): number {
    return slotOf(key);
  }

  /** The link to the owner of a slot; undefined if it has none, or was not needed so far. */
  #ownerOf(slot: number): Link | undefined {
    const shard = this.nodes.topology?.shardOf(slot);
    return shard && this.nodes.get(shard.primary.name);
  }

  override prepare(request: Request, options: ClusterRequestOptions | undefined): void {
    const { row, words } = request;
    const route = options?.route;
    if (route !== undefined) {
      if (typeof route === "object" && "host" in route && this.nodes.topology !== null) {
        this.#nodeOf(request, route);
      }
      return;
    }
    if (row === undefined || row.keysNeedServer) return;
    switch (this.#plans.of(row).to) {
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
    request.target = targetOfTransaction(commands, options?.route);
  }

  protected override setRoute(request: Request, route: Route): void {
    // A transaction has been placed already.
    request.target ??= targetOfRoute(route);
  }

  protected dispatch(request: Request): void {
    const { topology } = this.nodes;
    if (topology === null) {
      this.keep(request);
      return this.discovery.start();
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
      this.#sendWhen(this.#unknown.locate(request), request);
      return;
    }
    const plan = this.#plans.of(row);
    switch (plan.to) {
      case "key":
        if (words.length <= plan.position) return this.nodes.anyPrimary().send(request);
        return this.#aim(topology, request, slotOf(words[plan.position]));
      case "keys": {
        const slot = commonSlot(row, words);
        return slot === -1
          ? this.nodes.anyPrimary().send(request)
          : this.#aim(topology, request, slot);
      }
      case "parts": {
        const parts = splitBySlot(row, words);
        if (parts.length === 0) return this.nodes.anyPrimary().send(request);
        if (parts.length > 1) return sendParts(this, request, row, parts);
        return this.#aim(topology, request, parts[0].slot);
      }
      case "nodes":
        return sendToEach(this, request, targetsOf(topology, plan.which), "joined");
      case "any":
        return this.nodes.anyPrimary().send(request);
      case "channel":
        return words.length > 1
          ? this.nodes.primaryNear(slotOf(words[1])).send(request)
          : this.nodes.anyPrimary().send(request);
      case "caller":
        throw needsRoute(row);
    }
  }

  /** Sends a request where its caller wants it. */
  #follow(topology: Topology, request: Request, { route }: RouteTarget): void {
    if (route === "random") return this.nodes.anyPrimary().send(request);
    if (route === "allPrimaries") {
      return sendToEach(this, request, targetsOf(topology, "primaries"), "apart");
    }
    if (route === "allNodes") {
      return sendToEach(this, request, targetsOf(topology, "nodes"), "apart");
    }
    const target = new NodeTarget(this.#nodeOf(request, route).name);
    request.target = target;
    this.#sendToNode(request, target);
  }

  #sendTo(topology: Topology, request: Request, target: Exclude<Target, number>): void {
    switch (target.to) {
      case "replica":
        return this.#sendToSlot(topology, request, target.slot, "demanded");
      case "node":
        return this.#sendToNode(request, target);
      case "route":
        return this.#follow(topology, request, target);
    }
  }

  #nodeOf(request: Request, route: AddressRoute): ClusterNode {
    const node = this.nodes.find(route);
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
    const { order } = this.#redirects;
    if (order.holds(slot) && !this.nodes.mayReadReplica(request, wish)) {
      const send = () => {
        // Meanwhile one before it may have begun to wait for another try.
        if (this.isOver(request) || this.waitsBehind(request)) return;
        this.#sendToOwner(this.nodes.topology!, request, slot, wish);
      };
      return request.link === null ? order.join(slot, send) : order.run(slot, send);
    }
    this.#sendToOwner(topology, request, slot, wish);
  }

  /** Sends a request to the shard that owns its slot. */
  #sendToOwner(topology: Topology, request: Request, slot: number, wish: ReplicaWish): void {
    const shard = topology.shardOf(slot);
    if (shard === undefined) {
      this.#sendAfterRefresh(request, slot);
      return;
    }
    this.nodes.linkFor(shard, request, wish).send(request);
  }

  protected laneOf(request: Request): LaneKey | null {
    const target = targetOf(request);
    if (target === null) return null;
    // A read that a replica may answer is not ordered with requests to the primary.
    if (this.nodes.mayReadReplica(request)) return null;
    if (typeof target === "number") return target;
    if (target.to !== "node") return null;
    return target.anchor === -1 ? target.name : SLOTS + target.anchor;
  }

  #sendToNode(request: Request, target: NodeTarget): void {
    const node = this.nodes.at(target);
    if (node === undefined) {
      return request.reject(
        new ClusterError(`Cannot send ${request.name}: node ${target.name} has left the cluster`, {
          cause: request.lastError,
        }),
      );
    }
    target.name = node.name;
    if (!this.waitsBehind(request)) this.nodes.linkTo(node).send(request);
  }

  sendPart(part: Request): void {
    this.dispatch(part);
  }

  /** Sends a request whose slot has no owner after a refresh. If the slot has none then either, it is rejected. */
  async #sendAfterRefresh(request: Request, slot: number): Promise<void> {
    const error = noOwner(request.name, slot);
    if (request.lastError instanceof ClusterError) return request.reject(error);
    request.requeue(error);
    try {
      await this.discovery.refreshed();
    } catch (reason) {
      return request.reject(reason);
    }
    if (!request.settled) this.dispatch(request);
  }

  override locate(
    requests: readonly Request[],
    options: ClusterRequestOptions | undefined,
  ): Promise<void> | undefined {
    // A single request has no order to keep. With a route the node is known.
    if (requests.length < 2 || options?.route !== undefined) return undefined;
    const unknown = requests.filter(({ row }) => row === undefined || row.keysNeedServer);
    if (unknown.length === 0) return undefined;
    this.discovery.start();
    return this.#unknown.locateAll(unknown);
  }

  /** Sends a request when it is known where it goes. */
  async #sendWhen(located: Promise<void>, request: Request): Promise<void> {
    await located;
    if (this.isOver(request)) return;
    const { row, target } = request;
    // Any node can answer a command that no server knows, or that has no keys.
    if (row === undefined || row.keysNeedServer && target === null) {
      this.nodes.anyPrimary().send(request);
    } else {
      this.dispatch(request);
    }
  }

  onErrorReply(request: Request, error: ServerError, link: Link): boolean {
    const decision = decide(error, request.row, link.endpoint, () => this.nodes.isReplica(link));
    switch (decision.action) {
      case "move":
      case "ask":
        // While a slot moves, its old owner does not learn of keys that are created at the new one.
        this.cache?.leaveSlot(decision.slot);
        this.#redirects.follow(request, error, decision, link);
        return true;
      case "elsewhere":
        this.nodes.replicas.shun(link);
        // A request for one node cannot go to another.
        if (targetOf(request) instanceof NodeTarget) {
          if (request.impatient) return false;
          this.retryLater(request, error);
          return true;
        }
        this.noteRetry(request, error);
        request.requeue(error);
        this.dispatch(request);
        return true;
      case "wait":
        if (request.impatient) return false;
        if (decision.refresh) {
          this.discovery.refresh("broken");
          this.cache?.distrust(link.tracking);
        }
        this.retryLater(request, error);
        return true;
      case "reject":
        return false;
    }
  }

  onConnected(link: Link): Promise<void> {
    return this.discovery.check(link);
  }

  onReady(link: Link): void {
    this.events.emit({ type: "connected", ...link.endpoint });
    this.discovery.onReady(link);
  }

  onLost(link: Link, error: Error): void {
    this.events.emit({ type: "disconnected", ...link.endpoint, error });
    this.nodes.connectReplicasOf(link);
    this.discovery.refresh("broken");
    this.#placement.doubt(link);
  }

  override onRefused(link: Link, error: Error): void {
    super.onRefused(link, error);
    this.discovery.onRefused(link, error);
    // After a bad result of `addressMap` no other attempt would do better.
    if (error instanceof ConfigurationError) {
      for (const request of link.takeQueue()) request.reject(error);
    }
  }

  override onSilence(request: Request, link: Link): void {
    if (!link.examine(request)) return;
    // If it hangs, a replica may have taken its place.
    this.nodes.connectReplicasOf(link);
    this.discovery.refresh("broken");
    this.#placement.doubt(link);
    if (this.nodes.isReplica(link)) this.nodes.replicas.shunUntilAnswer(link);
  }

  onZonesUnknown(): void {
    this.tellZonesUnknown();
  }

  override monitored(options: ClusterRequestOptions | undefined): () => readonly Endpoint[] {
    return monitoredNode(options?.route, this.nodes, this.discovery);
  }

  protected override placement(): Placement {
    return this.#placement;
  }

  /** Sends waiting requests again, where they belong by a new map. */
  #redistribute({ away, changed }: { away: readonly Link[]; changed: boolean }): void {
    this.#placement.onMap();
    this.cache?.reviewSlots((slot) => this.#ownerOf(slot)?.tracking ?? null);
    for (const link of away) {
      for (const request of link.takeQueue()) this.dispatchAgain(request);
    }
    this.placeAll();
    if (changed) this.retryNow();
  }

  protected end(error: Error): void {
    this.#end.abort(error);
    this.discovery.end(error);
    this.#placement.end();
    this.nodes.destroy(error);
  }
}
