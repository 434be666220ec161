/**
 * Looks for servers that have outlived the tests that started them. They are known by their folder, which is inside the
 * folder for temporary files of the tests.
 *
 * @module
 */

/** How long a watchdog may take to end its server, in milliseconds. */
const LIMIT = 10_000;

/**
 * Ends the processes that are still there in a folder after some time.
 *
 * @param folder The folder for temporary files that all of them got.
 * @returns What they are: their command lines. Empty where there is no `/proc`.
 */
export async function endSurvivors(folder: string): Promise<string[]> {
  const end = performance.now() + LIMIT;
  let found = await processesIn(folder);
  while (found.size > 0 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    found = await processesIn(folder);
  }
  for (const pid of found.keys()) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
    }
  }
  return [...found.values()];
}

/** Command lines of the processes that work in a folder, or were started with a path in it, by their id. */
async function processesIn(folder: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for await (const { name } of entriesOf("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    // A process may end at any moment, and those of other users cannot be looked at.
    const [cwd, line] = await Promise.all([
      Deno.readLink(`/proc/${name}/cwd`).catch(() => ""),
      Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => ""),
    ]);
    if (cwd.startsWith(`${folder}/`) || line.includes(`${folder}/`)) {
      found.set(Number(name), line.replaceAll("\0", " ").trim());
    }
  }
  return found;
}

async function* entriesOf(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
