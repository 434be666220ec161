/**
 * An observed call of the user: its span, its duration, and its end, which happens exactly once.
 *
 * @module
 */

import type { TelemetryHistogram, TelemetrySpan } from "../configuration/telemetry.ts";
import type { Outcome } from "../connection/outcome.ts";
import type { Carrier, ObservedCall, Request } from "../connection/request.ts";
import type { Endpoint } from "../connection/transport.ts";
import type { ServerError } from "../errors.ts";
import { type Attributes, type OperationAttributes, serverAttributes } from "./attributes.ts";
import { failureOf } from "./names.ts";

/** Status code of a span that has failed. */
const ERROR = 2;

/** The telemetry of a client, as a call uses it. */
export interface CallContext {
  /** Attributes of the client. */
  readonly attributes: Attributes;
  /** Where durations are recorded; undefined without metrics. */
  readonly durations: TelemetryHistogram | undefined;
}

/** A call with one request. It ends when the request is settled. */
export class Call implements ObservedCall {
  readonly #context: CallContext;
  readonly #operation: OperationAttributes;
  readonly #span: TelemetrySpan | undefined;
  readonly #begun = performance.now();
  /** The link to the node that was contacted last, as far as is known. */
  #link: Carrier | undefined;
  #parts: Request[] | undefined;
  #ended = false;

  /**
   * Begins a call.
   *
   * @param context What it needs of the telemetry of its client.
   * @param operation Attributes of its operation.
   * @param span Its span, if it has one.
   */
  constructor(
    context: CallContext,
    operation: OperationAttributes,
    span: TelemetrySpan | undefined,
  ) {
    this.#context = context;
    this.#operation = operation;
    this.#span = span;
  }

  addPart(part: Request): void {
    part.observed = this;
    (this.#parts ??= []).push(part);
  }

  retried(error: unknown): void {
    this.#addEvent("retry", failureAttributes(error));
  }

  redirected(error: ServerError, target: Endpoint): void {
    this.#addEvent("redirect", { ...failureAttributes(error), ...serverAttributes(target) });
  }

  settled(request: Request, outcome: Outcome, reason: unknown): void {
    if (request.link !== null && outcome !== "dropped") this.#link = request.link;
    if (request.counted) this.onSettled(request, reason);
  }

  /**
   * Called when a whole request is settled.
   *
   * @param _request The request.
   * @param reason Why it was rejected; undefined if it was not.
   */
  protected onSettled(_request: Request, reason: unknown): void {
    this.end(reason);
  }

  end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#record(error);
    } catch {
      // A failing provider must not make a request fail.
    }
  }

  #record(error: unknown): void {
    const { attributes, durations } = this.#context;
    const span = this.#span;
    const link = this.#link ?? this.#parts?.findLast(({ link }) => link !== null)?.link;
    this.#parts = undefined;
    const outcome = this.#operation.outcome(
      link ? attributes.node(link) : undefined,
      error === undefined ? undefined : failureOf(error),
    );
    try {
      durations?.record((performance.now() - this.#begun) / 1000, outcome.metric);
    } finally {
      if (span?.isRecording()) {
        span.setAttributes(outcome.span);
        if (error !== undefined) span.setStatus({ code: ERROR });
      }
      span?.end();
    }
  }

  #addEvent(name: string, attributes: Record<string, string | number>): void {
    if (this.#span === undefined || this.#ended) return;
    try {
      this.#span.addEvent(name, attributes);
    } catch {
      // As in end().
    }
  }
}

/** A call that ends when it is told to: what its requests answer is not all. */
export class OpenCall extends Call {
  protected override onSettled(): void {}
}

/** A batch. It ends with the last of its requests. */
export class BatchCall extends Call {
  readonly #requests: readonly Request[];
  readonly #errors: "reject" | "values";
  #pending: number;
  /** Position of the first request that failed. */
  #failed = Infinity;
  #error: unknown;

  /**
   * Begins a batch.
   *
   * @param context What it needs of the telemetry of its client.
   * @param operation Attributes of its operation.
   * @param span Its span, if it has one.
   * @param batch Its requests, and what their errors do.
   */
  constructor(
    context: CallContext,
    operation: OperationAttributes,
    span: TelemetrySpan | undefined,
    { requests, errors }: { requests: readonly Request[]; errors: "reject" | "values" },
  ) {
    super(context, operation, span);
    this.#requests = requests;
    this.#errors = errors;
    this.#pending = requests.length;
  }

  protected override onSettled(request: Request, reason: unknown): void {
    if (reason !== undefined && this.#errors === "reject") {
      const position = this.#requests.indexOf(request);
      if (position < this.#failed) {
        this.#failed = position;
        this.#error = reason;
      }
    }
    if (--this.#pending === 0) this.end(this.#error);
  }
}

function failureAttributes(error: unknown): Record<string, string> {
  const { type, code } = failureOf(error);
  return code === undefined
    ? { "error.type": type }
    : { "error.type": type, "db.response.status_code": code };
}
