/**
 * The figures of a soak, as text.
 *
 * @module
 */

import { alignTable } from "../examples/demo/table.ts";
import type { Recorder, Violation } from "./recorder.ts";
import type { SoakReport } from "./soak.ts";

/** Lines of a trace that are printed. */
const TRACE = 40;

/**
 * Counts the violations.
 *
 * @param report The report.
 * @param options `timing`: whether those that a busy machine may cause count as well. @default {{ timing: true }}
 */
export function countViolations(report: SoakReport, options: { timing?: boolean } = {}): number {
  const { timing = true } = options;
  return report.recorders.reduce((sum, { counts, violations }) => {
    const rules = [...counts].filter(([rule]) =>
      timing || violations.some((violation) => violation.rule === rule && !violation.timing)
    );
    return sum + rules.reduce((count, [, n]) => count + n, 0);
  }, 0);
}

/**
 * Writes the figures.
 *
 * @param report The report.
 * @returns Lines of text.
 */
export function formatReport(report: SoakReport): string[] {
  return [
    ...operations(report.recorders),
    "",
    ...failures(report.recorders),
    "",
    ...faults(report),
    "",
    ...report.troubles.flatMap((trouble) => [`Servers out of order: ${trouble}`, ""]),
    ...totals(report),
  ];
}

/**
 * Writes the violations, with all that is known of each.
 *
 * @param report The report.
 * @param seed Seed of the soak.
 * @returns Lines of text.
 */
export function formatViolations(report: SoakReport, seed: number): string[] {
  return report.recorders.flatMap(({ violations, counts }) => [
    ...violations.flatMap((violation) => formatViolation(violation, seed)),
    ...[...counts].map(([rule, count]) => `${count} x ${rule}`),
  ]);
}

function formatViolation(violation: Violation, seed: number): string[] {
  const { rule, target, where, message, faults, trace } = violation;
  return [
    `VIOLATION: ${rule}`,
    `  ${target}, ${where}, seed ${seed}`,
    `  ${message}`,
    `  faults: ${faults.length === 0 ? "none" : faults.join("; ")}`,
    ...trace.slice(0, TRACE).map((line) => `    ${line}`),
    ...trace.length > TRACE ? [`    and ${trace.length - TRACE} more`] : [],
    "",
  ];
}

function operations(recorders: readonly Recorder[]): string[] {
  const rows = recorders.flatMap(({ target, kinds }) =>
    [...kinds].toSorted(([a], [b]) => a < b ? -1 : 1).map(([kind, { latencies, failures }]) => [
      target,
      kind,
      count(latencies.count),
      count([...failures.values()].reduce((sum, n) => sum + n, 0)),
      latencies.count === 0 ? "–" : `${latencies.quantile(0.5).toFixed(1)} ms`,
      latencies.count === 0 ? "–" : `${latencies.quantile(0.99).toFixed(1)} ms`,
      latencies.count === 0 ? "–" : `${latencies.max.toFixed(0)} ms`,
    ])
  );
  return alignTable(["target", "operation", "succeeded", "failed", "p50", "p99", "longest"], rows);
}

function failures(recorders: readonly Recorder[]): string[] {
  const rows = recorders.flatMap(({ target, kinds }) => {
    const sums = new Map<string, number>();
    for (const { failures } of kinds.values()) {
      for (const [kind, n] of failures) sums.set(kind, (sums.get(kind) ?? 0) + n);
    }
    return [...sums].toSorted(([, a], [, b]) => b - a).map(([kind, n]) => [target, kind, count(n)]);
  });
  return alignTable(["target", "failure", "times"], rows);
}

function faults(report: SoakReport): string[] {
  const kinds = Map.groupBy(report.faults.faults, ({ target, kind }) => `${target}\t${kind}`);
  const rows = [...kinds].toSorted(([a], [b]) => a < b ? -1 : 1).map(([name, list]) => {
    const recovery = report.recoveries.get(name);
    return [
      ...name.split("\t"),
      count(list.length),
      recovery === undefined ? "–" : `${recovery.toFixed(0)} ms`,
    ];
  });
  return alignTable(["target", "fault", "times", "longest recovery"], rows);
}

function totals(report: SoakReport): string[] {
  const all = report.recorders.flatMap(({ kinds }) => [...kinds.values()]);
  const succeeded = all.reduce((sum, { latencies }) => sum + latencies.count, 0);
  const failed = all.flatMap(({ failures }) => [...failures.values()]).reduce((a, b) => a + b, 0);
  const { begin, end } = report.memory;
  return alignTable(["", ""], [
    ["duration", `${(report.duration / 1000).toFixed(0)} s`],
    ["operations", count(succeeded + failed)],
    ["succeeded", count(succeeded)],
    ["failed", count(failed)],
    ["faults", count(report.faults.faults.length)],
    ["heap at the begin", megabytes(begin.heapUsed)],
    ["heap at the end", megabytes(end.heapUsed)],
    ["resident at the begin", megabytes(begin.rss)],
    ["resident at the end", megabytes(end.rss)],
    ["pending at the end", count(report.recorders.reduce((sum, { pending }) => sum + pending, 0))],
    ["violations", count(countViolations(report))],
  ]).slice(1);
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
