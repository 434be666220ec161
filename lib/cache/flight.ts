/**
 * Reads that are on their way to a server for the cache, and the callers who wait for them.
 *
 * @module
 */

import {
  type Accompaniment,
  NO_OWNER,
  Request,
  type TrackedRead,
  type TrackingChannel,
} from "../connection/request.ts";
import { OverloadError, TimeoutError } from "../errors.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import { faultOfText } from "../words.ts";
import { copyOf, hasError, isEmpty } from "./replies.ts";
import type { Tenure } from "./tracking.ts";

/** A reply to be kept. */
export interface KeptReply {
  /** How long it can be relied on. */
  readonly tenure: Tenure;
  /** The reply. Nobody else holds it. */
  readonly reply: Reply;
  /** When the read was written. */
  readonly since: number;
  /** Milliseconds from then on until the key expires. */
  readonly ttl: number;
}

/** What a flight needs of its cache. */
export interface FlightOwner {
  /**
   * Called when the read of a flight is written.
   *
   * @param flight The flight.
   * @param request The read.
   * @param connection The connection.
   * @returns How long the reply can be relied on; null if that connection does not track.
   */
  board(flight: Flight, request: Request, connection: TrackingChannel): Tenure | null;
  /** Called when CLIENT TRACKING, CLIENT CACHING or PTTL was refused. */
  onRefusal(tenure: Tenure, request: Request, error: unknown): void;
  /** Keeps the reply of a flight, if that is still listed. */
  keep(flight: Flight, reply: KeptReply): void;
  /** Sends a read that has waited for another one. */
  release(request: Request): void;
  /** The flight is over: it has left, and nothing is kept any more. */
  leave(flight: Flight): void;
}

const TRACKING: readonly Argument[] = ["CLIENT", "TRACKING", "ON", "OPTIN"];
const CACHING: readonly Argument[] = ["CLIENT", "CACHING", "YES"];

/** One attempt: what was written on one connection. */
interface Attempt {
  readonly tenure: Tenure;
  /** When it was written. */
  readonly written: number;
  /** The gate of its source at that time. */
  readonly gate: number;
  /** The reply to be kept; undefined before it has come. */
  reply: Reply | undefined;
  /** Whether the reply must not be kept. */
  spoilt: boolean;
}

/** What a flight is for. */
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

/**
 * One read for the cache. Its leader is sent; callers who want the same meanwhile wait for the leader's reply.
 *
 * Each of them has a deadline and a signal of its own. If the leader is given up, the next one is sent.
 */
export class Flight implements TrackedRead {
  /** What it is for. */
  readonly destination: Destination;
  readonly #word: Argument;
  readonly #owner: FlightOwner;
  readonly #waiting: Request[] = [];
  #leader: Request | null = null;
  #attempt: Attempt | null = null;
  /** The reply for those who wait. */
  #reply: { readonly value: Reply } | null = null;
  /** Whether others can still join. */
  open = true;
  /** Whether its reply may be kept. Set by the list of flights. */
  listed = false;

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
    this.#leader = request;
    request.tracked = this;
  }

  /**
   * Adds a request that gets the leader's reply.
   *
   * @param request The request.
   */
  join(request: Request): void {
    this.#waiting.push(request);
  }

  accompany(request: Request, connection: TrackingChannel): Accompaniment | null {
    this.#attempt = null;
    // ASKING must stand right in front of the read, and so must CLIENT CACHING. What cannot be encoded is not written.
    if (request.asking || faultOfText(request.words) !== undefined) return null;
    const tenure = this.#owner.board(this, request, connection);
    if (tenure === null) return null;
    const { source } = tenure;
    const attempt: Attempt = {
      tenure,
      written: performance.now(),
      gate: source.gate,
      reply: undefined,
      spoilt: false,
    };
    this.#attempt = attempt;
    const refused = (error: unknown): void => {
      attempt.spoilt = true;
      this.#owner.onRefusal(tenure, request, error);
    };
    const before = [makeStep(request, CACHING, ignore, refused)];
    if (!source.asked) {
      source.asked = true;
      before.unshift(makeStep(request, TRACKING, ignore, refused));
    }
    const after = makeStep(
      request,
      ["PTTL", this.#word],
      (reply) => this.#onTtl(attempt, reply),
      (error) => {
        // After an error reply to the read itself nothing can be kept anyway.
        if (attempt.reply !== undefined) refused(error);
        this.#end(attempt);
      },
    );
    return { before, after };
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
    const { tenure: { source }, written, gate } = attempt;
    source.heard(written, gate);
    if (!attempt.spoilt) attempt.reply = copyOf(reply);
  }

  /** Called when the leader was resolved: hands the reply to those who wait. */
  onResolved(): void {
    const reply = this.#reply;
    if (reply === null) return;
    this.#reply = null;
    for (const request of this.#waiting.splice(0)) request.resolve(copyOf(reply.value));
  }

  /**
   * Called when one of its requests was rejected. If that was the leader, another one takes its place, unless the error
   * concerns all of them.
   *
   * @param request The request.
   * @param error Why.
   * @param signal The signal of the request.
   */
  onRejected(request: Request, error: unknown, signal: AbortSignal | undefined): void {
    if (request !== this.#leader) return;
    this.#leader = null;
    const isOwn = error instanceof TimeoutError || error instanceof OverloadError ||
      signal?.aborted === true && error === signal.reason;
    this.#attempt = null;
    if (!isOwn) {
      this.open = false;
      this.#owner.leave(this);
      for (const request of this.#waiting.splice(0)) request.reject(error, "refused");
      return;
    }
    // Others may be given up in the same turn.
    queueMicrotask(() => this.#promote());
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

  /** The reply to PTTL, which is written right behind the read. */
  #onTtl(attempt: Attempt, ttl: unknown): void {
    const { reply, tenure, written } = attempt;
    const isPresent = attempt === this.#attempt && !attempt.spoilt;
    if (isPresent && reply !== undefined && !hasError(reply)) {
      // Without an expiration it is -1; -2 without a key, also if the key went between the two.
      const isLasting = ttl === -1 || ttl === -2 && this.#isOfNoKey(reply);
      if (isLasting || typeof ttl === "number" && ttl > 0) {
        const kept = { tenure, reply, since: written, ttl: isLasting ? Infinity : ttl as number };
        this.#owner.keep(this, kept);
      }
    }
    this.#end(attempt);
  }

  #isOfNoKey(reply: Reply): boolean {
    return isEmpty(reply) || this.destination.command === "TYPE" && reply === "none";
  }

  #end(attempt: Attempt): void {
    if (attempt !== this.#attempt || this.open) return;
    this.#attempt = null;
    this.#owner.leave(this);
  }
}

function makeStep(
  request: Request,
  words: readonly Argument[],
  resolve: (reply: unknown) => void,
  reject: (error: unknown) => void,
): Request {
  const step = new Request(words, undefined, asItIs, NO_OWNER);
  step.internal = true;
  step.deadline = request.deadline;
  step.handTo(resolve, reject);
  return step;
}

function asItIs(reply: Reply): Reply {
  return reply;
}

function ignore(): void {}
