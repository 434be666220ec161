/**
 * Keeps track of the roles of the configured nodes: who is the primary, and which replicas can be read from.
 *
 * @module
 */

import type { Settings } from "../lib/configuration/settings.ts";
import type { Call, Link } from "../lib/connection/link.ts";
import { show } from "../lib/connection/transport.ts";
import { ConnectionError } from "../lib/errors.ts";
import type { NodeList } from "./node_links.ts";
import { Polling } from "./polling.ts";
import { Renewal } from "./renewal.ts";
import { readRole, type Role, type RoleAnswer, takesWrites } from "./roles.ts";
import { type Difference, RunIds } from "./run_ids.ts";

/** Longest wait between two looks for a primary while requests wait for one, in milliseconds. */
const SEARCH_WAIT = 50;

/** Longest time for a fresh connection to a name that may lead to another node, in milliseconds. */
const RENEWAL = 1000;

/** How often the only node may close the connection when asked for its role; then it is not asked any more. */
const MAX_CUTS = 2;

/** Owner of a {@linkcode RoleWatch}. */
export interface RoleWatchOwner {
  /** Called when a node has told its role or its run id, or has failed to. */
  onAnswer(): void;
  /** Whether requests wait for a primary that are not at the link of the last one, or `create()` waits for one. */
  isAwaited(): boolean;
  /** Called whenever nodes are asked for their roles: sentinels may know more. */
  onAsking(): void;
}

/** The roles of the nodes of one client. */
export class RoleWatch {
  readonly #nodes: NodeList;
  readonly #settings: Settings;
  readonly #owner: RoleWatchOwner;
  /** What the nodes said last. A node that is not connected, or is silent, has no role. */
  readonly #roles = new Map<Link, Role>();
  /** When nodes said last that they take writes, in milliseconds of `Date.now()`. */
  readonly #primaryAt = new WeakMap<Link, number>();
  #primary: Link | null = null;
  /** Whether the primary said last that it is one. */
  #certain = false;
  /** Nodes of which sentinels say that they are the primary, the likeliest first; null if none says so. */
  #appointed: readonly Link[] | null = null;
  /** Whether another node than the primary is appointed, and has neither confirmed nor denied it. */
  #superseded = false;
  /** Nodes that have been asked for their role and have not answered yet. */
  readonly #asked = new Set<Link>();
  /** Nodes whose role is in doubt only because a reply is late. */
  readonly #late = new Set<Link>();
  /** Nodes for which a fresh connection is being opened. */
  readonly #renewed = new Set<Link>();
  /** Errors of nodes that do not tell their role. */
  readonly #untold = new WeakSet<Error>();
  /** How often in a row the only node has closed the connection when asked for its role. */
  #cuts = 0;
  readonly #runIds: RunIds;
  readonly #renewal: Renewal;
  /** Looks for a primary. */
  readonly #search: Polling;
  /** Looks for a primary more often, while requests wait. */
  readonly #hastySearch: Polling;
  /** Waits for replicas that can be read from. */
  readonly #replicaSearch: Polling;

  /**
   * Makes a watch that knows no role.
   *
   * @param nodes The links to all nodes.
   * @param settings The checked configuration.
   * @param owner Its owner.
   * @param signal Ends the work in the background.
   */
  constructor(
    nodes: NodeList,
    settings: Settings,
    owner: RoleWatchOwner,
    signal: AbortSignal,
  ) {
    this.#nodes = nodes;
    this.#settings = settings;
    this.#owner = owner;
    this.#runIds = new RunIds(settings.clientCreationTimeout, () => owner.onAnswer());
    this.#renewal = new Renewal({
      renew: () => this.#openFresh(),
      hasPrimary: () => this.hasPrimary,
      isAwaited: () => owner.isAwaited(),
    }, signal);
    const { backoff } = settings.link;
    const polling = (isDone: () => boolean, longestWait: number): Polling =>
      new Polling({ ask: () => this.refresh(), isDone, backoff, longestWait, signal });
    this.#search = polling(() => this.hasPrimary, backoff.maxTimeout);
    this.#hastySearch = polling(() => this.#isInNoHurry(), SEARCH_WAIT);
    this.#replicaSearch = polling(() => this.#allServe(), backoff.maxTimeout);
  }

  /** The node that writes go to; null before the first one is known. */
  get primary(): Link | null {
    return this.#primary;
  }

  /** When a node said last that it takes writes, in milliseconds of `Date.now()`. */
  primaryAt(link: Link): number | undefined {
    return this.#primaryAt.get(link);
  }

  /** Whether the node that was the primary must get no writes: it is connected, but perhaps no primary any more. */
  get inDoubt(): boolean {
    return !this.#certain && (this.#superseded || this.#primary?.ready === true);
  }

  /** Whether sentinels say that another node has taken the place of the primary, and it has not confirmed that yet. */
  get isSuperseded(): boolean {
    return this.#superseded;
  }

  /** Whether the primary is connected, and said last that it is one. */
  get hasPrimary(): boolean {
    return this.#primary !== null && this.#primary.ready && this.#certain;
  }

  /**
   * Whether a node takes writes, as far as is known. An unknown role counts as primary only if there is one address.
   */
  mayWrite(link: Link): boolean {
    const role = this.#roles.get(link);
    return takesWrites(role) || role === "unknown";
  }

  /** Whether a node is a replica to read from. */
  mayRead(link: Link): boolean {
    const role = this.#roles.get(link);
    return role === "replica" || role === "active" && link !== this.#primary;
  }

  /** The connected replicas to read from. */
  readable(): Link[] {
    const ready = this.#nodes.all.filter((link) => link.ready);
    const fresh = ready.filter((link) => this.mayRead(link));
    // Old values are better than none, but not better than the primary's.
    return fresh.length > 0 || this.hasPrimary
      ? fresh
      : ready.filter((link) => this.#roles.get(link) === "stale");
  }

  /** Whether a node is connected and is not being asked for its role. */
  isKnown(link: Link): boolean {
    return link.ready && !this.#asked.has(link);
  }

  /** Whether an attempt to connect failed because the node does not tell its role. */
  isUntold(error: Error): boolean {
    return this.#untold.has(error);
  }

  /** Compares the servers of the nodes that say that they are the primary, unless sentinels have appointed one. */
  compareClaims(): "same" | "asking" | Difference {
    if (this.#appointed !== null) return "same";
    const claims = this.#nodes.all.filter((link) =>
      this.isKnown(link) && this.#roles.get(link) === "primary"
    );
    return claims.length > 1 ? this.#runIds.compare(claims) : "same";
  }

  /**
   * Takes what sentinels say about the primary. A node is the primary only once it says so itself; until then the present
   * one gets no writes, if another one is the likeliest.
   *
   * @param links The nodes that may be the primary, the likeliest first; null if no sentinel answers. Then the present
   * primary stays, and is replaced only by another node that says that it is one.
   */
  appoint(links: readonly Link[] | null): void {
    if (links === null && this.#superseded) return;
    this.#appointed = links;
    if (links === null) return;
    this.#superseded = this.#primary !== null && links[0] !== this.#primary;
    if (this.#primary !== null) {
      this.#certain = !this.#superseded && this.mayWrite(this.#primary);
    }
    for (const link of links) if (this.isKnown(link)) this.#ask(link);
  }

  /** Chooses a primary, unless the present one takes writes. */
  choosePrimary(): void {
    const before = this.#primary;
    // A node that once was the primary and says so again does not displace the one that took over.
    if (before !== null && this.mayWrite(before) && !this.#superseded) return;
    const primary = this.#appointed === null ? this.#claimant() : this.#appointee();
    if (primary === undefined) return;
    this.#primary = primary;
    this.#certain = true;
    this.#superseded = false;
  }

  /** A node that says that it is the primary. */
  #claimant(): Link | undefined {
    const { all } = this.#nodes;
    return all.find((link) => this.#roles.get(link) === "primary") ??
      all.find((link) => this.mayWrite(link));
  }

  /** The first of the appointed nodes that confirms it, if all before it deny it. */
  #appointee(): Link | undefined {
    for (const link of this.#appointed!) {
      const role = this.#roles.get(link);
      // One that does not answer may be the primary.
      if (!this.isKnown(link) || role === undefined) return undefined;
      if (takesWrites(role)) return link;
    }
    return undefined;
  }

  /**
   * Learns the role of a node whose connection is fresh.
   *
   * @throws {ServerError | ConnectionError | TimeoutError | UnexpectedReplyError} If it does not tell.
   */
  async identify(link: Link): Promise<void> {
    const { role, reason } = await this.#readRole(link, this.#callOn(link));
    if (role === "unknown" && !this.#nodes.lone) {
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

  /** Learns the run id of a node that is ready: once it is late, it cannot be asked any more. */
  onReady(link: Link): void {
    if (!this.#nodes.lone) this.#runIds.learn(link);
  }

  /** Forgets the role and the run id of a node whose connection is lost. */
  forget(link: Link): void {
    this.#note(link, undefined);
    this.#runIds.forget(link);
  }

  /** Doubts the role of a node that does not answer in time: another one may have taken its place. */
  doubt(link: Link): void {
    this.#note(link, undefined);
    this.#late.add(link);
  }

  /**
   * Notes that a node has refused a write as replicas do.
   *
   * @param link The node. Nothing is noted if it is not the primary.
   * @param attempts How often this write had been refused before.
   */
  distrust(link: Link, attempts: number): void {
    if (link !== this.#primary) return;
    // Its own answer does not help if it tells no role, or says that it is the primary and refuses again.
    const refusesAgain = attempts > 0 && this.mayWrite(link);
    const role = this.#roles.get(link) === "unknown" || refusesAgain ? "replica" : undefined;
    this.#note(link, role);
  }

  /** Asks the connected nodes for their roles, each one at its own pace. */
  refresh(): void {
    this.#owner.onAsking();
    for (const link of this.#nodes.all) if (this.isKnown(link)) this.#ask(link);
  }

  /**
   * Asks the connected nodes for their roles.
   *
   * @returns Resolves when all have answered.
   */
  async refreshed(): Promise<void> {
    this.#owner.onAsking();
    await Promise.all(this.#nodes.all.map((link) => this.isKnown(link) && this.#ask(link)));
  }

  /** Looks for a primary until there is one that is connected: in haste only while requests wait. */
  search(): void {
    this.#search.run();
    this.#hastySearch.run();
  }

  /** Asks for roles as long as the answers could change something. */
  seek(): void {
    if (!this.hasPrimary && !this.#nodes.lone) this.search();
    if (this.#settings.readFrom !== "primary" && !this.#allServe()) this.#replicaSearch.run();
  }

  /** Opens fresh connections to all names whose present ones do not lead to a primary, while requests wait. */
  renew(): void {
    this.#renewal.run();
  }

  /** Notes what a node said of its role; undefined while that is to be asked. */
  #note(link: Link, role: Role | undefined): void {
    if (role === undefined) this.#roles.delete(link);
    else this.#roles.set(link, role);
    if (takesWrites(role)) this.#primaryAt.set(link, Date.now());
    this.#late.delete(link);
    if (link === this.#primary) this.#certain = this.mayWrite(link) && !this.#superseded;
  }

  #isInNoHurry(): boolean {
    return this.hasPrimary || !this.#owner.isAwaited() && !this.#primary?.waiting;
  }

  /** Whether every connected node is the primary, or a replica that can be read from. */
  #allServe(): boolean {
    // Another one that says it is the primary may be about to become a replica.
    return this.#nodes.all.every((link) =>
      !link.ready || link === this.#primary || this.mayRead(link) ||
      this.#runIds.areSame(link, this.#primary)
    );
  }

  #callOn(link: Link): Call {
    return (words) => link.call(words, this.#settings.clientCreationTimeout);
  }

  /** Asks for the role of a node, unless it is the only one and closes the connection when it is asked. */
  async #readRole(link: Link, call: Call): Promise<RoleAnswer> {
    const lone = this.#nodes.lone;
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

  async #ask(link: Link): Promise<void> {
    this.#asked.add(link);
    try {
      const { role } = await this.#readRole(link, this.#callOn(link));
      // A node that does not tell its role keeps the one that its replies show.
      if (link.ready && role !== "unknown") this.#note(link, role);
    } catch {
      // The connection is lost, so the role is forgotten; or the node hangs, so the role stays as it is known.
    }
    this.#asked.delete(link);
    this.#owner.onAnswer();
  }

  /** Opens fresh connections to all names whose present ones do not lead to a primary. */
  #openFresh(): void {
    for (const link of this.#nodes.all) {
      if (!link.ready || this.mayWrite(link) || this.#renewed.has(link)) continue;
      // Sentinels name the primary, so the names of replicas do not lead to it.
      if (this.#appointed !== null && !this.#appointed.includes(link)) continue;
      this.#renewed.add(link);
      // The present connection may lead to the new primary, too.
      if (!this.#asked.has(link)) this.#ask(link);
      const timeout = Math.min(this.#settings.clientCreationTimeout, RENEWAL);
      link.replace((call) => this.#isWanted(link, call), timeout)
        .finally(() => this.#renewed.delete(link));
    }
  }

  /**
   * Whether a fresh connection to the name of a node leads to a primary, and to another server than the present one.
   */
  async #isWanted(link: Link, call: Call): Promise<boolean> {
    const { role } = await this.#readRole(link, call);
    if (!takesWrites(role) && !(role === "unknown" && this.#nodes.lone)) return false;
    const same = await this.#runIds.isSame(link, call);
    // A node that is only late (its writes are paused, say) keeps its connection: what was sent there is in order.
    return same === undefined ? !this.#late.has(link) : !same;
  }
}
