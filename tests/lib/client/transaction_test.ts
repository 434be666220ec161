import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ClusterError,
  ConfigurationError,
  ConnectionError,
  RedisClient,
  RedisClusterClient,
  RedisError,
  ServerError,
} from "../../../mod.ts";
import type { Batch, WatchSession } from "../../../mod.ts";
import {
  type FakeReply,
  inTurn,
  simple,
  startCluster,
  startFakeServer,
  startProxy,
  startServer,
} from "../../../lib/testing/mod.ts";
import { startOwnServer } from "../../_kit/own_server.ts";

const { server, connect } = await startOwnServer();

type Transaction = Batch<string, "one">;

/** Commands that the client refuses, each with what its error says. */
const REFUSED: Record<string, [(t: Transaction) => Promise<unknown>, string]> = {
  "undefined": [(t) => t.set("b", undefined as never), "argument 2 is of type undefined"],
  "NaN": [(t) => t.incrbyfloat("b", NaN), "argument 2 is NaN"],
  "an empty list": [(t) => t.del([]), "expected one or more keys"],
  "a lone surrogate": [(t) => t.set("b", "\ud800"), "Cannot send SET: argument 2 has a lone"],
  "a lone surrogate in a name": [(t) => t.customCommand(["B\udc00"]), "argument 0 has a lone"],
  "a command of the connection": [(t) => t.customCommand(["SUBSCRIBE", "c"]), "SUBSCRIBE"],
  "no array of words": [(t) => t.customCommand("PING" as never), "expected an array of words"],
};

for (const [name, [refused, message]] of Object.entries(REFUSED)) {
  for (const errors of ["reject", "values"] as const) {
    Deno.test(`transaction() with ${name} sends nothing [errors: ${errors}]`, async () => {
      await using client = await connect();
      await client.set("a", 100);
      const error = await assertRejects(
        () =>
          client.transaction((t) => [t.decrby("a", 10), refused(t), t.incr("a")], {
            errors: errors as "values",
          }),
        Error,
        message,
      );
      assert(!(error instanceof ServerError));
      assertEquals(await client.get("a"), "100");
    });
  }

  Deno.test(`a transaction of watch() with ${name} sends nothing`, async () => {
    await using client = await connect();
    await client.set("a", 100);
    await assertRejects(
      () =>
        client.watch(
          "a",
          (session: WatchSession) => session.transaction((t) => [t.decrby("a", 10), refused(t)]),
        ),
      Error,
      message,
    );
    assertEquals(await client.get("a"), "100");
  });
}

Deno.test("transaction() counts a refused command whose promise is not returned", async () => {
  await using client = await connect();
  await assertRejects(() =>
    client.transaction((t) => {
      t.set("b", undefined as never);
      return [t.set("a", 1)];
    }), TypeError);
  assertEquals(await client.get("a"), null);
});

Deno.test("transaction() rejects when it was not executed, also if its callback returns no promises", async () => {
  await using client = await connect();
  for (const errors of ["reject", "values"] as const) {
    const run = client.transaction((t) => {
      t.set("a", 1);
      t.customCommand(["NOSUCH"]);
      return [];
    }, { errors: errors as "reject" });
    // With errors as values there is no place for this one.
    if (errors === "values") assertEquals(await run, []);
    else assertEquals((await assertRejects(() => run, ServerError)).code, "EXECABORT");
  }
  assertEquals(await client.get("a"), null);
});

Deno.test("all promises of a refused transaction settle", async () => {
  await using client = await connect();
  const elements: Promise<unknown>[] = [];
  await assertRejects(() =>
    client.transaction((t) => {
      elements.push(t.set("a", 1), t.set("b", undefined as never), t.get("a"));
      return elements;
    }), TypeError);
  for (const element of elements) await assertRejects(() => element, TypeError);
});

Deno.test("all promises settle when the callback of transaction() throws or is async", async () => {
  await using client = await connect();
  const failure = new Error("No");
  let element: Promise<unknown> | undefined;
  const thrown = await assertRejects(() =>
    client.transaction((t) => {
      element = t.set("a", 1);
      throw failure;
    })
  );
  assertEquals(thrown, failure);
  assertEquals(await assertRejects(() => element!), failure);

  await assertRejects(
    () =>
      client.transaction(
        (async (t: Transaction) => {
          element = t.set("a", 1);
          await element;
          return [];
        }) as never,
      ),
    TypeError,
    "Cannot run the transaction: expected the callback to return an array, and not to be async",
  );
  await assertRejects(() => element!, TypeError);
  assertEquals(await client.get("a"), null);
});

Deno.test("scan iterators are refused in a transaction, by the types and in words", async () => {
  await using client = await connect();
  await assertRejects(
    // @ts-expect-error: iterators take several round trips
    () => client.transaction((t) => [t.set("a", 1), t.scanIterator()]),
    TypeError,
    "use scan()",
  );
  assertEquals(await client.get("a"), null);
});

Deno.test("a refused transaction takes no place among those in flight", async () => {
  await using client = await connect({ inflightRequestsLimit: 1 });
  for (let i = 0; i < 5; i++) {
    await assertRejects(() => client.transaction((t) => [t.set("a", NaN)]), TypeError);
  }
  const results = await Promise.allSettled([client.get("a"), client.get("a")]);
  assertEquals(results.map(({ status }) => status), ["fulfilled", "rejected"]);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`EXECABORT tells by its cause which command the server refused [RESP${protocol}]`, async () => {
    await using client = await connect({ protocol });
    const error = await assertRejects(
      () =>
        client.transaction((t) => [t.set("a", 1), t.customCommand(["CONFIG", "GET"]), t.get("a")]),
      ServerError,
    );
    assertEquals([error.code, error.command], ["EXECABORT", "EXEC"]);
    assertInstanceOf(error.cause, ServerError);
    assertEquals(error.cause.command, "CONFIG GET");
    assertEquals(await client.get("a"), null);
  });

  Deno.test(`errors: "values" has the refused commands in their places [RESP${protocol}]`, async () => {
    await using client = await connect({ protocol });
    const values = await client.transaction((t) => [
      t.set("a", 1),
      t.customCommand(["GET"]),
      t.incr("a"),
      t.customCommand(["NOSUCH", "x"]),
    ], { errors: "values" });
    const codes = values!.map((value) => {
      assertInstanceOf(value, ServerError);
      return [value.code, value.command];
    });
    assertEquals(codes, [["EXECABORT", "EXEC"], ["ERR", "GET"], ["EXECABORT", "EXEC"], [
      "ERR",
      "NOSUCH",
    ]]);
    assertEquals(await client.get("a"), null);
  });
}

/** A client whose user may run everything, except for what the rules say. */
async function connectAs(rules: string[], protocol: 2 | 3 = 3): Promise<RedisClient> {
  await server.command(["FLUSHALL"]);
  const username = `user${crypto.randomUUID()}`;
  await server.command([
    "ACL",
    "SETUSER",
    username,
    "on",
    ">secret",
    "~*",
    "&*",
    "+@all",
    ...rules,
  ]);
  return await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    credentials: { username, password: "secret" },
    requestTimeout: 10_000,
    protocol,
  });
}

async function usernameOf(client: RedisClient): Promise<string> {
  return String(await client.customCommand(["ACL", "WHOAMI"]));
}

for (const protocol of [2, 3] as const) {
  for (const rules of [["-multi"], ["-@transaction"]]) {
    Deno.test(`transaction() of a user without MULTI executes nothing [${rules}, RESP${protocol}]`, async () => {
      await using client = await connectAs(rules, protocol);
      for (const errors of ["reject", "values"] as const) {
        const outcome = client.transaction((t) => [t.set("a", 1), t.get("a")], {
          errors: errors as "values",
        });
        const behind = client.customCommand(["ECHO", "behind"]);
        if (errors === "reject") {
          const error = await assertRejects(() => outcome, ServerError);
          assertEquals([error.code, error.command], ["NOPERM", "MULTI"]);
        } else {
          for (const error of (await outcome)!) assertInstanceOf(error, ServerError);
        }
        assertEquals(await behind, "behind");
        assertEquals(await client.get("a"), null);
      }
      // Rights that are given later count.
      await server.command(["ACL", "SETUSER", await usernameOf(client), "+@transaction"]);
      assertEquals(await client.transaction((t) => [t.set("a", 1), t.get("a")]), ["OK", "1"]);
    });
  }

  Deno.test(`transaction() of a user without EXEC executes nothing [RESP${protocol}]`, async () => {
    await using client = await connectAs(["-exec"], protocol);
    const error = await assertRejects(
      () => client.transaction((t) => [t.set("a", 1)]),
      ServerError,
      "NOPERM",
    );
    assertEquals(error.code, "EXECABORT");
    assertEquals(await client.customCommand(["ECHO", "behind"]), "behind");
    assertEquals(await client.get("a"), null);
  });

  Deno.test(`transaction() of a user without DISCARD is executed [RESP${protocol}]`, async () => {
    await using client = await connectAs(["-discard"], protocol);
    assertEquals(await client.transaction((t) => [t.set("a", 1)]), ["OK"]);
    assertEquals(await client.customCommand(["ECHO", "behind"]), "behind");
  });

  Deno.test(`transaction() says so when MULTI is refused from now on [RESP${protocol}]`, async () => {
    await using client = await connectAs([], protocol);
    assertEquals(await client.transaction((t) => [t.set("a", 1)]), ["OK"]);
    await server.command(["ACL", "SETUSER", await usernameOf(client), "-multi"]);
    const error = await assertRejects(
      () => client.transaction((t) => [t.incr("a"), t.incr("a")]),
      RedisError,
      "the server refused MULTI and executed the commands one by one",
    );
    assertInstanceOf(error.cause, ServerError);
    assertEquals([error.cause.code, error.cause.command], ["NOPERM", "MULTI"]);
    assertEquals(await client.get("a"), "3");
    // From now on it is known.
    const next = await assertRejects(() => client.transaction((t) => [t.incr("a")]), ServerError);
    assertEquals([next.code, await client.get("a")], ["NOPERM", "3"]);
  });
}

Deno.test("the server is asked once for all transactions that wait for its answer, also if it refuses MULTI", async () => {
  await using own = await startServer();
  await own.command(["ACL", "SETUSER", "limited", "on", ">secret", "~*", "+@all", "-multi"]);
  await using client = await RedisClient.create({
    addresses: [{ host: own.host, port: own.port }],
    credentials: { username: "limited", password: "secret" },
    requestTimeout: 10_000,
  });
  for (let round = 1; round <= 2; round++) {
    const transactions = Array.from(
      { length: 100 },
      () => client.transaction((t) => [t.set("a", 1)]),
    );
    const read = client.get("a");
    for (const { status } of await Promise.allSettled(transactions)) {
      assertEquals(status, "rejected");
    }
    assertEquals(await read, null);
    const stats = await own.info("commandstats");
    assertEquals(/rejected_calls=(\d+)/.exec(stats.cmdstat_multi)?.[1], `${round}`);
  }
});

Deno.test("a transaction of watch() without MULTI executes nothing, and keeps the watch where it may", async () => {
  await using client = await connectAs(["-multi"]);
  await assertRejects(
    () =>
      client.watch("a", async (session) => {
        await session.get("a");
        return await session.transaction((t) => [t.set("a", 1)]);
      }),
    ServerError,
    "multi",
  );
  assertEquals(await client.get("a"), null);
  // On a connection that was not known to accept MULTI, a changed key still breaks the transaction.
  await server.command(["ACL", "SETUSER", await usernameOf(client), "+multi"]);
  let runs = 0;
  await client.watch("a", async (session) => {
    if (++runs === 1) await client.set("a", "of somebody else");
    return await session.transaction((t) => [t.set("b", 1)]);
  });
  assertEquals(runs, 2);
});

Deno.test("the first transaction of a connection keeps the order of the calls", async () => {
  await using client = await connect();
  const results = await Promise.all([
    client.rpush("list", "1"),
    client.transaction((t) => [t.rpush("list", "2"), t.rpush("list", "3")]),
    client.rpush("list", "4"),
    client.transaction((t) => [t.rpush("list", "5")]),
    client.rpush("list", "6"),
  ]);
  assertEquals(results, [1, [2, 3], 4, [5], 6]);
  assertEquals(await client.lrange("list", 0, -1), ["1", "2", "3", "4", "5", "6"]);
});

Deno.test("a transaction goes out as one write once the connection is known", async () => {
  await using client = await connect();
  await client.transaction((t) => [t.set("a", 1)]);
  const before = Number((await server.info("stats")).total_reads_processed);
  await client.transaction((t) => Array.from({ length: 100 }, () => t.incr("a")));
  const after = Number((await server.info("stats")).total_reads_processed);
  // Asking for the statistics is one read itself.
  assert(after - before <= 3, `${after - before} reads`);
});

Deno.test("a transaction that is given up while the server is asked is not sent, and delays nobody", async () => {
  let answer: ((reply: FakeReply) => void) | undefined;
  await using fake = await startFakeServer({
    MULTI: () => new Promise<FakeReply>((resolve) => answer = resolve),
    EXEC: [],
    SET: simple("OK"),
    ECHO: "echo",
  });
  await using client = await RedisClient.create({
    addresses: [{ host: fake.host, port: fake.port }],
    requestTimeout: 10_000,
  });
  const abort = new AbortController();
  const given = client.with({ signal: abort.signal }).transaction((t) => [t.set("a", 1)]);
  const behind = client.customCommand(["ECHO", "behind"]);
  await fake.waitFor("MULTI");
  abort.abort(new Error("No longer wanted"));
  await assertRejects(() => given, Error, "No longer wanted");
  assertEquals(fake.receivedOf("ECHO").length, 0);
  answer!(simple("OK"));
  assertEquals(await behind, "echo");
  assertEquals(fake.receivedOf("SET"), []);
});

Deno.test("a transaction whose connection is lost while the server is asked is sent on the next one", async () => {
  await using fake = await startFakeServer({
    MULTI: inTurn((_, connection) => connection.cut(), simple("OK")),
    SET: simple("QUEUED"),
    EXEC: inTurn([], ["OK"]),
  });
  await using client = await RedisClient.create({
    addresses: [{ host: fake.host, port: fake.port }],
    requestTimeout: 10_000,
  });
  assertEquals(await client.transaction((t) => [t.set("a", 1)]), ["OK"]);
  assertEquals(fake.receivedOf("SET").length, 1);
});

for (const protocol of [2, 3] as const) {
  Deno.test(`transaction() answers a typed tuple [RESP${protocol}]`, async () => {
    await using client = await connect({ protocol });
    const result = await client.transaction((t) => [
      t.hset("h", { a: "1" }),
      t.hgetall("h"),
      t.hexists("h", "a"),
      t.get("missing"),
    ]);
    assertEquals(result, [1, Object.assign(Object.create(null), { a: "1" }), true, null]);
  });
}

Deno.test("the bytes view has transactions of bytes", async () => {
  await using client = await connect();
  const bytes = new Uint8Array([0, 255, 13, 10]);
  await client.set("k", bytes);
  assertEquals(await client.bytes.transaction((t) => [t.get("k")]), [bytes]);
});

Deno.test("a transaction of text and bytes answers each read of a stream that is named twice", async () => {
  await using client = await connect();
  await client.del("k");
  await client.xadd("k", "1-0", { a: 1 });
  const values = await client.transaction((
    t,
  ) => [t.dump("k"), t.xread([["k", 0], ["k", 0]])]);
  const [dumped, reads] = values!;
  assert(dumped instanceof Uint8Array);
  const read = { key: "k", entries: [{ id: "1-0", fields: { a: "1" } }] };
  assertEquals(reads, [read, read]);
});

Deno.test("a text transaction with a reply that is never text gives both", async () => {
  await using client = await connect();
  const result = await client.transaction((t) => [t.set("k", "v"), t.dump("k"), t.get("k")]);
  assert(result !== null);
  assertEquals([result[0], result[2]], ["OK", "v"]);
  assertInstanceOf(result[1], Uint8Array);
});

Deno.test("transaction() with a command that the server refuses executes nothing", async () => {
  await using client = await connect();
  const error = await assertRejects(
    () => client.transaction((t) => [t.set("k", "v"), t.customCommand(["GET"])]),
    ServerError,
  );
  assertEquals(error.code, "EXECABORT");
  assertInstanceOf(error.cause, ServerError);
  assertEquals(await client.get("k"), null);
});

Deno.test("transaction() with a command that fails executes the others", async () => {
  await using client = await connect();
  const values = await client.transaction(
    (t) => [t.set("k", "v"), t.lpush("k", "x"), t.append("k", "w")],
    { errors: "values" },
  );
  assert(values !== null);
  assertEquals([values[0], values[2]], ["OK", 2]);
  assertInstanceOf(values[1], ServerError);
});

Deno.test("transaction() with text that cannot be sent sends nothing of it", async () => {
  await using client = await connect();
  await assertRejects(
    () => client.transaction((t) => [t.set("a", "1"), t.set("b", "\ud800")]),
    TypeError,
  );
  assertEquals(await client.mget(["a", "b"]), [null, null]);
});

Deno.test("transactions of many callers keep their replies apart", async () => {
  await using client = await connect();
  const results = await Promise.all(
    Array.from(
      { length: 500 },
      (_, i) =>
        i % 2 === 0
          ? client.transaction((t) => [t.set(`k${i}`, i), t.get(`k${i}`)])
          : client.customCommand(["ECHO", `e${i}`]),
    ),
  );
  for (const [i, result] of results.entries()) {
    assertEquals(result, i % 2 === 0 ? ["OK", String(i)] : `e${i}`);
  }
});

Deno.test("transaction() under cuts is executed wholly or not at all, and never twice", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port });
  let resolved = 0;
  let uncertain = 0;
  let running = true;
  const cutting = (async () => {
    while (running) {
      await delay(Math.random() * 10);
      proxy.setFaults({ cutAfter: { toServer: Math.floor(Math.random() * 300) } });
      await delay(Math.random() * 5);
      proxy.setFaults({});
    }
  })();
  const end = performance.now() + 1500;
  await Promise.all(Array.from({ length: 10 }, async () => {
    while (performance.now() < end) {
      try {
        await client.transaction((t) => [t.incr("a"), t.incr("b"), t.incr("c")]);
        resolved++;
      } catch (error) {
        assertInstanceOf(error, ConnectionError);
        if (error.maybeExecuted) uncertain++;
      }
    }
  }));
  running = false;
  await cutting;
  proxy.setFaults({});
  const counters = (await server.commands([["GET", "a"], ["GET", "b"], ["GET", "c"]])).map(Number);
  assertEquals(new Set(counters).size, 1, `parts of a transaction were executed: ${counters}`);
  assert(counters[0] >= resolved && counters[0] <= resolved + uncertain);
  assert(resolved > 0 && uncertain > 0, `${resolved} resolved, ${uncertain} uncertain`);
});

Deno.test("in a cluster", async (t) => {
  await using nodes = await startCluster();
  await using cluster = await RedisClusterClient.create({
    addresses: nodes.addresses,
    requestTimeout: 10_000,
    inflightRequestsLimit: 3,
  });
  const slot = Number(await cluster.customCommand(["CLUSTER", "KEYSLOT", "{s}"]));

  await t.step("transaction() to several nodes is refused, with keys and without", async () => {
    for (const route of ["allPrimaries", "allNodes"] as const) {
      const view = cluster.with({ route });
      await assertRejects(() => view.transaction((t) => [t.ping()]), ConfigurationError, "route");
      await assertRejects(
        () => view.transaction((t) => [t.set("{s}a", 1)], { errors: "values" }),
        ConfigurationError,
        "several nodes",
      );
    }
    assertEquals(await cluster.get("{s}a"), null);
  });

  await t.step("transaction() follows a route to one node that its keys agree with", async () => {
    for (const route of [{ slotKey: "{s}" }, { slot }, "random"] as const) {
      assertEquals(
        await cluster.with({ route }).transaction((t) => [t.set("{s}a", 1), t.get("{s}a")]),
        ["OK", "1"],
      );
    }
    await assertRejects(
      () => cluster.with({ route: { slot: slot - 1 } }).transaction((t) => [t.set("{s}b", 1)]),
      ClusterError,
      `its keys are in slot ${slot}, its route names slot ${slot - 1}`,
    );
    assertEquals(await cluster.get("{s}b"), null);
  });

  await t.step("transaction() without keys goes where its route says", async () => {
    const ids: Record<string, string> = {};
    for (const { host, port } of nodes.addresses) {
      const [id, pong] = (await cluster.with({ route: { host, port } }).transaction((t) => [
        t.customCommand(["CLUSTER", "MYID"]),
        t.ping(),
      ]))!;
      assertEquals(pong, "PONG");
      ids[`${host}:${port}`] = String(id);
    }
    assertEquals(new Set(Object.values(ids)).size, nodes.addresses.length);
    const owner = (await Promise.all(nodes.shards.map((_, i) => nodes.slotsOf(i))))
      .findIndex((slots) => slots.includes(slot));
    const [id] = (await cluster.with({ route: { slot } }).transaction((t) => [
      t.customCommand(["CLUSTER", "MYID"]),
    ]))!;
    const { host, port } = nodes.shards[owner].nodes[0];
    assertEquals(id, ids[`${host}:${port}`]);
    assertEquals(await cluster.transaction((t) => [t.ping()]), ["PONG"]);
  });

  await t.step("a refused transaction takes no place among those in flight", async () => {
    for (let i = 0; i < 5; i++) {
      await assertRejects(
        () => cluster.transaction((t) => [t.set("a", 1), t.set("b", 1)]),
        ClusterError,
      );
    }
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => cluster.get("{s}a")),
    );
    assertEquals(results.filter(({ status }) => status === "fulfilled").length, 3);
  });

  await t.step("transaction() needs keys of one slot", async () => {
    assertEquals(
      await cluster.transaction((t) => [t.set("{q}a", 1), t.incr("{q}a"), t.get("{q}b")]),
      ["OK", 2, null],
    );
    await assertRejects(
      () => cluster.transaction((t) => [t.set("never-a", 1), t.set("never-b", 1)]),
      ClusterError,
      "different slots",
    );
    assertEquals(await cluster.mget(["never-a", "never-b"]), [null, null]);
  });

  await t.step("transaction() and watch() follow a slot that moves", async () => {
    const slot = Number(await cluster.customCommand(["CLUSTER", "KEYSLOT", "{q}a"]));
    const owners = await Promise.all(nodes.shards.map((_, i) => nodes.slotsOf(i)));
    const from = owners.findIndex((slots) => slots.includes(slot));
    await nodes.moveSlots([slot], from, (from + 1) % 3);
    assertEquals(await cluster.transaction((t) => [t.incr("{q}a"), t.get("{q}a")]), [3, "3"]);
    await nodes.moveSlots([slot], (from + 1) % 3, from);
    assertEquals(
      await cluster.watch("{q}a", async (session) => {
        const n = Number(await session.get("{q}a"));
        return await session.transaction((t) => [t.set("{q}a", n + 1), t.get("{q}a")]);
      }),
      ["OK", "4"],
    );
  });

  await t.step(
    "transaction() of a key that is on its way is sent where it asks for it",
    async () => {
      const slot = Number(await cluster.customCommand(["CLUSTER", "KEYSLOT", "{m}a"]));
      const owners = await Promise.all(nodes.shards.map((_, i) => nodes.slotsOf(i)));
      const from = owners.findIndex((slots) => slots.includes(slot));
      await cluster.set("{m}a", 1);
      const move = await nodes.beginSlotMove(slot, from, (from + 1) % 3);
      await move.moveKeys();
      assertEquals(await cluster.transaction((t) => [t.incr("{m}a"), t.get("{m}a")]), [2, "2"]);
      await move.finish();
    },
  );
});
