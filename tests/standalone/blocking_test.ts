import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { ClosedError, type RedisClient, TimeoutError } from "../../standalone/mod.ts";
import {
  NO_REPLY,
  startFakeServer,
  startProxy,
  startServer,
  type TestServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import type { Reply } from "../../lib/resp/mod.ts";
import { connect } from "./_connect.ts";
import { isPending, measure } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

function blpop(client: RedisClient, key: string, seconds: number): Promise<Reply> {
  return client.customCommand(["BLPOP", key, seconds]);
}

/** Waits until so many clients of the server are blocked. */
async function untilBlocked(count: number, on: TestServer = server): Promise<void> {
  await until(`${count} clients are blocked`, async () => {
    return (await on.info("clients")).blocked_clients === String(count);
  }, { interval: 2 });
}

/** Connections to the server, those of the kit aside. */
async function connectionCount(): Promise<number> {
  const list = String(await server.command(["CLIENT", "LIST", "TYPE", "NORMAL"]));
  return list.trimEnd().split("\n").filter((line) => !line.includes("flags=U")).length;
}

for (const protocol of [2, 3] as const) {
  Deno.test(`BLPOP with 0 stays pending and delays nobody [RESP${protocol}]`, async () => {
    await using client = await connect(server, { requestTimeout: 500, protocol });
    const pops = Array.from({ length: 5 }, (_, i) => blpop(client, `queue${i}`, 0));
    // A failure below must not be hidden by what closing the client does to these.
    for (const pop of pops) pop.catch(() => {});
    await untilBlocked(5);
    for (let i = 0; i < 100; i++) {
      const { value, ran } = await measure(() => client.set("k", i));
      assertEquals(value, "OK");
      assert(ran < 500, `${ran} ms`);
    }
    assert(await isPending(Promise.race(pops), 600), "it ended with the client's timeout");
    for (let i = 0; i < 5; i++) await client.customCommand(["RPUSH", `queue${i}`, `element ${i}`]);
    for (const [i, pop] of pops.entries()) assertEquals(await pop, [`queue${i}`, `element ${i}`]);
  });
}

Deno.test("BLPOP with a timeout answers null when the server's time is up, whatever the client's timeout", async () => {
  await using client = await connect(server, { requestTimeout: 50 });
  const { value, elapsed, ran } = await measure(() => blpop(client, "empty", 0.2));
  assertEquals(value, null);
  assert(elapsed >= 190 && ran < 700, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("BLPOP with a timeout ends 500 ms after the server's time, or the request timeout if that is longer", async () => {
  for (const [requestTimeout, limit] of [[50, 600], [500, 600], [700, 800]]) {
    await using fake = await startFakeServer({ BLPOP: NO_REPLY });
    await using client = await connect(fake, { requestTimeout });
    const { error, elapsed, ran } = await measure(() => blpop(client, "empty", 0.1));
    assertInstanceOf(error, TimeoutError);
    assertEquals([error.phase, error.timeout], ["sent", limit]);
    assert(elapsed >= limit - 1 && ran < limit + 200, `${elapsed} ms, ${ran} of them running`);
  }
});

for (const protocol of [2, 3] as const) {
  Deno.test(`at a round trip of 160 ms BLPOP answers null or the element, on a new connection and on an old one [RESP${protocol}]`, async () => {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, { requestTimeout: 250, protocol });
    await using other = await connect(server);
    proxy.setFaults({ delay: 80 });
    assertEquals(await blpop(client, "far", 0.3), null);
    const [none, element] = await Promise.all([
      blpop(client, "far", 0.3),
      // On a second connection, which has to be opened.
      blpop(client, "far too", 1),
      delay(600).then(() => other.rpush("far too", "a")),
    ]);
    assertEquals([none, element], [null, ["far too", "a"]]);
  });
}

Deno.test("at a round trip of 160 ms no element that is pushed around the deadline is lost", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 250 });
  await using other = await connect(server);
  await other.del(["far"]);
  proxy.setFaults({ delay: 80 });
  const taken: string[] = [];
  let pushed = 0;
  await Promise.all(Array.from({ length: 10 }, async (_, i) => {
    const pop = blpop(client, "far", 0.3);
    await delay(690 + i * 20);
    await other.rpush("far", `${pushed++}`);
    const popped = await pop as string[] | null;
    if (popped !== null) taken.push(popped[1]);
  }));
  const left = await other.lrange("far", 0, -1);
  assertEquals([...taken, ...left].map(Number).sort((a, b) => a - b), [...Array(10).keys()]);
});

Deno.test("a blocking command that cannot be sent ends in a bounded time, and says so", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 100, clientCreationTimeout: 700 });
  proxy.setFaults({ stall: true });
  const { error, elapsed, ran } = await measure(() => blpop(client, "empty", 0.05));
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.phase, error.timeout], ["queued", 700]);
  assert(elapsed >= 699 && ran < 1000, `${elapsed} ms, ${ran} of them running`);
  // A limit of the caller is one for all of it.
  const limited = await measure(() => blpop(client.with({ timeout: 150 }), "empty", 0.05));
  assertInstanceOf(limited.error, TimeoutError);
  assertEquals([limited.error.phase, limited.error.timeout], ["queued", 150]);
});

Deno.test("with({ timeout }) replaces the limit of a blocking command", async () => {
  await using client = await connect(server);
  const { error, elapsed, ran } = await measure(() =>
    blpop(client.with({ timeout: 60 }), "empty", 0)
  );
  assertInstanceOf(error, TimeoutError);
  assert(elapsed >= 59 && ran < 1000, `${elapsed} ms, ${ran} of them running`);
  await untilBlocked(0);
});

Deno.test("BLPOP with 0 ends on abort with the signal's reason", async () => {
  await using client = await connect(server);
  const abort = new AbortController();
  const pop = blpop(client.with({ signal: abort.signal }), "empty", 0);
  await untilBlocked(1);
  const reason = new Error("No longer wanted");
  abort.abort(reason);
  assertEquals(await pop.catch((error) => error), reason);
  await untilBlocked(0);
});

for (const rights of ["+@all", "+@all -client|unblock", "+@all -info", "+@all -client"]) {
  for (const tls of [false, true]) {
    const how = `${rights}${tls ? ", TLS" : ""}`;
    Deno.test(`an aborted BLPOP does not swallow an element that is pushed right behind [${how}]`, async () => {
      await using own = await startServer({
        tls,
        users: [{ name: "default", rules: `on nopass ~* &* ${rights}` }],
      });
      await using client = await connect(own, {
        useTls: tls,
        tls: tls ? { caCerts: [own.tls!.caCert] } : undefined,
      });
      for (let i = 0; i < 50; i++) {
        const abort = new AbortController();
        const pop = blpop(client.with({ signal: abort.signal }), "list", 0);
        await untilBlocked(1, own);
        abort.abort();
        const pushes = [0, 1].map((n) => client.customCommand(["RPUSH", "list", `${i}:${n}`]));
        await assertRejects(() => pop);
        assertEquals(await Promise.all(pushes), [1, 2]);
        assertEquals(await client.lpop("list", 3), [`${i}:0`, `${i}:1`], `round ${i}`);
      }
    });
  }
}

Deno.test("a given-up BLPOP whose end nobody confirms delays later requests by no more than half a second", async () => {
  await using fake = await startFakeServer({
    BLPOP: (_, connection) => {
      connection.stall();
      return NO_REPLY;
    },
    INFO: "",
    INCR: 1,
  });
  await using client = await connect(fake);
  const abort = new AbortController();
  const pop = blpop(client.with({ signal: abort.signal }), "list", 0);
  await fake.waitFor("BLPOP");
  abort.abort();
  const [{ value, elapsed }] = await Promise.all([
    measure(() => client.incr("k")),
    assertRejects(() => pop),
  ]);
  assertEquals(value, 1);
  assert(elapsed >= 450 && elapsed < 1500, `${elapsed} ms`);
});

Deno.test("a BLPOP that is aborted before it was sent is never sent", async () => {
  await using fake = await startFakeServer();
  await using client = await connect(fake);
  const abort = new AbortController();
  const pop = blpop(client.with({ signal: abort.signal }), "list", 0);
  abort.abort();
  await assertRejects(() => pop);
  await until("its connection is open", () => Promise.resolve(fake.accepted === 2));
  assertEquals(await client.customCommand(["PING"]), "PONG");
  assertEquals(fake.receivedOf("BLPOP"), []);
});

for (const how of ["close", "destroy"] as const) {
  Deno.test(`BLPOP with 0 ends on ${how}() with ClosedError`, async () => {
    const client = await connect(server);
    const pops = [blpop(client, "empty", 0), blpop(client, "empty", 10)];
    await untilBlocked(2);
    const { ran } = await measure(async () => {
      const closing = client[how]();
      for (const pop of pops) await assertRejects(() => pop, ClosedError);
      await closing;
    });
    assert(ran < 200, `${ran} ms`);
    await untilBlocked(0);
  });

  Deno.test(`BLPOP with 0 that has no connection yet ends on ${how}() too`, async () => {
    await using own = await startServer();
    await using proxy = await startProxy(own);
    const opening = await connect(proxy);
    proxy.setFaults({ stall: true });
    const unopened = measure(() => blpop(opening, "empty", 0));
    await until("its connection is being opened", () => Promise.resolve(proxy.accepted === 2));
    const { ran } = await measure(async () => await opening[how]());
    assertInstanceOf((await unopened).error, ClosedError);
    assert(ran < 200, `${ran} ms`);

    proxy.setFaults({});
    const lost = await connect(proxy);
    await proxy.refuse();
    proxy.cut();
    const queued = measure(() => blpop(lost, "empty", 0));
    assert(await isPending(queued));
    await lost[how]();
    assertInstanceOf((await queued).error, ClosedError);

    const lazy = await connect(proxy, { lazyConnect: true });
    const kept = measure(() => blpop(lazy, "empty", 0));
    assert(await isPending(kept));
    await lazy[how]();
    assertInstanceOf((await kept).error, ClosedError);
  });
}

Deno.test("connections of blocking commands are used again, and closed with the client", async () => {
  const before = await connectionCount();
  {
    await using client = await connect(server);
    for (let i = 0; i < 20; i++) {
      const pop = blpop(client, "list", 5);
      await client.customCommand(["RPUSH", "list", i]);
      assertEquals(await pop, ["list", String(i)]);
    }
    assertEquals(await connectionCount(), before + 2);
    const pops = Array.from({ length: 20 }, (_, i) => blpop(client, `list${i}`, 5));
    await untilBlocked(20);
    for (let i = 0; i < 20; i++) await client.customCommand(["RPUSH", `list${i}`, i]);
    await Promise.all(pops);
    await until("the ones that are too many are closed", async () => {
      return await connectionCount() === before + 1 + 8;
    });
    // A connection that dies while it waits for work is not handed out.
    await server.command(["CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES"]);
    // A read is sent again, so with its reply the client has noticed that its connections are gone.
    await client.get("k");
    const pop = blpop(client, "list", 5);
    await client.customCommand(["RPUSH", "list", "after"]);
    assertEquals(await pop, ["list", "after"]);
  }
  await until("all are closed", async () => await connectionCount() === before);
});

Deno.test("a BLPOP whose connection is cut is not sent again", async () => {
  await using client = await connect(server);
  const pop = blpop(client, "list", 0);
  await untilBlocked(1);
  // It may reject before the kit has the reply to CLIENT KILL.
  const rejected = assertRejects(() => pop, Error, "Cannot tell whether");
  await server.command(["CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES"]);
  const error = await rejected;
  assertEquals((error as { maybeExecuted?: boolean }).maybeExecuted, true);
  await untilBlocked(0);
});

Deno.test("XREAD BLOCK waits on a connection of its own, XREAD without does not", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 100 });
  assertEquals(await client.customCommand(["XREAD", "STREAMS", "stream", "0"]), null);
  assertEquals(proxy.accepted, 1);
  const read = client.customCommand(["XREAD", "BLOCK", 0, "STREAMS", "stream", "$"]);
  await untilBlocked(1);
  assertEquals(proxy.accepted, 2);
  assert(await isPending(read, 150));
  const id = await client.customCommand(["XADD", "stream", "*", "f", "v"]);
  assertEquals(await read, new Map([["stream", [[id, ["f", "v"]]]]]));
  assertEquals(
    await client.customCommand(["XREAD", "BLOCK", 50, "STREAMS", "stream", "$"]),
    null,
  );
  assertEquals(proxy.accepted, 2);
});

Deno.test("blocking commands of a bytes view answer bytes", async () => {
  await using client = await connect(server);
  const pop = client.bytes.customCommand(["BLPOP", "list", 0]);
  await client.customCommand(["RPUSH", "list", new Uint8Array([0, 255])]);
  assertEquals(await pop, [new TextEncoder().encode("list"), new Uint8Array([0, 255])]);
});

Deno.test("a bad timeout is left to the server to refuse", async () => {
  await using client = await connect(server);
  for (const timeout of ["soon", -1]) {
    await assertRejects(() => client.customCommand(["BLPOP", "list", timeout]), Error, "timeout");
  }
});

Deno.test("WAIT counts the writes of the shared connection", async () => {
  await using primary = await startServer({ replicas: 1 });
  await using client = await connect(primary);
  await client.set("k", 1);
  assertEquals(await client.wait(1, 5000), 1);
  primary.replicas[0].pause();
  // On a connection without writes WAIT would answer 1, whatever the replica is up to.
  const [, acknowledged] = await Promise.all([client.set("k", 2), client.wait(1, 100)]);
  assertEquals(acknowledged, 0);
  primary.replicas[0].resume();
  assertEquals(await client.wait(1, 5000), 1);
});

Deno.test("a WAIT that takes its time is no silent peer to the requests behind it", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 50 });
  await client.set("k", "v");
  const waiting = client.wait(1, 400);
  for (let i = 0; i < 3; i++) await assertRejects(() => client.get("k"), TimeoutError);
  assertEquals(await waiting, 0);
  assertEquals(await client.with({ timeout: 5000 }).get("k"), "v");
  assertEquals(proxy.accepted, 1);
});

Deno.test("WAIT with 0 is refused and nothing is sent", async () => {
  await using fake = await startFakeServer({ WAIT: 0 });
  await using client = await connect(fake);
  await assertRejects(() => client.wait(1, 0), RangeError);
  await assertRejects(() => client.customCommand(["WAIT", 1, 0]), RangeError);
  await assertRejects(() => client.customCommand(["waitaof", 0, 0, 0]), RangeError);
  await client.customCommand(["PING"]);
  assertEquals([fake.receivedOf("WAIT"), fake.receivedOf("WAITAOF")], [[], []]);
});

Deno.test("a blocking command that is given up while CLIENT PAUSE holds it leaves the server alive", async () => {
  await using own = await startServer();
  await using client = await connect(own);
  await own.command(["CLIENT", "PAUSE", 60_000, "WRITE"]);
  const abort = new AbortController();
  const pop = client.with({ signal: abort.signal }).blpop("list", 0);
  await until("the server holds it", async () => {
    return (await own.info("clients")).blocked_clients === "1";
  });
  abort.abort(new Error("Given up"));
  await assertRejects(() => pop, Error, "Given up");
  await own.command(["CLIENT", "UNPAUSE"]);
  assertEquals(await client.rpush("list", "a"), 1);
  assertEquals(await client.lrange("list", 0, -1), ["a"]);
});

Deno.test("blockingConnections are open when create() resolves, serve the first commands, and are opened again", async () => {
  await using own = await startServer();
  await using client = await connect(own, { blockingConnections: 2, clientName: "ahead" });
  const ids = async (): Promise<string[]> => {
    const list = String(await own.command(["CLIENT", "LIST"]));
    return list.split("\n").filter((line) => line.includes("name=ahead"))
      .map((line) => line.match(/^id=(\d+)/)![1]);
  };
  const before = await ids();
  assertEquals(before.length, 3);
  const pops = [blpop(client, "a", 0), blpop(client, "b", 0)];
  await untilBlocked(2, own);
  assertEquals(await ids(), before);
  for (const [i, key] of ["a", "b"].entries()) {
    await client.customCommand(["RPUSH", key, "element"]);
    assertEquals(await pops[i], [key, "element"]);
  }
  for (const id of before) await own.command(["CLIENT", "KILL", "ID", id]);
  await until("they are opened again", async () => {
    const now = await ids();
    return now.length === 3 && now.every((id) => !before.includes(id));
  });
});
