/**
 * One open connection on which is subscribed.
 *
 * The commands that begin and end subscriptions have no reply: they are confirmed by a message for each name, which
 * looks like those that come unasked. Errors come as replies. So sent commands are kept in their order, and a
 * confirmation is matched by kind and name.
 *
 * @module
 */

import { ConnectionError, ProtocolError, ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import type { Greeting } from "../connection/greeting.ts";
import { Ring } from "../connection/ring.ts";
import { type Endpoint, show, type Transport } from "../connection/transport.ts";
import { CommandEncoder } from "../resp/encoder.ts";
import type { Decoded } from "../resp/decoder.ts";
import { type Argument, Push, type Reply } from "../resp/reply.ts";
import { RespDecoderStream } from "../resp/stream.ts";
import { decodeText } from "../resp/text.ts";
import { binaryOf, type Kind, SUBSCRIBE, UNSUBSCRIBE } from "./topic.ts";

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
  /** What stands for its names, by their binary form. */
  readonly names: Map<string, N>;
  /** What to tell. */
  readonly owner: ChangeOwner<N>;
}

/** What a connection tells about messages and about its end. */
export interface SubscriberEvents<N> {
  /** Whether messages are to be decoded to bytes rather than text. It is asked for each one. */
  isBytes(): boolean;
  /**
   * A message came, and is to be delivered.
   *
   * @param kind Its kind.
   * @param name What it was subscribed to, as text or bytes.
   * @param channel The channel that it was published on, in the same form.
   * @param message The message, in the same form.
   */
  onMessage(
    kind: Kind,
    name: string | Uint8Array,
    channel: string | Uint8Array,
    message: string | Uint8Array,
  ): void;
  /**
   * The server has ended a subscription of its own accord.
   *
   * @param kind Its kind.
   * @param name Its name in binary form.
   */
  onDropped(kind: Kind, name: string): void;
  /** The connection is gone. */
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

/** Refusals of a command that ends subscriptions which say that there are none. */
const NOT_SUBSCRIBED = new Set(["MOVED", "CLUSTERDOWN", "NOSUB"]);

/**
 * One open connection on which is subscribed.
 *
 * @typeParam N What stands for a name in a change.
 */
export class SubscriberConnection<N> {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #events: SubscriberEvents<N>;
  readonly #encoder = new CommandEncoder();
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
   */
  constructor(endpoint: Endpoint, transport: Transport, events: SubscriberEvents<N>) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#events = events;
    this.#writer = transport.writable.getWriter();
    // Before the end of the handshake there are no messages, and the replies to it are text.
    const frames = RespDecoderStream.from(transport, {
      bytes: (push) =>
        this.greeting !== undefined && (push || this.greeting.protocol === 2) && events.isBytes(),
    }, () => {
      this.received++;
      this.receivedAt = Date.now();
    });
    this.#read(frames.getReader());
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
    this.#pending.push({ change: undefined, resolve, reject, command: String(words[0]) });
    this.#send(words as Argument[]);
    return promise;
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
    this.#writing = true;
    let written = Promise.resolve();
    for (const chunk of this.#encoder.chunks()) {
      written = this.#writer.write(chunk as Uint8Array<ArrayBuffer>);
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

  async #read(frames: ReadableStreamDefaultReader<Decoded[]>): Promise<void> {
    try {
      while (true) {
        const { value, done } = await frames.read();
        if (done) return this.close(this.#lost("the server closed the connection"));
        // A handler of a message may close it.
        for (let i = 0; i < value.length && !this.#closed; i++) this.#take(value[i]);
      }
    } catch (cause) {
      if (this.#closed) return;
      const what = cause instanceof ProtocolError
        ? "the server sent a malformed reply"
        : "the connection broke while reading";
      this.close(this.#lost(what, cause));
    }
  }

  #take(frame: Decoded): void {
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
        const channel = elements[1] as string | Uint8Array;
        const message = elements[2] as string | Uint8Array;
        return this.#events.onMessage(kind, channel, channel, message);
      }
      case "pmessage":
        return this.#events.onMessage(
          kind,
          elements[1] as string | Uint8Array,
          elements[2] as string | Uint8Array,
          elements[3] as string | Uint8Array,
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
    const bytes = name instanceof Uint8Array ? name : encoder.encode(String(name));
    const binary = binaryOf(bytes);
    const head = this.#pending.at(0);
    const change = head?.change;
    if (change === undefined || change.begins !== begins || change.kind !== kind) {
      return begins ? undefined : this.#events.onDropped(kind, binary);
    }
    const named = change.names.get(binary);
    if (named === undefined) return begins ? undefined : this.#events.onDropped(kind, binary);
    change.names.delete(binary);
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

const encoder = new TextEncoder();

function ignore(): void {}
