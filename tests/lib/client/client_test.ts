import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Batch,
  ConfigurationError,
  RedisClient,
  RedisClusterClient,
  script,
} from "../../../mod.ts";
import { startServer } from "../../../lib/testing/mod.ts";

// deno-lint-ignore no-explicit-any -- what untyped code can do
type Untyped = any;

/** What is called on both clients, and what they say. */
const BAD_CALLS: [call: (client: Untyped) => Promise<unknown>, message: string][] = [
  [(c) => c.batch([["GET", "k"]]), "Cannot run the batch: expected a callback that adds commands"],
  [(c) => c.batch(() => [], { error: "values" }), 'there is no option "error", only errors, retry'],
  [(c) => c.batch(() => [], { errors: "value" }), '"errors" to be "reject" or "values"'],
  [(c) => c.batch(() => [], null), "Cannot run the batch: expected options as an object { errors"],
  [(c) => c.batch(() => [], {}, 1), "Cannot call batch() with 3 arguments: it takes 2 at most"],
  [(c) => c.batch((b: Untyped) => [b.del("a", "b")]), "Cannot call del() with 2 arguments"],
  [(c) => c.transaction(() => [], "values"), "Cannot run the transaction: expected options as an"],
  [
    (c) => c.transaction(() => [], { retry: 1 }),
    'Cannot run the transaction: there is no option "r',
  ],
  [
    (c) => c.transaction(null),
    "Cannot run the transaction: expected a callback that adds commands",
  ],
  [(c) => c.transaction(() => [], {}, 1), "Cannot call transaction() with 3 arguments"],
  [
    (c) => c.watch("k", () => {}, { retry: 3 }),
    'Cannot watch: there is no option "retry", only re',
  ],
  [(c) => c.watch("k", () => {}, null), "Cannot watch: expected options as an object { retries }"],
  [
    (c) => c.watch("a", "b", () => {}),
    "Cannot watch: expected options as an object { retries }, g",
  ],
  [(c) => c.watch("k"), "Cannot watch: expected a callback, got undefined"],
  [(c) => c.watch("k", () => {}, {}, 1), "Cannot call watch() with 4 arguments"],
  [
    (c) => c.run("return 1"),
    "Cannot run the script: expected a script made by script(), got a str",
  ],
  [
    (c) => c.run(script("return 1"), ["k"]),
    "expected options as an object { keys, args }, got an ",
  ],
  [(c) => c.run(script("return 1"), { keys: {} }), 'option "keys" is an Object, expected a string'],
  [(c) => c.run(script("return 1"), ["k"], ["a"]), "Cannot call run() with 3 arguments"],
  [(c) => c.customCommand("GET", "k"), "expected an array of words, got a string"],
  [
    (c) => c.customCommand(["GET", "k"], null),
    "Cannot use request options: expected an object { ti",
  ],
  [(c) => c.customCommand(["GET", "k"], {}, 1), "Cannot call customCommand() with 3 arguments"],
];

Deno.test("client methods refuse what they do not know, before anything is connected", async () => {
  const configuration = { addresses: [{ host: "127.0.0.1", port: 1 }], lazyConnect: true };
  await using standalone = await RedisClient.create(configuration);
  await using cluster = await RedisClusterClient.create(configuration);
  for (const client of [standalone, cluster]) {
    for (const [call, message] of BAD_CALLS) {
      await assertRejects(() => call(client), TypeError, message);
    }
  }
});

Deno.test("an unknown request option is a ConfigurationError, anything but an object a TypeError", async () => {
  await using client = await RedisClient.create({
    addresses: [{ host: "127.0.0.1", port: 1 }],
    lazyConnect: true,
  });
  const untyped = client as Untyped;
  assertThrows(
    () => untyped.with({ timeOut: 5 }),
    ConfigurationError,
    '"timeOut": there is no such',
  );
  assertThrows(
    () => untyped.with(null),
    TypeError,
    "Cannot use request options: expected an object",
  );
  assertThrows(() => untyped.with(5), TypeError, "Cannot use request options: expected an object");
  await assertRejects(
    () => untyped.customCommand(["GET", "k"], { timeOut: 5 }),
    ConfigurationError,
    'Cannot use option "timeOut": there is no such option, only timeout, signal, route',
  );
});

Deno.test("a request option that is undefined leaves the one of the view", async () => {
  await using server = await startServer();
  await using client = await RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 10_000,
  });
  const given = new AbortController();
  const view = client.with({ timeout: 9_999, signal: given.signal });
  const nothing = { timeout: undefined, signal: undefined };
  given.abort(new Error("Given up"));
  await assertRejects(() => view.with(nothing).get("k"), Error, "Given up");
  await assertRejects(() => view.customCommand(["GET", "k"], nothing), Error, "Given up");
});

Deno.test("a route is one thing", async () => {
  await using cluster = await RedisClusterClient.create({
    addresses: [{ host: "127.0.0.1", port: 1 }],
    lazyConnect: true,
  });
  const untyped = cluster as Untyped;
  for (
    const route of [{}, { slotKey: "a", slot: 1 }, { slotKey: "a", Host: "b" }, { host: "b" }]
  ) {
    assertThrows(
      () => untyped.with({ route }),
      ConfigurationError,
      'Cannot use option "route": expected { slotKey }, { slot } or { host, port }',
    );
  }
});

Deno.test("a scan of a cluster refuses unknown options at the first step", async () => {
  await using cluster = await RedisClusterClient.create({
    addresses: [{ host: "127.0.0.1", port: 1 }],
    lazyConnect: true,
  });
  const untyped = cluster as Untyped;
  for (
    const [args, message] of [
      [
        [{ MATCH: "*" }],
        'Cannot scan: there is no option "MATCH", only match, count, type, resume',
      ],
      [["user:*"], "Cannot scan: expected options as an object"],
      [[null], "Cannot scan: expected options as an object"],
      [[{}, {}], "Cannot call scanIterator() with 2 arguments"],
    ] as const
  ) {
    const scan = untyped.scanIterator(...args);
    await assertRejects(() => scan.next(), TypeError, message);
  }
});

Deno.test("a refused call sends nothing, also from a batch, a transaction and a session", async () => {
  await using server = await startServer();
  await using client = await RedisClient.create(server.url);
  await client.mset({ a: 1, b: 2 });
  const untyped = client as Untyped;
  await assertRejects(() => untyped.del("a", "b"), TypeError);
  for (const method of ["batch", "transaction"]) {
    await assertRejects(
      () => untyped[method]((b: Untyped) => [b.set("a", "changed"), b.del("a", "b")]),
      TypeError,
      "Cannot call del() with 2 arguments",
    );
    await assertRejects(
      () => untyped[method]((b: Untyped) => [b.set("a", "changed"), b.set("b", 3, { NX: true })]),
      TypeError,
      'there is no option "NX"',
    );
    await assertRejects(
      () => untyped[method]((b: Batch) => [(b as Untyped).customCommand(["DEL", "a"], {})]),
      TypeError,
      "Cannot call customCommand() with 2 arguments: it takes 1 at most",
    );
  }
  await client.watch("a", async (session) => {
    await assertRejects(
      () => (session as Untyped).transaction((t: Batch) => [t.del("a")], { errors: "all" }),
      TypeError,
      'expected the option "errors" to be "reject" or "values"',
    );
    await assertRejects(() => (session as Untyped).get("a", "b"), TypeError, "Cannot call get()");
  });
  assertEquals(await client.mget(["a", "b"]), ["1", "2"]);
});
