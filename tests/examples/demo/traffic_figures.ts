/**
 * What the records of traffic add up to.
 *
 * @module
 */

import { count, duration } from "./number_text.ts";
import type { Fact } from "./scene.ts";
import type { Outcome } from "./traffic.ts";

/** Traffic in figures. Each request is in exactly one of `atOnce`, `held`, `repeated` and `failed`. */
export interface TrafficFigures {
  readonly requests: number;
  /** Answered within 100 ms, at the first try. */
  readonly atOnce: number;
  /** Answered later, at the first try: the client kept or retried them meanwhile. */
  readonly held: number;
  /** Answered, but only after the caller had made them again. */
  readonly repeated: number;
  /** Given up. */
  readonly failed: number;
  /** Milliseconds of the slowest request that was answered. */
  readonly slowest: number;
  /** Why requests were given up, and how many for each reason. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** A time without answers. */
export interface Gap {
  /** How long it was, in milliseconds. */
  readonly length: number;
  /** When the answer before it came, as `performance.now()` counts. */
  readonly begin: number;
  /** When the next answer came, as `performance.now()` counts. */
  readonly end: number;
}

/** Milliseconds from which on a request was not answered at once. */
const AT_ONCE = 100;

/**
 * Adds up.
 *
 * @param outcomes What became of the requests.
 */
export function figuresOf(outcomes: readonly Outcome[]): TrafficFigures {
  const answered = outcomes.filter(({ error }) => error === undefined);
  const failed = outcomes.filter(({ error }) => error !== undefined);
  const first = answered.filter(({ tries }) => tries === 1);
  const atOnce = first.filter(({ sent, settled }) => settled - sent < AT_ONCE).length;
  const reasons = Map.groupBy(failed, ({ error }) => {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  });
  return {
    requests: outcomes.length,
    atOnce,
    held: first.length - atOnce,
    repeated: answered.length - first.length,
    failed: failed.length,
    slowest: answered.reduce((max, { sent, settled }) => Math.max(max, settled - sent), 0),
    reasons: new Map([...reasons].map(([reason, { length }]) => [reason, length])),
  };
}

/**
 * Finds the longest time in which nothing was answered.
 *
 * @param outcomes What became of the requests; the time before the first one and after the last one counts as well.
 */
export function longestGap(outcomes: readonly Outcome[]): Gap {
  let begin = Infinity;
  let end = -Infinity;
  for (const { sent, settled } of outcomes) {
    begin = Math.min(begin, sent);
    end = Math.max(end, settled);
  }
  const answers = outcomes.filter(({ error }) => error === undefined)
    .map(({ settled }) => settled).sort((a, b) => a - b);
  let gap: Gap = { length: 0, begin, end: begin };
  let last = begin;
  for (const at of [...answers, end]) {
    if (at - last > gap.length) gap = { length: at - last, begin: last, end: at };
    last = at;
  }
  return gap;
}

/**
 * Says it in words.
 *
 * @param figures The figures.
 * @param noun What the requests are: `"Writes"`.
 */
export function trafficFacts(figures: TrafficFigures, noun: string): Fact[] {
  const { requests, atOnce, held, repeated, failed, slowest, reasons } = figures;
  return [
    [
      noun,
      `${count(requests)} made, ${count(requests - failed)} succeeded, ${count(failed)} failed`,
    ],
    ["  answered at once", `${count(atOnce)} (within ${AT_ONCE} ms)`],
    ["  held by the client", `${count(held)} (until they could be answered)`],
    ["  retried by the caller", `${count(repeated)} (cut off while under way)`],
    ["  slowest answer", duration(slowest)],
    ...[...reasons].map(([reason, times]): Fact => ["  failed with", `${reason} (${times})`]),
  ];
}
