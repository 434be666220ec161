/**
 * Providers that keep what they get, and the API object as `npm:@opentelemetry/api` registers it.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { assertEquals } from "@std/assert";
import type {
  TelemetryAttributes,
  TelemetryMeter,
  TelemetryMeterProvider,
  TelemetryObservable,
  TelemetryObservableResult,
  TelemetrySpan,
  TelemetryTracerProvider,
} from "../../../mod.ts";

const REGISTRY = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/** Type of the attributes that are kept: a copy, in plain objects. */
export type Attributes = Record<string, string | number>;

/** A span with all that was told of it. */
export class RecordedSpan implements TelemetrySpan {
  readonly name: string;
  readonly parent: RecordedSpan | undefined;
  readonly kind: number | undefined;
  /** Attributes at its beginning, which a sampler can see. */
  readonly startAttributes: Attributes;
  readonly attributes: Attributes;
  readonly events: [name: string, attributes: Attributes][] = [];
  status: { code: number } | undefined;
  /** How often it was ended. */
  ends = 0;
  /** 1 if it is sampled. */
  traceFlags = 1;

  constructor(
    name: string,
    parent: RecordedSpan | undefined,
    options: { kind?: number; attributes?: TelemetryAttributes } = {},
  ) {
    this.name = name;
    this.parent = parent;
    this.kind = options.kind;
    this.startAttributes = { ...options.attributes };
    this.attributes = { ...options.attributes };
  }

  spanContext(): { traceFlags: number } {
    return { traceFlags: this.traceFlags };
  }

  setAttributes(attributes: TelemetryAttributes): void {
    assertEquals(this.ends, 0);
    Object.assign(this.attributes, attributes);
  }

  addEvent(name: string, attributes: TelemetryAttributes = {}): void {
    assertEquals(this.ends, 0);
    this.events.push([name, { ...attributes }]);
  }

  setStatus(status: { code: number }): void {
    this.status = status;
  }

  end(): void {
    this.ends++;
  }

  isRecording(): boolean {
    return this.ends === 0;
  }
}

/** A value of a histogram. */
export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly attributes: TelemetryAttributes;
}

/** A registered API whose providers keep everything. Dispose of it, so that the next test finds none. */
export class Recorder implements Disposable {
  /** Spans in the order of their beginning, without those of {@linkcode Recorder.within}. */
  readonly spans: RecordedSpan[] = [];
  readonly measurements: Measurement[] = [];
  readonly #observables = new Map<string, ((result: TelemetryObservableResult) => void)[]>();
  readonly #active = new AsyncLocalStorage<Map<symbol, unknown>>();

  readonly tracerProvider: TelemetryTracerProvider = {
    getTracer: () => ({
      startSpan: (name, options, context) => {
        const parent = (context as { getValue(key: symbol): unknown } | undefined)?.getValue(SPAN);
        const span = new RecordedSpan(name, parent as RecordedSpan | undefined, options);
        this.spans.push(span);
        return span;
      },
    }),
  };

  readonly meterProvider: TelemetryMeterProvider = {
    getMeter: (): TelemetryMeter => ({
      createHistogram: (name) => ({
        record: (value, attributes = {}) => {
          this.measurements.push({ name, value, attributes });
        },
      }),
      createObservableCounter: (name) => this.#observable(name),
      createObservableUpDownCounter: (name) => this.#observable(name),
    }),
  };

  /** Registers the API. */
  constructor() {
    Object.assign(globalThis, {
      [REGISTRY]: {
        version: "1.9.0",
        trace: this.tracerProvider,
        metrics: this.meterProvider,
        context: {
          active: () => {
            const values = this.#active.getStore();
            return { getValue: (key: symbol) => values?.get(key) };
          },
        },
      },
    });
  }

  /**
   * Runs something while a span is active.
   *
   * @param work What to run.
   * @param span The span.
   */
  within<R>(
    work: () => Promise<R>,
    span: RecordedSpan = new RecordedSpan("handler", undefined),
  ): Promise<R> {
    return this.#active.run(new Map([[SPAN, span]]), work);
  }

  /** Takes the spans, each of which must have been ended once. */
  take(): RecordedSpan[] {
    assertEquals(
      this.spans.filter(({ ends }) => ends !== 1).map(({ name, ends }) => `${name} ended ${ends}×`),
      [],
    );
    return this.spans.splice(0);
  }

  /** Collects the figures: the values by the name of the metric. */
  collect(): Record<string, { value: number; attributes: TelemetryAttributes }[]> {
    const collected: Record<string, { value: number; attributes: TelemetryAttributes }[]> = {};
    for (const [name, callbacks] of this.#observables) {
      const values: { value: number; attributes: TelemetryAttributes }[] = [];
      const result = {
        observe: (value: number, attributes: TelemetryAttributes = {}) => {
          values.push({ value, attributes });
        },
      };
      for (const callback of callbacks) callback(result);
      collected[name] = values;
    }
    return collected;
  }

  [Symbol.dispose](): void {
    delete (globalThis as Record<symbol, unknown>)[REGISTRY];
  }

  #observable(name: string): TelemetryObservable {
    return {
      addCallback: (callback) => {
        const callbacks = this.#observables.get(name) ?? [];
        this.#observables.set(name, [...callbacks, callback]);
      },
    };
  }
}
