/**
 * `deno task check`: everything about the sources that can be told without running them. All checks run
 * even if an early one fails, so that one look shows what is left to do.
 *
 * @module
 */
import configuration from "../../deno.json" with { type: "json" };

const ENTRY_POINTS = Object.values(configuration.exports);

const CHECKS: readonly (readonly string[])[] = [
  ["fmt", "--check", "--quiet"],
  ["lint", "--quiet"],
  // All at once, so that the examples in the docs see the globals of tests/guards/examples_test.ts.
  ["check", "--quiet", "--doc", "."],
  ["doc", "--quiet", "--lint", ...ENTRY_POINTS],
  ["publish", "--quiet", "--dry-run", "--allow-dirty"],
];

const failed: string[] = [];
for (const args of CHECKS) {
  const name = `deno ${args.filter((arg) => arg !== "--quiet").join(" ")}`;
  console.log(name);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) failed.push(name);
}
for (const name of failed) console.error(`Failed: ${name}`);
Deno.exit(failed.length === 0 ? 0 : 1);
