/**
 * Requests that wait for another try, in the order of their calls.
 *
 * @module
 */

import { keyPositions } from "../command_table/mod.ts";
import { concernsKeysOnly } from "../command_table/not_executed.ts";
import { LONGEST_WAIT } from "../connection/backoff.ts";
import { isReplied, type Outcome } from "../connection/outcome.ts";
import type { BatchOrder, Request } from "../connection/request.ts";
import { RequestQueue } from "../connection/request_queue.ts";
import type { Backoff } from "../connection/settings.ts";

/** Longest wait until the next try after a request has joined others, in milliseconds: its timeout may be short. */
const HURRY = 50;

/** Identifies requests that keep their order: those of a slot, a node, or a batch. */
export type LaneKey = number | string | BatchOrder;

/**
 * Requests of the same key that wait, in order.
 *
 * One of them is sent alone, as a probe; the others follow when it has its reply. If all were sent at once and the
 * server recovered in between, the rejected first half would be executed after the second half.
 */
interface Lane {
  readonly key: LaneKey | Request;
  /** The Redis keys that are affected; null if all are. */
  keys: Set<string> | null;
  /** The last refusal. */
  error: Error;
  /** Refusals in a row. */
  attempts: number;
  /** The request that was sent alone and has no reply yet. */
  probe: Request | null;
  /** The probe that was refused again: it stays the first. */
  refused: Request | null;
  /** Requests that were sent before and came back: their calls were earlier than those in `joined`. */
  readonly returned: RequestQueue;
  /** Requests that have not been sent, because they would have overtaken others. */
  readonly joined: RequestQueue;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is due. */
  due: number;
}

/** The requests of one client that wait for another try. Settled requests are removed. */
export class RetryQueue {
  readonly #backoff: Backoff;
  readonly #send: (request: Request) => void;
  readonly #lanes = new Map<LaneKey | Request, Lane[]>();
  readonly #probes = new Map<Request, Lane>();

  /**
   * Makes an empty queue.
   *
   * @param backoff Waits between two tries.
   * @param send Sends a request.
   */
  constructor(backoff: Backoff, send: (request: Request) => void) {
    this.#backoff = backoff;
    this.#send = send;
  }

  /** 0 if no request waits. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Why requests wait. */
  get errors(): Error[] {
    return [...this.#lanes.values()].flat().filter((lane) => !isEmpty(lane))
      .map(({ error }) => error);
  }

  /**
   * Makes a refused request wait.
   *
   * `TRYAGAIN` concerns the keys of the request only; every other refusal concerns all requests of the same key.
   *
   * @param key Its lane; null if it need not keep an order.
   * @param request The request, taken back from its connection.
   * @param error The refusal.
   */
  add(key: LaneKey | null, request: Request, error: Error): void {
    const keys = concernsKeysOnly(error) ? keysOf(request) : null;
    let lane = this.#probes.get(request);
    if (lane !== undefined) {
      this.#probes.delete(request);
      lane.probe = null;
      lane.refused = request;
    } else {
      lane = this.#find(key ?? request, keysOf(request)) ?? this.#open(key ?? request, keys, error);
      lane.returned.push(request);
    }
    extend(lane, keys);
    lane.error = error;
    if (lane.probe === null && (lane.timer === undefined)) this.#arm(lane);
  }

  /**
   * Makes a request wait behind others that it must not overtake.
   *
   * @param key Its lane.
   * @param request A request that has not been sent.
   * @returns Whether it waits.
   */
  join(key: LaneKey, request: Request): boolean {
    const lane = this.#laneToWaitIn(key, request);
    if (lane === undefined) return false;
    lane.joined.push(request);
    if (lane.timer !== undefined && lane.due > performance.now() + HURRY) this.#arm(lane, HURRY);
    return true;
  }

  /**
   * Makes a request wait again that came back for another reason than a refusal, such as a lost connection.
   *
   * @param key Its lane.
   * @param request A request that was sent, or queued, before those that joined.
   * @returns Whether it waits.
   */
  takeBack(key: LaneKey, request: Request): boolean {
    const lane = this.#laneToWaitIn(key, request);
    lane?.returned.push(request);
    return lane !== undefined;
  }

  /**
   * Called when a request that had waited was settled.
   *
   * @param request The request.
   * @param outcome How it was settled.
   */
  settled(request: Request, outcome: Outcome): void {
    const lane = this.#probes.get(request);
    if (lane === undefined) return;
    this.#probes.delete(request);
    lane.probe = null;
    if (isReplied(outcome)) this.#release(lane);
    else this.#probe(lane);
  }

  /** Sends the first request of each lane at once: the cause of the refusals may be gone. */
  retryNow(): void {
    for (const lane of [...this.#lanes.values()].flat()) {
      lane.attempts = 0;
      if (lane.probe === null) this.#probe(lane);
    }
  }

  /**
   * Rejects all requests that wait.
   *
   * @param error The error.
   */
  clear(error: Error): void {
    const lanes = [...this.#lanes.values()].flat();
    this.#lanes.clear();
    this.#probes.clear();
    for (const lane of lanes) {
      clearTimeout(lane.timer);
      for (const request of takeAll(lane)) request.reject(error);
    }
  }

  /** The lane in which a request must wait, if there is one. */
  #laneToWaitIn(key: LaneKey, request: Request): Lane | undefined {
    if (!this.#lanes.has(key) || this.#probes.has(request)) return undefined;
    const keys = keysOf(request);
    const lane = this.#find(key, keys);
    if (lane === undefined) return undefined;
    if (isEmpty(lane)) {
      this.#close(lane);
      return undefined;
    }
    extend(lane, keys);
    return lane;
  }

  #find(key: LaneKey | Request, keys: string[] | null): Lane | undefined {
    return this.#lanes.get(key)?.find((lane) => concerns(lane, keys));
  }

  #open(key: LaneKey | Request, keys: string[] | null, error: Error): Lane {
    const lane: Lane = {
      key,
      keys: keys === null ? null : new Set(keys),
      error,
      attempts: 0,
      probe: null,
      refused: null,
      returned: new RequestQueue(),
      joined: new RequestQueue(),
      timer: undefined,
      due: 0,
    };
    const others = this.#lanes.get(key);
    if (others === undefined) this.#lanes.set(key, [lane]);
    else others.push(lane);
    return lane;
  }

  #close(lane: Lane): void {
    clearTimeout(lane.timer);
    const others = this.#lanes.get(lane.key)!.filter((other) => other !== lane);
    if (others.length > 0) this.#lanes.set(lane.key, others);
    else this.#lanes.delete(lane.key);
  }

  /** Sends the next request of a lane after a wait that grows with the refusals. */
  #arm(lane: Lane, longest = LONGEST_WAIT): void {
    const { minTimeout, maxTimeout, multiplier, jitter } = this.#backoff;
    clearTimeout(lane.timer);
    const wait = (1 - jitter * Math.random()) *
      Math.min(maxTimeout, longest, minTimeout * multiplier ** Math.min(lane.attempts, 50));
    lane.attempts++;
    lane.due = performance.now() + wait;
    const timer = setTimeout(() => {
      // Before Deno 2.7 a timer that was cleared when it was due may still call.
      if (lane.timer === timer) this.#probe(lane);
    }, wait);
    lane.timer = timer;
  }

  /** Sends the oldest request of a lane alone. */
  #probe(lane: Lane): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
    const refused = lane.refused?.settled ? null : lane.refused;
    lane.refused = null;
    const request = refused ?? this.#next(lane, "returned") ?? this.#next(lane, "joined");
    if (request === undefined) return this.#close(lane);
    lane.probe = request;
    this.#probes.set(request, lane);
    // The dispatcher calls `settled()` for requests that were sent before.
    request.attempts ||= 1;
    this.#send(request);
  }

  /** Sends all requests of a lane in their order. */
  #release(lane: Lane): void {
    const later = this.#openedAfter(lane);
    this.#close(lane);
    const waiting = (["returned", "joined"] as const).map((kind) =>
      [kind, lane[kind].drain()] as const
    );
    const { refused } = lane;
    lane.refused = null;
    if (refused !== null && !refused.settled) this.#send(refused);
    for (const [kind, requests] of waiting) {
      for (const request of requests) if (!passOn(request, kind, later)) this.#send(request);
    }
  }

  /** Takes the oldest request out of a queue of a lane that need not wait behind another lane as well. */
  #next(lane: Lane, kind: "returned" | "joined"): Request | undefined {
    const later = this.#openedAfter(lane);
    let request = lane[kind].shift();
    while (request !== undefined && passOn(request, kind, later)) request = lane[kind].shift();
    return request;
  }

  /** The lanes of the same key that were opened after one. */
  #openedAfter(lane: Lane): Lane[] {
    const lanes = this.#lanes.get(lane.key)!;
    return lanes.slice(lanes.indexOf(lane) + 1);
  }
}

/**
 * Moves a request of one lane to another one, if that has keys of the request as well.
 *
 * A request joins the first lane that has one of its keys. So the other lanes with its keys were opened later, and no
 * request in these waits for one in the first lane.
 *
 * @param request The request, taken out of its lane.
 * @param kind In which queue it was.
 * @param later Lanes that were opened after its own.
 * @returns Whether it waits there.
 */
function passOn(request: Request, kind: "returned" | "joined", later: readonly Lane[]): boolean {
  if (later.length === 0) return false;
  const keys = keysOf(request);
  const other = later.find((lane) => !isEmpty(lane) && concerns(lane, keys));
  if (other === undefined) return false;
  other[kind].push(request);
  extend(other, keys);
  return true;
}

function concerns(lane: Lane, keys: readonly string[] | null): boolean {
  return lane.keys === null || keys === null || keys.some((key) => lane.keys!.has(key));
}

/** Adds the keys of a request that waits in a lane to those that the lane holds up. */
function extend(lane: Lane, keys: readonly string[] | null): void {
  if (keys === null) lane.keys = null;
  else if (lane.keys !== null) { for (const key of keys) lane.keys.add(key); }
}

function isEmpty({ probe, refused, returned, joined }: Lane): boolean {
  return probe === null && (refused === null || refused.settled) && returned.length === 0 &&
    joined.length === 0;
}

/** Takes all requests out of a lane, in order. */
function takeAll(lane: Lane): Request[] {
  const { refused } = lane;
  lane.refused = null;
  const first = refused === null || refused.settled ? [] : [refused];
  return [...first, ...lane.returned.drain(), ...lane.joined.drain()];
}

const utf8 = new TextDecoder();

/** The keys of a request as text; null if they are not known. Different keys with the same text share a lane. */
function keysOf({ row, words, prelude }: Request): string[] | null {
  if (row === undefined || row.keysNeedServer || prelude.length > 0) return null;
  return keyPositions(row, words).map((position) => {
    const key = words[position];
    return key instanceof Uint8Array ? utf8.decode(key) : String(key);
  });
}
