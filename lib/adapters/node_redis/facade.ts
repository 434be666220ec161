/**
 * An object with the methods of node-redis 5, on a client of this library.
 *
 * @module
 */

import { EventEmitter } from "node:events";
import type { NodeRoute } from "../../dispatch/route.ts";
import type { Argument } from "../../resp/reply.ts";
import { CARRIER, type CarrierOption } from "../carrier.ts";
import {
  checkFacadeOptions,
  type ClientClass,
  type ClientConfiguration,
  NO_CLIENT,
} from "../client_class.ts";
import type { StoreClient } from "../store_client.ts";
import { NodeRedisChain } from "./chain.ts";
import { type ClusterNode, ClusterNodes } from "./cluster_nodes.ts";
import {
  type CallOptions,
  callOptionsOf,
  NO_OPTIONS,
  type NodeRedisCommandOptions,
} from "./command_options.ts";
import { METHODS, MISSING, MISSING_MODULES } from "./commands/mod.ts";
import { FacadeCore } from "./core.ts";
import { clusterPages, type PageOptions, pages } from "./iterators.ts";
import type { MessageListener } from "./subscriptions.ts";

/** Options for a {@linkcode NodeRedisFacade}. */
export interface NodeRedisFacadeOptions {
  /**
   * Whether a command that could not be sent within `requestTimeout` waits until there is a server again. By default it
   * rejects.
   *
   * @default {false}
   */
  waitForServer?: boolean;
}

type InternalOptions = NodeRedisFacadeOptions & CarrierOption;

/** Methods that are no commands of the table, and have a name in capital letters as well. */
const IN_CAPITALS = [
  "multi",
  "quit",
  "subscribe",
  "pSubscribe",
  "sSubscribe",
  "unsubscribe",
  "pUnsubscribe",
  "sUnsubscribe",
];

/** The commands of node-redis 5, each by both of its names (`hGetAll`, `HGETALL`). */
export interface NodeRedisFacade {
  /** A command. */
  // deno-lint-ignore no-explicit-any
  [command: string]: any;
}

/**
 * An object that libraries take for a client of node-redis 5: what `createClient()` makes, or `createCluster()` where
 * the client is for a cluster.
 *
 * Commands take the arguments and options of node-redis, and answer its shapes, those of its default RESP2. Blocking
 * commands and subscriptions have connections of their own, so they hold up nothing: one facade can do all of it.
 *
 * What it does not have throws or rejects before anything is sent, and says what to use instead: commands that change
 * the connection for all callers (SELECT, WATCH, MONITOR), rare commands of administrators, and the modules `json`, `ft`
 * and the like. Unknown options are errors as well.
 *
 * @example Sessions
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 * import { NodeRedisFacade } from "@babushka/redis/node-redis";
 * import { RedisStore } from "npm:connect-redis@9";
 *
 * const client = await new NodeRedisFacade(RedisClient, "redis://localhost:6379").connect();
 * const store = new RedisStore({ client });
 * ```
 */
export class NodeRedisFacade extends EventEmitter {
  static {
    const define = (name: string, value: unknown): void => {
      if (name in NodeRedisFacade.prototype) return;
      Object.defineProperty(NodeRedisFacade.prototype, name, {
        value,
        writable: true,
        configurable: true,
      });
    };
    for (const [name, method] of Object.entries(METHODS)) {
      const run = function (this: NodeRedisFacade, ...args: unknown[]): Promise<unknown> {
        return coreOf(this).run(this._call, method, args);
      };
      define(name, run);
      define(method.name, run);
    }
    for (const [name, instead] of MISSING) {
      define(name, () => Promise.reject(new TypeError(`Cannot run ${name}(): use ${instead}`)));
    }
    for (const name of MISSING_MODULES) {
      Object.defineProperty(NodeRedisFacade.prototype, name, {
        get: () => missingModule(name),
        configurable: true,
      });
    }
    for (const name of IN_CAPITALS) {
      define(name.toUpperCase(), function (this: NodeRedisFacade, ...args: unknown[]): unknown {
        return this[name](...args);
      });
    }
  }

  /** What libraries look up: the URL, the address, and the database. */
  options: Record<string, unknown>;

  /**
   * Makes a facade with a client of its own, which
   * {@linkcode NodeRedisFacade.prototype.connect | NodeRedisFacade.connect} opens.
   *
   * @param client `RedisClient` or `RedisClusterClient`.
   * @param configuration What `create()` of that class takes. `protocol` has no effect, and `requestTimeout` is 5
   * seconds by default.
   * @param options More.
   * @throws {ConfigurationError} If an option is bad.
   */
  constructor(
    client: ClientClass,
    configuration: ClientConfiguration | string | URL,
    options?: NodeRedisFacadeOptions,
  );
  /**
   * Makes a facade for a client that is there already. It is open at once, and leaves the client open at its end.
   *
   * @param client A `RedisClient` or a `RedisClusterClient`.
   * @throws {TypeError} If it is none.
   */
  constructor(client: StoreClient);
  /** Makes a facade. */
  constructor(
    client: ClientClass | StoreClient,
    configuration?: ClientConfiguration | string | URL,
    options: NodeRedisFacadeOptions = {},
  ) {
    super();
    checkFacadeOptions(options);
    const { waitForServer = false, [CARRIER]: carrier } = options as InternalOptions;
    const core = new FacadeCore({ client, configuration, waitForServer, carrier }, this);
    this.options = core.options;
    // Properties are found through views and proxies as well.
    Object.defineProperty(this, "_core", { value: core });
    Object.defineProperty(this, "_call", { value: NO_OPTIONS });
    if (core.isCluster) becomeCluster(this, core);
    if (core.isShared) this.connect().catch(() => {});
  }

  /**
   * Whether {@linkcode NodeRedisFacade.prototype.connect | NodeRedisFacade.connect} was called, and it is not closed
   * since.
   */
  get isOpen(): boolean {
    return coreOf(this).isOpen;
  }

  /** Whether the server is connected. */
  get isReady(): boolean {
    return coreOf(this).carrier.status === "ready";
  }

  /** Whether there are subscriptions. */
  get isPubSubActive(): boolean {
    return coreOf(this).isSubscribed;
  }

  /** False: keys are not watched on it. */
  get isWatching(): boolean {
    return false;
  }

  /**
   * Opens it, also after its end. It tries until there is a server. If it is open, it only waits until it is ready.
   *
   * @returns This facade.
   * @throws {ServerError} If the server refuses the credentials.
   */
  async connect(): Promise<this> {
    await coreOf(this).carrier.connect();
    return this;
  }

  /** Closes it when the commands under way have their replies. */
  close(): Promise<void> {
    return coreOf(this).close();
  }

  /** Closes it at once: commands under way reject. */
  destroy(): void {
    coreOf(this).destroy();
  }

  /** Does the same as {@linkcode NodeRedisFacade.prototype.close | NodeRedisFacade.close}. */
  async quit(): Promise<"OK"> {
    await this.close();
    return "OK";
  }

  /** Does the same as {@linkcode NodeRedisFacade.prototype.destroy | NodeRedisFacade.destroy}. */
  disconnect(): Promise<void> {
    this.destroy();
    return Promise.resolve();
  }

  /**
   * Closes the facade at the end of an `await using` block, as
   * {@linkcode NodeRedisFacade.prototype.close | NodeRedisFacade.close} does.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Does nothing: an open connection keeps the process alive. */
  ref(): void {}

  /** Throws: use `close()`. */
  unref(): void {
    throw new TypeError("Cannot let the process end while the facade is open: use close()");
  }

  /**
   * Makes a facade with the same configuration, which
   * {@linkcode NodeRedisFacade.prototype.connect | NodeRedisFacade.connect} opens. It has connections of its own; that
   * of a given client uses the same client.
   *
   * @param overrides Options of node-redis. Those for its way to connect and retry are ignored.
   * @throws {TypeError} If one would lead to another server, user or database.
   */
  duplicate(overrides: Record<string, unknown> = {}): NodeRedisFacade {
    const { host, port, path } = overrides?.socket as Record<string, unknown> ?? {};
    const places: Record<string, unknown> = { ...overrides, host, port, path };
    for (const name of PLACES) {
      if (places[name] === undefined) continue;
      throw new TypeError(
        `Cannot duplicate with another "${name}": make a facade with the configuration that has it`,
      );
    }
    const { client, configuration, waitForServer, carrier } = coreOf(this).parts;
    const options: InternalOptions = { waitForServer, [CARRIER]: carrier };
    return new NodeRedisFacade(client as ClientClass, configuration!, options);
  }

  /** A view of the facade whose calls have other options. */
  withCommandOptions(options: NodeRedisCommandOptions): NodeRedisFacade {
    return viewOf(this, callOptionsOf(options));
  }

  /** A view of the facade whose blob strings are buffers: `{ 36: Buffer }`. */
  withTypeMapping(typeMapping: Readonly<Record<number, unknown>>): NodeRedisFacade {
    const { buffers } = callOptionsOf({ typeMapping });
    return viewOf(this, { ...this._call, buffers });
  }

  /** A view of the facade whose calls reject when the signal is aborted. */
  withAbortSignal(abortSignal: AbortSignal): NodeRedisFacade {
    const { request } = this._call as CallOptions;
    return viewOf(this, { ...this._call, request: { ...request, signal: abortSignal } });
  }

  /** The facade itself: its calls are sent in their order. */
  asap(): NodeRedisFacade {
    return this;
  }

  /**
   * Runs any command.
   *
   * @param args Its words in an array, and options of the call. In a cluster, a key and a flag may stand in front of them,
   * which are ignored: the words tell where the command goes.
   * @returns The reply in RESP2; that of a given client may have numbers where RESP2 has text.
   */
  sendCommand(...args: unknown[]): Promise<unknown> {
    const at = args.findIndex((arg) => Array.isArray(arg));
    try {
      if (at === -1) throw new TypeError("Cannot send a command: expected an array of words");
      const own = args[at + 1] as NodeRedisCommandOptions | undefined;
      const call: CallOptions = own === undefined ? this._call : callOptionsOf(own);
      return coreOf(this).send(call, args[at] as Argument[]);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Begins a chain of commands that are sent together, by `exec()` or `execAsPipeline()`. */
  multi(): NodeRedisChain {
    const core = coreOf(this);
    return new NodeRedisChain({ options: this._call, use: (run) => core.use(run) });
  }

  /** Subscribes to channels. The listener gets the message and the channel, with `buffers` as buffers. */
  subscribe(
    channels: string | string[],
    listener: MessageListener,
    buffers?: boolean,
  ): Promise<void> {
    return coreOf(this).subscribe("", channels, listener, buffers);
  }

  /** Subscribes to patterns. The listener gets the message and the channel, with `buffers` as buffers. */
  pSubscribe(
    patterns: string | string[],
    listener: MessageListener,
    buffers?: boolean,
  ): Promise<void> {
    return coreOf(this).subscribe("p", patterns, listener, buffers);
  }

  /** Subscribes to shard channels. The listener gets the message and the channel, with `buffers` as buffers. */
  sSubscribe(
    channels: string | string[],
    listener: MessageListener,
    buffers?: boolean,
  ): Promise<void> {
    return coreOf(this).subscribe("s", channels, listener, buffers);
  }

  /** Ends subscriptions to channels: of one listener or all, to some or all channels. */
  unsubscribe(
    channels?: string | string[],
    listener?: MessageListener,
    buffers?: boolean,
  ): Promise<void> {
    return coreOf(this).unsubscribe("", channels, listener, buffers);
  }

  /** Ends subscriptions to patterns: of one listener or all, to some or all patterns. */
  pUnsubscribe(
    patterns?: string | string[],
    listener?: MessageListener,
    buffers?: boolean,
  ): Promise<void> {
    return coreOf(this).unsubscribe("p", patterns, listener, buffers);
  }

  /** Ends subscriptions to shard channels: of one listener or all, to some or all channels. */
  sUnsubscribe(
    channels?: string | string[],
    listener?: MessageListener,
    buffers?: boolean,
  ): Promise<void> {
    return coreOf(this).unsubscribe("s", channels, listener, buffers);
  }

  /** Iterates over pages of keys; in a cluster those of all nodes. */
  scanIterator(options: PageOptions = {}): AsyncGenerator<unknown[]> {
    const core = coreOf(this);
    return core.isCluster
      ? clusterPages((run) => core.use(run), options, this._call)
      : pages((cursor) => this.scan(cursor, filterOf(options)), "keys", options);
  }

  /** Iterates over pages of fields and values of a hash. */
  hScanIterator(key: string, options: PageOptions = {}): AsyncGenerator<unknown[]> {
    return pages((cursor) => this.hScan(key, cursor, filterOf(options)), "entries", options);
  }

  /** Iterates over pages of fields of a hash. */
  hScanNoValuesIterator(key: string, options: PageOptions = {}): AsyncGenerator<unknown[]> {
    return pages((cursor) => this.hScanNoValues(key, cursor, filterOf(options)), "fields", options);
  }

  /** Iterates over pages of members of a set. */
  sScanIterator(key: string, options: PageOptions = {}): AsyncGenerator<unknown[]> {
    return pages((cursor) => this.sScan(key, cursor, filterOf(options)), "members", options);
  }

  /** Iterates over pages of members and scores of a sorted set. */
  zScanIterator(key: string, options: PageOptions = {}): AsyncGenerator<unknown[]> {
    return pages((cursor) => this.zScan(key, cursor, filterOf(options)), "members", options);
  }
}

/** Options that say where a client leads. */
const PLACES = [
  "url",
  "username",
  "password",
  "database",
  "credentialsProvider",
  "rootNodes",
  "host",
  "port",
  "path",
];

function coreOf(facade: NodeRedisFacade): FacadeCore {
  return facade._core;
}

function viewOf(facade: NodeRedisFacade, call: CallOptions): NodeRedisFacade {
  return Object.create(facade, { _call: { value: call } });
}

/** Which items a scan looks for. */
function filterOf({ cursor: _, ...filter }: PageOptions): PageOptions {
  return filter;
}

/** Gives a facade what `createCluster()` of node-redis has: libraries tell a cluster by these. */
function becomeCluster(facade: NodeRedisFacade, core: FacadeCore): void {
  const open = (route: NodeRoute): NodeRedisFacade => {
    const options: InternalOptions = { [CARRIER]: core.nodeCarrier(route) };
    return new NodeRedisFacade(NO_CLIENT, "", options);
  };
  const nodes = new ClusterNodes(open);
  const masters = (): readonly ClusterNode<NodeRedisFacade>[] =>
    nodes.masters(core.carrier.primaries);
  Object.defineProperties(facade, {
    masters: { get: masters },
    replicas: { value: [] },
    slots: { get: () => nodes.slots },
    nodeClient: { value: (node: ClusterNode<NodeRedisFacade>) => node.client },
    getRandomNode: { value: () => masters()[Math.floor(Math.random() * masters().length)] },
    getSlotRandomNode: { value: (slot: number) => nodes.slots[slot].master },
  });
}

/** Stands for a module of node-redis: all its commands reject. */
function missingModule(module: string): unknown {
  return new Proxy({}, {
    get: (_, name) =>
      typeof name === "symbol" || name === "then" ? undefined : () =>
        Promise.reject(
          new TypeError(
            `Cannot run ${module}.${name}(): use sendCommand() with the words of the command`,
          ),
        ),
  });
}
