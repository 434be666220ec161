/**
 * Client with the methods of ioredis, on a client of this library.
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
import { CARRIER, type Carrier, type CarrierOption, NodeCarrier } from "../carrier.ts";
import {
  checkConfiguration,
  checkFacadeOptions,
  type ClientClass,
  type ClientConfiguration,
  NO_CLIENT,
} from "../client_class.ts";
import type { SubscriptionKind } from "../kept_subscriptions.ts";
import { keyPages } from "../key_pages.ts";
import { ReopenedClient, translated } from "../reopened_client.ts";
import { wordsOf } from "../words.ts";
import { type DefinedCommand, IORedisPipeline, scriptWords } from "./pipeline.ts";
import { type Callback, take, tell, valueOf } from "./shapes.ts";
import { FacadeSubscriptions } from "./subscriptions.ts";

/** Options of an {@linkcode IORedisFacade}. */
export interface IORedisFacadeOptions {
  /**
   * Let commands wait until the server is available again. By default, a command that cannot be sent within
   * `requestTimeout` rejects with `Connection is closed.`
   *
   * @default {false}
   */
  waitForServer?: boolean;
}

/** A script to be defined as a command. */
export interface IORedisCommandDefinition {
  /** Source code of the script. */
  lua: string;
  /** Number of keys. By default the first argument of each call is the number of keys. */
  numberOfKeys?: number;
  /** Ignored: all scripts run on the primary. */
  readOnly?: boolean;
}

/** All commands as methods in lower case, each also with the suffix `Buffer`. */
export interface IORedisFacade {
  /** A command. */
  // deno-lint-ignore no-explicit-any
  [command: string]: any;
}

/**
 * Client for libraries that expect a client of ioredis.
 *
 * Commands take the arguments of ioredis, including callbacks, and return its replies. With the suffix `Buffer`
 * (`getBuffer`) they return buffers. Blocking commands and subscriptions use separate connections and do not delay
 * other commands, so one facade is enough.
 *
 * Commands that would change the shared connection reject without being sent: SELECT, AUTH, WATCH, MONITOR, CLIENT
 * REPLY, and MULTI without a chain. The error names the alternative.
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

  /** Whether the facade is for a cluster. */
  readonly isCluster: boolean;
  /** Options in the form of ioredis, for libraries that read them: address, database and `lazyConnect`. */
  options: Record<string, unknown>;
  readonly #class: ClientClass;
  readonly #configuration: ClientConfiguration;
  readonly #waitForServer: boolean;
  readonly #carrier: Carrier;
  readonly #defined = new Map<string, DefinedCommand>();
  readonly #subscriptions: FacadeSubscriptions;

  /**
   * Creates a facade and starts to connect.
   *
   * @param client `RedisClient` or `RedisClusterClient`.
   * @param configuration Options for `create()` of that class, or a URL. `protocol` has no effect. The default of
   * `requestTimeout` is 5 seconds. With `lazyConnect` it connects on first use.
   * @param options Behaviour without a server.
   * @throws {ConfigurationError} If an option of the client is invalid.
   * @throws {TypeError} If `options` has an unknown option.
   */
  constructor(
    client: ClientClass,
    configuration: ClientConfiguration | string | URL,
    options: IORedisFacadeOptions = {},
  ) {
    super();
    checkFacadeOptions(options);
    const checked = checkConfiguration(client, configuration);
    const { addresses, link, lazyConnect } = checked.settings;
    this.isCluster = client.isCluster;
    this.#class = client;
    this.#configuration = checked.configuration;
    this.#waitForServer = options.waitForServer ?? false;
    this.options = { ...addresses[0], db: link.databaseId, family: 4, lazyConnect, keyPrefix: "" };
    this.#subscriptions = new FacadeSubscriptions(this);
    const carrier = (options as CarrierOption)[CARRIER];
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

  /** State of the connection: `"wait"`, `"connecting"`, `"ready"`, `"reconnecting"`, `"disconnecting"` or `"end"`. */
  get status(): string {
    return this.#carrier.status;
  }

  set status(status: string) {
    this.#carrier.status = status;
  }

  /**
   * Opens the connection, also after it was closed. It retries until a server is available.
   *
   * @param callback Function that is called with the outcome.
   * @throws {ServerError} If the server rejects the credentials.
   */
  connect(callback?: Callback): Promise<void> {
    return tell(this.#carrier.connect(), callback);
  }

  /**
   * Closes the connection at once. Commands in flight reject with `Connection is closed.`
   *
   * @param reconnect Whether to open it again, with the same subscriptions. By default it stays closed.
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
   * Closes the connection when the commands in flight have their replies.
   *
   * @param callback Function that is called with the outcome.
   */
  quit(callback?: Callback): Promise<"OK"> {
    this.#subscriptions.clear();
    return tell(this.#carrier.quit(), callback);
  }

  /**
   * Closes the facade at the end of an `await using` block, like
   * {@linkcode IORedisFacade.prototype.quit | IORedisFacade.quit}.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.quit();
  }

  /**
   * Creates a facade with separate connections, the same configuration and the same defined commands.
   *
   * @param overrides Options of ioredis. Options about connecting and retrying are ignored.
   * @throws {TypeError} If an option would select another server, user, database or key prefix.
   */
  duplicate(overrides: Record<string, unknown> = {}): IORedisFacade {
    for (const name of PLACES) {
      const value = overrides?.[name];
      if (value === undefined || value === null) continue;
      if (String(value) === String(this.options[name] ?? "")) continue;
      throw new TypeError(
        `Cannot duplicate with another "${name}": create a facade with that configuration`,
      );
    }
    const options = { waitForServer: this.#waitForServer };
    const duplicate = new IORedisFacade(this.#class, this.#configuration, options);
    for (const [name, defined] of this.#defined) duplicate.#define(name, defined);
    return duplicate;
  }

  /** Returns a facade for each primary of a cluster. On a standalone server, returns only this facade. */
  nodes(role: "all" | "master" | "slave" = "all"): IORedisFacade[] {
    if (role === "slave") return [];
    if (!this.isCluster) return [this];
    return this.#carrier.primaries.map(({ host, port }) => {
      const options: IORedisFacadeOptions & CarrierOption = {
        [CARRIER]: new NodeCarrier(this.#carrier, { host, port }),
      };
      return new IORedisFacade(NO_CLIENT, { addresses: [{ host, port }] }, options);
    });
  }

  /** Runs any command. */
  call(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#run(name.toUpperCase(), args, false);
  }

  /** Runs any command. Bulk strings in the reply are buffers. */
  callBuffer(name: string, ...args: unknown[]): Promise<unknown> {
    return this.#run(name.toUpperCase(), args, true);
  }

  /** Runs any command, with its arguments in an array and an optional callback. */
  send_command(name: string, args: unknown[] = [], callback?: Callback): Promise<unknown> {
    return tell(this.#run(name.toUpperCase(), args, false), callback);
  }

  /**
   * Defines a command that runs a script, as a method with that name and one with the suffix `Buffer`.
   *
   * @param name Name of the method.
   * @param definition The script, and the number of its keys.
   */
  defineCommand(name: string, { lua, numberOfKeys }: IORedisCommandDefinition): void {
    this.#define(name, { script: new Script(lua), numberOfKeys });
  }

  /** Starts a chain of commands that are sent together, not atomically. It may begin with an array of commands. */
  pipeline(commands: readonly (readonly unknown[])[] = []): IORedisPipeline {
    return this.#chain(commands, false);
  }

  /**
   * Starts a chain of commands that are executed atomically.
   *
   * @throws {TypeError} With `{ pipeline: false }`, because commands of other callers would get between MULTI and EXEC.
   */
  multi(
    commands: readonly (readonly unknown[])[] | { pipeline: boolean } = [],
  ): IORedisPipeline {
    if (Array.isArray(commands)) return this.#chain(commands, true);
    if ((commands as { pipeline: boolean }).pipeline) return this.#chain([], true);
    throw new TypeError("Cannot begin a transaction without a chain: use multi().….exec()");
  }

  /** Subscribes to channels. Returns the number of subscriptions; a callback may be the last argument. */
  subscribe(...args: unknown[]): Promise<number> {
    return this.#subscribe("", args);
  }

  /** Subscribes to patterns. Returns the number of subscriptions; a callback may be the last argument. */
  psubscribe(...args: unknown[]): Promise<number> {
    return this.#subscribe("p", args);
  }

  /** Subscribes to shard channels. Returns the number of subscriptions; a callback may be the last argument. */
  ssubscribe(...args: unknown[]): Promise<number> {
    return this.#subscribe("s", args);
  }

  /** Unsubscribes from channels, or from all channels if none is given. */
  unsubscribe(...args: unknown[]): Promise<number> {
    return this.#unsubscribe("", args);
  }

  /** Unsubscribes from patterns, or from all patterns if none is given. */
  punsubscribe(...args: unknown[]): Promise<number> {
    return this.#unsubscribe("p", args);
  }

  /** Unsubscribes from shard channels, or from all shard channels if none is given. */
  sunsubscribe(...args: unknown[]): Promise<number> {
    return this.#unsubscribe("s", args);
  }

  /** Not supported: rejects. Use `monitor()` of a client of this library. */
  monitor(callback?: Callback): Promise<never> {
    const error = new TypeError(
      "Cannot monitor through the facade: use monitor() of a RedisClient",
    );
    return tell(Promise.reject(error), callback);
  }

  /** Not supported: rejects. Use `watch()` of a client of this library, or a script. */
  watch(...args: unknown[]): Promise<never> {
    return refuseWatch("watch", args);
  }

  /** Not supported: rejects, as {@linkcode IORedisFacade.prototype.watch | watch()} does. */
  unwatch(...args: unknown[]): Promise<never> {
    return refuseWatch("unwatch", args);
  }

  /** Returns a Node stream of pages of keys. In a cluster it covers all nodes. */
  scanStream(
    { match, count = 100, type }: { match?: string; count?: number; type?: string } = {},
  ): Readable {
    return Readable.from(this.#pages({ match, count, type }));
  }

  /** Returns a Node stream of pages of fields and values of a hash. */
  hscanStream(key: string, options?: { match?: string; count?: number }): Readable {
    return Readable.from(this.#pagesOf("HSCAN", key, options));
  }

  /** Returns a Node stream of pages of members of a set. */
  sscanStream(key: string, options?: { match?: string; count?: number }): Readable {
    return Readable.from(this.#pagesOf("SSCAN", key, options));
  }

  /** Returns a Node stream of pages of members and scores of a sorted set. */
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

  #pages(options: ScanKeysOptions & { count: number }): AsyncGenerator<string[]> {
    return keyPages({
      use: (run) => this.#carrier.use(run),
      scan: (client) => client.scanIterator(options),
      count: options.count,
      translate: translated,
    });
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

/** Rejects: watched keys are those of a connection, and the connection of a facade is shared. */
function refuseWatch(method: string, args: unknown[]): Promise<never> {
  const error = new TypeError(
    `Cannot ${method} keys through the facade: use watch() of a RedisClient, or a script`,
  );
  const callback = args.at(-1);
  return tell(
    Promise.reject(error),
    typeof callback === "function" ? callback as Callback : undefined,
  );
}
