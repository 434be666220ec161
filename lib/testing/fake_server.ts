/**
 * Scripted servers: for replies, delays and failures that no real server can be made to show.
 *
 * @module
 */

import { until } from "./_poll.ts";
import { listenOn, releasePort } from "./_port.ts";
import { testCertificates } from "./certificates.ts";
import { defaultAnswer } from "./_fake_defaults.ts";
import { deliver, pubsubAnswer } from "./_fake_pubsub.ts";
import { type FakeCommand, FakeConnection } from "./fake_connection.ts";
import { type FakeReply, NO_REPLY } from "./fake_reply.ts";
import type { ServerAddress } from "./server_options.ts";

/** What a script says to a command; `undefined` leaves it to the default answers of a fake server. */
export type FakeAnswer = FakeReply | typeof NO_REPLY | undefined;

/**
 * Answers commands. A connection's commands are answered one after the other, each when the answer to the one before
 * is there.
 */
export type FakeHandler = (
  command: FakeCommand,
  connection: FakeConnection,
) => FakeAnswer | void | Promise<FakeAnswer | void>;

/**
 * What a fake server answers, by command in upper case.
 *
 * A name is one word (`"GET"`) or, for subcommands, two (`"CLUSTER SLOTS"`); those are looked up first. An answer may
 * be a function.
 */
export interface FakeScript {
  /** The answer, or a function that gives it. */
  [command: string]: FakeAnswer | FakeHandler;
}

/** Options for {@linkcode startFakeServer}. */
export interface FakeServerOptions {
  /** Address to listen on. @default {"127.0.0.1"} */
  host?: "127.0.0.1" | "::1";
  /** Port to listen on. By default a free one. */
  port?: number;
  /** Whether to speak TLS, with the certificate for servers of {@linkcode testCertificates}. @default {false} */
  tls?: boolean;
  /** Called for each new connection before anything is read from it. */
  onConnect?: (connection: FakeConnection) => void;
}

const text = new TextDecoder();

/** A scripted server, as {@linkcode startFakeServer} starts it. Dispose of it with `await using`. */
export class FakeServer implements ServerAddress, AsyncDisposable {
  /** Address that the server listens on. */
  readonly host: string;
  /** Port that the server listens on. */
  readonly port: number;
  /** All commands so far, those of the handshake included. */
  readonly received: FakeCommand[] = [];
  /** What to answer; may be changed at any time. */
  script: FakeScript | FakeHandler;

  readonly #options: FakeServerOptions;
  readonly #listener: Deno.Listener;
  readonly #connections = new Set<FakeConnection>();
  readonly #serving: Promise<void>;
  #accepted = 0;
  #failure: { error: unknown } | undefined;
  #disposed = false;

  /**
   * Starts to listen; {@linkcode startFakeServer} is the way to get here.
   *
   * @param script What to answer.
   * @param options Where to listen, and how.
   * @param keyPair Certificate and key, for TLS.
   */
  constructor(
    script: FakeScript | FakeHandler,
    options: FakeServerOptions = {},
    keyPair?: { cert: string; key: string },
  ) {
    this.script = script;
    this.#options = options;
    this.host = options.host ?? "127.0.0.1";
    const { listener, port } = listenOn<Deno.Listener>(this.host, options.port, (port) => {
      const address = { hostname: this.host, port };
      return keyPair ? Deno.listenTls({ ...address, ...keyPair }) : Deno.listen(address);
    });
    this.port = port;
    this.#listener = listener;
    this.#serving = this.#acceptAll();
  }

  /** URL of the server. */
  get url(): string {
    const host = this.host.includes(":") ? `[${this.host}]` : this.host;
    return `${this.#options.tls ? "rediss" : "redis"}://${host}:${this.port}`;
  }

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that are open, oldest first. */
  get connections(): FakeConnection[] {
    return [...this.#connections];
  }

  /**
   * Tells the commands of a name that were received so far.
   *
   * @param name First word, in upper case.
   * @returns The commands, in the order in which they came.
   */
  receivedOf(name: string): FakeCommand[] {
    return this.received.filter((command) => command.name === name);
  }

  /**
   * Waits until commands of a name have come.
   *
   * @param name First word, in upper case.
   * @param count How many. @default {1}
   * @returns The commands.
   * @throws {Error} If they have not come after 10 s.
   */
  async waitFor(name: string, count = 1): Promise<FakeCommand[]> {
    return await until(`the fake server has received ${count} × ${name}`, () => {
      const commands = this.receivedOf(name);
      return Promise.resolve(commands.length >= count && commands);
    }, { interval: 1 });
  }

  /** Cuts every connection that is open now. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Connections that are subscribed to something, oldest first. */
  get subscribers(): FakeConnection[] {
    return this.connections.filter(({ subscriptions }) => subscriptions.size > 0);
  }

  /**
   * Publishes a message, as `PUBLISH` on a connection to this server does.
   *
   * @param channel The channel.
   * @param message The message.
   * @returns How many subscriptions get it: a connection that is subscribed to the channel and to a pattern that it
   * matches gets it twice.
   */
  publish(channel: string | Uint8Array, message: string | Uint8Array): number {
    return deliver(this.connections, "channel", channel, message);
  }

  /**
   * Publishes a message on a shard channel, as `SPUBLISH` on a connection to this server does.
   *
   * @param channel The shard channel.
   * @param message The message.
   * @returns How many subscriptions get it.
   */
  spublish(channel: string | Uint8Array, message: string | Uint8Array): number {
    return deliver(this.connections, "shardChannel", channel, message);
  }

  /**
   * Waits until a connection is subscribed.
   *
   * @param name A channel, a pattern or a shard channel.
   * @returns The connections that are subscribed to it.
   * @throws {Error} If there is none after 10 s.
   */
  async waitForSubscriber(name: string): Promise<FakeConnection[]> {
    return await until(`somebody is subscribed to ${name} at the fake server`, () => {
      const subscribers = this.connections.filter(({ subscriptions }) =>
        subscriptions.has("channel", name) || subscriptions.has("pattern", name) ||
        subscriptions.has("shardChannel", name)
      );
      return Promise.resolve(subscribers.length > 0 && subscribers);
    }, { interval: 1 });
  }

  /** Cuts every connection that is subscribed to something. The others stay. */
  cutSubscribers(): void {
    for (const connection of this.subscribers) connection.cut();
  }

  /**
   * Closes everything.
   *
   * @throws What a function of the script has thrown, if one has: a test must not pass over that.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#listener.close();
    this.cut();
    await this.#serving;
    if (this.#options.port === undefined) releasePort(this.port);
    if (this.#failure) throw this.#failure.error;
  }

  async #acceptAll(): Promise<void> {
    const serving = new Set<Promise<void>>();
    while (true) {
      let conn: Deno.Conn;
      try {
        conn = await this.#listener.accept();
      } catch (error) {
        if (this.#disposed) break;
        // A TLS handshake that fails is the client's business.
        if (error instanceof Deno.errors.BadResource) throw error;
        continue;
      }
      // Small pieces are to arrive when they are sent.
      if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay();
      const connection = new FakeConnection(++this.#accepted, conn);
      this.#connections.add(connection);
      if (this.#disposed) connection.cut();
      const served = this.#serve(connection).finally(() => {
        serving.delete(served);
        this.#connections.delete(connection);
      });
      serving.add(served);
    }
    await Promise.all(serving);
  }

  async #serve(connection: FakeConnection): Promise<void> {
    try {
      this.#options.onConnect?.(connection);
      await connection.serve((words) => this.#answer(words, connection));
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  async #answer(
    bytes: Uint8Array[],
    connection: FakeConnection,
  ): Promise<FakeReply | typeof NO_REPLY> {
    const args = bytes.map((word) => text.decode(word));
    const command = { name: args[0].toUpperCase(), args, bytes, connection };
    this.received.push(command);
    try {
      const { script } = this;
      const answer = typeof script === "function"
        ? script
        : script[`${command.name} ${args[1]?.toUpperCase()}`] ?? script[command.name];
      const reply = typeof answer === "function" ? await answer(command, connection) : answer;
      if (reply !== undefined) return reply;
      return pubsubAnswer(command, this) ?? defaultAnswer(command);
    } catch (error) {
      this.#failure ??= { error };
      connection.cut();
      return NO_REPLY;
    }
  }
}

/**
 * Starts a scripted server.
 *
 * What the script leaves open gets a default answer: the commands of a handshake (`HELLO` sets the protocol), `PING`,
 * `SELECT`, `ROLE` and the like succeed as on an empty primary, everything else is an unknown command. Publish and
 * subscribe work: `SUBSCRIBE`, `PSUBSCRIBE`, `SSUBSCRIBE` and what ends them are confirmed, and what is published, by
 * a client or by {@linkcode FakeServer.publish}, reaches the subscribers.
 *
 * @example A server that loses the connection on the second GET
 * ```ts
 * import { inTurn, startFakeServer } from "@babushka/redis/testing";
 *
 * await using server = await startFakeServer({
 *   GET: inTurn("first", (_, connection) => connection.cut()),
 * });
 * console.log(server.url);
 * ```
 *
 * @example A subscriber whose connection is lost between two messages
 * ```ts
 * import { startFakeServer } from "@babushka/redis/testing";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startFakeServer();
 * // … the program under test subscribes to "news" at server.url; then:
 * server.publish("news", "first");
 * server.cutSubscribers();
 * // await server.waitForSubscriber("news"); // it is back
 * assertEquals(server.publish("news", "second"), 0); // in this example nobody subscribes
 * ```
 *
 * @param script What to answer, by command; or a function that answers all commands. By default nothing but the
 * default answers.
 * @param options Where to listen, and how.
 * @returns The server, which accepts connections.
 */
export async function startFakeServer(
  script: FakeScript | FakeHandler = {},
  options: FakeServerOptions = {},
): Promise<FakeServer> {
  const keyPair = options.tls ? (await testCertificates()).server : undefined;
  return new FakeServer(script, options, keyPair);
}

/**
 * Answers that are given one after the other; the last one is repeated.
 *
 * @example A server that loads its data at first
 * ```ts
 * import { inTurn, ServerError, startFakeServer } from "@babushka/redis/testing";
 *
 * const loading = new ServerError("LOADING the data set");
 * await using server = await startFakeServer({ GET: inTurn(loading, loading, "value") });
 * ```
 *
 * @param answers The answers, or functions that give them.
 * @returns A function for a script.
 */
export function inTurn(...answers: (FakeAnswer | FakeHandler)[]): FakeHandler {
  let next = 0;
  return (command, connection) => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    return typeof answer === "function" ? answer(command, connection) : answer;
  };
}
