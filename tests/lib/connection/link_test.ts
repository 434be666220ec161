import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { lookUp } from "../../../lib/command_table/mod.ts";
import { ClosedError, ConnectionError, TimeoutError } from "../../../lib/errors.ts";
import type { Call } from "../../../lib/connection/link.ts";
import {
  type FakeScript,
  type FakeServer,
  NO_REPLY,
  startFakeServer,
  startProxy,
  startServer,
} from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { connect } from "../../standalone/_connect.ts";
import { measure } from "../../_kit/elapsed.ts";
import { ScriptedOwner } from "./_scripted_owner.ts";

const server = await startServer();
server.unref();

for (const protocol of [2, 3] as const) {
  Deno.test(`a session's EXEC behind a write that is stuck is never executed elsewhere [RESP${protocol}]`, async () => {
    await using proxy = await startProxy(server);
    await using client = await connect(proxy, { protocol });
    await using other = await connect(server);
    await client.set("k", "old");
    let transaction: Promise<unknown> | undefined;
    const watching = measure(() =>
      client.watch("k", async (session) => {
        await session.get("k");
        proxy.setFaults({ stall: true });
        // More than the sockets take in: EXEC waits behind it.
        session.set("large", "x".repeat(30_000_000)).catch(() => {});
        await delay(20);
        transaction = session.transaction((t) => [t.set("k", "from the session")]);
        transaction.catch(() => {});
        await delay(5);
        await other.set("k", "from elsewhere");
        proxy.setFaults({});
        proxy.cut();
        return await transaction;
      })
    );
    const { error } = await watching;
    assertInstanceOf(error, ConnectionError);
    assertEquals(error.maybeExecuted, false);
    assertEquals(await client.get("k"), "from elsewhere");
  });
}

Deno.test("thousands of requests under way on one signal are aborted in the order of the calls", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  proxy.setFaults({ stall: "toClient" });
  const abort = new AbortController();
  const view = client.with({ signal: abort.signal });
  const order: number[] = [];
  const requests = Array.from(
    { length: 10_000 },
    (_, i) =>
      view.get("k").catch((error) => {
        assertEquals(error, abort.signal.reason);
        order.push(i);
      }),
  );
  await delay(5);
  abort.abort();
  await Promise.all(requests);
  assertEquals(order, Array.from({ length: 10_000 }, (_, i) => i));
  proxy.setFaults({});
  assertEquals(await client.set("k", "v"), "OK");
});

/** So many clients of one address. */
async function crowd(address: { host: string; port: number }, count: number) {
  const clients = await Promise.all(Array.from({ length: count }, () => connect(address)));
  return {
    clients,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

/** How many of the times are in the fullest 20 ms. */
function mostAtOnce(times: number[]): number {
  return Math.max(
    ...times.map((start) => times.filter((time) => time >= start && time < start + 20).length),
  );
}

Deno.test("many idle clients that lose their server do not come back at the same moment", async () => {
  const times: number[] = [];
  await using fake = await startFakeServer(
    { GET: "v" },
    { onConnect: () => times.push(performance.now()) },
  );
  await using all = await crowd(fake, 60);
  times.length = 0;
  // A fifth at once would be even. A busy process sees connections late and together, so a round may be repeated.
  for (let round = 0; times.length === 0 || mostAtOnce(times) > 40; round++) {
    assert(round < 5, times.map((time) => Math.round(time - times[0])).join());
    // Connections without a reply would count as failed attempts.
    await Promise.all(all.clients.map((client) => client.get("k")));
    times.length = 0;
    fake.cut();
    await until("all are back", () => Promise.resolve(times.length >= 60), { interval: 5 });
  }
});

Deno.test("many clients whose server is away for a moment do not come back at the same moment", async () => {
  const times: number[] = [];
  await using fake = await startFakeServer(
    { GET: "v" },
    { onConnect: () => times.push(performance.now()) },
  );
  await using proxy = await startProxy(fake);
  await using all = await crowd(proxy, 60);
  times.length = 0;
  await proxy.refuse();
  proxy.cut();
  const waiting = Promise.all(all.clients.map((client) => client.get("k")));
  await delay(30);
  proxy.accept();
  await waiting;
  assert(mostAtOnce(times) <= 40, times.map((time) => Math.round(time - times[0])).join());
});

Deno.test("a connection that is cut is opened again at once for the requests that wait", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  await client.set("k", "v");
  const waits: number[] = [];
  for (let i = 0; i < 15; i++) {
    proxy.cut();
    waits.push((await measure(() => client.get("k"))).elapsed);
  }
  waits.sort((a, b) => a - b);
  assert(waits[7] < 25, String(waits));
});

Deno.test("a link tells what the handshake of its present connection learnt", async () => {
  for (const protocol of [2, 3] as const) {
    using owner = new ScriptedOwner(server, { protocol });
    assertEquals(owner.link.greeting, undefined);
    const id = await owner.send("CLIENT", "ID");
    assertEquals(owner.link.greeting?.protocol, protocol);
    assertEquals(owner.link.greeting?.clientId, id as number);
    await server.command(["CLIENT", "KILL", "ID", String(id)]);
    const next = await owner.send("CLIENT", "ID");
    assert(next !== id);
    assertEquals(owner.link.greeting?.clientId, next as number);
  }
});

Deno.test("a message belongs to the connection that it came on: the owner gets those of the present one only", async () => {
  await using fake = await startFakeServer({
    GET: async (_, connection) => {
      await connection.push(["shared"]);
      return "v";
    },
    BLPOP: async (_, connection) => {
      await connection.push(["dedicated"]);
      return ["list", "v"];
    },
  });
  using owner = new ScriptedOwner(fake);
  const blocking = owner.request("BLPOP", "list", "0");
  blocking.blocks = true;
  assertEquals(await owner.send("GET", "k"), "v");
  const popped = blocking.promise();
  owner.link.send(blocking);
  assertEquals(await popped, ["list", "v"]);
  assertEquals(await owner.send("GET", "k"), "v");
  assertEquals(fake.accepted, 2);
  assertEquals(owner.pushes.map(({ kind }) => kind), ["shared", "shared"]);
});

/** A fake server that answers GET and SET, and tells how often each came. */
function startEcho(script: FakeScript = {}): Promise<FakeServer> {
  return startFakeServer({ GET: "v", SET: "OK", ...script });
}

Deno.test("requests wait for the first connection, and go out in the order of their calls", async () => {
  await using fake = await startEcho();
  using owner = new ScriptedOwner(fake);
  assertEquals(owner.link.ready, false);
  assertEquals(owner.link.describe(), `127.0.0.1:${fake.port} is not connected`);
  const replies = ["a", "b", "c"].map((key) => owner.send("GET", key));
  assertEquals(owner.link.waiting, 3);
  assertEquals(await Promise.all(replies), ["v", "v", "v"]);
  assertEquals(fake.receivedOf("GET").map(({ args }) => args[1]), ["a", "b", "c"]);
  assertEquals(owner.log, ["connected", "ready"]);
  assertEquals([owner.link.ready, owner.link.waiting], [true, 0]);
  assertEquals(owner.link.describe(), `127.0.0.1:${fake.port} is connected`);
});

Deno.test("what the owner asks before a connection is used comes ahead of what waits", async () => {
  await using fake = await startEcho({ ROLE: ["master", 0, []] });
  using owner = new ScriptedOwner(fake);
  owner.onConnected = async (link) => {
    assertEquals(link.ready, false);
    await link.call(["ROLE"], 1000);
  };
  await owner.send("GET", "k");
  assertEquals(
    fake.received.map(({ name }) => name).filter((name) => name === "ROLE" || name === "GET"),
    ["ROLE", "GET"],
  );
});

Deno.test("an owner that does not want a connection gets another one", async () => {
  await using fake = await startEcho();
  using owner = new ScriptedOwner(fake);
  let asked = 0;
  owner.onConnected = () => ++asked === 1 ? Promise.reject(new Error("no")) : Promise.resolve();
  assertEquals(await owner.send("GET", "k"), "v");
  assertEquals(owner.log, ["refused: no", "ready"]);
  assertEquals(fake.accepted, 2);
});

Deno.test("what was sent and only reads goes back to its owner when the connection is lost", async () => {
  await using fake = await startEcho({ GET: (_, connection) => connection.cut() });
  using owner = new ScriptedOwner(fake);
  const request = owner.request("GET", "k");
  request.row = lookUp(["GET", "k"]);
  request.promise();
  owner.link.send(request);
  await until("it comes back", () => Promise.resolve(owner.resent.length > 0), { interval: 1 });
  assertEquals(owner.resent, [request]);
  assert(!request.settled);
  assertEquals(request.lastError, owner.link.lastError);
});

Deno.test("what was sent and may write rejects when the connection is lost, with maybeExecuted", async () => {
  await using fake = await startEcho({ SET: (_, connection) => connection.cut() });
  using owner = new ScriptedOwner(fake);
  const error = await assertRejects(() => owner.send("SET", "k", "v"), ConnectionError);
  assertEquals([error.maybeExecuted, error.port], [true, fake.port]);
  assertEquals(owner.resent, []);
});

Deno.test("what was not written goes back to its owner when the connection is lost, whatever it does", async () => {
  await using fake = await startEcho({ SET: NO_REPLY });
  using owner = new ScriptedOwner(fake);
  await owner.send("GET", "k");
  const large = owner.send("SET", "k", "x".repeat(20_000_000));
  const lost = assertRejects(() => large, ConnectionError);
  fake.connections[0].stall();
  await delay(5);
  const behind = owner.request("SET", "k", "v");
  behind.promise();
  owner.link.send(behind);
  fake.cut();
  await lost;
  assertEquals(owner.resent, [behind]);
});

Deno.test("requests come back before the owner learns of a loss: it may send later ones then", async () => {
  await using fake = await startEcho({ GET: (_, connection) => connection.cut() });
  using owner = new ScriptedOwner(fake);
  owner.resend = (request) => {
    owner.log.push("resend");
    request.reject(new Error("enough"));
  };
  const request = owner.request("GET", "k");
  request.row = lookUp(["GET", "k"]);
  const outcome = request.promise();
  owner.link.send(request);
  await assertRejects(() => outcome, Error, "enough");
  assertEquals(owner.log.slice(0, 2), ["connected", "ready"]);
  assertEquals(owner.log[2], "resend");
  assert(owner.log[3].startsWith("lost: "));
});

Deno.test("a link that cannot connect tells why, and goes on", async () => {
  await using proxy = await startProxy(server);
  await proxy.refuse();
  using owner = new ScriptedOwner(proxy);
  const reply = owner.send("PING");
  await until("two attempts fail", () => Promise.resolve(owner.log.length >= 2), { interval: 1 });
  assert(owner.log.every((entry) => entry.startsWith("refused: ")), owner.log.join());
  assert(owner.link.describe().includes("is not connected: "), owner.link.describe());
  await assertRejects(() => owner.link.call(["PING"], 1000), ConnectionError);
  proxy.accept();
  assertEquals(await reply, "PONG");
});

Deno.test("takeQueue() takes what waits, and the link forgets it", async () => {
  await using fake = await startEcho();
  using owner = new ScriptedOwner(fake);
  const request = owner.request("GET", "k");
  request.promise();
  owner.link.send(request);
  assertEquals(owner.link.takeQueue(), [request]);
  await until("it is ready", () => Promise.resolve(owner.link.ready), { interval: 1 });
  assertEquals(fake.receivedOf("GET"), []);
});

Deno.test("retire() waits for the replies of what was sent, and then the link is gone", async () => {
  const replying = Promise.withResolvers<string>();
  await using fake = await startEcho({ GET: () => replying.promise });
  using owner = new ScriptedOwner(fake);
  const reply = owner.send("GET", "k");
  await fake.waitFor("GET");
  owner.link.retire();
  assertEquals([owner.link.closed, owner.link.gone, owner.link.ready], [true, false, false]);
  const later = owner.request("GET", "later");
  owner.link.send(later);
  assertEquals(owner.resent, [later]);
  replying.resolve("v");
  assertEquals(await reply, "v");
  await until("it is gone", () => Promise.resolve(owner.link.gone), { interval: 1 });
  assertEquals(fake.receivedOf("GET").length, 1);
  assertEquals(owner.log, ["connected", "ready"]);
});

Deno.test("retire() hands back what waits for a connection", async () => {
  await using proxy = await startProxy(server);
  await proxy.refuse();
  using owner = new ScriptedOwner(proxy);
  const request = owner.request("PING");
  owner.link.send(request);
  owner.link.retire();
  assertEquals(owner.resent, [request]);
  await until("it is gone", () => Promise.resolve(owner.link.gone), { interval: 1 });
});

Deno.test("destroy() rejects what was sent and what waits, and tells its owner nothing", async () => {
  await using fake = await startEcho({ GET: NO_REPLY });
  const end = new Error("the end");
  using sent = new ScriptedOwner(fake);
  const first = assertRejects(() => sent.send("GET", "k"), Error, "the end");
  await fake.waitFor("GET");
  sent.link.destroy(end);
  await first;
  assertEquals(sent.log, ["connected", "ready"]);
  using queued = new ScriptedOwner(fake);
  const second = assertRejects(() => queued.send("GET", "k"), Error, "the end");
  queued.link.destroy(end);
  await second;
  assertEquals([queued.log, queued.link.gone], [[], true]);
});

Deno.test("readOnly tells a connection its role once, also when it changes during the dial", async () => {
  await using fake = await startEcho({ READONLY: "OK", READWRITE: "OK" });
  using owner = new ScriptedOwner(fake);
  owner.link.start();
  owner.link.readOnly = true;
  await owner.send("GET", "k");
  owner.link.readOnly = true;
  owner.link.readOnly = false;
  await owner.send("GET", "k");
  const told = fake.received.map(({ name }) => name).filter((name) => name.startsWith("READ"));
  assertEquals(told, ["READONLY", "READWRITE"]);
});

Deno.test("replace() uses a wanted connection, and what was sent on the old one gets its reply there", async () => {
  const replying = Promise.withResolvers<string>();
  await using fake = await startEcho({
    GET: ({ args }) => args[1] === "slow" ? replying.promise : "v",
  });
  using owner = new ScriptedOwner(fake);
  await owner.send("GET", "k");
  const slow = owner.send("GET", "slow");
  await fake.waitFor("GET", 2);
  const before = owner.link.connectionId;
  assert(await owner.link.replace(async (call) => await call(["GET", "new"]) === "v", 5000));
  assertEquals(await owner.send("GET", "k"), "v");
  assert(owner.link.connectionId !== before);
  assertEquals(fake.connections.length, 2);
  replying.resolve("late");
  assertEquals(await slow, "late");
  await until("the old one is closed", () => Promise.resolve(fake.connections.length === 1), {
    interval: 1,
  });
  assertEquals(owner.log.map((entry) => entry.split(":")[0]), [
    "connected",
    "ready",
    "lost",
    "connected",
    "ready",
  ]);
});

Deno.test("replace() keeps the present connection if the fresh one is not wanted", async () => {
  await using fake = await startEcho();
  using owner = new ScriptedOwner(fake);
  await owner.send("GET", "k");
  const before = owner.link.connectionId;
  assertEquals(await owner.link.replace(() => Promise.resolve(false), 5000), false);
  assertEquals(await owner.link.replace(() => Promise.reject(new Error("no")), 5000), false);
  assertEquals([owner.link.connectionId, owner.log], [before, ["connected", "ready"]]);
  await until("only one is left", () => Promise.resolve(fake.connections.length === 1), {
    interval: 1,
  });
});

Deno.test("a link tries all addresses of its node, the one that worked last first", async () => {
  await using fake = await startEcho();
  await using away = await startProxy(fake);
  await away.refuse();
  const [first, second] = [away, fake].map(({ host, port }) => ({ host, port }));
  using owner = new ScriptedOwner(first, {}, () => [first, second]);
  assertEquals(await owner.send("GET", "k"), "v");
  assertEquals(owner.link.endpoint, second);
  away.accept();
  fake.cut();
  await until("it is lost", () => Promise.resolve(owner.log.length > 2), { interval: 1 });
  assertEquals(await owner.send("GET", "k"), "v");
  assertEquals(owner.link.endpoint, second);
});

Deno.test("a call of the client itself has a timeout, and is never sent again", async () => {
  await using fake = await startEcho({ PING: NO_REPLY });
  using owner = new ScriptedOwner(fake);
  await assertRejects(() => owner.link.call(["PING"], 1000), ClosedError);
  await owner.send("GET", "k");
  await assertRejects(() => owner.link.call(["PING"], 20), TimeoutError);
  const second = assertRejects(() => owner.link.call(["PING"], 10_000), ConnectionError);
  await fake.waitFor("PING", 2);
  fake.cut();
  await second;
  await owner.send("GET", "k");
  assertEquals(fake.receivedOf("PING").length, 2);
  assertEquals(owner.resent, []);
});

Deno.test("a message on a connection that is only a probe does not reach the owner", async () => {
  await using fake = await startEcho({
    GET: async ({ args }, connection) => {
      await connection.push([args[1]]);
      return "v";
    },
  });
  using owner = new ScriptedOwner(fake);
  await owner.send("GET", "shared");
  const isWanted = async (call: Call): Promise<boolean> => await call(["GET", "probe"]) !== "v";
  assertEquals(await owner.link.replace(isWanted, 5000), false);
  await owner.send("GET", "shared");
  assertEquals(fake.receivedOf("GET").length, 3);
  assertEquals(owner.pushes.map(({ kind }) => kind), ["shared", "shared"]);
});
