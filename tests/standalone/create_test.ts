import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ConfigurationError,
  ConnectionError,
  ProtocolError,
  RedisClient,
  ServerError,
  TimeoutError,
} from "../../standalone/mod.ts";
import {
  type FakeHandler,
  inTurn,
  NO_REPLY,
  type ServerAddress,
  startBlackHole,
  startFakeServer,
  startProxy,
  startServer,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { addressesOf, connect } from "./_connect.ts";
import { block, measure, messagesOf } from "../_kit/elapsed.ts";

const PASSWORD = "correct-horse-battery";
const WRONG = "wrong-donkey-fuse-box";

/** A peer that is no Redis server: answers whatever comes with the same bytes. */
class Stranger implements AsyncDisposable, ServerAddress {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #answer: (request: Uint8Array) => Uint8Array;
  readonly #conns: Deno.TcpConn[] = [];
  readonly #accepting: Promise<void>;

  constructor(answer: (request: Uint8Array) => Uint8Array) {
    this.#listener = Deno.listen({ hostname: this.host, port: 0 });
    this.port = this.#listener.addr.port;
    this.#answer = answer;
    this.#accepting = this.#accept();
  }

  get accepted(): number {
    return this.#conns.length;
  }

  async #accept(): Promise<void> {
    const served: Promise<void>[] = [];
    for await (const conn of this.#listener) {
      this.#conns.push(conn);
      served.push(this.#serve(conn));
    }
    await Promise.all(served);
  }

  async #serve(conn: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      for (let count; (count = await conn.read(buffer)) !== null;) {
        await conn.write(this.#answer(buffer.subarray(0, count)));
      }
    } catch {
      // The client does not stay for a stranger.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
    await this.#accepting;
  }
}

/** No message of an error, or of what caused it, may hold a secret. */
function assertNoSecret(error: unknown): void {
  for (let at = error; at instanceof Error; at = at.cause) {
    const text = `${Deno.inspect(at)} ${at.message} ${at.stack}`;
    assert(!text.includes(PASSWORD) && !text.includes(WRONG), text);
  }
}

function unusedAddress(): ServerAddress {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { host: "127.0.0.1", port: listener.addr.port };
}

for (const protocol of [2, 3] as const) {
  Deno.test(`create() with a wrong password ends at once, after one attempt [RESP${protocol}]`, async () => {
    await using server = await startServer({ password: PASSWORD });
    await using proxy = await startProxy(server);
    const { error, ran } = await measure(() =>
      connect(proxy, { credentials: { password: WRONG }, protocol })
    );
    assertInstanceOf(error, ServerError);
    assertEquals(error.code, "WRONGPASS");
    assertNoSecret(error);
    assert(ran < 2000, `${ran} ms`);
    assertEquals(proxy.accepted, 1);
  });

  Deno.test(`create() without the password that is needed ends at once [RESP${protocol}]`, async () => {
    await using server = await startServer({ password: PASSWORD });
    await using proxy = await startProxy(server);
    const error = await assertRejects(() => connect(proxy, { protocol }), ServerError);
    assertEquals(error.code, "NOAUTH");
    assertEquals(proxy.accepted, 1);
  });
}

Deno.test("create() with a password for a server without any ends at once", async () => {
  await using server = await startServer();
  await using client = await connect(server, { credentials: { password: WRONG } })
    .catch((error) => {
      assertNoSecret(error);
      return { [Symbol.asyncDispose]: () => Promise.resolve() };
    });
  // Servers differ in whether a password for a user without one is an error; either way nothing may hang.
  assert(client);
});

Deno.test("create() logs in, also as an ACL user, and again on every connection", async () => {
  await using server = await startServer({
    password: PASSWORD,
    users: [{ name: "app", rules: `on >${WRONG} ~* &* +@all` }],
  });
  for (const protocol of [2, 3] as const) {
    await using byDefault = await connect(server, {
      credentials: { password: PASSWORD },
      protocol,
    });
    assertEquals(await byDefault.customCommand(["ACL", "WHOAMI"]), "default");
    await using app = await connect(server, {
      credentials: { username: "app", password: WRONG },
      databaseId: 3,
      clientName: "shop",
      protocol,
    });
    const describe = async () => [
      await app.customCommand(["ACL", "WHOAMI"]),
      await app.customCommand(["CLIENT", "GETNAME"]),
      /\bdb=3\b/.test(String(await app.customCommand(["CLIENT", "INFO"]))),
    ];
    assertEquals(await describe(), ["app", "shop", true]);
    await server.command(["CLIENT", "KILL", "USER", "app"]);
    assertEquals(await describe(), ["app", "shop", true]);
    // A blocking command has a connection of its own, which is the same in every respect.
    await app.set("k", 1);
    const pop = app.customCommand(["BLPOP", "list", 5]);
    await app.customCommand(["RPUSH", "list", "x"]);
    assertEquals(await pop, ["list", "x"]);
  }
});

Deno.test("create() with a database that does not exist ends at once with the server's word for it", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  const error = await assertRejects(
    () => connect(proxy, { databaseId: 9999 }),
    ConnectionError,
    "Cannot use database 9999",
  );
  assertStringIncludes(error.message, "out of range");
  assertInstanceOf(error.cause, ServerError);
  assertEquals(proxy.accepted, 1);
});

Deno.test("create() with a refused connection tries for its whole budget, and says why it failed", async () => {
  const address = unusedAddress();
  const { error, elapsed, ran } = await measure(() =>
    connect(address, { clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, ConnectionError);
  assertEquals([error.host, error.port, error.maybeExecuted], [address.host, address.port, false]);
  assertStringIncludes(error.message, `${address.host}:${address.port}`);
  assertStringIncludes(error.message, "refused");
  assert(messagesOf(error).length > 1, "the error has no cause");
  assert(elapsed >= 299 && ran < 450, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("create() waits inside its budget for a server that starts late", async () => {
  await using server = await startServer();
  const { port } = server;
  await server.stop();
  const creating = measure(() => connect({ host: "127.0.0.1", port }));
  await server.start();
  const { value, error } = await creating;
  assertEquals(error, undefined);
  await using client = value!;
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("create() with a black-holed address ends within its budget", async () => {
  await using hole = await startBlackHole();
  const { error, elapsed, ran } = await measure(() =>
    connect(hole, { clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, TimeoutError);
  assertEquals([error.timeout, error.phase], [300, "queued"]);
  assertStringIncludes(error.message, `${hole.host}:${hole.port}`);
  assert(elapsed >= 299 && ran < 450, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("create() with a peer that accepts and says nothing ends within its budget", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server, { stall: true });
  const { error, elapsed, ran } = await measure(() =>
    connect(proxy, { clientCreationTimeout: 300, credentials: { password: PASSWORD } })
  );
  assertInstanceOf(error, TimeoutError);
  assertNoSecret(error);
  assert(elapsed >= 299 && ran < 450, `${elapsed} ms, ${ran} of them running`);
});

Deno.test("create() with an HTTP server ends at once with ProtocolError", async () => {
  const answer = new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  await using stranger = new Stranger(() => answer);
  const { error, ran } = await measure(() =>
    connect(stranger, { credentials: { password: PASSWORD } })
  );
  assertInstanceOf(error, ProtocolError);
  assertEquals(error.offset, 0);
  assertNoSecret(error);
  assertEquals(stranger.accepted, 1);
  assert(ran < 2000, `${ran} ms`);
});

Deno.test("create() with a peer that echoes everything ends without a secret in its message", async () => {
  await using stranger = new Stranger((request) => request);
  const { error, ran } = await measure(() =>
    connect(stranger, { credentials: { password: PASSWORD }, clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, `${stranger.port}`);
  assertNoSecret(error);
  assert(ran < 450, `${ran} ms`);
});

Deno.test("create() with a peer that closes every connection ends within its budget", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server, { cutAfter: { toServer: 0 } });
  const { error, ran } = await measure(() => connect(proxy, { clientCreationTimeout: 300 }));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, "Lost the connection");
  assert(ran < 450, `${ran} ms`);
});

Deno.test("create() backs off between attempts, by the strategy that is given", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server, { cutAfter: { toServer: 0 } });
  const { error, elapsed } = await measure(() =>
    connect(proxy, {
      clientCreationTimeout: 500,
      reconnectStrategy: { minTimeout: 100, maxTimeout: 100, multiplier: 1, jitter: 0 },
    })
  );
  assertInstanceOf(error, ConnectionError);
  // One connection more only sees whether the peer speaks TLS. On a busy machine both the budget and a wait take longer.
  const most = elapsed / 100 + 2;
  assert(proxy.accepted >= 4 && proxy.accepted <= most, `${proxy.accepted} in ${elapsed} ms`);
});

Deno.test("create() of a user who may not choose the database ends at once with NOPERM", async () => {
  await using server = await startServer({
    users: [{ name: "default", rules: "on nopass ~* &* +@all -select" }],
  });
  await using proxy = await startProxy(server);
  const { error, value } = await measure(() => connect(proxy, { databaseId: 1 }));
  await value?.close();
  assertInstanceOf(error, ServerError);
  assertEquals(error.code, "NOPERM");
  assertEquals(proxy.accepted, 1);
});

Deno.test("create() with a bad option opens no socket", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  const error = await assertRejects(
    () => connect(proxy, { requestTimeout: 0 }),
    ConfigurationError,
  );
  assertEquals(error.option, "requestTimeout");
  assertEquals(proxy.accepted, 0);
});

Deno.test("create() takes a URL", async () => {
  await using server = await startServer({ password: "p@ss/word" });
  await using client = await RedisClient.create(`${server.url}/2`);
  assert(/\bdb=2\b/.test(String(await client.customCommand(["CLIENT", "INFO"]))));
  await using byName = await RedisClient.create(server.url.replace("127.0.0.1", "localhost"));
  assertEquals(await byName.customCommand(["PING"]), "PONG");
});

/** Containers often have no IPv6 at all. */
function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("create() takes IPv6 addresses", { ignore: !hasIpv6() }, async () => {
  await using server = await startServer({ host: "::1" });
  for (const address of ["::1", "[::1]"]) {
    await using client = await connect({ host: address, port: server.port });
    assertEquals(await client.set("k", "v"), "OK");
  }
  await using client = await RedisClient.create(server.url);
  assertEquals(await client.get("k"), "v");
  await server.kill();
  const { error } = await measure(() => connect(server, { clientCreationTimeout: 50 }));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, `[::1]:${server.port}`);
});

Deno.test("create() falls back to RESP2 where the server has no HELLO", async () => {
  await using server = await startServer({ config: { "rename-command": 'HELLO ""' } });
  await using client = await connect(server, { clientName: "old", databaseId: 1 });
  assertEquals(await client.customCommand(["CLIENT", "GETNAME"]), "old");
  assertEquals(await client.customCommand(["HGETALL", "missing"]), []);
  const info = String(await client.customCommand(["CLIENT", "INFO"]));
  assert(/\bdb=1\b/.test(info), info);
});

/** Commands that a server drops connections for. */
function dropper(names: string[], firstWords?: string): FakeHandler {
  return async ({ name, args }, connection) => {
    if (!names.includes(name) && !names.includes(`${name} ${args[1]}`)) return;
    if (firstWords !== undefined) await connection.send(new ServerError(firstWords));
    connection.cut();
    return NO_REPLY;
  };
}

for (
  const [how, hello] of [
    ["refused in strange words", () => new ServerError("ERR unsupported command 'HELLO'")],
    ["refused before AUTH", () => new ServerError("NOAUTH Authentication required.")],
    ["dropped", dropper(["HELLO"])],
    ["refused and dropped", dropper(["HELLO"], "ERR unknown command")],
  ] as [string, FakeHandler][]
) {
  Deno.test(`create() falls back to RESP2 where HELLO is ${how}, and does not ask again`, async () => {
    await using fake = await startFakeServer({ HELLO: hello, AUTH: "OK", INCR: 1 });
    await using client = await connect(fake, { credentials: { password: PASSWORD } });
    assertEquals(await client.incr("k"), 1);
    const asked = fake.receivedOf("HELLO").length;
    for (let i = 0; i < 3; i++) {
      fake.cut();
      await until("it is connected again", async () => await client.incr("k").catch(() => 0) === 1);
    }
    assertEquals(fake.receivedOf("HELLO").length, asked);
    assertEquals(fake.connections[0].protocol, 2);
  });
}

Deno.test("a connection that is lost by accident during HELLO does not turn the client to RESP2", async () => {
  await using fake = await startFakeServer({ HELLO: inTurn(dropper(["HELLO"]), undefined) });
  await using client = await connect(fake);
  assertEquals(await client.customCommand(["PING"]), "PONG");
  assertEquals(fake.connections.map(({ protocol }) => protocol), [3]);
});

Deno.test("clientInfo: false serves a proxy that drops connections on CLIENT SETINFO", async () => {
  await using fake = await startFakeServer({
    CLIENT: dropper(["CLIENT SETINFO"]),
    INCR: 1,
    BLPOP: ["k", "v"],
  });
  await using client = await connect(fake, { clientInfo: false });
  assertEquals(await client.incr("k"), 1);
  assertEquals(await client.customCommand(["BLPOP", "k", 0]), ["k", "v"]);
  await assertRejects(() => connect(fake, { clientCreationTimeout: 200 }), ConnectionError);
});

Deno.test("create() with a server that repeats what it does not know reveals no password", async () => {
  const answer: FakeHandler = ({ args }) =>
    new ServerError(`ERR unknown command '${args[0]}', args: ${args.slice(1).join(" ")}`);
  await using fake = await startFakeServer(answer);
  for (const protocol of [2, 3] as const) {
    const error = await assertRejects(() =>
      connect(fake, { credentials: { password: PASSWORD }, protocol, clientCreationTimeout: 200 })
    );
    assertNoSecret(error);
    assert(messagesOf(error).join().includes("left out"), Deno.inspect(error));
  }
});

Deno.test("lazyConnect opens nothing until the first request", async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server);
  {
    await using _idle = await connect(proxy, { lazyConnect: true });
  }
  assertEquals(proxy.accepted, 0);
  await using client = await connect(proxy, { lazyConnect: true });
  const results = await Promise.all([client.set("k", 1), client.incr("k"), client.get("k")]);
  assertEquals(results, ["OK", 2, "2"]);
  assertEquals(proxy.accepted, 1);
});

Deno.test("lazyConnect rejects the first request with what creation would have", async () => {
  await using server = await startServer({ password: PASSWORD });
  await using client = await connect(server, {
    lazyConnect: true,
    credentials: { password: WRONG },
  });
  const error = await assertRejects(() => client.get("k"), ServerError);
  assertEquals(error.code, "WRONGPASS");
  await using nowhere = await connect(unusedAddress(), { lazyConnect: true, requestTimeout: 100 });
  const { error: timeout, ran } = await measure(() => nowhere.get("k"));
  assertInstanceOf(timeout, TimeoutError);
  assertEquals(timeout.phase, "queued");
  assert(messagesOf(timeout).some((message) => message.includes("refused")), `${timeout.message}`);
  assert(ran < 200, `${ran} ms`);
});

Deno.test("create() with several addresses connects to each of them", async () => {
  await using server = await startServer({ replicas: 1 });
  await using client = await RedisClient.create({
    addresses: addressesOf(server.replicas[0], server),
  });
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("create() is not late because the program was busy for longer than its budget", async () => {
  await using server = await startServer();
  // Far enough for the program to be busy before anything has come back.
  await using proxy = await startProxy(server, { delay: 2 });
  for (const busy of [0, 1, 5]) {
    const created = connect(proxy, { clientCreationTimeout: 200 });
    created.catch(() => {});
    await delay(busy);
    block(500);
    await using client = await created;
    assertEquals(await client.set("k", "v"), "OK");
  }
});

for (const protocol of [2, 3] as const) {
  Deno.test(`a server that drops the first connection is tried again soon: it is not waited for as one with TLS [RESP${protocol}]`, async () => {
    await using server = await startServer();
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const conns: Deno.TcpConn[] = [];
    const relaying = (async () => {
      for await (const conn of listener) {
        conns.push(conn);
        if (conns.length === 1) {
          await conn.read(new Uint8Array(1));
          conn.close();
          continue;
        }
        const upstream = await Deno.connect({ port: server.port });
        conn.readable.pipeTo(upstream.writable).catch(() => {});
        upstream.readable.pipeTo(conn.writable).catch(() => {});
      }
    })();
    const { ran } = await measure(async () => {
      await using client = await RedisClient.create({
        addresses: [{ host: "127.0.0.1", port: listener.addr.port }],
        clientCreationTimeout: 20_000,
        requestTimeout: 20_000,
        protocol,
      });
      assertEquals(await client.ping(), "PONG");
    });
    assert(ran < 10_000, `${ran} ms`);
    listener.close();
    await relaying;
  });
}
