import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import {
  ClosedError,
  ConfigurationError,
  type GapItem,
  type Monitor,
  type MonitoredCommand,
  OverflowError,
  RedisClient,
  ServerError,
  TimeoutError,
} from "../../standalone/mod.ts";
import { simple, startFakeServer, startProxy, startServer } from "../../lib/testing/mod.ts";

const server = await startServer({
  users: [{ name: "reader", rules: "on >secret ~* +@read +client +ping" }],
});
server.unref();

function connect(options: Record<string, unknown> = {}): Promise<RedisClient> {
  return RedisClient.create({
    addresses: [{ host: server.host, port: server.port }],
    requestTimeout: 5000,
    clientCreationTimeout: 5000,
    ...options,
  });
}

/** Reads until a command has a first argument. */
async function until<T extends string | Uint8Array>(
  monitor: Monitor<T>,
  key: string,
): Promise<MonitoredCommand<T>> {
  for await (const command of monitor) if (String(command.words[1]) === key) return command;
  throw new Error("The monitor has ended");
}

/** Waits until something holds. */
async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!await isTrue()) {
    if (performance.now() > end) throw new Error("Cannot wait longer");
    await delay(5);
  }
}

for (const protocol of [2, 3] as const) {
  Deno.test(`RESP${protocol}: monitor() tells the commands of all clients, in text and in bytes`, async () => {
    await using client = await connect({ protocol, databaseId: 3 });
    await using other = await connect();
    await using monitor = await client.monitor();
    await using inBytes = await client.bytes.monitor();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await client.set("text", 'é\n"\\');
    await other.set("bytes", all);
    const command = await until(monitor, "text");
    assertEquals(command.words.slice(0, 3), ["SET", "text", 'é\n"\\']);
    assertEquals(command.database, 3);
    assert(/^127\.0\.0\.1:\d+$/.test(command.address));
    assert(Math.abs(command.time - Date.now()) < 60_000);
    for await (const { words, database } of inBytes) {
      if (new TextDecoder().decode(words[1]) !== "bytes") continue;
      assertEquals(words[2], all);
      assertEquals(database, 0);
      break;
    }
  });
}

Deno.test("a command of 1 MiB of any bytes is told whole", async () => {
  await using client = await connect();
  await using monitor = await client.bytes.monitor();
  const value = crypto.getRandomValues(new Uint8Array(65_536));
  const large = new Uint8Array(1_048_576).map((_, i) => value[i % value.length]);
  await client.set("large", large);
  for await (const { words } of monitor) {
    if (words.length < 3) continue;
    assertEquals(words[2].length, large.length);
    assert(words[2].every((byte, i) => byte === large[i]));
    break;
  }
});

Deno.test("a monitor ends with stop(), its signal, that of its view, and the client", async () => {
  const client = await connect();
  const controllers = [new AbortController(), new AbortController()];
  const monitors = [
    await client.monitor(),
    await client.monitor({ signal: controllers[0].signal }),
    await client.with({ signal: controllers[1].signal }).monitor(),
    await client.monitor(),
  ];
  const reading = monitors.map(async (monitor) => {
    for await (const _ of monitor);
  });
  await monitors[0].stop();
  controllers[0].abort();
  controllers[1].abort();
  await Promise.all(reading.slice(0, 3));
  assertEquals(monitors.map(({ ended }) => ended), [true, true, true, false]);
  await client.close();
  await reading[3];
  await assertRejects(() => client.monitor(), ClosedError);
  await eventually(async () =>
    !String(await server.command(["CLIENT", "LIST"])).includes("cmd=monitor")
  );
});

Deno.test("a lost connection is opened again, and the gap is told between the commands", async () => {
  await using proxy = await startProxy(server);
  await using client = await RedisClient.create({
    addresses: [{ host: proxy.host, port: proxy.port }],
    requestTimeout: 5000,
  });
  await using other = await connect();
  const gaps: unknown[] = [];
  const events = (async () => {
    for await (const event of client.events) if (event.type === "gap") gaps.push(event.names);
  })();
  await using monitor = await client.monitor({ gaps: true });
  await other.set("before", "x");
  await eventually(() => monitor.stats.received > 0);
  const cutAt = Date.now();
  proxy.cut();
  await eventually(() => monitor.stats.gaps.length === 1);
  await other.set("after", "x");
  const items: string[] = [];
  for await (const item of monitor) {
    if ("kind" in item) items.push(item.reason);
    else if (item.words[0] === "SET") items.push(item.words[1]);
    if (items.at(-1) === "after") break;
  }
  assertEquals(items, ["before", "reconnect", "after"]);
  const [gap] = monitor.stats.gaps;
  assert(gap.since <= cutAt + 5 && gap.until >= cutAt && gap.until - cutAt < 5000);
  await client.close();
  await events;
  assertEquals(gaps, [[]]);
});

Deno.test("a slow reader loses the oldest commands, or the newest, or the monitor", async () => {
  await using client = await connect();
  await using other = await connect();
  await using oldest = await client.monitor({ maxCommands: 10, gaps: true });
  await using newest = await client.monitor({
    maxCommands: 10,
    gaps: true,
    overflow: "dropNewest",
  });
  await using strict = await client.monitor({ maxBytes: 2000, overflow: "error" });
  for (let i = 0; i < 100; i++) await other.set("k", i);
  await eventually(() => oldest.stats.received >= 100 && newest.stats.received >= 100);
  const { buffered, dropped, received } = oldest.stats;
  assertEquals([buffered, dropped], [10, received - 10]);
  const next = async (monitor: Monitor<string, MonitoredCommand | GapItem>): Promise<unknown> => {
    const { value } = await monitor[Symbol.asyncIterator]().next();
    return "kind" in value! ? value.dropped : value!.words[2];
  };
  assertEquals([await next(oldest), await next(oldest)], [received - 10, "90"]);
  assert(Number(await next(newest) ?? 0) < 10);
  const error = await assertRejects(async () => {
    for await (const _ of strict);
  }, OverflowError);
  assert(error.message.includes("2000 bytes"));
});

Deno.test("monitor() says why it cannot", async () => {
  await using reader = await connect({ credentials: { username: "reader", password: "secret" } });
  const error = await assertRejects(() => reader.monitor(), ServerError);
  assertEquals(error.code, "NOPERM");
  await using client = await connect();
  await assertRejects(() => client.monitor({ overflow: "block" as never }), ConfigurationError);
  await assertRejects(() => client.monitor({ maxMessages: 1 } as never), ConfigurationError);
  await assertRejects(() => client.monitor(1 as never), TypeError);
  await assertRejects(() => client.customCommand(["MONITOR"]), TypeError, "use monitor()");
  const reason = new Error("Enough");
  await assertRejects(() => client.monitor({ signal: AbortSignal.abort(reason) }), Error, "Enough");
});

Deno.test("a server that hangs is given up in time", async () => {
  await using hole = await startFakeServer({ MONITOR: (_, connection) => connection.stall() });
  await using client = await RedisClient.create({
    addresses: [{ host: hole.host, port: hole.port }],
    requestTimeout: 100,
    clientCreationTimeout: 300,
  });
  const error = await assertRejects(() => client.monitor(), TimeoutError);
  assert(error.message.startsWith("Cannot complete MONITOR within 300 ms"), error.message);
});

Deno.test("the monitor's own PINGs are not told, and a silent peer is replaced", async () => {
  await using proxy = await startProxy(server);
  await using client = await RedisClient.create({
    addresses: [{ host: proxy.host, port: proxy.port }],
    requestTimeout: 100,
    keepAlive: 50,
  });
  await using monitor = await client.monitor({ gaps: true });
  const connections = proxy.connections.length;
  await delay(300);
  proxy.silence();
  await eventually(() => monitor.stats.gaps.length > 0 || monitor.ended);
  assertEquals(monitor.ended, false);
  assert(proxy.accepted > connections);
  await using other = await connect();
  await other.set("after", "x");
  for await (const item of monitor) {
    if ("kind" in item) continue;
    assert(!/^[0-9a-f-]{36}$/.test(item.words[1] ?? ""), item.words.join(" "));
    if (item.words[1] === "after") break;
  }
});

Deno.test("a malformed line ends the reading with an error", async () => {
  await using fake = await startFakeServer({
    MONITOR: async (_, connection) => {
      await connection.send(simple("OK"));
      await connection.send(simple('1.000001 [0 lua] "SET" "k'));
      return await new Promise(() => {});
    },
  });
  await using client = await RedisClient.create({
    addresses: [{ host: fake.host, port: fake.port }],
    requestTimeout: 5000,
  });
  await using monitor = await client.monitor();
  await assertRejects(() => monitor[Symbol.asyncIterator]().next(), Error, "malformed");
});

for (const maxCommands of [undefined, 16]) {
  Deno.test(`a burst is no overflow for a reader that keeps up, with a buffer of ${maxCommands ?? 1024}`, async () => {
    await using client = await connect();
    await using monitor = await client.monitor({ maxCommands });
    const reading = (async () => {
      let count = 0;
      for await (const { words } of monitor) if (words[0] === "PING" && ++count === 5000) return;
    })();
    await client.batch((b) => Array.from({ length: 5000 }, () => b.ping()));
    await reading;
    assertEquals(monitor.stats.dropped, 0);
  });
}
