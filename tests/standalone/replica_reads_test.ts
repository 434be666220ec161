import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ReadFrom, TimeoutError } from "../../standalone/mod.ts";
import {
  type FakeHandler,
  type FakeServer,
  inTurn,
  ServerError,
  startFakeServer,
  startProxy,
  startServer,
  type TestServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

/** How often a server has executed a command. */
async function callsOf(server: TestServer, command: string): Promise<number> {
  const stats = (await server.info("commandstats"))[`cmdstat_${command}`];
  return Number(/calls=(\d+)/.exec(stats ?? "")?.[1] ?? 0);
}

Deno.test("preferReplica reads from the replicas in turn and writes to the primary", async () => {
  await using primary = await startServer({ replicas: 2 });
  const servers = [primary, ...primary.replicas];
  for (const readFrom of ["preferReplica", ReadFrom.PREFER_REPLICA] as const) {
    for (const server of servers) await server.command(["CONFIG", "RESETSTAT"]);
    await using client = await connect(servers, { readFrom });
    await client.set("k", "v");
    await client.wait(2, 5000);
    for (let i = 0; i < 100; i++) assertEquals(await client.get("k"), "v");
    await Promise.all(Array.from({ length: 100 }, () => client.get("k")));
    assertEquals(await Promise.all(servers.map((server) => callsOf(server, "get"))), [0, 100, 100]);
    assertEquals(await Promise.all(servers.map((server) => callsOf(server, "set"))), [1, 1, 1]);
  }
});

Deno.test("by default everything goes to the primary", async () => {
  await using primary = await startServer({ replicas: 1 });
  const servers = [primary, ...primary.replicas];
  await using client = await connect(servers);
  await client.set("k", "v");
  for (let i = 0; i < 10; i++) await client.get("k");
  assertEquals(await Promise.all(servers.map((server) => callsOf(server, "get"))), [10, 0]);
});

Deno.test("preferReplica keeps what needs the primary away from replicas", async () => {
  await using primary = await startServer({ replicas: 1 });
  const servers = [primary, ...primary.replicas];
  await using client = await connect(servers, { readFrom: "preferReplica" });
  await client.set("k", "v");
  await client.customCommand(["RPUSH", "list", "x"]);
  await client.customCommand(["HSET", "hash", "f", "v"]);
  await client.wait(1, 5000);
  await client.getex("k", { persist: true });
  await client.scan("0");
  await client.customCommand(["HSCAN", "hash", 0]);
  await client.customCommand(["LPOP", "list"]);
  await client.customCommand(["DBSIZE"]);
  assertEquals(await client.sortRo("list"), []);
  for (const command of ["getex", "scan", "hscan", "lpop", "dbsize"]) {
    assertEquals(await callsOf(primary, command), 1, command);
  }
  assertEquals(await callsOf(primary, "sort_ro"), 0);
});

Deno.test("a blocking read follows readFrom, a blocking write does not", async () => {
  await using primary = await startServer({ replicas: 1 });
  const [replica] = primary.replicas;
  await using client = await connect([primary, replica], { readFrom: "preferReplica" });
  const read = client.customCommand(["XREAD", "BLOCK", 0, "STREAMS", "s", "$"]);
  await until("the replica blocks", async () => {
    return (await replica.info("clients")).blocked_clients === "1";
  });
  const id = await client.customCommand(["XADD", "s", "*", "f", "v"]);
  assertEquals(await read, new Map([["s", [[id, ["f", "v"]]]]]));
  const pop = client.customCommand(["BLPOP", "list", 0]);
  await until("the primary blocks", async () => {
    return (await primary.info("clients")).blocked_clients === "1";
  });
  await client.customCommand(["RPUSH", "list", "x"]);
  assertEquals(await pop, ["list", "x"]);
});

Deno.test("reads go on while replicas die one after the other, and return to them when they are back", async () => {
  await using primary = await startServer({ replicas: 2 });
  const [first, second] = primary.replicas;
  await using client = await connect([primary, first, second], { readFrom: "preferReplica" });
  await client.set("k", "v");
  await client.wait(2, 5000);
  const readSome = async () => {
    for (let i = 0; i < 20; i++) assertEquals(await client.get("k"), "v");
  };
  await first.kill();
  await readSome();
  await second.kill();
  await readSome();
  assert(await callsOf(primary, "get") > 0, "no read went to the primary");
  await second.start();
  await until("the replica is read from again", async () => {
    await readSome();
    return await callsOf(second, "get") > 0;
  });
});

Deno.test("a frozen replica costs no more than one timeout, and is read from again when it goes on", async () => {
  await using primary = await startServer({ replicas: 2 });
  const [first, second] = primary.replicas;
  await using client = await connect([primary, first, second], {
    readFrom: "preferReplica",
    requestTimeout: 150,
    clientCreationTimeout: 500,
  });
  await client.set("k", "v");
  await client.wait(2, 5000);
  first.pause();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => client.get("k").catch((error) => error)),
  );
  for (const outcome of outcomes) {
    if (outcome !== "v") assertInstanceOf(outcome, TimeoutError);
  }
  assert(outcomes.some((outcome) => outcome !== "v"), "no read went to the frozen replica");
  for (let i = 0; i < 20; i++) assertEquals(await client.get("k"), "v");
  // Longer than the question for its role has patience.
  await new Promise((resolve) => setTimeout(resolve, 600));
  await first.command(["PING"], { timeout: 1 }).catch(() => {});
  first.resume();
  const before = await callsOf(first, "get");
  await until("it is read from again", async () => {
    await client.get("k");
    return await callsOf(first, "get") > before;
  });
});

Deno.test("reads go on at the replicas while the primary is away", async () => {
  await using primary = await startServer({ replicas: 2 });
  await using client = await connect([primary, ...primary.replicas], {
    readFrom: "preferReplica",
    requestTimeout: 1000,
  });
  await client.set("k", "v");
  await client.wait(2, 5000);
  await primary.kill();
  await until("the replicas know", async () => {
    const links = await Promise.all(
      primary.replicas.map(async (replica) =>
        (await replica.info("replication")).master_link_status
      ),
    );
    return links.every((link) => link === "down");
  });
  const end = performance.now() + 300;
  while (performance.now() < end) assertEquals(await client.get("k"), "v");
});

/** A fake primary and a fake replica that answers GET as the script says. */
async function startFakes(
  get: FakeHandler,
): Promise<{ primary: FakeServer; replica: FakeServer } & AsyncDisposable> {
  const primary = await startFakeServer({ GET: "from the primary" });
  const replica = await startFakeServer({
    ROLE: ["slave", primary.host, primary.port, "connected", 0],
    GET: get,
  });
  return {
    primary,
    replica,
    async [Symbol.asyncDispose]() {
      await replica[Symbol.asyncDispose]();
      await primary[Symbol.asyncDispose]();
    },
  };
}

for (
  const message of [
    "LOADING Redis is loading the dataset in memory",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  ]
) {
  const [code] = message.split(" ");
  Deno.test(`a replica that answers ${code} is left out, and comes back by itself`, async () => {
    await using fakes = await startFakes(inTurn(new ServerError(message), "from the replica"));
    await using client = await connect([fakes.primary, fakes.replica], {
      readFrom: "preferReplica",
      periodicTopologyCheck: 0,
    });
    assertEquals(await client.get("k"), "from the primary");
    await until("it is back", async () => await client.get("k") === "from the replica");
  });
}

Deno.test("a replica that has no connection to its primary is not read from", async () => {
  await using primary = await startServer({ replicas: 1 });
  const [replica] = primary.replicas;
  await using proxy = await startProxy(primary);
  await replica.replicaOf(proxy);
  await using client = await connect([primary, replica], {
    readFrom: "preferReplica",
    periodicTopologyCheck: 20,
  });
  await client.set("k", "old");
  await client.wait(1, 5000);
  assertEquals(await client.get("k"), "old");
  await proxy.refuse();
  proxy.cut();
  await client.set("k", "new");
  await until("the replica is left out", async () => await client.get("k") === "new");
  for (let i = 0; i < 10; i++) assertEquals(await client.get("k"), "new");
  const before = await callsOf(replica, "get");
  proxy.accept();
  await until("the replica is read from again", async () => {
    assertEquals(await client.get("k"), "new");
    return await callsOf(replica, "get") > before;
  });
});

Deno.test("a read that a replica refuses for good is the caller's business", async () => {
  await using fakes = await startFakes(inTurn(new ServerError("WRONGTYPE no text")));
  await using client = await connect([fakes.primary, fakes.replica], {
    readFrom: "preferReplica",
  });
  await assertRejects(() => client.get("k"), Error, "WRONGTYPE");
});
