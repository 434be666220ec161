import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { delay } from "@std/async/delay";
import { ConnectionError, type RedisClient, TimeoutError } from "../../standalone/mod.ts";
import { startProxy, startServer, type TestProxy } from "../../lib/testing/mod.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

/** Runs something while connections are cut at random, a few bytes after each other. */
async function underCuts(proxy: TestProxy, run: () => Promise<void>): Promise<number> {
  let cuts = 0;
  let running = true;
  const cutting = (async () => {
    while (running) {
      await delay(Math.random() * 20);
      if (Math.random() < 0.5) {
        proxy.cut();
      } else {
        // In the middle of whatever goes through next, in either direction.
        const direction = Math.random() < 0.5 ? "toClient" : "toServer";
        proxy.setFaults({ cutAfter: { [direction]: Math.floor(Math.random() * 200) } });
        await delay(Math.random() * 5);
        proxy.setFaults({});
      }
      cuts++;
    }
  })();
  try {
    await run();
  } finally {
    running = false;
    await cutting;
  }
  return cuts;
}

/** Runs so many loops of requests until the time is over. */
async function loops(
  count: number,
  ms: number,
  step: (loop: number) => Promise<void>,
): Promise<void> {
  const end = performance.now() + ms;
  await Promise.all(Array.from({ length: count }, async (_, loop) => {
    while (performance.now() < end) await step(loop);
  }));
}

for (const protocol of [2, 3] as const) {
  Deno.test(`INCR under random cuts is never executed twice for one call [RESP${protocol}]`, async () => {
    await server.command(["FLUSHALL"]);
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, { protocol });
    let resolved = 0;
    let uncertain = 0;
    let highest = 0;
    const cuts = await underCuts(proxy, () =>
      loops(20, 2500, async () => {
        try {
          highest = Math.max(highest, Number(await client.incr("n")));
          resolved++;
        } catch (error) {
          assertInstanceOf(error, ConnectionError);
          assert(error.maybeExecuted, `${error}`);
          uncertain++;
        }
      }));
    const counter = Number(await server.command(["GET", "n"]));
    assert(cuts > 50 && uncertain > 10, `${cuts} cuts and ${uncertain} failures prove nothing`);
    assert(
      resolved <= counter && counter <= resolved + uncertain,
      `${resolved} resolved and ${uncertain} uncertain, but the counter is ${counter}`,
    );
    assert(highest <= counter);
  });
}

Deno.test("reads under random cuts all succeed, each with its own value", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  const keys = Array.from({ length: 20 }, (_, i) => `key${i}`);
  for (const key of keys) await client.set(key, `value of ${key}`);
  let reads = 0;
  const cuts = await underCuts(proxy, () =>
    loops(20, 2000, async (loop) => {
      assertEquals(await client.get(keys[loop]), `value of ${keys[loop]}`);
      reads++;
    }));
  assert(cuts > 40 && reads > 100, `${cuts} cuts and ${reads} reads prove nothing`);
});

Deno.test("with hurried timeouts no reply ever reaches another request", async () => {
  await using proxy = await startProxy(server, { delay: 2 });
  await using client = await connect(proxy);
  const hurried = client.with({ timeout: 6 });
  let timeouts = 0;
  let replies = 0;
  await underCuts(proxy, () =>
    loops(10, 1500, async (loop) => {
      const word = `${loop} ${Math.random()}`;
      const { value, error } = await measure(() => hurried.customCommand(["ECHO", word]));
      if (error === undefined) {
        assertEquals(value, word);
        replies++;
      } else if (error instanceof TimeoutError) timeouts++;
      else assertInstanceOf(error, ConnectionError);
    }));
  assert(timeouts > 10 && replies > 10, `${timeouts} timeouts and ${replies} replies`);
});

/** Makes a client whose connection has just been cut and cannot be opened again. */
async function connectAndLose(proxy: TestProxy): Promise<RedisClient> {
  const client = await connect(proxy);
  await proxy.refuse();
  const lost = client.events[Symbol.asyncIterator]();
  const next = lost.next();
  proxy.cut();
  assertEquals((await next).value?.type, "disconnected");
  await lost.return?.();
  return client;
}

Deno.test("requests that are made while there is no connection go out in the order of the calls", async () => {
  await server.command(["FLUSHALL"]);
  await using proxy = await startProxy(server);
  await using client = await connectAndLose(proxy);
  const pushes = Array.from(
    { length: 500 },
    (_, i) => client.customCommand(["RPUSH", "order", i]),
  );
  proxy.accept();
  assertEquals(await Promise.all(pushes), Array.from({ length: 500 }, (_, i) => i + 1));
  assertEquals(
    await client.customCommand(["LRANGE", "order", 0, -1]),
    Array.from({ length: 500 }, (_, i) => String(i)),
  );
});

Deno.test("what was written before a cut is in front of what was not", async () => {
  await server.command(["SET", "k", "old"]);
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  proxy.setFaults({ stall: true });
  const reads = Array.from({ length: 10 }, () => client.get("k"));
  // One turn later the reads are written; they come again in front of the write.
  await delay(5);
  proxy.setFaults({});
  await proxy.refuse();
  proxy.cut();
  const write = client.set("k", "new");
  proxy.accept();
  const outcome = await measure(() => write);
  if (outcome.error === undefined) {
    assertEquals(new Set(await Promise.all(reads)), new Set(["old"]));
  } else {
    // The client had not noticed the cut when the write came.
    assertInstanceOf(outcome.error, ConnectionError);
    await Promise.all(reads);
  }
});

Deno.test("what waits behind a write that gets stuck is executed once and in order", async () => {
  await server.command(["FLUSHALL"]);
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  proxy.setFaults({ stall: true });
  // More than the sockets take in: it is being written when the connection breaks.
  const stuck = measure(() => client.set("large", "x".repeat(30_000_000)));
  await delay(20);
  const pushes = Array.from(
    { length: 100 },
    (_, i) => client.customCommand(["RPUSH", "order", i]),
  );
  await delay(5);
  proxy.setFaults({});
  proxy.cut();
  assertEquals(await Promise.all(pushes), Array.from({ length: 100 }, (_, i) => i + 1));
  assertEquals(
    await client.customCommand(["LRANGE", "order", 0, -1]),
    Array.from({ length: 100 }, (_, i) => String(i)),
  );
  assertInstanceOf((await stuck).error, ConnectionError);
});

Deno.test("a request that was not written when the connection broke is not uncertain", async () => {
  await server.command(["FLUSHALL"]);
  await using proxy = await startProxy(server);
  await using client = await connectAndLose(proxy);
  const writes = Array.from({ length: 100 }, () => client.incr("n"));
  await delay(20);
  proxy.accept();
  assertEquals(await Promise.all(writes), Array.from({ length: 100 }, (_, i) => i + 1));
});

Deno.test("a request given up in the queue is never executed", async () => {
  await server.command(["FLUSHALL"]);
  await using proxy = await startProxy(server);
  await using client = await connectAndLose(proxy);
  const abort = new AbortController();
  const outcomes = Promise.all([
    measure(() => client.with({ timeout: 20 }).incr("n")),
    measure(() => client.with({ signal: abort.signal }).incr("n")),
  ]);
  await delay(30);
  abort.abort();
  const [late, aborted] = await outcomes;
  assertInstanceOf(late.error, TimeoutError);
  assertEquals(late.error.phase, "queued");
  assertEquals(aborted.error, abort.signal.reason);
  proxy.accept();
  assertEquals(await client.incr("n"), 1);
});
