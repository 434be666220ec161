/**
 * `deno task test`: the whole suite, or the given files with the flags of `deno test`. Ends with one
 * line that states the totals.
 *
 *     deno task test
 *     deno task test tests/lib/commands/hash_test.ts --filter hset
 *
 * @module
 */

/** What the totals are added up from. */
interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Two files at a time: each has servers of its own, and most of a test is waiting for them. A server
 * that `REDIS_URL` names is shared, so the files have to take turns.
 */
const PARALLEL = Deno.env.has("REDIS_URL") ? [] : ["--parallel"];
const JOBS = Deno.env.get("DENO_JOBS") ?? "2";

/** Tests start servers and other programs and write temporary files wherever the system has them. */
const FLAGS = ["test", "--allow-all"];

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
let success = await run(Deno.args.length > 0 ? Deno.args : [...PARALLEL, "tests"]);
if (totals.passed + totals.failed === 0) {
  console.log("No test was executed");
  success = false;
}

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
Deno.exit(success ? 0 : 1);

/** Run `deno test`, show its output as it comes, and add to the totals; `false` if anything failed. */
async function run(args: string[]): Promise<boolean> {
  const colour = Deno.stdout.isTerminal() && !Deno.noColor;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...FLAGS, ...args],
    env: { DENO_JOBS: JOBS, ...(colour ? { FORCE_COLOR: "1" } : {}) },
    stdout: "piped",
  }).spawn();
  const [{ success }, summary] = await Promise.all([
    child.status,
    showAndFindSummary(child.stdout),
  ]);
  if (summary) {
    totals.passed += summary.passed;
    totals.failed += summary.failed;
    totals.skipped += summary.skipped;
  }
  // Deno gives no count when it could not even start the tests, for instance for a type error.
  if (!success && !summary?.failed) totals.failed++;
  return success;
}

/** Hand the output on, and read the totals out of the last line that has the form of Deno's summary. */
async function showAndFindSummary(output: ReadableStream<Uint8Array>): Promise<Totals | undefined> {
  const terminal = Deno.stdout.writable.getWriter();
  const decoder = new TextDecoder();
  let line = "";
  let summary: Totals | undefined;
  for await (const chunk of output) {
    await terminal.write(chunk);
    const lines = (line + decoder.decode(chunk, { stream: true })).split("\n");
    line = lines.pop()!;
    for (const complete of lines) summary = parseSummary(complete) ?? summary;
  }
  terminal.releaseLock();
  return summary;
}

/** `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`, with or without colours. */
function parseSummary(line: string): Totals | undefined {
  // deno-lint-ignore no-control-regex
  const text = line.replace(/\x1b\[[\d;]*m/g, "");
  const match = text.match(
    /^(?:ok|FAILED) \| (\d+) passed[^|]* \| (\d+) failed[^|]*(?:\| (\d+) ignored)?/,
  );
  if (!match) return undefined;
  const [, passed, failed, skipped = "0"] = match;
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
}
