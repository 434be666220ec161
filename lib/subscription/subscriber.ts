/**
 * The subscriptions at one node, on a connection that is reopened whenever it breaks.
 *
 * @module
 */

import { firstOf } from "../connection/open_first.ts";
import { cappedBackoff } from "../connection/backoff.ts";
import { authenticate } from "../connection/authenticate.ts";
import { openWith } from "../connection/open.ts";
import type { LoginRenewal } from "../connection/credentials.ts";
import { KeepAlive } from "../connection/keep_alive.ts";
import { isHeldUp } from "../connection/probe.ts";
import { Reconnect } from "../connection/reconnect.ts";
import type { LinkSettings } from "../connection/settings.ts";
import { Silence } from "../connection/silence.ts";
import { type Endpoint, show } from "../connection/transport.ts";
import { ConnectionError, type ServerError } from "../errors.ts";
import { Pings } from "./pings.ts";
import { RecentSeats } from "./recent_seats.ts";
import { type Change, type ChangeOwner, SubscriberConnection } from "./subscriber_connection.ts";
import type { MessageScanner } from "./message_scanner.ts";
import { keyOf, type Kind, type Topic } from "./topic.ts";

/** Most names in one command. */
const MOST_NAMES = 1000;
/** Longest wait between two attempts to connect, in milliseconds. */
const LONGEST_WAIT = 150;
/** Wait before a name is tried again that the server has refused for the moment, in milliseconds. */
const RETRY_WAIT = 50;

/** A node at which topics are subscribed. There is one object per node. */
export interface SubscriberNode {
  /**
   * Where to try to reach the node, in order; asked before each attempt. If it throws, the attempt fails.
   */
  addresses(): readonly Endpoint[];
}

/**
 * Seat: the subscription of one topic at one node, confirmed or not.
 *
 * @typeParam T Type of the topics.
 */
export class Seat<T extends Topic = Topic> {
  /** The topic. */
  readonly topic: T;
  /** The subscriber of the node. */
  readonly subscriber: Subscriber<T>;
  /** Whether it should be subscribed. */
  wanted = true;
  /** State of the command at the server: sent and confirmed. */
  state: "none" | "subscribing" | "subscribed" | "unsubscribing" = "none";
  /** Whether its messages are delivered. Another seat may deliver them until this one is confirmed. */
  delivers = false;
  /** Whether it was confirmed on an earlier connection. */
  wasConfirmed = false;
  /** Whether it has a command of its own, because one with several names was refused. */
  alone = false;

  /**
   * Makes a seat on which nothing is subscribed yet.
   *
   * @param topic What is to be subscribed to.
   * @param subscriber The way to the node.
   */
  constructor(topic: T, subscriber: Subscriber<T>) {
    this.topic = topic;
    this.subscriber = subscriber;
  }
}

/** Decides about the topics of a subscriber. */
export interface SubscriberOwner<T extends Topic> {
  /** Number of messages to deliver before the readers get a turn. */
  batchSize(): number;
  /** Called after this number of messages. The next ones follow when it has resolved. */
  onBatch(): Promise<void>;
  /** Called when the server has confirmed a seat that should be subscribed. */
  onConfirmed(seat: Seat<T>): void;
  /**
   * Called when the server has rejected a seat that should be subscribed.
   *
   * @param seat The seat.
   * @param error The reply.
   * @returns Whether to try again after a while; else the owner has given the seat up.
   */
  onRefused(seat: Seat<T>, error: ServerError): boolean;
  /**
   * Called when a seat stops delivering messages: the connection is lost, or the server has ended the subscription.
   *
   * @param seat The seat.
   * @param since Until when all messages had arrived, in milliseconds of `Date.now()`.
   * @param cause What was lost.
   */
  onLost(seat: Seat<T>, since: number, cause: "connection" | "subscription"): void;
  /** Called when a seat that should not be subscribed any more is unsubscribed. */
  onReleased(seat: Seat<T>): void;
  /** Called when the peer does not answer a PING. */
  onSilent(subscriber: Subscriber<T>): void;
  /** Called when an attempt to connect has failed. The subscriber tries again. */
  onUnreachable(subscriber: Subscriber<T>, error: Error): void;
}

/** Settings of a subscriber. */
export interface SubscriberSettings {
  /** How to connect. */
  readonly link: LinkSettings;
  /** Milliseconds for a reply. */
  readonly requestTimeout: number;
}

/**
 * The subscriptions at one node.
 *
 * @typeParam T Type of the topics.
 */
export class Subscriber<T extends Topic = Topic> {
  /** The node. */
  readonly node: SubscriberNode;
  /** The address that was tried last. */
  endpoint: Endpoint | undefined;
  readonly #settings: SubscriberSettings;
  readonly #owner: SubscriberOwner<T>;
  /** Its topics, by the keys of their names. */
  readonly #seats: Readonly<Record<Kind, Map<string, Seat<T>>>> = {
    message: new Map(),
    pmessage: new Map(),
    smessage: new Map(),
  };
  /** Seats of the latest messages; further messages are often for the same ones. */
  readonly #recent = new RecentSeats<Seat<T>>();
  #size = 0;
  /** Seats for which a command must be sent. */
  readonly #dirty = new Set<Seat<T>>();
  /** Seats whose command is sent again after a wait. */
  readonly #refused = new Set<Seat<T>>();
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #flushing = false;
  #closed = false;
  readonly #reconnect: Reconnect<SubscriberConnection<Seat<T>>>;
  readonly #silence: Silence<SubscriberConnection<Seat<T>>>;
  readonly #keepAlive: KeepAlive;
  /** Probe connection, opened to check whether the node answers. */
  #fresh: SubscriberConnection<Seat<T>> | undefined;
  readonly #pings: Pings;
  /** How its connections get newer credentials. */
  readonly #renewal: LoginRenewal<SubscriberConnection<Seat<T>>> = {
    refusesAuth: ({ greeting }) => greeting?.protocol === 2,
    takeOver: (connection) => this.#takeOver(connection),
  };
  readonly #changes: Readonly<Record<"begins" | "ends", ChangeOwner<Seat<T>>>>;

  /**
   * Makes a subscriber that is not connected.
   *
   * @param node The node.
   * @param settings How to connect.
   * @param owner Decides about its topics.
   */
  constructor(node: SubscriberNode, settings: SubscriberSettings, owner: SubscriberOwner<T>) {
    this.node = node;
    this.#settings = settings;
    this.#owner = owner;
    const { link } = settings;
    const backoff = cappedBackoff(link.backoff, LONGEST_WAIT);
    this.#reconnect = new Reconnect<SubscriberConnection<Seat<T>>>({ ...link, backoff }, {
      isAwaited: () => true,
      open: (budget) => this.#open(budget),
      prepare: () => Promise.resolve(),
      onReady: (connection) => this.#onReady(connection),
      onRefused: (error) => owner.onUnreachable(this, error),
    });
    this.#silence = new Silence({
      present: () => this.#reconnect.present,
      probe: (silent, budget) => this.#probe(silent, budget),
      replace: (silent, fresh) => {
        this.#reconnect.succeed(fresh);
        silent.close(this.#lost("the peer is silent on it, while it answers a new one"));
      },
    });
    this.#pings = new Pings(settings.requestTimeout, (ping) => {
      if (this.#silence.late(ping)) this.#owner.onSilent(this);
    });
    this.#keepAlive = new KeepAlive(link.keepAlive, () => this.ping());
    this.#changes = {
      begins: {
        onConfirmed: (seat) => this.#onBegun(seat),
        onRefused: (seats, error) => this.#onRefused(seats, error),
      },
      ends: {
        onConfirmed: (seat) => this.#onEnded(seat),
        onRefused: () => {},
      },
    };
  }

  /** Whether there is a connection. */
  get ready(): boolean {
    return this.#reconnect.state === "ready";
  }

  /** Whether the peer has not answered a PING and has sent nothing since. */
  get silent(): boolean {
    return this.#silence.suspected;
  }

  /** Why there is no connection, or why the last attempt failed. */
  get lastError(): Error | undefined {
    return this.#reconnect.lastError;
  }

  /** The connection; null if there is none. */
  get connection(): SubscriberConnection<Seat<T>> | null {
    return this.#reconnect.present;
  }

  /** Number of its topics, including those that are being unsubscribed. */
  get size(): number {
    return this.#size;
  }

  /**
   * Number of subscriptions of each kind that the server should report; undefined without a connection, or while
   * commands are pending.
   */
  expected(): Record<Kind, number> | undefined {
    if (!this.ready || this.#dirty.size > 0) return undefined;
    const counts: Record<Kind, number> = { message: 0, pmessage: 0, smessage: 0 };
    for (const kind of KINDS) {
      for (const { state } of this.#seats[kind].values()) {
        if (state === "subscribing" || state === "unsubscribing") return undefined;
        if (state === "subscribed") counts[kind]++;
      }
    }
    return counts;
  }

  /**
   * Subscribes to a topic, now or as soon as there is a connection.
   *
   * @param topic The topic.
   * @returns Its seat.
   */
  seat(topic: T): Seat<T> {
    const seats = this.#seats[topic.kind];
    const { key } = topic.name;
    let seat = seats.get(key);
    if (seat === undefined) {
      seat = new Seat(topic, this);
      seats.set(key, seat);
      this.#size++;
    }
    seat.wanted = true;
    this.#touch(seat);
    this.#reconnect.start();
    this.#reconnect.hurry();
    return seat;
  }

  /**
   * Unsubscribes a topic. Its messages are no longer delivered.
   *
   * @param seat Its seat.
   */
  release(seat: Seat<T>): void {
    seat.wanted = seat.delivers = false;
    if (seat.state === "none") this.#remove(seat);
    else this.#touch(seat);
  }

  /** Sends a PING. If nothing comes in time, the connection is examined, and replaced if it is silent. */
  ping(): void {
    const connection = this.#reconnect.present;
    if (connection === null) return;
    this.#pings.send(connection, ["PING"]);
  }

  /**
   * Closes the connection, and opens another one.
   *
   * @param what What is wrong with it, for the message.
   */
  reopen(what: string): void {
    this.#reconnect.connection?.close(this.#lost(what));
  }

  /**
   * Ends it at once.
   *
   * @param error Why.
   */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#silence.stop();
    this.#keepAlive.stop();
    this.#reconnect.close(error);
    this.#reconnect.connection?.close(error);
    this.#fresh?.close(error);
    this.#pings.stop();
  }

  #lost(what: string): ConnectionError {
    const endpoint = this.endpoint!;
    return new ConnectionError(
      `Lost the subscriber connection to ${show(endpoint)}: ${what}`,
      { ...endpoint },
    );
  }

  #open(budget: number): Promise<SubscriberConnection<Seat<T>>> {
    const { link } = this.#settings;
    const { signal } = this.#reconnect;
    return firstOf(this.node.addresses(), { budget, signal }, (endpoint, budget) => {
      this.endpoint = endpoint;
      return openWith<SubscriberConnection<Seat<T>>>(endpoint, link, { budget, signal }, {
        make: (endpoint, transport) =>
          new SubscriberConnection<Seat<T>>(endpoint, transport, {
            batchSize: () => this.#owner.batchSize(),
            onBatch: () => this.#owner.onBatch(),
            onFound: (found, buffer) => this.#onFound(found, buffer),
            onMessage: (kind, name, channel, message) =>
              this.#onMessage(kind, name, channel, message),
            onDropped: (kind, name) => this.#onDropped(kind, name),
            onClosed: (connection, error) => this.#onClosed(connection, error),
          }, link.tally),
        ask: (connection, words) => connection.call(words),
        authenticate,
        renewal: this.#renewal,
      });
    });
  }

  /** Opens another connection because of newer credentials, and uses it instead of the present one. */
  async #takeOver(connection: SubscriberConnection<Seat<T>>): Promise<void> {
    const fresh = await this.#open(this.#settings.link.attemptTimeout);
    const lost = this.#lost("there are newer credentials");
    if (fresh.closed || this.#reconnect.present !== connection) return fresh.close(lost);
    this.#reconnect.succeed(fresh);
    connection.close(lost);
  }

  async #probe(
    silent: SubscriberConnection<Seat<T>>,
    budget: number,
  ): Promise<SubscriberConnection<Seat<T>> | null> {
    const fresh = await this.#open(Math.min(budget, this.#settings.link.attemptTimeout));
    this.#fresh = fresh;
    return await isHeldUp(silent, fresh, budget) ? null : fresh;
  }

  #onReady(connection: SubscriberConnection<Seat<T>>): void {
    this.#silence.begin(connection);
    this.#keepAlive.start(connection);
    for (const kind of KINDS) {
      for (const seat of this.#seats[kind].values()) this.#dirty.add(seat);
    }
    this.#flush();
  }

  #onClosed(connection: SubscriberConnection<Seat<T>>, error: Error): void {
    if (this.#reconnect.lose(connection, error) !== "ready") return;
    this.#keepAlive.stop();
    const since = connection.receivedAt;
    for (const kind of KINDS) {
      for (const seat of [...this.#seats[kind].values()]) {
        seat.state = "none";
        if (!seat.wanted) {
          this.#remove(seat);
        } else if (seat.delivers) {
          seat.delivers = false;
          this.#owner.onLost(seat, since, "connection");
        }
      }
    }
  }

  #onFound(found: MessageScanner, buffer: Uint8Array): void {
    const { kind } = found;
    const start = kind === "pmessage" ? found.patternStart : found.channelStart;
    const end = kind === "pmessage" ? found.patternEnd : found.channelEnd;
    let seat = this.#recent.find(kind, buffer, start, end);
    if (seat === undefined) {
      seat = this.#seats[kind].get(keyOf(buffer, start, end));
      if (seat !== undefined) this.#recent.keep(seat);
    }
    if (seat?.delivers) seat.topic.deliverFound(found, buffer);
  }

  #onMessage(kind: Kind, name: Uint8Array, channel: Uint8Array, message: Uint8Array): void {
    const seat = this.#seats[kind].get(keyOf(name));
    if (seat?.delivers) seat.topic.deliver(channel, message);
  }

  /** The server has ended a subscription of its own accord. */
  #onDropped(kind: Kind, name: string): void {
    const seat = this.#seats[kind].get(name);
    // A pending command for it will have its own answer.
    if (seat === undefined || seat.state !== "subscribed") return;
    seat.state = "none";
    const isLost = seat.delivers && seat.wanted;
    seat.delivers = false;
    if (isLost) this.#owner.onLost(seat, Date.now(), "subscription");
    if (seat.wanted) this.#retryLater(seat);
    else this.#remove(seat);
  }

  #onBegun(seat: Seat<T>): void {
    seat.state = "subscribed";
    seat.alone = false;
    if (seat.wanted) this.#owner.onConfirmed(seat);
    else this.#touch(seat);
    seat.wasConfirmed = true;
  }

  #onEnded(seat: Seat<T>): void {
    if (seat.state !== "unsubscribing") return;
    seat.state = "none";
    if (seat.wanted) this.#touch(seat);
    else this.#remove(seat);
  }

  #onRefused(seats: Seat<T>[], error: ServerError): void {
    for (const seat of seats) {
      seat.state = "none";
      if (!seat.wanted) {
        this.#remove(seat);
      } else if (seats.length > 1 && error.code === "NOPERM") {
        // The server rejected one of several names, and does not say which.
        seat.alone = true;
        this.#touch(seat);
      } else if (this.#owner.onRefused(seat, error)) {
        this.#retryLater(seat);
      }
    }
  }

  #retryLater(seat: Seat<T>): void {
    this.#refused.add(seat);
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      for (const seat of this.#refused) this.#touch(seat);
      this.#refused.clear();
    }, RETRY_WAIT);
  }

  #remove(seat: Seat<T>): void {
    const seats = this.#seats[seat.topic.kind];
    const { key } = seat.topic.name;
    if (seats.get(key) !== seat) return;
    seats.delete(key);
    this.#recent.forget(seat);
    this.#dirty.delete(seat);
    this.#refused.delete(seat);
    this.#size--;
    this.#owner.onReleased(seat);
  }

  #touch(seat: Seat<T>): void {
    this.#dirty.add(seat);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  /** Sends the pending changes, in as few commands as possible. */
  #flush(): void {
    const connection = this.#reconnect.present;
    if (connection === null) return;
    const commands = new Map<string, Command<T>>();
    for (const seat of this.#dirty) {
      const begins = seat.wanted && seat.state === "none";
      const ends = !seat.wanted && seat.state === "subscribed";
      if (!begins && !ends) continue;
      const { kind, group, name } = seat.topic;
      const key = `${begins} ${kind} ${group}`;
      let command = seat.alone && begins ? undefined : commands.get(key);
      if (command === undefined || command.names.length === MOST_NAMES) {
        const owner = begins ? this.#changes.begins : this.#changes.ends;
        command = { change: { begins, kind, names: new Map(), owner }, names: [] };
        if (!(seat.alone && begins)) commands.set(key, command);
        // Sent when all its names are known; those that are full or alone have all.
        this.#toSend.push(command);
      }
      command.change.names.set(name.key, seat);
      command.names.push(name.bytes);
      seat.state = begins ? "subscribing" : "unsubscribing";
    }
    this.#dirty.clear();
    for (const { change, names } of this.#toSend.splice(0)) connection.change(change, names);
  }

  readonly #toSend: Command<T>[] = [];
}

interface Command<T extends Topic> {
  readonly change: Change<Seat<T>>;
  readonly names: Uint8Array[];
}

const KINDS: readonly Kind[] = ["message", "pmessage", "smessage"];
