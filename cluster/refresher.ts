/**
 * Refreshes the map: decides when which nodes are asked for the topology, and which answer to take.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ask } from "../lib/connection/ask.ts";
import { open } from "../lib/connection/open.ts";
import type { LinkSettings } from "../lib/connection/settings.ts";
import { type Endpoint, show } from "../lib/connection/transport.ts";
import { TimeoutError } from "../lib/errors.ts";
import type { Reply } from "../lib/resp/reply.ts";
import { ForeignMaps } from "./foreign_clusters.ts";
import { MapReadings } from "./map_readings.ts";
import { ANSWER_TIMEOUT, elect, epochOf, type Topology, type View } from "./topology.ts";

/** Least time between two refreshes for which MOVED is the only reason, in milliseconds. */
const OUTDATED_INTERVAL = 1000;
/** Least time between two refreshes when something is broken, in milliseconds. */
const BROKEN_INTERVAL = 50;
/** Longest time between two refreshes while requests wait for one, in milliseconds. */
const AWAITED_INTERVAL = 20;
/** Longest time between two refreshes while the nodes disagree or cannot be reached, in milliseconds. */
const UNSETTLED_INTERVAL = 3000;
/** Minimum time between two refreshes, as a multiple of the CPU time of the last one. */
const REST = 9;
/** Longest such rest, in milliseconds. A process that was stopped meanwhile seems to have been busy. */
const LONGEST_REST = 3000;
/** Number of nodes that are asked at once. */
const SOURCES = 5;
/** Time limit for the other nodes after the first one has answered, in milliseconds. */
const GRACE = 100;
/** After this time without an answer of a seed, waiting requests get the reason for their timeout, in milliseconds. */
const SLOW = 150;
/** After this time without an answer of a known node the seeds are asked as well, in milliseconds. */
const SILENCE = 250;

/** A node that can be asked for the topology. */
export interface Source {
  /** Its address. */
  readonly endpoint: Endpoint;
  /** Sends a command to it. */
  call(words: string[], timeout: number): Promise<Reply>;
}

/** Uses the maps that a refresher finds. */
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

/**
 * Keeps a client's map of the cluster up to date.
 *
 * At most one refresh runs at a time. Requests that arrive while it runs share the next one.
 */
export class Refresher {
  readonly #owner: RefresherOwner;
  readonly #seeds: readonly Endpoint[];
  readonly #settings: LinkSettings;
  readonly #foreign = new ForeignMaps();
  readonly #signal: AbortSignal;
  #running = false;
  /** When the last refresh began; undefined before the first. */
  #last: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Before this time there is no refresh: the map of a large cluster takes much time to read. */
  #resting = 0;
  /** When the next refresh is due; null if none is asked for. */
  #due: number | null = null;
  /** Number of consecutive refreshes that did not determine the owners of all slots. */
  #unsettled = 0;
  #waiters: PromiseWithResolvers<void>[] = [];

  /**
   * Makes a refresher that does nothing until it is asked.
   *
   * @param owner Uses the maps.
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
    const interval = why === "broken" ? BROKEN_INTERVAL : OUTDATED_INTERVAL;
    this.#schedule(this.#last === undefined ? performance.now() : this.#last + interval);
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

  /** Has the next refresh begin at a time, unless it would begin earlier anyway. */
  #schedule(wanted: number): void {
    const due = Math.max(wanted, this.#resting);
    if (this.#signal.aborted || this.#due !== null && due >= this.#due) return;
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
    this.#due = null;
    this.#last = performance.now();
    const waiters = this.#waiters;
    this.#waiters = [];
    const readings = new MapReadings();
    const found = await this.#discover(readings);
    if (this.#signal.aborted) {
      for (const waiter of waiters) waiter.reject(this.#signal.reason);
      return;
    }
    const applied = performance.now();
    if (found === undefined) this.#owner.onNoAnswer();
    else this.#owner.apply(found.topology);
    const now = performance.now();
    this.#resting = now + Math.min(REST * (readings.busy + now - applied), LONGEST_REST);
    this.#running = false;
    for (const waiter of waiters) waiter.resolve();
    const asked: number | null = this.#due;
    this.#due = null;
    if (asked !== null) this.#schedule(asked);
    // Nodes that disagree or cannot be reached are asked again, at growing intervals unless requests wait for it.
    const waited = this.#owner.requestsWait();
    this.#unsettled = found?.unanimous && !waited ? 0 : this.#unsettled + 1;
    if (this.#unsettled > 0) {
      const wait = BROKEN_INTERVAL * 2 ** Math.min(this.#unsettled - 1, 10);
      this.#schedule(
        performance.now() + Math.min(wait, waited ? AWAITED_INTERVAL : UNSETTLED_INTERVAL),
      );
    }
  }

  /** Asks several nodes at once. Returns undefined if none has answered with a map that can be taken. */
  async #discover(
    readings: MapReadings,
  ): Promise<{ topology: Topology; unanimous: boolean } | undefined> {
    const known = pick(this.#owner.sources(), SOURCES);
    const end = new AbortController();
    const stop = (): void => end.abort(this.#signal.reason);
    this.#signal.addEventListener("abort", stop);
    const views: View[] = [];
    /** Views of the present cluster. The address of a node that is away may belong to another cluster by now. */
    const ofCluster: View[] = [];
    const ofSeeds: View[] = [];
    const { topology: present } = this.#owner;
    const decided = Promise.withResolvers<void>();
    let pending = 0;
    let asked = 0;
    let fallenBack = false;
    const collect = async (
      endpoint: Endpoint,
      answer: Promise<View>,
      alsoInto?: View[],
    ): Promise<void> => {
      pending++;
      asked++;
      try {
        const view = await answer;
        views.push(view);
        alsoInto?.push(view);
        if (present === null || present.mayBeOfCluster(view.topology)) ofCluster.push(view);
        if (ofCluster.length === 1) {
          delay(GRACE, { signal: end.signal }).then(decided.resolve, ignore);
        }
        if (ofCluster.length > 0 && elect(ofCluster).votes > asked / 2) decided.resolve();
      } catch (error) {
        if (!end.signal.aborted) this.#owner.onFailure(endpoint, error as Error);
      }
      if (--pending > 0) return;
      if (ofCluster.length === 0) fallBack();
      else decided.resolve();
    };
    const fallBack = (): void => {
      if (fallenBack) return decided.resolve();
      fallenBack = true;
      // All are counted before the first can have answered: one answer must not be taken for the majority.
      for (const seed of this.#seeds) {
        collect(seed, this.#viewOfSeed(seed, readings, end.signal), ofSeeds);
      }
    };
    for (const source of known) collect(source.endpoint, this.#view(source, readings));
    if (known.length === 0) fallBack();
    else {delay(SILENCE, { signal: end.signal }).then(() =>
        ofCluster.length === 0 && fallBack(), ignore);}
    try {
      await decided.promise;
      if (ofCluster.length > 0) {
        this.#foreign.reset();
        const { view, votes } = elect(ofCluster);
        return { topology: view.topology, unanimous: votes === views.length };
      }
      if (!this.#foreign.accepts(ofSeeds, this.#seeds.length)) return undefined;
      return { topology: elect(ofSeeds).view.topology, unanimous: false };
    } finally {
      end.abort();
      this.#signal.removeEventListener("abort", stop);
    }
  }

  async #view(source: Source, readings: MapReadings): Promise<View> {
    const [slots, info] = await Promise.all([
      source.call(["CLUSTER", "SLOTS"], ANSWER_TIMEOUT),
      // An ACL may forbid the command. The epoch only breaks ties.
      source.call(["CLUSTER", "INFO"], ANSWER_TIMEOUT).catch(() => null),
    ]);
    return {
      topology: readings.read(slots, source.endpoint),
      epoch: epochOf(info),
    };
  }

  async #viewOfSeed(
    endpoint: Endpoint,
    readings: MapReadings,
    signal: AbortSignal,
  ): Promise<View> {
    const silence = (ms: number): TimeoutError =>
      new TimeoutError(
        `Cannot get the topology from ${
          show(endpoint)
        }: CLUSTER SLOTS was not answered within ${ms} ms`,
        { phase: "sent", timeout: ms },
      );
    // Requests that time out meanwhile have this as their cause.
    const slow = setTimeout(() => this.#owner.onFailure(endpoint, silence(SLOW)), SLOW);
    let late: ReturnType<typeof setTimeout> | undefined;
    let close = (): void => {};
    try {
      const attempt = { budget: this.#settings.attemptTimeout, signal };
      const connection = await open(endpoint, this.#settings, attempt, REJECTS);
      close = () => connection.close(new Error("The topology is known"));
      signal.addEventListener("abort", close);
      late = setTimeout(() => connection.close(silence(ANSWER_TIMEOUT)), ANSWER_TIMEOUT);
      return await this.#view({ endpoint, call: (words) => ask(connection, words) }, readings);
    } finally {
      clearTimeout(slow);
      clearTimeout(late);
      signal.removeEventListener("abort", close);
      close();
    }
  }
}

/** Rejects what is under way on a connection to a seed when it is closed. */
const REJECTS = {
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
