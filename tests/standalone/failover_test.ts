import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { delay } from "@std/async/delay";
import { type ClientEvent, ConnectionError, type RedisClient } from "../../standalone/mod.ts";
import {
  type FakeReply,
  simple,
  startFakeServer,
  startServer,
  type TestServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

/** A primary, a replica, and a client that knows both. */
async function startPair(
  options: Parameters<typeof connect>[1] = {},
): Promise<{ old: TestServer; next: TestServer; client: RedisClient } & AsyncDisposable> {
  const old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  const client = await connect([old, next], options);
  return {
    old,
    next,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await old[Symbol.asyncDispose]();
    },
  };
}

/** Makes the replica the primary, and the old primary its replica. */
async function swap(old: TestServer, next: TestServer): Promise<void> {
  await next.promote();
  await old.replicaOf(next);
}

Deno.test("the primary is killed: writes that wait go to the replica as soon as it is promoted", async () => {
  await using pair = await startPair();
  const { old, next, client } = pair;
  await client.set("k", "old");
  await client.wait(1, 5000);
  await old.kill();
  const waiting = Array.from({ length: 20 }, (_, i) => measure(() => client.set(`k${i}`, i)));
  await next.promote();
  const { value, ran } = await measure(() => client.set("k", "new"));
  assertEquals(value, "OK");
  assert(ran < 200, `${ran} ms after the promotion`);
  for (const { error } of await Promise.all(waiting)) {
    // Only one that was written in the moment of the kill can be uncertain.
    if (error !== undefined) assertInstanceOf(error, ConnectionError);
  }
  assertEquals(await next.command(["GET", "k"]), "new");
  assertEquals(await client.get("k"), "new");
});

Deno.test("the primary is frozen: writes go to the replica within a second of its promotion", async () => {
  await using pair = await startPair({ requestTimeout: 300 });
  const { old, next, client } = pair;
  await client.set("k", "old");
  await client.wait(1, 5000);
  old.pause();
  await next.promote();
  const start = performance.now();
  await until("a write succeeds", async () => await client.set("k", "new") === "OK", {
    interval: 1,
  });
  const recovery = performance.now() - start;
  assert(recovery <= 1000, `${recovery} ms`);
  assertEquals(await next.command(["GET", "k"]), "new");
  // It still takes itself for the primary when it goes on, but it is not the client's any more.
  old.resume();
  await until("it answers", async () => await old.command(["PING"]) === "PONG");
  for (let i = 0; i < 20; i++) assertEquals(await client.set("k", i), "OK");
  assertEquals(await next.command(["GET", "k"]), "19");
  // What had been written to it before, and was given up, may come to pass there.
  assert(["old", "new"].includes(String(await old.command(["GET", "k"]))));
});

Deno.test("a replica is promoted behind the client's back: a write that is answered READONLY goes to it", async () => {
  await using pair = await startPair({ periodicTopologyCheck: 0 });
  const { old, next, client } = pair;
  await client.set("n", 0);
  await client.wait(1, 5000);
  for (let round = 0; round < 3; round++) {
    const [from, to] = round % 2 === 0 ? [old, next] : [next, old];
    await swap(from, to);
    assertEquals(
      await Promise.all(Array.from({ length: 10 }, () => client.incr("n"))),
      Array.from({ length: 10 }, (_, i) => round * 10 + i + 1),
    );
    assertEquals(await to.command(["GET", "n"]), String(round * 10 + 10));
    await client.wait(1, 5000);
  }
});

Deno.test("a failover under load loses and repeats nothing", async () => {
  await using pair = await startPair();
  const { old, next, client } = pair;
  let resolved = 0;
  let uncertain = 0;
  let running = true;
  const load = Promise.all(Array.from({ length: 10 }, async () => {
    while (running) {
      try {
        await client.incr("n");
        resolved++;
      } catch (error) {
        assertInstanceOf(error, ConnectionError);
        assert(error.maybeExecuted);
        uncertain++;
      }
    }
  }));
  await until("the load runs", () => Promise.resolve(resolved > 50));
  // The servers' own way to swap roles, which waits for the replica to have everything.
  await old.command(["FAILOVER", "TIMEOUT", 5000]);
  await until("the roles are swapped", async () => {
    return (await old.info("replication")).role === "slave" &&
      (await next.info("replication")).role === "master";
  });
  const before = resolved;
  await until("the load goes on", () => Promise.resolve(resolved > before + 50));
  running = false;
  await load;
  const counter = Number(await next.command(["GET", "n"]));
  assert(
    resolved <= counter && counter <= resolved + uncertain,
    `${resolved} resolved, ${uncertain} uncertain, but the counter is ${counter}`,
  );
});

Deno.test("the old primary comes back as a replica: it is read from, and not written to", async () => {
  await using pair = await startPair({ readFrom: "preferReplica" });
  const { old, next, client } = pair;
  await client.set("k", "v");
  await client.wait(1, 5000);
  await old.kill();
  await next.promote();
  assertEquals(await client.set("k", "new"), "OK");
  const events = client.events[Symbol.asyncIterator]();
  await old.start();
  // The client sees it as another primary first.
  for (
    let seen = await events.next();
    seen.value?.type !== "connected";
    seen = await events.next()
  );
  await events.return?.();
  await old.replicaOf(next);
  await client.wait(1, 5000);
  await until("it is read from", async () => {
    assertEquals(await client.get("k"), "new");
    return (await old.info("commandstats")).cmdstat_get !== undefined;
  });
  await client.set("k", "newest");
  assertEquals(await next.command(["GET", "k"]), "newest");
});

Deno.test("the old primary comes back as a second primary: writes stay with the new one", async () => {
  await using pair = await startPair({ periodicTopologyCheck: 20 });
  const { old, next, client } = pair;
  await client.set("k", "v");
  await old.kill();
  await next.promote();
  assertEquals(await client.set("k", "new"), "OK");
  const { promise: back, resolve } = Promise.withResolvers<void>();
  const watching = (async () => {
    for await (const event of client.events) {
      if (event.type === "connected" && event.port === old.port) resolve();
    }
  })();
  await old.start();
  await back;
  for (let i = 0; i < 50; i++) assertEquals(await client.set("k", i), "OK");
  assertEquals(await next.command(["GET", "k"]), "49");
  assertEquals(await old.command(["GET", "k"]), null);
  await client.close();
  await watching;
});

Deno.test("a BLPOP that waits goes on at the new primary", async () => {
  await using pair = await startPair();
  const { old, next, client } = pair;
  const pop = client.customCommand(["BLPOP", "list", 0]);
  await until("it is blocked", async () => {
    return (await old.info("clients")).blocked_clients === "1";
  });
  await swap(old, next);
  await until("it is blocked at the new primary", async () => {
    return (await next.info("clients")).blocked_clients === "1";
  });
  await next.command(["RPUSH", "list", "x"]);
  assertEquals(await pop, ["list", "x"]);
});

Deno.test("the periodic check finds swapped roles while nobody writes", async () => {
  await using pair = await startPair({ readFrom: "preferReplica", periodicTopologyCheck: 30 });
  const { old, next, client } = pair;
  const events = client.events[Symbol.asyncIterator]();
  const seen: ClientEvent[] = [];
  const watching = (async () => {
    while (true) {
      const { value, done } = await events.next();
      if (done) return;
      seen.push(value);
    }
  })();
  await swap(old, next);
  await until("the client tells of the new roles", () => {
    const last = seen.findLast((event) => event.type === "topology");
    return Promise.resolve(
      last?.primaries[0].port === next.port && last.replicas[0]?.port === old.port,
    );
  });
  await old.command(["CONFIG", "RESETSTAT"]);
  for (let i = 0; i < 5; i++) await client.get("k");
  assert((await old.info("commandstats")).cmdstat_get.includes("calls=5"));
  await events.return?.();
  await watching;
});

Deno.test("an idle client without a primary seldom asks for roles; one with waiting requests asks often", async () => {
  const replica = ["slave", "127.0.0.1", 1, "connected", 0];
  let role: FakeReply = ["master", 0, []];
  await using one = await startFakeServer({ ROLE: () => role });
  let other: FakeReply = replica;
  await using two = await startFakeServer({ ROLE: () => other, SET: simple("OK") });
  await using client = await connect([one, two], {
    reconnectStrategy: { minTimeout: 10, maxTimeout: 1000, jitter: 0 },
  });
  role = replica;
  one.cut();
  // The waits have grown by then.
  await delay(1000);
  const before = two.receivedOf("ROLE").length;
  await delay(1500);
  const asked = two.receivedOf("ROLE").length - before;
  assert(asked <= 3, `${asked} questions`);
  const set = client.set("k", "v");
  const hurried = two.receivedOf("ROLE").length;
  await two.waitFor("ROLE", hurried + 5);
  other = ["master", 0, []];
  assertEquals(await set, "OK");
});
