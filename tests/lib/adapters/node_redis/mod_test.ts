import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createServer } from "node:http";
import { RedisStore } from "npm:connect-redis@9.0.0";
import session, { type SessionData } from "npm:express-session@1.18.2";
import KeyvRedis from "npm:@keyv/redis@5.1.6";
import { Keyv } from "npm:keyv@5.6.0";
import { Cacheable } from "npm:cacheable@2.5.0";
import { createCache } from "npm:cache-manager@7.2.9";
import { RedisStore as RateLimitStore } from "npm:rate-limit-redis@6.0.1";
import { RateLimiterRedis } from "npm:rate-limiter-flexible@11.4.0";
import { createAdapter } from "npm:@socket.io/redis-adapter@8.3.0";
import { createShardedAdapter } from "npm:@socket.io/redis-adapter@8.3.0";
import { createAdapter as createStreamsAdapter } from "npm:@socket.io/redis-streams-adapter@0.3.1";
import { NodeRedisFacade } from "../../../../lib/adapters/node_redis/mod.ts";
import { until } from "../../../../lib/testing/_poll.ts";
import { type AnyClient, type Making, onBothClients } from "../_both_clients.ts";
import { assertReaches, duplicatesOf, namespace } from "../_socket_io.ts";

/** A cache of Keyv 5, with the namespace in the store. */
function keyvOn(redis: NodeRedisFacade, namespace: string): Keyv {
  const store = new KeyvRedis(redis as never, { namespace });
  return new Keyv({ store, namespace, useKeyPrefix: false });
}

/** Registers a test for both clients, for facades with a client of their own, and for one that is there already. */
function onFacades(
  name: string,
  body: (redis: NodeRedisFacade, client: AnyClient) => Promise<void>,
): void {
  onBothClients(name, async (client, ...making: Making) => {
    await using own = await new NodeRedisFacade(...making).connect();
    await body(own, client);
    await client.flushall();
    await using given = new NodeRedisFacade(client);
    await body(given, client);
  });
}

onFacades("connect-redis keeps sessions", async (redis) => {
  const store = new RedisStore({ client: redis, prefix: "s:", scanCount: 10 });
  const data = (n: number): SessionData =>
    ({ cookie: { originalMaxAge: null }, n }) as unknown as SessionData;
  await store.set("a", data(1));
  assertEquals(await store.get("a"), JSON.parse(JSON.stringify(data(1))));
  assert(await redis.ttl("s:a") > 86_000);
  const expires = new Date(Date.now() + 60_000);
  await store.touch("a", { cookie: { expires } } as unknown as SessionData);
  assert(await redis.ttl("s:a") <= 60);
  for (let i = 0; i < 30; i++) await store.set(`b${i}`, data(i));
  assertEquals([await store.length(), (await store.ids()).length], [31, 31]);
  assertEquals((await store.all()).length, 31);
  await store.destroy("a");
  assertEquals(await store.get("a"), null);
  await store.clear();
  assertEquals([await store.length(), await store.all()], [0, []]);
});

onFacades("express-session counts visits in connect-redis", async (redis) => {
  const middleware = session({
    store: new RedisStore({ client: redis }),
    secret: "secret",
    resave: false,
    saveUninitialized: false,
  });
  // deno-lint-ignore no-explicit-any
  const server = createServer((request: any, response: any) => {
    middleware(request, response, () => {
      request.session.visits = (request.session.visits ?? 0) + 1;
      response.end(String(request.session.visits));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const visit = (cookie?: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, {
      headers: { connection: "close", ...(cookie && { cookie }) },
    });
  const first = await visit();
  const cookie = first.headers.get("set-cookie")!.split(";")[0];
  assertEquals(await first.text(), "1");
  assertEquals(await (await visit(cookie)).text(), "2");
  assertEquals(await (await visit()).text(), "1");
  await new Promise((resolve) => server.close(resolve));
});

onFacades("@keyv/redis keeps, expires, iterates and clears", async (redis) => {
  const store = new KeyvRedis<unknown>(redis as never, { namespace: "n", clearBatchSize: 10 });
  assertEquals(store.isCluster(), "slots" in redis);
  const errors: unknown[] = [];
  store.on("error", (error: unknown) => errors.push(error));
  const keyv = new Keyv({ store, namespace: "n", useKeyPrefix: false });
  await keyv.set("a", { deep: 1 }, 60_000);
  assert(await redis.pTTL("n::a") > 50_000);
  assertEquals(await keyv.get("a"), { deep: 1 });
  assertEquals([await keyv.has("a"), await keyv.has("b")], [true, false]);
  await keyv.set("short", 1, 20);
  await until("it has expired", async () => await keyv.get("short") === undefined);
  await keyv.setMany(Array.from({ length: 30 }, (_, i) => ({ key: `k${i}`, value: i })));
  assertEquals(await keyv.getMany(["k0", "none", "k29"]), [0, undefined, 29]);
  assertEquals(await keyv.hasMany(["k1", "none"]), [true, false]);
  const found = new Map<string, unknown>();
  for await (const [key, value] of store.iterator("n")) found.set(key, value);
  assertEquals(found.size, 31);
  assertEquals(JSON.parse(found.get("k7") as string).value, 7);
  assertEquals(await keyv.delete("k0"), true);
  assertEquals(await keyv.deleteMany(["k1", "k2", "none"]), true);
  const others = new KeyvRedis<unknown>(redis as never);
  await others.set("other", "1");
  await keyv.clear();
  assertEquals([await keyv.get("a"), await others.get("other")], [undefined, "1"]);
  await others.clear();
  assertEquals(await others.get("other"), undefined);
  others.noNamespaceAffectsAll = true;
  await others.set("x::y", "1");
  await others.clear();
  assertEquals(await redis.exists("x::y"), 0);
  assertEquals(errors, []);
});

onBothClients("@keyv/redis opens and closes a facade", async (client, ...making: Making) => {
  const redis = new NodeRedisFacade(...making);
  const keyv = keyvOn(redis, "m");
  // The first call opens it; the others find it open already.
  await Promise.all([keyv.set("a", 1), keyv.set("b", 2), keyv.get("c")]);
  assertEquals(await keyv.get(["a", "b"]), [1, 2]);
  await keyv.disconnect();
  assertEquals([redis.isOpen, redis.isReady], [false, false]);
  assertEquals(await client.exists(["m::a"]), 1);
  await using _ = redis;
  assertEquals(await keyv.get("a"), 1);
});

onFacades("cacheable and cache-manager keep by way of @keyv/redis", async (redis) => {
  const secondary = keyvOn(redis, "c") as never;
  const cacheable = new Cacheable({ secondary, ttl: "1h" });
  await cacheable.set("a", { n: 1 });
  await cacheable.setMany([{ key: "b", value: 2 }, { key: "d", value: 3, ttl: 60_000 }]);
  await cacheable.primary.clear();
  assertEquals(await cacheable.get("a"), { n: 1 });
  assertEquals(await cacheable.getMany(["b", "d", "none"]), [2, 3, undefined]);
  assertEquals(await cacheable.delete("a"), true);
  await cacheable.primary.clear();
  assertEquals([await cacheable.get("a"), await cacheable.has("b")], [undefined, true]);
  const manager = createCache({ stores: [keyvOn(redis, "m") as never] });
  await manager.set("a", "1", 60_000);
  assertEquals(await manager.get("a"), "1");
  assertEquals(await manager.mget(["a", "b"]), ["1", undefined]);
  let made = 0;
  for (let i = 0; i < 2; i++) {
    assertEquals(await manager.wrap("w", () => Promise.resolve(++made), 60_000), 1);
  }
  assert(await manager.ttl("a") as number > 0);
  await manager.del("a");
  assertEquals(await manager.get("a"), undefined);
  await manager.clear();
  assertEquals(await manager.get("w"), undefined);
});

onFacades("rate-limit-redis counts, by both of its ways", async (redis, client) => {
  const stores = [
    new RateLimitStore({
      prefix: "one:",
      sendCommand: (...words: string[]) => redis.sendCommand(words) as never,
    }),
    new RateLimitStore({
      prefix: "two:",
      sendCommandCluster: ({ key, isReadOnly, command }) =>
        redis.sendCommand(key, isReadOnly, command) as never,
    }),
  ];
  for (const store of stores) {
    await store.init({ windowMs: 60_000 } as never);
    assertEquals((await store.increment("ann")).totalHits, 1);
    const { totalHits, resetTime } = await store.increment("ann");
    assertEquals(totalHits, 2);
    assert(resetTime!.getTime() > Date.now() + 50_000);
    await store.decrement("ann");
    assertEquals((await store.get("ann"))!.totalHits, 1);
    // It knows the error by its text, and loads the script again.
    await client.scriptFlush();
    assertEquals((await store.increment("ann")).totalHits, 2);
    await store.resetKey("ann");
    assertEquals((await store.increment("ann")).totalHits, 1);
  }
});

onFacades("rate-limiter-flexible limits", async (redis) => {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    useRedisPackage: true,
    points: 2,
    duration: 60,
    rejectIfRedisNotReady: true,
  });
  await redis.connect();
  assertEquals((await limiter.consume("ann")).remainingPoints, 1);
  assertEquals((await limiter.consume("ann")).remainingPoints, 0);
  const refused = await limiter.consume("ann").catch((result) => result);
  assert(refused.msBeforeNext > 50_000 && refused.msBeforeNext <= 60_000);
  assertEquals((await limiter.get("ann"))?.consumedPoints, 3);
  await limiter.block("bob", 10);
  assertEquals((await limiter.get("bob"))!.consumedPoints > 2, true);
  assertEquals(await limiter.delete("ann"), true);
  assertEquals(await limiter.get("ann"), null);
});

for (const [name, create] of [["", createAdapter], ["sharded ", createShardedAdapter]] as const) {
  onBothClients(`socket.io's ${name}adapter reaches other servers`, async (_, ...making) => {
    const nodes = await Promise.all([1, 2].map(async () => {
      const publisher = await new NodeRedisFacade(...making).connect();
      const subscriber = await publisher.duplicate().connect();
      const at = namespace();
      // deno-lint-ignore no-explicit-any
      const adapter = (create as any)(publisher, subscriber)(at);
      adapter.init();
      return { adapter, heard: at.heard, redis: [publisher, subscriber] };
    }));
    await assertReaches(nodes);
    for (const { adapter, redis } of nodes) {
      adapter.close();
      for (const facade of redis) await facade.close();
    }
  });
}

onBothClients("socket.io's streams adapter reaches other servers", async (_, ...making) => {
  const nodes = await Promise.all([1, 2].map(async () => {
    const redis = await new NodeRedisFacade(...making).connect();
    const made = duplicatesOf(redis);
    const at = namespace();
    const adapter = createStreamsAdapter(redis, { blockTimeInMs: 50 })(at as never);
    adapter.init();
    return { adapter, heard: at.heard, redis, made };
  }));
  await assertReaches(nodes);
  for (const { adapter } of nodes) adapter.close();
  const duplicates = nodes.flatMap(({ made }) => made);
  await until(
    "the adapters have ended",
    () => Promise.resolve(duplicates.every(({ isOpen }) => !isOpen)),
  );
  for (const redis of [...nodes.map(({ redis }) => redis), ...duplicates]) await redis.close();
});

onBothClients("what libraries throw tells them what has failed", async (_, ...making) => {
  const redis = new NodeRedisFacade(...making);
  const store = new RedisStore({ client: redis });
  const error = await assertRejects(() => store.get("a") as Promise<unknown>, Error);
  assertMatch(error.message, /^The client is closed$/);
});
