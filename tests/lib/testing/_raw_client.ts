/**
 * A client for tests of the test kit: it shares nothing with the real one but the codec.
 *
 * @module
 */

import {
  type Argument,
  encodeCommand,
  type Push,
  type Reply,
  RespDecoder,
} from "../../../lib/resp/mod.ts";

/** One connection, whose replies and pushes are read one by one. */
export class RawClient implements Disposable {
  readonly conn: Deno.Conn;
  readonly #decoder = new RespDecoder();
  readonly #replies: (Reply | Push)[] = [];

  constructor(conn: Deno.Conn) {
    this.conn = conn;
  }

  static async connect({ host, port }: { host: string; port: number }): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname: host, port }));
  }

  async send(...commands: Argument[][]): Promise<void> {
    for (const args of commands) await this.conn.write(encodeCommand(args));
  }

  /** The next reply or push, or `undefined` if the connection ends first. */
  async next(): Promise<Reply | Push | undefined> {
    const buffer = new Uint8Array(1024);
    while (this.#replies.length === 0) {
      const count = await this.conn.read(buffer);
      if (count === null) return undefined;
      this.#replies.push(...this.#decoder.push(buffer.subarray(0, count)));
    }
    return this.#replies.shift();
  }

  async call(...args: Argument[]): Promise<Reply | Push | undefined> {
    await this.send(args);
    return await this.next();
  }

  /** Everything that comes until the server has answered a PING. */
  async untilPong(): Promise<(Reply | Push)[]> {
    const mark = crypto.randomUUID();
    await this.send(["PING", mark]);
    const all: (Reply | Push)[] = [];
    while (true) {
      const item = await this.next();
      if (item === undefined) throw new Error("The connection has ended");
      // A RESP2 connection that is subscribed gets ["pong", mark].
      if (item === mark || Array.isArray(item) && item[1] === mark) return all;
      all.push(item);
    }
  }

  [Symbol.dispose](): void {
    this.conn.close();
  }
}
