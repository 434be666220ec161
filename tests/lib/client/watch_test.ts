/** Watched keys, also when the server is silent, away or full, and when the caller gives up. What a moving slot does is in tests/cluster. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ConnectionError,
  RedisClient,
  ServerError,
  TimeoutError,
  WatchError,
  type WatchSession,
} from "../../../mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { startFakeServer, startProxy, startServer } from "../../../lib/testing/mod.ts";
import { startOwnServer } from "../../_kit/own_server.ts";

const { server, connect } = await startOwnServer();

/** Adds 1 to a number, by reading and writing it. */
function increment(client: RedisClient, key = "n"): Promise<unknown> {
  return client.watch(key, async (session) => {
    const n = Number(await session.get(key));
    return await session.transaction((t) => [t.set(key, n + 1)]);
  }, { retries: 10_000 });
}

Deno.test("watch() begins again when a watched key was changed", async () => {
  await using client = await connect();
  await client.set("n", 1);
  let runs = 0;
  const result = await client.watch("n", async (session) => {
    const n = Number(await session.get("n"));
    if (++runs < 3) await client.incr("n");
    return await session.transaction((t) => [t.set("n", n * 10), t.get("n")]);
  });
  assertEquals([runs, result], [3, ["OK", "30"]]);
});

Deno.test("watch() begins again also if the callback of the transaction returns no promises", async () => {
  await using client = await connect();
  await client.set("n", 1);
  let runs = 0;
  await client.watch("n", async (session) => {
    const n = Number(await session.get("n"));
    if (++runs === 1) await client.set("n", 100);
    await session.transaction((t) => {
      t.set("n", n + 1);
      return [];
    });
  });
  assertEquals([runs, await client.get("n")], [2, "101"]);
});

Deno.test("watch() gives up after its retries", async () => {
  await using client = await connect();
  let runs = 0;
  await assertRejects(
    () =>
      client.watch("n", async (session) => {
        runs++;
        await client.incr("n");
        return await session.transaction((t) => [t.set("n", 0)]);
      }, { retries: 2 }),
    WatchError,
  );
  assertEquals([runs, await client.get("n")], [3, "3"]);
});

Deno.test("watch() of concurrent counters loses no increment", async () => {
  await using client = await connect();
  await Promise.all(Array.from({ length: 20 }, () =>
    client.watch("n", async (session) => {
      const n = Number(await session.get("n"));
      return await session.transaction((t) => [t.set("n", n + 1)]);
    }, { retries: 1000 })));
  assertEquals(await client.get("n"), "20");
});

Deno.test("watch() passes on what its callback throws, and leaves nothing watched", async () => {
  await using client = await connect();
  const failure = new Error("Changed my mind");
  assertEquals(
    await assertRejects(() => client.watch("n", () => Promise.reject(failure))),
    failure,
  );
  // The connection is used again: a watch that was left behind would break this transaction.
  let runs = 0;
  await client.watch("m", async (session) => {
    runs++;
    await client.incr("n");
    return await session.transaction((t) => [t.set("m", 1)]);
  });
  assertEquals(runs, 1);
});

Deno.test("a session is over with its callback", async () => {
  await using client = await connect();
  let kept: { get(key: string): Promise<unknown> } | undefined;
  await client.watch("n", (session) => {
    kept = session;
    return Promise.resolve();
  });
  await assertRejects(() => kept!.get("n"), TypeError, "over");
});

Deno.test("watch() on a connection that is lost rejects, for nothing is watched any more", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port });
  await assertRejects(
    () =>
      client.watch("n", async (session) => {
        await session.get("n");
        proxy.cut();
        return await session.transaction((t) => [t.set("n", 1)]);
      }),
    ConnectionError,
  );
});

Deno.test("watch() settles when the peer falls silent after its callback", async () => {
  await using proxy = await startProxy(server);
  const client = await connect({ port: proxy.port });
  const result = await client.watch("n", async (session) => {
    await session.transaction((t) => [t.set("n", 1)]);
    proxy.setFaults({ stall: true });
    return "done";
  });
  assertEquals(result, "done");
  client.destroy();
});

Deno.test("watch() with a timeout gives up on a silent peer, and says what for", async () => {
  await using proxy = await startProxy(server);
  const client = await connect({ port: proxy.port });
  proxy.setFaults({ stall: true });
  const start = performance.now();
  const error = await assertRejects(
    () => client.with({ timeout: 100 }).watch("n", () => Promise.resolve()),
    TimeoutError,
    'Cannot complete "WATCH" within 100 ms',
  );
  assertEquals(error.timeout, 100);
  assert(performance.now() - start < 3000);
  client.destroy();
});

Deno.test("the timeout of the view holds for each request of a session", async () => {
  await using proxy = await startProxy(server);
  const client = await connect({ port: proxy.port });
  await assertRejects(
    () =>
      client.with({ timeout: 100 }).watch("n", async (session) => {
        proxy.setFaults({ stall: true });
        await session.get("n");
      }),
    TimeoutError,
    'Cannot complete "GET" within 100 ms',
  );
  client.destroy();
});

Deno.test("watch() while the server is away speaks of WATCH, and works once it is back", async () => {
  const proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port });
  const { port } = proxy;
  await proxy[Symbol.asyncDispose]();
  await assertRejects(
    () => client.with({ timeout: 100 }).watch("n", () => Promise.resolve()),
    TimeoutError,
    'Cannot complete "WATCH" within 100 ms: it could not be sent',
  );
  const waiting = increment(client);
  await delay(50);
  await using _back = await startProxy(server, { port });
  assertEquals(await waiting, ["OK"]);
});

Deno.test("a connection that is lost under WATCH is replaced", async () => {
  let watches = 0;
  await using fake = await startFakeServer({
    WATCH: (_, connection) => {
      if (++watches === 1) connection.cut();
      return "OK";
    },
    GET: "1",
    UNWATCH: "OK",
  });
  await using client = await RedisClient.create({
    addresses: [{ host: fake.host, port: fake.port }],
    requestTimeout: 10_000,
  });
  assertEquals(await client.watch("n", (session) => session.get("n")), "1");
  assertEquals(watches, 2);
});

Deno.test("watch() takes no connection that fell silent with the shared one", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port, requestTimeout: 100 });
  const patient = client.with({ timeout: 10_000 });
  assertEquals(await increment(patient), ["OK"]);
  proxy.silence();
  await until(
    "the shared connection is replaced",
    () => client.get("n").then(() => true, () => false),
  );
  assertEquals(await increment(patient), ["OK"]);
});

Deno.test("watch() needs no PING", async () => {
  await using guarded = await startServer();
  await guarded.command(["ACL", "SETUSER", "u", "on", ">secret", "~*", "+@all", "-ping"]);
  await using client = await RedisClient.create({
    addresses: [{ host: guarded.host, port: guarded.port }],
    credentials: { username: "u", password: "secret" },
    requestTimeout: 10_000,
  });
  assertEquals(await increment(client), ["OK"]);
});

Deno.test("hundreds of watches at maxclients wait for each other", async () => {
  await using small = await startServer({ config: { maxclients: "12" } });
  await using client = await RedisClient.create({
    addresses: [{ host: small.host, port: small.port }],
    requestTimeout: 60_000,
  });
  const results = await Promise.all(
    Array.from({ length: 300 }, (_, i) => increment(client, `n${i % 100}`)),
  );
  assertEquals(new Set((results as string[][]).flat()), new Set(["OK"]));
  const counts = await Promise.all(Array.from({ length: 100 }, (_, i) => client.get(`n${i}`)));
  assertEquals(new Set(counts), new Set(["3"]));
});

Deno.test("watch() with a signal that is aborted already does nothing", async () => {
  await using client = await connect();
  const reason = new Error("Not any more");
  let called = false;
  const error = await assertRejects(() =>
    client.with({ signal: AbortSignal.abort(reason) }).watch("n", () => {
      called = true;
      return Promise.resolve();
    })
  );
  assertStrictEquals(error, reason);
  assertEquals(called, false);
});

Deno.test("a signal ends watch() at any point", async () => {
  await using proxy = await startProxy(server);
  const client = await connect({ port: proxy.port, inflightRequestsLimit: 3 });
  const reason = new Error("Not any more");
  /** Aborts once `begin` has been called by what is under way. */
  async function aborted(
    work: (session: WatchSession, begin: () => void) => Promise<unknown>,
  ): Promise<void> {
    const controller = new AbortController();
    const begun = Promise.withResolvers<void>();
    const watching = client.with({ signal: controller.signal })
      .watch("n", (session) => work(session, begun.resolve));
    begun.promise.then(() => controller.abort(reason));
    assertStrictEquals(await assertRejects(() => watching), reason);
  }
  let session: WatchSession | undefined;
  const never = Promise.withResolvers<void>();
  // While the callback waits for something else; it fails later, which nobody gets to see.
  await aborted((s, begin) => {
    session = s;
    begin();
    return never.promise;
  });
  await assertRejects(() => session!.get("n"), TypeError, "over");
  never.reject(new Error("Too late"));
  // While a command is under way.
  await aborted((session, begin) => {
    const popped = session.blpop("list", 0);
    begin();
    return popped;
  });
  // While it waits for the server to answer WATCH.
  proxy.setFaults({ stall: true });
  const controller = new AbortController();
  const watching = client.with({ signal: controller.signal }).watch("n", () => Promise.resolve());
  await delay(20);
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => watching), reason);
  proxy.setFaults({});
  // None of them counts any more.
  assertEquals((await Promise.all([1, 2, 3].map(() => client.ping()))).length, 3);
  await client.close();
});

Deno.test("nothing of a session works, or waits, when it is over", async () => {
  await using client = await connect({ inflightRequestsLimit: 3 });
  let kept: WatchSession | undefined;
  const pending: Promise<unknown>[] = [];
  await client.watch("n", (session) => {
    kept = session;
    pending.push(session.blpop("list", 0), session.get("n"));
    return Promise.resolve();
  });
  const results = await Promise.allSettled(pending);
  assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
  const session = kept!;
  for (
    const late of [
      () => session.get("n"),
      () => session.customCommand(["GET", "n"]),
      () => session.transaction((t) => [t.set("n", 1)]),
    ]
  ) {
    await assertRejects(late, TypeError, "the session is over");
  }
  assertEquals((await Promise.all([1, 2, 3].map(() => client.get("n")))).length, 3);
});

Deno.test("a session of the bytes view answers bytes, in and outside of its transaction", async () => {
  await using client = await connect();
  const bytes = new Uint8Array([0, 255]);
  await client.set("k", bytes);
  const read = await client.bytes.watch("k", async (session) => [
    await session.get("k"),
    await session.transaction((t) => [t.get("k")]),
  ]);
  assertEquals(read, [bytes, [bytes]]);
});

Deno.test("a session runs any command but those that change its connection", async () => {
  await using client = await connect();
  await client.watch("k", async (session) => {
    assertEquals(await session.customCommand(["ECHO", "hello"]), "hello");
    for (const name of ["MULTI", "UNWATCH", "SUBSCRIBE", "SELECT"]) {
      await assertRejects(
        () => session.customCommand([name, "1"]),
        TypeError,
        `Cannot send ${name}`,
      );
    }
    await assertRejects(() => session.set("k", undefined as never), TypeError, "argument 2");
    assertEquals(session.broken, false);
  });
});

Deno.test("a transaction of a session has errors as values where that is wanted", async () => {
  await using client = await connect();
  const values = await client.watch(
    "k",
    (session) =>
      session.transaction((t) => [t.set("k", "v"), t.lpush("k", "x")], { errors: "values" }),
  );
  assert(values !== null);
  assertEquals(values[0], "OK");
  assertInstanceOf(values[1], ServerError);
  assertEquals(values[1].code, "WRONGTYPE");
});

Deno.test("a watch of a session ends with its first transaction", async () => {
  await using client = await connect();
  await using other = await connect();
  let runs = 0;
  const values = await client.watch("k", async (session) => {
    runs++;
    const first = await session.transaction((t) => [t.get("k")]);
    await other.set("k", "changed");
    return [first, await session.transaction((t) => [t.get("k")])];
  });
  assertEquals([runs, values], [1, [[null], ["changed"]]]);
});

Deno.test("keys as bytes are those of the call", async () => {
  await using client = await connect();
  const key = new TextEncoder().encode("a");
  let runs = 0;
  const watching = client.watch(key, async (session) => {
    if (++runs === 1) await client.set("a", 1);
    return await session.transaction((t) => [t.set("a", 2)]);
  });
  key.set(new TextEncoder().encode("b"));
  assertEquals(await watching, ["OK"]);
  assertEquals(runs, 2);
});

Deno.test("watches one after the other share a connection, and leave nothing watched", async () => {
  await using client = await connect();
  const connections = async () => {
    const { sections } = await client.info("stats");
    return Number(sections.stats.total_connections_received);
  };
  const before = await connections();
  for (let i = 0; i < 10; i++) {
    await client.watch(`k${i}`, async (session) => {
      await session.get(`k${i}`);
      for (let j = 0; j < i; j++) await client.set(`k${j}`, i);
      return await session.transaction((t) => [t.get("n")]);
    }, { retries: 0 });
  }
  assertEquals(await connections() - before, 1);
});
