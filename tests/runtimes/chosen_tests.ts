/**
 * The tests that a command line asks for.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** What was asked for. */
export interface ChosenTests {
  /** Files and folders, from the top of the repository; none if none are named. */
  readonly paths: readonly string[];
  /** A part of the names of the tests; undefined for all tests. */
  readonly filter: string | undefined;
  /** The version of the runtime; undefined for the oldest one that is supported. */
  readonly version: string | undefined;
}

/**
 * Reads a command line: `--filter`, `--version`, files and folders.
 *
 * @param args The arguments.
 */
export function chosenTests(args: readonly string[]): ChosenTests {
  const options: Record<string, string | undefined> = {};
  const paths: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const name = /^--(filter|version)$/.exec(args[i])?.[1];
    if (name !== undefined) options[name] = args[++i];
    else paths.push(args[i].replace(/\/$/, ""));
  }
  return { paths, filter: options.filter, version: options.version };
}

/**
 * Finds the files of tests.
 *
 * @param paths Files and folders, from the top of the repository.
 * @returns The files, sorted.
 */
export async function testFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (path.endsWith(".ts")) {
      found.push(path);
      continue;
    }
    for await (const { name, isDirectory } of Deno.readDir(new URL(path, ROOT))) {
      if (isDirectory) found.push(...await testFiles([`${path}/${name}`]));
      else if (name.endsWith("_test.ts")) found.push(`${path}/${name}`);
    }
  }
  return found.toSorted();
}
