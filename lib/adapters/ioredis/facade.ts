/**
 * An object with the methods of ioredis, on a client of this library.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import type { Client } from "../../client/client.ts";
import { Script } from "../../client/script.ts";
import { commandNames } from "../../command_table/mod.ts";
import type { ScanKeysOptions } from "../../commands/key.ts";
import type { Argument, Reply } from "../../resp/reply.ts";
import { type Carrier, NodeCarrier } from "../carrier.ts";
import {
  checkConfiguration,
  type ClientClass,
  type ClientConfiguration,
  NO_CLIENT,
} from "../client_class.ts";
import { ReopenedClient, translated } from "../reopened_client.ts";
import { wordsOf } from "../words.ts";
import { type DefinedCommand, IORedisPipeline, scriptWords } from "./pipeline.ts";
import { type Callback, take, tell, valueOf } from "./shapes.ts";
import { FacadeSubscriptions, type SubscriptionKind } from "./subscriptions.ts";

/** Options for an {@linkcode IORedisFacade}. */
export interface IORedisFacadeOptions {
  /**
   * Whether a command that could not be sent within `requestTimeout` waits until there is a server again. By default it
   * rejects with `Connection is closed.`
   *
   * @default {false}
   */
  waitForServer?: boolean;
}

/** A script that becomes a command. */
export interface IORedisCommandDefinition {
  /** Text of the script. */
  lua: string;
  /** How many arguments are keys. By default the first argument says it. */
  numberOfKeys?: number;
  /** Ignored: all scripts run on the primary. */
  readOnly?: boolean;
}

/** Where an internal option is: what a facade of one node sends its commands with. */
const CARRIER = Symbol("carrier");

interface InternalOptions extends IORedisFacadeOptions {
  [CARRIER]?: Carrier;
}

/** All commands of the server, in lower case, and each with `Buffer` behind its name. */
export interface IORedisFacade {
  /** A command. */
  // deno-lint-ignore no-explicit-any
  [command: string]: any;
}

/**
 * An object that libraries take for a client of ioredis.
 *
 * Commands take the arguments of ioredis, also callbacks, and answer its shapes; with `Buffer` behind their names
 * (`getBuffer`) they answer buffers. Blocking commands and subscriptions have connections of their own, so they hold up
 * nothing: one facade can do all of it.
 *
 * What would change the connection for all callers rejects before anything is sent, and says what to use instead: SELECT,
 * AUTH, WATCH, MONITOR, CLIENT REPLY, and MULTI without a chain.
 *
 * @example A rate limiter
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { IORedisFacade } from "@babushka/redis/ioredis";
 * import { RateLimiterRedis } from "npm:rate-limiter-flexible@11";
 *
 * await using storeClient = new IORedisFacade(RedisClient, "redis://localhost:6379");
 * const limiter = new RateLimiterRedis({ storeClient, points: 5, duration: 1 });
 * await limiter.consume("ann");
 * ```
 */
export class IORedisFacade extends EventEmitter {
  static {
    for (const name of commandNames()) {
      for (const suffix of ["", "Buffer"]) {
        const method = name.toLowerCase() + suffix;
        if (method in IORedisFacade.prototype) continue;
        Object.defineProperty(IORedisFacade.prototype, method, {
          value(this: IORedisFacade, ...args: unknown[]): Promise<unknown> {
            return this.#run(name, args, suffix !== "");
          },
          writable: true,
          configurable: true,
        });
      }
    }
  }

  /** Whether it leads to a cluster. */
  readonly isCluster: boolean;
  /** What libraries look up: the address, the database, and how it connects. */
  options: Record<string, unknown>;
  readonly #class: ClientClass;
  readonly #configuration: ClientConfiguration;
  readonly #waitForServer: boolean;
  readonly #carrier: Carrier;
  readonly #defined = new Map<string, DefinedCommand>();
  readonly #subscriptions: FacadeSubscriptions;

  /**
   * Makes a facade, which begins to connect.
   *
   * @param client `RedisClient` or `RedisClusterClient`.
   * @param configuration What `create()` of that class takes. `protocol` has no effect, and `requestTimeout` is 5 seconds by
   * default. With `lazyConnect` it connects with its first use.
   * @param options More.
   * @throws {ConfigurationError} If an option is bad.
   */
  constructor(
    client: ClientClass,
    configuration: ClientConfiguration | string | URL,
    options: IORedisFacadeOptions = {},
  ) {
    super();
    const checked = checkConfiguration(client, configuration);
    const { addresses, link, lazyConnect } = checked.settings;
    this.isCluster = client.isCluster;
    this.#class = client;
    this.#configuration = checked.configuration;
    this.#waitForServer = options.waitForServer ?? false;
    this.options = { ...addresses[0], db: link.databaseId, family: 4, lazyConnect, keyPrefix: "" };
    this.#subscriptions = new FacadeSubscriptions(this);
    const carrier = (options as InternalOptions)[CARRIER];
    this.#carrier = carrier ?? new ReopenedClient({
      isCluster: client.isCluster,
      failsFast: !this.#waitForServer,
      emitter: this,
      create: () =>
        client.create({ ...this.#configuration, protocol: 2, lazyConnect: true }) as Promise<
          Client
        >,
      onOpen: () => Promise.resolve(),
      onReached: () => {},
    });
    if (carrier !== undefined || lazyConnect) return;
    // Libraries that make a client may wait for its events without asking it to connect.
    queueMicrotask(() => {
      if (this.status === "wait") this.connect().catch(() => {});
    });
  }

  /** The state: `"wait"`, `"connecting"`, `"ready"`, `"reconnecting"`, `"disconnecting"` or `"end"`. */
  get status(): string {
    return this.#carrier.status;
  }

  set status(status: string) {
    this.#carrier.status = status;
  }

  /**
   * Opens the connection, also after its end. It tries until there is a server.
   *
   * @param callback Gets the outcome.
   * @throws {ServerError} If the server refuses the credentials.
   */
  connect(callback?: Callback): Promise<void> {
    return tell(this.#carrier.connect(), callback);
  }

  /**
   * Closes the connection at once: commands under way reject with `Connection is closed.`
   *
   * @param reconnect Whether to open it again, with the same subscriptions.
   */
  disconnect(reconnect: boolean = false): void {
    const wanted = this.#subscriptions.clear();
    this.#carrier.disconnect(reconnect);
    if (!reconnect || wanted.length === 0) return;
    this.once("ready", () => {
      for (const [kind, name] of wanted) this.#subscribe(kind, [name]).catch(() => {});
    });
  }

  /**
   * Closes the connection when the commands under way have their replies.
   *
   * @param callback Gets the outcome.
   */
  quit(callback?: Callback): Promise<"OK"> {
    this.#subscriptions.clear();
    return tell(this.#carrier.quit(), callback);
  }

  /** Closes the facade at the end of an `await using` block, as {@linkcode IORedisFacade.quit} does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }

  /**
   * Makes a facade with connections of its own and the same configuration and defined commands.
   *
   * @param overrides Options of ioredis. Those for its way to connect and retry are ignored.
   * @throws {TypeError} If one would lead to another server, user, database or other keys.
   */
  duplicate(overrides: Record<string, unknown> = {}): IORedisFacade {
    for (const name of PLACES) {
      const value = overrides?.[name];
      if (value === undefined || value === null) continue;
      if (String(value) === String(this.options[name] ?? "")) continue;
      throw new TypeError(
        `Cannot duplicate with another "${name}": make a facade with the configuration that has it`,
      );
    }
    const options = { waitForServer: this.#waitForServer };
    const duplicate = new IORedisFacade(this.#class, this.#configuration, options);
    for (const [name, defined] of this.#defined) duplicate.#define(name, defined);
    return duplicate;
  }

  /** Facades of the primaries of a cluster; of a server only this one. */
  nodes(role: "all" | "master" | "slave" = "all"): IORedisFacade[] {
    if (role === "slave") return [];
    if (!this.isCluster) return [this];
    return this.#carrier.primaries.map(({ host, port }) => {
      const options: InternalOptions = {
        [CARRIER]: new NodeCarrier(this.#carrier, { host, port }),
      };
      return new IORedisFacade(NO_CLIENT, { addresses: [{ host, port }] }, options);
    });
  }

  /** Runs any command. */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#run(name.toUpperCase(), args, false);
  }

  /** Runs any command, with buffers in the reply. */
  callBuffer(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#run(name.toUpperCase(), args, true);
  }

  /** Runs any command: its name, its arguments in an array, and a callback. */
  send_command(name: string, args: unknown[] = [], callback?: Callback): Promise<unknown> {
    return tell(this.#run(name.toUpperCase(), args, false), callback);
  }

  /**
   * Makes a script a command: a method of that name, and another one with `Buffer` behind it.
   *
   * @param name Name of the method.
   * @param definition The script.
   */
  defineCommand(name: string, { lua, numberOfKeys }: IORedisCommandDefinition): void {
    this.#define(name, { script: new Script(lua), numberOfKeys });
  }

  /** Begins a chain of commands that are sent together: an array of commands, or methods in a row. */
  pipeline(commands: readonly (readonly unknown[])[] = []): IORedisPipeline {
    return this.#chain(commands, false);
  }

  /**
   * Begins a chain of commands that are executed together.
   *
   * @throws {TypeError} With `{ pipeline: false }`: the commands would be in the middle of those of other callers.
   */
  multi(
    commands: readonly (readonly unknown[])[] | { pipeline: boolean } = [],
  ): IORedisPipeline {
    if (Array.isArray(commands)) return this.#chain(commands, true);
    if ((commands as { pipeline: boolean }).pipeline) return this.#chain([], true);
    throw new TypeError("Cannot begin a transaction without a chain: use multi().….exec()");
  }

  /** Subscribes to channels; a function at the end gets how many there are. */
  subscribe(...args: unknown[]): Promise<number> {
    return this.#subscribe("", args);
  }

  /** Subscribes to patterns; a function at the end gets how many there are. */
  psubscribe(...args: unknown[]): Promise<number> {
    return this.#subscribe("p", args);
  }

  /** Subscribes to shard channels; a function at the end gets how many there are. */
  ssubscribe(...args: unknown[]): Promise<number> {
    return this.#subscribe("s", args);
  }

  /** Ends subscriptions to channels, all of them if none is named. */
  unsubscribe(...args: unknown[]): Promise<number> {
    return this.#unsubscribe("", args);
  }

  /** Ends subscriptions to patterns, all of them if none is named. */
  punsubscribe(...args: unknown[]): Promise<number> {
    return this.#unsubscribe("p", args);
  }

  /** Ends subscriptions to shard channels, all of them if none is named. */
  sunsubscribe(...args: unknown[]): Promise<number> {
    return this.#unsubscribe("s", args);
  }

  /** Rejects: use `monitor()` of a client of this library. */
  monitor(callback?: Callback): Promise<never> {
    const error = new TypeError(
      "Cannot monitor through the facade: use monitor() of a RedisClient",
    );
    return tell(Promise.reject(error), callback);
  }

  /** A Node stream of the keys, page by page; in a cluster those of all nodes. */
  scanStream(
    { match, count = 100, type }: { match?: string; count?: number; type?: string } = {},
  ): Readable {
    return Readable.from(this.#pages({ match, count, type }));
  }

  /** A Node stream of fields and values of a hash, page by page. */
  hscanStream(key: string, options?: { match?: string; count?: number }): Readable {
    return Readable.from(this.#pagesOf("HSCAN", key, options));
  }

  /** A Node stream of the members of a set, page by page. */
  sscanStream(key: string, options?: { match?: string; count?: number }): Readable {
    return Readable.from(this.#pagesOf("SSCAN", key, options));
  }

  /** A Node stream of members and scores of a sorted set, page by page. */
  zscanStream(key: string, options?: { match?: string; count?: number }): Readable {
    return Readable.from(this.#pagesOf("ZSCAN", key, options));
  }

  #run(name: string, args: readonly unknown[], bytes: boolean): Promise<unknown> {
    const { words, callback } = take(name, args);
    const reply = bytes
      ? this.#carrier.use((client) => (client.bytes as unknown as Client).customCommand(words))
      : this.#carrier.send(words);
    return tell(reply.then((reply: Reply) => valueOf(name, reply)), callback);
  }

  #define(name: string, defined: DefinedCommand): void {
    this.#defined.set(name, defined);
    for (const suffix of ["", "Buffer"]) {
      Object.defineProperty(this, name + suffix, {
        value: (...args: unknown[]) => this.#runScript(defined, args, suffix !== ""),
        writable: true,
        configurable: true,
      });
    }
  }

  #runScript(defined: DefinedCommand, args: unknown[], bytes: boolean): Promise<unknown> {
    const { words, callback } = take("", args);
    const [first, ...rest] = scriptWords(defined, words);
    const count = /^\d+$/.test(String(first)) ? Number(first) : NaN;
    if (!(count <= rest.length)) {
      const error = new TypeError(
        `Cannot run the script: expected the number of its keys, and as many keys`,
      );
      return tell(Promise.reject(error), callback);
    }
    const keys = rest.slice(0, count);
    const call = { keys, args: rest.slice(keys.length) } as never;
    const reply = this.#carrier.use((client) =>
      (bytes ? client.bytes as unknown as Client : client).run(defined.script, call)
    );
    return tell(reply.then((reply) => valueOf("", reply)), callback);
  }

  #chain(commands: readonly (readonly unknown[])[], together: boolean): IORedisPipeline {
    const chain = new IORedisPipeline(
      {
        defined: this.#defined,
        servers: this.isCluster ? "several" : "one",
        use: (run) => this.#carrier.use(run),
      },
      together,
    );
    for (const [name, ...args] of commands) {
      const method = (chain as unknown as Record<string, unknown>)[String(name)];
      if (typeof method === "function") method.apply(chain, args);
      else chain.call(String(name), ...args);
    }
    return chain;
  }

  #subscribe(kind: SubscriptionKind, args: unknown[]): Promise<number> {
    const { words, callback } = take("", args);
    const names = words.slice(1).map(textOf);
    const count = this.#carrier.use((client) => this.#subscriptions.subscribe(client, kind, names));
    return tell(count, callback);
  }

  #unsubscribe(kind: SubscriptionKind, args: unknown[]): Promise<number> {
    const { words, callback } = take("", args);
    const count = this.#subscriptions.unsubscribe(kind, words.slice(1).map(textOf));
    return tell(count.catch((error) => Promise.reject(translated(error))), callback);
  }

  async *#pages(options: ScanKeysOptions & { count: number }): AsyncGenerator<string[]> {
    const client = await this.#carrier.use((client) => Promise.resolve(client));
    let page: string[] = [];
    try {
      for await (const key of client.scanIterator(options)) {
        if (page.push(key) < options.count) continue;
        yield page;
        page = [];
      }
    } catch (error) {
      throw translated(error);
    }
    if (page.length > 0) yield page;
  }

  async *#pagesOf(
    command: string,
    key: string,
    { match, count }: { match?: string; count?: number } = {},
  ): AsyncGenerator<unknown[]> {
    const options = wordsOf([
      match === undefined ? [] : ["MATCH", match],
      count === undefined ? [] : ["COUNT", count],
    ]);
    let cursor: Argument = "0";
    do {
      const page = await this.#carrier.send([command, key, cursor, ...options]);
      const [next, items] = page as [string, unknown[]];
      cursor = next;
      yield items;
    } while (cursor !== "0");
  }
}

/** Options of ioredis that say where commands go. */
const PLACES = ["host", "port", "path", "db", "username", "password", "keyPrefix", "sentinels"];

function textOf(word: Argument): string {
  return word instanceof Uint8Array ? new TextDecoder().decode(word) : String(word);
}
