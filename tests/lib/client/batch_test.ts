import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { type Batch, OverloadError, RedisClusterClient, ServerError } from "../../../mod.ts";
import { startCluster, startFakeServer, startProxy } from "../../../lib/testing/mod.ts";
import { startOwnServer } from "../../_kit/own_server.ts";

const { server, connect } = await startOwnServer();

for (const protocol of [2, 3] as const) {
  Deno.test(`batch() answers a typed tuple, in order [RESP${protocol}]`, async () => {
    await using client = await connect({ protocol });
    const result = await client.batch((b) => [b.set("n", 1), b.incr("n"), b.get("n")]);
    const typed: ["OK" | null, number | bigint, string | null] = result;
    assertEquals(typed, ["OK", 2, "2"]);
  });
}

Deno.test("batch() rejects with the first error, after all commands were executed", async () => {
  await using client = await connect();
  const error = await assertRejects(
    () => client.batch((b) => [b.set("s", "x"), b.lpush("s", "y"), b.set("after", "1")]),
    ServerError,
  );
  assertEquals([error.code, error.command], ["WRONGTYPE", "LPUSH"]);
  assertEquals(await client.get("after"), "1");
});

Deno.test("batch() puts errors in place where they are values", async () => {
  await using client = await connect();
  const [ok, failed, value] = await client.batch(
    (b) => [b.set("s", "x"), b.lpush("s", "y"), b.get("s")],
    { errors: "values" },
  );
  assertEquals([ok, value], ["OK", "x"]);
  assertInstanceOf(failed, ServerError);
});

Deno.test("batch() goes out as one write and takes one read to answer", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect({ port: proxy.port });
  const before = Number((await server.info("stats")).total_reads_processed);
  await client.batch((b) => Array.from({ length: 100 }, (_, i) => b.set(`k${i}`, i)));
  const after = Number((await server.info("stats")).total_reads_processed);
  // Asking for the statistics is one read itself.
  assert(after - before <= 3, `${after - before} reads`);
});

Deno.test("batch() with a command that the client refuses sends nothing", async () => {
  await using client = await connect();
  const refused: Record<string, (b: Batch) => Promise<unknown>> = {
    "an empty list": (b) => b.del([]),
    "a command of the connection": (b) => b.customCommand(["SUBSCRIBE", "c"]),
    "undefined": (b) => b.set("k", undefined as never),
    "a lone surrogate": (b) => b.set("k", "\ud800"),
  };
  for (const [name, add] of Object.entries(refused)) {
    const error = await assertRejects(
      () => client.batch((b) => [b.incr("n"), add(b as Batch), b.incr("n")]),
    );
    assert(error instanceof TypeError || error instanceof RangeError, name);
    await assertRejects(() =>
      client.batch((b) => {
        // Its promise is not returned, but it was to be sent like the others.
        add(b as Batch);
        return [b.incr("n")];
      })
    );
    assertEquals(await client.get("n"), null, name);
  }
});

Deno.test("batch() with errors as values sends what the client does not refuse", async () => {
  await using client = await connect();
  const values = await client.batch(
    (b) => [b.incr("n"), b.set("k", undefined as never), b.incr("n")],
    { errors: "values" },
  );
  assertEquals([values[0], values[2]], [1, 2]);
  assertInstanceOf(values[1], TypeError);
});

Deno.test("scan iterators are refused in a batch, by the types and in words", async () => {
  await using client = await connect();
  const calls: ((b: Batch) => unknown)[] = [
    // @ts-expect-error: iterators take several round trips
    (b) => b.scanIterator(),
    // @ts-expect-error: iterators take several round trips
    (b) => b.hscanIterator("h"),
    // @ts-expect-error: iterators take several round trips
    (b) => b.sscanIterator("s"),
    // @ts-expect-error: iterators take several round trips
    (b) => b.zscanIterator("z"),
  ];
  for (const call of calls) {
    await assertRejects(
      () => client.batch((b) => [b.incr("n"), call(b as Batch)]),
      TypeError,
      "several round trips; use",
    );
  }
  assertEquals(await client.get("n"), null);
});

Deno.test("batch() whose callback throws, or is async, sends nothing", async () => {
  await using client = await connect();
  const failure = new Error("No");
  const elements: Promise<unknown>[] = [];
  const error = await assertRejects(() =>
    client.batch((b) => {
      elements.push(b.set("k", "v"));
      throw failure;
    })
  );
  assertEquals(error, failure);
  await assertRejects(
    () =>
      client.batch(
        ((b: { set(k: string, v: string): unknown }) =>
          Promise.resolve([b.set("k", "v")])) as never,
      ),
    TypeError,
    "async",
  );
  await assertRejects(
    () =>
      client.batch(
        (async (b: Batch) => {
          elements.push(b.set("k", "v"));
          await elements[1];
          return [];
        }) as never,
      ),
    TypeError,
    "async",
  );
  assertEquals(elements.length, 2);
  for (const element of elements) await assertRejects(() => element);
  assertEquals(await client.get("k"), null);
});

Deno.test("a surface that was sent takes no more commands", async () => {
  await using client = await connect();
  let kept: { get(key: string): Promise<unknown> } | undefined;
  await client.batch((b) => {
    kept = b;
    return [b.get("k")];
  });
  await assertRejects(() => kept!.get("k"), TypeError, "sent already");
});

Deno.test("an unwatched element of a failed batch is no unhandled rejection", async () => {
  await using client = await connect();
  const values = await client.batch((b) => {
    // Its promise is dropped on purpose.
    b.customCommand(["NOSUCH"]);
    return [b.set("k", "v")];
  });
  assertEquals(values, ["OK"]);
});

Deno.test("what is made of an element of a refused batch is no unhandled rejection", async () => {
  await using client = await connect();
  // An unhandled rejection fails this test.
  await assertRejects(
    () => client.batch((b) => [b.get("k").then(Number), b.set("k", NaN).then(Boolean)]),
    TypeError,
    "NaN",
  );
  await assertRejects(
    () => client.transaction((t) => [t.get("k").then(Number), t.set("k", NaN).then(Boolean)]),
    TypeError,
    "NaN",
  );
  await assertRejects(
    () => client.batch((async (b: Batch) => [await null, b.get("k").then(Number)]) as never),
    TypeError,
    "async",
  );
  await assertRejects(
    () => client.batch(((b: Batch) => Promise.resolve([b.get("k").then(Number)])) as never),
    TypeError,
    "async",
  );
  await delay(0);
});

Deno.test("batch() ends with its last command, also with one whose promise is not returned", async () => {
  let answered = false;
  await using fake = await startFakeServer({
    INCR: async () => {
      await delay(20);
      answered = true;
      return 1;
    },
  });
  await using client = await connect({ port: fake.port });
  const values = await client.batch((b) => {
    b.incr("n");
    return [];
  });
  assertEquals(values, []);
  assert(answered);
});

Deno.test("batch() over the limit sends nothing, or what fits where errors are values", async () => {
  await using client = await connect({ inflightRequestsLimit: 2 });
  await assertRejects(
    () => client.batch((b) => [b.set("a", 1), b.set("b", 1), b.set("c", 1)]),
    OverloadError,
  );
  assertEquals(await client.get("a"), null);
  const values = await client.batch(
    (b) => [b.set("a", 1), b.set("b", 1), b.set("c", 1)],
    { errors: "values" },
  );
  assertEquals(values.slice(0, 2), ["OK", "OK"]);
  assertInstanceOf(values[2], OverloadError);
});

Deno.test("the bytes view has batches of bytes", async () => {
  await using client = await connect();
  const bytes = new Uint8Array([0, 255, 13, 10]);
  await client.set("k", bytes);
  const [value] = await client.bytes.batch((b) => [b.get("k")]);
  assertEquals(value, bytes);
});

Deno.test("in a cluster", async (t) => {
  await using nodes = await startCluster();
  await using cluster = await RedisClusterClient.create({
    addresses: nodes.addresses,
    requestTimeout: 10_000,
  });

  await t.step("batch() is split by node and answers in order", async () => {
    const values = await cluster.batch((b) =>
      Array.from({ length: 200 }, (_, i) => i % 2 === 0 ? b.set(`k${i}`, i) : b.get(`k${i - 1}`))
    );
    for (const [i, value] of values.entries()) {
      assertEquals(value, i % 2 === 0 ? "OK" : String(i - 1));
    }
  });

  await t.step("a split command with a word that cannot be sent sends nothing", async () => {
    for (const bad of [undefined as never, NaN, "\ud800"]) {
      await assertRejects(() => cluster.mset({ a: 1, b: 2, c: bad }), TypeError, "MSET");
    }
    await assertRejects(() => cluster.del(["a", "b", "\udc00"]), TypeError, "DEL: argument 3");
    await assertRejects(() => cluster.mget(["a", "b", "\udc00"]), TypeError, "MGET: argument 3");
    assertEquals(await cluster.mget(["a", "b", "c"]), [null, null, null]);
  });

  await t.step("batch() with a command that the client refuses sends nothing", async () => {
    const refused: Record<string, (b: Batch) => Promise<unknown>> = {
      "keys in different slots": (b) => b.rename("a", "b"),
      "no route": (b) => b.customCommand(["SCAN", "0"]),
      "a value too few": (b) => b.customCommand(["MSET", "a", 1, "b"]),
      "undefined": (b) => b.set("a", undefined as never),
    };
    for (const [name, add] of Object.entries(refused)) {
      await assertRejects(
        () => cluster.batch((b) => [b.set("{s}c", 1), add(b as Batch)]),
        Error,
        undefined,
        name,
      );
      assertEquals(await cluster.get("{s}c"), null, name);
      const values = await cluster.batch((b) => [b.set("{s}d", name), add(b as Batch)], {
        errors: "values",
      });
      assertEquals(values[0], "OK");
      assertInstanceOf(values[1], Error, name);
    }
  });
});
