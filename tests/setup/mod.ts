/**
 * `deno task setup`: what a fresh machine needs before the tests or the demo can run. Everything that
 * is already there is left alone, so that a second run takes a fraction of a second.
 *
 * Nothing here imports `@std`: making it importable is one of the jobs.
 *
 * @module
 */
import { ensurePrograms } from "./programs.ts";
import { ensureStd } from "./std.ts";

try {
  await Promise.all([ensurePrograms(), ensureStd()]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
