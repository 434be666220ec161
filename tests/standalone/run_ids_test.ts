import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { ConnectionError } from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

Deno.test("two names of one server are one primary", async () => {
  await using server = await startServer();
  const names = [server, { host: "localhost", port: server.port }];
  for (const addresses of [names, names.toReversed()]) {
    for (const lazyConnect of [false, true]) {
      const { value, ran } = await measure(() => connect(addresses, { lazyConnect }));
      await using client = value!;
      assert(ran < 500, `${ran} ms`);
      assertEquals(await client.set("k", "v"), "OK");
    }
  }
});

Deno.test("where one name of a server is lost, the other one serves", async () => {
  await using server = await startServer();
  await using name = await startProxy(server);
  await using client = await connect([name, server]);
  assertEquals(await client.set("k", "v"), "OK");
  await name.refuse();
  name.cut();
  const { value, ran } = await measure(() => client.set("k", "new"));
  assertEquals(value, "OK");
  assert(ran <= 500, `${ran} ms`);
});

Deno.test("a failover between servers of two names each is followed, and replicas are read from", async () => {
  await using old = await startServer({ replicas: 1 });
  const [next] = old.replicas;
  await using oldName = await startProxy(old);
  await using nextName = await startProxy(next);
  const nodes = [old, nextName, oldName, next];
  await using client = await connect(nodes, { readFrom: "preferReplica" });
  await client.set("k", "v");
  await client.wait(1, 5000);
  assertEquals(await client.get("k"), "v");
  assert((await next.info("commandstats")).cmdstat_get !== undefined, "no read at the replica");
  for (let round = 0; round < 3; round++) {
    const [from, to] = round % 2 === 0 ? [old, next] : [next, old];
    await to.promote();
    await from.replicaOf(to);
    const { value, ran } = await measure(() => client.set("k", round));
    assertEquals(value, "OK");
    assert(ran <= 500, `${ran} ms`);
    assertEquals(await to.command(["GET", "k"]), String(round));
    await client.wait(1, 5000);
  }
});

Deno.test("a second name of the primary is not asked for its role again and again", async () => {
  await using server = await startServer();
  await using name = await startProxy(server);
  const reconnectStrategy = { minTimeout: 1, maxTimeout: 5, multiplier: 1, jitter: 0 };
  await using client = await connect([server, name], {
    readFrom: "preferReplica",
    periodicTopologyCheck: 0,
    reconnectStrategy,
  });
  await client.get("k");
  const calls = async () => (await server.info("commandstats")).cmdstat_role;
  let before = await calls();
  let quiet = 0;
  await until("nobody asks", async () => {
    const now = await calls();
    quiet = now === before ? quiet + 1 : 0;
    before = now;
    return quiet > 3;
  }, { interval: 30 });
});

Deno.test("two primaries that do not tell who they are: the error says so", async () => {
  const users = [{ name: "app", rules: "on >secret ~* +@all -info" }];
  await using one = await startServer({ users });
  await using other = await startServer({ users });
  const credentials = { username: "app", password: "secret" };
  for (const nodes of [[one, other], [one, { host: "localhost", port: one.port }]]) {
    const { error, ran } = await measure(() => connect(nodes, { credentials }));
    assertInstanceOf(error, ConnectionError);
    assertStringIncludes(error.message, "both");
    assertStringIncludes(error.message, "cannot be told");
    assertStringIncludes(error.message, "NOPERM");
    assert(ran < 1000, `${ran} ms`);
  }
});

Deno.test("two names of one server and another primary are two primaries", async () => {
  await using one = await startServer();
  await using other = await startServer();
  const nodes = [one, { host: "localhost", port: one.port }, other];
  const { error } = await measure(() => connect(nodes));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, `${one.host}:${one.port}`);
  assertStringIncludes(error.message, `${other.host}:${other.port}`);
  assert(!error.message.includes("cannot be told"), error.message);
});
