/**
 * `@std` from JSR where that can be reached, else the facades of `std/` (its README says why).
 *
 * @module
 */

/** The versions that the facades stand for. */
const VERSIONS: Record<string, string> = {
  assert: "1.0.19",
  async: "1.5.0",
  testing: "1.0.20",
  yaml: "1.2.0",
};

/** How long Deno may take to say whether it can reach JSR. A refusal comes in a tenth of a second. */
const LIMIT_MS = 5000;

/** How long facades are used before Deno is asked again. */
const TRUST_MS = 24 * 60 * 60 * 1000;

const SOURCES = new URL("std/", import.meta.url);
const PROBE = new URL("std_probe.ts", import.meta.url);
/** Members of the workspace in `deno.json`; as such they satisfy `jsr:@std/…` for Deno. */
const FACADES = new URL("../../.jsr/", import.meta.url);

/**
 * See to it that Deno can resolve `@std`: writes the facades where it cannot, removes them where it
 * can, and keeps those that are fresh without asking.
 */
export async function ensureStd(): Promise<void> {
  const wanted = await facadeFiles();
  const age = await facadeAge();
  if (age !== undefined && age < TRUST_MS && await areThere(wanted)) return;

  if (await isJsrReachable()) {
    if (age === undefined) return;
    await Deno.remove(FACADES, { recursive: true });
    console.log("JSR can be reached: @std comes from there again");
    return;
  }
  await replaceFacades(wanted);
  if (age === undefined) {
    console.log("JSR cannot be reached: @std comes from npm (see tests/setup/std/README.md)");
  }
}

/** What belongs into the folder of the facades: content by path. */
async function facadeFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [name, version] of Object.entries(VERSIONS)) {
    const exports: Record<string, string> = {};
    for await (const { name: file } of Deno.readDir(new URL(`${name}/`, SOURCES))) {
      files.set(`${name}/${file}`, await Deno.readTextFile(new URL(`${name}/${file}`, SOURCES)));
      if (file === "mod.ts") exports["."] = "./mod.ts";
      else if (!file.endsWith(".d.ts")) exports[`./${file.replace(/\.ts$/, "")}`] = `./${file}`;
    }
    const configuration = { name: `@std/${name}`, version, exports, publish: false };
    files.set(`${name}/deno.json`, JSON.stringify(configuration, null, 2) + "\n");
  }
  return files;
}

/** Milliseconds since the facades were written, or undefined if there are none. */
async function facadeAge(): Promise<number | undefined> {
  try {
    const { mtime } = await Deno.stat(FACADES);
    return Date.now() - (mtime?.getTime() ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function areThere(wanted: Map<string, string>): Promise<boolean> {
  try {
    for (const [path, content] of wanted) {
      if (await Deno.readTextFile(new URL(path, FACADES)) !== content) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Write all facades beside the old folder, then swap: another Deno never sees half of them. */
async function replaceFacades(wanted: Map<string, string>): Promise<void> {
  const fresh = await Deno.makeTempDir({
    dir: new URL("../../", import.meta.url).pathname,
    prefix: ".jsr-",
  });
  for (const [path, content] of wanted) {
    const file = `${fresh}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
  await Deno.chmod(fresh, 0o755);
  try {
    await Deno.remove(FACADES, { recursive: true }).catch(() => {});
    await Deno.rename(fresh, FACADES);
  } catch (error) {
    await Deno.remove(fresh, { recursive: true });
    // Another setup that ran at the same time may have been faster; its facades are as good.
    if (!(await areThere(wanted))) throw error;
  }
}

/**
 * Ask Deno itself, since settings, proxies and its own cache decide. It sees no `deno.json` then, or
 * it would find the facades. What it can reach is in its cache afterwards.
 */
async function isJsrReachable(): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-config", "--no-lock", PROBE.href],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(LIMIT_MS),
  }).spawn();
  const { success, stdout } = await child.output();
  if (!success) return false;
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { error?: string }[];
  };
  return modules.every(({ error }) => error === undefined);
}
