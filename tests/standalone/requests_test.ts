import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  type Argument,
  ClosedError,
  ConfigurationError,
  type RedisClient,
  ServerError,
  TimeoutError,
} from "../../standalone/mod.ts";
import {
  type FakeServer,
  startFakeServer,
  startProxy,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

Deno.test("an aborted request that was written rejects at once, and its reply is dropped", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy);
  await client.mset({ a: "alpha", b: "beta" });
  proxy.setFaults({ stall: "toClient" });
  const abort = new AbortController();
  const aborted = measure(() => client.with({ signal: abort.signal }).get("a"));
  const other = client.get("b");
  await until("both are written", () => Promise.resolve(proxy.connections[0].passed.toServer > 0));
  const reason = { not: "even an error" };
  abort.abort(reason);
  const { error, elapsed } = await aborted;
  assertEquals(error, reason);
  assert(elapsed < 1000, `${elapsed} ms`);
  proxy.setFaults({});
  assertEquals(await other, "beta");
  assertEquals(await client.get("a"), "alpha");
});

Deno.test("a signal that is aborted already, or before the request is written, keeps it from being sent", async () => {
  await using fake = await startFakeServer({ GET: null });
  await using client = await connect(fake);
  const abort = new AbortController();
  const view = client.with({ signal: abort.signal });
  const queued = view.get("a");
  abort.abort();
  assertEquals(await queued.catch((error) => error), abort.signal.reason);
  assertEquals(await view.get("b").catch((error) => error), abort.signal.reason);
  const timeout = AbortSignal.timeout(10);
  const late = client.with({ signal: timeout });
  await until("the signal is aborted", () => Promise.resolve(timeout.aborted));
  const error = await late.get("c").catch((error) => error);
  assertInstanceOf(error, DOMException);
  assertEquals(error.name, "TimeoutError");
  assertEquals(await client.get("d"), null);
  assertEquals(fake.receivedOf("GET").map(({ args }) => args[1]), ["d"]);
});

Deno.test("one signal serves many requests, and none that is settled listens to it any more", async () => {
  await using client = await connect(server);
  const abort = new AbortController();
  const view = client.with({ signal: abort.signal });
  let listening = 0;
  const { signal } = abort;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening--;
    remove(...args);
  };
  await Promise.all(Array.from({ length: 1000 }, (_, i) => view.set(`k${i}`, i)));
  assertEquals(listening, 0);
  abort.abort();
  await assertRejects(() => view.get("k1"));
  assertEquals(await client.get("k1"), "1");
});

Deno.test("views share the connection and add to each other's options", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 5000 });
  await client.set("k", "v");
  const abort = new AbortController();
  const view = client.with({ timeout: 40 }).bytes.with({ signal: abort.signal });
  assertEquals(await view.get("k"), new TextEncoder().encode("v"));
  assertEquals(await client.bytes.with({ timeout: 100 }).get("k"), new TextEncoder().encode("v"));
  assertEquals(proxy.accepted, 1);
  proxy.setFaults({ stall: true });
  const { error } = await measure(() => view.get("k"));
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.timeout, 40);
  const longer = measure(() => view.with({ timeout: 3000 }).get("k"));
  abort.abort();
  assertEquals((await longer).error, abort.signal.reason);
  const custom = await measure(() => client.customCommand(["GET", "k"], { timeout: 30 }));
  assertInstanceOf(custom.error, TimeoutError);
  assertEquals(custom.error.timeout, 30);
  proxy.setFaults({});
  assertEquals(await client.get("k"), "v");
});

Deno.test("with() refuses bad options", async () => {
  await using client = await connect(server);
  for (const timeout of [0, -1, NaN, Infinity, "1" as unknown as number]) {
    const error = assertThrows(() => client.with({ timeout }), ConfigurationError);
    assertEquals(error.option, "timeout");
    await assertRejects(() => client.customCommand(["PING"], { timeout }), ConfigurationError);
  }
  const signal = {} as AbortSignal;
  assertEquals(assertThrows(() => client.with({ signal }), ConfigurationError).option, "signal");
});

Deno.test("closing a view closes the client", async () => {
  await using client = await connect(server);
  await client.bytes.with({ timeout: 100 }).close();
  const error = await assertRejects(() => client.get("k"), ClosedError);
  assert(error.message.includes("GET"), error.message);
});

const REFUSED: Argument[][] = [
  ["MULTI"],
  ["exec"],
  ["DISCARD"],
  ["Watch", "k"],
  ["UNWATCH"],
  ["SUBSCRIBE", "c"],
  ["psubscribe", "c*"],
  ["SSUBSCRIBE", "c"],
  ["UNSUBSCRIBE"],
  ["MONITOR"],
  ["SELECT", 1],
  ["AUTH", "password"],
  ["HELLO", 2],
  ["RESET"],
  ["QUIT"],
  ["CLIENT", "REPLY", "OFF"],
  ["client", "tracking", "ON"],
  ["CLIENT", "CACHING", "YES"],
  ["READONLY"],
  ["READWRITE"],
  ["ASKING"],
  ["SYNC"],
  ["PSYNC", "?", -1],
  [new TextEncoder().encode("multi")],
  ["CLIENT", new TextEncoder().encode("reply"), "SKIP"],
];

/** What the client has sent besides its handshake. */
function requestsTo(fake: FakeServer): string[][] {
  return fake.received.filter(({ name, args }) =>
    name !== "HELLO" && name !== "ROLE" && args[1]?.toUpperCase() !== "SETINFO"
  ).map(({ args }) => [...args]);
}

Deno.test("customCommand() refuses what would change the shared connection, before anything is sent", async () => {
  await using fake = await startFakeServer();
  await using client = await connect(fake);
  for (const args of REFUSED) {
    const error = await assertRejects(() => client.customCommand(args), TypeError);
    assert(error.message.includes(": "), `"${error.message}" does not say what to use instead`);
    assert(!error.message.includes("password"));
  }
  await client.customCommand(["PING"]);
  assertEquals(requestsTo(fake), [["PING"]]);
});

/** Calls that no type checker would let pass. */
const BAD: [title: string, call: (client: RedisClient) => Promise<unknown>, error: typeof Error][] =
  [
    ["undefined", (client) => client.get(undefined as unknown as string), TypeError],
    ["null", (client) => client.set("k", null as unknown as string), TypeError],
    ["an object", (client) => client.set("k", {} as unknown as string), TypeError],
    ["a boolean", (client) => client.set("k", true as unknown as string), TypeError],
    ["an ArrayBuffer", (client) => client.set("k", new ArrayBuffer(1) as never), TypeError],
    ["a symbol", (client) => client.set("k", Symbol("s") as unknown as string), TypeError],
    ["NaN", (client) => client.set("k", NaN), TypeError],
    ["NaN as an expiry", (client) => client.expire("k", NaN), TypeError],
    ["a lone surrogate", (client) => client.set("k", "a\ud800"), TypeError],
    ["a lone surrogate in a key", (client) => client.get("\udc00b".repeat(50)), TypeError],
    [
      "a long lone surrogate",
      (client) => client.set("k", "x".repeat(20_000) + "\ud800"),
      TypeError,
    ],
    ["no keys", (client) => client.del([]), RangeError],
    ["no keys to read", (client) => client.mget([]), RangeError],
    ["no entries", (client) => client.mset({}), RangeError],
    ["undefined among keys", (client) => client.mget(["a", undefined as never]), TypeError],
    ["no words", (client) => client.customCommand([]), TypeError],
    ["undefined as a name", (client) => client.customCommand([undefined as never]), TypeError],
    ["null as a name", (client) => client.customCommand([null as never, "k"]), TypeError],
    ["an array as a word", (client) => client.customCommand(["DEL", ["k"] as never]), TypeError],
    ["no array of words", (client) => client.customCommand("PING" as never), TypeError],
  ];

for (const [title, call, type] of BAD) {
  Deno.test(`${title} rejects before anything is sent`, async () => {
    await using fake = await startFakeServer();
    await using client = await connect(fake);
    // A mistake must come as a rejection, never as a synchronous exception.
    const promise = call(client);
    const error = await assertRejects(() => promise, type as ErrorConstructor);
    assert(error instanceof type, `${error}`);
    assertEquals(await client.customCommand(["PING"]), "PONG");
    assertEquals(requestsTo(fake), [["PING"]]);
  });
}

Deno.test("a bad argument does not disturb the requests around it", async () => {
  await using client = await connect(server);
  const outcomes = await Promise.allSettled([
    client.set("a", 1),
    client.set("b", "\ud800"),
    client.set("c", NaN),
    client.incr("a"),
  ]);
  assertEquals(outcomes.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
  assertEquals(await client.get("a"), "2");
});

Deno.test("messages do not repeat the values of arguments", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 50 });
  const secret = "opensesame";
  proxy.setFaults({ stall: true });
  const late = await assertRejects(() => client.set(secret, secret), TimeoutError);
  const unknown = await assertRejects(
    () => client.customCommand(["NOSUCHCOMMAND", secret]),
    TimeoutError,
  );
  const bad = await assertRejects(() => client.set(secret, `${secret}\ud800`), TypeError);
  for (const error of [late, unknown, bad]) {
    assert(!Deno.inspect(error).includes(secret), Deno.inspect(error));
  }
});

Deno.test("a user who may not run a command gets the server's error with its code", async () => {
  await using own = await startServer({
    users: [{ name: "reader", rules: "on >secret ~app:* +@read +@connection +role" }],
  });
  await own.command(["SET", "app:k", "v"]);
  await using client = await connect(own, {
    credentials: { username: "reader", password: "secret" },
  });
  assertEquals(await client.get("app:k"), "v");
  const write = await assertRejects(() => client.set("app:k", "w"), ServerError);
  assertEquals([write.code, write.command], ["NOPERM", "SET"]);
  const key = await assertRejects(() => client.get("other"), ServerError);
  assertEquals([key.code, key.command], ["NOPERM", "GET"]);
  const blocking = await assertRejects(
    () => client.customCommand(["BLPOP", "app:l", 0]),
    ServerError,
  );
  assertEquals([blocking.code, blocking.command], ["NOPERM", "BLPOP"]);
});
