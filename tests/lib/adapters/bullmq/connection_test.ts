import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { FlowProducer, type IRedisClient } from "npm:bullmq@6.7.0";
import { BullMQConnection } from "../../../../lib/adapters/bullmq/mod.ts";
import { ConfigurationError, RedisClient, RedisClusterClient } from "../../../../mod.ts";
import { ServerError } from "../../../../lib/errors.ts";
import {
  startCluster,
  startServer,
  type TestCluster,
  type TestServer,
} from "../../../../lib/testing/mod.ts";
import { until } from "../../../../lib/testing/_poll.ts";
import { openWorkshop } from "./_workers.ts";

const [server, cluster] = await Promise.all([startServer(), startCluster({ shards: 3 })]);
server.unref();
cluster.unref();

function connect(to: TestServer | TestCluster): BullMQConnection {
  return "nodes" in to
    ? new BullMQConnection(RedisClusterClient, {
      addresses: to.nodes.map(({ host, port }) => ({ host, port })),
    })
    : new BullMQConnection(RedisClient, { addresses: [{ host: to.host, port: to.port }] });
}

/** Lines of CLIENT LIST of a server that match. */
async function listed(on: TestServer, pattern: RegExp): Promise<string[]> {
  return String(await on.command(["CLIENT", "LIST"])).split("\n").filter((line) =>
    pattern.test(line)
  );
}

/** Name of the connection of a worker. */
function nameOf({ name }: { name: string }): RegExp {
  return new RegExp(`name=\\{bull\\}:${btoa(name).replaceAll("=", "\\=")} `);
}

for (const to of [server, cluster] as const) {
  const where = to === cluster ? "cluster" : "standalone";

  Deno.test(`a worker does the jobs of a queue, and a listener hears of them [${where}]`, async () => {
    await using connection = connect(to);
    // The types of BullMQ accept it.
    connection satisfies IRedisClient;
    await using workshop = await openWorkshop(connection, { concurrency: 5 });
    const { queue, events, worker } = workshop;
    const heard: string[] = [];
    events.on(
      "completed",
      ({ jobId, returnvalue }) => heard.push(`${jobId} ${JSON.stringify(returnvalue)}`),
    );
    const failed = Promise.withResolvers<string>();
    const jobs = await queue.addBulk(
      Array.from({ length: 20 }, (_, i) => ({ name: "each", data: { i } })),
    );
    const late = await queue.add("late", { late: "…" }, { delay: 50 });
    await Promise.all([...jobs, late].map((job) => job.waitUntilFinished(events)));
    await until("all events are heard", () => Promise.resolve(heard.length === 21));
    assertEquals(
      heard.sort(),
      [...jobs.map((job, i) => `${job.id} {"i":${i}}`), `${late.id} {"late":"…"}`].sort(),
    );
    assertEquals(await queue.getJobCountByTypes("completed", "wait", "delayed"), 21);
    assertEquals((await queue.getWorkers()).length, 1);
    worker.on("failed", (job) => failed.resolve(job!.id!));
    const flows = new FlowProducer({ connection, prefix: "{bull}" });
    const { job } = await flows.add({
      name: "parent",
      queueName: queue.name,
      children: [1, 2].map((i) => ({ name: "child", queueName: queue.name, data: i })),
    });
    await job.waitUntilFinished(events);
    assertEquals(Object.values(await job.getChildrenValues()).sort(), [1, 2]);
    await flows.close();
    await queue.obliterate({ force: true });
  });
}

Deno.test("the first blocking command opens no connection, and one connection has the name of the worker", async () => {
  await using own = await startServer();
  await using connection = new BullMQConnection(RedisClient, {
    addresses: [{ host: own.host, port: own.port }],
    clientName: "any",
  });
  const duplicate = connection.duplicate({ connectionName: "worker" });
  await duplicate.connect();
  const open = async (): Promise<string[]> =>
    (await listed(own, /name=(any|worker) /)).map((line) => line.split(" ")[0]);
  assertEquals((await listed(own, /name=worker /)).length, 1);
  const before = await open();
  const pop = duplicate.bzpopmin("markers", 0);
  await until("it blocks", async () => (await own.info("clients")).blocked_clients === "1");
  assertEquals(await open(), before);
  assertEquals((await listed(own, /name=worker /)).length, 1);
  await own.command(["ZADD", "markers", "1.5", "a"]);
  assertEquals(await pop, ["markers", "a", "1.5"]);

  const [line] = await listed(own, /name=worker /);
  await own.command(["CLIENT", "KILL", "ID", line.match(/^id=(\d+)/)![1]]);
  await until("it has its name again", async () => {
    const [again] = await listed(own, /name=worker /);
    return again !== undefined && again !== line;
  });
  await duplicate.clientSetName("other");
  assertEquals((await listed(own, /name=other /)).length, 1);
  assertEquals((await listed(own, /name=worker /)).length, 0);
  await duplicate.quit();
});

Deno.test("the workers of a queue are counted once, each by its own connection", async () => {
  await using connection = connect(server);
  await using workshop = await openWorkshop(connection);
  const { queue } = workshop;
  await until("it blocks", async () => (await server.info("clients")).blocked_clients === "2");
  assertEquals((await listed(server, nameOf(queue))).length, 1);
  assertEquals(await queue.getWorkersCount(), 1);
});

Deno.test("disconnect() ends bzpopmin() with the text that BullMQ knows", async () => {
  await using connection = connect(server);
  const pop = connection.bzpopmin("nothing", 0);
  await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
  connection.disconnect();
  assertEquals((await assertRejects(() => pop, Error)).message, "Connection is closed.");
});

Deno.test("bzpopmin() answers null when its connection is lost, so that the worker looks for jobs", async () => {
  await using connection = connect(server);
  const pop = connection.bzpopmin("nothing", 0);
  await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
  const [blocked] = await listed(server, /flags=b/);
  await server.command(["CLIENT", "KILL", "ID", blocked.match(/^id=(\d+)/)![1]]);
  assertEquals(await pop, null);
});

Deno.test("a name that is set while the connection is closed is that of the next one", async () => {
  await using own = await startServer();
  await using connection = connect(own);
  await connection.connect();
  const named = connection.clientSetName("later");
  connection.disconnect();
  assertEquals(await named, "OK");
  await connection.connect();
  assertEquals((await listed(own, /name=later /)).length, 1);
});

Deno.test("a worker goes on after its server was away", async () => {
  await using own = await startServer();
  await using connection = connect(own);
  // A script that was written when the server ended is tried again after this time.
  await using workshop = await openWorkshop(connection, { runRetryDelay: 500 });
  const { queue, worker } = workshop;
  await until("it blocks", async () => (await own.info("clients")).blocked_clients === "2");
  await own.restart();
  const done = Promise.withResolvers<unknown>();
  worker.on("completed", ({ data }) => done.resolve(data));
  await queue.add("late", "data");
  assertEquals(await done.promise, "data");
});

Deno.test("defined commands run where the server does not know their scripts, alone and together", async () => {
  await using connection = connect(server);
  connection.defineCommand("put", {
    numberOfKeys: 1,
    lua: 'redis.call("SET", KEYS[1], ARGV[1]) return {KEYS[1], ARGV[1], ARGV[2]}',
  });
  const duplicate = connection.duplicate();
  for (const each of [connection, duplicate]) {
    await server.command(["SCRIPT", "FLUSH"]);
    assertEquals(await each.runCommand("put", ["{k}1", null, true]), ["{k}1", "", "true"]);
    await server.command(["SCRIPT", "FLUSH"]);
    for (const together of [each.multi(), each.pipeline()]) {
      await server.command(["SCRIPT", "FLUSH"]);
      together.runCommand("put", ["{k}1", "a", 1]).runCommand("put", [["{k}2", "b", 2]]);
      assertEquals(await together.exec(), [[null, ["{k}1", "a", "1"]], [null, ["{k}2", "b", "2"]]]);
    }
  }
  // deno-lint-ignore no-explicit-any
  assertEquals(await (connection as any).put("{k}1", "a", "b"), ["{k}1", "a", "b"]);
  await assertRejects(() => connection.runCommand("get put", []), Error, "no such command");
  assertThrows(() => connection.multi().runCommand("none", []), Error, "no such command");
  await duplicate.quit();
});

Deno.test("commands of a pipeline are executed in order, also where scripts are unknown", async () => {
  await using connection = connect(server);
  connection.defineCommand("push", {
    numberOfKeys: 1,
    lua: 'return redis.call("RPUSH", KEYS[1], ARGV[1])',
  });
  await server.command(["SCRIPT", "FLUSH"]);
  const together = connection.pipeline().del("{k}list").runCommand("push", ["{k}list", "a"]);
  assertEquals(await together.lrange("{k}list", 0, -1).exec(), [[null, 0], [null, 1], [null, [
    "a",
  ]]]);
});

Deno.test("commands together answer the error or the value of each", async () => {
  await using connection = connect(server);
  await connection.call("DEL", "h", "s", "l");
  await connection.call("SADD", "s", "a");
  for (const together of [connection.multi(), connection.pipeline()]) {
    const outcomes = await together.hset("h", { a: 1, b: "two" }).hgetall("h").llen("h").del()
      .sscan("s", 0, { COUNT: 10 }).hscan("h", "0").smembers("s").zrange("z", 0, -1)
      .lrange("l", 0, -1).del("h", "l").exec();
    const [error] = outcomes![2];
    assert(error instanceof ServerError && error.code === "WRONGTYPE");
    assertEquals(outcomes!.toSpliced(2, 1), [
      [null, 2],
      [null, { a: "1", b: "two" }],
      [null, ["0", ["a"]]],
      [null, ["0", ["a", "1", "b", "two"]]],
      [null, ["a"]],
      [null, []],
      [null, []],
      [null, 1],
    ]);
  }
  assertEquals(await connection.multi().exec(), []);
});

Deno.test("a transaction that the server refuses rejects as a whole", async () => {
  await using own = await startServer({
    users: [{ name: "me", rules: "on >x ~* +@all -llen" }],
  });
  await using connection = new BullMQConnection(
    RedisClient,
    `redis://me:x@${own.host}:${own.port}`,
  );
  const refused = connection.multi().hset("h", { a: 1 }).llen("l");
  await assertRejects(() => refused.exec(), ServerError, "EXECABORT");
  assertEquals(await connection.hgetall("h"), {});
});

Deno.test("commands take the arguments of BullMQ and those of ioredis", async () => {
  await using connection = connect(server);
  // deno-lint-ignore no-explicit-any
  const raw = connection as any;
  assertEquals(await connection.set("k", 1, { PX: 60_000 }), "OK");
  assertEquals(await raw.set("k", 2, "EX", 100, "XX"), "OK");
  assertEquals(await raw.pttl("k") > 60_000, true);
  assertEquals(await connection.del(), 0);
  assertEquals(await raw.zadd("z", 1.5, "a", 2, "b"), 2);
  const scores = ["a", "1.5", "b", "2"];
  assertEquals(await connection.zrange("z", 0, -1, { WITHSCORES: true }), scores);
  assertEquals(await raw.zrange("z", 0, -1, "WITHSCORES"), scores);
  assertEquals(await connection.zrevrange("z", 0, -1), ["b", "a"]);
  assertEquals(await connection.zscore("z", "a"), "1.5");
  assertEquals(await connection.hset("g", { ["__proto__"]: "x" }), 1);
  assertEquals(Object.entries(await connection.hgetall("g")), [["__proto__", "x"]]);
  assertEquals(await raw.hset("g", "b", 2), 1);
  assertEquals(await connection.hmget("g", "b", "c"), ["2", null]);
  assertEquals([await connection.hexists("g", "b"), await connection.hdel("g", "b")], [1, 1]);
  const id = await connection.xadd("x", "*", { a: 1 }, { MAXLEN: 10 });
  assertEquals(await connection.xread([{ key: "x", id: "0" }]), [["x", [[id, ["a", "1"]]]]]);
  assertEquals(await connection.xread([{ key: "x", id: "$" }], { BLOCK: 1, COUNT: 1 }), null);
  assertEquals(await connection.xtrim("x", "MAXLEN", 0, { approximate: false }), 1);
  assertEquals(await connection.bzpopmin("none", 0.01), null);
  assert((await connection.info()).includes("redis_version"));
  assert((await connection.clientInfo()).startsWith("id="));
  await assertRejects(() => raw.subscribe("channel"), TypeError, "SUBSCRIBE");
});

Deno.test("scan() and scanStream() find all keys, scan() in a cluster those of a hash tag", async () => {
  const keys = Array.from({ length: 250 }, (_, i) => `found:${i}`);
  for (const to of [server, cluster] as const) {
    await using connection = connect(to);
    for (const key of keys) await connection.set(key, 1);
    const pages: string[][] = [];
    for await (const page of connection.scanStream({ match: "found:*", count: 50 })) {
      pages.push(page);
    }
    assertEquals([...new Set(pages.flat())].sort(), keys.toSorted());
    assert(pages.length >= 5);
    // Leaving the stream early leaves nothing open.
    const stream = connection.scanStream({ match: "found:*", count: 10 });
    for await (const _ of stream) break;
  }
  for (const [to, prefix] of [[server, "found:"], [cluster, "{found}:"]] as const) {
    await using connection = connect(to);
    for (const i of keys.keys()) await connection.set(`${prefix}${i}`, 1);
    let cursor = "0";
    const found = new Set<string>();
    do {
      const [next, page] = await connection.scan(cursor, { MATCH: `${prefix}*`, COUNT: 100 });
      cursor = next;
      for (const key of page) found.add(key);
    } while (cursor !== "0");
    assertEquals(found.size, 250);
  }
  await using connection = connect(cluster);
  await assertRejects(
    () => connection.scan("0", { MATCH: "found:*" }),
    TypeError,
    "without a route",
  );
});

Deno.test("nodes() are the primaries of a cluster, by their own lists", async () => {
  await using connection = connect(cluster);
  await connection.connect();
  await connection.clientSetName("everywhere");
  const nodes = connection.nodes();
  assertEquals(nodes.length, 3);
  for (const node of nodes) {
    assertEquals(node.status, "ready");
    assertEquals((await node.clientList()).match(/name=everywhere /g)?.length, 1);
  }
  assertEquals(
    nodes.map(({ options }) => options.port).sort(),
    (await cluster.primaries()).map(({ port }) => port).sort(),
  );
});

Deno.test("a bad option is refused by the constructor", () => {
  const options = { addresses: [{ host: "localhost" }], databaseId: -1 };
  assertThrows(() => new BullMQConnection(RedisClient, options), ConfigurationError, "databaseId");
  assertThrows(() => new BullMQConnection(RedisClient, "http://x"), ConfigurationError, "url");
});

Deno.test("a connection that fails fast does not wait for its server", async () => {
  const own = await startServer();
  await own.stop();
  await using connection = new BullMQConnection(
    RedisClient,
    { addresses: [{ host: own.host, port: own.port }], requestTimeout: 100 },
    { failFast: true },
  );
  const error = await assertRejects(() => connection.get("k"), Error);
  assertEquals(error.message, "Connection is closed.");
  const patient = new BullMQConnection(RedisClient, {
    addresses: [{ host: own.host, port: own.port }],
    requestTimeout: 100,
  });
  let settled = false;
  const get = patient.get("k").finally(() => settled = true);
  get.catch(() => {});
  await delay(300);
  assert(!settled);
  await patient.quit();
  await assertRejects(() => get, Error, "Connection is closed.");
});
