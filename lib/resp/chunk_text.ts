/**
 * The short strings of a chunk, cut out of its text where that is all ASCII.
 *
 * @module
 */

import { decodeShort, SHORT, V8 } from "./short_text.ts";
import { decodeLong, decodeText } from "./text.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to this length V8 copies a substring; a longer one would keep the whole text in memory. */
const COPIED = 12;
/** Decoding a chunk pays from so many bytes on. */
const WORTH_IT = 256;
/** How many chunks are left alone after one that is not ASCII: decoding those takes much longer. */
const PAUSE = 63;

/** Decodes the strings of one chunk after the other. */
export class ChunkText {
  /** The rest of the chunk; null if it is not ASCII, undefined if nobody has looked. */
  #text: string | null | undefined = undefined;
  /** Position of its first character in the chunk. */
  #from = 0;
  #pause = 0;

  /** Forgets the chunk. */
  reset(): void {
    this.#text = undefined;
  }

  /**
   * Decodes `chunk[start..end)` as UTF-8.
   *
   * @param chunk The chunk, the same one since the last reset.
   * @param start Position of the first byte, not before that of an earlier call.
   * @param end Position behind the last byte.
   * @returns The text; it does not refer to the chunk or its text.
   */
  decode(chunk: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length > SHORT) return decodeLong(chunk, start, end);
    // In JavaScriptCore a substring keeps the whole text until it is used.
    if (!V8) return decodeText(chunk, start, end);
    const text = this.#text === undefined ? this.#look(chunk, start) : this.#text;
    if (text === null) return decodeText(chunk, start, end);
    if (length > COPIED) return decodeShort(chunk, start, length);
    return text.substring(start - this.#from, end - this.#from);
  }

  #look(chunk: Uint8Array, from: number): string | null {
    this.#text = null;
    const count = chunk.length - from;
    if (count < WORTH_IT) return null;
    if (this.#pause > 0) {
      this.#pause--;
      return null;
    }
    const text = utf8.decode(chunk.subarray(from));
    // Any other character takes more bytes than it has code units; U+FFFD stands for bytes that are not UTF-8.
    if (text.length === count && !text.includes("\ufffd")) {
      this.#from = from;
      return this.#text = text;
    }
    this.#pause = PAUSE;
    return null;
  }
}
