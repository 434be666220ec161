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
  /** How often each measurement is made at least. */
  readonly rounds: number;
  /** How often it is made at most, while the ratio to ours varies. */
  readonly maxRounds: number;
  /** How long one measurement takes, in milliseconds. */
  readonly slice: number;
  /** How long everything may take, in milliseconds. What is measured again, and how often, depends on it. */
  readonly budget: number;
  /** Whether slices are cut to fit in the budget, and processes serve for all workloads. */
  readonly quick: boolean;
  /** Whether standard output gets JSON lines instead of the tables. */
  readonly json: boolean;
  /** Whether standard output gets the tables of the README. */
  readonly readme: boolean;
  /** The file to draw the chart into. */
  readonly svg?: string;
}

const DEFAULT_CHART = "bench/peers/chart.svg";

/** Leaves some seconds of the promised minute for start and end. */
const QUICK_BUDGET = 45_000;

/** How often each measurement is made. */
const ROUNDS = { least: 5, most: 15 };
const QUICK_ROUNDS = { least: 3, most: 3 };

/** What `--help` prints. */
export const HELP = `Compares Redis clients on the same local servers.

    deno task bench:peers [options]

  --quick            Everything in under a minute: short measurements, to be taken as a hint
  --only a,b         Only these clients, by id or else by what ids begin with (ours, ioredis, glide-node, …)
  --workloads x,y    Only these workloads, by name or by what names begin with (pubsub)
  --rounds n         How often each measurement is made at least; the median counts (${ROUNDS.least})
  --max-rounds n     How often at most: a client is measured again while the ratio to ours varies (${ROUNDS.most})
  --slice ms         How long one measurement takes (200)
  --minutes n        How long everything may take: later rounds are left out if there is no time (14)
  --json             JSON lines on standard output, no tables: each measurement, then each ratio with its spread
  --readme           The two tables of the README on standard output; the whole report goes to standard error
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
      rounds: { type: "string" },
      "max-rounds": { type: "string" },
      slice: { type: "string", default: "200" },
      minutes: { type: "string", default: "14" },
      json: { type: "boolean", default: false },
      readme: { type: "boolean", default: false },
      svg: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const usual = values.quick ? QUICK_ROUNDS : ROUNDS;
  const rounds = positive("rounds", values.rounds ?? String(usual.least));
  const most = positive("max-rounds", values["max-rounds"] ?? String(usual.most));
  const minutes = positive("minutes", values.minutes);
  return {
    contestants: values.only === undefined ? CONTESTANTS : contestantsNamed(values.only),
    workloads: values.workloads?.split(",").flatMap(workloadsNamed) ?? WORKLOADS,
    rounds,
    maxRounds: Math.max(rounds, most),
    slice: positive("slice", values.slice),
    budget: values.quick ? QUICK_BUDGET : minutes * 60_000,
    quick: values.quick,
    json: values.json,
    readme: values.readme,
    svg: values.svg,
  };
}

function contestantsNamed(list: string): Contestant[] {
  const names = list.split(",");
  const isId = (name: string) => CONTESTANTS.some(({ id }) => id === name);
  const isMeant = (id: string, name: string) =>
    id === name || !isId(name) && id.startsWith(`${name}-`);
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
