/**
 * Tables of the results, in Markdown that also reads well on a terminal.
 *
 * @module
 */

import { type Contestant, labelOf, OURS } from "./contestants.ts";
import { ratioText, shortCount, threeDigits } from "./number_text.ts";
import type { BenchOptions } from "./options.ts";
import type { Figure, Results } from "./results.ts";

/** Wider tables break on terminals and in README files. */
const WORKLOADS_PER_TABLE = 7;

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
    section("Requests per second, and ours ÷ theirs", throughputCell, results, options),
    section("p50 / p99 latency in µs", latencyCell, results, options),
    section("CPU time of the client process per request in µs", figureCell("cpuUsPerOp"), results, {
      ...options,
      contestants: options.contestants.filter(({ id }) => id !== "redis-benchmark"),
    }),
    section("Memory of the client process in MiB", figureCell("rssMb"), results, {
      ...options,
      contestants: options.contestants.filter(({ id }) => id !== "redis-benchmark"),
    }),
    notes(results, options),
  ];
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

type Cell = (results: Results, id: string, workload: string) => string | undefined;

function throughputCell(results: Results, id: string, workload: string): string | undefined {
  const ops = results.median(id, workload, "opsPerSec");
  if (ops === undefined) return undefined;
  const ratio = id === OURS ? undefined : results.ratio(id, workload);
  return shortCount(ops) + (ratio === undefined ? "" : ` (${ratioText(ratio)})`);
}

function latencyCell(results: Results, id: string, workload: string): string | undefined {
  const p50 = results.median(id, workload, "p50Us");
  const p99 = results.median(id, workload, "p99Us");
  if (p50 === undefined || p99 === undefined) return undefined;
  return `${Math.round(p50)} / ${Math.round(p99)}`;
}

function figureCell(figure: Figure): Cell {
  return (results, id, workload) => {
    const value = results.median(id, workload, figure);
    return value === undefined ? undefined : threeDigits(value);
  };
}

function section(title: string, cell: Cell, results: Results, options: BenchOptions): string {
  const tables: string[] = [];
  for (let at = 0; at < options.workloads.length; at += WORKLOADS_PER_TABLE) {
    const workloads = options.workloads.slice(at, at + WORKLOADS_PER_TABLE);
    tables.push(table([
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

/** A Markdown table, its columns aligned. */
function table(rows: readonly string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    );
    return `| ${cells.join(" | ")} |`;
  });
  const rule = widths.map((width, column) => {
    return column === 0 ? "-".repeat(width) : `${"-".repeat(Math.max(1, width - 1))}:`;
  });
  return [lines[0], `| ${rule.join(" | ")} |`, ...lines.slice(1)].join("\n");
}
