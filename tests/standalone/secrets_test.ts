/** Nothing that a client shows holds a secret. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConfigurationError,
  RedisClient,
  RedisClusterClient,
  RedisError,
  ServerError,
} from "../../mod.ts";
import { ServerError as ErrorReply, startFakeServer, startServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { connect } from "./_connect.ts";

const PASSWORD = "correct-donkey";
const NEWER = "battery-staple";
const users = [{ name: "app", rules: `on >${PASSWORD} ~* &* +@all` }];

/** Everything that can be seen of a value. */
function shown(value: unknown): string {
  const texts = [
    Deno.inspect(value, {
      depth: 50,
      showHidden: true,
      iterableLimit: 1e4,
      strAbbreviateSize: 1e6,
    }),
    String(value),
    JSON.stringify(value) ?? "",
  ];
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(error.message, String(error.stack), JSON.stringify(error));
  }
  return texts.join("\n");
}

function assertSecret(value: unknown, ...more: string[]): void {
  const text = shown(value);
  for (const secret of [PASSWORD, NEWER, "donkey", "staple", "PRIVATE KEY", ...more]) {
    assert(!text.includes(secret), `${secret} is in ${text.slice(0, 2000)}`);
  }
}

Deno.test("a client, its views, its events and its errors show no password, no key and no token", async () => {
  await using server = await startServer({ users, tls: { clientAuth: "required" } });
  const { caCert, clientCert, clientKey } = server.tls!;
  const tls = { caCerts: [caCert], cert: clientCert, key: clientKey };
  const key = clientKey.split("\n")[1];
  for (const provided of [false, true]) {
    const credentials = { username: "app", password: PASSWORD };
    await using client = await connect(server, {
      credentials: provided ? () => Promise.resolve(credentials) : credentials,
      useTls: true,
      tls: provided ? () => tls : tls,
    });
    const { events } = record(client);
    for (const value of [client, client.bytes, client.with({ timeout: 100 }), client.statistics]) {
      assertSecret(value, key);
    }
    const refused = await assertRejects(
      () =>
        client.updateCredentials({ username: "app", password: NEWER }, { reauthenticate: true }),
      ServerError,
    );
    assertSecret(refused, key);
    // The next connection is refused as well.
    await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
    const late = await assertRejects(() => client.with({ timeout: 200 }).get("k"), RedisError);
    assertSecret(late, key);
    const dedicated = await assertRejects(
      () => client.with({ timeout: 200 }).blpop("list", 0.1),
      RedisError,
    );
    assertSecret(dedicated, key);
    await until("an attempt was refused", () => {
      return Promise.resolve(events.some(({ type }) => type === "reconnecting"));
    });
    assert(events.some(({ type }) => type === "reauthenticationFailed"));
    assertSecret(events, key);
  }
});

Deno.test("a server that repeats what it refuses is not repeated", async () => {
  const echo = ({ args }: { args: readonly string[] }) =>
    new ErrorReply(`ERR unknown command, with args beginning with: ${args.join(" ")}`);
  await using fake = await startFakeServer({ HELLO: echo, AUTH: echo });
  for (
    const credentials of [
      { username: "app", password: PASSWORD },
      () => Promise.resolve({ password: PASSWORD }),
    ]
  ) {
    const error = await assertRejects(
      () => connect(fake, { credentials, clientCreationTimeout: 200 }),
      RedisError,
    );
    assertSecret(error);
  }
});

Deno.test("bad options and bad results of functions are not repeated", async () => {
  const bad: object[] = [
    { credentials: PASSWORD },
    { credentials: { password: [PASSWORD] } },
    { credentials: { username: "", password: PASSWORD } },
    { credentials: { password: PASSWORD, token: NEWER } },
    { useTls: true, tls: { cert: PASSWORD, key: NEWER } },
    { tls: () => ({ key: NEWER }) },
  ];
  for (const options of bad) {
    for (const Client of [RedisClient, RedisClusterClient]) {
      const error = await assertRejects(
        () => Client.create({ addresses: [{ host: "localhost" }], ...options } as never),
        ConfigurationError,
      );
      assertSecret(error);
    }
  }
  await using server = await startServer({ users });
  await using client = await connect(server, {
    credentials: { username: "app", password: PASSWORD },
  });
  for (const nonsense of [NEWER, { token: NEWER }, { password: { value: NEWER } }, [NEWER]]) {
    const error = await assertRejects(
      () =>
        client.updateCredentials(() => Promise.resolve(nonsense as never), {
          reauthenticate: true,
        }),
      RedisError,
    );
    assertSecret(error);
  }
});

Deno.test("a cluster client shows no password either", async () => {
  await using server = await startServer({ users, config: { "cluster-enabled": "yes" } });
  await server.command(["CLUSTER", "ADDSLOTSRANGE", 0, 16383]);
  const client = await RedisClusterClient.create({
    addresses: [{ host: server.host, port: server.port }],
    credentials: { username: "app", password: PASSWORD },
    clientCreationTimeout: 10_000,
    requestTimeout: 10_000,
  });
  const { events, ended } = record(client);
  assertSecret(client);
  assertSecret(client.bytes);
  await server.command(["ACL", "SETUSER", "app", "resetpass", ">other"]);
  await server.command(["CLIENT", "KILL", "TYPE", "normal"]);
  assertSecret(await assertRejects(() => client.with({ timeout: 200 }).get("k"), RedisError));
  await client.close();
  await ended;
  assertEquals(events.at(-1)?.type, "closed");
  assertSecret(events);
});
