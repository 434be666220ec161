import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type ClientEvent, ConnectionError, TimeoutError } from "../../standalone/mod.ts";
import {
  type FakeScript,
  type FakeServer,
  ServerError as FakeError,
  startFakeServer,
  startProxy,
  startServer,
  type TestProxy,
  type TestServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect, GENEROUS } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

/** A primary, its replica, and one name that leads to the primary at first. */
async function startName(): Promise<
  { old: TestServer; next: TestServer; name: TestProxy } & AsyncDisposable
> {
  const old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  const name = await startProxy(old);
  return {
    old,
    next,
    name,
    async [Symbol.asyncDispose]() {
      await name[Symbol.asyncDispose]();
      await old[Symbol.asyncDispose]();
    },
  };
}

/** Swaps the roles; fresh connections to the name lead to the new primary, present ones stay where they are. */
async function failOver(from: TestServer, to: TestServer, name: TestProxy): Promise<void> {
  await to.promote();
  await from.replicaOf(to);
  name.target = to;
}

for (const protocol of [2, 3] as const) {
  Deno.test(`a name leads to another primary while the connection stays open: writes follow [RESP${protocol}]`, async () => {
    await using names = await startName();
    const { old, next, name } = names;
    await using client = await connect(name, { protocol, periodicTopologyCheck: 0 });
    await client.set("n", 0);
    await client.wait(1, 5000);
    for (let round = 0; round < 3; round++) {
      const [from, to] = round % 2 === 0 ? [old, next] : [next, old];
      await failOver(from, to, name);
      const { value, ran } = await measure(() =>
        Promise.all(Array.from({ length: 10 }, () => client.incr("n")))
      );
      assertEquals(value, Array.from({ length: 10 }, (_, i) => round * 10 + i + 1));
      assert(ran <= 500, `${ran} ms`);
      assertEquals(await to.command(["GET", "n"]), String(round * 10 + 10));
      await client.wait(1, 5000);
    }
    await until("one connection is left", () => Promise.resolve(name.connections.length === 1));
  });
}

Deno.test("writes that are not awaited keep their order while a name leads to a replica, and then to the primary", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { periodicTopologyCheck: 0 });
  await client.set("k", "v");
  await client.wait(1, 5000);
  await next.promote();
  await old.replicaOf(next);
  const before = name.accepted;
  const lengths: Promise<number>[] = [];
  await until("fresh connections are tried", async () => {
    for (let i = 0; i < 10; i++) lengths.push(client.rpush("list", lengths.length));
    if (name.accepted >= before + 2) name.target = next;
    return await Promise.resolve(name.accepted >= before + 3);
  }, { interval: 1 });
  const order = await Promise.all(lengths);
  assertEquals(order, order.map((_, i) => i + 1));
  const list = await next.command(["LRANGE", "list", 0, -1]);
  assertEquals(list, order.map((_, i) => String(i)));
});

Deno.test("a name leads to the new primary later: writes wait for it, reads go on", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { periodicTopologyCheck: 0 });
  await client.set("k", "old");
  await client.wait(1, 5000);
  await next.promote();
  await old.replicaOf(next);
  const writing = measure(() => client.set("k", "new"));
  // One after the first write was refused, which knows that there is no primary.
  const before = name.accepted;
  await until("fresh connections are tried", () => Promise.resolve(name.accepted >= before + 3));
  const writingToo = measure(() => client.set("k2", "new"));
  assertEquals(await client.get("k"), "old");
  name.target = next;
  const start = performance.now();
  assertEquals((await writing).value, "OK");
  assertEquals((await writingToo).value, "OK");
  const elapsed = performance.now() - start;
  assert(elapsed <= 500, `${elapsed} ms`);
  assertEquals(await next.command(["GET", "k"]), "new");
});

Deno.test("requests under way on the old connection keep it until they have their replies", async () => {
  const released = Promise.withResolvers<void>();
  const script = (role: string, more: FakeScript = {}): FakeScript => ({
    ROLE: () => role === "master" ? ["master", 0, []] : ["slave", "127.0.0.1", 1, "connected", 0],
    ...more,
  });
  await using demoted = await startFakeServer(script("master"));
  await using next = await startFakeServer(script("master", { SET: "OK" }));
  await using name = await startProxy(demoted);
  await using client = await connect(name, { periodicTopologyCheck: 0 });
  demoted.script = script("replica", {
    SET: new FakeError("READONLY You can't write against a read only replica."),
    GET: async () => {
      await released.promise;
      return "late";
    },
  });
  name.target = next;
  const write = client.set("k", "v");
  const read = client.get("k");
  assertEquals(await write, "OK");
  assertEquals(next.receivedOf("SET").length, 1);
  assertEquals(name.connections.length, 2);
  released.resolve();
  assertEquals(await read, "late");
  await until("the old connection is closed", () => Promise.resolve(name.connections.length === 1));
});

Deno.test("close() waits for a request on the old connection; destroy() ends it", async () => {
  const replica: FakeScript = {
    ROLE: ["slave", "127.0.0.1", 1, "connected", 0],
    SET: new FakeError("READONLY You can't write against a read only replica."),
    GET: () => new Promise(() => {}),
  };
  for (const end of ["close", "destroy"] as const) {
    await using demoted = await startFakeServer();
    await using next = await startFakeServer({ SET: "OK" });
    await using name = await startProxy(demoted);
    const client = await connect(name, { periodicTopologyCheck: 0 });
    demoted.script = replica;
    name.target = next;
    const write = client.set("k", "v");
    const read = measure(() => client.with({ timeout: 500 }).get("k"));
    assertEquals(await write, "OK");
    await client[end]();
    const { error } = await read;
    if (end === "close") assertInstanceOf(error, TimeoutError);
    else assert(error instanceof Error && error.name === "ClosedError", `${error}`);
  }
});

Deno.test("a batch that is answered READONLY has the next one go to the new primary", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { periodicTopologyCheck: 0 });
  await client.set("k", "old");
  await client.wait(1, 5000);
  await failOver(old, next, name);
  await until("a batch succeeds", async () => {
    const [outcome] = await client.batch((b) => [b.set("k", "new")], { errors: "values" });
    return outcome === "OK";
  }, { interval: 1 });
  assertEquals(await next.command(["GET", "k"]), "new");
});

Deno.test("a BLPOP that waits goes on at the primary that the name leads to", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { periodicTopologyCheck: 0 });
  // Leaves a connection for blocking commands behind, which leads to the old primary.
  await client.customCommand(["BLPOP", "list", 0.01]);
  const pop = client.customCommand(["BLPOP", "list", 0]);
  await until("it is blocked", async () => (await old.info("clients")).blocked_clients === "1");
  await failOver(old, next, name);
  await until("it is blocked at the new primary", async () => {
    return (await next.info("clients")).blocked_clients === "1";
  });
  await client.rpush("list", "x");
  assertEquals(await pop, ["list", "x"]);
});

Deno.test("the periodic check follows a name while nobody writes", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { periodicTopologyCheck: 30 });
  await client.set("k", "old");
  await client.wait(1, 5000);
  const events: ClientEvent[] = [];
  const watching = (async () => {
    for await (const event of client.events) events.push(event);
  })();
  await failOver(old, next, name);
  await until("reads go to the new primary", async () => {
    assertEquals(await client.get("k"), "old");
    return (await next.info("commandstats")).cmdstat_get !== undefined;
  });
  await client.close();
  await watching;
  const lost = events.find((event) => event.type === "disconnected");
  assertInstanceOf(lost?.error, ConnectionError);
});

Deno.test("one of several names leads to another primary: writes follow", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  // The reader's name never leads to a primary, as with a managed service.
  await using readers = await startProxy(next);
  await using client = await connect([name, readers], { periodicTopologyCheck: 0 });
  await client.set("k", "old");
  await client.wait(1, 5000);
  await next.promote();
  readers.target = old;
  readers.cut();
  await old.replicaOf(next);
  await until("the reader's connection is back", () => {
    return Promise.resolve(readers.connections.length === 1);
  });
  name.target = next;
  const { value, ran } = await measure(() => client.set("k", "new"));
  assertEquals(value, "OK");
  assert(ran <= 500, `${ran} ms`);
  assertEquals(await next.command(["GET", "k"]), "new");
});

Deno.test("create() follows a name that leads to a replica at first", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  name.target = next;
  const creating = connect(name);
  await until("the replica has been asked", async () => {
    return (await next.info("commandstats")).cmdstat_role !== undefined;
  });
  name.target = old;
  await using client = await creating;
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("a write that only ever meets a replica ends when its time is over, and tells why", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { requestTimeout: 300, periodicTopologyCheck: 0 });
  await client.set("k", "v");
  await client.wait(1, 5000);
  await next.promote();
  await old.replicaOf(next);
  const first = await measure(() => client.set("k", "new"));
  assertInstanceOf(first.error, TimeoutError);
  assert(first.ran < 600, `${first.elapsed} ms`);
  assert(`${first.error.cause}`.includes("READONLY"), `${first.error.cause}`);
  const second = await assertRejects(() => client.set("k", "new"), TimeoutError);
  assert(`${second.cause}`.includes("is a replica"), `${second.cause}`);
  // Reads are served all the time, on the one connection, and make it open no others.
  const before = name.accepted;
  for (let i = 0; i < 50; i++) assertEquals(await client.get("k"), "v");
  assert(name.accepted <= before + 1, `${name.accepted - before} connections`);
});

Deno.test("fresh connections are tried a few times a second, however many requests wait", async () => {
  await using names = await startName();
  const { old, next, name } = names;
  await using client = await connect(name, { periodicTopologyCheck: 0 });
  await next.promote();
  await old.replicaOf(next);
  const before = name.accepted;
  const hurried = client.with({ timeout: 1000 });
  await Promise.all(Array.from({ length: 100 }, () => measure(() => hurried.set("k", "v"))));
  const tries = name.accepted - before;
  assert(tries >= 3 && tries <= 15, `${tries} connections in a second`);
});

/** A server that refuses to tell its role, as many proxies do. */
function startMute(set: FakeScript["SET"]): Promise<FakeServer> {
  const unknown = new FakeError("ERR unknown command");
  return startFakeServer({ HELLO: unknown, ROLE: unknown, INFO: unknown, SET: set });
}

Deno.test("a name that tells no role is followed as well, by what it answers to writes", async () => {
  const readonly = new FakeError("READONLY You can't write against a read only replica.");
  await using old = await startMute("OK");
  await using next = await startMute("OK");
  await using name = await startProxy(old);
  await using client = await connect(name, { requestTimeout: GENEROUS });
  assertEquals(await client.set("k", "v"), "OK");
  old.script = { ...old.script, SET: readonly };
  name.target = next;
  const { value, ran } = await measure(() => client.set("k", "v"));
  assertEquals(value, "OK");
  assert(ran <= 500, `${ran} ms`);
  assertEquals(next.receivedOf("SET").length, 1);
});
