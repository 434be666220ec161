/**
 * Tells on standard error what the bench is at.
 *
 * @module
 */

import { type Contestant, labelOf, OURS } from "./contestants.ts";
import { ratioText, shortCount } from "./number_text.ts";
import type { Results } from "./results.ts";
import type { Workload } from "./workloads.ts";

/** Prints progress: a line that changes on a terminal, and a line for each workload that is done. */
export class Progress {
  readonly #terminal = Deno.stderr.isTerminal();
  readonly #total: number;
  readonly #started = performance.now();
  #done = 0;

  /**
   * Makes a progress line.
   *
   * @param total How many steps there will be.
   */
  constructor(total: number) {
    this.#total = total;
  }

  /** Says something else. */
  say(text: string): void {
    this.#print(text);
  }

  /** Says which measurement is next. */
  step(workload: string, round: number, contestant: Contestant): void {
    this.#done++;
    if (!this.#terminal) return;
    const share = Math.min(1, this.#done / this.#total);
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const what = round === 0 ? "warm-up" : `round ${round}`;
    const text = `${Math.round(share * 100)} %, ${seconds} s: ${workload}, ${what}, ` +
      labelOf(contestant);
    write(`\r\x1b[K${text}`);
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
      const ratio = results.ratio(best.id, workload.name);
      if (ratio !== undefined) parts.push(ratioText(ratio));
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
