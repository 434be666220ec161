/**
 * Client-side caching: answers reads from memory until the servers report a change.
 *
 * `store.ts` has the entries, `flight.ts` the reads in flight, and `tracking.ts` the invalidation messages.
 *
 * @module
 */

import { type CommandRow, lookUp } from "../command_table/mod.ts";
import type {
  Observed,
  ObservedCall,
  Request,
  Tracking,
  TrackingChannel,
} from "../connection/request.ts";
import type { Endpoint } from "../connection/transport.ts";
import { ServerError } from "../errors.ts";
import type { Decoder, Words } from "../executor.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { unrefTimer } from "../unref_timer.ts";
import { type CacheRule, positionOfKey, ruleOf } from "./cacheable.ts";
import { effectOf, keysOf } from "./effects.ts";
import { type Circumstances, type Destination, Flight, type FlightOwner } from "./flight.ts";
import { Flights } from "./flights.ts";
import { copyOfName, nameOfBytes, nameOfCall, nameOfKey } from "./names.ts";
import { copyOf } from "./replies.ts";
import { CacheCounters, type CacheStatistics } from "./statistics.ts";
import { CacheStore, Entry } from "./store.ts";
import {
  faultOfServer,
  type Heartbeat,
  SILENCE,
  Source,
  type SourceOwner,
  Tenure,
} from "./tracking.ts";

/** Interval of the heartbeat and of checks of entries, in milliseconds. */
const TICK = SILENCE / 2;
/** Number of keys to check each time. */
const SWEEP = 5000;

/** Options of a request, as far as they matter here. */
export interface ReadOptions {
  /** Milliseconds. */
  readonly timeout?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Where it goes. */
  readonly route?: unknown;
}

/**
 * The client, as the cache uses it.
 *
 * @typeParam O Type of the options of requests.
 */
export interface CacheOwner<O extends ReadOptions> {
  /** Whether the client is closed. */
  readonly closed: boolean;
  /** Sends a request without the cache. */
  submit<R>(words: Words, decode: Decoder<R>, bytes: boolean, options: O | undefined): Promise<R>;
  /** Makes a request; throws what it would reject with. */
  make(words: Words, decode: Decoder<unknown>, bytes: boolean, options: O | undefined): Request;
  /** Begins a request. */
  launch(request: Request, options: O | undefined, send?: () => void): void;
  /** Tells whether this number of further requests would exceed the limit. */
  overload(count: number): Error | undefined;
  /** Sends a request that was begun and not sent. */
  release(requests: readonly Request[]): void;
  /** Begins to observe a command that may take several requests; null if it is not observed. */
  observe(command: Pick<Request, "row" | "words">): ObservedCall | null;
  /** Command that checks whether a server still answers. */
  readonly heartbeat: Heartbeat;
  /** The slot of a key; -1 without a cluster. */
  slotOf(key: Argument): number;
  /** Called once, if nothing can be cached on some connection. */
  onUncached(endpoint: Endpoint, error: Error): void;
}

/** Limits of a cache. */
export interface CacheLimits {
  /** Most memory of all entries, in bytes. */
  readonly maxBytes: number;
  /** Longest time that an entry is used, in milliseconds. */
  readonly maxTtl: number;
}

/**
 * The cache of one client.
 *
 * @typeParam O Type of the options of requests.
 */
export class ReadCache<O extends ReadOptions = ReadOptions> implements FlightOwner, SourceOwner {
  readonly #owner: CacheOwner<O>;
  readonly #maxTtl: number;
  readonly #counters = new CacheCounters();
  readonly #store: CacheStore;
  readonly #flights = new Flights();
  readonly #sources = new Set<Source>();
  /** The present owners of slots. */
  readonly #tenures = new Map<number, Tenure>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #toldUncached = false;
  #closed = false;

  /**
   * Makes an empty cache.
   *
   * @param owner Its client.
   * @param limits Its limits.
   */
  constructor(owner: CacheOwner<O>, { maxBytes, maxTtl }: CacheLimits) {
    this.#owner = owner;
    this.#maxTtl = maxTtl;
    this.#store = new CacheStore(maxBytes, () => this.#counters.evictions++);
  }

  get heartbeat(): Heartbeat {
    return this.#owner.heartbeat;
  }

  /** Its figures at present. */
  get statistics(): CacheStatistics {
    const { bytes, size: entries } = this.#store;
    return { ...this.#counters, bytes, entries };
  }

  /**
   * Answers a request from memory, or sends it and caches the reply if possible.
   *
   * @param words Words of the command.
   * @param decode Makes the value of the reply.
   * @param bytes Whether bulk strings of the reply are bytes.
   * @param options Options of the request.
   * @param observed The call to which the request belongs, if it is not a call by itself.
   * @returns The value.
   */
  read<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean,
    options: O | undefined,
    observed: Observed | null = null,
  ): Promise<R> {
    const row = typeof words[0] === "string" ? lookUp(words as Argument[]) : undefined;
    const rule = row === undefined ? null : ruleOf(row);
    if (rule === null || !this.#mayUse(options)) {
      return this.#owner.submit(words, decode, bytes, options);
    }
    if (rule.each) return this.#readEach(words, decode, bytes, options);
    const position = positionOfKey(rule, row!, words as Argument[]);
    const key = position === 0 ? undefined : nameOfKey(words[position]);
    const prefix = bytes ? rule.bytes : rule.text;
    const shared = words.length === 2 && position === 1;
    const call = shared ? prefix : nameOfCall(prefix, words, position);
    if (key === undefined || call === undefined) {
      return this.#owner.submit(words, decode, bytes, options);
    }
    const entry = this.#find(key, call);
    if (entry !== undefined) {
      this.#counters.hits++;
      try {
        return Promise.resolve(decode(copyOf(entry.reply), bytes));
      } catch (error) {
        return Promise.reject(error);
      }
    }
    this.#counters.misses++;
    const slot = this.#owner.slotOf(words[position] as Argument);
    const destination = { key, call, shared, slot, command: row!.name };
    return this.#fetch(words, decode, bytes, options, destination, position, observed);
  }

  /** Whether requests with certain options can be answered from memory. */
  #mayUse(options: O | undefined): boolean {
    if (this.#closed || this.#owner.closed) return false;
    return options === undefined ||
      options.route === undefined && options.signal?.aborted !== true;
  }

  /** Finds an entry that can be used now. */
  #find(key: string, call: string): Entry | undefined {
    const entry = this.#store.get(key, call);
    if (entry === undefined) return undefined;
    const now = performance.now();
    const { tenure } = entry;
    if (tenure.over || now >= entry.expires) {
      this.#store.delete(entry);
      return undefined;
    }
    if (now > tenure.source.goodUntil) return undefined;
    this.#store.touch(entry, now);
    return entry;
  }

  /** Reads each key of MGET as GET would, so that both have the same entries. */
  #readEach<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean,
    options: O | undefined,
  ): Promise<R> {
    const call = bytes ? GET_RULE.bytes : GET_RULE.text;
    const replies: Reply[] = new Array(words.length - 1);
    const missing: number[] = [];
    for (let i = 1; i < words.length; i++) {
      const key = nameOfKey(words[i]);
      if (key === undefined) return this.#owner.submit(words, decode, bytes, options);
      const entry = this.#find(key, call);
      if (entry === undefined) {
        missing.push(i);
        continue;
      }
      replies[i - 1] = copyOf(entry.reply);
    }
    if (words.length === 1) return this.#owner.submit(words, decode, bytes, options);
    if (missing.length > 0 && this.#owner.overload(missing.length) !== undefined) {
      // MGET itself is one request.
      this.#counters.misses += words.length - 1;
      return this.#owner.submit(words, decode, bytes, options);
    }
    this.#counters.hits += words.length - 1 - missing.length;
    if (missing.length > 0) {
      return this.#fetchEach(words, decode, bytes, options, { replies, missing });
    }
    try {
      return Promise.resolve(decode(replies, bytes));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #fetchEach<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean,
    options: O | undefined,
    { replies, missing }: { readonly replies: Reply[]; readonly missing: readonly number[] },
  ): Promise<R> {
    // Bytes are taken now: a caller may change them while the others are on their way.
    const whole = words.map((word) => word instanceof Uint8Array ? new Uint8Array(word) : word);
    // All of them are keys.
    const observed = this.#owner.observe({ row: MGET, words: whole as Argument[] });
    // All are sent in this turn, so there is one write for each node.
    const fetched = missing.map((i) =>
      this.read(["GET", whole[i]], asItIs, bytes, options, observed)
    );
    try {
      const outcomes = await Promise.allSettled(fetched);
      const failed = outcomes.find(isFailed);
      if (failed !== undefined && !isOfCommand(failed.reason)) throw failed.reason;
      // The error of MGET itself says more, or counts its words, and the user may be allowed to run MGET only.
      const value = failed === undefined
        ? decode(filled(replies, missing, outcomes), bytes)
        : await this.#send(whole, decode, bytes, options, observed);
      observed?.end(undefined);
      return value;
    } catch (error) {
      observed?.end(error);
      throw error;
    }
  }

  /** Sends a request without the cache, as part of a call. */
  #send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean,
    options: O | undefined,
    observed: Observed | null,
  ): Promise<R> {
    const request = this.#owner.make(words, decode, bytes, options);
    request.observed = observed;
    const promise = request.promise<R>();
    this.#owner.launch(request, options);
    return promise;
  }

  /** Sends a read, or waits for an equal one in flight. */
  #fetch<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean,
    options: O | undefined,
    destination: Destination,
    position: number,
    observed: Observed | null,
  ): Promise<R> {
    const { key, call } = destination;
    let flight = this.#flights.find(key, call);
    const isFirst = flight === undefined;
    let request: Request;
    try {
      request = this.#owner.make(
        words,
        (reply, bytes, origin) => {
          if (origin !== undefined) flight!.onReply(reply);
          return decode(reply, bytes, origin);
        },
        bytes,
        options,
      );
    } catch (error) {
      return Promise.reject(error);
    }
    if (observed !== null) request.observed = observed;
    if (flight === undefined) {
      flight = new Flight(destination, request.words[position], this);
      this.#flights.add(flight);
    }
    const promise = request.promise<R>();
    if (isFirst) {
      flight.lead(request);
      this.#owner.launch(request, options);
    } else {
      flight.join(request);
      this.#owner.launch(request, options, nothing);
    }
    return promise;
  }

  board(flight: Flight, request: Request, connection: TrackingChannel): Tenure | null {
    let source = connection.tracking as Source | null;
    if (source === null) {
      source = this.#open(connection, request.link?.endpoint);
    }
    if (!source.usable || this.#closed) return null;
    const { slot } = flight.destination;
    if (slot === -1) return source.whole;
    let tenure = this.#tenures.get(slot);
    if (tenure?.source !== source) {
      if (tenure !== undefined) tenure.ended = true;
      tenure = new Tenure(source);
      this.#tenures.set(slot, tenure);
    }
    return tenure;
  }

  /** Starts to use the invalidation messages of a connection. */
  #open(connection: TrackingChannel, endpoint: Endpoint | undefined): Source {
    const source = new Source(connection, this);
    source.endpoint = endpoint;
    connection.tracking = source;
    this.#sources.add(source);
    const fault = faultOfServer(connection.greeting);
    if (fault !== undefined) {
      source.usable = false;
      this.#tellUncached(source, new Error(`Cannot cache replies: ${fault}`));
    }
    return source;
  }

  onRefusal(source: Source, error: unknown): void {
    // Without a reply the connection is lost, and its source with it.
    if (source.ended || !(error instanceof ServerError)) return;
    const next = this.#renew(source);
    next.askAgain();
    // Others pass, such as LOADING.
    if (!["ERR", "NOPERM"].includes(error.code)) return;
    next.usable = false;
    this.#tellUncached(source, error);
  }

  #tellUncached({ endpoint }: Source, error: Error): void {
    if (this.#toldUncached || endpoint === undefined) return;
    this.#toldUncached = true;
    this.#owner.onUncached(endpoint, error);
  }

  keep(
    { destination, listed }: Flight,
    { tenure, since }: Circumstances,
    reply: Reply,
    ttl: number,
  ): void {
    if (!listed || tenure.over || this.#closed) return;
    const expires = since + Math.min(ttl, this.#maxTtl);
    if (ttl !== Infinity && expires <= performance.now()) return;
    const { shared } = destination;
    const key = copyOfName(destination.key);
    const call = shared ? destination.call : copyOfName(destination.call);
    this.#store.add(new Entry({ key, call, shared, reply, expires, tenure }));
    this.#timer ??= this.#startTimer();
  }

  release(request: Request): void {
    this.#owner.release([request]);
  }

  leave(flight: Flight): void {
    this.#flights.remove(flight);
  }

  /**
   * Called for each message about changed keys.
   *
   * @param tracking The messages of its connection.
   * @param keys The keys; null for all.
   */
  onInvalidation(tracking: Tracking | null, keys: Reply | undefined): void {
    if (!Array.isArray(keys)) {
      if (tracking !== null) this.#renew(tracking as Source);
      return;
    }
    this.#counters.invalidations += keys.length;
    for (const key of keys) {
      const name = key instanceof Uint8Array ? nameOfBytes(key) : nameOfKey(key);
      if (name === undefined) continue;
      this.#store.deleteKey(name);
      this.#flights.invalidate(name);
    }
  }

  /**
   * Called when a request of the client is sent, and when it is settled. The client must never read a value from the
   * cache that it has itself changed.
   *
   * @param request The request.
   * @param moment Whether it is about to be sent, or is settled.
   */
  onRequest(request: Request, moment: "sent" | "settled"): void {
    const { row, prelude } = request;
    if (prelude.length === 0 && effectOf(row) === "nothing") return;
    this.#onCommand(request, request, moment);
    for (const command of prelude) this.#onCommand(request, command, moment);
  }

  #onCommand(
    request: Request,
    { row, words }: Pick<Request, "row" | "words">,
    moment: "sent" | "settled",
  ): void {
    const effect = effectOf(row);
    if (effect === "nothing") return;
    if (effect === "all") return this.drop();
    for (const key of keysOf(row, words)) {
      const name = nameOfKey(key);
      if (name === undefined) continue;
      this.#store.deleteKey(name);
      this.#flights.detach(name);
    }
    if (effect !== "hidden" || moment === "sent") return;
    // The message about its changes comes behind what the server has sent so far.
    this.#flights.detachAll();
    (request.link?.tracking as Source | null)?.suspend();
  }

  /** Drops everything. Replies to requests that were sent before are not cached either. */
  drop(): void {
    this.#flights.detachAll();
    for (const source of [...this.#sources]) this.#renew(source);
    this.#store.clear();
    this.#tenures.clear();
  }

  /**
   * Drops the entries of a connection, because its node may no longer be the owner of the keys.
   *
   * @param tracking The messages of the connection.
   */
  distrust(tracking: Tracking | null): void {
    if (tracking !== null) this.#renew(tracking as Source);
  }

  /**
   * Drops the entries of a slot, because it has another owner.
   *
   * @param slot The slot.
   */
  leaveSlot(slot: number): void {
    const tenure = this.#tenures.get(slot);
    if (tenure === undefined) return;
    tenure.ended = true;
    this.#tenures.delete(slot);
  }

  /**
   * Drops the entries of slots that have another owner.
   *
   * @param trackingOf Finds the messages of the connection to the owner of a slot.
   */
  reviewSlots(trackingOf: (slot: number) => Tracking | null): void {
    for (const [slot, { source }] of [...this.#tenures]) {
      if (trackingOf(slot) !== source) this.leaveSlot(slot);
    }
  }

  /** Drops the entries of a connection that stays open. */
  #renew(source: Source): Source {
    if (source.ended) return source;
    const next = source.renew();
    this.#sources.add(next);
    return next;
  }

  onEnd(source: Source): void {
    this.#sources.delete(source);
    if (!source.active) return;
    this.#counters.flushes++;
    for (const { active } of this.#sources) if (active) return;
    // None of the entries can be used any more.
    this.#store.clear();
    this.#tenures.clear();
  }

  /** Ends the cache, because the client is closed. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const source of [...this.#sources]) source.end();
    this.#store.clear();
    this.#tenures.clear();
  }

  #startTimer(): ReturnType<typeof setInterval> {
    const timer = setInterval(() => this.#onTick(), TICK);
    unrefTimer(timer);
    return timer;
  }

  #onTick(): void {
    const now = performance.now();
    this.#store.sweep(SWEEP, ({ tenure, expires }) => tenure.over || now >= expires);
    if (this.#store.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    for (const source of this.#sources) {
      // A read was answered a short time ago.
      if (source.goodUntil > now + SILENCE - TICK / 2) continue;
      if (source.active) source.beat();
    }
  }
}

const GET_RULE: CacheRule = ruleOf(lookUp(["GET"])!)!;
const MGET: CommandRow = lookUp(["MGET"])!;

/** Puts replies of GET in the places that are empty. As MGET answers it, keys of other types have none. */
function filled(
  replies: Reply[],
  places: readonly number[],
  outcomes: readonly PromiseSettledResult<Reply>[],
): Reply[] {
  for (const [n, outcome] of outcomes.entries()) {
    replies[places[n] - 1] = outcome.status === "fulfilled" ? outcome.value : null;
  }
  return replies;
}

function isFailed(outcome: PromiseSettledResult<Reply>): outcome is PromiseRejectedResult {
  return outcome.status === "rejected" && !isWrongType(outcome.reason);
}

/** Whether an error is about the command, not about the way to the server. */
function isOfCommand(error: unknown): boolean {
  return error instanceof ServerError || error instanceof TypeError;
}

function isWrongType(error: unknown): boolean {
  return error instanceof ServerError && error.code === "WRONGTYPE";
}

function asItIs(reply: Reply): Reply {
  return reply;
}

function nothing(): void {}
