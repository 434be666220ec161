/**
 * Options for OpenTelemetry, and interfaces for the part of its API that the client calls.
 *
 * The interfaces avoid a dependency on an OpenTelemetry package. The providers of `npm:@opentelemetry/api` and those
 * built into Deno implement them.
 *
 * @module
 */

/**
 * Options for OpenTelemetry spans and metrics.
 *
 * @example Spans and metrics in Deno, started with `OTEL_DENO=true`
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
  /**
   * Create a span for each call. See `requireParent`.
   *
   * @default {true}
   */
  traces?: boolean;
  /**
   * Record metrics.
   *
   * @default {false}
   */
  metrics?: boolean;
  /**
   * Tracer provider. The default is the globally registered provider, which is Deno's own with `OTEL_DENO=true`. If
   * none is registered when the client is created, the client creates no spans.
   */
  tracerProvider?: TelemetryTracerProvider;
  /**
   * Meter provider. The default is the globally registered provider. If none is registered when the client is created,
   * the client records no metrics.
   */
  meterProvider?: TelemetryMeterProvider;
  /**
   * Create spans only while another span is active and sampled. With `false`, a call without an active span starts a
   * trace of its own, if the provider's sampler accepts it.
   *
   * @default {true}
   */
  requireParent?: boolean;
  /**
   * Add `db.query.text` to spans: the command name and the keys, with `?` in place of each other argument. For commands
   * with credentials, settings or scripts it is only the command name.
   *
   * @default {false}
   */
  queryText?: boolean;
}

/** Attributes of a span, an event or a measurement. */
export type TelemetryAttributes = Readonly<Record<string, string | number>>;

/** Creates tracers. */
export interface TelemetryTracerProvider {
  /** Returns the tracer for a library. */
  getTracer(name: string, version?: string): TelemetryTracer;
}

/** Creates spans. */
export interface TelemetryTracer {
  /**
   * Starts a span.
   *
   * @param name Name of the span.
   * @param options Span kind, and the attributes that a sampler can read.
   * @param context Context that holds the parent span; by default the active context.
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
  /** Adds an event with the current time. */
  addEvent(name: string, attributes?: TelemetryAttributes): unknown;
  /** Sets the status. Code 2 means error. */
  setStatus(status: { code: number }): unknown;
  /** Ends the span. */
  end(): void;
  /** Whether the span is recorded. */
  isRecording(): boolean;
}

/** Creates meters. */
export interface TelemetryMeterProvider {
  /** Returns the meter for a library. */
  getMeter(name: string, version?: string): TelemetryMeter;
}

/** Options of an instrument. */
export interface TelemetryInstrumentOptions {
  /** What the instrument measures. */
  description?: string;
  /** Unit of the values, such as `"s"` or `"By"`. */
  unit?: string;
  /** Hints for the aggregation. */
  advice?: { explicitBucketBoundaries?: number[] };
}

/** Creates instruments. */
export interface TelemetryMeter {
  /** Creates a histogram. */
  createHistogram(name: string, options?: TelemetryInstrumentOptions): TelemetryHistogram;
  /** Creates a counter whose value is read by a callback. */
  createObservableCounter(
    name: string,
    options?: TelemetryInstrumentOptions,
  ): TelemetryObservable;
  /** Creates an up-down counter whose value is read by a callback. */
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

/** An instrument whose value is read by a callback. */
export interface TelemetryObservable {
  /** Adds a callback that reports the current value. */
  addCallback(callback: (result: TelemetryObservableResult) => void): void;
}

/** Receives the values from a callback. */
export interface TelemetryObservableResult {
  /** Reports a value. */
  observe(value: number, attributes?: TelemetryAttributes): void;
}
