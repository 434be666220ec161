import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { ConnectionError, TimeoutError } from "../../standalone/mod.ts";
import {
  type FakeAnswer,
  NO_REPLY,
  raw,
  ServerError,
  startFakeServer,
  startProxy,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const server = await startServer({ config: { "enable-debug-command": "yes" } });
server.unref();

Deno.test("a server killed in the middle of a reply: reads come again, writes say that they may have run", async () => {
  await server.command(["SET", "long", "x".repeat(1000)]);
  for (const bytes of [1, 3, 7, 500, 1004, 1008]) {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy);
    proxy.setFaults({ cutAfter: { toClient: bytes } });
    const outcomes = Promise.all([
      measure(() => client.set("other", "x", { get: true })),
      measure(() => client.get("long")),
      measure(() => client.set("other", "x", { get: true })),
    ]);
    await until("the connection was cut", () => Promise.resolve(proxy.connections.length === 0));
    proxy.setFaults({});
    const [before, read, after] = await outcomes;
    assertEquals(read.value, "x".repeat(1000));
    // How much of the first reply came through depends on the number of bytes.
    for (const { error } of before.error === undefined ? [after] : [before, after]) {
      assertInstanceOf(error, ConnectionError);
      assertEquals(error.maybeExecuted, true);
      assertEquals([error.host, error.port], [proxy.host, proxy.port]);
      assertInstanceOf(error.cause, ConnectionError);
    }
    assertEquals(await client.set("other", "x"), "OK");
  }
});

Deno.test("a reply cut at any byte never becomes another request's reply", async () => {
  await server.command(["MSET", "a", "alpha", "b", "beta"]);
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  for (let bytes = 1; bytes <= 24; bytes++) {
    proxy.setFaults({ cutAfter: { toClient: bytes } });
    const pending = Promise.all([client.get("a"), client.get("b"), client.get("missing")]);
    await until("the connection was cut", () => Promise.resolve(proxy.connections.length === 0));
    proxy.setFaults({});
    assertEquals(await pending, ["alpha", "beta", null]);
  }
});

Deno.test("a server paused past the timeout: late replies are dropped, next ones are right", async () => {
  await using own = await startServer();
  await using client = await connect(own, { requestTimeout: 250 });
  await client.mset({ a: "alpha", b: "beta" });
  own.pause();
  const start = performance.now();
  const late = await Promise.all(
    Array.from({ length: 50 }, () => measure(() => client.get("a"), start)),
  );
  for (const { error, elapsed, ran } of late) {
    assertInstanceOf(error, TimeoutError);
    assertEquals([error.phase, error.timeout], ["sent", 250]);
    assert(elapsed >= 249 && ran < 350, `${elapsed} ms, ${ran} of them running`);
  }
  own.resume();
  const patient = client.with({ timeout: 10_000 });
  for (let i = 0; i < 20; i++) {
    assertEquals(
      await Promise.all([patient.get("b"), patient.get("missing"), patient.get("a")]),
      ["beta", null, "alpha"],
    );
  }
});

Deno.test("requests on both sides of a cut between two writes end well", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  for (let i = 0; i < 20; i++) {
    const first = client.set("k", i);
    assertEquals(await first, "OK");
    proxy.cut();
    // The client has not noticed yet, or just has: either way this is written or it is not.
    const second = await measure(() => client.set("k", `${i}, second`));
    if (second.error === undefined) assertEquals(second.value, "OK");
    else {
      assertInstanceOf(second.error, ConnectionError);
      assertEquals(second.error.maybeExecuted, true);
    }
    assert([`${i}`, `${i}, second`].includes(await client.get("k") ?? ""));
  }
});

Deno.test("a peer gone silent without a word is replaced within 2 x timeout + 1 s", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 300 });
  await client.set("k", "v");
  for (let i = 0; i < 3; i++) {
    proxy.silence();
    const start = performance.now();
    const failures: unknown[] = [];
    await until("a read succeeds", async () => {
      try {
        return await client.get("k") === "v";
      } catch (error) {
        failures.push(error);
        throw error;
      }
    }, { interval: 1 });
    const recovery = performance.now() - start;
    assert(recovery <= 2 * 300 + 1000, `${recovery} ms`);
    assert(failures.length >= 1);
    for (const error of failures) assertInstanceOf(error, TimeoutError);
  }
});

for (const aborted of [false, true]) {
  const fate = aborted ? "aborted long ago" : "still waiting";
  Deno.test(`one patient request, ${fate}, does not hide that the peer is silent`, async () => {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, { requestTimeout: 100 });
    await client.set("k", "v");
    proxy.silence();
    const abort = new AbortController();
    const patient = measure(() => client.with({ timeout: 8000, signal: abort.signal }).get("k"));
    await delay(5);
    if (aborted) abort.abort();
    const start = performance.now();
    await until("a read succeeds", async () => await client.get("k") === "v", { interval: 1 });
    const recovery = performance.now() - start;
    assert(recovery <= 2 * 100 + 1000, `${recovery} ms`);
    const { value, elapsed } = await patient;
    // It was sent again on the new connection.
    if (!aborted) assertEquals(value, "v");
    assert(elapsed < 1500, `${elapsed} ms`);
  });
}

Deno.test("a server that answers later than the timeout, but always does, keeps its connection", async () => {
  await using fake = await startFakeServer({
    GET: async () => {
      await delay(140);
      return "v";
    },
  });
  await using client = await connect(fake, { requestTimeout: 100 });
  let late = 0;
  for (let i = 0; i < 15; i++) {
    if ((await measure(() => client.get("k"))).error instanceof TimeoutError) late++;
    await delay(45);
  }
  assert(late >= 5, `${late} timeouts`);
  assertEquals(fake.accepted, 1);
});

Deno.test("a server with a thread per connection keeps one on which a command takes its time", async () => {
  // Commands of one connection wait for each other, those of others do not.
  await using fake = await startFakeServer({
    GET: async ({ args }) => {
      if (args[1] === "slow") await delay(600);
      return "v";
    },
    SET: "OK",
  });
  await using client = await connect(fake, { requestTimeout: 100 });
  for (let i = 0; i < 3; i++) {
    const slow = client.with({ timeout: 5000 }).get("slow");
    const write = client.with({ timeout: 5000 }).set("k", "v");
    await assertRejects(() => client.get("k"), TimeoutError);
    await assertRejects(() => client.get("k"), TimeoutError);
    assertEquals([await slow, await write], ["v", "OK"]);
  }
  assertEquals(fake.accepted, 1);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`CLIENT PAUSE WRITE does not cost the connection, and no write is uncertain [RESP${protocol}]`, async () => {
    await using own = await startServer();
    await using proxy = await startProxy(own);
    await using client = await connect(proxy, { requestTimeout: 100, protocol });
    const patient = client.with({ timeout: 10_000 });
    const id = await patient.customCommand(["CLIENT", "ID"]);
    await own.command(["CLIENT", "PAUSE", 2500, "WRITE"]);
    const writes = Array.from({ length: 10 }, () => measure(() => patient.incr("n")));
    for (let i = 0; i < 10; i++) {
      assertInstanceOf((await measure(() => client.get("k"))).error, TimeoutError);
    }
    assertEquals(
      (await Promise.all(writes)).map(({ value }) => value),
      Array.from({ length: 10 }, (_, i) => i + 1),
    );
    assertEquals(await patient.customCommand(["CLIENT", "ID"]), id);
  });
}

Deno.test("a server that a script keeps busy keeps its connection", async () => {
  await using own = await startServer({ config: { "busy-reply-threshold": "50" } });
  await using proxy = await startProxy(own);
  await using client = await connect(proxy, { requestTimeout: 100 });
  const patient = client.with({ timeout: 10_000 });
  const script = measure(() => patient.customCommand(["EVAL", "while true do end", 0]));
  for (let i = 0; i < 20; i++) {
    assertInstanceOf((await measure(() => client.get("k"))).error, TimeoutError);
  }
  await own.command(["SCRIPT", "KILL"]);
  // The error of the script, not a lost connection.
  assertInstanceOf((await script).error, ServerError);
});

Deno.test("a silent peer behind a full socket is replaced as well", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 200 });
  await client.set("k", "v");
  proxy.setFaults({ stall: true });
  const full = Array.from({ length: 20 }, () => client.set("big", "x".repeat(1_000_000)));
  for (const { error } of await Promise.all(full.map((write) => measure(() => write)))) {
    assertInstanceOf(error, TimeoutError);
  }
  // A new connection cannot be had either for a while, so the first look at the matter must not be the last.
  await assertRejects(() => client.get("k"), TimeoutError);
  proxy.silence();
  proxy.setFaults({});
  const start = performance.now();
  await until("a read succeeds", async () => await client.get("k") === "v", { interval: 1 });
  const recovery = performance.now() - start;
  assert(recovery <= 2 * 200 + 1000, `${recovery} ms`);
});

Deno.test("a connection on which a long reply is arriving slowly is not taken for dead", async () => {
  await using fake = await startFakeServer({
    GET: async (_, connection): Promise<FakeAnswer> => {
      await connection.send(raw("$60000\r\n"));
      for (let i = 0; i < 60; i++) {
        await connection.send(raw("x".repeat(1000)));
        await delay(5);
      }
      await connection.send(raw("\r\n"));
      return NO_REPLY;
    },
    INCR: 1,
  });
  await using client = await connect(fake, { requestTimeout: 100 });
  const slow = measure(() => client.get("slow"));
  await fake.waitFor("GET");
  await assertRejects(() => client.incr("n"), TimeoutError);
  assertInstanceOf((await slow).error, TimeoutError);
  assertEquals(await client.with({ timeout: 10_000 }).incr("n"), 1);
  assertEquals(fake.accepted, 1);
});

Deno.test("a server that is busy for longer than the timeout keeps its connection", async () => {
  await using client = await connect(server, { requestTimeout: 100 });
  const id = await client.customCommand(["CLIENT", "ID"]);
  const busy = server.command(["DEBUG", "SLEEP", 0.5]);
  await until("a request is late", async () => {
    return (await measure(() => client.get("k"))).error instanceof TimeoutError;
  });
  await assertRejects(() => client.get("k"), TimeoutError);
  await busy;
  const patient = client.with({ timeout: 10_000 });
  assertEquals(await patient.customCommand(["CLIENT", "ID"]), id);
  // Longer than the comparison with a new connection takes.
  await delay(100);
  assertEquals(await patient.customCommand(["CLIENT", "ID"]), id);
});

Deno.test("a restarted server is used again within 0.3 s of being ready, while requests wait", async () => {
  await using own = await startServer();
  await using client = await connect(own, { requestTimeout: 5000 });
  for (let i = 0; i < 3; i++) {
    await own.kill();
    const waiting = Promise.all(Array.from({ length: 10 }, (_, n) => client.set(`k${n}`, n)));
    const succeeded = waiting.then(() => performance.now());
    await until("the client has noticed", async () => {
      return await client.with({ timeout: 5 }).get("k").catch(() => true);
    });
    await own.start();
    const ready = performance.now();
    const delay = await succeeded - ready;
    assert(delay <= 300, `${delay} ms after the server was ready`);
  }
});

Deno.test("while requests wait the client tries more often than its strategy says", async () => {
  await using proxy = await startProxy(server);
  const reconnectStrategy = { minTimeout: 30_000, maxTimeout: 30_000, multiplier: 1, jitter: 0 };
  await using client = await connect(proxy, { reconnectStrategy });
  // A connection that was of no use counts as a failed attempt.
  await client.set("k", "v");
  const events = client.events[Symbol.asyncIterator]();
  await proxy.refuse();
  proxy.cut();
  assertEquals((await events.next()).value?.type, "disconnected");
  assertEquals((await events.next()).value?.type, "reconnecting");
  // Nobody waits, so the next attempt is 30 s away; a request calls for one at once.
  proxy.accept();
  const { value, ran } = await measure(() => client.set("k", "v"));
  assertEquals(value, "OK");
  assert(ran < 300, `${ran} ms`);
  assertEquals((await events.next()).value?.type, "connected");

  await proxy.refuse();
  proxy.cut();
  const waiting = client.get("k");
  for (let attempt = 0; attempt < 4; attempt++) await events.next();
  proxy.accept();
  const recovery = await measure(() => waiting);
  assertEquals(recovery.value, "v");
  assert(recovery.ran < 300, `${recovery.elapsed} ms`);
  await events.return?.();
});

Deno.test("callers that come and go do not make the client hammer a server that is away", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  await client.set("k", "v");
  const events = client.events[Symbol.asyncIterator]();
  let attempts = 0;
  const counting = (async () => {
    for (let next = await events.next(); !next.done; next = await events.next()) {
      if (next.value.type === "reconnecting") attempts++;
    }
  })();
  await proxy.refuse();
  proxy.cut();
  const hurried = client.with({ timeout: 5 });
  const callFor = async (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await assertRejects(() => hurried.get("k"));
      await delay(5);
    }
  };
  await callFor(500);
  attempts = 0;
  await callFor(1000);
  // Waits are between 0 and 200 ms by now.
  assert(attempts >= 2 && attempts <= 25, `${attempts} attempts in a second`);
  await events.return?.();
  await counting;
});

Deno.test("an idle connection that went silent is replaced without any request", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { keepAlive: 40, clientCreationTimeout: 200 });
  const events = client.events[Symbol.asyncIterator]();
  proxy.silence();
  assertEquals((await events.next()).value?.type, "disconnected");
  assertEquals((await events.next()).value?.type, "connected");
  await events.return?.();
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("an idle client reconnects to a restarted server by itself", async () => {
  await using own = await startServer();
  await using client = await connect(own, { requestTimeout: 250 });
  await client.set("k", "v");
  await own.restart();
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("100 reconnect cycles leave nothing behind", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  for (let i = 0; i < 100; i++) {
    assertEquals(await client.set("k", i), "OK");
    if (i % 10 === 0) {
      const pop = client.customCommand(["BLPOP", "list", 0]);
      await client.customCommand(["RPUSH", "list", i]);
      assertEquals(await pop, ["list", String(i)]);
    }
    proxy.cut();
    assertEquals(await client.get("k"), String(i));
  }
  await until("one connection is left", () => Promise.resolve(proxy.connections.length === 1));
  assert(proxy.accepted >= 101 && proxy.accepted <= 120, `${proxy.accepted} connections`);
});

Deno.test("an error that ended a connection is not the cause of a timeout on the next one", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 100 });
  proxy.cut();
  await client.with({ timeout: 5000 }).get("k");
  proxy.setFaults({ stall: true });
  const error = await assertRejects(() => client.set("k", 1), TimeoutError);
  assertEquals([error.phase, error.cause], ["sent", undefined]);
});
