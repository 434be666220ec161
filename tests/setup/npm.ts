/**
 * Installs packages of npm aside from the project.
 *
 * @module
 */

/** How packages are installed. */
export interface NpmOptions {
  /**
   * Whether their own scripts run, of which some fetch a program.
   *
   * @default {false}
   */
  readonly scripts?: boolean;
}

/**
 * Installs packages into a folder, besides those that its `package.json` names.
 *
 * @param folder The folder. It is made if it is not there, and so is its `package.json`.
 * @param packages The packages with their versions, as npm reads them.
 * @param options How.
 * @throws {Error} If npm fails, or is not there; the message says why.
 */
export async function npmInstall(
  folder: string,
  packages: readonly string[],
  { scripts = false }: NpmOptions = {},
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  await writeManifest(folder);
  const reason = await failureOf(folder, [
    ...["install", "--no-audit", "--no-fund", "--loglevel=error", "--save-exact"],
    ...(scripts ? [] : ["--ignore-scripts"]),
    ...packages,
  ]);
  if (reason !== undefined) throw new Error(`Cannot install ${packages.join(", ")}: ${reason}`);
}

/** Without a manifest npm looks for one in the folders above, which is that of another project. */
async function writeManifest(folder: string): Promise<void> {
  try {
    await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }\n', {
      createNew: true,
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Runs npm. Tells why it failed, if it did. */
async function failureOf(cwd: string, args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("npm", { args, cwd, stdin: "null" })
      .output();
    if (success) return undefined;
    const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    // The first line has only a code.
    const lines = text.trim().split("\n").filter((line) => !line.startsWith("npm error code "));
    return lines[0];
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "npm is not on the PATH";
  }
}
