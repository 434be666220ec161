/**
 * Draws the throughputs: a panel for each workload, a bar for each client, and our ratio on the bars.
 *
 * @module
 */

import { type Contestant, CONTESTANTS, OURS } from "./contestants.ts";
import { ratioText, shortCount } from "./number_text.ts";
import type { BenchOptions } from "./options.ts";
import type { Results } from "./results.ts";
import type { Workload } from "./workloads.ts";

const MARGIN = 16;
const COLUMNS = 3;
const PANEL_WIDTH = 316;
const LABEL_WIDTH = 132;
const LONGEST_BAR = 100;
const BAR_HEIGHT = 14;
const BAR_STEP = 18;
const PANEL_HEAD = 44;
const PANEL_GAP = 18;
const HEAD_HEIGHT = 52;
const LINE_HEIGHT = 15;

const STYLE = `
  text { font: 11px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .workload { font-size: 13px; font-weight: 600 }
  .faint { fill: #57606a }
  .ours { font-weight: 600 }
  rect { fill: #b8c0ca }
  rect.ours { fill: #0f7b6c }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .faint { fill: #9198a1 }
    rect { fill: #4b535d }
    rect.ours { fill: #2bb3a0 }
  }`;

/** One bar: a client, on the runtime where it was fastest. */
interface Bar {
  readonly label: string;
  readonly isOurs: boolean;
  /** Requests per second; undefined if there are none. */
  readonly ops?: number;
  /** Ours divided by it. */
  readonly ratio?: number;
}

/**
 * Draws the chart.
 *
 * @param results What was measured.
 * @param options What was asked for.
 * @param setting Where, as lines of text.
 * @returns An SVG document, for light and dark pages.
 */
export function drawChart(
  results: Results,
  options: BenchOptions,
  setting: readonly string[],
): string {
  const panels = options.workloads.map((workload) => ({
    workload,
    bars: barsOf(results, options, workload),
  }));
  const panelHeight = PANEL_HEAD + BAR_STEP * Math.max(...panels.map(({ bars }) => bars.length));
  const rows = Math.ceil(panels.length / COLUMNS);
  const panelsEnd = HEAD_HEIGHT + rows * (panelHeight + PANEL_GAP);
  const width = MARGIN + COLUMNS * (PANEL_WIDTH + MARGIN);
  const height = panelsEnd + setting.length * LINE_HEIGHT + MARGIN;
  const parts = [
    text(MARGIN, 24, "Requests per second", "title"),
    text(
      MARGIN,
      42,
      "2.0× = ours is twice as fast; each client on the faster of Deno and Node, Bun's on Bun",
      "faint",
    ),
    ...panels.map(({ workload, bars }, i) => {
      const x = MARGIN + (i % COLUMNS) * (PANEL_WIDTH + MARGIN);
      const y = HEAD_HEIGHT + Math.floor(i / COLUMNS) * (panelHeight + PANEL_GAP);
      return panel(workload, bars, x, y);
    }),
    ...setting.map((line, i) => text(MARGIN, panelsEnd + (i + 1) * LINE_HEIGHT, line, "faint")),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "<title>Requests per second of Redis clients</title>",
    `<style>${STYLE}\n</style>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** Ours on Deno first, then the others, each on its fastest runtime, in the order of the table; limits are no clients. */
function barsOf(results: Results, { contestants }: BenchOptions, workload: Workload): Bar[] {
  const bars = new Map<string, Bar>();
  const { client } = CONTESTANTS.find(({ id }) => id === OURS)!;
  for (const contestant of CONTESTANTS) {
    if (contestant.limit || !contestants.includes(contestant)) continue;
    if (contestant.client === client && contestant.id !== OURS) continue;
    const label = nameOf(contestant);
    const ops = results.median(contestant.id, workload.name, "opsPerSec");
    const before = bars.get(label);
    if (before && (before.ops ?? 0) >= (ops ?? 0)) continue;
    const isOurs = contestant.id === OURS;
    const ratio = isOurs
      ? undefined
      : results.ratio(contestant.id, workload.name, "opsPerSec")?.median;
    bars.set(label, { label, isOurs, ops, ratio });
  }
  return [...bars.values()];
}

function nameOf({ client, mode }: Contestant): string {
  const short: Record<string, string> = {
    "auto-pipelining": "pipelining",
    "no-timeout": "no timeout",
  };
  return mode === "" ? client : `${client} ${short[mode] ?? mode}`;
}

function panel(workload: Workload, bars: readonly Bar[], x: number, y: number): string {
  const most = Math.max(...bars.map(({ ops = 0 }) => ops), 1);
  const parts = [
    text(x, y + 16, workload.name, "workload"),
    text(x, y + 31, workload.about, "faint"),
  ];
  bars.forEach(({ label, isOurs, ops, ratio }, i) => {
    const top = y + PANEL_HEAD + i * BAR_STEP;
    const baseline = top + BAR_HEIGHT - 3;
    const kind = isOurs ? "ours" : "";
    const length = Math.max(1, Math.round(LONGEST_BAR * (ops ?? 0) / most));
    parts.push(text(x, baseline, label, kind));
    if (ops === undefined) {
      parts.push(text(x + LABEL_WIDTH, baseline, "–", "faint"));
      return;
    }
    parts.push(
      `<rect class="${kind}" x="${
        x + LABEL_WIDTH
      }" y="${top}" width="${length}" height="${BAR_HEIGHT}" rx="2"/>`,
    );
    const figures = shortCount(ops) + (ratio === undefined ? "" : ` · ${ratioText(ratio)}`);
    parts.push(text(x + LABEL_WIDTH + length + 6, baseline, figures, kind));
  });
  return parts.join("\n");
}

function text(x: number, y: number, content: string, kind: string): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text class="${kind}" x="${x}" y="${y}">${escaped}</text>`;
}
