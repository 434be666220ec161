import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  findServerBinary,
  ServerError,
  startServer,
  TestServer,
} from "../../../lib/testing/mod.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Sends text over a connection and reads until the answer ends as expected. */
async function exchange(conn: Deno.Conn, text: string, end: string): Promise<string> {
  await conn.write(encoder.encode(text));
  let answer = "";
  const buffer = new Uint8Array(4096);
  while (!answer.endsWith(end)) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error(`The server has closed the connection after: ${answer}`);
    answer += decoder.decode(buffer.subarray(0, count));
  }
  return answer;
}

Deno.test("startServer() answers on its port, on loopback only", async () => {
  await using server = await startServer();
  assertEquals(server.url, `redis://127.0.0.1:${server.port}`);
  using conn = await Deno.connect({ hostname: server.host, port: server.port });
  assertEquals(await exchange(conn, "PING\r\n", "\r\n"), "+PONG\r\n");
  assertEquals(await server.command(["CONFIG", "GET", "bind"]), ["bind", "127.0.0.1"]);
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

Deno.test("startServer() listens on IPv6 if asked to", { ignore: !hasIpv6() }, async () => {
  await using server = await startServer({ host: "::1" });
  assertEquals(server.url, `redis://[::1]:${server.port}`);
  using conn = await Deno.connect({ hostname: "::1", port: server.port });
  assertEquals(await exchange(conn, "PING\r\n", "\r\n"), "+PONG\r\n");
});

Deno.test("startServer() gives servers that start at the same time ports of their own", async () => {
  const servers = await Promise.all([startServer(), startServer(), startServer()]);
  await using _first = servers[0];
  await using _second = servers[1];
  await using _third = servers[2];
  assertEquals(new Set(servers.map((server) => server.port)).size, 3);
  for (const [i, server] of servers.entries()) {
    assertEquals(await server.command(["SET", "who", i]), "OK");
  }
  assertEquals(
    await Promise.all(servers.map((server) => server.command(["GET", "who"]))),
    ["0", "1", "2"],
  );
});

Deno.test("startServer() passes directives on", async () => {
  await using server = await startServer({ config: { "maxmemory": "10mb", "SAVE": "900 1" } });
  assertEquals(await server.command(["CONFIG", "GET", "maxmemory"]), ["maxmemory", "10485760"]);
  assertEquals(await server.command(["CONFIG", "GET", "save"]), ["save", "900 1"]);
});

Deno.test("startServer() rejects with the tail of the log when the server does not start", async () => {
  const error = await assertRejects(() => startServer({ config: { "maxmemory": "lots" } }), Error);
  assertStringIncludes(error.message, "it ended with code 1");
  assertStringIncludes(error.message, "memory value");
});

Deno.test("startServer() does without directives that an old server does not know", async () => {
  const folder = await Deno.makeTempDir();
  const binary = `${folder}/old-server`;
  await Deno.writeTextFile(
    binary,
    `#!/bin/sh
if grep '^enable-debug-command' "$1"; then
  echo ">>> 'enable-debug-command yes'"
  echo "Bad directive or wrong number of arguments"
  exit 1
fi
exec ${await findServerBinary()} "$1"
`,
    { mode: 0o755 },
  );
  for (let i = 0; i < 2; i++) {
    await using server = await startServer({ binary });
    assertEquals(await server.command(["PING"]), "PONG");
    assertEquals((await server.logs()).includes("Bad directive"), i === 0);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("startServer() rejects at once when its program is missing", async () => {
  const error = await assertRejects(() => startServer({ binary: "/no/such-server" }), Error);
  assertStringIncludes(error.message, "Cannot start /no/such-server: it ended with code 127");
});

Deno.test("startServer() rejects when its fixed port is taken", async () => {
  await using first = await startServer();
  const error = await assertRejects(() => startServer({ port: first.port }), Error);
  assertStringIncludes(error.message, "Address already in use");
});

Deno.test("startServer() refuses line breaks in directives", async () => {
  await assertRejects(
    () => startServer({ config: { "maxmemory": "1mb\nport 1" } }),
    TypeError,
    'Cannot use the option "config.maxmemory"',
  );
});

Deno.test("startServer() with a password and users lets nobody in without", async () => {
  await using server = await startServer({
    password: "p \"\\'é",
    users: [{ name: "reader", rules: "on >other ~* +get" }],
  });
  assertEquals(decodeURIComponent(new URL(server.url).password), "p \"\\'é");
  using conn = await Deno.connect({ hostname: server.host, port: server.port });
  assertStringIncludes(await exchange(conn, "GET k\r\n", "\r\n"), "-NOAUTH");
  assertEquals(await exchange(conn, "AUTH reader other\r\nGET k\r\n", "$-1\r\n"), "+OK\r\n$-1\r\n");
  assertStringIncludes(await exchange(conn, "SET k v\r\n", "\r\n"), "-NOPERM");
  const password = encoder.encode("p \"\\'é");
  await conn.write(encoder.encode(`*2\r\n$4\r\nAUTH\r\n$${password.length}\r\n`));
  await conn.write(password);
  assertEquals(await exchange(conn, "\r\nSET k v\r\n", "+OK\r\n+OK\r\n"), "+OK\r\n+OK\r\n");
});

Deno.test("command() works after the test has locked everybody out", async () => {
  await using server = await startServer({ password: "one" });
  await server.command(["CONFIG", "SET", "requirepass", "two"]);
  await server.command(["ACL", "SETUSER", "default", "off"]);
  assertEquals(await server.command(["PING"]), "PONG");
});

Deno.test("command() rejects with the error reply of the server", async () => {
  await using server = await startServer();
  const error = await assertRejects(() => server.command(["get"]), ServerError);
  assertEquals(error.code, "ERR");
  assertEquals(error.command, "GET");
});

Deno.test("command() gives up on a paused server, which goes on when it is resumed", async () => {
  await using server = await startServer();
  server.pause();
  assertEquals(server.paused, true);
  await assertRejects(
    () => server.command(["PING"], { timeout: 50 }),
    Error,
    "Cannot finish PING: no reply within 50 ms",
  );
  server.resume();
  assertEquals(await server.command(["PING"]), "PONG");
});

Deno.test("commands() uses one connection and stops at an error", async () => {
  await using server = await startServer();
  const replies = await server.commands([["SELECT", 5], ["SET", "k", "v"], ["DBSIZE"]]);
  assertEquals(replies, ["OK", "OK", 1]);
  assertEquals(await server.command(["DBSIZE"]), 0);
  await assertRejects(() => server.commands([["NOSUCH"], ["SET", "k", "v"]]), ServerError);
  assertEquals(await server.command(["DBSIZE"]), 0);
});

Deno.test("restart() keeps the port, and what was saved", async () => {
  await using server = await startServer({ config: { appendonly: "yes", appendfsync: "always" } });
  const { port, pid } = server;
  await server.command(["SET", "k", "v"]);
  await server.kill();
  assertEquals(server.running, false);
  await assertRejects(() => server.command(["PING"]), Error, "does not run");
  await server.restart();
  assertEquals(server.port, port);
  assert(server.pid !== pid);
  assertEquals(await server.command(["GET", "k"]), "v");
  await server.restart({ clean: true });
  assertEquals(await server.command(["GET", "k"]), null);
});

Deno.test("stop() ends a paused server in the graceful way", async () => {
  await using server = await startServer();
  server.pause();
  await server.stop();
  assertEquals(server.running, false);
  assertStringIncludes(await server.logs(), "SIGTERM");
});

Deno.test("start() refuses to start a server twice, or one that was disposed of", async () => {
  const server = new TestServer();
  {
    await using _server = server;
    await server.start();
    await assertRejects(() => server.start(), Error, "it is running");
  }
  await assertRejects(() => server.start(), Error, "it has been disposed of");
});

Deno.test("logs() are there until after the server was disposed of", async () => {
  const server = await startServer();
  const { pid } = server;
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  assertStringIncludes(await server.logs(), `${pid}`);
});

Deno.test("startServer() with replicas has them in sync, and they fail over", async () => {
  await using primary = await startServer({ replicas: 2, password: "secret" });
  const [first, second] = primary.replicas;
  // WAIT is about the writes of its own connection.
  assertEquals(await primary.commands([["SET", "k", "v"], ["WAIT", 2, 5000]]), ["OK", 2]);
  assertEquals(await first.command(["GET", "k"]), "v");

  await primary.kill();
  await first.promote();
  await second.replicaOf(first);
  await first.command(["SET", "k", "w"]);
  await primary.restart();
  await primary.replicaOf(first);
  assertEquals(await primary.command(["GET", "k"]), "w");
  const [role, , replicas] = await first.command(["ROLE"]) as [string, number, string[][]];
  assertEquals(role, "master");
  assertEquals(
    replicas.map(([, port]) => Number(port)).sort(),
    [primary.port, second.port].sort(),
  );

  await primary.restart();
  assertEquals((await primary.info("replication")).role, "slave");
});

Deno.test("startServer() with TLS is trusted by who knows the authority, and by nobody else", async () => {
  await using server = await startServer({ tls: true });
  assertEquals(server.url, `rediss://127.0.0.1:${server.port}`);
  const { host: hostname, port, tls } = server;
  for (const name of [hostname, "localhost"]) {
    using conn = await Deno.connectTls({ hostname: name, port, caCerts: [tls!.caCert] });
    assertEquals(await exchange(conn, "PING\r\n", "\r\n"), "+PONG\r\n");
  }
  for (const caCerts of [[], [tls!.otherCaCert]]) {
    await assertRejects(
      async () => {
        using conn = await Deno.connectTls({ hostname, port, caCerts });
        await conn.handshake();
      },
      Error,
      "UnknownIssuer",
    );
  }
  assertEquals(await Deno.readTextFile(tls!.paths.caCert), tls!.caCert);
});

Deno.test("startServer() with client certificates refuses other clients", async () => {
  await using server = await startServer({ tls: { clientAuth: "required" }, replicas: 1 });
  const { host: hostname, port } = server;
  const { caCert, clientCert, clientKey, otherClientCert, otherClientKey } = server.tls!;
  const caCerts = [caCert];
  {
    const [cert, key] = [clientCert, clientKey];
    using conn = await Deno.connectTls({ hostname, port, caCerts, cert, key });
    assertEquals(await exchange(conn, "PING\r\n", "\r\n"), "+PONG\r\n");
  }
  for (const pair of [{}, { cert: otherClientCert, key: otherClientKey }]) {
    await assertRejects(async () => {
      using conn = await Deno.connectTls({ hostname, port, caCerts, ...pair });
      await exchange(conn, "PING\r\n", "\r\n");
    });
  }
});

Deno.test("startServer() shows the wrong certificate if asked to", async () => {
  const complaints = { wrongHost: "not valid for name", otherAuthority: "UnknownIssuer" };
  for (const [certificate, complaint] of Object.entries(complaints)) {
    await using server = await startServer({
      tls: { certificate: certificate as keyof typeof complaints },
    });
    const { host: hostname, port, tls } = server;
    await assertRejects(
      async () => {
        using conn = await Deno.connectTls({ hostname, port, caCerts: [tls!.caCert] });
        await conn.handshake();
      },
      Error,
      complaint,
    );
  }
});
