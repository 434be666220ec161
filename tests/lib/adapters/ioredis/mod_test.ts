import { assert, assertEquals, assertRejects } from "@std/assert";
import { RateLimiterRedis } from "npm:rate-limiter-flexible@11.4.0";
import Redlock from "npm:redlock@5.0.0-beta.2";
import { createAdapter } from "npm:@socket.io/redis-adapter@8.3.0";
import { createAdapter as createStreamsAdapter } from "npm:@socket.io/redis-streams-adapter@0.3.1";
import { RedisPubSub } from "npm:graphql-redis-subscriptions@2.7.0";
import fastify from "npm:fastify@5.12.8";
import fastifyRedis from "npm:@fastify/redis@9.0.0";
import KeyvValkey from "npm:@keyv/valkey@1.0.11";
import { Keyv } from "npm:keyv@5.6.0";
import { redisStorage } from "npm:@better-auth/redis-storage@1.7.5";
import { RedisAdapter } from "npm:@grammyjs/storage-redis@2.6.0";
import { RedisKvStore } from "npm:@fedify/redis@1.8.7/kv";
import { RedisMessageQueue } from "npm:@fedify/redis@1.8.7/mq";
import { IORedisFacade } from "../../../../lib/adapters/ioredis/mod.ts";
import { until } from "../../../../lib/testing/_poll.ts";
import { onBothClients } from "../_both_clients.ts";
import { assertReaches, duplicatesOf, namespace } from "../_socket_io.ts";

onBothClients("rate-limiter-flexible limits", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  await redis.connect();
  const limiter = new RateLimiterRedis({ storeClient: redis, points: 2, duration: 60 });
  assertEquals((await limiter.consume("ann")).remainingPoints, 1);
  assertEquals((await limiter.consume("ann")).remainingPoints, 0);
  const refused = await limiter.consume("ann").catch((result) => result);
  assert(refused.msBeforeNext > 50_000 && refused.msBeforeNext <= 60_000);
  assertEquals((await limiter.get("ann"))?.consumedPoints, 3);
  await limiter.penalty("bob", 1);
  await limiter.block("bob", 10);
  assertEquals((await limiter.get("bob"))!.consumedPoints > 2, true);
  assertEquals(await limiter.delete("ann"), true);
  assertEquals(await limiter.get("ann"), null);
});

onBothClients("redlock locks, extends and releases", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const redlock = new Redlock([redis as never], { retryCount: 0 });
  redlock.on("error", () => {});
  const lock = await redlock.acquire(["{lock}a", "{lock}b"], 10_000);
  await assertRejects(() => redlock.acquire(["{lock}a"], 10_000));
  const extended = await lock.extend(20_000);
  assert(await redis.pttl("{lock}a") > 10_000);
  await extended.release();
  await (await redlock.acquire(["{lock}a"], 1000)).release();
});

onBothClients("socket.io's adapter reaches other servers", async (_, ...making) => {
  const nodes = [1, 2].map(() => {
    const publisher = new IORedisFacade(...making);
    const subscriber = publisher.duplicate();
    const at = namespace();
    const adapter = createAdapter(publisher, subscriber)(at as never);
    return { adapter, heard: at.heard, connections: [publisher, subscriber] };
  });
  await assertReaches(nodes);
  for (const { adapter, connections } of nodes) {
    adapter.close();
    for (const connection of connections) await connection.quit();
  }
});

onBothClients("graphql-redis-subscriptions delivers", async (_, ...making) => {
  await using publisher = new IORedisFacade(...making);
  await using subscriber = publisher.duplicate();
  const pubsub = new RedisPubSub({
    publisher: publisher as never,
    subscriber: subscriber as never,
  });
  const heard: unknown[] = [];
  const id = await pubsub.subscribe("news", (message: unknown) => void heard.push(message));
  const pattern = await pubsub.subscribe("n*", (message: unknown) => void heard.push(message), {
    pattern: true,
  });
  await pubsub.publish("news", { title: "x" });
  await until("both have heard it", () => Promise.resolve(heard.length === 2));
  assertEquals(heard, [{ title: "x" }, { title: "x" }]);
  pubsub.unsubscribe(id);
  pubsub.unsubscribe(pattern);
  const iterator = pubsub.asyncIterator<{ title: string }>("more");
  let value: unknown;
  const next = iterator.next().then((result) => value = result.value);
  await until("it is subscribed", async () => {
    await pubsub.publish("more", { title: "y" });
    return value !== undefined;
  });
  await next;
  assertEquals(value, { title: "y" });
  await iterator.return!();
});

onBothClients("@fastify/redis hands it on, and leaves it open", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const app = fastify();
  await app.register(fastifyRedis as never, { client: redis } as never);
  app.get("/", async (request: unknown) => {
    return await (request as { server: { redis: IORedisFacade } }).server.redis.incr("visits");
  });
  await app.ready();
  assertEquals((await app.inject("/")).body, "1");
  await app.close();
  assertEquals(await redis.get("visits"), "1");
});

onBothClients("@keyv/valkey keeps and clears", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const keyv = new Keyv({ store: new KeyvValkey(redis as never), namespace: "{n}" });
  await keyv.set("a", { deep: 1 }, 60_000);
  assertEquals(await keyv.get("a"), { deep: 1 });
  assertEquals(await keyv.get(["a", "b"]), [{ deep: 1 }, undefined]);
  assertEquals([await keyv.delete("a"), await keyv.has("a")], [true, false]);
  await keyv.set("b", 1);
  await keyv.clear();
  assertEquals(await keyv.get("b"), undefined);
});

onBothClients("Better Auth's redis storage keeps", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const storage = redisStorage({ client: redis as never, keyPrefix: "auth:" });
  await storage.set("a", "1", 60);
  assertEquals(await storage.get("a"), "1");
  await storage.delete("a");
  assertEquals(await storage.get("a"), null);
});

onBothClients("grammY's storage keeps", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const storage = new RedisAdapter<{ n: number }>({ instance: redis as never, ttl: 60 });
  await storage.write("a", { n: 1 });
  assertEquals(await storage.read("a"), { n: 1 });
  await storage.delete("a");
  assertEquals(await storage.read("a"), undefined);
});

onBothClients("socket.io's streams adapter reaches other servers", async (_, ...making) => {
  const nodes = [1, 2].map(() => {
    const redis = new IORedisFacade(...making);
    const made = duplicatesOf(redis);
    const at = namespace();
    const adapter = createStreamsAdapter(redis, { blockTimeInMs: 50 })(at as never);
    adapter.init();
    return { adapter, heard: at.heard, redis, made };
  });
  await assertReaches(nodes);
  for (const { adapter } of nodes) adapter.close();
  const duplicates = nodes.flatMap(({ made }) => made);
  await until(
    "the adapters have ended",
    () => Promise.resolve(duplicates.every(({ status }) => status === "end")),
  );
  for (const { redis } of nodes) await redis.quit();
  for (const duplicate of duplicates) await duplicate.quit();
});

onBothClients("Fedify's store and queue keep and deliver", async (_, ...making) => {
  await using redis = new IORedisFacade(...making);
  const store = new RedisKvStore(redis as never);
  await store.set(["a", "b"], { deep: [1] });
  assertEquals(await store.get(["a", "b"]), { deep: [1] });
  await store.delete(["a", "b"]);
  assertEquals(await store.get(["a", "b"]), undefined);
  const made: IORedisFacade[] = [];
  const queue = new RedisMessageQueue(() => {
    const each = new IORedisFacade(...making);
    made.push(each);
    return each as never;
  }, { queueKey: "{fedify}queue", lockKey: "{fedify}lock", pollInterval: { seconds: 1 } });
  const heard: unknown[] = [];
  const end = new AbortController();
  const listening = queue.listen((message: unknown) => void heard.push(message), {
    signal: end.signal,
  });
  await queue.enqueue({ n: 1 });
  await queue.enqueueMany([{ n: 2 }, { n: 3 }]);
  await until("all are heard", () => Promise.resolve(heard.length === 3));
  end.abort();
  await listening;
  queue[Symbol.dispose]();
  for (const each of made) await each.quit();
});
