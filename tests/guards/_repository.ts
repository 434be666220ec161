/**
 * The files of the repository, for tests on the code itself.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url);

/** Folders that hold nothing of ours. */
const SKIPPED = new Set(["coverage", "node_modules"]);

/**
 * List the TypeScript files under a folder, as paths from the top of the repository ("lib/errors.ts").
 *
 * @param folder Where to start, "" for everything; a folder that does not exist has no files
 */
export async function* repositoryFiles(folder = ""): AsyncGenerator<string> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(new URL(folder, ROOT))) entries.push(entry);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const { name, isDirectory } of entries) {
    if (name.startsWith(".") || SKIPPED.has(name)) continue;
    const path = folder === "" ? name : `${folder.replace(/\/$/, "")}/${name}`;
    if (isDirectory) yield* repositoryFiles(`${path}/`);
    else if (name.endsWith(".ts")) yield path;
  }
}

/** List the documents at the top of the repository ("README.md"). */
export async function* repositoryDocuments(): AsyncGenerator<string> {
  for await (const { name } of Deno.readDir(ROOT)) {
    if (name.endsWith(".md")) yield name;
  }
}

/** Read a file that was listed here. */
export function readRepositoryFile(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}
