import { assertEquals } from "@std/assert";
import { RedisClient } from "../../../mod.ts";
import { startFakeServer } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { Recorder } from "./_recorder.ts";

Deno.test("figures of clients with the same attributes are added up, and stay when clients end", async () => {
  using recorder = new Recorder();
  await using fake = await startFakeServer();
  const { host, port } = fake;
  const create = (databaseId = 0) =>
    RedisClient.create({ addresses: [{ host, port }], databaseId, telemetry: { metrics: true } });
  const value = (name: string, i = 0): number =>
    recorder.collect()[`babushka.client.${name}`][i]?.value;
  const first = await create();
  await using second = await create();
  await using other = await create(5);
  assertEquals([value("connections"), value("connections", 1)], [2, 1]);
  const sent = value("sent");
  assertEquals(sent, first.statistics.bytesSent + second.statistics.bytesSent);
  await first.close();
  assertEquals([value("connections"), value("connections", 1)], [1, 1]);
  assertEquals(value("sent") >= sent, true);
  await using third = await create();
  assertEquals(value("sent") > sent, true);
  fake.cut();
  const reconnected = () => [second, other, third].every((c) => c.statistics.reconnects === 1);
  await until("all have reconnected", () => Promise.resolve(reconnected()));
  assertEquals([value("reconnects"), value("reconnects", 1)], [2, 1]);
});

Deno.test("figures have the database and the first address", async () => {
  using recorder = new Recorder();
  await using fake = await startFakeServer();
  const { host, port } = fake;
  await using _client = await RedisClient.create({
    addresses: [{ host, port }],
    telemetry: { metrics: true },
  });
  const collected = recorder.collect();
  assertEquals(
    Object.keys(collected).sort(),
    [
      "cache.bytes",
      "cache.entries",
      "cache.evictions",
      "cache.flushes",
      "cache.hits",
      "cache.invalidations",
      "cache.misses",
      "connection_failures",
      "connections",
      "received",
      "reconnects",
      "redirects",
      "requests.in_flight",
      "retries",
      "sent",
      "subscriptions",
      "subscriptions.dropped",
      "subscriptions.gaps",
      "subscriptions.received",
      "timeouts",
    ].map((name) => `babushka.client.${name}`),
  );
  for (const [{ attributes }] of Object.values(collected)) {
    assertEquals(attributes, {
      "db.system.name": "redis",
      "db.namespace": "0",
      "server.address": host,
      "server.port": port,
    });
  }
});

Deno.test("a client that cannot be created leaves nothing but its counts", async () => {
  using recorder = new Recorder();
  const fake = await startFakeServer();
  const { host, port } = fake;
  await fake[Symbol.asyncDispose]();
  await RedisClient.create({
    addresses: [{ host, port }],
    clientCreationTimeout: 50,
    telemetry: { metrics: true },
  }).catch(() => {});
  const { "babushka.client.connection_failures": [failures] } = recorder.collect();
  assertEquals(failures.value > 0, true);
});
