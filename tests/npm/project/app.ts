/**
 * A program on the npm package. It ends by itself, or something was left open.
 *
 * @module
 */

import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import process from "node:process";
import * as tls from "node:tls";
import { type Client, RedisClient, RedisClusterClient, script, ServerError } from "@babushka/redis";
import * as cluster from "@babushka/redis/cluster";
import { IORedisFacade } from "@babushka/redis/ioredis";
import { json } from "@babushka/redis/json";
import { KeyvStore } from "@babushka/redis/keyv";
import { encodeCommand } from "@babushka/redis/resp";
import * as standalone from "@babushka/redis/standalone";
import { unstorageDriver } from "@babushka/redis/unstorage";

/**
 * Addresses of the servers, and the certificate of the authority of one with TLS. That of the other one is in the file which
 * `NODE_EXTRA_CA_CERTS` names.
 */
interface Servers {
  readonly standalone: string;
  readonly cluster: string;
  readonly tls: string;
  readonly caCert: string;
  readonly otherTls: string;
}

const servers: Servers = JSON.parse(process.env["SERVERS"] ?? "{}");

// Entry points share their classes.
strictEqual(standalone.RedisClient, RedisClient);
strictEqual(cluster.RedisClusterClient, RedisClusterClient);
strictEqual(encodeCommand(["PING"]).length, 14);

await useStandalone();
await useCluster();
await useTls();
await useAdapters();
console.log(`${runtime()}: standalone, cluster, TLS and adapters work`);

async function useStandalone(): Promise<void> {
  const client = await RedisClient.create(servers.standalone);
  try {
    await useBoth(client);
    const replies = await client.batch((b) => [b.set("{k}n", 1), b.incr("{k}n"), b.get("{k}n")]);
    const typed: readonly [unknown, number | bigint, string | null] = replies;
    deepStrictEqual(typed, ["OK", 2, "2"]);

    await using subscription = await client.subscribe(["news"]);
    await client.publish("news", "hello");
    for await (const { channel, message } of subscription) {
      deepStrictEqual([channel, message], ["news", "hello"]);
      break;
    }

    // Aborted while the server blocks.
    const waiting = client.with({ signal: AbortSignal.timeout(50) }).blpop("jobs", 0);
    await rejects(waiting, { name: "TimeoutError" });
  } finally {
    await client.close();
  }
}

async function useCluster(): Promise<void> {
  const client = await RedisClusterClient.create(servers.cluster);
  try {
    await useBoth(client);
    await client.mset({ a: "1", b: "2", c: "3" });
    deepStrictEqual(await client.mget(["a", "b", "c"]), ["1", "2", "3"]);
  } finally {
    await client.close();
  }
}

async function useTls(): Promise<void> {
  // Node 22.0 cannot tell which authorities it trusts.
  const others = "getCACertificates" in tls ? [servers.otherTls] : [];
  for (const url of [servers.tls, ...others]) {
    const { hostname, port } = new URL(url);
    const client = await RedisClient.create({
      addresses: [{ host: hostname, port: Number(port) }],
      useTls: true,
      tls: { caCerts: [servers.caCert] },
    });
    strictEqual(await client.ping(), "PONG");
    await client.close();
  }
  await rejects(RedisClient.create(servers.tls), /certificate/);
}

/** What both clients do in the same way. */
async function useBoth(client: Client): Promise<void> {
  strictEqual(await client.set("{k}a", "ä€😀", { ex: 60 }), "OK");
  const text: string | null = await client.get("{k}a");
  strictEqual(text, "ä€😀");
  const bytes: Uint8Array | null = await client.bytes.get("{k}a");
  strictEqual(bytes?.length, 9);
  const found = await client.run(script("return redis.call('GET', KEYS[1])"), { keys: ["{k}a"] });
  strictEqual(found, "ä€😀");
  await rejects(client.hget("{k}a", "f"), (error) => {
    return error instanceof ServerError && error.code === "WRONGTYPE";
  });
  // No server has this module without being told to load it.
  await json(client).get("{k}j").catch((error) => strictEqual(error instanceof ServerError, true));
}

async function useAdapters(): Promise<void> {
  const client = await RedisClient.create(servers.standalone);
  try {
    const keyv = new KeyvStore(client);
    await keyv.set("x", "1");
    strictEqual(await keyv.get("x"), "1");
    const driver = unstorageDriver(client, { base: "app" });
    await driver.setItem("user:1", "ann");
    strictEqual(await driver.getItem("user:1"), "ann");
  } finally {
    await client.close();
  }
  const facade = new IORedisFacade(RedisClient, servers.standalone);
  await facade.del("m");
  deepStrictEqual(await facade.multi().incr("m").get("m").exec(), [[null, 1], [null, "1"]]);
  await facade.quit();
}

function runtime(): string {
  const bun = process.versions["bun"];
  return bun === undefined ? `Node ${process.versions.node}` : `Bun ${bun}`;
}
