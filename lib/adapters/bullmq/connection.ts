/**
 * Connection for BullMQ, on a client of this library.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import type { Client } from "../../client/client.ts";
import { Script } from "../../client/script.ts";
import { commandNames } from "../../command_table/mod.ts";
import type { ClusterRequestOptions } from "../../dispatch/request_options.ts";
import { ConnectionError, ServerError } from "../../errors.ts";
import type { Argument, Reply } from "../../resp/reply.ts";
import {
  checkConfiguration,
  type ClientClass,
  type ClientConfiguration,
  NO_CLIENT,
} from "../client_class.ts";
import { CARRIER, type Carrier, type CarrierOption, NodeCarrier } from "../carrier.ts";
import { keyPages } from "../key_pages.ts";
import { ReopenedClient, translated } from "../reopened_client.ts";
import { routeOfPattern } from "../scan_route.ts";
import { wordOf, wordsOf } from "../words.ts";
import { scanWords, scoresWords, setWords } from "./option_words.ts";
import { recordOf } from "./replies.ts";
import { type BullMQTransaction, QueuedCommands, runInARow, runTogether } from "./transaction.ts";

/** Sends commands to every primary of a cluster. */
const EVERY_PRIMARY: ClusterRequestOptions = { route: "allPrimaries" };
/** Keys of a page of {@linkcode BullMQConnection.prototype.scanStream | BullMQConnection.scanStream}, by default. */
const PAGE = 100;

/** Options of a {@linkcode BullMQConnection}. */
export interface BullMQConnectionOptions {
  /**
   * Reject a command with `Connection is closed.` if it cannot be sent within `requestTimeout`. Use it for queues that
   * add jobs while a user waits. By default commands wait until the server is available again, as workers require.
   *
   * @default {false}
   */
  failFast?: boolean;
  /** Name of the connection in CLIENT LIST. */
  connectionName?: string;
}

/**
 * Options for {@linkcode BullMQConnection.prototype.duplicate | BullMQConnection.duplicate}. Unknown options are
 * ignored.
 */
export interface BullMQDuplicateOptions {
  /** Name of the connection in CLIENT LIST. */
  connectionName?: string;
  /** Options of other clients; ignored. */
  [option: string]: unknown;
}

/** A Lua script that BullMQ calls by name. */
export interface BullMQCommandDefinition {
  /** Number of keys. They are the first arguments. */
  numberOfKeys: number;
  /** Source code of the script. */
  lua: string;
  /** Ignored: all scripts run on the primary. */
  readOnly?: boolean;
}

/** A defined command. */
interface Defined {
  readonly script: Script;
  readonly numberOfKeys: number;
}

/**
 * Connection for BullMQ, which implements its `IRedisClient` interface.
 *
 * Queues, flows and workers can share it. Workers and event listeners create a duplicate, which opens its connection
 * for blocking commands before it becomes ready. The connection reconnects until it is closed. It uses RESP2. The
 * default of `requestTimeout` is 5 seconds.
 *
 * All commands are available as methods, with the arguments of ioredis and the replies of RESP2.
 *
 * @example A queue and a worker
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { BullMQConnection } from "@babushka/redis/bullmq";
 * import { Queue, Worker } from "npm:bullmq@6";
 *
 * await using connection = new BullMQConnection(RedisClient, "redis://localhost:6379");
 * const queue = new Queue("mail", { connection });
 * const worker = new Worker("mail", async (job) => console.log(job.data), { connection });
 * await queue.add("welcome", { to: "ann@example.com" });
 * // … on shutdown:
 * await worker.close();
 * await queue.close();
 * ```
 */
export class BullMQConnection extends EventEmitter {
  static {
    for (const name of commandNames()) {
      const method = name.toLowerCase();
      if (method in BullMQConnection.prototype) continue;
      Object.defineProperty(BullMQConnection.prototype, method, {
        value(this: BullMQConnection, ...args: unknown[]): Promise<Reply> {
          return this.call(name, ...args);
        },
        writable: true,
        configurable: true,
      });
    }
  }

  /** Whether the connection is to a cluster. */
  readonly isCluster: boolean;
  /** Options in the form of ioredis, for code that reads them. */
  options: Record<string, unknown>;
  readonly #class: ClientClass;
  readonly #configuration: ClientConfiguration;
  readonly #failFast: boolean;
  readonly #carrier: Carrier;
  readonly #defined = new Map<string, Defined>();
  #name: string | undefined;

  /**
   * Creates a connection and starts to connect.
   *
   * @param client `RedisClient` or `RedisClusterClient`. In a cluster, the prefix of the queues must have a hash tag:
   * `prefix: "{bull}"`.
   * @param configuration Options for `create()` of that class, or a URL. `protocol` has no effect. With `lazyConnect`
   * it connects on first use.
   * @param options Behaviour without a server, and connection name.
   * @throws {ConfigurationError} If an option is invalid.
   */
  constructor(
    client: ClientClass,
    configuration: ClientConfiguration | string | URL,
    options: BullMQConnectionOptions = {},
  ) {
    super();
    const checked = checkConfiguration(client, configuration);
    const { addresses, link, lazyConnect } = checked.settings;
    const { failFast = false, connectionName } = options;
    this.isCluster = client.isCluster;
    this.#class = client;
    this.#configuration = checked.configuration;
    this.#failFast = failFast;
    this.#name = connectionName;
    const common = { maxRetriesPerRequest: null, connectionName };
    this.options = client.isCluster
      ? { ...common, redisOptions: { ...common } }
      : { ...common, ...addresses[0], db: link.databaseId };
    const carrier = (options as CarrierOption)[CARRIER];
    this.#carrier = carrier ?? this.#reopened();
    if (carrier !== undefined || lazyConnect) return;
    // Libraries that make a connection may wait for its events without asking it to connect.
    queueMicrotask(() => {
      if (this.status === "wait") this.connect().catch(() => {});
    });
  }

  #reopened(): ReopenedClient {
    return new ReopenedClient({
      isCluster: this.isCluster,
      failsFast: this.#failFast,
      emitter: this,
      create: () =>
        this.#class.create({ ...this.#configuration, protocol: 2, lazyConnect: true }) as Promise<
          Client
        >,
      onOpen: (client) => this.#introduce(client),
      onReached: () => {
        if (this.#name !== undefined) this.clientSetName(this.#name).catch(() => {});
      },
    });
  }

  /**
   * State of the connection: `"wait"`, `"connecting"`, `"ready"`, `"reconnecting"`, `"disconnecting"` or `"end"`.
   * BullMQ sets it, too.
   */
  get status(): string {
    return this.#carrier.status;
  }

  set status(status: string) {
    this.#carrier.status = status;
  }

  /**
   * Opens the connection, also after it was closed. It retries until a server is available.
   *
   * @returns Resolves when the server has answered.
   * @throws {Error} If the connection is closed before.
   * @throws {ServerError} If the server rejects the credentials.
   */
  connect(): Promise<void> {
    return this.#carrier.connect();
  }

  /**
   * Closes the connection at once. Commands in flight reject with `Connection is closed.`
   *
   * @param reconnect Whether to open it again. By default it stays closed.
   */
  disconnect(reconnect: boolean = false): void {
    this.#carrier.disconnect(reconnect);
  }

  /**
   * Closes the connection when the commands in flight have their replies. Blocking commands end at once.
   *
   * @returns `"OK"` when the connection is closed.
   */
  quit(): Promise<string> {
    return this.#carrier.quit();
  }

  /**
   * Closes the connection at the end of an `await using` block, like
   * {@linkcode BullMQConnection.prototype.quit | BullMQConnection.quit}.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }

  /**
   * Creates a separate connection with the same configuration and the same defined commands, for blocking commands.
   *
   * @param options Connection name of the duplicate.
   */
  duplicate(options: BullMQDuplicateOptions = {}): BullMQConnection {
    const configuration = {
      ...this.#configuration,
      blockingConnections: this.#configuration.blockingConnections ?? 1,
    };
    const duplicate = new BullMQConnection(this.#class, configuration, {
      failFast: this.#failFast,
      connectionName: options.connectionName,
    });
    for (const [name, { script, numberOfKeys }] of this.#defined) {
      duplicate.#define(name, script, numberOfKeys);
    }
    return duplicate;
  }

  /**
   * Runs any command.
   *
   * @param words Name and arguments of the command. Arrays in the arguments are flattened.
   * @returns The reply, in the form of RESP2.
   */
  call(...words: unknown[]): Promise<Reply> {
    return this.#carrier.send(wordsOf(words));
  }

  /**
   * Defines a command that runs a script. It is called with `runCommand(name, args)` or by a method with that name.
   *
   * @param name Name of the command.
   * @param definition The script, and the number of its keys.
   */
  defineCommand(name: string, definition: BullMQCommandDefinition): void {
    this.#define(name, new Script(definition.lua), definition.numberOfKeys);
  }

  #define(name: string, script: Script, numberOfKeys: number): void {
    this.#defined.set(name, { script, numberOfKeys });
    Object.defineProperty(this, name, {
      value: (...args: unknown[]) => this.runCommand(name, args),
      writable: true,
      configurable: true,
    });
  }

  /**
   * Runs a defined command with EVALSHA. If the server does not know the script yet, it is sent with EVAL.
   *
   * @param name Name of the command.
   * @param args Keys, then arguments. Nested arrays are flattened.
   * @returns The value that the script returned.
   * @throws {Error} If no such command is defined.
   */
  // deno-lint-ignore no-explicit-any
  async runCommand(name: string, args: any[]): Promise<any> {
    const { script, numberOfKeys } = this.#scriptOf(name);
    const words = wordsOf(args);
    const call = { keys: words.slice(0, numberOfKeys), args: words.slice(numberOfKeys) } as never;
    return await this.#carrier.use((client) => client.run(script, call));
  }

  #scriptOf(name: string): Defined {
    const defined = this.#defined.get(name);
    if (defined === undefined) throw new Error(`Cannot run "${name}": no such command is defined`);
    return defined;
  }

  /** Starts a transaction. Its commands are executed atomically. In a cluster, all keys must be in one slot. */
  multi(): BullMQTransaction {
    return new QueuedCommands({
      scriptOf: (name) => this.#scriptOf(name),
      run: (commands) => this.#carrier.use((client) => runTogether(client, commands)),
    });
  }

  /** Starts a batch. Its commands are sent together, and each one succeeds or fails by itself. */
  pipeline(): BullMQTransaction {
    return new QueuedCommands({
      scriptOf: (name) => this.#scriptOf(name),
      run: (commands) =>
        this.#carrier.use((client) =>
          runInARow(client, commands, this.isCluster ? "several" : "one")
        ),
    });
  }

  /** Returns all fields of a hash as a record. */
  async hgetall(key: string): Promise<Record<string, string>> {
    return recordOf(await this.call("HGETALL", key));
  }

  /** Returns a field of a hash. */
  hget(key: string, field: string): Promise<string | null> {
    return this.call("HGET", key, field) as Promise<string | null>;
  }

  /** Returns several fields of a hash. */
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return this.call("HMGET", key, fields) as Promise<(string | null)[]>;
  }

  /** Sets fields of a hash, given as a record or as alternating names and values. */
  hset(
    key: string,
    data: Record<string, string | number> | string,
    ...more: unknown[]
  ): Promise<number> {
    const words = typeof data === "object" ? Object.entries(data).flat() : [data, ...more];
    return this.call("HSET", key, words) as Promise<number>;
  }

  /** Deletes fields of a hash. */
  hdel(key: string, ...fields: string[]): Promise<number> {
    return this.call("HDEL", key, fields) as Promise<number>;
  }

  /** Returns 1 if a hash has a field, else 0. */
  hexists(key: string, field: string): Promise<number> {
    return this.call("HEXISTS", key, field) as Promise<number>;
  }

  /** Returns the value of a key. */
  get(key: string): Promise<string | null> {
    return this.call("GET", key) as Promise<string | null>;
  }

  /** Sets a key. Options can also be given as words: `"EX", 10`. */
  set(
    key: string,
    value: string | number,
    options?: { PX?: number; EX?: number },
    ...more: unknown[]
  ): Promise<string | null> {
    return this.call("SET", key, value, setWords(options), more) as Promise<string | null>;
  }

  /** Deletes keys. Returns 0 without keys. */
  del(...keys: string[]): Promise<number> {
    if (keys.flat().length === 0) return Promise.resolve(0);
    return this.call("DEL", ...keys) as Promise<number>;
  }

  /** Members of a sorted set, each followed by its score on demand. */
  zrange(
    key: string,
    start: number,
    end: number,
    options?: { WITHSCORES?: boolean },
    ...more: unknown[]
  ): Promise<string[]> {
    return this.call("ZRANGE", key, start, end, scoresWords(options), more) as Promise<string[]>;
  }

  /** Members of a sorted set from the highest score down, each followed by its score on demand. */
  zrevrange(
    key: string,
    start: number,
    end: number,
    options?: { WITHSCORES?: boolean },
    ...more: unknown[]
  ): Promise<string[]> {
    return this.call("ZREVRANGE", key, start, end, scoresWords(options), more) as Promise<
      string[]
    >;
  }

  /** How many members a sorted set has. */
  zcard(key: string): Promise<number> {
    return this.call("ZCARD", key) as Promise<number>;
  }

  /** The score of a member, as text. */
  zscore(key: string, member: string): Promise<string | null> {
    return this.call("ZSCORE", key, member) as Promise<string | null>;
  }

  /** Returns the elements of a list in a range. */
  lrange(key: string, start: number, end: number): Promise<string[]> {
    return this.call("LRANGE", key, start, end) as Promise<string[]>;
  }

  /** Returns the length of a list. */
  llen(key: string): Promise<number> {
    return this.call("LLEN", key) as Promise<number>;
  }

  /** Trims a list to a range. */
  ltrim(key: string, start: number, end: number): Promise<string> {
    return this.call("LTRIM", key, start, end) as Promise<string>;
  }

  /** Returns the index of a value in a list; null if it is not found. */
  lpos(key: string, value: string): Promise<number | null> {
    return this.call("LPOS", key, value) as Promise<number | null>;
  }

  /** Returns the members of a set. */
  smembers(key: string): Promise<string[]> {
    return this.call("SMEMBERS", key) as Promise<string[]>;
  }

  /** Adds an entry to a stream. */
  xadd(
    key: string,
    id: string,
    fields: Record<string, string | number>,
    { MAXLEN, approximate = true }: { MAXLEN?: number; approximate?: boolean } = {},
  ): Promise<string> {
    const trim = MAXLEN === undefined ? [] : ["MAXLEN", approximate ? "~" : "=", MAXLEN];
    const words = [trim, id, Object.entries(fields).flat()];
    return this.call("XADD", key, ...words) as Promise<string>;
  }

  /**
   * Reads from streams.
   *
   * @returns `[[stream, [[id, [field, value, …]], …]], …]`. Null if there are no entries, or if the connection was lost
   * while the command blocked.
   */
  xread(
    streams: { key: string; id: string }[],
    { BLOCK, COUNT }: { BLOCK?: number; COUNT?: number } = {},
    // deno-lint-ignore no-explicit-any
  ): Promise<any> {
    const words = wordsOf([
      "XREAD",
      COUNT === undefined ? [] : ["COUNT", COUNT],
      BLOCK === undefined ? [] : ["BLOCK", BLOCK],
      "STREAMS",
      streams.map(({ key }) => key),
      streams.map(({ id }) => id),
    ]);
    return BLOCK === undefined ? this.#carrier.send(words) : this.#block(words);
  }

  /** Trims a stream to a length. */
  xtrim(
    key: string,
    strategy: "MAXLEN",
    threshold: number,
    { approximate = true }: { approximate?: boolean } = {},
  ): Promise<number> {
    return this.call("XTRIM", key, strategy, approximate ? "~" : "=", threshold) as Promise<number>;
  }

  /**
   * Removes and returns the member with the lowest score. Waits for one if the sorted set is empty.
   *
   * @param key The sorted set.
   * @param timeout Maximum wait in seconds; 0 waits without a limit.
   * @returns Key, member and score. Null after the timeout, or if the connection was lost; BullMQ then looks for jobs.
   */
  bzpopmin(
    key: string,
    timeout: number,
  ): Promise<[key: string, member: string, score: string] | null> {
    return this.#block(["BZPOPMIN", wordOf(key), timeout]) as Promise<
      [string, string, string] | null
    >;
  }

  async #block(words: Argument[]): Promise<Reply> {
    try {
      return await this.#carrier.send(words);
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof ConnectionError)) throw error;
      // The worker goes on with its other connection. That one is lost as well, and should know it by then: a script that
      // was written cannot be sent again.
      await this.#carrier.pause();
      if (this.#carrier.isClosed) throw error;
      return null;
    }
  }

  /** Returns the reply to INFO; in a cluster from one node. */
  info(...sections: string[]): Promise<string> {
    return this.#ask("INFO", ...sections);
  }

  /** Returns the reply to CLIENT LIST; in a cluster from one node. */
  clientList(): Promise<string> {
    return this.#ask("CLIENT", "LIST");
  }

  /** Returns the reply to CLIENT INFO; in a cluster from one node. */
  clientInfo(): Promise<string> {
    return this.#ask("CLIENT", "INFO");
  }

  /** Asks one node for text. */
  #ask(...words: string[]): Promise<string> {
    return this.#carrier.send(words, this.isCluster ? { route: "random" } : undefined) as Promise<
      string
    >;
  }

  /**
   * Sets the name of the connection. It is kept after a reconnect. In a cluster, the connections to all primaries get
   * the name.
   *
   * @param name Name in CLIENT LIST.
   * @returns `"OK"`, even if the connection is closed at the moment. It then gets the name when it is opened again.
   */
  async clientSetName(name: string): Promise<string> {
    this.#name = name;
    try {
      return await this.#carrier.send(["CLIENT", "SETNAME", name], this.#everywhere) as string;
    } catch (error) {
      if (this.#carrier.isClosed) return "OK";
      throw error;
    }
  }

  get #everywhere(): ClusterRequestOptions | undefined {
    return this.isCluster ? EVERY_PRIMARY : undefined;
  }

  /** Tells the server the name of the connection. */
  async #introduce(client: Client): Promise<void> {
    if (this.#name === undefined) return;
    try {
      await client.customCommand(["CLIENT", "SETNAME", this.#name], this.#everywhere);
    } catch (error) {
      // Some services know no names. BullMQ copes with that.
      if (!(error instanceof ServerError)) throw error;
    }
  }

  /**
   * Returns a page of the keys of a server. In a cluster the pattern must have a hash tag, such as `{bull}:*`, which tells
   * the server.
   *
   * @returns The cursor of the next page (`"0"` after the last page), and the keys.
   */
  scan(
    cursor: string | number,
    options: { MATCH?: string; COUNT?: number } = {},
    ...more: unknown[]
  ): Promise<[string, string[]]> {
    const words = wordsOf(["SCAN", cursor, ...scanWords(options), ...more]);
    const route = this.isCluster ? routeOfPattern(options.MATCH) : undefined;
    const page = this.#carrier.send(words, route && { route });
    return page as Promise<[string, string[]]>;
  }

  /** Returns a Node stream of pages of keys. In a cluster it covers all nodes. */
  scanStream({ match, count = PAGE }: { match?: string; count?: number } = {}): Readable {
    const pages = keyPages({
      use: (run) => this.#carrier.use(run),
      scan: (client) => client.scanIterator({ match, count }),
      count,
      translate: translated,
    });
    return Readable.from(pages);
  }

  /** Returns a connection for each primary of a cluster. On a standalone server, returns only this connection. */
  nodes(): BullMQConnection[] {
    if (!this.isCluster) return [this];
    return this.#carrier.primaries.map(({ host, port }) => {
      const options: BullMQConnectionOptions & CarrierOption = {
        [CARRIER]: new NodeCarrier(this.#carrier, { host, port }),
      };
      return new BullMQConnection(NO_CLIENT, { addresses: [{ host, port }] }, options);
    });
  }
}
