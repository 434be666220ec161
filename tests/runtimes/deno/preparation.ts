/**
 * What tests need on old versions of Deno. It is imported before them.
 *
 * - No sanitizers: old ones take timers that do not keep the process alive, and those of servers that several tests share, for
 *   leaks. The suite on the newest Deno has them.
 * - `AsyncDisposableStack`, which came with V8 13.5.
 *
 * @module
 */

import { AsyncDisposableStack } from "../stand_in/stack.ts";

if (!("AsyncDisposableStack" in globalThis)) Object.assign(globalThis, { AsyncDisposableStack });

const { test } = Deno;

/** Parts of the names of tests that are left out. */
const leftOut: readonly string[] = JSON.parse(Deno.env.get("LEFT_OUT") ?? "[]");

/** Registers a test without sanitizers, in whichever form it was written. */
function register(fixed: Partial<Deno.TestDefinition>, args: readonly unknown[]): void {
  const definition: Record<string, unknown> = {};
  for (const arg of args) {
    if (typeof arg === "string") definition.name = arg;
    else if (typeof arg === "function") definition.fn = arg;
    else Object.assign(definition, arg);
  }
  definition.name ??= (definition.fn as { name: string }).name;
  const { name } = definition as { name: string };
  if (leftOut.some((part) => name.includes(part))) definition.ignore = true;
  Object.assign(definition, fixed, { sanitizeOps: false, sanitizeResources: false });
  test(definition as unknown as Deno.TestDefinition);
}

const substitute = Object.assign((...args: unknown[]) => register({}, args), {
  ignore: (...args: unknown[]) => register({ ignore: true }, args),
  only: (...args: unknown[]) => register({ only: true }, args),
});
Object.assign(Deno, { test: substitute });
