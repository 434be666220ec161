/**
 * What the commands of the SCAN family have in common: pages, and iterating over them.
 *
 * @module
 */

import { RedisError } from "../errors.ts";
import type { Origin, Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { taken } from "../words.ts";
import { appendOption, type Key } from "./_args.ts";
import { elements, toBulks, toText, unexpected } from "./_decode.ts";
import type { Reach } from "./_reach.ts";

/** How often a scan may start over because another server process answered. */
const MAX_RESTARTS = 100;

/** Where a scan shall go on: `"0"` to begin, then what the last page said. */
export type Cursor = string | number | bigint;

/**
 * Where a scan of one node is. A surface that may reach several nodes takes none: a cursor belongs to one of them.
 *
 * @typeParam N How many nodes are reached.
 */
export type NodeCursor<N extends Reach> = [N] extends ["one"] ? Cursor
  : "use scanIterator(), or a view of one node: with({ route }).scan(cursor)";

/**
 * One page of a scan.
 *
 * @typeParam E What an item is.
 */
export interface ScanPage<E> {
  /** Where the next page begins; `"0"` means that this page was the last one. */
  cursor: string;
  /** The items: any number of them, also none. */
  items: E[];
}

/** Options for the commands of the SCAN family. */
export interface ScanOptions {
  /** Only items that match this glob pattern. The server applies it to each page, so that pages can be empty. */
  match?: Key;
  /** About how many items the server looks at for one page. @default {10} */
  count?: number;
}

/** Shape of the options for the items of a page. */
export const SCAN_OPTIONS: OptionShape<ScanOptions> = { match: "word", count: "word" };

/**
 * Appends the options of a scan.
 *
 * @param words Where to append.
 * @param options The options.
 * @returns `words`.
 */
export function appendScanOptions(words: Words, options: ScanOptions): Words {
  appendOption(words, "MATCH", options.match);
  appendOption(words, "COUNT", options.count);
  return words;
}

/**
 * The options of a scan that goes on after the call: bytes of the pattern are copied.
 *
 * @param options The options as the caller gave them.
 * @returns The options, or a copy.
 */
export function takenOptions<O extends ScanOptions>(options: O | undefined): O | undefined {
  return options?.match instanceof Uint8Array
    ? { ...options, match: taken(options.match) }
    : options;
}

/**
 * A page of a scan.
 *
 * @param reply A cursor and a list.
 * @param items Decoder of the list.
 * @param origin Where the reply came from.
 * @returns The page.
 */
export function toScanPage<E>(
  reply: Reply,
  items: (reply: Reply) => E[],
  origin: Origin | undefined,
): ScanPage<E> {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a cursor and a list");
  const page = { cursor: toText(parts[0]), items: items(parts[1]) };
  if (origin !== undefined) origins.set(page, origin);
  return page;
}

/** Origins of pages. They are not properties of the pages, which look as documented. */
const origins = new WeakMap<ScanPage<unknown>, Origin>();

/** A page of bulk strings in the mode of the surface. */
export function toBulksPage<T extends string | Uint8Array>(
  reply: Reply,
  _bytes?: boolean,
  origin?: Origin,
): ScanPage<T> {
  return toScanPage(reply, toBulks<T>, origin);
}

/**
 * Yields the items of all pages, reading a page when the one before is used up.
 *
 * The loop can be left at any time: the server keeps no state for a scan. A cursor is valid only in the process that made it.
 * If a page came from another process than the page before (after a restart or a failover), it is dropped, and the scan
 * starts over.
 *
 * @param readPage Reads the page at a cursor.
 * @throws {RedisError} Whatever reading a page rejects with; or if the scan would have to start over too often.
 */
export async function* iteratePages<E>(
  readPage: (cursor: string) => Promise<ScanPage<E>>,
): AsyncGenerator<E, void, undefined> {
  let cursor = "0";
  let origin: Origin | undefined;
  let restarts = 0;
  while (true) {
    const page = await readPage(cursor);
    const from = origins.get(page);
    if (cursor !== "0" && !await isSameProcess(from, origin)) {
      if (++restarts > MAX_RESTARTS) {
        throw new RedisError(
          `Cannot complete the scan: it began again ${MAX_RESTARTS} times, because another server ` +
            "answered, or the connection was lost and the server does not tell its run_id",
        );
      }
      cursor = "0";
      continue;
    }
    origin = from;
    cursor = page.cursor;
    if (cursor !== "0") origin?.remember();
    for (const item of page.items) yield item;
    if (cursor === "0") return;
  }
}

async function isSameProcess(
  origin: Origin | undefined,
  earlier: Origin | undefined,
): Promise<boolean> {
  if (origin === undefined || earlier === undefined) return origin === earlier;
  return await origin.isSameProcess(earlier);
}
