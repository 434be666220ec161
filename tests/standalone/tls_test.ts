import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { dial } from "../../lib/connection/dial.ts";
import { Dials } from "../../lib/connection/dials.ts";
import { NAME_WITH_CERTIFICATE } from "../../lib/connection/tls_material.ts";
import { isPermanent } from "../../lib/connection/dial_errors.ts";
import {
  ConfigurationError,
  ConnectionError,
  type RedisClientConfiguration,
  TimeoutError,
  type TlsProvider,
} from "../../standalone/mod.ts";
import {
  startBlackHole,
  startProxy,
  startServer,
  type TestServer,
  type TlsOptions,
} from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { connect } from "./_connect.ts";
import { measure, messagesOf } from "../_kit/elapsed.ts";

type ClientTls = Exclude<RedisClientConfiguration["tls"], undefined | TlsProvider>;

/** Starts a server for each kind once: making one is most of the time of these tests. */
const servers = new Map<string, Promise<TestServer>>();

function serverWith(tls: TlsOptions = {}): Promise<TestServer> {
  const kind = JSON.stringify(tls);
  let starting = servers.get(kind);
  if (starting === undefined) {
    starting = startServer({ tls });
    servers.set(kind, starting);
    starting.then((server) => server.unref());
  }
  return starting;
}

const plainServer = startServer();
plainServer.then((server) => server.unref());

// Outside of the tests, so that the sanitizers do not take them for leaks.
await Promise.all([
  plainServer,
  serverWith(),
  serverWith({ clientAuth: "required" }),
  serverWith({ certificate: "wrongHost" }),
  serverWith({ certificate: "otherAuthority" }),
]);

/** What a client needs for a server that shows a good certificate. */
async function trust(server: Promise<TestServer>): Promise<{ server: TestServer; tls: ClientTls }> {
  const started = await server;
  return { server: started, tls: { caCerts: [started.tls!.caCert] } };
}

/** Creates a client through a proxy that counts the attempts, and expects it to fail for good at the first one. */
async function assertRefused(
  server: TestServer,
  tls: ClientTls | undefined,
  reason: RegExp,
): Promise<void> {
  await using proxy = await startProxy(server);
  const { error, value, ran } = await measure(() => connect(proxy, { useTls: true, tls }));
  await value?.close();
  assertInstanceOf(error, ConnectionError);
  assertMatch(messagesOf(error).join("\n"), reason);
  assert(error.cause instanceof Error, "the error has no cause");
  // On Deno one with a client certificate is preceded by one that only sees whether somebody is there.
  const once = NAME_WITH_CERTIFICATE || tls?.cert === undefined;
  assertEquals(proxy.accepted, once ? 1 : 2, "it was tried again");
  assert(ran < 2000, `${ran} ms`);
}

for (const protocol of [2, 3] as const) {
  Deno.test(`a server with a certificate of a custom authority is accepted [RESP${protocol}]`, async () => {
    const { server, tls } = await trust(serverWith());
    await using client = await connect(server, { useTls: true, tls, protocol });
    const large = new Uint8Array(1_000_000).map((_, i) => i * 7);
    await client.set("k", large);
    const got = await client.bytes.get("k");
    assert(got !== null && got.length === large.length && got.every((b, i) => b === large[i]));
  });
}

Deno.test("an authority that is not trusted is refused", async () => {
  await assertRefused(await serverWith(), undefined, /UnknownIssuer.*as tls\.caCerts/);
});

Deno.test("a variable of Node that accepts all certificates changes nothing", async () => {
  const name = "NODE_TLS_REJECT_UNAUTHORIZED";
  const before = Deno.env.get(name);
  Deno.env.set(name, "0");
  try {
    await assertRefused(await serverWith(), undefined, /UnknownIssuer/);
  } finally {
    before === undefined ? Deno.env.delete(name) : Deno.env.set(name, before);
  }
});

Deno.test("a certificate of another authority is refused", async () => {
  const { server, tls } = await trust(serverWith({ certificate: "otherAuthority" }));
  await assertRefused(server, tls, /UnknownIssuer|BadSignature/);
});

Deno.test("a certificate for another host is refused", async () => {
  const { server, tls } = await trust(serverWith({ certificate: "wrongHost" }));
  await assertRefused(server, tls, /not valid for name|NotValidForName/);
});

Deno.test("a certificate for another host is accepted if serverName is that name", async () => {
  const { server, tls } = await trust(serverWith({ certificate: "wrongHost" }));
  await using client = await connect(server, {
    useTls: true,
    tls: { ...tls, serverName: "elsewhere.test" },
  });
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("a certificate for this host is refused if serverName is another name", async () => {
  const { server, tls } = await trust(serverWith());
  await assertRefused(
    server,
    { ...tls, serverName: "elsewhere.test" },
    /not valid for name|NotValid/,
  );
});

Deno.test("unsafelyDisableHostnameVerification accepts another host's certificate", async () => {
  const { server, tls } = await trust(serverWith({ certificate: "wrongHost" }));
  await using client = await connect(server, {
    useTls: true,
    tls: { ...tls, unsafelyDisableHostnameVerification: true },
  });
  assertEquals(await client.set("k", "v"), "OK");
});

Deno.test("unsafelyDisableHostnameVerification still refuses another authority", async () => {
  const { server, tls } = await trust(serverWith({ certificate: "otherAuthority" }));
  await assertRefused(
    server,
    { ...tls, unsafelyDisableHostnameVerification: true },
    /UnknownIssuer|BadSignature/,
  );
});

Deno.test("a client certificate is accepted, on blocking connections as well", async () => {
  const { server, tls } = await trust(serverWith({ clientAuth: "required" }));
  const { clientCert: cert, clientKey: key } = server.tls!;
  await using client = await connect(server, { useTls: true, tls: { ...tls, cert, key } });
  const pop = client.customCommand(["BLPOP", "list", 5]);
  await client.customCommand(["RPUSH", "list", "x"]);
  assertEquals(await pop, ["list", "x"]);
});

Deno.test("a client certificate and serverName together work where the runtime has a call for it", async () => {
  const { server, tls } = await trust(serverWith({ clientAuth: "required" }));
  const { clientCert: cert, clientKey: key } = server.tls!;
  const options = { useTls: true, tls: { ...tls, cert, key, serverName: "localhost" } };
  if (NAME_WITH_CERTIFICATE) {
    await using client = await connect(server, options);
    assertEquals(await client.set("k", "v"), "OK");
    const other = { ...options.tls, serverName: "elsewhere.test" };
    await assertRefused(server, other, /not valid for name/);
  } else {
    const error = await assertRejects(() => connect(server, options), ConfigurationError);
    assertEquals(error.option, "tls.serverName");
  }
});

Deno.test("a missing client certificate is refused", async () => {
  const { server, tls } = await trust(serverWith({ clientAuth: "required" }));
  await assertRefused(server, tls, /certificate ?required/i);
});

Deno.test("a client certificate of another authority is refused", async () => {
  const { server, tls } = await trust(serverWith({ clientAuth: "required" }));
  const { otherClientCert: cert, otherClientKey: key } = server.tls!;
  await assertRefused(server, { ...tls, cert, key }, /Unknown ?CA|BadCertificate|Decrypt ?Error/i);
});

Deno.test("a key that does not fit the certificate, or a path, is refused before a socket is opened", async () => {
  const { server, tls } = await trust(serverWith({ clientAuth: "required" }));
  const { clientCert: cert, otherClientKey: key, paths } = server.tls!;
  await using proxy = await startProxy(server);
  for (const bad of [{ cert, key }, { caCerts: [paths.caCert] }, { cert, key: paths.clientKey }]) {
    const { error, value } = await measure(() =>
      connect(proxy, { useTls: true, tls: { ...tls, ...bad } })
    );
    await value?.close();
    assertInstanceOf(error, ConfigurationError);
  }
  assertEquals(proxy.accepted, 0);
});

Deno.test("TLS to a server without it ends at once and says so, with a client certificate too", async () => {
  // It goes on running, so that the sanitizers see an attempt that waits for it.
  const server = await plainServer;
  const { clientCert: cert, clientKey: key } = (await serverWith({ clientAuth: "required" })).tls!;
  for (const tls of [undefined, { cert, key }]) {
    const { error, ran } = await measure(() => connect(server, { useTls: true, tls }));
    assertInstanceOf(error, ConnectionError);
    assertStringIncludes(error.message, "does not speak TLS on this port");
    assert(ran < 2000, `${ran} ms`);
  }
});

Deno.test("no TLS to a server with it ends at once and says so", async () => {
  const server = await serverWith();
  for (const protocol of [2, 3] as const) {
    const { error, ran } = await measure(() => connect(server, { protocol }));
    assertInstanceOf(error, ConnectionError);
    assertStringIncludes(error.message, "speaks TLS on this port");
    assert(ran < 2000, `${ran} ms`);
  }
});

Deno.test("a host name that Deno refuses leaves no socket behind", async () => {
  const { server, tls } = await trust(serverWith());
  // The options are checked, but the addresses that a cluster announces are not.
  const { signal } = new AbortController();
  for (const serverName of ["bad name", "a..b"]) {
    for (let i = 0; i < 3; i++) {
      const error = await assertRejects(
        () => dial(server, { ...tls, serverName }, new Dials(), signal),
        ConnectionError,
        "Invalid hostname",
      );
      assert(isPermanent(error));
    }
  }
  await until(
    "the server sees no connection",
    async () => (await server.info("clients")).connected_clients === "1",
  );
});

Deno.test("a peer that never answers the TLS handshake ends within the budget", async () => {
  const { server, tls } = await trust(serverWith());
  await using proxy = await startProxy(server, { stall: true });
  const { error, ran } = await measure(() =>
    connect(proxy, { useTls: true, tls, clientCreationTimeout: 300 })
  );
  assertInstanceOf(error, TimeoutError);
  assert(ran < 500, `${ran} ms`);
});

Deno.test("a peer that was slow with TLS is not asked in plain again", async () => {
  const { server, tls } = await trust(serverWith());
  await using proxy = await startProxy(server, { delay: 150 });
  await using client = await connect(proxy, { useTls: true, tls });
  const before = proxy.accepted;
  proxy.cut();
  await client.get("k");
  assertEquals(proxy.accepted - before, 1);
});

Deno.test("a black-holed address ends within the budget, with TLS and a client certificate too", async () => {
  const { server, tls } = await trust(serverWith({ clientAuth: "required" }));
  const { clientCert: cert, clientKey: key } = server.tls!;
  await using hole = await startBlackHole();
  for (const material of [tls, { ...tls, cert, key }]) {
    const { error, ran } = await measure(() =>
      connect(hole, { useTls: true, tls: material, clientCreationTimeout: 300 })
    );
    assertInstanceOf(error, TimeoutError);
    assert(ran < 500, `${ran} ms`);
  }
});

Deno.test("a cut TLS connection is opened again, and requests go on", async () => {
  const { server, tls } = await trust(serverWith());
  await using proxy = await startProxy(server);
  await using client = await connect(proxy, { useTls: true, tls });
  await client.set("k", "v");
  for (let i = 0; i < 5; i++) {
    proxy.cut();
    assertEquals(await client.get("k"), "v");
  }
});
