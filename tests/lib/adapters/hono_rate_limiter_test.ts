import { assert, assertEquals } from "@std/assert";
import { Hono } from "npm:hono@4.13.19";
import { rateLimiter, type Store } from "npm:hono-rate-limiter@0.5.4";
import { honoRateLimiterStore } from "../../../lib/adapters/hono_rate_limiter.ts";
import { onBothClients } from "./_both_clients.ts";

onBothClients(
  "hono-rate-limiter refuses what is too much, and counts each client alone",
  async (client) => {
    const store: Store = honoRateLimiterStore(client);
    const app = new Hono();
    app.use(rateLimiter({
      windowMs: 60_000,
      limit: 2,
      keyGenerator: (c) => c.req.header("x-client") ?? "",
      store,
    }));
    app.get("/", (c) => c.text("ok"));
    const status = async (name: string): Promise<number> =>
      (await app.request("/", { headers: { "x-client": name } })).status;
    assertEquals([await status("a"), await status("a"), await status("a")], [200, 200, 429]);
    assertEquals(await status("b"), 200);
    await store.resetKey("a");
    assertEquals(await status("a"), 200);
  },
);

onBothClients("a store of hono-rate-limiter counts in windows", async (client) => {
  const store = honoRateLimiterStore(client, { prefix: "p:" });
  store.init({ windowMs: 30_000 });
  assertEquals(await store.get("a"), undefined);
  const counts = await Promise.all([1, 2, 3].map(() => store.increment("a")));
  assertEquals(counts.map(({ totalHits }) => totalHits), [1, 2, 3]);
  for (const { resetTime } of counts) {
    const left = resetTime.getTime() - Date.now();
    assert(left > 20_000 && left <= 30_000, `${left}`);
  }
  await store.decrement("a");
  assertEquals((await store.get("a"))?.totalHits, 2);
  // It begins no counter that would never end.
  await store.decrement("none");
  assertEquals(await client.exists("p:none"), 0);
  store.init({ windowMs: 30_000.5 });
  await store.increment("b");
  await client.set("other", 1);
  await store.resetAll();
  assertEquals([await store.get("a"), await store.get("b")], [undefined, undefined]);
  assertEquals(await client.get("other"), "1");
});
