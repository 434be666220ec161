import { assertEquals } from "@std/assert";
import { wordOf, wordsOf } from "../../../lib/adapters/words.ts";

Deno.test("wordOf() makes text of everything but bytes", () => {
  assertEquals(
    ["text", 1.5, -1, true, 10n, null, undefined, { toString: () => "own" }].map(wordOf),
    ["text", "1.5", "-1", "true", "10", "", "", "own"],
  );
  const bytes = new Uint8Array([0, 255]);
  assertEquals(wordOf(bytes), bytes);
  assertEquals(wordOf(bytes.buffer), bytes);
});

Deno.test("wordsOf() puts the items of arrays in the place of the arrays", () => {
  assertEquals(wordsOf(["a", ["b", 1, null], [], 2]), ["a", "b", "1", "", "2"]);
});
