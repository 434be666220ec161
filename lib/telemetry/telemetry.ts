/**
 * Telemetry of one client by OpenTelemetry: a span for each call, the durations of calls, and figures about the client.
 *
 * @module
 */

import type {
  TelemetryAttributes,
  TelemetryHistogram,
  TelemetryMeter,
  TelemetrySpan,
  TelemetryTracer,
} from "../configuration/telemetry.ts";
import type { TelemetrySettings } from "../configuration/settings.ts";
import { LIBRARY } from "../connection/handshake.ts";
import type { ObservedCall, Request } from "../connection/request.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Observer } from "../dispatch/observer.ts";
import { Attributes, type OperationAttributes, serverAttributes } from "./attributes.ts";
import { BatchCall, Call, type CallContext, OpenCall } from "./call.ts";
import { reportFigures } from "./figures.ts";
import { commandName, groupName, procedureName } from "./names.ts";
import { type ContextManager, isInRecordedTrace, registeredApi } from "./providers.ts";
import { queryText } from "./query_text.ts";
import { statisticsOf } from "./statistics.ts";

/** Name of this library as the source of spans and metrics. */
const NAME = "@babushka/redis";

/** Kind of a span that calls a server. */
const CLIENT = 2;

/** Bounds of the buckets for durations, in seconds; those of the conventions. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Why there is no span. */
const NO_SPAN = Symbol();

/**
 * Turns telemetry on for a client, if its configuration says so and there is a provider. To be called before its first
 * request.
 *
 * @param dispatcher Sends the requests of the client.
 */
export function observe(dispatcher: Dispatcher): void {
  const { telemetry } = dispatcher.settings;
  if (telemetry === undefined) return;
  const observer = new Telemetry(dispatcher, telemetry);
  if (observer.isOn) dispatcher.observer = observer;
}

/** Telemetry of one client. What a provider throws is dropped. */
class Telemetry implements Observer, CallContext {
  readonly attributes: Attributes;
  readonly durations: TelemetryHistogram | undefined;
  readonly #settings: TelemetrySettings;
  readonly #contexts: ContextManager | undefined;
  readonly #tracer: TelemetryTracer | undefined;
  /** Ends the report of the client's figures. */
  readonly #endFigures: (() => void) | undefined;

  constructor(dispatcher: Dispatcher, settings: TelemetrySettings) {
    const { addresses: [first], link } = dispatcher.settings;
    this.#settings = settings;
    this.attributes = new Attributes(link.databaseId);
    const api = registeredApi();
    const { tracerProvider = api.trace, meterProvider = api.metrics } = settings;
    this.#contexts = api.context;
    this.#tracer = attempt(() =>
      settings.traces ? tracerProvider?.getTracer(NAME, LIBRARY.version) : undefined
    );
    if (!settings.metrics || meterProvider === undefined) return;
    this.durations = attempt(() => makeHistogram(meterProvider.getMeter(NAME, LIBRARY.version)));
    this.#endFigures = attempt(() =>
      reportFigures(meterProvider, () => meterProvider.getMeter(NAME, LIBRARY.version), {
        attributes: { ...this.attributes.common, ...first && serverAttributes(first) },
        read: () => statisticsOf(dispatcher),
      })
    );
  }

  /** Whether there is anything to do. */
  get isOn(): boolean {
    return this.#tracer !== undefined || this.durations !== undefined ||
      this.#endFigures !== undefined;
  }

  begin(request: Request): void {
    request.observed = this.#call(request, Call);
  }

  beginCommand(command: Pick<Request, "row" | "words">): ObservedCall | null {
    return this.#call(command, OpenCall);
  }

  beginBatch(requests: readonly Request[], errors: "reject" | "values"): void {
    // One command alone is no batch.
    if (requests.length < 2) return;
    const context = this.#spanContext();
    if (this.#skips(context)) return;
    const operation = this.attributes.of(groupName("PIPELINE", requests));
    const span = this.#startGroup(operation, requests, context);
    const call = new BatchCall(this, operation, span, { requests, errors });
    for (const request of requests) request.observed = call;
  }

  beginTransaction(exec: Request): ObservedCall | null {
    const context = this.#spanContext();
    if (this.#skips(context)) return null;
    const operation = this.attributes.of(groupName("MULTI", exec.prelude));
    const span = this.#startGroup(operation, exec.prelude, context);
    return exec.observed = new OpenCall(this, operation, span);
  }

  beginOther(operation: string): ObservedCall | null {
    const context = this.#spanContext();
    if (this.#skips(context)) return null;
    const attributes = this.attributes.of(operation);
    const span = context === NO_SPAN
      ? undefined
      : this.#start(attributes, context, () => attributes.start);
    return new OpenCall(this, attributes, span);
  }

  close(): void {
    attempt(() => this.#endFigures?.());
  }

  /** Begins a call with one command; null if there is nothing to observe. */
  #call(request: Pick<Request, "row" | "words">, Kind: typeof Call): Call | null {
    const context = this.#spanContext();
    if (this.#skips(context)) return null;
    const operation = this.attributes.of(commandName(request));
    const span = context === NO_SPAN ? undefined : this.#start(operation, context, () => {
      const procedure = procedureName(request);
      const { queryText: wantsText } = this.#settings;
      if (procedure === undefined && !wantsText) return operation.start;
      const attributes: Record<string, string | number> = { ...operation.start };
      if (procedure !== undefined) attributes["db.stored_procedure.name"] = procedure;
      if (wantsText) attributes["db.query.text"] = queryText([request]);
      return attributes;
    });
    return new Kind(this, operation, span);
  }

  #startGroup(
    operation: OperationAttributes,
    commands: readonly Pick<Request, "row" | "words">[],
    context: unknown,
  ): TelemetrySpan | undefined {
    if (context === NO_SPAN) return undefined;
    return this.#start(operation, context, () => {
      const attributes: Record<string, string | number> = { ...operation.start };
      if (commands.length > 1) attributes["db.operation.batch.size"] = commands.length;
      if (this.#settings.queryText) attributes["db.query.text"] = queryText(commands);
      return attributes;
    });
  }

  /** Whether nothing of a call is recorded. */
  #skips(context: unknown): boolean {
    return context === NO_SPAN && this.durations === undefined;
  }

  /** The context that has the parent of a span; undefined for the active one; `NO_SPAN` if there must be no span. */
  #spanContext(): unknown {
    if (this.#tracer === undefined) return NO_SPAN;
    const { requireParent } = this.#settings;
    try {
      const context = this.#contexts?.active();
      if (!requireParent) return context;
      return context !== undefined && isInRecordedTrace(context) ? context : NO_SPAN;
    } catch {
      return NO_SPAN;
    }
  }

  #start(
    operation: OperationAttributes,
    context: unknown,
    attributes: () => TelemetryAttributes,
  ): TelemetrySpan | undefined {
    return attempt(() =>
      this.#tracer!.startSpan(
        operation.name,
        { kind: CLIENT, attributes: attributes() },
        context,
      )
    );
  }
}

function makeHistogram(meter: TelemetryMeter): TelemetryHistogram {
  return meter.createHistogram("db.client.operation.duration", {
    description: "Duration of database client operations.",
    unit: "s",
    advice: { explicitBucketBoundaries: BUCKETS },
  });
}

/** Calls a provider. What it throws is dropped. */
function attempt<R>(call: () => R): R | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
