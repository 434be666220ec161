/**
 * Options of telemetry, and the part of the OpenTelemetry API that they need.
 *
 * The interfaces describe only what is called, so that no package has to be imported: the providers of
 * `npm:@opentelemetry/api` and those of Deno fit in.
 *
 * @module
 */

/**
 * Options for telemetry by OpenTelemetry.
 *
 * @example Spans and metrics, where the environment has `OTEL_DENO=true`
 * ```ts no-eval
 * import { RedisClient } from "@babushka/redis";
 *
 * await using client = await RedisClient.create({
 *   addresses: [{ host: "localhost", port: 6379 }],
 *   telemetry: { metrics: true },
 * });
 * ```
 */
export interface TelemetryOptions {
  /** Make a span for each call; see `requireParent`. @default {true} */
  traces?: boolean;
  /** Record metrics. @default {false} */
  metrics?: boolean;
  /**
   * Provider that makes the spans. The default is the registered one, which is that of Deno if the environment has
   * `OTEL_DENO=true`. If there is none when the client is created, the client makes no spans.
   */
  tracerProvider?: TelemetryTracerProvider;
  /**
   * Provider that makes the metrics. The default is the registered one. If there is none when the client is created, the
   * client records no metrics.
   */
  meterProvider?: TelemetryMeterProvider;
  /**
   * Make spans only inside a trace that is recorded, which means that a span is active and sampled. With `false`, a call
   * outside of such a trace begins a trace of its own, if the sampler of the provider agrees.
   *
   * @default {true}
   */
  requireParent?: boolean;
  /**
   * Add `db.query.text` to spans: the name of the command and its keys, with `?` for each other word. Of commands that
   * carry credentials, settings or scripts it has only the name.
   *
   * @default {false}
   */
  queryText?: boolean;
}

/** Attributes of a span, an event or a measurement. */
export type TelemetryAttributes = Readonly<Record<string, string | number>>;

/** Makes tracers. */
export interface TelemetryTracerProvider {
  /** Makes the tracer of a library. */
  getTracer(name: string, version?: string): TelemetryTracer;
}

/** Makes spans. */
export interface TelemetryTracer {
  /**
   * Begins a span.
   *
   * @param name Name of the span.
   * @param options Its kind, and the attributes that a sampler may look at.
   * @param context Has the parent; by default the active context.
   */
  startSpan(
    name: string,
    options?: { kind?: number; attributes?: TelemetryAttributes },
    context?: unknown,
  ): TelemetrySpan;
}

/** A span. */
export interface TelemetrySpan {
  /** Adds attributes. */
  setAttributes(attributes: TelemetryAttributes): unknown;
  /** Adds an event that happens now. */
  addEvent(name: string, attributes?: TelemetryAttributes): unknown;
  /** Sets the status; code 2 is an error. */
  setStatus(status: { code: number }): unknown;
  /** Ends it now. */
  end(): void;
  /** Whether anything is kept of it. */
  isRecording(): boolean;
}

/** Makes meters. */
export interface TelemetryMeterProvider {
  /** Makes the meter of a library. */
  getMeter(name: string, version?: string): TelemetryMeter;
}

/** Description of an instrument. */
export interface TelemetryInstrumentOptions {
  /** What it measures. */
  description?: string;
  /** Unit of the values. */
  unit?: string;
  /** Advice for the aggregation. */
  advice?: { explicitBucketBoundaries?: number[] };
}

/** Makes instruments. */
export interface TelemetryMeter {
  /** Makes a histogram. */
  createHistogram(name: string, options?: TelemetryInstrumentOptions): TelemetryHistogram;
  /** Makes a counter whose value is asked for. */
  createObservableCounter(
    name: string,
    options?: TelemetryInstrumentOptions,
  ): TelemetryObservable;
  /** Makes a sum that can also fall, whose value is asked for. */
  createObservableUpDownCounter(
    name: string,
    options?: TelemetryInstrumentOptions,
  ): TelemetryObservable;
}

/** A histogram. */
export interface TelemetryHistogram {
  /** Records a value. */
  record(value: number, attributes?: TelemetryAttributes): void;
}

/** An instrument whose value is asked for. */
export interface TelemetryObservable {
  /** Adds a function that tells the value when it is asked for. */
  addCallback(callback: (result: TelemetryObservableResult) => void): void;
}

/** Takes the values of an instrument. */
export interface TelemetryObservableResult {
  /** Takes a value. */
  observe(value: number, attributes?: TelemetryAttributes): void;
}
