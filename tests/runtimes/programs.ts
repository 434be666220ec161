/**
 * The runtimes, and the compiler that makes syntax of today readable for them; all from npm, aside from the project.
 *
 * @module
 */

import { exists } from "../setup/exists.ts";
import { npmInstall } from "../setup/npm.ts";

/** Where everything goes; git ignores it. */
export const FOLDER = `${new URL("./", import.meta.url).pathname}.install`;

/** A runtime on which the tests can run. */
export type Runtime = "node" | "bun";

/** The versions that are installed unless another one is asked for: the oldest ones that are supported. */
const OLDEST: Readonly<Record<Runtime, string>> = { node: "22", bun: "1.3.0" };
const ESBUILD = "0.28.2";

/**
 * Installs a runtime and the compiler, unless they are there already.
 *
 * @param runtime The runtime.
 * @param version Its version, as npm reads it.
 * @returns Paths of their programs.
 */
export async function install(
  runtime: Runtime,
  version: string = OLDEST[runtime],
): Promise<{ program: string; esbuild: string }> {
  const [program, esbuild] = await Promise.all([
    installPackage(runtime, version),
    installPackage("esbuild", ESBUILD),
  ]);
  return { program, esbuild };
}

async function installPackage(name: string, version: string): Promise<string> {
  const folder = `${FOLDER}/${name}-${version}`;
  const program = `${folder}/node_modules/.bin/${name}`;
  if (await exists(program)) return program;
  console.log(`Installing ${name} ${version}`);
  await npmInstall(folder, [`${name}@${version}`], { scripts: true });
  return program;
}
