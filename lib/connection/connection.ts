/**
 * One open connection: requests are pipelined as they come, replies matched in their order.
 *
 * It owns the socket from the end of the dial to its close. It does not know how to open another one (`link.ts`), nor
 * what to do with a request that it could not complete: those it hands back.
 *
 * @module
 */

import { ConnectionError, ProtocolError, ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Decoded } from "../resp/decoder.ts";
import { CommandEncoder } from "../resp/encoder.ts";
import { Push } from "../resp/reply.ts";
import { ReplyReader } from "../resp/reply_reader.ts";
import { faultOfText } from "../words.ts";
import { internalRequest } from "./ask.ts";
import type { Line } from "./authenticate.ts";
import type { Greeting } from "./greeting.ts";
import type { Identity } from "./identity.ts";
import { type Inbox, NO_INBOX } from "./inbox.ts";
import { ConnectionOrigin } from "./origin.ts";
import { MULTI, preludeOf } from "./prelude.ts";
import { NO_OWNER, type Request, Stage, type Tracking } from "./request.ts";
import { RequestQueue } from "./request_queue.ts";
import { Ring } from "./ring.ts";
import { Tally } from "./tally.ts";
import { TransactionGate } from "./transaction_gate.ts";
import { type Endpoint, show, type Transport } from "./transport.ts";

/**
 * How much goes out in one write. A server reads no more at a time: with more, it would idle while the rest is encoded.
 */
const WRITE_SIZE = 16 * 1024;
/** How many requests are gathered before a write is begun within the turn, so that the server has something to do. */
const CROWD = 256;
/** How many replies of one read are few: then the time until the next write counts for more than that of the read. */
const FEW = 32;
/** Microtasks that it takes until callers have gone on, and what they sent is written: one, and some for wrappers. */
const CALLERS_TURN = 4;
/** How often a connection that is to close checks whether a caller still waits for a reply, in milliseconds. */
const DRAIN_CHECK = 50;

/** What a connection tells the one that opened it. */
export interface ConnectionEvents {
  /**
   * The connection is gone.
   *
   * @param connection Which one.
   * @param error Why.
   * @param sent Requests that were written and got no reply, in order.
   * @param queued Requests that were not written, in order.
   */
  onClosed(connection: Connection, error: Error, sent: Request[], queued: Request[]): void;
  /**
   * Asks for the run id of the process at the other end. Without this, or without an answer, each connection counts as
   * one to a process of its own.
   *
   * @param connection Which one.
   * @returns The run id of the process; undefined if it cannot be known.
   */
  askRunId?(connection: Connection): Promise<string | undefined>;
}

/** One open connection. */
export class Connection implements Line {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #events: ConnectionEvents;
  readonly #inbox: Inbox;
  readonly #tally: Tally;
  readonly #encoder = new CommandEncoder();
  /** Requests that wait to be written. */
  readonly #queued = new RequestQueue();
  /** Requests that wait for their reply. */
  readonly #sent = new Ring<Request>();
  readonly #gate = new TransactionGate(() => this.#decided());
  /** A transaction that waits for the gate to open; queued requests wait behind it. */
  #held: Request | null = null;
  #writing = false;
  #flushing = false;
  #draining = false;
  /** Why the peer was asked to close the connection. */
  #finishReason: Error | undefined;
  /** How many callers have paused writes. */
  #pauses = 0;
  #closed = false;
  readonly #ended = Promise.withResolvers<Error>();
  readonly #origin = new ConnectionOrigin(() => this.#askRunId());
  /** Number of reads that returned data. Two equal samples mean that the peer sent nothing in between. */
  received = 0;
  /** Replies that have been matched. */
  answered = 0;
  /** Whether READONLY was sent last, rather than READWRITE. */
  readOnly = false;
  /** What the handshake learnt; undefined before its end. */
  greeting: Greeting | undefined;
  /** What the server says about changed keys; null if it was not asked for it. */
  tracking: Tracking | null = null;
  /** When it was opened, in milliseconds of `performance.now()`. */
  readonly since: number = performance.now();
  /** The server process at the other end: null if it cannot be known, undefined if it was not asked for. */
  identity: Identity | null | undefined;

  /**
   * Takes over an open socket and begins to read.
   *
   * @param endpoint What it is connected to, for messages.
   * @param transport The socket.
   * @param events Learns of its end.
   * @param inbox Receives its out-of-band messages; by default they are dropped.
   * @param tally Counts its bytes.
   */
  constructor(
    endpoint: Endpoint,
    transport: Transport,
    events: ConnectionEvents,
    inbox: Inbox = NO_INBOX,
    tally: Tally = new Tally(),
  ) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#events = events;
    this.#inbox = inbox;
    this.#tally = tally;
    // The decoder hands over each reply before it begins the next one, so the first request is the one to ask.
    this.#read(
      new ReplyReader(transport, {
        bytes: (push) => push || (this.#sent.at(0)?.bytes ?? false),
      }),
    );
  }

  /** Address of the peer, if it is known. */
  get peer(): Endpoint | undefined {
    return this.#transport.peer;
  }

  /** Whether the connection is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves with the reason once the connection is gone. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  /** Whether there is nothing under way. */
  get idle(): boolean {
    return this.#sent.length === 0 && this.#queued.length === 0 && this.#held === null;
  }

  /** The request that has waited longest for a reply. */
  get oldest(): Request | undefined {
    return this.#sent.at(0);
  }

  /**
   * Sends a request with all others of this turn (a crowd of them is written before its end), or behind the write that
   * is under way.
   *
   * @param request A request that is queued nowhere else. Must not be called once the connection is closed.
   */
  send(request: Request): void {
    request.receivedBefore = this.received;
    const crowd = this.#queued.push(request);
    if (this.#writing) return;
    if (!this.#flushing) {
      this.#flushing = true;
      queueMicrotask(this.#flush);
    } else if (crowd >= CROWD) {
      this.#flush();
    }
  }

  hand(words: Words, take: (outcome: unknown) => void): void {
    if (this.#closed) return void this.ended.then(take);
    const request = internalRequest(words, NO_OWNER);
    request.handTo(take, take);
    this.send(request);
  }

  skip(): void {
    this.#sent.shift()?.drop();
  }

  /**
   * Prepares for watching keys: asks the server whether it accepts MULTI, since the question would end a watch.
   * Must be called on an open connection.
   */
  beginSession(): void {
    for (const probe of this.#gate.ask(0)) this.send(probe);
    this.#gate.beginSession();
  }

  /** Ends what {@linkcode Connection.beginSession} began. */
  endSession(): void {
    this.#gate.endSession();
  }

  /** Closes as soon as no caller waits for a reply. */
  drain(): void {
    this.#draining = true;
    this.#closeIfDrained();
    if (this.#closed) return;
    // A peer that hangs answers nothing, so there may be no reply to close after.
    const timer = setInterval(() => this.#closeIfUnawaited(), DRAIN_CHECK);
    this.ended.then(() => clearInterval(timer));
  }

  /**
   * Pauses writes. Requests that are sent meanwhile are written afterwards, in order.
   *
   * @returns Resumes writes; to be called once.
   */
  pauseWrites(): () => void {
    this.#pauses++;
    return () => {
      if (--this.#pauses === 0) this.#flush();
    };
  }

  /**
   * Closes the sending half and waits until the peer has closed the connection: then it will execute nothing more.
   *
   * @param limit How long to wait for that, in milliseconds. Then the connection is closed all the same.
   * @param error Why.
   * @returns Resolves when the connection is closed.
   */
  async finish(limit: number, error: Error): Promise<void> {
    // No request is outstanding, so there is nothing to wait for.
    if (this.#sent.length === 0) this.close(error);
    if (this.#closed) return;
    this.#finishReason = error;
    const timer = setTimeout(() => this.close(error), limit);
    try {
      await this.#transport.closeWrite();
    } catch {
      this.close(error);
    }
    await this.#ended.promise;
    clearTimeout(timer);
  }

  /** Takes back the requests that were not written, in order. */
  takeQueued(): Request[] {
    const queued = this.#queued.drain();
    if (this.#held !== null) queued.unshift(this.#held);
    this.#held = null;
    return queued;
  }

  /**
   * Closes at once. Everything under way is handed back through {@linkcode ConnectionEvents.onClosed}.
   *
   * @param error Why.
   */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    error = this.#finishReason ?? error;
    this.tracking?.end();
    this.#transport.close();
    this.#events.onClosed(this, error, this.#sent.drain(), this.takeQueued());
    this.#ended.resolve(error);
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    // There may have been a crowd meanwhile.
    if (this.#writing || this.#closed || this.#pauses > 0) return;
    if (this.#held !== null && this.#gate.asking) return;
    const encoder = this.#encoder;
    const now = Math.floor(performance.now());
    while (encoder.byteLength < WRITE_SIZE) {
      const request = this.#held === null ? this.#queued.shift() : this.#takeHeld();
      if (request === undefined) break;
      if (request.prelude.length > 0 && !this.#gate.open) {
        this.#hold(request);
        if (this.#held !== null) break;
        continue;
      }
      const around = request.tracked === null ? null : request.tracked.accompany(request, this);
      const steps = around !== null
        ? around.before
        : request.asking || request.prelude.length > 0
        ? preludeOf(request)
        : undefined;
      try {
        if (steps === undefined) {
          encoder.encode(request.words);
        } else {
          const words = steps.map(({ words }) => words);
          words.push(request.words);
          if (around !== null) words.push(around.after.words);
          encoder.encodeAll(words);
        }
      } catch (error) {
        request.reject(faultOfText(request.words) ?? error);
        continue;
      }
      if (steps !== undefined) {
        for (const step of steps) this.#sent.push(step);
        request.asking = false;
      }
      request.stage = Stage.SENT;
      request.receivedBefore = this.received;
      request.written = now;
      if (request.timeoutOnceWritten > 0) request.owner.onWritten?.(request);
      this.#sent.push(request);
      if (around !== null) this.#sent.push(around.after);
    }
    // One answer is for all that were waiting: if each asked anew, all other requests would wait for so many round trips.
    this.#gate.forgetRefusal();
    if (encoder.byteLength === 0) return;
    this.#tally.bytesSent += encoder.byteLength;
    this.#writing = true;
    const chunks = encoder.chunks();
    for (let i = 0; i < chunks.length - 1; i++) this.#write(chunks[i]);
    // Writes complete in order, so the last one stands for all.
    this.#write(chunks[chunks.length - 1]).then(this.#written, this.#broken);
  };

  /** Holds a transaction, and all requests behind it, until the server has answered whether it accepts MULTI. */
  #hold(request: Request): void {
    const { refusal } = this.#gate;
    if (refusal !== undefined) return this.#refuse(request, refusal);
    for (const probe of this.#gate.ask(request.deadline)) {
      this.#encoder.encode(probe.words);
      this.#sent.push(probe);
    }
    this.#held = request;
  }

  #takeHeld(): Request | undefined {
    const held = this.#held!;
    this.#held = null;
    return held.settled ? this.#queued.shift() : held;
  }

  /** Called when it is known whether the server accepts MULTI. */
  #decided(): void {
    const held = this.#held;
    if (this.#closed || held === null) return;
    const { refusal } = this.#gate;
    if (refusal !== undefined) {
      this.#held = null;
      this.#refuse(held, refusal);
    }
    this.#flush();
  }

  /** Rejects a transaction, or gives it back, since MULTI was refused. Nothing of it was sent. */
  #refuse(request: Request, refusal: unknown): void {
    const { link } = request;
    if (
      refusal instanceof ServerError && link !== null && !request.settled &&
      request.owner.onErrorReply(request, refusal, link)
    ) return;
    request.reject(refusal, "refused");
  }

  #write(chunk: Uint8Array): Promise<void> {
    const written = this.#transport.write(chunk as Uint8Array<ArrayBuffer>);
    // A failed write is followed by a failed last one, which is looked at.
    written.catch(ignore);
    return written;
  }

  readonly #written = (): void => {
    this.#encoder.reset();
    this.#writing = false;
    if (this.#queued.length > 0 || this.#held !== null) this.#flush();
    else if (this.#draining) this.#closeIfDrained();
  };

  readonly #broken = (cause: unknown): void => {
    this.close(this.#lost("the connection broke while writing", cause));
  };

  async #read(reader: ReplyReader): Promise<void> {
    const replies = { push: (reply: Decoded) => this.#match(reply) };
    try {
      while (true) {
        const count = await reader.read();
        if (count === null) return this.close(this.#lost("the server closed the connection"));
        this.received++;
        this.#tally.bytesReceived += count;
        const before = this.answered;
        reader.decode(count, replies);
        if (this.#draining) this.#closeIfDrained();
        const matched = this.answered - before;
        // What callers send next goes out before the next read, whose beginning costs about as much as a request.
        if (matched > 0 && matched <= FEW) { for (let i = 0; i < CALLERS_TURN; i++) await null; }
      }
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof ProtocolError) {
        // The reply that cannot be read is that of the request at the head; those behind it are merely lost.
        this.#sent.shift()?.reject(error);
        this.close(this.#lost("the server sent a malformed reply", error));
      } else {
        this.close(this.#lost("the connection broke while reading", error));
      }
    }
  }

  #match(reply: Decoded): void {
    if (reply instanceof Push) return this.#inbox.onPush(reply, this);
    const request = this.#sent.shift();
    if (request === undefined) throw new ProtocolError("Cannot match a reply: no request waits", 0);
    this.answered++;
    if (request.stage === Stage.SETTLED) return;
    if (reply instanceof ServerError) {
      reply.command = request.name;
      const { link, preludeError } = request;
      if (preludeError !== undefined) reply.cause = preludeError;
      const multiRefusal = request.refusals?.get(MULTI);
      if (multiRefusal !== undefined) {
        return request.reject(this.#gate.refuse(multiRefusal), "refused");
      }
      const decisive = preludeError ?? reply;
      if (link !== null && request.owner.onErrorReply(request, decisive, link)) return;
      return request.reject(reply, "refused");
    }
    request.resolve(reply, this.#origin);
  }

  async #askRunId(): Promise<string | undefined> {
    return await this.#events.askRunId?.(this);
  }

  #closeIfDrained(): void {
    if (this.idle && !this.#writing) this.close(this.#lost("the client closed the connection"));
  }

  #closeIfUnawaited(): void {
    if (this.#queued.length > 0 || this.#held?.settled === false) return;
    for (let i = 0; i < this.#sent.length; i++) {
      const { settled, internal } = this.#sent.at(i)!;
      if (!settled && !internal) return;
    }
    this.close(this.#lost("the client closed the connection"));
  }

  #lost(what: string, cause?: unknown): ConnectionError {
    return new ConnectionError(`Lost the connection to ${show(this.#endpoint)}: ${what}`, {
      ...this.#endpoint,
      cause,
    });
  }
}

function ignore(): void {}
