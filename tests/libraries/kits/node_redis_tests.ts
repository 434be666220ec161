/**
 * Tests of libraries on the facade for node-redis that cannot be in the suite: their packages bring Next.js along.
 *
 * @module
 */

/** Packages that they need. */
export const NODE_REDIS_VERSIONS: Readonly<Record<string, string>> = {
  "@fortedigital/nextjs-cache-handler": "3.3.0",
  "@keyv/redis": "5.1.6",
  "@neshca/cache-handler": "1.9.0",
  // @neshca/cache-handler takes its options of calls from this version.
  redis: "4.7.1",
};

/** The tests, for vitest: Keyv's kit on @keyv/redis, and the cache handlers of Next.js. */
export const NODE_REDIS_TESTS = `import { Buffer } from "node:buffer";
import { Keyv } from "keyv";
import keyvTestSuite, { keyvIteratorTests } from "@keyv/test-suite";
import KeyvRedis from "@keyv/redis";
import createFortedigitalHandler from "@fortedigital/nextjs-cache-handler/redis-strings";
import createNeshcaHandler from "@neshca/cache-handler/redis-strings";
import * as vitest from "vitest";
import { NodeRedisFacade, RedisClient, RedisClusterClient } from "../babushka.mjs";

const { assert, describe, test } = vitest;
const client = await RedisClient.create(process.env.SERVER_URL);
const clusterClient = await RedisClusterClient.create(process.env.CLUSTER_URL);
const facades = {
  standalone: await new NodeRedisFacade(RedisClient, process.env.SERVER_URL).connect(),
  "standalone, given": new NodeRedisFacade(client),
  cluster: await new NodeRedisFacade(RedisClusterClient, process.env.CLUSTER_URL).connect(),
  "cluster, given": new NodeRedisFacade(clusterClient),
};
const handlers = {
  "@fortedigital/nextjs-cache-handler": createFortedigitalHandler,
  "@neshca/cache-handler": createNeshcaHandler,
};

const value = (tags: string[], expireAt?: number) => ({
  lastModified: Date.now() - 1000,
  tags,
  lifespan: expireAt === undefined ? null : { expireAt },
  value: { kind: "APP_ROUTE", body: Buffer.from("text"), status: 200, headers: {} },
});
const later = () => Math.floor(Date.now() / 1000) + 60;

for (const [name, redis] of Object.entries(facades)) {
  describe("@keyv/redis " + name, () => {
    const store = () => new KeyvRedis(redis as never);
    keyvTestSuite(vitest as any, Keyv as any, store);
    keyvIteratorTests(vitest as any, Keyv as any, store);
  });
  for (const [library, create] of Object.entries(handlers)) {
    for (const keyExpirationStrategy of ["EXPIREAT", "EXAT"]) {
      describe(library + " " + name + " " + keyExpirationStrategy, () => {
        const prefix = "next:" + library + keyExpirationStrategy + ":";
        const handler: any = (create as any)({
          client: redis,
          keyPrefix: prefix,
          keyExpirationStrategy,
          revalidateTagQuerySize: 2,
        });
        const get = (key: string, implicitTags: string[] = []) => handler.get(key, { implicitTags });

        test("it keeps values, and deletes them", async () => {
          await handler.set("a", value(["t"], later()));
          const found = await get("a");
          assert.deepEqual(found.tags, ["t"]);
          assert.equal(found.value.kind, "APP_ROUTE");
          assert.isAbove(await redis.ttl(prefix + "a"), 50);
          assert.equal(await get("none"), null);
          await handler.delete(library.startsWith("@neshca") ? prefix + "a" : "a");
          assert.equal(await get("a"), null);
        });

        test("it forgets the values of a tag", async () => {
          for (let i = 0; i < 10; i++) await handler.set("k" + i, value(["t" + i % 2], later()));
          await handler.revalidateTag("t0");
          for (let i = 0; i < 10; i++) assert.equal(await get("k" + i) === null, i % 2 === 0);
        });

        test("it forgets the values of an implicit tag", async () => {
          await handler.set("page", value([]));
          assert.notEqual(await get("page", ["_N_T_/page"]), null);
          await handler.revalidateTag("_N_T_/page");
          assert.equal(await get("page", ["_N_T_/page"]), null);
        });

        test("values expire", async () => {
          await handler.set("short", value([], Math.floor(Date.now() / 1000) + 1));
          await vitest.vi.waitFor(async () => assert.equal(await get("short"), null), 5000);
        });

        test("it refuses to work without a connection", async () => {
          const { default: create } = { default: handlers[library as keyof typeof handlers] };
          const closed = (create as any)({ client: redis.duplicate() });
          if (name.includes("given")) return;
          const error = await closed.get("a", { implicitTags: [] }).catch((error: Error) => error);
          assert.match(error.message, /not ready/);
        });
      });
    }
  }
}
vitest.afterAll(async () => {
  for (const redis of Object.values(facades)) await redis.close();
  await client.close();
  await clusterClient.close();
});
`;
