/**
 * Which node of a cluster a request goes to, and what becomes of it when that node sends it away.
 *
 * It acts on what `router.ts` decides and `fan_out.ts` computes, over the links to the nodes that `refresher.ts` finds.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import {
  blockingTimeout,
  type CommandRow,
  keyPositions,
  lookUp,
  rowsFromCommandReply,
} from "../lib/command_table.ts";
import type { Settings } from "../lib/configuration.ts";
import { Budget } from "../lib/connection/budget.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import { Link } from "../lib/connection/link.ts";
import { Request } from "../lib/connection/request.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { type ClusterRequestOptions, Dispatcher, mayReadReplica } from "../lib/dispatcher.ts";
import {
  ClusterError,
  ConfigurationError,
  ConnectionError,
  type ServerError,
  TimeoutError,
} from "../lib/errors.ts";
import type { Argument, Reply } from "../lib/resp/reply.ts";
import type { AddressRoute, Route, SlotKeyRoute, SlotRoute } from "../lib/connection/route.ts";
import { gather, mergeParts, type Part, partialFailure, splitBySlot } from "./fan_out.ts";
import { Refresher, type RefresherOwner, type Source } from "./refresher.ts";
import {
  castsDoubt,
  commonSlot,
  decide,
  noOwner,
  noSuchNode,
  planOf,
  slotOfKeys,
  tooManyRedirects,
} from "./router.ts";
import { slotOf, SLOTS } from "./slot.ts";
import type { ClusterNode, Shard, Topology } from "./topology.ts";

/** How often a request may be sent to another node. */
const MAX_REDIRECTS = 16;
/** How long a replica that cannot serve is left alone, in milliseconds. */
const SHUN = 1000;

/** Gives each request to the nodes of a cluster that it is for. */
export class ClusterDispatcher extends Dispatcher implements RefresherOwner {
  readonly #links = new Map<string, Link>();
  readonly #names = new Map<Link, string>();
  /** Nodes that own no slot, and that requests may be for all the same, by name. */
  readonly #guests = new Map<string, ClusterNode>();
  /** Links to nodes that have left, with requests that were sent before. */
  #retired: Link[] = [];
  #topology: Topology | null = null;
  readonly #refresher: Refresher;
  readonly #end = new AbortController();
  readonly #created = Promise.withResolvers<void>();
  /** Why seeds could not tell the topology. */
  readonly #failures = new Map<string, Error>();
  /** Primaries that have neither been reached nor failed yet; null once the client is ready for use. */
  #awaited: Set<string> | null = new Set();
  /** Replicas that cannot serve at present, and until when they are left alone. */
  readonly #shunned = new Map<Link, number>();
  /** Primaries that got no byte across since a request to them timed out. */
  readonly #silent = new Set<Link>();
  /** Whose turn it is for requests that any node can serve. */
  #turn = 0;
  #started = false;
  #checkTimer: ReturnType<typeof setInterval> | undefined;

  /**
   * Makes a dispatcher that is not connected.
   *
   * @param settings The checked configuration.
   */
  constructor(settings: Settings) {
    super(settings);
    this.#refresher = new Refresher(
      this,
      settings.addresses,
      settings.link,
      settings.addressMap,
      this.#end.signal,
    );
    this.#created.promise.catch(() => {});
  }

  /**
   * Finds the topology and connects to all primaries.
   *
   * @returns Resolves when every primary was reached or has failed, at the latest after half of the budget once the
   * topology is known.
   * @throws {ServerError | ConnectionError | ClusterError | TimeoutError} If no seed could tell the topology in time.
   */
  async connect(): Promise<void> {
    const budget = this.settings.clientCreationTimeout;
    const half = new Budget(budget / 2, () => {
      if (this.#topology !== null) this.#ready();
      this.#awaited?.clear();
    });
    const whole = new Budget(budget, () => this.#created.reject(this.#creationError()));
    try {
      this.#start();
      await this.#created.promise;
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      half.stop();
      whole.stop();
    }
  }

  override checkRoute(route: Route): void {
    const bad = (problem: string): never => {
      throw new ConfigurationError(`Cannot use option "route": ${problem}`, "route");
    };
    if (typeof route === "string") {
      if (!["random", "allPrimaries", "allNodes"].includes(route)) {
        bad('expected "random", "allPrimaries", "allNodes" or an object');
      }
    } else if (typeof route !== "object" || route === null) {
      bad("expected a word or an object");
    } else if ("slot" in route) {
      if (!Number.isInteger(route.slot) || route.slot < 0 || route.slot >= SLOTS) {
        bad(`expected a slot from 0 to ${SLOTS - 1}`);
      }
    } else if ("slotKey" in route) {
      if (typeof route.slotKey !== "string" && !(route.slotKey instanceof Uint8Array)) {
        bad("expected slotKey to be a key");
      }
    } else if (
      !("host" in route) || typeof route.host !== "string" || !Number.isInteger(route.port)
    ) {
      bad("expected { slotKey }, { slot } or { host, port }");
    }
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
  override refreshed(): Promise<void> {
    this.#start();
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
    if (!this.#topology!.nodes.has(node.name)) this.#guests.set(node.name, node);
    return node.name;
  }

  /**
   * Ends what {@linkcode ClusterDispatcher.admit} began; the next refresh lets go of the node, if it owns no slot then.
   *
   * @param name Name of the node.
   */
  dismiss(name: string): void {
    this.#guests.delete(name);
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
        request.slot = commonSlot(row, words);
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
    } else if (typeof route === "object") {
      // The node is found by the route when it is dispatched.
      return;
    }
    request.slot = slot;
  }

  protected override placeByKeys(request: Request, name: string, keys: readonly Argument[]): void {
    request.slot = slotOfKeys(name, keys);
  }

  protected dispatch(request: Request): void {
    const topology = this.#topology;
    if (topology === null) {
      this.keep(request);
      return this.#start();
    }
    if (request.slot !== -1) return this.#sendToSlot(topology, request);
    if (request.node !== null) return this.#sendToNode(topology, request, request.node);
    try {
      this.#place(topology, request);
    } catch (error) {
      request.reject(error);
    }
  }

  /** Finds out where a request goes that is dispatched for the first time, and sends it. */
  #place(topology: Topology, request: Request): void {
    if (request.route !== undefined) return this.#follow(topology, request);
    const { row, words } = request;
    if (row === undefined) {
      this.#learn(request);
      return;
    }
    if (row.keysNeedServer) {
      this.#askForKeys(request);
      return;
    }
    const plan = planOf(row);
    switch (plan.to) {
      case "key":
        if (words.length <= plan.position) return this.#sendToAny(topology, request);
        request.slot = slotOf(words[plan.position]);
        return this.#sendToSlot(topology, request);
      case "keys":
        request.slot = commonSlot(row, words);
        return request.slot === -1
          ? this.#sendToAny(topology, request)
          : this.#sendToSlot(topology, request);
      case "parts": {
        const parts = splitBySlot(row, words);
        if (parts.length === 0) return this.#sendToAny(topology, request);
        if (parts.length > 1) return this.#sendParts(request, row, parts);
        request.slot = parts[0].slot;
        return this.#sendToSlot(topology, request);
      }
      case "nodes":
        return this.#sendToNodes(topology, request, plan.replicas);
      case "any":
        return this.#sendToAny(topology, request);
      case "caller":
        throw needsRoute(row);
    }
  }

  /** Sends a request where its caller wants it. */
  #follow(topology: Topology, request: Request): void {
    const route = request.route!;
    if (route === "random") return this.#sendToAny(topology, request);
    if (route === "allPrimaries") return this.#sendToNodes(topology, request, false);
    if (route === "allNodes") return this.#sendToNodes(topology, request, true);
    if ("host" in route) {
      request.node = this.#nodeOf(topology, request, route).name;
      return this.#sendToNode(topology, request, request.node);
    }
    request.slot = slotOfRoute(route);
    this.#sendToSlot(topology, request);
  }

  #nodeOf(topology: Topology, request: Request, route: AddressRoute): ClusterNode {
    const node = topology.find(show(route)) ?? this.#guests.get(show(route));
    if (node === undefined) throw noSuchNode(request.name, route);
    return node;
  }

  #sendToSlot(topology: Topology, request: Request): void {
    const shard = topology.shardOf(request.slot);
    if (shard === undefined) {
      this.#orphan(request);
      return;
    }
    const link = this.#replicaFor(shard, request) ?? this.#linkTo(shard.primary);
    link.send(request);
  }

  /** A replica that shall answer a request, if one shall and can. */
  #replicaFor(shard: Shard, request: Request): Link | undefined {
    const { replicas } = shard;
    if (replicas.length === 0) return undefined;
    const { route } = request;
    const demanded = typeof route === "object" && "replica" in route && route.replica === true;
    if (!demanded && !(this.settings.readFrom === "preferReplica" && mayReadReplica(request))) {
      return undefined;
    }
    for (let i = 0; i < replicas.length; i++) {
      const link = this.#linkTo(replicas[shard.turn++ % replicas.length]);
      if (demanded) link.start();
      if ((link.ready || demanded && replicas.length === 1) && !this.#isShunned(link)) return link;
    }
    return undefined;
  }

  #isShunned(link: Link): boolean {
    if (this.#shunned.size === 0) return false;
    const until = this.#shunned.get(link);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.#shunned.delete(link);
    return false;
  }

  #sendToNode(topology: Topology, request: Request, name: string): void {
    const node = request.anchor === -1
      ? topology.nodes.get(name) ?? this.#guests.get(name)
      : this.#primaryFor(topology, request, name);
    if (node === undefined) {
      return request.reject(
        new ClusterError(`Cannot send ${request.name}: node ${name} has left the cluster`, {
          cause: request.lastError,
        }),
      );
    }
    request.node = node.name;
    this.#linkTo(node).send(request);
  }

  /** The primary that a part is for, or the one that has taken its place, unless that is asked already. */
  #primaryFor(topology: Topology, request: Request, name: string): ClusterNode | undefined {
    const present = topology.shards.find(({ primary }) => primary.name === name);
    if (present !== undefined) return present.primary;
    const successor = topology.shardOf(request.anchor)?.primary;
    return request.siblings.some(({ node }) => node === successor?.name) ? undefined : successor;
  }

  /** Sends a request that any node can serve to a primary, to a connected one if possible. */
  #sendToAny({ shards }: Topology, request: Request): void {
    let link: Link | undefined;
    for (let i = 0; i < shards.length; i++) {
      link = this.#linkTo(shards[this.#turn++ % shards.length].primary);
      if (link.ready && !this.#silent.has(link)) break;
    }
    link!.send(request);
  }

  /** Sends a request to all nodes, or all primaries, and puts the replies together. */
  #sendToNodes(topology: Topology, request: Request, replicas: boolean): void {
    const { row, words } = request;
    const outcomes = new Map<Request, Reply | Error>();
    const partFor = ({ name }: ClusterNode, anchor: number): Request => {
      const part = this.#partOf(request, words);
      part.node = name;
      part.anchor = anchor;
      const take = (outcome: unknown): void => {
        outcomes.set(part, outcome as Reply | Error);
        if (outcomes.size === parts.length) finish();
      };
      part.handTo(take, take);
      return part;
    };
    const nodes = replicas
      ? [...topology.nodes.values()]
      : topology.shards.map(({ primary }) => primary);
    const parts = replicas
      ? nodes.map((node) => partFor(node, -1))
      : topology.shards.map(({ primary, anchor }) => partFor(primary, anchor));
    const finish = (): void => {
      const concatenates = request.route === undefined;
      // In the order of the nodes, not of their replies; by the names of those that answered in the end.
      const ordered = new Map(
        parts.map((part, i) => [part.node ?? nodes[i].name, outcomes.get(part)!]),
      );
      const outcome = gather(row?.responsePolicy, concatenates, ordered);
      if ("error" in outcome) request.reject(outcome.error);
      else if ("each" in outcome) request.resolveEach(outcome.each);
      else request.resolve(outcome.reply);
    };
    request.parts = parts;
    for (const [i, part] of parts.entries()) {
      part.siblings = parts;
      this.#linkTo(nodes[i]).send(part);
    }
  }

  /** Sends the parts of a multi-key command, which go out as one write per node, and puts the replies together. */
  #sendParts(request: Request, row: CommandRow, parts: readonly Part[]): void {
    const { words } = request;
    const replies: Reply[] = new Array(parts.length);
    const errors = new Map<number, Error>();
    let pending = parts.length;
    const finish = (): void => {
      if (--pending > 0 || this.isOver(request)) return;
      if (errors.size > 0) return request.reject(partialFailure(row, words, parts, errors));
      try {
        request.resolve(mergeParts(row.responsePolicy, parts, replies));
      } catch (error) {
        request.reject(error);
      }
    };
    if (row.write) {
      request.explainTimeout = (error) => {
        for (let i = 0; i < parts.length; i++) {
          if (!(i in replies) && !errors.has(i)) errors.set(i, error);
        }
        return errors.size === parts.length ? error : partialFailure(row, words, parts, errors);
      };
    }
    request.parts = parts.map(({ slot, words }, i) => {
      const part = this.#partOf(request, words);
      part.slot = slot;
      part.handTo((reply) => {
        replies[i] = reply as Reply;
        finish();
      }, (error) => {
        errors.set(i, error as Error);
        finish();
      });
      return part;
    });
    for (const part of request.parts) this.dispatch(part);
  }

  #partOf(whole: Request, words: readonly Argument[]): Request {
    const part = new Request(words, whole.row, asItIs, whole.bytes, whole.timeout, this);
    part.isPart = true;
    if (whole.impatient) part.impatient = true;
    part.deadline = whole.deadline;
    return part;
  }

  /** Deals with a request for a slot that nobody owns: after a refresh it is either owned, or the caller learns of it. */
  async #orphan(request: Request): Promise<void> {
    const error = noOwner(request.name, request.slot);
    if (request.lastError instanceof ClusterError) return request.reject(error);
    request.requeue(error);
    try {
      await this.#refresher.refreshed();
    } catch (reason) {
      return request.reject(reason);
    }
    if (!request.settled) this.dispatch(request);
  }

  /** Learns from the servers what a command is that the table does not have. */
  async #learn(request: Request): Promise<void> {
    const { words } = request;
    try {
      const link = await this.#anyLink();
      const reply = await link.call(["COMMAND", "INFO", words[0]], this.settings.requestTimeout);
      for (const row of rowsFromCommandReply(reply)) this.learned.set(row.name, row);
    } catch {
      // Without the permission to ask, any node will do: one that does not hold the key says which one does.
    }
    if (this.isOver(request)) return;
    const row = lookUp(words, this.learned);
    const topology = this.#topology!;
    if (row === undefined) return this.#sendToAny(topology, request);
    request.row = row;
    request.blocks = blockingTimeout(row, words) !== undefined;
    this.dispatch(request);
  }

  /** Asks a server for the keys of a call of a command whose keys only the server knows. */
  async #askForKeys(request: Request): Promise<void> {
    const { words } = request;
    let keys: Reply = null;
    try {
      const link = await this.#anyLink();
      keys = await link.call(["COMMAND", "GETKEYS", ...words], this.settings.requestTimeout);
    } catch {
      // It has no keys, or it is malformed, which any node will say.
    }
    if (this.isOver(request)) return;
    try {
      request.slot = Array.isArray(keys) ? slotOfKeys(request.name, keys as Argument[]) : -1;
    } catch (error) {
      return request.reject(error);
    }
    if (request.slot === -1) this.#sendToAny(this.#topology!, request);
    else this.dispatch(request);
  }

  async #anyLink(): Promise<Link> {
    for (const link of this.#links.values()) if (link.ready && !this.#silent.has(link)) return link;
    await this.#refresher.refreshed();
    for (const link of this.#links.values()) if (link.ready) return link;
    throw new ConnectionError("Cannot ask the cluster: no node is connected", {
      ...this.settings.addresses[0],
    });
  }

  onErrorReply(request: Request, error: ServerError, link: Link): boolean {
    const decision = decide(error, request.row, link.endpoint, () => this.#isReplica(link));
    switch (decision.action) {
      case "move":
      case "ask": {
        if (++request.redirects > MAX_REDIRECTS) {
          request.reject(tooManyRedirects(request.name, MAX_REDIRECTS, error), true);
          return true;
        }
        const node = this.#nodeAt(decision.target);
        if (this.#links.get(node.name) === link) {
          // The node sends us to itself: it, or what is between, has not made up its mind.
          this.#refresher.request(true);
          this.retryLater(request, error);
          return true;
        }
        request.requeue(error);
        if (decision.action === "ask") {
          request.asking = true;
        } else {
          request.slot = decision.slot;
          request.node = null;
          this.#move(decision.slot, node);
          this.#refresher.request(false);
        }
        this.#linkTo(node).send(request);
        return true;
      }
      case "elsewhere":
        this.#shunned.set(link, performance.now() + SHUN);
        // It may be for this very node.
        if (request.node !== null) {
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

  onConnected(): Promise<void> {
    return Promise.resolve();
  }

  onReady(link: Link): void {
    this.events.emit({ type: "connected", ...link.endpoint });
    this.#silent.delete(link);
    this.#heard(link);
  }

  onLost(link: Link, error: Error): void {
    this.events.emit({ type: "disconnected", ...link.endpoint, error });
    this.#silent.delete(link);
    this.#warmUp(link);
    this.#refresher.request(true);
  }

  override onRefused(link: Link, error: Error): void {
    super.onRefused(link, error);
    if (isHopeless(error)) this.#created.reject(error);
    this.#heard(link);
    this.#refresher.request(true);
  }

  override onSilence(request: Request, link: Link): void {
    if (!link.examine(request)) return;
    // It may hang while a replica has taken its place.
    this.#silent.add(link);
    this.#warmUp(link);
    this.#refresher.request(true);
    if (this.#isReplica(link)) this.#leaveAlone(link);
  }

  sources(): Source[] {
    return [...this.#links.values()].filter((link) => link.ready && !this.#silent.has(link));
  }

  suffering(): boolean {
    const topology = this.#topology;
    if (topology === null) return this.keeping;
    return this.obstacles.some(castsDoubt) ||
      topology.shards.some(({ primary }) => (this.#links.get(primary.name)?.waiting ?? 0) > 0);
  }

  onFailure(endpoint: Endpoint, error: Error): void {
    this.#failures.set(show(endpoint), error);
  }

  onDefeat(): void {
    if (this.#topology !== null) return;
    const error = this.#hopelessFailure();
    if (error === undefined) return this.explainKept([...this.#failures.values()].at(-1));
    this.#created.reject(error);
    this.rejectKept(error);
  }

  apply(topology: Topology): void {
    const before = this.#topology;
    this.#topology = topology;
    const preferReplica = this.settings.readFrom === "preferReplica";
    for (const { primary, replicas } of topology.shards) {
      const link = this.#linkTo(primary);
      link.readOnly = false;
      link.start();
      for (const replica of replicas) {
        const link = this.#linkTo(replica);
        link.readOnly = true;
        this.#silent.delete(link);
        if (preferReplica) link.start();
      }
    }
    for (const [name, link] of [...this.#links]) {
      if (topology.nodes.has(name) || this.#guests.has(name)) {
        // What waits for a node that cannot be reached may have another one to go to now.
        if (!link.ready) { for (const request of link.takeQueue()) this.dispatch(request); }
      } else {
        this.#links.delete(name);
        this.#names.delete(link);
        this.#shunned.delete(link);
        this.#silent.delete(link);
        link.retire();
        this.#retired = [...this.#retired, link].filter(({ gone }) => !gone);
      }
    }
    if (this.#awaited !== null) {
      if (before === null) {
        this.#awaited = new Set(topology.shards.map(({ primary }) => primary.name));
      }
      for (const name of this.#awaited) {
        if (!topology.nodes.has(name) || this.#links.get(name)?.ready) this.#awaited.delete(name);
      }
      if (this.#awaited.size === 0) this.#ready();
    }
    this.placeAll();
    if (before?.signature === topology.signature) return;
    this.retryNow();
    this.events.emit({
      type: "topology",
      primaries: topology.shards.map(({ primary }) => ({ ...primary.endpoint })),
      replicas: topology.shards.flatMap(({ replicas }) =>
        replicas.map(({ endpoint }) => ({ ...endpoint }))
      ),
    });
  }

  protected end(error: Error): void {
    this.#end.abort(error);
    this.#created.reject(error);
    clearInterval(this.#checkTimer);
    for (const link of [...this.#links.values(), ...this.#retired]) link.destroy(error);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#refresher.request(true);
    const { periodicTopologyCheck } = this.settings;
    if (periodicTopologyCheck === 0) return;
    const timer = setInterval(() => this.#refresher.request(true), periodicTopologyCheck);
    Deno.unrefTimer(timer);
    this.#checkTimer = timer;
  }

  #linkTo(node: ClusterNode): Link {
    let link = this.#links.get(node.name);
    if (link === undefined) {
      link = new Link(node.endpoint, this.settings.link, this, this.deadlines);
      this.#links.set(node.name, link);
      this.#names.set(link, node.name);
    }
    return link;
  }

  /** The node at an address that a server gave; perhaps one that is not known yet. */
  #nodeAt({ host, port }: Endpoint): ClusterNode {
    const name = show({ host, port });
    return this.#topology!.find(name) ??
      { name, endpoint: this.settings.addressMap?.(host, port) ?? { host, port } };
  }

  #move(slot: number, node: ClusterNode): void {
    const topology = this.#topology!;
    if (topology.shardOf(slot)?.primary.name === node.name) return;
    const moved = topology.move(slot, node);
    if (moved === topology) return;
    this.#linkTo(node).readOnly = false;
    this.#topology = moved;
  }

  #isReplica(link: Link): boolean {
    const name = this.#names.get(link);
    return this.#topology?.shards.some(({ replicas }) =>
      replicas.some((node) => node.name === name)
    ) ?? false;
  }

  /** Reads from no replica that hangs, until it answers. */
  async #leaveAlone(link: Link): Promise<void> {
    if (this.#shunned.get(link) === Infinity) return;
    this.#shunned.set(link, Infinity);
    while (this.#shunned.has(link) && !this.#end.signal.aborted) {
      try {
        await link.call(["PING"], SHUN);
        this.#shunned.delete(link);
      } catch {
        // A link without a connection says so at once.
        if (!link.ready) await delay(SHUN, { signal: this.#end.signal }).catch(() => {});
      }
    }
  }

  /** Connects to the replicas of a primary that is away: when one of them takes over, it need not be dialled first. */
  #warmUp(link: Link): void {
    const name = this.#names.get(link);
    const shard = this.#topology?.shards.find(({ primary }) => primary.name === name);
    for (const replica of shard?.replicas ?? []) this.#linkTo(replica).start();
  }

  /** A primary was reached, or failed, for the first time. */
  #heard(link: Link): void {
    if (this.#awaited === null || this.#topology === null) return;
    this.#awaited.delete(this.#names.get(link) ?? "");
    if (this.#awaited.size === 0) this.#ready();
  }

  #ready(): void {
    this.#awaited = null;
    this.#created.resolve();
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

function needsRoute({ name }: CommandRow): TypeError {
  return new TypeError(
    `Cannot send ${name} to a cluster without a route: ${
      name === "SCAN"
        ? "its cursor belongs to one node; use scanIterator()"
        : "say which node it is for by with({ route })"
    }`,
  );
}

function asItIs(reply: Reply): Reply {
  return reply;
}
