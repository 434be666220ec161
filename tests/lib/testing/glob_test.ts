import { assertEquals } from "@std/assert";
import { matchesGlob } from "../../../lib/testing/_glob.ts";
import { startServer } from "../../../lib/testing/mod.ts";

const PATTERNS = [
  ...["", "*", "?", "a*", "*a", "a*b*c", "**", "a?c", "[abc]", "[a-c]x", "[^a-c]", "[c-a]"],
  ...["\\*", "a\\?", "[\\]]", "[a", "a\\", "h[ae]llo*", "*?*b", "[^", "[a-]"],
];
const NAMES = [
  "a",
  "b",
  "ab",
  "abc",
  "aXbYc",
  "axc",
  "bx",
  "*",
  "a?",
  "a*",
  "]",
  "hello world",
  "-",
];

Deno.test("matchesGlob() matches what a server matches", async () => {
  await using server = await startServer();
  await server.command(["MSET", ...NAMES.flatMap((name) => [name, "1"])]);
  const encoder = new TextEncoder();
  for (const pattern of PATTERNS) {
    const expected = (await server.command(["KEYS", pattern]) as string[]).toSorted();
    const matched = NAMES.filter((name) =>
      matchesGlob(encoder.encode(pattern), encoder.encode(name))
    );
    assertEquals(matched.toSorted(), expected, pattern);
  }
});
