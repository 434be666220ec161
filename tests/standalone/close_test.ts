import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { ClosedError, type RedisClient, TimeoutError } from "../../standalone/mod.ts";
import { startBlackHole, startFakeServer, startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

Deno.test("close() waits for the replies of what is under way", async () => {
  // The replies come one after the other, not all in one piece.
  await using fake = await startFakeServer({
    SET: async () => {
      await delay(5);
      return "OK";
    },
  });
  const client = await connect(fake);
  const writes = Array.from({ length: 20 }, (_, i) => client.set(`k${i}`, i));
  const closing = client.close();
  await assertRejects(() => client.get("k1"), ClosedError, "GET");
  await closing;
  assert((await Promise.all(writes)).every((reply) => reply === "OK"));
  await until("the connection is closed", () => Promise.resolve(fake.connections.length === 0));
});

Deno.test("close() waits for requests that wait for a connection", async () => {
  await using proxy = await startProxy(server);
  const client = await connect(proxy);
  await proxy.refuse();
  proxy.cut();
  const read = client.get("missing");
  const closing = client.close();
  proxy.accept();
  assertEquals(await read, null);
  await closing;
});

Deno.test("close() with a stalled server ends within the timeout, everything settled", async () => {
  await using own = await startServer();
  const client = await connect(own, { requestTimeout: 200 });
  await client.set("k", "v");
  own.pause();
  const outcomes = Array.from({ length: 1000 }, () => measure(() => client.get("k")));
  const { elapsed, ran } = await measure(() => client.close());
  assert(elapsed >= 150 && ran < 400, `${elapsed} ms, ${ran} of them running`);
  for (const { error } of await Promise.all(outcomes)) assertInstanceOf(error, TimeoutError);
  own.resume();
});

Deno.test("close() ends what waits behind a blocking command of its batch that has no limit", async () => {
  await using hole = await startBlackHole();
  const client = await connect(hole, { lazyConnect: true });
  const batch = client.batch((b) => [b.blpop("l", 0), b.set("k", "v")], { errors: "values" });
  await client.close();
  for (const error of await batch) assertInstanceOf(error, ClosedError);
});

Deno.test("close() twice, and together with destroy(), is one close", async () => {
  await using proxy = await startProxy(server, { delay: 30 });
  const client = await connect(proxy);
  const write = client.set("k", "v");
  const closings = [client.close(), client.bytes.close(), client[Symbol.asyncDispose]()];
  assertEquals(await write, "OK");
  await Promise.all(closings);
  await client.close();
  client.destroy();
  await until("the connection is closed", () => Promise.resolve(proxy.connections.length === 0));
});

Deno.test("destroy() ends a close() that waits", async () => {
  await using proxy = await startProxy(server);
  const client = await connect(proxy);
  proxy.setFaults({ stall: true });
  const read = measure(() => client.get("k"));
  const closing = client.close();
  const { ran } = await measure(async () => {
    client.destroy();
    await closing;
  });
  assert(ran < 1000, `${ran} ms`);
  assertInstanceOf((await read).error, ClosedError);
});

Deno.test("destroy() is synchronous: nothing is pending when it returns", async () => {
  await using proxy = await startProxy(server);
  const client = await connect(proxy);
  proxy.setFaults({ stall: true });
  const outcomes: unknown[] = [];
  const note = (error: unknown) => outcomes.push(error);
  const abort = new AbortController();
  const calls = [
    client.get("k"),
    client.set("k", "v"),
    client.customCommand(["BLPOP", "list", 0]),
    client.with({ timeout: 60_000 }).get("k"),
    client.with({ signal: abort.signal }).get("k"),
    client.set("large", "x".repeat(5_000_000)),
  ].map((call) => call.then(() => {}, note));
  await until("something is written", () => {
    return Promise.resolve(proxy.connections[0].passed.toServer > 0);
  });
  calls.push(client.get("not yet written").then(() => {}, note));
  client.destroy();
  await Promise.all(calls);
  assertEquals(outcomes.length, 7);
  for (const error of outcomes) assertInstanceOf(error, ClosedError);
  abort.abort();
  await assertRejects(() => client.get("k"), ClosedError);
});

/** States in which a client can be when it is destroyed. The sanitizers see what is left behind. */
const STATES: [name: string, reach: () => Promise<AsyncDisposable & { client: RedisClient }>][] = [
  ["is reconnecting", async () => {
    const proxy = await startProxy(server);
    const client = await connect(proxy);
    await proxy.refuse();
    proxy.cut();
    const reading = client.get("k").catch(() => {});
    await until("it has noticed", async () => {
      const { error } = await measure(() => client.with({ timeout: 5 }).get("k"));
      return error instanceof TimeoutError && error.phase === "queued";
    });
    return {
      client,
      async [Symbol.asyncDispose]() {
        await reading;
        await proxy[Symbol.asyncDispose]();
      },
    };
  }],
  ["is in the handshake", async () => {
    const proxy = await startProxy(server, { stall: true });
    const client = await connect(proxy, { lazyConnect: true });
    const reading = client.get("k").catch(() => {});
    await until("it is connected", () => Promise.resolve(proxy.accepted === 1));
    return {
      client,
      async [Symbol.asyncDispose]() {
        await reading;
        await proxy[Symbol.asyncDispose]();
      },
    };
  }],
  ["dials", async () => {
    const hole = await startBlackHole();
    const client = await connect(hole, { lazyConnect: true });
    const reading = client.get("k").catch(() => {});
    return {
      client,
      async [Symbol.asyncDispose]() {
        await reading;
        await hole[Symbol.asyncDispose]();
      },
    };
  }],
  ["compares a silent connection with a new one", async () => {
    const proxy = await startProxy(server);
    const client = await connect(proxy, { requestTimeout: 20 });
    proxy.silence();
    const reading = client.get("k").catch(() => {});
    await until("another connection is open", () => Promise.resolve(proxy.accepted === 2));
    return {
      client,
      async [Symbol.asyncDispose]() {
        await reading;
        await proxy[Symbol.asyncDispose]();
      },
    };
  }],
  ["waits to try again what the server refused for now", async () => {
    const own = await startServer({
      config: { "enable-debug-command": "yes", "replica-serve-stale-data": "no" },
    });
    const client = await connect(own);
    await own.command(["REPLICAOF", "127.0.0.1", 1]);
    const reading = client.get("k").catch(() => {});
    const writing = client.set("k", "v").catch(() => {});
    return {
      client,
      async [Symbol.asyncDispose]() {
        await Promise.all([reading, writing]);
        await own[Symbol.asyncDispose]();
      },
    };
  }],
];

for (const [name, reach] of STATES) {
  for (const how of ["destroy", "close"] as const) {
    Deno.test(`${how}() while the client ${name} leaves nothing behind`, async () => {
      await using state = await reach();
      const short = measure(() => state.client.with({ timeout: 50 }).get("k"));
      // What is under way has up to 10 s, so that a close() may need an end from outside.
      const end = setTimeout(() => state.client.destroy(), 100);
      const { ran } = await measure(async () => await state.client[how]());
      clearTimeout(end);
      assert(ran < 1000, `${ran} ms`);
      // Dials that were under way have ended after that.
      await state.client.close();
      await short;
    });
  }
}

Deno.test("destroy() while connections are opened leaves none at the server", async () => {
  await using own = await startServer();
  for (let i = 0; i < 1000; i++) {
    const client = await connect(own, { lazyConnect: true });
    setTimeout(() => client.destroy());
    await client.get("k").catch(() => {});
  }
  await until("the connections are closed", async () => {
    return Number((await own.info("clients")).connected_clients) <= 1;
  });
});

Deno.test("create() that fails leaves nothing open, wherever it is", async () => {
  await using hole = await startBlackHole();
  await using proxy = await startProxy(server, { stall: true });
  for (let i = 0; i < 5; i++) {
    await assertRejects(() => connect([hole, proxy], { clientCreationTimeout: 20 + 10 * i }));
  }
  await until("the connections are closed", () => {
    proxy.setFaults({});
    return Promise.resolve(proxy.connections.length === 0);
  });
});

Deno.test("many clients are created and closed at the same time", async () => {
  await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    const client = await connect(server);
    if (i % 3 === 0) return client.destroy();
    const write = client.set(`many${i}`, i);
    if (i % 3 === 1) await write;
    await client.close();
    await write;
  }));
});
