/**
 * An open connection with subscriptions.
 *
 * Commands that start and end subscriptions have no reply. The server confirms each name with a message that looks like
 * an unsolicited one; errors arrive as replies. So sent commands are kept in order, and confirmations are matched by
 * kind and name.
 *
 * @module
 */

import { ConnectionError, ProtocolError, ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Line } from "../connection/authenticate.ts";
import type { Greeting } from "../connection/greeting.ts";
import { Ring } from "../connection/ring.ts";
import { Tally } from "../connection/tally.ts";
import { type Endpoint, show, type Transport } from "../connection/transport.ts";
import { CommandEncoder } from "../resp/encoder.ts";
import { type Decoded, RespDecoder } from "../resp/decoder.ts";
import { type Argument, Push, type Reply } from "../resp/reply.ts";
import { decodeText } from "../resp/text.ts";
import { MessageScanner, type MessageSink } from "./message_scanner.ts";
import { keyOf, type Kind, SUBSCRIBE, UNSUBSCRIBE } from "./topic.ts";

/** Answers to a command that begins or ends subscriptions. */
export interface ChangeOwner<N> {
  /**
   * A name was confirmed.
   *
   * @param named What stands for the name.
   */
  onConfirmed(named: N): void;
  /**
   * The server has refused the command.
   *
   * @param named What stands for its names.
   * @param error The reply.
   */
  onRefused(named: N[], error: ServerError): void;
}

/** A command that begins or ends subscriptions. */
export interface Change<N> {
  /** Whether subscriptions begin; else they end. */
  readonly begins: boolean;
  /** Kind of its names. */
  readonly kind: Kind;
  /** What stands for its names, by their keys. */
  readonly names: Map<string, N>;
  /** What to tell. */
  readonly owner: ChangeOwner<N>;
}

/** Callbacks of a connection. */
export interface SubscriberEvents<N> {
  /**
   * A message was found in what was received.
   *
   * @param scanner Where its parts are.
   * @param buffer What they are in; it is used again afterwards.
   */
  onFound(scanner: MessageScanner, buffer: Uint8Array): void;
  /**
   * A message came that was too long to be found so.
   *
   * @param kind Its kind.
   * @param name What it was subscribed to.
   * @param channel The channel that it was published on.
   * @param message The message.
   */
  onMessage(kind: Kind, name: Uint8Array, channel: Uint8Array, message: Uint8Array): void;
  /** How many messages are handed on before their readers get a turn. */
  batchSize(): number;
  /** Called after this number of messages. The next ones follow when it has resolved. */
  onBatch(): Promise<void>;
  /**
   * The server has ended a subscription of its own accord.
   *
   * @param kind Its kind.
   * @param name Key of its name.
   */
  onDropped(kind: Kind, name: string): void;
  /** Called when the connection is closed. */
  onClosed(connection: SubscriberConnection<N>, error: Error): void;
}

/** A command that waits for its reply. */
interface Call {
  readonly change: undefined;
  resolve(reply: Reply): void;
  reject(error: unknown): void;
  readonly command: string;
}

/** A command that begins or ends subscriptions, and waits to be confirmed. */
interface Pending<N> {
  readonly change: Change<N>;
  /** Whether a PING follows it, whose reply ends it. */
  readonly fenced: boolean;
}

/** Messages that confirm that subscriptions begin or end. */
const CONFIRMATIONS: ReadonlyMap<string, { readonly kind: Kind; readonly begins: boolean }> =
  new Map([
    ["subscribe", { kind: "message", begins: true }],
    ["unsubscribe", { kind: "message", begins: false }],
    ["psubscribe", { kind: "pmessage", begins: true }],
    ["punsubscribe", { kind: "pmessage", begins: false }],
    ["ssubscribe", { kind: "smessage", begins: true }],
    ["sunsubscribe", { kind: "smessage", begins: false }],
  ]);

/** Size of the read buffer, and about the most that one read brings. */
const READ_SIZE = 64 * 1024;
const LF = 10;

/** Refusals of a command that ends subscriptions which say that there are none. */
const NOT_SUBSCRIBED = new Set(["MOVED", "CLUSTERDOWN", "NOSUB"]);

/**
 * An open connection with subscriptions.
 *
 * @typeParam N What stands for a name in a change.
 */
export class SubscriberConnection<N> implements MessageSink, Line {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #events: SubscriberEvents<N>;
  readonly #tally: Tally;
  readonly #encoder = new CommandEncoder();
  readonly #scanner = new MessageScanner();
  readonly #decoder = new RespDecoder({
    // There are no messages before the end of the handshake, and its replies are text.
    bytes: (push) => push || this.greeting?.protocol === 2,
  });
  /** Commands that wait to be written. */
  #queued: (readonly Argument[])[] = [];
  /** Commands that wait for their replies or confirmations, written or not. */
  readonly #pending = new Ring<Call | Pending<N>>();
  #writing = false;
  #flushing = false;
  #closed = false;
  readonly #ended = Promise.withResolvers<Error>();
  /** Number of reads that returned data. */
  received = 0;
  /** When data was received last, in milliseconds of `Date.now()`. */
  receivedAt: number = Date.now();
  /** Number of replies and confirmations. */
  answered = 0;
  /** What the handshake learnt; undefined before its end. */
  greeting: Greeting | undefined;
  /** When it was opened, in milliseconds of `performance.now()`. */
  readonly since: number = performance.now();

  /**
   * Takes over an open socket and begins to read.
   *
   * @param endpoint What it is connected to, for messages.
   * @param transport The socket.
   * @param events Learns of messages and of its end.
   * @param tally Counts its bytes.
   */
  constructor(
    endpoint: Endpoint,
    transport: Transport,
    events: SubscriberEvents<N>,
    tally: Tally = new Tally(),
  ) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#events = events;
    this.#tally = tally;
    this.#read();
  }

  /** Whether the connection is gone. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves with the reason once the connection is gone. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  /**
   * Sends a command that has one reply.
   *
   * @param words The command. In RESP2 only PING, once something was subscribed to.
   * @returns The reply; rejects with the reason if the connection is closed before it.
   */
  call(words: Words): Promise<Reply> {
    if (this.#closed) return this.#ended.promise.then((error) => Promise.reject(error));
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.#push(words, resolve, reject);
    return promise;
  }

  hand(words: Words, take: (outcome: unknown) => void): void {
    if (this.#closed) this.#ended.promise.then(take);
    else this.#push(words, take, take);
  }

  skip(): void {
    this.#pending.shift();
  }

  /**
   * Begins or ends subscriptions.
   *
   * @param change Which. Its map of names becomes empty as they are confirmed.
   * @param names The names, as they are sent.
   */
  change(change: Change<N>, names: readonly Uint8Array[]): void {
    // A shard channel that moves is dropped unasked, as if that were the confirmation. Then an error follows, which must
    // not be taken for the reply to the next command.
    const fenced = !change.begins && change.kind === "smessage";
    this.#pending.push({ change, fenced });
    this.#send([(change.begins ? SUBSCRIBE : UNSUBSCRIBE)[change.kind], ...names]);
    if (fenced) this.#send(["PING"]);
  }

  /**
   * Closes at once.
   *
   * @param error Why.
   */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transport.close();
    this.#queued = [];
    for (const pending of this.#pending.drain()) {
      if (pending.change === undefined) pending.reject(error);
    }
    this.#events.onClosed(this, error);
    this.#ended.resolve(error);
  }

  #push(words: Words, resolve: (reply: Reply) => void, reject: (error: unknown) => void): void {
    this.#pending.push({ change: undefined, resolve, reject, command: String(words[0]) });
    this.#send(words as Argument[]);
  }

  #send(words: readonly Argument[]): void {
    this.#queued.push(words);
    if (this.#writing || this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    if (this.#writing || this.#closed || this.#queued.length === 0) return;
    for (const words of this.#queued) this.#encoder.encode(words);
    this.#queued = [];
    this.#tally.bytesSent += this.#encoder.byteLength;
    this.#writing = true;
    let written = Promise.resolve();
    for (const chunk of this.#encoder.chunks()) {
      written = this.#transport.write(chunk as Uint8Array<ArrayBuffer>);
      // A failed write is followed by a failed last one, which is looked at.
      written.catch(ignore);
    }
    written.then(this.#written, this.#broken);
  };

  readonly #written = (): void => {
    this.#encoder.reset();
    this.#writing = false;
    this.#flush();
  };

  readonly #broken = (cause: unknown): void => {
    this.close(this.#lost("the connection broke while writing", cause));
  };

  async #read(): Promise<void> {
    const decoder = this.#decoder;
    const buffer = new Uint8Array(READ_SIZE);
    /** How many bytes of an incomplete message are at the beginning of the buffer. */
    let kept = 0;
    try {
      while (!this.#closed) {
        const target = kept > 0 ? null : decoder.target() as Uint8Array<ArrayBuffer> | null;
        const count = await this.#transport.read(target ?? buffer.subarray(kept));
        if (count === null) return this.close(this.#lost("the server closed the connection"));
        this.received++;
        this.#tally.bytesReceived += count;
        this.receivedAt = Date.now();
        if (target !== null) decoder.filled(target.subarray(0, count));
        else kept = await this.#decode(buffer, kept + count);
      }
    } catch (cause) {
      if (this.#closed) return;
      const what = cause instanceof ProtocolError
        ? "the server sent a malformed reply"
        : "the connection broke while reading";
      this.close(this.#lost(what, cause));
    }
  }

  /**
   * Decodes what was read.
   *
   * @param buffer The bytes.
   * @param end How many there are.
   * @returns How many bytes of an incomplete message were moved to the beginning of the buffer.
   */
  async #decode(buffer: Uint8Array<ArrayBuffer>, end: number): Promise<number> {
    let pos = 0;
    while (pos < end && !this.#closed) {
      if (this.greeting === undefined || !this.#decoder.idle) {
        pos = this.#decodeLine(buffer, pos, end);
        continue;
      }
      pos = this.#scanner.scan(buffer, pos, end, this.#events.batchSize(), this);
      switch (this.#scanner.stop) {
        case "other":
          pos = this.#decodeLine(buffer, pos, end);
          break;
        case "incomplete":
          if (end - pos <= buffer.length / 2) {
            buffer.copyWithin(0, pos, end);
            return end - pos;
          }
          // A long message is read into a place of its own.
          this.#decodeAll(buffer.subarray(pos, end));
          return 0;
        case "enough":
          await this.#events.onBatch();
      }
    }
    return 0;
  }

  /** Decodes no more than a line, so that the messages behind it can be scanned for. */
  #decodeLine(buffer: Uint8Array, pos: number, end: number): number {
    const next = buffer.indexOf(LF, pos) + 1;
    const behind = next === 0 || next > end ? end : next;
    this.#decodeAll(buffer.subarray(pos, behind));
    return behind;
  }

  #decodeAll(bytes: Uint8Array): void {
    for (const frame of this.#decoder.push(bytes)) this.#take(frame);
  }

  /** Takes a message that the scanner has found. */
  onFound(scanner: MessageScanner, buffer: Uint8Array): void {
    if (!this.#closed) this.#events.onFound(scanner, buffer);
  }

  #take(frame: Decoded): void {
    if (this.#closed) return;
    if (frame instanceof Push) return this.#takePush(frame.kind, frame.elements);
    if (Array.isArray(frame) && this.greeting?.protocol === 2) {
      const [first] = frame;
      const kind = first instanceof Uint8Array ? decodeText(first, 0, first.length) : first;
      if (typeof kind === "string" && kind !== "pong") return this.#takePush(kind, frame);
    }
    this.#takeReply(frame);
  }

  #takePush(kind: string, elements: Reply[]): void {
    switch (kind) {
      case "message":
      case "smessage": {
        const channel = elements[1] as Uint8Array;
        return this.#events.onMessage(kind, channel, channel, elements[2] as Uint8Array);
      }
      case "pmessage":
        return this.#events.onMessage(
          kind,
          elements[1] as Uint8Array,
          elements[2] as Uint8Array,
          elements[3] as Uint8Array,
        );
      default:
        return this.#takeConfirmation(kind, elements[1]);
    }
  }

  #takeConfirmation(push: string, name: Reply): void {
    const confirmation = CONFIRMATIONS.get(push);
    // Messages of other kinds were not asked for. There is no name if there was nothing to end.
    if (confirmation === undefined || name === null) return;
    this.answered++;
    const { kind, begins } = confirmation;
    const key = keyOf(name as Uint8Array);
    const head = this.#pending.at(0);
    const change = head?.change;
    if (change === undefined || change.begins !== begins || change.kind !== kind) {
      return begins ? undefined : this.#events.onDropped(kind, key);
    }
    const named = change.names.get(key);
    if (named === undefined) return begins ? undefined : this.#events.onDropped(kind, key);
    change.names.delete(key);
    if (change.names.size === 0 && !(head as Pending<N>).fenced) this.#pending.shift();
    change.owner.onConfirmed(named);
  }

  #takeReply(reply: Reply): void {
    const head = this.#pending.at(0);
    if (head === undefined) {
      // A server says so why it closes the connection.
      if (reply instanceof ServerError) return this.close(this.#lost(reply.message, reply));
      throw new ProtocolError("Cannot match a reply: no command waits", 0);
    }
    this.answered++;
    if (head.change === undefined) {
      this.#pending.shift();
      if (!(reply instanceof ServerError)) return head.resolve(reply);
      reply.command = head.command;
      return head.reject(reply);
    }
    const { change, fenced } = head;
    const named = [...change.names.values()];
    if (reply instanceof ServerError) {
      reply.command = (change.begins ? SUBSCRIBE : UNSUBSCRIBE)[change.kind];
      if (fenced && /\bping\b/i.test(reply.message)) {
        this.#pending.shift();
        for (const one of named) change.owner.onConfirmed(one);
        return;
      }
      change.names.clear();
      if (!fenced) this.#pending.shift();
      if (change.begins) return change.owner.onRefused(named, reply);
      if (!NOT_SUBSCRIBED.has(reply.code)) return this.close(this.#lost(reply.message, reply));
      for (const one of named) change.owner.onConfirmed(one);
      return;
    }
    if (!fenced) {
      throw new ProtocolError("Cannot match a reply: a subscription is confirmed by a push", 0);
    }
    this.#pending.shift();
    change.names.clear();
    for (const one of named) change.owner.onConfirmed(one);
  }

  #lost(what: string, cause?: unknown): ConnectionError {
    return new ConnectionError(
      `Lost the subscriber connection to ${show(this.#endpoint)}: ${what}`,
      { ...this.#endpoint, cause },
    );
  }
}

function ignore(): void {}
