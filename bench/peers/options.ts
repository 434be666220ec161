/**
 * The command line of the bench.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Contestant, CONTESTANTS } from "./contestants.ts";
import { type Workload, WORKLOADS, workloadsNamed } from "./workloads.ts";

/** What was asked for. */
export interface BenchOptions {
  /** Who takes part. */
  readonly contestants: readonly Contestant[];
  /** What is measured. */
  readonly workloads: readonly Workload[];
  /** How often each measurement is made. */
  readonly rounds: number;
  /** How long one measurement takes, in milliseconds. */
  readonly slice: number;
  /** How long everything may take, in milliseconds; slices are cut to fit. Without it, slices are as they are. */
  readonly budget?: number;
  /** Whether standard output gets a JSON line for each measurement instead of the tables. */
  readonly json: boolean;
  /** The file to draw the chart into. */
  readonly svg?: string;
}

const DEFAULT_CHART = "bench/peers/chart.svg";

/** Leaves a few seconds of the promised 45 for start and end. */
const QUICK_BUDGET = 38_000;

/** What `--help` prints. */
export const HELP = `Compares Redis clients on the same local servers.

    deno task bench:peers [options]

  --quick            Everything in under 45 s: short measurements, to be taken as a hint
  --only a,b         Only these clients, by id or by what ids begin with (ours, ioredis, glide-node, …)
  --workloads x,y    Only these workloads, by name or by what names begin with (pubsub)
  --rounds n         How often each measurement is made; the median counts (3)
  --slice ms         How long one measurement takes (600)
  --json             A JSON line for each measurement on standard output, no tables
  --svg[=path]       Draw the chart (${DEFAULT_CHART})
  --help             This text

Clients (auto: with its automatic pipelining; no-timeout: without its time limit for commands; the last two are limits):
${CONTESTANTS.map(({ id }) => `  ${id}`).join("\n")}

Workloads (100-byte values, 10 000 keys, 80 % GET and 20 % SET unless said; "requests" of pubsub are received messages):
${WORKLOADS.map(({ name, about }) => `  ${name.padEnd(17)}${about}`).join("\n")}
`;

/**
 * Reads the command line.
 *
 * @param args Its arguments.
 * @returns What was asked for; undefined if that is help.
 * @throws {Error} If there is an unknown option, client or workload, or a bad number.
 */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: args.map((arg) => arg === "--svg" ? `--svg=${DEFAULT_CHART}` : arg),
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      workloads: { type: "string" },
      rounds: { type: "string", default: "3" },
      slice: { type: "string", default: "600" },
      json: { type: "boolean", default: false },
      svg: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    contestants: values.only === undefined ? CONTESTANTS : contestantsNamed(values.only),
    workloads: values.workloads?.split(",").flatMap(workloadsNamed) ?? WORKLOADS,
    rounds: positive("rounds", values.rounds),
    slice: positive("slice", values.slice),
    budget: values.quick ? QUICK_BUDGET : undefined,
    json: values.json,
    svg: values.svg,
  };
}

function contestantsNamed(list: string): Contestant[] {
  const names = list.split(",");
  const isMeant = (id: string, name: string) => id === name || id.startsWith(`${name}-`);
  for (const name of names) {
    if (!CONTESTANTS.some(({ id }) => isMeant(id, name))) {
      throw new RangeError(`Cannot find the client "${name}"; --help lists them`);
    }
  }
  return CONTESTANTS.filter(({ id }) => names.some((name) => isMeant(id, name)));
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new RangeError(
      `Cannot take "${text}" for --${name}: it has to be a positive whole number`,
    );
  }
  return value;
}
