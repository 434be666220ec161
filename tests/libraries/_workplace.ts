/**
 * What the tests of other libraries need: their files, their packages, and this library as one file.
 *
 * @module
 */

/** Files of a repository on GitHub. */
export interface RepositoryFiles {
  /** Owner and name. */
  readonly repository: string;
  /** Revision. */
  readonly revision: string;
  /** Files and folders in it. */
  readonly paths: readonly string[];
}

/**
 * Puts files of a repository into a folder.
 *
 * @param folder The folder.
 * @param files The files.
 * @param source A Git repository that has the revision, also a bare one; by default they are downloaded.
 */
export async function fetchFiles(
  folder: string,
  { repository, revision, paths }: RepositoryFiles,
  source: string | undefined,
): Promise<void> {
  const archive = `${folder}/files.tar`;
  if (source === undefined) {
    const url = `https://codeload.github.com/${repository}/tar.gz/${revision}`;
    console.log(`Downloading ${url}`);
    const response = await fetch(url).catch((error) => {
      throw new Error(
        `Cannot download the tests: ${error.message}. Give a checkout of ${repository} by --source`,
      );
    });
    if (!response.ok) throw new Error(`Cannot download ${url}: status ${response.status}`);
    await Deno.writeFile(archive, response.body!);
    const patterns = paths.map((path) => `*/${path}`);
    await run(folder, "tar", ["xzf", archive, "--strip-components=1", "--wildcards", ...patterns]);
  } else {
    await run(folder, "git", ["-C", source, "archive", "--output", archive, revision, ...paths]);
    await run(folder, "tar", ["xf", archive]);
  }
  await Deno.remove(archive);
}

/**
 * Makes one file of plain JavaScript of this library: Vite, which compiles the tests, does not know the imports of Deno.
 *
 * @param entry What the tests need of it.
 * @param output The file.
 */
export async function bundle(entry: URL, output: string): Promise<void> {
  console.log("Bundling this library");
  const root = new URL("../..", import.meta.url).pathname;
  const args = ["bundle", "--quiet", "--platform", "deno", "--output", output, entry.pathname];
  await run(root, Deno.execPath(), args);
}

/**
 * Runs a program.
 *
 * @param cwd Where.
 * @param program The program.
 * @param args Its arguments.
 */
export async function run(cwd: string, program: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args, cwd }).spawn().status;
  if (!success) throw new Error(`Cannot go on: ${program} ${args[0]} failed`);
}
