/**
 * Where the server program is.
 *
 * @module
 */

/** Programs that are tried in this order if `REDIS_SERVER` names none. */
const CANDIDATES = ["valkey-server", "redis-server"];

/**
 * Finds the server program: the one that the environment variable `REDIS_SERVER` names, else `valkey-server`, else
 * `redis-server` on the `PATH`.
 *
 * @example Knowing which server the tests run on
 * ```ts
 * import { findServerBinary } from "@babushka/redis/testing";
 *
 * console.log(await findServerBinary());
 * ```
 *
 * @returns Path or name of a program that has been seen to run.
 * @throws {Error} If there is none; the message names the cure.
 */
export async function findServerBinary(): Promise<string> {
  const named = Deno.env.get("REDIS_SERVER");
  if (named !== undefined && named !== "") {
    if (await runs(named)) return named;
    throw new Error(
      `Cannot start a server: REDIS_SERVER names "${named}", which is no program that runs`,
    );
  }
  for (const candidate of CANDIDATES) {
    if (await runs(candidate)) return candidate;
  }
  throw new Error(
    "Cannot start a server: neither valkey-server nor redis-server is on the PATH. Install one " +
      '("brew install valkey", "apt-get install redis-server", "dnf install valkey"), ' +
      "or let the environment variable REDIS_SERVER name the program",
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
