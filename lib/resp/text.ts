/**
 * Bytes to text, as fast as it goes for short and long strings.
 *
 * @module
 */

import { decodeShort, SHORT } from "./short_text.ts";

// A BOM is data here, and invalid UTF-8 becomes U+FFFD: text never makes a reply fail.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this length the runtime's Node part, where there is one, is several times as fast as `TextDecoder`. */
const MEDIUM = 256;

/** After so many strings of medium length the Node part is worth the time that it takes to load, some 20 ms. */
const BUSY = 2000;

/** Decodes UTF-8 exactly as `decoder` does. */
type Slice = (this: Uint8Array, start: number, end: number) => string;
let slice: Slice | undefined;
let mediumStrings = 0;

/**
 * Decodes `buffer[start..end)` as UTF-8.
 *
 * @param buffer The bytes.
 * @param start Position of the first byte.
 * @param end Position behind the last byte.
 * @returns The text; it does not refer to the buffer.
 */
export function decodeText(buffer: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return decodeLong(buffer, start, end);
  let bits = 0;
  for (let i = start; i < end; i++) bits |= buffer[i];
  return bits > 127 ? decodeLong(buffer, start, end) : decodeShort(buffer, start, end - start);
}

/**
 * Decodes `buffer[start..end)` as UTF-8, without a look at whether it is short.
 *
 * @param buffer The bytes.
 * @param start Position of the first byte.
 * @param end Position behind the last byte.
 * @returns The text; it does not refer to the buffer.
 */
export function decodeLong(buffer: Uint8Array, start: number, end: number): string {
  if (end - start > MEDIUM) return decoder.decode(buffer.subarray(start, end));
  if (slice !== undefined) return slice.call(buffer, start, end);
  if (++mediumStrings === BUSY) slice = nodeSlice();
  return decoder.decode(buffer.subarray(start, end));
}

/** Loads the runtime's Node part, where there is one. */
function nodeSlice(): Slice | undefined {
  return (globalThis as { Buffer?: { prototype: { utf8Slice?: Slice } } }).Buffer?.prototype
    .utf8Slice;
}
