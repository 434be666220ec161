/**
 * One open connection on which MONITOR was sent.
 *
 * The server writes a line for each command that it executes, and replies in between. A line looks like a simple string.
 *
 * @module
 */

import type { Greeting } from "../connection/greeting.ts";
import { Ring } from "../connection/ring.ts";
import { Tally } from "../connection/tally.ts";
import { type Endpoint, show, type Transport } from "../connection/transport.ts";
import { ConnectionError, ProtocolError, ServerError } from "../errors.ts";
import type { Words } from "../executor.ts";
import { encodeCommand } from "../resp/encoder.ts";
import type { Decoded } from "../resp/decoder.ts";
import { type Argument, Push, type Reply } from "../resp/reply.ts";
import { RespDecoderStream } from "../resp/stream.ts";
import { isMonitorLine } from "./monitor_line.ts";

/** Longest line, in bytes: a byte of a word takes up to four. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** What a connection tells about lines and about its end. */
export interface MonitorEvents {
  /**
   * A line came.
   *
   * @param line The line.
   */
  onLine(line: string): void;
  /** How many lines are handed on before their reader gets a turn. */
  readonly batchSize: number;
  /** So many lines were handed on. More follow when this is over. */
  onBatch(): Promise<void>;
  /** The connection is gone. */
  onClosed(connection: MonitorConnection, error: Error): void;
}

interface Call {
  readonly command: string;
  readonly settle: PromiseWithResolvers<Reply>;
  /** Called for the reply before the next frame is looked at; not for an error. */
  readonly onReply?: () => void;
}

/** One open connection on which MONITOR was sent, or is to be. */
export class MonitorConnection {
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #events: MonitorEvents;
  readonly #tally: Tally;
  readonly #calls = new Ring<Call>();
  #closed = false;
  readonly #ended = Promise.withResolvers<Error>();
  /** Number of reads that returned data. */
  received = 0;
  /** When data was received last, in milliseconds of `Date.now()`. */
  receivedAt: number = Date.now();
  /** Number of replies. */
  answered = 0;
  /** What the handshake learnt; undefined before its end. */
  greeting: Greeting | undefined;

  /**
   * Takes over an open socket and begins to read.
   *
   * @param endpoint What it is connected to, for messages.
   * @param transport The socket.
   * @param events Learns of lines and of its end.
   * @param tally Counts its bytes.
   */
  constructor(
    endpoint: Endpoint,
    transport: Transport,
    events: MonitorEvents,
    tally: Tally = new Tally(),
  ) {
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#events = events;
    this.#tally = tally;
    const frames = RespDecoderStream.from(transport, { maxLineLength: LONGEST_LINE }, (count) => {
      this.received++;
      tally.bytesReceived += count;
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
   * @param words The command.
   * @param onReply Called for the reply before the next frame is looked at; not for an error.
   * @returns The reply; rejects with the reason if the connection is closed before it.
   */
  call(words: Words, onReply?: () => void): Promise<Reply> {
    if (this.#closed) return this.#ended.promise.then((error) => Promise.reject(error));
    const settle = Promise.withResolvers<Reply>();
    this.#calls.push({ command: String(words[0]), settle, onReply });
    const bytes = encodeCommand(words as Argument[]) as Uint8Array<ArrayBuffer>;
    this.#tally.bytesSent += bytes.length;
    this.#transport.write(bytes).catch((cause) => {
      this.close(this.#lost("the connection broke while writing", cause));
    });
    return settle.promise;
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
    for (const { settle } of this.#calls.drain()) settle.reject(error);
    this.#events.onClosed(this, error);
    this.#ended.resolve(error);
  }

  async #read(frames: ReadableStreamDefaultReader<Decoded[]>): Promise<void> {
    try {
      while (true) {
        const { value, done } = await frames.read();
        if (done) return this.close(this.#lost("the server closed the connection"));
        for (let i = 0; i < value.length && !this.#closed; i++) {
          this.#take(value[i]);
          if ((i + 1) % this.#events.batchSize === 0) await this.#events.onBatch();
        }
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
    if (isMonitorLine(frame)) return this.#events.onLine(frame);
    // Nothing was asked for that is pushed.
    if (frame instanceof Push) return;
    this.answered++;
    const call = this.#calls.shift();
    if (call === undefined) {
      // A server says so why it closes the connection.
      if (frame instanceof ServerError) return this.close(this.#lost(frame.message, frame));
      throw new ProtocolError("Cannot match a reply: no command waits", 0);
    }
    if (!(frame instanceof ServerError)) {
      call.onReply?.();
      return call.settle.resolve(frame);
    }
    frame.command = call.command;
    call.settle.reject(frame);
  }

  #lost(what: string, cause?: unknown): ConnectionError {
    return new ConnectionError(`Lost the monitor of ${show(this.#endpoint)}: ${what}`, {
      ...this.#endpoint,
      cause,
    });
  }
}
