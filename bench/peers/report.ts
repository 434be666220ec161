/**
 * Tables of the results, in Markdown that also reads well on a terminal.
 *
 * @module
 */

import { type Contestant, labelOf, OURS } from "./contestants.ts";
import { markdownTable } from "./markdown_table.ts";
import { ratioWithSpread, shortCount, threeDigits } from "./number_text.ts";
import type { BenchOptions } from "./options.ts";
import type { Figure, Results } from "./results.ts";
import { STEADY } from "./spread.ts";

/** Wider tables break on terminals and in README files. */
const WORKLOADS_PER_TABLE = 6;

/**
 * Writes the report.
 *
 * @param results What was measured.
 * @param options What was asked for.
 * @param setting Where, as lines of text.
 * @returns The report.
 */
export function report(
  results: Results,
  options: BenchOptions,
  setting: readonly string[],
): string {
  const parts = [
    setting.join("\n"),
    section(
      "Requests per second (ours ÷ theirs: more is better)",
      verdictCell("opsPerSec", shortCount),
      results,
      options,
    ),
    section(
      "CPU time of the client process per request in µs (ours ÷ theirs: less is better)",
      verdictCell("cpuUsPerOp", threeDigits),
      results,
      options,
    ),
    steadiness(results, options),
    section("p50 / p99 latency in µs", latencyCell, results, options),
    section("Memory of the client process in MiB", memoryCell, results, {
      ...options,
      contestants: options.contestants.filter(({ id }) => id !== "redis-benchmark"),
    }),
    notes(results, options),
  ];
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

type Cell = (results: Results, id: string, workload: string) => string | undefined;

function verdictCell(figure: Figure, text: (value: number) => string): Cell {
  return (results, id, workload) => {
    const value = results.median(id, workload, figure);
    if (value === undefined) return undefined;
    const ratio = id === OURS ? undefined : results.ratio(id, workload, figure);
    return text(value) + (ratio === undefined ? "" : ` (${ratioWithSpread(ratio)})`);
  };
}

function latencyCell(results: Results, id: string, workload: string): string | undefined {
  const p50 = results.median(id, workload, "p50Us");
  const p99 = results.median(id, workload, "p99Us");
  if (p50 === undefined || p99 === undefined) return undefined;
  return `${Math.round(p50)} / ${Math.round(p99)}`;
}

function memoryCell(results: Results, id: string, workload: string): string | undefined {
  const value = results.median(id, workload, "rssMb");
  return value === undefined ? undefined : threeDigits(value);
}

function section(title: string, cell: Cell, results: Results, options: BenchOptions): string {
  const tables: string[] = [];
  for (let at = 0; at < options.workloads.length; at += WORKLOADS_PER_TABLE) {
    const workloads = options.workloads.slice(at, at + WORKLOADS_PER_TABLE);
    tables.push(markdownTable([
      ["", ...workloads.map(({ name }) => name)],
      ...options.contestants.map((contestant) => [
        nameOf(contestant),
        ...workloads.map(({ name }) =>
          cell(results, contestant.id, name) ?? missText(results, contestant, name)
        ),
      ]),
    ]));
  }
  return [`**${title}**`, ...tables].join("\n\n");
}

function nameOf(contestant: Contestant): string {
  const label = labelOf(contestant);
  return contestant.id === OURS ? `**${label}**` : label;
}

function missText(results: Results, { id }: Contestant, workload: string): string {
  const kind = results.missOf(id, workload)?.kind;
  return kind === undefined || kind === "unsupported" ? "–" : kind;
}

/** Says what the spread is, and how many ratios vary much. */
function steadiness(results: Results, { contestants, workloads }: BenchOptions): string {
  const pairs = workloads.flatMap(({ name }) => contestants.map(({ id }) => ({ id, name })));
  const compared = pairs.filter(({ id, name }) =>
    id !== OURS && results.ratio(id, name, "opsPerSec") !== undefined
  );
  if (compared.length === 0) return "";
  const unsteady = compared.filter(({ id, name }) => !results.isSteady(id, name)).length;
  const limit = Math.round(STEADY * 100);
  return `± is the range, over the rounds, that has the true median at least nine times out of ten. ` +
    `~ marks a ratio with more than ±${limit}%, or with too few rounds to tell: ` +
    `${unsteady} of ${compared.length} pairs have one.`;
}

/** Says what is not in the tables, and why. */
function notes(results: Results, { contestants }: BenchOptions): string {
  const byReason = new Map<string, string[]>();
  for (const { id, workload, kind, reason } of results.misses) {
    const label = labelOf(contestants.find((contestant) => contestant.id === id)!);
    const text = `${label}, ${kind}: ${reason}`;
    byReason.set(text, [...byReason.get(text) ?? [], workload]);
  }
  if (byReason.size === 0) return "";
  const lines = [...byReason].map(([text, workloads]) => `- ${workloads.join(", ")}: ${text}`);
  return `Not measured:\n\n${lines.join("\n")}`;
}
