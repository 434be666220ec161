/** TLS options that a function gives: certificates that are replaced while a client runs. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { delay } from "@std/async/delay";
import { ConfigurationError, ConnectionError, type TlsOptions } from "../../standalone/mod.ts";
import { startProxy, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect } from "./_connect.ts";
import { measure, messagesOf } from "../_kit/elapsed.ts";
import { ShortAuthority } from "./_short_certificates.ts";

const server = await startServer({ tls: { clientAuth: "required" } });
server.unref();
const { caCert, clientCert, clientKey, otherCaCert, otherClientCert, otherClientKey } = server.tls!;
const GOOD: TlsOptions = { caCerts: [caCert], cert: clientCert, key: clientKey };

Deno.test("a client certificate that expires is replaced under load: no read fails", async () => {
  await using authority = await ShortAuthority.make();
  await using server = await startServer({ tls: { clientAuth: "required" } });
  await server.command(["CONFIG", "SET", "tls-ca-cert-file", authority.path]);
  await using proxy = await startProxy(server);
  const short = await authority.sign(2);
  const expires = performance.now() + 2000;
  const long = await authority.sign(3600);
  let calls = 0;
  let current = short;
  const tls = () => {
    calls++;
    return Promise.resolve({ caCerts: [caCert], ...current });
  };
  await using client = await connect(proxy, { useTls: true, tls });
  await client.set("k", "v");
  const reads: Promise<string | null>[] = [];
  let cuts = 0;
  for (let i = 0; performance.now() < expires + 1200; i++) {
    reads.push(...Array.from({ length: 5 }, () => client.get("k")));
    if (performance.now() > expires - 500) current = long;
    if (i % 10 === 9) {
      proxy.cut();
      cuts++;
    }
    await delay(10);
  }
  assertEquals(new Set(await Promise.all(reads)), new Set(["v"]));
  assert(calls >= cuts / 2 && calls > 5, `${calls} calls for ${cuts} cuts`);
  // The first certificate has really expired.
  await assertRejects(
    () => connect(server, { useTls: true, tls: { caCerts: [caCert], ...short } }),
    ConnectionError,
  );
});

Deno.test("another authority signs the server's certificate: the function gives it", async () => {
  await using server = await startServer({ tls: true });
  let caCerts = [caCert];
  await using client = await connect(server, { useTls: true, tls: () => ({ caCerts }) });
  await client.set("k", "v");
  await using other = await startServer({ tls: { certificate: "otherAuthority" } });
  const { cert, key } = other.tls!.paths;
  await server.command(["CONFIG", "SET", "tls-cert-file", cert, "tls-key-file", key]);
  caCerts = [otherCaCert];
  await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
  assertEquals(await client.get("k"), "v");
});

Deno.test("if the function fails, the last good result is used, and an event tells it", async () => {
  await using proxy = await startProxy(server);
  const cause = new Error("no such file");
  const results: (TlsOptions | Error)[] = [
    GOOD,
    cause,
    // The key of another certificate.
    { ...GOOD, key: otherClientKey },
    { ...GOOD, cert: "certs/client.pem" },
    "nonsense" as TlsOptions,
    GOOD,
  ];
  let calls = 0;
  const tls = (): TlsOptions => {
    const result = results[Math.min(calls++, results.length - 1)];
    if (result instanceof Error) throw result;
    return result;
  };
  await using client = await connect(proxy, { useTls: true, tls });
  const { events } = record(client);
  await client.set("k", "v");
  const failures = () => events.filter((event) => event.type === "tlsOptionsFailed");
  for (let i = 1; i <= 5; i++) {
    proxy.cut();
    assertEquals(await client.get("k"), "v");
    await until("it was called", () => Promise.resolve(calls > i));
  }
  const errors = failures().map(({ error }) => error);
  assertEquals(
    errors.map(({ message }) => message),
    Array(4).fill('the function of option "tls" failed'),
  );
  assertEquals(errors[0].cause, cause);
  assertEquals(
    errors.slice(1).map(({ cause }) => (cause as ConfigurationError).option),
    ["tls.key", "tls.cert", "tls"],
  );
  assert(!Deno.inspect(events).includes("PRIVATE KEY"));
});

Deno.test("a function that fails at first fails the attempts, by name", async () => {
  const cause = new Error("no such file");
  const failing: (() => TlsOptions | Promise<TlsOptions>)[] = [
    () => Promise.reject(cause),
    () => ({ ...GOOD, key: otherClientKey }),
    () => new Promise<TlsOptions>(() => {}),
  ];
  const messages: string[] = [];
  for (const tls of failing) {
    const { error } = await measure(() =>
      connect(server, { useTls: true, tls, clientCreationTimeout: 200 })
    );
    assertInstanceOf(error, Error);
    messages.push(messagesOf(error).join("\n"));
    assertStringIncludes(error.message, 'the function of option "tls"');
  }
  assertStringIncludes(messages[0], "no such file");
  assertStringIncludes(messages[1], "expected the private key that belongs to tls.cert");
  assertStringIncludes(messages[2], "did not answer within 180 ms");
  let calls = 0;
  await using client = await connect(server, {
    useTls: true,
    tls: () => {
      if (++calls < 3) throw cause;
      return GOOD;
    },
  });
  assertEquals(await client.ping(), "PONG");
});

Deno.test("a server that refuses the certificate that the function gives is no reason to use another one", async () => {
  const tls = () => ({ caCerts: [caCert], cert: otherClientCert, key: otherClientKey });
  const { error } = await measure(() => connect(server, { useTls: true, tls }));
  assertInstanceOf(error, ConnectionError);
});

Deno.test("tls as a function needs useTls", async () => {
  const { option } = await assertRejects(
    () => connect(server, { tls: () => GOOD }),
    ConfigurationError,
  );
  assertEquals(option, "tls");
});
