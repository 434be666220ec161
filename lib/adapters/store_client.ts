/**
 * The client as the stores for other libraries see it.
 *
 * @module
 */

import type { Client } from "../client/client.ts";

/** A client: `RedisClient` or `RedisClusterClient`. */
export interface StoreClient {
  /** Returns the value of a key. */
  get(key: string): Promise<string | null>;
  /** Deletes keys. */
  unlink(keys: string[]): Promise<number>;
  /** Runs a command. */
  customCommand(words: (string | number | Uint8Array)[]): Promise<unknown>;
}

/**
 * Checks that an argument is a client.
 *
 * @param client The argument.
 * @param what Object that uses the client, for the message.
 * @returns The client with all its methods.
 * @throws {TypeError} If it is not a client.
 */
export function clientOf(client: StoreClient, what: string): Client {
  const given = client as Partial<Client> | null | undefined;
  if (typeof given?.customCommand !== "function" || typeof given.scanIterator !== "function") {
    throw new TypeError(`Cannot create ${what}: expected a RedisClient or a RedisClusterClient`);
  }
  return given as Client;
}

/** Number of keys to delete with one command. */
const PAGE = 500;

/**
 * Deletes the keys with a prefix.
 *
 * @param client The client.
 * @param prefix The prefix.
 */
export async function clearKeys(client: Client, prefix: string): Promise<void> {
  let page: string[] = [];
  for await (const key of keysOf(client, prefix)) {
    if (page.push(key) < PAGE) continue;
    await client.unlink(page);
    page = [];
  }
  if (page.length > 0) await client.unlink(page);
}

/**
 * Iterates over the keys with a prefix, each once.
 *
 * @param client The client.
 * @param prefix The prefix.
 */
export async function* keysOf(client: Client, prefix: string): AsyncGenerator<string> {
  // A scan may find a key several times.
  const found = new Set<string>();
  const match = `${prefix.replace(/[\\*?[\]]/g, "\\$&")}*`;
  for await (const key of client.scanIterator({ match, count: PAGE })) {
    if (found.has(key)) continue;
    found.add(key);
    yield key;
  }
}
