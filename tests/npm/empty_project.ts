/**
 * An empty Node project that installs the npm package: the proof that the package is whole.
 *
 * @module
 */

import { npmInstall } from "../setup/npm.ts";

/** Versions of what the project installs besides: the oldest supported runtimes, and the compilers. */
const TOOLS = {
  "@types/node": "22.20.0",
  "bun": "1.3.0",
  "node": "22.0.0",
  "typescript": "5.9.3",
};

/** What a program in the project runs on. */
export type Engine = "node" | "bun";

/** A project in a temporary folder. Dispose of it with `await using`. */
export class EmptyProject implements AsyncDisposable {
  /** Where it is. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes a project and installs a package in it.
   *
   * @param tarball What `npm pack` has made.
   * @param files Files of the project, by name.
   * @returns The project.
   */
  static async create(
    tarball: string,
    files: Readonly<Record<string, string>>,
  ): Promise<EmptyProject> {
    const project = new EmptyProject(await Deno.makeTempDir({ prefix: "npm-project-" }));
    try {
      await project.#fill(tarball, files);
      return project;
    } catch (error) {
      await project[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Runs one of the installed programs.
   *
   * @param program Its name.
   * @param args Its arguments.
   * @param env Variables for its environment.
   * @throws {Error} If it fails.
   */
  async run(
    program: Engine | "tsc",
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await run(`${this.folder}/node_modules/.bin/${program}`, args, { cwd: this.folder, env });
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  async #fill(tarball: string, files: Readonly<Record<string, string>>): Promise<void> {
    const manifest = { private: true, type: "module", devDependencies: TOOLS };
    await Deno.writeTextFile(`${this.folder}/package.json`, JSON.stringify(manifest));
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${this.folder}/${name}`, text);
    }
    // The package of Node fetches its program by a script.
    await npmInstall(this.folder, [tarball], { scripts: true });
  }
}

/**
 * Makes the archive that npm would publish.
 *
 * @param folder The folder of the package.
 * @param output Where to put the archive.
 * @returns Its path.
 */
export async function pack(folder: string, output: string): Promise<string> {
  const { stdout, success } = await new Deno.Command("npm", {
    args: ["pack", "--json", "--pack-destination", output],
    cwd: folder,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot pack the package: npm pack failed");
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
  console.log(
    `${filename}: ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}, ${entryCount} files`,
  );
  return `${output}/${filename}`;
}

async function run(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<void> {
  const { success } = await new Deno.Command(program, { args: [...args], ...options }).spawn()
    .status;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (!success) throw new Error(`Cannot go on: ${name} ${args.join(" ")} failed`);
}
