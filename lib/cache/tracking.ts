/**
 * What a server says about changed keys, and for how long that can be relied on.
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
 * How old the last sign of life may be, in milliseconds. An invalidation that was sent before it has arrived; one that was
 * sent later may be lost together with the connection.
 */
export const SILENCE = 2000;

/** What a server is asked for a sign of life. */
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

/** What a source needs of its cache. */
export interface SourceOwner {
  /** What servers are asked for a sign of life. */
  readonly heartbeat: Heartbeat;
  /** Called once when a source ends. */
  onEnd(source: Source): void;
  /** Called when what is written with a read is refused, or the connection lost before the reply. */
  onRefusal(source: Source, error: unknown): void;
}

/**
 * The messages about changed keys that come on one connection, from CLIENT TRACKING to the end of the connection.
 *
 * A flush ends it as well: the same connection then has another one.
 */
export class Source {
  readonly #connection: TrackingChannel;
  readonly #owner: SourceOwner;
  /** Entries may be used up to this time, in milliseconds of `performance.now()`. */
  goodUntil: number = -Infinity;
  /** Whether it is over. */
  ended = false;
  /** Whether anything was heard. Before that there are no entries. */
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
  /** Counts the requests that may have changed keys that they do not name. */
  gate = 0;
  /** Address of the node; undefined if it is not known. */
  endpoint: Endpoint | undefined;
  /** Role that the node has told last; undefined if it has told none. */
  role: "primary" | "replica" | undefined;
  #asking = false;
  /** Whether the user may not run the command of the heartbeat. */
  #isPlain = false;

  /**
   * Makes a source that nothing was heard from.
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
   * Notes that something was answered: all that the server said before it was asked has arrived.
   *
   * @param asked When it was asked.
   * @param gate The gate at that time.
   */
  heard(asked: number, gate: number): void {
    if (this.ended || gate !== this.gate) return;
    this.active = true;
    this.goodUntil = Math.max(this.goodUntil, asked + SILENCE);
  }

  /** Allows no use of entries until the server has answered something that it is asked from now on. */
  suspend(): void {
    this.gate++;
    this.goodUntil = -Infinity;
    this.#ask(PING);
  }

  /** Makes what is written in front of a read. It must be written then. */
  prepare(): readonly Request[] {
    if (this.#isTracking) return this.#preparations.other;
    this.#isTracking = true;
    return this.#preparations.first;
  }

  /** Asks for a sign of life. */
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
        // A refusal is an answer, too.
        this.heard(now, gate);
        this.#isPlain = true;
      }
      words = PING;
    } while (gate !== this.gate && !this.ended);
    this.#asking = false;
  }

  /** Ends it: nothing that depends on it is used any more. */
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

  /** Ends it, and makes the next one of the same connection. */
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

/** Time during which one connection leads to the owner of some keys: of all, or of those of one slot. */
export class Tenure {
  /** The connection's messages. */
  readonly source: Source;
  /** Whether the keys have, or may have, another owner. */
  ended = false;

  /**
   * Makes one that begins now.
   *
   * @param source The connection's messages.
   */
  constructor(source: Source) {
    this.source = source;
  }

  /** Whether what was read in this time cannot be used any more. */
  get over(): boolean {
    return this.ended || this.source.ended;
  }
}

/**
 * Tells whether a server says of single keys that they were changed, behind the replies that they concern.
 *
 * Before Redis 7 such a message could stand in the middle of a reply.
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
