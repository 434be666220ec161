/**
 * Checks the names that callers want to subscribe to.
 *
 * @module
 */

import { describe } from "../option_shape.ts";
import { isMany, listOf } from "../words.ts";
import { Forms, type Name } from "./topic.ts";

/** One item or several: an array, a `Set`, a generator or any other iterable object. */
export type OneOrMany<A> = A | Iterable<A>;

/**
 * Takes names from a caller. Bytes are copied.
 *
 * @param method Name of the method, for messages.
 * @param names One name or several.
 * @returns Each name once.
 * @throws {TypeError} If there are none, or one is neither text nor bytes, or has a lone surrogate.
 */
export function namesOf(method: string, names: OneOrMany<Name>): Forms[] {
  const list: readonly unknown[] = listOf(names);
  if (list.length === 0) {
    throw new TypeError(`Cannot call ${method} without a name: expected one or more`);
  }
  const forms = new Map<string, Forms>();
  for (const [i, name] of list.entries()) {
    const given = isMany(names) ? `name ${i}` : "a name";
    if (name instanceof Error) throw name;
    if (typeof name !== "string" && !(name instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot call ${method}: ${given} is ${describe(name)}, expected a string or Uint8Array`,
      );
    }
    if (typeof name === "string" && !name.isWellFormed()) {
      throw new TypeError(
        `Cannot call ${method}: ${given} has a lone surrogate, which has no UTF-8 form`,
      );
    }
    const form = new Forms(name);
    forms.set(form.key, form);
  }
  return [...forms.values()];
}
