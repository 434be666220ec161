/**
 * Refuses calls with more arguments than the method has parameters.
 *
 * In untyped code, `set(key, value, "EX", 10)` would set a value that never expires, and `del("a", "b")` would delete
 * one key.
 *
 * @module
 */

import type { Decoder, Words } from "./executor.ts";

/** The class of such a method. It rejects by sending an error in the place of a word, if it can send. */
interface Sender {
  send?(words: Words, decode: Decoder<unknown>): Promise<unknown>;
}

// deno-lint-ignore no-explicit-any -- any method will do
type Method = (this: any, ...args: any[]) => unknown;

/**
 * Makes a method reject when it is given more arguments than it has parameters. Undefined counts as not given.
 *
 * Parameters with a default value are not counted by JavaScript, nor are those after them; so the method must have
 * none.
 *
 * @param name Name of the method, for the message; one that ends with `Iterator` rejects at the first step.
 * @param method The method.
 * @returns The method with the check.
 * @throws {RangeError} If it has more than six parameters.
 */
export function refuseSurplus<M extends Method>(name: string, method: M): M {
  const check = CHECKS[method.length];
  if (check === undefined) {
    throw new RangeError(`Cannot check ${name}(): it has ${method.length} parameters`);
  }
  const checked = check(method, name);
  Object.defineProperty(checked, "name", { value: name, configurable: true });
  return checked as M;
}

/**
 * Makes methods of a class reject when they are given more arguments than they have parameters.
 *
 * @param prototype Prototype of the class.
 * @param names Names of the methods.
 */
export function refuseSurplusIn(prototype: object, names: readonly string[]): void {
  for (const name of names) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    descriptor.value = refuseSurplus(name, descriptor.value);
    Object.defineProperty(prototype, name, descriptor);
  }
}

/**
 * By number of parameters. One function for all numbers would have to make an array for each call, which costs more
 * than the call.
 */
const CHECKS: readonly ((method: Method, name: string) => Method)[] = [
  (method, name) =>
    function () {
      if (arguments.length > 0 && isSurplus(arguments, 0)) return reject(this, name, arguments, 0);
      return method.call(this);
    },
  (method, name) =>
    function (a) {
      if (arguments.length > 1 && isSurplus(arguments, 1)) return reject(this, name, arguments, 1);
      return method.call(this, a);
    },
  (method, name) =>
    function (a, b) {
      if (arguments.length > 2 && isSurplus(arguments, 2)) return reject(this, name, arguments, 2);
      return method.call(this, a, b);
    },
  (method, name) =>
    function (a, b, c) {
      if (arguments.length > 3 && isSurplus(arguments, 3)) return reject(this, name, arguments, 3);
      return method.call(this, a, b, c);
    },
  (method, name) =>
    function (a, b, c, d) {
      if (arguments.length > 4 && isSurplus(arguments, 4)) return reject(this, name, arguments, 4);
      return method.call(this, a, b, c, d);
    },
  (method, name) =>
    function (a, b, c, d, e) {
      if (arguments.length > 5 && isSurplus(arguments, 5)) return reject(this, name, arguments, 5);
      return method.call(this, a, b, c, d, e);
    },
  (method, name) =>
    function (a, b, c, d, e, f) {
      if (arguments.length > 6 && isSurplus(arguments, 6)) return reject(this, name, arguments, 6);
      return method.call(this, a, b, c, d, e, f);
    },
];

function isSurplus(args: ArrayLike<unknown>, taken: number): boolean {
  for (let i = taken; i < args.length; i++) if (args[i] !== undefined) return true;
  return false;
}

function reject(sender: Sender, name: string, args: ArrayLike<unknown>, taken: number): unknown {
  const error = new TypeError(
    `Cannot call ${name}() with ${args.length} arguments: it takes ${
      taken === 0
        ? "none"
        : `${taken} at most; several items go into one array, options into one object`
    }`,
  );
  return name.endsWith("Iterator") ? failing(sender, error) : fail(sender, error);
}

function fail(sender: Sender, error: Error): Promise<unknown> {
  return sender.send?.([error], decode) ?? Promise.reject(error);
}

async function* failing(sender: Sender, error: Error): AsyncGenerator<never, void, undefined> {
  yield await fail(sender, error) as never;
}

function decode(): undefined {}
