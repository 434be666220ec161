import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ClosedError, ConnectionError, ServerError, TimeoutError } from "../../standalone/mod.ts";
import {
  type FakeScript,
  type FakeServer,
  type ServerAddress,
  ServerError as FakeError,
  startFakeServer,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { addressesOf } from "./_connect.ts";
import { Lateness, measure } from "../_kit/elapsed.ts";
import { connectBy, type FakeSentinel, startFakeSentinel } from "./_fake_sentinel.ts";

const REPLICA = ["slave", "127.0.0.1", 1, "connected", 0];
const OK: FakeScript = { SET: "OK", GET: "v" };

function unusedAddress(): ServerAddress {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { host: "127.0.0.1", port: listener.addr.port };
}

/** Two nodes that both say that they are the primary, and three sentinels that name the first one. */
async function startWorld(): Promise<
  { first: FakeServer; second: FakeServer; sentinels: FakeSentinel[] } & AsyncDisposable
> {
  const stack = new AsyncDisposableStack();
  const [first, second] = [
    stack.use(await startFakeServer(OK)),
    stack.use(await startFakeServer(OK)),
  ];
  const sentinels: FakeSentinel[] = [];
  for (let i = 0; i < 3; i++) {
    sentinels.push(stack.use(await startFakeSentinel({ primary: first })));
  }
  return { first, second, sentinels, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function writesTo(server: FakeServer): number {
  return server.receivedOf("SET").length;
}

Deno.test("the highest epoch wins: a node that two stale sentinels name gets no write", async () => {
  await using world = await startWorld();
  const { first, second, sentinels } = world;
  sentinels[2].opinion = { primary: second, epoch: 2 };
  await using client = await connectBy(sentinels.toReversed());
  for (let i = 0; i < 20; i++) await client.set("k", i);
  assert(writesTo(second) >= 18, `${writesTo(second)}`);
  // A majority that answers before the third sentinel is believed until then.
  await until("the third sentinel was heard", () => Promise.resolve(sentinels[2].rounds > 0));
  const before = writesTo(first);
  for (let i = 0; i < 20; i++) await client.set("k", i);
  assertEquals(writesTo(first), before);
});

Deno.test("a switch that a sentinel publishes is followed at once; a stale sentinel does not bring the client back", async () => {
  await using world = await startWorld();
  const { first, second, sentinels } = world;
  await using client = await connectBy(sentinels, { periodicTopologyCheck: 0 });
  await client.set("k", 0);
  for (const { server } of sentinels) await server.waitForSubscriber("+switch-master");
  using late = new Lateness();
  for (const sentinel of sentinels.slice(1)) sentinel.switchTo({ primary: second, epoch: 2 });
  const start = performance.now();
  await until("a write goes to the second node", async () => {
    await client.set("k", 1);
    return writesTo(second) > 0;
  }, { interval: 1 });
  const elapsed = performance.now() - start;
  assert(elapsed < 300 + late.worst, `${elapsed} ms`);

  const before = writesTo(first);
  // Only the stale one is left.
  for (const sentinel of sentinels.slice(1)) await sentinel[Symbol.asyncDispose]();
  sentinels[0].switchTo({ primary: first, epoch: 1 });
  const { rounds } = sentinels[0];
  await until("it was asked", () => Promise.resolve(sentinels[0].rounds > rounds));
  for (let i = 0; i < 20; i++) await client.set("k", i);
  assertEquals(writesTo(first), before);
});

Deno.test("writes are held while the new primary does not confirm: the old one gets none of them", async () => {
  await using world = await startWorld();
  const { first, second, sentinels } = world;
  const away = unusedAddress();
  await using client = await connectBy(sentinels, { requestTimeout: 150 });
  await client.set("k", 0);
  for (const { server } of sentinels) await server.waitForSubscriber("+switch-master");
  const before = writesTo(first);
  for (const sentinel of sentinels) sentinel.switchTo({ primary: away, epoch: 2 });
  const { rounds } = sentinels[0];
  await until("it was asked", () => Promise.resolve(sentinels[0].rounds > rounds));
  await until("the client holds writes", async () => {
    const error = await client.set("k", 1).then(() => undefined, (error) => error);
    if (error === undefined) return false;
    assertInstanceOf(error, TimeoutError);
    assertEquals(error.phase, "queued");
    assertMatch(
      String(error.cause),
      new RegExp(`says that ${away.host}:${away.port} is the primary`),
    );
    return true;
  });
  const held = writesTo(first);
  await assertRejects(() => client.set("k", 2), TimeoutError);
  assertEquals(writesTo(first), held);
  assert(held <= before + 2, "the client went on too long");
  // And it gets them as soon as there is one that confirms.
  const waiting = client.set("k", 3);
  for (const sentinel of sentinels) sentinel.switchTo({ primary: second, epoch: 3 });
  await waiting;
  assertEquals([writesTo(first), writesTo(second)], [held, 1]);
});

Deno.test("a node that denies to be the primary gets no write: the next candidate does", async () => {
  await using world = await startWorld();
  const { first, second, sentinels } = world;
  second.script = { ...OK, ROLE: REPLICA };
  sentinels[0].opinion = { primary: second, epoch: 2 };
  await using client = await connectBy(sentinels);
  for (let i = 0; i < 10; i++) await client.set("k", i);
  assertEquals([writesTo(first), writesTo(second)], [10, 0]);
});

Deno.test("a primary that comes back is not written to if another one has taken its place meanwhile", async () => {
  await using world = await startWorld();
  const { first, second, sentinels } = world;
  await using client = await connectBy(sentinels, { periodicTopologyCheck: 0 });
  await client.set("k", 0);
  // Nobody publishes it, and the client does not ask before the connection is lost.
  for (const sentinel of sentinels) sentinel.opinion = { primary: second, epoch: 2 };
  const writes = writesTo(first);
  first.cut();
  await until("the write is executed", async () => await client.set("k", 1) === "OK");
  assertEquals([writesTo(first), writesTo(second)], [writes, 1]);
});

Deno.test("all sentinels are away: the client goes on, follows what its nodes say, and the sentinels once they are back", async () => {
  await using primary = await startServer({ replicas: 1 });
  const [replica] = primary.replicas;
  const opinion = { primary, replicas: [replica] };
  const port = await (async () => {
    await using sentinel = await startFakeSentinel(opinion);
    return sentinel.port;
  })();
  let sentinel = await startFakeSentinel(opinion, { port });
  await using client = await connectBy([sentinel]);
  await client.set("k", 1);
  await client.wait(1, 5000);
  await sentinel[Symbol.asyncDispose]();
  assertEquals(await client.set("k", 2), "OK");
  await client.wait(1, 5000);
  await primary.kill();
  const waiting = client.get("k");
  await replica.promote();
  assertEquals(await waiting, "2");
  assertEquals(await client.set("k", 3), "OK");
  sentinel = await startFakeSentinel({ primary: replica, epoch: 2 }, { port });
  await using _ = sentinel;
  await until("the sentinel was asked again", () => Promise.resolve(sentinel.rounds > 0));
  assertEquals(await client.get("k"), "3");
});

Deno.test("sentinels that others know are added, and asked when the configured ones are gone", async () => {
  await using world = await startWorld();
  const { first, second, sentinels: [configured, other, third] } = world;
  configured.opinion = { primary: first, sentinels: [other, third] };
  await using client = await connectBy([configured]);
  for (const { server } of [other, third]) await server.waitForSubscriber("+switch-master");
  // They know each other, and the client is told of itself by each: no sentinel is asked twice.
  for (const sentinel of [other, third]) {
    sentinel.opinion = {
      primary: first,
      sentinels: [configured, other, third].filter((each) => each !== sentinel),
    };
  }
  await configured[Symbol.asyncDispose]();
  for (const sentinel of [other, third]) sentinel.switchTo({ primary: second, epoch: 2 });
  await until("the write goes to the new primary", async () => {
    await client.set("k", 1);
    return writesTo(second) > 0;
  });
  assertEquals(other.server.connections.length, 2, "one for questions, one for events");
});

Deno.test("a sentinel that is known by two addresses is counted once", async () => {
  await using world = await startWorld();
  const { sentinels: [sentinel] } = world;
  sentinel.opinion = {
    ...sentinel.opinion,
    sentinels: [{ host: "localhost", port: sentinel.port, id: sentinel.id }],
  };
  await using client = await connectBy([sentinel]);
  await until("it was asked a few times", () => Promise.resolve(sentinel.rounds > 2));
  await client.get("k");
  assertEquals(sentinel.server.connections.length, 2);
});

Deno.test("sentinels get their own credentials, and the nodes theirs", async () => {
  await using node = await startFakeServer(OK);
  await using sentinel = await startFakeSentinel({ primary: node, others: 0 });
  const credentials = { username: "app", password: "of the node" };
  for (const own of [undefined, { password: "of the sentinel" }]) {
    const before = sentinel.server.received.length;
    await using client = await connectBy([sentinel], {
      credentials,
      clientName: "me",
      databaseId: 3,
      sentinel: { name: "main", addresses: addressesOf(sentinel), credentials: own },
    });
    await client.get("k");
    const words = sentinel.server.received.slice(before).flatMap(({ args }) => args);
    assert(!words.includes("of the node"));
    assert(!words.includes("SELECT"));
    assertEquals(words.includes("of the sentinel"), own !== undefined);
    assert(!node.received.some(({ args }) => args.includes("of the sentinel")));
  }
});

Deno.test("create() says at once what each sentinel answered, if none can ever tell", async () => {
  await using unknown = await startFakeSentinel({ primary: null });
  await using server = await startFakeServer();
  await using strict = await startFakeSentinel({ primary: null });
  strict.refusal = new FakeError("NOAUTH Authentication required.");
  const { error, ran } = await measure(() => connectBy([unknown, server, strict]));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, 'Cannot find the primary "main"');
  assertStringIncludes(error.message, `${unknown.port} knows no primary "main"`);
  assertStringIncludes(
    error.message,
    `${server.port}: Cannot use the server as a sentinel: it is not in Sentinel mode`,
  );
  assertStringIncludes(error.message, `${strict.port}: NOAUTH`);
  assert(ran < 2000, `${ran} ms`);
});

Deno.test("create() uses its budget while a sentinel may still tell, and says what each one answered", async () => {
  await using node = await startFakeServer({ ...OK, ROLE: REPLICA });
  const away = unusedAddress();
  await using down = await startFakeSentinel({ primary: node, flags: "s_down,o_down,master" });
  await using sure = await startFakeSentinel({ primary: node });
  const creations = [[away], [down], [sure]].map((sentinels) =>
    measure(() => connectBy(sentinels, { clientCreationTimeout: 300 }))
  );
  const [first, second, third] = await Promise.all(creations);
  for (const { error, elapsed, ran } of [first, second, third]) {
    assertInstanceOf(error, ConnectionError);
    assertStringIncludes(error.message, "Cannot find a primary within 300 ms");
    assert(elapsed >= 299 && ran < 1000, `${elapsed} ms, ${ran} of them running`);
  }
  assertMatch(String(first.error), new RegExp(`sentinel .*:${away.port}: Cannot connect`));
  assertMatch(
    String(second.error),
    new RegExp(`:${node.port} is the primary .* and down \\(s_down,o_down\\)`),
  );
  assertMatch(
    String(third.error),
    new RegExp(`127.0.0.1:${node.port} is a replica; sentinel .* says that`),
  );
});

Deno.test("lazyConnect: the first request asks the sentinels, and says what they answered", async () => {
  await using unknown = await startFakeSentinel({ primary: null });
  await using lost = await connectBy([unknown], { lazyConnect: true });
  assertEquals(unknown.server.accepted, 0);
  const error = await assertRejects(() => lost.get("k"), ConnectionError);
  assertStringIncludes(error.message, 'knows no primary "main"');
  await using node = await startFakeServer(OK);
  unknown.opinion = { primary: node };
  assertEquals(await lost.get("k"), "v");
  const away = unusedAddress();
  await using lonely = await connectBy([away], { lazyConnect: true, requestTimeout: 100 });
  const late = await assertRejects(() => lonely.get("k"), TimeoutError);
  assertMatch(late.message, new RegExp(`"GET" within 100 ms: .*sentinel .*:${away.port}: Cannot`));
});

Deno.test("addressMap translates the primary, replicas and sentinels, and not what is configured", async () => {
  await using first = await startServer({ replicas: 1 });
  const [second] = first.replicas;
  await using hidden = await startFakeSentinel({ primary: null });
  const at = (host: string) => ({ host, port: 1 });
  const opinion = { primary: at("one.internal"), replicas: [at("two.internal")] };
  hidden.opinion = opinion;
  await using known = await startFakeSentinel({
    ...opinion,
    sentinels: [{ ...at("other.internal"), id: hidden.id }],
  });
  const places = new Map<string, ServerAddress>([
    ["one.internal", first],
    ["two.internal", second],
    ["other.internal", hidden],
  ]);
  await using client = await connectBy([known], {
    readFrom: "preferReplica",
    sentinel: {
      name: "main",
      addresses: addressesOf(known),
      addressMap: (host) => {
        const { host: to, port } = places.get(host)!;
        return { host: to, port };
      },
    },
  });
  await client.set("k", "v");
  await client.wait(1, 5000);
  await second.command(["CONFIG", "RESETSTAT"]);
  await until("the replica is read from", async () => {
    assertEquals(await client.get("k"), "v");
    return String(await second.command(["INFO", "commandstats"])).includes("cmdstat_get:");
  });
  await hidden.server.waitForSubscriber("+switch-master");
});

Deno.test("an addressMap that throws fails the attempts, and the errors name it", async () => {
  await using sentinel = await startFakeSentinel({ primary: unusedAddress() });
  const error = await assertRejects(() =>
    connectBy([sentinel], {
      clientCreationTimeout: 200,
      sentinel: {
        name: "main",
        addresses: addressesOf(sentinel),
        addressMap: () => {
          throw new Error("no map");
        },
      },
    }), ConnectionError);
  assertStringIncludes(error.message, '"sentinel.addressMap" throws');
});

Deno.test("a session that watches keys ends when another node takes over while the old one still takes writes", async () => {
  await using old = await startServer();
  await using next = await startServer();
  await using sentinel = await startFakeSentinel({ primary: old, others: 0 });
  await using client = await connectBy([sentinel]);
  await sentinel.server.waitForSubscriber("+switch-master");
  await client.watch("k", async (session) => {
    sentinel.switchTo({ primary: next, epoch: 2 });
    await until("the client has switched", async () => {
      await client.set("other", 1);
      return await next.command(["EXISTS", "other"]) === 1;
    });
    await assertRejects(() => session.transaction((t) => [t.set("k", 1)]), ConnectionError);
  }).catch((error) => assertInstanceOf(error, ConnectionError));
  assertEquals(await old.command(["EXISTS", "k"]), 0);
});

Deno.test("a sentinel that allows no subscription is asked regularly", async () => {
  await using world = await startWorld();
  const { second, sentinels } = world;
  for (const { server } of sentinels) {
    server.script = {
      ...server.script as FakeScript,
      SUBSCRIBE: new FakeError("NOPERM no permissions to run the 'subscribe' command"),
    };
  }
  await using client = await connectBy(sentinels, { periodicTopologyCheck: 0 });
  await client.set("k", 0);
  for (const sentinel of sentinels) sentinel.opinion = { primary: second, epoch: 2 };
  await until("the client has switched", async () => {
    await client.set("k", 1);
    return writesTo(second) > 0;
  });
});

Deno.test("close() and destroy() end the connections to the sentinels, and events tell of them", async () => {
  await using node = await startFakeServer(OK);
  await using sentinel = await startFakeSentinel({ primary: node });
  const client = await connectBy([sentinel]);
  await sentinel.server.waitForSubscriber("+switch-master");
  const events = client.events[Symbol.asyncIterator]();
  sentinel.server.cut();
  const seen: string[] = [];
  while (seen.length < 2) {
    const { value } = await events.next();
    if (value?.type === "sentinel") seen.push(value.error === undefined ? "opened" : "lost");
  }
  assertEquals(seen, ["lost", "opened"]);
  await client.close();
  await until(
    "nothing is connected",
    () => Promise.resolve(sentinel.server.connections.length === 0),
  );
  const other = await connectBy([sentinel]);
  other.destroy();
  await until(
    "nothing is connected",
    () => Promise.resolve(sentinel.server.connections.length === 0),
  );
  await assertRejects(() => other.get("k"), ClosedError);
});

Deno.test("a wrong password for the nodes ends create() at once, however the sentinels answer", async () => {
  await using node = await startServer({ password: "secret" });
  await using sentinel = await startFakeSentinel({ primary: node });
  const { error, ran } = await measure(() =>
    connectBy([sentinel], { credentials: { password: "wrong" } })
  );
  assertInstanceOf(error, ServerError);
  assertEquals(error.code, "WRONGPASS");
  assert(ran < 2000, `${ran} ms`);
});

Deno.test("create() does not fail for what is wrong with a replica, or with one of several candidates", async () => {
  await using node = await startServer();
  const nonsense = { host: "no name", port: 6379 };
  await using sure = await startFakeSentinel({ primary: node, replicas: [nonsense] });
  await using also = await startFakeSentinel({ primary: node });
  await using other = await startFakeSentinel({ primary: nonsense });
  for (const sentinels of [[sure], [sure, also, other]]) {
    await using client = await connectBy(sentinels, { readFrom: "preferReplica" });
    assertEquals(await client.set("k", "v"), "OK");
    assertEquals(await client.get("k"), "v");
  }
  const error = await assertRejects(() => connectBy([other]), ConnectionError);
  assertStringIncludes(error.message, "Cannot connect to no name:6379");
});
