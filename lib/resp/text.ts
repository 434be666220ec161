/**
 * Bytes to text, as fast as it goes for short and long strings.
 *
 * @module
 */

// A BOM is data here, and invalid UTF-8 becomes U+FFFD: text never makes a reply fail.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const fromCharCode = String.fromCharCode;

/** Longer strings that are put together piece by piece are kept as a tree of their pieces, many times their size. */
const APPENDED = 12;
/** Up to this length handing over the characters beats a call into the runtime. */
const SHORT = 24;
/** Up to this length the runtime's Node part, where there is one, is several times as fast as `TextDecoder`. */
const MEDIUM = 256;

/** After so many strings of medium length the Node part is worth the time that it takes to load, some 20 ms. */
const BUSY = 2000;

/** Decodes UTF-8 exactly as `decoder` does. */
type Slice = (this: Uint8Array, start: number, end: number) => string;
let slice: Slice | undefined;
let mediumStrings = 0;

/** For each length up to `SHORT`, where the characters of a string are gathered. */
const gathered = Array.from(
  { length: SHORT + 1 },
  (_, length) => new Array<number>(length).fill(0),
);

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
  if (end - start > APPENDED) {
    const codes = gathered[end - start];
    for (let i = start, j = 0; i < end; i++, j++) {
      const byte = buffer[i];
      if (byte > 127) return decodeLong(buffer, start, end);
      codes[j] = byte;
    }
    return fromCharCode.apply(null, codes);
  }
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte > 127) return decodeLong(buffer, start, end);
    text += fromCharCode(byte);
  }
  return text;
}

function decodeLong(buffer: Uint8Array, start: number, end: number): string {
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
