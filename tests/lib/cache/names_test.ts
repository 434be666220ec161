import { assertEquals, assertNotEquals } from "@std/assert";
import { copyOfName, nameOfBytes, nameOfCall, nameOfKey } from "../../../lib/cache/names.ts";

const utf8 = new TextEncoder();

Deno.test("nameOfKey() is the same for all spellings of a key that are the same on the wire", () => {
  for (const key of ["k", "", "ä€😀", "\u{10000}a", "\ufeffk", "\ufffd"]) {
    assertEquals(nameOfKey(key), key);
    assertEquals(nameOfKey(utf8.encode(key)), key);
    assertEquals(nameOfBytes(utf8.encode(key)), key);
  }
  assertEquals(nameOfKey(7), nameOfKey("7"));
  assertEquals(nameOfKey(7n), nameOfKey("7"));
  assertEquals(nameOfKey(-0), nameOfKey("0"));
  assertEquals(nameOfKey(1.5), nameOfKey("1.5"));
  assertEquals(nameOfKey(Infinity), nameOfKey("inf"));
});

Deno.test("nameOfKey() tells bytes that are no UTF-8 apart, from each other and from all text", () => {
  const names = new Set<string | undefined>();
  for (let byte = 128; byte < 256; byte++) names.add(nameOfKey(Uint8Array.of(byte)));
  names.add(nameOfKey("\ufffd"));
  assertEquals(names.size, 129);
  for (const name of names) if (name !== "\ufffd") assertEquals(name!.isWellFormed(), false);
  assertEquals(nameOfKey(nameOfKey(Uint8Array.of(255))), undefined);
});

Deno.test("nameOfKey() refuses what cannot be sent", () => {
  for (const key of [NaN, null, undefined, {}, new Error("no"), true]) {
    assertEquals(nameOfKey(key), undefined);
  }
});

Deno.test("copyOfName() gives the same name", () => {
  for (const key of ["", "k", "ä€😀", "\ufeffk", Uint8Array.of(255, 1)]) {
    const name = nameOfKey(key)!;
    assertEquals(copyOfName(name), name);
  }
});

Deno.test("nameOfCall() differs if a word does, whatever the words are", () => {
  const name = (...words: string[]) => nameOfCall("HGET", ["HGET", "k", ...words], 1);
  assertEquals(name("a"), name("a"));
  assertNotEquals(name("a", "b"), name("ab"));
  assertNotEquals(name("1:a"), name("1", "a"));
  assertNotEquals(name("@"), name("a"));
  assertNotEquals(
    nameOfCall("SINTERCARD", ["SINTERCARD", "1", "k"], 2),
    nameOfCall("SINTERCARD", ["SINTERCARD", "2", "k"], 2),
  );
  assertEquals(nameOfCall("HGET", ["HGET", "k", new Error("no")], 1), undefined);
});
