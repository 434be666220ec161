/**
 * Finds out whether the peer of a connection is gone although the connection was not closed.
 *
 * @module
 */

import { attemptTime } from "./backoff.ts";
import { Budget } from "./budget.ts";
import { ONLY_A_PROBE } from "./probe.ts";

/** Least time without a byte until a peer is taken for silent, in milliseconds. */
const LEAST = 1000;
/** Longest time for an answer of the node on a fresh connection, in milliseconds. */
const LONGEST_PROBE = 8000;
/** How long the present connection may lag behind the fresh one, in milliseconds. */
const HEAD_START = 50;
/** For how long a replacement counts, in milliseconds. */
const MEMORY = 60_000;
/** How many replacements in that time do not prolong the wait. */
const USUAL = 3;
/** The wait is doubled so often at most. */
const MOST_DOUBLINGS = 6;

/** A connection, as far as its silence matters. */
export interface Peer {
  /** Number of reads that returned data. */
  readonly received: number;
  /** Number of replies. */
  readonly answered: number;
  /** Closes it at once. */
  close(error: Error): void;
}

/** A request that has run out of time. */
export interface LateRequest {
  /** When it was written last; 0 if it was not. */
  readonly written: number;
  /** When its time was out. */
  readonly deadline: number;
  /** Its budget in milliseconds. */
  readonly timeout: number;
  /** What the connection had received when it was written, or queued. */
  readonly receivedBefore: number;
}

/** What the watch needs of a link. */
export interface Watched<P extends Peer> {
  /** The connection in use; null while there is none. */
  present(): P | null;
  /**
   * Opens a fresh connection, and waits for an answer of the node on it.
   *
   * @param silent The connection that is silent.
   * @param budget Milliseconds for it.
   * @returns The connection; null if the node says that it holds the silent one back. Rejects without an answer.
   */
  probe(silent: P, budget: number): Promise<P | null>;
  /** Uses a fresh connection instead of the silent one. */
  replace(silent: P, fresh: P): void;
}

interface Suspicion<P extends Peer> {
  readonly connection: P;
  /** What it had received when the suspicion began. */
  readonly received: number;
  /** When it is taken for silent. */
  due: number;
  /** The wait until then. */
  timer: Budget | undefined;
  /** A connection on which the node has answered. */
  fresh: P | null;
  /** How often the node was asked. */
  tries: number;
}

/**
 * Watches the connection of one link.
 *
 * A peer is silent if nothing came for max(2 × the timeout that ran out, 1 s) since the request was written, and the
 * node has answered on a fresh connection meanwhile. A shorter time proves nothing: a server with a thread per
 * connection can be slow on one connection and quick on another. A busy or frozen node answers on neither.
 *
 * @typeParam P Type of the connections.
 */
export class Silence<P extends Peer> {
  readonly #watched: Watched<P>;
  #suspicion: Suspicion<P> | null = null;
  /** When connections were replaced, oldest first. */
  #replacements: number[] = [];
  /** The last connection that replaced a silent one. */
  #successor: P | null = null;
  /** Its number of replies at that time. */
  #answered = 0;
  /** How many replacements in a row answered nothing afterwards. */
  #useless = 0;
  #stopped = false;

  /**
   * Makes a watch without a suspicion.
   *
   * @param watched What it watches.
   */
  constructor(watched: Watched<P>) {
    this.#watched = watched;
  }

  /** Whether a request to the present connection is late and nothing came since. */
  get suspected(): boolean {
    return this.#suspicion !== null && this.#persists(this.#suspicion);
  }

  /**
   * Called when a request is late.
   *
   * @param request The request, which was given to the present connection.
   * @returns Whether nothing came from the peer since the request was written.
   */
  late(request: LateRequest): boolean {
    const connection = this.#watched.present();
    if (connection === null || connection.received !== request.receivedBefore || this.#stopped) {
      return false;
    }
    const { written, deadline, timeout } = request;
    const since = written === 0 ? deadline - timeout : written;
    let suspicion = this.#suspicion;
    if (suspicion === null || !this.#persists(suspicion)) {
      this.#drop();
      const { received } = connection;
      suspicion = { connection, received, due: Infinity, timer: undefined, fresh: null, tries: 0 };
      this.#suspicion = suspicion;
      if (connection === this.#successor) {
        this.#useless = connection.answered === this.#answered ? this.#useless + 1 : 0;
        this.#successor = null;
      }
    }
    // The late request with the earliest time decides: one with a long timeout must not delay the others.
    const due = since + Math.max(LEAST, 2 * timeout) * this.#distance();
    if (due < suspicion.due) {
      suspicion.due = due;
      if (suspicion.tries === 0) this.#wait(suspicion, due - performance.now());
    }
    return true;
  }

  /**
   * Called when a connection is in use from now on.
   *
   * @param connection The connection.
   */
  begin(connection: P): void {
    if (connection === this.#successor) {
      this.#answered = connection.answered;
    } else {
      this.#successor = null;
      this.#useless = 0;
    }
  }

  /** Ends the watch. */
  stop(): void {
    this.#stopped = true;
    this.#drop();
  }

  #drop(): void {
    const suspicion = this.#suspicion;
    this.#suspicion = null;
    suspicion?.timer?.stop();
    suspicion?.fresh?.close(ONLY_A_PROBE);
  }

  #persists({ connection, received }: Suspicion<P>): boolean {
    return this.#watched.present() === connection && connection.received === received;
  }

  /**
   * Factor of the wait. It grows, so that a server that only seems silent does not lose one connection after another.
   */
  #distance(): number {
    const since = performance.now() - MEMORY;
    this.#replacements = this.#replacements.filter((time) => time > since);
    const unusual = this.#replacements.length - USUAL + 1;
    return 2 ** Math.min(MOST_DOUBLINGS, Math.max(0, this.#useless, unusual));
  }

  #wait(suspicion: Suspicion<P>, ms: number): void {
    suspicion.timer?.stop();
    suspicion.timer = new Budget(Math.max(0, ms), () => this.#examine(suspicion));
  }

  async #examine(suspicion: Suspicion<P>): Promise<void> {
    if (this.#isOver(suspicion)) return;
    const { connection } = suspicion;
    const pause = attemptTime(suspicion.tries++, LONGEST_PROBE);
    let fresh: P | null = null;
    try {
      fresh = await this.#watched.probe(connection, pause);
    } catch {
      // The node itself is away or busy: the connection need not be lost.
    }
    if (this.#isOver(suspicion)) return fresh?.close(ONLY_A_PROBE);
    if (fresh === null) return this.#wait(suspicion, pause / 4);
    const answer = suspicion.fresh = fresh;
    // A node that has just come back answers on both, in any order.
    suspicion.timer = new Budget(HEAD_START, () => {
      if (this.#isOver(suspicion)) return;
      this.#suspicion = null;
      this.#replacements.push(performance.now());
      this.#successor = answer;
      this.#watched.replace(connection, answer);
    });
  }

  /** Whether a suspicion is over: something came, or the connection was replaced. */
  #isOver(suspicion: Suspicion<P>): boolean {
    if (this.#suspicion === suspicion && this.#persists(suspicion)) return false;
    if (this.#suspicion === suspicion) this.#drop();
    return true;
  }
}
