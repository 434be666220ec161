/**
 * Installs the other clients aside from the project, and finds the programs that they run on.
 *
 * @module
 */

import { buildPackage } from "../../tests/npm/build.ts";
import { npmInstall } from "../../tests/setup/npm.ts";
import { type Contestant, NODE, PACKAGES, type Runtime } from "./contestants.ts";

const HERE = new URL("./", import.meta.url).pathname;

/** Where everything goes; git ignores it. Tests take another folder. */
const FOLDER = Deno.env.get("BENCH_INSTALL") ?? `${HERE}.install`;

/** The files of this folder as JavaScript, for versions of Node that do not read TypeScript. */
const TRANSPILED = `${FOLDER}/transpiled`;

/** Our own client as npm would have it, for other runtimes than Deno. */
const OURS = `${FOLDER}/ours`;

/** The commands that run contestants. */
export interface Installation {
  /** Variables for the contestants' environment. */
  readonly env: Record<string, string>;
  /** The command that runs a contestant; a reason if there is none. */
  commandOf(contestant: Contestant): string[] | { absent: string };
  /** Versions of the runtimes, for the head of the table. */
  readonly versions: string[];
}

/**
 * Installs what some contestants need, unless it is there already.
 *
 * @param contestants Who takes part.
 * @param progress Is told what takes time.
 * @returns How to run the contestants.
 */
export async function install(
  contestants: readonly Contestant[],
  progress: (text: string) => void,
): Promise<Installation> {
  const absent = new Map<string, string>();
  await Deno.mkdir(FOLDER, { recursive: true });
  await writeManifest();
  for (const name of new Set(contestants.flatMap(({ package: name }) => name ?? []))) {
    const reason = await installPackage(name, progress);
    if (reason) absent.set(name, reason);
  }
  const programs = new Map<Runtime, string>();
  const versions: string[] = [];
  const wanted = new Set(contestants.map(({ runtime }) => runtime));
  if (contestants.some((contestant) => isOursElsewhere(contestant))) {
    progress("Building our own package for other runtimes");
    await buildPackage(OURS);
  }
  if (wanted.has("node")) await ensureNode(progress);
  for (const runtime of wanted) {
    for (const program of await programsFor(runtime)) {
      const version = await versionOf(program);
      if (version === undefined) continue;
      programs.set(runtime, program);
      versions.push(version);
      break;
    }
  }
  const transpiled = programs.has("node") ? await transpile() : "";

  return {
    env: { BENCH_PACKAGES: FOLDER, BENCH_REDIS_BENCHMARK: programs.get("native") ?? "" },
    versions,
    commandOf(contestant) {
      const { adapter, mode, runtime, package: name } = contestant;
      const reason = name && absent.get(name);
      if (reason) return { absent: reason };
      const program = programs.get(runtime);
      if (!program) return { absent: `There is no program for ${runtime}` };
      const script = `${HERE}clients/${adapter}.ts`;
      switch (runtime) {
        case "deno":
          return [program, "run", "-A", "--quiet", script, mode];
        case "native":
          return [Deno.execPath(), "run", "-A", "--quiet", script, mode];
        case "bun":
          return [program, script, mode];
        case "node":
          if (transpiled !== "") return { absent: transpiled };
          return [program, `${TRANSPILED}/clients/${adapter}.js`, mode];
      }
    },
  };
}

function isOursElsewhere({ adapter, runtime }: Contestant): boolean {
  return adapter === "babushka" && runtime !== "deno";
}

/** Installs Node where there is none that our client runs on. All clients run on the same one. */
async function ensureNode(progress: (text: string) => void): Promise<void> {
  for (const program of await programsFor("node")) {
    const version = await versionOf(program);
    if (version !== undefined && Number(/ (\d+)/.exec(version)?.[1]) >= NODE.oldest) return;
  }
  progress(`Installing Node ${NODE.version}`);
  const folder = `${FOLDER}/node`;
  // Its script fetches the program for this processor. Without it, the runtime is reported as missing.
  await npmInstall(folder, [`node@${NODE.version}`], { scripts: true }).catch(() => {});
}

/** Tells why a package cannot be installed, if so. */
async function installPackage(
  name: string,
  progress: (text: string) => void,
): Promise<string | undefined> {
  const version = PACKAGES[name];
  try {
    const manifest = await Deno.readTextFile(`${FOLDER}/node_modules/${name}/package.json`);
    if (JSON.parse(manifest).version === version) return undefined;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  progress(`Installing ${name} ${version}`);
  try {
    await npmInstall(FOLDER, [`${name}@${version}`]);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Keeps Node from taking the transpiled modules for CommonJS. */
async function writeManifest(): Promise<void> {
  const manifest = '{ "private": true, "type": "module" }\n';
  try {
    await Deno.writeTextFile(`${FOLDER}/package.json`, manifest, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Where the program of a runtime may be, the best place first. */
async function programsFor(runtime: Runtime): Promise<string[]> {
  switch (runtime) {
    case "deno":
      return [Deno.execPath()];
    case "node":
      return [`${FOLDER}/node/node_modules/.bin/node`, "node"];
    case "native":
      return ["redis-benchmark", "valkey-benchmark"];
    case "bun": {
      // The package "bun" links its program only by a script, and none are run.
      const folder = `${FOLDER}/node_modules/@oven`;
      const names: string[] = [];
      try {
        for await (const { name } of Deno.readDir(folder)) names.push(name);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      // There may be several builds, of which not all run on this processor.
      return names.sort().map((name) => `${folder}/${name}/bin/bun`);
    }
  }
}

/** Asks a program for its version; undefined = it does not run. */
async function versionOf(program: string): Promise<string | undefined> {
  // Where there is no Node, Deno lends its name to itself.
  if (program === "node" && !/undefined/.test((await run("node", ["-p", "typeof Deno"])).text)) {
    return undefined;
  }
  const { success, text } = await run(program, ["--version"]);
  const number = /\d+\.\d+\.\d+/.exec(text)?.[0];
  if (!success || number === undefined) return undefined;
  return `${program.split("/").at(-1)} ${number}`;
}

/** Tells why the files cannot be transpiled; "" if they have been. */
async function transpile(): Promise<string> {
  const files: string[] = [];
  for (const folder of ["", "clients/"]) {
    for await (const { name } of Deno.readDir(HERE + folder)) {
      if (name.endsWith(".ts")) files.push(folder + name);
    }
  }
  const { success, text } = await run(
    Deno.execPath(),
    ["transpile", "--quiet", "--outdir", TRANSPILED, ...files],
    HERE,
  );
  if (!success) return `Cannot transpile the adapters for Node: ${lastLineOf(text)}`;
  for (const file of files) {
    const path = `${TRANSPILED}/${file.replace(/ts$/, "js")}`;
    const code = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, code.replaceAll(/(from "\.{1,2}\/[^"]+)\.ts"/g, '$1.js"'));
  }
  return "";
}

async function run(
  program: string,
  args: string[],
  cwd?: string,
): Promise<{ success: boolean; text: string }> {
  try {
    const output = await new Deno.Command(program, { args, cwd, stdin: "null" }).output();
    const text = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { success: output.success, text: text.join("") };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { success: false, text: `${program} is not on the PATH` };
  }
}

function lastLineOf(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
