/**
 * Finds the OpenTelemetry API that is registered in this program.
 *
 * @module
 */

import type {
  TelemetryMeterProvider,
  TelemetryTracerProvider,
} from "../configuration/telemetry.ts";

/** A context: what is active in a part of a program. */
export interface Context {
  /** The value of a key. */
  getValue(key: symbol): unknown;
}

/** Knows the active context. */
export interface ContextManager {
  /** The active context. */
  active(): Context;
}

/** What may be registered; each part may be missing. */
export interface RegisteredApi {
  /** Makes tracers. */
  readonly trace?: TelemetryTracerProvider;
  /** Makes meters. */
  readonly metrics?: TelemetryMeterProvider;
  /** Knows the active context. */
  readonly context?: ContextManager;
}

/** Where `npm:@opentelemetry/api` 1.x and Deno register the API. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/** Where a context has the active span. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/** Bit of the trace flags of a span that is recorded. */
const SAMPLED = 1;

/** Reads what is registered now. A part that cannot be read is missing. */
export function registeredApi(): RegisteredApi {
  const registry = globalThis as Record<symbol, unknown>;
  return {
    trace: part(() => (registry[REGISTRY] as RegisteredApi).trace),
    metrics: part(() => (registry[REGISTRY] as RegisteredApi).metrics),
    context: part(() => (registry[REGISTRY] as RegisteredApi).context),
  };
}

function part<P>(read: () => P): P | undefined {
  try {
    return read() ?? undefined;
  } catch {
    // Nothing is registered, or something that does not work.
    return undefined;
  }
}

/**
 * Tells whether a context belongs to a trace that is recorded.
 *
 * `isRecording()` does not tell it: a span of Deno says true also if it is not sampled.
 *
 * @param context The context.
 */
export function isInRecordedTrace(context: Context): boolean {
  const span = context.getValue(SPAN) as
    | { spanContext(): { readonly traceFlags: number } }
    | undefined;
  return span !== undefined && (span.spanContext().traceFlags & SAMPLED) !== 0;
}
