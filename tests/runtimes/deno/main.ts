/**
 * `deno task test:deno`: runs the tests of the standalone client on another version of Deno, by default the oldest one that is
 * supported.
 *
 *     deno task test:deno
 *     deno task test:deno --version 2.5.7 tests/standalone/tls_test.ts --filter certificate
 *
 * The version comes from npm. It runs the sources as they are, without checking types, which are those of today. `@std` is
 * given to it as files that this Deno bundles.
 *
 * @module
 */

import configuration from "../../../deno.json" with { type: "json" };
import { npmInstall } from "../../setup/npm.ts";
import { chosenTests, testFiles } from "../chosen_tests.ts";
import { FOLDER } from "../programs.ts";
import { leftOutOn } from "./left_out.ts";

/** The oldest Deno on which the client runs. */
const OLDEST = "2.3.7";

const ROOT = new URL("../../../", import.meta.url);
const PREPARATION = new URL("preparation.ts", import.meta.url).href;

/** Which tests run if none are named. */
const TESTS = ["tests/standalone"];

/** The modules of `@std` that these tests import. */
const STD = ["assert", "async", "async/delay", "async/retry", "testing/time", "yaml"];

const { paths, filter, version = OLDEST } = chosenTests(Deno.args);
const program = await install(version);
const leftOut = leftOutOn(version);
const folder = await Deno.makeTempDir({ prefix: "deno-tests-" });
try {
  await writeConfiguration(folder);
  await writeEntries(folder, await testFiles(paths.length > 0 ? paths : TESTS));
  const { success } = await new Deno.Command(program, {
    args: [
      ...["test", "--allow-all", "--no-check", "--no-lock", `--config=${folder}/deno.json`],
      ...(Deno.env.has("REDIS_URL") ? [] : ["--parallel"]),
      ...(filter === undefined ? [] : [`--filter=${filter}`]),
      `${folder}/entries`,
    ],
    cwd: ROOT,
    env: {
      DENO_JOBS: Deno.env.get("DENO_JOBS") ?? "2",
      LEFT_OUT: JSON.stringify(leftOut.flatMap(({ names }) => names)),
    },
  }).spawn().status;
  for (const { since, reason, names } of leftOut) {
    console.log(`Left out before Deno ${since}: ${reason} (${names.join("; ")})`);
  }
  console.log(`${success ? "The tests pass" : "Tests fail"} on Deno ${version}`);
  Deno.exitCode = success ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Installs a version of Deno, unless it is there. Returns its program. */
async function install(version: string): Promise<string> {
  const folder = `${FOLDER}/deno-${version}`;
  const found = await programIn(folder);
  if (found !== undefined) return found;
  console.log(`Installing Deno ${version} from npm`);
  await npmInstall(folder, [`deno@${version}`]);
  const program = await programIn(folder);
  if (program === undefined) {
    throw new Error(`Cannot run Deno ${version}: npm has no program of it for this machine`);
  }
  return program;
}

/** The package has one package with the program for each platform, of which npm installs those that fit. */
async function programIn(folder: string): Promise<string | undefined> {
  const scope = `${folder}/node_modules/@deno`;
  try {
    for await (const { name } of Deno.readDir(scope)) return `${scope}/${name}/deno`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return undefined;
}

/** Old versions know no `sanitizeOps` in `deno.json`, and give packages of npm the timers of Node, which `@std` does not expect. */
async function writeConfiguration(folder: string): Promise<void> {
  const imports: Record<string, string> = {};
  const entries = STD.map((name) => `${folder}/std_${name.replace("/", "_")}.ts`);
  for (const [i, name] of STD.entries()) {
    await Deno.writeTextFile(entries[i], `export * from "@std/${name}";\n`);
    imports[`@std/${name}`] = `${folder}/std/std_${name.replace("/", "_")}.js`;
  }
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--config=deno.json",
      "--code-splitting",
      `--outdir=${folder}/std`,
      ...entries,
    ],
    cwd: ROOT,
  }).spawn().status;
  if (!success) throw new Error("Cannot bundle @std");
  const { name, exports } = configuration;
  for (const [entry, source] of Object.entries(exports)) {
    imports[name + entry.slice(1)] = new URL(source, ROOT).href;
  }
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
}

/** Writes a file for each file of tests, which imports it after the preparation. */
async function writeEntries(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const entry = `${folder}/entries/${file}`;
    await Deno.mkdir(entry.slice(0, entry.lastIndexOf("/")), { recursive: true });
    const imported = [PREPARATION, new URL(file, ROOT).href];
    await Deno.writeTextFile(entry, imported.map((url) => `import "${url}";\n`).join(""));
  }
}
