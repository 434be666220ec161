/**
 * A module for the server that does nothing, made on the spot where there is a C compiler.
 *
 * @module
 */

/**
 * Whoever loads a module gives it a context, whose first word is a function that finds others by name. That is all that
 * it takes to say who it is.
 */
const SOURCE = `
int RedisModule_OnLoad(void *ctx, void **argv, int argc) {
  (void)argv;
  (void)argc;
  int (*find)(const char *, void *) = *(int (**)(const char *, void *))ctx;
  void (*introduce)(void *, const char *, int, int) = 0;
  find("RedisModule_SetModuleAttribs", &introduce);
  introduce(ctx, "nothing", 7, 1);
  return 0;
}
`;

/** Name of the module. */
export const MODULE_NAME = "nothing";

/** Its version. */
export const MODULE_VERSION = 7;

/** Why the module cannot be made here; undefined if it can. */
export const NO_COMPILER: string | undefined = await findCompiler();

async function findCompiler(): Promise<string | undefined> {
  try {
    const { success } = await new Deno.Command("cc", {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? undefined : "the C compiler does not work";
  } catch {
    return "there is no C compiler";
  }
}

/**
 * Makes the module.
 *
 * @param folder Where to.
 * @returns Path of its file.
 * @throws {Error} If it cannot be compiled.
 */
export async function makeModule(folder: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/nothing.c`, SOURCE);
  const { success, stderr } = await new Deno.Command("cc", {
    args: ["-shared", "-fPIC", "-o", `${folder}/nothing.so`, `${folder}/nothing.c`],
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${folder}/nothing.so`;
}
