/**
 * Tells where figures come from: they mean nothing without.
 *
 * @module
 */

import { cpus } from "node:os";
import { PACKAGES } from "./contestants.ts";
import type { BenchOptions } from "./options.ts";
import type { Pinning } from "./pinning.ts";

/** What the setting depends on. */
export interface SettingFacts {
  /** What was asked for. */
  readonly options: BenchOptions;
  /** Names and versions of the servers and runtimes. */
  readonly programs: readonly string[];
  /** Where they ran. */
  readonly pinning: Pinning;
  /** Load of the machine before the bench began. */
  readonly load: number;
}

/** More load than this before the bench begins means that somebody else is working. */
const QUIET_LOAD = 0.5;

/**
 * Describes the setting.
 *
 * @param facts What it depends on.
 * @returns A few sentences, one a line.
 */
export function describeSetting({ options, programs, pinning, load }: SettingFacts): string[] {
  const wanted = new Set(options.contestants.map(({ package: name }) => name));
  const packages = Object.entries(PACKAGES).filter(([name]) => wanted.has(name) && name !== "bun")
    .map(([name, version]) => `${name} ${version}`);
  const processors = cpus();
  const where = pinning.server === undefined
    ? "nobody pinned to a core"
    : `servers on core ${pinning.server}, clients on core ${pinning.client}`;
  const lines = [
    [...programs, ...packages].join(", "),
    `${processors[0]?.model.trim() ?? "Processor"}, ${processors.length} cores; ${where}`,
    options.quick
      ? `Medians of up to ${options.maxRounds} very short rounds (--quick): a hint, no more`
      : `Medians of ${options.rounds} to ${options.maxRounds} rounds of ${options.slice} ms, taking turns`,
  ];
  if (load > QUIET_LOAD) {
    lines.push(`The machine was busy with other things (load ${load.toFixed(1)}): expect noise`);
  }
  return lines;
}
