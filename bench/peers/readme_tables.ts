/**
 * The tables of the README: ours ÷ theirs in requests per second and in CPU time, a row for each workload.
 *
 * @module
 */

import { type Contestant, CONTESTANTS, OURS, type Runtime } from "./contestants.ts";
import { markdownTable } from "./markdown_table.ts";
import { markedRatio, shortCount, threeDigits } from "./number_text.ts";
import type { BenchOptions } from "./options.ts";
import type { Figure, Results } from "./results.ts";
import { type Estimate, STEADY } from "./spread.ts";
import type { Workload } from "./workloads.ts";

/** What a pair of tables compares: ours with others. */
interface Field {
  readonly title: string;
  readonly ours: Contestant;
  readonly others: readonly Contestant[];
}

/** How one table is written. */
interface Kind {
  readonly title: string;
  readonly figure: Figure;
  readonly text: (value: number) => string;
}

const KINDS: readonly Kind[] = [
  { title: "Requests per second: more is better", figure: "opsPerSec", text: shortCount },
  {
    title: "CPU time of the client's process per request, in µs: less is better",
    figure: "cpuUsPerOp",
    text: threeDigits,
  },
];

/**
 * Writes the tables: two with our client on Deno, and two for each other runtime on which it took part.
 *
 * @param results What was measured.
 * @param options What was asked for.
 * @param setting Where, as lines of text.
 * @returns Markdown. Messages are no requests: workloads of subscriptions are left to the report.
 */
export function readmeTables(
  results: Results,
  options: BenchOptions,
  setting: readonly string[],
): string {
  const workloads = options.workloads.filter(({ measures }) => measures === "requests");
  const parts = fields(options).flatMap((field) =>
    KINDS.map(({ title, figure, text }) =>
      [
        `**${field.title}. ${title}**`,
        markdownTable([
          ["", "ours", ...field.others.map(headingOf), "±"],
          ...workloads.map((workload) => row(results, field, workload, figure, text)),
        ]),
      ].join("\n\n")
    )
  );
  const marks =
    `± is the widest spread of the row. ~ marks a ratio that varied over the rounds by more ` +
    `than ±${Math.round(STEADY * 100)}%.`;
  const head = `${setting.map((line) => `${line}.`).join(" ")}\n${marks}`;
  return [head, ...parts].join("\n\n") + "\n";
}

function fields({ contestants }: BenchOptions): Field[] {
  const { client } = CONTESTANTS.find(({ id }) => id === OURS)!;
  return contestants.filter((contestant) => contestant.client === client).map((ours) => ({
    title: ours.id === OURS
      ? "Ours ÷ theirs, all on Deno but Bun's client"
      : `Ours ÷ theirs on ${NAMES[ours.runtime]}`,
    ours,
    others: contestants.filter((other) =>
      other.client !== client &&
      (other.runtime === ours.runtime || ours.id === OURS && other.runtime === "bun")
    ),
  }));
}

const NAMES: Readonly<Record<Runtime, string>> = {
  deno: "Deno",
  node: "Node",
  bun: "Bun",
  native: "native",
};

/** Limits come last, and have names of their own. */
function headingOf({ client, mode, limit }: Contestant): string {
  if (limit) return `limit: ${client}`;
  return mode === "" ? client : `${client} ${mode}`;
}

function row(
  results: Results,
  { ours, others }: Field,
  { name }: Workload,
  figure: Figure,
  text: (value: number) => string,
): string[] {
  const value = results.median(ours.id, name, figure);
  const ratios = others.map(({ id }) => results.ratio(id, name, figure, ours.id));
  return [
    name,
    value === undefined ? "–" : text(value),
    ...ratios.map((ratio) => ratio === undefined ? "–" : markedRatio(ratio)),
    widest(ratios),
  ];
}

/** The largest spread of a row. */
function widest(ratios: readonly (Estimate | undefined)[]): string {
  const spreads = ratios.flatMap((ratio) => ratio ? [ratio.spread] : []);
  const most = Math.max(0, ...spreads);
  return spreads.length > 0 && Number.isFinite(most) ? `${Math.round(most * 100)}%` : "–";
}
