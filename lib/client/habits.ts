/**
 * Method names of other clients, and the methods to use instead.
 *
 * @module
 */

/**
 * Type of a method name that other clients have and this library does not. Calling it does not compile. The compiler's
 * message contains the replacement.
 *
 * @typeParam W The replacement.
 */
export interface UseInstead<W extends string> {
  /** The replacement. */
  readonly use: W;
}

/**
 * Method names of ioredis, node-redis and GLIDE, with their replacements.
 *
 * None of them can be called. The compiler rejects the call; at run time it throws a `TypeError` that names the
 * replacement. The section "Coming from another client" of the README compares the most common calls.
 *
 * | other clients | this library |
 * | --- | --- |
 * | `zadd(key, 1, "m")` | `zadd(key, { m: 1 })` |
 * | `del("a", "b")` | `del(["a", "b"])` |
 * | `hset(key, "field", "value")` | `hset(key, { field: "value" })` |
 * | `set(key, value, "EX", 60)` | `set(key, value, { ex: 60 })` |
 * | `mset("a", 1, "b", 2)` | `mset({ a: 1, b: 2 })` |
 * | `hGetAll(key)`, `zRange(…)` | `hgetall(key)`, `zrange(…)` |
 */
export interface Habits {
  /** @deprecated Each subcommand is a method. */
  readonly acl: UseInstead<"aclWhoami(), aclList(), …">;
  /**
   * @deprecated Use {@linkcode Client.prototype.events | Client.events}: `for await (const event of client.events)`.
   */
  readonly addListener: UseInstead<"for await (const event of client.events)">;
  /** @deprecated Use the option `credentials` of `create()`. */
  readonly auth: UseInstead<'the option "credentials" of create()'>;
  /** @deprecated Use {@linkcode Client.prototype.customCommand | Client.customCommand}. */
  readonly call: UseInstead<"customCommand([name, ...arguments])">;
  /** @deprecated Each subcommand is a method. */
  readonly client: UseInstead<"clientId(), clientList(), …">;
  /** @deprecated Each subcommand is a method. */
  readonly config: UseInstead<"configGet(parameter), configSet({ parameter: value }), …">;
  /** @deprecated `create()` has connected, and the client reconnects by itself. */
  readonly connect: UseInstead<"create(), which connects">;
  /** @deprecated Use {@linkcode Client.prototype.run | Client.run} with {@linkcode script}. */
  readonly defineCommand: UseInstead<"run(script(lua), { keys, args })">;
  /**
   * @deprecated Use {@linkcode Client.prototype.transaction | Client.transaction}, which executes nothing if its
   * callback throws.
   */
  readonly discard: UseInstead<"transaction((t) => [t.get(key)])">;
  /**
   * @deprecated Use {@linkcode Client.prototype.destroy | Client.destroy}, or
   * {@linkcode Client.prototype.close | Client.close} to wait for replies.
   */
  readonly disconnect: UseInstead<"destroy(), or close() to wait for replies">;
  /** @deprecated Make another client with `create()`; blocking commands and subscriptions need none. */
  readonly duplicate: UseInstead<
    "create() once more; blocking commands and subscriptions need none"
  >;
  /**
   * @deprecated Use {@linkcode Client.prototype.transaction | Client.transaction} or
   * {@linkcode Client.prototype.batch | Client.batch}.
   */
  readonly exec: UseInstead<"transaction((t) => [t.get(key)]) or batch((b) => [b.get(key)])">;
  /** @deprecated Use {@linkcode Client.prototype.bytes | Client.bytes}. */
  readonly getBuffer: UseInstead<"bytes.get(key)">;
  /** @deprecated Use {@linkcode Client.prototype.run | Client.run} with {@linkcode script}. */
  readonly invokeScript: UseInstead<"run(script(lua), { keys, args })">;
  /** @deprecated Each subcommand is a method. */
  readonly latency: UseInstead<"latencyLatest(), latencyHistory(event), …">;
  /** @deprecated Each subcommand is a method. */
  readonly memory: UseInstead<"memoryUsage(key), memoryStats(), …">;
  /** @deprecated Use {@linkcode Client.prototype.transaction | Client.transaction}. */
  readonly multi: UseInstead<"transaction((t) => [t.get(key)])">;
  /** @deprecated Each subcommand is a method. */
  readonly object: UseInstead<"objectEncoding(key), objectIdletime(key), …">;
  /**
   * @deprecated Use {@linkcode Client.prototype.events | Client.events}: `for await (const event of client.events)`.
   */
  readonly off: UseInstead<"for await (const event of client.events)">;
  /**
   * @deprecated Use {@linkcode Client.prototype.events | Client.events}: `for await (const event of client.events)`.
   */
  readonly on: UseInstead<"for await (const event of client.events)">;
  /**
   * @deprecated Use {@linkcode Client.prototype.events | Client.events}: `for await (const event of client.events)`.
   */
  readonly once: UseInstead<"for await (const event of client.events)">;
  /** @deprecated Use {@linkcode Client.prototype.batch | Client.batch}. */
  readonly pipeline: UseInstead<"batch((b) => [b.get(key)])">;
  /** @deprecated Each subcommand is a method. */
  readonly pubsub: UseInstead<"pubsubChannels(pattern), pubsubNumsub(channels), …">;
  /** @deprecated Use {@linkcode Client.prototype.close | Client.close}. */
  readonly quit: UseInstead<"close()">;
  /**
   * @deprecated Use {@linkcode Client.prototype.events | Client.events}: `for await (const event of client.events)`.
   */
  readonly removeListener: UseInstead<"for await (const event of client.events)">;
  /** @deprecated Use `scanIterator()`. */
  readonly scanStream: UseInstead<"scanIterator({ match })">;
  /** @deprecated Use {@linkcode Client.prototype.run | Client.run} with {@linkcode script}, or `scriptLoad()`. */
  readonly script: UseInstead<"run(script(lua), { keys, args }), or scriptLoad(lua)">;
  /** @deprecated Use the option `databaseId` of `create()`. */
  readonly select: UseInstead<'the option "databaseId" of create()'>;
  /** @deprecated Use {@linkcode Client.prototype.customCommand | Client.customCommand}. */
  readonly sendCommand: UseInstead<"customCommand([name, ...arguments])">;
  /** @deprecated Each subcommand is a method. */
  readonly slowlog: UseInstead<"slowlogGet(), slowlogReset(), …">;
  /** @deprecated Use `unsubscribe()` of the {@linkcode Subscription}, or its `delete(names)`. */
  readonly unsubscribe: UseInstead<"unsubscribe() of the subscription, or its delete(names)">;
  /** @deprecated Use {@linkcode Client.prototype.watch | Client.watch}, which ends by itself. */
  readonly unwatch: UseInstead<"watch(keys, async (session) => …)">;
  /** @deprecated Each subcommand is a method. */
  readonly xgroup: UseInstead<"xgroupCreate(key, group, id), xgroupDestroy(key, group), …">;
  /** @deprecated Each subcommand is a method. */
  readonly xinfo: UseInstead<"xinfoStream(key), xinfoGroups(key), …">;
}

/** The replacement of each name, as in the types. */
const INSTEAD: { readonly [K in keyof Habits]: Habits[K]["use"] } = {
  acl: "aclWhoami(), aclList(), …",
  addListener: "for await (const event of client.events)",
  auth: 'the option "credentials" of create()',
  call: "customCommand([name, ...arguments])",
  client: "clientId(), clientList(), …",
  config: "configGet(parameter), configSet({ parameter: value }), …",
  connect: "create(), which connects",
  defineCommand: "run(script(lua), { keys, args })",
  discard: "transaction((t) => [t.get(key)])",
  disconnect: "destroy(), or close() to wait for replies",
  duplicate: "create() once more; blocking commands and subscriptions need none",
  exec: "transaction((t) => [t.get(key)]) or batch((b) => [b.get(key)])",
  getBuffer: "bytes.get(key)",
  invokeScript: "run(script(lua), { keys, args })",
  latency: "latencyLatest(), latencyHistory(event), …",
  memory: "memoryUsage(key), memoryStats(), …",
  multi: "transaction((t) => [t.get(key)])",
  object: "objectEncoding(key), objectIdletime(key), …",
  off: "for await (const event of client.events)",
  on: "for await (const event of client.events)",
  once: "for await (const event of client.events)",
  pipeline: "batch((b) => [b.get(key)])",
  pubsub: "pubsubChannels(pattern), pubsubNumsub(channels), …",
  quit: "close()",
  removeListener: "for await (const event of client.events)",
  scanStream: "scanIterator({ match })",
  script: "run(script(lua), { keys, args }), or scriptLoad(lua)",
  select: 'the option "databaseId" of create()',
  sendCommand: "customCommand([name, ...arguments])",
  slowlog: "slowlogGet(), slowlogReset(), …",
  unsubscribe: "unsubscribe() of the subscription, or its delete(names)",
  unwatch: "watch(keys, async (session) => …)",
  xgroup: "xgroupCreate(key, group, id), xgroupDestroy(key, group), …",
  xinfo: "xinfoStream(key), xinfoGroups(key), …",
};

/**
 * Makes calls of these names throw a `TypeError` that says what to use instead.
 *
 * @param prototype The prototype of the clients.
 */
export function correctHabits(prototype: object): void {
  for (const [name, instead] of Object.entries(INSTEAD)) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      value: () => {
        throw new TypeError(`Cannot call ${name}(): there is no such method; use ${instead}`);
      },
    });
  }
}
