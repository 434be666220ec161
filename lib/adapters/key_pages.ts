/**
 * Pages of the keys of a server or a cluster, as other libraries read them.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import type { Carrier } from "./carrier.ts";

/** Which keys are read, and how. */
export interface KeyPagesParts<T> {
  /** Runs something with the client. */
  readonly use: Carrier["use"];
  /** Number of keys of a page; the last one may have fewer. */
  readonly count: number;
  /** Begins a scan of the client. */
  scan(client: Client): AsyncIterable<T>;
  /** Makes the error of the library of one of the client. */
  translate(error: unknown): unknown;
}

/**
 * Reads keys page by page.
 *
 * @param parts Which keys, and how.
 */
export async function* keyPages<T>(
  { use, count, scan, translate }: KeyPagesParts<T>,
): AsyncGenerator<T[]> {
  const client = await use((client) => Promise.resolve(client));
  let page: T[] = [];
  try {
    for await (const key of scan(client)) {
      if (page.push(key) < count) continue;
      yield page;
      page = [];
    }
  } catch (error) {
    throw translate(error);
  }
  if (page.length > 0) yield page;
}
