/**
 * Which of the 16384 slots a key belongs to.
 *
 * @module
 */

import type { Argument } from "../lib/resp/reply.ts";

/** How many slots a cluster has. */
export const SLOTS = 16_384;

const OPEN = 123; // {
const CLOSE = 125; // }

/** Remainders of CRC-16/XMODEM (polynomial 0x1021) for each byte. */
const TABLE = /* @__PURE__ */ makeTable();

const utf8 = new TextEncoder();

function makeTable(): Uint16Array {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    table[byte] = crc;
  }
  return table;
}

/**
 * Computes the slot of a key: CRC-16 modulo 16384 of its hash tag's bytes, or of all its bytes if it has none.
 *
 * The hash tag is what stands between the first `{` and the next `}`, if that is anything.
 *
 * @param key The key, as it would be sent.
 * @returns The slot, from 0 to 16383.
 */
export function slotOf(key: Argument): number {
  if (typeof key === "string") return slotOfText(key);
  return key instanceof Uint8Array ? slotOfBytes(key) : slotOfText(String(key));
}

function slotOfText(key: string): number {
  let start = 0;
  let end = key.length;
  const open = key.indexOf("{");
  if (open !== -1) {
    const close = key.indexOf("}", open + 1);
    if (close > open + 1) {
      start = open + 1;
      end = close;
    }
  }
  let crc = 0;
  for (let i = start; i < end; i++) {
    const code = key.charCodeAt(i);
    if (code > 127) return slotOfBytes(utf8.encode(key));
    crc = (crc << 8 ^ TABLE[(crc >> 8 ^ code) & 0xff]) & 0xffff;
  }
  return crc & (SLOTS - 1);
}

function slotOfBytes(key: Uint8Array): number {
  let start = 0;
  let end = key.length;
  const open = key.indexOf(OPEN);
  if (open !== -1) {
    const close = key.indexOf(CLOSE, open + 1);
    if (close > open + 1) {
      start = open + 1;
      end = close;
    }
  }
  let crc = 0;
  for (let i = start; i < end; i++) {
    crc = (crc << 8 ^ TABLE[(crc >> 8 ^ key[i]) & 0xff]) & 0xffff;
  }
  return crc & (SLOTS - 1);
}
