/**
 * Pages and iteration of the SCAN commands: SCAN, HSCAN, SSCAN and ZSCAN.
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

/** How often an iteration may start over because another server process answered. */
const MAX_RESTARTS = 100;

/** Position of a scan: `"0"` for the first page, then the `cursor` of the page before. */
export type Cursor = string | number | bigint;

/**
 * Cursor of a scan of one node.
 *
 * A cursor is only valid on the node that returned it. On a client that may reach several nodes this type is a message
 * that says what to use instead.
 *
 * @typeParam N How many nodes the commands of the client reach.
 */
export type NodeCursor<N extends Reach> = [N] extends ["one"] ? Cursor
  : "use scanIterator(), or a view of one node: with({ route }).scan(cursor)";

/**
 * One page of a scan.
 *
 * @typeParam E Type of the items.
 */
export interface ScanPage<E> {
  /** Pass it to read the next page; `"0"` means that this page was the last one. */
  cursor: string;
  /** The items of the page. A page can be empty although more pages follow. */
  items: E[];
}

/** Options for SCAN, HSCAN, SSCAN and ZSCAN. */
export interface ScanOptions {
  /**
   * Return only items that match this glob pattern, such as `"user:*"`; all items by default.
   *
   * The server applies it after it has read a page, so pages can be empty.
   */
  match?: Key;
  /**
   * About how many items the server looks at for one page. Higher numbers mean fewer, slower requests.
   *
   * @default {10}
   */
  count?: number;
}

/** Shape of the options for the items of a page. */
export const SCAN_OPTIONS: OptionShape<ScanOptions> = { match: "word", count: "word" };

/**
 * Appends `MATCH` and `COUNT`.
 *
 * @param words The words of the command so far.
 * @param options The options.
 * @returns `words`.
 */
export function appendScanOptions(words: Words, options: ScanOptions): Words {
  appendOption(words, "MATCH", options.match);
  appendOption(words, "COUNT", options.count);
  return words;
}

/**
 * Copies the bytes of the pattern, so that the caller can change them during the iteration.
 *
 * @param options The options from the caller.
 * @returns The options, or a copy if the pattern is bytes.
 */
export function takenOptions<O extends ScanOptions>(options: O | undefined): O | undefined {
  return options?.match instanceof Uint8Array
    ? { ...options, match: taken(options.match) }
    : options;
}

/**
 * Decodes a page of a scan.
 *
 * @param reply The reply: a cursor and a list.
 * @param items Decoder of the list.
 * @param origin The server process that sent the reply.
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

/** Origins of pages, kept outside of them so that the pages look as documented. */
const origins = new WeakMap<ScanPage<unknown>, Origin>();

/** Decodes a page of bulk strings. */
export function toBulksPage<T extends string | Uint8Array>(
  reply: Reply,
  _bytes?: boolean,
  origin?: Origin,
): ScanPage<T> {
  return toScanPage(reply, toBulks<T>, origin);
}

/**
 * Yields the items of all pages, and reads each page when the one before is used up.
 *
 * The caller can leave the loop at any time: the server keeps no state for a scan. A cursor is only valid in the server
 * process that made it. If a page comes from another process than the page before, as after a restart or a failover,
 * the page is dropped and the scan starts over.
 *
 * @param readPage Reads the page at a cursor.
 * @throws {RedisError} If reading a page rejects, or the scan started over too often.
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
          `Cannot complete the scan: it started over ${MAX_RESTARTS} times, because another server ` +
            "process answered, or the connection was lost and the server does not report its run_id",
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
