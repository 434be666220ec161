/**
 * Builds the npm package: JavaScript in a few files for all entry points together, declarations with docs, `package.json`.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import { declarationsOf } from "./declarations.ts";
import { entryPoints, manifestOf } from "./manifest.ts";

const ROOT = new URL("../../", import.meta.url);

const DOCUMENTS = ["README.md", "CHANGELOG.md"];

/** The comment that the bundler puts in front of what comes from `@std/async`: a URL of JSR, or a path where npm stands in. */
const FROM_STD = /^\/\/ \S*\/(?:@std|deno-std)\/(?:\S*\/)?async\/(?:\S*\/)?(\w+)\.\w+$/gm;

const STD_NOTICE = "Copyright 2018-2026 the Deno authors. MIT license.";

/** A class that names itself: the bundler gives it another name inside, which would be seen in logs. */
const RENAMED = /\bvar (\w+) = class _\1\b/g;

/** What is imported from elsewhere. */
const IMPORTED = /^\s*(?:import|export)\b(?:[^;"]*?\bfrom)?\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/**
 * Builds the package.
 *
 * @param folder Where to. What is there is removed.
 * @throws {Error} If it would need another package, or an export has no explicit type.
 */
export async function buildPackage(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const sources = entryPoints(configuration).map(([, source]) => source);
  await bundle(sources, folder);
  await finishCode(folder);
  for (const [path, text] of declarationsOf(sources, readSource)) {
    await write(`${folder}/${path.replace(/\.ts$/, ".d.ts")}`, text);
  }
  for (const name of DOCUMENTS) await Deno.copyFile(new URL(name, ROOT), `${folder}/${name}`);
  await write(`${folder}/LICENSE`, licence(readSource("LICENSE") ?? ""));
  await write(
    `${folder}/package.json`,
    JSON.stringify(manifestOf(configuration), null, 2) + "\n",
  );
}

/**
 * Bundles: one file for all that entry points share is loaded three times as fast as a file for each module. So the package
 * has the functions of `@std/async`, which npm's registry lacks, in itself.
 */
async function bundle(sources: readonly string[], folder: string): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--code-splitting", `--outdir=${folder}`, ...sources],
    cwd: ROOT,
  }).spawn().status;
  if (!success) throw new Error("Cannot bundle the library: deno bundle failed");
}

/** Mends names, names the authors of `@std/async`, and makes sure that nothing is imported that is not there. */
async function finishCode(folder: string): Promise<void> {
  for await (const path of codeFiles(folder)) {
    const code = await Deno.readTextFile(path);
    let finished = code.replaceAll(FROM_STD, (_, name) => `// @std/async/${name}: ${STD_NOTICE}`);
    for (const [, name] of code.matchAll(RENAMED)) {
      finished = finished.replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name);
    }
    if (finished !== code) await Deno.writeTextFile(path, finished);
    for (const [, fixed, dynamic] of code.matchAll(IMPORTED)) {
      const specifier = fixed ?? dynamic;
      if (!/^(?:\.{1,2}\/|node:)/.test(specifier)) {
        throw new Error(`Cannot make a package without dependencies: ${path} needs ${specifier}`);
      }
    }
  }
}

async function* codeFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* codeFiles(`${folder}/${name}`);
    else if (name.endsWith(".js")) yield `${folder}/${name}`;
  }
}

/** Our licence, and that of what the package has of `@std/async`, which has the same words. */
function licence(ours: string): string {
  const terms = ours.replace(/^Copyright .*$/m, "Copyright 2018-2026 the Deno authors.");
  return `${ours}\n---\n\nThe functions of @std/async that this package contains:\n\n${terms}`;
}

function readSource(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(path, ROOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}
