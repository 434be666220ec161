/**
 * The methods that both clients have besides the commands.
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
import type { View } from "./view.ts";
import { runWatch, type WatchOptions } from "./watch.ts";
import type { WatchSession } from "./watch_session.ts";

/** Names of methods in other clients: they say what to call instead. */
export interface Client<T extends string | Uint8Array = string, N extends Reach = Reach>
  extends Habits {}

/**
 * A client, or a view of one: the same connections with other request options, or with bytes for text.
 *
 * It is the type for code that works with either client. Replies that a cluster client answers by node are then of
 * either shape.
 *
 * @example A function for either client
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
 * @typeParam N How many nodes its commands reach.
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
   * @ignore
   */
  protected constructor(view: View) {
    super();
    this.#view = view;
  }

  /** A view of this client whose bulk strings are `Uint8Array`: exact, whatever the bytes. */
  abstract get bytes(): Client<Uint8Array, N>;

  /** A view of this client whose reads are answered from memory where possible. */
  abstract get cached(): Client<T, N>;

  /**
   * A view of this client whose requests have other options.
   *
   * @param options Options of the requests; what is not given stays as it is on this view.
   * @returns The view. It shares everything with this client; closing either closes both.
   * @throws {ConfigurationError} If an option is bad.
   */
  abstract with(options: RequestOptions): Client<T, N>;

  /**
   * What happens in the background: connections opened and lost, another primary, gaps of subscriptions.
   *
   * Each iteration begins with the next event and ends when the client is closed. A reader that falls behind by more
   * than 1000 events loses the oldest.
   *
   * @example Logging lost connections
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
   * Figures about the client since it was created: requests, connections, bytes, cache, subscriptions. They are counted
   * also without telemetry.
   *
   * @example Requests in flight, and failed ones
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
   * Figures of client-side caching, for all views together. All are zero until a view `cached` is used.
   *
   * @example How many reads were answered from memory
   * ```ts
   * const { hits, misses } = client.cacheStatistics;
   * const hitRate = hits / (hits + misses);
   * ```
   */
  get cacheStatistics(): CacheStatistics {
    return this.statistics.cache;
  }

  /**
   * Runs any command, also one that has no method.
   *
   * It is routed like commands with a method. The reply is not converted; see {@linkcode Reply} for the shapes.
   *
   * @example A command with options of its own
   * ```ts
   * await client.customCommand(["ECHO", "hello"], { timeout: 1000 }); // "hello"
   * ```
   *
   * @param args Its words, the name first.
   * @param options Options of this request; those of the view where they are not given.
   * @returns The reply.
   * @throws {TypeError} If the command would change the state of the shared connection (`SUBSCRIBE`, `MULTI`, `SELECT`,
   * …); the message says what to use instead.
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
   * Sends several commands in one write, one per node in a cluster. They are not atomic: each succeeds or fails by
   * itself, and commands of other callers may be executed between them.
   *
   * If the client refuses one of them (a bad argument, keys in different slots, too many requests in flight), nothing
   * is sent; with `errors: "values"` the others are.
   *
   * The commands for one node are executed in order. If one of them blocks (`BLPOP` and the like), all of them are sent
   * on a connection of their own, so that other requests do not wait. The deadline of each is then extended by the time
   * for which those before it may block, unless the view has a `timeout`.
   *
   * @example Three commands, one round trip
   * ```ts
   * await client.batch((b) => [b.set("n", 1), b.incr("n"), b.get("n")]); // ["OK", 2, "2"]
   * ```
   *
   * @param build Adds the commands; it must return their promises in an array, and must not be async.
   * @param options What an error of one command does.
   * @returns The value of each command, in their order; with `errors: "values"` the error where there is no value.
   * @throws {TypeError} If the callback is async, or returns no array; nothing was sent then.
   * @throws {Error} The first error of a command, in their order, once all have ended; not with `errors: "values"`.
   */
  batch<P extends readonly unknown[] | []>(
    build: (batch: Batch<T, N>) => P,
    options: BatchOptions & { errors: "values" },
  ): Promise<BatchOutcomes<P>>;
  /** Sends several commands in one write. They are not atomic. */
  batch<P extends readonly unknown[] | []>(
    build: (batch: Batch<T, N>) => P,
    options?: BatchOptions,
  ): Promise<BatchValues<P>>;
  /** Sends several commands in one write. They are not atomic. */
  batch(
    build: (batch: Batch<T, N>) => readonly unknown[],
    options?: BatchOptions,
  ): Promise<unknown[]> {
    return runBatch<T, N, readonly unknown[]>(this.#view, build, options);
  }

  /**
   * Executes several commands together (MULTI and EXEC): no command of another caller is executed between them.
   *
   * - If the client refuses one of them (a bad argument, say), the transaction rejects and nothing is sent.
   * - If the server refuses one of them before EXEC (an unknown command, say), none is executed.
   * - If one of them fails while they are executed (`WRONGTYPE`, say), the others are executed all the same; see
   *   `errors`.
   *
   * Blocking commands do not block in a transaction: they answer at once, as if their time had run out.
   *
   * In a cluster all keys must share a slot. A route must lead to one node: a `slotKey` or `slot` to that of the keys,
   * an address to the node that has them, and `"random"` is for transactions without keys. Without keys and route the
   * transaction runs on any primary.
   *
   * @example Moving money
   * ```ts
   * await client.transaction((t) => [t.decrby("{account}:a", 10), t.incrby("{account}:b", 10)]); // [-10, 10]
   * ```
   *
   * @param build Adds the commands; it must return their promises in an array, and must not be async.
   * @param options What an error of one command does.
   * @returns The value of each command, in their order.
   * @throws {ServerError} If the user may not run MULTI (`NOPERM`); nothing was executed then. To find out, the first
   * transaction of each connection takes one more round trip.
   * @throws {RedisError} If a server that had accepted MULTI on this connection refused it, because the user's rights
   * were changed: such a server executes the commands one by one.
   * @throws {ServerError} If the server refused a command before EXEC (`EXECABORT`); nothing was executed then. `cause`
   * is that command's error, and `cause.command` its name. With `errors: "values"` the error is in the place of that
   * command, and the others have `EXECABORT`.
   * @throws {ClusterError} If the keys are in different slots, or not in that of the route; nothing was sent then.
   * @throws {ConfigurationError} If the route names several nodes; nothing was sent then.
   */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options: BatchOptions & { errors: "values" },
  ): Promise<BatchOutcomes<P>>;
  /** Executes several commands together. */
  transaction<P extends readonly unknown[] | []>(
    build: (transaction: Batch<T, "one">) => P,
    options?: BatchOptions,
  ): Promise<BatchValues<P>>;
  /** Executes several commands together. */
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
   * Runs a Lua script by its digest; the text goes over only where the server does not know it yet.
   *
   * @example Adding two counters
   * ```ts
   * import { script } from "@babushka/redis";
   *
   * const sum = script(`return redis.call("GET", KEYS[1]) + redis.call("GET", KEYS[2])`);
   * await client.mset({ "{n}:a": 1, "{n}:b": 2 });
   * await client.run(sum, { keys: ["{n}:a", "{n}:b"] }); // 3
   * ```
   *
   * @param script The script, made by {@linkcode script}.
   * @param call Its keys and arguments.
   * @returns What the script returned.
   * @throws {ServerError} If the script fails.
   */
  run(script: Script, call?: ScriptCall): Promise<Reply> {
    return runScript(this.#view, script, call);
  }

  /**
   * Watches keys while a callback reads them and writes in a transaction, and runs the callback again if one of the
   * keys was changed in between.
   *
   * The session of the callback has a connection of its own. The callback may run several times: also in a cluster,
   * when the keys move to another node.
   *
   * The timeout of the view applies to each request of the session, not to the callback as a whole. Waiting for a
   * connection and WATCH together count as one request. When the signal of the view is aborted, `watch()` rejects at
   * once; it does not wait for the callback, whose further commands reject.
   *
   * @example Doubling a number that others change as well
   * ```ts
   * await client.set("n", 21);
   * await client.watch("n", async (session) => {
   *   const n = Number(await session.get("n"));
   *   return await session.transaction((t) => [t.set("n", n * 2)]);
   * }); // ["OK"]
   * ```
   *
   * @param keys One key or several; in a cluster of one slot.
   * @param work Reads, and then writes in `session.transaction()`.
   * @param options How often to begin again.
   * @returns What the callback returned.
   * @throws {WatchError} If a watched key was changed in each attempt; see `retries`.
   * @throws {TimeoutError} If there was no answer to WATCH in time.
   * @throws {Error} Whatever the callback rejects with.
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
   * Subscriptions have connections of their own, at most one to each node, so they do not delay requests. Several
   * subscriptions to one channel share one subscription at the server; each gets its own copy of a message.
   *
   * @example Reading messages
   * ```ts
   * await using news = await client.subscribe(["news", "sport"]);
   * await client.publish("sport", "1:0");
   * for await (const { channel, message } of news) {
   *   [channel, message]; // ["sport", "1:0"]
   *   break;
   * }
   * ```
   *
   * @example A function instead of a loop
   * ```ts
   * const received = Promise.withResolvers<string>();
   * await using jobs = await client.subscribe("jobs", {
   *   onMessage: ({ message }) => received.resolve(message),
   * });
   * await client.publish("jobs", "resize 17");
   * await received.promise; // "resize 17"
   * ```
   *
   * @example Handling gaps, where messages may be missing
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
   * @example Ending it by a signal
   * ```ts
   * const stop = new AbortController();
   * const alarms = await client.subscribe("alarms", { signal: stop.signal });
   * stop.abort();
   * alarms.ended; // true
   * ```
   *
   * @param channels One channel or several.
   * @param options A function instead of a loop, gaps, the limits of the buffer, and a signal.
   * @returns The subscription, once the server has confirmed all channels.
   * @throws {ServerError} If the server refuses a channel (`NOPERM`). No channel is subscribed to then.
   * @throws {TimeoutError} If the server has not confirmed all within `requestTimeout`, or within `clientCreationTimeout`
   * if a connection has to be opened. No channel is subscribed to then.
   * @throws {ConfigurationError} If an option is bad, or the view has a route.
   */
  subscribe<G extends boolean = false>(
    channels: OneOrMany<Key>,
    options?: SubscribeOptions<ChannelMessage<T>, G>,
  ): Promise<Subscription<T, WithGaps<ChannelMessage<T>, G>>> {
    return this.#subscribe("message", channels, options);
  }

  /**
   * Subscribes to all channels whose names match patterns.
   *
   * A message of a channel that matches several patterns comes once for each of them.
   *
   * @example Reading messages
   * ```ts
   * await using all = await client.psubscribe("news.*");
   * await client.publish("news.art", "A new museum");
   * for await (const { channel, pattern } of all) {
   *   [channel, pattern]; // ["news.art", "news.*"]
   *   break;
   * }
   * ```
   *
   * @param patterns One glob pattern or several.
   * @param options As for {@linkcode Client.subscribe}.
   * @returns The subscription, once the server has confirmed all patterns.
   * @throws As {@linkcode Client.subscribe} does. `NOPERM` also if the ACL has no rule that is equal to the pattern.
   */
  psubscribe<G extends boolean = false>(
    patterns: OneOrMany<Key>,
    options?: SubscribeOptions<PatternMessage<T>, G>,
  ): Promise<Subscription<T, WithGaps<PatternMessage<T>, G>>> {
    return this.#subscribe("pmessage", patterns, options);
  }

  /**
   * Subscribes to shard channels, whose messages come from {@linkcode Commands.spublish}. In a cluster they are sent only
   * to the nodes of the shard that has the slot of the channel.
   *
   * @example Reading messages
   * ```ts
   * await using orders = await client.ssubscribe("orders:{7}");
   * await client.spublish("orders:{7}", "paid");
   * for await (const { message } of orders) {
   *   message; // "paid"
   *   break;
   * }
   * ```
   *
   * @param channels One shard channel or several.
   * @param options As for {@linkcode Client.subscribe}.
   * @returns The subscription, once the server has confirmed all channels.
   * @throws As {@linkcode Client.subscribe} does. Servers before 7.0 do not know the command (`ServerError`).
   */
  ssubscribe<G extends boolean = false>(
    channels: OneOrMany<Key>,
    options?: SubscribeOptions<ShardMessage<T>, G>,
  ): Promise<Subscription<T, WithGaps<ShardMessage<T>, G>>> {
    return this.#subscribe("smessage", channels, options);
  }

  /**
   * Streams the commands that a server executes, those of all clients (MONITOR). It costs the server much of its
   * throughput: use it for debugging.
   *
   * The monitor has a connection of its own. If it is lost, it is opened again, and there is a gap: in the `stats`, as a
   * `gap` event of the client without names, and with the option `gaps` between the commands.
   *
   * Servers hide secrets in AUTH, HELLO and the like, and leave out administrative commands (CONFIG, say). Commands that a
   * script calls have the address `"lua"`.
   *
   * In a cluster the view needs a route to one node: `cluster.with({ route: { host, port } }).monitor()`. The node of a
   * slot or key is looked up each time the connection is opened.
   *
   * @example What a client sends
   * ```ts
   * await using monitor = await client.monitor();
   * await client.set("greeting", "hello");
   * for await (const { words } of monitor) {
   *   if (words[0] === "SET") break; // ["SET", "greeting", "hello"]
   * }
   * ```
   *
   * @example How often each command is used, in ten seconds
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
   * @param options Gaps, the limits of the buffer, and a signal.
   * @returns The monitor, once the server has accepted MONITOR. It gets all commands that are executed from then on.
   * @throws {ServerError} If the user may not run MONITOR (`NOPERM`).
   * @throws {TimeoutError} If the server has not accepted it within `clientCreationTimeout`, or the timeout of the view.
   * @throws {ConfigurationError} If an option is bad, or a cluster client has no route to one node.
   * @throws {ClusterError} If the cluster does not have the node of the route.
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
   * Without `reauthenticate`, open connections stay logged in as they are; servers allow that even after the password has
   * changed. With it, each open connection logs in anew between two of its requests, never inside a transaction. A
   * connection that blocks or watches keys does so before its next use. If the user name changes, a new connection takes
   * the place of each open one.
   *
   * @example A new password
   * ```ts no-eval
   * await client.updateCredentials({ username: "app", password: "s3cret-2" }, { reauthenticate: true });
   * ```
   *
   * @param credentials User and password, or a function that returns them.
   * @param options Whether open connections log in anew.
   * @returns Resolves when all open connections that can log in now have done so.
   * @throws {ServerError} If a node refuses them (`WRONGPASS`). Its open connections stay as they are, and the client
   * tries again in the background. Each failure is a `reauthenticationFailed` event.
   * @throws {RedisError} If the function fails.
   * @throws {ConfigurationError} If the credentials are malformed.
   * @throws {ClosedError} If the client is closed.
   */
  updateCredentials(
    credentials: RedisCredentials | CredentialsProvider,
    options?: UpdateCredentialsOptions,
  ): Promise<void> {
    return updateCredentials(this.#view.dispatcher.settings.link, credentials, options);
  }

  /**
   * Closes the client: no new requests are taken, those under way get their reply or time out, then the connections are
   * closed. Blocking commands end at once with `ClosedError`, and iterations of subscriptions simply end.
   *
   * @returns Resolves when nothing of the client is left. A second call waits for the first.
   */
  close(): Promise<void> {
    return this.#view.dispatcher.close();
  }

  /**
   * Closes the client at once: everything under way rejects with `ClosedError`. A connection that is being opened ends
   * within 20 ms; `close()` after it waits for that.
   */
  destroy(): void {
    this.#view.dispatcher.destroy();
  }

  /** Closes the client at the end of an `await using` block, as {@linkcode Client.close} does. */
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
        dispatcher.subscriptions,
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
