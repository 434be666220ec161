import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { delay } from "@std/async/delay";
import { ConnectionError } from "../../../standalone/mod.ts";
import { startFakeServer, startProxy, startServer } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { connect } from "../../standalone/_connect.ts";
import { measure } from "../../standalone/_elapsed.ts";
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
  await using fake = await startFakeServer({}, { onConnect: () => times.push(performance.now()) });
  await using _ = await crowd(fake, 60);
  times.length = 0;
  fake.cut();
  await until("all are back", () => Promise.resolve(times.length >= 60), { interval: 5 });
  // A fifth would be even; all came at once before.
  assert(mostAtOnce(times) <= 40, times.map((time) => Math.round(time - times[0])).join());
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
