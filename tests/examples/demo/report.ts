/**
 * The report at the end of the demo.
 *
 * @module
 */

import { counted, duration } from "./number_text.ts";
import type { Verdict } from "./scene.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Tells whether everything was as it has to be.
 *
 * @param verdicts What is to be said of the scenes.
 * @returns Whether there were checks, and all held.
 */
export function allHeld(verdicts: readonly Verdict[]): boolean {
  const checks = verdicts.flatMap(({ checks }) => checks);
  return checks.length > 0 && checks.every(({ held }) => held);
}

/**
 * Prints the report.
 *
 * @param terminal Where to print.
 * @param verdicts What is to be said of the scenes.
 * @param elapsed How long the demo took, in milliseconds.
 */
export function printReport(
  terminal: Terminal,
  verdicts: readonly Verdict[],
  elapsed: number,
): void {
  terminal.part("Report");
  const width = Math.max(...verdicts.flatMap(({ facts }) => facts.map(([what]) => what.length)));
  for (const { title, facts, checks } of verdicts) {
    terminal.heading(title);
    for (const [what, figure] of facts) terminal.say(`${what.padEnd(width)}   ${figure}`);
    for (const { claim, held } of checks) {
      terminal.say(`${held ? terminal.style("✓", "good") : terminal.style("✗", "bad")} ${claim}`);
    }
  }
  const failed = verdicts.flatMap(({ checks }) => checks).filter(({ held }) => !held);
  const all = verdicts.flatMap(({ checks }) => checks).length;
  terminal.heading(
    allHeld(verdicts)
      ? terminal.style(`All ${all} checks held, in ${duration(elapsed)}`, "good")
      : terminal.style(
        `${counted(failed.length, "check")} of ${all} did not hold, in ${duration(elapsed)}`,
        "bad",
      ),
  );
}
