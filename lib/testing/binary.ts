/**
 * Finds the server program.
 *
 * @module
 */

/** Programs that are tried in this order if `REDIS_SERVER` names none. */
const CANDIDATES = ["valkey-server", "redis-server"];

/**
 * Finds the server program: the path in the environment variable `REDIS_SERVER`, else `valkey-server`, else
 * `redis-server` on the `PATH`.
 *
 * @example Print which server the tests use
 * ```ts
 * import { findServerBinary } from "@babushka/redis/testing";
 *
 * console.log(await findServerBinary());
 * ```
 *
 * @returns Path or name of the program, after a successful run of it with `--version`.
 * @throws {Error} If there is none. The message says how to install one.
 */
export async function findServerBinary(): Promise<string> {
  const named = Deno.env.get("REDIS_SERVER");
  if (named !== undefined && named !== "") {
    if (await runs(named)) return named;
    throw new Error(
      `Cannot start a server: REDIS_SERVER names "${named}", expected a program that can be run`,
    );
  }
  for (const candidate of CANDIDATES) {
    if (await runs(candidate)) return candidate;
  }
  throw new Error(
    "Cannot start a server: neither valkey-server nor redis-server is on the PATH. Install one " +
      '("brew install valkey", "apt-get install redis-server", "dnf install valkey"), ' +
      "or set the environment variable REDIS_SERVER to its path",
  );
}

/** Programs that have run, each with the `PATH` on which it was found. */
const seenToRun = new Set<string>();

async function runs(program: string): Promise<boolean> {
  const seen = `${program} ${Deno.env.get("PATH")}`;
  if (seenToRun.has(seen)) return true;
  try {
    const { success } = await new Deno.Command(program, {
      args: ["--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) seenToRun.add(seen);
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
