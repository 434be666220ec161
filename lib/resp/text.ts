/**
 * Bytes to text, as fast as it goes for short and long strings.
 *
 * @module
 */

// A BOM is data here, and invalid UTF-8 becomes U+FFFD: text never makes a reply fail.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const fromCharCode = String.fromCharCode;

/** Up to this length a loop over the characters beats the call into the runtime. */
const SHORT = 16;

/**
 * Decodes `buffer[start..end)` as UTF-8.
 *
 * @param buffer The bytes.
 * @param start Position of the first byte.
 * @param end Position behind the last byte.
 * @returns The text; it does not refer to the buffer.
 */
export function decodeText(buffer: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return decoder.decode(buffer.subarray(start, end));
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte > 127) return decoder.decode(buffer.subarray(start, end));
    text += fromCharCode(byte);
  }
  return text;
}
