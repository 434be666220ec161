/**
 * Reads in flight for the cache, and the requests that share their replies.
 *
 * @module
 */

import type { Outcome } from "../connection/outcome.ts";
import {
  type Accompaniment,
  NO_OWNER,
  Request,
  type TrackedRead,
  type TrackingChannel,
} from "../connection/request.ts";
import { OverloadError, RedisError, TimeoutError } from "../errors.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { faultOfText } from "../words.ts";
import { copyOf, hasError, isEmpty } from "./replies.ts";
import type { Source, Tenure } from "./tracking.ts";

/**
 * Time after the write of a read during which other requests may join it, in milliseconds. If the reply is delayed, it
 * may be this old, and the value may have expired since.
 */
export const JOINABLE = 100;

/** Origin of a reply that is to be kept. */
export interface Circumstances {
  /** Until it ends, the server reports changes of the key. */
  readonly tenure: Tenure;
  /** Time of the write, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** The cache, as a flight uses it. */
export interface FlightOwner {
  /**
   * Called when the read of a flight is written.
   *
   * @param flight The flight.
   * @param request The read.
   * @param connection The connection.
   * @returns The tenure of the reply: until it ends, the server reports changes. Null if the connection does not track
   * keys.
   */
  board(flight: Flight, request: Request, connection: TrackingChannel): Tenure | null;
  /** Called when CLIENT TRACKING, CLIENT CACHING or PTTL was refused, or the connection lost before the reply. */
  onRefusal(source: Source, error: unknown): void;
  /**
   * Keeps the reply of a flight, if that is still listed.
   *
   * @param flight The flight.
   * @param read When and where it was read.
   * @param reply The reply. The caller keeps no reference to it.
   * @param ttl Milliseconds from then on until the key expires.
   */
  keep(flight: Flight, read: Circumstances, reply: Reply, ttl: number): void;
  /** Sends a read that has waited for another one. */
  release(request: Request): void;
  /** Called when the flight is over. Its reply is not kept afterwards. */
  leave(flight: Flight): void;
}

/** The PTTL that follows a read on the same connection, with the reply of the read. */
class Attempt extends Request {
  static {
    this.prototype.internal = true;
  }

  readonly #flight: Flight;
  /** Until it ends, the server reports changes of the key. */
  readonly tenure: Tenure;
  /** Time of the write, in milliseconds of `performance.now()`. */
  readonly since: number = performance.now();
  /** Value of the source's gate at that time. */
  readonly gate: number;
  /** The reply to keep; undefined before it arrives. */
  reply: Reply | undefined = undefined;
  /** Whether the reply must not be kept. */
  spoilt = false;

  constructor(flight: Flight, key: Argument, tenure: Tenure) {
    super(["PTTL", key], undefined, asItIs, NO_OWNER);
    this.#flight = flight;
    this.tenure = tenure;
    this.gate = tenure.source.gate;
  }

  override resolve(ttl: Reply): void {
    this.#flight.onTtl(this, ttl);
  }

  override reject(error: unknown): void {
    this.#flight.onTtlRefused(this, error);
  }
}

/** Key and call of a flight. */
export interface Destination {
  /** Name of the key. */
  readonly key: string;
  /** Name of the call among those for the key. */
  readonly call: string;
  /** Whether the name of the call is that of all simple calls of its command. */
  readonly shared: boolean;
  /** Slot of the key; -1 where there are no slots. */
  readonly slot: number;
  /** Name of the command. */
  readonly command: string;
}

/** Shared empty list of waiting requests. Not to be modified. */
const NOBODY: Request[] = [];

/**
 * One read for the cache. The leader is the request that is sent; equal requests wait for its reply.
 *
 * Each request has its own deadline and signal. If the leader is given up, the next request becomes the leader and is
 * sent.
 */
export class Flight implements TrackedRead {
  /** Its key and call. */
  readonly destination: Destination;
  readonly #word: Argument;
  readonly #owner: FlightOwner;
  /** Requests that get the leader's reply. */
  #waiting: Request[] = NOBODY;
  /** The request that was sent, or is about to be. */
  #leader: Request | null = null;
  #attempt: Attempt | null = null;
  /** The reply for those who wait. */
  #reply: { readonly value: Reply } | null = null;
  /** Whether others can still join. */
  open = true;
  /** Whether its reply may be kept. Set by the list of flights. */
  listed = false;
  /** When the read was written last, in milliseconds of `performance.now()`; Infinity before that. */
  #written = Infinity;

  /**
   * Makes a flight without a leader.
   *
   * @param destination What it is for.
   * @param word The key.
   * @param owner Its cache.
   */
  constructor(destination: Destination, word: Argument, owner: FlightOwner) {
    this.destination = destination;
    this.#word = word;
    this.#owner = owner;
  }

  /**
   * Makes a request the one that is sent. It must be sent by the caller.
   *
   * @param request The request.
   */
  lead(request: Request): void {
    request.tracked = this;
    this.#leader = request;
  }

  /**
   * Adds a request that gets the leader's reply.
   *
   * @param request The request.
   */
  join(request: Request): void {
    if (this.#waiting === NOBODY) this.#waiting = [request];
    else this.#waiting.push(request);
  }

  /** Whether others may join now. */
  get joinable(): boolean {
    return this.open &&
      (this.#written === Infinity || performance.now() - this.#written < JOINABLE);
  }

  accompany(request: Request, connection: TrackingChannel): Accompaniment | null {
    this.#attempt = null;
    this.#written = performance.now();
    // ASKING must stand right in front of the read, and so must CLIENT CACHING. What cannot be encoded is not written.
    if (request.asking || faultOfText(request.words) !== undefined) return null;
    const tenure = this.#owner.board(this, request, connection);
    if (tenure === null) return null;
    const attempt = this.#attempt = new Attempt(this, this.#word, tenure);
    return { before: tenure.source.prepare(), after: attempt };
  }

  /**
   * Called when a reply to the leader has come, before its caller learns of it.
   *
   * @param reply The reply.
   */
  onReply(reply: Reply): void {
    this.open = false;
    const attempt = this.#attempt;
    if (this.#waiting.length > 0) this.#reply = { value: copyOf(reply) };
    if (attempt === null) return this.#owner.leave(this);
    attempt.tenure.source.heard(attempt.since, attempt.gate);
    if (!attempt.spoilt) attempt.reply = copyOf(reply);
  }

  onSettled(outcome: Outcome, reason: unknown): void {
    const reply = this.#reply;
    const leader = this.#leader;
    this.#leader = null;
    if (reply !== null) {
      // Even if the leader could not decode it: the others may have other decoders.
      this.#reply = null;
      for (const request of this.#takeWaiting()) request.resolve(copyOf(reply.value));
    }
    if (outcome === "resolved") {
      if (!this.open) return;
      // It was merged from the replies to other requests.
      this.open = false;
      this.#owner.leave(this);
      for (const request of this.#takeWaiting()) this.#owner.release(request);
    } else if (outcome === "failed" && (leader?.aborted || isOfOneCaller(reason))) {
      this.#attempt = null;
      // Further requests may be given up in the same turn.
      queueMicrotask(() => this.#promote());
    } else {
      this.#attempt = null;
      this.open = false;
      this.#owner.leave(this);
      for (const request of this.#takeWaiting()) request.reject(reason, "refused");
    }
  }

  #takeWaiting(): Request[] {
    const waiting = this.#waiting;
    this.#waiting = NOBODY;
    return waiting;
  }

  /** A key was changed, or may have been: a reply that has come must not be kept. */
  onInvalidation(): void {
    // A reply that is still to come is newer.
    const attempt = this.#attempt;
    if (attempt?.reply !== undefined) attempt.spoilt = true;
  }

  #promote(): void {
    let next = this.#waiting.shift();
    while (next?.settled) next = this.#waiting.shift();
    if (next === undefined) {
      this.open = false;
      return this.#owner.leave(this);
    }
    this.lead(next);
    this.#owner.release(next);
  }

  /**
   * Called when PTTL, which is written right behind the read, was answered.
   *
   * @param attempt The PTTL.
   * @param ttl The reply.
   */
  onTtl(attempt: Attempt, ttl: Reply): void {
    if (attempt !== this.#attempt || this.open) return;
    const { reply, spoilt } = attempt;
    if (!spoilt && reply !== undefined && !hasError(reply)) {
      // Without an expiration it is -1; -2 without a key, also if the key went between the two.
      const isLasting = ttl === -1 || ttl === -2 && this.#isOfNoKey(reply);
      if (isLasting || typeof ttl === "number" && ttl > 0) {
        this.#owner.keep(this, attempt, reply, isLasting ? Infinity : ttl as number);
      }
    }
    this.#end();
  }

  /**
   * Called when PTTL was refused, or the connection lost before its reply.
   *
   * @param attempt The PTTL.
   * @param error Why.
   */
  onTtlRefused(attempt: Attempt, error: unknown): void {
    if (attempt !== this.#attempt || this.open) return;
    this.#owner.onRefusal(attempt.tenure.source, error);
    this.#end();
  }

  #isOfNoKey(reply: Reply): boolean {
    return isEmpty(reply) || this.destination.command === "TYPE" && reply === "none";
  }

  #end(): void {
    this.#attempt = null;
    this.#owner.leave(this);
  }
}

/** Whether an error concerns only the caller who got it: out of time, or one too many. */
function isOfOneCaller(error: unknown): boolean {
  return !(error instanceof RedisError) || error instanceof TimeoutError ||
    error instanceof OverloadError;
}

function asItIs(reply: Reply): Reply {
  return reply;
}
