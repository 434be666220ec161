/**
 * Connections to scripted servers, and the commands received on them.
 *
 * @module
 */

import { ProtocolError, RespDecoder, ServerError } from "../resp/mod.ts";
import { encodePush, encodeReply, type FakeReply, NO_REPLY } from "./fake_reply.ts";
import { FakeSubscriptions } from "./fake_subscriptions.ts";

const BUFFER = 64 * 1024;

/** A command that a {@linkcode FakeServer} has received. */
export interface FakeCommand {
  /** First word of the command, in upper case. */
  readonly name: string;
  /** Name and arguments as text, as they were sent. */
  readonly args: readonly string[];
  /** Name and arguments as bytes. */
  readonly bytes: readonly Uint8Array[];
  /** Connection on which the command was received. */
  readonly connection: FakeConnection;
}

/** Connection of a client to a {@linkcode FakeServer}. */
export class FakeConnection {
  /** Number of the connection, counted from 1 in order of arrival. */
  readonly id: number;
  /** RESP version, as requested by the client with HELLO. */
  protocol: 2 | 3 = 2;
  /** Subscriptions of the client, as maintained by the default answers. */
  readonly subscriptions: FakeSubscriptions = new FakeSubscriptions();

  readonly #conn: Deno.Conn;
  /** Called when the connection is closed. */
  readonly #waiting = new Set<() => void>();
  #closed = false;
  #stalled = false;
  #writing: Promise<void> = Promise.resolve();

  /**
   * Wraps an accepted connection. The server calls it.
   *
   * @param id Number of the connection.
   * @param conn The connection.
   */
  constructor(id: number, conn: Deno.Conn) {
    this.id = id;
    this.#conn = conn;
  }

  /**
   * Sends a reply at once, independent of the order of commands.
   *
   * @param reply The reply.
   * @returns Resolves when it has been written, or the connection has ended.
   */
  send(reply: FakeReply): Promise<void> {
    return this.#write(encodeReply(reply, this.protocol));
  }

  /**
   * Sends a push message.
   *
   * @param elements Elements of the message, its kind first: `["invalidate", ["key"]]`.
   * @returns Resolves when it has been written, or the connection has ended.
   */
  push(elements: FakeReply[]): Promise<void> {
    return this.#write(encodePush(elements, this.protocol));
  }

  /** Stops reading and writing for good. The connection stays open. */
  stall(): void {
    this.#stalled = true;
  }

  /** Closes the connection at once. */
  cut(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
    for (const wake of this.#waiting) wake();
  }

  /**
   * Reads and answers commands until the connection ends. The server calls it.
   *
   * @param answer Function that answers a command.
   */
  async serve(
    answer: (words: Uint8Array[]) => Promise<FakeReply | typeof NO_REPLY>,
  ): Promise<void> {
    const decoder = new RespDecoder({ bytes: true });
    const buffer = new Uint8Array(BUFFER);
    try {
      while (!this.#closed) {
        const count = await this.#conn.read(buffer);
        if (count === null) break;
        for (const command of decoder.push(buffer.subarray(0, count))) {
          if (!Array.isArray(command) || command.length === 0) {
            throw new ProtocolError("Cannot read a command: expected an array of bulk strings", 0);
          }
          const reply = await this.#untilClosed(answer(command as Uint8Array[]));
          if (this.#stalled) await this.#untilClosed(new Promise(() => {}));
          if (this.#closed) return;
          if (reply !== NO_REPLY) await this.send(reply);
        }
      }
    } catch (error) {
      // Everything else is the client's way to end a connection.
      if (error instanceof ProtocolError) await this.send(new ServerError("ERR Protocol error"));
    } finally {
      this.cut();
    }
  }

  /** Waits for a script, which may never come to an answer, but no longer than the connection lives. */
  #untilClosed<T>(work: Promise<T>): Promise<T | typeof NO_REPLY> {
    return new Promise((resolve, reject) => {
      const wake = () => resolve(NO_REPLY);
      this.#waiting.add(wake);
      work.then(resolve, reject).finally(() => this.#waiting.delete(wake));
    });
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < bytes.length && !this.#closed && !this.#stalled;) {
        at += await this.#conn.write(bytes.subarray(at));
      }
    }).catch(() => this.cut());
    return this.#writing;
  }
}
