/** Addresses: Unix domain sockets, and host names that are resolved again. */

import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ConfigurationError,
  ConnectionError,
  RedisClient,
  type RedisClientConfiguration,
} from "../../standalone/mod.ts";
import { startServer, type TestServer } from "../../lib/testing/mod.ts";
import { until } from "../../lib/testing/_poll.ts";
import { record } from "../_kit/recorded_events.ts";
import { GENEROUS } from "./_connect.ts";
import { measure } from "../_kit/elapsed.ts";

const server = await startServer();
server.unref();

/** Path of the socket on which the kit controls a server. */
async function socketOf(server: TestServer): Promise<string> {
  const [, path] = await server.command(["CONFIG", "GET", "unixsocket"]) as string[];
  return path;
}

function connectTo(
  addresses: RedisClientConfiguration["addresses"],
  options: Partial<RedisClientConfiguration> = {},
): Promise<RedisClient> {
  const timeouts = { requestTimeout: GENEROUS, clientCreationTimeout: GENEROUS };
  return RedisClient.create({ addresses, ...timeouts, ...options });
}

for (const protocol of [2, 3] as const) {
  Deno.test(`everything works over a Unix socket [RESP${protocol}]`, async () => {
    const path = await socketOf(server);
    await using client = await connectTo([{ path }], { protocol, databaseId: 3 });
    assertEquals((await client.clientInfo()).addr, `${path}:0`);
    const large = new Uint8Array(1_000_000).map((_, i) => i * 7);
    await client.set("large", large);
    assertEquals(await client.bytes.get("large"), large);
    assertEquals(await client.transaction((t) => [t.set("n", 1), t.incr("n")]), ["OK", 2]);
    const popped = client.blpop("jobs", 5);
    await client.rpush("jobs", "x");
    assertEquals(await popped, ["jobs", "x"]);
    // Given up on the server as well, which takes another connection.
    const stop = new AbortController();
    const waiting = client.with({ signal: stop.signal }).blpop("jobs", 0);
    await until("it blocks", async () => (await server.info("clients")).blocked_clients === "1");
    stop.abort();
    await waiting.catch(() => {});
    await client.rpush("jobs", "y");
    assertEquals(await client.lpop("jobs"), "y");
    await using news = await client.subscribe("news");
    await client.publish("news", "hello");
    const { value } = await news[Symbol.asyncIterator]().next();
    assertEquals(value?.message, "hello");
  });
}

Deno.test("URLs of Unix sockets lead there", async () => {
  const path = await socketOf(server);
  for (const url of [`unix://${path}?db=5`, `redis+unix://${path}?db=5`]) {
    await using client = await RedisClient.create(url);
    const { addr, db } = await client.clientInfo();
    assertEquals([addr, db], [`${path}:0`, 5]);
  }
});

Deno.test("a Unix socket is opened again when the server has been restarted, and events name its path", async () => {
  await using server = await startServer();
  const path = await socketOf(server);
  const client = await connectTo([{ path }]);
  const { events, ended } = record(client);
  await server.stop();
  await until("an attempt failed", () => {
    return Promise.resolve(events.some(({ type }) => type === "reconnecting"));
  });
  const waiting = client.set("k", "v");
  await server.start();
  assertEquals(await waiting, "OK");
  await client.close();
  await ended;
  for (const event of events) {
    if ("host" in event) assertEquals([event.host, event.port], [path, 0]);
  }
});

Deno.test("a primary on a Unix socket and a replica on TCP make one set", async () => {
  await using primary = await startServer({ replicas: 1 });
  const [{ host, port }] = primary.replicas;
  await using client = await connectTo([{ host, port }, { path: await socketOf(primary) }], {
    readFrom: "preferReplica",
  });
  await client.set("k", "v");
  await client.wait(1, 5000);
  assertEquals(await client.get("k"), "v");
});

Deno.test("a Unix socket that is not there is named, and waited for", async () => {
  const path = "/tmp/babushka-no-such/redis.sock";
  const { error } = await measure(() => connectTo([{ path }], { clientCreationTimeout: 100 }));
  assertInstanceOf(error, ConnectionError);
  assertStringIncludes(error.message, `Cannot connect to ${path}: `);
  assertEquals([error.host, error.port], [path, 0]);
  const tooLong = `/tmp/${"x".repeat(200)}`;
  await assertRejects(
    () => connectTo([{ path: tooLong }], { clientCreationTimeout: 100 }),
    ConnectionError,
  );
});

Deno.test("bad addresses of Unix sockets are refused", async () => {
  const bad: [object, string][] = [
    [{ path: "" }, "addresses[0].path"],
    [{ path: 7 }, "addresses[0].path"],
    [{ path: "a\0b" }, "addresses[0].path"],
    [{ path: "/run/redis.sock", port: 1 }, "addresses[0].port"],
    [{ path: "/run/redis.sock", host: "h" }, "addresses[0].host"],
    [{ host: "/run/redis.sock" }, "addresses[0].host"],
  ];
  for (const [address, option] of bad) {
    const error = await assertRejects(() => connectTo([address as never]), ConfigurationError);
    assertEquals(error.option, option, JSON.stringify(address));
  }
  const { option } = await assertRejects(
    () => connectTo([{ path: "/run/redis.sock" }], { useTls: true }),
    ConfigurationError,
  );
  assertEquals(option, "addresses[0].path");
});

Deno.test("a Unix socket needs the permissions for net, read and write, and the error names them", async () => {
  const path = await socketOf(server);
  const flags = [`--allow-net=unix:${path}`, `--allow-read=${path}`, `--allow-write=${path}`];
  const program = new URL("programs/socket.ts", import.meta.url).pathname;
  const run = async (flags: string[]): Promise<string> => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--no-check", ...flags, program, path],
      env: { NO_COLOR: "1" },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  const [all, ...others] = await Promise.all([
    run(flags),
    ...flags.map((missing) => run(flags.filter((flag) => flag !== missing))),
  ]);
  assertEquals(all, "PONG");
  for (const output of others) {
    assertStringIncludes(output, "run Deno with --allow-net, --allow-read and --allow-write");
  }
});

/** Resolves some host names in place of the system, until it is disposed of. */
class Resolver implements Disposable {
  /** The present address of each name. */
  readonly addresses = new Map<string, string>();
  readonly #connect = Deno.connect;

  constructor() {
    Deno.connect = ((options: Deno.ConnectOptions) =>
      this.#connect({
        ...options,
        hostname: this.addresses.get(options.hostname!) ?? options.hostname,
      })) as typeof Deno.connect;
  }

  [Symbol.dispose](): void {
    Deno.connect = this.#connect;
  }
}

Deno.test("a host name is resolved again for each attempt to connect", async () => {
  const name = "redis.test";
  using resolver = new Resolver();
  resolver.addresses.set(name, "127.0.0.1");
  await using first = await startServer();
  await using client = await connectTo([{ host: name, port: first.port }]);
  const { events } = record(client);
  assertEquals((await client.clientInfo()).laddr, `127.0.0.1:${first.port}`);
  // It comes back at another address, as after a restart with a new one.
  await using second = await startServer({ port: first.port, config: { bind: "127.0.0.2" } });
  resolver.addresses.set(name, "127.0.0.2");
  await first.stop();
  assertEquals(await client.set("k", "v"), "OK");
  assertEquals((await client.clientInfo()).laddr, `127.0.0.2:${second.port}`);
  const hosts = events.map((event) => "host" in event && event.host);
  assertEquals(new Set(hosts), new Set([name]));
});
