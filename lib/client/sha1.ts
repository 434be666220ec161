/**
 * Synchronous SHA-1: with the asynchronous one of the platform, a script would be sent after later calls.
 *
 * @module
 */

const BLOCK = 64;

/**
 * Computes the SHA-1 digest of a text.
 *
 * @param text The text; UTF-8 is what is digested.
 * @returns 40 hexadecimal digits in lower case.
 */
export function sha1(text: string): string {
  const message = padded(encode(text));
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const schedule = new Uint32Array(80);
  for (let at = 0; at < message.byteLength; at += BLOCK) {
    for (let i = 0; i < 16; i++) schedule[i] = message.getUint32(at + i * 4);
    for (let i = 16; i < 80; i++) {
      schedule[i] = rotated(
        schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16],
        1,
      );
    }
    stir(state, schedule);
  }
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** The message with a 1 bit, zeros and its length in bits behind it, in whole blocks. */
function padded(bytes: Uint8Array): DataView {
  const { length } = bytes;
  const message = new Uint8Array(Math.ceil((length + 9) / BLOCK) * BLOCK);
  message.set(bytes);
  message[length] = 0x80;
  const view = new DataView(message.buffer);
  view.setBigUint64(message.length - 8, BigInt(length) * 8n);
  return view;
}

/** Takes one block into the state. */
function stir(state: Uint32Array, schedule: Uint32Array): void {
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i++) {
    const [mixed, constant] = i < 20
      ? [(b & c) | (~b & d), 0x5a827999]
      : i < 40
      ? [b ^ c ^ d, 0x6ed9eba1]
      : i < 60
      ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
      : [b ^ c ^ d, 0xca62c1d6];
    const next = (rotated(a, 5) + mixed + e + constant + schedule[i]) | 0;
    [a, b, c, d, e] = [next, a, rotated(b, 30), c, d];
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** `encode()` of Bun 1.3 loses bytes of long texts that were put together of others. */
function encode(text: string): Uint8Array {
  const buffer = new Uint8Array(text.length * 3);
  return buffer.subarray(0, new TextEncoder().encodeInto(text, buffer).written);
}
