/**
 * `deno task test:bullmq`: BullMQ's own tests on this library and, for comparison, on ioredis, both on Deno.
 *
 *     deno task test:bullmq                               # everything: a quarter of an hour
 *     deno task test:bullmq worker pause                  # some of the files
 *     deno task test:bullmq --only ours worker            # without ioredis
 *     deno task test:bullmq --on cluster                  # on a cluster of three shards, with a hash tag as the prefix
 *     deno task test:bullmq --source /path/to/bullmq      # tests from a checkout (or a bare repository)
 *
 * The tests are downloaded from GitHub, unless `--source` gives a Git repository that has the revision; BullMQ itself,
 * vitest, ioredis and a few others come from npm. Nothing of it stays. The exit code is 0 if this library passes whatever
 * ioredis passes.
 *
 * @module
 */

import { startCluster, startServer } from "../../../lib/testing/mod.ts";
import { FILES } from "./versions.ts";
import { prepare } from "./workplace.ts";

/** A report of vitest. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** What became of the tests, by file and name: "passed", or the message of the failure. */
type Outcomes = Map<string, Map<string, string>>;

/** The setup of ioredis: that of the suite, or our own for a cluster. */
const SETUPS = { server: "vitest.setup.ts", cluster: "ioredis-cluster.setup.ts" };

/** Of the conformance tests, two transactions have keys of several slots, and two scans have no hash tag. */
const CONFORMANCE = { server: ["our-conformance"], cluster: [] };

const { files, only, on, source } = readArguments(Deno.args);
const folder = await Deno.makeTempDir({ prefix: "bullmq-" });
let success = false;
try {
  await prepare(folder, source);
  const outcomes = new Map<string, Outcomes>();
  if (only !== "ioredis") {
    const conformance = await runSuite("ours", "babushka.setup.ts", CONFORMANCE[on]);
    const rest = await runSuite("ours", "babushka.setup.ts", files);
    outcomes.set("ours", new Map([...conformance, ...rest]));
  }
  if (only !== "ours") outcomes.set("ioredis", await runSuite("ioredis", SETUPS[on], files));
  success = printTable(outcomes);
} finally {
  await Deno.remove(folder, { recursive: true });
}
Deno.exit(success ? 0 : 1);

function readArguments(
  args: readonly string[],
): {
  files: readonly string[];
  only: string | undefined;
  on: "server" | "cluster";
  source: string | undefined;
} {
  const files: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (!arg.startsWith("--")) files.push(arg);
    else if (["--only", "--on", "--source"].includes(arg)) options.set(arg, args[++i]);
    else {throw new TypeError(
        `Cannot run with ${arg}: expected --only, --on, --source or names of files`,
      );}
  }
  const only = options.get("--only");
  if (only !== undefined && only !== "ours" && only !== "ioredis") {
    throw new TypeError(`Cannot run with --only ${only}: expected ours or ioredis`);
  }
  const on = options.get("--on") ?? "server";
  if (on !== "server" && on !== "cluster") {
    throw new TypeError(`Cannot run with --on ${on}: expected server or cluster`);
  }
  return { files: files.length === 0 ? FILES : files, only, on, source: options.get("--source") };
}

/** Runs files of the suite on a server or a cluster of their own. */
async function runSuite(
  what: string,
  setup: string,
  files: readonly string[],
): Promise<Outcomes> {
  console.log(`Running ${files.length} files on ${what}`);
  if (files.length === 0) return new Map();
  await using servers = on === "server" ? await startServer() : await startCluster({ shards: 3 });
  const { host, port } = "nodes" in servers ? servers.nodes[0] : servers;
  const output = `${folder}/report.json`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--allow-all", "node_modules/vitest/vitest.mjs", "run"],
      ...["--reporter=json", `--outputFile=${output}`],
      ...files.map((file) => `tests/${file}.test.ts`),
    ],
    cwd: folder,
    env: {
      REDIS_HOST: host,
      REDIS_PORT: String(port),
      // All keys of a queue are in one slot.
      ...(on === "cluster" && { REDIS_IS_CLUSTER: "yes", BULLMQ_TEST_PREFIX: "{bull}" }),
      SUITE_SETUP: `./${setup}`,
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  await child.status;
  const report: Report = JSON.parse(await Deno.readTextFile(output));
  const outcomes: Outcomes = new Map();
  for (const { name, status, message, assertionResults } of report.testResults) {
    const ofFile = new Map<string, string>();
    for (const { fullName, status, failureMessages } of assertionResults) {
      // Some tests have the same name.
      let name = fullName;
      while (ofFile.has(name)) name += " (again)";
      if (status === "passed") ofFile.set(name, "passed");
      else if (status === "failed") ofFile.set(name, failureMessages.join("\n"));
    }
    // A file that could not be loaded has no tests.
    if (assertionResults.length === 0 && status !== "passed") ofFile.set("the file", message);
    outcomes.set(name.replace(/^.*\/tests\//, "").replace(/\.test\.ts$/, ""), ofFile);
  }
  return outcomes;
}

/** Prints passed and failed by file, and the failures; tells whether ours passes whatever ioredis passes. */
function printTable(outcomes: ReadonlyMap<string, Outcomes>): boolean {
  const ours = outcomes.get("ours");
  const theirs = outcomes.get("ioredis");
  const names = new Set([...ours?.keys() ?? [], ...theirs?.keys() ?? []]);
  const width = Math.max(...[...names].map((name) => name.length));
  console.log(`\n${"".padEnd(width)}  ${"ours".padStart(12)}  ${"ioredis".padStart(12)}`);
  for (const name of [...names].sort()) {
    console.log(
      `${name.padEnd(width)}  ${count(ours?.get(name)).padStart(12)}  ${
        count(theirs?.get(name)).padStart(12)
      }`,
    );
  }
  const total = (all: Outcomes | undefined): string =>
    count(
      all && new Map([...all].flatMap(([file, tests]) =>
        [...tests].map(([name, outcome]) => [`${file} ${name}`, outcome])
      )),
    );
  console.log(
    `${"all".padEnd(width)}  ${total(ours).padStart(12)}  ${total(theirs).padStart(12)}`,
  );
  let success = true;
  for (const [client, all] of outcomes) {
    for (const [file, tests] of all) {
      for (const [name, outcome] of tests) {
        if (outcome === "passed") continue;
        console.log(`\nFailed on ${client}: ${file}: ${name}\n${outcome.slice(0, 1000)}`);
        if (client === "ours" && (theirs?.get(file)?.get(name) ?? "passed") === "passed") {
          success = false;
        }
      }
    }
  }
  return success;
}

/** "12 passed" and, if there are any, "1 failed". */
function count(tests: ReadonlyMap<string, string> | undefined): string {
  if (tests === undefined) return "–";
  const passed = [...tests.values()].filter((outcome) => outcome === "passed").length;
  return `${passed} of ${tests.size}`;
}
