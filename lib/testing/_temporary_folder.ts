const live = new Set<string>();
let listening = false;

/**
 * Makes a folder for one server, readable by this user alone.
 *
 * It goes when its owner removes it, and at the latest when this process ends in the normal way. For the other ways
 * there is the watchdog of `_process.ts`.
 */
export async function makeTemporaryFolder(): Promise<string> {
  if (!listening) {
    listening = true;
    globalThis.addEventListener("unload", removeAll);
  }
  const folder = await Deno.makeTempDir({ prefix: "babushka-" });
  live.add(folder);
  return folder;
}

/** Removes a folder with all that is in it; one that is gone already is no error. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  live.delete(folder);
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function removeAll(): void {
  for (const folder of live) {
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch {
      // The watchdog of the server may have been faster, or the server is still writing: it removes the rest.
    }
  }
}
