/**
 * Primary or replica: which of the configured nodes a request goes to, and who is what at present.
 *
 * @module
 */

import { retry } from "@std/async/retry";
import type { Settings } from "../lib/configuration.ts";
import { isHopeless } from "../lib/connection/handshake.ts";
import { Link } from "../lib/connection/link.ts";
import type { Request } from "../lib/connection/request.ts";
import { show } from "../lib/connection/transport.ts";
import { Dispatcher, mayReadReplica } from "../lib/dispatcher.ts";
import { ConnectionError, type ServerError, TimeoutError } from "../lib/errors.ts";
import { wasNotExecuted } from "../lib/not_executed.ts";
import { readRole, type Role } from "./roles.ts";

/** Longest wait between two looks for a primary while there is none, in milliseconds. */
const SEARCH_WAIT = 100;

/** Gives each request to the primary, or to a replica where that is wanted. */
export class StandaloneDispatcher extends Dispatcher {
  readonly #links: readonly Link[];
  /** What the nodes said last; a node that is not connected, or silent, says nothing. */
  readonly #roles = new Map<Link, Role>();
  #primary: Link | null = null;
  #replicas: Link[] = [];
  /** Whose turn it is among the replicas. */
  #turn = 0;
  #started = false;
  #searching = false;
  /** Nodes that have been asked for their role and have not answered yet. */
  readonly #asked = new Set<Link>();
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  readonly #end = new AbortController();
  /** Settles when the client is ready for use, or cannot become it. */
  readonly #created = Promise.withResolvers<void>();
  /** Nodes that have not been reached for the first time, and why. */
  readonly #refusals = new Map<Link, Error>();
  #halfTime = false;
  /** Whether the client has ever been ready for use. */
  #usable = false;

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
    this.#created.promise.catch(() => {});
  }

  /**
   * Connects to all nodes.
   *
   * @returns Resolves when the primary is known and the others have answered, failed or used up half of the budget.
   * @throws {ServerError | ConnectionError | TimeoutError} If there is no single primary to be had in time.
   */
  async connect(): Promise<void> {
    const budget = this.settings.clientCreationTimeout;
    const half = setTimeout(() => {
      this.#halfTime = true;
      this.#arrange();
    }, budget / 2);
    const whole = setTimeout(() => this.#created.reject(this.#creationError()), budget);
    try {
      this.#start();
      await this.#created.promise;
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      clearTimeout(half);
      clearTimeout(whole);
    }
  }

  protected dispatch(request: Request): void {
    if (this.#replicas.length > 0 && mayReadReplica(request)) {
      return this.#replicas[this.#turn++ % this.#replicas.length].send(request);
    }
    if (this.#primary !== null) return this.#primary.send(request);
    this.keep(request);
    this.#start();
  }

  onErrorReply(request: Request, error: ServerError, link: Link): boolean {
    if (request.impatient) {
      if (error.code === "READONLY") this.#refresh();
      return false;
    }
    if (!wasNotExecuted(error, request.row)) return false;
    switch (error.code) {
      // It was sent to a node that is no primary any more, or was unblocked because it ceased to be one.
      case "READONLY":
      case "UNBLOCKED":
        this.#refresh();
        this.retryLater(request, error);
        return true;
      // The data is not there yet.
      case "LOADING":
      case "MASTERDOWN":
        if (this.#roles.get(link) === "replica") {
          this.#roles.set(link, "stale");
          this.#arrange();
        }
        this.retryLater(request, error);
        return true;
      default:
        return false;
    }
  }

  async onConnected(link: Link): Promise<void> {
    this.#roles.set(link, await readRole(link, this.settings.clientCreationTimeout));
  }

  onReady(link: Link): void {
    this.#refusals.delete(link);
    this.events.emit({ type: "connected", ...link.endpoint });
    this.#arrange();
  }

  onLost(link: Link, error: Error): void {
    this.events.emit({ type: "disconnected", ...link.endpoint, error });
    this.#roles.delete(link);
    this.#arrange();
    if (this.#usable && link === this.#primary) this.#search();
  }

  override onRefused(link: Link, error: Error): void {
    super.onRefused(link, error);
    this.#refusals.set(link, error);
    if (isHopeless(error)) {
      this.#created.reject(error);
      if (this.#primary === null) this.rejectKept(error);
    }
    this.#arrange();
  }

  override onSilence(request: Request, link: Link): void {
    if (!link.examine(request)) return;
    // It may hang while another node has taken its place.
    this.#roles.delete(link);
    if (this.#links.length > 1) this.#refresh();
  }

  protected end(error: Error): void {
    this.#end.abort(error);
    this.#created.reject(error);
    clearInterval(this.#checkTimer);
    for (const link of this.#links) link.destroy(error);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const link of this.#links) link.start();
    const { periodicTopologyCheck } = this.settings;
    if (periodicTopologyCheck === 0) return;
    const timer = setInterval(() => this.#refresh(), periodicTopologyCheck);
    Deno.unrefTimer(timer);
    this.#checkTimer = timer;
  }

  /** Draws the conclusions from what the nodes have said. */
  #arrange(): void {
    if (this.#end.signal.aborted) return;
    const before = this.#primary;
    const primaries = this.#links.filter((link) => this.#roles.get(link) === "primary");
    // A node that once was the primary and says so again does not displace the one that took over.
    if (primaries.length > 0 && (before === null || !primaries.includes(before))) {
      this.#primary = primaries[0];
    }
    const replicas = this.settings.readFrom === "preferReplica"
      ? this.#links.filter((link) => link.ready && this.#roles.get(link) === "replica")
      : [];
    const changed = before !== this.#primary || replicas.length !== this.#replicas.length ||
      replicas.some((link, i) => link !== this.#replicas[i]);
    this.#replicas = replicas;
    if (!this.#usable) this.#judge(primaries);
    else if (this.#primary?.ready && !this.#hasPrimary() && this.#links.length > 1) this.#search();
    if (!changed) return;
    this.events.emit({
      type: "topology",
      primaries: this.#primary === null ? [] : [{ ...this.#primary.endpoint }],
      replicas: this.#links.filter((link) => this.#roles.get(link) === "replica")
        .map((link) => ({ ...link.endpoint })),
    });
    if (before === this.#primary || this.#primary === null) return;
    for (const request of before?.takeQueue() ?? []) this.#primary.send(request);
    this.placeAll();
  }

  /** Decides whether the client is ready for use. */
  #judge(primaries: Link[]): void {
    if (primaries.length > 1) {
      const [first, second] = primaries.map((link) => show(link.endpoint));
      return this.#created.reject(
        new ConnectionError(
          `Cannot tell which node is the primary: both ${first} and ${second} say that they are`,
          primaries[0].endpoint,
        ),
      );
    }
    const heard = this.#links.every((link) => link.ready || this.#refusals.has(link));
    if (this.#hasPrimary() && (heard || this.#halfTime)) {
      this.#usable = true;
      this.#created.resolve();
    } else if (heard) {
      this.#search();
    }
  }

  /** Asks the connected nodes for their roles, each one at its own pace. */
  #refresh(): void {
    for (const link of this.#links) if (link.ready && !this.#asked.has(link)) this.#ask(link);
  }

  async #ask(link: Link): Promise<void> {
    this.#asked.add(link);
    try {
      this.#roles.set(link, await readRole(link, this.settings.clientCreationTimeout));
      this.#arrange();
    } catch {
      // Lost, which onLost deals with, or hanging, which leaves what is known.
    } finally {
      this.#asked.delete(link);
    }
  }

  /** Looks for a primary until there is one that is connected. */
  async #search(): Promise<void> {
    if (this.#searching || this.#end.signal.aborted) return;
    this.#searching = true;
    const { backoff } = this.settings.link;
    const maxTimeout = Math.min(backoff.maxTimeout, SEARCH_WAIT);
    try {
      await retry(() => {
        if (this.#hasPrimary()) return;
        this.#refresh();
        throw new Error("Cannot find a primary yet");
      }, {
        ...backoff,
        maxTimeout,
        minTimeout: Math.min(backoff.minTimeout, maxTimeout),
        maxAttempts: Number.MAX_SAFE_INTEGER,
        signal: this.#end.signal,
      });
    } catch {
      // The client was closed.
    } finally {
      this.#searching = false;
    }
  }

  #hasPrimary(): boolean {
    const primary = this.#primary;
    return primary !== null && primary.ready && this.#roles.get(primary) === "primary";
  }

  /** Why the client did not become ready in time. */
  #creationError(): Error {
    const budget = this.settings.clientCreationTimeout;
    const states = this.#links.map((link) => {
      const where = show(link.endpoint);
      if (link.ready) {
        return `${where} is ${this.#roles.get(link) === "primary" ? "primary" : "a replica"}`;
      }
      const refusal = this.#refusals.get(link);
      return refusal === undefined ? `${where} does not answer` : `${where}: ${refusal.message}`;
    });
    const message = `Cannot find a primary within ${budget} ms (${states.join("; ")})`;
    const [first] = this.#refusals;
    if (first === undefined && !this.#links.some((link) => link.ready)) {
      return new TimeoutError(message, { phase: "queued", timeout: budget });
    }
    const [link, cause] = first ?? [this.#links[0], undefined];
    return cause instanceof TimeoutError
      ? new TimeoutError(message, { phase: "queued", timeout: budget, cause })
      : new ConnectionError(message, { ...link.endpoint, cause });
  }
}
