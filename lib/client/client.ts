/**
 * Methods that both clients have in addition to the commands.
 *
 * @module
 */

import {
  type Batch,
  type BatchOptions,
  type BatchOutcomes,
  type BatchValues,
  runBatch,
} from "./batch.ts";
import {
  Commands,
  type Key,
  type OneOrMany,
  type Reach,
  type ScriptCall,
} from "../commands/mod.ts";
import type { CredentialsProvider, RedisCredentials } from "../configuration/options.ts";
import { updateCredentials, type UpdateCredentialsOptions } from "./update_credentials.ts";
import type { CacheStatistics } from "../cache/statistics.ts";
import type { ClusterRequestOptions, RequestOptions } from "../dispatch/request_options.ts";
import { ClosedError, UnexpectedReplyError } from "../errors.ts";
import type { ClientEvent } from "../events.ts";
import type { Decoder, Words } from "../executor.ts";
import { correctHabits, type Habits } from "./habits.ts";
import { refuse } from "../command_table/refused.ts";
import type { Argument, Reply } from "../resp/reply.ts";
import type {
  ChannelMessage,
  Message,
  PatternMessage,
  ShardMessage,
} from "../subscription/message.ts";
import type { Monitor, MonitorOptions } from "../subscription/monitor.ts";
import type { MonitoredCommand } from "../subscription/monitor_line.ts";
import { openMonitor } from "../subscription/open_monitor.ts";
import { subscribe } from "../subscription/subscribe.ts";
import type { SubscribeOptions, Subscription, WithGaps } from "../subscription/subscription.ts";
import { type Kind, SUBSCRIBE } from "../subscription/topic.ts";
import { runScript, type Script } from "./script.ts";
import { refuseSurplusIn } from "../surplus_arguments.ts";
import { type ClientStatistics, statisticsOf } from "../telemetry/statistics.ts";
import { runTransaction } from "./transaction.ts";
import { View } from "./view.ts";
import { runWatch, type WatchOptions } from "./watch.ts";
import type { WatchSession } from "./watch_session.ts";

/** Method names of other clients. Calling one fails with the name of the method to use instead. */
export interface Client<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends Habits {}

/**
 * Base class of both clients: commands, batches, transactions, scripts, subscriptions.
 *
 * Use it as the type in code that works with a standalone and with a cluster client. Methods that return a record by
 * node on a cluster client then return either form.
 *
 * @example A function for both clients
 * ```ts
 * import type { Client } from "@babushka/redis";
 *
 * async function visit(client: Client, page: string): Promise<number> {
 *   const [visits] = await client.batch((b) => [b.incr(`visits:${page}`), b.set("last", page)]);
 *   return Number(visits);
 * }
 * await visit(client, "home"); // 1
 * ```
 *
 * @typeParam T Type of bulk strings: `string`, or `Uint8Array` on a `bytes` view.
 * @typeParam N How many nodes a command reaches.
 */
export abstract class Client<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends Commands<T, N> {
  static {
    refuseSurplusIn(Client.prototype, [
      "batch",
      "customCommand",
      "monitor",
      "psubscribe",
      "run",
      "ssubscribe",
      "subscribe",
      "transaction",
      "updateCredentials",
      "watch",
    ]);
    correctHabits(Client.prototype);
  }

  readonly #view: View;

  /**
   * Makes a client, or a view of one. Clients are made by `create()`.
   *
   * @param view What it sends its requests with.
   * @throws {TypeError} If it is something else: a URL, as with other clients.
   * @ignore
   */
  protected constructor(view: View) {
    super();
    if (!(view instanceof View)) {
      // The names are written out: bundlers rename classes.
      throw new TypeError(
        "Cannot make a client with new: use await RedisClient.create(url), or await RedisClusterClient.create(url)",
      );
    }
    this.#view = view;
  }

  /** View of this client that returns bulk strings as `Uint8Array` instead of `string`. */
  abstract get bytes(): Client<Uint8Array, N>;

  /** View of this client that answers reads from memory where possible (client-side caching). */
  abstract get cached(): Client<T, N>;

  /**
   * View of this client whose requests have other options.
   *
   * @param options Timeout and signal of the requests. Options that are left out keep their value from this view.
   * @returns The view. It shares the connections of this client. Closing either closes both.
   * @throws {ConfigurationError} If an option is invalid.
   */
  abstract with(options: RequestOptions): Client<T, N>;

  /**
   * Events of the client: connections opened and lost, changes of the topology, gaps in subscriptions.
   *
   * Each iteration starts with the next event and ends when the client is closed. A reader that is more than 1000
   * events behind loses the oldest ones.
   *
   * @example Log lost connections
   * ```ts
   * async function watch(): Promise<void> {
   *   for await (const event of client.events) {
   *     if (event.type === "disconnected") console.error(event.host, event.port, event.error.message);
   *   }
   * }
   * ```
   */
  get events(): AsyncIterable<ClientEvent> {
    return this.#view.dispatcher.events;
  }

  /**
   * Counters of the client since it was created: requests, connections, bytes, cache and subscriptions. They do not
   * require telemetry.
   *
   * @example Requests in flight and failed requests
   * ```ts
   * const { inFlight, failed } = client.statistics;
   * inFlight; // 0
   * failed; // 0
   * ```
   *
   * @returns A snapshot.
   */
  get statistics(): ClientStatistics {
    return statisticsOf(this.#view.dispatcher);
  }

  /**
   * Counters of client-side caching, for all views together. All are zero until
   * {@linkcode Client.prototype.cached | Client.cached} is used.
   *
   * @example Hit rate of the cache
   * ```ts
   * const { hits, misses } = client.cacheStatistics;
   * const hitRate = hits / (hits + misses);
   * ```
   */
  get cacheStatistics(): CacheStatistics {
    return this.statistics.cache;
  }

  /**
   * Runs any command, including commands without a method in this library.
   *
   * It is routed like other commands. The reply is not converted; see {@linkcode Reply} for its form.
   *
   * @example A command with its own timeout
   * ```ts
   * await client.customCommand(["ECHO", "hello"], { timeout: 1000 }); // "hello"
   * ```
   *
   * @param args Name and arguments of the command: `["GET", "key"]`.
   * @param options Options of this request. Options that are left out keep their value from this view.
   * @returns The reply.
   * @throws {TypeError} If the command would change the state of the shared connection (`SUBSCRIBE`, `MULTI`, `SELECT`,
   * …). The message names the alternative.
   */
  override customCommand(args: readonly Argument[], options?: RequestOptions): Promise<Reply> {
    const refused = refuse(args);
    if (refused !== undefined) return Promise.reject(refused);
    const { dispatcher, bytes, options: own, cache } = this.#view;
    let merged = own;
    if (options !== undefined) {
      try {
        merged = this.#view.merge(options);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const words = [...args];
    return cache === null
      ? dispatcher.submit(words, asItIs, bytes, merged)
      : cache.read(words, asItIs, bytes, merged);
  }

  /**
   * Sends several commands in one write; in a cluster, one write per node. They are not atomic: each command succeeds
   * or fails by itself, and commands of other clients may run between them.
   *
   * If the client rejects one of them (a wrong argument, keys in different slots, too many requests in flight), none is
   * sent. With `errors: "values"` the others are sent.
   *
   * The commands for one node are executed in order. If one of them blocks (BLPOP, for example), they are all sent on a
   * dedicated connection, so that other requests do not wait. The deadline of each command is then extended by the
   * blocking times of the commands before it, unless the view has a `timeout`.
   *
   * @example Three commands, one round trip
   * ```ts
   * await client.batch((b) => [b.set("n", 1), b.incr("n"), b.get("n")]); // ["OK", 2, "2"]
   * ```
   *
   * @param build Adds the commands and returns their promises in an array. It must not be async.
   * @param options How to handle errors of single commands.
   * @returns The result of each command, in order. With `errors: "values"`, a failed command has its error in place of
   * the result.
   * @throws {TypeError} If the callback is async or does not return an array. Nothing was sent.
   * @throws {Error} The error of the first command that failed, after all have completed. Not with `errors: "values"`.
   */
  batch<P extends readonly unknown[] | []>(
    build: (batch: Batch<T, N>) => P,
    options: BatchOptions & { errors: "values" },
  ): Promise<BatchOutcomes<P>>;
  /** Sends several commands in one write, not atomically. */
  batch<P extends readonly unknown[] | []>(
    build: (batch: Batch<T, N>) => P,
    options?: BatchOptions,
  ): Promise<BatchValues<P>>;
  /** Sends several commands in one write, not atomically. */
  batch(
    build: (batch: Batch<T, N>) => readonly unknown[],
    options?: BatchOptions,
  ): Promise<unknown[]> {
    return runBatch<T, N, readonly unknown[]>(this.#view, build, options);
  }

  /**
   * Executes several commands atomically (MULTI and EXEC): no command of another client runs between them.
   *
   * - If the client rejects one of them (a wrong argument, for example), the transaction rejects and nothing is sent.
   * - If the server rejects one of them before EXEC (an unknown command, for example), none is executed.
   * - If one of them fails during EXEC (`WRONGTYPE`, for example), the others are still executed. Redis has no
   *   rollback. See `errors` for what the call returns.
   *
   * Blocking commands do not block in a transaction. They reply at once, as if their timeout had expired.
   *
   * In a cluster, all keys must be in one slot. Give them a hash tag: `{account}:a`, `{account}:b`. A route must lead
   * to a single node: a `slotKey` or `slot` must be that of the keys, an address must be the node that has them, and
   * `"random"` is only allowed without keys. A transaction without keys and route runs on any primary.
   *
   * @example Transfer between two accounts
   * ```ts
   * await client.transaction((t) => [t.decrby("{account}:a", 10), t.incrby("{account}:b", 10)]); // [-10, 10]
   * ```
   *
   * @param build Adds the commands and returns their promises in an array. It must not be async.
   * @param options How to handle errors of single commands.
   * @returns The result of each command, in order.
   * @throws {ServerError} If the user may not run MULTI (`NOPERM`). Nothing was executed. To check this, the first
   * transaction on each connection takes an extra round trip.
   * @throws {RedisError} If the server no longer accepts MULTI because the permissions of the user were changed. It has
   * then executed the commands one by one.
   * @throws {ServerError} If the server rejects a command before EXEC (`EXECABORT`). Nothing was executed. `cause` is
   * the error of that command, and `cause.command` its name. With `errors: "values"` the result of that command is its
   * error, and the result of the others is the `EXECABORT` error.
   * @throws {ClusterError} If the keys are in different slots, or not in the slot of the route. Nothing was sent.
   * @throws {ConfigurationError} If the route leads to several nodes. Nothing was sent.
   */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options: BatchOptions & { errors: "values" },
  ): Promise<BatchOutcomes<P>>;
  /** Executes several commands atomically. */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options?: BatchOptions,
  ): Promise<BatchValues<P>>;
  /** Executes several commands atomically. */
  async transaction(
    build: (transaction: Batch<T, "one">) => readonly unknown[],
    options?: BatchOptions,
  ): Promise<unknown[]> {
    const values = await runTransaction<T, readonly unknown[]>(this.#view, build, options);
    if (values !== null) return values;
    // A server answers null only where keys are watched, and nobody can watch keys on a shared connection.
    throw new UnexpectedReplyError("Cannot read the reply of EXEC: expected values, got null");
  }

  /**
   * Runs a Lua script with EVALSHA. If the server does not know the script yet, it is sent with EVAL.
   *
   * @example Add two counters
   * ```ts
   * import { script } from "@babushka/redis";
   *
   * const sum = script(`return redis.call("GET", KEYS[1]) + redis.call("GET", KEYS[2])`);
   * await client.mset({ "{n}:a": 1, "{n}:b": 2 });
   * await client.run(sum, { keys: ["{n}:a", "{n}:b"] }); // 3
   * ```
   *
   * @param script The script, created with {@linkcode script}.
   * @param call Keys (`KEYS`) and arguments (`ARGV`) of the script. In a cluster, the keys select the node.
   * @returns The value that the script returned, without conversion; see {@linkcode Reply}.
   * @throws {ServerError} If the script fails.
   */
  run(script: Script, call?: ScriptCall): Promise<Reply> {
    return runScript(this.#view, script, call);
  }

  /**
   * Updates keys with optimistic locking (WATCH): the callback reads the keys, then writes them in a transaction that
   * is executed only if no other client has changed the keys since. If one has, the callback runs again.
   *
   * The session uses a dedicated connection. The callback must tolerate being run several times. In a cluster, it also
   * runs again when the keys move to another node.
   *
   * The timeout of the view applies to each request of the session, not to the whole callback. Waiting for a connection
   * and WATCH count as one request. When the signal of the view is aborted, `watch()` rejects at once without waiting
   * for the callback. Further commands of the callback then reject.
   *
   * @example Double a number that other clients may change
   * ```ts
   * await client.set("n", 21);
   * await client.watch("n", async (session) => {
   *   const n = Number(await session.get("n"));
   *   return await session.transaction((t) => [t.set("n", n * 2)]);
   * }); // ["OK"]
   * ```
   *
   * @param keys One or more keys. In a cluster, they must be in one slot.
   * @param work Reads the keys with the session, then writes them in `session.transaction()`.
   * @param options How often to retry.
   * @returns The value that the callback returned in the last attempt.
   * @throws {WatchError} If a watched key was changed in every attempt; see `retries`.
   * @throws {TimeoutError} If WATCH is not answered in time.
   * @throws {Error} If the callback rejects, with the same error.
   */
  watch<R>(
    keys: OneOrMany<Key>,
    work: (session: WatchSession<T>) => Promise<R>,
    options?: WatchOptions,
  ): Promise<R> {
    return runWatch<T, R>(this.#view, keys, work, options);
  }

  /**
   * Subscribes to channels.
   *
   * Subscriptions use separate connections, at most one per node, so they do not delay requests. Several subscriptions
   * to a channel share one subscription on the server. Each of them receives every message.
   *
   * @example Read messages
   * ```ts
   * await using news = await client.subscribe(["news", "sport"]);
   * await client.publish("sport", "1:0");
   * for await (const { channel, message } of news) {
   *   [channel, message]; // ["sport", "1:0"]
   *   break;
   * }
   * ```
   *
   * @example Use a message handler instead of a loop
   * ```ts
   * const received = Promise.withResolvers<string>();
   * await using jobs = await client.subscribe("jobs", {
   *   onMessage: ({ message }) => received.resolve(message),
   * });
   * await client.publish("jobs", "resize 17");
   * await received.promise; // "resize 17"
   * ```
   *
   * @example Detect missing messages
   * ```ts
   * async function follow(): Promise<void> {
   *   await using prices = await client.subscribe("prices", { gaps: true });
   *   for await (const item of prices) {
   *     if (item.kind === "gap") console.warn("Read all prices again:", item.reason);
   *     else console.log(item.message);
   *   }
   * }
   * ```
   *
   * @example End a subscription with a signal
   * ```ts
   * const stop = new AbortController();
   * const alarms = await client.subscribe("alarms", { signal: stop.signal });
   * stop.abort();
   * alarms.ended; // true
   * ```
   *
   * @param channels One or more channels.
   * @param options Message handler, gaps, buffer limits and signal.
   * @returns The subscription. Resolves when the server has confirmed all channels.
   * @throws {ServerError} If the server rejects a channel (`NOPERM`). No channel is subscribed then.
   * @throws {TimeoutError} If the server does not confirm all channels within `requestTimeout`, or within
   * `clientCreationTimeout` if a connection must be opened. No channel is subscribed then.
   * @throws {ConfigurationError} If an option is invalid, or the view has a route.
   */
  subscribe<G extends boolean = false>(
    channels: OneOrMany<Key>,
    options?: SubscribeOptions<ChannelMessage<T>, G>,
  ): Promise<Subscription<T, WithGaps<ChannelMessage<T>, G>>> {
    return this.#subscribe("message", channels, options);
  }

  /**
   * Subscribes to all channels whose names match a pattern.
   *
   * A message on a channel that matches several patterns arrives once per pattern.
   *
   * @example Read messages
   * ```ts
   * await using all = await client.psubscribe("news.*");
   * await client.publish("news.art", "A new museum");
   * for await (const { channel, pattern } of all) {
   *   [channel, pattern]; // ["news.art", "news.*"]
   *   break;
   * }
   * ```
   *
   * @param patterns One or more glob patterns, such as `"news.*"`.
   * @param options Message handler, gaps, buffer limits and signal.
   * @returns The subscription. Resolves when the server has confirmed all patterns.
   * @throws {Error} The errors of {@linkcode Client.prototype.subscribe | Client.subscribe}. The server also rejects a
   * pattern (`NOPERM`) if the user's ACL does not contain exactly this pattern.
   */
  psubscribe<G extends boolean = false>(
    patterns: OneOrMany<Key>,
    options?: SubscribeOptions<PatternMessage<T>, G>,
  ): Promise<Subscription<T, WithGaps<PatternMessage<T>, G>>> {
    return this.#subscribe("pmessage", patterns, options);
  }

  /**
   * Subscribes to shard channels, which receive the messages of
   * {@linkcode PubsubCommands.prototype.spublish | PubsubCommands.spublish}. In a cluster, such a message stays within
   * the shard that owns the slot of the channel.
   *
   * @example Read messages
   * ```ts
   * await using orders = await client.ssubscribe("orders:{7}");
   * await client.spublish("orders:{7}", "paid");
   * for await (const { message } of orders) {
   *   message; // "paid"
   *   break;
   * }
   * ```
   *
   * @param channels One or more shard channels. They may be in different slots.
   * @param options Message handler, gaps, buffer limits and signal.
   * @returns The subscription. Resolves when the server has confirmed all channels.
   * @throws {Error} The errors of {@linkcode Client.prototype.subscribe | Client.subscribe}. Servers before 7.0 do not
   * have the command (`ServerError`).
   */
  ssubscribe<G extends boolean = false>(
    channels: OneOrMany<Key>,
    options?: SubscribeOptions<ShardMessage<T>, G>,
  ): Promise<Subscription<T, WithGaps<ShardMessage<T>, G>>> {
    return this.#subscribe("smessage", channels, options);
  }

  /**
   * Streams the commands of all clients as the server executes them (MONITOR). It reduces the throughput of the server
   * considerably, so use it only for debugging.
   *
   * The monitor uses a separate connection and reconnects automatically. A gap is then recorded in `stats` and emitted
   * as a `gap` event with an empty `names`. With the option `gaps` it is also an item between the commands.
   *
   * Servers hide the secrets in AUTH, HELLO and similar commands, and omit administrative commands such as CONFIG.
   * Commands called by a script have the address `"lua"`.
   *
   * A cluster client requires a route to one node: `cluster.with({ route: { host, port } }).monitor()`. With a slot or
   * key as the route, the node is looked up whenever the connection is opened.
   *
   * @example Commands of a client
   * ```ts
   * await using monitor = await client.monitor();
   * await client.set("greeting", "hello");
   * for await (const { words } of monitor) {
   *   if (words[0] === "SET") break; // ["SET", "greeting", "hello"]
   * }
   * ```
   *
   * @example Count the commands of ten seconds
   * ```ts
   * async function count(): Promise<Map<string, number>> {
   *   const counts = new Map<string, number>();
   *   for await (const { words } of await client.monitor({ signal: AbortSignal.timeout(10_000) })) {
   *     const name = words[0].toUpperCase();
   *     counts.set(name, (counts.get(name) ?? 0) + 1);
   *   }
   *   return counts;
   * }
   * ```
   *
   * @param options Gaps, buffer limits and signal.
   * @returns The monitor. Resolves when the server has accepted MONITOR; all commands executed from then on are
   * received.
   * @throws {ServerError} If the user may not run MONITOR (`NOPERM`).
   * @throws {TimeoutError} If the server does not accept MONITOR within `clientCreationTimeout`, or the timeout of the
   * view.
   * @throws {ConfigurationError} If an option is invalid, or a cluster client has no route to one node.
   * @throws {ClusterError} If the node of the route is not in the cluster.
   * @see {@link https://valkey.io/commands/monitor/}
   */
  async monitor<G extends boolean = false>(
    options?: MonitorOptions<G>,
  ): Promise<Monitor<T, WithGaps<MonitoredCommand<T>, G>>> {
    const { dispatcher, bytes, options: own } = this.#view;
    if (dispatcher.closed) throw new ClosedError("Cannot monitor: the client is closed");
    const call = dispatcher.observer?.beginOther("MONITOR");
    try {
      const { settings, events, monitors } = dispatcher;
      const monitor = await openMonitor<T, G>(options, {
        ...{ settings, events, monitors, bytes, timeout: own?.timeout, signal: own?.signal },
        addresses: dispatcher.monitored(own),
      });
      call?.end(undefined);
      return monitor;
    } catch (error) {
      call?.end(error);
      throw error;
    }
  }

  /**
   * Replaces the credentials of the client.
   *
   * Without `reauthenticate`, only new connections use the new credentials. Open connections keep their authentication;
   * servers allow this even after the password has changed. With it, each open connection sends AUTH between two
   * requests, never inside a transaction. A connection that is blocked or watches keys sends it before its next use. If
   * the user name changes, each open connection is replaced by a new one.
   *
   * @example Rotate the password
   * ```ts no-eval
   * await client.updateCredentials({ username: "app", password: "s3cret-2" }, { reauthenticate: true });
   * ```
   *
   * @param credentials User name and password, or a function that returns them for each new connection.
   * @param options Whether open connections authenticate again.
   * @returns Resolves when all open connections that are not blocked have authenticated.
   * @throws {ServerError} If a node rejects the credentials (`WRONGPASS`). Its open connections keep their
   * authentication, and the client retries in the background. Each failure emits a `reauthenticationFailed` event.
   * @throws {RedisError} If the function rejects.
   * @throws {ConfigurationError} If the credentials are invalid.
   * @throws {ClosedError} If the client is closed.
   */
  updateCredentials(
    credentials: RedisCredentials | CredentialsProvider,
    options?: UpdateCredentialsOptions,
  ): Promise<void> {
    return updateCredentials(this.#view.dispatcher.settings.link, credentials, options);
  }

  /**
   * Closes the client gracefully. New requests reject, requests in flight get their reply or time out, then the
   * connections are closed. Blocking commands reject at once with a `ClosedError`. Iterations over subscriptions end
   * without an error.
   *
   * @returns Resolves when all connections and timers are released. Further calls return the same outcome.
   */
  close(): Promise<void> {
    return this.#view.dispatcher.close();
  }

  /**
   * Closes the client at once. All requests in flight reject with a `ClosedError`. A connection attempt in progress
   * ends within 20 ms; call `close()` afterwards to wait for it.
   */
  destroy(): void {
    this.#view.dispatcher.destroy();
  }

  /** Closes the client at the end of an `await using` block, like {@linkcode Client.prototype.close | Client.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #subscribe<M extends Message<T>, G extends boolean>(
    kind: Kind,
    names: OneOrMany<Key>,
    options: SubscribeOptions<M, G> | undefined,
  ): Promise<Subscription<T, WithGaps<M, G>>> {
    const { dispatcher, bytes, options: own } = this.#view;
    const call = dispatcher.observer?.beginOther(SUBSCRIBE[kind]);
    try {
      const subscription = await subscribe<T, M, G>(
        () => dispatcher.openSubscriptions(),
        kind,
        names,
        options,
        { bytes, timeout: own?.timeout, signal: own?.signal, routed: own?.route !== undefined },
      );
      call?.end(undefined);
      return subscription;
    } catch (error) {
      call?.end(error);
      throw error;
    }
  }

  /** Runs a command on the connections of the client. */
  protected override send<R>(
    words: Words,
    decode: Decoder<R>,
    bytes: boolean = this.#view.bytes,
  ): Promise<R> {
    const { cache, dispatcher, options } = this.#view;
    if (cache !== null) return cache.read(words, decode, bytes, options);
    return dispatcher.submit(words, decode, bytes, options);
  }

  /**
   * What this client sends its requests with.
   *
   * @param options Options to put over its own.
   * @ignore
   */
  protected view(options?: ClusterRequestOptions): View {
    return options === undefined ? this.#view : this.#view.with(options);
  }
}

function asItIs(reply: Reply): Reply {
  return reply;
}
