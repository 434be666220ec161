import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Words } from "../../lib/executor.ts";
import { refuseSurplus } from "../../lib/surplus_arguments.ts";

/** Rejects with the error in the words, as surfaces do. */
class Sender {
  send([error]: Words): Promise<unknown> {
    return Promise.reject(error);
  }
}

const METHODS = [
  function () {
    return [];
  },
  (a: unknown) => [a],
  (a: unknown, b: unknown) => [a, b],
  (a: unknown, b: unknown, c: unknown) => [a, b, c],
  (a: unknown, b: unknown, c: unknown, d: unknown) => [a, b, c, d],
  (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown) => [a, b, c, d, e],
  (a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) => [a, b, c, d, e, f],
];

Deno.test("a checked method gets its arguments, up to six", () => {
  for (const [count, method] of METHODS.entries()) {
    const checked = refuseSurplus("method", method as (...args: unknown[]) => unknown);
    const args = Array.from({ length: count }, (_, i) => i);
    assertEquals(checked.call(new Sender(), ...args), args);
    assertEquals(checked.call(new Sender(), ...args, undefined), args);
  }
});

Deno.test("a checked method keeps its receiver", () => {
  const sender = new Sender();
  const checked = refuseSurplus("method", function (this: Sender) {
    return this;
  });
  assertStrictEquals(checked.call(sender), sender);
});

Deno.test("a checked method has the name and the number of parameters that it had", () => {
  for (const [count, method] of METHODS.entries()) {
    const checked = refuseSurplus("method", method as (...args: unknown[]) => unknown);
    assertEquals([checked.name, checked.length], ["method", count]);
  }
});

Deno.test("a checked method rejects with a surplus argument, whatever their number", async () => {
  for (const [count, method] of METHODS.entries()) {
    const checked = refuseSurplus("method", method as (...args: unknown[]) => unknown);
    const args = Array.from({ length: count + 1 }, (_, i) => i);
    await assertRejects(
      () => checked.call(new Sender(), ...args) as Promise<unknown>,
      TypeError,
      `Cannot call method() with ${count + 1} arguments: it takes ${count || "none"}`,
    );
  }
});

Deno.test("a checked iterator rejects at its first step", async () => {
  const checked = refuseSurplus("keyIterator", (_a: unknown) => [] as unknown);
  const iterator = (checked as (...args: unknown[]) => AsyncGenerator).call(
    new Sender() as never,
    1,
    2,
  );
  await assertRejects(
    () => iterator.next(),
    TypeError,
    "Cannot call keyIterator() with 2 arguments",
  );
});

Deno.test("refuseSurplus() says when it has no check for so many parameters", () => {
  // deno-lint-ignore no-explicit-any -- only their number counts
  const method = (..._: [any, any, any, any, any, any, any]) => {};
  Object.defineProperty(method, "length", { value: 7 });
  assertThrows(
    () => refuseSurplus("method", method),
    RangeError,
    "Cannot check method(): it has 7",
  );
});
