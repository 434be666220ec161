import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, RedisClusterClient, ServerError } from "../../mod.ts";
import { startCluster, startProxy, startServer, type TestServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { addressesOf, connect, GENEROUS } from "./_connect.ts";
import { isPending, measure } from "../_kit/elapsed.ts";

const ENDLESS = "while true do end";
const CONFIG = { "busy-reply-threshold": "20" };

/** Waits until a script runs that has taken the server long enough for it to say so. */
async function untilBusy(server: TestServer): Promise<void> {
  await until("the server is busy", async () => {
    const error = await server.command(["PING"]).catch((error) => error);
    return error instanceof ServerError && error.code === "BUSY";
  }, { interval: 5 });
}

for (const protocol of [2, 3] as const) {
  Deno.test(`SCRIPT KILL and FUNCTION KILL end a script of the same client [RESP${protocol}]`, async () => {
    await using server = await startServer({ config: CONFIG });
    await using client = await connect(server, { protocol, databaseId: 3, clientName: "shop" });
    const script = measure(() => client.customCommand(["EVAL", ENDLESS, 0]));
    await untilBusy(server);
    assertEquals(await client.scriptKill(), "OK");
    assert((await script).error instanceof ServerError);

    await client.customCommand([
      "FUNCTION",
      "LOAD",
      `#!lua name=lib\nredis.register_function("endless", function() ${ENDLESS} end)`,
    ]);
    const call = measure(() => client.customCommand(["FCALL", "endless", 0]));
    await untilBusy(server);
    assertEquals(await client.functionKill(), "OK");
    assert((await call).error instanceof ServerError);
    // Blocking commands that follow have connections of the right database.
    await client.rpush("list", ["x"]);
    assertEquals(await client.customCommand(["BLPOP", "list", 1]), ["list", "x"]);
  });

  Deno.test(`a fresh client connects to a server that runs a script, and ends the script [RESP${protocol}]`, async () => {
    await using server = await startServer({ config: CONFIG });
    await using other = await connect(server);
    const script = measure(() => other.customCommand(["EVAL", ENDLESS, 0]));
    await untilBusy(server);
    await using client = await connect(server, { protocol });
    const error = await assertRejects(() => client.set("k", "v"), ServerError);
    assertEquals(error.code, "BUSY");
    assertEquals(await client.scriptKill(), "OK");
    assert((await script).error instanceof ServerError);
    assertEquals(await client.set("k", "v"), "OK");
  });
}

Deno.test("create() with a database waits inside its budget for the end of a script", async () => {
  await using server = await startServer({ config: CONFIG });
  await using other = await connect(server);
  const script = measure(() => other.customCommand(["EVAL", ENDLESS, 0]));
  await untilBusy(server);
  await assertRejects(
    () => connect(server, { databaseId: 1, clientCreationTimeout: 200 }),
    ConnectionError,
    "BUSY",
  );
  const creating = connect(server, { databaseId: 1 });
  assert(await isPending(creating, 100));
  await other.scriptKill();
  await using client = await creating;
  assertEquals(await client.set("k", "v"), "OK");
  await script;
});

Deno.test("SHUTDOWN NOSAVE ends a script that cannot be killed any more", async () => {
  await using server = await startServer({ config: CONFIG });
  await using client = await connect(server);
  const script = measure(() =>
    client.customCommand(["EVAL", `redis.call("SET", "k", "v") ${ENDLESS}`, 0])
  );
  await untilBusy(server);
  const error = await assertRejects(() => client.scriptKill(), ServerError);
  assertEquals(error.code, "UNKILLABLE");
  await client.shutdown({ nosave: true }).catch(() => {});
  await until("the server is gone", () => Promise.resolve(!server.running));
  await script;
});

Deno.test("CLIENT UNPAUSE and CLIENT KILL of one client go ahead of what the own connection waits for", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  await client.clientPause(60_000, { write: true });
  const write = client.set("k", "v");
  assert(await isPending(write, 50));
  assertEquals(await client.clientUnpause(), "OK");
  assertEquals(await write, "OK");

  const id = await client.clientId();
  const wait = measure(() => client.wait(5, 60_000));
  await until("it waits", async () => (await server.info("clients")).blocked_clients === "1");
  assertEquals(await client.clientKill({ id }), 1);
  assert((await wait).error instanceof ConnectionError);
  // A class of clients is meant from the point of view of the shared connection, which it spares.
  await client.set("k", "w");
  const { accepted } = proxy;
  assertEquals(await client.clientKill({ type: "normal" }), 0);
  assertEquals(proxy.accepted, accepted);
  await until(
    "the connections of their own are closed",
    () => Promise.resolve(proxy.connections.length === 1),
  );
});

Deno.test("close() waits for a SCRIPT KILL", async () => {
  await using server = await startServer({ config: CONFIG });
  const client = await connect(server);
  const script = measure(() => client.customCommand(["EVAL", ENDLESS, 0]));
  await untilBusy(server);
  const kill = client.scriptKill();
  await client.close();
  assertEquals(await kill, "OK");
  assert((await script).error instanceof ServerError);
});

Deno.test("SCRIPT KILL of a cluster client ends the script of the one node that runs one", async () => {
  await using cluster = await startCluster({ shards: 2, config: CONFIG });
  await using client = await RedisClusterClient.create({
    addresses: addressesOf(...cluster.nodes),
    requestTimeout: GENEROUS,
  });
  const script = measure(() => client.customCommand(["EVAL", ENDLESS, 1, "k"]));
  await until("one node is busy", async () => {
    const pings = await Promise.allSettled(cluster.nodes.map((node) => node.command(["PING"])));
    return pings.some(({ status }) => status === "rejected");
  }, { interval: 5 });
  assertEquals(await client.scriptKill(), "OK");
  assert((await script).error instanceof ServerError);
});
