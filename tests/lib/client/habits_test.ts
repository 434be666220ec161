import { assertEquals, assertThrows } from "@std/assert";
import { Client, RedisClient, RedisClusterClient } from "../../../mod.ts";

const UNCONNECTED = { addresses: [{ host: "127.0.0.1", port: 1 }], lazyConnect: true };

/** What people type, and what they are told to use. */
const HABITS: Record<string, string> = {
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
  duplicate: "create() once more",
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

Deno.test("methods of other clients say what to use instead", async () => {
  await using standalone = await RedisClient.create(UNCONNECTED);
  await using cluster = await RedisClusterClient.create(UNCONNECTED);
  for (const client of [standalone, cluster, standalone.bytes, cluster.with({ timeout: 1 })]) {
    for (const [name, instead] of Object.entries(HABITS)) {
      const call = Reflect.get(client, name) as (...args: unknown[]) => unknown;
      assertThrows(
        () => call("message", () => {}),
        TypeError,
        `Cannot call ${name}(): there is no such method; use ${instead}`,
      );
    }
  }
});

Deno.test("`new` says to use create()", () => {
  for (const type of [RedisClient, RedisClusterClient]) {
    for (const args of [[], ["redis://localhost:6379"], [{ addresses: UNCONNECTED.addresses }]]) {
      assertThrows(
        () => Reflect.construct(type, args),
        TypeError,
        "Cannot make a client with new: use await RedisClient.create(url)",
      );
    }
  }
});

Deno.test("no method of a client has the name of a habit", () => {
  for (const name of Object.keys(HABITS)) {
    assertEquals(Object.hasOwn(Client.prototype, name), true, name);
    for (const { prototype } of [RedisClient, RedisClusterClient]) {
      assertEquals(Object.hasOwn(prototype, name), false, name);
    }
  }
});

/** Never called: the compiler refuses them, and names what to use. */
function _refused(client: RedisClient, cluster: RedisClusterClient): void {
  // @ts-expect-error: Type 'UseInstead<"close()">' has no call signatures.
  client.quit();
  // @ts-expect-error: Type 'UseInstead<"configGet(parameter), configSet({ parameter: value }), …">' has no call signatures.
  client.config("GET", "maxmemory");
  // @ts-expect-error: Type 'UseInstead<"transaction((t) => [t.get(key)])">' has no call signatures.
  client.multi();
  // @ts-expect-error: Type 'UseInstead<"batch((b) => [b.get(key)])">' has no call signatures.
  client.pipeline();
  // @ts-expect-error: Type 'UseInstead<"for await (const event of client.events)">' …
  cluster.on("error", () => {});
  // @ts-expect-error: Type 'UseInstead<"the option \"databaseId\" of create()">' …
  client.select(1);
  // @ts-expect-error: Type 'UseInstead<"customCommand([name, ...arguments])">' …
  cluster.sendCommand(["GET", "k"]);
  // @ts-expect-error: Type 'UseInstead<"create() once more; …">' has no call signatures.
  client.duplicate();
  // @ts-expect-error: Type 'UseInstead<"destroy(), or close() to wait for replies">' …
  cluster.disconnect();
  // @ts-expect-error: members with scores are one argument.
  client.zadd("k", 1, "m");
  // @ts-expect-error: several keys go into one array.
  client.del("a", "b");
}
