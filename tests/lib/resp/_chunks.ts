/**
 * Ways to cut the bytes of a connection into chunks.
 *
 * @module
 */

import type { Random } from "./_random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Pieces of one size; the last one may be shorter. */
export function pieces(bytes: Bytes, size: number): Bytes[] {
  const cut: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.subarray(at, at + size));
  return cut;
}

/** All ways to cut in two. */
export function* inTwo(bytes: Bytes): Generator<Bytes[]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** All ways to cut in three, for short inputs. */
export function* inThree(bytes: Bytes): Generator<Bytes[]> {
  for (let a = 1; a < bytes.length; a++) {
    for (let b = a + 1; b < bytes.length; b++) {
      yield [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)];
    }
  }
}

/** Pieces of random sizes: in one case all tiny, in another all large, in most a mixture. Some are empty. */
export function randomly(bytes: Bytes, random: Random): Bytes[] {
  // However long the input: no more than some thousand pieces.
  const longest = Math.max(bytes.length / 2000, random.pick([1, 3, 20, 200, 5000, 100_000]));
  const cut: Bytes[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = random.chance(0.02) ? 0 : random.integer(1, Math.ceil(longest));
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

/** One stretch of memory for all. */
export function concatenate(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Each character is one byte: `"\xff"` is 255. */
export function binary(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) throw new RangeError(`Cannot make a byte of the character ${text[i]}`);
    bytes[i] = code;
  }
  return bytes;
}
