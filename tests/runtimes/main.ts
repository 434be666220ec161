/**
 * `deno task test:node`, `deno task test:bun`: runs the tests on another runtime, and ends with one line that states the
 * totals.
 *
 *     deno task test:node
 *     deno task test:node tests/standalone/tls_test.ts --filter certificate
 *     deno task test:bun --version latest
 *
 * @module
 */

import { chosenTests, testFiles } from "./chosen_tests.ts";
import { compile, type Compiled } from "./compile.ts";
import { EXCLUDED, excludedIn, isExcluded } from "./excluded.ts";
import { install, type Runtime } from "./programs.ts";
import { OUTCOME } from "./stand_in/outcome.ts";
import { endSurvivors } from "./survivors.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FOLDERS = ["tests/standalone", "tests/cluster", "tests/lib"];
/** Longest time for the tests of a file, in milliseconds. */
const LIMIT = 300_000;

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const [wanted, ...rest] = Deno.args;
const runtime = runtimeNamed(wanted);
const { paths, filter = "", version } = chosenTests(rest);
const { program, esbuild } = await install(runtime, version);
console.log(`${runtime} ${await versionOf(program)}`);
const chosen = (await testFiles(paths.length > 0 ? paths : FOLDERS)).filter((file) =>
  !isExcluded(file, runtime)
);
const compiled = await compile(chosen, esbuild);
const temporary = await Deno.makeTempDir({ prefix: "babushka-tests-" });
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const waiting = chosen.values();
const jobs = Deno.env.has("REDIS_URL") ? 1 : Number(Deno.env.get("DENO_JOBS") ?? 2);
await Promise.all(Array.from({ length: jobs }, runWaiting));
await checkServersEnd();
for (const folder of [compiled.folder, temporary]) await Deno.remove(folder, { recursive: true });
if (paths.length === 0) showExcluded();
if (totals.passed + totals.failed === 0) {
  console.log("No test was executed");
  totals.failed++;
}
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
Deno.exit(totals.failed === 0 ? 0 : 1);

async function runWaiting(): Promise<void> {
  for (const file of waiting) {
    const { passed, failed, skipped } = await runFile(file, compiled);
    totals.passed += passed;
    totals.failed += failed;
    totals.skipped += skipped;
  }
}

async function runFile(file: string, { runner, pathOf }: Compiled): Promise<Totals> {
  const excluded = JSON.stringify(excludedIn(file, runtime));
  const begun = performance.now();
  const { stdout, stderr, signal } = await new Deno.Command(program, {
    args: [runner, pathOf(file), filter, excluded],
    cwd: ROOT,
    env: { TMPDIR: temporary },
    stdin: "null",
    signal: AbortSignal.timeout(LIMIT),
  }).output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const lines = output.trimEnd().split("\n");
  const last = lines.at(-1)?.startsWith(OUTCOME) ? lines.pop()!.slice(OUTCOME.length) : undefined;
  const totals: Totals = last === undefined
    ? { passed: 0, failed: 1, skipped: 0 }
    : JSON.parse(last);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(
    `${file}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped (${seconds}s)`,
  );
  if (last === undefined) console.log(`The process ended early (${signal ?? "by itself"})`);
  if (totals.failed > 0) {
    const failures = lines.filter((line) => !/ \.\.\. ok \(\d+ms\)$/.test(line));
    console.log(indent(`${failures.join("\n")}\n${errors}`));
  }
  return totals;
}

/** Fails if servers outlive the tests, or a program that is killed. */
async function checkServersEnd(): Promise<void> {
  const { signal } = await new Deno.Command(program, {
    args: [compiled.killed],
    cwd: ROOT,
    env: { TMPDIR: temporary },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  const survivors = await endSurvivors(temporary);
  if (signal === "SIGKILL" && survivors.length === 0) return;
  totals.failed++;
  console.log(
    signal === "SIGKILL"
      ? `${survivors.length} processes have outlived the tests, and were ended now:`
      : "The program that starts servers and dies has ended in another way",
  );
  for (const line of survivors) console.log(`  ${line}`);
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, "    ");
}

function showExcluded(): void {
  console.log(`Left out on ${runtime}:`);
  for (const { files, name, runtime: only, reason } of EXCLUDED) {
    if (only !== undefined && only !== runtime) continue;
    console.log(`  ${files}${name === undefined ? "" : ` "${name}"`}: ${reason}`);
  }
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).trim();
}

function runtimeNamed(name: string | undefined): Runtime {
  if (name === "node" || name === "bun") return name;
  throw new Error("Cannot choose the runtime: expected node or bun as the first argument");
}
