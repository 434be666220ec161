/**
 * Iterations over pages, as node-redis 5 has them.
 *
 * @module
 */

import type { Client } from "../../client/client.ts";
import type { Reply } from "../../resp/reply.ts";
import type { Carrier } from "../carrier.ts";
import { keyPages } from "../key_pages.ts";
import { type CallOptions, viewOf } from "./command_options.ts";
import { clientIsClosed } from "./errors.ts";
import { shaped } from "./replies.ts";

/** What is looked for, and how many items a page has. */
export interface PageOptions {
  /** Where to begin. */
  cursor?: string;
  /** A pattern. */
  MATCH?: string;
  /** About how many items a page has. */
  COUNT?: number;
  /** The type of the keys. */
  TYPE?: string;
}

/**
 * Iterates over pages.
 *
 * @param read Reads the page at a cursor.
 * @param name Where the items of a page are.
 * @param options Where to begin.
 */
export async function* pages(
  read: (cursor: string) => Promise<Record<string, unknown>>,
  name: string,
  { cursor = "0" }: PageOptions = {},
): AsyncGenerator<unknown[]> {
  let next = cursor;
  do {
    const page = await read(next);
    next = page.cursor as string;
    yield page[name] as unknown[];
  } while (next !== "0");
}

/**
 * Iterates over the keys of a cluster, page by page.
 *
 * @param use Runs something with the client.
 * @param options What is looked for.
 * @param call How the pages are read.
 */
export async function* clusterPages(
  use: Carrier["use"],
  { MATCH: match, COUNT: count = 100, TYPE: type }: PageOptions,
  call: CallOptions,
): AsyncGenerator<unknown[]> {
  const scan = (client: Client): AsyncIterable<Reply> =>
    viewOf(client, call).scanIterator({ match, count, type });
  for await (const page of keyPages({ use, scan, count, translate: clientIsClosed })) {
    yield page.map(shaped);
  }
}
