import { assertEquals } from "@std/assert";
import { decodeText } from "../../../lib/resp/text.ts";
import { concatenate } from "./_chunks.ts";

/** What the platform makes of it; it is right at all lengths, and slow at short ones. */
function plain(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Decodes something in the middle of a buffer, so that looking beyond its ends would show. */
function embedded(bytes: Uint8Array): string {
  const around = new TextEncoder().encode("é!");
  const buffer = concatenate([around, bytes, around]);
  return decodeText(buffer, around.length, around.length + bytes.length);
}

const ALPHABET = new TextEncoder().encode("abcdefghijklmnopqrstuvwxyz0123456789\0\t\r\n\x7f");

Deno.test("decodeText() decodes ASCII of every length", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => ALPHABET[i % ALPHABET.length]);
    assertEquals(embedded(bytes), plain(bytes));
  }
});

Deno.test("decodeText() decodes other characters at every position", () => {
  for (const character of ["é", "€", "😀", "\ufeff", "\x80"]) {
    const other = new TextEncoder().encode(character);
    for (let length = other.length; length <= 40; length++) {
      for (let at = 0; at + other.length <= length; at++) {
        const bytes = new Uint8Array(length).fill(97);
        bytes.set(other, at);
        assertEquals(embedded(bytes), plain(bytes));
      }
    }
  }
});

Deno.test("decodeText() replaces what is not UTF-8, as the platform does", () => {
  for (let byte = 128; byte < 256; byte++) {
    for (const length of [1, 2, 12, 13, 32, 33, 100]) {
      const bytes = new Uint8Array(length).fill(97);
      bytes[length - 1] = byte;
      assertEquals(embedded(bytes), plain(bytes));
      bytes[0] = byte;
      assertEquals(embedded(bytes), plain(bytes));
    }
  }
});

Deno.test("decodeText() gives out the same text again and again, whatever came between", () => {
  const [a, b] = [new Uint8Array(20).fill(97), new Uint8Array(20).fill(98)];
  const first = decodeText(a, 0, 20);
  assertEquals(decodeText(b, 0, 20), "b".repeat(20));
  assertEquals(first, "a".repeat(20));
});
