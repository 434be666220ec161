import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ClosedError, RedisClient, RedisClusterClient, TimeoutError } from "../../../mod.ts";
import { startCluster, startFakeServer, startProxy } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { startOwnServer } from "../../_kit/own_server.ts";

const { server, connect } = await startOwnServer();

for (const protocol of [2, 3] as const) {
  Deno.test(`a batch with a blocking command is executed in its order [RESP${protocol}]`, async () => {
    await using client = await connect({ protocol });
    for (let i = 0; i < 20; i++) {
      const values = await client.batch((b) => [
        b.del(["l"]),
        b.rpush("l", ["a", "b", "c"]),
        b.blpop("l", 1),
        b.lrange("l", 0, -1),
        b.del(["l"]),
        b.set("l", "text"),
        b.get("l"),
      ]);
      assertEquals(values.slice(1), [3, ["l", "a"], ["b", "c"], 1, "OK", "text"]);
    }
  });
}

Deno.test("a batch with a blocking command delays nobody, and takes the time that it needs", async () => {
  await using client = await connect({ requestTimeout: 400 });
  const batch = client.batch((b) => [b.set("k", 1), b.blpop("empty", 1), b.incr("k"), b.get("k")]);
  await until("it is blocked", async () => {
    return (await server.info("clients")).blocked_clients === "1";
  }, { interval: 2 });
  assertEquals(await client.get("k"), "1");
  // Its later commands wait longer than any request may by itself.
  assertEquals(await batch, ["OK", null, 2, "2"]);
});

Deno.test("a batch with a command that blocks for ever waits for it, and others do not", async () => {
  await using client = await connect({ requestTimeout: 100 });
  const batch = client.batch((b) => [b.blpop("l", 0), b.set("k", 1)]);
  await until("it is blocked", async () => {
    return (await server.info("clients")).blocked_clients === "1";
  }, { interval: 2 });
  for (let i = 0; i < 30; i++) await client.get("k");
  await client.rpush("l", "a");
  assertEquals(await batch, [["l", "a"], "OK"]);
});

Deno.test("a batch without a blocking command needs no connection of its own", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port });
  await client.batch((b) => [b.set("k", 1), b.get("k")]);
  assertEquals(proxy.accepted, 1);
  await client.batch((b) => [b.set("k", 1), b.blpop("l", 0.01), b.get("k")]);
  assertEquals(proxy.accepted, 2);
  // It is used again.
  await client.batch((b) => [b.set("k", 1), b.blpop("l", 0.01), b.blpop("l", 0.01)]);
  assertEquals(proxy.accepted, 2);
});

Deno.test("a transaction with a blocking command does not block", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port });
  assertEquals(
    await client.transaction((t) => [t.rpush("l", "a"), t.blpop("l", 0), t.blpop("l", 0)]),
    [1, ["l", "a"], null],
  );
  assertEquals(proxy.accepted, 1);
});

Deno.test("a batch with a blocking command that waits for the client to connect keeps its order", async () => {
  await using client = await connect({ lazyConnect: true });
  assertEquals(
    await client.batch((b) => [b.rpush("l", ["a", "b"]), b.blpop("l", 1), b.lrange("l", 0, -1)]),
    [2, ["l", "a"], ["b"]],
  );
});

Deno.test("a batch with a blocking command keeps its order when its connection is refused at first", async () => {
  let refused = 0;
  await using fake = await startFakeServer({
    RPUSH: 1,
    BLPOP: ["l", "a"],
    LRANGE: [],
  }, {
    // The first connection is the shared one.
    onConnect: (connection) => {
      if (connection.id > 1 && refused < 3) {
        refused++;
        connection.cut();
      }
    },
  });
  await using client = await RedisClient.create({
    addresses: [{ host: fake.host, port: fake.port }],
    requestTimeout: 10_000,
  });
  await client.batch((b) => [b.rpush("l", "a"), b.blpop("l", 1), b.lrange("l", 0, -1)]);
  assertEquals(refused, 3);
  const sent = fake.received.filter(({ name }) => ["RPUSH", "BLPOP", "LRANGE"].includes(name));
  assertEquals(sent.map(({ name }) => name), ["RPUSH", "BLPOP", "LRANGE"]);
  assertEquals(new Set(sent.map(({ connection }) => connection)).size, 1);
});

Deno.test("an aborted batch with a blocking command ends as a whole, and swallows no element", async () => {
  await using client = await connect();
  const reason = new Error("No longer wanted");
  for (let i = 0; i < 30; i++) {
    const abort = new AbortController();
    const batch = client.with({ signal: abort.signal }).batch((b) => [
      b.set("k", 1),
      b.blpop("l", 0),
      b.get("k"),
      b.set("k", 2),
    ], { errors: "values" });
    await until("it is blocked", async () => {
      return (await server.info("clients")).blocked_clients === "1";
    }, { interval: 2 });
    abort.abort(reason);
    const push = client.rpush("l", String(i));
    const [set, ...others] = await batch;
    // Its reply may have been on its way.
    assert(set === "OK" || (set as unknown) === reason, `${set}`);
    assertEquals(others, [reason, reason, reason]);
    assertEquals(await push, 1);
    assertEquals(await client.lpop("l"), String(i));
  }
});

Deno.test("what is behind a blocking command in an aborted batch is not executed after later requests", async () => {
  await using client = await connect();
  // Makes the identities of the connections known.
  await client.blpop("l", 0.01);
  for (let i = 0; i < 20; i++) {
    const abort = new AbortController();
    const view = client.with({ signal: abort.signal });
    const rejected = assertRejects(
      () => view.batch((b) => [b.blpop("l", 5), b.set("k", "of the batch")]),
      Error,
      "Given up",
    );
    await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
    abort.abort(new Error("Given up"));
    await client.set("k", "later");
    await rejected;
    assertEquals(await client.get("k"), "later");
  }
});

Deno.test("a batch with a blocking command ends on close()", async () => {
  const client = await connect();
  const batch = client.batch((b) => [b.set("k", 1), b.blpop("l", 0), b.set("k", 2)], {
    errors: "values",
  });
  await until("it is blocked", async () => {
    return (await server.info("clients")).blocked_clients === "1";
  }, { interval: 2 });
  await client.close();
  const [set, pop, last] = await batch;
  assertEquals(set, "OK");
  assertInstanceOf(pop, ClosedError);
  assertInstanceOf(last, Error);
  await until("nobody is blocked", async () => {
    return (await server.info("clients")).blocked_clients === "0";
  }, { interval: 2 });
});

Deno.test("a timeout of the caller's own is that of each command of a batch", async () => {
  await using fake = await startFakeServer({ BLPOP: () => new Promise(() => {}) });
  await using client = await RedisClient.create({
    addresses: [{ host: fake.host, port: fake.port }],
  });
  const start = performance.now();
  const errors = await client.with({ timeout: 100 }).batch(
    (b) => [b.blpop("l", 60), b.set("k", 1)],
    { errors: "values" },
  );
  for (const error of errors) assertInstanceOf(error, TimeoutError);
  assert(performance.now() - start < 5000);
});

Deno.test("in a cluster", async (t) => {
  await using nodes = await startCluster();
  await using cluster = await RedisClusterClient.create({
    addresses: nodes.addresses,
    requestTimeout: 10_000,
  });
  const owners = await Promise.all(nodes.shards.map((_, i) => nodes.slotsOf(i)));
  const shardOf = async (key: string): Promise<number> => {
    const slot = Number(await cluster.customCommand(["CLUSTER", "KEYSLOT", key]));
    return owners.findIndex((slots) => slots.includes(slot));
  };

  await t.step("a batch keeps its order on the node that it blocks at", async () => {
    for (let i = 0; i < 20; i++) {
      const values = await cluster.batch((b) => [
        b.rpush("{l}1", ["a", "b", "c"]),
        b.mset({ "{l}2": "x", other: "y", another: "z" }),
        b.blpop("{l}1", 1),
        b.lrange("{l}1", 0, -1),
        b.mget(["{l}2", "other", "another"]),
        b.del(["{l}1", "{l}2", "other", "another"]),
      ]);
      assertEquals(values, [
        3,
        "OK",
        ["{l}1", "a"],
        ["b", "c"],
        ["x", "y", "z"],
        4,
      ]);
    }
  });

  await t.step(
    "only the nodes with a blocking command have it on a connection of its own",
    async () => {
      const blocking = await shardOf("{l}1");
      let other = "a";
      for (let i = 0; await shardOf(other) === blocking; i++) other = `a${i}`;
      const on = nodes.shards[await shardOf(other)].nodes[0];
      const connections = async () =>
        String(await on.command(["CLIENT", "LIST", "TYPE", "NORMAL"])).trimEnd().split("\n").length;
      const before = await connections();
      await cluster.batch((b) => [b.set(other, 1), b.blpop("{l}none", 0.01), b.get(other)]);
      assertEquals(await connections(), before);
    },
  );

  await t.step("a batch whose slot has moved keeps its order at the next node", async () => {
    const slot = Number(await cluster.customCommand(["CLUSTER", "KEYSLOT", "{m}"]));
    const from = owners.findIndex((slots) => slots.includes(slot));
    await nodes.moveSlots([slot], from, (from + 1) % 3);
    assertEquals(
      await cluster.batch((b) => [
        b.rpush("{m}l", ["a", "b", "c"]),
        b.blpop("{m}l", 1),
        b.lrange("{m}l", 0, -1),
      ]),
      [3, ["{m}l", "a"], ["b", "c"]],
    );
  });
});
