import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import {
  type Batch,
  OverloadError,
  type RedisClient,
  type RedisClientConfiguration,
  script,
  ServerError,
  type TelemetryOptions,
} from "../../../mod.ts";
import {
  NO_REPLY,
  simple,
  startCluster,
  startFakeCluster,
  startFakeServer,
  startProxy,
} from "../../../lib/testing/mod.ts";
import { slotOf } from "../../../cluster/slot.ts";
import { until } from "../../../lib/testing/_poll.ts";
import { startOwnServer } from "../../_kit/own_server.ts";
import { connect as connectCluster, nameOf } from "../../cluster/_connect.ts";
import { type Attributes, RecordedSpan, Recorder } from "./_recorder.ts";

const { server, connect } = await startOwnServer();

/** Attributes of all spans whose request went to the server. */
const AT_SERVER: Attributes = {
  "db.system.name": "redis",
  "db.namespace": "0",
  "server.address": server.host,
  "server.port": server.port,
  "network.peer.address": server.host,
  "network.peer.port": server.port,
};

function connectWith(
  telemetry: TelemetryOptions = {},
  options: Partial<RedisClientConfiguration> & { port?: number } = {},
): Promise<RedisClient> {
  return connect({ ...options, telemetry });
}

/** A span as a list of what matters: its name, its errors and its events. */
function outline({ name, attributes, status, events }: RecordedSpan): unknown[] {
  const { "error.type": type, "db.response.status_code": code } = attributes;
  return [
    name,
    ...(type === undefined ? [] : [code === undefined ? type : `${type} = ${code}`]),
    ...(status === undefined ? [] : [`status ${status.code}`]),
    ...events.map(([event, { "error.type": why }]) => `${event}: ${why}`),
  ];
}

Deno.test("a call is a CLIENT span under the active one, with the attributes of the conventions", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  const handler = new RecordedSpan("handler", undefined);
  await recorder.within(async () => {
    await client.set("k", "v");
    await client.customCommand(["config", "get", "maxmemory"]);
  }, handler);
  const [set, config, ...others] = recorder.take();
  assertEquals(others, []);
  assertEquals([set.name, set.kind, set.parent], ["SET", 2, handler]);
  assertEquals(set.attributes, { ...AT_SERVER, "db.operation.name": "SET" });
  assertEquals(set.startAttributes, {
    "db.system.name": "redis",
    "db.namespace": "0",
    "db.operation.name": "SET",
  });
  assertEquals(outline(config), ["CONFIG GET"]);
});

Deno.test("the parent is the span that is active in the call, however long the request takes", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  const spans = ["a", "b", "c"].map((name) => new RecordedSpan(name, undefined));
  const calls = spans.map((span) => recorder.within(() => client.get("k"), span));
  await Promise.all(calls);
  assertEquals(recorder.take().map(({ parent }) => parent), spans);
});

Deno.test("the database is the namespace", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({}, { databaseId: 3 });
  await recorder.within(() => client.get("k"));
  assertEquals(recorder.take()[0].attributes["db.namespace"], "3");
});

Deno.test("without an active span, or in a trace that is not sampled, there is no span", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await client.get("k");
  await client.batch((b) => [b.get("k"), b.get("k")]);
  await client.transaction((t) => [t.get("k")]);
  const unsampled = new RecordedSpan("handler", undefined);
  unsampled.traceFlags = 0;
  await recorder.within(() => client.get("k"), unsampled);
  assertEquals(recorder.take(), []);
});

Deno.test("requireParent: false makes spans without a parent too", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({ requireParent: false });
  await client.get("k");
  await client.batch((b) => [b.get("k"), b.get("k")]);
  const spans = recorder.take();
  assertEquals(spans.map(({ name, parent }) => [name, parent]), [
    ["GET", undefined],
    ["PIPELINE GET", undefined],
  ]);
});

Deno.test("traces: false makes no spans, and without metrics: true nothing is measured", async () => {
  using recorder = new Recorder();
  await using silent = await connectWith({ traces: false });
  await recorder.within(() => silent.get("k"));
  await using traced = await connectWith();
  await recorder.within(() => traced.get("k"));
  assertEquals(recorder.take().length, 1);
  assertEquals(recorder.measurements, []);
  assertEquals(recorder.collect(), {});
});

Deno.test("providers are read once, in create()", async () => {
  await using early = await connectWith({ requireParent: false, metrics: true });
  using recorder = new Recorder();
  await early.get("k");
  await using late = await connectWith({ requireParent: false });
  await late.get("k");
  assertEquals(recorder.take().length, 1);
  assertEquals(recorder.measurements, []);
});

Deno.test("the providers of the options come before the registered ones", async () => {
  using own = new Recorder();
  using registered = new Recorder();
  const { tracerProvider, meterProvider } = own;
  await using client = await connectWith({ tracerProvider, meterProvider, metrics: true });
  await registered.within(() => client.get("k"));
  assertEquals(registered.take(), []);
  assertEquals(registered.measurements, []);
  assertEquals(own.take().length, 1);
  assertEquals(own.measurements.length, 1);
});

Deno.test("a batch is one span", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await recorder.within(async () => {
    await client.batch((b) => [b.set("k", 1), b.get("k"), b.incr("k")]);
    await client.batch((b) => [b.get("k"), b.get("l")]);
    await client.batch((b) => [b.get("k")]);
    await client.batch(() => []);
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [["PIPELINE"], ["PIPELINE GET"], ["GET"]]);
  assertEquals(spans.map(({ attributes }) => attributes["db.operation.batch.size"] ?? 1), [
    3,
    2,
    1,
  ]);
  assertEquals(spans[0].attributes, {
    ...AT_SERVER,
    "db.operation.name": "PIPELINE",
    "db.operation.batch.size": 3,
  });
});

Deno.test("a batch has the error with which it rejects", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await client.set("k", "text");
  const build = (b: Batch) => [b.get("k"), b.incr("k"), b.hget("k", "f")];
  await recorder.within(async () => {
    await assertRejects(() => client.batch(build), ServerError, "ERR");
    await client.batch(build, { errors: "values" });
  });
  assertEquals(recorder.take().map(outline), [["PIPELINE", "ERR = ERR", "status 2"], ["PIPELINE"]]);
});

Deno.test("a batch that is refused is no span, and one of which a command is refused has the others", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({}, { inflightRequestsLimit: 2 });
  await recorder.within(async () => {
    const bad = (b: Batch) => [b.get("k"), b.get("k"), b.get(undefined as never)];
    await assertRejects(() => client.batch(bad), TypeError);
    await client.batch(bad, { errors: "values" });
    const many = (b: Batch) => [b.get("k"), b.get("k"), b.get("k")];
    await assertRejects(() => client.batch(many), OverloadError);
    await client.batch(many, { errors: "values" });
  });
  assertEquals(recorder.take().map(outline), [["PIPELINE GET"], ["PIPELINE GET"]]);
});

Deno.test("a transaction is one span, with the error with which it rejects", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await client.set("k", "text");
  await recorder.within(async () => {
    await client.transaction((t) => [t.set("n", 1), t.incr("n")]);
    await client.transaction((t) => [t.get("k"), t.get("k")]);
    await client.transaction((t) => [t.get("k")]);
    await assertRejects(() => client.transaction((t) => [t.get("k"), t.hget("k", "f")]));
    await client.transaction((t) => [t.get("k"), t.hget("k", "f")], { errors: "values" });
    await assertRejects(() => client.transaction((t) => [t.get("k"), t.customCommand(["NO"])]));
    await assertRejects(() => client.transaction((t) => [t.get(NaN as never)]));
    await client.transaction(() => []);
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [
    ["MULTI"],
    ["MULTI GET"],
    ["MULTI GET"],
    ["MULTI", "WRONGTYPE = WRONGTYPE", "status 2"],
    ["MULTI"],
    ["MULTI", "EXECABORT = EXECABORT", "status 2"],
  ]);
  assertEquals(spans[0].attributes, {
    ...AT_SERVER,
    "db.operation.name": "MULTI",
    "db.operation.batch.size": 2,
  });
  assertEquals(spans[2].attributes["db.operation.batch.size"], undefined);
});

Deno.test("watch() has a span for each command; a transaction that was not executed is no error", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await using other = await connect();
  let runs = 0;
  await recorder.within(() =>
    client.watch("n", async (session) => {
      await session.get("n");
      if (++runs === 1) await other.set("n", 5);
      return await session.transaction((t) => [t.incr("n")]);
    })
  );
  const once = [["WATCH"], ["GET"], ["MULTI INCR"]];
  assertEquals(recorder.take().map(outline), [...once, ...once]);
});

Deno.test("run() is one span, also where the server does not know the script yet", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({ queryText: true });
  const echo = script(`return ARGV[1] .. '${crypto.randomUUID()}'`);
  const broken = script(`return redis.call('HGET', KEYS[1], '${crypto.randomUUID()}')`);
  await client.set("k", "text");
  const before = client.statistics;
  await recorder.within(async () => {
    await client.run(echo, { args: ["a"] });
    await client.run(echo, { args: ["a"] });
    await assertRejects(() => client.run(broken, { keys: ["k"] }), ServerError);
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [
    ["EVALSHA", "retry: NOSCRIPT"],
    ["EVALSHA"],
    ["EVALSHA", "WRONGTYPE = WRONGTYPE", "status 2", "retry: NOSCRIPT"],
  ]);
  assertEquals(spans[0].attributes["db.stored_procedure.name"], echo.digest);
  assertEquals(spans[0].attributes["db.query.text"], "EVALSHA");
  const { completed, failed, retries, inFlight } = client.statistics;
  assertEquals([completed - before.completed, failed, retries, inFlight], [2, 1, 2, 0]);
});

Deno.test("run() on a client that is closed meanwhile ends its span", async () => {
  using recorder = new Recorder();
  const client = await connectWith();
  const running = recorder.within(() => client.run(script(`return '${crypto.randomUUID()}'`)));
  const closing = client.close();
  await assertRejects(() => running);
  await closing;
  assertEquals(recorder.take().map(outline), [
    ["EVALSHA", "ClosedError", "status 2", "retry: NOSCRIPT"],
  ]);
});

Deno.test("a function is the stored procedure of its call", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await client.functionLoad(
    "#!lua name=lib\nredis.register_function('twice', function(k, a) return a[1] .. a[1] end)",
  );
  await recorder.within(() => client.fcall("twice", { args: ["x"] }));
  const [{ name, attributes }] = recorder.take();
  assertEquals([name, attributes["db.stored_procedure.name"]], ["FCALL", "twice"]);
});

Deno.test("each page of a scan is a span", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  await client.batch((b) => Array.from({ length: 100 }, (_, i) => b.set(`k${i}`, i)));
  const keys = await recorder.within(() => allOf(client.scanIterator({ count: 40 })));
  assertEquals(keys.length, 100);
  const spans = recorder.take();
  assertGreater(spans.length, 1);
  assertEquals(new Set(spans.map(({ name }) => name)), new Set(["SCAN"]));
});

Deno.test("a request that is aborted, times out or meets close() ends its span", async () => {
  using recorder = new Recorder();
  const client = await connectWith();
  await recorder.within(async () => {
    const controller = new AbortController();
    const blocked = client.with({ signal: controller.signal }).blpop("none", 0);
    controller.abort();
    await assertRejects(() => blocked);
    await assertRejects(() => client.with({ signal: controller.signal }).get("k"));
    await assertRejects(() => client.with({ timeout: 20 }).blpop("none", 0));
    const reason = new Error("hunter2");
    reason.name = "hunter2";
    await assertRejects(() => client.with({ signal: AbortSignal.abort(reason) }).get("k"));
    await assertRejects(() => client.with({ signal: AbortSignal.abort("hunter2") }).get("k"));
    const rejected = assertRejects(() => client.blpop("none", 0));
    await client.close();
    await rejected;
  });
  assertEquals(recorder.take().map(outline), [
    ["BLPOP", "AbortError", "status 2"],
    ["GET", "AbortError", "status 2"],
    ["BLPOP", "TimeoutError", "status 2"],
    ["GET", "_OTHER", "status 2"],
    ["GET", "_OTHER", "status 2"],
    ["BLPOP", "ClosedError", "status 2"],
  ]);
});

Deno.test("a request that is refused because too many are in flight has a span", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({}, { inflightRequestsLimit: 1 });
  await recorder.within(() => Promise.allSettled([client.get("k"), client.get("k")]));
  assertEquals(recorder.take().map(outline), [["GET"], ["GET", "OverloadError", "status 2"]]);
});

Deno.test("a cut connection: a read is sent again as an event, a write has an error", async () => {
  using recorder = new Recorder();
  await using fake = await startFakeServer({
    GET: ({ connection }) => {
      if (fake.receivedOf("GET").length > 1) return "v";
      connection.cut();
      return NO_REPLY;
    },
    SET: ({ connection }) => {
      connection.cut();
      return NO_REPLY;
    },
  });
  await using client = await connectWith({}, { port: fake.port });
  await recorder.within(async () => {
    assertEquals(await client.get("k"), "v");
    await assertRejects(() => client.set("k", "v"));
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [
    ["GET", "retry: ConnectionError"],
    ["SET", "ConnectionError", "status 2"],
  ]);
  assertEquals(spans[1].attributes["server.port"], fake.port);
  const { retries, reconnects, failed } = client.statistics;
  assertEquals([retries, reconnects, failed], [1, 1, 1]);
});

Deno.test("a server that loads its data: each further try is an event", async () => {
  using recorder = new Recorder();
  await using fake = await startFakeServer({
    SET: () =>
      fake.receivedOf("SET").length > 2
        ? simple("OK")
        : new ServerError("LOADING Redis is loading the dataset in memory"),
  });
  await using client = await connectWith({}, { port: fake.port });
  await recorder.within(() => client.set("k", "v"));
  assertEquals(recorder.take().map(outline), [["SET", "retry: LOADING", "retry: LOADING"]]);
  assertEquals(client.statistics.retries, 2);
});

Deno.test("a timeout on the way to a server that is away names the server, but no peer", async () => {
  using recorder = new Recorder();
  await using fake = await startFakeServer();
  const proxy = await startProxy(fake);
  await using client = await connectWith({}, { port: proxy.port });
  const { port } = proxy;
  await proxy[Symbol.asyncDispose]();
  await until("the loss is noticed", () => Promise.resolve(client.statistics.connections === 0));
  await recorder.within(() =>
    assertRejects(() => client.with({ timeout: 100 }).set("k", "v"), Error)
  );
  const [{ attributes }] = recorder.take();
  assertEquals(attributes["error.type"], "TimeoutError");
  assertEquals(attributes["server.port"], port);
  assertEquals(attributes["network.peer.address"], undefined);
  assertEquals(client.statistics.timedOut, 1);
});

Deno.test("each call has one span that ends once, whatever is cut, aborted, late or closed", async () => {
  using recorder = new Recorder();
  await using proxy = await startProxy(server);
  const client = await connectWith({ metrics: true }, {
    port: proxy.port,
    requestTimeout: 50,
    inflightRequestsLimit: 60,
  });
  const short = client.with({ timeout: 1 });
  const sum = script("return #KEYS + #ARGV");
  /** Calls, each with the number of spans that it has at least and at most. */
  const calls: [() => Promise<unknown>, number, number][] = [
    [() => client.set("k", "v"), 1, 1],
    [() => client.get("k"), 1, 1],
    [() => short.get("k"), 1, 1],
    [() => client.mget(["k", "l"]), 1, 1],
    [() => client.hget("k", "f"), 1, 1],
    [() => client.blpop("none", 0.01), 1, 1],
    [() => client.with({ signal: AbortSignal.timeout(2) }).brpop("none", 0), 1, 1],
    // Refused as a whole, or sent.
    [() => client.batch((b) => [b.get("k"), b.incr("n"), b.blpop("none", 0.01)]), 0, 1],
    [() => client.batch((b) => [b.get("k"), b.hget("k", "f")], { errors: "values" }), 1, 1],
    [() => client.transaction((t) => [t.incr("n"), t.get("k")]), 1, 1],
    [() => client.run(sum, { keys: ["k"] }), 1, 1],
    [() => client.watch("k", (s) => s.transaction((t) => [t.get("k")])), 1, 22],
  ];
  let least = 0;
  let most = 0;
  const outcomes: Promise<unknown>[] = [];
  await recorder.within(async () => {
    for (let i = 0; i < 1200; i++) {
      const [call, min, max] = calls[i * 7 % calls.length];
      least += min;
      most += max;
      outcomes.push(call().catch(() => {}));
      if (i % 25 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (i % 150 === 149) proxy.cut();
    }
    await client.close();
    await Promise.all(outcomes);
  });
  const { length } = recorder.take();
  assert(length >= least && length <= most, `${length} spans, expected ${least} to ${most}`);
  assertEquals(recorder.measurements.length, length);
  assertEquals([client.statistics.inFlight, client.statistics.connections], [0, 0]);
});

Deno.test("cluster: a command for three nodes is one span, and so is one to all nodes", async () => {
  using recorder = new Recorder();
  await using cluster = await startFakeCluster({
    handler: ({ name, args }) => {
      if (name === "MGET") return args.slice(1);
      if (name === "DBSIZE") return 1;
    },
  });
  await using client = await connectCluster(cluster, { telemetry: { queryText: true } });
  await recorder.within(async () => {
    assertEquals(await client.mget(["a", "b", "c"]), ["a", "b", "c"]);
    assertEquals(await client.dbsize(), 3);
  });
  assertEquals(cluster.nodes.map((node) => node.receivedOf("MGET").length), [1, 1, 1]);
  const [mget, dbsize, ...others] = recorder.take();
  assertEquals(others, []);
  assertEquals([mget, dbsize].map(outline), [["MGET"], ["DBSIZE"]]);
  assertEquals(mget.attributes["db.query.text"], "MGET a b c");
  assertEquals(mget.attributes["db.operation.batch.size"], undefined);
  assert(cluster.nodes.some(({ port }) => port === mget.attributes["server.port"]));
});

Deno.test("cluster: parts that are redirected, tried again or lost are events of the whole", async () => {
  using recorder = new Recorder();
  await using cluster = await startFakeCluster();
  const [first, second, third] = cluster.nodes;
  const keyOf = (node: unknown) =>
    Array.from({ length: 1000 }, (_, i) => `k${i}`).find((key) =>
      cluster.owner(slotOf(key)) === node
    )!;
  const keys = [first, second, third].map(keyOf);
  const seen = new Map<string, number>();
  cluster.handler = ({ name, args, connection }, node) => {
    if (name !== "MGET") return;
    const [, key] = args;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (seen.get(key)! > 1) return ["v"];
    switch (node) {
      case first:
        return new ServerError(`MOVED ${slotOf(key)} ${nameOf(second)}`);
      case second:
        return new ServerError("TRYAGAIN Multiple keys request during rehashing of slot");
      default:
        connection.cut();
        return NO_REPLY;
    }
  };
  await using client = await connectCluster(cluster, { telemetry: {} });
  await recorder.within(async () => {
    assertEquals(await client.mget(keys), ["v", "v", "v"]);
  });
  const [mget, ...others] = recorder.take();
  assertEquals(others, []);
  const [name, ...events] = outline(mget);
  assertEquals([name, events.sort()], [
    "MGET",
    ["redirect: MOVED", "retry: ConnectionError", "retry: TRYAGAIN"],
  ]);
  const { retries, redirects, completed, failed } = client.statistics;
  assertEquals([retries, redirects, completed, failed], [2, 1, 1, 0]);
});

Deno.test("cluster: MOVED and ASK are events that name the other node, and the span has the last one", async () => {
  using recorder = new Recorder();
  await using cluster = await startFakeCluster();
  const owner = cluster.owner(slotOf("k"));
  const other = cluster.nodes.find((node) => node !== owner)!;
  cluster.handler = ({ name, args }, node) => {
    if (name !== "GET" || node === other) return name === "GET" ? "v" : undefined;
    const code = args[1] === "k" ? "ASK" : "MOVED";
    return new ServerError(`${code} ${slotOf("k")} ${nameOf(other)}`);
  };
  await using client = await connectCluster(cluster, { telemetry: { metrics: true } });
  await recorder.within(async () => {
    await client.get("k");
    await client.get("{k}");
    await client.get("{k}");
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [
    ["GET", "redirect: ASK"],
    ["GET", "redirect: MOVED"],
    ["GET"],
  ]);
  assertEquals(spans[0].events, [["redirect", {
    "error.type": "ASK",
    "db.response.status_code": "ASK",
    "server.address": other.host,
    "server.port": other.port,
  }]]);
  assertEquals(spans.map(({ attributes }) => attributes["server.port"]), Array(3).fill(other.port));
  assertEquals(recorder.measurements.length, 3);
  assertEquals(recorder.collect()["babushka.client.redirects"].map(({ value }) => value), [2]);
});

Deno.test("cluster: a part that never comes is the node of a timeout", async () => {
  using recorder = new Recorder();
  await using cluster = await startFakeCluster();
  const [silent] = cluster.nodes;
  cluster.handler = ({ name }, node) => {
    if (name === "MGET") return node === silent ? NO_REPLY : ["v"];
    // So that it is not replaced.
    if (name === "PING" && node === silent) return NO_REPLY;
  };
  await using client = await connectCluster(cluster, { telemetry: {}, requestTimeout: 100 });
  const keys = cluster.nodes.map((node) =>
    Array.from({ length: 1000 }, (_, i) => `k${i}`).find((key) =>
      cluster.owner(slotOf(key)) === node
    )!
  );
  await recorder.within(() => assertRejects(() => client.mget(keys)));
  const [mget, ...others] = recorder.take();
  assertEquals([outline(mget), others], [["MGET", "TimeoutError", "status 2"], []]);
});

Deno.test("cluster: a batch over all nodes is one span", async () => {
  using recorder = new Recorder();
  await using cluster = await startFakeCluster({
    handler: ({ name }) => name === "GET" ? "v" : undefined,
  });
  await using client = await connectCluster(cluster, { telemetry: {} });
  await recorder.within(() =>
    client.batch((b) => Array.from({ length: 20 }, (_, i) => b.get(`k${i}`)))
  );
  const [batch, ...others] = recorder.take();
  assertEquals([outline(batch), others], [["PIPELINE GET"], []]);
  assertEquals(batch.attributes["db.operation.batch.size"], 20);
});

Deno.test("cluster: each page of a scan is a span, and nothing else that it takes", async () => {
  using recorder = new Recorder();
  await using cluster = await startCluster({ shards: 3, replicas: 0 });
  await using client = await connectCluster(cluster, { telemetry: {} });
  await client.mset(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, "v"])));
  const keys = await recorder.within(() => allOf(client.scanIterator({ count: 10 })));
  assertEquals(keys.length, 60);
  const spans = recorder.take();
  assertGreater(spans.length, 3);
  assertEquals(new Set(spans.map(({ name }) => name)), new Set(["SCAN"]));
});

Deno.test("what a client asks for itself has no span", async () => {
  using recorder = new Recorder();
  await using cluster = await startFakeCluster();
  await using fake = await startFakeServer();
  const often = { periodicTopologyCheck: 20, keepAlive: 20 };
  const telemetry = { requireParent: false, metrics: true };
  await using _one = await connectCluster(cluster, { telemetry, ...often });
  await using other = await connectWith(telemetry, { port: fake.port, ...often });
  const [node] = cluster.nodes;
  const asked = (): boolean =>
    node.received.filter(({ args }) => args[1] === "SLOTS").length > 3 &&
    fake.receivedOf("ROLE").length > 3;
  await until("both have asked", () => Promise.resolve(asked()));
  fake.cut();
  await until("it has reconnected", () => Promise.resolve(other.statistics.reconnects === 1));
  assertEquals(recorder.take(), []);
  assertEquals(recorder.measurements, []);
  const { completed, failed, inFlight } = other.statistics;
  assertEquals([completed, failed, inFlight], [0, 0, 0]);
});

Deno.test("durations are measured for each call, with kept attributes", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({ metrics: true, traces: false });
  await client.set("k", "text");
  await client.get("k");
  await client.get("k");
  await assertRejects(() => client.incr("k"));
  await client.batch((b) => [b.get("k"), b.get("k")]);
  await client.transaction((t) => [t.get("k"), t.set("k", 1)]);
  const { measurements } = recorder;
  assertEquals(
    measurements.map(({ name, attributes }) => [name, attributes["db.operation.name"]]),
    ["SET", "GET", "GET", "INCR", "PIPELINE GET", "MULTI"].map((operation) => [
      "db.client.operation.duration",
      operation,
    ]),
  );
  assertEquals(measurements[1].attributes, { ...AT_SERVER, "db.operation.name": "GET" });
  assert(measurements[1].attributes === measurements[2].attributes);
  assertEquals(measurements[3].attributes["error.type"], "ERR");
  for (const { value } of measurements) assert(value > 0 && value < 10, `${value} s`);
});

Deno.test("a provider that throws, or makes nothing, does no harm", async () => {
  const bad = (): never => {
    throw new Error("No");
  };
  const span = { setAttributes: bad, addEvent: bad, setStatus: bad, end: bad, isRecording: bad };
  const observable = { addCallback: bad };
  const tracers: TelemetryOptions["tracerProvider"][] = [
    { getTracer: bad },
    { getTracer: () => undefined as never },
    { getTracer: () => ({ startSpan: bad }) },
    { getTracer: () => ({ startSpan: () => undefined as never }) },
    { getTracer: () => ({ startSpan: () => span }) },
    { getTracer: () => ({ startSpan: () => ({ ...span, isRecording: () => true }) }) },
  ];
  const meters: TelemetryOptions["meterProvider"][] = [
    { getMeter: bad },
    { getMeter: () => undefined as never },
    {
      getMeter: () => ({
        createHistogram: () => ({ record: bad }),
        createObservableCounter: () => observable,
        createObservableUpDownCounter: () => observable,
      }),
    },
  ];
  for (const tracerProvider of tracers) {
    for (const meterProvider of meters) {
      await using client = await connectWith({
        tracerProvider,
        meterProvider,
        metrics: true,
        requireParent: false,
        queryText: true,
      });
      assertEquals(await client.set("k", "v"), "OK");
      await assertRejects(() => client.incr("k"), ServerError);
      assertEquals(await client.batch((b) => [b.get("k"), b.get("k")]), ["v", "v"]);
      assertEquals(await client.transaction((t) => [t.get("k"), t.get("k")]), ["v", "v"]);
      assertEquals(await client.run(script("return ARGV[1]"), { args: ["a"] }), "a");
    }
  }
  Object.assign(globalThis, {
    [Symbol.for("opentelemetry.js.api.1")]: {
      context: { active: bad },
      trace: { getTracer: () => ({ startSpan: bad }) },
    },
  });
  await using client = await connectWith({});
  assertEquals(await client.set("k", "v"), "OK");
  const unreadable = {
    get context() {
      return bad();
    },
    get trace() {
      return bad();
    },
    get metrics() {
      return bad();
    },
  };
  for (const registered of [unreadable, { context: 5, trace: 5, metrics: 5 }, 5, null]) {
    Object.assign(globalThis, { [Symbol.for("opentelemetry.js.api.1")]: registered });
    await using client = await connectWith({ metrics: true });
    assertEquals(await client.set("k", "v"), "OK");
  }
  Object.assign(globalThis, { [Symbol.for("opentelemetry.js.api.1")]: undefined });
});

/** A word that must appear nowhere in what is exported. */
const SECRET = "hunter2";

/** Calls with secrets and values in each place where there can be one. */
const SECRET_CALLS: ((client: RedisClient) => Promise<unknown>)[] = [
  (c) => c.set("key", SECRET),
  (c) => c.bytes.set("key", new TextEncoder().encode(SECRET)),
  (c) => c.customCommand(["set", "key", SECRET, "ex", 10]),
  (c) => c.customCommand([`SET key ${SECRET}`]),
  (c) => c.customCommand([`${SECRET} ${SECRET}`, SECRET]),
  (c) => c.customCommand(["NO.SUCH", SECRET]),
  (c) => c.customCommand(["CONFIG", SECRET, SECRET]),
  (c) => c.customCommand(["DEBUG", SECRET, SECRET]),
  (c) => c.configSet({ requirepass: SECRET }),
  (c) => c.configSet({ requirepass: "" }),
  (c) => c.aclSetuser("someone", ["on", `>${SECRET}`]),
  (c) => c.customCommand(["ACL", "GETUSER", SECRET]),
  (c) => c.customCommand(["MIGRATE", "127.0.0.1", 1, "key", 0, 10, "AUTH", SECRET]),
  (c) => c.customCommand(["MIGRATE", "127.0.0.1", 1, "", 0, 10, "AUTH", SECRET, "KEYS", "key"]),
  (c) => c.eval(`return '${SECRET}'`, { keys: [SECRET], args: [SECRET] }),
  (c) => c.eval(`return redis.error_reply('${SECRET.toUpperCase()} is it')`),
  (c) => c.eval(`return redis.error_reply(ARGV[1])`, { args: [SECRET] }),
  (c) => c.run(script(`return '${SECRET}'`), { args: [SECRET] }),
  (c) => c.run(script(`return redis.error_reply('-${SECRET.toUpperCase()} x')`)),
  (c) => c.evalsha(SECRET, {}),
  (c) => c.fcall(`${SECRET}!`, {}),
  (c) => c.scriptLoad(`return '${SECRET}'`),
  (c) => c.functionLoad(SECRET),
  (c) => c.publish(SECRET, SECRET),
  (c) => c.spublish(SECRET, SECRET),
  (c) => c.echo(SECRET),
  (c) => c.clientSetname(SECRET),
  (c) => c.hset("hash", { [SECRET]: SECRET }),
  (c) => c.hget("hash", SECRET),
  (c) => c.sadd("set", SECRET),
  (c) => c.zadd("sorted", { [SECRET]: 1 }),
  (c) => c.xadd("stream", "*", { [SECRET]: SECRET }),
  (c) => c.lpush("list", [SECRET]),
  (c) => c.incr("list"),
  (c) => c.customCommand(["SORT", "list", "BY", SECRET, "ALPHA", "GET", SECRET]),
  (c) => c.mset({ a: SECRET, b: SECRET }),
  (c) => c.scan(0, { match: SECRET }),
  (c) => c.batch((b) => [b.set("key", SECRET), b.echo(SECRET), b.publish(SECRET, SECRET)]),
  (c) => c.transaction((t) => [t.set("key", SECRET), t.eval(`return '${SECRET}'`, {})]),
  (c) =>
    c.transaction((t) => [
      t.eval(`return redis.error_reply('${SECRET.toUpperCase()} x')`, {}),
      t.get("key"),
    ]),
  (c) => c.updateCredentials({ username: "me", password: SECRET }, { reauthenticate: true }),
  (c) => c.watch("key", (session) => session.set("key", SECRET)),
  (c) => c.with({ signal: AbortSignal.abort(new Error(SECRET)) }).get("key"),
];

for (const queryText of [false, true]) {
  Deno.test(`no secret and no value is exported [queryText: ${queryText}]`, async () => {
    using recorder = new Recorder();
    // The password is that of a user with all rights.
    await server.command(["ACL", "SETUSER", "me", "on", `>${SECRET}`, "~*", "&*", "+@all"]);
    await using client = await connectWith({ queryText, metrics: true }, {
      credentials: { username: "me", password: SECRET },
      clientName: SECRET,
    });
    const handler = new RecordedSpan("handler", undefined);
    await recorder.within(async () => {
      for (const call of SECRET_CALLS) await call(client).catch(() => {});
    }, handler);
    const spans = recorder.take();
    assertGreater(spans.length, SECRET_CALLS.length - 3);
    assertEquals(spans.some(({ name }) => name === "AUTH" || name === "HELLO"), false);
    const { measurements } = recorder;
    const exported = JSON.stringify([
      spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
      measurements,
      recorder.collect(),
      client.statistics,
    ]);
    assertEquals(new RegExp(`.{0,200}${SECRET}.{0,50}`, "i").exec(exported)?.[0], undefined);
    assertEquals(exported.includes('"db.query.text"'), queryText);
    // Keys are only in the text.
    if (!queryText) assertEquals(/"(key|hash|list)"/.exec(exported), null);
    const counted = [measurements, recorder.collect()];
    assertEquals(/\b(key|hash|list)\b/.exec(JSON.stringify(counted)), null);
  });
}

Deno.test("statistics count requests and connections, and are a snapshot", async () => {
  await using client = await connect();
  const before = client.statistics;
  assertEquals(
    [before.connections, before.connectionsOpened, before.reconnects, before.inFlight],
    [1, 1, 0, 0],
  );
  assertGreater(before.bytesSent, 0);
  assertGreater(before.bytesReceived, 0);
  await client.set("k", "x".repeat(1000));
  const waiting = client.get("k");
  assertEquals(client.statistics.inFlight, 1);
  await waiting;
  await assertRejects(() => client.incr("k"));
  await assertRejects(() => client.with({ timeout: 20 }).blpop("none", 0));
  await client.batch((b) => [b.get("k"), b.get("k")]);
  await client.transaction((t) => [t.get("k"), t.get("k")]);
  const after = client.with({ timeout: 10 }).bytes.statistics;
  assertEquals(
    [after.completed - before.completed, after.failed, after.timedOut, after.inFlight],
    [5, 2, 1, 0],
  );
  assertEquals(after.connectionsOpened, 2);
  assertGreater(after.bytesSent - before.bytesSent, 1000);
  assertGreater(after.bytesReceived - before.bytesReceived, 5000);
  assertEquals(before.completed, 0);
  await client.close();
  assertEquals(client.statistics.connections, 0);
});

Deno.test("a read that the cache answers has no span; one that is sent has one, also an MGET of many keys", async () => {
  using recorder = new Recorder();
  await using client = await connectWith({ queryText: true, metrics: true });
  const { cached } = client;
  await client.mset({ a: "1", b: "2", c: "3", d: "4" });
  await recorder.within(async () => {
    // Two callers, one request.
    await Promise.all([cached.get("a"), cached.get("a")]);
    await cached.get("a");
    await cached.mget(["a", "b", "c"]);
    await cached.mget(["a", "b", "c"]);
    await cached.lpush("list", ["x"]);
    assertEquals(await cached.mget(["a", "list"]), ["1", null]);
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [["GET"], ["GET"], ["MGET"], ["LPUSH"], ["MGET"]]);
  assertEquals(spans[2].attributes, {
    ...AT_SERVER,
    "db.operation.name": "MGET",
    "db.query.text": "MGET a b c",
  });
  const { cache } = client.statistics;
  assertEquals([cache.hits, cache.misses, cache.entries], [6, 5, 3]);
  assertEquals(cache, client.cacheStatistics);
  assertEquals(recorder.collect()["babushka.client.cache.hits"].map(({ value }) => value), [6]);
});

Deno.test("an MGET of the cache ends its span with its error, where each GET is refused as well", async () => {
  using recorder = new Recorder();
  await server.command(["ACL", "SETUSER", "writer", "on", ">x", "~*", "+@all", "-get", "-mget"]);
  await server.command(["ACL", "SETUSER", "reader", "on", ">x", "~*", "+@all", "-get"]);
  const login = (username: string) => ({ credentials: { username, password: "x" } });
  await using writer = await connectWith({}, login("writer"));
  await using reader = await connectWith({}, login("reader"));
  await using late = await connectWith({});
  await recorder.within(async () => {
    await assertRejects(() => writer.cached.mget(["a", "b"]), ServerError);
    await reader.cached.mget(["a", "b"]);
    const signal = AbortSignal.timeout(1);
    const waiting = late.with({ signal }).cached.mget(["a", "b"]);
    await late.close();
    await waiting.catch(() => {});
  });
  const [refused, read, closed, ...others] = recorder.take().map(outline);
  assertEquals([refused, read, others], [["MGET", "NOPERM = NOPERM", "status 2"], ["MGET"], []]);
  assertEquals(closed[0], "MGET");
});

Deno.test("subscribe() is a span until the server has confirmed, without the channels", async () => {
  using recorder = new Recorder();
  await server.command(["ACL", "SETUSER", "deaf", "on", "nopass", "~*", "resetchannels", "+@all"]);
  await using client = await connectWith({ metrics: true });
  await using deaf = await connectWith({}, { credentials: { username: "deaf", password: "x" } });
  await recorder.within(async () => {
    await using _one = await client.subscribe(SECRET);
    await using _all = await client.psubscribe([`${SECRET}*`, "other"]);
    await using _shard = await client.ssubscribe(SECRET);
    await assertRejects(() => deaf.subscribe(SECRET), ServerError, "NOPERM");
  });
  const spans = recorder.take();
  assertEquals(spans.map(outline), [
    ["SUBSCRIBE"],
    ["PSUBSCRIBE"],
    ["SSUBSCRIBE"],
    ["SUBSCRIBE", "NOPERM = NOPERM", "status 2"],
  ]);
  const exported = JSON.stringify([spans.map(({ attributes }) => attributes), recorder.collect()]);
  assertEquals(exported.includes(SECRET), false);
});

Deno.test("statistics count subscriptions, those that have ended included", async () => {
  using recorder = new Recorder();
  const client = await connectWith({ metrics: true });
  const subscription = await client.subscribe(["a", "b"], { maxMessages: 2 });
  const other = await client.subscribe("a");
  assertEquals(client.statistics.subscriptions, { open: 2, received: 0, dropped: 0, gaps: 0 });
  assertEquals(client.statistics.connections, 2);
  const before = client.statistics.bytesReceived;
  for (let i = 0; i < 5; i++) await client.publish("a", "x".repeat(1000));
  await until(
    "all have come",
    () => Promise.resolve(client.statistics.subscriptions.received === 10),
  );
  assertGreater(client.statistics.bytesReceived - before, 5000);
  const dropped = { open: 2, received: 10, dropped: 3, gaps: 1 };
  assertEquals(client.statistics.subscriptions, dropped);
  await subscription.unsubscribe();
  assertEquals(client.statistics.subscriptions, { ...dropped, open: 1 });
  const { "babushka.client.subscriptions.dropped": [figure] } = recorder.collect();
  assertEquals(figure.value, 3);
  await client.close();
  assertEquals(client.statistics.subscriptions, { ...dropped, open: 0 });
  assertEquals(other.ended, true);
});

Deno.test("monitor() is a span, and its connection counts", async () => {
  using recorder = new Recorder();
  await using client = await connectWith();
  const before = client.statistics;
  const monitor = await recorder.within(() => client.monitor());
  assertEquals(recorder.take().map(outline), [["MONITOR"]]);
  await client.echo("x".repeat(10_000));
  for await (const { words } of monitor) if (words[0] === "echo" || words[0] === "ECHO") break;
  const { connectionsOpened, bytesReceived } = client.statistics;
  assertEquals(connectionsOpened, before.connectionsOpened + 1);
  assertGreater(bytesReceived - before.bytesReceived, 20_000);
});

Deno.test("statistics of a cluster client", async () => {
  await using cluster = await startFakeCluster({
    handler: ({ name, args }) => name === "MGET" ? args.slice(1) : undefined,
  });
  const client = await connectCluster(cluster);
  await client.mget(["a", "b", "c"]);
  const { completed, failed, connections } = client.statistics;
  assertEquals([completed, failed, connections], [1, 0, 3]);
  await client.close();
  assertEquals(client.statistics.connections, 0);
});

/** `Array.fromAsync()` of Node 22 loses the active span. */
async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
