import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { Hono } from "npm:hono@4.13.19";
import { type Session, sessionMiddleware, type Store } from "npm:hono-sessions@0.8.1";
import { type Storage, useSession, useSessionStorage } from "npm:@hono/session@0.2.1";
import { honoSessionStorage, sessionStore } from "../../../lib/adapters/sessions.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { onBothClients } from "./_both_clients.ts";

/** Sends requests to an application, with the cookies that it sets. */
function browser(app: { request(path: string, init: RequestInit): Response | Promise<Response> }) {
  const cookies = new Map<string, string>();
  return async (path: string): Promise<string> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await app.request(path, { headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = set.match(/^([^=]+)=([^;]*)/)!;
      cookies.set(name, value);
    }
    return await response.text();
  };
}

onBothClients("hono-sessions keeps its sessions", async (client) => {
  const store: Store = sessionStore(client, { ttl: 100 });
  const app = new Hono<{ Variables: { session: Session; session_key_rotation: boolean } }>();
  app.use(sessionMiddleware({ store, expireAfterSeconds: 900, sessionCookieName: "id" }));
  app.get("/", (c) => {
    const session = c.get("session");
    const visits = (session.get("visits") as number | null ?? 0) + 1;
    session.set("visits", visits);
    return c.text(String(visits));
  });
  app.get("/end", (c) => {
    c.get("session").deleteSession();
    return c.text("ended");
  });
  const [ann, bob] = [browser(app), browser(app)];
  assertEquals([await ann("/"), await ann("/"), await bob("/")], ["1", "2", "1"]);
  const [key] = await client.keys("session:*");
  const left = await client.pttl(key);
  assert(left > 90_000 && left <= 100_000);
  await ann("/end");
  assertEquals([await ann("/"), await bob("/")], ["1", "2"]);
});

onBothClients("a store for oak_sessions has what it calls", async (client) => {
  const store = sessionStore(client);
  assertEquals([await store.sessionExists("1"), await store.getSessionById("1")], [false, null]);
  assertEquals(await store.getSessionById(), null);
  await store.createSession("1", { a: 1 });
  assertEquals(await store.getSessionById("1"), { a: 1 });
  await store.persistSessionData("1", { a: 2 });
  assertEquals([await store.sessionExists("1"), await store.getSessionById("1")], [true, { a: 2 }]);
  await store.deleteSession("1");
  assertEquals(await store.sessionExists("1"), false);
});

onBothClients("@hono/session keeps its sessions", async (client) => {
  const storage: Storage<{ visits: number }> = honoSessionStorage<{ visits: number }>(client);
  const app = new Hono();
  app.use(
    useSessionStorage(storage),
    useSession<{ visits: number }>({ secret: "0".repeat(32) }) as never,
  );
  app.get("/", async (c) => {
    const { session } = c.var as unknown as {
      session: {
        get(): Promise<{ visits: number } | null>;
        update(data: { visits: number }): Promise<void>;
      };
    };
    const visits = ((await session.get())?.visits ?? 0) + 1;
    await session.update({ visits });
    return c.text(String(visits));
  });
  const ann = browser(app);
  assertEquals([await ann("/"), await ann("/")], ["1", "2"]);
  assertEquals((await client.keys("session:*")).length, 1);
});

onBothClients(
  "a session of @hono/session that cannot be written is told, and ends nothing",
  async (client) => {
    const errors: unknown[] = [];
    const storage = honoSessionStorage<unknown>(client, { onError: (error) => errors.push(error) });
    storage.set("1", 10n);
    await until("it is told", () => Promise.resolve(errors.length === 1));
    assertInstanceOf(errors[0], TypeError);
    storage.set("1", { a: 1 });
    assertEquals(await storage.get("1"), { a: 1 });
    storage.delete("1");
    assertEquals(await storage.get("1"), null);
  },
);

Deno.test("a store of sessions wants a time to live", () => {
  const client = { customCommand: () => {}, scanIterator: () => {} } as never;
  for (const ttl of [0, -1, NaN]) {
    assertThrows(() => sessionStore(client, { ttl }), TypeError, "above 0 seconds");
    assertThrows(() => honoSessionStorage(client, { ttl }), TypeError, "above 0 seconds");
  }
});
