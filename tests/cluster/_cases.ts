/**
 * Reading the case files of this folder's tests.
 *
 * @module
 */

import { parse } from "@std/yaml";

/**
 * Reads a file of cases.
 *
 * @typeParam T What the file holds; it is not checked.
 * @param name Name of a file in tests/cases/.
 */
export async function readCases<T>(name: string): Promise<T> {
  return parse(await Deno.readTextFile(new URL(`../cases/${name}`, import.meta.url))) as T;
}

/**
 * Bytes from hexadecimal digits.
 *
 * @param hex Two digits for each byte.
 */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}
