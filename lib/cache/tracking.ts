/**
 * Invalidation messages of servers, and the time during which they can be relied on.
 *
 * @module
 */

import type { Greeting } from "../connection/greeting.ts";
import { ask } from "../connection/ask.ts";
import type { Request, TrackingChannel } from "../connection/request.ts";
import type { Endpoint } from "../connection/transport.ts";
import { ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Reply } from "../resp/reply.ts";
import { type Preparations, preparationsFor } from "./preparations.ts";

const PING: Words = ["PING"];

/**
 * Maximum age of the last reply of a server, in milliseconds. Invalidations sent before that reply have arrived; later
 * ones may be lost with the connection.
 */
export const SILENCE = 2000;

/** Command that checks whether a server still answers. */
export interface Heartbeat {
  /** A command whose reply also tells whether the node is still the owner of its keys. */
  readonly words: Words;
  /**
   * Called with its reply.
   *
   * @param source Where it came from.
   * @param reply The reply.
   */
  onReply(source: Source, reply: Reply): void;
}

/** The cache, as a source uses it. */
export interface SourceOwner {
  /** Command that checks whether a server still answers. */
  readonly heartbeat: Heartbeat;
  /** Called once when a source ends. */
  onEnd(source: Source): void;
  /** Called when a command that accompanies a read is rejected, or the connection is lost before its reply. */
  onRefusal(source: Source, error: unknown): void;
}

/**
 * The invalidation messages on one connection, from CLIENT TRACKING to the end of the connection.
 *
 * A flush ends it as well; the connection then gets a new source.
 */
export class Source {
  readonly #connection: TrackingChannel;
  readonly #owner: SourceOwner;
  /** Entries may be used up to this time, in milliseconds of `performance.now()`. */
  goodUntil: number = -Infinity;
  /** Whether it is over. */
  ended = false;
  /** Whether the server has answered anything. Before that there are no entries. */
  active = false;
  /** Whether the server can track, as far as is known. */
  usable = true;
  /** Whether CLIENT TRACKING was sent. */
  #isTracking = false;
  readonly #preparations: Preparations = preparationsFor((error) =>
    this.#owner.onRefusal(this, error)
  );
  /** For caches without slots. */
  readonly whole: Tenure = new Tenure(this);
  /** Number of requests that may have changed keys that they do not name. */
  gate = 0;
  /** Address of the node; undefined if it is not known. */
  endpoint: Endpoint | undefined;
  /** Last reported role of the node; undefined if it has reported none. */
  role: "primary" | "replica" | undefined;
  #asking = false;
  /** Whether the user may not run the command of the heartbeat. */
  #isPlain = false;

  /**
   * Creates a source without replies so far.
   *
   * @param connection The connection.
   * @param owner Its cache.
   */
  constructor(connection: TrackingChannel, owner: SourceOwner) {
    this.#connection = connection;
    this.#owner = owner;
    this.role = connection.greeting?.role;
  }

  /**
   * Notes a reply: everything that the server sent before the command has arrived.
   *
   * @param asked When it was asked.
   * @param gate The gate at that time.
   */
  heard(asked: number, gate: number): void {
    if (this.ended || gate !== this.gate) return;
    this.active = true;
    this.goodUntil = Math.max(this.goodUntil, asked + SILENCE);
  }

  /** Suspends the use of entries until the server has answered a command that is sent from now on. */
  suspend(): void {
    this.gate++;
    this.goodUntil = -Infinity;
    this.#ask(PING);
  }

  /** Returns the commands to write in front of a read. The caller must write them. */
  prepare(): readonly Request[] {
    if (this.#isTracking) return this.#preparations.other;
    this.#isTracking = true;
    return this.#preparations.first;
  }

  /** Sends the heartbeat command. */
  beat(): void {
    this.#ask(this.#isPlain ? PING : this.#owner.heartbeat.words);
  }

  async #ask(words: Words): Promise<void> {
    if (this.#asking || this.ended) return;
    this.#asking = true;
    let gate: number;
    do {
      const now = performance.now();
      gate = this.gate;
      try {
        const reply = await ask(this.#connection, [...words]);
        this.heard(now, gate);
        if (words !== PING) this.#owner.heartbeat.onReply(this, reply);
      } catch (error) {
        if (!(error instanceof ServerError)) break;
        // An error reply also shows that the server answers.
        this.heard(now, gate);
        this.#isPlain = true;
      }
      words = PING;
    } while (gate !== this.gate && !this.ended);
    this.#asking = false;
  }

  /** Ends the source. Entries that depend on it are no longer used. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.goodUntil = -Infinity;
    this.#owner.onEnd(this);
  }

  /** Sends CLIENT TRACKING again with the next read: it may have been refused. */
  askAgain(): void {
    this.#isTracking = false;
  }

  /** Ends the source, and creates the next one for the same connection. */
  renew(): Source {
    this.end();
    const next = new Source(this.#connection, this.#owner);
    next.#isPlain = this.#isPlain;
    next.usable = this.usable;
    next.endpoint = this.endpoint;
    next.role = this.role;
    next.#isTracking = this.#isTracking;
    this.#connection.tracking = next;
    return next;
  }
}

/** Period in which one connection leads to the owner of keys: of all keys, or of the keys of one slot. */
export class Tenure {
  /** The connection's messages. */
  readonly source: Source;
  /** Whether the keys have, or may have, another owner. */
  ended = false;

  /**
   * Creates a tenure that starts now.
   *
   * @param source The invalidation messages of the connection.
   */
  constructor(source: Source) {
    this.source = source;
  }

  /** Whether replies that were read in this period can no longer be used. */
  get over(): boolean {
    return this.ended || this.source.ended;
  }
}

/**
 * Tells whether a server sends invalidations between replies. Before Redis 7, one could arrive in the middle of a
 * reply.
 *
 * @param greeting What the server told in the handshake.
 * @returns Why it does not; undefined if it does.
 */
export function faultOfServer(greeting: Greeting | undefined): string | undefined {
  if (greeting?.protocol !== 3) return "it needs RESP3";
  if (greeting.server === "valkey") return undefined;
  const version = greeting.version ?? "";
  return parseInt(version) >= 7
    ? undefined
    : `it needs Valkey, or Redis 7, got ${greeting.server ?? "a server"} ${version}`.trimEnd();
}
