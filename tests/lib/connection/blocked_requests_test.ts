import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionError, type RedisClient, RedisClusterClient } from "../../../mod.ts";
import {
  startCluster,
  startProxy,
  startServer,
  type TestProxy,
  type TestServer,
} from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { connect, GENEROUS } from "../../standalone/_connect.ts";
import { isPending, measure } from "../../_kit/elapsed.ts";

/** Waits until so many clients of the server are blocked. */
async function untilBlocked(count: number, on: TestServer): Promise<void> {
  await until(`${count} clients are blocked`, async () => {
    return (await on.info("clients")).blocked_clients === String(count);
  }, { interval: 2 });
}

/** Makes requests until one succeeds: some of them time out on a peer that is silent. */
async function untilServed(client: RedisClient): Promise<void> {
  await until("a request succeeds", async () => {
    return await client.with({ timeout: 100 }).customCommand(["PING"]).catch(() => "") === "PONG";
  }, { interval: 1 });
}

/** A client through a proxy, with a BLPOP and an XREAD that block, each on a connection of its own. */
async function block(
  server: TestServer,
  proxy: TestProxy,
  options: Parameters<typeof connect>[1] = {},
): Promise<
  & { client: RedisClient; pop: ReturnType<typeof measure>; read: ReturnType<typeof measure> }
  & AsyncDisposable
> {
  const client = await connect(proxy, options);
  const pop = measure(() => client.customCommand(["BLPOP", "list", 0]));
  const read = measure(() => client.customCommand(["XREAD", "BLOCK", 0, "STREAMS", "stream", "0"]));
  await untilBlocked(2, server);
  return { client, pop, read, [Symbol.asyncDispose]: () => client.destroy() as never };
}

function assertUncertain(error: unknown): void {
  assertInstanceOf(error, ConnectionError);
  assert(error.maybeExecuted);
}

Deno.test("a silent path is replaced: blocked requests are sent again, and lose no element to it", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  await using blocked = await block(server, proxy);
  const { client, pop, read } = blocked;
  proxy.silence();
  await untilServed(client);
  await untilBlocked(2, server);
  await server.command(["RPUSH", "list", "element"]);
  assertEquals((await pop).value, ["list", "element"]);
  const id = await server.command(["XADD", "stream", "*", "f", "v"]);
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
});

Deno.test("a silent path is replaced where CLIENT UNBLOCK is refused: a blocked BLPOP may have been executed", async () => {
  await using server = await startServer({
    users: [{ name: "default", rules: "on nopass ~* &* +@all -client|unblock" }],
  });
  await using proxy = await startProxy(server);
  await using blocked = await block(server, proxy);
  const { client, pop, read } = blocked;
  proxy.silence();
  await untilServed(client);
  assertUncertain((await pop).error);
  const id = await client.xadd("stream", "*", { f: "v" });
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
});

Deno.test("the shared connection is killed alone: blocked requests stay", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  await using blocked = await block(server, proxy);
  const { client, pop, read } = blocked;
  for (let i = 0; i < 3; i++) {
    await server.command(["CLIENT", "KILL", "ID", await client.clientId()]);
    await untilServed(client);
  }
  assert(await isPending(Promise.race([pop, read]), 100));
  // One for the first connection, two for the blocked requests, three for the reconnects.
  assertEquals(proxy.accepted, 6);
  await client.rpush("list", ["element"]);
  assertEquals((await pop).value, ["list", "element"]);
});

Deno.test("the server forgets connections behind a proxy that keeps them: blocked requests end", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  await using blocked = await block(server, proxy);
  const { client, pop, read } = blocked;
  // Nothing tells the client of their end.
  proxy.silence("toClient");
  await server.command(["CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES"]);
  proxy.connections[0].cut();
  await untilServed(client);
  assertUncertain((await pop).error);
  const id = await client.xadd("stream", "*", { f: "v" });
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
});

Deno.test("the address leads to another server: blocked requests end, reads go there", async () => {
  await using server = await startServer();
  await using other = await startServer();
  await using proxy = await startProxy(server);
  await using blocked = await block(server, proxy);
  const { client, pop, read } = blocked;
  proxy.target = other;
  proxy.connections[0].cut();
  await untilServed(client);
  assertUncertain((await pop).error);
  const id = await other.command(["XADD", "stream", "*", "f", "v"]);
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
});

Deno.test("nobody tells who is there after the shared connection was lost: blocked requests end", async () => {
  await using server = await startServer({
    users: [{ name: "default", rules: "on nopass ~* &* +@all -info" }],
  });
  await using proxy = await startProxy(server);
  await using blocked = await block(server, proxy);
  const { client, pop, read } = blocked;
  proxy.connections[0].cut();
  await untilServed(client);
  assertUncertain((await pop).error);
  const id = await client.xadd("stream", "*", { f: "v" });
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
});

Deno.test("XREAD from $ is not sent again: it would miss what was added meanwhile", async () => {
  await using server = await startServer();
  await using client = await connect(server);
  const read = measure(() => client.customCommand(["XREAD", "BLOCK", 0, "STREAMS", "stream", "$"]));
  await untilBlocked(1, server);
  await server.command(["CLIENT", "KILL", "TYPE", "NORMAL", "SKIPME", "YES"]);
  assertUncertain((await read).error);
});

Deno.test("the primary is frozen and another takes its place: blocked requests end, reads go there", async () => {
  await using old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  await using client = await connect([old, next]);
  const pop = measure(() => client.customCommand(["BLPOP", "list", 0]));
  const read = measure(() => client.customCommand(["XREAD", "BLOCK", 0, "STREAMS", "stream", "0"]));
  await untilBlocked(2, old);
  old.pause();
  await next.promote();
  await untilServed(client);
  assertUncertain((await pop).error);
  const id = await client.xadd("stream", "*", { f: "v" });
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
  old.resume();
});

Deno.test("a frozen primary of a cluster is replaced: blocked requests end, reads go to the new one", async () => {
  await using cluster = await startCluster({ shards: 1, replicas: 1 });
  await using client = await RedisClusterClient.create({
    addresses: cluster.nodes.map(({ host, port }) => ({ host, port })),
    requestTimeout: GENEROUS,
  });
  const old = await cluster.primary(0);
  const [next] = cluster.nodes.filter((node) => node !== old);
  const pop = measure(() => client.customCommand(["BLPOP", "list", 0]));
  const read = measure(() => client.customCommand(["XREAD", "BLOCK", 0, "STREAMS", "stream", "0"]));
  await untilBlocked(2, old);
  old.pause();
  await next.command(["CLUSTER", "FAILOVER", "TAKEOVER"]);
  await until("a request succeeds", async () => {
    return await client.with({ timeout: 200 }).set("k", "v").catch(() => "") === "OK";
  }, { interval: 1 });
  assertUncertain((await pop).error);
  const id = await client.xadd("stream", "*", { f: "v" });
  assertEquals((await read).value, new Map([["stream", [[id, ["f", "v"]]]]]));
  old.resume();
});

Deno.test("the roles are swapped by the servers: a blocked BLPOP goes to the new primary without an error", async () => {
  await using old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  await using client = await connect([old, next]);
  const pop = measure(() => client.customCommand(["BLPOP", "list", 0]));
  await untilBlocked(1, old);
  await next.promote();
  await old.replicaOf(next);
  await untilBlocked(1, next);
  assert(await isPending(pop, 2000));
  await client.rpush("list", ["element"]);
  assertEquals((await pop).value, ["list", "element"]);
});
