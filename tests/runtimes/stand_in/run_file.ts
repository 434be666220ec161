/**
 * Runs the tests of one file on this runtime: the compiled file, the text that names must have, and the tests that are
 * left out, as JSON. The last line has the outcome as JSON.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { emit } from "./events.ts";
import { OUTCOME } from "./outcome.ts";
import { type Outcome, runTests } from "./tests.ts";

const [file, only, excluded] = process.argv.slice(2);
let stray = 0;
endWithParent();
process.on("unhandledRejection", (reason) => {
  if (!emit("unhandledrejection", { reason })) onStray("A promise that rejects unhandled", reason);
});
process.on("uncaughtException", (error) => {
  const { message } = error;
  if (!emit("error", { error, message })) onStray("An error that nobody catches", error);
});

const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
try {
  await import(pathToFileURL(file).href);
  Object.assign(outcome, await runTests(only, JSON.parse(excluded)));
} catch (error) {
  console.log(`${file} ... FAILED`);
  console.log(error);
  outcome.failed++;
}
// What is wrong in the background shows a moment later.
await new Promise((resolve) => setTimeout(resolve, 20));
outcome.failed += stray;
console.log(OUTCOME + JSON.stringify(outcome));
// Servers of the whole file end with the process.
process.exit(outcome.failed === 0 ? 0 : 1);

/** Ends this process when the one that started it is gone. Tests may replace timers later. */
function endWithParent(): void {
  // Bun 1.3.0 never changes it.
  const { ppid } = process;
  setInterval(() => {
    try {
      process.kill(ppid, 0);
    } catch {
      process.exit(1);
    }
  }, 500).unref();
}

function onStray(kind: string, error: unknown): void {
  stray++;
  console.log(`${kind} ... FAILED`);
  console.log(error);
}
