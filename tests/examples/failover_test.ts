/** The test in the README, as a user would write it. */

import { assertEquals } from "@std/assert";
import { RedisClient } from "@babushka/redis";
import { startServer } from "@babushka/redis/testing";

Deno.test("an order survives a failover", async () => {
  await using server = await startServer({ replicas: 1 });
  await using client = await RedisClient.create({ addresses: server.addresses });
  await client.set("order", "tea");
  await client.wait(1, 1000);
  await server.kill();
  await server.replicas[0].promote();
  assertEquals(await client.get("order"), "tea");
});
