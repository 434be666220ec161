import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConfigurationError, RedisClient, RedisClusterClient } from "../../../mod.ts";
import { checkConfiguration, NO_CLIENT } from "../../../lib/adapters/client_class.ts";

const addresses = [{ host: "localhost", port: 6379 }];

Deno.test("checkConfiguration() reads a URL, and waits five seconds for replies by default", () => {
  const { configuration, settings } = checkConfiguration(RedisClient, "redis://localhost:6379/3");
  assertEquals(configuration.requestTimeout, 5000);
  assertEquals([settings.addresses, settings.link.databaseId], [addresses, 3]);
});

Deno.test("checkConfiguration() keeps the options that are given", () => {
  const given = { addresses, requestTimeout: 70 };
  assertEquals(checkConfiguration(RedisClusterClient, given).configuration, given);
});

Deno.test("checkConfiguration() refuses what the class would refuse", () => {
  const given = { addresses: [{ path: "/run/redis.sock" }] };
  assertEquals(checkConfiguration(RedisClient, given).settings.addresses.length, 1);
  assertThrows(() => checkConfiguration(RedisClusterClient, given as never), ConfigurationError);
});

Deno.test("the class of one node of a cluster makes no clients", async () => {
  await assertRejects(() => NO_CLIENT.create({ addresses }), Error, "one node of a cluster alone");
});
