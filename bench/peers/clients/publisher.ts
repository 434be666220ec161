/**
 * Publishes messages on a bare socket, the same for all clients: a client of their own would be measured too.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import { CHANNELS, MESSAGE_COUNT, MESSAGES } from "../messages.ts";
import { encodeCommand } from "../socket.ts";
import type { Endpoint } from "./adapter.ts";

/** How many messages go out in one write. */
export const BATCH = 250;

/** Publishes the messages in their order, the n-th on the channel of number n modulo their number. */
export class Publisher {
  readonly #socket: Socket;
  readonly #batches: readonly Uint8Array[];
  #next = 0;

  private constructor(socket: Socket, channels: number) {
    this.#socket = socket;
    this.#batches = Array.from({ length: MESSAGE_COUNT / BATCH }, (_, batch) => {
      const commands: Uint8Array[] = [];
      for (let n = batch * BATCH; n < (batch + 1) * BATCH; n++) {
        commands.push(encodeCommand(["PUBLISH", CHANNELS[n % channels], MESSAGES[n]]));
      }
      return joined(commands);
    });
  }

  /**
   * Connects a publisher.
   *
   * @param endpoint Where to.
   * @param channels How many channels to publish on.
   */
  static async open({ host, port }: Endpoint, channels: number): Promise<Publisher> {
    const socket = connect({ host, port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    // Replies would have to be read.
    socket.write(encodeCommand(["CLIENT", "REPLY", "OFF"]));
    return new Publisher(socket, channels);
  }

  /** Publishes the next {@linkcode BATCH} messages. */
  send(): void {
    this.#socket.write(this.#batches[this.#next++ % this.#batches.length]);
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.destroy();
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
