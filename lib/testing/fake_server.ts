/**
 * Scripted servers, for replies, delays and failures that real servers cannot produce on demand.
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

/** Answer of a script to a command. `undefined` selects the default answer of the fake server. */
export type FakeAnswer = FakeReply | typeof NO_REPLY | undefined;

/**
 * Function that answers commands. The commands of a connection are answered in order; the next one waits until the
 * previous answer is available.
 */
export type FakeHandler = (
  command: FakeCommand,
  connection: FakeConnection,
) => FakeAnswer | void | Promise<FakeAnswer | void>;

/**
 * Answers of a fake server by command name in upper case.
 *
 * A name is one word (`"GET"`) or two (`"CLUSTER SLOTS"`). Names of two words are looked up first.
 */
export interface FakeScript {
  /** The answer, or a function that returns it. */
  [command: string]: FakeAnswer | FakeHandler;
}

/** Options for {@linkcode startFakeServer}. */
export interface FakeServerOptions {
  /**
   * Address to listen on.
   *
   * @default {"127.0.0.1"}
   */
  host?: "127.0.0.1" | "::1";
  /** Port to listen on. By default a free one. */
  port?: number;
  /**
   * Use TLS with the `server` certificate of {@linkcode testCertificates}.
   *
   * @default {false}
   */
  tls?: boolean;
  /** Function that is called for each new connection, before anything is read from it. */
  onConnect?: (connection: FakeConnection) => void;
}

const text = new TextDecoder();

/** A scripted server, as returned by {@linkcode startFakeServer}. Hold it with `await using`. */
export class FakeServer implements ServerAddress, AsyncDisposable {
  /** Address that the server listens on. */
  readonly host: string;
  /** Port that the server listens on. */
  readonly port: number;
  /** All commands received so far, including those of handshakes. */
  readonly received: FakeCommand[] = [];
  /** The answers. They can be replaced at any time. */
  script: FakeScript | FakeHandler;

  readonly #options: FakeServerOptions;
  readonly #listener: Deno.Listener;
  readonly #connections = new Set<FakeConnection>();
  readonly #serving: Promise<void>;
  #accepted = 0;
  #failure: { error: unknown } | undefined;
  #disposed = false;

  /**
   * Starts to listen. Use {@linkcode startFakeServer} instead.
   *
   * @param script The answers.
   * @param options Address, TLS and connection handler.
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

  /** Number of connections accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Open connections, oldest first. */
  get connections(): FakeConnection[] {
    return [...this.#connections];
  }

  /**
   * Returns the commands with a name that were received so far.
   *
   * @param name First word of the command, in upper case.
   * @returns The commands, in order of arrival.
   */
  receivedOf(name: string): FakeCommand[] {
    return this.received.filter((command) => command.name === name);
  }

  /**
   * Waits until commands with a name have been received.
   *
   * @param name First word of the command, in upper case.
   * @param count Minimum number of commands. By default 1.
   * @returns The commands received so far.
   * @throws {Error} If they do not arrive within 10 s.
   */
  async waitFor(name: string, count = 1): Promise<FakeCommand[]> {
    return await until(`the fake server has received ${count} × ${name}`, () => {
      const commands = this.receivedOf(name);
      return Promise.resolve(commands.length >= count && commands);
    }, { interval: 1 });
  }

  /** Closes all open connections. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Connections with subscriptions, oldest first. */
  get subscribers(): FakeConnection[] {
    return this.connections.filter(({ subscriptions }) => subscriptions.size > 0);
  }

  /**
   * Publishes a message, like PUBLISH on a connection to this server.
   *
   * @param channel The channel.
   * @param message The message.
   * @returns Number of subscriptions that receive it. A connection with a subscription to the channel and to a matching
   * pattern counts twice.
   */
  publish(channel: string | Uint8Array, message: string | Uint8Array): number {
    return deliver(this.connections, "channel", channel, message);
  }

  /**
   * Publishes a message on a shard channel, like SPUBLISH on a connection to this server.
   *
   * @param channel The shard channel.
   * @param message The message.
   * @returns Number of subscriptions that receive it.
   */
  spublish(channel: string | Uint8Array, message: string | Uint8Array): number {
    return deliver(this.connections, "shardChannel", channel, message);
  }

  /**
   * Waits until a connection is subscribed.
   *
   * @param name A channel, a pattern or a shard channel.
   * @returns The connections that are subscribed to it.
   * @throws {Error} If there is none within 10 s.
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

  /** Closes all connections with subscriptions. The others stay open. */
  cutSubscribers(): void {
    for (const connection of this.subscribers) connection.cut();
  }

  /**
   * Stops listening and closes all connections.
   *
   * @throws {Error} If a function of the script has thrown, with the same error.
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
 * Commands that the script does not answer get a default answer. The commands of a handshake (HELLO sets the protocol),
 * PING, SELECT, ROLE and similar ones succeed as on an empty primary. Publish and subscribe work: messages from clients
 * and from {@linkcode FakeServer.prototype.publish | FakeServer.publish} reach the subscribers. All other commands are
 * unknown.
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
 * @example A subscriber that loses its connection between two messages
 * ```ts
 * import { RedisClient } from "@babushka/redis";
 * import { startFakeServer } from "@babushka/redis/testing";
 *
 * await using server = await startFakeServer();
 * await using client = await RedisClient.create(server.url);
 * await using news = await client.subscribe("news");
 * server.publish("news", "first");
 * server.cutSubscribers();
 * await server.waitFor("SUBSCRIBE", 2); // the client has subscribed again
 * server.publish("news", "second");
 * for await (const { message } of news) {
 *   if (message === "second") break;
 * }
 * ```
 *
 * @param script Answers by command, or a function that answers all commands. By default only the default answers are
 * used.
 * @param options Address, TLS and connection handler.
 * @returns The server, ready for connections.
 */
export async function startFakeServer(
  script: FakeScript | FakeHandler = {},
  options: FakeServerOptions = {},
): Promise<FakeServer> {
  const keyPair = options.tls ? (await testCertificates()).server : undefined;
  return new FakeServer(script, options, keyPair);
}

/**
 * Gives one answer after the other. The last one is repeated.
 *
 * @example A server that is still loading its data
 * ```ts
 * import { inTurn, ServerError, startFakeServer } from "@babushka/redis/testing";
 *
 * const loading = new ServerError("LOADING the data set");
 * await using server = await startFakeServer({ GET: inTurn(loading, loading, "value") });
 * ```
 *
 * @param answers The answers, or functions that return them.
 * @returns A function for a script.
 */
export function inTurn(...answers: (FakeAnswer | FakeHandler)[]): FakeHandler {
  let next = 0;
  return (command, connection) => {
    const answer = answers[Math.min(next++, answers.length - 1)];
    return typeof answer === "function" ? answer(command, connection) : answer;
  };
}
