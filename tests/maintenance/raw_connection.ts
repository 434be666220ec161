/**
 * A bare connection to a server, for programs and tests that ask servers about their commands.
 *
 * @module
 */

import { type Argument, encodeCommand, Push, type Reply, RespDecoder } from "../../lib/resp/mod.ts";

/** Sends commands and reads their replies; nothing else is taken care of. */
export class RawConnection {
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new RespDecoder();
  readonly #buffer = new Uint8Array(64 * 1024);

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Connects without a handshake, so that the server speaks RESP2 until it is told otherwise. */
  static async open(address: { host: string; port: number }): Promise<RawConnection> {
    return new RawConnection(await Deno.connect({ hostname: address.host, port: address.port }));
  }

  /** Sends one command. An error reply is a value. */
  async command(...args: Argument[]): Promise<Reply> {
    const [reply] = await this.commands([args]);
    return reply;
  }

  /** Sends all commands, then reads their replies. Error replies are values. */
  async commands(commands: readonly (readonly Argument[])[]): Promise<Reply[]> {
    const [replies] = await Promise.all([this.#read(commands.length), this.#write(commands)]);
    return replies;
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #write(commands: readonly (readonly Argument[])[]): Promise<void> {
    for (const args of commands) {
      const bytes = encodeCommand(args);
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }
  }

  async #read(count: number): Promise<Reply[]> {
    const replies: Reply[] = [];
    while (replies.length < count) {
      const length = await this.#conn.read(this.#buffer);
      if (length === null) throw new Error("Cannot read the reply: the server has hung up");
      for (const decoded of this.#decoder.push(this.#buffer.subarray(0, length))) {
        if (!(decoded instanceof Push)) replies.push(decoded);
      }
    }
    return replies;
  }
}
