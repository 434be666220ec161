/**
 * One request on its way: its words, its promise, and how far it has come.
 *
 * @module
 */

import type { CommandRow } from "../command_table/row.ts";
import { type ServerError, TimeoutError } from "../errors.ts";
import type { Decoder, Origin } from "../executor.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import type { Aborts } from "./aborts.ts";
import { isReplied, type Outcome } from "./outcome.ts";
import type { DeadlineList, Expiring, ReplySource } from "./deadlines.ts";
import type { Greeting } from "./greeting.ts";
import type { Stalls } from "./stalls.ts";
import type { Endpoint } from "./transport.ts";

/** How far a request has come. */
export const Stage = {
  /** Nothing of it was written: it was certainly not executed. */
  QUEUED: 0,
  /** It was given to a socket: it may have been executed. */
  SENT: 1,
  /** Its caller has an answer; a reply that still comes is dropped. */
  SETTLED: 2,
} as const;

// Requests are below the links and connections that carry them, so here is what they need of those.

/** Carries requests to one node: a link. */
export interface Carrier extends ReplySource {
  /** Address of the node. */
  readonly endpoint: Endpoint;
  /** Whether it is connected. */
  readonly ready: boolean;
  /** Why it is not connected, or was not at last. */
  readonly lastError: Error | undefined;
  /** What the server says about changed keys on the present connection; null if it was not asked to. */
  readonly tracking: Tracking | null;
  /** Says where it leads and how it is, for error messages. */
  describe(): string;
  /** Address of the peer of the present connection; undefined if there is none, or it is not known. */
  readonly peer?: Endpoint | undefined;
  /** Sends requests of one batch in their order. */
  sendTogether(requests: readonly Request[]): void;
}

/** A connection to which requests can be given directly. */
export interface Channel extends ReplySource {
  /** Whether it is closed. */
  readonly closed: boolean;
  /** Whether no request waits for its reply. */
  readonly idle: boolean;
  /** Resolves when it is closed, with the reason. */
  readonly ended: Promise<Error>;
  /** Sends a request. */
  send(request: Request): void;
  /** Closes it; requests on it get the error. */
  close(error: Error): void;
}

/** The messages about changed keys that a server sends on one connection. */
export interface Tracking {
  /** Ends it: the connection is lost, or is not used any more. */
  end(): void;
}

/** A connection on which a server can be asked to say which keys are changed. */
export interface TrackingChannel extends Channel {
  /** What the handshake learnt. */
  readonly greeting: Greeting | undefined;
  /** The messages about changed keys; null if the server was not asked for them. */
  tracking: Tracking | null;
}

/** Requests that are written in one piece with another one. */
export interface Accompaniment {
  /** Those right in front of it. */
  readonly before: readonly Request[];
  /** The one right behind it. */
  readonly after: Request;
}

/** A read whose reply is to be kept until the server says that the key was changed. */
export interface TrackedRead {
  /**
   * Called each time when the read is written.
   *
   * @param request The read.
   * @param connection The connection.
   * @returns What is written with it; null if it goes alone.
   */
  accompany(request: Request, connection: TrackingChannel): Accompaniment | null;
  /**
   * Called when the read has been settled.
   *
   * @param outcome How.
   * @param reason The error that its caller gets; undefined if it was resolved.
   */
  onSettled(outcome: Outcome, reason: unknown): void;
}

/** Keeps the order of a batch in which a command blocks. */
export interface BatchOrder {
  /** Adds a request, to be sent with the others for the same node. */
  send(carrier: Carrier, request: Request): void;
}

/** What telemetry keeps of a call of the user, from its beginning to its end: of one request, or of several together. */
export interface Observed {
  /**
   * Adds a part of a request.
   *
   * @param part The part, which has not been sent.
   */
  addPart(part: Request): void;
  /**
   * Called when a request is sent again.
   *
   * @param error Why.
   */
  retried(error: unknown): void;
  /**
   * Called when a node sends a request to another node.
   *
   * @param error What the node answered.
   * @param target The other node.
   */
  redirected(error: ServerError, target: Endpoint): void;
  /** Called when a request, or a part of one, has been settled; as {@linkcode RequestOwner.onSettled}. */
  settled(request: Request, outcome: Outcome, reason: unknown): void;
}

/** A call that does not end with its requests: who has begun it ends it. */
export interface ObservedCall extends Observed {
  /**
   * Ends the call. Later calls of this have no effect.
   *
   * @param error What the user's call rejects with; undefined if it resolves.
   */
  end(error: unknown): void;
}

/**
 * What decides on requests that do not simply get their reply.
 *
 * A dispatcher gives its requests to links only, so its methods take a `Link` for the {@linkcode Carrier}.
 */
export interface RequestOwner {
  /**
   * Looks at an error reply before the caller does.
   *
   * @returns True if the owner keeps the request and will settle it.
   */
  onErrorReply(request: Request, error: ServerError, carrier: Carrier): boolean;
  /**
   * Takes a request back that can safely go out again, because its connection is gone.
   *
   * @param request The request.
   * @param loss Why the connection is gone, if the request was written.
   */
  resend(request: Request, loss?: Error): void;
  /**
   * Called when a request has been settled, before its caller learns of it.
   *
   * The request still has its words and its times: `written`, and `deadline` if it has a timeout.
   *
   * @param request The request.
   * @param outcome How it was settled.
   * @param reason The error that its caller gets; undefined if it was resolved or dropped.
   */
  onSettled(request: Request, outcome: Outcome, reason: unknown): void;
  /** Called when a request was written whose time is counted from then. */
  onWritten?(request: Request): void;
  /** Learns that a request that was given to a link got no reply in time. */
  onSilence(request: Request, carrier: Carrier): void;
}

/** A connection that serves one request alone. */
export interface Dedicated {
  /** The connection. */
  readonly connection: Channel;
  /** The request has its reply: others may use the connection. */
  release(): void;
  /** The request was given up while the server works on it: the connection is of no use any more. */
  abandon(): void;
}

/** One request. It is made once, and sent as often as its owner decides. */
export class Request implements Expiring {
  /** Words of the command. Emptied when it is settled, so that a late reply keeps nothing alive. */
  words: readonly Argument[];
  /** What is known of the command; undefined for one that no table has. */
  row: CommandRow | undefined;
  /** Whether bulk strings of the reply are bytes. Must not change once it is sent. */
  bytes = false;
  /** Its budget in milliseconds, 0 for none. */
  timeout = 0;
  /** Decides about error replies, losses and timeouts. */
  owner: RequestOwner;
  /** How far it has come: a {@linkcode Stage}. */
  stage: number = Stage.QUEUED;
  /** Link that it was last given to. */
  link: Carrier | null = null;
  /** How often it has been sent again. */
  attempts = 0;
  /** Whether this call may keep its connection waiting. */
  blocks = false;
  /** What the connection had received when it was written. If that has not changed, the peer has sent nothing since. */
  receivedBefore = 0;
  /** When it was written, in whole milliseconds of `performance.now()`: those need no memory of their own. */
  written = 0;
  /** Where its owner sends it; null if that is not decided. Only the owner knows what it means. */
  target: unknown = null;
  /** Whether it counts as in flight. Parts of another request, and requests that were not launched, do not. */
  counted = false;

  deadline = 0;
  list: DeadlineList | null = null;
  younger: Expiring | null = null;
  older: Expiring | null = null;

  // Fields that only few requests use are on the prototype until they are set: they would double the size of a request.

  /** Whether the client itself made it; then it is never sent again. */
  declare internal: boolean;
  /** Whether it ends a script, a pause or a connection: it is sent on a connection of its own, like one that blocks. */
  declare interrupts: boolean;
  /** Keeps the order of its batch; null if it is in no batch, or in one without a blocking command. */
  declare batch: BatchOrder | null;
  /** Milliseconds that the server may take by itself before it answers (WAIT, BLPOP); 0 if it answers at once. */
  declare serverTime: number;
  /** Milliseconds by which its deadline was postponed. */
  declare postponement: number;
  /** Milliseconds from when it is written, instead of what is left of its budget; 0 if the budget stays as it is. */
  declare timeoutOnceWritten: number;
  /** Whether it is the WATCH of a session, which may be sent again and keeps its connection. */
  declare watches: boolean;
  /** Its dedicated connection; null if it has none. */
  declare dedicated: Dedicated | null;
  /** The last error that made it go out again: what a timeout then has as its cause. */
  declare lastError: Error | undefined;
  /** Commands of the transaction that it executes. MULTI and these go out right in front of it, every time. */
  declare prelude: readonly Pick<Request, "words" | "row">[];
  /** The first error reply to a request of its prelude. */
  declare preludeError: ServerError | undefined;
  /** The error replies to the commands of its prelude, by position; -1 is MULTI. */
  declare refusals: ReadonlyMap<number, ServerError> | undefined;
  /** Do not retry transient errors. */
  declare impatient: boolean;
  /** Send ASKING in front of it. */
  declare asking: boolean;
  /** Whether ASKING went in front of it when it was written last. */
  declare asked: boolean;
  /** What it was split into; only those are sent. */
  declare parts: Request[] | null;
  /** What is to be done so that its reply can be kept; null if it is not. Then only a primary may answer it. */
  declare tracked: TrackedRead | null;
  /** Makes a better error of the one that says that the time is over, where parts of it may have been executed. */
  declare explainTimeout: ((error: TimeoutError) => Error) | null;
  /** What telemetry keeps of its call; null if the call is not observed. */
  declare observed: Observed | null;

  static {
    Object.assign(
      Request.prototype,
      {
        internal: false,
        serverTime: 0,
        postponement: 0,
        timeoutOnceWritten: 0,
        interrupts: false,
        batch: null,
        watches: false,
        dedicated: null,
        lastError: undefined,
        prelude: [],
        preludeError: undefined,
        refusals: undefined,
        impatient: false,
        asking: false,
        asked: false,
        parts: null,
        tracked: null,
        explainTimeout: null,
        observed: null,
      } satisfies Partial<Request>,
    );
  }

  #decode: Decoder<unknown> | null;
  #resolve: ((value: unknown) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;
  #aborts: Aborts | undefined;

  /**
   * Makes a request that has not been sent: for text, without a timeout. What differs is set afterwards.
   *
   * @param words Words of the command.
   * @param row What is known of the command.
   * @param decode Makes the caller's value of the reply.
   * @param owner Decides about error replies, losses and timeouts.
   */
  constructor(
    words: readonly Argument[],
    row: CommandRow | undefined,
    decode: Decoder<unknown>,
    owner: RequestOwner,
  ) {
    this.words = words;
    this.row = row;
    this.#decode = decode;
    this.owner = owner;
  }

  /**
   * The promise of its value. To be called once, before it is sent.
   *
   * @returns Settles when the request does.
   */
  promise<R>(): Promise<R> {
    return new Promise<unknown>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    }) as Promise<R>;
  }

  /**
   * Has its outcome handed to functions instead of a promise.
   *
   * @param resolve Gets the value.
   * @param reject Gets the error.
   */
  handTo(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /**
   * Rejects the request when a signal is aborted.
   *
   * @param aborts The requests of the signal, which is not aborted yet.
   */
  abortBy(aborts: Aborts): void {
    this.#aborts = aborts;
    aborts.add(this);
  }

  /** Name of the command, for messages. */
  get name(): string {
    return this.row?.name ?? String(this.words[0]);
  }

  /** Whether it may be executed a second time without harm. */
  get repeatable(): boolean {
    if (this.watches) return true;
    if (this.row === undefined || !this.row.readOnly) return false;
    // XREAD from "$" would miss what was added in the meantime.
    return !this.blocks || !this.words.includes("$");
  }

  /** Whether its signal is aborted, until its owner knows that it is settled. */
  get aborted(): boolean {
    return this.#aborts !== undefined && this.#aborts.aborted;
  }

  /** Whether its caller has an answer. */
  get settled(): boolean {
    return this.stage === Stage.SETTLED;
  }

  /**
   * Settles it with the value of a reply that is not an error.
   *
   * @param reply The reply.
   * @param origin Where the reply came from, if it is the one to this very request.
   */
  resolve(reply: Reply, origin?: Origin): void {
    if (this.stage === Stage.SETTLED) return;
    const resolve = this.#resolve!;
    let value: unknown;
    try {
      value = this.#decode!(reply, this.bytes, origin);
    } catch (error) {
      return this.reject(error, "refused");
    }
    this.#settle("resolved", undefined);
    this.#free("resolved");
    resolve(value);
  }

  /**
   * Settles it with a record of values, one for each node.
   *
   * @param replies The replies by the names of the nodes.
   */
  resolveEach(replies: ReadonlyMap<string, Reply>): void {
    const decode = this.#decode;
    if (decode === null) return;
    const { bytes } = this;
    this.#decode = () => {
      const values: Record<string, unknown> = Object.create(null);
      for (const [node, reply] of replies) values[node] = decode(reply, bytes);
      return values;
    };
    this.resolve(null);
  }

  /** Settles it without a call of its owner: the request of which it is a part has been settled. */
  drop(): void {
    if (this.stage === Stage.SETTLED) return;
    this.#settle("dropped", undefined);
    this.#free("dropped");
  }

  /**
   * Settles it with an error.
   *
   * @param error What the caller gets.
   * @param outcome Whether the request has had its reply.
   */
  reject(error: unknown, outcome: "refused" | "failed" = "failed"): void {
    if (this.stage === Stage.SETTLED) return;
    const reject = this.#reject!;
    this.#settle(outcome, error);
    this.#free(outcome);
    reject(error);
  }

  /** Takes it back from a connection, to be sent again. */
  requeue(cause?: Error): void {
    this.stage = Stage.QUEUED;
    this.written = 0;
    this.#free("refused");
    this.forgetRefusals();
    if (this.asking) this.asking = false;
    if (this.asked) this.asked = false;
    if (cause !== undefined) this.lastError = cause;
  }

  /** Forgets what was refused when its prelude was sent last. */
  forgetRefusals(): void {
    if (this.preludeError !== undefined) this.preludeError = undefined;
    if (this.refusals !== undefined) this.refusals = undefined;
  }

  /** Where its reply is read from; null while it waits for none. */
  get source(): ReplySource | null {
    if (this.parts !== null) return this.parts.find(({ settled }) => !settled)?.source ?? null;
    return this.stage === Stage.SENT ? this.dedicated?.connection ?? this.link : null;
  }

  /** Its deadline, without the times during which this process did not run its event loop. */
  postponed(stalls: Stalls): number {
    const { timeout, parts } = this;
    const called = this.deadline - timeout - this.postponement;
    const until = (stage: number, written: number): number =>
      stalls.postpone(called, timeout, stage === Stage.SENT ? written : -1);
    const deadline = parts === null ? until(this.stage, this.written) : parts.reduce(
      (latest, part) => part.settled ? latest : Math.max(latest, until(part.stage, part.written)),
      this.deadline,
    );
    if (deadline > this.deadline) this.postponement += deadline - this.deadline;
    return deadline;
  }

  /** Called when its budget is used up. */
  expire(): void {
    const { parts } = this;
    if (parts !== null) this.parts = null;
    const late = parts?.find((part) => !part.settled);
    const sent = this.stage === Stage.SENT ||
      (parts?.some((part) => part.stage !== Stage.QUEUED) ?? false);
    const link = this.link ?? late?.link ?? null;
    const error = new TimeoutError(
      `Cannot complete "${this.name}" within ${this.timeout} ms: ${
        sent ? "no reply came" : "it could not be sent"
      }${link === null ? "" : ` (${link.describe()})`}`,
      {
        phase: sent ? "sent" : "queued",
        timeout: this.timeout,
        // What once happened to a link that is fine again explains nothing.
        cause: this.lastError ?? late?.lastError ?? (link?.ready ? undefined : link?.lastError),
      },
    );
    this.reject(this.explainTimeout?.(error) ?? error);
    if (this.link !== null) this.owner.onSilence(this, this.link);
    for (const part of parts ?? []) {
      if (!part.settled && part.link !== null) this.owner.onSilence(part, part.link);
      part.drop();
    }
  }

  #free(outcome: Outcome): void {
    const dedicated = this.dedicated;
    if (dedicated === null) return;
    this.dedicated = null;
    if (isReplied(outcome)) dedicated.release();
    else dedicated.abandon();
  }

  #settle(outcome: Outcome, reason: unknown): void {
    this.stage = Stage.SETTLED;
    this.owner.onSettled(this, outcome, reason);
    if (this.#aborts !== undefined) {
      this.#aborts.remove(this);
      this.#aborts = undefined;
    }
    if (this.parts !== null) {
      for (const part of this.parts) part.drop();
      this.parts = null;
    }
    if (this.explainTimeout !== null) this.explainTimeout = null;
    this.words = nothing;
    this.#decode = this.#resolve = this.#reject = null;
  }
}

const nothing: readonly Argument[] = [];

/** Owner of requests whose error replies and losses need no decision. */
export const NO_OWNER: RequestOwner = {
  onErrorReply: () => false,
  resend: () => {},
  onSettled: () => {},
  onSilence: () => {},
};
