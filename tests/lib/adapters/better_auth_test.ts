import { assert, assertEquals } from "@std/assert";
import type { SecondaryStorage } from "npm:@better-auth/core@1.7.25/db";
import { betterAuthStorage } from "../../../lib/adapters/better_auth.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { onBothClients } from "./_both_clients.ts";

onBothClients("Better Auth keeps, takes and counts", async (client) => {
  const storage = betterAuthStorage(client, { prefix: "auth:" });
  storage satisfies SecondaryStorage;
  await storage.set("session", "data", 100);
  assertEquals(await storage.get("session"), "data");
  const left = await client.pttl("auth:session");
  assert(left > 90_000 && left <= 100_000);
  await storage.set("stays", "data");
  assertEquals(await client.pttl("auth:stays"), -1);
  assertEquals(await storage.getAndDelete("session"), "data");
  assertEquals(await storage.getAndDelete("session"), null);
  await storage.delete("stays");
  assertEquals(await storage.get("stays"), null);
  assertEquals(await Promise.all([1, 2, 3].map(() => storage.increment("n", 100))), [1, 2, 3]);
  // The time of a counter begins with its first count.
  await client.pexpire("auth:n", 50_000);
  assertEquals(await storage.increment("n", 100), 4);
  assert(await client.pttl("auth:n") <= 50_000);
  await client.pexpire("auth:n", 1);
  await until("it has ended", async () => await client.exists("auth:n") === 0);
  assertEquals(await storage.increment("n", 100), 1);
});
