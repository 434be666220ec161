/**
 * What happened: figures of the operations on one target, and every violation with what is needed to look into it.
 *
 * @module
 */

import { ClusterError, ConnectionError, TimeoutError } from "../../mod.ts";
import { Aborted, type Fate, fateOf, kindOf } from "./fate.ts";
import type { FaultLog } from "./fault_log.ts";
import { Histogram } from "./histogram.ts";
import type { StallMeter } from "./stall_meter.ts";

/** Something that must not happen, and did. */
export interface Violation {
  /** The rule that was broken. */
  readonly rule: string;
  /**
   * Whether the rule is about time, so that a machine that is busy enough breaks it as well.
   */
  readonly timing: boolean;
  /** The target. */
  readonly target: string;
  /** Worker and number of its round, or whatever else found it. */
  readonly where: string;
  /** What was seen. */
  readonly message: string;
  /** What was sent in the round, and what came of it. */
  readonly trace: readonly string[];
  /** The faults that may have been felt. */
  readonly faults: readonly string[];
}

/** Figures of one kind of operation. */
export interface KindFigures {
  /** Latencies of the successes, in milliseconds. */
  readonly latencies: Histogram;
  /** Failures, by kind. */
  readonly failures: Map<string, number>;
}

/** What became of an operation. */
export interface Outcome<R> {
  /** Whether it was executed. */
  readonly fate: Fate;
  /** Its value, if it was acknowledged. */
  readonly value?: R;
  /** Why it failed. */
  readonly error?: unknown;
  /** When it was called, as `performance.now()` counts. */
  readonly start: number;
  /** When it settled. */
  readonly end: number;
}

/** How an operation is to be judged. */
export interface OperationOptions {
  /** Where it belongs: worker and round. */
  readonly where: string;
  /** Whether it must succeed while there are only gentle faults. @default {true} */
  readonly dependable?: boolean;
}

/** How much later than its budget an operation may settle, in milliseconds. */
const LATE = 1500;
/** How much earlier than its budget it may time out, in milliseconds: the client reads the clock once for calls of one turn. */
const EARLY = 15;
/** From which budget on an operation must survive gentle faults, in milliseconds. */
const USUAL_BUDGET = 1200;
/** Violations of one rule that are kept in full. */
const KEPT = 4;

/** Records the operations on one target. */
export class Recorder {
  /** Name of the target. */
  readonly target: string;
  /** Figures by kind of operation. */
  readonly kinds = new Map<string, KindFigures>();
  /** Violations in full, the first few of each rule. */
  readonly violations: Violation[] = [];
  /** How many violations there were of each rule. */
  readonly counts = new Map<string, number>();

  readonly #faults: FaultLog;
  readonly #stalls: StallMeter;
  readonly #patience: number;
  readonly #pending = new Map<
    symbol,
    { kind: string; where: string; start: number; due: number }
  >();

  /**
   * Begins to record.
   *
   * @param target Name of the target.
   * @param faults The faults.
   * @param stalls How long this process stood still.
   * @param patience Factor for all bounds of time.
   */
  constructor(target: string, faults: FaultLog, stalls: StallMeter, patience: number) {
    this.target = target;
    this.#faults = faults;
    this.#stalls = stalls;
    this.#patience = patience;
  }

  /** Operations that have not settled. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Performs an operation, and judges when and how it settles.
   *
   * @param kind Its kind.
   * @param budget Milliseconds until it must have settled; `Infinity` for one that may wait.
   * @param call Makes the call. It is made before this method returns.
   * @param options How it is to be judged.
   * @returns What became of it; never rejects.
   */
  async perform<R>(
    kind: string,
    budget: number,
    call: () => Promise<R>,
    options: OperationOptions,
  ): Promise<Outcome<R>> {
    const { where } = options;
    const start = performance.now();
    const stalledBefore = this.#stalls.total;
    const id = Symbol();
    this.#pending.set(id, { kind, where, start, due: start + budget + this.#late });
    let outcome: Outcome<R>;
    try {
      const promise = call();
      const value = await promise;
      outcome = { fate: "acknowledged", value, start, end: performance.now() };
    } catch (error) {
      outcome = { fate: fateOf(error) ?? "maybe", error, start, end: performance.now() };
    }
    this.#pending.delete(id);
    const stalled = this.#stalls.total - stalledBefore;
    const elapsed = outcome.end - start;
    this.#count(kind, outcome);
    if (elapsed > budget + stalled + this.#late) {
      this.#violate("settles late", true, where, start, [
        `${kind} settled after ${ms(elapsed)}, its budget was ${ms(budget)}; the process stood ` +
        `still for ${ms(stalled)} of it: ${say(outcome)}`,
      ]);
    }
    if ("error" in outcome) this.#judge(kind, budget, outcome, stalled, options);
    return outcome;
  }

  /**
   * Notes violations.
   *
   * @param rule The rule that was broken.
   * @param where Worker and round.
   * @param messages What was seen, one message for each violation.
   * @param context `trace` of the round; `start` of the time in which faults matter; `timing` if the rule is about time.
   */
  violate(
    rule: string,
    where: string,
    messages: readonly string[],
    context: { trace?: readonly string[]; start?: number; timing?: boolean } = {},
  ): void {
    const { trace, start = performance.now(), timing = false } = context;
    this.#violate(rule, timing, where, start, messages, trace);
  }

  /**
   * Reports operations that have not settled although their time has long run out.
   *
   * @param grace How long ago it must have run out, in milliseconds.
   */
  reportPending(grace: number): void {
    const now = performance.now();
    for (const [id, { kind, where, start, due }] of this.#pending) {
      if (now < due + grace) continue;
      this.#pending.delete(id);
      this.#violate("pends", false, where, start, [
        `${kind} has not settled ${ms(now - start)} after its call`,
      ]);
    }
  }

  /**
   * Tells which faults may have been felt in a stretch of time.
   *
   * @param from Begin of the stretch.
   * @param to End of the stretch. By default now.
   */
  faultsDuring(from: number, to: number = performance.now()): { gentle: boolean; names: string[] } {
    const faults = this.#faults.during(this.target, from, to);
    return {
      gentle: faults.every(({ gentle }) => gentle),
      names: faults.map(({ kind, start, end }) =>
        `${kind} from ${ms(start - from)} to ${end === null ? "…" : ms(end - from)}`
      ),
    };
  }

  get #late(): number {
    return LATE * this.#patience;
  }

  #judge(
    kind: string,
    budget: number,
    outcome: Outcome<unknown>,
    stalled: number,
    { where, dependable = true }: OperationOptions,
  ): void {
    const { error, start, end } = outcome;
    if (fateOf(error) === undefined) {
      const stack = error instanceof Error ? error.stack : undefined;
      this.#violate("rejects with a stranger", false, where, start, [
        `${kind}: ${kindOf(error)}, ${stack ?? String(error)}`,
      ]);
      return;
    }
    if (error instanceof Aborted) return;
    if (error instanceof TimeoutError && error.timeout - (end - start) > EARLY) {
      this.#violate("times out early", false, where, start, [
        `${kind} timed out after ${ms(end - start)} of ${ms(error.timeout)}: ${say(outcome)}`,
      ]);
    }
    const failed = error instanceof TimeoutError || error instanceof ConnectionError ||
      error instanceof ClusterError;
    if (!failed || !dependable || budget < USUAL_BUDGET * this.#patience) return;
    const { gentle, names } = this.faultsDuring(start, end);
    if (!gentle) return;
    const rule = names.length === 0
      ? "fails without a fault"
      : names.every((name) => name.startsWith("event loop"))
      ? "blames the server for a busy process"
      : "fails during a gentle fault";
    this.#violate(rule, true, where, start, [
      `${kind} failed after ${ms(end - start)} of ${ms(budget)}; the process stood still for ` +
      `${ms(stalled)} of it: ${say(outcome)}`,
    ]);
  }

  #count(kind: string, outcome: Outcome<unknown>): void {
    let figures = this.kinds.get(kind);
    if (figures === undefined) {
      this.kinds.set(kind, figures = { latencies: new Histogram(), failures: new Map() });
    }
    if (!("error" in outcome)) figures.latencies.add(outcome.end - outcome.start);
    else {
      const name = kindOf(outcome.error);
      figures.failures.set(name, (figures.failures.get(name) ?? 0) + 1);
    }
  }

  #violate(
    rule: string,
    timing: boolean,
    where: string,
    start: number,
    messages: readonly string[],
    trace: readonly string[] = [],
  ): void {
    for (const message of messages) {
      const count = (this.counts.get(rule) ?? 0) + 1;
      this.counts.set(rule, count);
      if (count > KEPT) continue;
      const { names } = this.faultsDuring(start);
      const { target } = this;
      this.violations.push({ rule, timing, target, where, message, trace, faults: names });
    }
  }
}

/** An outcome in words. */
export function say({ fate, value, error }: Outcome<unknown>): string {
  if (error === undefined) return `${fate} ${JSON.stringify(value)?.slice(0, 100)}`;
  const cause = error instanceof Error && error.cause instanceof Error
    ? `, because: ${error.cause.message}`
    : "";
  return `${fate}, ${kindOf(error)}: ${error instanceof Error ? error.message : error}${cause}`;
}

function ms(time: number): string {
  return `${Math.round(time)} ms`;
}
