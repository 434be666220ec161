/**
 * A Hono app with sessions and a rate limit, both in Redis, so that any number of processes can serve it.
 *
 *     deno run --allow-net tests/examples/hono_app.ts redis://localhost:6379 8000
 *
 * A Fresh or Oak app takes the same client. Its session store for oak_sessions is `sessionStore(client)` as well.
 *
 * @module
 */

import { Hono } from "npm:hono@4.13.19";
import { rateLimiter } from "npm:hono-rate-limiter@0.5.4";
import { type Session, sessionMiddleware } from "npm:hono-sessions@0.8.1";
import { honoRateLimiterStore } from "../../lib/adapters/hono_rate_limiter.ts";
import { sessionStore } from "../../lib/adapters/sessions.ts";
import { RedisClient } from "../../standalone/mod.ts";

const [url = "redis://localhost:6379", port = "8000"] = Deno.args;
const client = await RedisClient.create(url);

interface Data {
  user: string;
}

const app = new Hono<{ Variables: { session: Session<Data> } }>();

app.use(rateLimiter({
  windowMs: 60_000,
  limit: 5,
  // Behind a proxy that you trust; otherwise use the address of the connection.
  keyGenerator: (context) => context.req.header("x-forwarded-for") ?? "unknown",
  store: honoRateLimiterStore(client),
}));
app.use(sessionMiddleware({
  store: sessionStore(client, { ttl: 900 }),
  encryptionKey: "at least 32 characters, from your secrets",
  expireAfterSeconds: 900,
}));

app.get("/login/:user", (context) => {
  context.get("session").set("user", context.req.param("user"));
  return context.text("Welcome");
});
app.get(
  "/",
  (context) => context.text(`Hello ${context.get("session").get("user") ?? "stranger"}`),
);
app.get("/logout", (context) => {
  context.get("session").deleteSession();
  return context.text("Bye");
});

const server = Deno.serve({
  port: Number(port),
  onListen: ({ port }) => console.log(`Listening on http://localhost:${port}`),
}, app.fetch);

async function stop(): Promise<void> {
  Deno.removeSignalListener("SIGINT", stop);
  await server.shutdown();
  await client.close();
  console.log("Closed");
}
Deno.addSignalListener("SIGINT", stop);
