/**
 * Compiles the tests for another runtime. The library stays as it is, but for its types.
 *
 * A test, and a file of the test kit, sees the stand-in wherever it says `Deno`: an import that is put in front of it.
 * `@std` and npm packages come in as Deno resolves them.
 *
 * @module
 */

import { FOLDER } from "./programs.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const SOURCES = ["mod.ts", "lib", "standalone", "cluster", "tests", ".jsr", "deno.json"];
/** What says `Deno` and means the stand-in. */
const DENO_CODE = /^(tests\/(?!runtimes\/)|lib\/testing\/)/;
/** What the stand-in has. */
const STOOD_IN = ["Deno", "AsyncDisposableStack", "addEventListener", "removeEventListener"];
/** The program that runs the tests of a file. */
const RUNNER = "tests/runtimes/stand_in/run_file";

/** The program that dies with servers under way. */
const KILLED = "tests/runtimes/killed";

/** Compiled tests. */
export interface Compiled {
  /** The folder that has all of it, to be removed. */
  readonly folder: string;
  /** The program that runs a file. */
  readonly runner: string;
  /** The program that starts servers and dies. */
  readonly killed: string;
  /** Where the compiled form of a file is. */
  pathOf(file: string): string;
}

/**
 * Compiles tests.
 *
 * @param files Paths of test files from the top of the repository.
 * @param esbuild The compiler for syntax that Node 22 lacks.
 */
export async function compile(
  files: readonly string[],
  esbuild: string,
): Promise<Compiled> {
  const folder = await Deno.makeTempDir({ dir: FOLDER, prefix: "compiled-" });
  const [tree, compiled] = [`${folder}/tree`, `${folder}/compiled`];
  for (const part of [tree, compiled]) await Deno.mkdir(part);
  for (const source of SOURCES) await copy(source, tree);
  const entries = [`${RUNNER}.ts`, `${KILLED}.ts`, ...files].map((file) => `./${file}`);
  await run(tree, Deno.execPath(), [
    "bundle",
    "--quiet",
    "--platform=deno",
    "--code-splitting",
    `--outdir=${compiled}`,
    ...entries,
  ]);
  const outputs: string[] = [];
  for await (const file of filesIn(compiled)) if (file.endsWith(".js")) outputs.push(file);
  await Deno.writeTextFile(`${compiled}/package.json`, '{ "type": "module" }\n');
  // `using` is for tests only: a guard keeps it out of the library.
  await run(compiled, esbuild, [
    "--target=node22",
    "--format=esm",
    "--log-level=error",
    "--outdir=.",
    "--allow-overwrite",
    ...outputs.map((file) => file.slice(compiled.length + 1)),
  ]);
  // The bundler leaves out the folder that all entries are in.
  const pathOf = (file: string): string =>
    `${compiled}/${file.replace(/^tests\//, "").replace(/\.ts$/, ".js")}`;
  return { folder, runner: pathOf(`${RUNNER}.ts`), killed: pathOf(`${KILLED}.ts`), pathOf };
}

async function copy(path: string, tree: string): Promise<void> {
  const { isDirectory } = await Deno.stat(ROOT + path).catch(() => ({ isDirectory: undefined }));
  if (isDirectory === undefined) return;
  if (isDirectory) {
    await Deno.mkdir(`${tree}/${path}`, { recursive: true });
    for await (const { name } of Deno.readDir(ROOT + path)) {
      if (name !== ".install" && name !== "node_modules") await copy(`${path}/${name}`, tree);
    }
  } else if (DENO_CODE.test(path) && path.endsWith(".ts")) {
    await Deno.writeTextFile(
      `${tree}/${path}`,
      forStandIn(path, await Deno.readTextFile(ROOT + path)),
    );
  } else {
    await Deno.copyFile(ROOT + path, `${tree}/${path}`);
  }
}

/** The code of a test or of the test kit, for the stand-in. Lines stay where they are. */
function forStandIn(path: string, code: string): string {
  code = code.replaceAll(/\bglobalThis\.(?=(add|remove)EventListener)/g, "");
  const up = "../".repeat(path.split("/").length - 1);
  const original = JSON.stringify(`file://${ROOT}${path}`);
  const needed = STOOD_IN.filter((name) => new RegExp(`(?<!\\.)\\b${name}\\b`).test(code));
  const imports = needed.length === 0
    ? ""
    : `import { ${needed.join(", ")} } from "${up}tests/runtimes/stand_in/mod.ts"; `;
  return imports + code.replaceAll("import.meta.url", original);
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesIn(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

async function run(cwd: string, program: string, args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  if (success) return;
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  throw new Error(`Cannot compile the tests: ${program} ${args[0]} failed\n${out}${err}`);
}
