/**
 * The topics of all subscriptions of one client, and the nodes at which they are subscribed.
 *
 * A topic (kind and name) that several subscriptions use is subscribed once. The placement decides at which nodes; the
 * subscriber of each node sends the command.
 *
 * @module
 */

import { Aborts } from "../connection/aborts.ts";
import { ClosedError, ConfigurationError, type ServerError } from "../errors.ts";
import type { Events } from "../events.ts";
import { Call } from "./call.ts";
import { DelayedEnds } from "./delayed_ends.ts";
import { SubscriptionCounts, type SubscriptionFigures } from "./figures.ts";
import { notConfirmed, PlacedTopic } from "./placed_topic.ts";
import type { Placement } from "./placement.ts";
import { Reader, type ReaderSettings } from "./reader.ts";
import type {
  Seat,
  Subscriber,
  SubscriberNode,
  SubscriberOwner,
  SubscriberSettings,
} from "./subscriber.ts";
import { Refusals } from "./refusals.ts";
import { SubscriberPool } from "./subscriber_pool.ts";
import type { Forms, Kind } from "./topic.ts";
import { Turns } from "./turns.ts";

/** Codes of transient error replies, after which the command is sent again. */
const PASSING = new Set(["BUSY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"]);

/** Settings of all subscriptions of a client. */
export interface SubscriptionsSettings extends SubscriberSettings {
  /** Milliseconds for a call while a connection has to be opened. */
  readonly clientCreationTimeout: number;
}

/** Time limit and signal of a call. */
export interface WantOptions {
  /** Time limit in milliseconds; by default that of the client. */
  readonly timeout?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/** The subscriptions of one client. */
export class Subscriptions implements SubscriberOwner<PlacedTopic> {
  readonly #settings: SubscriptionsSettings;
  readonly #placement: Placement;
  readonly #events: Events;
  readonly #readers = new Set<Reader>();
  readonly #counts = new SubscriptionCounts();
  readonly #topics: Readonly<Record<Kind, Map<string, PlacedTopic>>> = {
    message: new Map(),
    pmessage: new Map(),
    smessage: new Map(),
  };
  /** Topics with readers that are not subscribed at all their nodes yet. */
  readonly #unsettled = new Set<PlacedTopic>();
  /** Topics for which the placement will be asked for nodes at the next turn. */
  readonly #toPlace = new Set<PlacedTopic>();
  readonly #subscribers: SubscriberPool;
  /** Seats at previous nodes whose messages are still delivered for some time after a move. */
  readonly #ends = new DelayedEnds();
  readonly #refusals: Refusals;
  readonly #turns = new Turns();
  #closed = false;

  /**
   * Makes one without subscriptions.
   *
   * @param settings How to connect, and how long calls may take.
   * @param placement Says at which nodes topics are subscribed.
   * @param events Takes events.
   */
  constructor(settings: SubscriptionsSettings, placement: Placement, events: Events) {
    this.#settings = settings;
    this.#placement = placement;
    this.#events = events;
    this.#subscribers = new SubscriberPool(settings, placement, this);
    this.#refusals = new Refusals(events, settings.clientCreationTimeout);
  }

  /** Whether a topic with readers is not confirmed yet. */
  get waiting(): boolean {
    return this.#unsettled.size > 0;
  }

  /** Figures about all subscriptions so far. */
  get figures(): SubscriptionFigures {
    return this.#counts.sum(this.#readers);
  }

  /** Whether there are connections. */
  get active(): boolean {
    return this.#subscribers.size > 0;
  }

  /**
   * Makes a reader, and subscribes to names for it.
   *
   * @param kind Kind of the names.
   * @param names The names.
   * @param settings How the reader gets its messages.
   * @param options How the call may go. The signal ends the reader as well.
   * @returns The reader, once all names are confirmed.
   */
  async open(
    kind: Kind,
    names: readonly Forms[],
    settings: ReaderSettings,
    options: WantOptions,
  ): Promise<Reader> {
    const reader = new Reader(kind, settings, this.#events, this);
    this.#readers.add(reader);
    this.#turns.join(reader);
    try {
      await this.add(reader, names, options);
      const { signal } = options;
      signal?.throwIfAborted();
      if (signal !== undefined) this.#endBy(signal, reader);
      return reader;
    } catch (error) {
      this.end(reader);
      throw error;
    }
  }

  /**
   * Subscribes to more names.
   *
   * @param reader Who wants them.
   * @param names The names.
   * @param options How the call may go.
   * @returns Resolves when all are confirmed. If it rejects, the reader wants none of the new ones.
   */
  async add(reader: Reader, names: readonly Forms[], options: WantOptions): Promise<void> {
    if (this.#closed) throw new ClosedError("Cannot subscribe: the client is closed");
    if (reader.ended) throw hasEnded();
    options.signal?.throwIfAborted();
    const added: PlacedTopic[] = [];
    for (const { key } of names) this.#checkNodes(reader, this.#topics[reader.kind].get(key));
    /** New names of another call of the reader that waits as well. */
    const shared: PlacedTopic[] = [];
    for (const name of names) {
      const present = reader.topics.get(name.key) as PlacedTopic | undefined;
      if (present !== undefined) {
        if (callsOf(reader, present).length > 0) shared.push(present);
        continue;
      }
      const topic = this.#topicOf(reader.kind, name);
      topic.everywhere = reader.everywhere;
      reader.topics.set(name.key, topic);
      topic.join(reader);
      added.push(topic);
      for (const release of topic.releases) release.confirm(topic);
      topic.releases.clear();
      if (!topic.settled) {
        this.#unsettled.add(topic);
        this.#place(topic);
      }
    }
    const missing = [...added, ...shared].filter(({ settled }) => !settled);
    if (missing.length === 0) return;
    const ready = missing.every(({ targets }) =>
      targets.length > 0 && targets.every(({ ready }) => ready)
    );
    const { requestTimeout, clientCreationTimeout } = this.#settings;
    const timeout = options.timeout ??
      (ready ? requestTimeout : Math.max(requestTimeout, clientCreationTimeout));
    const call = new Call(missing, {
      owner: reader,
      timeout,
      onTimeout: () => call.reject(notConfirmed(call, reader.kind, timeout)),
      signal: options.signal,
      onFailed: (error) => {
        for (const topic of missing) topic.calls.delete(call);
        this.#leave(reader, added, () => error);
      },
    });
    for (const topic of missing) topic.calls.add(call);
    await call.outcome;
  }

  /**
   * Ends the subscription of a reader to some names.
   *
   * @param reader Who does not want them any more.
   * @param names The names. Those that it does not have are left out.
   * @returns Resolves when the server has confirmed that, or does not answer in time. Never rejects.
   */
  async delete(reader: Reader, names: readonly Forms[]): Promise<void> {
    const topics: PlacedTopic[] = [];
    for (const { key } of names) {
      const topic = reader.topics.get(key);
      if (topic !== undefined) topics.push(topic as PlacedTopic);
    }
    await this.#leave(reader, topics);
  }

  /**
   * Ends a reader.
   *
   * @param reader The reader. What it has buffered can still be read.
   * @returns Resolves when the server has confirmed that, or does not answer in time. Never rejects.
   */
  async end(reader: Reader): Promise<void> {
    reader.end(undefined, { atOnce: false });
    await this.#forget(reader, hasEnded);
  }

  /** Asks the placement for the nodes of all topics again, since its answers may have changed. */
  rearrange(): void {
    for (const topics of Object.values(this.#topics)) {
      for (const topic of topics.values()) if (topic.wanted) this.#place(topic);
    }
  }

  /**
   * Opens another connection to a node, because its name leads to another server, and uses it once all is subscribed
   * there.
   *
   * @param node The node.
   */
  renew(node: SubscriberNode): void {
    if (this.#subscribers.renew(node)) this.rearrange();
  }

  /**
   * Checks whether the connection to a node still works, because something hints that it does not.
   *
   * @param node Its node.
   */
  examine(node: SubscriberNode): void {
    this.#subscribers.get(node)?.ping();
  }

  /**
   * Tells whether a node does not answer on the connection of its subscriptions.
   *
   * @param node The node.
   */
  isSilent(node: SubscriberNode): boolean {
    return this.#subscribers.get(node)?.silent ?? false;
  }

  /**
   * Rejects calls that wait for a node, because the client has none.
   *
   * @param error Why.
   */
  rejectUnplaced(error: Error): void {
    for (const { targets, calls } of [...this.#unsettled]) {
      if (targets.length === 0) { for (const call of [...calls]) call.reject(error); }
    }
  }

  /** Compares what each server says is subscribed with what should be. Where that differs, the connection is replaced. */
  async check(): Promise<void> {
    await this.#subscribers.check();
  }

  /**
   * Ends everything at once: readers come to their end, calls reject.
   *
   * @param error Why.
   */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const topics of Object.values(this.#topics)) {
      for (const topic of topics.values()) {
        for (const call of [...topic.calls]) call.reject(error);
        for (const release of [...topic.releases]) release.succeed();
        clearTimeout(topic.echoes);
      }
      topics.clear();
    }
    for (const reader of this.#readers) {
      reader.end(undefined, { atOnce: true });
      this.#counts.add(reader.figures);
    }
    this.#readers.clear();
    this.#unsettled.clear();
    this.#ends.clear();
    this.#subscribers.close(error);
  }

  /** Ends a reader because of an error. What it has buffered can still be read. */
  fail(reader: Reader, error: Error): void {
    reader.end(error, { atOnce: false });
    this.#forget(reader, () => error);
  }

  batchSize(): number {
    return this.#turns.batchSize;
  }

  onCrowded(reader: Reader): void {
    this.#turns.need(reader);
  }

  onBatch(): Promise<void> {
    return this.#turns.give();
  }

  onConfirmed(seat: Seat<PlacedTopic>): void {
    const { topic, subscriber } = seat;
    if (topic.targets.includes(subscriber)) {
      if (!seat.wasConfirmed) topic.moved = true;
      if (topic.targets.length === 1) {
        topic.waitForEchoes(subscriber, this.#placement, () => this.#settle(topic));
        this.#releaseOthers(topic, [subscriber]);
      }
      seat.delivers = topic.echoes === undefined && !topic.hasPredecessor;
    }
    this.#settle(topic);
  }

  onRefused(seat: Seat<PlacedTopic>, error: ServerError): boolean {
    const { topic, subscriber } = seat;
    if (PASSING.has(error.code) || this.#placement.onRefused(topic, error, subscriber.node)) {
      this.#placeSoon(topic);
      return true;
    }
    const waiting = new Set<Call>(topic.calls);
    for (const call of waiting) call.reject(error);
    // Its remaining readers were already subscribed.
    for (const reader of topic.readers) this.fail(reader as Reader, error);
    return false;
  }

  onLost(seat: Seat<PlacedTopic>, since: number, cause: "connection" | "subscription"): void {
    const { topic, subscriber } = seat;
    topic.last = { subscriber, at: since };
    if (cause === "subscription") topic.moved = true;
    this.#unsettle(topic, since);
    this.#lost(subscriber, cause);
    this.#placeSoon(topic);
  }

  onReleased(seat: Seat<PlacedTopic>): void {
    const { topic, subscriber } = seat;
    if (topic.seats.get(subscriber) === seat) topic.seats.delete(subscriber);
    if (topic.seats.size === 0) {
      for (const release of [...topic.releases]) release.confirm(topic);
      topic.releases.clear();
      if (!topic.wanted) this.#drop(topic);
    }
    if (subscriber.size === 0) this.#subscribers.drop(subscriber);
  }

  onSilent({ node }: Subscriber<PlacedTopic>): void {
    this.#placement.onSilent(node);
  }

  onUnreachable(subscriber: Subscriber<PlacedTopic>, error: Error): void {
    const outcome = this.#refusals.note(subscriber, error);
    this.#placement.onLost(subscriber.node, "connection");
    const topics = this.#topicsAt(subscriber);
    if (outcome !== "passing") {
      for (const topic of topics) for (const call of [...topic.calls]) call.reject(error);
    }
    if (outcome === "final") {
      for (const topic of topics) {
        for (const reader of topic.readers) this.fail(reader as Reader, error);
      }
    }
    for (const topic of topics) this.#placeSoon(topic);
  }

  #endBy(signal: AbortSignal, reader: Reader): void {
    const aborts = Aborts.of(signal);
    const ending = { reject: () => this.end(reader) };
    aborts.add(ending);
    reader.onEnded = () => aborts.remove(ending);
  }

  #topicsAt(subscriber: Subscriber<PlacedTopic>): PlacedTopic[] {
    const all = Object.values(this.#topics).flatMap((topics) => [...topics.values()]);
    return all.filter(({ seats, wanted }) => wanted && seats.has(subscriber));
  }

  /** Whether a topic should be subscribed at a subscriber. */
  #isNeeded(subscriber: Subscriber<PlacedTopic>): boolean {
    return this.#topicsAt(subscriber).some(({ seats }) => seats.get(subscriber)!.wanted);
  }

  /**
   * A name cannot be subscribed both at one node and at all nodes, since its messages would arrive once or several
   * times.
   */
  #checkNodes({ everywhere }: Reader, topic: PlacedTopic | undefined): void {
    if (topic === undefined || !topic.wanted || topic.everywhere === everywhere) return;
    throw new ConfigurationError(
      'Cannot subscribe: another subscription has the same name with another value of option "nodes"',
      "nodes",
    );
  }

  #topicOf(kind: Kind, name: Forms): PlacedTopic {
    const topics = this.#topics[kind];
    let topic = topics.get(name.key);
    if (topic === undefined) {
      topic = new PlacedTopic(kind, name, this.#placement.groupOf(kind, name.bytes));
      topics.set(name.key, topic);
    }
    return topic;
  }

  /** Removes a topic that has no readers and is subscribed nowhere. */
  #drop(topic: PlacedTopic): void {
    this.#topics[topic.kind].delete(topic.name.key);
    this.#toPlace.delete(topic);
    clearTimeout(topic.echoes);
  }

  /**
   * Subscribes to a topic at its current nodes. It is unsubscribed at previous nodes once the new ones have confirmed.
   */
  #place(topic: PlacedTopic): void {
    const nodes = this.#placement.nodesFor(topic);
    if (nodes.length === 0) {
      if (!topic.settled) this.#placement.seek();
      return;
    }
    const targets = nodes.map((node) => this.#subscribers.of(node));
    topic.targets = targets;
    for (const target of targets) {
      const seat = topic.seats.get(target);
      if (seat?.wanted) continue;
      if (topic.settled) this.#unsettle(topic, topic.rightUntil(this.#placement));
      topic.seats.set(target, target.seat(topic));
    }
    this.#settle(topic);
    if (!topic.settled) this.#placement.seek();
  }

  #placeSoon(topic: PlacedTopic): void {
    if (this.#toPlace.size === 0) {
      queueMicrotask(() => {
        const topics = [...this.#toPlace];
        this.#toPlace.clear();
        for (const topic of topics) if (topic.wanted && !this.#closed) this.#place(topic);
      });
    }
    this.#toPlace.add(topic);
  }

  #unsettle(topic: PlacedTopic, since: number): void {
    topic.settled = false;
    if (!topic.wanted) return;
    this.#unsettled.add(topic);
    // Calls that wait for the topic have not missed messages.
    const waiting = new Set(Array.from(topic.calls, ({ owner }) => owner));
    const begin = since - this.#placement.delay;
    for (const reader of topic.readers as Reader[]) {
      if (!waiting.has(reader)) reader.lose(topic, begin);
    }
  }

  /** Notes whether a topic is subscribed at all its nodes. */
  #settle(topic: PlacedTopic): void {
    const { targets, seats } = topic;
    const present = targets.map((target) => seats.get(target));
    // A node that was confirmed before, and is away, replaces none of the others.
    const replaced = targets.length > 0 &&
      present.every((seat) => seat?.state === "subscribed" || seat?.wasConfirmed === true);
    this.#releaseOthers(topic, targets, { all: replaced });
    if (!replaced || topic.echoes !== undefined) return;
    const subscribed = present.filter((seat) => seat?.state === "subscribed");
    for (const seat of subscribed) seat!.delivers = true;
    if (subscribed.length < targets.length || topic.settled || !topic.wanted) return;
    topic.settled = true;
    this.#unsettled.delete(topic);
    const reason = topic.moved ? "moved" : "reconnect";
    topic.moved = false;
    for (const reader of topic.readers as Reader[]) reader.recover(topic, reason);
    for (const call of [...topic.calls]) call.confirm(topic);
    topic.calls.clear();
  }

  /** Unsubscribes a topic at other nodes: at all of them, or at those that do not deliver its messages. */
  #releaseOthers(
    topic: PlacedTopic,
    kept: readonly Subscriber<PlacedTopic>[],
    { all = true }: { all?: boolean } = {},
  ): void {
    for (const [subscriber, seat] of [...topic.seats]) {
      if (!kept.includes(subscriber) && seat.wanted && (all || !seat.delivers)) {
        this.#release(topic, seat);
      }
    }
  }

  /**
   * Unsubscribes a topic at one node. If the new node has different messages, the old one is kept for some time: while
   * a slot moves, both nodes may consider themselves its owner.
   */
  #release(topic: PlacedTopic, seat: Seat<PlacedTopic>): void {
    const { subscriber, delivers } = seat;
    const { delay } = this.#placement;
    const release = (): void => {
      subscriber.release(seat);
      this.#subscribers.leave(subscriber, () => this.#isNeeded(subscriber));
    };
    const overlaps = delivers && delay > 0 && topic.kind === "smessage" &&
      !this.#placement.mayRepeat(topic, subscriber.node);
    if (!overlaps) return release();
    seat.wanted = false;
    this.#ends.add(delay, () => {
      if (!seat.wanted) release();
    });
  }

  #forget(reader: Reader, why: () => unknown): Promise<void> {
    if (this.#readers.delete(reader)) this.#counts.add(reader.figures);
    this.#turns.leave(reader, this.#readers);
    return this.#leave(reader, [...reader.topics.values()] as PlacedTopic[], why);
  }

  /**
   * Removes a reader from topics, and unsubscribes topics that have no other readers.
   *
   * @param reader The reader.
   * @param topics The topics. Those that it has no more are left out.
   * @param why Makes the error of calls of the reader that wait for them. Without it they do not wait for these any more.
   */
  async #leave(
    reader: Reader,
    topics: readonly PlacedTopic[],
    why?: () => unknown,
  ): Promise<void> {
    const unwanted: PlacedTopic[] = [];
    const waiting: [Call, PlacedTopic][] = [];
    for (const topic of topics) {
      if (reader.topics.get(topic.name.key) !== topic) continue;
      for (const call of callsOf(reader, topic)) {
        topic.calls.delete(call);
        waiting.push([call, topic]);
      }
      reader.forget(topic);
      topic.leave(reader);
      if (topic.wanted) continue;
      topic.settled = false;
      topic.targets = [];
      this.#unsettled.delete(topic);
      for (const [subscriber, seat] of [...topic.seats]) subscriber.release(seat);
      if (topic.seats.size > 0) unwanted.push(topic);
      else this.#drop(topic);
    }
    for (const [call, topic] of waiting) {
      if (why === undefined) call.confirm(topic);
      else call.reject(why());
    }
    if (unwanted.length === 0 || this.#closed) return;
    const release = new Call(unwanted, {
      timeout: this.#settings.requestTimeout,
      onTimeout: () => {
        this.#abandon(release.missing as ReadonlySet<PlacedTopic>);
        release.succeed();
      },
    });
    for (const topic of unwanted) topic.releases.add(release);
    await release.outcome;
  }

  /** The end of subscriptions is not confirmed: closes connections that serve nothing else. */
  #abandon(topics: ReadonlySet<PlacedTopic>): void {
    const subscribers = new Set([...topics].flatMap(({ seats }) => [...seats.keys()]));
    for (const subscriber of subscribers) {
      if (this.#isNeeded(subscriber)) subscriber.ping();
      else subscriber.reopen("the server does not confirm the end of subscriptions");
    }
  }

  #lost(subscriber: Subscriber<PlacedTopic>, cause: "connection" | "subscription"): void {
    this.#placement.onLost(subscriber.node, cause);
  }
}

/** The calls of a reader that wait for a topic. */
function callsOf(reader: Reader, { calls }: PlacedTopic): Call[] {
  const own: Call[] = [];
  for (const call of calls) if (call.owner === reader) own.push(call);
  return own;
}

function hasEnded(): ClosedError {
  return new ClosedError("Cannot subscribe: the subscription has ended");
}
