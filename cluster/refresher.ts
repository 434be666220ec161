/**
 * When to ask the cluster who owns what, and whom.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ask, open } from "../lib/connection/open.ts";
import type { LinkSettings } from "../lib/connection/settings.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { TimeoutError } from "../lib/errors.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { ForeignMaps } from "./strangers.ts";
import { elect, epochOf, Topology, type View } from "./topology.ts";

/** Least time between two refreshes for which MOVED is the only reason, in milliseconds. */
const CALM = 1000;
/** Least time between two refreshes when something is broken, in milliseconds. */
const URGENT = 50;
/** Longest time between two refreshes while requests wait for one, in milliseconds. */
const HASTE = 20;
/** Longest time between two refreshes while the nodes disagree or cannot be reached, in milliseconds. */
const RARE = 3000;
/** How many nodes are asked at once. */
const ASKED = 5;
/** How long others may take once a node has answered, in milliseconds. */
const SETTLE = 100;
/** How long a node may take, in milliseconds. */
const ANSWER = 1000;
/** How long a seed may take until requests that wait get the reason for their timeout, in milliseconds. */
const SLOW = 150;
/** How long known nodes may stay silent before the seeds are asked as well, in milliseconds. */
const SILENCE = 250;

/** Something that can be asked for the topology. */
export interface Source {
  /** Where it is. */
  readonly endpoint: Endpoint;
  /** Sends a command to it. */
  call(words: string[], timeout: number): Promise<Reply>;
}

/** What a refresher works for. */
export interface RefresherOwner {
  /** The present map; null before the first one. */
  readonly topology: Topology | null;
  /** Nodes that are connected at present. */
  sources(): Source[];
  /** Takes the topology that was found. */
  apply(topology: Topology): void;
  /** Whether requests wait for a better map, so that there is reason to ask again soon. */
  requestsWait(): boolean;
  /** Called when a node did not answer with the topology, or has not yet. */
  onFailure(endpoint: Endpoint, error: Error): void;
  /** Called when no node answered with the topology, the seeds included. */
  onNoAnswer(): void;
}

/** Keeps a client's map of the cluster up to date. At most one refresh is under way; reasons that come meanwhile share the next. */
export class Refresher {
  readonly #owner: RefresherOwner;
  readonly #seeds: readonly Endpoint[];
  readonly #settings: LinkSettings;
  readonly #foreign = new ForeignMaps();
  readonly #signal: AbortSignal;
  #running = false;
  /** When the last refresh began. */
  #last = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is due. */
  #due = Infinity;
  /** How many refreshes in a row have not settled who owns what. */
  #unsettled = 0;
  #waiters: PromiseWithResolvers<void>[] = [];

  /**
   * Makes a refresher that does nothing until it is asked.
   *
   * @param owner What it works for.
   * @param seeds Addresses to fall back on, for ever.
   * @param settings How to connect to them.
   * @param signal Ends it.
   */
  constructor(
    owner: RefresherOwner,
    seeds: readonly Endpoint[],
    settings: LinkSettings,
    signal: AbortSignal,
  ) {
    this.#owner = owner;
    this.#seeds = seeds;
    this.#settings = settings;
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      for (const waiter of this.#waiters) waiter.reject(signal.reason);
      this.#waiters = [];
    });
  }

  /**
   * Asks for a refresh: at once, or as soon as the last one is long enough ago.
   *
   * @param why `outdated` if MOVED is the only reason; `broken` if something does not work, or the user asks.
   */
  request(why: "outdated" | "broken"): void {
    this.#schedule(this.#last + (why === "broken" ? URGENT : CALM));
  }

  /**
   * Asks for a refresh that begins from now on.
   *
   * @returns Resolves when it is done, whatever it found; rejects when the client is closed.
   */
  refreshed(): Promise<void> {
    if (this.#signal.aborted) return Promise.reject(this.#signal.reason);
    const waiter = Promise.withResolvers<void>();
    this.#waiters.push(waiter);
    this.request("broken");
    return waiter.promise;
  }

  /** Has the next refresh begin at `due`, unless it would begin earlier anyway. */
  #schedule(due: number): void {
    if (this.#signal.aborted || due >= this.#due) return;
    this.#due = due;
    if (this.#running) return;
    clearTimeout(this.#timer);
    const wait = due - performance.now();
    if (wait <= 0) this.#run();
    else this.#timer = setTimeout(() => this.#run(), wait);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#running = true;
    this.#due = Infinity;
    this.#last = performance.now();
    const waiters = this.#waiters;
    this.#waiters = [];
    const found = await this.#discover();
    if (this.#signal.aborted) {
      for (const waiter of waiters) waiter.reject(this.#signal.reason);
      return;
    }
    if (found === undefined) this.#owner.onNoAnswer();
    else this.#owner.apply(found.topology);
    this.#running = false;
    for (const waiter of waiters) waiter.resolve();
    const asked = this.#due;
    this.#due = Infinity;
    this.#schedule(asked);
    // Nodes that disagree or cannot be reached are asked again, less and less often unless somebody waits for it.
    const waited = this.#owner.requestsWait();
    this.#unsettled = found?.unanimous && !waited ? 0 : this.#unsettled + 1;
    if (this.#unsettled > 0) {
      const wait = URGENT * 2 ** Math.min(this.#unsettled - 1, 10);
      this.#schedule(performance.now() + Math.min(wait, waited ? HASTE : RARE));
    }
  }

  /** Asks several nodes at once. Undefined if none could tell. */
  async #discover(): Promise<{ topology: Topology; unanimous: boolean } | undefined> {
    const known = pick(this.#owner.sources(), ASKED);
    const end = new AbortController();
    const stop = (): void => end.abort(this.#signal.reason);
    this.#signal.addEventListener("abort", stop);
    const views: View[] = [];
    /** Views of the known cluster. A node of another cluster may have got the address of one that is away. */
    const akin: View[] = [];
    const ofSeeds: View[] = [];
    const { topology: present } = this.#owner;
    const decided = Promise.withResolvers<void>();
    let pending = 0;
    let asked = 0;
    let fallenBack = false;
    const consult = async (
      endpoint: Endpoint,
      answer: Promise<View>,
      isSeed: boolean,
    ): Promise<void> => {
      pending++;
      asked++;
      try {
        const view = await answer;
        views.push(view);
        if (isSeed) ofSeeds.push(view);
        if (present === null || present.isAkin(view.topology)) akin.push(view);
        if (akin.length === 1) delay(SETTLE, { signal: end.signal }).then(decided.resolve, ignore);
        if (akin.length > 0 && elect(akin).votes > asked / 2) decided.resolve();
      } catch (error) {
        if (!end.signal.aborted) this.#owner.onFailure(endpoint, error as Error);
      }
      if (--pending > 0) return;
      if (akin.length === 0) fallBack();
      else decided.resolve();
    };
    const fallBack = (): void => {
      if (fallenBack) return decided.resolve();
      fallenBack = true;
      // All are counted before the first can have answered, so that one does not pass for the majority.
      for (const seed of this.#seeds) consult(seed, this.#viewOfSeed(seed, end.signal), true);
    };
    for (const source of known) consult(source.endpoint, this.#view(source), false);
    if (known.length === 0) fallBack();
    else delay(SILENCE, { signal: end.signal }).then(() => akin.length === 0 && fallBack(), ignore);
    try {
      await decided.promise;
      if (akin.length > 0) {
        this.#foreign.allIsWell();
        const { view, votes } = elect(akin);
        return { topology: view.topology, unanimous: votes === views.length };
      }
      if (!this.#foreign.believes(ofSeeds, this.#seeds.length)) return undefined;
      return { topology: elect(ofSeeds).view.topology, unanimous: false };
    } finally {
      end.abort();
      this.#signal.removeEventListener("abort", stop);
    }
  }

  async #view(source: Source): Promise<View> {
    const [slots, info] = await Promise.all([
      source.call(["CLUSTER", "SLOTS"], ANSWER),
      // An ACL may forbid it; it only breaks ties.
      source.call(["CLUSTER", "INFO"], ANSWER).catch(() => null),
    ]);
    return {
      topology: Topology.parse(slots, source.endpoint),
      epoch: epochOf(info),
    };
  }

  async #viewOfSeed(endpoint: Endpoint, signal: AbortSignal): Promise<View> {
    const silence = (ms: number): TimeoutError =>
      new TimeoutError(
        `Cannot learn the topology from ${show(endpoint)}: no answer to CLUSTER SLOTS for ${ms} ms`,
        { phase: "sent", timeout: ms },
      );
    // Requests that time out meanwhile have this as their cause.
    const slow = setTimeout(() => this.#owner.onFailure(endpoint, silence(SLOW)), SLOW);
    let late: ReturnType<typeof setTimeout> | undefined;
    let close = (): void => {};
    try {
      const attempt = { budget: this.#settings.attemptTimeout, signal };
      const connection = await open(endpoint, this.#settings, attempt, BYSTANDER);
      close = () => connection.close(new Error("The topology is known"));
      signal.addEventListener("abort", close);
      late = setTimeout(() => connection.close(silence(ANSWER)), ANSWER);
      return await this.#view({ endpoint, call: (words) => ask(connection, words) });
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
      signal.removeEventListener("abort", close);
      close();
    }
  }
}

const BYSTANDER = {
  onClosed(
    _connection: unknown,
    error: Error,
    sent: { reject(error: Error): void }[],
    queued: { reject(error: Error): void }[],
  ): void {
    for (const request of [...sent, ...queued]) request.reject(error);
  },
};

/** Some of the items, chosen at random. */
function pick<T>(items: T[], count: number): T[] {
  const rest = [...items];
  const picked: T[] = [];
  while (rest.length > 0 && picked.length < count) {
    picked.push(...rest.splice(Math.floor(Math.random() * rest.length), 1));
  }
  return picked;
}

function ignore(): void {}
