/**
 * What the commands of the SCAN family have in common: pages, and iterating over them.
 *
 * @module
 */

import type { Words } from "../executor.ts";
import type { OptionShape } from "../option_shape.ts";
import type { Reply } from "../resp/reply.ts";
import { taken } from "../words.ts";
import { appendOption, type Key } from "./_args.ts";
import { elements, toBulks, toText, unexpected } from "./_decode.ts";

/** Where a scan shall go on: `"0"` to begin, then what the last page said. */
export type Cursor = string | number | bigint;

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

/** What there is to say about the items of a page. */
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
 * @returns The page.
 */
export function toScanPage<E>(reply: Reply, items: (reply: Reply) => E[]): ScanPage<E> {
  const parts = elements(reply);
  if (parts.length !== 2) return unexpected(reply, "a cursor and a list");
  return { cursor: toText(parts[0]), items: items(parts[1]) };
}

/** A page of bulk strings in the mode of the surface. */
export function toBulksPage<T extends string | Uint8Array>(reply: Reply): ScanPage<T> {
  return toScanPage(reply, toBulks<T>);
}

/**
 * Yields the items of all pages, reading a page when the one before is used up.
 *
 * It can be left at any time: the server keeps nothing for a scan.
 *
 * @param readPage Reads the page at a cursor.
 * @throws {RedisError} Whatever reading a page rejects with.
 */
export async function* iteratePages<E>(
  readPage: (cursor: string) => Promise<ScanPage<E>>,
): AsyncGenerator<E, void, undefined> {
  let cursor = "0";
  do {
    const page = await readPage(cursor);
    cursor = page.cursor;
    for (const item of page.items) yield item;
  } while (cursor !== "0");
}
