/**
 * Writes small values while clients are measured that keep replies, so that the server has to tell them.
 *
 * @module
 */

import type { Endpoint } from "./clients/adapter.ts";
import { KEYS, VALUES } from "./data.ts";
import { encodeCommand, openSocket, writeAll } from "./socket.ts";

/** Milliseconds between two writes to the socket. */
const INTERVAL = 10;

/** One writer, on a connection of its own. It writes what is there already, so that every reply stays right. */
export class Writer implements Disposable {
  readonly #conn: Deno.Conn;
  readonly #timer: ReturnType<typeof setInterval>;
  #next = 0;

  private constructor(conn: Deno.Conn, perSecond: number) {
    this.#conn = conn;
    const count = Math.max(1, Math.round(perSecond * INTERVAL / 1000));
    this.#timer = setInterval(() => this.#write(count).catch(() => {}), INTERVAL);
    this.#drain().catch(() => {});
  }

  /**
   * Begins to write.
   *
   * @param endpoint Where.
   * @param perSecond How many keys a second.
   */
  static async start(endpoint: Endpoint, perSecond: number): Promise<Writer> {
    return new Writer(await openSocket(endpoint), perSecond);
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#conn.close();
  }

  async #write(count: number): Promise<void> {
    const commands: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const at = this.#next;
      // A step without a common factor with their number: every key gets its turn.
      this.#next = (this.#next + 7919) % KEYS.length;
      commands.push(encodeCommand(["SET", KEYS[at], VALUES[at]]));
    }
    for (const command of commands) await writeAll(this.#conn, command);
  }

  async #drain(): Promise<void> {
    const buffer = new Uint8Array(4096);
    while (await this.#conn.read(buffer) !== null);
  }
}
