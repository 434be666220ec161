/**
 * The connection that BullMQ works with, on a client of this library.
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
import { ReopenedClient, translated } from "../reopened_client.ts";
import { wordOf, wordsOf } from "../words.ts";
import { type Carrier, NodeCarrier } from "../carrier.ts";
import { scanWords, scoresWords, setWords } from "./option_words.ts";
import { recordOf } from "./replies.ts";
import { type BullMQTransaction, QueuedCommands, runInARow, runTogether } from "./transaction.ts";

/** Sends commands to every primary of a cluster. */
const EVERY_PRIMARY: ClusterRequestOptions = { route: "allPrimaries" };
/** Keys of a page of {@linkcode BullMQConnection.scanStream}, by default. */
const PAGE = 100;

/** Options for a {@linkcode BullMQConnection}. */
export interface BullMQConnectionOptions {
  /**
   * Reject a command with `Connection is closed.` if it could not be sent within `requestTimeout`, for queues that add
   * jobs while a user waits. By default it waits until there is a server again, as workers need it.
   *
   * @default {false}
   */
  failFast?: boolean;
  /** Name of the connection in CLIENT LIST. */
  connectionName?: string;
}

/** Options for {@linkcode BullMQConnection.duplicate}. Others are ignored. */
export interface BullMQDuplicateOptions {
  /** Name of the connection in CLIENT LIST. */
  connectionName?: string;
  /** Options of other clients. */
  [option: string]: unknown;
}

/** A Lua script that BullMQ runs by a name. */
export interface BullMQCommandDefinition {
  /** How many of the arguments are keys. */
  numberOfKeys: number;
  /** Text of the script. */
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
 * A connection for BullMQ: its `IRedisClient`, on clients of this library.
 *
 * Queues, flows and workers share it; workers and event listeners also make a duplicate, whose connection for blocking
 * commands is open before it says that it is ready. It reconnects for ever. It speaks RESP2, and its requests have a
 * timeout of 5 seconds unless the configuration gives another one.
 *
 * All commands of the server are methods of it, with the arguments of ioredis and the replies of RESP2.
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
 * // … and at the end:
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

  /** Whether it leads to a cluster. */
  readonly isCluster: boolean;
  /** What other code may want to know about the connection. */
  options: Record<string, unknown>;
  readonly #class: ClientClass;
  readonly #configuration: ClientConfiguration;
  readonly #failFast: boolean;
  readonly #carrier: Carrier;
  readonly #defined = new Map<string, Defined>();
  #name: string | undefined;

  /**
   * Makes a connection, which begins to connect.
   *
   * @param client `RedisClient` or `RedisClusterClient`. In a cluster, the prefix of the queues must be a hash tag:
   * `prefix: "{bull}"`.
   * @param configuration What `create()` of that class takes. `protocol` has no effect. With `lazyConnect` it connects
   * with its first use.
   * @param options More.
   * @throws {ConfigurationError} If an option is bad.
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
    const carrier = (options as InternalOptions)[CARRIER];
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
   * The state: `"wait"`, `"connecting"`, `"ready"`, `"reconnecting"`, `"disconnecting"` or `"end"`. BullMQ sets it as
   * well.
   */
  get status(): string {
    return this.#carrier.status;
  }

  set status(status: string) {
    this.#carrier.status = status;
  }

  /**
   * Opens the connection, also after its end. It tries until there is a server.
   *
   * @returns Resolves when the server has answered.
   * @throws {Error} If it is closed meanwhile.
   * @throws {ServerError} If the server refuses the credentials.
   */
  connect(): Promise<void> {
    return this.#carrier.connect();
  }

  /**
   * Closes the connection at once: commands under way reject with `Connection is closed.`
   *
   * @param reconnect Whether to open it again.
   */
  disconnect(reconnect: boolean = false): void {
    this.#carrier.disconnect(reconnect);
  }

  /**
   * Closes the connection when the commands under way have their replies. Blocking ones end at once.
   *
   * @returns `"OK"`, when nothing of the connection is left.
   */
  quit(): Promise<string> {
    return this.#carrier.quit();
  }

  /** Closes the connection at the end of an `await using` block, as {@linkcode BullMQConnection.quit} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }

  /**
   * Makes a connection of its own with the same configuration and the same defined commands, for blocking commands.
   *
   * @param options What is different.
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
   * @param words Its words, some of which may be arrays of words.
   * @returns The reply, in the form of RESP2.
   */
  call(...words: unknown[]): Promise<Reply> {
    return this.#carrier.send(wordsOf(words));
  }

  /**
   * Defines a command: `runCommand(name, args)`, and a method of that name.
   *
   * @param name The name.
   * @param definition The script, and how many of its arguments are keys.
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
   * Runs a defined command by the digest of its script, and by its text where the server does not know it yet.
   *
   * @param name The name.
   * @param args Its keys, then its arguments; also as one array in the array.
   * @returns What the script returned.
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

  /** Begins a transaction: its commands are executed together. In a cluster their keys must share a slot. */
  multi(): BullMQTransaction {
    return new QueuedCommands({
      scriptOf: (name) => this.#scriptOf(name),
      run: (commands) => this.#carrier.use((client) => runTogether(client, commands)),
    });
  }

  /** Begins a batch: its commands are sent together, and each one succeeds or fails by itself. */
  pipeline(): BullMQTransaction {
    return new QueuedCommands({
      scriptOf: (name) => this.#scriptOf(name),
      run: (commands) =>
        this.#carrier.use((client) =>
          runInARow(client, commands, this.isCluster ? "several" : "one")
        ),
    });
  }

  /** The fields of a hash, as a record. */
  async hgetall(key: string): Promise<Record<string, string>> {
    return recordOf(await this.call("HGETALL", key));
  }

  /** A field of a hash. */
  hget(key: string, field: string): Promise<string | null> {
    return this.call("HGET", key, field) as Promise<string | null>;
  }

  /** Several fields of a hash. */
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return this.call("HMGET", key, fields) as Promise<(string | null)[]>;
  }

  /** Sets fields of a hash: a record, or names and values in turn. */
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

  /** Whether a hash has a field: 1 or 0. */
  hexists(key: string, field: string): Promise<number> {
    return this.call("HEXISTS", key, field) as Promise<number>;
  }

  /** The value of a key. */
  get(key: string): Promise<string | null> {
    return this.call("GET", key) as Promise<string | null>;
  }

  /** Sets a key. The options may also be words, as `"EX", 10`. */
  set(
    key: string,
    value: string | number,
    options?: { PX?: number; EX?: number },
    ...more: unknown[]
  ): Promise<string | null> {
    return this.call("SET", key, value, setWords(options), more) as Promise<string | null>;
  }

  /** Deletes keys. Without a key it answers 0. */
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

  /** Elements of a list. */
  lrange(key: string, start: number, end: number): Promise<string[]> {
    return this.call("LRANGE", key, start, end) as Promise<string[]>;
  }

  /** Length of a list. */
  llen(key: string): Promise<number> {
    return this.call("LLEN", key) as Promise<number>;
  }

  /** Trims a list to a range. */
  ltrim(key: string, start: number, end: number): Promise<string> {
    return this.call("LTRIM", key, start, end) as Promise<string>;
  }

  /** Position of a value in a list. */
  lpos(key: string, value: string): Promise<number | null> {
    return this.call("LPOS", key, value) as Promise<number | null>;
  }

  /** Members of a set. */
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
   * @returns `[[stream, [[id, [field, value, …]], …]], …]`; null if there is nothing, and also if the connection was lost
   * while the server blocked.
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
   * Takes the member with the lowest score, and waits for one.
   *
   * @param key The sorted set.
   * @param timeout Seconds to wait; 0 for ever.
   * @returns Key, member and score; null if the time is up, and also if the connection was lost: BullMQ looks for jobs
   * then.
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

  /** What INFO tells, of one node of a cluster. */
  info(...sections: string[]): Promise<string> {
    return this.#ask("INFO", ...sections);
  }

  /** The connections of the server, of one node of a cluster. */
  clientList(): Promise<string> {
    return this.#ask("CLIENT", "LIST");
  }

  /** This connection in the list of the server. */
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
   * Names the connection, also after a reconnect. In a cluster there is one of the name to each primary.
   *
   * @param name Its name in CLIENT LIST.
   * @returns `"OK"`; also if the connection is closed meanwhile: it has the name when it is opened again.
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
   * A page of the keys of one server.
   *
   * @returns The cursor for the next page, `"0"` after the last one, and the keys.
   */
  scan(
    cursor: string | number,
    options: { MATCH?: string; COUNT?: number } = {},
    ...more: unknown[]
  ): Promise<[string, string[]]> {
    return this.call("SCAN", cursor, scanWords(options), more) as Promise<[string, string[]]>;
  }

  /** A Node stream of the keys, page by page; in a cluster those of all nodes. */
  scanStream({ match, count = PAGE }: { match?: string; count?: number } = {}): Readable {
    return Readable.from(this.#pages(match, count));
  }

  async *#pages(match: string | undefined, count: number): AsyncGenerator<string[]> {
    const client = await this.#carrier.use((client) => Promise.resolve(client));
    let page: string[] = [];
    try {
      for await (const key of client.scanIterator({ match, count })) {
        if (page.push(key) < count) continue;
        yield page;
        page = [];
      }
    } catch (error) {
      throw translated(error);
    }
    if (page.length > 0) yield page;
  }

  /** Connections to the single primaries of a cluster; those of a server: only this one. */
  nodes(): BullMQConnection[] {
    if (!this.isCluster) return [this];
    return this.#carrier.primaries.map(({ host, port }) => {
      const options: InternalOptions = {
        [CARRIER]: new NodeCarrier(this.#carrier, { host, port }),
      };
      return new BullMQConnection(NO_CLIENT, { addresses: [{ host, port }] }, options);
    });
  }
}

/** Where an internal option of a connection is: what it sends its commands with. */
const CARRIER = Symbol("carrier");

interface InternalOptions extends BullMQConnectionOptions {
  [CARRIER]?: Carrier;
}
