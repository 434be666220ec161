import { ServerError } from "../errors.ts";
import { type Argument, encodeCommand, Push, type Reply, RespDecoder } from "../resp/mod.ts";

/** Whom a control connection is to be. */
export interface ControlUser {
  name: string;
  password: string;
}

/** The kit's own user; the same on all servers of this process, because replication and migration use it as well. */
export const CONTROL_USER: ControlUser = { name: "test-kit", password: crypto.randomUUID() };

/** How a control command is to be carried out. */
export interface ControlOptions {
  /**
   * How long to wait for the reply, in milliseconds.
   *
   * @default {10000}
   */
  timeout?: number;
  /**
   * Whether bulk strings are `Uint8Array`.
   *
   * @default {false}
   */
  bytes?: boolean;
}

/**
 * A connection on which the kit drives a server: one command at a time, RESP2.
 *
 * It goes through the server's Unix socket, so that it works whatever a test does to the ports, to TLS and to the
 * network in between, and shares no code above the codec with the client under test.
 */
export class ControlConnection {
  readonly #conn: Deno.UnixConn;
  readonly #decoder = new RespDecoder({ bytes: () => this.#bytes });
  readonly #buffer = new Uint8Array(64 * 1024);
  #replies: Reply[] = [];
  #bytes = false;

  private constructor(conn: Deno.UnixConn) {
    this.#conn = conn;
  }

  /** Connects to the server at a Unix socket, and authenticates. */
  static async open(path: string, user?: ControlUser): Promise<ControlConnection> {
    const control = new ControlConnection(await Deno.connect({ transport: "unix", path }));
    try {
      if (user) await control.command(["AUTH", user.name, user.password]);
      return control;
    } catch (error) {
      control.close();
      throw error;
    }
  }

  /**
   * Sends a command and waits for its reply; an error reply rejects. After `timeout` ms the connection is of no more
   * use.
   */
  async command(args: readonly Argument[], options: ControlOptions = {}): Promise<Reply> {
    const { timeout = 10_000, bytes: asBytes = false } = options;
    const name = String(args[0]).toUpperCase();
    this.#bytes = asBytes;
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      this.close();
    }, timeout);
    try {
      const bytes = encodeCommand(args);
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      const reply = await this.#next();
      if (!(reply instanceof ServerError)) return reply;
      reply.command = name;
      throw reply;
    } catch (error) {
      if (!expired) throw error;
      throw new Error(`Cannot finish ${name}: no reply within ${timeout} ms`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    try {
      this.#conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #next(): Promise<Reply> {
    while (this.#replies.length === 0) {
      const count = await this.#conn.read(this.#buffer);
      if (count === null) {
        throw new Error("Cannot read the reply: the server has closed the control connection");
      }
      const decoded = this.#decoder.push(this.#buffer.subarray(0, count));
      this.#replies = decoded.filter((item): item is Reply => !(item instanceof Push));
    }
    return this.#replies.shift()!;
  }
}
