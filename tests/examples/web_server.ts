/**
 * A web server with a cached page, a counter and a health check. It ends well on Ctrl-C: it takes no more requests, answers
 * those that it has, and closes its client.
 *
 *     deno run --allow-net tests/examples/web_server.ts redis://localhost:6379 8000
 *
 * @module
 */

import { RedisClient, TimeoutError } from "../../standalone/mod.ts";

const [url = "redis://localhost:6379", port = "8000"] = Deno.args;

// One client for all HTTP requests: they share its connection, and nobody waits for another one's reply.
const client = await RedisClient.create(url);

/** Makes a page from the database, and keeps it for a minute. */
async function page(id: string, signal: AbortSignal): Promise<string> {
  const key = `page:${id}`;
  const cached = await client.cached.with({ signal }).get(key);
  if (cached !== null) return cached;
  const text = `Page ${id}\n`; // from your database
  await client.set(key, text, { ex: 60 });
  return text;
}

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  // The signal is aborted when the browser goes away.
  const { signal } = request;
  if (pathname === "/health") {
    await client.with({ timeout: 1000 }).ping();
    return Response.json({ ok: true, inFlight: client.statistics.inFlight });
  }
  if (pathname === "/views") {
    return new Response(`${await client.with({ signal }).incr("views")}\n`);
  }
  const id = pathname.match(/^\/page\/(\w+)$/)?.[1];
  if (id === undefined) return new Response("Not found\n", { status: 404 });
  return new Response(await page(id, signal));
}

const server = Deno.serve({
  port: Number(port),
  onListen: ({ port }) => console.log(`Listening on http://localhost:${port}`),
  onError: (error) => {
    console.error(error);
    // Redis is away or slow: the caller may try again.
    return new Response("Unavailable\n", { status: error instanceof TimeoutError ? 503 : 500 });
  },
}, answer);

async function stop(): Promise<void> {
  Deno.removeSignalListener("SIGINT", stop);
  await server.shutdown();
  await client.close();
  console.log("Closed");
}
Deno.addSignalListener("SIGINT", stop);
