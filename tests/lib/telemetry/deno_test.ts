/** What Deno's own OpenTelemetry exports of a program with both clients, as a collector gets it. */

import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { slotOf } from "../../../cluster/slot.ts";
import { startCluster, startServer, type TestCluster } from "../../../lib/testing/mod.ts";
import { until } from "../../../lib/testing/_poll.ts";
import type { Setup } from "./_web_handler.ts";

const server = await startServer();
server.unref();
const cluster = await startCluster({ shards: 3, replicas: 0 });
cluster.unref();

const PASSWORD = "correct-horse-battery";
const VALUE = "value-of-the-user";

interface Value {
  stringValue?: string;
  intValue?: string | number;
  /** Deno exports each number so. */
  doubleValue?: number;
}

interface Attribute {
  key: string;
  value: Value;
}

/** A span in OTLP/JSON. */
interface Span {
  name: string;
  kind: number;
  spanId: string;
  parentSpanId: string;
  traceId: string;
  attributes: Attribute[];
  events?: { name: string; attributes: Attribute[] }[];
  status?: { code?: number };
}

interface Metric {
  name: string;
  histogram?: { dataPoints: { attributes: Attribute[]; explicitBounds: number[] }[] };
  sum?: { dataPoints: { attributes: Attribute[]; asDouble?: number; asInt?: string }[] };
}

/** Takes what an exporter sends. */
class Collector implements AsyncDisposable {
  readonly bodies: string[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      this.bodies.push(await request.text());
      return Response.json({});
    },
  );

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get spans(): Span[] {
    return this.#scopes("resourceSpans", "scopeSpans").flatMap(({ spans }) => spans as Span[]);
  }

  /** The metrics of this library. */
  get metrics(): Metric[] {
    return this.#scopes("resourceMetrics", "scopeMetrics")
      .filter(({ scope }) => (scope as { name: string }).name === "@babushka/redis")
      .flatMap(({ metrics }) => metrics as Metric[]);
  }

  /** The last values of a figure, one for each client. */
  figure(name: string): number[] {
    const metric = this.metrics.findLast((metric) => metric.name === `babushka.client.${name}`);
    const points = metric?.sum?.dataPoints ?? [];
    return points.map(({ asDouble, asInt }) => asDouble ?? Number(asInt)).sort();
  }

  #scopes(resources: string, scopes: string): Record<string, unknown>[] {
    return this.bodies.map((body) => JSON.parse(body)).flatMap((body) => body[resources] ?? [])
      .flatMap((resource: Record<string, Record<string, unknown>[]>) => resource[scopes]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function plain(attributes: readonly Attribute[]): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, doubleValue } }) => [
      key,
      stringValue ?? doubleValue ?? Number(intValue),
    ]),
  );
}

/** A key in a slot of each shard. */
async function keysOfShards(nodes: TestCluster): Promise<string[]> {
  const slots = await Promise.all(nodes.shards.map((_, i) => nodes.slotsOf(i)));
  return slots.map((own) => {
    const set = new Set(own);
    return Array.from({ length: 10_000 }, (_, i) => `page:${i}`).find((key) =>
      set.has(slotOf(key))
    )!;
  });
}

/** Runs the program, and has its handler called once after a slot has moved. */
async function exported(telemetry: Setup["telemetry"]): Promise<Collector> {
  const collector = new Collector();
  const keys = await keysOfShards(cluster);
  // Not in the slot of a key of the MGET.
  const moved = Array.from({ length: 10_000 }, (_, i) => `moved:${i}`)
    .find((key) => !keys.map(slotOf).includes(slotOf(key)))!;
  const slots = await Promise.all(cluster.shards.map((_, i) => cluster.slotsOf(i)));
  const from = slots.findIndex((own) => own.includes(slotOf(moved)));
  await server.command(["ACL", "SETUSER", "me", "on", `>${PASSWORD}`, "~*", "&*", "+@all"]);
  const setup: Setup = {
    server: { host: server.host, port: server.port },
    seed: cluster.addresses[0],
    credentials: { username: "me", password: PASSWORD },
    value: VALUE,
    keys,
    moved,
    telemetry,
  };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net",
      "--no-check",
      new URL("_web_handler.ts", import.meta.url).pathname,
      JSON.stringify(setup),
    ],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
      NO_COLOR: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: port = "" } = await lines.read();
  await cluster.moveSlots([slotOf(moved)], from, (from + 1) % 3);
  try {
    assertEquals(await (await fetch(`http://127.0.0.1:${port.trim()}/`)).text(), "done");
    // They are not asked for when the program ends.
    await until(
      "the figures are exported",
      () => Promise.resolve(collector.figure("redirects").includes(1)),
    );
  } finally {
    await cluster.moveSlots([slotOf(moved)], (from + 1) % 3, from);
    await child.stdin.close();
  }
  await lines.cancel();
  const { code } = await child.status;
  assertEquals([code, await new Response(child.stderr).text()], [0, ""]);
  return collector;
}

Deno.test("a web handler: its trace is a tree with one span for each call", async () => {
  await using collector = await exported({ metrics: true });
  const { spans, metrics } = collector;
  const [root] = spans.filter(({ kind }) => kind === 2);
  const children = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);
  assertEquals(spans.length, children.length + 1);
  assertEquals(children.map(({ traceId }) => traceId), Array(6).fill(root.traceId));
  // 3 is CLIENT.
  assertEquals(children.map(({ kind }) => kind), Array(6).fill(3));
  assertEquals(
    children.map(({ name, events = [], status }) => [
      name,
      ...events.map((event) => event.name),
      ...status?.code === 2 ? ["error"] : [],
    ]),
    [
      ["GET"],
      ["PIPELINE"],
      ["MGET"],
      ["MULTI GET"],
      ["GET", "redirect"],
      ["INCR", "error"],
    ],
  );
  const [get, pipeline, mget, multi, redirected, incr] = children.map(({ attributes }) =>
    plain(attributes)
  );
  const atServer = {
    "db.system.name": "redis",
    "db.namespace": "0",
    "server.address": server.host,
    "server.port": server.port,
    "network.peer.address": server.host,
    "network.peer.port": server.port,
  };
  assertEquals(get, { ...atServer, "db.operation.name": "GET" });
  assertEquals(pipeline, {
    ...atServer,
    "db.operation.name": "PIPELINE",
    "db.operation.batch.size": 2,
  });
  assertEquals(multi, {
    ...atServer,
    "db.operation.name": "MULTI GET",
    "db.operation.batch.size": 2,
  });
  assertEquals(incr, {
    ...atServer,
    "db.operation.name": "INCR",
    "db.response.status_code": "ERR",
    "error.type": "ERR",
  });
  const ports = cluster.addresses.map(({ port }) => port);
  for (const span of [mget, redirected]) {
    assertEquals(ports.includes(Number(span["server.port"])), true);
  }
  const [event] = children[4].events!;
  assertEquals(plain(event.attributes), {
    "error.type": "MOVED",
    "db.response.status_code": "MOVED",
    "server.address": cluster.addresses[0].host,
    "server.port": redirected["server.port"],
  });

  const durations = metrics.findLast(({ name }) => name === "db.client.operation.duration")!;
  const { dataPoints } = durations.histogram!;
  assertEquals(dataPoints[0].explicitBounds, [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]);
  assertEquals(
    dataPoints.map(({ attributes }) => plain(attributes)["db.operation.name"]).sort(),
    ["GET", "GET", "INCR", "MGET", "MULTI GET", "PIPELINE"],
  );
  assertEquals(collector.figure("redirects"), [0, 1]);
  assertEquals(collector.figure("connections").length, 2);

  const everything = collector.bodies.join("\n");
  assertGreater(everything.length, 1000);
  for (
    const secret of [PASSWORD, VALUE, "greeting", "visits", "page:", "moved:", "db.query.text"]
  ) {
    assertEquals(everything.includes(secret), false, secret);
  }
});

Deno.test("a web handler with queryText: keys are exported, values and passwords are not", async () => {
  await using collector = await exported({ metrics: true, queryText: true });
  const texts = collector.spans.map(({ attributes }) => plain(attributes)["db.query.text"])
    .filter((text) => text !== undefined).map(String);
  assertEquals(texts.length, 6);
  assertEquals([texts[0], texts[1], texts[3]], [
    "GET greeting",
    "SET greeting ?; INCR visits",
    "GET visits; GET greeting",
  ]);
  assertMatch(texts[2], /^MGET page:\d+ page:\d+ page:\d+$/);
  assertMatch(texts[4], /^GET moved:\d+$/);
  const everything = collector.bodies.join("\n");
  for (const secret of [PASSWORD, VALUE]) assertEquals(everything.includes(secret), false, secret);
  const counted = JSON.stringify(collector.metrics);
  for (const key of ["greeting", "visits", "page:", "moved:"]) {
    assertEquals(counted.includes(key), false, key);
  }
});
