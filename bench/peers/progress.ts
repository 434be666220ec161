/**
 * Tells on standard error what the bench is at.
 *
 * @module
 */

import { type Contestant, labelOf, OURS } from "./contestants.ts";
import { ratioWithSpread, shortCount } from "./number_text.ts";
import { type Results, VERDICTS } from "./results.ts";
import type { Workload } from "./workloads.ts";

/** Prints progress: a line that changes on a terminal, and a line for each workload that is done. */
export class Progress {
  readonly #terminal = Deno.stderr.isTerminal();
  readonly #workloads: number;
  readonly #started = performance.now();

  /**
   * Makes a progress line.
   *
   * @param workloads How many workloads there will be.
   */
  constructor(workloads: number) {
    this.#workloads = workloads;
  }

  /** Says something else. */
  say(text: string): void {
    this.#print(text);
  }

  /** Says which measurement is next. */
  step(done: number, workload: string, round: number, contestant: Contestant): void {
    if (!this.#terminal) return;
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const what = round === 0 ? "warm-up" : `round ${round}`;
    write(
      `\r\x1b[K${done + 1} of ${this.#workloads}, ${seconds} s: ${workload}, ${what}, ` +
        labelOf(contestant),
    );
  }

  /** Says how a workload went. */
  finished(workload: Workload, results: Results): void {
    const ours = results.median(OURS, workload.name, "opsPerSec");
    const best = results.bestOther(workload);
    const parts: string[] = [];
    if (ours !== undefined) parts.push(`ours ${shortCount(ours)}/s`);
    if (best) {
      const theirs = results.median(best.id, workload.name, "opsPerSec")!;
      parts.push(`best other ${shortCount(theirs)}/s (${labelOf(best)})`);
      for (const figure of VERDICTS) {
        const ratio = results.ratio(best.id, workload.name, figure);
        const name = figure === "cpuUsPerOp" ? "CPU " : "";
        if (ratio) parts.push(`${name}${ratioWithSpread(ratio)}`);
      }
    }
    this.#print(`${workload.name.padEnd(16)} ${parts.join(", ")}`);
  }

  #print(line: string): void {
    write(`${this.#terminal ? "\r\x1b[K" : ""}${line}\n`);
  }
}

function write(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
