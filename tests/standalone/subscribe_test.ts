import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  ClosedError,
  ConfigurationError,
  type RedisClient,
  ServerError,
  type Subscription,
  TimeoutError,
} from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";

const server = await startServer();
server.unref();

const PROTOCOLS = [2, 3] as const;

/** Takes the next items of a subscription. */
async function take<M>(
  subscription: Subscription<string | Uint8Array, M>,
  count: number,
): Promise<M[]> {
  const items: M[] = [];
  if (count === 0) return items;
  for await (const item of subscription) if (items.push(item) === count) break;
  return items;
}

/** Waits for something inside of this process. */
async function holds(goal: string, condition: () => boolean): Promise<void> {
  await until(goal, () => Promise.resolve(condition()));
}

/** What the server says is subscribed, on all connections of a name. */
async function subscriberLines(client: RedisClient): Promise<string[]> {
  const list = String(await client.customCommand(["CLIENT", "LIST", "TYPE", "pubsub"]));
  return list.split("\n").filter((line) => line !== "");
}

for (const protocol of PROTOCOLS) {
  Deno.test(`RESP${protocol}: channels, patterns and shard channels, as text and as bytes`, async () => {
    await using client = await connect(server, { protocol });
    await using text = await client.subscribe(["t", "é"]);
    await using patterns = await client.psubscribe("t*");
    await using shard = await client.ssubscribe("s");
    await client.publish("t", "1");
    await client.publish("é", "ü");
    await client.spublish("s", "2");
    assertEquals(await take(text, 2), [
      { kind: "message", channel: "t", message: "1" },
      { kind: "message", channel: "é", message: "ü" },
    ]);
    assertEquals(await take(patterns, 1), [
      { kind: "pmessage", channel: "t", pattern: "t*", message: "1" },
    ]);
    assertEquals(await take(shard, 1), [{ kind: "smessage", channel: "s", message: "2" }]);
    const odd = new Uint8Array([0xff, 0, 13, 10]);
    await using bytes = await client.bytes.subscribe([odd, "t"]);
    await using all = await client.bytes.psubscribe(new Uint8Array([0xff, 42]));
    await client.publish(odd, odd);
    await client.publish("t", odd);
    const t = new Uint8Array([116]);
    assertEquals(await take(bytes, 2), [
      { kind: "message", channel: odd, message: odd },
      { kind: "message", channel: t, message: odd },
    ]);
    assertEquals(await take(all, 1), [
      { kind: "pmessage", channel: odd, pattern: new Uint8Array([0xff, 42]), message: odd },
    ]);
    assertEquals((await take(text, 1))[0].message, "\ufffd\0\r\n");
    assertEquals(bytes.names, [odd, t]);
    assertEquals(text.names, ["t", "é"]);
    // One connection for all of them.
    assertEquals((await subscriberLines(client)).length, 1);
  });

  Deno.test(`RESP${protocol}: a name is subscribed once, and each subscription has its own copy`, async () => {
    await using client = await connect(server, { protocol });
    const [first, second] = [
      await client.bytes.subscribe("c"),
      await client.bytes.subscribe("c"),
    ];
    await using third = await client.subscribe("c");
    await until("subscribed", async () => /\bsub=1\b/.test((await subscriberLines(client))[0]));
    assertEquals(await client.publish("c", "abc"), 1);
    const [message] = await take(first, 1);
    message.message.fill(0);
    message.channel.fill(0);
    assertEquals((await take(second, 1))[0].message, new TextEncoder().encode("abc"));
    assertEquals((await take(third, 1))[0].message, "abc");
    await first.unsubscribe();
    await second.unsubscribe();
    assertEquals(await client.publish("c", "def"), 1);
    assertEquals((await take(third, 1))[0].message, "def");
    await third.unsubscribe();
    assertEquals(await client.publish("c", "ghi"), 0);
    await until("no connection is left", async () => (await subscriberLines(client)).length === 0);
  });

  Deno.test(`RESP${protocol}: a subscription can be changed while it runs`, async () => {
    await using client = await connect(server, { protocol });
    await using subscription = await client.subscribe("a");
    await subscription.add(["b", "c"]);
    await subscription.delete(["a", "nothing"]);
    assertEquals(subscription.names, ["b", "c"]);
    assertEquals(await client.pubsubNumsub(["a", "b", "c"]), { a: 0, b: 1, c: 1 });
    for (const channel of ["a", "b", "c"]) await client.publish(channel, "1");
    assertEquals((await take(subscription, 2)).map(({ channel }) => channel), ["b", "c"]);
    await subscription.delete(["b", "c"]);
    await subscription.add("a");
    await client.publish("a", "2");
    assertEquals((await take(subscription, 1))[0].message, "2");
  });

  Deno.test(`RESP${protocol}: an iteration ends with unsubscribe(), and after what is buffered`, async () => {
    await using client = await connect(server, { protocol });
    const subscription = await client.subscribe("a");
    const reading = Array.fromAsync(subscription, ({ message }) => message);
    await client.publish("a", "1");
    await holds("received", () => subscription.stats.received === 1);
    await subscription.unsubscribe();
    assertEquals(await reading, ["1"]);
    assertEquals(subscription.ended, true);
    assertEquals(await Array.fromAsync(subscription), []);
    await assertRejects(() => subscription.add("b"), ClosedError, "has ended");
    await subscription.unsubscribe();
  });

  Deno.test(`RESP${protocol}: one denied channel rejects the call, and its other channels are not wanted`, async () => {
    await using strict = await startServer({
      users: [{ name: "ann", rules: "on >secret ~* &ok* +@all" }],
    });
    await using client = await connect(strict, {
      protocol,
      credentials: { username: "ann", password: "secret" },
    });
    await using other = await client.subscribe("ok1");
    const error = await assertRejects(
      () => client.subscribe(["ok1", "ok2", "no", "ok3", "ok4"]),
      ServerError,
    );
    assertEquals([error.code, error.command], ["NOPERM", "SUBSCRIBE"]);
    await assertRejects(() => other.add(["ok5", "no"]), ServerError);
    assertEquals(other.names, ["ok1"]);
    await until("only one is left", async () => (await client.pubsubChannels()).join() === "ok1");
    assertEquals(await client.publish("ok1", "x"), 1);
    assertEquals((await take(other, 1))[0].message, "x");
  });
}

Deno.test("a function gets the messages; what it throws is an event and disturbs nobody", async () => {
  await using client = await connect(server);
  const errors: unknown[] = [];
  const events = (async () => {
    for await (const event of client.events) if (event.type === "handlerError") errors.push(event);
  })();
  const got: string[] = [];
  await using bad = await client.subscribe("f", {
    onMessage: ({ message }) => {
      got.push(message);
      if (message === "1") throw new Error("One");
      if (message === "2") return Promise.reject(new Error("Two"));
    },
  });
  await using good = await client.subscribe("f");
  for (const message of ["1", "2", "3"]) await client.publish("f", message);
  assertEquals((await take(good, 3)).map(({ message }) => message), ["1", "2", "3"]);
  assertEquals(got, ["1", "2", "3"]);
  await holds("two events", () => errors.length === 2);
  assertThrows(() => bad[Symbol.asyncIterator](), TypeError, "onMessage");
  assertEquals(bad.stats, { received: 3, dropped: 0, buffered: 0, gaps: [] });
  await client.close();
  await events;
});

Deno.test("close() and destroy() end iterations at once", async () => {
  for (const end of ["close", "destroy"] as const) {
    const client = await connect(server);
    const waiting = await client.subscribe("w");
    const full = await client.subscribe("f");
    await client.publish("f", "1");
    await holds("received", () => full.stats.received === 1);
    const readings = [Array.fromAsync(waiting), take(waiting, 1)];
    await client[end]();
    assertEquals(await Promise.all(readings), [[], []]);
    assertEquals(await Array.fromAsync(full), []);
    await assertRejects(() => client.subscribe("x"), ClosedError);
    await waiting.unsubscribe();
    await client.close();
  }
});

Deno.test("a signal ends a subscription, or the wait for it", async () => {
  await using client = await connect(server);
  const stop = new AbortController();
  const subscription = await client.subscribe("s", { signal: stop.signal });
  const viewed = await client.with({ signal: stop.signal }).subscribe("s");
  const reading = Array.fromAsync(subscription);
  stop.abort(new Error("Enough"));
  assertEquals(await reading, []);
  assertEquals([subscription.ended, viewed.ended], [true, true]);
  await until("unsubscribed", async () => (await client.pubsubChannels("s")).length === 0);
  await assertRejects(() => client.subscribe("s", { signal: stop.signal }), Error, "Enough");
  const later = new AbortController();
  const waiting = client.subscribe("s", { signal: later.signal });
  later.abort(new Error("Late"));
  await assertRejects(() => waiting, Error, "Late");
  await until("no connection is left", async () => (await subscriberLines(client)).length === 0);
});

Deno.test("bad names and options are refused before anything is sent", async () => {
  await using client = await connect(server);
  await assertRejects(
    () => client.subscribe([]),
    TypeError,
    "Cannot call subscribe() without a name",
  );
  await assertRejects(
    () => client.psubscribe(["a", 1 as never]),
    TypeError,
    "Cannot call psubscribe(): name 1 is a number, expected a string or Uint8Array",
  );
  await assertRejects(() => client.ssubscribe("\ud800"), TypeError, "lone surrogate");
  await assertRejects(
    () => client.subscribe("a", { overflow: "block" as never }),
    ConfigurationError,
    'Cannot call subscribe() with option "overflow": expected "dropOldest", "dropNewest" or "error"',
  );
  for (
    const options of [
      { maxMessages: 0 },
      { maxBytes: 1.5 },
      { gaps: 1 },
      { onMessage: "x" },
      { signal: {} },
      { what: 1 },
    ]
  ) {
    await assertRejects(() => client.subscribe("a", options as never), ConfigurationError);
  }
  await assertRejects(() => client.subscribe("a", "b" as never), TypeError, "got a string");
  await assertRejects(
    () => Reflect.apply(client.subscribe, client, ["a", {}, "c"] as never),
    TypeError,
    "3 arguments",
  );
  assertEquals(await subscriberLines(client), []);
});

Deno.test("messages can be published from inside of a handler", async () => {
  await using client = await connect(server);
  const done = Promise.withResolvers<void>();
  await using _ = await client.subscribe("count", {
    onMessage: ({ message }) => {
      const n = Number(message);
      if (n === 100) done.resolve();
      else client.publish("count", n + 1);
    },
  });
  await client.publish("count", 1);
  await done.promise;
});

Deno.test("a subscription with gaps has them in its type", async () => {
  await using client = await connect(server);
  await using subscription = await client.subscribe("a", { gaps: true });
  await client.publish("a", "1");
  for await (const item of subscription) {
    if (item.kind === "gap") assert(item.until >= item.since);
    else assertEquals(item.message, "1");
    break;
  }
});

for (const protocol of PROTOCOLS) {
  Deno.test(`RESP${protocol}: changes of one name in the same turn leave what was wanted last`, async () => {
    await using client = await connect(server, { protocol });
    const subscription = await client.subscribe("a");
    // A call that waited for what is not wanted any more would time out here.
    await Promise.all([subscription.add("x"), subscription.delete("x")]);
    assertEquals(subscription.names, ["a"]);
    await Promise.all([subscription.add("y"), subscription.delete("y"), subscription.add("y")]);
    assertEquals(subscription.names, ["a", "y"]);
    assertEquals(await client.pubsubNumsub(["a", "x", "y"]), { a: 1, x: 0, y: 1 });
    const refused = assertRejects(() => subscription.add("z"), ClosedError, "has ended");
    await subscription.unsubscribe();
    await refused;
    await until("no connection is left", async () => (await subscriberLines(client)).length === 0);
  });
}

Deno.test("a name that is added by two calls at once is waited for by both", async () => {
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { requestTimeout: 50 });
  await using subscription = await client.subscribe("a");
  proxy.setFaults({ stall: true });
  const calls = [subscription.add("b"), subscription.add("b")];
  for (const call of calls) await assertRejects(() => call, TimeoutError);
  proxy.setFaults({});
  assertEquals(subscription.names, ["a"]);
});

Deno.test("an iterator that returns takes no more messages, though it waits for one", async () => {
  await using client = await connect(server);
  await using subscription = await client.subscribe("a");
  const left = subscription[Symbol.asyncIterator]();
  const waiting = left.next();
  await left.return!();
  assertEquals(await waiting, { done: true, value: undefined });
  await client.publish("a", "1");
  assertEquals((await take(subscription, 1))[0].message, "1");
});

Deno.test("surplus arguments are refused: unsubscribe(name) would end the subscription to all names", async () => {
  await using client = await connect(server);
  await using subscription = await client.subscribe(["a", "b"]);
  const untyped = subscription as unknown as Record<string, (...names: string[]) => Promise<void>>;
  await assertRejects(() => untyped.add("c", "d"), TypeError, "Cannot call add() with 2 arguments");
  await assertRejects(() => untyped.delete("a", "b"), TypeError, "Cannot call delete()");
  await assertRejects(() => untyped.unsubscribe("a"), TypeError, "it takes none");
  assertEquals(subscription.names, ["a", "b"]);
});
