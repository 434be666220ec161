/**
 * Deadlines of requests, with one timer for all.
 *
 * Requests that run out in the same millisecond are in one list, linked through the requests themselves, however
 * different their budgets are:
 *
 *     1041 ms → a ⇄ b ⇄ c
 *     1055 ms → d
 *     1240 ms → e ⇄ f
 *
 * The timer fires when the next list is due, and now and then before: if it fires late, the process was busy.
 *
 * @module
 */

import { unrefTimer } from "../unref_timer.ts";
import { LAG, Stalls, STEP } from "./stalls.ts";

/** Milliseconds by which the clock of a turn may be wrong. */
const WRONG = 1;
/** How long before a deadline the checks for stalls begin, in milliseconds. */
const SOON = 1000;
/** Longest time that a timer can measure; it would ring at once for a longer one. */
const LONGEST = 2 ** 31 - 1;
/** Lists that are kept though they are empty: making one costs more. */
const KEPT = 1024;
/** Number of lists from which on they are not searched for the next one that is due. */
const MANY = 2048;
/** Longest time that replies are read after a stall before requests are given up, in milliseconds. */
const READING = 250;
/** How many milliseconds without a byte show that everything that waited in a socket was read. */
const QUIET = 25;
/** How many passes of the event loop without a byte show that nothing waits in a socket. */
const PASSES = 2;

/** Something that replies are read from. */
export interface ReplySource {
  /** Number of reads that returned data. */
  readonly received: number;
}

/** Something that runs out of time unless it is removed before. */
export interface Expiring {
  /** When it runs out, on the clock of {@linkcode Deadlines.now}. */
  deadline: number;
  /** The list it is in. Kept by {@linkcode Deadlines}. */
  list: DeadlineList | null;
  /** The next one in the list. Kept by {@linkcode Deadlines}. */
  younger: Expiring | null;
  /** The one before in the list. Kept by {@linkcode Deadlines}. */
  older: Expiring | null;
  /** Where its reply is read from; null if it waits for none. */
  readonly source: ReplySource | null;
  /** Called when it is due. Returns its deadline, which is later if the process was busy meanwhile. */
  postponed(stalls: Stalls): number;
  /** Called once its time is out; it is no longer in the list then. */
  expire(): void;
}

/** All that run out in the same millisecond, in the order in which they were added. */
export interface DeadlineList {
  oldest: Expiring | null;
  youngest: Expiring | null;
  /** The millisecond. */
  readonly at: number;
}

/** How far a source has been read since a stall. */
interface Progress {
  received: number;
  /** When that last changed. */
  changed: number;
  /** When it was last looked at. */
  seen: number;
  /** How often in a row it had not changed. */
  quiet: number;
}

/** The deadlines of one client. */
export class Deadlines {
  #lists = new Map<number, DeadlineList>();
  /** The list that was appended to last: requests of one turn share it. */
  #recent: DeadlineList | null = null;
  /** Up to where the lists have run out. */
  #swept = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is to ring. */
  #rings = Infinity;
  readonly #stalls = new Stalls();
  /** Requests that are due, but whose replies may wait in a socket that was not read during a stall. */
  #held: DeadlineList = { oldest: null, youngest: null, at: -1 };
  #heldSince = 0;
  readonly #progress = new Map<ReplySource, Progress>();
  #now = -1;
  readonly #forget = (): void => {
    const now = performance.now();
    if (now - this.#now > LAG) this.#stalls.add(this.#now, now);
    else if (now - this.#now > WRONG) this.#stalls.addTurn(this.#now, now);
    this.#now = -1;
  };

  /** How many lists there are, empty ones included. */
  get size(): number {
    return this.#lists.size;
  }

  /**
   * Milliseconds on a clock that only goes forwards, read once for all requests of a turn.
   *
   * @returns The time at which the turn of the event loop asked first.
   */
  now(): number {
    if (this.#now === -1) {
      this.#now = performance.now();
      queueMicrotask(this.#forget);
    }
    return this.#now;
  }

  /**
   * Watches something that has not been watched yet.
   *
   * @param item What may run out of time.
   * @param budget Milliseconds from now on.
   */
  add(item: Expiring, budget: number): void {
    const now = this.now();
    this.#insert(item, now + budget, now);
  }

  /**
   * Stops watching. Does nothing for what is not watched.
   *
   * The timer is left to find nothing: arming one costs more than a turn of an idle one.
   *
   * @param item What was done in time.
   */
  remove(item: Expiring): void {
    const list = item.list;
    if (list === null) return;
    if (item.older === null) list.oldest = item.younger;
    else item.older.younger = item.younger;
    if (item.younger === null) list.youngest = item.older;
    else item.younger.older = item.older;
    item.list = item.older = item.younger = null;
    if (list.oldest === null && this.#lists.size > KEPT && this.#lists.get(list.at) === list) {
      this.#drop(list.at);
    }
  }

  /** Stops the timer; nothing runs out any more. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#rings = Infinity;
    this.#lists = new Map();
    this.#recent = null;
    this.#held = { oldest: null, youngest: null, at: -1 };
    this.#progress.clear();
  }

  #insert(item: Expiring, deadline: number, now: number): void {
    item.deadline = deadline;
    if (this.#lists.size === 0) this.#swept = Math.floor(now) - 1;
    // What has been swept is not looked at again.
    const at = Math.max(Math.floor(deadline), this.#swept + 1);
    append(this.#recent?.at === at ? this.#recent : this.#listOf(at), item);
    if (deadline < this.#rings) this.#arm(Math.min(deadline, now + STEP), now);
  }

  #listOf(at: number): DeadlineList {
    let list = this.#lists.get(at);
    if (list === undefined) {
      list = { oldest: null, youngest: null, at };
      this.#lists.set(at, list);
    }
    return this.#recent = list;
  }

  #drop(at: number): void {
    this.#lists.delete(at);
    this.#recent = null;
  }

  #arm(rings: number, now: number): void {
    clearTimeout(this.#timer);
    this.#rings = rings;
    const timer = setTimeout(this.#ring, Math.min(Math.max(1, rings - now), LONGEST));
    // A deadline by itself is no reason to keep the process alive: the socket that it watches is.
    unrefTimer(timer);
    this.#timer = timer;
  }

  readonly #ring = (): void => {
    const now = performance.now();
    if (now - this.#rings > LAG) this.#stalls.add(this.#rings, now);
    this.#rings = Infinity;
    const lists = this.#lists;
    for (const item of this.#due(now)) {
      // The end of another one may have removed it, or stopped all.
      if (item.list === null) continue;
      if (this.#lists !== lists) return;
      if (this.#isHeld(item, now)) continue;
      this.remove(item);
      item.expire();
    }
    if (this.#lists === lists) this.#armNext(now);
  };

  /** What is due, in order; held requests come first. */
  #due(now: number): Expiring[] {
    const due: Expiring[] = [];
    for (let item = this.#held.oldest; item !== null; item = item.younger) due.push(item);
    // Half a millisecond of tolerance: timers fire on whole milliseconds.
    const end = now + 0.5;
    for (const at of this.#passed(Math.floor(end))) {
      const list = this.#lists.get(at);
      if (list === undefined) continue;
      let left = false;
      for (let item = list.oldest; item !== null; item = item.younger) {
        if (item.deadline <= end) due.push(item);
        else left = true;
      }
      if (left) break;
      this.#swept = at;
      this.#drop(at);
    }
    return due;
  }

  /** The milliseconds up to `end` that have not been swept, in order. */
  *#passed(end: number): Iterable<number> {
    if (end - this.#swept < MANY) { for (let at = this.#swept + 1; at <= end; at++) yield at; }
    else yield* [...this.#lists.keys()].filter((at) => at <= end).sort((a, b) => a - b);
  }

  /**
   * Whether something that is due gets more time, because the process was busy.
   *
   * After a stall, the replies that wait in its socket are read first; that may take several reads.
   */
  #isHeld(item: Expiring, now: number): boolean {
    const stalls = this.#stalls;
    const deadline = item.postponed(stalls);
    if (deadline > now + 0.5) {
      this.remove(item);
      this.#insert(item, deadline, now);
      return true;
    }
    const { source } = item;
    if (source === null) return false;
    const held = this.#held;
    if (item.list !== held) {
      const longest = Math.min(READING, QUIET + 2 * stalls.duration);
      if (now >= stalls.end + longest) return false;
      if (held.oldest === null) this.#heldSince = now;
    }
    if (now >= this.#heldSince + READING || !this.#mayBeRead(source, now)) return false;
    if (item.list !== held) {
      this.remove(item);
      append(held, item);
    }
    return true;
  }

  /** Whether bytes may wait in the socket of a source since a stall. */
  #mayBeRead(source: ReplySource, now: number): boolean {
    const { received } = source;
    const progress = this.#progress.get(source);
    if (progress === undefined) {
      this.#progress.set(source, { received, changed: -Infinity, seen: now, quiet: 0 });
      return true;
    }
    // Another request that is due at the same time may have updated it.
    if (progress.seen < now) {
      progress.seen = now;
      progress.quiet++;
      if (progress.received !== received) {
        progress.received = received;
        progress.changed = now;
        progress.quiet = 0;
      }
    }
    return progress.quiet < PASSES || now - progress.changed < QUIET;
  }

  /** Has the timer ring for what is due next, or not at all if there is nothing. */
  #armNext(now: number): void {
    if (this.#held.oldest !== null) return this.#arm(now, now);
    this.#progress.clear();
    const start = Math.floor(now);
    for (let at = start; at <= start + STEP; at++) {
      const next = this.#lists.get(at)?.oldest;
      if (next) return this.#arm(Math.min(next.deadline, now + STEP), now);
    }
    if (this.#lists.size > MANY) return this.#arm(now + STEP, now);
    let first = Infinity;
    for (const [at, { oldest }] of this.#lists) {
      if (oldest === null) this.#drop(at);
      else if (at < first) first = at;
    }
    if (first < Infinity) this.#arm(Math.max(now + STEP, first - SOON), now);
  }
}

function append(list: DeadlineList, item: Expiring): void {
  item.list = list;
  item.older = list.youngest;
  if (list.youngest === null) list.oldest = item;
  else list.youngest.younger = item;
  list.youngest = item;
}
