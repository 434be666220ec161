/**
 * Finds the cluster when a client starts, and keeps its map up to date.
 *
 * @module
 */

import type { Settings } from "../lib/configuration/settings.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import type { Link } from "../lib/connection/link.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { Creation, type CreationSteps } from "../lib/dispatch/creation.ts";
import { ConfigurationError, ConnectionError } from "../lib/errors.ts";
import type { EventAddress, Events } from "../lib/events.ts";
import { unrefTimer } from "../lib/unref_timer.ts";
import { AwaitedPrimaries } from "./awaited_primaries.ts";
import type { Nodes } from "./nodes.ts";
import { Refresher, type RefresherOwner, type Source } from "./refresher.ts";
import { SeedFailures } from "./seed_failures.ts";
import { isForeign } from "./foreign_clusters.ts";
import type { ClusterNode, Topology } from "./topology.ts";

/** Age up to which a map is fresh, in milliseconds: its addresses cannot belong to other nodes yet. */
const FRESH = 1000;

/** What the owner of the requests does for {@linkcode Discovery}. */
export interface DiscoverySteps {
  /** Whether requests wait for a better map. */
  requestsWait(): boolean;
  /**
   * Takes a map: requests may belong to other nodes.
   *
   * @param update Links without a connection, and whether the map differs from the one before.
   */
  onMap(update: { readonly away: readonly Link[]; readonly changed: boolean }): void;
  /** Called with each periodic check of the map. */
  onCheck(): void;
  /** Sets why requests wait for the first map. */
  explainKept(error: Error): void;
  /** Rejects the requests that wait for the first map. */
  rejectKept(error: Error): void;
}

/** The map of one client, from its start to its end. */
export class Discovery implements CreationSteps, RefresherOwner {
  readonly #settings: Settings;
  readonly #nodes: Nodes;
  readonly #events: Events;
  readonly #steps: DiscoverySteps;
  readonly #creation: Creation;
  readonly #refresher: Refresher;
  readonly #failures = new SeedFailures();
  readonly #awaited = new AwaitedPrimaries();
  /** When the present map was found. */
  #mappedAt = 0;
  /** Links that have been ready before. */
  readonly #met = new WeakSet<Link>();
  #checkTimer: ReturnType<typeof setInterval> | undefined;

  /**
   * Makes a discovery that has not begun.
   *
   * @param settings The checked configuration.
   * @param nodes The nodes, which get each map.
   * @param events The events of the client.
   * @param steps What the owner of the requests does.
   * @param signal Ends the work in the background.
   */
  constructor(
    settings: Settings,
    nodes: Nodes,
    events: Events,
    steps: DiscoverySteps,
    signal: AbortSignal,
  ) {
    this.#settings = settings;
    this.#nodes = nodes;
    this.#events = events;
    this.#steps = steps;
    this.#creation = new Creation(settings, this);
    this.#refresher = new Refresher(this, settings.addresses, settings.link, signal);
  }

  /** The map; null before the first one. */
  get topology(): Topology | null {
    return this.#nodes.topology;
  }

  /** Why there is no map: the failure of the last seed; undefined if none has failed. */
  get failure(): Error | undefined {
    return this.#failures.latest;
  }

  /** Begins to look for the cluster, if that has not begun. */
  start(): void {
    this.#creation.start();
  }

  /**
   * Begins to look for the cluster, and waits until the client is ready.
   *
   * @returns Resolves when every primary was reached or has failed. After half of the budget one of them is enough, and
   * after all of it the map alone. Rejects if there is no map in time.
   */
  finished(): Promise<void> {
    return this.#creation.finished();
  }

  /**
   * Asks for a refresh of the map.
   *
   * @param why `outdated` if MOVED is the only reason; `broken` if something does not work.
   */
  refresh(why: "outdated" | "broken"): void {
    this.#refresher.request(why);
  }

  /**
   * Asks for a refresh that begins from now on.
   *
   * @returns Resolves when it is done.
   */
  refreshed(): Promise<void> {
    this.start();
    return this.#refresher.refreshed();
  }

  /**
   * Finds a node that can be asked something.
   *
   * @returns Its link, which is connected.
   * @throws {ConnectionError} If no node is connected after a refresh.
   */
  async anyNode(): Promise<Link> {
    const [link] = this.#nodes.answering;
    if (link !== undefined) return link;
    await this.refreshed();
    for (const link of this.#nodes.links) if (link.ready) return link;
    throw new ConnectionError("Cannot ask the cluster: no node is connected", {
      ...this.#settings.addresses[0],
    });
  }

  /**
   * Checks a link that is connected: its address may belong to another cluster by now.
   *
   * @param link The link.
   * @throws {ConnectionError} If it leads to another cluster, or the node does not answer.
   */
  async check(link: Link): Promise<void> {
    if (this.topology === null) return;
    // On the first connection right after a refresh, the node must be the one on the map.
    if (!this.#met.has(link) && performance.now() - this.#mappedAt < FRESH) return;
    if (!await isForeign(link, this.topology)) return;
    this.refresh("broken");
    const { endpoint } = link;
    throw new ConnectionError(
      `Cannot use ${show(endpoint)}: it is a node of another cluster now`,
      { ...endpoint },
    );
  }

  /** Notes that a node was reached. */
  onReady(link: Link): void {
    this.#met.add(link);
    this.#heard(link);
  }

  /** Notes that an attempt to connect to a node has failed. */
  onRefused(link: Link, error: Error): void {
    // A bad result of `addressMap` stays bad as well.
    const isFinal = isHopeless(error) || error instanceof ConfigurationError;
    if (isFinal && !this.#creation.isReady) this.#creation.fail(error);
    this.#heard(link);
    this.refresh("broken");
  }

  begin(): void {
    this.refresh("broken");
    const { periodicTopologyCheck } = this.#settings;
    if (periodicTopologyCheck === 0) return;
    const timer = setInterval(() => {
      this.refresh("broken");
      this.#steps.onCheck();
    }, periodicTopologyCheck);
    unrefTimer(timer);
    this.#checkTimer = timer;
  }

  onHalfTime(): void {
    if (this.topology !== null) this.#creation.succeed();
  }

  onTimeout(): void {
    if (this.topology !== null) return this.#creation.succeed();
    const { addresses, clientCreationTimeout } = this.#settings;
    this.#creation.fail(this.#failures.explain(addresses, clientCreationTimeout));
  }

  sources(): Source[] {
    return this.#nodes.answering;
  }

  requestsWait(): boolean {
    return this.#steps.requestsWait() || this.#nodes.primaryAwaited;
  }

  onFailure(endpoint: Endpoint, error: Error): void {
    this.#failures.note(endpoint, error);
    if (this.topology === null) this.#steps.explainKept(error);
  }

  onNoAnswer(): void {
    if (this.topology !== null) return;
    const error = this.#failures.hopeless;
    if (error === undefined) return;
    this.#creation.fail(error);
    this.#steps.rejectKept(error);
  }

  apply(topology: Topology): void {
    const changed = this.topology?.signature !== topology.signature;
    this.#mappedAt = performance.now();
    const away = this.#nodes.arrange(topology);
    if (
      !this.#creation.isReady &&
      this.#awaited.take(topology, (name) => this.#nodes.get(name)?.ready ?? false)
    ) this.#creation.succeed();
    this.#steps.onMap({ away, changed });
    if (!changed) return;
    const addressOf = (node: ClusterNode): EventAddress => ({
      ...this.#nodes.linkTo(node).endpoint,
    });
    this.#events.emit({
      type: "topology",
      primaries: topology.shards.map(({ primary }) => addressOf(primary)),
      replicas: topology.shards.flatMap(({ replicas }) => replicas.map(addressOf)),
    });
  }

  /** Ends it, because the client is closed. */
  end(error: Error): void {
    this.#creation.end(error);
    clearInterval(this.#checkTimer);
  }

  /** Notes that a node was reached, or failed. */
  #heard(link: Link): void {
    if (this.#creation.isReady) return;
    const none = this.#awaited.heard(this.#nodes.nameOf(link));
    // After half of the time one node is enough.
    if (none || this.topology !== null && this.#creation.isHalfTime) this.#creation.succeed();
  }
}
