import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { OverloadError, RedisClient, TimeoutError } from "../../standalone/mod.ts";
import {
  inTurn,
  NO_REPLY,
  ServerError,
  startFakeServer,
  startProxy,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { addressesOf, connect } from "./_connect.ts";
import { block, Lateness, measure, messagesOf } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

Deno.test("the default timeout of 250 ms holds for a stalled server", async () => {
  await using own = await startServer();
  await using client = await RedisClient.create({ addresses: addressesOf(own) });
  await client.set("k", "v");
  own.pause();
  using late = new Lateness();
  const start = performance.now();
  const outcomes = await Promise.all(
    Array.from(
      { length: 100 },
      (_, i) => measure<unknown>(() => i % 2 ? client.get("k") : client.incr("n"), start),
    ),
  );
  for (const { error, elapsed } of outcomes) {
    assertInstanceOf(error, TimeoutError);
    assertEquals([error.timeout, error.phase], [250, "sent"]);
    assert(elapsed >= 249 && elapsed <= 270 + late.worst, `${elapsed} ms`);
  }
  own.resume();
});

Deno.test("requests that come one after the other each get their whole time", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 100 });
  proxy.setFaults({ stall: "toClient" });
  using late = new Lateness();
  const outcomes = [];
  for (let i = 0; i < 10; i++) {
    outcomes.push(measure(() => client.get("k")));
    await delay(7);
  }
  for (const { error, elapsed } of await Promise.all(outcomes)) {
    assertInstanceOf(error, TimeoutError);
    assert(elapsed >= 99 && elapsed <= 120 + late.worst, `${elapsed} ms`);
  }
});

Deno.test("a timeout of 5 ms settles within a millisecond of it, though the request is written", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  await client.set("k", "v");
  proxy.setFaults({ delay: 500 });
  const hurried = client.with({ timeout: 5 });
  const later: number[] = [];
  while (later.length < 40) {
    const [{ error, elapsed }, timer] = await Promise.all([
      measure(() => hurried.get("k")),
      measure(() => delay(5)),
    ]);
    // This process stood still. Then deadlines are postponed, and a reply that has come meanwhile counts.
    if (timer.elapsed > 15) continue;
    assertInstanceOf(error, TimeoutError);
    assertEquals(error.phase, "sent");
    assert(elapsed >= 4.4, `${elapsed} ms is too early`);
    later.push(elapsed - timer.elapsed);
  }
  // Measured against a plain timer, because a busy machine delays both, and by the median, because not both alike.
  later.sort((a, b) => a - b);
  assert(later[20] <= 1, `${later[20]} ms later than a plain timer`);
  // The late replies belong to nobody else.
  proxy.setFaults({});
  await client.set("other", "w");
  assertEquals(await client.get("other"), "w");
});

Deno.test("10 000 timed-out requests leave nothing behind", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 50, inflightRequestsLimit: 10_000 });
  await client.set("k", "v");
  proxy.setFaults({ stall: true });
  for (let round = 0; round < 3; round++) {
    const outcomes = await Promise.all(
      Array.from({ length: 10_000 }, () => client.get("k").catch((error) => error)),
    );
    assert(outcomes.every((error) => error instanceof TimeoutError));
  }
  proxy.setFaults({});
  // Not one place is still taken: as many again, all at once.
  const patient = client.with({ timeout: 10_000 });
  const values = await Promise.all(Array.from({ length: 10_000 }, () => patient.get("k")));
  assert(values.every((value) => value === "v"));
});

Deno.test("requests that time out or are aborted give their places back at once", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { inflightRequestsLimit: 3 });
  proxy.setFaults({ stall: true });
  const abort = new AbortController();
  const hung = [
    client.get("a"),
    client.with({ timeout: 20 }).get("b"),
    client.with({ signal: abort.signal }).get("c"),
  ].map((request) => request.catch((error) => error));
  const error = await assertRejects(() => client.set("k", "v"), OverloadError);
  assertEquals(error.limit, 3);
  assertInstanceOf(await hung[1], TimeoutError);
  const second = client.set("k", "v");
  await assertRejects(() => client.set("k", "v"), OverloadError);
  abort.abort();
  const third = client.set("k", "w");
  await assertRejects(() => client.set("k", "v"), OverloadError);
  proxy.setFaults({});
  assertEquals(await Promise.all([...hung, second, third]), [
    null,
    await hung[1],
    abort.signal.reason,
    "OK",
    "OK",
  ]);
});

Deno.test("a blocking command takes a place; over the limit nothing is sent", async () => {
  await using fake = await startFakeServer({ BLPOP: NO_REPLY });
  await using client = await connect(fake, { inflightRequestsLimit: 1 });
  const pop = client.customCommand(["BLPOP", "list", 0]).catch((error) => error);
  await fake.waitFor("BLPOP");
  const { error, ran } = await measure(() => client.set("k", "v"));
  assertInstanceOf(error, OverloadError);
  assert(ran < 1000, `${ran} ms`);
  assertEquals(fake.receivedOf("SET"), []);
  client.destroy();
  await pop;
});

Deno.test("a request that waits for a connection times out as queued, with the reason as its cause", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 80 });
  await proxy.refuse();
  proxy.cut();
  await until("the client has noticed", async () => {
    const { error } = await measure(() => client.get("k"));
    return error instanceof TimeoutError && error.phase === "queued";
  });
  using late = new Lateness();
  const { error, elapsed } = await measure(() => client.set("k", "v"));
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.phase, error.timeout], ["queued", 80]);
  assert(error.message.includes(`${proxy.host}:${proxy.port}`), error.message);
  assert(messagesOf(error).some((message) => message.includes("refused")), `${messagesOf(error)}`);
  assert(elapsed >= 79 && elapsed < 100 + late.worst, `${elapsed} ms`);
  proxy.accept();
  assertEquals(await client.with({ timeout: 5000 }).set("k", "v"), "OK");
});

Deno.test("a timeout after retries has the last error of the server as its cause", async () => {
  const loading = new ServerError("LOADING the data set is on its way");
  await using fake = await startFakeServer({ GET: loading, SET: inTurn(loading, loading, "OK") });
  await using client = await connect(fake, { requestTimeout: 300 });
  const { error, elapsed, ran } = await measure(() => client.get("k"));
  assertInstanceOf(error, TimeoutError);
  assertInstanceOf(error.cause, ServerError);
  assertEquals(error.cause.code, "LOADING");
  assert(elapsed >= 299 && ran < 450, `${elapsed} ms, ${ran} of them running`);
  // Waits of 10, 20, 40 and 80 ms at most.
  assert(fake.receivedOf("GET").length >= 4);
  assertEquals(await client.set("k", "v"), "OK");
  assertEquals(fake.receivedOf("SET").length, 3);
});

Deno.test("a process that was busy reads the replies that are there before it gives up on them", async () => {
  await using client = await connect(server, { requestTimeout: 50 });
  const value = client.set("k", "v");
  // The request leaves in this turn, and the reply comes while the process is busy.
  for (let i = 0; i < 10; i++) await Promise.resolve();
  const end = performance.now() + 120;
  while (performance.now() < end);
  assertEquals(await value, "OK");
});

Deno.test("requests with many different timeouts end in the right order", async () => {
  await using fake = await startFakeServer({ GET: NO_REPLY });
  await using client = await connect(fake, { requestTimeout: 200 });
  const ended: number[] = [];
  const budgets = [450, 50, 650, 250, 850, 150, 550, 350, 750];
  const outcomes = await Promise.all(budgets.map(async (timeout) => {
    const outcome = await measure(() => client.with({ timeout }).get("k"));
    ended.push(timeout);
    return outcome;
  }));
  assertEquals(ended, budgets.toSorted((a, b) => a - b));
  for (const [i, { error }] of outcomes.entries()) {
    assertInstanceOf(error, TimeoutError);
    assertEquals(error.timeout, budgets[i]);
  }
});

Deno.test("requests made before or after work in the same turn have their whole time after it", async () => {
  await using proxy = await startProxy(server, { delay: 2 });
  await using client = await connect(proxy, { requestTimeout: 250 });
  for (let i = 0; i < 5; i++) {
    const outcomes = [0, 100, 400].flatMap((work) => {
      block(work);
      return Array.from({ length: 3 }, () => measure(() => client.incr("n")));
    });
    for (const { error } of await Promise.all(outcomes)) assertEquals(error, undefined);
  }
});

Deno.test("even a very short timeout counts from the call, not from the beginning of the turn", async () => {
  await using fake = await startFakeServer({ GET: NO_REPLY });
  await using client = await connect(fake);
  const hasty = client.with({ timeout: 5 });
  for (let i = 0; i < 20; i++) {
    const first = client.with({ timeout: 100 }).get("k").catch(() => {});
    block(8);
    const { error, elapsed } = await measure(() => hasty.get("k"));
    assertInstanceOf(error, TimeoutError);
    assert(elapsed >= 4, `${elapsed} ms`);
    await first;
  }
});

Deno.test("a request that is followed by work of the process does not time out", async () => {
  await using proxy = await startProxy(server, { delay: 2 });
  await using client = await connect(proxy, { requestTimeout: 250 });
  // In the same turn, once it was written, and at some time between.
  for (let microtasks = 0; microtasks < 8; microtasks++) {
    const value = measure(() => client.incr("n"));
    for (let i = 0; i < microtasks; i++) await null;
    block(300);
    assertEquals((await value).error, undefined);
  }
  for (const ms of [1, 3]) {
    const value = measure(() => client.incr("n"));
    await delay(ms);
    block(300);
    assertEquals((await value).error, undefined);
  }
});

Deno.test("replies that wait in the socket are all read before any request is given up", async () => {
  await using client = await connect(server, { requestTimeout: 250 });
  await client.set("long", "x".repeat(100_000));
  for (const ms of [0, 1, 20]) {
    const values = Array.from({ length: 100 }, () => measure(() => client.get("long")));
    await delay(ms);
    block(1500);
    for (const { value, error } of await Promise.all(values)) {
      assertEquals(error, undefined);
      assertEquals(value?.length, 100_000);
    }
  }
});

Deno.test("a silent server times out at the end of the work, or on time without any", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 100 });
  await client.set("k", "v");
  proxy.setFaults({ stall: "toClient" });
  using late = new Lateness();
  const start = performance.now();
  const written = measure(() => client.get("k"), start);
  await delay(70);
  block(300);
  const { error, elapsed } = await written;
  assertInstanceOf(error, TimeoutError);
  assert(elapsed < 550, `${elapsed} ms`);
  await delay(300);
  late.worst = 0;
  const calm = await measure(() => client.get("k"));
  assertInstanceOf(calm.error, TimeoutError);
  assert(calm.elapsed >= 99 && calm.elapsed < 120 + late.worst, `${calm.elapsed} ms`);
});

Deno.test("a process that is always busy gives up on a silent server nevertheless", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 100 });
  await client.set("k", "v");
  proxy.setFaults({ stall: "toClient" });
  const busy = setInterval(() => block(30), 31);
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => measure(() => client.get("k"))),
  );
  clearInterval(busy);
  for (const { error, ran } of outcomes) {
    assertInstanceOf(error, TimeoutError);
    assert(ran < 1000, `${ran} ms`);
  }
});

Deno.test("200 000 requests with different timeouts leave no memory behind", async () => {
  await using client = await connect(server, { requestTimeout: 1000 });
  await client.set("k", "v");
  const run = async (from: number, to: number) => {
    for (let i = from; i < to; i += 1000) {
      await Promise.all(
        Array.from(
          { length: 1000 },
          (_, n) => client.with({ timeout: 60_000 + (i + n) * 1.37 }).get("k"),
        ),
      );
    }
  };
  await run(0, 20_000);
  const before = Deno.memoryUsage().heapUsed;
  await run(20_000, 220_000);
  const grown = Deno.memoryUsage().heapUsed - before;
  // A list and a timer for each would be 160 MB.
  assert(grown < 60_000_000, `${grown} bytes`);
});
