/**
 * Reading a whole catalogue, and comparing it.
 *
 * @module
 */

import type { RedisClient } from "../../../mod.ts";
import { isProduct, type Product, productKey } from "./catalogue.ts";

/** Reads that are under way at the same time. */
const AT_ONCE = 500;

/**
 * Reads all products.
 *
 * @param client Where from.
 * @param products The catalogue.
 * @param onProgress Called now and then with how many were read.
 * @returns How many were missing, or not as they had been stored.
 */
export async function readCatalogue(
  client: RedisClient,
  products: readonly Product[],
  onProgress: (read: number) => void = () => {},
): Promise<number> {
  let wrong = 0;
  for (let at = 0; at < products.length; at += AT_ONCE) {
    const chunk = products.slice(at, at + AT_ONCE);
    const replies = await Promise.all(chunk.map((product) => client.hgetall(productKey(product))));
    wrong += chunk.filter((product, i) => !isProduct(product, replies[i])).length;
    onProgress(at + chunk.length);
  }
  return wrong;
}
