/** Credentials that come from functions, and change while the client runs. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  ClosedError,
  ConfigurationError,
  ConnectionError,
  type CredentialsProvider,
  type RedisClient,
  RedisError,
  ServerError,
  TimeoutError,
} from "../../standalone/mod.ts";
import {
  inTurn,
  NO_REPLY,
  ServerError as ErrorReply,
  simple,
  startFakeServer,
  startProxy,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect } from "./_connect.ts";
import { measure, messagesOf } from "../_kit/elapsed.ts";
import { APP, rotate } from "./_rotation.ts";

const server = await startServer({ users: [{ name: "app", rules: `${APP} >pw-0` }] });
server.unref();

/** Gives the user `app` passwords, and no others. */
async function setPasswords(...passwords: string[]): Promise<void> {
  const words = passwords.map((password) => `>${password}`);
  await server.command(["ACL", "SETUSER", "app", "resetpass", ...words]);
}

/** Has the server close all connections of clients. */
async function killClients(): Promise<void> {
  await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
}

/** How many AUTH commands the server has executed, but for those of the kit. */
async function authsSeenBy(observer: RedisClient): Promise<number> {
  const { sections } = await observer.info("commandstats");
  return Number(/calls=(\d+)/.exec(sections.commandstats.cmdstat_auth ?? "")?.[1] ?? 0);
}

/** Makes a client of a user. */
function connectAs(
  credentials: { username?: string; password: string } | CredentialsProvider,
  options = {},
): Promise<RedisClient> {
  return connect(server, { credentials, ...options });
}

Deno.test("passwords change under load, with overlap: nothing fails", async () => {
  const plan = { rotations: 8, interval: 30, rate: 1000, overlap: true };
  const { errors, failures, popped, answered, connections, messages, gaps } = await rotate(
    server,
    plan,
  );
  assertEquals(errors, []);
  assertEquals(failures, []);
  assertEquals([messages.received, gaps], [messages.published, 0]);
  assert(answered > 100 && popped > 2, `${answered}, ${popped}`);
  // Those of the kit, and at worst one for each tenth request, which watches a key.
  assert(connections < 60 + answered / 10, `${connections} connections`);
});

Deno.test("a provider gives passwords that change under load, with overlap: nothing fails", async () => {
  const plan = { rotations: 3, interval: 30, rate: 1000, overlap: true, provided: true };
  const { errors, failures, messages, gaps } = await rotate(server, plan);
  assertEquals(errors, []);
  assertEquals(failures, []);
  assertEquals([messages.received, gaps], [messages.published, 0]);
});

Deno.test("passwords change under load, without overlap: open connections go on", async () => {
  const plan = { rotations: 5, interval: 60, rate: 500, overlap: false };
  const { errors, popped, answered, connections } = await rotate(server, plan);
  for (const error of errors) {
    assertInstanceOf(error, ServerError, Deno.inspect(error));
    assertEquals(error.code, "WRONGPASS");
  }
  assert(answered > 100 && popped > 2 && errors.length < answered / 10, `${answered}`);
  assert(connections < 60 + answered / 10, `${connections} connections`);
});

Deno.test("a provider that learns of a new password late: requests wait, and few connections are tried", async () => {
  await using server = await startServer({ users: [{ name: "app", rules: `${APP} >old` }] });
  let password = "old";
  let calls = 0;
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, {
    credentials: () => {
      calls++;
      return Promise.resolve({ username: "app", password });
    },
  });
  const { events } = record(client);
  await server.command(["ACL", "SETUSER", "app", "resetpass", ">new"]);
  const accepted = proxy.accepted;
  calls = 0;
  await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
  await until("the connection is lost", () => Promise.resolve(events.length > 0));
  const requests: Promise<unknown>[] = Array.from(
    { length: 200 },
    (_, i) => client.set(`k${i}`, i),
  );
  requests.push(client.transaction((t) => [t.set("t", 1)]).then((values) => values?.[0]));
  const popped = client.blpop("jobs", 0.05);
  await until("some attempts were refused", () => Promise.resolve(proxy.accepted > accepted + 3));
  password = "new";
  assertEquals(new Set(await Promise.all(requests)), new Set(["OK"]));
  assertEquals(await popped, null);
  // With waits that grow to 200 ms; each attempt asks the provider twice at most.
  const attempts = proxy.accepted - accepted;
  assert(attempts < 15 && calls <= 2 * attempts, `${attempts} attempts, ${calls} calls`);
});

Deno.test("a password that is refused for good: requests are rejected at once, with the reason, until there is another one", async () => {
  await using server = await startServer({ users: [{ name: "app", rules: `${APP} >old` }] });
  await using client = await connect(server, {
    credentials: { username: "app", password: "old" },
    requestTimeout: 60_000,
  });
  await server.command(["ACL", "SETUSER", "app", "resetpass", ">new"]);
  const { events } = record(client);
  await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
  await until("the connection is lost", () => Promise.resolve(events.length > 0));
  // The first one waits for a while, since a provider could learn of the new password.
  assertEquals(await client.get("k").catch(({ code }) => code), "WRONGPASS");
  for (
    const request of [
      () => client.set("k", 1),
      () => client.blpop("list", 0),
      () => client.transaction((t) => [t.incr("k")]),
      () => client.batch((b) => [b.incr("k"), b.incr("k")]),
      () => client.watch("k", async (session) => await session.get("k")),
    ]
  ) {
    const { error, ran } = await measure<unknown>(request);
    assertInstanceOf(error, ServerError, Deno.inspect(error));
    assertEquals(error.code, "WRONGPASS");
    assert(ran < 5000, `${ran} ms`);
  }
  await client.updateCredentials({ username: "app", password: "new" });
  assertEquals(await client.set("k", 1), "OK");
});

Deno.test("a password that is refused for good is tried again, and found to be good, by requests alone", async () => {
  await using server = await startServer({ users: [{ name: "app", rules: `${APP} >old` }] });
  await using client = await connect(server, {
    credentials: { username: "app", password: "old" },
    requestTimeout: 60_000,
  });
  await server.command(["ACL", "SETUSER", "app", "resetpass"]);
  await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
  const isRefused = (): Promise<boolean> =>
    client.get("k").then(() => false, ({ code }) => code === "WRONGPASS");
  await until("it is refused", isRefused);
  await server.command(["ACL", "SETUSER", "app", ">old"]);
  await until("it is accepted", async () => !await isRefused());
});

for (const protocol of [2, 3] as const) {
  Deno.test(`a provider is asked for each connection, and again after a refusal [RESP${protocol}]`, async () => {
    await setPasswords("good");
    let calls = 0;
    // It has not heard of the new password yet when it is asked first.
    const provider = (): Promise<{ username: string; password: string }> =>
      Promise.resolve({ username: "app", password: ++calls === 1 ? "old" : "good" });
    await using client = await connectAs(provider, { protocol });
    assertEquals([calls, await client.aclWhoami()], [2, "app"]);
    await killClients();
    assertEquals(await client.aclWhoami(), "app");
    assertEquals(calls, 3);
  });

  Deno.test(`a provider whose credentials are refused twice ends create() with WRONGPASS [RESP${protocol}]`, async () => {
    await setPasswords("good");
    let calls = 0;
    const provider = () => Promise.resolve({ username: "app", password: `secret ${++calls}` });
    const { error, ran } = await measure(() => connectAs(provider, { protocol }));
    assertInstanceOf(error, ServerError);
    assertEquals(error.code, "WRONGPASS");
    assertEquals(calls, 2);
    assert(ran < 2000, `${ran} ms`);
  });

  Deno.test(`updateCredentials() logs open connections in anew, between requests [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await using client = await connectAs({ username: "app", password: "one" }, { protocol });
    const { id } = await client.clientInfo();
    await setPasswords("one", "two");
    const around: Promise<unknown>[] = [
      client.set("k", 1),
      client.transaction((t) => [t.incr("k"), t.incr("k")]),
    ];
    const updated = client.updateCredentials({ username: "app", password: "two" }, {
      reauthenticate: true,
    });
    around.push(client.incr("k"), client.transaction((t) => [t.get("k")]));
    await updated;
    assertEquals(await Promise.all(around), ["OK", [2, 3], 4, ["4"]]);
    assertEquals((await client.clientInfo()).id, id, "another connection");
    await setPasswords("two");
    await killClients();
    assertEquals(await client.get("k"), "4");
  });

  Deno.test(`connections of other requests log in anew before their next use [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await using client = await connectAs({ username: "app", password: "one" }, { protocol });
    const popped = client.blpop("list", 0);
    popped.catch(() => {});
    await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
    await setPasswords("one", "two");
    // It needs no AUTH, unlike the kit.
    await using observer = await connect(server);
    const auths = () => authsSeenBy(observer);
    let before = 0;
    await client.watch("w", async (session) => {
      await session.get("w");
      before = await auths();
      await client.updateCredentials({ username: "app", password: "two" }, {
        reauthenticate: true,
      });
      // Only the shared connection: no AUTH comes between WATCH and EXEC, nor behind BLPOP.
      assertEquals(await auths(), before + 1);
      assertEquals(await session.transaction((t) => [t.set("w", 1)]), ["OK"]);
    });
    await client.rpush("list", "x");
    assertEquals((await popped)?.[1], "x");
    await until("the others have logged in", async () => await auths() === before + 3);
    await client.blpop("empty", 0.01);
    assertEquals(await auths(), before + 3);
  });

  Deno.test(`another user gets other connections [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await server.command(["ACL", "SETUSER", "other", "reset", "on", ">pw", "~*", "+@all"]);
    await using client = await connectAs({ username: "app", password: "one" }, { protocol });
    const [{ id }] = await Promise.all([client.clientInfo(), client.blpop("empty", 0.01)]);
    const popped = client.blpop("list", 0);
    popped.catch(() => {});
    await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
    const { events, ended } = record(client);
    const before = Array.from({ length: 100 }, () => client.incr("count"));
    await client.updateCredentials({ username: "other", password: "pw" }, { reauthenticate: true });
    const after = Array.from({ length: 100 }, () => client.incr("count"));
    const counts = await Promise.all([...before, ...after]);
    assertEquals(counts.map((count) => Number(count) - Number(counts[0])), [...counts.keys()]);
    assertEquals(await client.aclWhoami(), "other");
    assert((await client.clientInfo()).id !== id);
    // The one that blocks stays until it has its element.
    await client.rpush("list", "x");
    assertEquals((await popped)?.[1], "x");
    await until("the old user is gone", async () => {
      return !String(await server.command(["CLIENT", "LIST"])).includes(" user=app ");
    });
    await client.close();
    await ended;
    assertEquals(events.filter(({ type }) => type === "reauthenticationFailed"), []);
  });
}

for (const protocol of [2, 3] as const) {
  Deno.test(`subscriptions survive newer credentials and another user [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await server.command(["ACL", "SETUSER", "other", "reset", "on", ">pw", "allchannels", "+@all"]);
    await using client = await connectAs({ username: "app", password: "one" }, { protocol });
    await using news = await client.subscribe("news", { gaps: true });
    const items: string[] = [];
    const reading = (async () => {
      for await (const item of news) {
        items.push(item.kind === "gap" ? `gap ${item.reason}` : item.message);
      }
    })();
    /** Publishes a message, and waits until it has come. */
    const publish = async (message: string): Promise<void> => {
      await client.publish("news", message);
      await until(`${message} has come`, () => Promise.resolve(items.includes(message)));
    };
    await publish("first");
    await setPasswords("one", "two");
    await client.updateCredentials({ username: "app", password: "two" }, { reauthenticate: true });
    await setPasswords("two");
    // A connection that is replaced may still have to subscribe again.
    if (protocol === 2) await until("a gap", () => Promise.resolve(items.length === 2));
    await publish("second");
    await client.updateCredentials({ username: "other", password: "pw" }, { reauthenticate: true });
    await until("a gap", () => Promise.resolve(items.at(-1) === "gap reconnect"));
    await publish("third");
    const gap = "gap reconnect";
    assertEquals(
      items,
      protocol === 2 ? ["first", gap, "second", gap, "third"] : ["first", "second", gap, "third"],
    );
    const list = String(await server.command(["CLIENT", "LIST", "TYPE", "pubsub"]));
    assertEquals(list.match(/ user=\w+/g), [" user=other"]);
    await news.unsubscribe();
    await reading;
  });

  Deno.test(`a subscriber whose newer credentials are refused stays as it is [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await using client = await connectAs({ username: "app", password: "one" }, { protocol });
    await using news = await client.subscribe("news", { gaps: true });
    await assertRejects(
      () =>
        client.updateCredentials({ username: "nobody", password: "x" }, { reauthenticate: true }),
      ServerError,
    );
    await client.publish("news", "hello");
    const { value } = await news[Symbol.asyncIterator]().next();
    assertEquals([value?.kind, value?.kind === "message" && value.message], ["message", "hello"]);
  });
}

Deno.test("a password without a user is replaced as well", async () => {
  await using server = await startServer({ password: "one" });
  for (const protocol of [2, 3] as const) {
    await server.command(["CONFIG", "SET", "requirepass", "one"]);
    await using client = await connect(server, { credentials: { password: "one" }, protocol });
    const { id } = await client.clientInfo();
    await server.command(["CONFIG", "SET", "requirepass", "two"]);
    await client.updateCredentials({ password: "two" }, { reauthenticate: true });
    assertEquals((await client.clientInfo()).id, id);
    await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
    assertEquals(await client.ping(), "PONG");
  }
});

Deno.test("without reauthenticate only new connections use the newer credentials", async () => {
  await setPasswords("one");
  await using client = await connectAs({ username: "app", password: "one" });
  await setPasswords("two");
  await client.updateCredentials({ username: "app", password: "two" });
  const { id } = await client.clientInfo();
  assertEquals((await client.clientInfo()).id, id);
  await client.blpop("empty", 0.01);
  await killClients();
  assertEquals(await client.aclWhoami(), "app");
});

Deno.test("refused credentials reject, become events, and are tried again until the server takes them", async () => {
  await setPasswords("one");
  await using client = await connectAs({ username: "app", password: "one" });
  // It needs no AUTH, unlike the kit.
  await using observer = await connect(server);
  const { events } = record(client);
  const { id } = await client.clientInfo();
  const error = await assertRejects(
    () =>
      client.updateCredentials({ username: "app", password: "early" }, { reauthenticate: true }),
    ServerError,
  );
  assertEquals(error.code, "WRONGPASS");
  const refusals = () => events.filter(({ type }) => type === "reauthenticationFailed");
  await until("it was tried again", () => Promise.resolve(refusals().length >= 3));
  assertEquals(refusals()[0], {
    type: "reauthenticationFailed",
    host: server.host,
    port: server.port,
    error,
  });
  assertEquals((await client.clientInfo()).id, id);
  const accepted = async (): Promise<number> => {
    const stats = (await observer.info("commandstats")).sections.commandstats.cmdstat_auth;
    const [, calls, , failed] = /calls=(\d+).*rejected_calls=(\d+),failed_calls=(\d+)/.exec(stats)!;
    return Number(calls) - Number(failed);
  };
  const before = await accepted();
  await observer.aclSetuser("app", ["resetpass", ">early"]);
  await until("the server takes them", async () => await accepted() === before + 1);
  assertEquals((await client.clientInfo()).id, id);
});

Deno.test("refreshAfter: the provider is asked again in time, and open connections log in anew", async () => {
  let current = "0";
  await setPasswords(current);
  let calls = 0;
  const provider = () => {
    calls++;
    return Promise.resolve({ username: "app", password: current, refreshAfter: 100 });
  };
  await using client = await connectAs(provider);
  const { id } = await client.clientInfo();
  const { events } = record(client);
  for (const next of ["1", "2"]) {
    await setPasswords(current, next);
    current = next;
    const before = calls;
    await until("it was asked twice more", () => Promise.resolve(calls >= before + 2));
    await setPasswords(next);
  }
  assertEquals((await client.clientInfo()).id, id);
  assertEquals(events, []);
});

Deno.test("a provider that fails at refreshAfter: an event, the connection stays, and it is asked again", async () => {
  await setPasswords("one");
  const cause = new Error("the token service is away");
  let calls = 0;
  const provider = () =>
    ++calls === 2 || calls === 3
      ? Promise.reject(cause)
      : Promise.resolve({ username: "app", password: "one", refreshAfter: 100 });
  await using client = await connectAs(provider);
  const { events } = record(client);
  const { id } = await client.clientInfo();
  await until("it was asked again", () => Promise.resolve(calls > 4));
  assertEquals(events.map(({ type }) => type), [
    "reauthenticationFailed",
    "reauthenticationFailed",
  ]);
  for (const event of events) {
    assert(event.type === "reauthenticationFailed" && event.host === undefined);
    assertEquals(
      event.error.message,
      "Cannot get newer credentials: the credentials provider failed",
    );
    assertStrictEquals(event.error.cause, cause);
  }
  assertEquals((await client.clientInfo()).id, id);
});

Deno.test("a provider that rejects or hangs fails the attempt, by name, and the next one asks again", async () => {
  await setPasswords("good");
  const cause = new Error("no token");
  let calls = 0;
  const provider = () =>
    ++calls < 3 ? Promise.reject(cause) : Promise.resolve({ username: "app", password: "good" });
  await using client = await connectAs(provider);
  assertEquals([calls, await client.aclWhoami()], [3, "app"]);

  const failed = await assertRejects(
    () => connectAs(() => Promise.reject(cause), { clientCreationTimeout: 200 }),
    ConnectionError,
  );
  assert(messagesOf(failed).includes(cause.message), Deno.inspect(failed));
  assertStringIncludes(failed.message, "the credentials provider failed");
  assert(!failed.message.includes(cause.message));

  const hung = await assertRejects(
    () => connectAs(() => new Promise(() => {}), { clientCreationTimeout: 200 }),
    RedisError,
  );
  assertStringIncludes(messagesOf(hung).join("\n"), "the credentials provider did");

  const nonsense = await assertRejects(
    () =>
      connectAs(() => Promise.resolve({ token: "secret" } as never), {
        clientCreationTimeout: 200,
      }),
    ConnectionError,
  );
  assertStringIncludes(nonsense.message, "the credentials provider returned no password");
  assert(!Deno.inspect(nonsense).includes("secret"));
});

Deno.test("a client that is closed while its provider hangs leaves nothing behind", async () => {
  await setPasswords("good");
  let hangs = false;
  const client = await connectAs(() =>
    hangs ? new Promise(() => {}) : Promise.resolve({ username: "app", password: "good" })
  );
  hangs = true;
  await killClients();
  const waiting = client.with({ timeout: 100 }).get("k");
  const error = await assertRejects(() => waiting, TimeoutError);
  assertEquals(error.phase, "queued");
  const updating = client.updateCredentials(() => new Promise(() => {}), { reauthenticate: true });
  const refused = assertRejects(() => updating, RedisError);
  await client.close();
  await refused;
  await assertRejects(() => client.get("k"), ClosedError);
});

Deno.test("updateCredentials() refuses bad input before anything is changed", async () => {
  await setPasswords("good");
  await using client = await connectAs({ username: "app", password: "good" });
  const update = client.updateCredentials.bind(client) as (...args: unknown[]) => Promise<void>;
  for (const bad of ["secret", null, {}, { password: 7 }, { password: "x", user: "app" }]) {
    await assertRejects(() => update(bad), ConfigurationError);
  }
  await assertRejects(() => update(), TypeError);
  await assertRejects(() => update({ password: "x" }, { reauthenticate: "yes" }), TypeError);
  await assertRejects(() => update({ password: "x" }, { now: true }), TypeError);
  await assertRejects(() => update({ password: "x" }, {}, 1), TypeError);
  await killClients();
  assertEquals(await client.aclWhoami(), "app");
});

Deno.test("a reconnect storm asks a slow provider once, and its answer is not lost to short attempts", async () => {
  await setPasswords("good");
  let calls = 0;
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, {
    credentials: async () => {
      // Longer than the first attempt to reach a node again may take.
      if (++calls === 2) await new Promise((resolve) => setTimeout(resolve, 1200));
      return { username: "app", password: "good" };
    },
  });
  proxy.cut();
  const all = Array.from({ length: 20 }, () => client.blpop("empty", 0.01));
  await Promise.all([...all, client.get("k")]);
  assert(calls <= 12, `${calls} calls`);
});

// Servers leave out the refusal of AUTH while earlier replies or messages wait to be written (Redis since 7.2, Valkey).
for (const protocol of [2, 3] as const) {
  for (const ping of ["answered", "refused"] as const) {
    Deno.test(`a refusal of AUTH that the server leaves out: every reply reaches its caller [RESP${protocol}, PING is ${ping}]`, async () => {
      const NOPERM = "NOPERM User default has no permissions to run the 'ping' command";
      const inUse = new WeakSet<object>();
      await using fake = await startFakeServer({
        AUTH: ({ args }, connection) => {
          // Nothing waits to be written before the first command of a connection.
          const isFirst = !inUse.has(connection);
          inUse.add(connection);
          if (args.at(-1) !== "bad") return undefined;
          return isFirst ? new ErrorReply("WRONGPASS invalid password") : NO_REPLY;
        },
        HELLO: (_, connection) => {
          inUse.add(connection);
          return undefined;
        },
        PING: () => ping === "refused" ? new ErrorReply(NOPERM) : undefined,
        GET: ({ args }) => args[1],
        WATCH: simple("OK"),
        UNWATCH: simple("OK"),
      });
      await using client = await connect(fake, {
        credentials: { password: "one" },
        protocol,
        requestTimeout: 5000,
      });
      await using news = await client.subscribe("news");
      const first = news[Symbol.asyncIterator]().next();
      const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
      const before = Promise.all(keys.map((key) => client.get(key)));
      await client.watch("w", async (session) => {
        const error = await assertRejects(
          () => client.updateCredentials({ password: "bad" }, { reauthenticate: true }),
          ServerError,
        );
        assertEquals([error.code, error.command], ["WRONGPASS", "AUTH"]);
        assertEquals(await session.get("in session"), "in session");
      });
      assertEquals(await before, keys);
      assertEquals(await Promise.all(keys.map((key) => client.get(key))), keys);
      // The connection of the session has tried AUTH at its end, and does so again.
      assertEquals(await client.watch("w", (session) => session.get("again")), "again");
      // Its PING must not have the reply to another command either.
      await client.updateCredentials({ password: "two" }, { reauthenticate: true });
      assertEquals(await client.watch("w", (session) => session.get("last")), "last");
      await until("it is subscribed", () => Promise.resolve(fake.publish("news", "hello") > 0));
      assertEquals((await first).value?.message, "hello");
    });
  }
}

for (const protocol of [2, 3] as const) {
  Deno.test(`a password that is refused at the end of a session: the next session gets its replies [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await using client = await connectAs({ username: "app", password: "one" }, {
      protocol,
      requestTimeout: 5000,
    });
    for (let i = 0; i < 3; i++) {
      await client.watch("w", async (session) => {
        await assertRejects(
          () =>
            client.updateCredentials({ username: "app", password: `bad ${i}` }, {
              reauthenticate: true,
            }),
          ServerError,
        );
        assertEquals(await session.transaction((t) => [t.set("w", i), t.get("w")]), ["OK", `${i}`]);
      });
      assertEquals(await client.watch("w", (session) => session.get("w")), `${i}`);
    }
  });

  Deno.test(`a password that is refused behind other requests: every reply reaches its caller [RESP${protocol}]`, async () => {
    await setPasswords("one");
    await using client = await connectAs({ username: "app", password: "one" }, {
      protocol,
      requestTimeout: 5000,
    });
    const keys = Array.from({ length: 50 }, (_, i) => `reply ${i}`);
    for (let i = 0; i < 10; i++) {
      // It may go out with any of them.
      const refused = client.updateCredentials({ username: "app", password: `bad ${i}` }, {
        reauthenticate: true,
      }).then(() => undefined, ({ code }) => code);
      const replies = [];
      for (const key of keys) {
        replies.push(client.echo(key));
        await null;
      }
      assertEquals(await Promise.all(replies), keys);
      assertEquals(await refused, "WRONGPASS");
    }
  });
}

Deno.test("an error reply to AUTH never repeats the password", async () => {
  const password = "correct-donkey";
  await using fake = await startFakeServer({
    AUTH: ({ args }) => new ErrorReply(`ERR unknown command 'AUTH' ${args.join(" ")}`),
    HELLO: inTurn(undefined, undefined),
    GET: simple("v"),
  });
  await using client = await connect(fake, { credentials: { password: "battery-staple" } });
  const { events } = record(client);
  const error = await assertRejects(
    () => client.updateCredentials({ password }, { reauthenticate: true }),
    ServerError,
  );
  assert(!Deno.inspect(error).includes("donkey"), Deno.inspect(error));
  await client.get("k");
  assert(!Deno.inspect(events).includes("donkey"));
});

Deno.test("updateCredentials() of a closed client rejects", async () => {
  await setPasswords("good");
  const credentials = { username: "app", password: "good" };
  const client = await connectAs(credentials);
  await client.close();
  for (const reauthenticate of [false, true]) {
    const error = await assertRejects(
      () => client.updateCredentials(credentials, { reauthenticate }),
      ClosedError,
    );
    assertEquals(error.message, "Cannot update the credentials: the client is closed");
  }
});
