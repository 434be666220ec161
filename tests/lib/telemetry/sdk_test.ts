/** What the OpenTelemetry SDK from npm gets: its types fit, and so does what it makes of the calls. */

import { AsyncLocalStorageContextManager } from "npm:@opentelemetry/context-async-hooks@2.12.1";
import { context, metrics, SpanKind, SpanStatusCode, trace } from "npm:@opentelemetry/api@1.9.1";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "npm:@opentelemetry/sdk-metrics@2.12.1";
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
} from "npm:@opentelemetry/sdk-trace-base@2.12.1";
import { assertEquals, assertRejects } from "@std/assert";
import type { TelemetryOptions } from "../../../mod.ts";
import { startOwnServer } from "../../_kit/own_server.ts";

const { server, connect } = await startOwnServer();

/** The SDK, as a program sets it up. */
class Sdk implements AsyncDisposable {
  readonly exporter = new InMemorySpanExporter();
  readonly metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly tracerProvider: BasicTracerProvider;
  readonly meterProvider: MeterProvider;
  readonly #contextManager = new AsyncLocalStorageContextManager().enable();

  constructor(sampler?: Sampler) {
    this.tracerProvider = new BasicTracerProvider({
      sampler,
      spanProcessors: [new SimpleSpanProcessor(this.exporter)],
    });
    this.meterProvider = new MeterProvider({
      readers: [
        new PeriodicExportingMetricReader({
          exporter: this.metricExporter,
          exportIntervalMillis: 3_600_000,
        }),
      ],
    });
    context.setGlobalContextManager(this.#contextManager);
  }

  /** Registers the providers, too. */
  register(): this {
    trace.setGlobalTracerProvider(this.tracerProvider);
    metrics.setGlobalMeterProvider(this.meterProvider);
    return this;
  }

  /** Runs something in a span. */
  async within<R>(work: () => Promise<R>): Promise<R> {
    const span = this.tracerProvider.getTracer("test").startSpan("handler");
    try {
      return await context.with(trace.setSpan(context.active(), span), work);
    } finally {
      span.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    trace.disable();
    metrics.disable();
    context.disable();
    await this.tracerProvider.shutdown();
    await this.meterProvider.shutdown();
  }
}

for (const registered of [true, false]) {
  Deno.test(`the SDK gets a tree of spans and the metrics [registered: ${registered}]`, async () => {
    await using sdk = new Sdk();
    const { tracerProvider, meterProvider } = sdk;
    if (registered) sdk.register();
    const telemetry: TelemetryOptions = registered
      ? { metrics: true }
      : { metrics: true, tracerProvider, meterProvider };
    await using client = await connect({ telemetry });
    await client.get("outside");
    await sdk.within(async () => {
      await client.set("k", "text");
      await client.batch((b) => [b.get("k"), b.get("l")]);
      await client.transaction((t) => [t.get("k"), t.set("l", 1)]);
      await assertRejects(() => client.incr("k"));
    });
    const spans = sdk.exporter.getFinishedSpans();
    const handler = spans.find(({ name }) => name === "handler")!;
    const children = spans.filter((span) => span !== handler);
    assertEquals(children.map(({ name }) => name), ["SET", "PIPELINE GET", "MULTI", "INCR"]);
    const { spanId, traceId } = handler.spanContext();
    for (const child of children) {
      assertEquals(child.kind, SpanKind.CLIENT);
      assertEquals(child.parentSpanContext?.spanId, spanId);
      assertEquals(child.spanContext().traceId, traceId);
      assertEquals(child.instrumentationScope.name, "@babushka/redis");
    }
    assertEquals(children[3].status, { code: SpanStatusCode.ERROR });
    assertEquals(children[3].attributes, {
      "db.system.name": "redis",
      "db.namespace": "0",
      "db.operation.name": "INCR",
      "db.response.status_code": "ERR",
      "error.type": "ERR",
      "server.address": server.host,
      "server.port": server.port,
      "network.peer.address": server.host,
      "network.peer.port": server.port,
    });

    await meterProvider.forceFlush();
    const [{ scopeMetrics: [{ metrics: all }] }] = sdk.metricExporter.getMetrics();
    const durations = all.find(({ descriptor }) =>
      descriptor.name === "db.client.operation.duration"
    )!;
    assertEquals(durations.descriptor.unit, "s");
    assertEquals(
      durations.dataPoints.map(({ attributes }) => attributes["db.operation.name"]),
      ["GET", "SET", "PIPELINE GET", "MULTI", "INCR"],
    );
    const { value } = durations.dataPoints[0] as { value: { buckets: { boundaries: number[] } } };
    assertEquals(value.buckets.boundaries, [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]);
    const sent = all.find(({ descriptor }) => descriptor.name === "babushka.client.sent")!;
    assertEquals(sent.dataPoints.map(({ value }) => value), [client.statistics.bytesSent]);
  });
}

Deno.test("the SDK exports nothing that its sampler leaves out", async () => {
  await using sdk = new Sdk(new ParentBasedSampler({ root: new AlwaysOffSampler() })).register();
  await using client = await connect({ telemetry: { requireParent: false } });
  await client.get("k");
  await sdk.within(() => client.get("k"));
  assertEquals(sdk.exporter.getFinishedSpans(), []);
});
