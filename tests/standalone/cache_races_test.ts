/** Replies and messages about changed keys in every order, on scripted servers: real ones show most of these rarely. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ConnectionError,
  type RedisClient,
  RedisError,
  TimeoutError,
  UnexpectedReplyError,
} from "../../standalone/mod.ts";
import {
  encodePush,
  encodeReply,
  type FakeConnection,
  type FakeReply,
  type FakeServer,
  inTurn,
  NO_REPLY,
  raw,
  ServerError,
  simple,
  startFakeServer,
} from "../../lib/testing/mod.ts";
import { JOINABLE } from "../../lib/cache/flight.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

const OK = simple("OK");
const NOTHING: FakeReply = null;

/** A server that leaves GET, PTTL and SET to the test. What stands between them is answered as it comes. */
function startSilentServer(): Promise<FakeServer> {
  return startFakeServer({ GET: NO_REPLY, PTTL: NO_REPLY, SET: NO_REPLY });
}

/** Waits for so many reads for the cache. */
async function reads(server: FakeServer, count = 1): Promise<FakeConnection> {
  const commands = await server.waitFor("PTTL", count);
  return commands[count - 1].connection;
}

/** The message that keys were changed; without keys, that all were. */
function invalidation(...keys: string[]): FakeReply {
  return raw(encodePush(["invalidate", keys.length === 0 ? NOTHING : keys], 3));
}

/** Sends replies and messages in one write. */
async function sendTogether(connection: FakeConnection, ...frames: FakeReply[]): Promise<void> {
  const parts = frames.map((frame) => encodeReply(frame, 3));
  await connection.send(raw(new Uint8Array(parts.flatMap((part) => [...part]))));
}

/** What the cache has for a key, as far as it can be told without a server: whether a read is a hit. */
async function isKept(client: RedisClient, key = "k"): Promise<boolean> {
  const before = client.cacheStatistics.hits;
  const read = client.with({ timeout: 20 }).cached.get(key).catch(() => undefined);
  await read;
  return client.cacheStatistics.hits > before;
}

/** The words of all commands but those of the handshake. */
function wordsOf({ received }: FakeServer): string[] {
  const first = received.findIndex(({ args }) => args[1] === "TRACKING");
  return received.slice(first).map(({ args }) => args.join(" "));
}

Deno.test("a read for the cache goes out with what surrounds it, CLIENT TRACKING once", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  await using client = await connect(server);
  const { cached } = client;
  assertEquals(await Promise.all([cached.get("a"), cached.get("b")]), ["v", "v"]);
  await cached.get("a");
  assertEquals(wordsOf(server), [
    "CLIENT TRACKING ON OPTIN",
    "CLIENT CACHING YES",
    "GET a",
    "PTTL a",
    "CLIENT CACHING YES",
    "GET b",
    "PTTL b",
  ]);
});

Deno.test("an invalidation behind the reply, in the same read: not kept", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const value = client.cached.get("k");
  await sendTogether(await reads(server), "old", -1, invalidation("k"));
  assertEquals(await value, "old");
  assertEquals(await isKept(client), false);
});

Deno.test("an invalidation between the reply and PTTL: not kept", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const value = client.cached.get("k");
  await sendTogether(await reads(server), "old", invalidation("k"), -1);
  assertEquals(await value, "old");
  assertEquals(await isKept(client), false);
});

Deno.test("an invalidation in front of the reply: what follows is newer, and kept", async () => {
  await using server = await startFakeServer({
    "CLIENT CACHING": async (_, connection): Promise<typeof NO_REPLY> => {
      await connection.send(OK);
      await connection.push(["invalidate", ["k"]]);
      return NO_REPLY;
    },
    GET: "new",
    PTTL: -1,
  });
  await using client = await connect(server);
  assertEquals(await client.cached.get("k"), "new");
  assertEquals(await isKept(client), true);
});

Deno.test("an invalidation in front of the reply drops what was kept before", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const first = client.cached.get("k");
  await sendTogether(await reads(server), "old", -1);
  assertEquals(await first, "old");
  const other = client.cached.get("other");
  await sendTogether(await reads(server, 2), invalidation("k"), "v", -1);
  await other;
  assertEquals(await isKept(client), false);
});

Deno.test("a flush right behind a reply: not kept", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const value = client.cached.get("k");
  await sendTogether(await reads(server), "old", -1, invalidation());
  assertEquals(await value, "old");
  assertEquals(await isKept(client), false);
});

Deno.test("a flush between the reply and PTTL: not kept, nor what was kept before", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const first = client.cached.get("first");
  await sendTogether(await reads(server), "old", -1);
  await first;
  assertEquals(await isKept(client, "first"), true);
  const value = client.cached.get("k");
  await sendTogether(await reads(server, 2), "old", invalidation(), -1);
  assertEquals(await value, "old");
  assertEquals(await isKept(client, "first"), false);
  assertEquals(await isKept(client), false);
});

Deno.test("a flush in front of the reply: that flight is not kept either", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const value = client.cached.get("k");
  await sendTogether(await reads(server), invalidation(), "v", -1);
  assertEquals(await value, "v");
  assertEquals(await isKept(client), false);
});

Deno.test("an invalidation of another key concerns nobody", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const value = client.cached.get("k");
  await sendTogether(await reads(server), "v", invalidation("K", "k2"), -1);
  await value;
  assertEquals(await isKept(client), true);
});

for (
  const [what, ttl, isKeptThen] of [
    ["-1", -1, true],
    ["a time", 60_000, true],
    ["-2 behind a value: the key has gone", -2, false],
    ["0", 0, false],
    ["an error", new ServerError("MOVED 1 127.0.0.1:1"), false],
  ] as const
) {
  Deno.test(`PTTL answers ${what}: ${isKeptThen ? "kept" : "not kept"}`, async () => {
    await using server = await startFakeServer({ GET: "v", PTTL: ttl });
    await using client = await connect(server);
    assertEquals(await client.cached.get("k"), "v");
    assertEquals(await isKept(client), isKeptThen);
  });
}

Deno.test("the value of a key that does not exist is kept", async () => {
  await using server = await startFakeServer({ GET: NOTHING, PTTL: -2 });
  await using client = await connect(server);
  assertEquals(await client.cached.get("k"), null);
  assertEquals(await isKept(client), true);
});

Deno.test("an error reply is not kept, and goes to all who wait for it", async () => {
  await using server = await startFakeServer({ GET: new ServerError("WRONGTYPE no"), PTTL: -1 });
  await using client = await connect(server);
  const outcomes = await Promise.allSettled([client.cached.get("k"), client.cached.get("k")]);
  assertEquals(outcomes.map(({ status }) => status), ["rejected", "rejected"]);
  assertEquals(server.receivedOf("GET").length, 1);
  assertEquals(await isKept(client), false);
});

Deno.test("a connection that is lost between the reply and PTTL: not kept", async () => {
  await using server = await startFakeServer({
    GET: async (_, connection): Promise<typeof NO_REPLY> => {
      await connection.send("old");
      return NO_REPLY;
    },
    PTTL: (_, connection) => connection.cut(),
  });
  await using client = await connect(server);
  assertEquals(await client.cached.get("k"), "old");
  assertEquals(await isKept(client), false);
});

Deno.test("after a reconnect the read is sent again with all that surrounds it, and only that is kept", async () => {
  let gets = 0;
  await using server = await startFakeServer({
    GET: (_, connection) => ++gets === 1 ? connection.cut() : "new",
    PTTL: -1,
  });
  await using client = await connect(server);
  assertEquals(await client.cached.get("k"), "new");
  assertEquals(
    server.received.map(({ args }) => args[1]).filter((w) => w === "TRACKING").length,
    2,
  );
  assertEquals(await isKept(client), true);
});

Deno.test("a lost connection drops what it brought, before anybody else learns of it", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  await using client = await connect(server);
  const { cached } = client;
  await cached.get("k");
  assertEquals(client.cacheStatistics.entries, 1);
  const events = client.events[Symbol.asyncIterator]();
  const next = events.next();
  server.cut();
  assertEquals((await next).value?.type, "disconnected");
  const { entries, flushes } = client.cacheStatistics;
  assertEquals({ entries, flushes }, { entries: 0, flushes: 1 });
  await events.return?.();
});

Deno.test("an own write drops its key when it is sent, and again when it is answered", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const first = client.cached.get("k");
  await sendTogether(await reads(server), "old", -1);
  await first;
  assertEquals(client.cacheStatistics.entries, 1);
  const write = client.set("k", "new");
  assertEquals(client.cacheStatistics.entries, 0);
  // The server answers a read that it gets behind the write from a place where the write has not been executed.
  const second = client.cached.get("k");
  const connection = await reads(server, 2);
  await sendTogether(connection, OK, "new", -1);
  assertEquals([await write, await second], ["OK", "new"]);
  assertEquals(await isKept(client), false);
});

Deno.test("a read that was sent before an own write is not kept after its answer", async () => {
  await using server = await startSilentServer();
  await using client = await connect(server);
  const read = client.cached.get("k");
  const connection = await reads(server);
  const write = client.set("k", "new");
  await server.waitFor("SET");
  await sendTogether(connection, "old", -1, OK);
  assertEquals([await read, await write], ["old", "OK"]);
  assertEquals(await isKept(client), false);
});

Deno.test("a caller behind an own write does not share the read of one in front of it", async () => {
  const answer = Promise.withResolvers<string>();
  await using server = await startFakeServer({
    GET: inTurn(() => answer.promise, "new"),
    PTTL: -1,
    SET: OK,
  });
  await using client = await connect(server);
  const before = client.cached.get("k");
  const write = client.set("k", "new");
  const after = client.cached.get("k");
  answer.resolve("old");
  assertEquals([await before, await write, await after], ["old", "OK", "new"]);
  assertEquals(server.receivedOf("GET").length, 2);
});

for (
  const [what, run] of [
    ["FLUSHALL", (client) => client.flushall()],
    ["a script without keys", (client) => client.eval("return 1")],
    ["an unknown command", (client) => client.customCommand(["JSON.SET", "k"])],
  ] as [string, (client: RedisClient) => Promise<unknown>][]
) {
  Deno.test(`${what} of this client: no hit until the server has said what it changed`, async () => {
    await using server = await startFakeServer({
      GET: "v",
      PTTL: -1,
      FLUSHALL: OK,
      EVAL: 1,
      "JSON.SET": OK,
      PING: NO_REPLY,
    });
    await using client = await connect(server);
    await client.cached.get("k");
    assertEquals(await isKept(client), true);
    await run(client);
    const { hits } = client.cacheStatistics;
    await client.with({ timeout: 500 }).cached.get("k").catch(() => {});
    assertEquals(client.cacheStatistics.hits, hits);
  });
}

Deno.test("hits go on once the server has answered behind a script", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1, EVAL: 1 });
  await using client = await connect(server);
  await client.cached.get("k");
  await client.eval("return 1");
  await until("hits are allowed again", () => isKept(client));
  assertEquals(client.cacheStatistics.entries, 1);
});

Deno.test("a transaction drops the keys of its commands", async () => {
  await using server = await startFakeServer({
    GET: "v",
    PTTL: -1,
    MULTI: OK,
    SET: simple("QUEUED"),
    EXEC: (_, { id: _id }) => [OK],
  });
  await using client = await connect(server);
  await client.cached.get("k");
  const done = client.transaction((t) => [t.set("k", "new")]);
  assertEquals(client.cacheStatistics.entries, 0);
  await done.catch(() => {});
});

Deno.test("a thousand callers at once are one request", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  await using client = await connect(server);
  const { cached } = client;
  const values = await Promise.all(Array.from({ length: 1000 }, () => cached.get("k")));
  assertEquals(new Set(values), new Set(["v"]));
  assertEquals(server.receivedOf("GET").length, 1);
  const { misses, hits } = client.cacheStatistics;
  assertEquals({ misses, hits }, { misses: 1000, hits: 0 });
});

Deno.test("different calls for one key are kept side by side, and dropped together", async () => {
  await using server = await startFakeServer({
    HGET: ({ args }) => `value of ${args[2]}`,
    HLEN: 3,
    PTTL: -1,
  });
  await using client = await connect(server);
  const { cached } = client;
  const read = () => Promise.all([cached.hget("h", "a"), cached.hget("h", "b"), cached.hlen("h")]);
  const values: [string, string, number] = ["value of a", "value of b", 3];
  assertEquals([await read(), await read()], [values, values]);
  assertEquals(client.cacheStatistics.entries, 3);
  assertEquals(server.receivedOf("HGET").length, 2);
  await server.connections[0].push(["invalidate", ["h"]]);
  await until("all are dropped", () => Promise.resolve(client.cacheStatistics.entries === 0));
  assertEquals(await read(), values);
});

Deno.test("text and bytes are two requests", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  await using client = await connect(server);
  const values = await Promise.all([client.cached.get("k"), client.bytes.cached.get("k")]);
  assertEquals(values, ["v", new TextEncoder().encode("v")]);
  assertEquals(server.receivedOf("GET").length, 2);
});

Deno.test("when the first caller is given up, the request of the next one goes out", async () => {
  const answer = Promise.withResolvers<string>();
  await using server = await startFakeServer({
    GET: inTurn(() => answer.promise, "new"),
    PTTL: -1,
  });
  await using client = await connect(server);
  const end = new AbortController();
  const first = client.with({ timeout: 20 }).cached.get("k");
  const second = client.with({ signal: end.signal }).cached.get("k");
  const third = client.cached.get("k");
  const fourth = client.cached.get("k");
  await assertRejects(() => first, TimeoutError, "within 20 ms");
  end.abort(new Error("not wanted any more"));
  await assertRejects(() => second, Error, "not wanted any more");
  answer.resolve("old");
  assertEquals([await third, await fourth], ["new", "new"]);
  assertEquals(await isKept(client), true);
});

Deno.test("callers with one signal are all ended by it, and nothing more is sent", async () => {
  const answer = Promise.withResolvers<string>();
  await using server = await startFakeServer({ GET: inTurn(() => answer.promise, "v"), PTTL: -1 });
  await using client = await connect(server);
  const end = new AbortController();
  const { cached } = client.with({ signal: end.signal });
  const reads = Array.from({ length: 10 }, () => cached.get("k"));
  await server.waitFor("GET");
  end.abort(new Error("enough"));
  for (const { status } of await Promise.allSettled(reads)) assertEquals(status, "rejected");
  answer.resolve("late");
  assertEquals(await client.cached.get("k"), "v");
  assertEquals(server.receivedOf("GET").length, 2);
});

Deno.test("reads for the cache of a lazy client that reaches no server reject as others do", async () => {
  await using client = await connect({ host: "127.0.0.1", port: 1 }, {
    lazyConnect: true,
    clientCreationTimeout: 100,
    requestTimeout: 300,
  });
  const values = [client.cached.get("k"), client.cached.get("k"), client.cached.mget(["k", "l"])];
  for (const value of values) await assertRejects(() => value, RedisError);
});

Deno.test("a signal that is aborted with an error of this library ends only its own caller", async () => {
  const answer = Promise.withResolvers<string>();
  await using server = await startFakeServer({ GET: inTurn(() => answer.promise, "v"), PTTL: -1 });
  await using client = await connect(server);
  const end = new AbortController();
  const first = client.cached.with({ signal: end.signal }).get("k");
  const second = client.cached.get("k");
  await server.waitFor("GET");
  // A program ends the rest of its work with the first error that it gets.
  end.abort(new ConnectionError("Lost another connection", { host: "other", port: 1 }));
  await assertRejects(() => first, ConnectionError, "another connection");
  answer.resolve("late");
  assertEquals(await second, "v");
});

Deno.test("the error for a bad key of MGET counts the words of MGET", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  await using client = await connect(server);
  const read = client.cached.mget(["k", "a\ud800"]);
  await assertRejects(() => read, TypeError, "Cannot send MGET: argument 2 has a lone surrogate");
});

Deno.test("a caller who cannot use the reply does not fail those who can", async () => {
  await using server = await startFakeServer({ ZSCORE: "no number", PTTL: -1 });
  await using client = await connect(server);
  const { cached } = client;
  const first = cached.zscore("k", "m");
  const second = cached.customCommand(["ZSCORE", "k", "m"]);
  await assertRejects(() => first, UnexpectedReplyError);
  assertEquals(await second, "no number");
});

Deno.test("MGET of more keys than requests may be in flight is one request", async () => {
  await using server = await startFakeServer({ MGET: ["a", "b", "c"], GET: "a", PTTL: -1 });
  await using client = await connect(server, { inflightRequestsLimit: 2 });
  assertEquals(await client.cached.mget(["a", "b", "c"]), ["a", "b", "c"]);
  assertEquals(server.receivedOf("GET").length, 0);
  const { hits, misses } = client.cacheStatistics;
  assertEquals({ hits, misses }, { hits: 0, misses: 3 });
});

Deno.test("close() rejects what waits, and later reads reject although they were kept", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  const client = await connect(server);
  const { cached } = client;
  await cached.get("k");
  await client.close();
  await assertRejects(() => cached.get("k"), Error, "closed");
  assertEquals(client.cacheStatistics.entries, 0);
});

Deno.test("destroy() ends all who wait for one read", async () => {
  await using server = await startSilentServer();
  const client = await connect(server);
  const values = [client.cached.get("k"), client.cached.get("k"), client.cached.get("k")];
  await reads(server);
  client.destroy();
  const outcomes = await Promise.allSettled(values);
  assertEquals(outcomes.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  await client.close();
});

Deno.test("a lone surrogate is refused, and later reads are kept", async () => {
  await using server = await startFakeServer({ GET: "v", PTTL: -1 });
  await using client = await connect(server);
  await assertRejects(() => client.cached.get("\ud800"), TypeError, "lone surrogate");
  await assertRejects(() => client.cached.get("k\udc00"), TypeError, "lone surrogate");
  await client.cached.get("k");
  assertEquals(await isKept(client), true);
});

for (
  const [what, script, options] of [
    ["in RESP2", {}, { protocol: 2 }],
    [
      "with Redis 6",
      {
        HELLO: (_: unknown, connection: FakeConnection) => {
          connection.protocol = 3;
          return new Map<FakeReply, FakeReply>([
            ["server", "redis"],
            ["version", "6.2.14"],
            ["proto", 3],
            ["id", 1],
            ["role", "master"],
          ]);
        },
      },
      {},
    ],
    [
      "if the user may not run CLIENT TRACKING",
      {
        "CLIENT TRACKING": new ServerError("NOPERM no"),
        "CLIENT CACHING": new ServerError("ERR not in tracking mode"),
      },
      {},
    ],
    ["if the user may not run PTTL", { PTTL: new ServerError("NOPERM no") }, {}],
  ] as const
) {
  Deno.test(`${what}: reads go to the server, and there is one event`, async () => {
    await using server = await startFakeServer({ GET: "v", PTTL: -1, ...script });
    await using client = await connect(server, { ...options as { protocol?: 2 } });
    const events: string[] = [];
    const reading = (async () => {
      for await (const event of client.events) events.push(event.type);
    })();
    for (let i = 0; i < 5; i++) assertEquals(await client.cached.get("k"), "v");
    assertEquals(server.receivedOf("GET").length, 5);
    assertEquals(client.cacheStatistics.entries, 0);
    await client.close();
    await reading;
    assertEquals(events.filter((type) => type === "uncached"), ["uncached"]);
  });
}

Deno.test("a server that says nothing: no hit after two seconds, and hits again when it answers", async () => {
  const silence = Promise.withResolvers<void>();
  let isSilent = false;
  await using server = await startFakeServer({
    GET: "v",
    PTTL: -1,
    // Commands are answered in their order: nothing comes as long as this does not.
    ROLE: async () => {
      if (isSilent) await silence.promise;
      return ["master", 0, []];
    },
  });
  await using client = await connect(server);
  await client.cached.get("k");
  const start = performance.now();
  isSilent = true;
  await until("a hit is refused", async () => !await isKept(client));
  const elapsed = performance.now() - start;
  assert(elapsed > 1000 && elapsed < 5000, `${elapsed} ms`);
  silence.resolve();
  await until("hits are allowed again", () => isKept(client));
});

Deno.test("a read whose reply is held up is shared with no later caller", async () => {
  const held = Promise.withResolvers<void>();
  let reads = 0;
  await using server = await startFakeServer({
    GET: async () => {
      if (++reads > 1) return "new";
      await held.promise;
      return "old";
    },
    PTTL: -1,
  });
  await using client = await connect(server);
  const early = client.cached.get("k");
  const joined = client.cached.get("k");
  await delay(JOINABLE + 50);
  const late = client.cached.get("k");
  held.resolve();
  assertEquals(await Promise.all([early, joined, late]), ["old", "old", "new"]);
});

Deno.test("a server that answers: hits go on", async () => {
  await using server = await startFakeServer({ GET: inTurn("v", NO_REPLY), PTTL: -1 });
  await using client = await connect(server);
  await client.cached.get("k");
  const end = performance.now() + 2600;
  while (performance.now() < end) {
    await delay(50);
    assertEquals(await client.cached.get("k"), "v");
  }
  assertEquals(client.cacheStatistics.misses, 1);
});

Deno.test("a node that is no primary any more, and has not closed the connection: its entries are dropped", async () => {
  let role = "master";
  await using server = await startFakeServer({
    GET: "v",
    PTTL: -1,
    ROLE: () => role === "master" ? ["master", 0, []] : ["slave", "127.0.0.1", 1, "connected", 0],
  });
  await using client = await connect(server);
  await client.cached.get("k");
  role = "slave";
  await until("the entries are dropped", () => Promise.resolve(client.cacheStatistics.flushes > 0));
  const { misses } = client.cacheStatistics;
  await client.cached.get("k");
  assertEquals(client.cacheStatistics.misses, misses + 1);
});
